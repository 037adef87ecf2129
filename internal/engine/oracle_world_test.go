package engine_test

import (
	"math/rand/v2"

	"github.com/shopspring/decimal"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// oracleWorld draws a world in which everything that the rules name may happen.
type oracleWorld struct {
	*testdb.World
	r                   *rand.Rand
	seller, other       testdb.Distributor
	source, peer, third testdb.Customer
	plans               []testdb.Plan
	terms               []testdb.Terms
	subs                []testdb.Subscription // the source's
	theirs              []testdb.Subscription // of the target and of a third account
	charges             map[int64][]int64     // unbilled, by subscription
	invoices            []testdb.Invoice
	debits              []testdb.Memo
	open                map[string]int // what is left of a document, in minor units
	unit                int32
	calm                bool // nothing blocks but what links and memos do
	crowded             bool // more may be asked of a document than it has
}

var oracleDays = []string{
	"2025-12-20", "2026-01-01", "2026-01-15", "2026-01-31", "2026-02-01", "2026-02-14",
	"2026-02-15", "2026-02-28", "2026-03-01", "2026-03-10",
}

func pick[T any](w *oracleWorld, list ...T) T { return list[w.r.IntN(len(list))] }

// rare is what mostly forbids a transfer: never in a calm world.
func (w *oracleWorld) rare(in int) bool   { return !w.calm && w.odds(in) }
func (w *oracleWorld) day() string        { return pick(w, oracleDays...) }
func (w *oracleWorld) odds(in int) bool   { return w.r.IntN(in) == 0 }
func (w *oracleWorld) upTo(most int) int  { return w.r.IntN(most + 1) }
func (w *oracleWorld) money(n int) string { return decimal.New(int64(n), -w.unit).StringFixed(w.unit) }

// maybe is a value in one of so many cases, else nothing.
func maybe[T any](w *oracleWorld, in int, v T) T {
	var none T
	if w.odds(in) {
		return v
	}
	return none
}

// draw makes the world and what is asked for.
func (w *oracleWorld) draw() transfer.Request {
	w.open, w.charges, w.calm = map[string]int{}, map[int64][]int64{}, !w.odds(3)
	currency := pick(w, "EUR", "EUR", "EUR", "JPY", "KWD")
	w.unit = map[string]int32{"EUR": 2, "JPY": 0, "KWD": 3}[currency]
	w.seller = w.Distributor(testdb.Distributor{
		Currency: currency, LegalEntity: "Aurora AS",
		TimeZone: pick(w, "UTC", "UTC", "Pacific/Auckland"),
	})
	w.other = w.Distributor(testdb.Distributor{
		Currency:    pick(w, currency, currency, "EUR", "JPY", "KWD", "GBP"),
		LegalEntity: pick(w, "Aurora AS", "Thames Ltd"), TimeZone: pick(w, "UTC", "Pacific/Auckland",
			"America/Los_Angeles"),
		MerchantAccount: pick(w, "merchant-1", "merchant-2"), Status: statusOf(w, "active", "inactive"),
	})
	w.drawCatalog()
	w.drawAccounts()
	for range 1 + w.upTo(3) {
		w.subs = append(w.subs, w.subscription(w.source, w.subs))
	}
	w.theirs = append(w.theirs, w.subscription(w.peer, nil), w.subscription(w.third, nil))
	if w.odds(8) { // an add-on whose parent was transferred before
		w.Exec(`update subscriptions set parent_subscription_id = $1 where id = $2`, w.theirs[w.upTo(1)].ID,
			w.subs[len(w.subs)-1].ID)
	}
	// cut before
	if old := w.subs[0]; w.odds(2) && (old.Status == "cancelled" || old.Status == "terminated") && old.End > old.Start {
		w.Continue(old.ID, w.theirs[w.upTo(1)].ID, nextDay(old.End))
	}
	w.drawUsers()
	w.drawDocuments()
	w.drawCredits()
	w.drawRecognition()
	w.drawOrders()
	for _, d := range []int64{w.seller.ID, w.other.ID} {
		if w.odds(8) && (!w.calm || d == w.other.ID) {
			w.Period(testdb.Period{
				Distributor: d, Start: pick(w, "2025-12-01", "2026-01-01"), End: "2026-01-31",
				Status: "closed",
			})
			w.Period(testdb.Period{
				Distributor: d, Start: "2026-02-01", End: "2026-02-28",
				Status: pick(w, "open", "closed"),
			})
		}
		if w.rare(20) {
			w.Period(testdb.Period{Distributor: d, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
		}
	}
	req := w.ask()
	if w.calm {
		w.billTheEnded(req)
	}
	w.drawRates(req)
	return req
}

// statusOf is mostly the first.
func statusOf(w *oracleWorld, usual string, others ...string) string {
	if w.rare(6) {
		return pick(w, others...)
	}
	return usual
}

// billTheEnded waives what could never be billed.
func (w *oracleWorld) billTheEnded(req transfer.Request) {
	for table, billed := range map[string]string{
		"subscription_charges": "false", "usage_records": "t.invoice_line_id is not null",
		"billing_schedules": "t.invoice_id is not null",
	} {
		w.Exec(`update `+table+` t set amount = 0 from subscriptions s where s.id = t.subscription_id
			and s.customer_id = $1 and not `+billed+`
			and ($2 and s.status in ('cancelled', 'terminated') or $3 and s.end_on < nullif($4, '')::date)`,
			w.source.ID, req.Kind == record.Distributor, req.Kind == record.Merge, req.EffectiveOn)
	}
}

// drawCatalog makes two plans, which the new distributor has once, twice or not at all.
func (w *oracleWorld) drawCatalog() {
	period := pick(w, "monthly", "quarterly", "yearly")
	for range 2 {
		if !w.calm {
			period = pick(w, "monthly", "quarterly", "yearly")
		}
		root := w.Plan(testdb.Plan{BillingPeriod: period, Price: "20", Currency: "EUR"})
		w.plans = append(w.plans,
			w.Plan(testdb.Plan{
				Distributor: w.seller.ID, DelegatedFrom: root.ID, NotTransferable: w.rare(8),
				Price: "21",
			}))
		for range pick(w, 1, 1, 1, 2, 0, 0) {
			p := testdb.Plan{
				Distributor: w.other.ID, DelegatedFrom: root.ID,
				Price: pick(w, "17", "0", "3001", decimalOf(w.other.Currency)), NotTransferable: w.rare(6),
			}
			if w.rare(8) {
				p.Currency = "USD"
			}
			w.plans = append(w.plans, w.Plan(p))
		}
		doc := w.Terms(testdb.Terms{})
		w.terms = append(w.terms, w.Terms(testdb.Terms{Distributor: w.seller.ID, DerivedFrom: doc.ID}),
			w.Terms(testdb.Terms{Distributor: w.seller.ID, DerivedFrom: doc.ID}))
		for range pick(w, 1, 1, 2, 0) {
			w.Terms(testdb.Terms{Distributor: w.other.ID, DerivedFrom: doc.ID})
		}
	}
}

func (w *oracleWorld) drawAccounts() {
	account := func(c testdb.Customer) testdb.Customer {
		either := map[bool]int64{false: w.seller.ID, true: w.other.ID}
		c.Distributor = either[c.Distributor != 0]
		c.Address, c.TaxID, c.CRMID, c.Email = pick(w, "", "Road 1", "Road 2"), pick(w, "", "T1", "T2"), "",
			pick(w, "", "a@x.example", "b@x.example")
		c.Country = pick(w, "NO", "NO", "NO", "no", "SE")
		if !w.odds(3) { // alike only within one world
			c.CRMID = pick(w, "crm-a-", "crm-b-") + w.seller.Number
		}
		return w.Customer(c)
	}
	line := w.upTo(3) / 2 // how many accounts lie between the ends of a chain of parents
	between := func(top int64) int64 {
		for range line {
			top = account(testdb.Customer{Parent: top, Status: pick(w, "active", "suspended", "closed")}).ID
		}
		return top
	}
	w.third = account(testdb.Customer{Status: pick(w, "active", "active", "closed")})
	w.source = account(testdb.Customer{
		Status: statusOf(w, pick(w, "active", "active", "suspended"), "closed"),
		Parent: maybe(w, 6, w.third.ID), BillToParent: w.odds(15),
	})
	peer := testdb.Customer{Status: statusOf(w, pick(w, "active", "active", "suspended"), "closed")}
	switch {
	case w.rare(12):
		peer.Distributor = w.other.ID
	case w.odds(20):
		peer.Parent = between(w.source.ID)
	case w.odds(20):
		peer.Parent = between(w.third.ID)
	}
	w.peer = account(peer)
	if w.odds(25) && peer.Distributor == 0 && peer.Parent == 0 {
		w.Exec(`update customers set parent_customer_id = $2 where id = $1`, w.source.ID, between(w.peer.ID))
	}
	if w.odds(4) { // perhaps the same customer, with the other distributor
		account(testdb.Customer{
			Distributor: w.other.ID, Name: pick(w, w.source.Name, "Another Person"),
			Status: pick(w, "active", "suspended", "closed"),
		})
	}
	for range maybe(w, 12, 2) {
		account(testdb.Customer{
			Parent: w.source.ID, BillToParent: w.odds(2),
			Status: pick(w, "active", "suspended", "closed"),
		})
	}
	for _, c := range []testdb.Customer{w.source, w.peer} {
		for range w.upTo(3) {
			w.Contact(testdb.Contact{Customer: c.ID, Email: pick(w, "", "one@x.example", "ONE@x.example",
				"two@x.example")})
		}
		for _, t := range w.terms {
			if w.odds(3) {
				w.Acceptance(testdb.Acceptance{
					Customer: c.ID, Terms: t.ID,
					At: pick(w, "2025-02-01T10:00:00Z", "2025-03-01T10:00:00Z", "2025-04-01T10:00:00Z"), By: c.Name,
				})
			}
		}
		for range w.upTo(2) / 2 {
			w.PaymentMethod(testdb.PaymentMethod{
				Customer: c.ID, MerchantAccount: pick(w, "merchant-1", "merchant-2"),
				Status: pick(w, "active", "active", "inactive"),
			})
		}
	}
}

// subscription draws a contract with what is not billed yet.
func (w *oracleWorld) subscription(c testdb.Customer, before []testdb.Subscription) testdb.Subscription {
	plan := w.plans[w.r.IntN(len(w.plans))]
	for plan.Distributor != w.seller.ID {
		plan = w.plans[w.r.IntN(len(w.plans))]
	}
	s := testdb.Subscription{
		Customer: c.ID, Plan: plan.ID, BillingPeriod: plan.BillingPeriod, Start: pick(w, "", "", w.day()),
		Quantity: pick(w, "1", "2", "3", "2.5"), Price: w.money(w.upTo(9999)),
		Status: pick(w, "active", "active", "active", "active", "active", "active", "suspended", "cancelled",
			"cancelled", "terminated"),
		PriceFrozen: w.odds(4), Promo: maybe(w, 6, "SPRING"),
	}
	if w.rare(10) {
		s.Status = pick(w, "provisioning", "starting", "stopping", "removing", "changing_plan")
	}
	if s.Status == "cancelled" || s.Status == "terminated" || w.odds(8) {
		s.End = max(w.day(), s.Start)
	}
	if len(before) > 0 && w.odds(5) {
		s.Parent = before[w.r.IntN(len(before))].ID
	}
	made := w.Subscription(s)
	if w.odds(25) {
		w.Exec(`update subscriptions set end_on = null where id = $1`, made.ID)
	}
	for range w.upTo(2) {
		w.Usage(testdb.Usage{Subscription: made.ID, UsedOn: w.day(), Amount: w.money(w.upTo(3) * 77)})
		w.charges[made.ID] = append(w.charges[made.ID],
			w.Charge(testdb.Charge{
				Subscription: made.ID, PeriodStart: w.day(),
				Amount: w.money((w.upTo(5) - 1) * 125),
			}).ID)
		w.RevenueSchedule(testdb.RevenueSchedule{
			Subscription: made.ID, Start: w.day(), Amount: w.money(w.upTo(500)),
			Recognized: w.odds(3) && (!w.calm || w.other.LegalEntity == "Aurora AS"),
		})
		if w.odds(2) {
			amount := w.money(w.upTo(2) * 250)
			if w.odds(3) { // the price of a whole period
				amount = decimal.RequireFromString(made.Price).Mul(decimal.RequireFromString(made.Quantity)).RoundBank(
					w.unit).String()
			}
			w.BillingSchedule(testdb.BillingSchedule{Subscription: made.ID, DueOn: w.day(), Amount: amount})
		}
	}
	return made
}

func (w *oracleWorld) drawUsers() {
	for range w.upTo(2) {
		var of []int64
		for _, s := range w.subs {
			if w.odds(3) {
				of = append(of, s.ID)
			}
		}
		w.ServiceUser(testdb.ServiceUser{
			Customer: w.source.ID, Login: w.login(), AccountWide: w.odds(3),
			Subscriptions: of,
		})
	}
	for range w.upTo(2) {
		w.ServiceUser(testdb.ServiceUser{Customer: w.peer.ID, Login: w.login()})
	}
}

// login is mostly one of its own.
func (w *oracleWorld) login() string {
	return maybe(w, 2, pick(w, "ada@x.example", "ADA@x.example", "bo@x.example"))
}

func (w *oracleWorld) drawOrders() {
	for range w.upTo(2) {
		w.Order(testdb.Order{
			Customer: w.source.ID, Subscription: maybe(w, 2, w.subs[w.r.IntN(len(w.subs))].ID),
			Status: statusOf(w, pick(w, "completed", "cancelled", "failed"), "pending", "provisioning",
				"awaiting_payment"),
		})
	}
}
