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
type Wall struct {
	Distributor int64
	Everything  bool
}

type wallKey struct{}

// Behind returns a context whose transactions begin behind the wall. A query outside of
// such a transaction is refused.
func Behind(ctx context.Context, w Wall) context.Context {
	return context.WithValue(ctx, wallKey{}, &w)
}

// Outside returns a context without a wall: what is done in it is done as the owner of
// the tables. It is for what happens before anybody is known, and for an import.
func Outside(ctx context.Context) context.Context {
	return context.WithValue(ctx, wallKey{}, (*Wall)(nil))
}

// WallOf returns the wall of the context, and whether there is one.
func WallOf(ctx context.Context) (Wall, bool) {
	w, _ := ctx.Value(wallKey{}).(*Wall)
	if w == nil {
		return Wall{}, false
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
	if _, walled := WallOf(ctx); !walled {
		return nil
	}
	if _, err := tx.ExecContext(ctx, asEngine); err != nil {
		return fmt.Errorf("act as the engine: %w", err)
	}
	return nil
}

// role is what its transactions act as.
func (w Wall) role() string {
	if w.Everything {
		return providerRole
	}
	return appRole
}

// raise is the statement that puts a transaction behind the wall, with its arguments. It
// ends with the transaction, so that a pooler may give the connection to anybody afterwards.
func (w Wall) raise() (string, []driver.NamedValue) {
	if w.Everything {
		return `select set_config('handover.scope', '', true), set_config('role', '` + providerRole + `', true)`, nil
	}
	return `select set_config('handover.scope', handover_below($1)::text, true), set_config('role', '` + appRole + `', true)`,
		[]driver.NamedValue{{Ordinal: 1, Value: w.Distributor}}
}

// errOutside is a mistake of ours: a page asked the pool, not its transaction.
var errOutside = errors.New("a query of a request must run in a transaction behind the request's wall")

// walledConnector makes connections that know the walls.
type walledConnector struct {
	driver.Connector
	prepared bool // whether they keep statements prepared
}

// Connect opens a connection.
func (c walledConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	known, ok := inner.(pqConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks what the walls need", inner), inner.Close())
	}
	conn := &walledConn{pqConn: known}
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
type walledConn struct {
	pqConn
	wall *Wall  // of the transaction in progress; nil = none, or as the owner
	role string // that it acts as
	kept *statements
}

// BeginTx begins a transaction, behind the wall of the context.
func (c *walledConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	if w, walled := WallOf(ctx); walled {
		query, args := w.raise()
		if _, err := c.exec(ctx, query, args); err != nil {
			return nil, errors.Join(fmt.Errorf("raise the wall: %w", err), tx.Rollback())
		}
		c.wall, c.role = &w, w.role()
	}
	return &walledTx{Tx: tx, conn: c}, nil
}

func (c *walledConn) check(ctx context.Context) error {
	if w, walled := WallOf(ctx); walled && (c.wall == nil || *c.wall != w) {
		return errOutside
	}
	return nil
}

// QueryContext asks behind the wall of the context.
func (c *walledConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.query(ctx, query, args)
}

// ExecContext runs a statement behind the wall of the context.
func (c *walledConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
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
func (c *walledConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.pqConn.PrepareContext(ctx, query)
}

type walledTx struct {
	driver.Tx
	conn *walledConn
}

// Commit ends the transaction and its wall.
func (t *walledTx) Commit() error {
	t.conn.wall, t.conn.role = nil, ""
	return t.Tx.Commit()
}

// Rollback ends the transaction and its wall.
func (t *walledTx) Rollback() error {
	t.conn.wall, t.conn.role = nil, ""
	return t.Tx.Rollback()
}
