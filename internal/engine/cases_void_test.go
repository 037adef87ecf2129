package engine

import (
	"path/filepath"
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// amending imports a directory of the case with an override.
func (o *outside) amending(name string) {
	o.t.Helper()
	source, err := exchange.Open(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	by := o.Staff(testdb.Staff{Name: "Cora Controller", Role: "finance"})
	report, err := exchange.Import(o.t.Context(), o.db, source, exchange.Options{
		Override: exchange.Override{
			Amend: true, Reason: "Agreed with the customer",
			By: audit.Actor{ID: by.ID, Name: by.Name},
		},
	})
	if err != nil {
		o.t.Fatalf("import of %s: %v %v", name, err, report.Errors)
	}
}

// stuck are the findings that block the reversal of the order, as sentences.
func (o *outside) stuck(order order.Order) []string {
	o.t.Helper()
	p, err := o.engine.PreviewReversal(o.t.Context(), order.Number)
	if err != nil {
		o.t.Fatal(err)
	}
	var out []string
	for _, f := range p.Blocking() {
		out = append(out, string(f.Code)+": "+f.Message)
	}
	return out
}

// TestVoidAfterATransfer: csv2 voids an invoice that the transfer settled, csv3 changes a line
// of the other. Both are refused with the order's number, and then the transfer can be taken
// back.
func TestVoidAfterATransfer(t *testing.T) {
	o := newOutside(t, "08-void-after")
	order := o.transfer(transfer.Request{Kind: record.Distributor, SourceCustomer: o.number(record.CustomerPrefix,
		"K08-A"), TargetDistributor: o.number(record.DistributorPrefix, "K08-DB"), Mode: transfer.ModeSubscriptions})
	for name, want := range map[string]string{
		"csv2": "invoices.csv:2: status: " + order.Number +
			" settled the invoice K08-I1, so it cannot become void. Reverse " + order.Number +
			", credit it with a memo, or ",
		"csv3": `invoice_lines.csv:2: amount: the invoice K08-I2 was issued with "40.00" here ` +
			`and has "60.00" in the file, and ` + order.Number + " settled it. Reverse " + order.Number,
	} {
		if errors := o.refused(name); !strings.HasPrefix(errors[0], want) ||
			!strings.HasSuffix(errors[0], "(ISSUED_DOCUMENT_CHANGED)") {
			t.Errorf("%s: got %q, want %q", name, errors, want)
		}
	}
	o.feed("csv") // the night after
	if found := o.stuck(order); len(found) > 0 {
		t.Errorf("the reversal is blocked: %q", found)
	}
	o.reversed(order)
	o.want("both invoices are open again", "100.00 40.00", `select string_agg(open_amount::text, ' '
		order by open_amount desc) from open_documents o join customers c on c.id = o.customer_id
		where c.external_id = 'K08-A'`)
	o.verify()
	o.feed("csv2") // nothing settles it any more
	o.want("the void is taken", "void", `select status from invoices where external_id = 'K08-I1'`)
}

// TestReversalKnowsAmendedDocuments: with an override both are taken, and the preview of the
// reversal says that they cannot go back.
func TestReversalKnowsAmendedDocuments(t *testing.T) {
	for _, c := range []struct{ files, want string }{
		{"csv2", "CANNOT_GO_BACK: Invoices were voided after the transfer settled them: K08-I1."},
		{"csv3", "CANNOT_GO_BACK: Invoices have another amount than when the transfer settled them: K08-I2."},
	} {
		t.Run(c.files, func(t *testing.T) {
			o := newOutside(t, "08-void-after")
			order := o.transfer(transfer.Request{
				Kind:              record.Distributor,
				SourceCustomer:    o.number(record.CustomerPrefix, "K08-A"),
				TargetDistributor: o.number(record.DistributorPrefix, "K08-DB"), Mode: transfer.ModeSubscriptions,
			})
			o.amending(c.files)
			o.verify()
			found := o.stuck(order)
			if len(found) == 0 || !strings.HasPrefix(found[0], c.want) {
				t.Errorf("got %q, want %q", found, c.want)
			}
			for _, f := range found {
				if !strings.HasPrefix(f, "CANNOT_GO_BACK") {
					t.Errorf("it is blocked by %q as well", f)
				}
			}
		})
	}
}
