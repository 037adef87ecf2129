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

	// ScopeColumn is the column of a root record that row-level security compares with the reader's scope.
	ScopeColumn string

	// Room is what of a record allocations have left, and Open what is still to be paid or not
	// used yet: expressions over a row t of its table; "" = the kind has no such amount. Settled
	// is how a document closes that money settles.
	Room, Open string
	Settled    *settlement

	// Shown is where the panel shows the records.
	Shown Place
	// OneSide says which columns a reader reads who sees one side of an order only.
	OneSide Columns
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
