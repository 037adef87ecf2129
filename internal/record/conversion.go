package record

// conversion says how an unbilled record of a kind is rewritten in a distributor transfer.
type conversion struct {
	Amount string // what it amounts to then: an expression over a row t
	Method string // by which method: an expression over a row t

	// Priced kinds follow the subscription's price, so that a plan that was chosen changes
	// them in the same currency too.
	Priced bool
}

// The values that the conversions read per subscription, in the order of @repriced.
const (
	place    = `array_position(@repriced::bigint[], t.subscription_id)`
	oldPrice = `(@old_prices::text[])[` + place + `]::numeric`
	newPrice = `(@new_prices::text[])[` + place + `]::numeric`
	oldTerm  = `(@old_terms::text[])[` + place + `]::numeric`
	newTerm  = `(@new_terms::text[])[` + place + `]::numeric`

	atRate      = `round_half_even(t.amount * @rate::numeric, @decimals::int)`
	namedRate   = `@at_rate::text`
	atNewPrice  = `ratio_half_even(t.amount * ` + newPrice + `, ` + oldPrice + `, @decimals::int)`
	namedPrices = `(@at_prices::text[])[` + place + `]`
)

// The conversions of the kinds (docs/domain.md 2.1, step 3). Charges and usage are worth what
// they are; schedules follow the price, but for what is recognised already, and where there was
// no price.
var (
	worthIt       = conversion{Amount: atRate, Method: namedRate}
	billedByPrice = conversion{
		Amount: `case when t.amount = ` + oldTerm + ` then ` + newTerm + ` when ` + oldPrice + ` = 0 then ` + atRate +
			` else ` + atNewPrice + ` end`,
		Method: `case when t.amount <> ` + oldTerm + ` and ` + oldPrice + ` = 0 then ` + namedRate + ` else ` +
			namedPrices + ` end`,
		Priced: true,
	}
	earnedByPrice = conversion{
		Amount: `case when t.recognized or ` + oldPrice + ` = 0 then ` + atRate + ` else ` + atNewPrice + ` end`,
		Method: `case when t.recognized or ` + oldPrice + ` = 0 then ` + namedRate + ` else ` + namedPrices + ` end`,
		Priced: true,
	}
)

// Which are the records t of the kind that are rewritten, among those that move.
func (c conversion) Which() string {
	if c.Priced {
		return "t.subscription_id = any(@repriced::bigint[])"
	}
	return "true"
}
