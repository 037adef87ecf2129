package exchange

import (
	"context"
	"fmt"
)

// rule is a check of the loaded rows that spans lines or files: its query returns the
// line of each row that breaks it, and what the message names.
type rule struct {
	file    string
	column  string
	message string
	query   func(im *importer) string
	needs   string // another file without which there is nothing to check
}

// check finds what the database would refuse or what would make no sense.
func (im *importer) check(ctx context.Context) error {
	for _, r := range rules() {
		l := im.find(r.file)
		if l == nil || r.needs != "" && im.find(r.needs) == nil {
			continue
		}
		if err := im.problems(ctx, l.file, r.column, r.message, r.query(im)); err != nil {
			return err
		}
	}
	return nil
}

// fileRules are the rules that hold for one file.
func fileRules() []rule {
	return append([]rule{
		{
			file: "distributors", column: "parent_id", query: secondRoot,
			message: "exactly one distributor has no parent: the provider, which is %s",
		},
		{
			file: "customers", column: "currency", query: currencyOfDocuments,
			message: "the customer has documents in %s, so its currency cannot change",
		},
		{
			file: "customers", column: "status", query: missingSuccessor,
			message: "the status %s needs a line of this kind in account_successors.csv",
		},
		{
			file: "customers", column: "parent_customer_id", query: foreignParent,
			message: "the parent %s belongs to %s, this account to %s; a parent must have the same distributor, " +
				"so correct the parent or leave it empty",
		},
		{
			file: "account_successors", column: "kind", query: wrongSuccession,
			message: "the status of the customer is %s, not %s",
		},
		{
			file: "subscription_continuations", column: "continuation_id", query: sharedContinuation,
			message: "it continues another subscription already",
		},
		{
			file: "financial_periods", column: "start_on", query: overlap,
			message: "the period overlaps the one from %s to %s of the same distributor",
		},
		{
			file: "journal_entries", column: "customer_id", query: foreignSource,
			message: "the document that the entry was posted from belongs to %s",
		},
		{
			file: "journal_lines", column: "debit", query: unbalanced,
			message: "the entry does not balance in %s: its debits are %s, its credits %s",
		},
		{
			file: "refunds", column: "credit_memo_id", query: chargebackOfMemo,
			message: "a chargeback takes back what the payment paid and names no credit memo; leave it empty, " +
				"or make it a refund",
		},
		{
			file: "refunds", column: "credit_memo_id", query: currencyOfMemo,
			message: "the credit memo is in %s, the payment in %s; a refund pays out a memo in the currency of " +
				"its payment",
		},
	}, recognitionRules()...)
}

// recognitionRules are the rules of the entries that name several schedule lines.
func recognitionRules() []rule {
	return []rule{
		{
			file: "recognition_lines", column: "revenue_schedule_id", query: sameRecognition,
			message: "line %s has the same entry_id, revenue_schedule_id",
		},
		{
			file: "recognition_lines", column: "entry_id", query: recognisesWithSource,
			message: "the entry names a source; write the schedule lines that it recognises either there or here",
		},
		{
			file: "recognition_lines", column: "revenue_schedule_id", query: foreignSchedule,
			message: "the schedule line belongs to a customer of %s, the entry is in the books of %s",
		},
	}
}

func rules() []rule {
	list := fileRules()
	for _, name := range []string{"invoices", "payments", "credit_memos", "debit_memos"} {
		list = append(list, rule{
			file: name, column: "currency", query: currencyOfCustomer,
			message: "the document is in %s, but its customer's currency is %s",
		})
	}
	return list
}

func secondRoot(*importer) string {
	return `select l.line, r.name from {load} l
		cross join lateral (select d.name from (
			select t.name, 0 as line from distributors t
			where t.parent_id is null and not exists (select 1 from {load} x where x.rec_id = t.id)
			union all select x.name, x.line from {load} x where x.parent_id is null and not x.bad) d
			order by d.line limit 1) r
		where l.parent_id is null and not l.bad
		  and (l.line > (select min(x.line) from {load} x where x.parent_id is null and not x.bad)
		       or exists (select 1 from distributors t
		                  where t.parent_id is null and not exists (select 1 from {load} x where x.rec_id = t.id)))`
}

func currencyOfDocuments(*importer) string {
	return `select l.line, t.currency from {load} l join customers t on t.id = l.rec_id and t.currency <> l.currency
		where not l.is_new
		  and (exists (select 1 from invoices d where d.customer_id = t.id)
		       or exists (select 1 from payments d where d.customer_id = t.id)
		       or exists (select 1 from credit_memos d where d.customer_id = t.id)
		       or exists (select 1 from debit_memos d where d.customer_id = t.id))`
}

func missingSuccessor(im *importer) string {
	given := ""
	if im.find("account_successors") != nil {
		given = "and not exists (select 1 from load_account_successors a where a.customer_id = l.rec_id)"
	}
	return `select l.line, l.status from {load} l where not l.bad and l.status in ('merged', 'transferred_out')
		and not exists (select 1 from customers t where t.id = l.rec_id and t.successor_id is not null) ` + given
}

// foreignParent finds rows with a parent of another distributor, as the file names it and
// by what that account became. One that was there before is for verify to report: it must
// not keep a feed out.
func foreignParent(im *importer) string {
	return fmt.Sprintf(`select l.line,
		s.parent_customer_id || case when s.parent_customer_id <> p.called then ', now ' || p.called || ','
		                             else '' end, %s, %s
		from {load} l join {stage} s on s.line = l.line left join customers t on t.id = l.rec_id
		cross join lateral (select %s as seller, %s as called) p
		where not l.bad and l.parent_customer_id is not null and p.seller <> l.distributor_id
		  and (t.parent_customer_id, t.distributor_id) is distinct from (l.parent_customer_id, l.distributor_id)`,
		im.current("distributors", "name", "p.seller"), im.current("distributors", "name", "l.distributor_id"),
		im.current("customers", "distributor_id", "l.parent_customer_id"),
		im.called(im.declaration("customers"), "l.parent_customer_id"))
}

func wrongSuccession(im *importer) string {
	return fmt.Sprintf(`select l.line, x.status, l.kind from {load} l cross join lateral (select %s as status) x
		where not l.bad and x.status is distinct from l.kind`, im.current("customers", "status", "l.customer_id"))
}

func sharedContinuation(*importer) string {
	return `select l.line from {load} l where not l.bad and (
		exists (select 1 from {load} e where e.continuation_id = l.continuation_id and e.line < l.line)
		or exists (select 1 from {table} t
		           where t.continuation_id = l.continuation_id and t.subscription_id <> l.subscription_id
		           and not exists (select 1 from {load} x where x.rec_id = t.subscription_id)))`
}

func overlap(*importer) string {
	return `select l.line, o.start_on::text, o.end_on::text from {load} l
		join (select e.distributor_id, e.start_on, e.end_on, e.line from {load} e where not e.bad
		      union all
		      select t.distributor_id, t.start_on, t.end_on, 0 from {table} t
		      where not exists (select 1 from {load} x where x.rec_id = t.id)) o
		  on o.distributor_id = l.distributor_id and o.line < l.line and o.start_on <= l.end_on
		    and l.start_on <= o.end_on
		where not l.bad`
}

func unbalanced(*importer) string {
	return `select min(line), currency, sum(debit)::text, sum(credit)::text from {load} l where not l.bad
		and not exists (select 1 from {load} b where b.entry_id = l.entry_id and b.bad)
		group by entry_id, currency having sum(debit) <> sum(credit)`
}

func currencyOfCustomer(im *importer) string {
	return fmt.Sprintf(`select l.line, l.currency, c.currency from {load} l cross join lateral (select %s as currency) c
		where not l.bad
		  and c.currency is distinct from l.currency`, im.current("customers", "currency", "l.customer_id"))
}

func chargebackOfMemo(*importer) string {
	return `select l.line from {load} l where not l.bad and l.kind = 'chargeback' and l.credit_memo_id is not null`
}

func currencyOfMemo(im *importer) string {
	return fmt.Sprintf(`select l.line, c.memo, c.payment from {load} l
		cross join lateral (select %s as memo, %s as payment) c
		where not l.bad and l.credit_memo_id is not null and c.memo <> c.payment`,
		im.current("credit_memos", "currency", "l.credit_memo_id"), im.current("payments", "currency", "l.payment_id"))
}

func sameRecognition(*importer) string {
	return `select d.line, d.earlier::text
		from (select line, min(line) over (partition by entry_id, revenue_schedule_id) as earlier
		from {load} where not bad) d where d.line > d.earlier`
}

func recognisesWithSource(im *importer) string {
	return fmt.Sprintf(`select l.line from {load} l where not l.bad and (%s) is not null`,
		im.current("journal_entries", "source_id", "l.entry_id"))
}

// foreignSchedule: a transfer may leave an entry with one customer and a schedule line of it
// with another, but never with another distributor.
func foreignSchedule(im *importer) string {
	called := func(owner string) string { return im.called(im.declaration("distributors"), owner) }
	return fmt.Sprintf(`select w.line, %s, %s
		from (select l.line, %s as owner, %s as books from {load} l where not l.bad) w
		where w.owner is distinct from w.books`, called("w.owner"), called("w.books"),
		im.current("customers", "distributor_id", im.scheduleOwner("l.revenue_schedule_id")),
		im.current("journal_entries", "distributor_id", "l.entry_id"))
}
