package rules

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The checks of this file look at money that is not allocated (docs/domain.md, "What settles
// a document").

// checkRefundedCredit finds credit that may have been paid out already: the account has
// unapplied credit memos, and refunds paid back applied money without naming a memo.
func checkRefundedCredit(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	memos, credit, err := unapplied(ctx, q, s, `
		select u.kind, u.number, u.unapplied as amount from unapplied_credits u
		where u.customer_id = @source and u.kind = 'credit_memo' and u.unapplied > 0 order by u.id`)
	if err != nil || len(memos) == 0 {
		return nil, err
	}
	// Refunds use what is not applied first, in the order of their dates.
	refunds, paid, err := unapplied(ctx, q, s, `
		select 'refund' as kind, number_of('RF', f.id) as number, least(f.amount, f.until - f.rest) as amount
		from (select f.id, f.amount, p.amount - p.allocated as rest,
		      sum(f.amount) over (partition by p.id order by f.refunded_on, f.id) as until
		      from payments p join refunds f on f.payment_id = p.id
		      where p.customer_id = @source and p.status = 'succeeded' and p.refunded > p.amount - p.allocated
		        and f.kind = 'refund' and f.status = 'succeeded' and f.credit_memo_id is null) f
		where f.until > f.rest order by f.id`)
	if err != nil || len(refunds) == 0 {
		return nil, err
	}
	sum := money.Amount{Value: credit, Currency: s.Source.Currency}
	return One(Found{
		Message: fmt.Sprintf(msgMaybePaidOut,
			s.Source.Name, transfer.Plural(len(memos), oneUnappliedCreditMemo, manyUnappliedCreditMemos), sum,
			transfer.Plural(len(refunds), "refund", "refunds"), money.Amount{Value: paid, Currency: s.Source.Currency}),
		Remedy:          remedyIfRefundPaidOut,
		Acknowledgement: fmt.Sprintf(ackMaybePaidOut, sum),
		Records:         append(memos, refunds...),
	})
}

// checkUnappliedMoves finds moving payments with a rest that the target gains.
func checkUnappliedMoves(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	payment, _ := record.KindOf("payment")
	list, sum, err := unapplied(ctx, q, s, fmt.Sprintf(`
		select u.kind, u.number, u.unapplied as amount from %s r
		join unapplied_credits u on u.kind = 'payment' and u.id = r.id
		where r.customer_id = @source and u.unapplied > 0 and %s
		order by r.id`, payment.View, record.At(s.Rule(payment), "r")))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	rest := money.Amount{Value: sum, Currency: s.Source.Currency}
	return One(Found{
		Message: fmt.Sprintf(msgUnapplied, transfer.Plural(len(list), onePaymentMoves, manyPaymentsMove),
			s.Target.Name, rest),
		Remedy:          remedyAllocateRefundRestFirst,
		Acknowledgement: fmt.Sprintf(ackUnapplied, s.Target.Name, rest),
		Records:         list,
	})
}

// unapplied reads kind, number and amount of records, and sums the amounts.
func unapplied(ctx context.Context, q db.Querier, s *situation.Situation, query string) ([]transfer.Record,
	decimal.Decimal, error,
) {
	var rows []struct {
		transfer.Record
		Amount decimal.Decimal `db:"amount"`
	}
	text, values := record.Bind(query, s.Args())
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, decimal.Zero, err
	}
	var records []transfer.Record
	sum := decimal.Zero
	for _, r := range rows {
		records, sum = append(records, r.Record), sum.Add(r.Amount)
	}
	return records, sum, nil
}
