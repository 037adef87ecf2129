package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// Wall says behind which wall the database answers a request: the records of a
// distributor and of those below it, or with Everything those of all. The wall is
// PostgreSQL's row-level security (docs/security.md); the zero wall shows nothing.
type Scope struct {
	Distributor int64
	Everything  bool
}

type scopeKey struct{}

// Behind returns a context whose transactions begin behind the wall. A query outside of
// such a transaction is refused.
func WithScope(ctx context.Context, w Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, &w)
}

// Outside returns a context without a wall: what is done in it is done as the owner of
// the tables. It is for what happens before anybody is known, and for an import.
func WithoutScope(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, (*Scope)(nil))
}

// WallOf returns the wall of the context, and whether there is one.
func ScopeOf(ctx context.Context) (Scope, bool) {
	w, _ := ctx.Value(scopeKey{}).(*Scope)
	if w == nil {
		return Scope{}, false
	}
	return *w, true
}

// The roles that transactions act as; "" is the owner of the tables.
const (
	appRole      = "handover_app"
	providerRole = "handover_provider"
	engineRole   = "handover_engine"
)

const asEngine = `select set_config('role', '` + engineRole + `', true)`

// ActAsEngine lets the rest of a walled transaction act as the engine, which moves rows
// of any distributor. Call it when the accounts were found behind the wall. Outside of
// the walls it does nothing.
func ActAsEngine(ctx context.Context, tx Querier) error {
	if _, scoped := ScopeOf(ctx); !scoped {
		return nil
	}
	if _, err := tx.ExecContext(ctx, asEngine); err != nil {
		return fmt.Errorf("act as the engine: %w", err)
	}
	return nil
}

// role is what its transactions act as.
func (w Scope) role() string {
	if w.Everything {
		return providerRole
	}
	return appRole
}

// raise is the statement that puts a transaction behind the wall, with its arguments. It
// ends with the transaction, so that a pooler may give the connection to anybody afterwards.
func (w Scope) enter() (string, []driver.NamedValue) {
	if w.Everything {
		return `select set_config('handover.scope', '', true), set_config('role', '` + providerRole + `', true)`, nil
	}
	return `select set_config('handover.scope', handover_below($1)::text, true), set_config('role', '` + appRole +
			`', true)`,
		[]driver.NamedValue{{Ordinal: 1, Value: w.Distributor}}
}

// errOutside is a mistake of ours: a page asked the pool, not its transaction.
var errOutside = errors.New("a query of a request must run in a transaction behind the request's wall")

// walledConnector makes connections that know the walls.
type scopedConnector struct {
	driver.Connector
	prepared bool // whether they keep statements prepared
}

// Connect opens a connection.
func (c scopedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	known, ok := inner.(pqConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks what the walls need", inner),
			inner.Close())
	}
	conn := &scopedConn{pqConn: known}
	if c.prepared {
		if conn.kept, err = newStatements(); err != nil {
			return nil, errors.Join(err, inner.Close())
		}
	}
	return conn, nil
}

// pqConn is what the driver's connections can do; database/sql asks for each of it.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.QueryerContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// walledConn begins the transactions of a walled context behind its wall, and refuses
// its queries anywhere else.
type scopedConn struct {
	pqConn
	scope *Scope // of the transaction in progress; nil = none, or as the owner
	role  string // that it acts as
	kept  *statements
}

// BeginTx begins a transaction, behind the wall of the context.
func (c *scopedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	if w, scoped := ScopeOf(ctx); scoped {
		query, args := w.enter()
		if _, err := c.exec(ctx, query, args); err != nil {
			return nil, errors.Join(fmt.Errorf("raise the wall: %w", err), tx.Rollback())
		}
		c.scope, c.role = &w, w.role()
	}
	return &scopedTx{Tx: tx, conn: c}, nil
}

func (c *scopedConn) check(ctx context.Context) error {
	if w, scoped := ScopeOf(ctx); scoped && (c.scope == nil || *c.scope != w) {
		return errOutside
	}
	return nil
}

// QueryContext asks behind the wall of the context.
func (c *scopedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.query(ctx, query, args)
}

// ExecContext runs a statement behind the wall of the context.
func (c *scopedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	result, err := c.exec(ctx, query, args)
	if err == nil && query == asEngine {
		c.role = engineRole
	}
	return result, err
}

// PrepareContext prepares a statement behind the wall of the context.
func (c *scopedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.PrepareContext(ctx, query)
}

type scopedTx struct {
	driver.Tx
	conn *scopedConn
}

// Commit ends the transaction and its wall.
func (t *scopedTx) Commit() error {
	t.conn.scope, t.conn.role = nil, ""
	return t.Tx.Commit()
}

// Rollback ends the transaction and its wall.
func (t *scopedTx) Rollback() error {
	t.conn.scope, t.conn.role = nil, ""
	return t.Tx.Rollback()
}
