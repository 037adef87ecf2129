package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
)

// control is a control account of a side: ledger and sub-ledger in one currency, each on the
// natural side of its role (docs/accounting.md).
type control struct {
	Role      string          `db:"role"`
	Currency  string          `db:"currency"`
	Ledger    decimal.Decimal `db:"ledger"`
	SubLedger decimal.Decimal `db:"sub_ledger"`
}

// difference is what the ledger has more than the sub-ledger.
func (c control) difference() decimal.Decimal { return c.Ledger.Sub(c.SubLedger) }

// controlRoles are the roles whose accounts are compared with a sub-ledger, in the order
// shown, with the words for both in a sentence.
var controlRoles = []struct{ role, ledger, subLedger string }{
	{"receivable", "Receivable", "balances"},
	{"deferred_revenue", "Deferred revenue", "schedules"},
}

// ControlLabel names a line of the proof: "Receivable: ledger - balances".
func ControlLabel(role string) string {
	for _, r := range controlRoles {
		if r.role == role {
			return r.ledger + ": ledger - " + r.subLedger
		}
	}
	return role
}

// books are the control accounts of both sides, and what of them moves.
type books struct {
	source, target []control
	moving         []control // the moving records' own ledger and sub-ledger
}

// controlOf finds a control account; where there is none, all of it is zero.
func controlOf(list []control, role, currency string) control {
	at := slices.IndexFunc(list, func(c control) bool { return c.Role == role && c.Currency == currency })
	if at < 0 {
		return control{Role: role, Currency: currency}
	}
	return list[at]
}

// loadBooks reads the control accounts before the transfer, once for a situation.
func (s *situation) loadBooks(ctx context.Context, q db.Querier) (*books, error) {
	if s.books != nil {
		return s.books, nil
	}
	var b books
	var err error
	if b.source, err = controlsOf(ctx, q, s.source.ID); err != nil {
		return nil, err
	}
	if b.target, err = controlsOf(ctx, q, s.target.ID); err != nil {
		return nil, err
	}
	if b.moving, err = s.movingControls(ctx, q, b.source); err != nil {
		return nil, err
	}
	s.books = &b
	return s.books, nil
}

// controlsOf reads the control accounts of an account, as far as its distributor keeps them;
// id 0 has none.
func controlsOf(ctx context.Context, q db.Querier, id int64) ([]control, error) {
	var list []control
	err := q.SelectContext(ctx, &list, `
		select role, currency, ledger, sub_ledger from book_differences where customer_id = $1 order by role desc, currency`, id)
	if err != nil {
		return nil, fmt.Errorf("compare ledger and sub-ledger: %w", err)
	}
	return list, nil
}

// movingControls are the entries of the moving records, and their amounts in the sub-ledgers.
// Where all of the source's records move, they are all that it has.
func (s *situation) movingControls(ctx context.Context, q db.Querier, source []control) ([]control, error) {
	entries, _ := KindOf("journal_entry")
	switch s.rule(entries) {
	case "":
		return nil, nil // in a distributor transfer documents and their entries stay
	case "true":
		return source, nil
	}
	text, values := bind(s.movingControlsSQL(), s.args())
	var list []control
	if err := q.SelectContext(ctx, &list, text, values...); err != nil {
		return nil, fmt.Errorf("compare ledger and sub-ledger of what moves: %w", err)
	}
	return list, nil
}

func (s *situation) movingControlsSQL() string {
	moving := func(kind string) string {
		k, _ := KindOf(kind)
		return k.ids("r.customer_id = @source and " + at(s.rule(k), "r"))
	}
	entries, _ := KindOf("journal_entry")
	stays := "" // an entry that loses or gets its source with the line stays where it is
	if s.reversal != nil {
		stays = " and r.id not in " + ledgered("journal_entry", "source_id")
	}
	parts := []string{fmt.Sprintf(`select v.role, r.currency, v.amount as ledger, 0::numeric as sub_ledger
    from owned_journal_entries r cross join lateral (values ('receivable', r.on_receivable), ('deferred_revenue', r.on_deferred)) as v(role, amount)
    where r.customer_id = @source and r.distributor_id = @source_distributor and v.amount <> 0 and %s%s`, at(s.rule(entries), "r"), stays)}
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
	Before, After control
	Declared      decimal.Decimal // by how much the difference changes
}

// Holds reports whether the difference changed by what was declared.
func (b bookChange) holds() bool {
	return b.Before.difference().Add(b.Declared).Equal(b.After.difference())
}

// changes joins the control accounts before with those after, role by role. What moves takes
// its own difference along; in a distributor transfer nothing does, and the new account has none.
func (b books) changes(source, target []control) []bookChange {
	var out []bookChange
	for _, side := range []struct {
		name          string
		before, after []control
		sign          int64
	}{{"source", b.source, source, -1}, {"target", b.target, target, 1}} {
		for _, r := range controlRoles {
			for _, currency := range currenciesOf(r.role, side.before, side.after, b.moving) {
				moving := controlOf(b.moving, r.role, currency)
				out = append(out, bookChange{
					Side: side.name, Role: r.role, Currency: currency,
					Before: controlOf(side.before, r.role, currency), After: controlOf(side.after, r.role, currency),
					Declared: moving.difference().Mul(decimal.NewFromInt(side.sign)),
				})
			}
		}
	}
	return out
}

// currenciesOf are the currencies of a role in the lists.
func currenciesOf(role string, lists ...[]control) []string {
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
func BookProofs(ctx context.Context, q db.Querier, sides Sides, orderID int64) ([]BookProof, error) {
	var list []BookProof
	err := q.SelectContext(ctx, &list, `
		select side, number_of('C', customer_id) as customer, role, currency, ledger_before, sub_ledger_before, declared, ledger_after, sub_ledger_after
		from transfer_books where order_id = $1 and (side = 'source' and $2 or side = 'target' and $3) order by id`, orderID, sides.Source, sides.Target)
	if err != nil {
		return nil, fmt.Errorf("read the proof of the control accounts: %w", err)
	}
	return list, nil
}
