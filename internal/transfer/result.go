package transfer

// PersonalData records the personal data that a transfer passed on or withheld, the true
// reason, and the lawful basis: the record for the data-protection file (docs/domain.md,
// "The data-protection record"). It names no person, since both sides read it.
type PersonalData struct {
	What  string `json:"what"`
	Went  bool   `json:"went"`
	Count int    `json:"count"`
	Why   string `json:"why"`
	Basis string `json:"basis,omitempty"` // "" in orders from before it was kept
}

// Recipient is the legal entity that holds the data after the transfer, and its country as
// the distributor states it, "" if it states none.
type Recipient struct {
	LegalEntity string `json:"legal_entity"`
	Country     string `json:"country"`
	Same        bool   `json:"same_entity"` // it is the one that held them before
}

// Result is kept with the completed order.
type Result struct {
	Target   string         `json:"target"`
	Rate     *RatePreview   `json:"rate,omitempty"`
	Memos    []PostedMemo   `json:"memos,omitempty"`
	Moved    []Moved        `json:"moved"`
	Personal []PersonalData `json:"personal_data"`

	Recipient *Recipient `json:"recipient,omitempty"` // of the personal data; nil in orders from before it was kept

	// Marks are the highest ids per kind at the end of the order: what has a higher one
	// was born since.
	Marks map[string]int64 `json:"marks,omitempty"`
}

// Kept returns the result as the audit log keeps it: without the marks, which count the records
// of the whole installation and are for the program itself.
func (r Result) Kept() Result {
	r.Marks = nil
	return r
}

// PostedMemo is a memo that the transfer wrote, with its journal entry. Original is its
// amount on the giving side; Origin is the number of the document that it carries, "" where
// it carries several or settles.
type PostedMemo struct {
	Kind     string `json:"kind"`
	Number   string `json:"number"`
	Customer string `json:"customer"`
	Amount   Amount `json:"amount"`
	Entry    string `json:"journal_entry"`
	PostedOn string `json:"posted_on,omitempty"`
	DueOn    string `json:"due_on,omitempty"`
	Origin   string `json:"origin,omitempty"`
	Original Amount `json:"original"`
	Debit    string `json:"debit,omitempty"` // the accounts of the entry
	Credit   string `json:"credit,omitempty"`
}

// Moved counts the records of a kind that the transfer moved.
type Moved struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
}
