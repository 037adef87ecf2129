package transfer

// checkWords are the short words for each finding: as the title of one that was
// found, and as the line of a check that passed.
var checkWords = map[Code]struct{ found, passed string }{
	"ACCOUNT_NOT_CUSTOMER":        {"This is not a customer account", "The source is a customer account"},
	"ACCOUNT_NOT_ACTIVE":          {"An account takes no transfers", "Both sides are active or suspended"},
	"SAME_ACCOUNT":                {"Source and target are the same", "Source and target differ"},
	"TRANSFER_IN_PROGRESS":        {"Another transfer is under way", "No other transfer touches the account"},
	"CHILD_ACCOUNTS":              {"Other accounts have this one as parent", "No other account has this one as parent"},
	"PLAN_NOT_DELEGATED":          {"A subscription has no plan to go to", "Every subscription has a plan to go to"},
	"PLAN_NOT_TRANSFERABLE":       {"A plan does not support transfer", "All plans support transfer"},
	"SUBSCRIPTION_STATE":          {"A subscription cannot move in its state", "Every subscription is in a state in which it can move"},
	"RATE_REQUIRED":               {"The conversion rate is missing", "A conversion rate is given where one is needed"},
	"RATE_INVALID":                {"The conversion rate cannot be used", "The conversion rate can be used"},
	"RATE_IMPLAUSIBLE":            {"The conversion rate is far from the rate table", "The conversion rate is near the rate table"},
	"RATE_DEVIATES":               {"The conversion rate differs from the rate table", "The conversion rate is the rate table's, or within 2 % of it"},
	"RATE_STALE":                  {"The rate table is out of date", "The rate table is up to date"},
	"RATE_UNVERIFIED":             {"The conversion rate cannot be verified", "The rate table has a rate to compare with"},
	"BALANCE_VANISHES":            {"An amount becomes zero", "No amount becomes zero by the conversion"},
	"DRAFT_INVOICE":               {"There are draft invoices", "No draft invoices"},
	"UNBILLED_ON_ENDED":           {"An ended subscription is not billed to the end", "Ended subscriptions are billed to the end"},
	"ACCRUED_REVENUE":             {"Revenue was recognised before it was billed", "No revenue was recognised before it was billed"},
	"ORDER_INCOMPLETE":            {"A placed order is not complete", "All placed orders are complete"},
	"PAYMENT_IN_PROGRESS":         {"A payment is being processed", "No payment is being processed"},
	"PERIOD_CLOSED":               {"A financial period is closed", "All financial periods concerned are open"},
	"BOOKS_DIVERGE":               {"Ledger and sub-ledger will differ", "Ledger and sub-ledger agree for what moves"},
	"BILL_TO_PARENT":              {"The account bills to its parent", "No account bills to a parent"},
	"LEGAL_ENTITY_DIFFERS":        {"Payment details would pass to another legal entity", "No payment details pass to another legal entity"},
	"COUNTRY_DIFFERS":             {"The accounts are in different countries", "The accounts are not in different countries"},
	"DUPLICATE_AT_TARGET":         {"The new distributor has this customer already", "The new distributor does not have this customer yet"},
	"SAME_LOGIN":                  {"Service users would share a login", "No service users share a login afterwards"},
	"CRM_CONFLICT":                {"The CRM id is not unique", "The CRM id is unique afterwards"},
	"SCA_AUTHENTICATION_REQUIRED": {"A payment waits for the customer", "No payment waits for the customer"},
	"PAYMENT_METHODS_NOT_MOVED":   {"Payment methods stay behind", "No payment method stays behind"},
	"TERMS_NOT_MAPPED":            {"Acceptances are not taken along", "Every acceptance has its counterpart"},
	"PROMOTION_DROPPED":           {"A promotion ends", "No promotion ends"},
	"PRICE_CHANGES":               {"Prices change", "No price changes"},
	"PREPAID_TERM":                {"Service is prepaid beyond the cut day", "No service is prepaid beyond the cut day"},
	"UNAPPLIED_MOVES":             {"Unapplied payments move", "No unapplied payment moves"},
	"REFUNDED_CREDIT":             {"Credit may have been paid out already", "No refund may have paid out an open credit memo"},
	"UNBILLED_USAGE":              {"Usage is not billed yet", "All usage is billed"},
	"DISTRIBUTOR_MISMATCH":        {"Source and target belong to different distributors", "Both belong to one distributor"},
	"BRAND_MISMATCH":              {"Source and target are served under different brands", "Both are served under one brand"},
	"CURRENCY_MISMATCH":           {"Source and target are billed in different currencies", "Both are billed in one currency"},
	"RELATED_ACCOUNTS":            {"One account is an ancestor of the other", "Neither account is an ancestor of the other"},
	"EFFECTIVE_DATE_INVALID":      {"The effective date is in the future", "The effective date is not in the future"},
	"INVALID_RELATIONSHIP":        {"A relationship would be torn apart", "No document and its payments are torn apart"},
	"MEMO_BEFORE_EFFECTIVE_DATE":  {"A memo is dated before the effective date", "No memo from before the effective date is in the way"},
	"RESTRICTED_RECORD":           {"A restricted record would move", "No restricted record moves"},
	"LINKED_SUBSCRIPTIONS":        {"Linked subscriptions move along", "No linked subscription is added"},
	"PARTIAL_TRANSFER":            {"Part of the history stays behind", "Nothing stays behind"},
	"TAX_ID_DIFFERS":              {"The tax ids differ", "The tax ids do not differ"},
	"MOVED_AGAIN":                 {"Records moved again", "Nothing moved again since"},
	"MEMO_ALLOCATED":              {"The carried balance has been used", "The carried balance has not been used"},
	"CANNOT_GO_BACK":              {"A record cannot go back", "Every record can go back"},
	"RECORDS_SINCE":               {"Records came since", "Nothing came to the account since"},
	"PAY_LINK_NAME":               {"Pay links show the source's name", "No open pay link shows the source's name"},
}

// Title names the finding in a few words.
func (c Code) Title() string { return checkWords[c].found }

// Passed says in a few words that the check found nothing.
func (c Code) Passed() string { return checkWords[c].passed }

// RateStale is the finding that time alone makes: it is no part of the fingerprint.
const RateStale Code = "RATE_STALE"
