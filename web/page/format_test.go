package page

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handover/views/ui"
)

func TestFormatMoney(t *testing.T) {
	t.Parallel()
	tests := []struct{ amount, currency, want string }{
		{"1230", "EUR", "€ 1,230.00"},
		{"-92", "EUR", "-€ 92.00"},
		{"0", "EUR", "€ 0.00"},
		{"-0.004", "EUR", "€ 0.00"},
		{"0.005", "EUR", "€ 0.00"},
		{"0.015", "EUR", "€ 0.02"},
		{"48200", "JPY", "¥ 48,200"},
		{"1234.5678", "KWD", "KWD 1,234.568"},
		{"310.2", "GBP", "£ 310.20"},
		{"999", "USD", "$ 999.00"},
		{"1000000", "CHF", "CHF 1,000,000.00"},
		{"-123456789012345.67", "SEK", "-SEK 123,456,789,012,345.67"},
		{"100", "CNY", "CNY 100.00"},
	}
	for _, tt := range tests {
		if got := FormatMoney(decimal.RequireFromString(tt.amount), tt.currency); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.amount, tt.currency, got, tt.want)
		}
	}
}

func TestFormatCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0", 12: "12", 999: "999", 1000: "1,000", 2418: "2,418",
		-1234567: "-1,234,567", -100: "-100",
	} {
		if got := FormatCount(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
	for n, want := range map[int64]string{0: "0 customers", 1: "1 customer", 2418: "2,418 customers"} {
		if got := Plural(n, "customer", "customers"); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}

func TestFormatDates(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("UTC+2", 2*3600)
	moment := time.Date(2026, 11, 22, 0, 2, 11, 0, east)
	tests := []struct {
		name      string
		got, want ui.When
	}{
		{"day", FormatDate(time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)), ui.When{
			Text: "2 Jan 2026", ISO: "2026-01-02",
			Full: "Friday, 2 January 2026",
		}},
		{"time", FormatTime(moment), ui.When{
			Text: "21 Nov 2026", ISO: "2026-11-21T22:02:11Z",
			Full: "Saturday, 21 November 2026, 22:02:11 UTC",
		}},
		{"moment", FormatMoment(moment), ui.When{
			Text: "21 Nov 2026, 22:02:11", ISO: "2026-11-21T22:02:11Z",
			Full: "Saturday, 21 November 2026, 22:02:11 UTC",
		}},
		{"no day", FormatDay(nil), ui.When{}},
		{"no time", FormatTime(time.Time{}), ui.When{}},
		{"no moment", FormatMoment(time.Time{}), ui.When{}},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %+v", tt.name, tt.got)
		}
	}
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ada Meyer": "AM", "ada": "A", "Éva van der Berg": "ÉB", "": "",
		"  ": "",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q: got %q", name, got)
		}
	}
}
