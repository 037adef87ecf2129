package engine_test

import (
	"slices"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// ask draws the request.
func (w *oracleWorld) ask() transfer.Request {
	req := transfer.Request{SourceCustomer: w.source.Number, TargetCustomer: w.peer.Number}
	switch w.r.IntN(3) {
	case 0:
		req.Kind = record.Subscriptions
		first := w.r.IntN(len(w.subs))
		for i, s := range w.subs {
			if i == first || w.odds(2) {
				req.Subscriptions = append(req.Subscriptions, s.Number)
			}
		}
	case 1:
		req.Kind = record.Merge
		for _, name := range []string{"name", "address", "tax_id", "crm_id", "email"} {
			if w.odds(3) {
				req.KeepFromSource = append(req.KeepFromSource, name)
			}
		}
	default:
		req = transfer.Request{
			Kind: record.Distributor, SourceCustomer: w.source.Number, TargetDistributor: w.other.Number,
			Plans: map[string]string{},
			Mode:  pick(w, transfer.ModeSubscriptions, transfer.ModeEverything), NotifyCustomer: w.odds(3),
		}
		if w.other.Currency != w.seller.Currency && w.rare(3) {
			req.ConversionRate = pick(w, "", "0", "-1", "1e3", "1.00000000001", "abc")
		} else if w.other.Currency != w.seller.Currency || w.odds(10) {
			req.ConversionRate = pick(w, "1.0845", "0.5", "161.3725", "0.0062", "0.0000000001")
		}
		var own []testdb.Plan
		for _, p := range w.plans {
			if p.Distributor == w.other.ID {
				own = append(own, p)
			}
		}
		for _, s := range w.subs {
			if len(own) > 0 && (w.calm && w.counterparts(s.Plan) != 1 || w.odds(3)) {
				req.Plans[s.Number] = own[w.r.IntN(len(own))].Number
			}
			if w.counterparts(s.Plan) == 0 && s.Status != "cancelled" && s.Status != "terminated" && !w.rare(3) &&
				w.odds(2) {
				delete(req.Plans, s.Number)
				w.delegate(&req, s.Plan)
			}
		}
	}
	if w.rare(15) {
		req.TargetCustomer, req.TargetDistributor = maybeNot(req.TargetCustomer, w.source.Number),
			maybeNot(req.TargetDistributor, w.seller.Number)
	}
	if req.Kind != record.Subscriptions {
		req.CarryAs = pick(w, "", "", transfer.CarryOpenItems, transfer.CarryOneBalance, transfer.CarryLeave)
		req.PostOn = maybe(w, 4, "2026-04-20")
	}
	if req.Kind != record.Distributor && w.odds(2) || req.Kind == record.Merge && w.odds(3) {
		req.EffectiveOn = w.day()
		if w.odds(20) {
			req.EffectiveOn = "2026-03-11"
		}
	}
	return req
}

// decimalOf is a price with all the decimals of a currency, which halves badly.
func decimalOf(currency string) string {
	return map[string]string{"JPY": "13", "KWD": "12.333", "GBP": "12.33", "EUR": "12.35"}[currency]
}

// counterparts counts the plans of the new distributor with the same root.
func (w *oracleWorld) counterparts(plan int64) int {
	n, from := 0, int64(0)
	for _, p := range w.plans {
		if p.ID == plan {
			from = p.DelegatedFrom
		}
	}
	for _, p := range w.plans {
		if p.Distributor == w.other.ID && p.DelegatedFrom == from && p.Currency == w.other.Currency {
			n++
		}
	}
	return n
}

// delegate asks for the plan's root to be delegated inside the transfer, once.
func (w *oracleWorld) delegate(req *transfer.Request, plan int64) {
	for _, p := range w.plans {
		root := record.Number("P", p.DelegatedFrom)
		if p.ID == plan && !slices.ContainsFunc(req.Delegate, func(d transfer.Delegation) bool {
			return d.Plan == root
		}) {
			req.Delegate = append(req.Delegate,
				transfer.Delegation{Plan: root, Prices: map[string]string{w.other.Number: pick(w, "19", "0")}})
		}
	}
}

// maybeNot is the other value where there is one.
func maybeNot(value, other string) string {
	if value == "" {
		return ""
	}
	return other
}
