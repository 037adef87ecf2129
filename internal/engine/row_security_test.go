package engine

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

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

// resale is a desk at which the reseller Nordlys works, with Fjord IT below it; Thames
// and its customers are none of its business.
type resale struct {
	*desk
	ctx      context.Context // of Nordlys' account manager
	clerk    audit.Actor
	fjord    testdb.Distributor
	own      testdb.Customer // of Nordlys
	ownToo   testdb.Customer // of Nordlys
	stranger testdb.Customer // of Thames
}

func newResale(t *testing.T) *resale {
	t.Helper()
	r := &resale{desk: newDesk(t)}
	r.fjord = r.Distributor(testdb.Distributor{Name: "Fjord IT", Parent: r.nordlys.ID})
	staff := r.Staff(testdb.Staff{Name: "Nordlys Manager", Role: "account_manager", Distributor: r.nordlys.ID})
	r.clerk = audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: r.nordlys.ID}
	r.ctx = accounts.Scope{Root: r.nordlys.ID}.In(t.Context(), staff.ID)
	r.own = r.Customer(testdb.Customer{Name: "Kestrel Labs", Distributor: r.nordlys.ID})
	r.ownToo = r.Customer(testdb.Customer{Name: "Kestrel Labs Oslo", Distributor: r.nordlys.ID})
	r.stranger = r.Customer(testdb.Customer{Name: "Halcyon Foods", Distributor: r.thames.ID})
	return r
}

// toFjord asks to transfer the reseller's customer to the distributor below it.
func (r *resale) toFjord() transfer.Request {
	return transfer.Request{
		Kind: record.Distributor, SourceCustomer: r.own.Number, TargetDistributor: r.fjord.Number,
		Mode: transfer.ModeSubscriptions,
	}
}

// Each entry point answers for a record outside the scope as for one that does not exist.
func TestStrangersAreNotFound(t *testing.T) {
	r := newResale(t)
	merge := func(source, target string) transfer.Request {
		return transfer.Request{Kind: record.Merge, SourceCustomer: source, TargetCustomer: target}
	}
	to := func(source, distributor string) transfer.Request {
		return transfer.Request{
			Kind: record.Distributor, SourceCustomer: source, TargetDistributor: distributor,
			Mode: transfer.ModeEverything,
		}
	}
	const unknown, nowhere = "C-999999", "D-999999"
	for name, c := range map[string]struct{ stranger, missing transfer.Request }{
		"source": {merge(r.stranger.Number, r.own.Number), merge(unknown, r.own.Number)},
		"target": {merge(r.own.Number, r.stranger.Number), merge(r.own.Number, unknown)},
		"source of a subscription": {
			transfer.Request{
				Kind:           record.Subscriptions,
				SourceCustomer: r.stranger.Number, TargetCustomer: r.own.Number, Subscriptions: []string{"S-1"},
			},
			transfer.Request{
				Kind: record.Subscriptions, SourceCustomer: unknown, TargetCustomer: r.own.Number,
				Subscriptions: []string{"S-1"},
			},
		},
		"new distributor":              {to(r.own.Number, r.thames.Number), to(r.own.Number, nowhere)},
		"the provider":                 {to(r.own.Number, r.Provider.Number), to(r.own.Number, nowhere)},
		"customer of the provider":     {merge(r.customer.Number, r.own.Number), merge(unknown, r.own.Number)},
		"distributor for the customer": {merge(r.thames.Number, r.own.Number), merge(nowhere, r.own.Number)},
		"distributor for the target":   {merge(r.own.Number, r.thames.Number), merge(r.own.Number, nowhere)},
	} {
		authenticators := map[string]func(transfer.Request) error{
			"preview": func(req transfer.Request) error { _, err := r.engine.Preview(r.ctx, req); return err },
			"records": func(req transfer.Request) error {
				_, err := r.engine.ImpactRecords(r.ctx, req, "invoice", true, "", 10)
				return err
			},
		}
		if c.stranger.Kind == record.Distributor {
			authenticators["wizard"] = func(req transfer.Request) error {
				_, err := r.engine.Wizard(r.ctx, req)
				return err
			}
		}
		for authenticator, ask := range authenticators {
			got, want := ask(c.stranger), ask(c.missing)
			hide := strings.NewReplacer(r.stranger.Number, "#", r.customer.Number, "#", r.thames.Number, "#",
				r.Provider.Number, "#", unknown, "#", nowhere, "#")
			if !fault.Is(got, fault.NotFound) || hide.Replace(got.Error()) != hide.Replace(want.Error()) {
				t.Errorf("%s, %s: a stranger is %q, one that does not exist %q", name, authenticator, got, want)
			}
		}
	}
	if _, err := r.engine.OpenDraft(r.ctx, r.clerk, record.Merge, r.stranger.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("a draft for a stranger: %v", err)
	}
	foreign := r.TransferOrder(testdb.TransferOrder{Source: r.stranger.ID, Status: "queued"})
	for name, err := range map[string]error{
		"submit":  r.engine.Submit(r.ctx, r.clerk, foreign.ID, 1, transfer.Request{}),
		"execute": r.engine.Execute(r.ctx, r.clerk, foreign.ID),
		"discard": r.engine.DiscardDraft(r.ctx, r.clerk, foreign.Number),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s of a stranger's order: %v", name, err)
		}
	}
	if got := r.Text(`select status from transfer_orders where id = $1`, foreign.ID); got != "queued" {
		t.Errorf("the stranger's order is %s", got)
	}
}

// A finding names only what the requester may see, and there is none that only what
// they do not see would cause.
func TestFindingsNameNoStranger(t *testing.T) {
	r := newResale(t)
	all := accounts.Scope{Root: r.Provider.ID, Everything: true}.In(t.Context(), 0)
	r.Exec(`update customers set crm_id = 'CRM-1' where id in ($1, $2)`, r.own.ID, r.stranger.ID)
	child := r.Customer(testdb.Customer{Name: "Halcyon Child", Distributor: r.thames.ID, BillToParent: true})
	r.StrayParent(child.ID, r.own.ID)
	named := func(ctx context.Context, req transfer.Request, code transfer.Code) []string {
		t.Helper()
		p, err := r.engine.Preview(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range p.Findings {
			if f.Code != code {
				continue
			}
			for _, record := range f.Records {
				out = append(out, record.Number)
			}
		}
		return out
	}
	requests := map[string]transfer.Request{
		"distributor": r.toFjord(),
		"merge":       {Kind: record.Merge, SourceCustomer: r.ownToo.Number, TargetCustomer: r.own.Number},
	}
	for name, req := range requests {
		if got := named(all, req, "CRM_CONFLICT"); !slices.Contains(got, r.stranger.Number) {
			t.Errorf("%s: the provider sees %v, want the stranger", name, got)
		}
		if got := named(r.ctx, req, "CRM_CONFLICT"); got != nil {
			t.Errorf("%s: the reseller sees %v because of a stranger", name, got)
		}
	}
	if got := named(all, r.toFjord(), "CHILD_ACCOUNTS"); !slices.Equal(got, []string{child.Number}) {
		t.Errorf("the provider sees the child accounts %v", got)
	}
	if got := named(r.ctx, r.toFjord(), "CHILD_ACCOUNTS"); got != nil {
		t.Errorf("the reseller sees the child accounts %v", got)
	}
	r.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, r.ownToo.ID)
	if got := named(r.ctx, r.toFjord(), "CRM_CONFLICT"); !slices.Equal(got, []string{r.ownToo.Number}) {
		t.Errorf("the reseller sees %v, want their own", got)
	}
	sub := r.subscribe(testdb.Subscription{Customer: r.own.ID, Plan: r.Plan(testdb.Plan{Distributor: r.nordlys.ID}).ID})
	r.Exec(`update customers set crm_id = case when id = $1 then 'CRM-1' else '' end where id in ($1, $2)`, r.own.ID,
		r.ownToo.ID)
	req := transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: r.own.Number, TargetCustomer: r.ownToo.Number,
		Subscriptions: []string{sub.Number},
	}
	if got := named(r.ctx, req, "CRM_CONFLICT"); got != nil {
		t.Errorf("subscriptions: the reseller sees %v because of a stranger", got)
	}
}

// submit takes a reseller's request from the draft to the queue.
func (r *resale) submit(req transfer.Request) order.Order {
	r.t.Helper()
	o, err := r.engine.OpenDraft(r.ctx, r.clerk, req.Kind, req.SourceCustomer)
	if err != nil {
		r.t.Fatal(err)
	}
	o, err = r.engine.UpdateDraft(r.ctx, r.clerk, o.Number, o.Version, func(draft *transfer.Request) { *draft = req })
	if err != nil {
		r.t.Fatal(err)
	}
	p, err := r.engine.PreviewDraft(r.ctx, o)
	if err != nil {
		r.t.Fatal(err)
	}
	if !p.Executable {
		r.t.Fatalf("blocked: %+v", p.Blocking())
	}
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Unacknowledged(transfer.Request{}) {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	if err := r.engine.Submit(r.ctx, r.clerk, o.ID, o.Version, accepted); err != nil {
		r.t.Fatal(err)
	}
	return o
}

// A reseller transfers within its subtree; the engine runs the order with what its
// requester sees, whichever process works it.
func TestResellerTransfersWithinItsSubtree(t *testing.T) {
	r := newResale(t)
	plan := r.Plan(testdb.Plan{Name: "Nordlys Pro", Distributor: r.nordlys.ID})
	r.Plan(testdb.Plan{DelegatedFrom: plan.ID, Distributor: r.fjord.ID})
	sub := r.subscribe(testdb.Subscription{Customer: r.own.ID, Plan: plan.ID})
	r.Invoice(testdb.Invoice{Customer: r.own.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "100.00"}}})
	// Seen by the provider this would be a warning, and so another fingerprint.
	r.Exec(`update customers set crm_id = 'CRM-1' where id in ($1, $2)`, r.own.ID, r.stranger.ID)
	o := r.submit(r.toFjord())
	if err := r.engine.Work(t.Context(), o.ID); err != nil {
		t.Fatal(err)
	}
	read := func(ctx context.Context) (order.Order, order.Sides, error) {
		var o2 order.Order
		var sides order.Sides
		err := db.InTx(ctx, r.db, func(tx *sqlx.Tx) (err error) {
			o2, sides, err = order.GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), o.Number)
			return err
		})
		return o2, sides, err
	}
	done, sides, err := read(r.ctx)
	if err != nil || done.Status != "completed" ||
		sides != (order.Sides{Source: true, Target: true, Requester: true, Whole: true}) {
		t.Fatalf("the order is %q (%s), %+v, %v", done.Status, done.Failure, sides, err)
	}
	if got := r.Text(`select d.name from customers c join distributors d on d.id = c.distributor_id
		join subscriptions s on s.customer_id = c.id where s.id = $1`, sub.ID); got != "Fjord IT" {
		t.Errorf("the subscription is with %s", got)
	}
	// The gaining side sees the order, and of the other side not even its name.
	seen, sides, err := read(accounts.Scope{Root: r.fjord.ID}.In(t.Context(), 0))
	if err != nil || sides != (order.Sides{Target: true}) || seen.SourceName != order.Another ||
		seen.SourceDistributor != order.Another || seen.SourceNumber != "" || seen.TargetName == "" {
		t.Errorf("the gaining side sees %q of %q to %q, %+v, %v", seen.SourceName, seen.SourceDistributor,
			seen.TargetName, sides, err)
	}
	if _, _, err := read(accounts.Scope{Root: r.thames.ID}.In(t.Context(), 0)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a third distributor sees the order: %v", err)
	}
}

// A merge of a reseller's customers runs in the request itself, and a failure is
// recorded although the requester may not write orders that are queued.
func TestResellerMergesAndFails(t *testing.T) {
	r := newResale(t)
	r.Invoice(testdb.Invoice{Customer: r.ownToo.ID, Lines: []testdb.Line{{Amount: "100.00"}}})
	merge := transfer.Request{Kind: record.Merge, SourceCustomer: r.ownToo.Number, TargetCustomer: r.own.Number}
	o := r.submit(merge)
	r.ExecOwner(`create function stop() returns trigger language plpgsql as 'begin raise exception ''stop''; end'`)
	r.ExecOwner(`create trigger stop before update on invoices execute function stop()`)
	r.engine.Log = slog.New(slog.DiscardHandler)
	if err := r.engine.Execute(r.ctx, r.clerk, o.ID); err == nil {
		t.Fatal("it was stopped and reports no error")
	}
	if got := r.Text(`select status from transfer_orders where id = $1`, o.ID); got != "failed" {
		t.Errorf("the order is %s", got)
	}
	r.ExecOwner(`drop trigger stop on invoices`)
	o = r.submit(merge)
	if err := r.engine.Execute(r.ctx, r.clerk, o.ID); err != nil {
		t.Fatal(err)
	}
	if got := r.Text(`select status || ' ' || (select count(*) from invoices where customer_id = $2) from customers
		where id = $1`, r.ownToo.ID, r.own.ID); got != "merged 1" {
		t.Errorf("afterwards %s", got)
	}
}
