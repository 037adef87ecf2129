package engine_test

import (
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestReversalAfterLateMoney: money that comes for an invoice after a transfer settled it is unapplied.
// The reversal makes room: the money settles the invoice, which is paid then and not open.
func TestReversalAfterLateMoney(t *testing.T) {
	const state = `select i.status || ' ' || trim_scale(i.settled) || ', balance ' || trim_scale(b.balance)
		from invoices i join customer_balances b on b.customer_id = i.customer_id where i.id = $1`
	for _, c := range []struct{ name, amount, status, late, reversed string }{
		{"all of it", "100.00", "succeeded", "transferred 100, balance -100", "paid 100, balance 20"},
		{"a part of it", "60.00", "succeeded", "transferred 100, balance -60", "open 60, balance 60"},
		{"money that did not come", "100.00", "failed", "transferred 100, balance 0", "open 0, balance 120"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			o := d.transfer(d.to(d.nordlys, transfer.ModeEverything))
			d.Payment(testdb.Payment{
				Customer: d.customer.ID, ReceivedOn: "2026-03-11", Amount: c.amount, Status: c.status,
				Allocations: []testdb.Allocation{{Invoice: d.open.ID, Amount: c.amount}},
			})
			d.same("after the money came", c.late, state, d.open.ID)
			back := d.reverse(o)
			d.same("after the reversal", c.reversed, state, d.open.ID)
			d.verify()
			if misfits := d.Text(`select string_agg(number || ' is ' || status, '; ') from status_misfits`); misfits !=
				"" {
				t.Errorf("statuses that do not fit: %s", misfits)
			}
			if c.status == "failed" {
				d.reverse(back)
				d.same("carried again", c.late, state, d.open.ID)
				d.verify()
			}
		})
	}
}
