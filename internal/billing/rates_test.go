package billing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/testdb"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func ptr[T any](v T) *T { return &v }

func rateLines(rows []billing.Rate) []string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%s %s/%s %s %s", r.On.Format("01-02"), r.From, r.To,
			money.Plain(r.Rate), r.Source))
	}
	return out
}

func TestRatesAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	insertRates(t, pool, []rateRow{
		{"2026-01-02", "EUR", "USD", "1.1", "ECB"},
		{"2026-01-03", "EUR", "USD", "1.2", "ECB"},
		{"2026-01-03", "EUR", "GBP", "0.8", "ECB"},
		{"2026-01-01", "GBP", "USD", "1.3", "Treasury"},
		{"2026-01-03", "EUR", "USD", "1.25", "Treasury"},
	})
	cases := []struct {
		name   string
		filter billing.RateFilter
		want   []string
	}{
		{"all", billing.RateFilter{}, []string{
			"01-03 EUR/USD 1.25 Treasury", "01-03 EUR/GBP 0.8 ECB", "01-03 EUR/USD 1.2 ECB", "01-02 EUR/USD 1.1 ECB",
			"01-01 GBP/USD 1.3 Treasury",
		}},
		{
			"one currency on either side",
			billing.RateFilter{Currency: "GBP"},
			[]string{"01-03 EUR/GBP 0.8 ECB", "01-01 GBP/USD 1.3 Treasury"},
		},
		{
			"a pair in either direction",
			billing.RateFilter{Currency: "USD", Other: "GBP"},
			[]string{"01-01 GBP/USD 1.3 Treasury"},
		},
		{"a pair that has no rate", billing.RateFilter{Currency: "USD", Other: "CHF"}, nil},
		{
			"since and until",
			billing.RateFilter{Since: ptr(day("2026-01-02")), Until: ptr(day("2026-01-02"))},
			[]string{"01-02 EUR/USD 1.1 ECB"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.filter.Page.Size = 50
			got, err := billing.Rates(t.Context(), pool, c.filter)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, rateLines(got.Rows)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRatesPageByPageForthAndBack(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var rows []rateRow
	for i := 1; i <= 9; i++ {
		rows = append(rows, rateRow{
			fmt.Sprintf("2026-01-%02d", (i+1)/2), "EUR", []string{"USD", "GBP"}[i%2],
			fmt.Sprint(i), "ECB",
		})
	}
	insertRates(t, pool, rows)
	page := db.Page{Size: 4}
	var forth, back []string
	var last db.Part[billing.Rate]
	for range 3 {
		part, err := billing.Rates(t.Context(), pool, billing.RateFilter{Page: page})
		if err != nil {
			t.Fatal(err)
		}
		forth = append(forth, rateLines(part.Rows)...)
		last, page.After = part, part.After
	}
	if len(forth) != 9 || last.After != "" || last.Before == "" {
		t.Fatalf("read %d rows, cursors %q %q, want 9 and an end", len(forth), last.Before, last.After)
	}
	back = rateLines(last.Rows)
	for last.Before != "" {
		part, err := billing.Rates(t.Context(), pool, billing.RateFilter{Page: db.Page{Size: 4, Before: last.Before}})
		if err != nil {
			t.Fatal(err)
		}
		back = append(rateLines(part.Rows), back...)
		last = part
	}
	if diff := cmp.Diff(forth, back); diff != "" {
		t.Error(diff)
	}
}

func TestAddRate(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	actor := audit.Actor{ID: w.Staff(testdb.Staff{}).ID, Name: "Ada Holm"}
	n := billing.NewRate{On: "2026-01-02", From: "EUR", To: "USD", Rate: " 1.0842 ", Source: "Treasury"}
	if _, err := billing.AddRate(t.Context(), pool, actor, n); err != nil {
		t.Fatal(err)
	}
	if got := w.Text(`select from_currency || to_currency || rate || source || on_date from exchange_rates`); got !=
		"EURUSD1.0842Treasury2026-01-02" {
		t.Errorf("the table has %s", got)
	}
	want := `{"on": "2026-01-02", "to": "USD", "from": "EUR", "rate": "1.0842", "source": "Treasury"}`
	if got := w.Text(`select after from audit_entries where action = 'rate.add' and before is null`); got != want {
		t.Errorf("the audit log has %s, want %s", got, want)
	}
	_, err := billing.AddRate(t.Context(), pool, actor, n)
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "1 EUR = 1.0842 USD of 2 Jan 2026, Treasury") {
		t.Errorf("the same again: %v", err)
	}
	if got := w.Text(`select count(*) from audit_entries`); got != "1" {
		t.Errorf("%s audit entries, want 1", got)
	}
	n.Source = ""
	if _, err := billing.AddRate(t.Context(), pool, actor, n); err != nil {
		t.Errorf("the same of another source: %v", err)
	}
}

func TestAddRateNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	good := billing.NewRate{On: "2026-01-02", From: "EUR", To: "USD", Rate: "1.0842"}
	with := func(change func(*billing.NewRate)) billing.NewRate {
		n := good
		change(&n)
		return n
	}
	cases := []struct {
		name string
		rate billing.NewRate
		want string
	}{
		{
			"nothing at all",
			billing.NewRate{},
			"from: Enter a currency code, for example EUR.; to: Enter a currency code, for example EUR.; " +
				"on: Enter the date of the rate.; rate: Enter a rate, for example 1.0842.",
		},
		{"no currency", with(func(n *billing.NewRate) {
			n.From = "XXQ"
		}), `from: "XXQ" is not an ISO 4217 currency code like EUR.`},
		{"a code in small letters", with(func(n *billing.NewRate) {
			n.To = "usd"
		}), `to: "usd" is not an ISO 4217 currency code like EUR.`},
		{"one currency twice", with(func(n *billing.NewRate) {
			n.To = "EUR"
		}), "to: EUR is on both sides; a rate converts one currency into another."},
		{"a negative rate", with(func(n *billing.NewRate) {
			n.Rate = "-1"
		}), `rate: "-1" is negative; a rate is greater than 0.`},
		{"zero", with(func(n *billing.NewRate) { n.Rate = "0.0" }), `rate: "0.0" is not greater than 0.`},
		{"an exponent", with(func(n *billing.NewRate) {
			n.Rate = "1e3"
		}), `rate: "1e3" is not a plain decimal number; write digits and at most one point, for example 1.0842.`},
		{"eleven decimals", with(func(n *billing.NewRate) {
			n.Rate = "0.12345678901"
		}), `rate: "0.12345678901" has 11 decimals; a rate has at most 10.`},
		{"no date", with(func(n *billing.NewRate) {
			n.On = "31.01.2026"
		}), `on: "31.01.2026" is not a date; write year, month and day, for example 2026-01-31.`},
		{"the year 0", with(func(n *billing.NewRate) {
			n.On = "0000-01-31"
		}), `on: "0000-01-31" is not a date; write year, month and day, for example 2026-01-31.`},
		{"the future", with(func(n *billing.NewRate) {
			n.On = "2999-12-31"
		}), "on: 31 Dec 2999 is in the future; the rate would be proposed at once."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := billing.AddRate(t.Context(), pool, audit.Actor{}, c.rate)
			if !fault.Is(err, fault.Invalid) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
