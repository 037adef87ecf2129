package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/internal/fault"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

func TestReversalLeavesWhatWasBornSince(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.to(d.nordlys, transfer.ModeEverything))
	usage := d.Usage(testdb.Usage{Subscription: d.sub.ID, Amount: "2.00"})
	billed := d.Invoice(testdb.Invoice{
		Customer: *o.TargetID, Number: "NEW-1", IssuedOn: "2026-03-12",
		Lines: []testdb.Line{{Subscription: d.sub.ID, Amount: "12.00"}},
	})
	d.Exec(`update usage_records set invoice_line_id = $1 where id = (select min(id) from usage_records)`,
		billed.Lines[0].ID)
	p := d.preview(o)
	f, ok := p.Finding("RECORDS_SINCE")
	if !ok || f.Severity != transfer.Warning || !slices.ContainsFunc(f.Records, func(r transfer.Record) bool {
		return r.Number == "NEW-1"
	}) {
		t.Errorf("findings %+v", p.Findings)
	}
	if _, err := d.engine.SubmitReversal(context.Background(), d.actor, o.Number,
		transfer.Request{Fingerprint: p.Fingerprint}); !fault.Is(err, fault.Blocked) {
		t.Errorf("without the tick: %v", err)
	}
	d.reverse(o)
	d.same("the account stays active, with its contact and method", "active 1 1", `select c.status || ' ' ||
		(select count(*) from contacts where customer_id = c.id)
		|| ' ' || (select count(*) from payment_methods where customer_id = c.id and status = 'active')
		from customers c where id = $1`, o.TargetID)
	d.same("the invoice stays", "true", `select customer_id = $2 from invoices where id = $1`, billed.ID, o.TargetID)
	d.same("what it billed stays with it", "true", `select customer_id = $1 from owned_usage_records
		where id = (select min(id) from usage_records)`, o.TargetID)
	d.same("what is not billed goes with its subscription", "true", `select customer_id = $2 from owned_usage_records
		where id = $1`, usage.ID, d.customer.ID)
	d.same("the old method is active again", "active", `select status from payment_methods where id = $1`, d.method.ID)
	d.verify()
}

func TestReversalWarnsOfASharedCRMID(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.to(d.nordlys, transfer.ModeSubscriptions))
	d.Customer(testdb.Customer{Name: "Twin AS", CRMID: "CRM-1"})
	p := d.preview(o)
	if f, ok := p.Finding("CRM_CONFLICT"); !ok || len(f.Records) != 1 {
		t.Errorf("findings %+v", p.Findings)
	}
	d.reverse(o)
}

func TestReversalInTime(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.give(""))
	ctx := context.Background()
	completed := d.now
	d.now = completed.AddDate(0, 0, 30)
	d.preview(o)
	d.now = completed.AddDate(0, 0, 30).Add(time.Second)
	if _, err := d.engine.PreviewReversal(ctx, o.Number); !fault.Is(err, fault.Conflict) {
		t.Errorf("after 30 days: %v", err)
	}
	if _, err := d.engine.SubmitReversal(ctx, d.actor, o.Number, transfer.Request{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("submitted after 30 days: %v", err)
	}
	d.now = completed
	back := d.reverse(o)
	if _, err := d.engine.PreviewReversal(ctx, o.Number); !fault.Is(err, fault.Conflict) ||
		!strings.Contains(err.Error(), back.Number) {
		t.Errorf("twice: %v", err)
	}
	if _, err := d.engine.PreviewReversal(ctx, "TO-000099"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an order that is none: %v", err)
	}
}

func TestReversalOfWhatChanged(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.give(""))
	ctx := context.Background()
	seen := d.preview(o)
	d.Payment(testdb.Payment{
		Customer: d.peer.ID, Amount: "10.00",
		Allocations: []testdb.Allocation{{Invoice: d.open.ID, Amount: "10.00"}},
	})
	_, err := d.engine.SubmitReversal(ctx, d.actor, o.Number, accepting(seen))
	if !fault.Is(err, fault.PreviewStale) {
		t.Errorf("a stale preview: %v", err)
	}
	d.reverse(o)
	d.same("the payment stays, its document returns", "true true", `select (p.customer_id = $1) || ' ' ||
		(i.customer_id = $2) from payments p join payment_allocations a on a.payment_id = p.id
		join invoices i on i.id = a.invoice_id`, d.peer.ID, d.customer.ID)
	d.verify()
}

func TestReversalWithALinkMadeAgain(t *testing.T) {
	d := newShop(t)
	stays := d.Subscription(testdb.Subscription{
		Customer: d.customer.ID, Plan: d.pro.ID, Price: "40.00",
		Start: "2025-06-01",
	})
	d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Subscriptions: []int64{d.sub.ID, stays.ID}})
	const shared = `(select max(id) from service_users where customer_id = $1)`
	o := d.transfer(d.give(""))
	var user int64
	if err := d.db.Get(&user, `insert into service_user_subscriptions (service_user_id, subscription_id) values (`+
		shared+`, $2) returning service_user_id`, d.customer.ID, d.sub.ID); err != nil {
		t.Fatal(err)
	}
	d.reverse(o)
	d.same("the link made again is there once, and the copy keeps its own", "1 1", `
		select count(*) filter (where service_user_id = $2) || ' ' || count(*) filter (where service_user_id > $2)
		from service_user_subscriptions where subscription_id = $1`, d.sub.ID, user)
	d.verify()
}

func TestReversalWhileAnotherIsUnderWay(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.give(""))
	ctx := context.Background()
	p := d.preview(o)
	queued, err := d.engine.SubmitReversal(ctx, d.actor, o.Number, accepting(p))
	if err != nil || queued.Status != "queued" {
		t.Fatalf("%s: %v", queued.Status, err)
	}
	if got := d.blocking(o); got != "TRANSFER_IN_PROGRESS: "+queued.Number {
		t.Errorf("got %q", got)
	}
	if err := d.engine.Work(ctx, queued.ID); err != nil {
		t.Error(err)
	}
	if got := d.order(queued.Number).Status; got != "completed" {
		t.Errorf("%s is %s", queued.Number, got)
	}
}
