package rules

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The checks of this file are about the conversion rate (docs/domain.md 2.1.1 and 4).

func checkRateRequired(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if !s.Converts || s.Request.ConversionRate != "" {
		return nil, nil
	}
	remedy := fmt.Sprintf(remedyEnterRate, s.To.Currency, s.Source.Currency)
	if c := s.RateCheck; c.Proposal != nil {
		remedy = fmt.Sprintf(remedyProposedRate, remedy, money.Plain(c.Proposal.Shown()), c.ProposedOn())
	}
	return One(Found{
		Message: fmt.Sprintf(msgRateNeeded,
			s.Source.Name, s.Source.Currency, s.To.Name, s.To.Currency),
		Remedy:  remedy,
		instead: s.RateCheck.Offer(),
	})
}

func checkRateInvalid(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	if s.RateMistake == "" {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgRateInvalid, s.RateMistake),
		Remedy:  fmt.Sprintf(remedyPlainDecimal, money.RateDecimals),
	})
}

// checkRateImplausible blocks a rate that is far from the proposal and has no allowance.
func checkRateImplausible(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	c := s.RateCheck
	if !c.Implausible() {
		return nil, nil
	}
	offered := money.Plain(c.Proposal.Shown())
	remedy := fmt.Sprintf(remedyUseTableRate,
		offered, billing.ImplausiblePercent)
	if c.Inverse() {
		remedy = fmt.Sprintf(remedyDidYouMean,
			offered, money.Plain(c.Rate), c.To, c.From)
	}
	remedy += fmt.Sprintf(remedyAllowRate,
		billing.MinReason)
	return One(Found{
		Message: fmt.Sprintf(msgRateIs, c.Given(), c.Compared()),
		Remedy:  remedy,
		instead: c.Offer(),
	})
}

// checkRateDeviates has the difference from the proposal acknowledged, with its figure.
func checkRateDeviates(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	c := s.RateCheck
	if !c.Deviates() {
		return nil, nil
	}
	message := fmt.Sprintf(msgRateIs, c.Given(), c.Compared())
	if c.Allowed != nil && c.Beyond(billing.ImplausiblePercent) {
		message += fmt.Sprintf(msgAllowedBy, c.Allowed.Name, c.Reason)
	}
	return One(Found{
		Message: message,
		Remedy: fmt.Sprintf(remedyAgreeRate,
			money.Plain(c.Proposal.Shown())),
		Acknowledgement: fmt.Sprintf(ackRateIs, c.Compared()),
		instead:         c.Offer(),
	})
}

// checkRateStale warns of a proposal that is old: what is compared with it may be right or wrong.
func checkRateStale(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	c := s.RateCheck
	if c.Proposal == nil || c.Age <= situation.StaleDays {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgNewestRate, c.From, c.To,
			c.ProposedOn(), transfer.Plural(c.Age, "day", "days")),
		Remedy:          remedyEnterImportNewerRate,
		Acknowledgement: fmt.Sprintf(ackTableOld, transfer.Plural(c.Age, "day", "days")),
	})
}

// checkRateUnverified warns where the rate table has nothing to compare with.
func checkRateUnverified(_ context.Context, _ db.Querier, s *situation.Situation) ([]Found, error) {
	c := s.RateCheck
	if !s.Converts || c.Proposal != nil {
		return nil, nil
	}
	return One(Found{
		Message: fmt.Sprintf(msgNothingToCompare,
			c.From, c.To),
		Remedy:          remedyCheckRate,
		Acknowledgement: ackRateNotComparedRate,
	})
}

// checkVanishing warns of a balance, and of charges not billed yet, that become zero by the
// conversion though they are not.
func checkVanishing(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	// Where not even the smallest amount of the old currency vanishes, none does.
	smallest := decimal.New(1, -situation.MinorUnits(s.Source.Currency))
	if !s.Converts || !s.HasRate() || !s.Convert(smallest).IsZero() {
		return nil, nil
	}
	var all []Found
	const acknowledgement = ackAmountLost
	if net := s.Carry.Net; !net.IsZero() && s.Convert(net).IsZero() {
		all = append(all, Found{
			Message: fmt.Sprintf(msgBalanceVanishes,
				money.Amount{Value: net, Currency: s.Source.Currency}, s.To.Currency, money.Plain(s.Rate)),
			Remedy:          remedyCheckRateSettleBalance,
			Acknowledgement: acknowledgement,
			Records:         []transfer.Record{{Kind: "customer", Number: s.Source.Number}},
		})
	}
	charges, _ := record.KindOf("subscription_charge")
	lost, _ := movingWhere(s, charges,
		`r.amount <> 0 and round_half_even(r.amount * @rate::numeric, @decimals::int) = 0`)
	moving, err := seek(ctx, q, s, []sought{lost})
	if err != nil || len(moving) == 0 {
		return all, err
	}
	return append(all, Found{
		Message: fmt.Sprintf(msgChargesVanish,
			transfer.Plural(moving[0].count, oneChargeNotBilledYet, manyChargesNotBilledYet),
			s.To.Currency, money.Plain(s.Rate)),
		Remedy:          remedyCheckRateBillCharges,
		Acknowledgement: acknowledgement,
		Records:         moving[0].records,
		Count:           moving[0].count,
	}), nil
}
