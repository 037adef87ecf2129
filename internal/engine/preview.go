package engine

import (
	"context"
	"fmt"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Engine previews and executes transfers. One is built per process.
type Engine struct {
	order.Desk // where its orders are kept
}

// Preview computes what the request would do. It reads one consistent snapshot and
// writes nothing. A request that no preview can be computed for is an Invalid fault
// naming each field, an unknown account a NotFound fault.
func (e *Engine) Preview(ctx context.Context, req transfer.Request) (transfer.Preview, error) {
	var p transfer.Preview
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		s, err := e.loadAsked(ctx, tx, req, 0)
		if err != nil {
			return err
		}
		p, err = preview(ctx, tx, s, true)
		return err
	})
	return p, err
}

// preview computes the preview of a loaded situation. An execution needs all that it
// decides by, but not the counts to be shown.
func preview(ctx context.Context, q db.Querier, s *situation.Situation, counts bool) (transfer.Preview, error) {
	p := transfer.Preview{
		Executable: true, Linked: []transfer.Linked{}, Impact: []transfer.Impact{},
		RunningTerm: s.Term,
	}
	var err error
	if counts {
		if err = s.Plan(ctx, q); err != nil {
			return p, err
		}
	}
	checks := checksOf(s)
	if p.Findings, err = rules.Find(ctx, q, s, checks); err != nil {
		return p, err
	}
	found := map[transfer.Code]bool{}
	for _, f := range p.Findings {
		found[f.Code] = true
		p.Executable = p.Executable && f.Severity != transfer.Blocking
	}
	for _, r := range checks {
		if !found[r.Code] {
			p.Passed = append(p.Passed, r.Code)
		}
	}
	if !s.NotCustomer {
		if counts {
			if p.Impact, err = impact(ctx, q, s); err != nil {
				return p, err
			}
		}
		if err := describe(ctx, q, s, &p); err != nil {
			return p, err
		}
	}
	p.Fingerprint, err = fingerprint(ctx, q, s, &p)
	return p, err
}

// impact counts and sums every kind of the source, moving and staying, in one statement.
func impact(ctx context.Context, q db.Querier, s *situation.Situation) ([]transfer.Impact, error) {
	list := make([]transfer.Impact, 0, len(record.Kinds))
	place := map[string]int{}
	var statements []string
	for i, k := range record.Kinds {
		place[k.Name] = i
		list = append(list, transfer.Impact{
			Kind: k.Name, Moving: transfer.Part{Amounts: []transfer.Amount{}},
			Staying: transfer.Part{Amounts: []transfer.Amount{}},
		})
		statements = append(statements, impactSQL(k, s.Rule(k)))
	}
	text, values := record.Bind(strings.Join(statements, "\nunion all\n")+"\norder by 1, 2, 3", s.Args())
	var rows []struct {
		Kind     string          `db:"kind"`
		Moving   bool            `db:"moving"`
		Currency string          `db:"currency"`
		Count    int64           `db:"count"`
		Ended    int64           `db:"ended"`
		Amount   decimal.Decimal `db:"amount"`
	}
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, fmt.Errorf("count the records: %w", err)
	}
	for _, r := range rows {
		part := &list[place[r.Kind]].Staying
		if r.Moving {
			part = &list[place[r.Kind]].Moving
		}
		part.Count, part.Ended = part.Count+r.Count, part.Ended+r.Ended
		part.Amounts = append(part.Amounts, transfer.AmountOf(r.Amount, r.Currency))
	}
	return list, nil
}

// impactSQL counts and sums the source's records of a kind by whether they move.
func impactSQL(k record.Kind, moves string) string {
	if moves == "" {
		moves = "false"
	}
	ended, amount := "0", "sum(r.amount)"
	if k.Ended != "" {
		ended = fmt.Sprintf("count(*) filter (where %s)", k.HasEnded())
		amount = fmt.Sprintf("coalesce(sum(r.amount) filter (where not %s), 0)", k.HasEnded())
	}
	return fmt.Sprintf(`select '%s' as kind, coalesce(%s, false) as moving, r.currency, %s as count, %s as ended,
		%s as amount
from %s r where r.customer_id = @source
group by 2, 3`, k.Name, record.At(moves, "r"), k.Counted(), ended, amount, k.View)
}

// PreviewDraft computes the preview of a draft and keeps it with the draft, so that later
// changes can be shown.
func (e *Engine) PreviewDraft(ctx context.Context, o order.Order) (transfer.Preview, error) {
	p, err := e.Preview(ctx, o.Request)
	if err != nil || o.Preview != nil && o.Preview.Fingerprint == p.Fingerprint {
		return p, err
	}
	return p, e.keepPreview(ctx, o, p)
}

func (e *Engine) keepPreview(ctx context.Context, o order.Order, p transfer.Preview) error {
	text, err := order.JSONText(p)
	if err != nil {
		return err
	}
	err = db.InTx(ctx, e.DB, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			update transfer_orders set preview = $3
			where id = $1 and version = $2 and status = 'draft'`, o.ID, o.Version, text)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the preview of %s: %w", o.Number, err)
	}
	return nil
}
