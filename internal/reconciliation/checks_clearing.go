package reconciliation

import "fmt"

// clearingChecks compare the two sides of what transfers posted to clearing and intercompany, in
// the currency and amounts of the giving side: no difference of one order or pair hides another.
var clearingChecks = []Check{
	{
		Name: "clearing", Title: "Clearing nets to zero within each legal entity",
		Explain: "What each order posted to clearing in the books of the two distributors, in the currency of origin.",
		Books:   "Own books", Records: "Other side",
		covered: pairsCovered("clears"), items: pairsOff("clears"),
	},
	{
		Name: "intercompany", Title: "Intercompany agrees between each pair of distributors",
		Explain: "What is due from (positive) or due to (negative) each other distributor, in the currency of " +
			"origin. Pairs are never netted.",
		Books: "Own books", Records: "Other side", Lists: true,
		covered: pairsCovered("not clears"),
		items: pairsOff("not clears") + `
			union all
			select p.distributor_id, p.currency, 'distributor', p.other_id, p.other_id, number_of('D', p.other_id),
			       null::bigint, sum(p.own), -sum(p.others), sum(p.difference),
			       min(p.since) filter (where p.difference <> 0), false
			from clearing_pairs p where p.distributor_id = any($1) and not p.clears group by 1, 2, p.other_id`,
	},
	{
		Name: "no_order", Title: "Lines on clearing without an order net to zero",
		Explain: "Entries on clearing and intercompany accounts that no transfer of this database posted. " +
			"Those on clearing must net to zero within a legal entity; those on intercompany are listed only.",
		Books: "Posted", Records: "Expected", Lists: true,
		covered: `
			select distributor_id, currency, count(*) as checked, null::numeric as net
			from strays where distributor_id = any($1) group by 1, 2`,
		with: `
			strays as materialized (
			    select e.distributor_id, coalesce(nullif(d.legal_entity, ''), d.id::text) as entity, e.id, e.posted_on,
			           coalesce(l.original_currency, l.currency) as currency, bool_or(a.clears) as clears,
			           sum(sign(l.debit - l.credit) * coalesce(l.original_amount, abs(l.debit - l.credit))) as amount
			    from journal_lines l join journal_entries e on e.id = l.entry_id
			    join distributors d on d.id = e.distributor_id
			    join (select distributor_id, account, bool_or(role = 'clearing') as clears from account_roles
			          where role in ('clearing', 'due_from', 'due_to') group by 1, 2) a
			         on (a.distributor_id, a.account) = (e.distributor_id, l.account)
			    where l.order_id is null group by e.id, d.id, coalesce(l.original_currency, l.currency)),
			off as materialized (select entity, currency from strays where clears group by 1, 2
			                     having sum(amount) <> 0)`,
		items: `
			select s.distributor_id, s.currency, 'journal_entry' as kind, s.id as record_id, 0::bigint as other_id,
			       number_of('JE', s.id) as number, o.customer_id, s.amount as books, 0::numeric as records,
			       s.amount as difference, s.posted_on as since, s.clears and f.entity is not null as differs
			from strays s left join off f on (f.entity, f.currency) = (s.entity, s.currency)
			left join owned_journal_entries o on o.id = s.id and o.counts = 1
			where s.distributor_id = any($1)`,
	},
}

// pairsCovered counts the orders and pairs of each distributor that meet the condition.
func pairsCovered(condition string) string {
	return fmt.Sprintf(`
		select distributor_id, currency, count(*) as checked, null::numeric as net
		from clearing_pairs where distributor_id = any($1) and %s group by 1, 2`, condition)
}

// pairsOff selects the orders and pairs whose two sides do not add up to nothing.
func pairsOff(condition string) string {
	return fmt.Sprintf(`
		select p.distributor_id, p.currency, 'transfer_order' as kind, coalesce(p.order_id, 0) as record_id, p.other_id,
		       coalesce(number_of('TO', p.order_id), '') as number, null::bigint as customer_id,
		       p.own as books, -p.others as records, p.difference, p.since, true as differs
		from clearing_pairs p where p.distributor_id = any($1) and %s and p.difference <> 0
		  and not p.vanished`, condition)
}
