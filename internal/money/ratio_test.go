package money_test

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handover/internal/money"
)

func TestRatioRoundsTheExactQuotientHalfEven(t *testing.T) {
	t.Parallel()
	cases := []struct{ n, d, want string }{
		{"1", "1.1612", "0.8611780916"},
		{"0.8612", "1.0842", "0.7943183914"},
		{"1", "2048", "0.0004882812"},             // 0.00048828125: a half, down to even
		{"3", "2048", "0.0014648438"},             // 0.00146484375: a half, up to even
		{"1", "2047.9999999", "0.0004882813"},     // just above the half
		{"-1", "2048", "-0.0004882812"},           // the sign changes nothing
		{"-3", "2048", "-0.0014648438"},           //
		{"1", "3", "0.3333333333"},                //
		{"2", "3", "0.6666666667"},                //
		{"1", "100000000000", "0"},                // too small for ten decimals
		{"1", "19999999999.9999", "0.0000000001"}, // just above half a step
		{"1", "20000000000", "0"},                 // half a step, to even
	}
	for _, c := range cases {
		n, d := decimal.RequireFromString(c.n), decimal.RequireFromString(c.d)
		if got := money.Ratio(n, d, 10); !got.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("Ratio(%s, %s, 10) = %s, want %s", c.n, c.d, got, c.want)
		}
	}
}

func TestRatioIsNeverMoreThanHalfAStepOff(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := decimal.New(rapid.Int64().Draw(t, "n"), -6)
		d := decimal.New(rapid.Int64Range(1, 1<<50).Draw(t, "d"), -6)
		got := money.Ratio(n, d, 10)
		off := new(big.Rat).Sub(new(big.Rat).Quo(n.Rat(), d.Rat()), got.Rat())
		if off.Abs(off).Cmp(big.NewRat(1, 2*10_000_000_000)) > 0 {
			t.Fatalf("Ratio(%s, %s, 10) = %s is off by %s", n, d, got, off.FloatString(14))
		}
		if got.Exponent() < -10 {
			t.Fatalf("%s has more than 10 decimals", got)
		}
	})
}
