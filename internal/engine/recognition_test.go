package engine

import (
	"fmt"
	"testing"
	"time"

	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

const (
	debtors   = "1100 Accounts receivable"
	deferred  = "2400 Deferred revenue"
	earned    = "4000 Revenue"
	recognise = deferred + " to " + earned
)

// posted makes an entry between two accounts, "debit to credit", with a source or of a customer.
func (d *desk) posted(kind string, source, customer int64, day, accounts, amount string) testdb.Entry {
	d.t.Helper()
	var debit, credit string
	for i := range len(accounts) - 4 {
		if accounts[i:i+4] == " to " {
			debit, credit = accounts[:i], accounts[i+4:]
		}
	}
	e := testdb.Entry{Customer: customer, PostedOn: day, SourceKind: kind, Source: source, Amount: amount}
	e.Lines = []testdb.EntryLine{{Account: debit, Debit: amount}, {Account: credit, Credit: amount}}
	return d.Entry(e)
}

// year is a yearly subscription, billed on 1 June 2025 with an invoice of 120 whose revenue is
// recognised month by month: nine lines are recognised and three are not.
type year struct {
	sub     testdb.Subscription
	invoice testdb.Invoice
	lines   []testdb.RevenueSchedule
	entries []testdb.Entry // the nine that recognise
}

// year makes one of the customer; entries without a source name the customer.
func (d *desk) year(linked bool) year {
	d.t.Helper()
	y := year{sub: d.subscribe(testdb.Subscription{Start: "2025-06-01", BillingPeriod: "yearly", Price: "120.00"})}
	y.invoice = d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, IssuedOn: "2025-06-01", DueOn: "2025-06-30",
		Lines: []testdb.Line{
			{Subscription: y.sub.ID, Amount: "120.00", Start: "2025-06-01", End: "2026-05-31"},
		},
	})
	d.posted(testdb.OfInvoice, y.invoice.ID, 0, "2025-06-01", debtors+" to "+deferred, "120.00")
	first := time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)
	for month := range 12 {
		start, end := first.AddDate(0, month, 0), first.AddDate(0, month+1, -1).Format(time.DateOnly)
		y.lines = append(y.lines, d.RevenueSchedule(testdb.RevenueSchedule{
			Subscription: y.sub.ID, Line: y.invoice.Lines[0].ID, Start: start.Format(time.DateOnly), End: end,
			Amount: "10.00", Recognized: month < 9,
		}))
		if month >= 9 {
			continue
		}
		if linked {
			y.entries = append(y.entries, d.posted(testdb.OfRevenueSchedule, y.lines[month].ID, 0, end,
				recognise, "10.00"))
		} else {
			y.entries = append(y.entries, d.posted("", 0, d.customer.ID, end, recognise, "10.00"))
		}
	}
	return y
}

// entryOwners counts the entries of each account.
func (d *desk) entryOwners(what, want string) {
	d.t.Helper()
	d.want(what, want, `select coalesce(string_agg(number_of('C', customer_id) || ' ' || n, ', '
		order by customer_id), '')
		from (select customer_id, count(*) as n from owned_journal_entries where counts = 1 group by 1) o`)
}

// back reverses an order.
func (d *desk) back(o order.Order) order.Order {
	d.t.Helper()
	r := d.reversed(o)
	if r.Status != "completed" {
		d.t.Fatalf("the reversal is %s: %s", r.Status, r.Failure)
	}
	return r
}

func TestRecognitionEntriesMoveWithTheirLines(t *testing.T) {
	for _, c := range []struct {
		name    string
		ask     func(d *desk, y year, target testdb.Customer) transfer.Request
		old, to int // entries afterwards; there are ten with a source and one without
	}{
		{"subscription", func(d *desk, y year, target testdb.Customer) transfer.Request {
			return d.give(target, "", y.sub)
		}, 1, 10},
		{"subscription, the invoice is older than E", func(d *desk, y year, target testdb.Customer) transfer.Request {
			return d.give(target, "2025-09-01", y.sub)
		}, 11, 0},
		{"merge", func(d *desk, _ year, target testdb.Customer) transfer.Request { return d.into(target, "") }, 0, 11},
		{"merge with E", func(d *desk, _ year, target testdb.Customer) transfer.Request {
			return d.into(target, "2025-06-01")
		}, 0, 11},
		{"merge, the invoice is older than E", func(d *desk, _ year, target testdb.Customer) transfer.Request {
			return d.into(target, "2025-09-01")
		}, 10, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			y, target := d.year(true), d.Customer(testdb.Customer{Name: "Fjord Group AS"})
			d.posted("", 0, d.customer.ID, "2025-12-31", earned+" to 1000 Bank", "3.00")
			want := func(old, to int) string {
				text := ""
				if old > 0 {
					text = fmt.Sprintf("%s %d", d.customer.Number, old)
				}
				if to > 0 && text != "" {
					text += ", "
				}
				if to > 0 {
					text += fmt.Sprintf("%s %d", target.Number, to)
				}
				return text
			}
			p := d.preview(c.ask(d, y, target))
			for _, i := range p.Impact {
				if i.Kind == "journal_entry" && i.Moving.Count != int64(c.to) {
					t.Errorf("the preview says that %d entries move, want %d", i.Moving.Count, c.to)
				}
			}
			o := d.transfer(c.ask(d, y, target))
			if o.Status != "completed" {
				t.Fatal(o.Failure)
			}
			// the memo pair that carries the rest has entries of its own
			written := `select count(*)::text from journal_entries where by_transfer
				and exists (select 1 from owned_journal_entries w
				            where w.id = journal_entries.id and w.customer_id = $1)`
			old, to := c.old, c.to
			if n := d.Text(written, d.customer.ID); n != "0" {
				old, to = old+1, to+1
			}
			d.entryOwners("after", want(old, to))
			d.verify()
			d.back(o)
			d.want("entries of before the transfer are back", "11", `select count(*)::text from owned_journal_entries o
				join journal_entries e on e.id = o.id where o.customer_id = $1 and not e.by_transfer`, d.customer.ID)
			d.verify()
		})
	}
}

// TestUnbilledRecognitionFollowsItsContinuation: a line that no invoice bills is given to the
// continuation, and its entry follows without being rewritten.
func TestUnbilledRecognitionFollowsItsContinuation(t *testing.T) {
	d := newDesk(t)
	target := d.Customer(testdb.Customer{})
	sub := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	for _, month := range []string{"2025-12", "2026-01", "2026-02"} {
		r := d.RevenueSchedule(testdb.RevenueSchedule{
			Subscription: sub.ID, Start: month + "-01", End: month + "-28",
			Amount: "5.00", Recognized: true,
		})
		d.posted(testdb.OfRevenueSchedule, r.ID, 0, month+"-28", "1250 Contract assets to "+earned, "5.00")
	}
	o := d.transfer(d.give(target, "2026-01-01", sub))
	d.entryOwners("after", d.customer.Number+" 1, "+target.Number+" 2")
	d.want("no entry is in the ledger", "0", `select count(*)::text from transfer_ledger where kind = 'journal_entry'`)
	d.verify()
	d.back(o)
	d.entryOwners("after the reversal", d.customer.Number+" 3")
	d.verify()
}

func TestEntryOfSeveralLinesMovesIfAllDo(t *testing.T) {
	d := newDesk(t)
	target := d.Customer(testdb.Customer{})
	first, second := d.year(true), d.year(true)
	d.Exec(`delete from journal_lines where entry_id in (select id from journal_entries
		where source_kind = 'revenue_schedule')`)
	d.Exec(`delete from journal_entries where source_kind = 'revenue_schedule'`)
	together := func(lines ...testdb.RevenueSchedule) {
		e := d.posted("", 0, d.customer.ID, "2026-02-28", recognise, "20.00")
		for _, l := range lines {
			d.Exec(`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, 10)`,
				e.ID, l.ID)
		}
	}
	together(first.lines[0], first.lines[1])
	together(first.lines[2], second.lines[0])
	o := d.transfer(d.give(target, "", first.sub))
	d.entryOwners("one of the two sources and one entry move", d.customer.Number+" 2, "+target.Number+" 2")
	d.want("the entry's row changed its owner", "1", `select count(*)::text from transfer_ledger
		where kind = 'journal_entry' and column_name = 'customer_id'`)
	d.verify()
	d.back(o)
	d.entryOwners("after the reversal", d.customer.Number+" 4")
	d.verify()
}

func TestAccruedRevenueBetweenLegalEntities(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{})
	r := d.RevenueSchedule(testdb.RevenueSchedule{
		Subscription: sub.ID, End: "2026-01-31", Amount: "5.00",
		Recognized: true,
	})
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Start: "2026-02-01", Amount: "5.00"})
	p := d.preview(d.toThames())
	f, ok := p.Finding("ACCRUED_REVENUE")
	if !ok || f.Severity != transfer.Blocking || f.Acknowledgement != nil || len(f.Records) != 1 ||
		f.Records[0].Number != record.Number("RS", r.ID) {
		t.Errorf("finding %v %+v", ok, f)
	}
	d.Exec(`update revenue_schedules set recognized = false`)
	p = d.preview(d.toThames())
	if f, ok := p.Finding("ACCRUED_REVENUE"); ok {
		t.Errorf("nothing is recognised, but %+v", f)
	}
}

func TestAccruedRevenueWithinOneLegalEntity(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{})
	r := d.RevenueSchedule(testdb.RevenueSchedule{
		Subscription: sub.ID, End: "2026-01-31", Amount: "5.00",
		Recognized: true,
	})
	e := d.posted(testdb.OfRevenueSchedule, r.ID, 0, "2026-01-31", recognise, "5.00")
	two := d.posted("", 0, d.customer.ID, "2026-01-31", recognise, "5.00")
	d.Exec(`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, 5)`, two.ID, r.ID)
	p := d.preview(d.toNordlys())
	f, ok := p.Finding("ACCRUED_REVENUE")
	if !ok || f.Severity != transfer.Warning || f.Acknowledgement == nil {
		t.Errorf("finding %v %+v", ok, f)
	}
	source := func(what, want string) {
		t.Helper()
		d.want(what, want, `select concat_ws(' ', coalesce(number_of('RS', e.source_id), '-'),
			coalesce(number_of('C', e.customer_id), '-'),
			(select count(*) from recognition_lines)) from journal_entries e where id = $1`, e.ID)
	}
	line := record.Number("RS", r.ID)
	o := d.transfer(d.toNordlys())
	source("the entry names the old account", "- "+d.customer.Number+" 0")
	d.want("the line moved", o.TargetNumber, `select number_of('C', customer_id) from owned_revenue_schedules
		where id = $1`, r.ID)
	d.want("ledger", "customer_id, source_id, source_kind", `select string_agg(column_name, ', ' order by column_name)
		from transfer_ledger where kind = 'journal_entry' and record_ids = array[$1::bigint]`, e.ID)
	d.verify()
	d.want("an import does not link it again", "0", `select handover_link_recognition()::text`)
	back := d.back(o)
	source("after the reversal", line+" - 1")
	d.verify()
	again := d.back(back)
	source("after the reversal of the reversal", "- "+d.customer.Number+" 0")
	d.verify()
	d.back(again)
	source("and back", line+" - 1")
	d.verify()
}

// TestEntryLinkedAfterItMoved: what the ledger wrote about its customer binds it no more.
func TestEntryLinkedAfterItMoved(t *testing.T) {
	d := newDesk(t)
	d.year(false)
	target := d.Customer(testdb.Customer{})
	o := d.transfer(d.into(target, ""))
	d.want("linked", "9", `select handover_link_recognition()::text`)
	d.entryOwners("linked", target.Number+" 10")
	d.verify()
	d.back(o)
	d.entryOwners("after the reversal", d.customer.Number+" 10")
	d.want("still linked", "9", `select count(*)::text from journal_entries where source_kind = 'revenue_schedule'`)
	d.verify()
}
