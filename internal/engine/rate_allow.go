package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// RateState is a conversion rate against the rate table, for people.
type RateState struct {
	Blocked  bool   // RATE_IMPLAUSIBLE blocks it
	Deviates bool   // the difference is to be acknowledged
	Inverse  bool   // it is about the inverse of what the table proposes
	Offer    string // what the table proposes, as it is filled in; "" = nothing to compare with
	Sentence string // "1 GBP = 1.89 JPY is 99 % below the rate table: …"; "" = nothing to compare
}

// rateState describes the rate.
func rateState(c situation.RateCheck) RateState {
	if c.Proposal == nil {
		return RateState{}
	}
	state := RateState{Offer: money.Plain(c.Proposal.Shown())}
	if c.Rate.IsPositive() {
		state.Blocked, state.Deviates, state.Inverse = c.Implausible(), c.Deviates(), c.Inverse()
		state.Sentence = c.Given() + " is " + c.Compared() + "."
		if c.Proposal.Proposes(c.Rate) {
			state.Sentence = c.Given() + msgTableRate
		}
	}
	return state
}

// Proposal is the rate that the rate table proposes for the transfer, nil where there is none
// or none is needed.
func (w Wizard) Proposal() *billing.Proposal { return w.rate.Proposal }

// RateState compares a rate as it is typed with the rate table.
func (w Wizard) RateState(typed string) RateState {
	c := w.rate
	c.Rate, c.Allowed = decimal.Zero, nil
	if rate, err := money.ParseRate(typed); err == nil {
		c.Rate = rate
		c.Allow(w.asked)
	}
	return rateState(c)
}

// RateOf compares the conversion rate of a request with the rate table. A request without a
// rate, or one that needs none, has nothing to compare.
func (e *Engine) RateOf(ctx context.Context, req transfer.Request) (RateState, error) {
	var state RateState
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		c, err := e.checkRate(ctx, tx, req)
		state = rateState(c)
		return err
	})
	return state, err
}

// checkRate reads as much of a request as the comparison of its rate needs.
func (e *Engine) checkRate(ctx context.Context, q db.Querier, req transfer.Request) (situation.RateCheck, error) {
	if req.Kind != record.Distributor || req.TargetDistributor == "" {
		return situation.RateCheck{}, nil
	}
	s := situation.New(record.Distributor, req, e.Now())
	err := s.Admit(ctx, q)
	if err != nil {
		return situation.RateCheck{}, err
	}
	if s.Source, err = situation.LoadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return situation.RateCheck{}, err
	}
	if s.From, err = s.LoadCompany(ctx, q, s.Source.DistributorID); err != nil {
		return situation.RateCheck{}, err
	}
	for _, read := range []situation.Loader{situation.LoadNewDistributor, situation.LoadRate} {
		if err := read(ctx, q, s); err != nil {
			return situation.RateCheck{}, err
		}
	}
	return s.RateCheck, nil
}

// AllowRate lets a conversion rate of a draft pass that RATE_IMPLAUSIBLE blocks, also of
// another person's draft (docs/domain.md 2.1.1). Its caller has checked the privilege rates.override. The
// name and the reason are kept on the order; another rate has to be allowed anew. A reason
// that is too short is an Invalid fault, a draft with nothing to allow a Conflict fault.
func (e *Engine) AllowRate(ctx context.Context, actor audit.Actor, number, reason string) error {
	reason = strings.TrimSpace(reason)
	if mistake := billing.ReasonMistake(reason); mistake != "" {
		return fault.InvalidField("rate_reason", "%s", mistake)
	}
	return e.Decide(ctx, number, func(tx *sqlx.Tx, o order.Order, sides order.Sides) error {
		if !sides.Whole {
			return fault.New(fault.Forbidden,
				msgRateNeedsBothSides, o.Number)
		}
		if o.Status != order.StateDraft {
			return fault.New(fault.Conflict, msgRateNotOfDraft, o.Number, transfer.Words(o.Status))
		}
		c, err := e.checkRate(ctx, tx, o.Request)
		if err != nil {
			return err
		}
		if !c.Implausible() {
			return fault.New(fault.Conflict, msgRateNotBlocked, o.Number)
		}
		req := o.Request
		req.RateReason = reason
		req.RateAllowed = c.Settle(transfer.RateAllowance{By: actor.ID, Name: actor.Name, At: e.Now()})
		return e.keepAllowance(ctx, tx, actor, o, req, c)
	})
}

// keepAllowance writes the allowed rate onto the draft, its timeline and the audit log.
func (e *Engine) keepAllowance(
	ctx context.Context, tx *sqlx.Tx, actor audit.Actor, o order.Order, req transfer.Request, c situation.RateCheck,
) error {
	request, err := order.JSONText(req)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update transfer_orders set request = $2, version = version + 1, updated_at = $3, expires_at = $4 where id = $1`,
		o.ID, request, e.Now(), e.Now().Add(order.DraftLife))
	if err != nil {
		return fmt.Errorf("keep the allowed rate of %s: %w", o.Number, err)
	}
	compared := c.Comparison()
	if err := order.Note(ctx, tx, o.ID, actor, order.EventRateAllowed, order.Facts{Rate: &compared},
		req.RateReason); err != nil {
		return err
	}
	return audit.Append(ctx, tx, audit.Entry{
		Actor: actor, Action: "transfer.allow_rate", SubjectKind: "order", Subject: o.Number, OrderID: o.ID,
		Before: map[string]any{"rate_reason": o.Request.RateReason},
		After: map[string]any{
			"rate": c.Given(), "proposed": c.Proposal.String(), "deviation_percent": req.RateAllowed.Deviation,
			"rate_reason": req.RateReason, "allowed_by": actor.Name,
		},
	})
}

// refuseRate says why the deviation from the rate table that was acknowledged does not hold
// any more (docs/domain.md 5); nil if it does.
func refuseRate(accepted *transfer.Preview, p transfer.Preview) error {
	if _, deviates := p.Finding("RATE_DEVIATES"); !deviates || p.Rate == nil {
		return nil
	}
	was := "0"
	if accepted != nil && accepted.Rate != nil && accepted.Rate.Deviation != "" {
		was = accepted.Rate.Deviation
	}
	now := situation.DecimalOr0(p.Rate.Deviation)
	if !situation.Grown(now, was) {
		return nil
	}
	why := order.Failure{Code: order.StaleRate, Facts: order.FailureFacts{Now: now.String(), Confirmed: was}}
	return refusal(p, fault.PreviewStale, why, "%s", why.Words())
}
