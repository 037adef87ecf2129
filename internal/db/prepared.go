package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/lib/pq"

	"handover/internal/fault"
)

// preparedSetting is the part of a database address that says whether statements are kept
// prepared. The driver does not know it.
const preparedSetting = "prepared_statements"

// keptStatements is how many statements a connection keeps prepared. PostgreSQL keeps
// the plan of each, the largest some hundred kilobytes.
const keptStatements = 200

// WithPrepared returns a database address whose connections keep their statements
// prepared. It is not for a pooler that shares connections between transactions, unless
// that keeps track of prepared statements (docs/decisions/0015-prepared-statements.md).
func WithPrepared(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // Open says what is wrong with it
	}
	query := u.Query()
	query.Set(preparedSetting, "yes")
	u.RawQuery = query.Encode()
	return u.String()
}

type anewKey struct{}

// PlannedAnew returns a context whose statements are planned for the values they are
// given. It is for large accounts and files: the plan that a prepared statement keeps is
// made for the average.
func PlannedAnew(ctx context.Context) context.Context {
	return context.WithValue(ctx, anewKey{}, true)
}

// statementKey is a statement and the role that runs it. A plan contains the policies of
// its role, so PostgreSQL would plan a shared statement again at each change of role.
type statementKey struct{ role, query string }

// statements are those that a connection keeps prepared; nil keeps none.
type statements struct {
	cache *simplelru.LRU[statementKey, driver.Stmt]
}

func newStatements() (*statements, error) {
	cache, err := simplelru.NewLRU(keptStatements, func(_ statementKey, s driver.Stmt) {
		_ = s.Close() // a connection that cannot even do this is broken, which the next statement says
	})
	if err != nil {
		return nil, fmt.Errorf("keep prepared statements: %w", err)
	}
	return &statements{cache}, nil
}

// statement is what the driver's prepared statements can do.
type statement interface {
	driver.StmtQueryContext
	driver.StmtExecContext
}

// prepared returns the statement, prepared at its first use; nil where it is not kept.
// Without arguments it may be a script of several, which cannot be prepared.
func (c *scopedConn) prepared(ctx context.Context, query string, args []driver.NamedValue) (statement, error) {
	if c.kept == nil || len(args) == 0 || ctx.Value(anewKey{}) != nil {
		return nil, nil
	}
	key := statementKey{c.role, query}
	kept, ok := c.kept.cache.Get(key)
	if !ok {
		var err error
		if kept, err = c.pqConn.PrepareContext(ctx, query); err != nil {
			return nil, err
		}
		c.kept.cache.Add(key, kept)
	}
	s, ok := kept.(statement)
	if !ok {
		return nil, fmt.Errorf("the driver's statement %T lacks what prepared statements need", kept)
	}
	return s, nil
}

// staleStates are what PostgreSQL says of a prepared statement that it cannot use any more:
// the tables have changed, or it is on another connection.
var staleStates = []string{"0A000", "26000"}

// forget drops a statement that failed because it is stale, so that the next time it is
// prepared anew, and returns what the failure means to who asked.
func (c *scopedConn) forget(query string, err error) error {
	refused, ok := errors.AsType[*pq.Error](err)
	if !ok || !slices.Contains(staleStates, string(refused.Code)) {
		return err
	}
	c.kept.cache.Remove(statementKey{c.role, query})
	return &fault.Error{Code: fault.Unavailable, Message: msgUpdatedMeanwhile, Cause: err}
}

// query runs a statement that returns rows.
func (c *scopedConn) query(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.pqConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, c.forget(query, err)
	}
	return rows, nil
}

// exec runs a statement that returns no rows.
func (c *scopedConn) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.prepared(ctx, query, args)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.pqConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		return nil, c.forget(query, err)
	}
	return result, nil
}
