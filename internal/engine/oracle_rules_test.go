package engine_test

import (
	"slices"

	"handover/internal/record"
	"handover/internal/transfer"
)

// oracle is one request, and what the words of docs/domain.md make of it.
type oracle struct {
	b              books // as they are before
	req            transfer.Request
	source, target row // no target: a distributor transfer
	to             row // the new distributor
	today          map[int64]string
	selected       []int64 // by hand
	added          []int64
	all            map[int64]bool            // S
	moves          map[string]map[int64]bool // root records of the source whose row changes owner
	split          map[int64]bool
	torn           map[string][]row // INVALID_RELATIONSHIP: by table
}

func (o *oracle) merge() bool { return o.req.Kind == record.Merge }
func (o *oracle) dist() bool  { return o.req.Kind == record.Distributor }
func (o *oracle) dated() bool { return o.req.EffectiveOn != "" }

// late says whether a day counts as on or after E.
func (o *oracle) late(day string) bool { return !o.dated() || day >= o.req.EffectiveOn }

// decide finds S and the root records that move.
func (o *oracle) decide() {
	o.all, o.split, o.torn, o.moves = map[int64]bool{}, map[int64]bool{}, map[string][]row{},
		map[string]map[int64]bool{}
	for _, k := range oracleKinds {
		o.moves[k.table] = map[int64]bool{}
	}
	o.expand()
	for id := range o.all {
		s := o.b["subscriptions"][id]
		switch {
		case o.dist() && s.ended():
		case o.dist() || o.late(s.text("start_on")):
			o.moves["subscriptions"][id] = true
		case s.text("end_on") == "" || s.text("end_on") >= o.req.EffectiveOn:
			o.split[id] = true
		}
	}
	if o.dist() {
		return
	}
	for _, i := range o.b.where("invoices", "customer_id", o.source.id("id")) {
		o.decideInvoice(i)
	}
	for _, m := range o.b.where("debit_memos", "customer_id", o.source.id("id")) {
		if o.late(m.text("issued_on")) && (o.merge() || o.all[m.id("subscription_id")]) {
			o.moves["debit_memos"][m.id("id")] = true
		}
	}
	for _, p := range o.b.where("payments", "customer_id", o.source.id("id")) {
		o.decideCredit("payments", "payment_allocations", "payment_id", p)
	}
	for _, m := range o.b.where("credit_memos", "customer_id", o.source.id("id")) {
		o.decideCredit("credit_memos", "credit_allocations", "credit_memo_id", m)
	}
	for _, e := range o.b.where("journal_entries", "customer_id", o.source.id("id")) {
		if o.decideEntry(e) {
			o.moves["journal_entries"][e.id("id")] = true
		}
	}
}

// expand adds what moves together with the selection.
func (o *oracle) expand() {
	own := o.b.where("subscriptions", "customer_id", o.source.id("id"))
	if o.req.Kind != record.Subscriptions {
		for _, s := range own {
			o.all[s.id("id")] = true
		}
		return
	}
	for _, id := range o.selected {
		o.all[id] = true
	}
	for grown := true; grown; {
		grown = false
		for _, s := range own {
			if id := s.id("id"); !o.all[id] && o.tied(s) {
				o.all[id], grown = true, true
				o.added = append(o.added, id)
			}
		}
	}
	slices.Sort(o.added)
}

// tied says whether the subscription hangs together with one of S.
func (o *oracle) tied(s row) bool {
	if o.all[s.id("parent_subscription_id")] {
		return true
	}
	for id := range o.all {
		if o.b["subscriptions"][id].id("parent_subscription_id") == s.id("id") {
			return true
		}
	}
	for _, l := range o.b.where("service_user_subscriptions", "subscription_id", s.id("id")) {
		if !o.b["service_users"][l.id("service_user_id")].yes("account_wide") {
			continue
		}
		for _, other := range o.b.where("service_user_subscriptions", "service_user_id", l.id("service_user_id")) {
			if o.all[other.id("subscription_id")] {
				return true
			}
		}
	}
	return false
}

func (o *oracle) decideInvoice(i row) {
	if !o.late(i.text("issued_on")) {
		return
	}
	ours, others := false, false
	for _, l := range o.b.where("invoice_lines", "invoice_id", i.id("id")) {
		if s := l.id("subscription_id"); s != 0 {
			ours, others = ours || o.all[s], others || !o.all[s]
		}
	}
	switch {
	case o.merge() || ours && !others:
		o.moves["invoices"][i.id("id")] = true
	case ours && others:
		o.torn["invoices"] = append(o.torn["invoices"], i)
	}
}

// links counts how many of the records that a credit depends on move, and how many do not.
func (o *oracle) links(allocations, col string, r row) (moving, staying int) {
	count := func(table string, id int64) {
		linked, ok := o.b[table][id]
		switch {
		case id == 0:
		case o.merge() && (!ok || linked.id("customer_id") != o.source.id("id")): // a third account's do not count
		case o.moves[table][id] || table == "subscriptions" && o.split[id]:
			moving++
		default:
			staying++
		}
	}
	if allocations == "credit_allocations" {
		count("subscriptions", r.id("subscription_id"))
		count("invoices", r.id("invoice_id"))
	}
	for _, a := range o.b.where(allocations, col, r.id("id")) {
		count("invoices", a.id("invoice_id"))
		count("debit_memos", a.id("debit_memo_id"))
	}
	return moving, staying
}

func (o *oracle) decideCredit(table, allocations, col string, r row) {
	day := r.text("issued_on")
	if table == "payments" {
		day = r.text("received_on")
	}
	if o.merge() && !o.dated() { // everything moves, whatever it depends on
		o.moves[table][r.id("id")] = true
		return
	}
	moving, staying := o.links(allocations, col, r)
	switch {
	case moving == 0 && staying == 0:
		o.moves[table][r.id("id")] = o.merge() && o.late(day)
	case table == "payments" && r.text("status") == "failed": // it tears nothing
		o.moves[table][r.id("id")] = staying == 0 && o.late(day)
	case moving > 0 && staying > 0:
		if table == "payments" || o.late(day) {
			o.torn[table] = append(o.torn[table], r)
		}
	case moving > 0 && o.late(day):
		o.moves[table][r.id("id")] = true
	case moving > 0 && table == "payments":
		o.torn[table] = append(o.torn[table], r)
	}
}

// gone says whether a record of the source belongs to another after the transfer.
func (o *oracle) gone(after books, table string, r row) bool {
	next, ok := after[table][r.id("id")]
	return ok && after.owner(table, next) != o.source.id("id")
}
