package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// yearly gives the customer a subscription whose year of 120.00 was billed on 1 July 2025,
// with a schedule line of 10.00 a month, the first of which are recognised.
func (d *desk) yearly(recognised int) (testdb.Subscription, testdb.Invoice) {
	d.t.Helper()
	s := d.subscribe(testdb.Subscription{Start: "2025-07-01"})
	i := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-Y", IssuedOn: "2025-07-01", Status: "paid",
		Lines: []testdb.Line{{Subscription: s.ID, Amount: "120.00"}},
	})
	month := time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)
	for n := range 12 {
		d.RevenueSchedule(testdb.RevenueSchedule{
			Subscription: s.ID, Line: i.Lines[0].ID, Amount: "10.00", Recognized: n < recognised,
			Start: month.AddDate(0, n, 0).Format(time.DateOnly), End: month.AddDate(0, n+1, -1).Format(time.DateOnly),
		})
	}
	return s, i
}

// prepaid bills the subscription by an invoice of one line with one schedule line.
func (d *desk) prepaid(s testdb.Subscription, r testdb.RevenueSchedule) testdb.Invoice {
	d.t.Helper()
	i := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, IssuedOn: "2025-07-01",
		Lines: []testdb.Line{{Subscription: s.ID, Amount: r.Amount}},
	})
	r.Subscription, r.Line = s.ID, i.Lines[0].ID
	d.RevenueSchedule(r)
	return i
}

// TestPrepaidTermSaysWhatIsLeft has every rule of what remains. Today, and so the cut day of
// a distributor transfer, is 10 March 2026.
func TestPrepaidTermSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		setup func(d *desk) transfer.Request
		want  []string // per term: remaining, without schedule, recognised ahead, until, account
	}{
		"a year of which the past is recognised: March is split by days": {func(d *desk) transfer.Request {
			d.yearly(9)
			return d.toNordlys() // nothing of March is left: it is recognised, 22 of its 31 days ahead
		}, []string{"30.00 - 7.10 2026-06-30"}},
		"a year of which March is not recognised": {func(d *desk) transfer.Request {
			d.yearly(8)
			return d.toNordlys()
		}, []string{"37.10 - - 2026-06-30"}},
		"a line of one day on the cut day": {func(d *desk) transfer.Request {
			d.prepaid(d.subscribe(testdb.Subscription{}), testdb.RevenueSchedule{
				Amount: "10.00", Start: today,
				End: today,
			})
			return d.toNordlys()
		}, []string{"10.00 - - " + today}},
		"a line that ends the day before": {func(d *desk) transfer.Request {
			d.prepaid(d.subscribe(testdb.Subscription{}), testdb.RevenueSchedule{
				Amount: "10.00", Start: "2026-02-10",
				End: "2026-03-09",
			})
			return d.toNordlys()
		}, nil},
		"half of it is rounded to the even cent": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "0.05", Start: "2026-03-09", End: today}) // 0.025
			d.prepaid(s, testdb.RevenueSchedule{Amount: "0.15", Start: "2026-03-09", End: today}) // 0.075
			return d.toNordlys()
		}, []string{"0.10 - - " + today}},
		"less than one minor unit is left out": {func(d *desk) transfer.Request {
			d.prepaid(d.subscribe(testdb.Subscription{}), testdb.RevenueSchedule{
				Amount: "0.01", Start: "2026-03-01",
				End: today,
			})
			return d.toNordlys()
		}, nil},
		"zero, void, draft, without a period, and of an ended subscription": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "0.00", Start: "2026-03-01", End: "2026-12-31"})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "10.00", Start: "2026-03-01"})
			void := d.prepaid(s, testdb.RevenueSchedule{Amount: "10.00", Start: "2026-03-01", End: "2026-12-31"})
			d.Exec(`update invoices set status = 'void' where id = $1`, void.ID)
			draft := d.prepaid(s, testdb.RevenueSchedule{Amount: "10.00", Start: "2026-03-01", End: "2026-12-31"})
			d.Exec(`update invoices set status = 'draft' where id = $1`, draft.ID)
			d.prepaid(d.subscribe(testdb.Subscription{Status: "cancelled", End: "2026-12-31"}),
				testdb.RevenueSchedule{Amount: "10.00", Start: "2026-03-01", End: "2026-12-31"})
			// not billed
			d.RevenueSchedule(testdb.RevenueSchedule{
				Subscription: s.ID, Amount: "10.00", Start: "2026-03-01",
				End: "2026-12-31",
			})
			return d.toNordlys()
		}, nil},
		"no more than the line less credit memos for its invoice": {func(d *desk) transfer.Request {
			s, i := d.yearly(8)
			other := d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Invoice: i.ID, Amount: "90.00"})
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Invoice: i.ID, Amount: "5.00", Subscription: s.ID})
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Invoice: i.ID, Amount: "50.00", Subscription: other.ID})
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Invoice: i.ID, Amount: "50.00", Status: "void"})
			return d.toNordlys()
		}, []string{"25.00 - - 2026-05-31"}},
		"credited wholly": {func(d *desk) transfer.Request {
			_, i := d.yearly(8)
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Invoice: i.ID, Amount: "120.00"})
			return d.toNordlys()
		}, nil},
		"a line without schedule counts by days": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{})
			d.Invoice(testdb.Invoice{Customer: d.customer.ID, Status: "paid", Lines: []testdb.Line{
				{Subscription: s.ID, Amount: "31.00", Start: "2026-03-01", End: "2026-03-31"},
				{Subscription: s.ID, Amount: "5.00"},
			}})
			return d.toNordlys()
		}, []string{"0.00 22.00 - 2026-03-31"}},
		"a document of a third account stays and is listed": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{})
			payer := d.Customer(testdb.Customer{Name: "Payer"})
			i := d.Invoice(testdb.Invoice{
				Customer: payer.ID,
				Lines:    []testdb.Line{{Subscription: s.ID, Amount: "10.00"}},
			})
			d.RevenueSchedule(testdb.RevenueSchedule{
				Subscription: s.ID, Line: i.Lines[0].ID, Amount: "10.00",
				Start: "2026-04-01", End: "2026-04-30",
			})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "7.00", Start: "2026-04-01", End: "2026-04-30"})
			return d.toNordlys()
		}, []string{"7.00 - - 2026-04-30", "10.00 - - 2026-04-30 Payer"}},
		"a transfer of subscriptions cuts at E": {func(d *desk) transfer.Request {
			s, _ := d.yearly(5)
			return d.give(d.peer(), "2026-01-16", s)
		}, []string{"55.16 - - 2026-06-30"}},
		"an invoice of E or later moves with it": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "10.00", Start: "2025-07-01", End: "2026-06-30"})
			return d.give(d.peer(), "2025-07-01", s)
		}, nil},
		"one that begins on E and was billed before": {func(d *desk) transfer.Request {
			s := d.subscribe(testdb.Subscription{Start: "2026-02-01"})
			d.prepaid(s, testdb.RevenueSchedule{Amount: "12.00", Start: "2026-02-01", End: "2026-02-28"})
			return d.into(d.peer(), "2026-02-01")
		}, []string{"12.00 - - 2026-02-28"}},
		"the full history cuts nothing": {func(d *desk) transfer.Request {
			d.yearly(5)
			return d.into(d.peer(), "")
		}, nil},
		"only the selected subscription": {func(d *desk) transfer.Request {
			d.yearly(5)
			return d.give(d.peer(), "2026-01-01", d.subscribe(testdb.Subscription{}))
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := d.preview(c.setup(d))
			var got []string
			for _, term := range p.RunningTerm.Remaining() {
				show := func(a *transfer.Amount) string {
					if a == nil {
						return "-"
					}
					return a.Amount
				}
				text := strings.Join([]string{
					show(term.Remaining), show(term.Unscheduled), show(term.Ahead),
					term.Until,
				}, " ")
				if who, _, _ := strings.Cut(term.Customer, " ("); who != "Blue Fjord AS" {
					text += " " + who
				}
				got = append(got, text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if _, found := p.Finding("PREPAID_TERM"); found != (c.want != nil) {
				t.Errorf("found: %t", found)
			}
		})
	}
}

func TestPrepaidTermNamesWhoEarnsIt(t *testing.T) {
	d := newDesk(t)
	s, _ := d.yearly(9)
	p := d.preview(d.toNordlys())
	f, _ := p.Finding("PREPAID_TERM")
	want := "1 subscription is billed already for service from 10 Mar 2026, on documents that stay: " + s.Number +
		" until 30 Jun 2026, 30.00 EUR not recognised, 7.10 EUR recognised ahead. " +
		"Aurora Cloud continues to earn it."
	if f.Message != want {
		t.Errorf("got %q, want %q", f.Message, want)
	}
	if f.Severity != transfer.Warning ||
		*f.Acknowledgement != "Aurora Cloud keeps 30.00 EUR for service from 10 Mar 2026 on" {
		t.Errorf("got %+v", f)
	}
	if len(f.Records) != 1 || f.Records[0] != (transfer.Record{Kind: "subscription", Number: s.Number}) {
		t.Errorf("records %+v", f.Records)
	}
}

// TestCutDayIsKeptOnTheOrder: a distributor transfer is cut on the day of its start or its
// preview, and stays so however late it runs.
func TestCutDayIsKeptOnTheOrder(t *testing.T) {
	d := newDesk(t)
	d.yearly(9)
	d.Exec(`update distributors set time_zone = 'Pacific/Auckland' where id = $1`, d.Provider.ID)
	clock := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) // the 11th in Auckland
	d.engine.Now = func() time.Time { return clock }

	ask := d.toNordlys()
	first := d.preview(ask)
	if first.RunningTerm == nil || first.RunningTerm.CutOn != "2026-03-11" {
		t.Fatalf("got %+v", first.RunningTerm)
	}
	ask.StartAt = "2026-03-31T11:30:00Z" // 1 April in Auckland
	later := d.preview(ask)
	if later.RunningTerm.CutOn != "2026-04-01" || later.Fingerprint == first.Fingerprint {
		t.Errorf("with a later start: %+v", later.RunningTerm)
	}
	ask.StartAt = ""

	draft, err := d.engine.OpenDraft(t.Context(), d.actor, ask.Kind, ask.SourceCustomer)
	if err == nil {
		draft, err = d.engine.UpdateDraft(t.Context(), d.actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = ask
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	ask.Fingerprint = first.Fingerprint
	for _, f := range first.Findings {
		ask.Acknowledged = append(ask.Acknowledged, string(f.Code))
	}
	clock = clock.Add(24 * time.Hour) // a day later the preview is another one
	if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, ask); err == nil {
		t.Fatal("a preview with another cut day was accepted")
	}
	clock = clock.Add(-24 * time.Hour)
	if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, ask); err != nil {
		t.Fatal(err)
	}
	clock = clock.Add(72 * time.Hour)
	if err := d.engine.Execute(t.Context(), d.actor, draft.ID); err != nil {
		t.Fatal(err)
	}
	o := d.read(draft.Number)
	if o.Status != "completed" || o.CutOn == nil || o.CutOn.Format(time.DateOnly) != "2026-03-11" {
		t.Errorf("%s, cut on %v: %s", o.Status, o.CutOn, o.Failure)
	}
}

// Without anything prepaid the clock is no part of the fingerprint.
func TestClockIsNoPartOfThePreviewWithoutARemainder(t *testing.T) {
	d := newDesk(t)
	d.subscribe(testdb.Subscription{})
	before := d.preview(d.toNordlys())
	ask := d.toNordlys()
	ask.StartAt = "2026-05-01T00:00:00Z"
	if after := d.preview(ask); after.Fingerprint != before.Fingerprint {
		t.Error("the fingerprint follows the clock")
	}
}
