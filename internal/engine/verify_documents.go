package engine

// documentInvariants are about documents, what settles them and balances.
var documentInvariants = []invariant{
	{
		"invoice totals are the sums of their lines",
		`select count(*) from invoices`,
		`select 'invoice ' || i.number || ' has total ' || i.total || ', its lines sum to ' || coalesce(l.sum, 0)
		 from invoices i left join (select invoice_id, sum(amount) as sum from invoice_lines group by 1) l
		      on l.invoice_id = i.id
		 where i.total <> coalesce(l.sum, 0)`,
	},
	{
		"no payment or memo is allocated beyond its amount",
		`select (select count(*) from payment_allocations) + (select count(*) from credit_allocations)`,
		`select number_of('PAY', p.id) || ' of ' || p.amount || ' has effective allocations of ' || sum(a.counts)
		 from payments p join payment_allocations a on a.payment_id = p.id group by p.id having sum(a.counts) > p.amount
		 union all
		 select 'credit memo ' || m.number || ' of ' || m.amount || ' has effective allocations of ' || sum(a.counts)
		 from credit_memos m join credit_allocations a on a.credit_memo_id = m.id group by m.id
		 having sum(a.counts) > m.amount`,
	},
	{
		"no document is settled beyond its total, and an allocation is in its document's currency",
		`select (select count(*) from invoices) + (select count(*) from debit_memos)`,
		`with settled as (
		     select a.invoice_id, a.debit_memo_id, a.counts as amount, p.currency from payment_allocations a
		     join payments p on p.id = a.payment_id
		     union all
		     select a.invoice_id, a.debit_memo_id, a.counts as amount, m.currency from credit_allocations a
		     join credit_memos m on m.id = a.credit_memo_id)
		 select 'invoice ' || i.number || ' of ' || i.total || ' is settled by ' || sum(s.amount)
		 from invoices i join settled s on s.invoice_id = i.id group by i.id
		 having sum(s.amount) > greatest(i.total, 0) or bool_or(s.currency <> i.currency)
		 union all
		 select 'debit memo ' || m.number || ' of ' || m.amount || ' is settled by ' || sum(s.amount)
		 from debit_memos m join settled s on s.debit_memo_id = m.id group by m.id
		 having sum(s.amount) > m.amount or bool_or(s.currency <> m.currency)`,
	},
	{
		"what is settled of a document and used of a credit is the sum of its allocations and refunds",
		`select (select count(*) from invoices) + (select count(*) from payments) + (select count(*)
			from credit_memos) + (select count(*) from debit_memos)`,
		`with settled as (
		     select invoice_id, debit_memo_id, counts as amount from payment_allocations
		     union all select invoice_id, debit_memo_id, counts as amount from credit_allocations)
		 select 'invoice ' || i.number || ' keeps ' || i.settled || ' as settled, its allocations sum to ' ||
		     coalesce(s.sum, 0)
		 from invoices i left join (select invoice_id, sum(amount) as sum from settled group by 1) s
		      on s.invoice_id = i.id where i.settled <> coalesce(s.sum, 0)
		 union all
		 select 'debit memo ' || m.number || ' keeps ' || m.settled || ' as settled, its allocations sum to ' ||
		     coalesce(s.sum, 0)
		 from debit_memos m left join (select debit_memo_id, sum(amount) as sum from settled group by 1) s
		      on s.debit_memo_id = m.id where m.settled <> coalesce(s.sum, 0)
		 union all select number_of('PAY', p.id) || ' keeps ' || p.allocated || ' as allocated and ' ||
		     p.refunded || ' as refunded' from payments p
		 left join (select payment_id, sum(counts) as sum from payment_allocations group by 1) a on a.payment_id = p.id
		 left join (select payment_id, sum(amount) as sum from refunds
		            where status = 'succeeded' and credit_memo_id is null group by 1) r on r.payment_id = p.id
		 where p.allocated <> coalesce(a.sum, 0) or p.refunded <> coalesce(r.sum, 0)
		 union all
		 select 'credit memo ' || m.number || ' keeps ' || m.allocated || ' as allocated' from credit_memos m
		 left join (select credit_memo_id, sum(counts) as sum from credit_allocations group by 1) a
		      on a.credit_memo_id = m.id
		 where m.allocated <> coalesce(a.sum, 0)`,
	},
	{
		"customer balances are what their documents say",
		`select count(*) from customers`,
		`with settled as (
		     select invoice_id, debit_memo_id, counts as amount from payment_allocations
		     union all select invoice_id, debit_memo_id, counts as amount from credit_allocations),
		 parts as (
		     select customer_id, total as amount from invoices where status = 'open'
		     union all select customer_id, amount from debit_memos where status = 'open'
		     union all select i.customer_id, -s.amount from settled s join invoices i on i.id = s.invoice_id
		     where i.status = 'open'
		     union all select m.customer_id, -s.amount from settled s join debit_memos m on m.id = s.debit_memo_id
		     where m.status = 'open'
		     union all
		     select m.customer_id, -greatest(0, m.amount - coalesce(a.sum, 0) - coalesce(r.sum, 0)) from credit_memos m
		     left join (select credit_memo_id, sum(counts) as sum from credit_allocations group by 1) a
		          on a.credit_memo_id = m.id
		     left join (select credit_memo_id, sum(amount) as sum from refunds where status = 'succeeded'
		                group by 1) r on r.credit_memo_id = m.id
		     where m.status = 'open'
		     union all
		     select p.customer_id, -greatest(0, p.amount - coalesce(a.sum, 0) - coalesce(r.sum, 0)) from payments p
		     left join (select payment_id, sum(counts) as sum from payment_allocations group by 1) a
		          on a.payment_id = p.id
		     left join (select payment_id, sum(amount) as sum from refunds
		                where status = 'succeeded' and credit_memo_id is null group by 1) r on r.payment_id = p.id
		     where p.status = 'succeeded'),
		 anew as (select customer_id, sum(amount) as balance from parts group by 1)
		 select number_of('C', b.customer_id) || ' shows ' || b.balance || ', its documents sum to ' ||
		     coalesce(n.balance, 0)
		 from customer_balances b left join anew n on n.customer_id = b.customer_id
		 where b.balance <> coalesce(n.balance, 0)`,
	},
}
