package engine_test

import (
	"context"
	"testing"
	"testing/fstest"

	"handover/internal/exchange"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestFeedAfterReversals imports the export from before a transfer: after its reversal, and at
// night also after the reversal was reversed, when the transfer binds the feed again.
func TestFeedAfterReversals(t *testing.T) {
	t.Parallel()
	for _, c := range reversalScenarios {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			req := c.ask(d)
			before := d.files()
			o := d.transfer(req)
			back := d.reverse(o)
			d.feed(before)
			if testdb.Night() {
				again := d.reverse(back)
				d.feed(before)
				d.reverse(again)
				d.feed(before)
			}
			d.verify()
		})
	}
}

func TestFeedDecidesAfterReversal(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.to(d.thames, transfer.ModeSubscriptions))
	d.reverse(o)
	d.Exec(`update subscriptions set price = 55 where id = $1`, d.sub.ID) // what the feed says by now
	d.verify()
}

func (d *backDesk) files() feed {
	d.t.Helper()
	f := feed{fstest.MapFS{}}
	if err := exchange.Export(context.Background(), d.db, f, d.actor); err != nil {
		d.t.Fatal(err)
	}
	return f
}

// feed imports the files, which must change nothing.
func (d *backDesk) feed(f feed) {
	d.t.Helper()
	now := d.export()
	report, err := exchange.Import(context.Background(), d.db, f.files, exchange.Options{Actor: d.actor})
	if err != nil {
		d.t.Fatalf("import: %v %v", err, report.Errors)
	}
	after := d.export()
	for name := range now {
		if len(now[name]) != len(after[name]) {
			d.t.Errorf("%s has %d lines, had %d", name, len(after[name]), len(now[name]))
			continue
		}
		for i := range now[name] {
			if now[name][i] != after[name][i] {
				d.t.Errorf("the feed changed %s: %q, was %q", name, after[name][i], now[name][i])
			}
		}
	}
}
