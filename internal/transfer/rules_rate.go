package transfer

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/money"
)

// The checks of this file are about the conversion rate (docs/domain.md 2.1.1 and 4).

func checkRateRequired(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if !s.converts || s.request.ConversionRate != "" {
		return nil, nil
	}
	remedy := fmt.Sprintf("Enter how many %s one %s is worth.", s.to.Currency, s.source.Currency)
	if c := s.rateCheck; c.Proposal != nil {
		remedy = fmt.Sprintf("%s The rate table proposes %s of %s.", remedy, money.Plain(c.Proposal.Shown()), c.proposedOn())
	}
	return one(found{
		message: fmt.Sprintf("%s is billed in %s and %s sells in %s: the balance needs a conversion rate.",
			s.source.Name, s.source.Currency, s.to.Name, s.to.Currency),
		remedy:  remedy,
		instead: s.rateCheck.offer(),
	})
}

func checkRateInvalid(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	if s.rateMistake == "" {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("The conversion rate cannot be used: %s.", s.rateMistake),
		remedy:  fmt.Sprintf("Enter a plain decimal greater than 0 with at most %d decimals.", money.RateDecimals),
	})
}

// checkRateImplausible blocks a rate that is far from the proposal and has no allowance.
func checkRateImplausible(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	c := s.rateCheck
	if !c.implausible() {
		return nil, nil
	}
	offered := money.Plain(c.Proposal.Shown())
	remedy := fmt.Sprintf("Use the rate %s of the rate table, or enter one that differs from it by at most %d %%.",
		offered, billing.ImplausiblePercent)
	if c.inverse() {
		remedy = fmt.Sprintf("Did you mean %s? %s is about what one %s is worth in %s.",
			offered, money.Plain(c.Rate), c.To, c.From)
	}
	remedy += fmt.Sprintf(" If the rate is right, an administrator or finance can allow it with a reason of %d characters or more.",
		billing.MinReason)
	return one(found{
		message: fmt.Sprintf("%s is %s.", c.given(), c.compared()),
		remedy:  remedy,
		instead: c.offer(),
	})
}

// checkRateDeviates has the difference from the proposal acknowledged, with its figure.
func checkRateDeviates(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	c := s.rateCheck
	if !c.deviates() {
		return nil, nil
	}
	message := fmt.Sprintf("%s is %s.", c.given(), c.compared())
	if c.allowed != nil && c.beyond(billing.ImplausiblePercent) {
		message += fmt.Sprintf(" %s allowed it: “%s”.", c.allowed.Name, c.Reason)
	}
	return one(found{
		message: message,
		remedy: fmt.Sprintf("Use the rate %s of the rate table, or make sure that the one you entered is agreed.",
			money.Plain(c.Proposal.Shown())),
		acknowledgement: fmt.Sprintf("the rate is %s", c.compared()),
		instead:         c.offer(),
	})
}

// checkRateStale warns of a proposal that is old: what is compared with it may be right or wrong.
func checkRateStale(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	c := s.rateCheck
	if c.Proposal == nil || c.Age <= staleDays {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("The newest rate of the rate table from %s to %s is of %s: %s old.", c.From, c.To,
			c.proposedOn(), plural(c.Age, "day", "days")),
		remedy:          "Enter or import a newer rate under Finance > Exchange Rates.",
		acknowledgement: fmt.Sprintf("the rate table is %s old", plural(c.Age, "day", "days")),
	})
}

// checkRateUnverified warns where the rate table has nothing to compare with.
func checkRateUnverified(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	c := s.rateCheck
	if !s.converts || c.Proposal != nil {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("The rate table has no rate from %s to %s: there is nothing to compare the conversion rate with.",
			c.From, c.To),
		remedy:          "Check the rate with a source that you trust, or enter one under Finance > Exchange Rates.",
		acknowledgement: "the rate is not compared with the rate table",
	})
}

// checkVanishing warns of a balance, and of charges not billed yet, that become zero by the
// conversion though they are not.
func checkVanishing(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	// Where not even the smallest amount of the old currency vanishes, none does.
	smallest := decimal.New(1, -minorUnits(s.source.Currency))
	if !s.converts || !s.hasRate() || !s.convert(smallest).IsZero() {
		return nil, nil
	}
	var all []found
	const acknowledgement = "an amount is lost by the conversion"
	if net := s.carry.Net; !net.IsZero() && s.convert(net).IsZero() {
		all = append(all, found{
			message: fmt.Sprintf("The balance of %s becomes zero in %s at the rate %s.",
				money.Amount{Value: net, Currency: s.source.Currency}, s.to.Currency, money.Plain(s.rate)),
			remedy:          "Check the rate, or settle the balance before the transfer.",
			acknowledgement: acknowledgement,
			records:         []Record{{"customer", s.source.Number}},
		})
	}
	charges, _ := KindOf("subscription_charge")
	lost, _ := s.movingWhere(charges, `r.amount <> 0 and round_half_even(r.amount * @rate::numeric, @decimals::int) = 0`)
	moving, err := s.seek(ctx, q, []sought{lost})
	if err != nil || len(moving) == 0 {
		return all, err
	}
	return append(all, found{
		message: fmt.Sprintf("%s zero in %s at the rate %s.",
			plural(moving[0].count, "charge that is not billed yet becomes", "charges that are not billed yet become"),
			s.to.Currency, money.Plain(s.rate)),
		remedy:          "Check the rate, or bill the charges before the transfer.",
		acknowledgement: acknowledgement,
		records:         moving[0].records,
		count:           moving[0].count,
	}), nil
}
