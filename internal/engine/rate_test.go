package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// rateDesk is a desk with a customer of Thames who owes 36.90 GBP and goes to Sakura, which
// sells in yen. The rate table has EUR to both: 1 GBP = 189.1978231355 JPY.
type rateDesk struct {
	*desk
	sakura testdb.Distributor
}

func newRateDesk(t *testing.T) rateDesk {
	t.Helper()
	d := rateDesk{desk: newDesk(t)}
	d.sakura = d.Distributor(testdb.Distributor{Name: "Sakura Denki", Currency: "JPY"})
	d.customer = d.Customer(testdb.Customer{Name: "Reading Books Ltd", Distributor: d.thames.ID, Currency: "GBP"})
	d.Invoice(testdb.Invoice{Customer: d.customer.ID, Number: "INV-GBP", Amount: "36.90", Status: "open"})
	d.quote("2026-03-09", "0.87649", "165.83")
	return d
}

// quote enters what one euro is worth on a day.
func (d rateDesk) quote(on, gbp, jpy string) {
	d.t.Helper()
	d.Rate(testdb.Rate{On: on, To: "GBP", Rate: gbp})
	d.Rate(testdb.Rate{On: on, To: "JPY", Rate: jpy})
}

// at asks for the transfer at the rate.
func (d rateDesk) at(rate string) transfer.Request {
	return transfer.Request{
		Kind: record.Distributor, SourceCustomer: d.customer.Number, TargetDistributor: d.sakura.Number,
		Mode: transfer.ModeSubscriptions, ConversionRate: rate,
	}
}

// accepted is the request with its preview accepted, all warnings acknowledged.
func (d rateDesk) accepted(req transfer.Request) transfer.Request {
	d.t.Helper()
	p := d.preview(req)
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Unacknowledged(transfer.Request{}) {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	return req
}

// place asks for the transfer as a program does.
func (d rateDesk) place(req transfer.Request) (order.Order, error) {
	d.t.Helper()
	return d.engine.Place(context.Background(), d.actor, req, Key{
		Key:      d.Text(`select gen_random_uuid()`),
		BodyHash: "x",
	}, func() error {
		return nil
	})
}

// rateCodes are the codes of the findings about the rate.
func rateCodes(p transfer.Preview) string {
	var codes []string
	for _, f := range p.Findings {
		if strings.HasPrefix(string(f.Code), "RATE_") || f.Code == "BALANCE_VANISHES" {
			codes = append(codes, string(f.Code))
		}
	}
	return strings.Join(codes, " ")
}

func TestRateIsComparedWithRateTable(t *testing.T) {
	const table = "the rate table: 1 GBP = 189.197823 JPY of 9 Mar 2026, ECB"
	cases := []struct {
		rate, codes string
		message     string // of the first finding
		remedy      string
		instead     string
	}{
		{
			"1.89", "RATE_IMPLAUSIBLE", "1 GBP = 1.89 JPY is 99 % below " + table + ".",
			"Use the rate 189.197823 of the rate table", "189.197823",
		},
		{"190", "", "", "", ""},
		{"189.197823", "", "", "", ""},
		{"189.1978231355", "", "", "", ""},
		{
			"195", "RATE_DEVIATES", "1 GBP = 195 JPY is 3.07 % above " + table + ".", "Use the rate 189.197823",
			"189.197823",
		},
		{
			"185", "RATE_DEVIATES", "1 GBP = 185 JPY is 2.22 % below " + table + ".", "Use the rate 189.197823",
			"189.197823",
		},
		{
			"0.0053", "RATE_IMPLAUSIBLE BALANCE_VANISHES", "1 GBP = 0.0053 JPY is 100 % below " + table + ".",
			"Did you mean 189.197823? 0.0053 is about what one JPY is worth in GBP.", "189.197823",
		},
		{
			"0.006", "RATE_IMPLAUSIBLE BALANCE_VANISHES", "1 GBP = 0.006 JPY is 100 % below " + table + ".",
			"Use the rate 189.197823", "189.197823",
		},
		{
			"227.0373877626", "RATE_DEVIATES", "1 GBP = 227.0373877626 JPY is 20 % above " + table + ".", "",
			"189.197823",
		},
		{
			"227.0373877627", "RATE_IMPLAUSIBLE", "1 GBP = 227.0373877627 JPY is 20 % above " + table + ".", "",
			"189.197823",
		},
		{
			"", "RATE_REQUIRED", "Reading Books Ltd is billed in GBP",
			"The rate table proposes 189.197823 of 9 Mar 2026, ECB.", "189.197823",
		},
		{"1,89", "RATE_INVALID", "", "", ""},
	}
	d := newRateDesk(t)
	for _, c := range cases {
		p := d.preview(d.at(c.rate))
		if got := rateCodes(p); got != c.codes {
			t.Errorf("at %q: findings %q, want %q", c.rate, got, c.codes)
			continue
		}
		if c.codes == "" || c.message == "" {
			continue
		}
		f, _ := p.Finding(transfer.Code(strings.Fields(c.codes)[0]))
		if !strings.HasPrefix(f.Message, c.message) || !strings.HasPrefix(f.Remedy, c.remedy) &&
			!strings.Contains(f.Remedy, c.remedy) {
			t.Errorf("at %q: %q, %q", c.rate, f.Message, f.Remedy)
		}
		if f.Instead == nil || f.Instead.ConversionRate != c.instead {
			t.Errorf("at %q: in one click: %+v, want %s", c.rate, f.Instead, c.instead)
		}
		if f.Acknowledgement != nil &&
			!strings.HasPrefix(f.Message, strings.Replace(*f.Acknowledgement, "the rate is",
				strings.TrimSuffix(c.message[:strings.Index(c.message, " is ")], " is")+" is", 1)) {
			t.Errorf("at %q: acknowledgement %q does not say what the message says: %q", c.rate,
				*f.Acknowledgement, f.Message)
		}
		if again := d.preview(d.at(f.Instead.ConversionRate)); rateCodes(again) != "" {
			t.Errorf("at what was offered: %q", rateCodes(again))
		}
	}
}

// Whether a rate is blocked, warned of or taken is the same for a program, at once and later.
func TestRateByProgramAndSchedule(t *testing.T) {
	d := newRateDesk(t)
	ctx := context.Background()
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	for _, start := range []string{"", now.Add(time.Hour).Format(time.RFC3339)} {
		for rate, code := range map[string]transfer.Code{"1.89": "RATE_IMPLAUSIBLE", "195": "RATE_DEVIATES"} {
			req := d.at(rate)
			req.StartAt, req.Fingerprint = start, d.preview(req).Fingerprint
			_, err := d.place(req)
			refusal, refused := errors.AsType[*Refusal](err)
			if !refused || refusal.Fault.Code != fault.Blocked {
				t.Fatalf("at %s, start %q: %v", rate, start, err)
			}
			if _, found := refusal.Preview.Finding(code); !found {
				t.Errorf("at %s, start %q: %+v", rate, start, refusal.Preview.Findings)
			}
		}
	}
	d.want("nothing is ordered", "0", `select count(*) from transfer_orders`)
	for _, c := range []struct{ rate, opened string }{{"190", "7011"}, {"195", "7196"}} {
		d.customer = d.Customer(testdb.Customer{Distributor: d.thames.ID, Currency: "GBP"})
		d.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "36.90", Status: "open"})
		req := d.accepted(d.at(c.rate))
		req.StartAt = now.Add(time.Hour).Format(time.RFC3339)
		o, err := d.place(req)
		if err != nil || o.Status != "scheduled" {
			t.Fatalf("at %s: %s, %v", c.rate, o.Status, err)
		}
		now = now.Add(time.Hour)
		d.due(o)
		d.want("at "+c.rate, "completed "+c.opened, `
			select o.status || ' ' || b.balance from transfer_orders o
			join customer_balances b on b.customer_id = o.target_customer_id where o.id = $1`, o.ID)
	}
	if err := ctx.Err(); err != nil {
		t.Fatal(err)
	}
	d.verify()
}

// due lets a scheduled order run whose time has come.
func (d *desk) due(o order.Order) {
	d.t.Helper()
	ctx := context.Background()
	if err := d.engine.Tick(ctx); err != nil {
		d.t.Fatal(err)
	}
	if err := d.engine.Work(ctx, o.ID); err != nil {
		d.t.Fatal(err)
	}
}

// A scheduled order compares its rate again: the acknowledged deviation holds until it has
// grown by more than a point.
func TestScheduledOrderComparesRateAgain(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name     string
		rate     string
		jpy, gbp string // what the rate table says of one euro when the order is due
		later    time.Duration
		status   string
		detail   string
	}{
		{"the table stays as it is", "195", "165.83", "0.87649", time.Hour, "completed", ""},
		{"3.07 % became 4.06 %", "195", "164.25", "0.87649", time.Hour, "completed", ""},
		{
			"3.07 % became 4.08 %", "195", "164.22", "0.87649", time.Hour, "draft",
			"The conversion rate is now 4.08 % above the rate table; it was 3.07 % above when it was confirmed.",
		},
		{"3.07 % above became 2.4 % below", "195", "175.2", "0.87649", time.Hour, "completed", ""},
		{
			"nothing was said before, a warning now", "190", "162", "0.87649", time.Hour, "draft",
			"A warning must be acknowledged first: The conversion rate differs from the rate table (2.8 % above " +
				"the rate table).",
		},
		{"nothing was said before, nothing now", "190", "165", "0.87649", time.Hour, "completed", ""},
		{"implausible by now", "195", "1658.3", "0.87649", time.Hour, "draft", "The transfer is blocked: The " +
			"conversion rate is far from the rate table (89.69 % below the rate table)."},
		{
			"the rate table is old by now", "190", "", "", 8 * 24 * time.Hour, "draft",
			"A warning must be acknowledged first: The rate table is out of date.",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newRateDesk(t)
			now := d.engine.Now()
			d.engine.Now = func() time.Time { return now }
			req := d.accepted(d.at(c.rate))
			req.StartAt = now.Add(c.later).Format(time.RFC3339)
			o, err := d.place(req)
			if err != nil {
				t.Fatal(err)
			}
			if c.jpy != "" {
				d.quote("2026-03-10", c.gbp, c.jpy)
			}
			now = now.Add(c.later)
			d.due(o)
			d.want("order", c.status, `select status from transfer_orders where id = $1`, o.ID)
			if c.status != "draft" {
				d.verify()
				return
			}
			events, err := order.EventsFor(context.Background(), d.db, accounts.Scope{Everything: true},
				order.Sides{Whole: true}, o.ID)
			if err != nil || !strings.HasPrefix(events[0].Detail, c.detail) {
				t.Errorf("back to draft because %+v (%v), want %q", events, err, c.detail)
			}
			o = d.read(o.Number)
			p, err := d.engine.Preview(context.Background(), o.Request)
			if err != nil || len(transfer.Compare(*o.Preview, p)) == 0 {
				t.Errorf("nothing differs from what was accepted: %v", err)
			}
			d.want("nothing was transferred", "active", `select status from customers where id = $1`, d.customer.ID)
		})
	}
}

// Time alone turns back no order that does not wait for a date.
func TestStaleRateIsNoPartOfFingerprint(t *testing.T) {
	d := newRateDesk(t)
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	req := d.accepted(d.at("190"))
	now = now.AddDate(0, 0, 6) // 16 March: the rates of 9 March are 7 days old
	if got := rateCodes(d.preview(req)); got != "" {
		t.Errorf("after 7 days: %s", got)
	}
	now = now.AddDate(0, 0, 1)
	p := d.preview(d.at("190"))
	if f, _ := p.Finding("RATE_STALE"); f.Message != "The newest rate of the rate table from GBP to JPY is of 9 "+
		"Mar 2026, ECB: 8 days old." || *f.Acknowledgement != "the rate table is 8 days old" {
		t.Errorf("after 8 days: %+v", p.Findings)
	}
	if p.Fingerprint != req.Fingerprint {
		t.Error("the age of the rate table changed the fingerprint")
	}
	now = now.AddDate(0, 0, -1)
	o, err := d.place(req)
	if err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 1)
	if err := d.engine.Execute(context.Background(), d.actor, o.ID); err != nil {
		t.Errorf("an order that was submitted before: %v", err)
	}
}
