package transfer

// finding is what is declared of a code beside its rule: its short words, as the title of one that
// was found and as the line of a check that passed, and what readers of an order may see of it.
type finding struct {
	found, passed string
	volatile      bool // it comes with time or usage alone, so it is no part of the fingerprint
	ofOthers      bool // it may name accounts beside the two: only the requester's side sees it
}

// declared lists the codes (docs/domain.md 4 and 6.2).
var declared = map[Code]finding{
	"ACCOUNT_NOT_CUSTOMER":        {found: "This is not a customer account", passed: "The source is a customer account"},
	"ACCOUNT_NOT_ACTIVE":          {found: "An account takes no transfers", passed: "Both sides are active or suspended"},
	"SAME_ACCOUNT":                {found: "Source and target are the same", passed: "Source and target differ"},
	"TRANSFER_IN_PROGRESS":        {found: "Another transfer is under way", passed: "No other transfer touches the account", ofOthers: true},
	"CHILD_ACCOUNTS":              {found: "Other accounts have this one as parent", passed: "No other account has this one as parent", ofOthers: true},
	"PLAN_NOT_DELEGATED":          {found: "A subscription has no plan to go to", passed: "Every subscription has a plan to go to"},
	"PLAN_NOT_TRANSFERABLE":       {found: "A plan does not support transfer", passed: "All plans support transfer"},
	"SUBSCRIPTION_STATE":          {found: "A subscription cannot move in its state", passed: "Every subscription is in a state in which it can move"},
	"RATE_REQUIRED":               {found: "The conversion rate is missing", passed: "A conversion rate is given where one is needed"},
	"RATE_INVALID":                {found: "The conversion rate cannot be used", passed: "The conversion rate can be used"},
	"RATE_IMPLAUSIBLE":            {found: "The conversion rate is far from the rate table", passed: "The conversion rate is near the rate table"},
	"RATE_DEVIATES":               {found: "The conversion rate differs from the rate table", passed: "The conversion rate is the rate table's, or within 2 % of it"},
	"RATE_STALE":                  {found: "The rate table is out of date", passed: "The rate table is up to date", volatile: true},
	"RATE_UNVERIFIED":             {found: "The conversion rate cannot be verified", passed: "The rate table has a rate to compare with"},
	"BALANCE_VANISHES":            {found: "An amount becomes zero", passed: "No amount becomes zero by the conversion"},
	"DRAFT_INVOICE":               {found: "There are draft invoices", passed: "No draft invoices"},
	"UNBILLED_ON_ENDED":           {found: "An ended subscription is not billed to the end", passed: "Ended subscriptions are billed to the end"},
	"ACCRUED_REVENUE":             {found: "Revenue was recognised before it was billed", passed: "No revenue was recognised before it was billed"},
	"ORDER_INCOMPLETE":            {found: "A placed order is not complete", passed: "All placed orders are complete"},
	"PAYMENT_IN_PROGRESS":         {found: "A payment is being processed", passed: "No payment is being processed"},
	"PERIOD_CLOSED":               {found: "A financial period is closed", passed: "All financial periods concerned are open"},
	"BOOKS_DIVERGE":               {found: "Ledger and sub-ledger will differ", passed: "Ledger and sub-ledger agree for what moves"},
	"BILL_TO_PARENT":              {found: "The account bills to its parent", passed: "No account bills to a parent"},
	"LEGAL_ENTITY_DIFFERS":        {found: "Payment details would pass to another legal entity", passed: "No payment details pass to another legal entity"},
	"COUNTRY_DIFFERS":             {found: "The accounts are in different countries", passed: "The accounts are not in different countries"},
	"DUPLICATE_AT_TARGET":         {found: "The new distributor has this customer already", passed: "The new distributor does not have this customer yet", ofOthers: true},
	"SAME_LOGIN":                  {found: "Service users would share a login", passed: "No service users share a login afterwards"},
	"CRM_CONFLICT":                {found: "The CRM id is not unique", passed: "The CRM id is unique afterwards", ofOthers: true},
	"SCA_AUTHENTICATION_REQUIRED": {found: "A payment waits for the customer", passed: "No payment waits for the customer"},
	"PAYMENT_METHODS_NOT_MOVED":   {found: "Payment methods stay behind", passed: "No payment method stays behind"},
	"TERMS_NOT_MAPPED":            {found: "Acceptances are not taken along", passed: "Every acceptance has its counterpart"},
	"PROMOTION_DROPPED":           {found: "A promotion ends", passed: "No promotion ends"},
	"PRICE_CHANGES":               {found: "Prices change", passed: "No price changes"},
	"PREPAID_TERM":                {found: "Service is prepaid beyond the cut day", passed: "No service is prepaid beyond the cut day"},
	"UNAPPLIED_MOVES":             {found: "Unapplied payments move", passed: "No unapplied payment moves"},
	"REFUNDED_CREDIT":             {found: "Credit may have been paid out already", passed: "No refund may have paid out an open credit memo"},
	"UNBILLED_USAGE":              {found: "Usage is not billed yet", passed: "All usage is billed", volatile: true},
	"DISTRIBUTOR_MISMATCH":        {found: "Source and target belong to different distributors", passed: "Both belong to one distributor"},
	"BRAND_MISMATCH":              {found: "Source and target are served under different brands", passed: "Both are served under one brand"},
	"CURRENCY_MISMATCH":           {found: "Source and target are billed in different currencies", passed: "Both are billed in one currency"},
	"RELATED_ACCOUNTS":            {found: "One account is an ancestor of the other", passed: "Neither account is an ancestor of the other"},
	"EFFECTIVE_DATE_INVALID":      {found: "The effective date is in the future", passed: "The effective date is not in the future"},
	"INVALID_RELATIONSHIP":        {found: "A relationship would be torn apart", passed: "No document and its payments are torn apart"},
	"MEMO_BEFORE_EFFECTIVE_DATE":  {found: "A memo is dated before the effective date", passed: "No memo from before the effective date is in the way"},
	"RESTRICTED_RECORD":           {found: "A restricted record would move", passed: "No restricted record moves"},
	"LINKED_SUBSCRIPTIONS":        {found: "Linked subscriptions move along", passed: "No linked subscription is added"},
	"PARTIAL_TRANSFER":            {found: "Part of the history stays behind", passed: "Nothing stays behind"},
	"TAX_ID_DIFFERS":              {found: "The tax ids differ", passed: "The tax ids do not differ"},
	"MOVED_AGAIN":                 {found: "Records moved again", passed: "Nothing moved again since"},
	"MEMO_ALLOCATED":              {found: "The carried balance has been used", passed: "The carried balance has not been used"},
	"CANNOT_GO_BACK":              {found: "A record cannot go back", passed: "Every record can go back"},
	"RECORDS_SINCE":               {found: "Records came since", passed: "Nothing came to the account since"},
	"PAY_LINK_NAME":               {found: "Pay links show the source's name", passed: "No open pay link shows the source's name"},
}

// Title names the finding in a few words.
func (c Code) Title() string { return declared[c].found }

// Passed says in a few words that the check found nothing.
func (c Code) Passed() string { return declared[c].passed }

// Volatile reports whether the finding comes with time or usage alone: then it is no part of what
// an acceptance of the preview rests on.
func (c Code) Volatile() bool { return declared[c].volatile }

// NamesOthers reports whether the finding may name accounts beside the two that take part, which
// were found in the requester's scope.
func (c Code) NamesOthers() bool { return declared[c].ofOthers }

// RateStale is the finding that time alone makes: it is no part of the fingerprint.
const RateStale Code = "RATE_STALE"
