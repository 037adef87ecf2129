package page

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/identity"
	"handover/views/ui"
)

func TestMoneyIsWrittenWithCurrencyAndTrueMinus(t *testing.T) {
	t.Parallel()
	tests := []struct{ amount, currency, want string }{
		{"1230", "EUR", "€ 1,230.00"},
		{"-92", "EUR", "−€ 92.00"},
		{"0", "EUR", "€ 0.00"},
		{"-0.004", "EUR", "€ 0.00"},
		{"0.005", "EUR", "€ 0.00"},
		{"0.015", "EUR", "€ 0.02"},
		{"48200", "JPY", "¥ 48,200"},
		{"1234.5678", "KWD", "KWD 1,234.568"},
		{"310.2", "GBP", "£ 310.20"},
		{"999", "USD", "$ 999.00"},
		{"1000000", "CHF", "CHF 1,000,000.00"},
		{"-123456789012345.67", "SEK", "−SEK 123,456,789,012,345.67"},
		{"100", "CNY", "CNY 100.00"},
	}
	for _, tt := range tests {
		if got := (Style{}).Money(decimal.RequireFromString(tt.amount), tt.currency); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.amount, tt.currency, got, tt.want)
		}
	}
}

func TestNumberStyles(t *testing.T) {
	t.Parallel()
	for style, want := range map[string]string{
		"": "−€ 1,234,567.50", "comma_point": "−€ 1,234,567.50", "point_comma": "−€ 1.234.567,50",
		"space_comma": "−€ 1\u202f234\u202f567,50", "apostrophe_point": "−€ 1’234’567.50",
	} {
		s := StyleOf(identity.StaffSettings{NumberStyle: style})
		if got := s.Money(decimal.RequireFromString("-1234567.5"), "EUR"); got != want {
			t.Errorf("%s: got %q, want %q", style, got, want)
		}
	}
	s := StyleOf(identity.StaffSettings{NumberStyle: "point_comma"})
	for text, want := range map[string]string{
		"0.8637000000": "0,8637", "1234.5": "1.234,5", "-0.00": "0", "12": "12", "no number": "no number",
	} {
		if got := s.NumberText(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0", 12: "12", 999: "999", 1000: "1,000", 2418: "2,418",
		-1234567: "−1,234,567", -100: "−100",
	} {
		if got := (Style{}).Count(n); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
	for n, want := range map[int]string{0: "0 customers", 1: "1 customer", 2418: "2,418 customers"} {
		if got := (Style{}).Plural(n, "customer", "customers"); got != want {
			t.Errorf("%d: got %s", n, got)
		}
	}
}

// One moment is another day in each of the three zones' pages only where the border lies between them.
func TestDatesInThreeZonesAcrossADayBorder(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, 11, 21, 22, 2, 11, 0, time.UTC)
	for _, tt := range []struct{ zone, style, time, moment, full string }{
		{
			"UTC", "day_month", "21 Nov 2026, 22:02 UTC", "21 Nov 2026, 22:02:11 UTC",
			"Saturday, 21 November 2026, 22:02:11 UTC",
		},
		{
			"Asia/Tokyo", "year_month_day", "2026-11-22, 07:02 Asia/Tokyo", "2026-11-22, 07:02:11 Asia/Tokyo",
			"Sunday, 22 November 2026, 07:02:11 Asia/Tokyo",
		},
		{
			"America/Los_Angeles", "dots", "21.11.2026, 14:02 America/Los_Angeles",
			"21.11.2026, 14:02:11 America/Los_Angeles", "Saturday, 21 November 2026, 14:02:11 America/Los_Angeles",
		},
	} {
		s := StyleOf(identity.StaffSettings{TimeZone: tt.zone, DateStyle: tt.style})
		if got := s.Time(moment).Words(); got != tt.time {
			t.Errorf("%s: got %q, want %q", tt.zone, got, tt.time)
		}
		got := s.Moment(moment)
		if got.Words() != tt.moment || got.Full != tt.full || got.ISO != "2026-11-21T22:02:11Z" {
			t.Errorf("%s: got %+v", tt.zone, got)
		}
		// A calendar day is the same day everywhere.
		day := s.Date(time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC))
		if day.ISO != "2026-11-21" || day.Zone != "" || day.Full != "Saturday, 21 November 2026" {
			t.Errorf("%s: the day is %+v", tt.zone, day)
		}
	}
}

func TestMissingDates(t *testing.T) {
	t.Parallel()
	s := Style{}
	for name, got := range map[string]ui.When{
		"no day": s.Day(nil), "no time": s.Time(time.Time{}), "no moment": s.Moment(time.Time{}),
		"no date": s.Date(time.Time{}),
	} {
		if got != (ui.When{}) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestSentenceWritesAmountsAndDaysInTheReadersStyle(t *testing.T) {
	t.Parallel()
	s := StyleOf(identity.StaffSettings{NumberStyle: "point_comma", DateStyle: "year_month_day"})
	for text, want := range map[string]string{
		"The balance of 1026.40 EUR is due on 3 Feb 2026.": "The balance of € 1.026,40 is due on 2026-02-03.",
		"It owes -92.00 EUR (48200 JPY).":                  "It owes −€ 92,00 (¥ 48.200).",
		"1 EUR = 0.86 GBP of 3 Feb 2026":                   "1 EUR = 0.86 GBP of 2026-02-03",
		"12.5 EUR has too few decimals":                    "12.5 EUR has too few decimals",
		"10 USB sticks and TO-000007":                      "10 USB sticks and TO-000007",
	} {
		got := s.Sentence(text)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if again := s.Sentence(got); again != got {
			t.Errorf("written twice: %q", again)
		}
	}
	if got := (Style{}).Sentence("2500.00 EUR"); !strings.HasPrefix(got, "€ 2,500.00") {
		t.Errorf("the usual style writes %q", got)
	}
}

func TestValueWritesStoredValues(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0.8637000000": "0.8637", "12": "12", "1211.00": "1,211.00", "2026-02-03": "3 Feb 2026", "C-000017": "C-000017",
		"active":               "active",
		"2026-02-03T10:00:00Z": "3 Feb 2026, 10:00:00 UTC",
	} {
		if got := (Style{}).Value(text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
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
