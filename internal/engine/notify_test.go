package engine

import (
	"context"
	"testing"
	"time"

	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// Every kind of transfer that asks for it mails the customer, in the same transaction.
func TestCustomersAreTold(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{})
	d.subscribe(testdb.Subscription{})
	peer := d.peer()
	d.Exec(`update customers set email = 'billing@fjord.example' where id = $1`, d.customer.ID)
	for _, c := range []struct {
		req  transfer.Request
		says string
	}{
		{d.give(peer, "", sub), "Your contracts are now with " + peer.Name},
		{d.into(peer, ""), "Your account with Aurora Cloud was merged"},
	} {
		c.req.NotifyCustomer = true
		o := d.transfer(c.req)
		d.want("the mail of "+string(o.Kind), c.says, `select subject from outbox where order_id = $1`, o.ID)
		d.want("its account", "true", `select (body_text like '%' || $2 || '%')::text from outbox where order_id = $1`,
			o.ID, peer.Number)
	}
}

// Staff who subscribed get a mail when an order ends; a failed transfer mails no customer.
func TestStaffIsTold(t *testing.T) {
	d := newDesk(t)
	d.engine.OrderLink = func(number string, provider bool) string { return "https://panel.example/" + number }
	d.subscribe(testdb.Subscription{})
	d.ExecOwner(`create function refuse() returns trigger language plpgsql as
		'begin raise exception ''out of order''; end'`)
	d.ExecOwner(`create trigger refuse before update on subscriptions for each row execute function refuse()`)
	req := d.toNordlys()
	req.NotifyCustomer = true
	o, err := d.try(req)
	if err == nil {
		t.Fatal("it was executed")
	}
	d.want("who is told", "Aurora Manager: "+o.Number+" failed", `
		select string_agg(s.name || ': ' || m.subject, ', ') from outbox m join staff s on s.id = m.staff_id`)
	d.want("where to look", "true", `select (body_text like '%https://panel.example/' || $1 || '%')::text from outbox`,
		o.Number)
	d.want("the customer is not told", "0", `select count(*) from outbox where order_id is not null`)
}

// The approvers get a mail about the request, and the requester gets one about the answer.
func TestApprovalsAreTold(t *testing.T) {
	d := newDesk(t)
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	d.Exec(`update distributors set require_approval = true where id = $1`, d.Provider.ID)
	requester, asking := d.person("First Eyes", d.Provider.ID)
	second, other := d.person("Second Eyes", d.Provider.ID)
	o := d.submitted(requester, asking, d.toNordlys())
	const told = `select coalesce(string_agg(s.name || ': ' || m.subject, ', ' order by m.id), '') from outbox m
		join staff s on s.id = m.staff_id`
	d.want("who is asked", "Aurora Manager: "+o.Number+" waits for your answer, Second Eyes: "+o.Number+
		" waits for your answer", told)
	d.Exec(`delete from outbox`)
	if err := d.engine.Reject(second, other, o.Number, "Not this month"); err != nil {
		t.Fatal(err)
	}
	d.want("who learns the answer", "First Eyes: "+o.Number+": the answer", told)
	d.want("with the reason", "true", `select (body_text like '%Rejected by Second Eyes: Not this month%')::text
		from outbox`)
	d.Exec(`delete from outbox`)
	d.submitted(requester, asking, d.toNordlys())
	d.Exec(`delete from outbox`)
	now = now.Add(order.ApprovalLife)
	if err := d.engine.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.want("not answered", "1", `select count(*) from outbox
		where body_text like '%The request was not answered within 7 days.%'`)
}
