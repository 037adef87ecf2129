package reconciliation

import (
	"fmt"
	"strings"
)

// documentChecks compare documents with their entries, their settlement and what was printed.
var documentChecks = []Check{
	{
		Name: "documents", Title: "Each issued document has its entry",
		Explain: "What the entries of an invoice, memo, payment or refund post to receivable, against its amount. " +
			"A kind of document is compared where the distributor's own entries name documents of the kind.",
		Books: "Posted", Records: "Document",
		with: postingKinds,
		covered: `
			select c.distributor_id, d.currency, count(*) as checked, null::numeric as net
			from receivable_documents d join customers c on c.id = d.customer_id where c.distributor_id = any($1)
			  and (c.distributor_id, d.kind) in (select distributor_id, source_kind from posting) group by 1, 2`,
		items: `
			with posted as (
			    select distributor_id, source_kind, source_id, currency, sum(amount) as amount, min(posted_on) as since
			    from entry_controls where role = 'receivable' and distributor_id = any($1) and source_id is not null
			    group by 1, 2, 3, 4)
			select c.distributor_id, d.currency, d.kind, d.id as record_id, 0::bigint as other_id, d.number,
			       d.customer_id, coalesce(p.amount, 0) as books, d.effect as records,
			       coalesce(p.amount, 0) - d.effect as difference, least(d.on_date, p.since) as since, true as differs
			from receivable_documents d join customers c on c.id = d.customer_id
			left join posted p
			     on (p.distributor_id, p.source_kind, p.source_id, p.currency) = (c.distributor_id, d.kind, d.id,
			       d.currency)
			where c.distributor_id = any($1) and coalesce(p.amount, 0) <> d.effect
			  and (c.distributor_id, d.kind) in (select distributor_id, source_kind from posting)`,
	},
	{
		Name: "statuses", Title: "The status of each document fits what settles it",
		Explain: "Statuses that a file brought: a document is paid, applied or transferred when allocations " +
			"settle it in full, and open when they do not.",
		Books: "Settled by status", Records: "Settled",
		covered: `
			select c.distributor_id, d.currency, count(*) as checked, null::numeric as net
			from (select customer_id, currency from invoices where status in ('open', 'paid', 'transferred')
			      union all select customer_id, currency from debit_memos where status <> 'void'
			      union all select customer_id, currency from credit_memos where status <> 'void') d
			join customers c on c.id = d.customer_id where c.distributor_id = any($1) group by 1, 2`,
		items: `
			select c.distributor_id, m.currency, m.kind, m.id as record_id, 0::bigint as other_id, m.number,
			       m.customer_id, case when m.status = 'open' then 0 else m.amount end as books,
			       m.settled as records, m.difference, m.on_date as since, true as differs
			from status_misfits m join customers c on c.id = m.customer_id
			where c.distributor_id = any($1) and m.written_by is null`,
	},
	{
		Name: "void_money", Title: "No money is allocated to a void document",
		Explain: "Allocations that count on a void document or a draft. The money settles nothing there, and it is " +
			"not unapplied either.",
		Books: "Allocated", Records: "Billed",
		covered: `
			select c.distributor_id, d.currency, count(*) as checked, null::numeric as net
			from (` + notBilling + `) d join customers c on c.id = d.customer_id where c.distributor_id = any($1)
			group by 1, 2`,
		items: `
			select c.distributor_id, d.currency, d.kind, d.id as record_id, 0::bigint as other_id, d.number,
			       d.customer_id, d.settled as books, 0::numeric as records, d.settled as difference,
			       d.on_date as since, true as differs
			from (` + notBilling + `) d join customers c on c.id = d.customer_id
			where c.distributor_id = any($1) and d.settled <> 0`,
	},
	{
		Name: "changed", Title: "Issued documents are as they were issued",
		Explain: "Number, dates, currency, amount, buyer and lines of each document, against the hash taken " +
			"when it was " +
			"issued or first imported. The amount is that of the document now; the day of the change is not known.",
		Books: "Amount now",
		covered: `
			select c.distributor_id, d.currency, count(*) as checked, null::numeric as net
			from (select customer_id, currency from invoices where issued_hash is not null
			      union all select customer_id, currency from credit_memos where issued_hash is not null
			      union all select customer_id, currency from debit_memos where issued_hash is not null) d
			join customers c on c.id = d.customer_id where c.distributor_id = any($1) group by 1, 2`,
		items: changedDocuments(),
	},
}

// changedDocuments selects the documents whose hash is not the one that was taken at issue.
func changedDocuments() string {
	var parts []string
	for _, k := range []struct{ kind, amount string }{
		{"invoice", "t.total"}, {"credit_memo", "t.amount"}, {"debit_memo", "t.amount"},
	} {
		parts = append(parts, fmt.Sprintf(`
			select c.distributor_id, t.currency, '%[1]s' as kind, t.id as record_id, 0::bigint as other_id, t.number,
			       t.customer_id, %[2]s as books, 0::numeric as records, %[2]s as difference, null::date as since,
			         true as differs
			from %[1]ss t join customers c on c.id = t.customer_id
			where c.distributor_id = any($1) and t.issued_hash is not null
			  and document_hash_%[1]s(t) is distinct from t.issued_hash`, k.kind, k.amount))
	}
	return strings.Join(parts, "\n\t\t\tunion all")
}

// postingKinds selects the kinds of document that a distributor's own entries name, of those
// whose books keep receivable. It is asked with in: of a join the planner expects one document,
// and compares each with each entry.
const postingKinds = `posting as materialized (select distinct e.distributor_id, e.source_kind
	from journal_entries e join charts h on h.distributor_id = e.distributor_id and h.role = 'receivable' and h.kept
	where e.distributor_id = any($1) and not e.by_transfer
	  and e.source_kind in ('invoice', 'payment', 'refund', 'credit_memo', 'debit_memo'))`

// notBilling are the documents that bill nothing.
const notBilling = `
	select 'invoice' as kind, id, number, customer_id, currency, issued_on as on_date, settled
	from invoices where status in ('draft', 'void')
	union all select 'debit_memo', id, number, customer_id, currency, issued_on, settled from debit_memos
	where status = 'void'`
