// Package db opens the database, runs transactions and migrations, and turns
// PostgreSQL's errors into ours. It knows no table of the domain.
//
// Connections use the driver's binary_parameters mode unless the address says
// otherwise: every query is one round trip on an unnamed statement, so that the
// same program runs behind a transaction pooler. Where the address says
// prepared_statements=yes they keep the statements of requests prepared, which saves
// PostgreSQL the planning. In this mode a []byte argument
// is a bytea; JSON for a json or jsonb column is passed as a string.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Pool sizes: enough for a desk machine's cores and a worker's jobs, and small
// enough that several processes share the 100 connections a server has by default.
const (
	maxOpenConns    = 20
	maxIdleConns    = 10
	connMaxIdleTime = 5 * time.Minute
	connMaxLifetime = 30 * time.Minute
)

// Querier is the pool, a transaction or a Reader: what a function takes that touches rows.
type Querier interface {
	GetContext(ctx context.Context, dest any, query string, args ...any) error
	SelectContext(ctx context.Context, dest any, query string, args ...any) error
	QueryxContext(ctx context.Context, query string, args ...any) (*sqlx.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Open connects to the database at a postgres:// address and checks that it answers.
func Open(ctx context.Context, address string) (*sqlx.DB, error) {
	dsn, prepared, err := withDefaults(address)
	if err != nil {
		return nil, err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	pool := sqlx.NewDb(sql.OpenDB(scopedConnector{connector, prepared}), "postgres")
	pool.SetMaxOpenConns(maxOpenConns)
	pool.SetMaxIdleConns(maxIdleConns)
	pool.SetConnMaxIdleTime(connMaxIdleTime)
	pool.SetConnMaxLifetime(connMaxLifetime)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connect to the database at %s: %w", Redact(address), err)
	}
	return pool, nil
}

// withDefaults adds the connection settings that every process uses; what the
// address says itself wins. Whether statements are kept prepared is ours, and not the
// driver's to know.
func withDefaults(address string) (dsn string, prepared bool, err error) {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		// Not shown: it may hold a password where nothing can find it.
		return "", false, errors.New("the database address is not of the form " +
			"postgres://user:password@db.example/handover")
	}
	query := u.Query()
	switch query.Get(preparedSetting) {
	case "yes":
		prepared = true
	case "", "no":
	default:
		return "", false, fmt.Errorf("the database address says %s=%s; it may be yes or no", preparedSetting,
			query.Get(preparedSetting))
	}
	query.Del(preparedSetting)
	defaults := map[string]string{
		"application_name":  "handover",
		"binary_parameters": "yes",
		"connect_timeout":   "10",
		"timezone":          "UTC",
	}
	for name, value := range defaults {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), prepared, nil
}

// Redact returns a database address that can be shown: without its password.
func Redact(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(unreadable address)"
	}
	query := u.Query()
	if query.Has("password") {
		query.Set("password", "xxxxx")
		u.RawQuery = query.Encode()
	}
	return u.Redacted()
}
