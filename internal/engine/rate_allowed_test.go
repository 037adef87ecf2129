package engine

import (
	"context"
	"slices"
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/engine/rules"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

func TestImplausibleRateIsAllowedWithReason(t *testing.T) {
	d := newRateDesk(t)
	ctx := context.Background()
	finance := d.Staff(testdb.Staff{Name: "Fay Morris", Role: "finance"})
	vouches := audit.Actor{ID: finance.ID, Name: finance.Name, DistributorID: d.Provider.ID}
	req := d.at("120")
	req.RateReason = "too short"
	if _, err := d.engine.Preview(ctx, req); !fault.Is(err, fault.Invalid) ||
		!strings.Contains(err.Error(), "rate_reason") {
		t.Errorf("a reason of 9 characters: %v", err)
	}
	req.RateReason = "agreed with the customer in 2024"
	if got := rateCodes(d.preview(req)); got != "RATE_IMPLAUSIBLE" {
		t.Errorf("a reason by a person without the privilege: %s", got)
	}
	req = req.VouchedBy(vouches, d.engine.Now())
	p := d.preview(req)
	f, _ := p.Finding("RATE_DEVIATES")
	if rateCodes(p) != "RATE_DEVIATES" || f.Message != "1 GBP = 120 JPY is 36.57 % below the rate table: 1 GBP "+
		"= 189.197823 JPY of 9 Mar 2026, ECB. Fay Morris allowed it: “agreed with the customer in 2024”." {
		t.Fatalf("allowed: %+v", p.Findings)
	}
	o, err := d.place(d.accepted(req))
	if err == nil {
		err = d.engine.Execute(ctx, d.actor, o.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	o = d.read(o.Number)
	if r := o.Result.Rate; r == nil || r.Reason != req.RateReason || r.AllowedBy != "Fay Morris" ||
		!strings.HasPrefix(r.Deviation, "-36.57") {
		t.Errorf("kept on the order: %+v", o.Result.Rate)
	}
	d.want("in the audit log", "agreed with the customer in 2024 Fay Morris GBP/JPY", `
		select concat_ws(' ', after->'request'->>'rate_reason', after->'request'->'rate_allowed'->>'name',
		                 after->'request'->'rate_allowed'->>'pair')
		from audit_entries where order_id = $1 and action = 'transfer.submit'`, o.ID)
	d.verify()
}

func TestRateOfDraftIsAllowedBySomebodyElse(t *testing.T) {
	d := newRateDesk(t)
	ctx := context.Background()
	finance := d.Staff(testdb.Staff{Name: "Fay Morris", Role: "finance"})
	vouches := audit.Actor{ID: finance.ID, Name: finance.Name, DistributorID: d.Provider.ID}
	draft, err := d.engine.OpenDraft(ctx, d.actor, record.Distributor, d.customer.Number)
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func(*transfer.Request)) order.Order {
		t.Helper()
		o, err := d.engine.UpdateDraft(ctx, d.actor, draft.Number, d.read(draft.Number).Version, edit)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	allow := func(reason string) error { return d.engine.AllowRate(ctx, vouches, draft.Number, reason) }
	change(func(r *transfer.Request) { *r = d.at("190") })
	if err := allow("agreed in 2024"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a rate that is not blocked: %v", err)
	}
	o := change(func(r *transfer.Request) {
		r.ConversionRate, r.RateReason, r.RateAllowed = "120", "the requester says so",
			&transfer.RateAllowance{Name: "Unknown"}
	})
	if o.Request.RateReason != "" || o.Request.RateAllowed != nil {
		t.Errorf("the requester vouched for it: %+v", o.Request)
	}
	if err := allow("short"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason of 5 characters: %v", err)
	}
	if err := allow(" agreed in 2024 "); err != nil {
		t.Fatal(err)
	}
	o = d.read(draft.Number)
	a := o.Request.RateAllowed
	if o.Request.RateReason != "agreed in 2024" || a == nil || a.Name != "Fay Morris" || a.Pair != "GBP/JPY" ||
		a.Rate != "120" || !strings.HasPrefix(a.Deviation, "-36.57") {
		t.Fatalf("kept on the draft: %+v %+v", o.Request, a)
	}
	if got := rateCodes(d.preview(o.Request)); got != "RATE_DEVIATES" {
		t.Errorf("allowed: %s", got)
	}
	d.want("in the audit log", "Fay Morris 1 GBP = 120 JPY agreed in 2024", `
		select concat_ws(' ', actor_name, after->>'rate', after->>'rate_reason') from audit_entries
		where order_id = $1 and action = 'transfer.allow_rate'`, o.ID)
	d.want("on the timeline", "Fay Morris", `select actor_name from transfer_events where order_id = $1
		and event = 'rate_allowed'`, o.ID)
	if o = change(func(r *transfer.Request) { r.NotifyCustomer = true }); o.Request.RateAllowed == nil {
		t.Error("another answer took the allowance back")
	}
	d.quote("2026-03-10", "0.87649", "168.6") // 37.62 % below by now: a point and more
	if got := rateCodes(d.preview(o.Request)); got != "RATE_IMPLAUSIBLE" {
		t.Errorf("when it has grown by more than a point: %s", got)
	}
	d.Exec(`update exchange_rates set withdrawn_at = now(), withdrawn_reason = 'a mistyped rate' where rate = 168.6`)
	if o = change(func(r *transfer.Request) {
		r.ConversionRate = "110"
	}); o.Request.RateReason != "" || rateCodes(d.preview(o.Request)) != "RATE_IMPLAUSIBLE" {
		t.Errorf("another rate is allowed as well: %+v", o.Request)
	}
	change(func(r *transfer.Request) { r.ConversionRate = "120" })
	if got := rateCodes(d.preview(d.read(draft.Number).Request)); got != "RATE_IMPLAUSIBLE" {
		t.Errorf("back at the rate that was allowed once: %s", got)
	}
	if err := allow("agreed in 2024"); err != nil {
		t.Fatal(err)
	}
	o = d.read(draft.Number)
	req := d.accepted(o.Request)
	if err := d.engine.Submit(ctx, d.actor, o.ID, o.Version, req); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Execute(ctx, d.actor, o.ID); err != nil {
		t.Fatal(err)
	}
	if err := allow("agreed in 2024"); !fault.Is(err, fault.Conflict) {
		t.Errorf("an order that is no draft: %v", err)
	}
	d.verify()
}

func TestVanishingAmounts(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		setup   func(d rateDesk)
		rate    string
		records []transfer.Record
	}{
		{"a balance that stays an amount", func(rateDesk) {}, "0.02", nil},
		{"a balance that does not", func(rateDesk) {}, "0.01", []transfer.Record{{Kind: "customer", Number: ""}}},
		{"a charge that is not billed yet", func(d rateDesk) {
			s := d.Subscription(testdb.Subscription{
				Customer: d.customer.ID,
				Plan:     d.Plan(testdb.Plan{Distributor: d.thames.ID}).ID,
			})
			d.Charge(testdb.Charge{Subscription: s.ID, Amount: "0.20"})
			d.Charge(testdb.Charge{Subscription: s.ID, Amount: "0.00"})
			d.Charge(testdb.Charge{Subscription: s.ID, Amount: "90.00"})
			billed := d.Charge(testdb.Charge{Subscription: s.ID, Amount: "0.20"})
			d.Invoice(testdb.Invoice{
				Customer: d.customer.ID, Status: "open",
				Lines: []testdb.Line{{Subscription: s.ID, Charge: billed.ID, Amount: "0.20"}},
			})
		}, "0.02", []transfer.Record{{Kind: "subscription_charge", Number: ""}}},
		{"no balance at all", func(d rateDesk) {
			d.Exec(`update invoices set status = 'void' where customer_id = $1`, d.customer.ID)
		}, "0.01", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newRateDesk(t)
			c.setup(d)
			f, found := func() (transfer.Finding, bool) {
				p := d.preview(d.at(c.rate))
				return p.Finding("BALANCE_VANISHES")
			}()
			if found != (c.records != nil) {
				t.Fatalf("found: %t, %+v", found, f)
			}
			for i, r := range f.Records {
				if len(c.records) != len(f.Records) || c.records[i].Kind != r.Kind {
					t.Errorf("records %+v, want %+v", f.Records, c.records)
				}
			}
		})
	}
}

// The rate findings of the first flow apply to no other.
func TestRateFindingsAreOfDistributorTransfers(t *testing.T) {
	t.Parallel()
	for _, kind := range []record.FlowKind{record.Subscriptions, record.Merge} {
		if slices.ContainsFunc(rules.Codes(kind), func(c transfer.Code) bool {
			return strings.HasPrefix(string(c), "RATE_") || c == "BALANCE_VANISHES"
		}) {
			t.Errorf("%s has %v", kind, rules.Codes(kind))
		}
	}
}
