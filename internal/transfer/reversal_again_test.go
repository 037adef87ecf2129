package transfer_test

import (
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// The account that a distributor transfer opened is closed and opened again by each
// reversal; whatever was issued on it meanwhile keeps it open.
func TestReversalAgainAndAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		issue func(d *shop, account int64)
		after string
	}{
		{"nothing was issued", func(*shop, int64) {}, "closed"},
		{"an invoice", func(d *shop, account int64) {
			d.Invoice(testdb.Invoice{Customer: account, Number: "NEW-1", IssuedOn: "2026-03-12", Lines: []testdb.Line{{Amount: "12.00"}}})
		}, "active"},
		{"a contract", func(d *shop, account int64) {
			d.Subscription(testdb.Subscription{Customer: account, Plan: d.pro.ID, Price: "5.00", Start: "2026-03-12"})
		}, "active"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			o := d.transfer(d.to(d.nordlys, transfer.ModeEverything))
			again := d.reverse(d.reverse(o))
			c.issue(d, *o.TargetID)
			p := d.preview(again)
			if _, told := p.Finding("RECORDS_SINCE"); told != (c.after == "active") {
				t.Errorf("findings %+v", p.Findings)
			}
			third := d.reverse(again)
			d.same("the account that was opened", c.after, `select status from customers where id = $1`, o.TargetID)
			d.same("the old account", "active", `select status from customers where id = $1`, d.customer.ID)
			d.verify()
			d.reverse(third)
			d.same("the account stands again", "active", `select status from customers where id = $1`, o.TargetID)
			d.verify()
		})
	}
}
