package engine

import (
	"handover/internal/record"
)

// settledInvariants: what settles documents, worked out anew for the whole database by
// another statement than the one that keeps it (docs/domain.md, "What settles a document").
var settledInvariants = []invariant{
	{
		"what counts of every allocation is what its payment or memo, refunds, chargebacks and the document leave",
		`select (select count(*) from payment_allocations) + (select count(*) from credit_allocations)`,
		record.EffectiveSQL("true", "true") + `
		select case source when 'p' then number_of('PAY', credit) else 'credit memo ' || credit_number end ||
		    ' settles ' || kept || ' of '
		     || document_number || ', and ' || counts || ' count'
		from effective where kept <> counts order by source, credit, id`,
	},
	{
		"what is asked of a document, and what is paid back of a credit, is the sum of its allocations and refunds",
		`select (select count(*) from invoices where claimed <> 0) + (select count(*) from debit_memos
			where claimed <> 0) + (select count(*) from refunds)`,
		`with asked as (
		     select invoice_id, debit_memo_id, amount from payment_allocations
		     union all select invoice_id, debit_memo_id, amount from credit_allocations),
		 paid_back as (select payment_id, credit_memo_id, amount from refunds where status = 'succeeded')
		 select 'invoice ' || i.number || ' keeps ' || i.claimed || ' as asked for, its allocations sum to ' ||
		     coalesce(s.sum, 0)
		 from invoices i left join (select invoice_id, sum(amount) as sum from asked group by 1) s
		      on s.invoice_id = i.id where i.claimed <> coalesce(s.sum, 0)
		 union all
		 select 'debit memo ' || m.number || ' keeps ' || m.claimed || ' as asked for, its allocations sum to ' ||
		     coalesce(s.sum, 0)
		 from debit_memos m left join (select debit_memo_id, sum(amount) as sum from asked group by 1) s
		      on s.debit_memo_id = m.id where m.claimed <> coalesce(s.sum, 0)
		 union all
		 select 'credit memo ' || m.number || ' keeps ' || m.refunded || ' as paid out, its refunds sum to ' ||
		     coalesce(r.sum, 0)
		 from credit_memos m left join (select credit_memo_id, sum(amount) as sum from paid_back group by 1) r
		      on r.credit_memo_id = m.id
		 where m.refunded <> coalesce(r.sum, 0)`,
	},
	{
		"a document that opened because too little counted has its status back once enough does",
		`select (select count(*) from invoices where settled_status is not null) + (select count(*) from debit_memos
			where settled_status is not null) + (select count(*) from credit_memos where settled_status is not null)`,
		`select 'invoice ' || number || ' is ' || status || ' and settled, it was ' || settled_status from invoices
			where settled_status is not null and (status <> 'open' or settled >= total)
		 union all
		 select 'debit memo ' || number || ' is ' || status || ' and settled, it was ' || settled_status
		 from debit_memos where settled_status is not null and (status <> 'open' or settled >= amount)
		 union all
		 select 'credit memo ' || number || ' is ' || status || ' and used up, it was ' || settled_status
		 from credit_memos where settled_status is not null
		   and (status <> 'open' or allocated + refunded >= amount and amount > 0)`,
	},
}
