package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// amend exports everything, replaces a text in one file and imports that file with an override.
func (d *backDesk) amend(name, before, after string) {
	d.t.Helper()
	f := d.files()
	text := string(f.files[name].Data)
	if strings.Count(text, before) != 1 {
		d.t.Fatalf("%s has %q %d times:\n%s", name, before, strings.Count(text, before), text)
	}
	by := d.Staff(testdb.Staff{Role: "finance"})
	report, err := exchange.Import(context.Background(), d.db,
		fstest.MapFS{name: {Data: []byte(strings.Replace(text, before, after, 1))}}, exchange.Options{
			Override: exchange.Override{
				Amend: true, IntoClosed: true, Reason: "Agreed",
				By: audit.Actor{ID: by.ID, Name: by.Name},
			},
		})
	if err != nil {
		d.t.Fatalf("amend %s: %v %v", name, err, report.Errors)
	}
}

// TestReversalAfterAmendments changes documents with an override between a transfer and its
// reversal: what the transfer only moved goes back as it is, what it settled or wrote is named
// before, and nothing fails at the books.
func TestReversalAfterAmendments(t *testing.T) {
	t.Parallel()
	full := func(d *shop) transfer.Request { return d.merge("") }
	carried := func(d *shop) transfer.Request { return d.merge("2026-02-01") }
	away := func(d *shop) transfer.Request { return d.to(d.thames, transfer.ModeSubscriptions) }
	for _, c := range []struct {
		name   string
		ask    func(d *shop) transfer.Request
		file   string
		before string
		after  string
		want   string // what blocks the reversal, "" = nothing
	}{
		{
			"amount of a moved invoice", full, "invoice_lines.csv", "Service,1,100.00,100.00",
			"Service,1,120.00,120.00", "",
		},
		{
			"void of a moved invoice", full, "invoices.csv", "2026-01-10,2026-02-14,EUR,open",
			"2026-01-10,2026-02-14,EUR,void", "",
		},
		{
			"void of an invoice that moved in a merge that carried", carried, "invoices.csv",
			"2026-02-10,2026-02-14,EUR,open", "2026-02-10,2026-02-14,EUR,void", "",
		},
		{
			"amount of an invoice that the merge settled", carried, "invoice_lines.csv", "Service,1,100.00,100.00",
			"Service,1,120.00,120.00", "CANNOT_GO_BACK: INV-1",
		},
		{
			"void of an invoice that the merge settled", carried, "invoices.csv",
			"2026-01-10,2026-02-14,EUR,transferred",
			"2026-01-10,2026-02-14,EUR,void", "CANNOT_GO_BACK: INV-1",
		},
		{
			"amount of an invoice that stayed and was settled", away, "invoice_lines.csv", "Service,1,50.00,50.00",
			"Service,1,70.00,70.00", "CANNOT_GO_BACK: INV-2",
		},
		{
			"description of an invoice that was settled", away, "invoice_lines.csv", "Service,1,50.00,50.00",
			"Cloud service,1,50.00,50.00", "",
		},
		{
			"less of an invoice that stayed and was settled", away, "invoice_lines.csv", "Service,1,50.00,50.00",
			"Service,1,20.00,20.00", "CANNOT_GO_BACK: INV-2",
		},
		{"more of a payment that the transfer used", away, "payments.csv", "2026-01-20,30.00", "2026-01-20,45.00", ""},
		{"less of a payment that the transfer used", away, "payments.csv", "2026-01-20,30.00", "2026-01-20,20.00", ""},
		{"a payment that the transfer used fails", away, "payments.csv", "30.00,EUR,succeeded", "30.00,EUR,failed", ""},
		{"a payment that the merge used fails", carried, "payments.csv", "30.00,EUR,succeeded", "30.00,EUR,failed", ""},
		{
			"amount of the memo that opened the balance", away, "debit_memos.csv", "60.28", "70.00",
			"CANNOT_GO_BACK: DM-000001",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			o := d.transfer(c.ask(d))
			d.amend(c.file, c.before, c.after)
			if ofTransfer := c.file == "debit_memos.csv"; ofTransfer != (len(d.broken()) > 0) {
				t.Errorf("verify says %q: it finds what a transfer wrote and another document does not", d.broken())
			}
			if got := d.blocking(o); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Fatalf("the preview of the reversal says %q, want %q", got, c.want)
			}
			if c.want == "" {
				d.reverse(o)
				d.verify()
			}
		})
	}
}

func TestAmendmentBeforeTheTransferBlocksNothing(t *testing.T) {
	d := newShop(t)
	d.amend("invoice_lines.csv", "Service,1,50.00,50.00", "Service,1,70.00,70.00")
	first := d.transfer(d.to(d.nordlys, transfer.ModeSubscriptions))
	d.reverse(first)
	d.amend("invoice_lines.csv", "Service,1,70.00,70.00", "Service,1,75.00,75.00") // between two transfers
	second := d.transfer(d.to(d.nordlys, transfer.ModeSubscriptions))
	d.same("what was carried", "145", fmt.Sprintf(`select trim_scale(sum(amount)) from debit_memos
		where customer_id = %d`, *second.TargetID))
	d.reverse(second)
	d.verify()
}
