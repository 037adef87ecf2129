package jobs_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/jobs"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// shop is a database with customers to be merged.
type shop struct {
	*testing.T
	*testdb.World
	pool *sqlx.DB
}

func newShop(t *testing.T) shop {
	t.Helper()
	t.Parallel()
	pool := testdb.New(t)
	return shop{t, testdb.NewWorld(t, pool), pool}
}

// process is an engine with a queue of its own, as each process has.
func (s shop) process() (*engine.Engine, *jobs.Queue) {
	s.Helper()
	e := &engine.Engine{Desk: order.Desk{DB: s.pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	q, err := jobs.New(e)
	if err != nil {
		s.Fatal(err)
	}
	return e, q
}

// work runs the queue until the returned function is called, which waits for its end.
func (s shop) work(q *jobs.Queue, grace time.Duration) (stop func()) {
	s.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Run(ctx, grace) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				s.Errorf("the worker ended with %v", err)
			}
		})
	}
	s.Cleanup(stop)
	return stop
}

// submit asks for a merge of a new customer with n invoices and returns the order.
func (s shop) submit(e *engine.Engine, n int) order.Order {
	s.Helper()
	return s.submitAs(context.Background(), audit.Actor{Name: "tester", DistributorID: s.Provider.ID}, e, n)
}

// submitAs is the same of a person, in the scope of the context.
func (s shop) submitAs(ctx context.Context, actor audit.Actor, e *engine.Engine, n int) order.Order {
	s.Helper()
	source, target := s.Customer(testdb.Customer{}), s.Customer(testdb.Customer{})
	s.World.Exec(`insert into invoices (external_id, number, customer_id, issued_on, due_on, currency, status,
		buyer_name)
		select 'I' || $1::bigint || '-' || n, 'INV-' || n, $1, '2026-01-01', '2026-02-01', 'EUR', 'draft', ''
		from generate_series(1, $2::int) n`, source.ID, n)
	req := transfer.Request{Kind: record.Merge, SourceCustomer: source.Number, TargetCustomer: target.Number}
	draft, err := e.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = e.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) { *r = req })
	}
	if err != nil {
		s.Fatal(err)
	}
	p, err := e.Preview(ctx, req)
	if err != nil {
		s.Fatal(err)
	}
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	if err := e.Submit(ctx, actor, draft.ID, draft.Version, accepted); err != nil {
		s.Fatal(err)
	}
	return s.order(draft.Number)
}

func (s shop) order(number string) order.Order {
	s.Helper()
	o, err := order.GetOrder(context.Background(), s.pool, number)
	if err != nil {
		s.Fatal(err)
	}
	return o
}

// patience is for what must happen, however slow the machine is.
const patience = time.Minute

// await returns the order once it has the status.
func (s shop) await(number, status string, atMost time.Duration) order.Order {
	s.Helper()
	deadline := time.Now().Add(atMost)
	for {
		o := s.order(number)
		if o.Status == status {
			return o
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s is %s after %s, want %s (%s)", number, o.Status, atMost, status, o.Failure)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s shop) verify() {
	s.Helper()
	checks, err := engine.Verify(context.Background(), s.pool)
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			s.Errorf("verify: %+v", c)
		}
	}
}

func TestAnOrderIsExecutedOnceByAnyNumberOfWorkers(t *testing.T) {
	s := newShop(t)
	e, first := s.process()
	_, second := s.process()
	s.work(first, time.Minute)
	s.work(second, time.Minute)
	var numbers []string
	for range 8 {
		numbers = append(numbers, s.submit(e, 20).Number)
	}
	for _, number := range numbers {
		s.await(number, "completed", 30*time.Second)
	}
	if got := s.Text(
		`select count(*) || ' ' || count(distinct order_id) from transfer_events where event = 'started'`); got !=
		"8 8" {
		t.Errorf("begun and orders: %s", got)
	}
	// A lease goes right after the transaction that completed its order.
	for deadline := time.Now().Add(patience); s.Text(`select count(*) from transfer_leases`) !=
		"0"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("leases are left")
		}
	}
	s.verify()
}

// A request puts its order into the queue in the scope of its reader.
func TestScopedRequestReachesTheQueue(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	s.work(q, time.Minute)
	clerk := s.Staff(testdb.Staff{Name: "Aurora Manager"})
	actor := audit.Actor{ID: clerk.ID, Name: clerk.Name, DistributorID: s.Provider.ID}
	for _, scope := range []accounts.Scope{{Everything: true, Root: s.Provider.ID}, {Root: s.Provider.ID}} {
		o := s.submitAs(scope.In(context.Background(), clerk.ID), actor, e, 3)
		s.await(o.Number, "completed", patience)
	}
}

// A rolled back transaction leaves no job, a committed one always does: they are one.
func TestTheJobIsPartOfTheTransaction(t *testing.T) {
	s := newShop(t)
	e, _ := s.process()
	o := s.submit(e, 1)
	if got := s.Text(`select string_agg(kind || ' ' || (args->>'order_id'), ',') from river_job
		where (args->>'order_id')::bigint = $1`, o.ID); got != "transfer "+s.Text(`select $1::bigint::text`, o.ID) {
		t.Errorf("the job is %q", got)
	}
	s.World.Exec(`update distributors set status = 'active'`)
	if err := e.Submit(context.Background(), audit.Actor{Name: "tester"}, o.ID, o.Version,
		transfer.Request{}); err == nil {
		t.Error("an order was submitted twice")
	}
	if got := s.Text(`select count(*) from river_job`); got != "1" {
		t.Errorf("%s jobs", got)
	}
}

// A holder that is silent for ten seconds is dead: another worker takes the order up.
func TestAnOrderOfADeadWorkerIsTakenUp(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	o := s.submit(e, 5)
	s.World.Exec(`delete from river_job`) // the dead worker had it
	s.World.Exec(`update transfer_orders set status = 'in_progress', started_at = now() where id = $1`, o.ID)
	s.World.Exec(`update transfer_leases set holder = gen_random_uuid(), renewed_at = now() - interval '9 s',
		asked_at = now() - interval '60 s' where order_id = $1`, o.ID)
	begin := time.Now()
	s.work(q, time.Minute)
	s.await(o.Number, "completed", 15*time.Second)
	if time.Since(begin) < 500*time.Millisecond {
		t.Error("it was taken from a holder that was not silent for long")
	}
	if got := s.Text(`select count(*) from transfer_events where order_id = $1 and event = 'taken_up_again'`,
		o.ID); got != "1" {
		t.Errorf("taken up %s times", got)
	}
	s.verify()
}

// A job that got lost does not lose the order.
func TestALostJobIsPutIntoTheQueueAgain(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	o := s.submit(e, 5)
	s.World.Exec(`delete from river_job`)
	s.World.Exec(`update transfer_leases set asked_at = now() - interval '16 s' where order_id = $1`, o.ID)
	s.work(q, time.Minute)
	s.await(o.Number, "completed", 15*time.Second)
}

// A job that a dead worker left running is cleared after a day. River does so only for jobs with a time limit.
func TestJobOfDeadWorkerIsClearedAfterADay(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	s.submit(e, 1)
	s.World.Exec(`update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '25 h',
		attempted_by = array['dead']`)
	s.work(q, time.Minute)
	for deadline := time.Now().Add(patience); s.Text(`select count(*) from river_job where state = 'running'`) !=
		"0"; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the job still runs for River")
		}
	}
}

// A stopping worker rolls back a job that does not end in time, and hands it back.
func TestAStoppedWorkerHandsBack(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	o := s.submit(e, 5)
	hold, err := s.pool.Beginx() // the execution waits for the account
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback() }()
	if _, err := hold.Exec(`select from customers where id = $1 for update`, o.SourceID); err != nil {
		t.Fatal(err)
	}
	stop := s.work(q, 200*time.Millisecond)
	s.await(o.Number, "in_progress", patience)
	stop()
	if got := s.order(o.Number); got.Status != "queued" || got.StartedAt != nil {
		t.Fatalf("the order is %s, begun %v", got.Status, got.StartedAt)
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	_, next := s.process()
	s.work(next, time.Minute)
	s.await(o.Number, "completed", patience)
	if got := s.Text(`select count(*) from transfer_events where order_id = $1 and event = 'handed_back'`,
		o.ID); got != "1" {
		t.Errorf("handed back %s times", got)
	}
	s.verify()
}

// Cancelling and beginning at the same moment: one of them wins, whole.
func TestCancellingRacesWithTheWorker(t *testing.T) {
	s := newShop(t)
	e, q := s.process()
	s.work(q, time.Minute)
	cancelled := 0
	for range 12 {
		o := s.submit(e, 2)
		time.Sleep(time.Duration(cancelled) * 10 * time.Millisecond)
		if err := e.Cancel(context.Background(), audit.Actor{Name: "tester"}, o.Number,
			"changed our mind"); err != nil {
			s.await(o.Number, "completed", patience)
			continue
		}
		cancelled++
		if got := s.order(o.Number); got.Status != "cancelled" || got.Reason != "changed our mind" {
			t.Errorf("%s is %s: %q", o.Number, got.Status, got.Reason)
		}
		if got := s.Text(`select count(*) from open_transfers where order_id = $1`, o.ID); got != "0" {
			t.Errorf("%s keeps %s accounts", o.Number, got)
		}
	}
	time.Sleep(300 * time.Millisecond)
	if got := s.Text(`select count(*) from transfer_orders where status not in ('completed', 'cancelled')`); got !=
		"0" {
		t.Errorf("%s orders are neither", got)
	}
	s.verify()
}
