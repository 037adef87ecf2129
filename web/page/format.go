package page

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/internal/transfer"
	"handover/views/ui"
)

// Style is the one formatter of numbers, money, dates and times on pages. Its zero value is UTC with the
// usual styles. CSV files and the API have machine formats of their own.
type Style struct {
	zone    *time.Location // nil = UTC
	day     string         // layout of a day, "" = the usual one
	grouped string         // between groups of three digits, "" = a comma
	point   string         // before the decimals, "" = a point
}

// dayLayouts are the date styles.
var dayLayouts = map[string]string{
	"day_month": "2 Jan 2006", "month_day": "Jan 2, 2006", "year_month_day": time.DateOnly, "dots": "02.01.2006",
	"slashes": "02/01/2006",
}

// separators are the number styles: between groups of digits, and before the decimals.
var separators = map[string][2]string{
	"comma_point": {",", "."}, "point_comma": {".", ","}, "space_comma": {"\u202f", ","},
	"apostrophe_point": {"\u2019", "."},
}

// Minus is the sign of negative numbers on pages.
const Minus = "\u2212"

// StyleOf returns the formatter of a person's settings.
func StyleOf(s identity.StaffSettings) Style {
	zone, err := time.LoadLocation(s.TimeZone)
	if err != nil { // a zone that this machine does not know
		zone = time.UTC
	}
	marks := separators[s.NumberStyle]
	return Style{zone: zone, day: dayLayouts[s.DateStyle], grouped: marks[0], point: marks[1]}
}

// Zone returns the reader's time zone.
func (s Style) Zone() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

func (s Style) dayLayout() string {
	if s.day == "" {
		return dayLayouts["day_month"]
	}
	return s.day
}

// symbols are the currencies with an unambiguous sign of their own; all others are shown
// by their code.
var symbols = map[string]string{
	"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "TRY": "₺", "UAH": "₴",
	"VND": "₫",
}

// Money writes an amount: "€ 1,230.00", "−€ 92.00", "CHF 5.00".
func (s Style) Money(v decimal.Decimal, currency string) string {
	sign, ok := symbols[currency]
	if !ok {
		sign = currency
	}
	digits, negative := strings.CutPrefix(s.digits(money.Format(v, currency)), Minus)
	if negative {
		return Minus + sign + " " + digits
	}
	return sign + " " + digits
}

// Amount is Money for an amount that carries its currency.
func (s Style) Amount(a money.Amount) string { return s.Money(a.Value, a.Currency) }

// Shown writes an amount of the engine.
func (s Style) Shown(a transfer.Amount) string {
	v, err := decimal.NewFromString(a.Amount)
	if err != nil {
		return a.Amount + " " + a.Currency
	}
	return s.Money(v, a.Currency)
}

// NumberText is Number for a decimal that the engine wrote; what is none stays as it is.
func (s Style) NumberText(text string) string {
	v, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return s.Number(v)
}

// Value writes a stored value of any column: a decimal, a day or a moment in the reader's style, anything
// else as it is. More decimals than an amount has are those of a rate, without idle zeros.
func (s Style) Value(text string) string {
	if decimals := decimalValue.FindStringSubmatch(text); decimals != nil {
		if len(decimals[1]) > 4 {
			return s.NumberText(text)
		}
		return s.digits(text)
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return s.Moment(at).Words()
	}
	return s.DayText(text)
}

var decimalValue = regexp.MustCompile(`^-?\d+\.(\d+)$`)

// Number writes a quantity or a rate with the decimals that it has: "1,230.5", "0.8637".
func (s Style) Number(v decimal.Decimal) string { return s.digits(money.Plain(v)) }

// Count writes a whole number: "2,418".
func (s Style) Count(n int) string { return s.digits(strconv.Itoa(n)) }

// Plural writes a count with its word: "1 customer", "2,418 customers".
func (s Style) Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return s.Count(n) + " " + many
}

// Total writes how many rows a list has: "2,418 customers", "about 24,180 customers".
func (s Style) Total(t db.Total, one, many string) string {
	if t.Estimated {
		return "about " + s.Plural(int(t.Rows), one, many)
	}
	return s.Plural(int(t.Rows), one, many)
}

// digits groups the digits of a plain decimal and gives it a true minus; there is no minus zero.
func (s Style) digits(plain string) string {
	group, point := s.grouped, s.point
	if point == "" {
		group, point = ",", "."
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	whole, negative := strings.CutPrefix(whole, "-")
	var out strings.Builder
	if negative && strings.Trim(plain, "-0.") != "" {
		out.WriteString(Minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteString(group)
		}
		out.WriteRune(r)
	}
	if fraction != "" {
		out.WriteString(point + fraction)
	}
	return out.String()
}

// Date writes a calendar day, which has no time zone.
func (s Style) Date(day time.Time) ui.When {
	if day.IsZero() {
		return ui.When{}
	}
	return ui.When{
		Text: day.Format(s.dayLayout()), ISO: day.Format(time.DateOnly),
		Full: day.Format("Monday, 2 January 2006"),
	}
}

// Day is Date for a day that may be missing.
func (s Style) Day(day *time.Time) ui.When {
	if day == nil {
		return ui.When{}
	}
	return s.Date(*day)
}

// Time writes a moment to the minute: "21 Nov 2026, 14:02", in the reader's time zone.
func (s Style) Time(t time.Time) ui.When { return s.moment(t, "15:04") }

// Moment writes a moment to the second: "21 Nov 2026, 14:02:11".
func (s Style) Moment(t time.Time) ui.When { return s.moment(t, "15:04:05") }

// Clock writes a time of day with its zone: "14:02 Europe/Oslo".
func (s Style) Clock(t time.Time) string { return t.In(s.Zone()).Format("15:04 ") + s.Zone().String() }

func (s Style) moment(t time.Time, clock string) ui.When {
	if t.IsZero() {
		return ui.When{}
	}
	here := t.In(s.Zone())
	return ui.When{
		Text: here.Format(s.dayLayout() + ", " + clock), Zone: s.Zone().String(), ISO: t.UTC().Format(time.RFC3339),
		Full: here.Format("Monday, 2 January 2006, 15:04:05 ") + s.Zone().String(),
	}
}

// DayText writes a day of a request for people; what is none stays as it was typed.
func (s Style) DayText(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return s.Date(day).Text
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
