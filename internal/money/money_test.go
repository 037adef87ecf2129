package money_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"handover/internal/money"
	"handover/internal/testdb"
)

func TestRoundIsHalfEvenToTheMinorUnit(t *testing.T) {
	for _, c := range []struct{ value, currency, want string }{
		{"2.345", "EUR", "2.34"},
		{"2.355", "EUR", "2.36"},
		{"-2.345", "EUR", "-2.34"},
		{"2.5", "JPY", "2"},
		{"3.5", "JPY", "4"},
		{"1.0005", "KWD", "1.000"},
		{"1.0015", "KWD", "1.002"},
		{"1.00005", "CLF", "1.0000"},
		{"-0.004", "EUR", "0.00"},
	} {
		if got := money.Format(decimal.RequireFromString(c.value), c.currency); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.value, c.currency, got, c.want)
		}
	}
}

func TestParseRate(t *testing.T) {
	for _, good := range []string{"1", "1.0842", "0.0000000001", " 0.5 ", "100000"} {
		if v, err := money.ParseRate(good); err != nil || !v.IsPositive() {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, says := range map[string]string{
		"": "enter a rate", "0": "greater than 0", "0.000": "greater than 0", "-1": "negative", "abc": "plain decimal",
		"1e5": "plain decimal", "1,08": "write the rate with a point, for example 1.08", "0.12345678901": "11 decimals",
		"1.2.3": "plain decimal", "+1": "plain decimal", ".5": "plain decimal", "1.": "plain decimal",
		"٣":     "plain decimal",
		"1\x00": "plain decimal", "9999999999999999": "plain decimal",
	} {
		if _, err := money.ParseRate(bad); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: got %v, want a sentence with %q", bad, err, says)
		}
	}
}

func TestParseAmountKnowsTheCurrency(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		ok             bool
	}{
		{"12.50", "EUR", true},
		{"12.500", "EUR", true},
		{"12.505", "EUR", false},
		{"12", "JPY", true},
		{"12.5", "JPY", false},
		{"1.234", "KWD", true},
		{"1e2", "EUR", false},
		{"", "EUR", false},
		{"-3.10", "EUR", true},
	} {
		if _, err := money.ParseAmount(c.text, c.currency); (err == nil) != c.ok {
			t.Errorf("%q %s: %v", c.text, c.currency, err)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"1.50": "1.5", "100": "100", "0.00": "0", "-0.0": "0", "10.00": "10",
		"0.0001": "0.0001",
	} {
		if got := money.Plain(decimal.RequireFromString(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestDatabaseAgrees compares the table of currencies and the database's rounding
// with this package's: one rule, two places that must not part.
func TestDatabaseAgrees(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var rows []struct {
		Code  string
		Units int32 `db:"minor_units"`
	}
	if err := pool.Select(&rows, `select code, minor_units from currencies`); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 150 {
		t.Fatalf("only %d currencies", len(rows))
	}
	for _, r := range rows {
		if n, err := money.MinorUnits(r.Code); err != nil || n != r.Units {
			t.Errorf("%s: the database says %d, money %d (%v)", r.Code, r.Units, n, err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		value := decimal.New(rapid.Int64Range(-1e12, 1e12).Draw(rt, "digits"),
			-rapid.Int32Range(0, 9).Draw(rt, "decimals"))
		row := rows[rapid.IntRange(0, len(rows)-1).Draw(rt, "currency")]
		var got decimal.Decimal
		if err := pool.Get(&got, `select round_half_even($1::numeric, $2::int)`, value, row.Units); err != nil {
			rt.Fatal(err)
		}
		if want := money.Round(value, row.Code); !got.Equal(want) {
			rt.Fatalf("%s %s: the database rounds to %s, money to %s", value, row.Code, got, want)
		}
	})
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"1.0842", "0", "-1", "1e5", "1,08", "0.12345678901"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := money.ParseRate(s)
		if err == nil && (!v.IsPositive() || v.Exponent() < -money.RateDecimals) {
			t.Errorf("%q was read as %s", s, v)
		}
	})
}

func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{
		"12.50", "-0.00", "0", "-1", "1e5", "1,08", "12.505", "999999999999999.99", "1.", ".5",
		"١٢", " 1",
	} {
		f.Add(s, "EUR")
		f.Add(s, "JPY")
		f.Add(s, "KWD")
	}
	f.Add("1.5", "")
	f.Fuzz(func(t *testing.T, s, code string) {
		plain, err := money.ParseDecimal(s)
		if err == nil {
			again, err := money.ParseDecimal(money.Plain(plain))
			if err != nil || !again.Equal(plain) {
				t.Errorf("%q was read as %s, which reads back as %s, %v", s, plain, again, err)
			}
		}
		v, err := money.ParseAmount(s, code)
		if err != nil {
			return
		}
		if !v.Equal(plain) || !v.Equal(money.Round(v, code)) {
			t.Errorf("%q %s was read as %s", s, code, v)
		}
		again, err := money.ParseAmount(money.Format(v, code), code)
		if err != nil || !again.Equal(v) {
			t.Errorf("%q %s is written as %s, which reads back as %s, %v", s, code, money.Format(v, code), again, err)
		}
	})
}
