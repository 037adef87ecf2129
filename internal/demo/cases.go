package demo

import (
	"slices"
	"time"
)

// Case is a customer made to try one rule: in this flow, towards this other
// account or distributor, the preview shows this finding.
type Case struct {
	Code     string // the finding; "" = the preview is clean
	Customer string // the source's name
	Flow     string // distributor, subscriptions or merge
	Other    string // the name of the new distributor or the target customer
	Months   int    // the effective date is so many months before the start of this month; 0 = none
	Shows    string // what there is to see

	build func(b *builder, name string)
}

// EffectiveOn returns the effective date to try the case with, the zero time if
// it needs none.
func (c Case) EffectiveOn(today time.Time) time.Time {
	if c.Months == 0 {
		return time.Time{}
	}
	return anchorOf(today).AddDate(0, -c.Months, 0)
}

// Cases returns the customers made to try one rule each.
func Cases() []Case { return slices.Clone(cases) }

// The partners of most cases.
const (
	cleanCustomer = "Clean Transfer AS"
	sisterBranch  = "Nordlys Vest" // same legal entity and merchant account, same plans but one
)

// cases has one customer for each finding that a customer can cause, and some
// that cause none. They sell through Nordlys Partner unless the story needs
// another distributor.
var cases = []Case{
	{"", cleanCustomer, "distributor", sisterBranch, 0, "transferable without a warning, in every flow", plain},
	{"", cleanCustomer, "subscriptions", "Suspended", 0, "the same: all history moves to another customer", made},
	{"", cleanCustomer, "merge", "Suspended", 0, "the same: two customers become one", made},
	{
		"", "Owes Several Invoices", "distributor", sisterBranch, 0,
		"a credit memo settles four open documents, a debit memo opens the new balance", owesSeveral,
	},
	{
		"", "Has Credit", "distributor", sisterBranch, 0,
		"a debit memo takes the credit, a credit memo opens the new balance", hasCredit,
	},
	{
		"", "Exactly Zero", "distributor", sisterBranch, 0,
		"what is owed and what is unapplied are equal: allocations only", exactlyZero,
	},
	{
		"", "Charged Back", "distributor", sisterBranch, 0,
		"a payment was charged back: its invoice is owed again, and carried", chargedBack,
	},
	{
		"", "Direct Debit Returned", "distributor", sisterBranch, 0,
		"a payment failed after it was booked: its invoice is owed, and carried", debitReturned,
	},
	{
		"", "Credit Paid Out", "distributor", sisterBranch, 0,
		"a refund names the credit memo that it paid out: no credit is left", creditPaidOut,
	},
	{"", "Suspended", "distributor", sisterBranch, 0, "a suspended account may be transferred", suspended},

	{"ACCOUNT_NOT_ACTIVE", "Account Not Active", "merge", cleanCustomer, 0, "a closed account", closedAccount},
	{
		"BRAND_MISMATCH", "Brand Mismatch", "merge", cleanCustomer, 0,
		"an account of Aurora Cloud, under another brand",
		elsewhere(aurora),
	},
	{
		"DISTRIBUTOR_MISMATCH", "Distributor Mismatch", "merge", cleanCustomer, 0,
		"an account of Nordlys Vest, under the same brand", elsewhere(vest),
	},
	{
		"CURRENCY_MISMATCH", "Currency Mismatch", "merge", cleanCustomer, 0,
		"an account in pounds among accounts in euros", pounds,
	},
	{"CHILD_ACCOUNTS", "Child Accounts Holding", "distributor", sisterBranch, 0, "two accounts bill to it", holding},
	{
		"CHILD_ACCOUNTS", "Child Pays Itself Holding", "distributor", sisterBranch, 0, "its child pays its own bills",
		holdingOnly,
	},
	{"RELATED_ACCOUNTS", "Child Accounts North", "merge", "Child Accounts Holding", 0, "a child and its parent", made},
	{
		"RELATED_ACCOUNTS", "Grandparent Holding", "merge", "Grandparent Workshop", 0,
		"a grandchild and its grandparent",
		grandparent,
	},
	{
		"BILL_TO_PARENT", "Bill To Parent GmbH", "distributor", sisterBranch, 0,
		"its invoices go to Bill To Parent Holding", billToParent,
	},
	{"TAX_ID_DIFFERS", "Tax Id Differs A", "merge", "Tax Id Differs B", 0, "both carry a tax id", taxIDs},
	{
		"LEGAL_ENTITY_DIFFERS", "Legal Entity Differs", "distributor", "Thames Cloud", 0,
		"with terms and payment methods to another legal entity", plain,
	},
	{
		"COUNTRY_DIFFERS", "Country Differs AB", "merge", cleanCustomer, 0,
		"a Swedish account goes into a Norwegian one", swedish,
	},
	{
		"DUPLICATE_AT_TARGET", "Known There Already", "distributor", sisterBranch, 0,
		"Nordlys Vest has a customer with its tax id", knownThere,
	},
	{
		"SAME_LOGIN", "Same Login A", "merge", "Same Login B", 0, "ada@same-login.example is a service user of both",
		sameLogin,
	},
	{"CRM_CONFLICT", "CRM Conflict A", "merge", "CRM Conflict B", 0, "both carry a CRM id", crmIDs},
	{"CRM_CONFLICT", "CRM Shared A", "distributor", sisterBranch, 0, "CRM Shared B carries the same CRM id", sharedCRM},

	{
		"PERIOD_CLOSED", "Closed Period AS", "merge", cleanCustomer, 0, "its history reaches back into closed periods",
		closedPeriod,
	},
	{
		"RESTRICTED_RECORD", "Restricted Record Ltd", "merge", cleanCustomer, 0,
		"an invoice was reported to the tax authority", restricted,
	},
	{
		"INVALID_RELATIONSHIP", "Shared Invoice", "subscriptions", cleanCustomer, 0,
		"each invoice bills both subscriptions; select one", sharedInvoice,
	},
	{
		"MEMO_BEFORE_EFFECTIVE_DATE", "Memo Before Effective Date", "merge", cleanCustomer, 2,
		"an open credit memo is older", memoBefore,
	},
	{"DRAFT_INVOICE", "Draft Invoice SARL", "distributor", sisterBranch, 0, "a draft waits to be issued", draftInvoice},
	{
		"UNBILLED_ON_ENDED", "Unbilled On Ended KK", "distributor", "Thames Cloud", 0,
		"a terminated subscription has a charge left", unbilledOnEnded,
	},
	{
		"PAYMENT_IN_PROGRESS", "Payment In Progress", "distributor", sisterBranch, 0,
		"an instalment is being processed",
		waiting("processing"),
	},
	{
		"SCA_AUTHENTICATION_REQUIRED", "SCA Payment", "distributor", sisterBranch, 0,
		"an instalment waits for the customer", waiting("requires_action"),
	},
	{
		"UNAPPLIED_MOVES", "Unapplied Moves", "subscriptions", cleanCustomer, 0,
		"more was paid than the last invoice asked; the rest goes along", paidTooMuch,
	},
	{
		"REFUNDED_CREDIT", "Refunded Credit", "distributor", sisterBranch, 0,
		"money was paid back, and the refund does not name the credit memo that is still open", refundedCredit,
	},
	{"PAY_LINK_NAME", "Pay Link", "merge", cleanCustomer, 0, "an open invoice moves", openInvoice},
	{
		"UNBILLED_USAGE", "Unbilled Usage", "distributor", sisterBranch, 0, "traffic since the last invoice",
		unbilledUsage,
	},

	{
		"ORDER_INCOMPLETE", "Placed Order Incomplete", "distributor", sisterBranch, 0,
		"an upgrade is being provisioned",
		orderIncomplete,
	},
	{
		"SUBSCRIPTION_STATE", "Subscription Changing Plan", "distributor", sisterBranch, 0,
		"its subscription is between two plans", changingPlan,
	},
	{
		"PLAN_NOT_DELEGATED", "Plan Not Delegated", "distributor", sisterBranch, 0,
		"no other distributor sells Private Cloud", on(private),
	},
	{
		"PLAN_NOT_DELEGATED", "Two Counterparts", "distributor", "Thames Cloud", 0,
		"two plans of Thames Cloud come from Web Hosting Pro", on(hosting),
	},
	{
		"PLAN_NOT_TRANSFERABLE", "Plan Not Transferable", "distributor", sisterBranch, 0,
		"a rack does not move", on(rack),
	},
	{"PROMOTION_DROPPED", "Promotion Dropped", "distributor", sisterBranch, 0, "a promotion ends", promotion},
	{
		"PREPAID_TERM", "Prepaid Year", "distributor", sisterBranch, 0,
		"half of a year that is paid is still to be delivered", prepaidYear,
	},
	{
		"PRICE_CHANGES", "Price Changes", "distributor", "Thames Cloud", 0,
		"a frozen price in euros becomes a plan's price in pounds", frozenPrice,
	},
	{"PARTIAL_TRANSFER", "Partial Transfer", "merge", cleanCustomer, 2, "earlier records stay", plain},
	{
		"LINKED_SUBSCRIPTIONS", "Linked Subscriptions", "subscriptions", cleanCustomer, 0,
		"an add-on, and a service user of the whole account; select one", linked,
	},

	{
		"ACCRUED_REVENUE", "Accrued Revenue", "distributor", sisterBranch, 0,
		"a month of revenue was recognised and is not billed", accrued,
	},
	{
		"BOOKS_DIVERGE", "Books Diverge", "subscriptions", cleanCustomer, 0,
		"its revenue was recognised in one entry that names no schedule line", inOneSum,
	},

	{
		"PAYMENT_METHODS_NOT_MOVED", "Payment Methods Stay", "distributor", sisterBranch, 0,
		"one of its methods is at another merchant account", methodsStay,
	},
	{
		"TERMS_NOT_MAPPED", "Terms Not Mapped", "distributor", sisterBranch, 0,
		"it accepted an annex that only Nordlys Partner has; transfer with T&C", annexAccepted,
	},
}
