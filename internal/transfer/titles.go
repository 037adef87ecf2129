package transfer

import (
	"maps"
	"slices"
)

// finding is what is declared of a code beside its rule: its short words, as the title of one that
// was found and as the line of a check that passed, where it is answered, and what readers of an
// order may see of it.
type finding struct {
	found, passed string
	step          Step // where the wizard for a distributor transfer answers it
	volatile      bool // it comes with time or usage alone, so it is no part of the fingerprint
	ofOthers      bool // it may name accounts beside the two: only the requester's side sees it
}

// Step names one question of the wizard for a distributor transfer.
type Step string

// The questions, in the order they are asked. InRecords is none of them: what it answers is changed
// in the records, in the books or at the other account, or is acknowledged.
const (
	AskDistributor Step = "distributor"
	AskPlans       Step = "plans"   // only when a subscription has no counterpart plan, or several
	AskRate        Step = "rate"    // only when the currencies differ
	AskConfirm     Step = "confirm" // the preview
	InRecords      Step = "records"
)

// declared lists the codes (docs/domain.md 4 and 6.2).
var declared = map[Code]finding{
	"ACCOUNT_NOT_CUSTOMER": {
		step: InRecords, found: "This is not a customer account",
		passed: "The source is a customer account",
	},
	"ACCOUNT_NOT_ACTIVE": {
		step: InRecords, found: "An account cannot take part in a transfer",
		passed: "Both sides are active or suspended",
	},
	"SAME_ACCOUNT": {
		step: AskDistributor, found: "Source and target are the same",
		passed: "Source and target differ",
	},
	"TRANSFER_IN_PROGRESS": {
		step: InRecords, found: "Another transfer of the account is in progress",
		passed: "No other transfer of the account is in progress", ofOthers: true,
	},
	"CHILD_ACCOUNTS": {
		step: InRecords, found: "Other accounts have this one as parent",
		passed: "No other account has this one as parent", ofOthers: true,
	},
	"PLAN_NOT_DELEGATED": {
		step: AskPlans, found: "A subscription has no matching plan",
		passed: "Every subscription has a matching plan",
	},
	"PLAN_NOT_TRANSFERABLE": {
		step: InRecords, found: "A plan does not support transfer",
		passed: "All plans support transfer",
	},
	"SUBSCRIPTION_STATE": {
		step: InRecords, found: "A subscription cannot move in its state",
		passed: "Every subscription is in a state in which it can move",
	},
	"RATE_REQUIRED": {
		step: AskRate, found: "The conversion rate is missing",
		passed: "A conversion rate is given where one is needed",
	},
	"RATE_INVALID": {
		step: AskRate, found: "The conversion rate cannot be used",
		passed: "The conversion rate can be used",
	},
	"RATE_IMPLAUSIBLE": {
		step: AskRate, found: "The conversion rate is far from the rate table",
		passed: "The conversion rate is near the rate table",
	},
	"RATE_DEVIATES": {
		step: AskRate, found: "The conversion rate differs from the rate table",
		passed: "The conversion rate is the rate table's, or within 2 % of it",
	},
	"RATE_STALE": {
		step: InRecords, found: "The rate table is out of date",
		passed: "The rate table is up to date", volatile: true,
	},
	"RATE_UNVERIFIED": {
		step: AskRate, found: "The conversion rate cannot be verified",
		passed: "The rate table has a rate to compare with",
	},
	"BALANCE_VANISHES": {
		step: AskRate, found: "An amount becomes zero",
		passed: "No amount becomes zero by the conversion",
	},
	"DRAFT_INVOICE": {step: InRecords, found: "There are draft invoices", passed: "No draft invoices"},
	"UNBILLED_ON_ENDED": {
		step: InRecords, found: "An ended subscription is not billed to the end",
		passed: "Ended subscriptions are billed to the end",
	},
	"ACCRUED_REVENUE": {
		step: InRecords, found: "Revenue was recognised before it was billed",
		passed: "No revenue was recognised before it was billed",
	},
	"ORDER_INCOMPLETE": {
		step: InRecords, found: "A placed order is not complete",
		passed: "All placed orders are complete",
	},
	"PAYMENT_IN_PROGRESS": {
		step: InRecords, found: "A payment is being processed",
		passed: "No payment is being processed",
	},
	"PERIOD_CLOSED": {
		step: InRecords, found: "A financial period is closed",
		passed: "All financial periods concerned are open",
	},
	"BOOKS_DIVERGE": {
		step: InRecords, found: "Ledger and sub-ledger will differ",
		passed: "Ledger and sub-ledger agree for what moves",
	},
	"BILL_TO_PARENT": {
		step: InRecords, found: "The account bills to its parent",
		passed: "No account bills to a parent",
	},
	"LEGAL_ENTITY_DIFFERS": {
		step: AskDistributor, found: "Payment details would pass to another legal entity",
		passed: "No payment details pass to another legal entity",
	},
	"COUNTRY_DIFFERS": {
		step: InRecords, found: "The accounts are in different countries",
		passed: "The accounts are not in different countries",
	},
	"DUPLICATE_AT_TARGET": {
		step: InRecords, found: "The new distributor has this customer already",
		passed: "The new distributor does not have this customer yet", ofOthers: true,
	},
	"SAME_LOGIN": {
		step: InRecords, found: "Service users would share a login",
		passed: "No service users share a login afterwards",
	},
	"CRM_CONFLICT": {
		step: InRecords, found: "The CRM IDs conflict",
		passed: "The CRM IDs do not conflict", ofOthers: true,
	},
	"SCA_AUTHENTICATION_REQUIRED": {
		step: InRecords, found: "A payment needs the customer's authentication",
		passed: "No payment needs the customer's authentication",
	},
	"PAYMENT_METHODS_NOT_MOVED": {
		step: AskDistributor, found: "Payment methods stay behind",
		passed: "No payment method stays behind",
	},
	"TERMS_NOT_MAPPED": {
		step: AskDistributor, found: "Some acceptances are not transferred",
		passed: "Every acceptance has its counterpart",
	},
	"PROMOTION_DROPPED": {step: InRecords, found: "A promotion ends", passed: "No promotion ends"},
	"PRICE_CHANGES":     {step: InRecords, found: "Prices change", passed: "No price changes"},
	"PREPAID_TERM": {
		step: InRecords, found: "Service is prepaid beyond the cut day",
		passed: "No service is prepaid beyond the cut day",
	},
	"UNAPPLIED_MOVES": {
		step: InRecords, found: "Unapplied payments move",
		passed: "No unapplied payment moves",
	},
	"REFUNDED_CREDIT": {
		step: InRecords, found: "Credit may have been paid out already",
		passed: "No refund may have paid out an open credit memo",
	},
	"UNBILLED_USAGE": {
		step: InRecords, found: "Usage is not billed yet", passed: "All usage is billed",
		volatile: true,
	},
	"DISTRIBUTOR_MISMATCH": {
		step: InRecords, found: "Source and target belong to different distributors",
		passed: "Both belong to one distributor",
	},
	"BRAND_MISMATCH": {
		step: InRecords, found: "Source and target are served under different brands",
		passed: "Both are served under one brand",
	},
	"CURRENCY_MISMATCH": {
		step: InRecords, found: "Source and target are billed in different currencies",
		passed: "Both are billed in one currency",
	},
	"RELATED_ACCOUNTS": {
		step: InRecords, found: "One account is an ancestor of the other",
		passed: "Neither account is an ancestor of the other",
	},
	"EFFECTIVE_DATE_INVALID": {
		step: InRecords, found: "The effective date is in the future",
		passed: "The effective date is not in the future",
	},
	"INVALID_RELATIONSHIP": {
		step: InRecords, found: "Linked records must move together",
		passed: "Linked records move together",
	},
	"MEMO_BEFORE_EFFECTIVE_DATE": {
		step: InRecords, found: "A memo is dated before the effective date",
		passed: "No memo from before the effective date is in the way",
	},
	"RESTRICTED_RECORD": {
		step: InRecords, found: "A restricted record would move",
		passed: "No restricted record moves",
	},
	"LINKED_SUBSCRIPTIONS": {
		step: InRecords, found: "Linked subscriptions move along",
		passed: "No linked subscription is added",
	},
	"PARTIAL_TRANSFER": {
		step: InRecords, found: "Part of the history stays behind",
		passed: "Nothing stays behind",
	},
	"TAX_ID_DIFFERS": {step: InRecords, found: "The tax ids differ", passed: "The tax ids do not differ"},
	"MOVED_AGAIN":    {step: InRecords, found: "Records moved again", passed: "Nothing moved again since"},
	"MEMO_ALLOCATED": {
		step: InRecords, found: "The carried balance has been used",
		passed: "The carried balance has not been used",
	},
	"CANNOT_GO_BACK": {
		step: InRecords, found: "A record cannot go back",
		passed: "Every record can go back",
	},
	"RECORDS_SINCE": {
		step: InRecords, found: "Records came since",
		passed: "Nothing came to the account since",
	},
	"PAY_LINK_NAME": {
		step: InRecords, found: "Pay links show the source's name",
		passed: "No open pay link shows the source's name",
	},
}

// Title names the finding in a few words.
func (c Code) Title() string { return declared[c].found }

// Passed says in a few words that the check found nothing.
func (c Code) Passed() string { return declared[c].passed }

// Step is the step of the wizard that answers the finding, InRecords if none does.
func (c Code) Step() Step { return declared[c].step }

// Declared returns the codes that are declared, in no order.
func Declared() []Code { return slices.Collect(maps.Keys(declared)) }

// Volatile reports whether the finding comes with time or usage alone: then it is no part of what
// an acceptance of the preview rests on.
func (c Code) Volatile() bool { return declared[c].volatile }

// NamesOthers reports whether the finding may name accounts beside the two that take part, which
// were found in the requester's scope.
func (c Code) NamesOthers() bool { return declared[c].ofOthers }

// RateStale is the finding that time alone makes: it is no part of the fingerprint.
const RateStale Code = "RATE_STALE"
