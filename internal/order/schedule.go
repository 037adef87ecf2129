package order

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/fault"
	"handover/internal/transfer"
)

// furthestStart is how far ahead a transfer can be scheduled.
const furthestStart = 366 * 24 * time.Hour

// StartOf reads when the request is to run, nil = at once.
func StartOf(req transfer.Request, now time.Time) (*time.Time, error) {
	if req.StartAt == "" {
		return nil, nil //nolint:nilnil // at once
	}
	start, err := time.Parse(time.RFC3339, req.StartAt)
	if err != nil {
		return nil, fault.InvalidField("start_at", msgNotATime, req.StartAt)
	}
	if !start.After(now) {
		return nil, fault.InvalidField("start_at", msgTimeOver, start.Format("2 Jan 2006 15:04 MST"))
	}
	if start.After(now.Add(furthestStart)) {
		return nil, fault.InvalidField("start_at", msgTimeTooLate, start.Format("2 Jan 2006 15:04 MST"))
	}
	return &start, nil
}

// due is something that time does to orders: which, and how.
type due struct {
	where string // about o, with the time as $1
	what  transition
	p     func(o Order) TransitionData
	then  func(ctx context.Context, tx *sqlx.Tx, d *Desk, o Order) error
}

// dues is the one list of what time triggers.
var dues = []due{
	{
		where: `o.status = 'scheduled' and o.start_at <= $1`, what: transitionDue,
		p:    func(Order) TransitionData { return TransitionData{} },
		then: func(ctx context.Context, tx *sqlx.Tx, d *Desk, o Order) error { return d.PutIntoQueue(ctx, tx, o.ID) },
	},
	{
		where: `o.status = 'awaiting_approval' and o.expires_at <= $1`, what: transitionExpire,
		p: func(Order) TransitionData {
			return TransitionData{Set: map[string]any{"expires_at": nil}}
		},
		then: func(ctx context.Context, tx *sqlx.Tx, d *Desk, o Order) error {
			return d.Tell(ctx, tx, audit.Actor{}, o, emails.ApprovalAnswered, notAnswered)
		},
	},
	{
		where: `o.status = 'draft' and o.expires_at <= $1`, what: transitionExpireDraft,
		p: func(Order) TransitionData {
			return TransitionData{Set: map[string]any{"expires_at": nil}}
		},
	},
}

// atOnce is how many orders Tick looks at in one transaction.
const atOnce = 100

// Tick does what is due: it starts scheduled orders, and ends requests without an answer
// and drafts without a change. Any number of processes may do it at once.
func (d *Desk) Tick(ctx context.Context) error {
	for _, it := range dues {
		err := db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
			var numbers []string
			err := tx.SelectContext(ctx, &numbers,
				`select number_of('TO', o.id) from transfer_orders o where `+it.where+
					fmt.Sprintf(` order by o.id limit %d for update skip locked`, atOnce), d.Now())
			if err != nil {
				return fmt.Errorf("look for what is due: %w", err)
			}
			for _, number := range numbers {
				if err := d.doDue(ctx, tx, it, number); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) doDue(ctx context.Context, tx *sqlx.Tx, it due, number string) error {
	o, err := GetOrder(ctx, tx, number)
	if err != nil {
		return err
	}
	p := it.p(o)
	p.Actor, p.At = audit.Actor{Name: workerName}, d.Now()
	if err := ApplyTransition(ctx, tx, o, it.what, p); err != nil || it.then == nil {
		return err
	}
	return it.then(ctx, tx, d, o)
}
