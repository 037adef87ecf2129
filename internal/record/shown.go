package record

import (
	"slices"
	"strings"
)

// Columns decides, for the columns of a ledgered row, which ones a reader reads who sees only
// the side of the order that the row belongs to. Hidden is what names or counts the other side, and
// what counts the records of the whole installation. A column that is in neither list is hidden; a
// test finds it.
type Columns struct{ Shown, Hidden string }

// besideKinds decides the same of what goes along with a kind.
var besideKinds = map[string]Columns{
	"customer": {Shown: "id external_id distributor_id name email currency country address tax_id crm_id " +
		"bill_to_parent parent_customer_id status " +
		"created_on succeeded_on search", Hidden: "successor_id"},
	"former_id":                 {Shown: "id customer_id kind value"},
	"contact":                   {Shown: "id external_id customer_id name email role"},
	"payment_method":            {Shown: "id external_id customer_id merchant_account kind label status"},
	"terms_acceptance":          {Shown: "id customer_id terms_id accepted_at accepted_by"},
	"service_user":              {Shown: "id external_id customer_id login account_wide"},
	"service_user_subscription": {Shown: "id service_user_id subscription_id"},
	"subscription_continuation": {Shown: "id subscription_id continuation_id on_date"},
	"payment_allocation":        {Shown: "id payment_id invoice_id debit_memo_id amount order_id counts parted"},
	"credit_allocation":         {Shown: "id credit_memo_id invoice_id debit_memo_id amount order_id counts"},
	"journal_line": {
		Shown:  "id entry_id account debit credit currency order_id",
		Hidden: "counterparty_distributor_id counterparty_entity original_amount original_currency rate",
	},
	"recognition_line": {Shown: "id entry_id revenue_schedule_id amount"},
	"plan": {
		Shown:  "id external_id distributor_id name currency billing_period price transferable",
		Hidden: "delegated_from",
	},
	"plan_resource": {Shown: "id external_id plan_id name included unit_price"},
}

// The columns of both kinds of memo. The documents that a memo carries are named to who takes them
// over.
const (
	memoShown = "id external_id number customer_id subscription_id issued_on amount currency reason status " +
		"restricted buyer_name " +
		"buyer_address buyer_tax_id account_distributor_id settled_status purpose origin_kind origin_number " +
		"origin_issued_on issued_hash " +
		"carried carried_by carries carries_more takes_back"
	memoHidden   = partyColumns + " origin_distributor_id amount_amended_after"
	partyColumns = "counterparty_distributor_id counterparty_customer_id counterparty_name"
)

// ShownToOneSide reports whether a reader who sees one side of an order reads the column of a
// ledgered record of that side. What is not declared is hidden.
func ShownToOneSide(kind, column string) bool {
	return slices.Contains(strings.Fields(oneSide(kind).Shown), column)
}

// oneSide returns the columns of a kind, or of what goes along with one.
func oneSide(kind string) Columns {
	for _, k := range Kinds {
		if k.Name == kind {
			return k.OneSide
		}
	}
	return besideKinds[kind]
}
