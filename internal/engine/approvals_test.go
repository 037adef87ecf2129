package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// submitted submits the request as the actor and returns the order as it is then.
func (d *desk) submitted(ctx context.Context, actor audit.Actor, req transfer.Request) order.Order {
	d.t.Helper()
	draft, err := d.engine.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = d.engine.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = req
		})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	p, err := d.engine.Preview(ctx, req)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	if err := d.engine.Submit(ctx, actor, draft.ID, draft.Version, req); err != nil {
		d.t.Fatal(err)
	}
	return d.read(draft.Number)
}

func (d *desk) read(number string) order.Order {
	d.t.Helper()
	o, err := order.GetOrder(context.Background(), d.db, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return o
}

// person makes a staff member and returns them with the context of their requests.
func (d *desk) person(name string, distributor int64) (context.Context, audit.Actor) {
	d.t.Helper()
	s := d.Staff(testdb.Staff{Name: name, Role: "account_manager", Distributor: distributor})
	scope := accounts.Scope{Root: distributor, Everything: distributor == d.Provider.ID}
	return scope.In(context.Background(), s.ID), audit.Actor{ID: s.ID, Name: name, DistributorID: distributor}
}

func TestFourEyes(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update distributors set require_approval = true where id = $1`, d.Provider.ID)
	requester, asking := d.person("First Eyes", d.Provider.ID)
	second, other := d.person("Second Eyes", d.Provider.ID)
	outside, stranger := d.person("Other Eyes", d.thames.ID)
	o := d.submitted(requester, asking, d.toNordlys())
	if o.Status != "awaiting_approval" || o.ExpiresAt == nil || !o.ExpiresAt.Equal(d.engine.Now().Add(7*24*time.Hour)) {
		t.Fatalf("%s until %v", o.Status, o.ExpiresAt)
	}
	d.want("the accounts are taken", "1", `select count(*) from open_transfers where order_id = $1`, o.ID)
	if err := d.engine.Work(context.Background(), o.ID); err != nil || d.read(o.Number).Status != "awaiting_approval" {
		t.Errorf("it was executed without approval: %v", err)
	}
	if err := d.engine.Approve(requester, asking, o.Number); !fault.Is(err, fault.Forbidden) ||
		!strings.Contains(err.Error(), "approval by a second person of") {
		t.Errorf("the requester approved: %v", err)
	}
	if err := d.engine.Approve(outside, stranger, o.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger approved: %v", err)
	}
	if err := d.engine.Approve(second, other, o.Number); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	d.want("the timeline", "draft_created by First Eyes, approval_requested by First Eyes, approved by Second "+
		"Eyes, started by First Eyes, completed by First Eyes",
		`select string_agg(event || ' by ' || actor_name, ', ' order by id) from transfer_events where order_id = $1
			and event not like 'notification%'`, o.ID)
	d.verify()
}

func TestRejecting(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update distributors set require_approval = true where id = $1`, d.Provider.ID)
	requester, asking := d.person("First Eyes", d.Provider.ID)
	second, other := d.person("Second Eyes", d.Provider.ID)
	o := d.submitted(requester, asking, d.toNordlys())
	if err := d.engine.Reject(second, other, o.Number, "  "); !fault.Is(err, fault.Invalid) {
		t.Errorf("rejected without a reason: %v", err)
	}
	if err := d.engine.Reject(second, other, o.Number, "The contract says otherwise."); err != nil {
		t.Fatal(err)
	}
	o = d.read(o.Number)
	if o.Status != "rejected" || o.Reason != "The contract says otherwise." {
		t.Errorf("%s: %q", o.Status, o.Reason)
	}
	d.want("the accounts are free", "0", `select count(*) from open_transfers`)
	if err := d.engine.Approve(second, other, o.Number); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved afterwards: %v", err)
	}
}

// Both distributors agree to a distributor transfer; the new one sees of it only what it
// decides by.
func TestConsentOfBothSides(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update distributors set require_consent = true where id = $1`, d.thames.ID)
	sub := d.subscribe(testdb.Subscription{})
	d.Invoice(testdb.Invoice{Customer: d.customer.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "100.00"}}})
	requester, asking := d.person("Provider Eyes", d.Provider.ID)
	gaining, clerk := d.person("Thames Eyes", d.thames.ID)
	o := d.submitted(requester, asking, d.toThames())
	d.want("who is asked: the requester's side agreed by asking", "consent Thames Cloud", `
		select string_agg(a.kind || ' ' || n.name, ', ') from transfer_approvals a
		  join distributors n on n.id = a.distributor_id where order_id = $1`, o.ID)

	seen, sides := d.seenBy(gaining, o.Number)
	if sides.Source || seen.SourceName != order.Another || seen.Preview != nil {
		t.Errorf("the new distributor sees %q, %+v", seen.SourceName, seen.Preview)
	}
	if c := seen.Consent; c == nil || c.Customer != "Blue Fjord AS" ||
		c.Opening != (transfer.Amount{Amount: "86.12", Currency: "GBP"}) || len(c.Subscriptions) != 1 ||
		c.Subscriptions[0] != (order.ConsentPlan{Subscription: sub.Number, Plan: "Pro"}) {
		t.Errorf("it decides by %+v", c)
	}
	if err := d.engine.Approve(requester, asking, o.Number); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the provider consented for Thames: %v", err)
	}
	if err := d.engine.Approve(gaining, clerk, o.Number); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	if o = d.read(o.Number); o.Status != "completed" {
		t.Errorf("%s: %s", o.Status, o.Failure)
	}
	if seen, _ := d.seenBy(gaining, o.Number); seen.Consent != nil {
		t.Error("what was decided by is shown for ever")
	}
	d.verify()
}

// If no one at a distributor can sign in, the provider answers for it.
func TestConsentForADistributorWithoutPeople(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update distributors set require_consent = true where id = $1`, d.thames.ID)
	requester, asking := d.person("Provider Eyes", d.Provider.ID)
	o := d.submitted(requester, asking, d.toThames())
	if err := d.engine.Approve(requester, asking, o.Number); err != nil {
		t.Fatal(err)
	}
	if got := d.read(o.Number).Status; got != "queued" {
		t.Errorf("it is %s", got)
	}
}

// seenBy reads the order as the person of the context does.
func (d *desk) seenBy(ctx context.Context, number string) (o order.Order, sides order.Sides) {
	d.t.Helper()
	err := db.InTx(ctx, d.db, func(tx *sqlx.Tx) (err error) {
		o, sides, err = order.GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), number)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return o, sides
}

func TestScheduled(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	for _, wrong := range []string{
		"tomorrow", now.Add(-time.Hour).Format(time.RFC3339),
		now.AddDate(2, 0, 0).Format(time.RFC3339),
	} {
		draft, accepted := d.draftOf(d.toNordlys())
		accepted.StartAt = wrong
		if err := d.engine.Submit(ctx, d.actor, draft.ID, draft.Version, accepted); !fault.Is(err, fault.Invalid) {
			t.Errorf("start at %q: %v", wrong, err)
		}
	}
	req := d.toNordlys()
	req.StartAt = now.Add(2 * time.Hour).Format(time.RFC3339)
	o := d.submitted(ctx, d.actor, req)
	if o.Status != "scheduled" || o.StartAt == nil || !o.StartAt.Equal(now.Add(2*time.Hour)) {
		t.Fatalf("%s at %v", o.Status, o.StartAt)
	}
	tick := func() string {
		if err := d.engine.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		return d.read(o.Number).Status
	}
	if got := tick(); got != "scheduled" {
		t.Errorf("before its time it is %s", got)
	}
	now = now.Add(2 * time.Hour)
	if got := tick(); got != "queued" {
		t.Errorf("at its time it is %s", got)
	}
	if err := d.engine.Work(ctx, o.ID); err != nil {
		t.Fatal(err)
	}
	d.want("it is done", "completed", `select status from transfer_orders where id = $1`, o.ID)
	d.verify()
}

// A scheduled order whose records changed goes back to its requester, with the
// differences.
func TestScheduledButChanged(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	d.subscribe(testdb.Subscription{})
	req := d.toNordlys()
	req.StartAt = now.Add(time.Hour).Format(time.RFC3339)
	o := d.submitted(ctx, d.actor, req)
	seen := o.Preview
	d.subscribe(testdb.Subscription{Promo: "Spring"})
	now = now.Add(time.Hour)
	if err := d.engine.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Work(ctx, o.ID); err != nil {
		t.Fatal(err)
	}
	o = d.read(o.Number)
	if o.Status != "draft" || o.ExpiresAt == nil {
		t.Fatalf("it is %s until %v", o.Status, o.ExpiresAt)
	}
	p, err := d.engine.PreviewDraft(ctx, o)
	if err != nil || len(transfer.Compare(*seen, p)) == 0 {
		t.Errorf("nothing differs: %v", err)
	}
	d.want("the accounts are free", "0", `select count(*) from open_transfers`)
}

// The data of a scheduled order go on changing: what is clean moves, with what came since.
func TestScheduledMovesWhatThereIsThen(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	d.subscribe(testdb.Subscription{})
	req := d.toNordlys()
	req.StartAt = now.Add(time.Hour).Format(time.RFC3339)
	o := d.submitted(ctx, d.actor, req)
	d.subscribe(testdb.Subscription{})
	d.open("INV-NEW", "11.00", "2026-02-01")
	now = now.Add(time.Hour)
	d.due(o)
	o = d.read(o.Number)
	if o.Status != "completed" {
		t.Fatalf("it is %s: %s", o.Status, o.Failure)
	}
	d.want("both subscriptions and the balance moved", "2 11", `
		select (select count(*) from subscriptions s where s.customer_id = b.customer_id) || ' ' ||
		  trim_scale(b.balance)
		from customer_balances b where b.customer_id = $1`, *o.TargetID)
	for _, m := range o.Result.Moved {
		if m.Kind == "subscription" && m.Count != 2 {
			t.Errorf("the order says that %d subscriptions moved", m.Count)
		}
	}
	d.verify()
}

// Requests without an answer and untouched drafts end.
func TestExpiry(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	now := d.engine.Now()
	d.engine.Now = func() time.Time { return now }
	d.Exec(`update distributors set require_approval = true where id = $1`, d.Provider.ID)
	asked := d.submitted(ctx, d.actor, d.toNordlys())
	other := d.Customer(testdb.Customer{})
	draft, err := d.engine.OpenDraft(ctx, d.actor, record.Distributor, other.Number)
	if err != nil {
		t.Fatal(err)
	}
	tick := func(after time.Duration) (string, string) {
		now = now.Add(after)
		if err := d.engine.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		return d.read(asked.Number).Status, d.read(draft.Number).Status
	}
	if a, b := tick(7*24*time.Hour - time.Minute); a != "awaiting_approval" || b != "draft" {
		t.Errorf("before their time they are %s and %s", a, b)
	}
	if a, b := tick(time.Minute); a != "cancelled" || b != "draft" {
		t.Errorf("after 7 days they are %s and %s", a, b)
	}
	if a, b := tick(23 * 24 * time.Hour); a != "cancelled" || b != "cancelled" {
		t.Errorf("after 30 days they are %s and %s", a, b)
	}
	if got := d.read(asked.Number).Reason; got != "The request was not answered within 7 days." {
		t.Errorf("the reason is %q", got)
	}
}
