package engine_test

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// drawRates fills the rate table anew: with a rate for the pair of the request that is right,
// a little off, far off, mistaken for its inverse, old or withdrawn, quoted either way or over
// a third currency, or with none.
func (w *oracleWorld) drawRates(req transfer.Request) {
	w.Exec(`delete from exchange_rates`)
	if req.Kind != record.Distributor || w.seller.Currency == w.other.Currency {
		return
	}
	base, err := decimal.NewFromString(req.ConversionRate)
	if err != nil || !base.IsPositive() {
		base = decimal.NewFromInt(2)
	}
	factors := []string{"1", "1", "1.01", "0.98", "1.02", "1.0205", "0.9799", "1.1", "0.85", "1.19", "0.81"}
	if !w.calm {
		factors = append(factors, "0.83", "1.26", "0.5", "100", "0.01")
	}
	for range w.upTo(2) {
		rate := base.Mul(decimal.RequireFromString(pick(w, factors...)))
		if w.rare(6) {
			rate = decimal.NewFromInt(1).DivRound(base,
				12).Mul(decimal.RequireFromString(pick(w, "1", "1.04", "0.96", "1.06")))
		}
		w.quote(rate, pick(w, "2026-03-10", "2026-03-03", "2026-03-02", "2026-01-15"))
	}
	if w.odds(4) { // a wrong one that was withdrawn
		w.quote(decimal.RequireFromString("77"), "2026-03-10")
		w.Exec(`update exchange_rates set withdrawn_at = now(), withdrawn_reason = 'a mistyped rate' where rate = 77`)
	}
}

// quote enters a rate of the request's pair on a day: direct, inverse, or over a third currency.
func (w *oracleWorld) quote(rate decimal.Decimal, on string) {
	from, to := w.seller.Currency, w.other.Currency
	enter := func(from, to string, rate decimal.Decimal) {
		if rate = rate.Round(10); rate.IsPositive() {
			w.Rate(testdb.Rate{On: on, From: from, To: to, Rate: rate.String(), Source: w.source.Number +
				pick(w, "a", "b", "c", "d", "e", "f", "g", "h") + pick(w, "1", "2", "3", "4", "5")})
		}
	}
	one := decimal.NewFromInt(1)
	switch w.r.IntN(4) {
	case 0, 1:
		enter(from, to, rate)
	case 2:
		enter(to, from, one.DivRound(rate, 12))
	default:
		third := pick(w, "USD", "CHF", "EUR")
		if third == from || third == to {
			third = "USD"
		}
		leg := pick(w, one, decimal.RequireFromString("1.25"), decimal.RequireFromString("0.8"))
		enter(third, from, leg)
		if w.odds(2) {
			enter(third, to, leg.Mul(rate))
		} else {
			enter(to, third, one.DivRound(leg.Mul(rate), 12))
		}
	}
}

// vouch gives some requests a reason for their rate, and most of those an actor who may
// give it.
func (w *oracleWorld) vouch(req transfer.Request, actor audit.Actor, at time.Time) transfer.Request {
	if req.Kind != record.Distributor || w.calm || w.odds(2) {
		return req
	}
	req.RateReason = "agreed with the customer"
	if w.odds(4) {
		return req
	}
	return req.VouchedBy(actor, at)
}

// quoted is the newest live rate of the table from one currency to the other, of a day if
// one is given; of several of one day the one entered last.
func (b books) quoted(from, to, on string) (rate *big.Rat, day string) {
	last := int64(0)
	for _, r := range b["exchange_rates"] {
		if r["withdrawn_at"] != nil || r.text("from_currency") != from || r.text("to_currency") != to || on != "" &&
			r.text("on_date") != on {
			continue
		}
		if d := r.text("on_date"); d > day || d == day && r.id("id") > last {
			rate, day, last = r.sum("rate").Rat(), d, r.id("id")
		}
	}
	return rate, day
}

// leg is the rate of a day in either direction, the direct one before the inverse.
func (b books) leg(from, to, on string) *big.Rat {
	if rate, _ := b.quoted(from, to, on); rate != nil {
		return rate
	}
	if rate, _ := b.quoted(to, from, on); rate != nil {
		return new(big.Rat).Inv(rate)
	}
	return nil
}

// proposal is the rate that the table proposes: the newest direct one, else the inverse of the
// newest inverse, else the newest cross (over EUR, else the first currency by code), to 10
// decimals; nil where there is none.
func (o *oracle) proposal() (rate *big.Rat, on string) {
	from, to := o.source.text("currency"), o.to.text("currency")
	if rate, on = o.b.quoted(from, to, ""); rate != nil {
		if rate = tenDecimals(rate); rate.Sign() > 0 {
			return rate, on
		}
	}
	if rate, on = o.b.quoted(to, from, ""); rate != nil {
		if rate = tenDecimals(new(big.Rat).Inv(rate)); rate.Sign() > 0 {
			return rate, on
		}
	}
	rate, on = nil, ""
	for _, third := range []string{"EUR", "CHF", "GBP", "JPY", "KWD", "USD"} {
		for _, r := range o.b["exchange_rates"] {
			day := r.text("on_date")
			a, b := o.b.leg(from, third, day), o.b.leg(third, to, day)
			if third != from && third != to && a != nil && b != nil && day > on {
				rate, on = new(big.Rat).Mul(a, b), day
			}
		}
	}
	if rate != nil {
		if rate = tenDecimals(rate); rate.Sign() > 0 {
			return rate, on
		}
	}
	return nil, ""
}

// tenDecimals rounds half-even.
func tenDecimals(r *big.Rat) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(10), nil)
	n := new(big.Int).Mul(r.Num(), scale)
	q, rest := new(big.Int).QuoRem(n, r.Denom(), new(big.Int))
	switch new(big.Int).Lsh(rest, 1).Cmp(r.Denom()) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, new(big.Int).And(q, big.NewInt(1)))
	}
	return new(big.Rat).SetFrac(q, scale)
}

// expectRate finds what the rate table says of the rate.
func (o *oracle) expectRate(f findings) {
	if !o.converts() {
		return
	}
	proposed, on := o.proposal()
	rate, wrong := o.rate()
	if proposed == nil {
		f["RATE_UNVERIFIED"] = nil
	} else if dayPlus(on, 7) < o.today[o.source.id("distributor_id")] {
		f["RATE_STALE"] = nil
	}
	if wrong != "" {
		return
	}
	if proposed != nil {
		percent := new(big.Rat).Quo(new(big.Rat).Sub(rate.Rat(), proposed), proposed)
		percent.Abs(percent).Mul(percent, big.NewRat(100, 1))
		switch vouched := o.req.RateReason != "" && o.req.RateAllowed != nil; {
		case percent.Cmp(big.NewRat(20, 1)) > 0 && !vouched:
			f["RATE_IMPLAUSIBLE"] = nil
		case percent.Cmp(big.NewRat(2, 1)) > 0:
			f["RATE_DEVIATES"] = nil
		}
	}
	vanishes := func(v decimal.Decimal) bool {
		return !v.IsZero() && halfEven(v.Mul(rate), o.to.text("currency")).IsZero()
	}
	if o.req.CarryAs != transfer.CarryLeave && vanishes(o.b.balance(o.source.id("id"))) { // what stays is not converted
		f.concern("BALANCE_VANISHES", "customers", o.source)
	}
	for _, c := range o.b.sorted("subscription_charges") {
		if o.moves["subscriptions"][c.id("subscription_id")] && o.b.billing("subscription_charges", c) == nil &&
			vanishes(c.sum("amount")) {
			f.concern("BALANCE_VANISHES", "subscription_charges", c)
		}
	}
}
