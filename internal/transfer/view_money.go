package transfer

// FieldPreview is a field of both accounts and whose value stays on the target.
type FieldPreview struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	Target string `json:"target"`
	Kept   string `json:"kept"` // source or target
}

// SplitPreview is a subscription that is cut at the effective date.
type SplitPreview struct {
	Subscription string `json:"subscription"`
	LastDay      string `json:"last_day"` // at the source
	StartsOn     string `json:"starts_on"`
}

// RatePreview describes how the balance is converted, and how far the rate is from the one
// that the rate table proposes.
type RatePreview struct {
	From       string `json:"from"`
	To         string `json:"to"`
	Rate       string `json:"rate"`
	Source     string `json:"source"`
	On         string `json:"on,omitempty"`
	Derivation string `json:"derivation"`
	Exact      string `json:"exact"`    // balance x rate before rounding
	Rounded    Amount `json:"rounded"`  // the sum of the items, each rounded half-even
	Rounding   string `json:"rounding"` // that sum less the exact product

	Proposed       string `json:"proposed,omitempty"` // "" = the rate table has no way
	ProposedOn     string `json:"proposed_on,omitempty"`
	ProposedSource string `json:"proposed_source,omitempty"`
	Deviation      string `json:"deviation_percent,omitempty"` // of the proposal, below 0 = under it
	Reason         string `json:"rate_reason,omitempty"`       // why it is right nevertheless
	AllowedBy      string `json:"allowed_by,omitempty"`        // who vouches for it
}

// PlanPreview describes the result for one subscription. Prices are per billing period and
// unit; PriceAfter is nil while the plan is not settled.
type PlanPreview struct {
	Subscription  string  `json:"subscription"`
	Quantity      string  `json:"quantity"`
	BillingPeriod string  `json:"billing_period"`
	Before        string  `json:"plan_before"`
	After         string  `json:"plan_after"`
	AfterNumber   string  `json:"plan_after_number,omitempty"`
	How           string  `json:"how"` // counterpart, chosen, delegated, "" = needs a choice
	PriceBefore   Amount  `json:"price_before"`
	PriceAfter    *Amount `json:"price_after"`          // what this contract costs from the transfer on
	ListPrice     *Amount `json:"list_price,omitempty"` // of a delegated plan: what it enters the price list at
	Changes       bool    `json:"changes"`
}

// PriceListEntry is a plan that the transfer adds to the price list of a distributor. The
// contracts that move keep their own price where the currency stays.
type PriceListEntry struct {
	Plan        string `json:"plan"`   // name
	Number      string `json:"number"` // of the plan that is delegated
	Distributor string `json:"distributor"`
	Price       Amount `json:"price"`
}

// KeptOrNot says whether a record moves to the new account.
type KeptOrNot struct {
	Number string `json:"number"`
	Label  string `json:"label"`
	Kept   bool   `json:"kept"`
}

// MemoPreview is a memo that the transfer will write. Original is its amount on the giving
// side; Origin is the document that it carries, nil where it carries several or settles.
type MemoPreview struct {
	Kind      string          `json:"kind"`
	Amount    Amount          `json:"amount"`
	For       string          `json:"for"` // source or target
	Original  Amount          `json:"original"`
	Origin    *OriginDocument `json:"origin,omitempty"`
	DueOn     string          `json:"due_on,omitempty"`
	Carries   int             `json:"carries,omitempty"`    // how many documents
	TakesBack string          `json:"takes_back,omitempty"` // number of the memo that a reversal settles
	Debit     string          `json:"debit"`                // the accounts of its entry
	Credit    string          `json:"credit"`
}

// OriginDocument names the document from which a carried amount first came.
type OriginDocument struct {
	Kind     string `json:"kind"`
	Number   string `json:"number"`
	IssuedOn string `json:"issued_on"`
}

// AllocationRow is a document that the transfer will settle by a credit.
type AllocationRow struct {
	Credit   Record `json:"credit"`
	Document Record `json:"document"`
	Amount   Amount `json:"amount"`
}
