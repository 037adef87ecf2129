package reconciliation

import "fmt"

// controlChecks compare the control accounts with their sub-ledgers (docs/accounting.md,
// "Control accounts"). What a distributor's books do not keep is not compared.
var controlChecks = []Check{
	{
		Name: "receivable", Title: "Receivable in the ledger equals the balances of the accounts",
		Explain: "Debits less credits on the receivable accounts of the books, against open invoices and debit memos " +
			"less unapplied payments and credit memos.",
		Books: "Ledger", Records: "Balances",
		covered: coveredOf("receivable"), items: differencesOf("receivable"),
		each: &result{
			Name: "receivable_by_account", Title: "Receivable in the ledger equals the balance of each account",
			except: "false",
		},
	},
	{
		Name: "deferred_revenue", Title: "Deferred revenue in the ledger equals the revenue schedules",
		Explain: "Credits less debits on the deferred revenue accounts of the books, against billed schedule lines " +
			"that are not recognised.",
		Books: "Ledger", Records: "Schedules",
		covered: coveredOf("deferred_revenue"), items: differencesOf("deferred_revenue"),
		each: &result{
			Name:   "deferred_revenue_by_account",
			Title:  "Deferred revenue in the ledger equals the schedules of each account",
			except: "d.recognition_in_sum",
		},
	},
	{
		Name: "recognition", Title: "No schedule line is recognised beyond its amount",
		Explain: "What the entries that name a revenue schedule line credit to revenue, " +
			"against the amount of the line.",
		Books: "Recognised", Records: "Line",
		covered: `
			select distributor_id, currency, count(*) as checked, null::numeric as net
			from recognitions where distributor_id = any($1) and currency is not null group by 1, 2`,
		items: `
			select s.distributor_id, s.currency, 'revenue_schedule' as kind, r.id as record_id, 0::bigint as other_id,
			       number_of('RS', r.id) as number, o.customer_id, s.amount as books, r.amount as records,
			       s.amount - r.amount as difference, s.since, true as differs
			from (select distributor_id, currency, revenue_schedule_id, sum(amount) as amount,
			      max(posted_on) as since from recognitions where distributor_id = any($1) and currency is not null
			      group by 1, 2, 3) s
			join revenue_schedules r on r.id = s.revenue_schedule_id left join owned_revenue_schedules o on o.id = r.id
			where case when r.amount < 0 then s.amount < r.amount else s.amount > r.amount end`,
	},
}

// coveredOf counts the accounts of each distributor whose books keep the role, and reads the
// difference of the books as a whole.
func coveredOf(role string) string {
	return fmt.Sprintf(`
		select x.distributor_id, x.currency, x.difference as net,
		       (select count(*) from customers c
		        where c.distributor_id = x.distributor_id and c.currency = x.currency) as checked
		from distributor_differences x where x.role = '%s' and x.distributor_id = any($1)`, role)
}

// differencesOf selects the accounts whose ledger differs from their sub-ledger, each since the
// day after which the two were never equal again. Where these do not explain the difference of
// the books as a whole, it looks for the entries that no account of the distributor owns.
func differencesOf(role string) string {
	return fmt.Sprintf(`
		with differing as materialized (
		    select customer_id, distributor_id, currency, ledger, sub_ledger, difference
		    from book_differences where role = '%[1]s' and distributor_id = any($1) and difference <> 0
		), days as (
		    select p.customer_id, p.currency, p.on_date, sum(sum(p.books - p.records)) over w as rest
		    from control_pieces p where p.role = '%[1]s'
		      and p.customer_id = any(array(select customer_id from differing))
		    group by 1, 2, 3 window w as (partition by p.customer_id, p.currency order by p.on_date)
		), since as (
		    select customer_id, currency, min(on_date) filter (where on_date > last_equal) as day
		    from (select *, coalesce(max(on_date) filter (where rest = 0) over w, '-infinity') as last_equal
		          from days window w as (partition by customer_id, currency)) d
		    group by 1, 2
		), unowned as (
		    select e.distributor_id, e.currency, e.entry_id, e.posted_on, e.amount
		    from entry_controls e
		    left join owned_journal_entries o on o.id = e.entry_id and o.counts = 1
		    left join customers c on c.id = o.customer_id and c.distributor_id = e.distributor_id
		    where e.role = '%[1]s' and c.id is null and e.distributor_id = any(array(
		        select v.distributor_id from covered v
		        left join (select distributor_id, currency, sum(difference) as difference from differing
		                   group by 1, 2) a
		             on (a.distributor_id, a.currency) = (v.distributor_id, v.currency)
		        where v.net <> coalesce(a.difference, 0))))
		select d.distributor_id, d.currency, 'customer' as kind, d.customer_id as record_id, 0::bigint as other_id,
		       number_of('C', d.customer_id) as number, d.customer_id, d.ledger as books, d.sub_ledger as records,
		       d.difference, s.day as since, true as differs
		from differing d left join since s on (s.customer_id, s.currency) = (d.customer_id, d.currency)
		union all
		select distributor_id, currency, 'journal_entry', entry_id, 0, number_of('JE', entry_id), null, amount, 0,
		       amount, posted_on, true
		from unowned where amount <> 0`, role)
}
