package record

// OwnerScope is the distributor of the account that owns a root record; a trigger keeps it.
const OwnerScope = "account_distributor_id"

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
			Distributor: `$.id = any(@subs::bigint[])`, Subscriptions: `$.id = any(@moving::bigint[])`,
			Merge: `$.id = any(@moving::bigint[])`,
		},
		Rewritten:   `$.id = any(@whole::bigint[])`,
		Ended:       `$.status in ('cancelled', 'terminated')`,
		Cut:         `$.id = any(@split::bigint[])`,
		ScopeColumn: OwnerScope, Shown: OnOwnPage,
		OneSide: Columns{
			Shown: "id external_id customer_id plan_id parent_subscription_id status start_on end_on " +
				"billing_period quantity price price_frozen " +
				"promotion account_distributor_id",
		},
	},
	{
		Name: "subscription_charge", Label: "subscription charge", Plural: "subscription charges",
		Prefix: "CH", Table: "subscription_charges", View: "owned_subscription_charges", Unbilled: true,
		Returns: hanging("subscription_charge"), Concerned: namesS("subscription_charges"),
		Conversion: &worthIt, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS),
			Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription,
		OneSide: Columns{
			Shown: "id external_id subscription_id kind description amount period_start period_end",
		},
	},
	{
		Name: "usage_record", Label: "usage record", Plural: "usage records",
		Prefix: "U", Table: "usage_records", View: "owned_usage_records", Unbilled: true,
		Returns: hanging("usage_record"), Concerned: namesS("usage_records"),
		Conversion: &worthIt, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS),
			Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription, Streaming: true,
		OneSide: Columns{
			Shown: "id external_id subscription_id resource_id used_on quantity amount invoice_line_id",
		},
	},
	{
		Name: "billing_schedule", Label: "billing schedule line", Plural: "billing schedule lines",
		Prefix: "BS", Table: "billing_schedules", View: "owned_billing_schedules", Unbilled: true,
		Returns: hanging("billing_schedule"), Concerned: namesS("billing_schedules"),
		Conversion: &billedByPrice, Hangs: true,
		Moves: map[FlowKind]string{
			Distributor: WithSubscription, Subscriptions: following(InvoiceOfS, UnbilledOfS),
			Merge: following(fromE, UnbilledOfAll),
		},
		Continued: map[FlowKind]string{Subscriptions: UnbilledOfS, Merge: UnbilledOfAll},
		Shown:     OnSubscription,
		OneSide: Columns{
			Shown: "id external_id subscription_id due_on amount invoice_id",
		},
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
		OneSide: Columns{
			Shown: "id external_id subscription_id invoice_line_id period_start period_end amount recognized",
		},
	},
	{
		Name: "invoice", Label: "invoice", Plural: "invoices",
		Table: "invoices", View: "owned_invoices", Root: true,
		Returns: itself("invoice"), Concerned: `$.id in ` + invoicesNamingS,
		Moves:  map[FlowKind]string{Distributor: stays, Subscriptions: InvoiceOfS, Merge: fromE},
		Closed: `true`, Restrictable: true,
		Room: roomOfInvoice, Open: `case t.status when 'open' then ` + roomOfInvoice + ` end`,
		Settled: &settlement{"t.settled >= t.total", "paid"},
		Issued:  true, ScopeColumn: OwnerScope, Shown: AsDocument,
		OneSide: Columns{
			Shown: "id external_id number customer_id issued_on due_on currency status restricted total " +
				"buyer_name buyer_address buyer_tax_id " +
				"settled account_distributor_id claimed settled_status issued_hash",
			Hidden: "amount_amended_after",
		},
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
		OneSide: Columns{
			Shown: "id external_id invoice_id subscription_id charge_id description quantity unit_price amount " +
				"service_start service_end",
		},
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
		Issued:  true, Carries: true, ScopeColumn: OwnerScope, Shown: AsDocument,
		OneSide: Columns{
			Shown:  memoShown + " claimed settled due_on",
			Hidden: memoHidden,
		},
	},
	{
		Name: "payment", Label: "payment", Plural: "payments",
		Prefix: "PAY", Table: "payments", View: "owned_payments", Root: true,
		Returns: itself("payment"), Concerned: `$.id in ` + paymentsForS,
		Moves:  map[FlowKind]string{Distributor: stays, Subscriptions: paymentOfS, Merge: PaymentOfAll},
		Closed: `true`,
		Room:   roomOfMoney, Open: `case t.status when 'succeeded' then greatest(0, ` + roomOfMoney + `) end`,
		ScopeColumn: OwnerScope, Shown: AsDocument,
		OneSide: Columns{
			Shown: "id external_id customer_id payment_method_id received_on amount currency status allocated " +
				"refunded account_distributor_id",
		},
	},
	{
		Name: "refund", Label: "refund", Plural: "refunds",
		Prefix: "RF", Table: "refunds", View: "owned_refunds",
		Returns: `$.payment_id in ` + Ledgered("payment", "customer_id"), Concerned: `$.payment_id in ` + paymentsForS,
		Moves: map[FlowKind]string{
			Distributor:   stays,
			Subscriptions: `$.payment_id in ` + Moved("owned_payments", paymentOfS), Merge: `$.payment_id in ` +
				Moved("owned_payments", PaymentOfAll),
		},
		Closed: `true`,
		Shown:  AsDocument,
		OneSide: Columns{
			Shown: "id external_id payment_id refunded_on amount status kind credit_memo_id",
		},
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
		Issued:  true, Carries: true, ScopeColumn: OwnerScope, Shown: AsDocument,
		OneSide: Columns{
			Shown:  memoShown + " invoice_id allocated refunded",
			Hidden: memoHidden,
		},
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
		ScopeColumn: "distributor_id", Shown: InJournal, // of the books that it is in
		OneSide: Columns{
			Shown: "id external_id distributor_id customer_id posted_on memo source_kind source_id restricted " +
				"debits currency by_transfer " +
				"on_receivable on_deferred on_revenue carried carried_by",
			Hidden: partyColumns + " counterparty_entity",
		},
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
