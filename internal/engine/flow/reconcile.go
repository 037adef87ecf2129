package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
)

// tally is a count and sum of one kind in one currency.
type tally struct {
	Kind     string          `db:"kind"`
	Currency string          `db:"currency"`
	Count    int64           `db:"count"`
	Amount   decimal.Decimal `db:"amount"`
}

// tallySQL counts and sums a kind over the accounts.
func tallySQL(k record.Kind) string {
	if k.Tally != "" {
		return k.Tally
	}
	return fmt.Sprintf(`select '%s' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from %s r where r.customer_id = any(@accounts) group by r.currency`, k.Name, k.View)
}

// balanceSQL sums the balances of the accounts.
const balanceSQL = `select 'balance' as kind, currency, 0 as count, sum(balance) as amount
from customer_balances where customer_id = any(@accounts) group by currency`

// reconciled reports whether the transfer rewrites rows of the kind or changes what it
// sums to. Other kinds are proved by the rows that own them: a million usage records
// of a subscription that moved are where they were.
func reconciled(s *situation.Situation, k record.Kind) bool {
	_, _, _, cut := s.Fates()
	split := len(cut) > 0 || s.Reversal != nil && s.Reversal.Split
	return k.Root || RewritesAmounts(s, k) || split && (k.Continued != nil || k.Carrier != nil)
}

// Sums counts and sums every kind that is reconciled, and the balances, over the accounts.
func Sums(ctx context.Context, q db.Querier, s *situation.Situation, accounts []int64) ([]tally, error) {
	statements := []string{balanceSQL}
	for _, k := range record.Kinds {
		if reconciled(s, k) {
			statements = append(statements, tallySQL(k))
		}
	}
	var all []tally
	for _, statement := range statements {
		text, values := record.Bind(statement, record.Args{"accounts": accounts, "order": s.OrderID})
		var some []tally
		if err := q.SelectContext(ctx, &some, text, values...); err != nil {
			return nil, fmt.Errorf("sum the records of the accounts: %w", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Reconcile compares the sums before with those after and what was declared, writes
// the table, and fails with the first line that does not hold.
func (x *Execution) Reconcile(ctx context.Context, q db.Querier, before, after []tally) error {
	for _, line := range lines(before, after, x.differences) {
		if !line.Holds() {
			return order.Failure{Code: order.FailedTotals, Facts: order.FailureFacts{
				Kind: line.Kind, Currency: line.Currency, Counts: &[3]int64{
					line.CountBefore, line.CountDeclared,
					line.CountAfter,
				},
				Before: money.Plain(line.AmountBefore), Declared: money.Plain(line.AmountDeclared),
				After: money.Plain(line.AmountAfter),
			}}.Fault()
		}
		_, err := q.ExecContext(ctx, `
			insert into transfer_reconciliation (order_id, kind, currency, count_before, amount_before,
			                                     count_declared, amount_declared, count_after, amount_after)
			values ($1, $2, $3, $4, $5, $6, $7, $8,
			        $9)`, x.OrderID, line.Kind, line.Currency, line.CountBefore, line.AmountBefore,
			line.CountDeclared, line.AmountDeclared, line.CountAfter, line.AmountAfter)
		if err != nil {
			return fmt.Errorf("write the reconciliation: %w", err)
		}
	}
	for _, d := range x.differences {
		facts, err := order.JSONText(d.Facts)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `
			insert into transfer_differences (order_id, kind, currency, reason, facts, count, amount)
			  values ($1, $2, $3, $4, $5, $6, $7)`,
			x.OrderID, d.Kind, d.Currency, d.Reason, facts, d.Count, d.Amount)
		if err != nil {
			return fmt.Errorf("write the declared differences: %w", err)
		}
	}
	return nil
}

// lines joins the three into one line per kind and currency, in the order of Kinds.
func lines(before, after []tally, declared []ledger.Difference) []ledger.Reconciliation {
	type key struct{ kind, currency string }
	byKey := map[key]*ledger.Reconciliation{}
	at := func(kind, currency string) *ledger.Reconciliation {
		k := key{kind, currency}
		if byKey[k] == nil {
			byKey[k] = &ledger.Reconciliation{Kind: kind, Currency: currency}
		}
		return byKey[k]
	}
	for _, t := range before {
		line := at(t.Kind, t.Currency)
		line.CountBefore, line.AmountBefore = t.Count, t.Amount
	}
	for _, t := range after {
		line := at(t.Kind, t.Currency)
		line.CountAfter, line.AmountAfter = t.Count, t.Amount
	}
	for _, d := range declared {
		line := at(d.Kind, d.Currency)
		line.CountDeclared += d.Count
		line.AmountDeclared = line.AmountDeclared.Add(d.Amount)
	}
	var out []ledger.Reconciliation
	for _, line := range byKey {
		out = append(out, *line)
	}
	slices.SortFunc(out, func(a, b ledger.Reconciliation) int {
		return cmp.Or(cmp.Compare(record.KindOrder(a.Kind), record.KindOrder(b.Kind)),
			cmp.Compare(a.Currency, b.Currency))
	})
	return out
}
