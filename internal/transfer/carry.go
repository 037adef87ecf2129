package transfer

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// openDocument is an open invoice or debit memo of the account that gives its balance away.
type openDocument struct {
	Kind   string          `db:"kind"` // invoice or debit_memo
	ID     int64           `db:"id"`
	Number string          `db:"number"`
	Open   decimal.Decimal `db:"open_amount"`
}

// unappliedCredit is a payment or credit memo of it that is not used up.
type unappliedCredit struct {
	Kind   string          `db:"kind"` // payment or credit_memo
	ID     int64           `db:"id"`
	Number string          `db:"number"`
	Amount decimal.Decimal `db:"unapplied"`
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

// carry is how the balance leaves the account (domain 2.1, step 4): the allocations
// among what is there, then the memo that settles exactly the rest.
type carry struct {
	Documents   []openDocument
	Credits     []unappliedCredit
	Net         decimal.Decimal // positive: the customer owes
	Allocations []allocation
	Memo        string          // credit_memo (owes), debit_memo (has credit), "" (net zero)
	Opening     decimal.Decimal // what opens the new account, in its currency; sign as Net
	Settled     int64           // invoices that have nothing open afterwards
}

// settle plans the carrying. Documents come oldest due date first, then by number;
// credits payments first, then credit memos, each oldest first.
func settle(documents []openDocument, credits []unappliedCredit) carry {
	c := carry{Documents: documents, Credits: credits}
	left := make([]decimal.Decimal, len(documents))
	for i, d := range documents {
		left[i] = d.Open
		c.Net = c.Net.Add(d.Open)
	}
	rest := make([]unappliedCredit, len(credits))
	copy(rest, credits)
	for i := range rest {
		c.Net = c.Net.Sub(rest[i].Amount)
		rest[i].Amount = c.spread(rest[i], left)
	}
	switch c.Net.Sign() {
	case 1:
		c.Memo = "credit_memo"
		c.spread(unappliedCredit{Kind: c.Memo, Amount: c.Net}, left)
	case -1:
		c.Memo = "debit_memo"
		memo := openDocument{Kind: c.Memo, Open: c.Net.Neg()}
		c.settleMemo(memo, rest)
	}
	for i, d := range documents {
		if d.Kind == "invoice" && left[i].IsZero() {
			c.Settled++
		}
	}
	return c
}

// spread allocates a credit to the documents in their order as far as it goes and
// returns what is left of it.
func (c *carry) spread(credit unappliedCredit, left []decimal.Decimal) decimal.Decimal {
	for i, d := range c.Documents {
		amount := decimal.Min(credit.Amount, left[i])
		if !amount.IsPositive() {
			continue
		}
		left[i] = left[i].Sub(amount)
		credit.Amount = credit.Amount.Sub(amount)
		c.Allocations = append(c.Allocations, allocation{credit.Kind, credit.ID, d.Kind, d.ID, amount})
	}
	return credit.Amount
}

// settleMemo allocates what is left of the credits to the debit memo of the transfer.
func (c *carry) settleMemo(memo openDocument, rest []unappliedCredit) {
	for _, credit := range rest {
		amount := decimal.Min(credit.Amount, memo.Open)
		if !amount.IsPositive() {
			continue
		}
		memo.Open = memo.Open.Sub(amount)
		c.Allocations = append(c.Allocations, allocation{credit.Kind, credit.ID, memo.Kind, 0, amount})
	}
}

// loadCarry reads what is open on the source and plans how its balance is carried.
func loadCarry(_ *Engine, ctx context.Context, q db.Querier, s *situation) error {
	var documents []openDocument
	err := q.SelectContext(ctx, &documents, `
		select kind, id, number, open_amount from open_documents
		where customer_id = $1 and open_amount <> 0 order by due_on, number collate "C", kind, id`, s.source.ID)
	if err != nil {
		return fmt.Errorf("read the open documents: %w", err)
	}
	var credits []unappliedCredit
	err = q.SelectContext(ctx, &credits, `
		select kind, id, number, unapplied from unapplied_credits
		where customer_id = $1 and unapplied <> 0 order by kind = 'credit_memo', on_date, number collate "C", id`, s.source.ID)
	if err != nil {
		return fmt.Errorf("read the unapplied credits: %w", err)
	}
	s.carry = settle(documents, credits)
	if s.hasRate() {
		s.carry.Opening = s.convert(s.carry.Net)
	}
	return nil
}
