package engine

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// desk is a small sales channel for one test: the provider sells in euros, Nordlys
// too and as the same legal entity, Thames in pounds as another. Each has the plan Pro.
type desk struct {
	*testdb.World
	t        *testing.T
	db       *sqlx.DB
	engine   *Engine
	actor    audit.Actor
	nordlys  testdb.Distributor
	thames   testdb.Distributor
	pro      testdb.Plan
	customer testdb.Customer
}

// today is the clock of the tests.
const today = "2026-03-10"

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	return makeDesk(t)
}

// makeDesk makes the desk of a test that runs in parallel already.
func makeDesk(t *testing.T) *desk {
	t.Helper()
	pool := testdb.Lend(t)
	d := &desk{World: testdb.NewWorld(t, pool), t: t, db: pool}
	d.nordlys = d.Distributor(testdb.Distributor{
		Name: "Nordlys Partner", LegalEntity: d.Provider.LegalEntity,
		MerchantAccount: d.Provider.MerchantAccount,
	})
	d.thames = d.Distributor(testdb.Distributor{
		Name: "Thames Cloud", Currency: "GBP",
		MerchantAccount: "merchant-thames",
	})
	d.pro = d.Plan(testdb.Plan{Name: "Pro", Price: "40.00", BillingPeriod: "monthly"})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.nordlys.ID, Price: "41.00"})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.thames.ID, Currency: "GBP", Price: "35.00"})
	d.customer = d.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	staff := d.Staff(testdb.Staff{Name: "Aurora Manager", Role: "account_manager"})
	d.actor = audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: d.Provider.ID}
	clock, err := time.Parse(time.DateTime, today+" 12:00:00")
	if err != nil {
		t.Fatal(err)
	}
	d.engine = &Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		return clock
	}}}
	return d
}

// subscribe gives the customer a subscription on the plan Pro.
func (d *desk) subscribe(s testdb.Subscription) testdb.Subscription {
	d.t.Helper()
	if s.Customer == 0 {
		s.Customer = d.customer.ID
	}
	if s.Plan == 0 {
		s.Plan = d.pro.ID
	}
	if s.Price == "" {
		s.Price = "40.00"
	}
	return d.Subscription(s)
}

// toThames asks for the transfer to another legal entity in another currency.
func (d *desk) toThames() transfer.Request {
	return transfer.Request{
		Kind: record.Distributor, SourceCustomer: d.customer.Number, TargetDistributor: d.thames.Number,
		Mode: transfer.ModeSubscriptions, ConversionRate: "0.8612",
	}
}

// toNordlys asks for the transfer within one legal entity and currency.
func (d *desk) toNordlys() transfer.Request {
	return transfer.Request{
		Kind: record.Distributor, SourceCustomer: d.customer.Number, TargetDistributor: d.nordlys.Number,
		Mode: transfer.ModeEverything,
	}
}

func (d *desk) preview(req transfer.Request) transfer.Preview {
	d.t.Helper()
	p, err := d.engine.Preview(context.Background(), req)
	if err != nil {
		d.t.Fatalf("preview: %v", err)
	}
	return p
}

// transfer does the whole way of a user: draft, preview, acknowledge all, execute.
func (d *desk) transfer(req transfer.Request) order.Order {
	d.t.Helper()
	o, err := d.try(req)
	if err != nil {
		d.t.Fatalf("transfer: %v", err)
	}
	return o
}

func (d *desk) try(req transfer.Request) (order.Order, error) {
	d.t.Helper()
	ctx := context.Background()
	draft, err := d.engine.OpenDraft(ctx, d.actor, req.Kind, req.SourceCustomer)
	if err != nil {
		return draft, err
	}
	draft, err = d.engine.UpdateDraft(ctx, d.actor, draft.Number, draft.Version, func(r *transfer.Request) { *r = req })
	if err != nil {
		return draft, err
	}
	p := d.preview(req)
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		if f.Severity == transfer.Warning {
			req.Acknowledged = append(req.Acknowledged, string(f.Code))
		}
	}
	if err := d.engine.Submit(ctx, d.actor, draft.ID, draft.Version, req); err != nil {
		return draft, err
	}
	if err := d.engine.Execute(ctx, d.actor, draft.ID); err != nil {
		return draft, err
	}
	return order.GetOrder(ctx, d.db, draft.Number)
}

// want compares what a query says, as text.
func (d *desk) want(what, want, query string, args ...any) {
	d.t.Helper()
	if got := d.Text(query, args...); got != want {
		d.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
