package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
	"handover/views/ui"
)

// symbols are the currencies with an unambiguous sign of their own; all others are shown
// by their code.
var symbols = map[string]string{
	"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "TRY": "₺", "UAH": "₴",
	"VND": "₫",
}

// FormatMoney writes an amount for people: "€ 1,230.00", "-€ 92.00", "CHF 5.00".
func FormatMoney(v decimal.Decimal, currency string) string {
	sign, ok := symbols[currency]
	if !ok {
		sign = currency
	}
	text := money.Format(v, currency)
	digits, negative := strings.CutPrefix(text, "-")
	if negative && strings.Trim(digits, "0.") == "" {
		negative = false
	}
	out := sign + " " + GroupThousands(digits)
	if negative {
		return "-" + out
	}
	return out
}

// FormatAmount is formatMoney for an amount that carries its currency.
func FormatAmount(a money.Amount) string { return FormatMoney(a.Value, a.Currency) }

// FormatCount writes a number with thousands separators: "2,418".
func FormatCount[N int | int32 | int64](n N) string {
	return GroupThousands(strconv.FormatInt(int64(n), 10))
}

// Plural writes a count with its word: "1 customer", "2,418 customers".
func Plural[N int | int32 | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return FormatCount(n) + " " + many
}

// GroupThousands puts a comma between groups of three digits before the point.
func GroupThousands(digits string) string {
	whole, fraction, _ := strings.Cut(digits, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	var out strings.Builder
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteByte(',')
		}
		out.WriteRune(r)
	}
	if fraction != "" {
		return sign + out.String() + "." + fraction
	}
	return sign + out.String()
}

// DateForm is the one form of dates.
const DateForm = "2 Jan 2006"

// FormatDate writes a calendar day.
func FormatDate(day time.Time) ui.When {
	if day.IsZero() {
		return ui.When{}
	}
	return ui.When{
		Text: day.Format(DateForm), ISO: day.Format(time.DateOnly),
		Full: day.Format("Monday, 2 January 2006"),
	}
}

// FormatDay is formatDate for a day that may be missing.
func FormatDay(day *time.Time) ui.When {
	if day == nil {
		return ui.When{}
	}
	return FormatDate(*day)
}

// FormatTime writes the day of a moment; the full time is shown on hover.
func FormatTime(t time.Time) ui.When {
	if t.IsZero() {
		return ui.When{}
	}
	t = t.UTC()
	return ui.When{
		Text: t.Format(DateForm), ISO: t.Format(time.RFC3339),
		Full: t.Format("Monday, 2 January 2006, 15:04:05 MST"),
	}
}

// FormatMoment writes a moment with its time of day: "21 Nov 2026, 14:02:11".
func FormatMoment(t time.Time) ui.When {
	w := FormatTime(t)
	if w.Text != "" {
		w.Text = t.UTC().Format(DateForm + ", 15:04:05")
	}
	return w
}

// DayText writes a day of a request for people; what is none stays as it was typed.
func DayText(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return FormatDate(day).Text
}

// Note joins what there is.
func Note(parts ...string) string {
	var out []string
	for _, part := range parts {
		if part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, ", ")
}

// ActionWords turns the code of an audited action into words: "Transfer: execute".
func ActionWords(code string) string {
	return UpperFirst(strings.NewReplacer(".", ": ", "_", " ").Replace(code))
}
