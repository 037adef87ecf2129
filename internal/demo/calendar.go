package demo

import (
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"
)

// The financial periods of every distributor, in months around the anchor: they
// begin long before the first document, the oldest ones are closed.
const (
	firstPeriod  = -30
	firstOpen    = -10
	afterPeriods = 13
)

// rateDays is for how many days back there are exchange rates.
const rateDays = 90

// anchorOf returns the day that all dates are relative to: the start of the month.
func anchorOf(today time.Time) time.Time {
	return time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// month returns the same day n months after the anchor.
func (b *builder) month(n int) time.Time { return b.anchor.AddDate(0, n, 0) }

// openPeriods writes the financial periods, a month each.
func (b *builder) openPeriods() {
	for _, d := range b.Distributors {
		for n := firstPeriod; n < afterPeriods; n++ {
			status := "open"
			if n < firstOpen {
				status = "closed"
			}
			b.FinancialPeriods = append(b.FinancialPeriods,
				period{d.ID, b.month(n), b.month(n+1).AddDate(0, 0, -1), status})
		}
	}
}

// quotes are the currencies with a reference rate: what a euro costs, about, and
// to how many decimals it is quoted.
var quotes = []struct {
	currency string
	rate     string
	decimals int32
}{
	{"GBP", "0.8612", 5},
	{"JPY", "168.35", 2},
	{"USD", "1.0842", 4},
	{"CZK", "24.715", 3},
	{"NOK", "11.6480", 4},
}

// quoteRates writes the reference rates as a central bank does: from the euro, on working
// days until today, each a little off the day before. What comes after the anchor is drawn
// apart, so that the rest of the world is the same all month.
func (b *builder) quoteRates() {
	for i, q := range quotes {
		rate := decimal.RequireFromString(q.rate)
		since := rand.New(rand.NewPCG(b.seed, stream+1+uint64(i)))
		for on := b.anchor.AddDate(0, 0, -rateDays); !on.After(b.today); on = on.AddDate(0, 0, 1) {
			if on.Weekday() == time.Saturday || on.Weekday() == time.Sunday {
				continue
			}
			rng := b.rng
			if on.After(b.anchor) {
				rng = since
			}
			drift := decimal.New(int64(rng.IntN(61)-30), -4) // at most 0.3 % a day
			rate = rate.Mul(decimal.NewFromInt(1).Add(drift)).Round(q.decimals)
			b.ExchangeRates = append(b.ExchangeRates, exchangeRate{on, "EUR", q.currency, rate, "ECB"})
		}
	}
}
