package exchange

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// keptSums are the sums that a fill computes itself, where a trigger keeps them otherwise: a
// column of the rows of a file is the sum of the amounts of another file's rows that refer to
// them. What settles a document is left to the database (handover_settle).
var keptSums = []struct{ of, column, from, by string }{
	{"invoices", "total", "invoice_lines", "invoice_id"},
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

// add counts a row of a file.
func (s sums) add(name string, b *rows, row []any) error {
	for _, k := range keptSums {
		if k.from != name || b.at(row, k.by) == nil {
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
