package engine_test

import (
	"slices"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/record"
	"handover/internal/transfer"
)

// listed returns what the query lists, in words.
func (w *strictWorld) listed(query string, args ...any) []string {
	w.t.Helper()
	var list []string
	if err := w.db.Select(&list, query, args...); err != nil {
		w.t.Fatal(err)
	}
	return list
}

// oneOf is one of what the query lists, "" if it lists nothing.
func (w *strictWorld) oneOf(query string, args ...any) string {
	w.t.Helper()
	list := w.listed(query, args...)
	if len(list) == 0 {
		return ""
	}
	return list[w.r.IntN(len(list))]
}

// touchedAccounts are the accounts that an order is about.
const touchedAccounts = `(select source_customer_id from transfer_orders
	union select target_customer_id from transfer_orders where target_customer_id is not null)`

// liveAccounts are the accounts that may take part; of a balance that the condition names.
const liveAccounts = `select number_of('C', c.id) from customers c join customer_balances b on b.customer_id = c.id
	where c.status in ('active', 'suspended') and `

// ask draws a request for one of the flows.
func (w *strictWorld) ask() transfer.Request {
	w.t.Helper()
	touched := "c.id in " + touchedAccounts
	source := w.oneOf(liveAccounts + choose(w, "true", "b.balance <> 0", touched, touched) + ` order by c.id`)
	if source == "" {
		source = w.oneOf(liveAccounts + `true order by c.id`)
	}
	peer := w.oneOf(liveAccounts+`exists (select 1 from customers s where number_of('C', s.id) = $1
		and (s.distributor_id, s.currency) = (c.distributor_id, c.currency) and s.id <> c.id) order by c.id`, source)
	req := transfer.Request{SourceCustomer: source, TargetCustomer: peer}
	switch kind := w.r.IntN(5); {
	case kind < 2 || peer == "":
		return w.askDistributor(source)
	case kind < 4:
		req.Kind = record.Subscriptions
		subs := w.listed(`select number_of('S', s.id) from subscriptions s join customers c on c.id = s.customer_id
			where number_of('C', c.id) = $1 and s.status <> 'terminated' order by s.id`, source)
		w.r.Shuffle(len(subs), func(i, j int) { subs[i], subs[j] = subs[j], subs[i] })
		if len(subs) == 0 {
			return w.askDistributor(source)
		}
		req.Subscriptions = subs[:1+w.r.IntN(min(3, len(subs)))]
		slices.Sort(req.Subscriptions)
	default:
		req.Kind = record.Merge
		req.CarryAs = w.carry()
	}
	if w.r.IntN(2) == 0 {
		req.EffectiveOn = w.now.AddDate(0, 0, -w.r.IntN(240)).Format("2006-01-02")
	}
	return req
}

func choose[T any](w *strictWorld, list ...T) T { return list[w.r.IntN(len(list))] }

func (w *strictWorld) carry() transfer.CarryAs {
	return choose(w, "", transfer.CarryOpenItems, transfer.CarryOneBalance, transfer.CarryLeave)
}

func (w *strictWorld) askDistributor(source string) transfer.Request {
	w.t.Helper()
	to := w.oneOf(`select number_of('D', d.id) from distributors d join customers c on c.distributor_id <> d.id
		where number_of('C', c.id) = $1 order by d.id`, source)
	if choose(w, true, false) { // mostly one of another currency, where there is one
		other := w.oneOf(`select number_of('D', d.id) from distributors d join customers c on c.currency <> d.currency
			where c.distributor_id <> d.id and number_of('C', c.id) = $1 order by d.id`, source)
		if other != "" {
			to = other
		}
	}
	req := transfer.Request{
		Kind: record.Distributor, SourceCustomer: source, TargetDistributor: to, CarryAs: w.carry(),
		Mode: choose(w, transfer.ModeSubscriptions, transfer.ModeEverything), Plans: map[string]string{},
	}
	if w.r.IntN(6) == 0 {
		req.PostOn = w.now.AddDate(0, 0, 1+w.r.IntN(20)).Format("2006-01-02")
	}
	req.ConversionRate = w.rate(source, to)
	for _, s := range w.listed(`select number_of('S', s.id) from subscriptions s
		join customers c on c.id = s.customer_id
		where number_of('C', c.id) = $1 and s.status not in ('cancelled', 'terminated') order by s.id`, source) {
		if w.Text(counterparts, s, to) == "1" && w.r.IntN(8) > 0 {
			continue
		}
		plan := w.oneOf(`select number_of('P', p.id) from plans p
			join distributors d on (d.id, d.currency) = (p.distributor_id, p.currency)
			join subscriptions s on s.billing_period = p.billing_period
			where p.transferable and number_of('D', d.id) = $2 and number_of('S', s.id) = $1 order by p.id`, s, to)
		if plan != "" {
			req.Plans[s] = plan
		}
	}
	return req
}

// counterparts counts the plans of the distributor with the root plan of the subscription.
const counterparts = `
	with recursive up as (
	    select p.id as plan, p.id, p.delegated_from from plans p
	    union all select u.plan, p.id, p.delegated_from from up u join plans p on p.id = u.delegated_from
	), roots as (select plan, id as root from up where delegated_from is null)
	select count(*)::text from subscriptions s join roots r on r.plan = s.plan_id join roots o on o.root = r.root
	join plans p on p.id = o.plan join distributors d on (d.id, d.currency) = (p.distributor_id, p.currency)
	where number_of('S', s.id) = $1 and number_of('D', d.id) = $2`

// rate is a rate near the one of the rate table, "" where no other currency is meant.
func (w *strictWorld) rate(source, to string) string {
	w.t.Helper()
	var pair struct{ From, To string }
	err := w.db.Get(&pair, `select c.currency as "from", d.currency as "to" from customers c, distributors d
		where number_of('C', c.id) = $1 and number_of('D', d.id) = $2`, source, to)
	if err != nil {
		w.t.Fatal(err)
	}
	if pair.From == pair.To {
		return ""
	}
	p, err := billing.ProposeRate(w.t.Context(), w.db, pair.From, pair.To)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Rate.Mul(decimal.New(int64(970+w.r.IntN(61)), -3)).Round(8).String() // at most 3 % off
}

// instead is the request with the remedies that the findings offer.
func (w *strictWorld) instead(req transfer.Request, p transfer.Preview) (transfer.Request, bool) {
	changed := false
	for _, f := range p.Blocking() {
		if f.Instead == nil {
			continue
		}
		changed = true
		req.EffectiveOn = max(req.EffectiveOn, f.Instead.EffectiveOn)
		req.PostOn = max(req.PostOn, f.Instead.PostOn)
		if len(f.Instead.Subscriptions) > 0 {
			req.Subscriptions = f.Instead.Subscriptions
		}
	}
	return req, changed
}
