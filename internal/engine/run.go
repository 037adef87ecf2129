package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/order"
	"handover/internal/record"
)

// attempts is how often an execution begins that PostgreSQL ended for another's sake.
const attempts = 10

// endTime is the time limit for recording the end of an execution, also when the process
// is stopping.
const endTime = 5 * time.Second

// Work executes an order that waits in the queue, in the name of its requester. The result
// is written on the order; the error is for the log and for a process that could not write
// it.
func (e *Engine) Work(ctx context.Context, orderID int64) error {
	var by struct {
		ID          int64  `db:"id"`
		Name        string `db:"name"`
		Distributor int64  `db:"distributor_id"`
	}
	err := e.DB.GetContext(ctx, &by, `
		select coalesce(f.id, 0) as id, o.requested_by_name as name, coalesce(f.distributor_id, 0) as distributor_id
		from transfer_orders o left join staff f on f.id = o.requested_by where o.id = $1`, orderID)
	if err != nil {
		return fmt.Errorf("read who asked for %s: %w", record.OrderNumber(orderID), err)
	}
	err = e.Execute(ctx, audit.Actor{ID: by.ID, Name: by.Name, DistributorID: by.Distributor}, orderID)
	if _, refused := errors.AsType[*Refusal](err); refused || errors.Is(err, order.ErrNotQueued) ||
		errors.Is(err, order.ErrLost) || errors.Is(err, errFailed) {
		return nil // the order records it, or another process has the order
	}
	return err
}

// errFailed marks an error that is written on the order as its failure.
var errFailed = errors.New("the order failed")

// Execute carries out a queued order in one transaction: all of it or nothing. It leaves
// an order alone that is not queued any more, or that another process executes, so that
// nothing executes twice. When the data changed since it was submitted, the order goes
// back to draft and the error is a *Refusal. When the process is stopping, the order goes
// back to the queue. Any other error is recorded on the order as its failure.
func (e *Engine) Execute(ctx context.Context, actor audit.Actor, orderID int64) error {
	start := time.Now()
	ctx, err := e.behindRequester(db.PlannedAnew(db.WithLimits(ctx, db.WorkLimits)), orderID)
	if err != nil {
		return err
	}
	l, err := e.Claim(ctx, actor, orderID)
	if err != nil {
		return err
	}
	err = l.Hold(ctx, func(ctx context.Context) error { return e.attempt(ctx, actor, l) })
	log := e.Log.With(slog.String("order", record.OrderNumber(orderID)), slog.Duration("took", time.Since(start)))
	if err == nil {
		log.InfoContext(ctx, "transfer executed")
		l.LetGo(ctx)
		return nil
	}
	log.WarnContext(ctx, "transfer not executed", slog.Any("error", err))
	if errors.Is(err, order.ErrLost) {
		return err
	}
	return errors.Join(err, e.giveUp(ctx, actor, l, err))
}

// attempt does the work, again where PostgreSQL ended it for the sake of another transaction.
func (e *Engine) attempt(ctx context.Context, actor audit.Actor, l *order.Lease) error {
	var err error
	for try := range attempts {
		err = db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error { return e.execute(ctx, tx, actor, l) })
		if !db.Transient(err) || ctx.Err() != nil {
			return err
		}
		e.Log.InfoContext(ctx, "transfer begins again", slog.String("order", record.OrderNumber(l.OrderID)),
			slog.Any("error", err))
		select {
		case <-ctx.Done():
		case <-time.After(rand.N(time.Duration(try+1) * 50 * time.Millisecond)):
		}
	}
	return err
}

// giveUp writes down why an execution ended without having changed anything.
func (e *Engine) giveUp(ctx context.Context, actor audit.Actor, l *order.Lease, cause error) error {
	stopped := ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		o, err := l.Order(ctx, tx)
		if err != nil {
			return err
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		if refusal, ok := errors.AsType[*Refusal](cause); ok {
			why := order.FailureOf(cause)
			err := order.ApplyTransition(ctx, tx, o, order.TransitionStale, order.TransitionData{
				Actor: actor, At: e.Now(), Facts: order.Facts{Failure: &why},
				Set:   map[string]any{"started_at": nil, "expires_at": e.Now().Add(order.DraftLife)},
				After: map[string]any{"reason": why},
			})
			if err != nil {
				return err
			}
			return e.Tell(ctx, tx, actor, o, emails.OrderHandedBack, refusal.Error())
		}
		if stopped {
			err := order.ApplyTransition(ctx, tx, o, order.TransitionHandBack, order.TransitionData{
				Actor: actor, At: e.Now(), Set: map[string]any{"started_at": nil},
			})
			if err != nil {
				return err
			}
			return e.PutIntoQueue(ctx, tx, o.ID)
		}
		why := order.FailureOf(cause)
		columns, err := why.Columns()
		if err != nil {
			return err
		}
		err = order.ApplyTransition(ctx, tx, o, order.TransitionFail, order.TransitionData{
			Actor: actor, At: e.Now(), Facts: order.Facts{Failure: &why}, Set: columns,
			After: map[string]any{"reason": why},
		})
		if err != nil {
			return err
		}
		return e.Tell(ctx, tx, actor, o, emails.OrderFailed, why.Words())
	})
	switch {
	case err != nil:
		return fmt.Errorf("write down why %s was not executed: %w", record.OrderNumber(l.OrderID), err)
	case stopped:
		return nil
	}
	l.LetGo(ctx)
	return errFailed
}

// Sweep puts orders into the queue again that a dead process has left, or whose job was
// lost. It returns how many.
func (e *Engine) Sweep(ctx context.Context) (int, error) {
	var ids []int64
	err := db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &ids, `
			select l.order_id from transfer_leases l join transfer_orders o on o.id = l.order_id
			where o.status = 'in_progress'
			  and greatest(l.renewed_at, l.asked_at) < clock_timestamp() - make_interval(secs => $1)
			   or o.status = 'queued' and l.asked_at < clock_timestamp() - make_interval(secs => $2)
			order by l.order_id limit 100
			for update of l skip locked`, e.DeadAfter().Seconds(), order.OverdueAt.Seconds())
		if err != nil {
			return fmt.Errorf("look for orders without a worker: %w", err)
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `update transfer_leases set asked_at = clock_timestamp()
				where order_id = $1`, id); err != nil {
				return fmt.Errorf("note that %s was asked for: %w", record.OrderNumber(id), err)
			}
			if e.Enqueue == nil {
				continue
			}
			if err := e.PutIntoQueue(ctx, tx, id); err != nil {
				return fmt.Errorf("put %s into the queue again: %w", record.OrderNumber(id), err)
			}
		}
		return nil
	})
	return len(ids), err
}
