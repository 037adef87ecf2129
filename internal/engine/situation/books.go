package situation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
)

// Control is a control account of a side: ledger and sub-ledger in one currency, each on the
// natural side of its role (docs/accounting.md).
type Control struct {
	Role      string          `db:"role"`
	Currency  string          `db:"currency"`
	Ledger    decimal.Decimal `db:"ledger"`
	SubLedger decimal.Decimal `db:"sub_ledger"`
}

// Difference is what the ledger has more than the sub-ledger.
func (c Control) Difference() decimal.Decimal { return c.Ledger.Sub(c.SubLedger) }

// Books are the control accounts of both sides, and what of them moves.
type Books struct {
	Source, Target []Control
	Moving         []Control // the moving records' own ledger and sub-ledger
}

// ControlOf finds a control account; where there is none, all of it is zero.
func ControlOf(list []Control, role, currency string) Control {
	at := slices.IndexFunc(list, func(c Control) bool { return c.Role == role && c.Currency == currency })
	if at < 0 {
		return Control{Role: role, Currency: currency}
	}
	return list[at]
}

// LoadBooks reads the control accounts before the transfer, once for a situation.
func (s *Situation) LoadBooks(ctx context.Context, q db.Querier) (*Books, error) {
	if s.Books != nil {
		return s.Books, nil
	}
	var b Books
	var err error
	if b.Source, err = ControlsOf(ctx, q, s.Source.ID); err != nil {
		return nil, err
	}
	if b.Target, err = ControlsOf(ctx, q, s.Target.ID); err != nil {
		return nil, err
	}
	if b.Moving, err = s.movingControls(ctx, q, b.Source); err != nil {
		return nil, err
	}
	s.Books = &b
	return s.Books, nil
}

// ControlsOf reads the control accounts of an account, as far as its distributor keeps them;
// id 0 has none.
func ControlsOf(ctx context.Context, q db.Querier, id int64) ([]Control, error) {
	var list []Control
	err := q.SelectContext(ctx, &list, `
		select role, currency, ledger, sub_ledger from book_differences where customer_id = $1
		order by role desc, currency`, id)
	if err != nil {
		return nil, fmt.Errorf("compare ledger and sub-ledger: %w", err)
	}
	return list, nil
}

// movingControls are the entries of the moving records, and their amounts in the sub-ledgers.
// Where all of the source's records move, they are all that it has.
func (s *Situation) movingControls(ctx context.Context, q db.Querier, source []Control) ([]Control, error) {
	entries, _ := record.KindOf("journal_entry")
	switch s.Rule(entries) {
	case "":
		return nil, nil // in a distributor transfer documents and their entries stay
	case "true":
		return source, nil
	}
	text, values := record.Bind(s.movingControlsSQL(), s.Args())
	var list []Control
	if err := q.SelectContext(ctx, &list, text, values...); err != nil {
		return nil, fmt.Errorf("compare ledger and sub-ledger of what moves: %w", err)
	}
	return list, nil
}

func (s *Situation) movingControlsSQL() string {
	moving := func(kind string) string {
		k, _ := record.KindOf(kind)
		return k.Ids("r.customer_id = @source and " + record.At(s.Rule(k), "r"))
	}
	entries, _ := record.KindOf("journal_entry")
	stays := "" // an entry that loses or gets its source with the line stays where it is
	if s.Reversal != nil {
		stays = " and r.id not in " + record.Ledgered("journal_entry", "source_id")
	}
	parts := []string{fmt.Sprintf(`select v.role, r.currency, v.amount as ledger, 0::numeric as sub_ledger
    from owned_journal_entries r
    cross join lateral (values ('receivable', r.on_receivable), ('deferred_revenue', r.on_deferred)) as v(role,
        amount)
    where r.customer_id = @source and r.distributor_id = @source_distributor and v.amount <> 0
      and %s%s`, record.At(s.Rule(entries), "r"), stays)}
	for _, sub := range []struct{ role, view, amount, column, kind string }{
		{"receivable", "open_documents", "o.open_amount", "id", "invoice"},
		{"receivable", "open_documents", "o.open_amount", "id", "debit_memo"},
		{"receivable", "unapplied_credits", "-o.unapplied", "id", "payment"},
		{"receivable", "unapplied_credits", "-o.unapplied", "id", "credit_memo"},
		{"deferred_revenue", "deferred_lines", "o.amount", "invoice_id", "invoice"},
	} {
		of := "o.kind = '" + sub.kind + "'"
		if sub.column != "id" {
			of = "o." + sub.column + " is not null"
		}
		// In a CASE the database collects once what moves. Joined to it, it would look through all
		// of it for each row where its statistics are of the time before many records came.
		parts = append(parts, fmt.Sprintf(`select '%s', o.currency, 0, %s from %s o
    where o.customer_id = @source and %s and case when %[4]s then o.%[5]s in (%[6]s) end`,
			sub.role, sub.amount, sub.view, of, sub.column, moving(sub.kind)))
	}
	return `select s.role, s.currency, s.ledger, s.sub_ledger from (
    select x.role, x.currency, sum(x.ledger) as ledger, sum(x.sub_ledger) as sub_ledger from (
    ` + strings.Join(parts, "\n    union all\n    ") + `) x
    group by x.role, x.currency) s
join charts h on h.distributor_id = @source_distributor and h.role = s.role and h.kept
join distributors d on d.id = @source_distributor
where s.role <> 'deferred_revenue' or not d.recognition_in_sum
order by s.role desc, s.currency`
}

// bookChange is a line of the proof of the control accounts: a side, role and currency.
type bookChange struct {
	Side          string // source or target
	Role          string
	Currency      string
	Before, After Control
	Declared      decimal.Decimal // by how much the difference changes
}

// Holds reports whether the difference changed by what was declared.
func (b bookChange) Holds() bool {
	return b.Before.Difference().Add(b.Declared).Equal(b.After.Difference())
}

// Changes joins the control accounts before with those after, role by role. What moves takes
// its own difference along; in a distributor transfer nothing does, and the new account has none.
func (b Books) Changes(source, target []Control) []bookChange {
	var out []bookChange
	for _, side := range []struct {
		name          string
		before, after []Control
		sign          int64
	}{{"source", b.Source, source, -1}, {"target", b.Target, target, 1}} {
		for _, role := range ledger.ControlRoles {
			for _, currency := range currenciesOf(role, side.before, side.after, b.Moving) {
				moving := ControlOf(b.Moving, role, currency)
				out = append(out, bookChange{
					Side: side.name, Role: role, Currency: currency,
					Before: ControlOf(side.before, role, currency), After: ControlOf(side.after, role, currency),
					Declared: moving.Difference().Mul(decimal.NewFromInt(side.sign)),
				})
			}
		}
	}
	return out
}

// currenciesOf are the currencies of a role in the lists.
func currenciesOf(role string, lists ...[]Control) []string {
	var out []string
	for _, c := range slices.Concat(lists...) {
		if c.Role == role && !slices.Contains(out, c.Currency) {
			out = append(out, c.Currency)
		}
	}
	slices.Sort(out)
	return out
}

// BookProof is a line of the proof of the control accounts as it is kept with an order.
type BookProof struct {
	Side            string          `db:"side"` // source or target
	Customer        string          `db:"customer"`
	Role            string          `db:"role"`
	Currency        string          `db:"currency"`
	LedgerBefore    decimal.Decimal `db:"ledger_before"`
	SubLedgerBefore decimal.Decimal `db:"sub_ledger_before"`
	Declared        decimal.Decimal `db:"declared"`
	LedgerAfter     decimal.Decimal `db:"ledger_after"`
	SubLedgerAfter  decimal.Decimal `db:"sub_ledger_after"`
}

// Before and After are ledger less sub-ledger.
func (b BookProof) Before() decimal.Decimal { return b.LedgerBefore.Sub(b.SubLedgerBefore) }

// After is ledger less sub-ledger after the transfer.
func (b BookProof) After() decimal.Decimal { return b.LedgerAfter.Sub(b.SubLedgerAfter) }

// Holds reports whether the difference changed by what was declared.
func (b BookProof) Holds() bool { return b.Before().Add(b.Declared).Equal(b.After()) }

// BookProofs returns the proof of the control accounts of an order, of the sides that the
// reader sees.
func BookProofs(ctx context.Context, q db.Querier, sides order.Sides, orderID int64) ([]BookProof, error) {
	var list []BookProof
	err := q.SelectContext(ctx, &list, `
		select side, number_of('C', customer_id) as customer, role, currency, ledger_before, sub_ledger_before,
		       declared, ledger_after, sub_ledger_after
		from transfer_books where order_id = $1 and (side = 'source' and $2 or side = 'target' and $3)
		order by id`, orderID, sides.Source, sides.Target)
	if err != nil {
		return nil, fmt.Errorf("read the proof of the control accounts: %w", err)
	}
	return list, nil
}
