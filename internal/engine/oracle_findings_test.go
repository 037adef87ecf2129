package engine_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"handover/internal/record"
	"handover/internal/transfer"
)

// findings are the codes with the records concerned; nil records: only that it is found.
type findings map[transfer.Code][]string

// concern adds a record to a finding.
func (f findings) concern(code transfer.Code, table string, r row) {
	f[code] = append(f[code], recordNumber(table, r))
}

// recordNumber is how a preview names a record.
func recordNumber(table string, r row) string {
	if n := r.text("number"); n != "" {
		return n
	}
	prefix := map[string]string{"customers": "C", "placed_orders": "O"}[table]
	return record.Number(cmp.Or(prefix, kindIn(table).prefix), r.id("id"))
}

// expect computes the findings from the books before and after.
func (o *oracle) expect(after books) findings {
	f := findings{}
	o.expectAccounts(f)
	o.expectContracts(f)
	o.expectRecords(f, after)
	for _, term := range o.prepaid() {
		if sub, _, _ := strings.Cut(term, " "); !slices.Contains(f["PREPAID_TERM"], sub) {
			f["PREPAID_TERM"] = append(f["PREPAID_TERM"], sub)
		}
	}
	o.expectBooks(f, after)
	o.expectMoney(f)
	if o.dist() {
		o.expectDistributor(f, after)
	} else {
		o.expectCustomers(f, after)
	}
	return f
}

func live(c row) bool { return c.text("status") == "active" || c.text("status") == "suspended" }

func (o *oracle) expectAccounts(f findings) {
	accounts := []row{o.source}
	if o.target != nil {
		accounts = append(accounts, o.target)
	}
	for _, c := range accounts {
		if !live(c) {
			f.concern("ACCOUNT_NOT_ACTIVE", "customers", c)
		}
		if c.yes("bill_to_parent") {
			f.concern("BILL_TO_PARENT", "customers", c)
		}
		if o.req.Kind == record.Subscriptions && c.text("crm_id") != "" && o.carriers(c.text("crm_id"), 0) > 1 {
			f["CRM_CONFLICT"] = nil
		}
	}
	for _, m := range o.b.where("payment_methods", "customer_id", o.source.id("id")) {
		if m.text("status") == "active" && !o.kept(m) {
			f["PAYMENT_METHODS_NOT_MOVED"] = nil
		}
	}
	for _, p := range o.b.where("payments", "customer_id", o.source.id("id")) {
		code := map[string]transfer.Code{
			"processing":      "PAYMENT_IN_PROGRESS",
			"requires_action": "SCA_AUTHENTICATION_REQUIRED",
		}[p.text("status")]
		if code == "" {
			continue
		}
		if moving, _ := o.links("payment_allocations", "payment_id", p); o.req.Kind != record.Subscriptions ||
			moving > 0 {
			f.concern(code, "payments", p)
		}
	}
}

// carriers counts the live accounts with that CRM id, but for one.
func (o *oracle) carriers(crm string, but int64) int {
	n := 0
	for _, c := range o.b["customers"] {
		if live(c) && c.text("crm_id") == crm && c.id("id") != but {
			n++
		}
	}
	return n
}

func (o *oracle) moving(subscription int64) bool {
	return o.moves["subscriptions"][subscription] || o.split[subscription]
}

func (o *oracle) expectContracts(f findings) {
	busy := []string{"provisioning", "starting", "stopping", "removing", "changing_plan"}
	for _, id := range slices.Sorted(maps.Keys(o.all)) {
		s := o.b["subscriptions"][id]
		byHand := slices.Contains(o.selected, id) && s.text("status") == "terminated" && !o.sharesInvoice(id)
		if o.moving(id) && slices.Contains(busy, s.text("status")) || byHand {
			f.concern("SUBSCRIPTION_STATE", "subscriptions", s)
		}
		if o.moving(id) && !s.ended() && !o.b["plans"][s.id("plan_id")].yes("transferable") {
			f.concern("PLAN_NOT_TRANSFERABLE", "subscriptions", s)
		}
		if !o.moving(id) && (o.dist() || o.merge() && o.dated()) {
			o.strands(f, id)
		}
	}
	for _, id := range o.added {
		f.concern("LINKED_SUBSCRIPTIONS", "subscriptions", o.b["subscriptions"][id])
	}
	for _, p := range o.b.sorted("placed_orders") {
		open := !slices.Contains([]string{"completed", "cancelled", "failed"}, p.text("status"))
		if o.req.Kind == record.Subscriptions {
			open = open && o.moving(p.id("subscription_id"))
		} else {
			open = open && p.id("customer_id") == o.source.id("id")
		}
		if open {
			f.concern("ORDER_INCOMPLETE", "placed_orders", p)
		}
	}
}

// sharesInvoice says whether a moving invoice bills it together with one of S that is not terminated.
func (o *oracle) sharesInvoice(id int64) bool {
	for _, l := range o.b.where("invoice_lines", "subscription_id", id) {
		if !o.moves["invoices"][l.id("invoice_id")] {
			continue
		}
		for _, other := range o.b.where("invoice_lines", "invoice_id", l.id("invoice_id")) {
			if s := other.id("subscription_id"); o.all[s] && o.b["subscriptions"][s].text("status") != "terminated" {
				return true
			}
		}
	}
	return false
}

// strands finds what of the subscription could never be billed.
func (o *oracle) strands(f findings, id int64) {
	for _, k := range hanging() {
		for _, r := range o.b.where(k.table, "subscription_id", id) {
			if k.bills && o.b.billing(k.table, r) == nil && !r.sum("amount").IsZero() {
				f.concern("UNBILLED_ON_ENDED", k.table, r)
			}
		}
	}
}

// closable says whether a record in a closed period must not move.
func closable(table string, r row) bool {
	return slices.Contains([]string{
		"invoices", "payments", "refunds", "credit_memos", "debit_memos",
		"journal_entries",
	}, table) ||
		table == "revenue_schedules" && r.yes("recognized") && r.id("invoice_line_id") == 0
}

func (o *oracle) closed(distributor int64, day string) bool {
	for _, p := range o.b.where("financial_periods", "distributor_id", distributor) {
		if p.text("status") == "closed" && p.text("start_on") <= day && day <= p.text("end_on") {
			return true
		}
	}
	return false
}

func (o *oracle) expectRecords(f findings, after books) {
	if o.dist() || o.merge() && o.dated() {
		for _, i := range o.b.where("invoices", "customer_id", o.source.id("id")) {
			if i.text("status") == "draft" {
				f.concern("DRAFT_INVOICE", "invoices", i)
			}
		}
	}
	if after == nil {
		return
	}
	o.expectMoving(f, after)
	posting := map[int64]bool{}
	for _, table := range []string{"credit_memos", "debit_memos"} {
		for id, m := range after[table] {
			by := after["customers"][m.id("customer_id")].id("distributor_id")
			if _, old := o.b[table][id]; !old && !posting[by] && o.closed(by, m.text("issued_on")) {
				posting[by] = true
				f["PERIOD_CLOSED"] = append(f["PERIOD_CLOSED"], "")
			}
		}
	}
}

// expectMoving finds what must not move, or is to be said of what moves.
func (o *oracle) expectMoving(f findings, after books) {
	seller := o.source.id("distributor_id")
	for _, k := range oracleKinds {
		for _, r := range o.b.sorted(k.table) {
			if o.b.owner(k.table, r) != o.source.id("id") || !o.gone(after, k.table, r) {
				continue
			}
			if r.text("restricted") != "" && !o.dist() {
				f.concern("RESTRICTED_RECORD", k.table, r)
			}
			if closable(k.table, r) && o.closed(seller, r.text(k.date)) {
				f["PERIOD_CLOSED"] = append(f["PERIOD_CLOSED"], "")
			}
			if k.table == "usage_records" && o.req.Kind != record.Merge && o.b.billing(k.table, r) == nil {
				f["UNBILLED_USAGE"] = nil
			}
			if k.table == "invoices" && !o.dist() && r.text("status") == "open" {
				f.concern("PAY_LINK_NAME", k.table, r)
			}
		}
	}
}
