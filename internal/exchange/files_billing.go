package exchange

import "handover/internal/accounts"

// settledBy declares the status of a document or credit memo t. One that is open because too
// little of what asks for it counts takes the status again that a file brought: a file that
// brings either says nothing new (docs/domain.md, "What settles a document"). Where nothing
// asks any more, the file decides.
func settledBy(asked string, statuses ...string) column {
	return choice("status", statuses...).must().against(
		"case when l.status = t.status or l.status = t.settled_status and " + asked +
			" then l.status else t.status end")
}

// askedFor says that allocations ask for a document t.
const askedFor = "t.claimed <> 0"

var memoStatuses = []string{"open", "applied", "transferred", "void"}

// memoOrigin are the optional columns of both kinds of memo: what one is for, and the first
// origin of what a transfer carries (docs/domain.md 2.1, step 4).
var memoOrigin = []column{
	choice("purpose", "transfer", "unused_term", "running_term").orBlank().maybe(),
	choice("origin_kind", "invoice", "debit_memo", "payment", "credit_memo").maybe(),
	column{name: "origin_number", typ: otherName}.maybe(),
	date("origin_issued_on").maybe(), ref("origin_distributor_id", "distributors").maybe(),
}

// documentFiles are invoices, payments and memos.
var documentFiles = []file{
	{
		kind: "invoice", prefix: "INV", numbered: true,
		owner: "customer_id", write: writeIssued,
		columns: []column{
			name("number").must(), ref("customer_id", "customers").must(), date("issued_on").must(),
			date("due_on").must(),
			currency("currency"), settledBy(askedFor, "draft", "open", "paid", "transferred", "void"),
			text("restricted"),
		},
	},
	{
		kind:  "invoice_line",
		owner: "invoice_id", currency: "(select i.currency from invoices i where i.id = t.invoice_id)",
		columns: []column{
			ref("invoice_id", "invoices").must(), ref("subscription_id", "subscriptions"),
			ref("charge_id", "subscription_charges"),
			text("description"), number("quantity").or("1"), unitPrice("unit_price").or("0"), amount("amount").must(),
			date("service_start"), date("service_end").notBefore("service_start"),
		},
	},
	{
		kind: "payment", owner: "customer_id", currency: "t.currency",
		settles: "payment_allocations",
		columns: []column{
			ref("customer_id", "customers").must(), ref("payment_method_id", "payment_methods"),
			date("received_on").must(),
			amount("amount").must().notNegative().of("currency"), currency("currency"),
			choice("status", "processing", "requires_action", "succeeded", "failed").must(),
		},
	},
	{
		kind: "credit_memo", prefix: "CM", numbered: true,
		owner: "customer_id", currency: "t.currency", settles: "credit_allocations", write: writeIssued,
		columns: append([]column{
			name("number").must(), ref("customer_id", "customers").must(), ref("subscription_id", "subscriptions"),
			ref("invoice_id", "invoices"), date("issued_on").must(),
			amount("amount").must().notNegative().of("currency"),
			currency("currency"), text("reason").worded(accounts.MemoText("t")), settledBy(`exists (select 1
				from credit_allocations a where a.credit_memo_id = t.id)`, memoStatuses...), text("restricted"),
		}, memoOrigin...),
	},
	{
		kind: "refund", owner: "payment_id",
		currency: "(select p.currency from payments p where p.id = t.payment_id)",
		columns: []column{
			ref("payment_id", "payments").must(), date("refunded_on").must(), amount("amount").must().notNegative(),
			choice("status", "processing", "succeeded", "failed").must(),
			choice("kind", "refund", "chargeback").or("refund").maybe(), ref("credit_memo_id", "credit_memos").maybe(),
		},
	},
	{
		kind: "debit_memo", prefix: "DM", numbered: true,
		owner: "customer_id", currency: "t.currency", write: writeIssued,
		columns: append([]column{
			name("number").must(), ref("customer_id", "customers").must(), ref("subscription_id", "subscriptions"),
			date("issued_on").must(), amount("amount").must().notNegative().of("currency"), currency("currency"),
			text("reason").worded(accounts.MemoText("t")), settledBy(askedFor, memoStatuses...), text("restricted"),
			date("due_on").maybe(),
		}, memoOrigin...),
	},
	{
		name: "document_buyers", rows: changedBuyers, label: "buyer", key: []string{"document_kind", "document_id"},
		write: writeBuyers,
		columns: []column{
			choice("document_kind", "invoice", "credit_memo", "debit_memo").must(),
			refBy("document_id", "document_kind").must(),
			name("name"), text("address"), name("tax_id"),
		},
	},
}

// parted is a column of payment_allocations.csv: a transfer parted the failed payment from
// the document (docs/domain.md 8.2). It says what became of an allocation elsewhere, so only
// new ones take it; those that are there already keep what transfers did to them here.
const parted = "parted"

// excess says that a document is asked for more than it has, and that this is known: a payment
// succeeded after another one had paid, or money came late for what a transfer had settled and
// its reversal opened again. Without it an import takes the same rows for a mistake.
var excess = flag("excess", "false").maybe().worksOut(`coalesce(case
	when t.invoice_id is not null then (select case when d.claimed > d.total
	  then ` + askedSQL("invoice_id") + ` > d.total else false end
	                                    from invoices d where d.id = t.invoice_id)
	else (select case when d.claimed > d.amount then ` + askedSQL("debit_memo_id") + ` > d.amount else false end
	      from debit_memos d where d.id = t.debit_memo_id) end, false)`)

// settlementFiles say which money settles which document.
var settlementFiles = []file{
	{
		name: "payment_allocations", table: "payment_allocations", label: "allocation", kind: "payment_allocation",
		key: []string{"payment_id", "invoice_id", "debit_memo_id"}, many: true,
		one:      []string{"invoice_id", "debit_memo_id"},
		currency: "(select p.currency from payments p where p.id = t.payment_id)", write: writeAllocations,
		columns: []column{
			ref("payment_id", "payments").must(), ref("invoice_id", "invoices"), ref("debit_memo_id", "debit_memos"),
			amount("amount").must().positive(), flag(parted, "false").maybe(), excess,
		},
	},
	{
		name: "credit_allocations", table: "credit_allocations", label: "allocation", kind: "credit_allocation",
		key: []string{"credit_memo_id", "invoice_id", "debit_memo_id"}, many: true,
		one:      []string{"invoice_id", "debit_memo_id"},
		currency: "(select m.currency from credit_memos m where m.id = t.credit_memo_id)", write: writeAllocations,
		columns: []column{
			ref("credit_memo_id", "credit_memos").must(), ref("invoice_id", "invoices"),
			ref("debit_memo_id", "debit_memos"),
			amount("amount").must().positive(), excess,
		},
	},
}

// scheduleFiles are usage and what is billed or recognised when.
var scheduleFiles = []file{
	{
		kind:  "usage_record",
		owner: "subscription_id", view: "owned_usage_records", dated: "used_on", unbilled: without("invoice_line_id"),
		columns: []column{
			ref("subscription_id", "subscriptions").must(), ref("resource_id", "plan_resources"),
			date("used_on").must(),
			number("quantity").must(), amount("amount").or("0"), ref("invoice_line_id", "invoice_lines"),
		},
	},
	{
		kind:  "billing_schedule",
		owner: "subscription_id", view: "owned_billing_schedules", dated: "due_on", unbilled: without("invoice_id"),
		columns: []column{
			ref("subscription_id", "subscriptions").must(), date("due_on").must(), amount("amount").must(),
			ref("invoice_id", "invoices"),
		},
	},
	{
		kind:  "revenue_schedule",
		owner: "subscription_id", view: "owned_revenue_schedules", dated: "period_start",
		unbilled: without("invoice_line_id"),
		columns: []column{
			ref("subscription_id", "subscriptions").must(), ref("invoice_line_id", "invoice_lines"),
			date("period_start").must(),
			date("period_end").notBefore("period_start"), amount("amount").must(), flag("recognized", "false"),
		},
	},
}

// sources are the kinds of record that others name by kind and id, with the customer who
// owns such a record.
var sources = []struct{ kind, file, owner string }{
	{"invoice", "invoices", "select customer_id from invoices where id = "},
	{"payment", "payments", "select customer_id from payments where id = "},
	{"refund", "refunds", "select p.customer_id from refunds r join payments p on p.id = r.payment_id where r.id = "},
	{"credit_memo", "credit_memos", "select customer_id from credit_memos where id = "},
	{"debit_memo", "debit_memos", "select customer_id from debit_memos where id = "},
	{"revenue_schedule", "revenue_schedules", "select customer_id from owned_revenue_schedules where id = "},
}

// sourceKinds returns the names of the kinds.
func sourceKinds() []string {
	names := make([]string, len(sources))
	for i, s := range sources {
		names[i] = s.kind
	}
	return names
}

// journalFiles are the books.
var journalFiles = []file{
	{
		kind: "journal_entry", owner: "customer_id",
		columns: []column{
			ref("distributor_id", "distributors").must(), ref("customer_id", "customers").reads(entryOwner("t")),
			date("posted_on").must(),
			text("memo").worded(accounts.EntryText("t")), choice("source_kind", sourceKinds()...),
			refBy("source_id", "source_kind"), text("restricted"),
		},
	},
	{
		name: "journal_lines", table: "journal_lines", label: "journal line", key: []string{"entry_id"}, many: true,
		currency: "t.currency", write: writeJournalLines,
		columns: []column{
			ref("entry_id", "journal_entries").must(), name("account").must(),
			amount("debit").or("0").notNegative().of("currency"),
			amount("credit").or("0").notNegative().of("currency"), currency("currency"),
			ref("counterparty_distributor_id", "distributors").maybe(),
			amount("original_amount").of("original_currency").maybe(),
			column{name: "original_currency", typ: otherType}.maybe(), number("rate").maybe(),
		},
	},
	{
		name: "recognition_lines", table: "recognition_lines", label: "line of a recognition entry",
		key: []string{"entry_id", "revenue_schedule_id"}, many: true, write: writeRecognitionLines,
		currency: "(select coalesce(e.currency, d.currency) from journal_entries e join distributors d on d.id " +
			"= e.distributor_id where e.id = t.entry_id)",
		columns: []column{
			ref("entry_id", "journal_entries").must(), ref("revenue_schedule_id", "revenue_schedules").must(),
			amount("amount").must(),
		},
	},
}
