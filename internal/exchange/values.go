package exchange

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"handover/internal/money"
	"handover/internal/names"
)

// columnType says how a kind of value is read, kept while it is being imported, and written.
type columnType struct {
	sql   string                                // type of the staging column
	read  func(s string) (value any, err error) // of a value that is not empty
	show  string                                // text of the expression %[1]s; %[2]s are the minor units
	minor bool                                  // not finer than the minor unit
	null  bool                                  // the database holds null where the file is empty
}

// Longest values in bytes. Short values may be indexed.
const (
	longestID   = 200
	longestText = 10_000
)

var (
	textType     = columnType{sql: "text", read: upTo(longestText), show: "%[1]s"}
	nameType     = columnType{sql: "text", read: readName, show: "%[1]s"}
	otherName    = columnType{sql: "text", read: readName, show: "%[1]s", null: true}
	refType      = columnType{sql: "text", read: upTo(longestID), show: "%[1]s"}
	choiceType   = columnType{sql: "text", read: upTo(longestID), show: "%[1]s"}
	currencyType = columnType{sql: "text", read: readCurrency, show: "%[1]s"}
	otherType    = columnType{sql: "text", read: readCurrency, show: "%[1]s", null: true}
	colorType    = columnType{sql: "text", read: readColor, show: "%[1]s"}
	dateType     = columnType{sql: "date", read: readDate, show: "to_char(%[1]s, 'YYYY-MM-DD')"}
	momentType   = columnType{sql: "timestamptz", read: readMoment, show: momentText}
	flagType     = columnType{sql: "boolean", read: readFlag, show: "%[1]s::text"}
	decimalType  = columnType{sql: "numeric", read: readDecimal, show: "trim_scale(%[1]s)::text"}
	// Finer than the minor unit only where a value would lose by rounding.
	amountType = columnType{
		sql: "numeric", read: readDecimal,
		show: "round(%[1]s, greatest(min_scale(%[1]s), %[2]s))::text", minor: true,
	}
	unitPriceType = columnType{sql: "numeric", read: readDecimal, show: amountType.show}
)

const momentText = `to_char(%[1]s at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
	|| case when date_trunc('second', %[1]s) = %[1]s then '' else rtrim(to_char(%[1]s, '.US'), '0') end || 'Z'`

func upTo(limit int) func(s string) (any, error) {
	return func(s string) (any, error) {
		if len(s) > limit {
			return nil, fmt.Errorf("the value has %d bytes, at most %d are allowed", len(s), limit)
		}
		return s, nil
	}
}

// readName keeps the one rule of names for every short text: each is shown beside others.
func readName(s string) (any, error) {
	if problem := names.Problem(s); problem != "" {
		return nil, errors.New(problem)
	}
	return s, nil
}

func readCurrency(s string) (any, error) {
	_, err := money.MinorUnits(s)
	return s, err
}

func readColor(s string) (any, error) {
	if len(s) != len("#1f3a5f") || s[0] != '#' || strings.Trim(s[1:], "0123456789abcdefABCDEF") != "" {
		return nil, fmt.Errorf("%q is not a colour like #1f3a5f", s)
	}
	return s, nil
}

// readDate also refuses the year 0, which PostgreSQL does not have.
func readDate(s string) (any, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 || len(s) != len(time.DateOnly) {
		return nil, fmt.Errorf("%s is not a date like 2026-01-31", quoted(s))
	}
	return s, nil
}

func readMoment(s string) (any, error) {
	t, err := time.Parse(time.RFC3339, s)
	if t = t.UTC(); err != nil || t.Year() < 1 || t.Year() > 9999 {
		return nil, fmt.Errorf("%s is not a time like 2026-01-31T12:00:00Z", quoted(s))
	}
	return t.Format(time.RFC3339Nano), nil
}

func readFlag(s string) (any, error) {
	if s != "true" && s != "false" {
		return nil, fmt.Errorf("%s is neither true nor false", quoted(s))
	}
	return s, nil
}

func readDecimal(s string) (any, error) {
	if _, err := money.ParseDecimal(s); err != nil {
		return nil, fmt.Errorf("%s is not a plain decimal number like 12.50", quoted(s))
	}
	return s, nil
}

// quoted shows a value in a message, shortened.
func quoted(s string) string {
	const limit = 60
	if len(s) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// value reads one value of the column for the staging table: nil is none.
func (c column) value(s string) (any, error) {
	if s == "" {
		s = c.empty
	}
	if s == "" {
		if c.required {
			return nil, fmt.Errorf("a value is required here")
		}
		return c.none(), nil
	}
	if c.synonyms[s] != "" {
		s = c.synonyms[s]
	}
	if len(c.allowed) > 0 && !slices.Contains(c.allowed, s) {
		return nil, fmt.Errorf("%s is not allowed here; allowed are %s", quoted(s), strings.Join(c.allowed, ", "))
	}
	v, err := c.typ.read(s)
	if err != nil || c.above == "" {
		return v, err
	}
	switch d, _ := decimal.NewFromString(s); {
	case c.above == "0" && !d.IsPositive():
		return nil, fmt.Errorf("%s is not more than 0", quoted(s))
	case d.IsNegative():
		return nil, fmt.Errorf("%s is less than 0", quoted(s))
	}
	return v, nil
}

// none is what the database holds where the file is empty: text is never null,
// except where it names a kind of record, or may be unknown.
func (c column) none() any {
	if c.blank || c.typ.sql == "text" && !c.typ.null && !c.refers() && c.allowed == nil {
		return ""
	}
	return nil
}
