// Package money is the one place that rounds and parses amounts. Amounts are decimals,
// never floats; every amount comes with its ISO 4217 currency.
package money

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
)

// Amount is a sum of money in one currency.
type Amount struct {
	Value    decimal.Decimal
	Currency string
}

// String returns the amount with the currency's own minor units: "1230.00 EUR".
func (a Amount) String() string { return Format(a.Value, a.Currency) + " " + a.Currency }

// exceptions to two minor units, by ISO 4217. golang.org/x/text/currency knows the
// codes, but takes its decimals from CLDR, which drops those that are rarely
// written (IDR, COP, PKR, ...); books are kept by the standard.
var exceptions = map[string]int32{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// MinorUnits returns how many decimals the currency's amounts have (JPY 0,
// EUR 2, KWD 3; ISO 4217). It returns an error for what is no currency code.
func MinorUnits(code string) (int32, error) {
	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return 0, fmt.Errorf("%q is not an ISO 4217 currency code like EUR", code)
	}
	if n, ok := exceptions[code]; ok {
		return n, nil
	}
	return 2, nil
}

// units is MinorUnits for codes that were checked when they entered; an unknown
// one counts as having two decimals.
func units(code string) int32 {
	n, err := MinorUnits(code)
	if err != nil {
		return 2
	}
	return n
}

// Round rounds half-even to the currency's minor unit.
func Round(v decimal.Decimal, code string) decimal.Decimal { return v.RoundBank(units(code)) }

// Convert multiplies by the rate and rounds half-even to the minor unit of the
// currency it is converted to.
func Convert(v, rate decimal.Decimal, to string) decimal.Decimal { return Round(v.Mul(rate), to) }

// Format writes the amount with exactly the currency's minor units and no
// thousands separator. More precise values are rounded half-even.
func Format(v decimal.Decimal, code string) string { return Round(v, code).StringFixed(units(code)) }

// Exact writes the value with at least the currency's minor units and loses nothing.
func Exact(v decimal.Decimal, code string) string {
	return v.StringFixed(max(units(code), -v.Exponent()))
}

// Plain writes a decimal without trailing zeros: "1.5", "0", "12".
func Plain(v decimal.Decimal) string {
	s := v.String()
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

var (
	amountForm = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,10})?$`)
	rateForm   = regexp.MustCompile(`^[0-9]{1,12}(\.[0-9]+)?$`)
)

// ParseDecimal reads a plain decimal: digits with at most one point, no
// exponent, at most 15 digits before and 10 after the point. The error names
// the value and the form.
func ParseDecimal(s string) (decimal.Decimal, error) {
	if !amountForm.MatchString(s) {
		return decimal.Zero, fmt.Errorf("%q is not a plain decimal number like 12.50", s)
	}
	return decimal.NewFromString(s)
}

// ParseAmount reads a plain decimal that has no more decimals than the currency.
func ParseAmount(s, code string) (decimal.Decimal, error) {
	v, err := ParseDecimal(s)
	if err != nil {
		return v, err
	}
	if !v.Equal(Round(v, code)) {
		return v, fmt.Errorf("%q has more than the %d decimals that %s has", s, units(code), code)
	}
	return v, nil
}

// RateDecimals is how many decimals a conversion rate may have (domain rule:
// a plain decimal above 0 with at most 10 decimals).
const RateDecimals = 10

// ParseRate reads a conversion rate. The error is a sentence that names the
// value and the way out.
func ParseRate(s string) (decimal.Decimal, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return decimal.Zero, fmt.Errorf("enter a rate, for example 1.0842")
	case strings.Contains(s, ",") && rateForm.MatchString(strings.ReplaceAll(s, ",", ".")):
		return decimal.Zero, fmt.Errorf("%q has a comma; write the rate with a point, for example %s", s,
			strings.ReplaceAll(s, ",", "."))
	case strings.HasPrefix(s, "-") && rateForm.MatchString(s[1:]):
		return decimal.Zero, fmt.Errorf("%q is negative; a rate is greater than 0", s)
	case !rateForm.MatchString(s):
		return decimal.Zero, fmt.Errorf("%q is not a plain decimal number; write digits and at most one point, "+
			"for example 1.0842", s)
	}
	if i := strings.IndexByte(s, '.'); i >= 0 && len(s)-i-1 > RateDecimals {
		return decimal.Zero, fmt.Errorf("%q has %d decimals; a rate has at most %d", s, len(s)-i-1, RateDecimals)
	}
	v, err := decimal.NewFromString(s)
	if err != nil {
		return v, fmt.Errorf("%q is not a number: %w", s, err)
	}
	if !v.IsPositive() {
		return v, fmt.Errorf("%q is not greater than 0", s)
	}
	return v, nil
}

// Sums adds amounts per currency; it never mixes them.
type Sums map[string]decimal.Decimal

// Add adds one amount.
func (s Sums) Add(v decimal.Decimal, code string) { s[code] = s[code].Add(v) }

// Amounts returns the sums in order of their currency codes.
func (s Sums) Amounts() []Amount {
	out := make([]Amount, 0, len(s))
	for code, v := range s {
		out = append(out, Amount{Value: v, Currency: code})
	}
	slices.SortFunc(out, func(a, b Amount) int { return strings.Compare(a.Currency, b.Currency) })
	return out
}
