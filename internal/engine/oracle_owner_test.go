package engine_test

import (
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// oracleKind is what the oracle knows of a record kind.
type oracleKind struct {
	kind, table, date, prefix string
	refs                      refs

	hangs bool // owned through its subscription, unless an invoice billed it
	bills bool // what is not billed of an ended subscription strands
	fixed bool // no rate and no price changes it
}

// refs say what the columns of a table refer to.
type refs map[string]string

// oracleKinds are the record kinds of the preview with their tables.
var oracleKinds = []oracleKind{
	{
		kind: "subscription", table: "subscriptions", date: "start_on", prefix: "S",
		refs: refs{"customer_id": "customers", "parent_subscription_id": "subscriptions", "plan_id": "plans"},
	},
	{
		kind: "subscription_charge", table: "subscription_charges", date: "period_start", prefix: "CH",
		refs: ofSubscription, hangs: true, bills: true,
	},
	{
		kind: "usage_record", table: "usage_records", date: "used_on", prefix: "U", refs: ofSubscription, hangs: true,
		bills: true,
	},
	{
		kind: "billing_schedule", table: "billing_schedules", date: "due_on", prefix: "BS", refs: ofSubscription,
		hangs: true, bills: true,
	},
	{
		kind: "revenue_schedule", table: "revenue_schedules", date: "period_start", prefix: "RS", refs: ofSubscription,
		hangs: true,
	},
	{kind: "invoice", table: "invoices", date: "issued_on", refs: refs{"customer_id": "customers"}},
	{kind: "invoice_line", table: "invoice_lines", prefix: "L", refs: ofSubscription},
	{kind: "payment", table: "payments", date: "received_on", prefix: "PAY", refs: refs{"customer_id": "customers"}},
	{kind: "refund", table: "refunds", date: "refunded_on", prefix: "RF"},
	{
		kind: "credit_memo", table: "credit_memos", date: "issued_on",
		refs: refs{"customer_id": "customers", "subscription_id": "subscriptions"},
	},
	{
		kind: "debit_memo", table: "debit_memos", date: "issued_on",
		refs: refs{"customer_id": "customers", "subscription_id": "subscriptions"},
	},
	{
		kind: "journal_entry", table: "journal_entries", date: "posted_on", prefix: "JE",
		refs: refs{"customer_id": "customers"},
	},
}

var ofSubscription = refs{"subscription_id": "subscriptions"}

// hanging are the kinds that are owned through their subscription.
func hanging() []oracleKind {
	return slices.DeleteFunc(slices.Clone(oracleKinds), func(k oracleKind) bool { return !k.hangs })
}

// kindIn is what the oracle knows of the kind in the table.
func kindIn(table string) oracleKind {
	at := slices.IndexFunc(oracleKinds, func(k oracleKind) bool { return k.table == table })
	if at < 0 {
		return oracleKind{}
	}
	return oracleKinds[at]
}

// billing is the invoice that billed the record, or nil: a draft or void one bills nothing.
func (b books) billing(table string, r row) row {
	var invoices []row
	switch table {
	case "subscription_charges":
		for _, l := range b.where("invoice_lines", "charge_id", r.id("id")) {
			invoices = append(invoices, b["invoices"][l.id("invoice_id")])
		}
	case "usage_records":
		if l, ok := b["invoice_lines"][r.id("invoice_line_id")]; ok {
			invoices = append(invoices, b["invoices"][l.id("invoice_id")])
		}
	case "billing_schedules":
		if i, ok := b["invoices"][r.id("invoice_id")]; ok {
			invoices = append(invoices, i)
		}
	case "revenue_schedules": // its line, whatever became of the invoice
		if l, ok := b["invoice_lines"][r.id("invoice_line_id")]; ok {
			return b["invoices"][l.id("invoice_id")]
		}
	}
	for _, i := range invoices {
		if s := i.text("status"); s == "open" || s == "paid" || s == "transferred" {
			return i
		}
	}
	return nil
}

// owner is the customer that a record belongs to.
func (b books) owner(table string, r row) int64 {
	if kindIn(table).hangs {
		if i := b.billing(table, r); i != nil {
			return i.id("customer_id")
		}
		return b["subscriptions"][r.id("subscription_id")].id("customer_id")
	}
	switch table {
	case "invoice_lines":
		return b["invoices"][r.id("invoice_id")].id("customer_id")
	case "refunds":
		return b["payments"][r.id("payment_id")].id("customer_id")
	case "journal_entries":
		if kind := r.text("source_kind"); kind != "" {
			return b.owner(kind+"s", b[kind+"s"][r.id("source_id")])
		}
	}
	return r.id("customer_id")
}

// settled is what counts of the allocations to a document.
func (b books) settled(table string, id int64) decimal.Decimal {
	sum := decimal.Zero
	col := map[string]string{"invoices": "invoice_id", "debit_memos": "debit_memo_id"}[table]
	for _, t := range []string{"payment_allocations", "credit_allocations"} {
		for _, a := range b.where(t, col, id) {
			sum = sum.Add(a.sum("counts"))
		}
	}
	return sum
}

// unapplied is what is left of a payment or credit memo.
func (b books) unapplied(table string, r row) decimal.Decimal {
	allocations, col := "payment_allocations", "payment_id"
	if table == "credit_memos" {
		allocations, col = "credit_allocations", "credit_memo_id"
	}
	left := r.sum("amount")
	for _, a := range b.where(allocations, col, r.id("id")) {
		left = left.Sub(a.sum("counts"))
	}
	refunds, chargebacks := b.paidBack(table, r)
	return decimal.Max(decimal.Zero, left.Sub(refunds).Sub(chargebacks))
}

// openItem is a document that something is open on, or a credit with something left.
type openItem struct {
	table, due, number string
	row                row
	left               decimal.Decimal
}

// openItems are the customer's open documents and its unapplied credits, each in the
// order in which they are settled.
func (b books) openItems(customer int64) (documents, credits []openItem) {
	add := func(list *[]openItem, table, due, number string, r row, left decimal.Decimal) {
		if !left.IsZero() {
			*list = append(*list, openItem{table, due, number, r, left})
		}
	}
	for _, i := range b.where("invoices", "customer_id", customer) {
		if i.text("status") == "open" {
			add(&documents, "invoices", i.text("due_on"), i.text("number"), i,
				i.sum("total").Sub(b.settled("invoices", i.id("id"))))
		}
	}
	for _, m := range b.where("debit_memos", "customer_id", customer) {
		if m.text("status") == "open" {
			due := m.text("due_on")
			if due == "" {
				due = m.text("issued_on")
			}
			add(&documents, "debit_memos", due, m.text("number"), m,
				m.sum("amount").Sub(b.settled("debit_memos", m.id("id"))))
		}
	}
	for _, p := range b.where("payments", "customer_id", customer) {
		if p.text("status") == "succeeded" {
			add(&credits, "payments", p.text("received_on"), "", p, b.unapplied("payments", p))
		}
	}
	for _, m := range b.where("credit_memos", "customer_id", customer) {
		if m.text("status") == "open" {
			add(&credits, "credit_memos", m.text("issued_on"), m.text("number"), m, b.unapplied("credit_memos", m))
		}
	}
	byDue := func(x, y openItem) int {
		if x.due != y.due {
			return compareText(x.due, y.due)
		}
		return compareText(x.number, y.number)
	}
	slices.SortStableFunc(documents, byDue)
	slices.SortStableFunc(credits, func(x, y openItem) int {
		if x.table != y.table { // payments first
			return -compareText(x.table, y.table)
		}
		return byDue(x, y)
	})
	return documents, credits
}

func compareText(a, b string) int {
	if a < b {
		return -1
	} else if a > b {
		return 1
	}
	return 0
}

// balance is positive when the customer owes.
func (b books) balance(customer int64) decimal.Decimal {
	sum := decimal.Zero
	documents, credits := b.openItems(customer)
	for _, d := range documents {
		sum = sum.Add(d.left)
	}
	for _, c := range credits {
		sum = sum.Sub(c.left)
	}
	return sum
}

// recordAmount is a record's amount and its currency.
func (b books) recordAmount(table string, r row) (decimal.Decimal, string) {
	switch table {
	case "subscriptions":
		currency := b["customers"][r.id("customer_id")].text("currency")
		months := map[string]int64{"monthly": 1, "quarterly": 3, "yearly": 12}[r.text("billing_period")]
		value := r.sum("price").Mul(r.sum("quantity")).DivRound(decimal.NewFromInt(months), 24)
		return money.Round(value, currency), currency
	case "journal_entries":
		sum, currency := decimal.Zero, ""
		for _, l := range b.where("journal_lines", "entry_id", r.id("id")) {
			sum, currency = sum.Add(l.sum("debit")), l.text("currency")
		}
		return sum, currency
	case "invoices":
		return r.sum("total"), r.text("currency")
	}
	return r.sum("amount"), b["customers"][b.owner(table, r)].text("currency")
}
