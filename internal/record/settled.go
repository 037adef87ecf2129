package record

// EffectiveSQL begins a statement that reads effective: each allocation with what is kept of
// it as counting, and what counts by the rule, of the payment allocations a and the credit
// allocations a that meet the conditions. A running sum "before" says how much those that come
// earlier take.
func EffectiveSQL(payments, credits string) string {
	return `with item as (
		select 'p' as source, a.id, a.payment_id as credit, number_of('PAY', p.id) as credit_number, a.invoice_id,
		       a.debit_memo_id, a.counts as kept,
		       case when p.status = 'succeeded' and not a.parted then least(a.amount, p.amount) else 0 end as asks,
		       p.amount as has, a.order_id is null as alone, true as plain, p.received_on as day
		from payment_allocations a join payments p on p.id = a.payment_id where ` + payments + `
		union all
		select 'c', a.id, a.credit_memo_id, m.number, a.invoice_id, a.debit_memo_id, a.counts,
		       case m.status when 'void' then 0 else least(a.amount, m.amount) end, m.amount, a.order_id is null,
		       m.purpose <> 'transfer', m.issued_on
		from credit_allocations a join credit_memos m on m.id = a.credit_memo_id where ` + credits + `
	), claim as (
		select t.*, coalesce(i.number, d.number) as document_number,
		       greatest(0, coalesce(i.total, d.amount)) as total, coalesce(i.due_on, d.due_on, d.issued_on) as due,
		       coalesce(d.purpose <> 'transfer', true) as usual
		from item t left join invoices i on i.id = t.invoice_id left join debit_memos d on d.id = t.debit_memo_id
	), paid_back as (
		select case when credit_memo_id is null then 'p' else 'c' end as source,
		       coalesce(credit_memo_id, payment_id) as credit,
		       sum(case when kind = 'refund' then amount else 0 end) as refunds,
		       sum(case when kind = 'refund' then 0 else amount end) as chargebacks
		from refunds where status = 'succeeded' group by 1, 2
	), placed as (
		select c.*, coalesce(b.refunds, 0) as refunds, coalesce(b.chargebacks, 0) as chargebacks,
		       least(c.asks, greatest(0, c.total - coalesce(sum(c.asks) over before, 0))) as found
		from claim c left join paid_back b on b.source = c.source and b.credit = c.credit
		window before as (partition by c.invoice_id, c.debit_memo_id
		                  order by c.plain, c.day, c.credit_number collate "C", c.source, c.credit, c.id
		                  rows between unbounded preceding and 1 preceding)
	), given as (
		select p.*, least(p.found, greatest(0, p.has - coalesce(sum(p.found) over before, 0))) as gets from placed p
		window before as (partition by p.source, p.credit order by p.usual, p.alone, p.id
		                  rows between unbounded preceding and 1 preceding)
	), refunded as (
		select g.*, g.has - g.refunds - sum(g.gets) over (partition by g.source, g.credit) as rest,
		       coalesce(sum(case when g.usual then 0 else g.gets end) over before, 0) as earlier
		from given g
		window before as (partition by g.source, g.credit
		                  order by g.due desc, g.document_number collate "C" desc, g.id desc
		                  rows between unbounded preceding and 1 preceding)
	), repaid as (
		select r.*, r.gets - case when r.usual then 0
		                          else least(r.gets, greatest(0, -r.rest - r.earlier)) end as holds
		from refunded r
	), returned as (
		select r.*, r.holds - least(r.holds, greatest(0, r.chargebacks - greatest(0, r.rest)
		                                                 - coalesce(sum(r.holds) over before, 0))) as keeps
		from repaid r
		window before as (partition by r.source, r.credit
		                  order by r.due desc, r.document_number collate "C" desc, r.id desc
		                  rows between unbounded preceding and 1 preceding)
	), again as (
		select r.*, r.keeps + least(r.asks - r.found,
		                            greatest(0, r.has - r.refunds - r.chargebacks
		                                        - sum(r.keeps) over (partition by r.source, r.credit)
		                                        - coalesce(sum(r.asks - r.found) over before, 0))) as wants
		from returned r
		window before as (partition by r.source, r.credit order by r.usual, r.alone, r.id
		                  rows between unbounded preceding and 1 preceding)
	` + counting
}

// counting is the last step: no document takes more than its total.
const counting = `), effective as (
		select a.source, a.id, a.credit, a.credit_number, a.document_number, a.kept,
		       least(a.wants, greatest(0, a.total - coalesce(sum(a.wants) over before, 0))) as counts
		from again a
		window before as (partition by a.invoice_id, a.debit_memo_id
		                  order by a.plain, a.day, a.credit_number collate "C", a.source, a.credit, a.id
		                  rows between unbounded preceding and 1 preceding)
	)`
