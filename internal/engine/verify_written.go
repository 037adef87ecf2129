package engine

import (
	"fmt"
	"strings"

	"handover/internal/record"
)

// writtenInvariants: what transfers wrote is still as they wrote it.
func writtenInvariants() []invariant {
	return append([]invariant{
		{
			"a status that Handover wrote fits what settles the document",
			`select count(*) from transfer_ledger g
			 where g.kind in ('invoice', 'credit_memo', 'debit_memo') and g.column_name in ('', 'status')`,
			`select replace(m.kind, '_', ' ') || ' ' || m.number || ' is ' || m.status || ' since '
			     || number_of('TO', m.written_by) || ', and ' || m.settled || ' of ' || m.amount || ' ' ||
			         m.currency || ' is settled'
			 from status_misfits m where m.written_by is not null order by m.kind, m.id`,
		},
		{
			"a document of which too little is settled is open",
			`select (select count(*) from invoices where claimed <> 0) + (select count(*) from debit_memos
				where claimed <> 0)`,
			`select d.kind || ' ' || d.number || ' is ' || d.status || ' with ' || d.settled || ' of ' ||
				d.amount || ' settled'
			 from (select 'invoice' as kind, number, status, total as amount, settled, claimed from invoices
			       union all select 'debit memo', number, status, amount, settled, claimed from debit_memos) d
			 where d.claimed <> 0 and d.settled < d.amount and d.status in ('paid', 'applied', 'transferred')`,
		},
		{
			"memos, allocations and entries of transfers are as their ledgers say",
			`select coalesce(sum(cardinality(record_ids)), 0) from transfer_ledger
			 where column_name = '' and before[1] is null and kind in ('` + strings.Join(writtenKinds(), `', '`) + `')`,
			alteredSQL(),
		},
		{
			"each memo of a transfer has one entry of its amount",
			`select (select count(*) from credit_memos where purpose = 'transfer')
			      + (select count(*) from debit_memos where purpose = 'transfer')`,
			`select replace(m.kind, '_', ' ') || ' ' || m.number || ' of ' || m.amount || ' ' || m.currency || ' has '
			     || count(e.id) || ' entries of its amount'
			 from (select 'credit_memo' as kind, id, number, amount, currency from credit_memos
			       where purpose = 'transfer'
			       union all select 'debit_memo', id, number, amount, currency from debit_memos
			       where purpose = 'transfer') m
			 join transfer_ledger g on g.kind = m.kind and g.column_name = '' and g.before[1] is null
			      and int8range(g.first_id, g.last_id, '[]') @> m.id and m.id = any(g.record_ids)
			 left join journal_entries e on e.source_kind = m.kind and e.source_id = m.id and e.by_transfer
			   and e.debits = m.amount and e.currency = m.currency
			 group by m.kind, m.id, m.number, m.amount, m.currency having count(distinct e.id) <> 1`,
		},
	}, clearingInvariants()...)
}

// clearingInvariants: what distributors owe each other for transfers agrees on both sides.
func clearingInvariants() []invariant {
	return []invariant{
		{
			"amounts of origin agree per order and pair of distributors",
			`select count(*) from clearing_lines where order_id is not null`,
			`select number_of('TO', p.order_id) || ': ' || number_of('D', p.distributor_id) || ' posted ' ||
				p.own || ' '
			     || p.currency || ' and ' || number_of('D', p.other_id) || ' ' || p.others
			 from clearing_pairs p
			 where p.order_id is not null and p.distributor_id <= p.other_id and p.difference <> 0
			   and not p.vanished order by p.order_id`,
		},
		{
			"each line on clearing or intercompany is its amount of origin at the rate of the order",
			`select count(*) from clearing_lines where order_id is not null`,
			`select number_of('TO', l.order_id) || ': ' || number_of('JE', l.entry_id) || ' has ' ||
				abs(l.amount) || ' '
			     || l.currency || ' for ' || abs(l.original) || ' ' || l.original_currency || ' at ' ||
			         coalesce(l.rate::text, '(no rate)')
			 from clearing_lines l join currencies y on y.code = l.currency
			 where l.order_id is not null
			   and abs(l.amount) is distinct from round_half_even(abs(l.original) * l.rate, y.minor_units)
			 order by l.id`,
		},
	}
}

// writtenRecords are the records that transfers create and that nothing may alter afterwards,
// with the columns that count and how a sentence names one of them.
var writtenRecords = []struct {
	Kind, Number string
	Columns      []string
}{
	{"credit_memo", "t.number", memoColumns},
	{"debit_memo", "t.number", memoColumns},
	{"payment_allocation", "'#' || t.id", []string{"payment_id", "invoice_id", "debit_memo_id", "amount", "order_id"}},
	{
		"credit_allocation", "'#' || t.id",
		[]string{"credit_memo_id", "invoice_id", "debit_memo_id", "amount", "order_id"},
	},
	{
		"journal_entry", "number_of('JE', t.id)",
		append([]string{"distributor_id", "posted_on", "memo", "source_kind", "source_id", "counterparty_entity"},
			carriedColumns...),
	},
	{"journal_line", "'of ' || number_of('JE', t.entry_id)", []string{
		"entry_id", "account", "debit", "credit", "currency", "order_id", "counterparty_distributor_id",
		"counterparty_entity",
		"original_amount", "original_currency", "rate",
	}},
}

// carriedColumns are what a memo and its entry say of the other side.
var carriedColumns = []string{
	"carried", "carried_by", "counterparty_distributor_id", "counterparty_customer_id",
	"counterparty_name",
}

// memoColumns are what a memo says for good. Due date, status and owner may change.
var memoColumns = append([]string{
	"number", "issued_on", "amount", "currency", "purpose", "origin_kind", "origin_number", "origin_issued_on",
	"origin_distributor_id",
	"buyer_name", "buyer_address", "buyer_tax_id", "carries", "carries_more", "takes_back",
}, carriedColumns...)

func writtenKinds() []string {
	var out []string
	for _, r := range writtenRecords {
		out = append(out, r.Kind)
	}
	return out
}

// alteredSQL names the records that differ from the row that a ledger kept when it was created. A
// column that a later order rewrote is compared with that order's ledger (verifyLedger); one that
// the ledger does not have is younger than the order.
func alteredSQL() string {
	var parts []string
	for _, r := range writtenRecords {
		parts = append(parts, fmt.Sprintf(`
			select '%[1]s ' || %[2]s || ': ' || d.columns || ' is not what ' || number_of('TO', g.order_id) || ' wrote'
			from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.status in ('completed', 'reversed')
			cross join lateral unnest(g.record_ids, g.after) as r(id, row)
			join %[3]s t on t.id = r.id
			cross join lateral (
			    select string_agg(k, ', ' order by k) as columns from unnest(array['%[4]s']) k
			    where r.row::jsonb ? k and r.row::jsonb -> k is distinct from to_jsonb(t) -> k
			      and not exists (select 1 from transfer_ledger n where n.kind = '%[5]s' and n.column_name = k
			                      and int8range(n.first_id, n.last_id, '[]') @> t.id and t.id = any(n.record_ids))) d
			where g.kind = '%[5]s' and g.column_name = '' and g.before[1] is null and d.columns is not null`,
			strings.ReplaceAll(r.Kind, "_", " "), r.Number, record.TableOf(r.Kind),
			strings.Join(r.Columns, "', '"), r.Kind))
	}
	return strings.Join(parts, "\n\t\t\tunion all")
}
