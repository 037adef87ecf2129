package transfer

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
)

// The checks of this file look at money that is not allocated (docs/domain.md, "What settles
// a document").

// checkRefundedCredit finds credit that may have been paid out already: the account has
// unapplied credit memos, and refunds paid back applied money without naming a memo.
func checkRefundedCredit(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	memos, credit, err := s.unapplied(ctx, q, `
		select u.kind, u.number, u.unapplied as amount from unapplied_credits u
		where u.customer_id = @source and u.kind = 'credit_memo' and u.unapplied > 0 order by u.id`)
	if err != nil || len(memos) == 0 {
		return nil, err
	}
	// Refunds use what is not applied first, in the order of their dates.
	refunds, paid, err := s.unapplied(ctx, q, `
		select 'refund' as kind, number_of('RF', f.id) as number, least(f.amount, f.until - f.rest) as amount
		from (select f.id, f.amount, p.amount - p.allocated as rest, sum(f.amount) over (partition by p.id order by f.refunded_on, f.id) as until
		      from payments p join refunds f on f.payment_id = p.id
		      where p.customer_id = @source and p.status = 'succeeded' and p.refunded > p.amount - p.allocated
		        and f.kind = 'refund' and f.status = 'succeeded' and f.credit_memo_id is null) f
		where f.until > f.rest order by f.id`)
	if err != nil || len(refunds) == 0 {
		return nil, err
	}
	sum := money.Amount{Value: credit, Currency: s.source.Currency}
	return one(found{
		message: fmt.Sprintf("%s has %s (%s), and %s (%s) paid back money that settles documents without naming a credit memo.",
			s.source.Name, plural(len(memos), "unapplied credit memo", "unapplied credit memos"), sum,
			plural(len(refunds), "refund", "refunds"), money.Amount{Value: paid, Currency: s.source.Currency}),
		remedy:          "If a refund paid out a credit memo, name the memo in the refund (credit_memo_id in refunds.csv).",
		acknowledgement: fmt.Sprintf("credit of up to %s that was paid out already may be credited again", sum),
		records:         append(memos, refunds...),
	})
}

// checkUnappliedMoves finds moving payments with a rest that the target gains.
func checkUnappliedMoves(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	payment, _ := KindOf("payment")
	list, sum, err := s.unapplied(ctx, q, fmt.Sprintf(`
		select u.kind, u.number, u.unapplied as amount from %s r join unapplied_credits u on u.kind = 'payment' and u.id = r.id
		where r.customer_id = @source and u.unapplied > 0 and %s order by r.id`, payment.View, at(s.rule(payment), "r")))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	rest := money.Amount{Value: sum, Currency: s.source.Currency}
	return one(found{
		message: fmt.Sprintf("%s not fully allocated: %s gains the rest of %s.", plural(len(list), "payment that moves is", "payments that move are"),
			s.target.Name, rest),
		remedy:          "Allocate or refund the rest first if it should stay.",
		acknowledgement: fmt.Sprintf("%s gains unapplied payments of %s", s.target.Name, rest),
		records:         list,
	})
}

// unapplied reads kind, number and amount of records, and sums the amounts.
func (s *situation) unapplied(ctx context.Context, q db.Querier, query string) ([]Record, decimal.Decimal, error) {
	var rows []struct {
		Record
		Amount decimal.Decimal `db:"amount"`
	}
	text, values := bind(query, s.args())
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, decimal.Zero, err
	}
	var records []Record
	sum := decimal.Zero
	for _, r := range rows {
		records, sum = append(records, r.Record), sum.Add(r.Amount)
	}
	return records, sum, nil
}
