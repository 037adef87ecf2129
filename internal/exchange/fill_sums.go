package exchange

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// keptSums are the sums that triggers keep: a column of the rows of a file is the sum
// of the amounts of another file's rows that refer to them.
var keptSums = []struct{ of, column, from, by string }{
	{"invoices", "total", "invoice_lines", "invoice_id"},
	{"invoices", "settled", "payment_allocations", "invoice_id"},
	{"invoices", "settled", "credit_allocations", "invoice_id"},
	{"debit_memos", "settled", "payment_allocations", "debit_memo_id"},
	{"debit_memos", "settled", "credit_allocations", "debit_memo_id"},
	{"payments", "allocated", "payment_allocations", "payment_id"},
	{"payments", "refunded", "refunds", "payment_id"},
	{"credit_memos", "allocated", "credit_allocations", "credit_memo_id"},
}

// summing returns the tables of which sums are kept.
func summing() []string {
	var tables []string
	for _, k := range keptSums {
		if !slices.Contains(tables, k.from) {
			tables = append(tables, k.from)
		}
	}
	return tables
}

// sums are the sums of a batch, by what they are of and the outside id of the row.
type sums map[kept]decimal.Decimal

type kept struct {
	file, column string
	id           any
}

// add counts a row of a file. A refund counts once it has succeeded.
func (s sums) add(name string, b *rows, row []any) error {
	for _, k := range keptSums {
		if k.from != name || b.at(row, k.by) == nil || name == "refunds" && b.at(row, "status") != "succeeded" {
			continue
		}
		text, _ := b.at(row, "amount").(string)
		amount, err := decimal.NewFromString(text)
		if err != nil {
			return fmt.Errorf("sum up %s: %w", name, err)
		}
		at := kept{k.of, k.column, b.at(row, k.by)}
		s[at] = s[at].Add(amount)
	}
	return nil
}

// of returns the sum for the row with this outside id, with as many decimals as the
// finest amount in it.
func (s sums) of(file, column string, id any) string {
	sum := s[kept{file, column, id}]
	return sum.StringFixed(-min(0, sum.Exponent()))
}
