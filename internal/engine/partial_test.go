package engine

import (
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestPartialTransferCountsByDateOnly: the finding and the sentence say one number, of what
// is dated before E, stays and belongs to the transfer.
func TestPartialTransferCountsByDateOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		setup func(d *desk) transfer.Request
		count string // "" = no partial transfer
		kinds string
	}{
		"a merge: what hangs on an earlier document and is dated later is not counted": {func(
			d *desk,
		) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			old := d.billed("INV-1", "2025-12-15", a)
			d.billed("INV-2", "2026-01-15", a)
			p := d.pays("2025-12-20", old)
			d.Refund(testdb.Refund{Payment: p.ID, Amount: "1.00", On: "2026-02-01"})
			d.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: old.ID, PostedOn: "2026-01-03"})
			d.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: p.ID, PostedOn: "2025-12-20"})
			return d.into(d.peer(), "2026-01-01")
		}, "4 records dated before 1 Jan 2026 stay", "1 subscription, 1 invoice, 1 payment, 1 journal entry."},
		"a subscription that is cut": {func(d *desk) transfer.Request {
			return d.give(d.peer(), "2026-01-01", d.subscribe(testdb.Subscription{}))
		}, "1 record dated before 1 Jan 2026 stays", "1 subscription."},
		"one that ended and one that begins later": {func(d *desk) transfer.Request {
			d.subscribe(testdb.Subscription{Start: "2026-01-01"})
			d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			return d.into(d.peer(), "2026-01-01")
		}, "1 record dated before 1 Jan 2026 stays", "1 subscription."},
		"only what belongs to the selected subscription": {
			func(d *desk) transfer.Request {
				a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
				mine, other := d.billed("INV-1", "2025-12-15", a), d.billed("INV-2", "2025-12-15", b)
				d.pays("2025-12-20", other)
				p := d.pays("2025-12-20", mine)
				d.Refund(testdb.Refund{Payment: p.ID, Amount: "1.00", On: "2025-12-28"})
				d.Payment(testdb.Payment{Customer: d.customer.ID, ReceivedOn: "2025-12-01", Amount: "1.00"})
				d.CreditMemo(testdb.Memo{
					Customer: d.customer.ID, Invoice: mine.ID, IssuedOn: "2025-12-16", Amount: "1.00",
					Status: "applied",
				})
				d.Usage(testdb.Usage{Subscription: a.ID, UsedOn: "2025-12-05"})
				d.Usage(testdb.Usage{Subscription: a.ID, UsedOn: "2026-01-05"})
				d.Usage(testdb.Usage{Subscription: b.ID, UsedOn: "2025-12-05"})
				return d.give(d.peer(), "2026-01-01", a)
			}, "6 records dated before 1 Jan 2026 stay",
			"1 subscription, 1 usage record, 1 invoice, 1 payment, 1 refund, 1 credit memo.",
		},
		"nothing before E": {func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{Start: "2026-01-01"})
			d.billed("INV-1", "2026-01-15", a)
			return d.give(d.peer(), "2026-01-01", a)
		}, "", ""},
		"the full history": {func(d *desk) transfer.Request { return d.into(d.peer(), "") }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := d.preview(c.setup(d))
			f, ok := p.Finding("PARTIAL_TRANSFER")
			if c.count == "" {
				if ok || p.Partial != nil || strings.Contains(p.Sentence, "stay") {
					t.Errorf("got %+v, %+v, %q", f, p.Partial, p.Sentence)
				}
				return
			}
			if want := c.count + " with Blue Fjord AS: " + c.kinds; f.Message != want {
				t.Errorf("the finding says %q, want %q", f.Message, want)
			}
			if want := "; " + c.count + " with Blue Fjord AS. "; !strings.Contains(p.Sentence, want) {
				t.Errorf("the sentence %q does not say %q", p.Sentence, want)
			}
			if p.Partial == nil || p.Partial.Count != f.Count || p.Partial.Before != "2026-01-01" {
				t.Errorf("the preview has %+v", p.Partial)
			}
		})
	}
}
