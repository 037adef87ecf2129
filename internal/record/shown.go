package record

import (
	"slices"
	"strings"
)

// sideColumns decides, for the columns of a ledgered row, which ones a reader reads who sees only
// the side of the order that the row belongs to. Hidden is what names or counts the other side, and
// what counts the records of the whole installation. A column that is in neither list is hidden; a
// test finds it.
var sideColumns = map[string]struct{ shown, hidden string }{
	"subscription": {
		shown: "id external_id customer_id plan_id parent_subscription_id status start_on end_on billing_period quantity price price_frozen " +
			"promotion account_distributor_id",
	},
	"subscription_charge": {shown: "id external_id subscription_id kind description amount period_start period_end"},
	"usage_record":        {shown: "id external_id subscription_id resource_id used_on quantity amount invoice_line_id"},
	"billing_schedule":    {shown: "id external_id subscription_id due_on amount invoice_id"},
	"revenue_schedule":    {shown: "id external_id subscription_id invoice_line_id period_start period_end amount recognized"},
	"invoice": {
		shown: "id external_id number customer_id issued_on due_on currency status restricted total buyer_name buyer_address buyer_tax_id " +
			"settled account_distributor_id claimed settled_status issued_hash",
		hidden: "amount_amended_after",
	},
	"invoice_line": {
		shown: "id external_id invoice_id subscription_id charge_id description quantity unit_price amount service_start service_end",
	},
	"debit_memo":  {shown: memoShown + " claimed settled due_on", hidden: memoHidden},
	"credit_memo": {shown: memoShown + " invoice_id allocated refunded", hidden: memoHidden},
	"payment": {
		shown: "id external_id customer_id payment_method_id received_on amount currency status allocated refunded account_distributor_id",
	},
	"refund": {shown: "id external_id payment_id refunded_on amount status kind credit_memo_id"},
	"journal_entry": {
		shown: "id external_id distributor_id customer_id posted_on memo source_kind source_id restricted debits currency by_transfer " +
			"on_receivable on_deferred on_revenue carried carried_by",
		hidden: partyColumns + " counterparty_entity",
	},
	"customer": {
		shown: "id external_id distributor_id name email currency country address tax_id crm_id bill_to_parent parent_customer_id status " +
			"created_on succeeded_on search",
		hidden: "successor_id",
	},
	"former_id":                 {shown: "id customer_id kind value"},
	"contact":                   {shown: "id external_id customer_id name email role"},
	"payment_method":            {shown: "id external_id customer_id merchant_account kind label status"},
	"terms_acceptance":          {shown: "id customer_id terms_id accepted_at accepted_by"},
	"service_user":              {shown: "id external_id customer_id login account_wide"},
	"service_user_subscription": {shown: "id service_user_id subscription_id"},
	"subscription_continuation": {shown: "id subscription_id continuation_id on_date"},
	"payment_allocation":        {shown: "id payment_id invoice_id debit_memo_id amount order_id counts parted"},
	"credit_allocation":         {shown: "id credit_memo_id invoice_id debit_memo_id amount order_id counts"},
	"journal_line": {
		shown:  "id entry_id account debit credit currency order_id",
		hidden: "counterparty_distributor_id counterparty_entity original_amount original_currency rate",
	},
	"recognition_line": {shown: "id entry_id revenue_schedule_id amount"},
	"plan":             {shown: "id external_id distributor_id name currency billing_period price transferable", hidden: "delegated_from"},
	"plan_resource":    {shown: "id external_id plan_id name included unit_price"},
}

// The columns of both kinds of memo. The documents that a memo carries are named to who takes them
// over.
const (
	memoShown = "id external_id number customer_id subscription_id issued_on amount currency reason status restricted buyer_name " +
		"buyer_address buyer_tax_id account_distributor_id settled_status purpose origin_kind origin_number origin_issued_on issued_hash " +
		"carried carried_by carries carries_more takes_back"
	memoHidden   = partyColumns + " origin_distributor_id amount_amended_after"
	partyColumns = "counterparty_distributor_id counterparty_customer_id counterparty_name"
)

// ShownToOneSide reports whether a reader who sees one side of an order reads the column of a
// ledgered record of that side. What is not declared is hidden.
func ShownToOneSide(kind, column string) bool {
	return slices.Contains(strings.Fields(sideColumns[kind].shown), column)
}
