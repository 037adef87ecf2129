package engine_test

import (
	"math/big"
	"regexp"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

func dayBefore(day string) string { return dayPlus(day, -1) }
func nextDay(day string) string   { return dayPlus(day, 1) }

func dayPlus(day string, days int) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}

// halfEven rounds to the currency's minor unit.
func halfEven(v decimal.Decimal, currency string) decimal.Decimal {
	units, err := money.MinorUnits(currency)
	if err != nil {
		panic(err)
	}
	return v.RoundBank(units)
}

// root is the first ancestor of a plan or of a terms document.
func (b books) root(table, col string, id int64) int64 {
	for {
		from := b[table][id].id(col)
		if from == 0 {
			return id
		}
		id = from
	}
}

// plan is the plan of the new distributor that serves the subscription: a valid choice
// that is not its only counterpart, else that counterpart, else nil.
func (o *oracle) plan(s row) (plan row, chosen bool) {
	choice := o.req.Plans[record.Number("S", s.id("id"))]
	var same []row
	for _, p := range o.b.where("plans", "distributor_id", o.to.id("id")) {
		if p.text("currency") != o.to.text("currency") {
			continue
		}
		if o.b.root("plans", "delegated_from", p.id("id")) == o.b.root("plans", "delegated_from", s.id("plan_id")) {
			same = append(same, p)
		}
		if record.Number("P", p.id("id")) == choice && p.yes("transferable") &&
			p.text("billing_period") == s.text("billing_period") {
			plan, chosen = p, true
		}
	}
	if len(same) == 1 && (choice == "" || choice == record.Number("P", same[0].id("id"))) {
		return same[0], false
	}
	if len(same) == 0 && choice == "" {
		return o.delegated(o.b.root("plans", "delegated_from", s.id("plan_id"))), false
	}
	return plan, chosen
}

// delegated is the plan that the transfer makes of a root plan, or nil: it counts as the counterpart.
func (o *oracle) delegated(root int64) row {
	for _, d := range o.req.Delegate {
		if d.Plan == record.Number("P", root) {
			from := o.b["plans"][root]
			return row{
				"id": -root, "distributor_id": o.to.id("id"), "delegated_from": root, "name": from["name"],
				"currency":       o.to["currency"],
				"billing_period": from["billing_period"],
				"price":          decimal.RequireFromString(d.Prices[o.req.TargetDistributor]),
				"transferable":   from["transferable"],
			}
		}
	}
	return nil
}

func (o *oracle) converts() bool { return o.source.text("currency") != o.to.text("currency") }

// price is what the subscription costs on its new plan.
func (o *oracle) price(s, plan row, chosen bool) decimal.Decimal {
	if chosen || o.converts() {
		return plan.sum("price")
	}
	return s.sum("price")
}

// rate is what amounts are multiplied by; the code says what is wrong with it, if anything.
func (o *oracle) rate() (decimal.Decimal, transfer.Code) {
	switch text := o.req.ConversionRate; {
	case !o.converts():
		return decimal.NewFromInt(1), ""
	case text == "":
		return decimal.Zero, "RATE_REQUIRED"
	case !plainRate.MatchString(text) || !decimal.RequireFromString(text).IsPositive():
		return decimal.Zero, "RATE_INVALID"
	default:
		return decimal.RequireFromString(text), ""
	}
}

// plainRate is a plain decimal with at most 10 decimals.
var plainRate = regexp.MustCompile(`^[0-9]+(\.[0-9]{1,10})?$`)

// same says whether nothing would change hands.
func (o *oracle) same() bool {
	return o.target != nil && o.target.id("id") == o.source.id("id") || o.to.id("id") == o.source.id("distributor_id")
}

// applyDistributor returns the books as a transfer to another distributor leaves them.
func (o *oracle) applyDistributor() books {
	b := o.b.copy()
	old := b["customers"][o.source.id("id")]
	account := row{
		"distributor_id": o.to.id("id"), "currency": o.to["currency"], "bill_to_parent": false,
		"parent_customer_id": nil, "status": old["status"],
		"successor_id": nil, "succeeded_on": nil,
	}
	for _, col := range []string{"name", "email", "country", "address", "tax_id", "crm_id"} {
		account[col] = old[col]
	}
	id := b.add("customers", account)
	if crm := old.text("crm_id"); crm != "" {
		b.add("former_ids", row{"customer_id": old.id("id"), "kind": "crm_id", "value": crm})
		old["crm_id"] = ""
	}
	old["status"], old["successor_id"], old["succeeded_on"] = "transferred_out", id, o.today[old.id("distributor_id")]
	for _, c := range o.b.where("contacts", "customer_id", old.id("id")) {
		b.add("contacts", row{"customer_id": id, "name": c["name"], "email": c["email"], "role": c["role"]})
	}
	for s := range o.moves["subscriptions"] {
		o.applyPlan(b, b["subscriptions"][s], id)
	}
	o.leaveEntries(b)
	for _, u := range b.where("service_users", "customer_id", old.id("id")) {
		u["customer_id"] = id
		for _, l := range b.where("service_user_subscriptions", "service_user_id", u.id("id")) {
			if !o.moves["subscriptions"][l.id("subscription_id")] {
				delete(b["service_user_subscriptions"], l.id("id"))
			}
		}
	}
	if o.req.Mode == transfer.ModeEverything {
		o.takeTerms(b, id)
	}
	rate, _ := o.rate()
	o.carry(b, id, rate)
	b.settleAll()
	return b
}

// applyPlan moves a subscription onto its new plan, with what is not billed yet.
func (o *oracle) applyPlan(b books, s row, account int64) {
	plan, chosen := o.plan(s)
	s["price"] = o.price(s, plan, chosen)
	if chosen || o.converts() {
		s["price_frozen"] = false
	}
	s["customer_id"], s["plan_id"], s["promotion"] = account, plan.id("id"), ""
	if plan.id("id") < 0 {
		b["plans"][plan.id("id")] = plan
	}
	if !o.moves["subscriptions"][s.id("parent_subscription_id")] {
		s["parent_subscription_id"] = nil
	}
	if now := o.b["subscriptions"][s.id("id")].sum("price"); o.converts() || !now.Equal(s.sum("price")) {
		o.reprice(b, s, now)
	}
}

// reprice rewrites what is not billed yet of a subscription whose price was old: charges and
// usage at the rate; a billing line of old price x quantity becomes new price x quantity,
// any other and unrecognised revenue lines are multiplied by new price / old price, by the rate
// where there was no price; recognised revenue at the rate only.
func (o *oracle) reprice(b books, s row, old decimal.Decimal) {
	currency, quantity := o.to.text("currency"), s.sum("quantity")
	rate, _ := o.rate()
	for _, k := range hanging() {
		table := k.table
		for _, r := range b.where(table, "subscription_id", s.id("id")) {
			if k.fixed || o.b.billing(table, r) != nil {
				continue
			}
			amount := r.sum("amount")
			follows := table == "billing_schedules" || table == "revenue_schedules" && !r.yes("recognized")
			switch {
			case table == "billing_schedules" && amount.Equal(halfEven(old.Mul(quantity), o.source.text("currency"))):
				r["amount"] = halfEven(s.sum("price").Mul(quantity), currency)
			case follows && !old.IsZero():
				r["amount"] = exactly(amount.Mul(s.sum("price")), old, currency)
			default:
				r["amount"] = halfEven(amount.Mul(rate), currency)
			}
		}
	}
}

// exactly is n / d, rounded once, half-even to the currency's minor unit.
func exactly(n, d decimal.Decimal, currency string) decimal.Decimal {
	units, err := money.MinorUnits(currency)
	if err != nil {
		panic(err)
	}
	scaled := new(big.Rat).Quo(n.Shift(units).Rat(), d.Rat())
	whole, rest := new(big.Int).DivMod(scaled.Num(), scaled.Denom(), new(big.Int))
	twice := new(big.Int).Lsh(rest, 1)
	if c := twice.Cmp(scaled.Denom()); c > 0 || c == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	return decimal.NewFromBigInt(whole, -units)
}

// takeTerms copies acceptances and the payment methods of a shared merchant account.
func (o *oracle) takeTerms(b books, account int64) {
	for _, a := range o.b.where("terms_acceptances", "customer_id", o.source.id("id")) {
		if to := o.counterTerms(a.id("terms_id")); to != 0 {
			o.accept(b, account, to, a)
		}
	}
	for _, m := range b.where("payment_methods", "customer_id", o.source.id("id")) {
		if o.kept(m) {
			b.add("payment_methods", row{
				"customer_id": account, "merchant_account": m["merchant_account"],
				"kind": m["kind"], "label": m["label"], "status": "active",
			})
			m["status"] = "inactive"
		}
	}
}

// kept says whether a payment method moves to the new account.
func (o *oracle) kept(m row) bool {
	return o.dist() && o.req.Mode == transfer.ModeEverything && m.text("status") == "active" &&
		m.text("merchant_account") != "" && m.text("merchant_account") == o.to.text("merchant_account")
}

// counterTerms is the newest document of the new distributor with the same root, or 0.
func (o *oracle) counterTerms(id int64) int64 {
	found := int64(0)
	for _, t := range o.b.where("terms", "distributor_id", o.to.id("id")) {
		if o.b.root("terms", "derived_from", t.id("id")) == o.b.root("terms", "derived_from", id) {
			found = t.id("id")
		}
	}
	return found
}
