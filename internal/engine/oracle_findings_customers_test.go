package engine_test

import (
	"strings"

	"handover/internal/transfer"
)

func (o *oracle) expectCustomers(f findings, after books) {
	for table, list := range o.torn {
		for _, r := range list {
			f.concern("INVALID_RELATIONSHIP", table, r)
		}
	}
	if o.dated() && o.req.EffectiveOn > o.today[o.source.id("distributor_id")] {
		f["EFFECTIVE_DATE_INVALID"] = nil
	}
	o.expectMemos(f)
	s, t := o.source, o.target
	if s.id("distributor_id") != t.id("distributor_id") {
		f["DISTRIBUTOR_MISMATCH"] = nil
		if o.b["distributors"][s.id("distributor_id")].id("brand_id") !=
			o.b["distributors"][t.id("distributor_id")].id("brand_id") {
			f["BRAND_MISMATCH"] = nil
		}
	}
	if s.text("currency") != t.text("currency") {
		f["CURRENCY_MISMATCH"] = nil
	}
	if s.text("tax_id") != "" && t.text("tax_id") != "" && s.text("tax_id") != t.text("tax_id") {
		f["TAX_ID_DIFFERS"] = nil
	}
	if s.text("country") != "" && t.text("country") != "" && !strings.EqualFold(s.text("country"), t.text("country")) {
		f["COUNTRY_DIFFERS"] = nil
	}
	o.expectLogins(f, after)
	if o.merge() {
		if o.above(s, t.id("id")) || o.above(t, s.id("id")) {
			f["RELATED_ACCOUNTS"] = nil
		}
		if s.text("crm_id") != "" && t.text("crm_id") != "" && s.text("crm_id") != t.text("crm_id") {
			f["CRM_CONFLICT"] = nil
		}
		if crm := after["customers"][t.id("id")].text("crm_id"); crm != "" {
			for id, c := range after["customers"] {
				if live(c) && id != t.id("id") && c.text("crm_id") == crm {
					f["CRM_CONFLICT"] = nil
				}
			}
		}
	}
	if o.dated() {
		o.expectPartial(f, after)
	}
}

// expectLogins finds what shares a login on the target afterwards, and did not before.
func (o *oracle) expectLogins(f findings, after books) {
	users := after.where("service_users", "customer_id", o.target.id("id"))
	for _, u := range users {
		alike, comes := 0, false
		for _, other := range users {
			if strings.EqualFold(u.text("login"), other.text("login")) {
				before, old := o.b["service_users"][other.id("id")]
				alike, comes = alike+1, comes || !old || before.id("customer_id") != o.target.id("id")
			}
		}
		if alike > 1 && comes {
			f["SAME_LOGIN"] = nil
		}
	}
}

// above says whether the account is reached by going from parent to parent.
func (o *oracle) above(c row, account int64) bool {
	for c != nil {
		if c.id("parent_customer_id") == account {
			return true
		}
		c = o.b["customers"][c.id("parent_customer_id")]
	}
	return false
}

// expectMemos finds memos before E that hang on what moves.
func (o *oracle) expectMemos(f findings) {
	if !o.dated() {
		return
	}
	for _, table := range []string{"credit_memos", "debit_memos"} {
		for _, m := range o.b.where(table, "customer_id", o.source.id("id")) {
			if o.late(m.text("issued_on")) {
				continue
			}
			hangs := o.moves["invoices"][m.id("invoice_id")] || m.text("status") == "open" &&
				o.moving(m.id("subscription_id"))
			if table == "credit_memos" {
				for _, a := range o.b.where("credit_allocations", "credit_memo_id", m.id("id")) {
					hangs = hangs || o.moves["invoices"][a.id("invoice_id")] ||
						o.moves["debit_memos"][a.id("debit_memo_id")]
				}
			}
			if hangs {
				f.concern("MEMO_BEFORE_EFFECTIVE_DATE", table, m)
			}
		}
	}
}

// expectPartial finds what of S (of all of the source, in a merge) stays and is dated before E.
func (o *oracle) expectPartial(f findings, after books) {
	for _, k := range oracleKinds {
		for _, r := range o.b.sorted(k.table) {
			if k.date == "" || o.b.owner(k.table, r) != o.source.id("id") || o.late(r.text(k.date)) {
				continue
			}
			cut := k.table == "subscriptions" && o.split[r.id("id")]
			if (cut || !o.gone(after, k.table, r)) && (o.merge() || o.concerns(k.table, r)) {
				f.concern("PARTIAL_TRANSFER", k.table, r)
			}
		}
	}
}

// concerns says whether a record names a subscription of S, or hangs on a document that does.
func (o *oracle) concerns(table string, r row) bool {
	allocated := func(allocations, col string) bool {
		for _, a := range o.b.where(allocations, col, r.id("id")) {
			if i, ok := o.b["invoices"][a.id("invoice_id")]; ok && o.concerns("invoices", i) ||
				o.all[o.b["debit_memos"][a.id("debit_memo_id")].id("subscription_id")] {
				return true
			}
		}
		return false
	}
	switch table {
	case "subscriptions":
		return o.all[r.id("id")]
	case "invoices":
		for _, l := range o.b.where("invoice_lines", "invoice_id", r.id("id")) {
			if o.all[l.id("subscription_id")] {
				return true
			}
		}
	case "payments":
		return allocated("payment_allocations", "payment_id")
	case "refunds":
		return o.concerns("payments", o.b["payments"][r.id("payment_id")])
	case "credit_memos":
		i, ok := o.b["invoices"][r.id("invoice_id")]
		return o.all[r.id("subscription_id")] || ok && o.concerns("invoices", i) ||
			allocated("credit_allocations", "credit_memo_id")
	case "journal_entries":
		kind := r.text("source_kind")
		return kind != "" && o.concerns(kind+"s", o.b[kind+"s"][r.id("source_id")])
	}
	return o.all[r.id("subscription_id")]
}

func (o *oracle) expectDistributor(f findings, after books) {
	from := o.source.id("id")
	for _, c := range o.b.where("customers", "parent_customer_id", from) {
		if live(c) {
			f.concern("CHILD_ACCOUNTS", "customers", c)
		}
	}
	for id, c := range o.b["customers"] {
		tax := o.source.text("tax_id") != "" && c.text("tax_id") == o.source.text("tax_id")
		name := o.source.text("email") != "" && c.text("email") == o.source.text("email") &&
			c.text("name") == o.source.text("name")
		if id != from && live(c) && c.id("distributor_id") == o.to.id("id") && (tax || name) {
			f.concern("DUPLICATE_AT_TARGET", "customers", c)
		}
	}
	if entity := o.b["distributors"][o.source.id("distributor_id")].text("legal_entity"); o.req.Mode ==
		transfer.ModeEverything && entity != o.to.text("legal_entity") {
		f["LEGAL_ENTITY_DIFFERS"] = nil
	}
	if o.to.text("status") != "active" {
		f["ACCOUNT_NOT_ACTIVE"] = nil
	}
	o.expectAccrued(f)
	if _, wrong := o.rate(); wrong != "" {
		f[wrong] = nil
	}
	o.expectRate(f)
	if crm := o.source.text("crm_id"); crm != "" && o.carriers(crm, from) > 0 {
		f["CRM_CONFLICT"] = nil
	}
	for id := range o.moves["subscriptions"] {
		s := o.b["subscriptions"][id]
		plan, chosen := o.plan(s)
		if plan == nil {
			f.concern("PLAN_NOT_DELEGATED", "subscriptions", s)
		} else if price := o.price(s, plan, chosen); !price.Equal(s.sum("price")) || o.converts() && !price.IsZero() {
			f.concern("PRICE_CHANGES", "subscriptions", s)
		}
		if s.text("promotion") != "" {
			f.concern("PROMOTION_DROPPED", "subscriptions", s)
		}
		for _, u := range o.b.where("usage_records", "subscription_id", id) {
			if o.b.billing("usage_records", u) == nil {
				f["UNBILLED_USAGE"] = nil
			}
		}
	}
	if o.req.Mode == transfer.ModeEverything {
		for _, a := range o.b.where("terms_acceptances", "customer_id", from) {
			if o.counterTerms(a.id("terms_id")) == 0 {
				f["TERMS_NOT_MAPPED"] = nil
			}
		}
	}
}
