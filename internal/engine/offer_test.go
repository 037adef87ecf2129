package engine

import (
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// offered returns the effective date that the preview's finding offers, "" if none.
func offered(p transfer.Preview, code transfer.Code) string {
	f, ok := p.Finding(code)
	if !ok || f.Instead == nil {
		return ""
	}
	return f.Instead.EffectiveOn
}

// TestCaseClosed is case 27: the offered effective date can be executed. The one before it
// would tear a payment from the invoice that it settles.
func TestCaseClosed(t *testing.T) {
	o := newOutside(t, "27-closed")
	for _, csv := range []string{"", "csv2"} {
		if csv != "" {
			o.feed(csv)
		}
		day := offered(o.preview(o.merge("K27-A", "K27-B", "")), "PERIOD_CLOSED")
		if day != "2026-01-02" {
			t.Fatalf("%s: the offered date is %q, want 2026-01-02", csv, day)
		}
		p := o.preview(o.merge("K27-A", "K27-B", day))
		if len(p.Blocking()) > 0 {
			t.Errorf("%s: blocked on the offered date: %+v", csv, p.Blocking())
		}
	}
	// an invoice of the closed year
	if errors := o.refused("csv3"); len(errors) != 1 || !strings.Contains(errors[0], "IMPORT_INTO_CLOSED_PERIOD") {
		t.Errorf("got %q", errors)
	}
	p := o.preview(o.merge("K27-A", "K27-B", "2026-01-01"))
	if day := offered(p, "INVALID_RELATIONSHIP"); day != "2026-01-02" {
		t.Errorf("the torn payment offers %q", day)
	}
	o.transfer(o.merge("K27-A", "K27-B", "2026-01-02"))
	o.verify()
}

// TestOfferedDateIsFreeOfWhatDependsOnIt has each finding alone and with the others.
func TestOfferedDateIsFreeOfWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	closed := func(d *desk, start, end string) {
		d.Period(testdb.Period{Distributor: d.Provider.ID, Start: start, End: end, Status: "closed"})
	}
	for name, c := range map[string]struct {
		code  transfer.Code
		setup func(d *desk) transfer.Request
		want  string
	}{
		"closed history": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
			closed(d, "2025-12-01", "2025-12-31")
			return d.into(d.peer(), "")
		}, "2025-12-16"},
		"closed history, and today is closed": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
			closed(d, "2025-12-01", "2025-12-31")
			closed(d, "2026-03-01", "2026-03-31")
			return d.into(d.peer(), "")
		}, "2025-12-16"},
		"closed history, and no open day to post on": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
			closed(d, "2025-12-01", "2025-12-31")
			closed(d, "2026-03-01", "2026-12-31")
			return d.into(d.peer(), "")
		}, ""},
		"a refund in a closed period moves with its payment": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			p := d.pays("2026-02-20")
			d.Refund(testdb.Refund{Payment: p.ID, Amount: "1.00", On: "2025-12-15"})
			closed(d, "2025-12-01", "2025-12-31")
			return d.into(d.peer(), "")
		}, "2026-02-21"},
		"an entry in a closed period moves with its invoice": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			i := d.billed("INV-1", "2026-01-15", d.subscribe(testdb.Subscription{}))
			d.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID, PostedOn: "2025-12-15"})
			closed(d, "2025-12-01", "2025-12-31")
			return d.into(d.peer(), "")
		}, "2026-01-16"},
		"a payment that would be torn on the first free day": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			d.billed("INV-1", "2025-12-31", a)
			d.pays("2025-12-20", d.billed("INV-2", "2026-01-15", a), d.billed("INV-3", "2026-02-15", a))
			closed(d, "2025-12-01", "2025-12-31")
			return d.give(d.peer(), "", a)
		}, "2026-02-16"},
		"a failed payment tears nothing": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			d.billed("INV-1", "2025-12-31", a)
			p := d.pays("2025-12-20", d.billed("INV-2", "2026-01-15", a))
			d.Exec(`update payments set status = 'failed' where id = $1`, p.ID)
			closed(d, "2025-12-21", "2025-12-31")
			return d.give(d.peer(), "", a)
		}, "2026-01-01"},
		"a memo of before that is open with a subscription that runs": {
			"PERIOD_CLOSED",
			func(d *desk) transfer.Request {
				a := d.subscribe(testdb.Subscription{})
				d.billed("INV-1", "2025-12-31", a)
				d.DebitMemo(testdb.Memo{
					Customer: d.customer.ID, Subscription: a.ID, IssuedOn: "2025-12-20",
					Amount: "10.00",
				})
				closed(d, "2025-12-01", "2025-12-31")
				return d.give(d.peer(), "", a)
			}, "",
		},
		"the same, of a subscription that ended": {"PERIOD_CLOSED", func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}),
				d.subscribe(testdb.Subscription{End: "2026-01-20", Status: "cancelled"})
			d.billed("INV-1", "2025-12-31", a)
			d.DebitMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: b.ID, IssuedOn: "2025-12-20",
				Amount: "10.00",
			})
			closed(d, "2025-12-01", "2025-12-31")
			return d.give(d.peer(), "", a, b)
		}, "2026-01-21"},
		"a memo of before alone": {"MEMO_BEFORE_EFFECTIVE_DATE", func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
			d.DebitMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: a.ID, IssuedOn: "2025-12-15",
				Amount: "10.00",
			})
			return d.give(d.peer(), "2026-01-01", a)
		}, "2025-06-01"},
		"a restricted invoice": {"RESTRICTED_RECORD", func(d *desk) transfer.Request {
			d.Invoice(testdb.Invoice{
				Customer: d.customer.ID, Amount: "1.00", IssuedOn: "2026-01-15",
				Restricted: "legal hold",
			})
			d.billed("INV-2", "2026-02-15", d.subscribe(testdb.Subscription{}))
			return d.into(d.peer(), "")
		}, "2026-01-16"},
		"a restricted invoice of today": {"RESTRICTED_RECORD", func(d *desk) transfer.Request {
			d.Invoice(testdb.Invoice{
				Customer: d.customer.ID, Amount: "1.00", IssuedOn: today,
				Restricted: "legal hold",
			})
			return d.into(d.peer(), "")
		}, ""},
		"what is torn by the date, with a restricted record before it": {
			"INVALID_RELATIONSHIP",
			func(d *desk) transfer.Request {
				a := d.subscribe(testdb.Subscription{})
				d.Invoice(testdb.Invoice{
					Customer: d.customer.ID, Amount: "1.00", IssuedOn: "2025-12-01",
					Restricted: "legal hold",
				})
				d.pays("2026-02-20", d.billed("INV-1", "2025-12-15", a), d.billed("INV-2", "2026-01-15", a))
				return d.into(d.peer(), "2026-01-01")
			}, "2025-12-02",
		},
		"a subscription and a memo of it are torn": {"INVALID_RELATIONSHIP", func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{Start: "2025-06-01", End: "2025-12-31", Status: "cancelled"})
			i := d.billed("INV-1", "2026-01-15", a)
			d.CreditMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: a.ID, Invoice: i.ID,
				IssuedOn: "2026-02-01", Amount: "10.00",
			})
			return d.into(d.peer(), "2026-01-10")
		}, "2025-06-01"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ask := c.setup(d)
			p := d.preview(ask)
			if _, ok := p.Finding(c.code); !ok {
				t.Fatalf("not found: %+v", p.Findings)
			}
			if got := offered(p, c.code); got != c.want {
				t.Fatalf("the offered date is %q, want %q: %+v", got, c.want, p.Findings)
			}
			if c.want == "" {
				return
			}
			f, _ := p.Finding(c.code)
			ask.EffectiveOn, ask.PostOn = c.want, f.Instead.PostOn
			if p = d.preview(ask); len(p.Blocking()) > 0 {
				t.Errorf("blocked on the offered date: %+v", p.Blocking())
			}
		})
	}
}
