package engine_test

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// apply returns the books as a transfer between two customers leaves them.
func (o *oracle) apply() books {
	b := o.b.copy()
	next := o.continuations(b)
	target := o.target.id("id")
	for _, k := range oracleKinds {
		for id, moves := range o.moves[k.table] {
			if moves {
				b[k.table][id]["customer_id"] = target
			}
		}
	}
	o.takeOver(b, next)
	o.partFailed(b)
	for id := range o.all {
		s := b["subscriptions"][id]
		if n, ok := next[id]; ok {
			s = b["subscriptions"][n]
		} else if !o.moves["subscriptions"][id] {
			continue
		}
		if p := s.id("parent_subscription_id"); p != 0 {
			if n, ok := next[p]; ok {
				s["parent_subscription_id"] = n
			} else if !o.moves["subscriptions"][p] {
				s["parent_subscription_id"] = nil
			}
		}
	}
	o.serviceUsers(b, next)
	if o.merge() {
		o.mergeAccounts(b)
	}
	if o.merge() && o.dated() {
		o.carry(b, target, decimal.NewFromInt(1))
	}
	b.settleAll()
	return b
}

// continuations cuts what is split; it returns old -> new.
func (o *oracle) continuations(b books) map[int64]int64 {
	next := map[int64]int64{}
	for id := range o.split {
		old := b["subscriptions"][id]
		n := row{
			"customer_id": o.target.id("id"), "start_on": o.req.EffectiveOn,
			"parent_subscription_id": old["parent_subscription_id"],
		}
		for _, col := range []string{
			"plan_id", "status", "end_on", "billing_period", "quantity", "price",
			"price_frozen", "promotion",
		} {
			n[col] = old[col]
		}
		next[id] = b.add("subscriptions", n)
		old["status"], old["end_on"] = "cancelled", dayBefore(o.req.EffectiveOn)
		for _, l := range b.where("subscription_continuations", "subscription_id", id) {
			l["subscription_id"] = next[id] // cut before, at a later day
		}
		b.add("subscription_continuations", row{
			"subscription_id": id, "continuation_id": next[id],
			"on_date": o.req.EffectiveOn,
		})
	}
	return next
}

// takeOver points at the continuations what they take over.
func (o *oracle) takeOver(b books, next map[int64]int64) {
	point := func(r row) {
		if n, ok := next[r.id("subscription_id")]; ok {
			r["subscription_id"] = n
		}
	}
	for _, k := range hanging() {
		for id, r := range o.b[k.table] {
			whatever := o.merge() && !(k.table == "revenue_schedules" && r.yes("recognized"))
			if o.b.billing(k.table, r) == nil && (whatever || o.late(r.text(k.date))) {
				point(b[k.table][id])
			}
		}
	}
	for _, l := range b["invoice_lines"] {
		if o.moves["invoices"][l.id("invoice_id")] {
			point(l)
		}
	}
	for _, table := range []string{"credit_memos", "debit_memos"} {
		for id, moves := range o.moves[table] {
			if moves {
				point(b[table][id])
			}
		}
	}
}

// serviceUsers moves or copies who serves what moves.
func (o *oracle) serviceUsers(b books, next map[int64]int64) {
	for _, u := range o.b.where("service_users", "customer_id", o.source.id("id")) {
		var moving, staying []row
		for _, l := range b.where("service_user_subscriptions", "service_user_id", u.id("id")) {
			if s := l.id("subscription_id"); o.moves["subscriptions"][s] || o.split[s] {
				moving = append(moving, l)
			} else {
				staying = append(staying, l)
			}
		}
		if !o.merge() && len(moving) == 0 {
			continue
		}
		user := u.id("id")
		if o.merge() || u.yes("account_wide") || len(staying) == 0 {
			b["service_users"][user]["customer_id"] = o.target.id("id")
		} else {
			user = b.add("service_users", row{
				"customer_id": o.target.id("id"), "login": u["login"],
				"account_wide": u["account_wide"],
			})
		}
		for _, l := range moving {
			l["service_user_id"] = user
			if n, ok := next[l.id("subscription_id")]; ok {
				l["subscription_id"] = n
			}
		}
	}
}

// mergeAccounts makes one account of two.
func (o *oracle) mergeAccounts(b books) {
	source, target := b["customers"][o.source.id("id")], b["customers"][o.target.id("id")]
	taken := map[string]bool{}
	for _, c := range o.b.where("contacts", "customer_id", target.id("id")) {
		taken[strings.ToLower(c.text("email"))] = true
	}
	for _, c := range o.b.where("contacts", "customer_id", source.id("id")) {
		if key := strings.ToLower(c.text("email")); key == "" || !taken[key] {
			taken[key] = true
			b.add("contacts", row{
				"customer_id": target.id("id"), "name": c["name"], "email": c["email"],
				"role": c["role"],
			})
		}
	}
	for _, a := range o.b.where("terms_acceptances", "customer_id", source.id("id")) {
		o.accept(b, target.id("id"), a.id("terms_id"), a)
	}
	for _, col := range []string{"name", "address", "tax_id", "crm_id", "email"} {
		mine, theirs := source.text(col), target.text(col)
		wins := mine != "" && (theirs == "" || slices.Contains(o.req.KeepFromSource, col))
		if mine == theirs {
			continue
		}
		former := func(of row, value string) {
			if col == "crm_id" && value != "" {
				b.add("former_ids", row{"customer_id": of.id("id"), "kind": "crm_id", "value": value})
			}
		}
		if !wins {
			former(target, mine)
			continue
		}
		target[col] = mine
		former(source, mine)
		former(target, theirs)
		if col == "crm_id" {
			source[col] = ""
		}
	}
	for _, c := range b.where("customers", "parent_customer_id", source.id("id")) {
		if live(c) {
			c["parent_customer_id"] = target.id("id")
		}
	}
	source["status"], source["successor_id"] = "merged", target.id("id")
	source["succeeded_on"] = o.today[source.id("distributor_id")]
}

// accept copies an acceptance onto a document; the older of two wins.
func (o *oracle) accept(b books, customer, terms int64, a row) {
	for _, has := range b.where("terms_acceptances", "customer_id", customer) {
		if has.id("terms_id") == terms {
			if a.text("accepted_at") < has.text("accepted_at") {
				has["accepted_at"], has["accepted_by"] = a["accepted_at"], a["accepted_by"]
			}
			return
		}
	}
	b.add("terms_acceptances", row{
		"customer_id": customer, "terms_id": terms, "accepted_at": a["accepted_at"],
		"accepted_by": a["accepted_by"],
	})
}
