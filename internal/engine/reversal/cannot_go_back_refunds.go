package reversal

import (
	"fmt"

	"handover/internal/record"
)

// refundedSince finds payments and credit memos whose refunds would have another effect on the
// balance without the order: refunds use what is unapplied, and the reversal changes what that
// is. Money that was paid back would settle a document again, or credit that was used up would
// be there to be paid out (docs/domain.md 8.2 and 6.2).
func refundedSince() []impossible {
	var list []impossible
	for _, c := range []struct{ kind, source, refunds, good string }{
		{
			"payment", "p", "f.payment_id = t.id and f.credit_memo_id is null and f.kind = 'refund'",
			"t.status = 'succeeded'",
		},
		{"credit_memo", "c", "f.credit_memo_id = t.id", "t.status <> 'void'"},
	} {
		list = append(list, impossible{
			c.kind, whyRefunded,
			"Allocate no more of it than the refunds leave, or correct the refunds, then reverse.",
			fmt.Sprintf(`%s
				select t.id from %s t
				left join (select credit, sum(counts) as counts from effective where source = '%s' group by 1) e
				     on e.credit = t.id
				where t.customer_id in (@source, @target) and %s
				  and exists (select 1 from refunds f where %s and f.status = 'succeeded')
				  and greatest(0, coalesce(e.counts, 0) + t.refunded - t.amount)
				      <> greatest(0, t.allocated + t.refunded - t.amount)
				order by 1`, record.EffectiveSQL(besideRefunds("payment"), besideRefunds("credit")),
				record.TableOf(c.kind), c.source, c.good, c.refunds),
		})
	}
	return list
}

// besideRefunds is the condition on an allocation a that stays when the order is taken back,
// to a document that a payment or memo with refunds asks for.
func besideRefunds(kind string) string {
	claimed := func(column string) string {
		return fmt.Sprintf(`a.%[1]s in (
			select o.%[1]s from payment_allocations o join payments p on p.id = o.payment_id
			where p.customer_id in (@source, @target) and exists (select 1 from refunds f where f.payment_id = p.id)
			union
			select o.%[1]s from credit_allocations o join credit_memos m on m.id = o.credit_memo_id
			where m.customer_id in (@source, @target)
			  and exists (select 1 from refunds f where f.credit_memo_id = m.id))`, column)
	}
	return fmt.Sprintf(`(%s or %s) and a.id not in %s`, claimed("invoice_id"), claimed("debit_memo_id"),
		record.Born(kind+"_allocation"))
}
