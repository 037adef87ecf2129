package transfer

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// rateOrigin says where the rate of a transfer comes from; it is kept on the order.
type rateOrigin struct {
	Source     string
	On         string // YYYY-MM-DD of the rate table, "" when entered by hand
	Derivation string
}

// originOf compares the rate with what the rate table proposes now.
func originOf(ctx context.Context, q db.Querier, from, to string, rate decimal.Decimal) (rateOrigin, error) {
	proposal, err := billing.ProposeRate(ctx, q, from, to)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return rateOrigin{}, err
	}
	if err == nil && proposal.Rate.Equal(rate) {
		return rateOrigin{Source: proposal.Source, On: proposal.On.Format(time.DateOnly), Derivation: proposal.Derivation}, nil
	}
	return rateOrigin{Source: "entered by hand", Derivation: "entered by hand"}, nil
}

// convert turns an amount of the source's currency into the target's: x rate,
// rounded half-even to the new currency's minor unit.
func (s *situation) convert(v decimal.Decimal) decimal.Decimal {
	if !s.converts {
		return v
	}
	return money.Convert(v, s.rate, s.to.Currency)
}
