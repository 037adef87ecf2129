package engine_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/testdb"
)

// controlRole is a control account of the usual chart (docs/domain.md, control accounts).
type controlRole struct {
	name, account string
	credits       bool // its natural side
}

var oracleRoles = []controlRole{{"receivable", "1100", false}, {"deferred_revenue", "2400", true}}

// difference is the ledger of an account on a role less its sub-ledger.
func (b books) difference(role controlRole, customer int64) decimal.Decimal {
	seller := b["customers"][customer].id("distributor_id")
	ledger := decimal.Zero
	for _, e := range b["journal_entries"] {
		if e.id("distributor_id") != seller || b.owner("journal_entries", e) != customer {
			continue
		}
		for _, l := range b.where("journal_lines", "entry_id", e.id("id")) {
			if !strings.HasPrefix(l.text("account"), role.account) {
				continue
			}
			side := l.sum("debit").Sub(l.sum("credit"))
			if role.credits {
				side = side.Neg()
			}
			ledger = ledger.Add(side)
		}
	}
	if !role.credits {
		return ledger.Sub(b.balance(customer))
	}
	for _, r := range b["revenue_schedules"] {
		l, ok := b["invoice_lines"][r.id("invoice_line_id")]
		if !ok || r.yes("recognized") {
			continue
		}
		i := b["invoices"][l.id("invoice_id")]
		if i.id("customer_id") == customer &&
			slices.Contains([]string{"open", "paid", "transferred"}, i.text("status")) {
			ledger = ledger.Sub(r.sum("amount"))
		}
	}
	return ledger
}

// keeps says whether a distributor keeps a role: an entry that no transfer wrote uses it.
func (b books) keeps(role controlRole, distributor int64) bool {
	for _, e := range b["journal_entries"] {
		if e.id("distributor_id") != distributor || e.yes("by_transfer") {
			continue
		}
		for _, l := range b.where("journal_lines", "entry_id", e.id("id")) {
			if strings.HasPrefix(l.text("account"), role.account) {
				return true
			}
		}
	}
	return false
}

// expectBooks finds that the moving records' own ledger and sub-ledger differ: the source's
// difference changes. Between distributors it never does.
func (o *oracle) expectBooks(f findings, after books) {
	if after == nil {
		return
	}
	id := o.source.id("id")
	for _, role := range oracleRoles {
		if o.b.keeps(role, o.source.id("distributor_id")) &&
			!o.b.difference(role, id).Equal(after.difference(role, id)) {
			f["BOOKS_DIVERGE"] = nil
		}
	}
}

// compareBooks compares the proof that the last order keeps with the differences of both sides.
func (c *oracleCase) compareBooks(after books) {
	c.t.Helper()
	source := c.o.source.id("id")
	target := after["customers"][source].id("successor_id")
	if c.o.target != nil {
		target = c.o.target.id("id")
	}
	var want []string
	for side, account := range map[string]int64{"source": source, "target": target} {
		seller := after["customers"][account].id("distributor_id")
		for _, role := range oracleRoles {
			if !c.o.b.keeps(role, seller) {
				continue
			}
			before := decimal.Zero
			if _, old := c.o.b["customers"][account]; old {
				before = c.o.b.difference(role, account)
			}
			now := after.difference(role, account)
			if c.o.dist() && side == "target" && !now.IsZero() {
				c.t.Errorf("the new account's %s differs from its ledger by %s", role.name, now)
			}
			if !before.IsZero() || !now.IsZero() {
				want = append(want, fmt.Sprintf("%s %s %s %s", side, role.name, before, now))
			}
		}
	}
	slices.Sort(want)
	got := c.w.Text(`select coalesce(string_agg(concat_ws(' ', side, role,
		trim_scale(ledger_before - sub_ledger_before), trim_scale(ledger_after - sub_ledger_after)), ', '
		order by side, role) filter (where ledger_before <> sub_ledger_before or ledger_after <> sub_ledger_after), '')
		from transfer_books
		where order_id = (select max(id) from transfer_orders where source_customer_id = $1)`, source)
	if got != strings.Join(want, ", ") {
		c.t.Errorf("control accounts: got %s, want %s", got, strings.Join(want, ", "))
	}
}

// scheduleMoves says whether a revenue schedule line of the source goes with the transfer.
func (o *oracle) scheduleMoves(r row) bool {
	if i := o.b.billing("revenue_schedules", r); i != nil {
		return o.moves["invoices"][i.id("id")]
	}
	s := r.id("subscription_id")
	switch {
	case o.moves["subscriptions"][s]:
		return true
	case !o.split[s]:
		return false
	}
	return o.late(r.text("period_start")) || o.merge() && !r.yes("recognized")
}

// decideEntry decides an entry that names its account: with the schedule lines that it
// recognises, else by its date alone.
func (o *oracle) decideEntry(e row) bool {
	lines := o.b.where("recognition_lines", "entry_id", e.id("id"))
	for _, l := range lines {
		r := o.b["revenue_schedules"][l.id("revenue_schedule_id")]
		if o.b.owner("revenue_schedules", r) != o.source.id("id") || !o.scheduleMoves(r) {
			return o.merge() && !o.dated() // everything moves, whatever it depends on
		}
	}
	return len(lines) > 0 || o.merge() && o.late(e.text("posted_on"))
}

// leaveEntries keeps the entries of schedule lines that go to another distributor with the
// old account.
func (o *oracle) leaveEntries(b books) {
	for id, r := range o.b["revenue_schedules"] {
		if !o.accrues(r) {
			continue
		}
		for _, e := range b.where("journal_entries", "source_id", id) {
			if e.text("source_kind") == "revenue_schedule" {
				e["source_kind"], e["source_id"], e["customer_id"] = nil, nil, o.source.id("id")
			}
		}
		for _, l := range b.where("recognition_lines", "revenue_schedule_id", id) {
			delete(b["recognition_lines"], l.id("id"))
		}
	}
}

// accrues says whether a schedule line goes to another distributor with its subscription.
func (o *oracle) accrues(r row) bool {
	return o.moves["subscriptions"][r.id("subscription_id")] && o.b.billing("revenue_schedules", r) == nil
}

// expectAccrued finds revenue that was recognised and is not billed.
func (o *oracle) expectAccrued(f findings) {
	for _, r := range o.b["revenue_schedules"] {
		if o.accrues(r) && r.yes("recognized") {
			f.concern("ACCRUED_REVENUE", "revenue_schedules", r)
		}
	}
}

// drawRecognition posts what is recognised: with the line as source, without, or several
// lines in one entry.
func (w *oracleWorld) drawRecognition() {
	var lines []struct {
		ID       int64
		Customer int64
		Amount   string
		Day      string
	}
	text := w.Text(`select coalesce(json_agg(json_build_object('ID', r.id, 'Customer', o.customer_id, 'Amount',
		r.amount::text, 'Day', r.period_start) order by r.id), '[]')
		from revenue_schedules r join owned_revenue_schedules o on o.id = r.id join customers c on c.id = o.customer_id
		where r.recognized and c.distributor_id = $1`, w.seller.ID)
	if err := json.Unmarshal([]byte(text), &lines); err != nil {
		panic(err)
	}
	var together int64
	for _, l := range lines {
		if strings.HasPrefix(l.Amount, "-") {
			continue // an entry has no negative sides
		}
		e := testdb.Entry{
			Distributor: w.seller.ID, PostedOn: pick(w, l.Day, w.day()), Currency: w.seller.Currency,
			Restricted: restrictedIn(w, 30, "exported"),
			Lines: []testdb.EntryLine{
				{Account: "2400 Deferred revenue", Debit: l.Amount},
				{Account: "4000 Revenue", Credit: l.Amount},
			},
		}
		switch w.r.IntN(5) {
		case 0, 1:
			e.SourceKind, e.Source = testdb.OfRevenueSchedule, l.ID
			w.Entry(e)
		case 2:
			e.Customer = l.Customer
			w.Entry(e)
		case 3:
			if together == 0 || w.odds(2) {
				e.Customer = w.source.ID
				together = w.Entry(e).ID
			}
			w.Exec(`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, $3)`,
				together, l.ID, l.Amount)
		}
	}
}
