package situation

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// TestTermLineIsSplitByDays: both parts sum up to the line, whatever the day.
func TestTermLineIsSplitByDays(t *testing.T) {
	t.Parallel()
	day := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ amount, currency, from, to, cut, want string }{
		{"100.00", "EUR", "2026-01-01", "2026-12-31", "2026-06-01", "58.63"},
		{"100", "JPY", "2026-01-01", "2026-12-31", "2026-06-01", "59"},
		{"100.000", "KWD", "2026-01-01", "2026-12-31", "2026-06-01", "58.630"},
		{"100.00", "EUR", "2028-02-01", "2028-02-29", "2028-02-29", "3.45"},
		{"-31.00", "EUR", "2026-03-01", "2026-03-31", "2026-03-22", "-10.00"},
		{"0.05", "EUR", "2026-03-01", "2026-03-02", "2026-03-02", "0.02"},
		{"0.15", "EUR", "2026-03-01", "2026-03-02", "2026-03-02", "0.08"},
		{"9.99", "EUR", "2026-03-01", "2026-03-02", "2026-03-01", "9.99"},
		{"9.99", "EUR", "2026-03-01", "2026-03-02", "2026-02-01", "9.99"},
	} {
		l := termLine{
			Amount: decimal.RequireFromString(c.amount), Currency: c.currency, Start: day(c.from),
			End: day(c.to),
		}
		got, err := l.from(day(c.cut))
		if err != nil || !got.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("%s %s of %s to %s from %s: got %s (%v), want %s", c.amount, c.currency, c.from, c.to, c.cut, got,
				err, c.want)
		}
	}
}
