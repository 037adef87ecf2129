package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// Scope says which records the database shows a request: those of a distributor and of those
// below it, or with Everything those of all. PostgreSQL's row-level security enforces it
// (docs/security.md); the zero scope shows nothing.
type Scope struct {
	Distributor int64
	Everything  bool
	Actor       int64 // the staff member in whose name it is asked, 0 = the program itself
}

type scopeKey struct{}

// WithScope returns a context whose transactions run in the scope. A query outside of such a
// transaction is refused.
func WithScope(ctx context.Context, w Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, &w)
}

// WithoutScope returns a context without a scope: its transactions act as the role that the process
// signs in as. It is for requests before sign-in, and for an import.
func WithoutScope(ctx context.Context) context.Context {
	return context.WithValue(ctx, scopeKey{}, (*Scope)(nil))
}

// ScopeOf returns the scope of the context, and whether there is one.
func ScopeOf(ctx context.Context) (Scope, bool) {
	w, _ := ctx.Value(scopeKey{}).(*Scope)
	if w == nil {
		return Scope{}, false
	}
	return *w, true
}

// The roles that transactions act as; "" is the one that the process signs in as.
const (
	appRole      = "handover_app"
	providerRole = "handover_provider"
	engineRole   = "handover_engine"
)

const asEngine = `select set_config('role', '` + engineRole + `', true)`

// ActAsEngine lets the rest of a scoped transaction act as the engine, which moves rows of any
// distributor. Call it when the accounts were found in the scope. Without a scope it does
// nothing.
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

// enter is the statement that puts a transaction into the scope, with its arguments. It
// ends with the transaction, so that a pooler may give the connection to another client afterwards.
func (w Scope) enter() (string, []driver.NamedValue) {
	actor := driver.NamedValue{Ordinal: 1, Value: w.Actor}
	if w.Everything {
		return enterSQL(`''`, providerRole), []driver.NamedValue{actor}
	}
	return enterSQL(`handover_below($2)::text`, appRole),
		[]driver.NamedValue{actor, {Ordinal: 2, Value: w.Distributor}}
}

// enterSQL says who acts ($1), in which scope, and as which role.
func enterSQL(scope, role string) string {
	return `select set_config('handover.actor', nullif($1::bigint, 0)::text, true), set_config('handover.scope', ` +
		scope + `, true), set_config('role', '` + role + `', true)`
}

// errOutside is a mistake of ours: a page asked the pool, not its transaction.
var errOutside = errors.New("a query of a request must run in a transaction in the request's scope")

// scopedConnector makes connections that enforce the scopes.
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
		return nil, errors.Join(fmt.Errorf("the driver's connection %T lacks the methods that scopes need", inner),
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

// scopedConn begins the transactions of a scoped context in its scope, and refuses its queries
// anywhere else.
type scopedConn struct {
	pqConn
	scope *Scope // of the transaction in progress; nil = none
	role  string // that it acts as
	kept  *statements
}

// BeginTx begins a transaction in the scope of the context.
func (c *scopedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	w, scoped := ScopeOf(ctx)
	query, args := "", []driver.NamedValue(nil)
	if scoped {
		query, args = w.enter()
	}
	if limits := limitsOf(ctx); limits != "" {
		query = strings.TrimSuffix("select "+limits+", "+strings.TrimPrefix(query, "select "), ", ")
	}
	if query != "" {
		if _, err := c.exec(ctx, query, args); err != nil {
			return nil, errors.Join(fmt.Errorf("enter the scope: %w", err), tx.Rollback())
		}
	}
	if scoped {
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

// QueryContext runs a query in the scope of the context.
func (c *scopedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	return c.query(ctx, query, args)
}

// ExecContext runs a statement in the scope of the context.
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

// PrepareContext prepares a statement in the scope of the context.
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

// Commit ends the transaction and its scope.
func (t *scopedTx) Commit() error {
	t.conn.scope, t.conn.role = nil, ""
	return t.Tx.Commit()
}

// Rollback ends the transaction and its scope.
func (t *scopedTx) Rollback() error {
	t.conn.scope, t.conn.role = nil, ""
	return t.Tx.Rollback()
}
