package order

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/fault"
	"handover/internal/transfer"
)

// ApprovalLife is how long a request for approval waits for its answers.
const ApprovalLife = 7 * 24 * time.Hour

// The two kinds of agreement (docs/domain.md 6).
const (
	KindApproval = "approval" // four eyes: a second person, never the requester
	KindConsent  = "consent"  // of one of the two distributors of a distributor transfer
)

// Asked is an agreement that an order needs, with its answer.
type Asked struct {
	ID            int64      `db:"id"`
	Kind          string     `db:"kind"` // "approval" or "consent"
	DistributorID int64      `db:"distributor_id"`
	Distributor   string     `db:"distributor"` // whose people answer
	Answer        string     `db:"answer"`      // "approved", "rejected", "" = none yet
	AnsweredAt    *time.Time `db:"answered_at"`
	By            string     `db:"staff_name"`
	Reason        string     `db:"reason"`
}

// Ask writes the questions of an order anew.
func Ask(ctx context.Context, q db.Querier, orderID int64, at time.Time, list []Asked) error {
	if _, err := q.ExecContext(ctx, `delete from transfer_approvals where order_id = $1`, orderID); err != nil {
		return fmt.Errorf("forget former questions: %w", err)
	}
	for _, a := range list {
		_, err := q.ExecContext(ctx, `
			insert into transfer_approvals (order_id, kind, distributor_id, asked_at)
			  values ($1, $2, $3, $4)`, orderID, a.Kind, a.DistributorID, at)
		if err != nil {
			return fmt.Errorf("ask for the %s of %s: %w", a.Kind, a.Distributor, err)
		}
	}
	return nil
}

// AskedOf returns the agreements that the order needs. Who answered for a distributor
// outside the reader's scope has no name, and it has none either.
func AskedOf(ctx context.Context, q db.Querier, scope accounts.Scope, orderID int64) ([]Asked, error) {
	var w db.Where
	w.And("a.order_id = ?", orderID)
	seen := scope.Condition(&w, "a.distributor_id")
	var list []Asked
	err := q.SelectContext(ctx, &list, `
		select a.id, a.kind, a.distributor_id,
		  coalesce(case when `+seen+` then d.name end, '`+Another+`') as distributor, coalesce(a.answer, '') as answer,
		       a.answered_at, case when `+seen+` then a.staff_name when a.answer is not null then '`+Another+
		`' else '' end as staff_name,
		       case when `+seen+` then a.reason else '' end as reason
		from transfer_approvals a
		  left join distributors d on d.id = a.distributor_id `+w.SQL()+` order by a.id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the approvals: %w", err)
	}
	return list, nil
}

// answerableSQL is the condition that the person may give the agreement a of an order, the alias.
// The distributor's own people give consent, or the provider's if none of its own can sign in.
// Anyone who sees the distributor and did not ask for the transfer gives approval.
func answerableSQL(w *db.Where, scope accounts.Scope, actor audit.Actor, alias string) string {
	beyond := "false"
	if scope.Everything {
		beyond = `not exists (select 1 from staff f where f.distributor_id = a.distributor_id
			and f.status = 'active')`
	}
	return `a.answer is null and case a.kind when '` + KindApproval + `' then ` + alias +
		`.requested_by is distinct from ` + w.Arg(actor.ID) + `::bigint and (` +
		scope.Condition(w, "a.distributor_id") + `)
		else a.distributor_id = ` + w.Arg(actor.DistributorID) + `::bigint or ` + beyond + ` end`
}

// Mine are the open questions among them that the person may answer (answerableSQL).
func Mine(ctx context.Context, q db.Querier, actor audit.Actor, o Order, list []Asked) ([]Asked, error) {
	if o.Status != StateAwaiting {
		return nil, nil
	}
	var w db.Where
	w.And("a.order_id = ?", o.ID)
	w.And(answerableSQL(&w, accounts.ScopeOf(ctx), actor, "o"))
	var ids []int64
	err := q.SelectContext(ctx, &ids, `select a.id from transfer_approvals a join transfer_orders o
		on o.id = a.order_id `+w.SQL(), w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look for the questions that one may answer: %w", err)
	}
	var mine []Asked
	for _, a := range list {
		if slices.Contains(ids, a.ID) {
			mine = append(mine, a)
		}
	}
	return mine, nil
}

// Approve gives the agreements that the person may give. With the last of them the order
// goes into the queue, or waits for its start.
func (d *Desk) Approve(ctx context.Context, actor audit.Actor, number string) error {
	return d.answer(ctx, actor, number, "approved", "")
}

// Reject refuses one of the agreements, which ends the order; the reason is for the
// requester.
func (d *Desk) Reject(ctx context.Context, actor audit.Actor, number, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.InvalidField("reason", msgSayWhy)
	}
	return d.answer(ctx, actor, number, "rejected", strings.TrimSpace(reason))
}

func (d *Desk) answer(ctx context.Context, actor audit.Actor, number, answer, reason string) error {
	return d.Decide(ctx, number, func(tx *sqlx.Tx, o Order, _ Sides) error {
		if o.Status != StateAwaiting {
			return fault.New(fault.Conflict, msgNotAwaiting, o.Number, transfer.Words(o.Status))
		}
		list, err := AskedOf(ctx, tx, accounts.ScopeOf(ctx), o.ID)
		if err != nil {
			return err
		}
		mine, err := Mine(ctx, tx, actor, o, list)
		if err != nil {
			return err
		}
		if len(mine) == 0 {
			return fault.New(fault.Forbidden, msgOtherPersonApproves, o.Number, WaitsFor(list))
		}
		if err := db.ActAsEngine(ctx, tx); err != nil {
			return err
		}
		given := make([]Agreement, 0, len(mine))
		for _, a := range mine {
			given = append(given, Agreement{a.Kind, a.Distributor})
			_, err := tx.ExecContext(ctx, `
				update transfer_approvals set answer = $2, answered_at = $3, staff_id = $4, staff_name = $5,
				  reason = $6 where id = $1`,
				a.ID, answer, d.Now(), nullID(actor.ID), actor.Name, reason)
			if err != nil {
				return fmt.Errorf("write the answer: %w", err)
			}
		}
		if answer == "rejected" {
			err := ApplyTransition(ctx, tx, o, transitionReject, TransitionData{
				Actor: actor, At: d.Now(), Said: reason, Set: map[string]any{"reason": reason, "expires_at": nil},
				After: map[string]any{"reason": reason},
			})
			if err != nil {
				return err
			}
			return d.Tell(ctx, tx, actor, o, emails.ApprovalAnswered, msgRejectedBy+actor.Name+": "+reason)
		}
		return d.approved(ctx, tx, actor, o, given)
	})
}

// approved lets the order run when nothing is unanswered, and notes the answer if not.
func (d *Desk) approved(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o Order, given []Agreement) error {
	var open int
	if err := tx.GetContext(ctx, &open,
		`select count(*) from transfer_approvals where order_id = $1 and answer is null`, o.ID); err != nil {
		return fmt.Errorf("count the open questions: %w", err)
	}
	if open > 0 {
		if err := Note(ctx, tx, o.ID, actor, eventApproved, Facts{Agreements: given, Open: open}, ""); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: transitionApprove.action, SubjectKind: "order", Subject: o.Number, OrderID: o.ID,
			Before: map[string]any{"status": o.Status}, After: map[string]any{"status": o.Status, "given": given},
		})
	}
	if err := d.Tell(ctx, tx, actor, o, emails.ApprovalAnswered, msgApprovedBy+actor.Name+": "+agreed(given)+
		"."); err != nil {
		return err
	}
	p := TransitionData{
		Actor: actor, At: d.Now(), Facts: Facts{Agreements: given},
		Set: map[string]any{"expires_at": nil}, After: map[string]any{"given": given},
	}
	if o.StartAt != nil && o.StartAt.After(d.Now()) {
		return ApplyTransition(ctx, tx, o, transitionApproveFor, p)
	}
	if err := ApplyTransition(ctx, tx, o, transitionApprove, p); err != nil {
		return err
	}
	return d.PutIntoQueue(ctx, tx, o.ID)
}

// Unanswered are the agreements that are not given yet.
func Unanswered(list []Asked) []Agreement {
	var open []Agreement
	for _, a := range list {
		if a.Answer == "" {
			open = append(open, Agreement{a.Kind, a.Distributor})
		}
	}
	return open
}

// WaitsFor lists in words what is not answered yet.
func WaitsFor(list []Asked) string { return agreed(Unanswered(list)) }

// Consent is what a distributor is shown of a customer that is to come to it, to decide
// by: nothing else of the other side.
type Consent struct {
	Customer      string
	Subscriptions []ConsentPlan
	Opening       transfer.Amount // what the customer will owe it
}

// ConsentPlan is a subscription that is to come, with the plan it will have.
type ConsentPlan struct{ Subscription, Plan string }

// consentOf takes out of an accepted preview what the new distributor is shown.
func consentOf(p *transfer.Preview) *Consent {
	if p == nil {
		return nil
	}
	c := &Consent{Customer: p.Source.Name, Opening: p.Target.BalanceAfter}
	for _, plan := range p.Plans {
		c.Subscriptions = append(c.Subscriptions, ConsentPlan{plan.Subscription, plan.After})
	}
	return c
}
