package engine_test

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/record"
	"handover/internal/transfer"
)

// item is what one memo opens on the account that gains.
type item struct {
	original, amount decimal.Decimal
	due              any
	from             row // origin columns; nil = several
}

// carry settles what is open on the source and opens it on the target.
func (o *oracle) carry(b books, target int64, rate decimal.Decimal) {
	if o.req.CarryAs == transfer.CarryLeave {
		return
	}
	source := o.source.id("id")
	documents, credits := b.openItems(source)
	for c := range credits { // what was issued for an invoice goes there before anything else
		for d := range documents {
			if documents[d].table == "invoices" && credits[c].table == "credit_memos" &&
				credits[c].row.id("invoice_id") == documents[d].row.id("id") {
				settle(b, &credits[c], &documents[d])
			}
		}
	}
	for c := range credits {
		for d := range documents {
			settle(b, &credits[c], &documents[d])
		}
	}
	owes, has := decimal.Zero, decimal.Zero
	for _, d := range documents {
		owes = owes.Add(d.left)
	}
	for _, c := range credits {
		has = has.Add(c.left)
	}
	var items []item
	kind, table := "debit_memos", "credit_memos"
	switch {
	case owes.IsPositive():
		for _, d := range documents {
			if d.left.IsPositive() {
				items = append(items, item{original: d.left, due: d.due, from: o.origin(d)})
			}
		}
	case has.IsPositive():
		kind, table = table, kind
		one := item{original: has}
		for _, c := range credits {
			if c.left.IsPositive() {
				if one.from != nil {
					one.from = row{}
					continue
				}
				one.from = o.origin(c)
			}
		}
		items = append(items, one)
	default:
		o.closeSettled(documents, credits, nil, nil)
		return
	}
	items = o.round(items, rate, b["customers"][target].text("currency"))
	day := o.postingDay(b, source, target, len(items) > 0)
	memo := openItem{table: table, left: owes.Add(has)}
	memo.row = o.memo(b, table, source, target, item{original: memo.left, amount: memo.left},
		decimal.NewFromInt(1), day)
	gone, used := map[int64]bool{}, map[int64]bool{}
	for d := range documents {
		if settle(b, &memo, &documents[d]) {
			gone[documents[d].row.id("id")] = true
		}
	}
	for c := range credits {
		if settle(b, &credits[c], &memo) {
			used[credits[c].row.id("id")] = true
		}
	}
	memo.row["status"] = "applied"
	o.closeSettled(documents, credits, gone, used)
	for _, i := range items {
		o.memo(b, kind, target, source, i, rate, day)["settled_status"] = "applied" // once nothing of it is open
	}
}

// origin is where the amount of an item first came from.
func (o *oracle) origin(i openItem) row {
	if i.row.text("origin_number") != "" {
		return row{
			"origin_kind": i.row["origin_kind"], "origin_number": i.row["origin_number"],
			"origin_issued_on":      i.row["origin_issued_on"],
			"origin_distributor_id": i.row["origin_distributor_id"],
		}
	}
	number, day := i.row["number"], i.row["issued_on"]
	if i.table == "payments" {
		number, day = record.Number("PAY", i.row.id("id")), i.row["received_on"]
	}
	return row{
		"origin_kind": strings.TrimSuffix(i.table, "s"), "origin_number": number, "origin_issued_on": day,
		"origin_distributor_id": o.source["distributor_id"],
	}
}

// round makes of one item per document those that are written: one in all where that was
// asked for; none that rounds to zero.
func (o *oracle) round(items []item, rate decimal.Decimal, currency string) []item {
	if o.req.CarryAs == transfer.CarryOneBalance && len(items) > 1 {
		all := item{due: items[len(items)-1].due, from: row{}}
		for _, i := range items {
			all.original = all.original.Add(i.original)
		}
		items = []item{all}
	}
	var out []item
	left := decimal.Zero // of those that would be nothing
	for _, i := range items {
		i.original = i.original.Add(left)
		left = decimal.Zero
		if i.amount = halfEven(i.original.Mul(rate), currency); i.amount.IsZero() {
			left = i.original
			continue
		}
		out = append(out, i)
	}
	if n := len(out); n > 0 && !left.IsZero() {
		out[n-1].original = out[n-1].original.Add(left)
		out[n-1].amount = halfEven(out[n-1].original.Mul(rate), currency)
	}
	return out
}

// postingDay is the one day in all books: the one asked for, else the later of the days of
// execution where something is posted.
func (o *oracle) postingDay(b books, source, target int64, opens bool) string {
	day := o.today[b["customers"][source].id("distributor_id")]
	if opens {
		day = max(day, o.today[b["customers"][target].id("distributor_id")])
	}
	return max(day, o.req.PostOn)
}

// settle allocates as much of the credit as the document takes, and reports whether that
// was something.
func settle(b books, credit, document *openItem) bool {
	part := decimal.Min(credit.left, document.left)
	if !part.IsPositive() {
		return false
	}
	credit.left, document.left = credit.left.Sub(part), document.left.Sub(part)
	table, from := "payment_allocations", "payment_id"
	if credit.table == "credit_memos" {
		table, from = "credit_allocations", "credit_memo_id"
	}
	a := row{
		from: credit.row.id("id"), "amount": part, "counts": part, "order_id": int64(1), "invoice_id": nil,
		"debit_memo_id": nil,
	}
	if table == "payment_allocations" {
		a["parted"] = false
	}
	if document.table == "invoices" {
		a["invoice_id"] = document.row.id("id")
	} else {
		a["debit_memo_id"] = document.row.id("id")
	}
	b.add(table, a)
	document.row["settled_status"], credit.row["settled_status"] = nil, nil // the transfer decides
	return true
}

// closeSettled gives what has nothing open any more its status: transferred where the memo
// that takes the balance away settled or used a part of it.
func (o *oracle) closeSettled(documents, credits []openItem, gone, used map[int64]bool) {
	for _, list := range [][]openItem{documents, credits} {
		for _, i := range list {
			if !i.left.IsZero() || i.table == "payments" {
				continue
			}
			switch {
			case i.table == "credit_memos" && used[i.row.id("id")], i.table != "credit_memos" && gone[i.row.id("id")]:
				i.row["status"] = "transferred"
			case i.table == "invoices":
				i.row["status"] = "paid"
			default:
				i.row["status"] = "applied"
			}
		}
	}
}

// account is the one of a distributor's books that begins so and that its own entries use
// most, else the usual one.
func (o *oracle) account(distributor int64, prefix, usual string) string {
	used := map[string]int{}
	for _, e := range o.b.where("journal_entries", "distributor_id", distributor) {
		for _, l := range o.b.where("journal_lines", "entry_id", e.id("id")) {
			if a := l.text("account"); strings.HasPrefix(a, prefix) && !e.yes("by_transfer") {
				used[a]++
			}
		}
	}
	best := usual
	for _, a := range slices.Sorted(maps.Keys(used)) {
		if used[a] > used[best] {
			best = a
		}
	}
	return best
}

// memo writes a memo of the customer with its entry; the other customer is on the other side.
func (o *oracle) memo(b books, table string, customer, other int64, i item, rate decimal.Decimal, day string) row {
	c, books, theirs := b["customers"][customer], b["customers"][customer].id("distributor_id"),
		b["customers"][other].id("distributor_id")
	m := row{
		"customer_id": customer, "subscription_id": nil, "issued_on": day, "amount": i.amount,
		"currency": c["currency"], "status": "open",
		"restricted": "", "buyer_name": c["name"], "buyer_address": c["address"], "buyer_tax_id": c["tax_id"],
		"purpose": "transfer", "settled_status": nil,
	}
	for col, value := range i.from {
		m[col] = value
	}
	if table == "credit_memos" {
		m["invoice_id"] = nil
	} else {
		m["due_on"] = i.due
	}
	id := b.add(table, m)
	kind := strings.TrimSuffix(table, "s")
	e := b.add("journal_entries", row{
		"distributor_id": books, "customer_id": nil, "posted_on": day,
		"source_kind": kind, "source_id": id, "restricted": "", "by_transfer": true,
	})
	party := row{
		"carried": "from", "carried_by": int64(1), "counterparty_distributor_id": theirs,
		"counterparty_name": b["distributors"][theirs]["name"],
	}
	if customer == o.source.id("id") {
		party["carried"] = "to"
	}
	if o.req.Kind != record.Distributor {
		party["counterparty_customer_id"], party["counterparty_name"] = other, b["customers"][other]["name"]
	}
	maps.Copy(m, party)
	maps.Copy(b["journal_entries"][e], party)
	entity := func(distributor int64) string {
		if name := b["distributors"][distributor].text("legal_entity"); name != "" {
			return name
		}
		return b["distributors"][distributor].text("name")
	}
	clearing := o.account(books, "1990", "1990 Transfer clearing")
	if entity(books) != entity(theirs) {
		clearing = o.account(books, "1985", "1985 Intercompany")
		b["journal_entries"][e]["counterparty_entity"] = entity(theirs)
	}
	against := row{
		"entry_id": e, "account": clearing, "debit": i.amount, "credit": decimal.Zero, "currency": c["currency"],
		"order_id":                    int64(1),
		"counterparty_distributor_id": theirs, "counterparty_entity": entity(theirs), "original_amount": i.original,
		"original_currency": o.source["currency"], "rate": rate,
	}
	receivable := row{
		"entry_id": e, "account": o.account(books, "1100", "1100 Accounts receivable"),
		"debit": decimal.Zero, "credit": i.amount, "currency": c["currency"],
	}
	if table == "debit_memos" {
		for _, l := range []row{against, receivable} {
			l["debit"], l["credit"] = l["credit"], l["debit"]
		}
	}
	b.add("journal_lines", against)
	b.add("journal_lines", receivable)
	return m
}
