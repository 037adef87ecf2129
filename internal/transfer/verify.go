package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// Check is one invariant of the whole database, and how it stands.
type Check struct {
	Name     string
	Checked  int64    // how many records were looked at
	Failures []string // the first few that break it, each in words
	Broken   int64    // how many break it
}

// invariant declares a check: how many records it covers, and a query that returns a
// sentence for each that breaks it.
type invariant struct {
	name   string
	count  string
	broken string
}

// shownFailures is how many failures of a check are named.
const shownFailures = 10

// invariants lists what must hold at any time, in the order of printing.
var invariants = []invariant{
	{
		"every account names a successor exactly when it is merged or transferred out, and chains end at an account that is neither",
		`select count(*) from customers where successor_id is not null`,
		`with recursive walk as (
		     select id, successor_id as at, 1 as steps from customers where successor_id is not null
		     union all
		     select w.id, c.successor_id, w.steps + 1 from walk w join customers c on c.id = w.at
		     where c.successor_id is not null and w.steps < 1000)
		 select number_of('C', id) || ' has a chain of successors that does not end' from walk where steps >= 1000`,
	},
	{
		"no account is its own ancestor",
		`select count(*) from customers where parent_customer_id is not null`,
		`with recursive up as (
		     select id, parent_customer_id as at, array[id] as path from customers where parent_customer_id is not null
		     union all
		     select u.id, c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.at where u.at <> all(u.path))
		 select 'each has the next one as its parent: ' || (select string_agg(number_of('C', n.id), ', ' order by n.place)
		     from unnest(path || at) with ordinality as n(id, place))
		 from up where at = id and id = (select min(x) from unnest(path) x) order by id`,
	},
	{
		"a parent account has the same distributor as its children",
		`select count(*) from customers where parent_customer_id is not null`,
		`select number_of('C', c.id) || ' belongs to ' || number_of('D', c.distributor_id) || ', its parent ' || number_of('C', p.id) || ' to ' || number_of('D', p.distributor_id)
		 from customers c join customers p on p.id = c.parent_customer_id where p.distributor_id <> c.distributor_id order by c.id`,
	},
	{
		"no contract that runs is left on a read-only account",
		`select count(*) from customers where status in ('transferred_out', 'merged')`,
		`select number_of('S', s.id) || ' is ' || s.status || ' on ' || number_of('C', c.id) || ', which is ' || c.status
		 from subscriptions s join customers c on c.id = s.customer_id
		 where c.status in ('transferred_out', 'merged') and s.status not in ('cancelled', 'terminated')
		   and (s.end_on is null or s.end_on >= c.succeeded_on)`,
	},
	{
		"every record has one owner: what hangs on a document or subscription has it from there, and sources of journal entries exist",
		`select (select count(*) from journal_entries where source_id is not null)`,
		`select number_of('JE', e.id) || ' names the ' || e.source_kind || ' ' || e.source_id || ', which does not exist'
		 from journal_entries e where e.source_id is not null and not case e.source_kind
		     when 'invoice' then exists (select 1 from invoices where id = e.source_id)
		     when 'payment' then exists (select 1 from payments where id = e.source_id)
		     when 'refund' then exists (select 1 from refunds where id = e.source_id)
		     when 'credit_memo' then exists (select 1 from credit_memos where id = e.source_id)
		     when 'debit_memo' then exists (select 1 from debit_memos where id = e.source_id)
		     else exists (select 1 from revenue_schedules where id = e.source_id) end`,
	},
	{
		"what an account owns carries the account's distributor, which is what the walls compare",
		`select (select count(*) from subscriptions) + (select count(*) from placed_orders) + (select count(*) from invoices)
		      + (select count(*) from payments) + (select count(*) from credit_memos) + (select count(*) from debit_memos)`,
		`with owned as (
		     select number_of('S', id) as number, customer_id, account_distributor_id from subscriptions
		     union all select 'placed order ' || id, customer_id, account_distributor_id from placed_orders
		     union all select 'invoice ' || number, customer_id, account_distributor_id from invoices
		     union all select number_of('PAY', id), customer_id, account_distributor_id from payments
		     union all select 'credit memo ' || number, customer_id, account_distributor_id from credit_memos
		     union all select 'debit memo ' || number, customer_id, account_distributor_id from debit_memos)
		 select o.number || ' is shown to ' || coalesce('distributor ' || number_of('D', o.account_distributor_id), 'no distributor') || ', its account ' || number_of('C', c.id) || ' belongs to ' || number_of('D', c.distributor_id)
		 from owned o join customers c on c.id = o.customer_id where o.account_distributor_id is distinct from c.distributor_id`,
	},
	{
		"invoice totals are the sums of their lines",
		`select count(*) from invoices`,
		`select 'invoice ' || i.number || ' has total ' || i.total || ', its lines sum to ' || coalesce(l.sum, 0)
		 from invoices i left join (select invoice_id, sum(amount) as sum from invoice_lines group by 1) l on l.invoice_id = i.id
		 where i.total <> coalesce(l.sum, 0)`,
	},
	{
		"journal entries balance per currency",
		`select count(*) from journal_entries`,
		`select number_of('JE', entry_id) || ' has debits of ' || sum(debit) || ' and credits of ' || sum(credit) || ' ' || currency
		 from journal_lines group by entry_id, currency having sum(debit) <> sum(credit)`,
	},
	{
		"no payment or memo is allocated beyond its amount",
		`select (select count(*) from payment_allocations) + (select count(*) from credit_allocations)`,
		`select number_of('PAY', p.id) || ' of ' || p.amount || ' has effective allocations of ' || sum(a.counts)
		 from payments p join payment_allocations a on a.payment_id = p.id group by p.id having sum(a.counts) > p.amount
		 union all
		 select 'credit memo ' || m.number || ' of ' || m.amount || ' has effective allocations of ' || sum(a.counts)
		 from credit_memos m join credit_allocations a on a.credit_memo_id = m.id group by m.id having sum(a.counts) > m.amount`,
	},
	{
		"no document is settled beyond its total, and an allocation is in its document's currency",
		`select (select count(*) from invoices) + (select count(*) from debit_memos)`,
		`with settled as (
		     select a.invoice_id, a.debit_memo_id, a.counts as amount, p.currency from payment_allocations a join payments p on p.id = a.payment_id
		     union all
		     select a.invoice_id, a.debit_memo_id, a.counts as amount, m.currency from credit_allocations a join credit_memos m on m.id = a.credit_memo_id)
		 select 'invoice ' || i.number || ' of ' || i.total || ' is settled by ' || sum(s.amount)
		 from invoices i join settled s on s.invoice_id = i.id group by i.id having sum(s.amount) > greatest(i.total, 0) or bool_or(s.currency <> i.currency)
		 union all
		 select 'debit memo ' || m.number || ' of ' || m.amount || ' is settled by ' || sum(s.amount)
		 from debit_memos m join settled s on s.debit_memo_id = m.id group by m.id having sum(s.amount) > m.amount or bool_or(s.currency <> m.currency)`,
	},
	{
		"what is settled of a document and used of a credit is the sum of its allocations and refunds",
		`select (select count(*) from invoices) + (select count(*) from payments) + (select count(*) from credit_memos) + (select count(*) from debit_memos)`,
		`with settled as (
		     select invoice_id, debit_memo_id, counts as amount from payment_allocations
		     union all select invoice_id, debit_memo_id, counts as amount from credit_allocations)
		 select 'invoice ' || i.number || ' keeps ' || i.settled || ' as settled, its allocations sum to ' || coalesce(s.sum, 0)
		 from invoices i left join (select invoice_id, sum(amount) as sum from settled group by 1) s on s.invoice_id = i.id where i.settled <> coalesce(s.sum, 0)
		 union all
		 select 'debit memo ' || m.number || ' keeps ' || m.settled || ' as settled, its allocations sum to ' || coalesce(s.sum, 0)
		 from debit_memos m left join (select debit_memo_id, sum(amount) as sum from settled group by 1) s on s.debit_memo_id = m.id where m.settled <> coalesce(s.sum, 0)
		 union all
		 select number_of('PAY', p.id) || ' keeps ' || p.allocated || ' as allocated and ' || p.refunded || ' as refunded' from payments p
		 left join (select payment_id, sum(counts) as sum from payment_allocations group by 1) a on a.payment_id = p.id
		 left join (select payment_id, sum(amount) as sum from refunds where status = 'succeeded' and credit_memo_id is null group by 1) r on r.payment_id = p.id
		 where p.allocated <> coalesce(a.sum, 0) or p.refunded <> coalesce(r.sum, 0)
		 union all
		 select 'credit memo ' || m.number || ' keeps ' || m.allocated || ' as allocated' from credit_memos m
		 left join (select credit_memo_id, sum(counts) as sum from credit_allocations group by 1) a on a.credit_memo_id = m.id
		 where m.allocated <> coalesce(a.sum, 0)`,
	},
	{
		"what a journal entry keeps of its lines is their sum",
		`select count(*) from journal_entries`,
		`select number_of('JE', e.id) || ' keeps ' || e.debits || ' ' || coalesce(e.currency, '(no currency)') || ' as debits, '
		     || e.on_receivable || ' on receivable, ' || e.on_deferred || ' on deferred revenue and ' || e.on_revenue || ' on revenue'
		 from journal_entries e left join entry_sums l on l.entry_id = e.id
		 where (e.debits, e.currency, e.on_receivable, e.on_deferred, e.on_revenue)
		     is distinct from (coalesce(l.debits, 0), l.currency, coalesce(l.on_receivable, 0), coalesce(l.on_deferred, 0), coalesce(l.on_revenue, 0))`,
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
		     union all select i.customer_id, -s.amount from settled s join invoices i on i.id = s.invoice_id where i.status = 'open'
		     union all select m.customer_id, -s.amount from settled s join debit_memos m on m.id = s.debit_memo_id where m.status = 'open'
		     union all select customer_id, -amount from credit_memos where status = 'open'
		     union all select m.customer_id, a.counts from credit_allocations a join credit_memos m on m.id = a.credit_memo_id where m.status = 'open'
		     union all select m.customer_id, r.amount from refunds r join credit_memos m on m.id = r.credit_memo_id where r.status = 'succeeded' and m.status = 'open'
		     union all
		     select p.customer_id, -greatest(0, p.amount - coalesce(a.sum, 0) - coalesce(r.sum, 0)) from payments p
		     left join (select payment_id, sum(counts) as sum from payment_allocations group by 1) a on a.payment_id = p.id
		     left join (select payment_id, sum(amount) as sum from refunds where status = 'succeeded' and credit_memo_id is null group by 1) r on r.payment_id = p.id
		     where p.status = 'succeeded'),
		 anew as (select customer_id, sum(amount) as balance from parts group by 1)
		 select number_of('C', b.customer_id) || ' shows ' || b.balance || ', its documents sum to ' || coalesce(n.balance, 0)
		 from customer_balances b left join anew n on n.customer_id = b.customer_id where b.balance <> coalesce(n.balance, 0)`,
	},
	{
		"an order holds accounts exactly while it is under way, and an account is in one open transfer at most",
		`select count(*) from transfer_orders`,
		`select number_of('TO', o.id) || ' is ' || o.status || case when t.order_id is null then ' without its account' else ' and still holds an account' end
		 from transfer_orders o left join open_transfers t on t.order_id = o.id
		 where (o.status in ('awaiting_approval', 'scheduled', 'queued', 'in_progress')) <> (t.order_id is not null)`,
	},
	{
		"every completed order has its proof, and each line of it holds",
		`select (select count(*) from transfer_reconciliation) + (select count(*) from transfer_books)`,
		`select number_of('TO', o.id) || ' has no reconciliation' from transfer_orders o
		 where o.status in ('completed', 'reversed') and not exists (select 1 from transfer_reconciliation where order_id = o.id)
		 union all
		 select number_of('TO', order_id) || ': ' || kind || ' in ' || currency || ' do not reconcile' from transfer_reconciliation
		 where count_before + count_declared <> count_after or amount_before + amount_declared <> amount_after
		 union all
		 select number_of('TO', r.order_id) || ': the declared differences of ' || r.kind || ' in ' || r.currency || ' do not sum up'
		 from transfer_reconciliation r
		 left join (select order_id, kind, currency, sum(count) as count, sum(amount) as amount from transfer_differences group by 1, 2, 3) d
		   on (d.order_id, d.kind, d.currency) = (r.order_id, r.kind, r.currency)
		 where r.count_declared <> coalesce(d.count, 0) or r.amount_declared <> coalesce(d.amount, 0)
		 union all
		 select number_of('TO', order_id) || ': the control account ' || role || ' of the ' || side || ' in ' || currency || ' does not reconcile' from transfer_books
		 where ledger_before - sub_ledger_before + declared <> ledger_after - sub_ledger_after
		 union all
		 select number_of('TO', order_id) || ': what the ' || role || ' in ' || currency || ' loses on one side is not what it gains on the other'
		 from transfer_books group by order_id, distributor_id, role, currency having count(*) = 2 and sum(declared) <> 0`,
	},
}

// Verify checks every invariant, and every ledger against the records it speaks of,
// in one consistent snapshot.
func Verify(ctx context.Context, pool *sqlx.DB) ([]Check, error) {
	var checks []Check
	ctx = db.PlannedAnew(ctx)
	err := db.InSnapshot(ctx, pool, func(tx *sqlx.Tx) error {
		for _, i := range slices.Concat(invariants, writtenInvariants()) {
			check, err := i.run(ctx, tx)
			if err != nil {
				return err
			}
			checks = append(checks, check)
		}
		ledger, err := verifyLedger(ctx, tx)
		checks = append(checks, ledger)
		return err
	})
	return checks, err
}

func (i invariant) run(ctx context.Context, q db.Querier) (Check, error) {
	c := Check{Name: i.name}
	if err := q.GetContext(ctx, &c.Checked, i.count); err != nil {
		return c, fmt.Errorf("count for %q: %w", i.name, err)
	}
	var broken []string
	if err := q.SelectContext(ctx, &broken, i.broken); err != nil {
		return c, fmt.Errorf("check %q: %w", i.name, err)
	}
	c.Broken, c.Failures = int64(len(broken)), broken[:min(len(broken), shownFailures)]
	return c, nil
}

// verifyLedger compares each record with the last value that a ledger gave it. A row
// that was created must exist, one that was removed must not.
func verifyLedger(ctx context.Context, q db.Querier) (Check, error) {
	c := Check{Name: "every record has what the ledgers of completed orders say"}
	var columns []struct {
		Kind   string `db:"kind"`
		Column string `db:"column_name"`
	}
	if err := q.SelectContext(ctx, &columns, `select distinct kind, column_name from transfer_ledger order by 1, 2`); err != nil {
		return c, fmt.Errorf("read what the ledgers hold: %w", err)
	}
	for _, column := range columns {
		table := tableOf(column.Kind)
		if table == "" {
			c.Broken++
			c.Failures = append(c.Failures, fmt.Sprintf("the ledger speaks of %q, which is no kind of record", column.Kind))
			continue
		}
		var rows []struct {
			Sentence *string `db:"sentence"`
		}
		text := ledgerSQL(table, column.Kind, column.Column)
		if err := q.SelectContext(ctx, &rows, text, column.Kind, column.Column); err != nil {
			return c, fmt.Errorf("compare the ledger of %s: %w", column.Kind, err)
		}
		c.Checked += int64(len(rows))
		for _, r := range rows {
			if r.Sentence == nil {
				continue
			}
			c.Broken++
			if len(c.Failures) < shownFailures {
				c.Failures = append(c.Failures, *r.Sentence)
			}
		}
	}
	return c, nil
}

// ledgerSQL returns a row per ledgered record, with a sentence where it differs from
// the last ledger line about it. Values that no standing transfer wrote bind nobody: what a
// reversal gave back may change again. A row is there, or is not, whoever said so last.
func ledgerSQL(table, kind, column string) string {
	bound := "l.bound"
	differs := fmt.Sprintf(`t.id is null or t.%[1]s::text is distinct from l.after`, column)
	if column == "" {
		differs = `(t.id is null) <> (l.after is null)`
		column, bound = "row", "true"
	} else if kind == "journal_entry" && column == "customer_id" { // one that was linked since is owned through its source
		differs = `t.id is null or t.source_id is null and t.customer_id::text is distinct from l.after`
	} else if strings.HasSuffix(column, "amount") || column == "price" {
		differs = fmt.Sprintf(`t.id is null or t.%[1]s is distinct from l.after::numeric`, column)
	} else if column == "status" && isDocument(kind) {
		// The settlement opens and closes documents; an import voids one with an override.
		differs = `t.id is null or coalesce(t.settled_status, t.status) is distinct from l.after and not (t.status = 'void' and t.amount_amended_after is not null)`
	}
	return fmt.Sprintf(`
		with standing as materialized (
		    select id from transfer_orders o where reverses_id is null and status in ('completed', 'reversed') and transfer_standing(id) is not null),
		last as (
		    select distinct on (r.record_id) r.record_id, g.order_id, bool_or(s.id is not null) over (partition by r.record_id) as bound,
		           r.after
		    from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.status in ('completed', 'reversed')
		    left join standing s on s.id = g.order_id
		    cross join lateral %[6]s as r(record_id, after)
		    where g.kind = $1 and g.column_name = $2 order by r.record_id, g.id desc)
		select case when %[5]s and (%[1]s) then '%[2]s ' || l.record_id || ': %[3]s is not what ' || number_of('TO', l.order_id) || ' wrote' end as sentence
		from last l left join %[4]s t on t.id = l.record_id`, differs, kind, column, table, bound, unfoldSQL("g", "after"))
}
