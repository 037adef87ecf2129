package order

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Times of a lease, measured by the clock of the database.
const (
	reportEvery = 250 * time.Millisecond // a holder reports its progress, where that has changed
	silentAfter = 10 * time.Second       // a holder that did not renew its lease for so long is dead
	OverdueAt   = 15 * time.Second       // an order that waits for so long is put into the queue again
	writeTime   = 2 * time.Second        // what writing a lease may take
)

// DeadAfter is after how long a holder is dead.
func (d *Desk) DeadAfter() time.Duration {
	if d.LeaseTimeout > 0 {
		return d.LeaseTimeout
	}
	return silentAfter
}

// workerName is the actor of automatic actions.
const workerName = "worker"

// The phases of an execution; it reports its progress between them.
const (
	phaseWaiting     = "waiting" // for the accounts
	PhaseChecking    = "checking"
	PhaseMoving      = "moving" // the records of a kind
	PhaseReconciling = "reconciling"
)

// Phase is what an execution does at the moment: a code, worded when it is shown.
type Phase struct {
	Code string `db:"phase"`      // "" before a worker has claimed the order
	Kind string `db:"phase_kind"` // of the records that move
}

// ErrNotQueued refuses an order that does not wait for its execution, or that another process has.
var ErrNotQueued = fault.New(fault.Conflict, msgNotQueued)

// ErrLost ends an execution whose lease another process has: what it did is rolled back.
var ErrLost = errors.New("the lease of the order was lost")

// Lease is the right of one process to execute one order, and its progress meanwhile. It
// is a row of its own, since the execution locks the order's.
type Lease struct {
	desk    *Desk
	OrderID int64
	holder  uuid.UUID

	mu       sync.Mutex
	phase    Phase
	done     int64
	expected int64
	unsaid   bool // phase or done changed since they were written
}

// Claim takes the lease of an order that waits or whose holder is dead, and marks the
// order as in progress. Any other order is errNotQueued.
func (d *Desk) Claim(ctx context.Context, actor audit.Actor, orderID int64) (*Lease, error) {
	l := &Lease{desk: d, OrderID: orderID, holder: uuid.New(), phase: Phase{Code: phaseWaiting}}
	err := db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		o, err := GetOrder(ctx, tx, record.OrderNumber(orderID))
		if err != nil {
			return err
		}
		if o.Status != StateQueued && o.Status != stateInProgress {
			return ErrNotQueued
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		l.expected = records(o.Preview)
		taken, err := tx.ExecContext(ctx, `
			update transfer_leases set holder = $2, renewed_at = clock_timestamp(), phase = $3, phase_kind = '',
			       done = 0, total = $4
			where order_id = $1 and (holder is null or renewed_at < clock_timestamp() - make_interval(secs => $5))`,
			orderID, l.holder, l.phase.Code, l.expected, d.DeadAfter().Seconds())
		if err != nil {
			return fmt.Errorf("take the lease of %s: %w", o.Number, err)
		}
		if n, err := taken.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotQueued)
		}
		if o.Status == stateInProgress {
			return Note(ctx, tx, orderID, actor, eventTakenUpAgain, Facts{}, "")
		}
		if o, err = LockOrder(ctx, tx, orderID); err != nil {
			return err
		}
		return ApplyTransition(ctx, tx, o, transitionBegin, TransitionData{
			Actor: actor, At: d.Now(),
			Set: map[string]any{"started_at": d.Now()},
		})
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// records is how many records move.
func records(p *transfer.Preview) int64 {
	n := int64(0)
	if p != nil {
		for _, i := range p.Impact {
			n += i.Moving.Count
		}
	}
	return n
}

// Order locks the order for its execution; errLost when another process has the lease.
func (l *Lease) Order(ctx context.Context, tx *sqlx.Tx) (Order, error) {
	// PostgreSQL checks during long statements whether the client is still connected.
	if _, err := tx.ExecContext(ctx, `set local client_connection_check_interval = '1s'`); err != nil {
		return Order{}, fmt.Errorf("ask to be noticed: %w", err)
	}
	o, err := LockOrder(ctx, tx, l.OrderID)
	if err != nil {
		return o, err
	}
	var holder uuid.NullUUID
	err = tx.GetContext(ctx, &holder, `select holder from transfer_leases where order_id = $1`, l.OrderID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return o, fmt.Errorf("read the lease of %s: %w", o.Number, err)
	}
	if o.Status != stateInProgress || holder.UUID != l.holder {
		return o, ErrLost
	}
	return o, nil
}

// Hold does the work while it renews the lease beside it; the work's context ends when
// the lease is lost.
func (l *Lease) Hold(ctx context.Context, work func(ctx context.Context) error) error {
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	done, kept := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(kept)
		l.keep(ctx, done, lose)
	}()
	err := work(ctx)
	close(done)
	<-kept
	if err != nil && errors.Is(context.Cause(ctx), ErrLost) {
		return ErrLost
	}
	return err
}

// keep renews the lease and writes the progress until the work is done.
func (l *Lease) keep(ctx context.Context, done <-chan struct{}, lose func(error)) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case <-done:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if !l.changed() && time.Since(last) < l.desk.DeadAfter()/5 {
			continue
		}
		mine, err := l.write(ctx)
		switch {
		case err == nil && !mine, err != nil && time.Since(last) > l.desk.DeadAfter():
			lose(ErrLost)
			return
		case err != nil && ctx.Err() == nil:
			l.desk.Log.WarnContext(ctx, "lease not renewed", slog.String("order", record.OrderNumber(l.OrderID)),
				slog.Any("error", err))
		case err == nil:
			last = time.Now()
		}
	}
}

// write renews the lease; mine is false when another process has it.
func (l *Lease) write(ctx context.Context) (mine bool, err error) {
	l.mu.Lock()
	phase, moved, expected := l.phase, l.done, l.expected
	l.unsaid = false
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	err = db.InTx(ctx, l.desk.DB, func(tx *sqlx.Tx) error {
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		renewed, err := tx.ExecContext(ctx, `
			update transfer_leases set renewed_at = clock_timestamp(), phase = $3, phase_kind = $4, done = $5,
			       total = $6 where order_id = $1 and holder = $2`,
			l.OrderID, l.holder, phase.Code, phase.Kind, moved, expected)
		if err != nil {
			return err
		}
		n, err := renewed.RowsAffected()
		mine = n == 1
		return err
	})
	return mine, err
}

func (l *Lease) changed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unsaid
}

// Report says what the execution does now, and how many records have moved.
func (l *Lease) Report(phase Phase, done int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase, l.done, l.unsaid = phase, min(done, l.expected), true
}

// Moved says that so many more records have.
func (l *Lease) Moved(n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.unsaid = min(l.done+n, l.expected), true
}

// Total is how many records are to move.
func (l *Lease) Total() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.expected
}

// LetGo removes the lease when the order has ended; a row that stays says nothing.
func (l *Lease) LetGo(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	err := db.InTx(ctx, l.desk.DB, func(tx *sqlx.Tx) error {
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `delete from transfer_leases where order_id = $1 and holder = $2`,
			l.OrderID, l.holder)
		return err
	})
	if err != nil {
		l.desk.Log.WarnContext(ctx, "lease not removed", slog.String("order", record.OrderNumber(l.OrderID)),
			slog.Any("error", err))
	}
}
