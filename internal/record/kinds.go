package record

import "fmt"

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

	// Moves says, per flow, which records of the source move: a condition of
	// predicates.go, stays if none of them does.
	Moves map[FlowKind]string

	// Root records carry customer_id; the others are owned through another record and
	// are not rewritten when their owner moves. Rewritten narrows the moving records to
	// those whose own row changes owner.
	Root      bool
	Rewritten string

	// Returns says which records of the account that loses come back in a reversal: a condition
	// of ledgered.go.
	Returns string

	// Concerned says which of the source's records belong to S: a condition of concerned.go,
	// "false" for what counts with its document.
	Concerned string

	// Conversion is how a distributor transfer rewrites what of the kind is not billed yet; nil =
	// its amounts stay as they are.
	Conversion *conversion

	// Written kinds are those of which a transfer writes records of its own.
	Written bool

	// Tally counts and sums what a transfer rewrites or writes of the kind, where that is
	// less than all of the view; "" = all.
	Tally string

	// Undated records have no date of their own: that of their document counts.
	Undated bool

	// PerCurrency: the view has a row for each currency of a record, of which one counts.
	PerCurrency bool

	// Closed says which moving records count for PERIOD_CLOSED: a condition, "" if the
	// kind never does.
	Closed string

	// Hangs: a record of the kind is owned through its subscription until it is billed. Unbilled
	// says that the kind has a billed and an unbilled state.
	Hangs, Unbilled bool

	// Continued says, per flow that can cut a subscription, which records that name it and are
	// owned through it go to its continuation: a condition of predicates.go, nil if none can.
	Continued map[FlowKind]string

	// Carrier is the document with which a record that names a subscription goes to the
	// continuation, nil if it goes with none.
	Carrier *carrier

	// Cut says which of the moving records are cut at the effective date, so that a part of them
	// stays: a condition, "" if none can be.
	Cut string

	// Streaming records come at any time: which of them a finding names is no part of what an
	// acceptance of the preview rests on.
	Streaming bool

	// Ended says which records of the kind have ended: a condition, "" if none can. They are
	// counted apart and their amounts are left out of sums per month.
	Ended string

	// Restrictable kinds have a column "restricted" that holds the reason.
	Restrictable bool

	// Issued records are documents that a customer has; what is printed on them is kept. Carries
	// says that a distributor transfer carries the balance by records of the kind.
	Issued, Carries bool

	// Wall is the column of a root record that the walls compare with the reader's scope.
	Wall string

	// Room is what of a record allocations have left, and Open what is still to be paid or not
	// used yet: expressions over a row t of its table; "" = the kind has no such amount. Settled
	// is how a document closes that money settles.
	Room, Open string
	Settled    *settlement

	// Shown is where the panel shows the records.
	Shown Place
}

// carrier names a document by a column of what goes with it.
type carrier struct{ Column, Kind string }

// settlement is when nothing of a document t is open, and the status that it has then.
type settlement struct{ When, Status string }

// Place is where the panel shows the records of a kind.
type Place string

// The places. A kind that is shown by a page of its own has its address in web/page/links.go.
const (
	OnOwnPage      Place = "page"         // the kind's own page
	OnSubscription Place = "subscription" // a tab of the subscription (accounts.RecordKinds)
	AsDocument     Place = "document"     // the customer's documents (billing.DocumentKinds)
	OnInvoice      Place = "invoice"      // the page of its invoice
	InJournal      Place = "journal"      // the journal
)

// What allocations have left of a document t, and of money t.
const (
	roomOfInvoice = `t.total - t.settled`
	roomOfDebit   = `t.amount - t.settled`
	roomOfMoney   = `t.amount - t.allocated - t.refunded`
)

// open is the expression for what is open of a row t.
func (k Kind) open() string {
	if k.Open == "" {
		return "null::numeric"
	}
	return k.Open
}

// OwnerWall is the distributor of the account that owns a root record; a trigger keeps it.
const OwnerWall = "account_distributor_id"

// stays is the rule of what does not move in a transfer.
const stays = ""

// WithSubscription is the rule of a distributor transfer: what is owned through a
// subscription that moves goes with it, issued documents stay.
const WithSubscription = `$.subscription_id = any(@subs::bigint[])`

// Kinds lists what can move, in the order of every table shown: a record comes after the
// record it depends on. Rows change owner in the reverse order, so that a record moves
// before the one it depends on; a reversal goes forward.
var Kinds = []Kind{
	{
		Name: "subscription", Label: "subscription", Plural: "subscriptions",
		Prefix: "S", Table: "subscriptions", View: "owned_subscriptions", Root: true,
		Returns: itself("subscription"), Concerned: `$.id = any(@subs::bigint[])`,
		Moves: map[FlowKind]string{
			Distributor: `$.id = any(@subs::bigint[])`, Subscriptions: `$.id = any(@moving::bigint[])`, Merge: `$.id = any(@moving::bigint[])`,
		},
		Rewritten: `$.id = any(@whole::bigint[])`,
		Ended:     `$.status in ('cancelled', 'terminated')`,
		Cut:       `$.id = any(@split::bigint[])`,
		Wall:      OwnerWall, Shown: OnOwnPage,
	},
	{
		Name: "subscription_charge", Label: "subscription charge", Plural: "subscription charges",
		Prefix: "CH", Table: "subscription_charges", View: "owned_subscription_charges", Unbilled: true,
		Returns: hanging("subscription_charge"), Concerned: namesS("subscription_charges"),
		Conversion: &worthIt, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS), Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription,
	},
	{
		Name: "usage_record", Label: "usage record", Plural: "usage records",
		Prefix: "U", Table: "usage_records", View: "owned_usage_records", Unbilled: true,
		Returns: hanging("usage_record"), Concerned: namesS("usage_records"),
		Conversion: &worthIt, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS), Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription, Streaming: true,
	},
	{
		Name: "billing_schedule", Label: "billing schedule line", Plural: "billing schedule lines",
		Prefix: "BS", Table: "billing_schedules", View: "owned_billing_schedules", Unbilled: true,
		Returns: hanging("billing_schedule"), Concerned: namesS("billing_schedules"),
		Conversion: &billedByPrice, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS), Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription,
	},
	{
		Name: "revenue_schedule", Label: "revenue schedule line", Plural: "revenue schedule lines",
		Prefix: "RS", Table: "revenue_schedules", View: "owned_revenue_schedules",
		Returns: hanging("revenue_schedule"), Concerned: namesS("revenue_schedules"),
		Conversion: &earnedByPrice, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: scheduleOfS, Merge: scheduleOfAll,
		},
		Closed:    `$.recognized and $.invoice_id is null`,
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: RevenueOfAll},
		Shown:     OnSubscription,
	},
	{
		Name: "invoice", Label: "invoice", Plural: "invoices",
		Table: "invoices", View: "owned_invoices", Root: true,
		Returns: itself("invoice"), Concerned: `$.id in ` + invoicesNamingS,
		Moves:  map[FlowKind]string{Distributor: stays, Subscriptions: InvoiceOfS, Merge: fromE},
		Closed: `true`, Restrictable: true,
		Room: roomOfInvoice, Open: `case t.status when 'open' then ` + roomOfInvoice + ` end`,
		Settled: &settlement{"t.settled >= t.total", "paid"},
		Issued:  true, Wall: OwnerWall, Shown: AsDocument,
	},
	{
		Name: "invoice_line", Label: "invoice line", Plural: "invoice lines",
		Prefix: "L", Table: "invoice_lines", View: "owned_invoice_lines", Undated: true,
		Returns: `$.invoice_id in ` + Ledgered("invoice", "customer_id"), Concerned: `false`,
		Moves: map[FlowKind]string{
			Distributor:   stays,
			Subscriptions: `$.invoice_id in ` + Moved("owned_invoices", InvoiceOfS), Merge: fromE,
		},
		Carrier: &carrier{"invoice_id", "invoice"}, Shown: OnInvoice,
	},
	{
		Name: "debit_memo", Label: "debit memo", Plural: "debit memos",
		Table: "debit_memos", View: "owned_debit_memos", Root: true,
		Returns: itself("debit_memo"), Concerned: `$.id in ` + debitMemosNamingS,
		Written: true,
		Moves:   map[FlowKind]string{Distributor: stays, Subscriptions: debitMemoOfS, Merge: fromE},
		Closed:  `true`, Restrictable: true,
		Room: roomOfDebit, Open: `case t.status when 'open' then ` + roomOfDebit + ` end`,
		Settled: &settlement{"t.settled >= t.amount", "applied"},
		Carrier: &carrier{"id", "debit_memo"},
		Issued:  true, Carries: true, Wall: OwnerWall, Shown: AsDocument,
	},
	{
		Name: "payment", Label: "payment", Plural: "payments",
		Prefix: "PAY", Table: "payments", View: "owned_payments", Root: true,
		Returns: itself("payment"), Concerned: `$.id in ` + paymentsForS,
		Moves:  map[FlowKind]string{Distributor: stays, Subscriptions: paymentOfS, Merge: PaymentOfAll},
		Closed: `true`,
		Room:   roomOfMoney, Open: `case t.status when 'succeeded' then greatest(0, ` + roomOfMoney + `) end`,
		Wall: OwnerWall, Shown: AsDocument,
	},
	{
		Name: "refund", Label: "refund", Plural: "refunds",
		Prefix: "RF", Table: "refunds", View: "owned_refunds",
		Returns: `$.payment_id in ` + Ledgered("payment", "customer_id"), Concerned: `$.payment_id in ` + paymentsForS,
		Moves: map[FlowKind]string{
			Distributor:   stays,
			Subscriptions: `$.payment_id in ` + Moved("owned_payments", paymentOfS), Merge: `$.payment_id in ` + Moved("owned_payments", PaymentOfAll),
		},
		Closed: `true`,
		Shown:  AsDocument,
	},
	{
		Name: "credit_memo", Label: "credit memo", Plural: "credit memos",
		Table: "credit_memos", View: "owned_credit_memos", Root: true,
		Returns: itself("credit_memo"), Concerned: `$.id in ` + creditMemosForS,
		Written: true,
		Moves:   map[FlowKind]string{Distributor: stays, Subscriptions: creditMemoOfS, Merge: CreditMemoOfAll},
		Closed:  `true`, Restrictable: true,
		Room: roomOfMoney, Open: `case t.status when 'open' then greatest(0, ` + roomOfMoney + `) end`,
		Settled: &settlement{"t.allocated + t.refunded >= t.amount", "applied"},
		Carrier: &carrier{"id", "credit_memo"},
		Issued:  true, Carries: true, Wall: OwnerWall, Shown: AsDocument,
	},
	{
		Name: "journal_entry", Label: "journal entry", Plural: "journal entries",
		Prefix: "JE", Table: "journal_entries", View: "owned_journal_entries", Root: true,
		Returns: entriesBack(), Concerned: entriesOfS,
		Written: true,
		Moves: map[FlowKind]string{
			Distributor:   stays,
			Subscriptions: entriesWith(DocumentsOfS, paymentOfS, creditMemoOfS, scheduleOfS, `false`),
			Merge:         entriesWith(documentsOfAll, PaymentOfAll, CreditMemoOfAll, scheduleOfAll, fromE),
		},
		Rewritten: `$.source_id is null`, Tally: tallyEntries, PerCurrency: true,
		Closed: `true`, Restrictable: true,
		Wall: "distributor_id", Shown: InJournal, // of the books that it is in
	},
}

// tallyEntries counts the entries that carry their customer, and those that the order
// wrote. Entries with a source are covered by the record that owns them.
const tallyEntries = `select 'journal_entry' as kind, l.currency, count(distinct e.id) as count, sum(l.debit) as amount
from (select id from journal_entries where customer_id = any(@accounts)
      union
      select unnest(record_ids) from transfer_ledger where order_id = @order and kind = 'journal_entry') e
join journal_lines l on l.entry_id = e.id group by l.currency`

// The rules of records that depend on documents, in a subscription transfer and in a
// merge.
var (
	scheduleOfS     = following(InvoiceOfS, UnbilledOfS)
	scheduleOfAll   = following(fromE, RevenueOfAll)
	paymentOfS      = hangingOfS(DocumentsOfS.PaymentLinks())
	PaymentOfAll    = hangingOfAll(documentsOfAll.PaymentLinks())
	creditMemoOfS   = hangingOfS(DocumentsOfS.creditMemoLinks())
	CreditMemoOfAll = hangingOfAll(documentsOfAll.creditMemoLinks())
)

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
	{"journal_line", "Journal lines", "", "journal_lines"},
	{"recognition_line", "Lines of recognition entries", "", "recognition_lines"},
	{"plan", "Service plans", "P", "plans"},
	{"plan_resource", "Resources of service plans", "R", "plan_resources"},
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

// TableOf returns the table that holds the ledgered records of that name, "" if none does.
func TableOf(name string) string {
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

// Listed are the columns of the kind's view that name a record once.
func (k Kind) Listed() string {
	if k.PerCurrency {
		return "distinct r.id, r.number"
	}
	return "r.id, r.number"
}

// Ids selects the ids of the records in the kind's view that meet a condition on r.
func (k Kind) Ids(condition string) string {
	what := "r.id"
	if k.PerCurrency {
		what = "distinct r.id"
	}
	return fmt.Sprintf(`select %s from %s r where %s`, what, k.View, condition)
}

// Counted is the number of records in rows of the kind's view.
func (k Kind) Counted() string {
	if k.PerCurrency {
		return "sum(r.counts)"
	}
	return "count(*)"
}

// HasEnded is the condition under which a row r of the kind's view has ended.
func (k Kind) HasEnded() string {
	if k.Ended == "" {
		return "false"
	}
	return At(k.Ended, "r")
}
