package transfer

// FlowKind names one of the three transfers.
type FlowKind string

// The three transfers (domain: one engine).
const (
	Distributor   FlowKind = "distributor"
	Subscriptions FlowKind = "subscriptions"
	Merge         FlowKind = "merge"
)

// Kind declares one record kind: how it is called, where it lives, through which
// view its owner, date and amount are read, and its rule in each flow.
type Kind struct {
	Name   string // in the ledger, the API and the database: "invoice"
	Label  string // for one record, in a sentence: "invoice"
	Plural string // for several, in a sentence: "invoices"
	Prefix string // of our number; "" where the document's own number is it
	Table  string // the table of its rows
	View   string // owned_*: id, number, customer_id, on_date, amount, currency and its owner

	// Roots carry customer_id; the others are owned through another record.
	Root bool

	// Moves says, per flow, which records of the source move: a condition on a row r
	// of View. No entry: none of them does.
	Moves map[FlowKind]string

	// Closed says which moving records count for PERIOD_CLOSED: a condition on r, ""
	// if the kind never does.
	Closed string

	// Unbilled says that the kind has a billed and an unbilled state; unbilled records
	// are those owned through their subscription.
	Unbilled bool

	// Restrictable kinds have a column "restricted" that holds the reason.
	Restrictable bool
}

// withSubscription is the rule of what follows its subscription: @subs are the
// subscriptions that move, and subscription_id is null in the view for a record that
// is owned through a document.
const withSubscription = `r.subscription_id = any(@subs)`

// Kinds lists what can move, parents before children: the order of moving and of
// every table shown. Its reverse is the order of reversal.
var Kinds = []Kind{
	{
		Name: "subscription", Label: "subscription", Plural: "subscriptions",
		Prefix: "S", Table: "subscriptions", View: "owned_subscriptions", Root: true,
		Moves: map[FlowKind]string{Distributor: `r.id = any(@subs)`},
	},
	{
		Name: "subscription_charge", Label: "subscription charge", Plural: "subscription charges",
		Prefix: "CH", Table: "subscription_charges", View: "owned_subscription_charges", Unbilled: true,
		Moves: map[FlowKind]string{Distributor: withSubscription},
	},
	{
		Name: "usage_record", Label: "usage record", Plural: "usage records",
		Prefix: "U", Table: "usage_records", View: "owned_usage_records", Unbilled: true,
		Moves: map[FlowKind]string{Distributor: withSubscription},
	},
	{
		Name: "billing_schedule", Label: "billing schedule line", Plural: "billing schedule lines",
		Prefix: "BS", Table: "billing_schedules", View: "owned_billing_schedules", Unbilled: true,
		Moves: map[FlowKind]string{Distributor: withSubscription},
	},
	{
		Name: "revenue_schedule", Label: "revenue schedule line", Plural: "revenue schedule lines",
		Prefix: "RS", Table: "revenue_schedules", View: "owned_revenue_schedules",
		Moves:  map[FlowKind]string{Distributor: withSubscription},
		Closed: `r.recognized and r.invoice_id is null`,
	},
	{
		Name: "invoice", Label: "invoice", Plural: "invoices",
		Table: "invoices", View: "owned_invoices", Root: true,
		Closed: `true`, Restrictable: true,
	},
	{
		Name: "invoice_line", Label: "invoice line", Plural: "invoice lines",
		Prefix: "L", Table: "invoice_lines", View: "owned_invoice_lines",
	},
	{
		Name: "payment", Label: "payment", Plural: "payments",
		Prefix: "PAY", Table: "payments", View: "owned_payments", Root: true,
		Closed: `true`,
	},
	{
		Name: "refund", Label: "refund", Plural: "refunds",
		Prefix: "RF", Table: "refunds", View: "owned_refunds",
		Closed: `true`,
	},
	{
		Name: "credit_memo", Label: "credit memo", Plural: "credit memos",
		Table: "credit_memos", View: "owned_credit_memos", Root: true,
		Closed: `true`, Restrictable: true,
	},
	{
		Name: "debit_memo", Label: "debit memo", Plural: "debit memos",
		Table: "debit_memos", View: "owned_debit_memos", Root: true,
		Closed: `true`, Restrictable: true,
	},
	{
		Name: "journal_entry", Label: "journal entry", Plural: "journal entries",
		Prefix: "JE", Table: "journal_entries", View: "owned_journal_entries", Root: true,
		Closed: `true`, Restrictable: true,
	},
}

// Carried is a table that belongs to an account, or that a transfer writes, without
// being a record kind; every change of it is ledgered with its value before.
type Carried struct {
	Name, Label, Prefix, Table string
}

// CarriedTables lists them. The completeness test compares Kinds and this list with
// the tables of the database.
var CarriedTables = []Carried{
	{"customer", "Customer accounts", "C", "customers"},
	{"former_id", "Former ids", "", "former_ids"},
	{"contact", "Contacts", "CT", "contacts"},
	{"payment_method", "Payment methods", "PM", "payment_methods"},
	{"terms_acceptance", "Terms acceptances", "", "terms_acceptances"},
	{"service_user", "Service users", "SU", "service_users"},
	{"service_user_subscription", "Links of service users", "", "service_user_subscriptions"},
	{"subscription_continuation", "Continuations", "", "subscription_continuations"},
	{"payment_allocation", "Allocations of payments", "", "payment_allocations"},
	{"credit_allocation", "Allocations of credit memos", "", "credit_allocations"},
	{"plan", "Service plans", "P", "plans"},
}

// KindOf returns the kind of that name, and whether there is one.
func KindOf(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// tableOf returns the table that holds the ledgered records of that name, "" if none does.
func tableOf(name string) string {
	if k, ok := KindOf(name); ok {
		return k.Table
	}
	for _, c := range CarriedTables {
		if c.Name == name {
			return c.Table
		}
	}
	return ""
}
