package situation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// contract is a subscription of the source in a transfer between customers.
type contract struct {
	ID           int64      `db:"id"`
	Number       string     `db:"number"`
	Status       string     `db:"status"`
	ParentID     *int64     `db:"parent_subscription_id"`
	StartOn      time.Time  `db:"start_on"`
	EndOn        *time.Time `db:"end_on"` // its last day; nil = it has none
	PlanName     string     `db:"plan_name"`
	Transferable bool       `db:"transferable"`

	ByHand bool // selected by the user, not by expansion
}

// Ended reports whether the subscription runs no more.
func (c contract) Ended() bool { return c.Status == "cancelled" || c.Status == "terminated" }

// fate is the result for a subscription at an effective date.
type fate int

// The fates of a subscription.
const (
	Stays  fate = iota // its last day was before E
	Splits             // it began before E: cut, and continued at the target
	moves              // its row changes owner
)

// FateAt applies docs/domain.md 2.2; a nil E means the full history.
func (c contract) FateAt(e *time.Time) fate {
	switch {
	case e == nil || !c.StartOn.Before(*e):
		return moves
	case c.EndOn != nil && c.EndOn.Before(*e):
		return Stays
	}
	return Splits
}

// loadTarget reads the customer that gains.
func loadTarget(ctx context.Context, q db.Querier, s *Situation) error {
	if id, ok := record.IDOf(record.DistributorPrefix, s.Request.TargetCustomer); ok {
		company, err := s.LoadCompany(ctx, q, id)
		if err != nil {
			return err
		}
		s.NotCustomer, s.To = true, company
		return nil
	}
	var err error
	if s.Target, err = LoadAccount(ctx, q, "target_customer", s.Request.TargetCustomer); err != nil {
		return err
	}
	if s.Target.DistributorID == s.From.ID {
		s.To = s.From
		return nil
	}
	s.To, err = s.LoadCompany(ctx, q, s.Target.DistributorID)
	return err
}

// loadEffectiveDate reads E.
func loadEffectiveDate(_ context.Context, _ db.Querier, s *Situation) error {
	if s.Request.EffectiveOn == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, s.Request.EffectiveOn)
	if err != nil {
		return fault.InvalidField("effective_on", msgNotADate, s.Request.EffectiveOn)
	}
	s.Effective = &day
	return nil
}

// loadAll makes all of the source's subscriptions S.
func loadAll(ctx context.Context, q db.Querier, s *Situation) error {
	contracts, err := s.contracts(ctx, q)
	s.Selected = contracts
	return err
}

// loadSelection reads the selected subscriptions and expands them by what moves
// together or not at all: add-on and parent, and the subscriptions of one
// account-wide service user.
func loadSelection(ctx context.Context, q db.Querier, s *Situation) error {
	contracts, err := s.contracts(ctx, q)
	if err != nil {
		return err
	}
	var wrong fault.Fields
	chosen := map[int64]bool{}
	for _, number := range s.Request.Subscriptions {
		at := slices.IndexFunc(contracts, func(c contract) bool { return c.Number == number })
		if at < 0 {
			wrong.Add("subscriptions", msgNoSubscriptionOf, number, s.Source.Number)
			continue
		}
		contracts[at].ByHand = true
		chosen[contracts[at].ID] = true
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	bonds, err := s.bonds(ctx, q)
	if err != nil {
		return err
	}
	s.expand(contracts, chosen, bonds)
	for _, c := range contracts {
		if chosen[c.ID] {
			s.Selected = append(s.Selected, c)
		}
	}
	return nil
}

func (s *Situation) contracts(ctx context.Context, q db.Querier) ([]contract, error) {
	var list []contract
	err := q.SelectContext(ctx, &list, `
		select s.id, number_of('S', s.id) as number, s.status, s.parent_subscription_id, s.start_on, s.end_on,
		       p.name as plan_name, p.transferable
		from subscriptions s join plans p on p.id = s.plan_id where s.customer_id = $1 order by s.id`, s.Source.ID)
	if err != nil {
		return nil, fmt.Errorf("read the subscriptions of %s: %w", s.Source.Number, err)
	}
	return list, nil
}

// bond ties two subscriptions that move together, with the reason as said of B.
type bond struct {
	A      int64  `db:"a"`
	B      int64  `db:"b"`
	Reason string `db:"reason"`
}

func (s *Situation) bonds(ctx context.Context, q db.Querier) ([]bond, error) {
	var list []bond
	err := q.SelectContext(ctx, &list, `
		select p.id as a, s.id as b, 'add-on of ' || number_of('S', p.id) as reason
		from subscriptions s join subscriptions p on p.id = s.parent_subscription_id
		where s.customer_id = $1 and p.customer_id = $1
		union all
		select s.id, p.id, 'parent of ' || number_of('S', s.id)
		from subscriptions s join subscriptions p on p.id = s.parent_subscription_id
		where s.customer_id = $1 and p.customer_id = $1
		union all
		select x.subscription_id, y.subscription_id,
		       'shares the account-wide service user ' || u.login || ' with ' || number_of('S', x.subscription_id)
		from service_users u join service_user_subscriptions x on x.service_user_id = u.id
		join subscriptions xs on xs.id = x.subscription_id
		join service_user_subscriptions y on y.service_user_id = u.id join subscriptions ys on ys.id = y.subscription_id
		where u.account_wide and xs.customer_id = $1 and ys.customer_id = $1 and x.subscription_id <> y.subscription_id
		order by 1, 2, 3`, s.Source.ID)
	if err != nil {
		return nil, fmt.Errorf("read which subscriptions are linked: %w", err)
	}
	return list, nil
}

// expand adds to the chosen what is tied to them, over any number of steps.
func (s *Situation) expand(contracts []contract, chosen map[int64]bool, bonds []bond) {
	numbers := map[int64]string{}
	for _, c := range contracts {
		numbers[c.ID] = c.Number
	}
	for grown := true; grown; {
		grown = false
		for _, b := range bonds {
			if chosen[b.A] && !chosen[b.B] {
				chosen[b.B], grown = true, true
				s.Linked = append(s.Linked, transfer.Linked{Number: numbers[b.B], Reason: b.Reason})
			}
		}
	}
	slices.SortFunc(s.Linked, func(a, b transfer.Linked) int { return strings.Compare(a.Number, b.Number) })
}

// Fates returns the ids of S, of those that move or split, that move, and that split.
func (s *Situation) Fates() (subs, moving, whole, split []int64) {
	for _, c := range s.Selected {
		subs = append(subs, c.ID)
		switch c.FateAt(s.Effective) {
		case moves:
			moving, whole = append(moving, c.ID), append(whole, c.ID)
		case Splits:
			moving, split = append(moving, c.ID), append(split, c.ID)
		case Stays:
		}
	}
	return subs, moving, whole, split
}
