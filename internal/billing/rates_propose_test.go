package billing_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/testdb"
)

type rateRow struct{ on, from, to, rate, source string }

func insertRates(t *testing.T, pool *sqlx.DB, rows []rateRow) {
	t.Helper()
	for _, r := range rows {
		_, err := pool.ExecContext(t.Context(), `
			insert into exchange_rates (on_date, from_currency, to_currency, rate, source)
			values ($1, $2, $3, $4, $5)`, r.on, r.from, r.to, r.rate, r.source)
		if err != nil {
			t.Fatalf("insert rate %v: %v", r, err)
		}
	}
}

func TestProposeRate(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name       string
		rows       []rateRow
		from, to   string
		rate, on   string
		source     string
		derivation string
	}{
		{
			"newest direct rate", []rateRow{
				{"2026-11-20", "EUR", "USD", "1.0842", "ECB"}, {"2026-11-19", "EUR", "USD", "1.0801", "ECB"},
			}, "EUR", "USD", "1.0842", "2026-11-20", "ECB", "direct rate of 20 Nov 2026, ECB",
		},
		{
			"an older direct rate goes before a newer inverse and cross", []rateRow{
				{"2026-01-02", "USD", "GBP", "0.79", "Treasury"},
				{"2026-11-20", "GBP", "USD", "1.3", "ECB"},
				{"2026-11-20", "EUR", "USD", "1.0842", "ECB"},
				{"2026-11-20", "EUR", "GBP", "0.8612", "ECB"},
			}, "USD", "GBP", "0.79", "2026-01-02", "Treasury", "direct rate of 2 Jan 2026, Treasury",
		},
		{
			"of two direct rates of one date the one entered last", []rateRow{
				{"2026-11-20", "EUR", "USD", "1.0842", "ECB"}, {"2026-11-20", "EUR", "USD", "1.09", ""},
			}, "EUR", "USD", "1.09", "2026-11-20", "", "direct rate of 20 Nov 2026",
		},
		{
			"a direct rate of more than ten decimals is rounded half-even", []rateRow{
				{"2026-11-20", "JPY", "EUR", "0.00612345678500", "ECB"},
				{"2026-11-20", "JPY", "GBP", "0.00512345678450", "ECB"},
			}, "JPY", "EUR", "0.0061234568", "2026-11-20", "ECB", "direct rate of 20 Nov 2026, ECB",
		},
		{
			"inverse of the newest inverse",
			[]rateRow{
				{"2026-11-20", "GBP", "EUR", "1.1612", "ECB"}, {"2026-11-18", "GBP", "EUR", "1.2", "ECB"},
			},
			"EUR", "GBP", "0.8611780916", "2026-11-20", "ECB",
			"inverse of 1 GBP = 1.1612 EUR of 20 Nov 2026, ECB: 1 / 1.1612",
		},
		{
			"an inverse on the half goes to even",
			[]rateRow{{"2026-11-20", "EUR", "IDR", "2048", ""}},
			"IDR", "EUR", "0.0004882812", "2026-11-20", "", "inverse of 1 EUR = 2048 IDR of 20 Nov 2026: 1 / 2048",
		},
		{
			"an inverse goes before a newer cross",
			[]rateRow{
				{"2026-01-02", "GBP", "USD", "1.25", "Treasury"},
				{"2026-11-20", "EUR", "USD", "1.0842", "ECB"},
				{"2026-11-20", "EUR", "GBP", "0.8612", "ECB"},
			},
			"USD", "GBP", "0.8", "2026-01-02", "Treasury",
			"inverse of 1 GBP = 1.25 USD of 2 Jan 2026, Treasury: 1 / 1.25",
		},
		{
			"cross of two rates from a common base",
			[]rateRow{
				{"2026-11-20", "EUR", "USD", "1.0842", "ECB"}, {"2026-11-20", "EUR", "GBP", "0.8612", "ECB"},
			},
			"USD", "GBP", "0.7943183914", "2026-11-20", "ECB",
			"cross of EUR→USD 1.0842 and EUR→GBP 0.8612 of 20 Nov 2026, ECB: 0.8612 / 1.0842",
		},
		{
			"cross of legs that go the way",
			[]rateRow{
				{"2026-11-20", "USD", "EUR", "0.92", "A"}, {"2026-11-20", "EUR", "GBP", "0.86", "B"},
			},
			"USD", "GBP", "0.7912", "2026-11-20", "A and B",
			"cross of USD→EUR 0.92 and EUR→GBP 0.86 of 20 Nov 2026, A and B: 0.92 × 0.86",
		},
		{
			"cross of legs to a common currency",
			[]rateRow{
				{"2026-11-20", "USD", "EUR", "0.92", ""}, {"2026-11-20", "GBP", "EUR", "1.15", "B"},
			},
			"USD", "GBP", "0.8", "2026-11-20", "B",
			"cross of USD→EUR 0.92 and GBP→EUR 1.15 of 20 Nov 2026, B: 0.92 / 1.15",
		},
		{
			"cross of legs that go against the way",
			[]rateRow{
				{"2026-11-20", "EUR", "USD", "1.25", "A"}, {"2026-11-20", "GBP", "EUR", "1.6", "A"},
			},
			"USD", "GBP", "0.5", "2026-11-20", "A",
			"cross of EUR→USD 1.25 and GBP→EUR 1.6 of 20 Nov 2026, A: 1 / (1.25 × 1.6)",
		},
		{
			"a cross takes the newest date that has both legs", []rateRow{
				{"2026-11-20", "EUR", "USD", "9", "ECB"},
				{"2026-11-19", "EUR", "USD", "2", "ECB"},
				{"2026-11-19", "EUR", "GBP", "1", "ECB"},
				{"2026-11-18", "EUR", "USD", "3", "ECB"},
				{"2026-11-18", "EUR", "GBP", "1", "ECB"},
			}, "USD", "GBP", "0.5", "2026-11-19", "ECB", "cross of EUR→USD 2 and EUR→GBP 1 of 19 Nov 2026, ECB: 1 / 2",
		},
		{
			"a newer date goes before the euro", []rateRow{
				{"2026-11-20", "CHF", "USD", "2", "SNB"},
				{"2026-11-20", "CHF", "GBP", "1", "SNB"},
				{"2026-11-19", "EUR", "USD", "4", "ECB"},
				{"2026-11-19", "EUR", "GBP", "1", "ECB"},
			}, "USD", "GBP", "0.5", "2026-11-20", "SNB", "cross of CHF→USD 2 and CHF→GBP 1 of 20 Nov 2026, SNB: 1 / 2",
		},
		{
			"on one date the euro goes before other third currencies", []rateRow{
				{"2026-11-20", "CHF", "USD", "2", "SNB"},
				{"2026-11-20", "CHF", "GBP", "1", "SNB"},
				{"2026-11-20", "EUR", "USD", "4", "ECB"},
				{"2026-11-20", "EUR", "GBP", "1", "ECB"},
			}, "USD", "GBP", "0.25", "2026-11-20", "ECB", "cross of EUR→USD 4 and EUR→GBP 1 of 20 Nov 2026, ECB: 1 / 4",
		},
		{
			"of two legs of one pair and date the one entered last",
			[]rateRow{
				{"2026-11-20", "EUR", "USD", "4", "ECB"},
				{"2026-11-20", "EUR", "GBP", "1", "ECB"},
				{"2026-11-20", "EUR", "USD", "5", "Treasury"},
			},
			"USD", "GBP", "0.2", "2026-11-20", "Treasury and ECB",
			"cross of EUR→USD 5 and EUR→GBP 1 of 20 Nov 2026, Treasury and ECB: 1 / 5",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			insertRates(t, pool, c.rows)
			got, err := billing.ProposeRate(t.Context(), pool, c.from, c.to)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Rate.Equal(decimal.RequireFromString(c.rate)) || got.On.Format("2006-01-02") != c.on ||
				got.Source != c.source || got.Derivation != c.derivation {
				t.Errorf("got %s of %s by %q: %q\nwant %s of %s by %q: %q", got.Rate, got.On.Format("2006-01-02"),
					got.Source, got.Derivation, c.rate, c.on, c.source, c.derivation)
			}
		})
	}
}

func TestProposeRateSaysWhenThereIsNone(t *testing.T) {
	t.Parallel()
	cases := map[string][]rateRow{
		"an empty table":       nil,
		"legs of two dates":    {{"2026-11-20", "EUR", "USD", "2", "ECB"}, {"2026-11-19", "EUR", "GBP", "1", "ECB"}},
		"one leg":              {{"2026-11-20", "EUR", "USD", "2", "ECB"}},
		"two currencies apart": {{"2026-11-20", "USD", "EUR", "2", ""}, {"2026-11-20", "CHF", "GBP", "2", ""}},
		"an inverse too small": {{"2026-11-20", "GBP", "USD", "900000000000", ""}},
	}
	for name, rows := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			insertRates(t, pool, rows)
			got, err := billing.ProposeRate(t.Context(), pool, "USD", "GBP")
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("got %+v, %v, want a NotFound fault", got, err)
			}
		})
	}
}
