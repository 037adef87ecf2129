package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/jobs"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// collisionCustomers is over how many customers the transfers are fired; a tenth as many
// transfers as customers would seldom meet.
const collisionCustomers = 50

// Transfers that get in each other's way, from two panels at two worker processes: A into
// B while B goes into A, two into one, a customer that is being merged. No answer mentions
// a deadlock, every order ends, and the books are right. HANDOVER_COLLISIONS sets how
// many.
func TestTransfersThatCollide(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	w := testdb.NewWorld(t, pool)
	shop := shop{t, w, pool}
	away := w.Distributor(testdb.Distributor{Name: "Away", LegalEntity: w.Provider.LegalEntity})
	plan := w.Plan(testdb.Plan{Price: "10.00"})
	w.Plan(testdb.Plan{DelegatedFrom: plan.ID, Distributor: away.ID, Price: "10.00"})
	customers, subs := make([]string, collisionCustomers), make([]string, collisionCustomers)
	for i := range customers {
		c := w.Customer(testdb.Customer{})
		customers[i] = c.Number
		sub := w.Subscription(testdb.Subscription{Customer: c.ID, Plan: plan.ID})
		subs[i] = sub.Number
		w.Invoice(testdb.Invoice{Customer: c.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "10.00"}}})
	}
	for range 2 {
		worker := startWorker(t, address)
		t.Cleanup(func() { kill(worker) })
	}
	// Each panel has its own pool and engine.
	panels := make([]*engine.Engine, 2)
	for i := range panels {
		own, err := db.Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = own.Close() })
		panels[i] = &engine.Engine{Desk: order.Desk{DB: own, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
		if _, err := jobs.New(panels[i]); err != nil {
			t.Fatal(err)
		}
	}
	var under sync.WaitGroup
	var mu sync.Mutex
	outcomes := map[string]int{}
	for i := range number("HANDOVER_COLLISIONS", 80) {
		under.Go(func() {
			said := fire(panels[i%2], audit.Actor{Name: fmt.Sprintf("person %d", i)},
				collision(i, customers, subs, away.Number))
			mu.Lock()
			defer mu.Unlock()
			outcomes[said]++
		})
	}
	under.Wait()
	for said, n := range outcomes {
		if strings.HasPrefix(said, "error: ") {
			t.Errorf("%d people were told %s", n, said)
		}
	}
	deadline := time.Now().Add(5 * time.Minute)
	for w.Text(`select count(*) from transfer_orders where status in ('queued', 'in_progress')`) != "0" {
		if time.Now().After(deadline) {
			t.Fatalf("orders do not end: %s", w.Text(`select string_agg(status || ' ' || id, ', ')
				from transfer_orders where status in ('queued', 'in_progress')`))
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := w.Text(`select coalesce(string_agg(distinct failure, '; '), '') from transfer_orders
		where status = 'failed'`); got != "" {
		t.Errorf("orders failed: %s", got)
	}
	if w.Text(`select count(*) from transfer_orders where status = 'completed'`) == "0" || w.Text(`select count(*)
		from open_transfers`) != "0" {
		t.Errorf("what came of it: %v; accounts still taken: %s", outcomes,
			w.Text(`select count(*) from open_transfers`))
	}
	t.Logf("answers: %v; orders: %s", outcomes, w.Text(`select string_agg(status || ' ' || n, ', ')
		from (select status, count(*) as n from transfer_orders group by 1 order by 1) s`))
	shop.verify()
}

// collision is the i-th request: neighbours get in each other's way.
func collision(i int, customers, subs []string, away string) transfer.Request {
	a := rand.N(len(customers))
	b := (a + 1 + rand.N(3)) % len(customers)
	switch i % 4 {
	case 0:
		return transfer.Request{Kind: record.Merge, SourceCustomer: customers[a], TargetCustomer: customers[b]}
	case 1:
		return transfer.Request{Kind: record.Merge, SourceCustomer: customers[b], TargetCustomer: customers[a]}
	case 2:
		return transfer.Request{
			Kind: record.Subscriptions, SourceCustomer: customers[a], TargetCustomer: customers[b],
			Subscriptions: []string{subs[a]},
		}
	}
	return transfer.Request{
		Kind: record.Distributor, SourceCustomer: customers[a], TargetDistributor: away,
		Mode: transfer.ModeSubscriptions,
	}
}

// fire does what a person does, and returns the answer that they got.
func fire(e *engine.Engine, actor audit.Actor, req transfer.Request) string {
	ctx := context.Background()
	draft, err := e.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = e.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) { *r = req })
	}
	if err != nil {
		return told(err)
	}
	p, err := e.Preview(ctx, req)
	if err != nil {
		return told(err)
	}
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	return told(e.Submit(ctx, actor, draft.ID, draft.Version, accepted))
}

// told is the answer that a person got: a fault is a sentence for them, except the one for
// a transaction that PostgreSQL gave up.
func told(err error) string {
	switch {
	case err == nil:
		return "queued"
	case fault.CodeOf(err) == "" || db.Transient(err) || strings.Contains(err.Error(), "deadlock"):
		return "error: " + err.Error()
	}
	return string(fault.CodeOf(err))
}
