package engine_test

import (
	"strings"
	"testing"

	"handover/internal/record"
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
			d.Invoice(testdb.Invoice{
				Customer: account, Number: "NEW-1", IssuedOn: "2026-03-12",
				Lines: []testdb.Line{{Amount: "12.00"}},
			})
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
			d.same("the account is active again", "active", `select status from customers where id = $1`, o.TargetID)
			d.verify()
		})
	}
}

// The later transfer is reversed first, then nothing is in the way.
func TestReversalAfterTheLaterOne(t *testing.T) {
	d := newShop(t)
	before := d.export()
	first := d.transfer(d.give(""))
	d.Customer(testdb.Customer{Name: "Third AS"})
	before = d.plus(before)
	later := d.transfer(transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: d.peer.Number,
		TargetCustomer: d.Text(`select number_of('C', max(id)) from customers`), Subscriptions: []string{d.sub.Number},
	})
	if got := d.blocking(first); !strings.HasPrefix(got, "MOVED_AGAIN: "+later.Number) {
		t.Errorf("got %q", got)
	}
	undone := d.reverse(later)
	if got := d.blocking(first); got != "" {
		t.Errorf("after %s: %q", undone.Number, got)
	}
	again := d.reverse(undone)
	if got := d.blocking(first); !strings.HasPrefix(got, "MOVED_AGAIN: "+again.Number) {
		t.Errorf("restored by %s: %q", again.Number, got)
	}
	d.reverse(again)
	d.reverse(first)
	d.sameAs(before)
	d.verify()
}

// plus adds the customers of now to an export from before.
func (d *backDesk) plus(before map[string][]string) map[string][]string {
	before["customers.csv"] = d.export()["customers.csv"]
	return before
}
