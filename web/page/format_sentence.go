package page

import (
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// The engine's sentences are the same for pages, API and mails: an amount in them is "1230.00 EUR", a day
// "2 Jan 2006".
var (
	amountInSentence = regexp.MustCompile(
		`1 [A-Z]{3} = [\d.]+ [A-Z]{3}|(^|[^\w.,-])(-?\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})\b`)
	dayInSentence = regexp.MustCompile(
		`\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b`)
)

// Sentence writes the amounts and days of a domain sentence in the reader's style. A rate, "1 EUR = 0.86
// GBP", is no amount.
func (s Style) Sentence(text string) string {
	text = amountInSentence.ReplaceAllStringFunc(text, func(found string) string {
		part := amountInSentence.FindStringSubmatch(found)
		units, err := money.MinorUnits(part[3])
		v, wrong := decimal.NewFromString(part[2])
		if err != nil || wrong != nil || v.Exponent() != -units {
			return found
		}
		return part[1] + s.Money(v, part[3])
	})
	return dayInSentence.ReplaceAllStringFunc(text, func(found string) string {
		day, err := time.Parse("2 Jan 2006", strings.TrimSpace(found))
		if err != nil {
			return found
		}
		return s.Date(day).Text
	})
}
