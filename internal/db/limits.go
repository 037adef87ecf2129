package db

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Limits are what PostgreSQL allows a transaction before it ends the statement or the session, so
// that a process which died or hangs keeps nothing locked. 0 = no limit.
type Limits struct {
	Lock      time.Duration // waiting for one lock (lock_timeout)
	Statement time.Duration // one statement (statement_timeout)
	Idle      time.Duration // between two statements (idle_in_transaction_session_timeout)
}

// The limits per kind of work (docs/operations.md). Those of requests lie just above the time that a
// request itself has, which ends it with a sentence.
var (
	RequestLimits = Limits{Lock: 15 * time.Second, Statement: 35 * time.Second, Idle: time.Minute}
	StreamLimits  = Limits{Lock: 15 * time.Second, Statement: time.Hour, Idle: 5 * time.Minute}
	WorkLimits    = Limits{Lock: 5 * time.Minute, Statement: 2 * time.Hour, Idle: 15 * time.Minute}
)

type limitsKey struct{}

// WithLimits returns a context whose transactions have these limits.
func WithLimits(ctx context.Context, l Limits) context.Context {
	return context.WithValue(ctx, limitsKey{}, l)
}

// settings are the columns of a select that sets the limits of the transaction, "" for none.
func (l Limits) settings() string {
	var set []string
	for _, one := range []struct {
		name  string
		limit time.Duration
	}{
		{"lock_timeout", l.Lock}, {"statement_timeout", l.Statement}, {"idle_in_transaction_session_timeout", l.Idle},
	} {
		if one.limit > 0 {
			set = append(set, fmt.Sprintf(`set_config('%s', '%d', true)`, one.name, one.limit.Milliseconds()))
		}
	}
	return strings.Join(set, ", ")
}

// limitsOf are the settings of the context's limits, "" for none.
func limitsOf(ctx context.Context) string {
	l, _ := ctx.Value(limitsKey{}).(Limits)
	return l.settings()
}
