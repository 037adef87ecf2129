package situation

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/record"
	"handover/internal/transfer"
)

// openDocument is an open invoice or debit memo of the account that gives its balance away.
type openDocument struct {
	Kind   string          `db:"kind"` // invoice or debit_memo
	ID     int64           `db:"id"`
	Number string          `db:"number"`
	Open   decimal.Decimal `db:"open_amount"`
	DueOn  time.Time       `db:"due_on"`
	Origin
}

// unappliedCredit is a payment or credit memo of it that is not used up.
type unappliedCredit struct {
	Kind    string          `db:"kind"` // payment or credit_memo
	ID      int64           `db:"id"`
	Number  string          `db:"number"`
	Amount  decimal.Decimal `db:"unapplied"`
	Invoice int64           `db:"invoice_id"` // for which a credit memo was issued, 0 = none
	Origin
}

// Origin is the document from which an amount first came, through all transfers.
type Origin struct {
	Kind        string    `db:"origin_kind"` // "" = several documents
	Number      string    `db:"origin_number"`
	IssuedOn    time.Time `db:"origin_issued_on"`
	Distributor int64     `db:"origin_distributor_id"`
}

// allocation settles a document, or a part of it, by a credit. The memo that the
// transfer writes has id 0 on its side until it is written.
type allocation struct {
	CreditKind   string
	CreditID     int64
	DocumentKind string
	DocumentID   int64
	Amount       decimal.Decimal
}

// carry is how the balance leaves the account (docs/domain.md, "Transfer to Another
// Distributor", step 4): the allocations among what is there, then the memo that settles
// exactly the rest, and the items that open the balance on the other account.
type carry struct {
	Documents   []openDocument
	Credits     []unappliedCredit
	Net         decimal.Decimal // of what is carried; positive: the customer owes
	Allocations []allocation
	Memo        string          // credit_memo (owes), debit_memo (has credit), "" (net zero)
	Items       []CarriedItem   // what opens the other account
	Opening     decimal.Decimal // their sum, in that account's currency; sign as Net
	Settled     int64           // invoices that have nothing open afterwards
	Left        decimal.Decimal // what is not carried, because it was asked to leave it
}

// settlement is the allocating of an account's credits to its documents.
type settlement struct {
	carry
	left []decimal.Decimal // what is still open of each document
	next int               // the first document of which something may be open
}

// settle plans the carrying. A credit memo that was issued for an invoice goes to that
// first of all. Documents come oldest due date first, then by number; credits payments
// first, then credit memos, each oldest first.
func settle(documents []openDocument, credits []unappliedCredit) carry {
	s := settlement{carry: carry{Documents: documents, Credits: credits}, left: make([]decimal.Decimal, len(documents))}
	place := map[int64]int{}
	for i, d := range documents {
		s.left[i] = d.Open
		s.Net = s.Net.Add(d.Open)
		if d.Kind == "invoice" {
			place[d.ID] = i
		}
	}
	rest := make([]unappliedCredit, len(credits))
	copy(rest, credits)
	for i := range rest {
		s.Net = s.Net.Sub(rest[i].Amount)
		if at, ok := place[rest[i].Invoice]; ok {
			rest[i].Amount = s.take(rest[i], at)
		}
	}
	for i := range rest {
		rest[i].Amount = s.spread(rest[i])
	}
	switch s.Net.Sign() {
	case 1:
		s.Memo = "credit_memo"
		before := append([]decimal.Decimal(nil), s.left...)
		s.spread(unappliedCredit{Kind: s.Memo, Amount: s.Net})
		s.itemsOf(before)
	case -1:
		s.Memo = "debit_memo"
		s.settleMemo(rest)
	}
	for i, d := range documents {
		if d.Kind == "invoice" && s.left[i].IsZero() {
			s.Settled++
		}
	}
	return s.carry
}

// take allocates a credit to one document as far as it goes and returns what is left of it.
func (s *settlement) take(credit unappliedCredit, at int) decimal.Decimal {
	amount := decimal.Min(credit.Amount, s.left[at])
	if !amount.IsPositive() {
		return credit.Amount
	}
	d := s.Documents[at]
	s.left[at] = s.left[at].Sub(amount)
	s.Allocations = append(s.Allocations, allocation{credit.Kind, credit.ID, d.Kind, d.ID, amount})
	return credit.Amount.Sub(amount)
}

// spread allocates a credit to the documents in their order as far as it goes and
// returns what is left of it.
func (s *settlement) spread(credit unappliedCredit) decimal.Decimal {
	for i := s.next; i < len(s.Documents) && credit.Amount.IsPositive(); i++ {
		credit.Amount = s.take(credit, i)
		if i == s.next && !s.left[i].IsPositive() {
			s.next++
		}
	}
	return credit.Amount
}

// itemsOf makes an item of each document of which the memo settled something.
func (s *settlement) itemsOf(before []decimal.Decimal) {
	for i, d := range s.Documents {
		if settled := before[i].Sub(s.left[i]); settled.IsPositive() {
			s.Items = append(s.Items, CarriedItem{
				Kind: "debit_memo", Original: settled, DueOn: d.DueOn, Origin: d.Origin,
				Numbers: []string{d.Origin.Number},
			})
		}
	}
}

// settleMemo allocates what is left of the credits to the debit memo of the transfer, and
// makes one item of them.
func (s *settlement) settleMemo(rest []unappliedCredit) {
	open := s.Net.Neg()
	item := CarriedItem{Kind: "credit_memo", Original: open}
	for _, credit := range rest {
		amount := decimal.Min(credit.Amount, open)
		if !amount.IsPositive() {
			continue
		}
		open = open.Sub(amount)
		s.Allocations = append(s.Allocations, allocation{credit.Kind, credit.ID, s.Memo, 0, amount})
		item.Origin = credit.Origin
		item.Numbers = append(item.Numbers, credit.Origin.Number)
	}
	if len(item.Numbers) != 1 {
		item.Origin = Origin{}
	}
	s.Items = []CarriedItem{item}
}

// openDocumentsSQL reads the open documents of the source, each with the origin of its
// amount: its own, unless a transfer carried it here.
const openDocumentsSQL = `
		select d.kind, d.id, d.number, d.open_amount, d.due_on,
		       coalesce(m.origin_kind, d.kind) as origin_kind, coalesce(m.origin_number, d.number) as origin_number,
		       coalesce(m.origin_issued_on, d.issued_on) as origin_issued_on,
		       coalesce(m.origin_distributor_id, @source_distributor) as origin_distributor_id
		from open_documents d left join debit_memos m on d.kind = 'debit_memo' and m.id = d.id
		where d.customer_id = @source and d.open_amount <> 0 and %s
		order by d.due_on, d.number collate "C", d.kind, d.id`

// unappliedCreditsSQL does the same for its credits.
const unappliedCreditsSQL = `
		select u.kind, u.id, u.number, u.unapplied, coalesce(m.invoice_id, 0) as invoice_id,
		       coalesce(m.origin_kind, u.kind) as origin_kind, coalesce(m.origin_number, u.number) as origin_number,
		       coalesce(m.origin_issued_on, u.on_date) as origin_issued_on,
		       coalesce(m.origin_distributor_id, @source_distributor) as origin_distributor_id
		from unapplied_credits u left join credit_memos m on u.kind = 'credit_memo' and m.id = u.id
		where u.customer_id = @source and u.unapplied <> 0 and %s
		order by u.kind = 'credit_memo', u.on_date, u.number collate "C", u.id`

// planCarry reads what of the source is open and meets the conditions on d and u, and plans
// how its balance is carried.
func (s *Situation) planCarry(ctx context.Context, q db.Querier, documentsThat, creditsThat string) error {
	var documents []openDocument
	text, values := record.Bind(fmt.Sprintf(openDocumentsSQL, documentsThat), s.Args())
	if err := q.SelectContext(ctx, &documents, text, values...); err != nil {
		return fmt.Errorf("read the open documents: %w", err)
	}
	var credits []unappliedCredit
	text, values = record.Bind(fmt.Sprintf(unappliedCreditsSQL, creditsThat), s.Args())
	if err := q.SelectContext(ctx, &credits, text, values...); err != nil {
		return fmt.Errorf("read the unapplied credits: %w", err)
	}
	s.Carry = settle(documents, credits)
	if s.Request.CarryAs == transfer.CarryLeave {
		s.Carry = carry{Left: s.Carry.Net}
		return nil
	}
	if s.HasRate() {
		s.Carry.Items, s.Carry.Opening = s.open(s.Carry.Items)
	} else {
		s.Carry.Items = nil
	}
	return nil
}

// LoadCarry plans how the whole balance of the source is carried.
func LoadCarry(ctx context.Context, q db.Querier, s *Situation) error {
	return s.planCarry(ctx, q, "true", "true")
}
