package engine

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// BenchmarkMerge measures, in one run and on fresh copies of one database, a merge
// through the engine (preview, locks, checks, ledger, reconciliation) against the
// hand-written floor: one transaction with one UPDATE per table for the same rows.
// It prints a table; docs/performance.md keeps the last one.
//
// HANDOVER_BENCH_DOCUMENTS limits the sizes, for a quick look.
func BenchmarkMerge(b *testing.B) {
	most := 1_000_000
	if n, err := strconv.Atoi(os.Getenv("HANDOVER_BENCH_DOCUMENTS")); err == nil {
		most = n
	}
	fmt.Printf("\n%12s %12s %12s %12s %8s %14s\n", "documents", "preview", "engine", "floor", "ratio", "memory above")
	for _, documents := range []int{1_000, 100_000, 1_000_000} {
		if documents <= most {
			b.Run(strconv.Itoa(documents), func(b *testing.B) { benchMerge(b, documents, 0) })
		}
	}
	b.Run("usage", func(b *testing.B) { benchMerge(b, 100, most) })
}

// benchWorld is a database with a customer to be merged.
type benchWorld struct {
	b       *testing.B
	address string // of the original; copies are made of it
	request transfer.Request
}

func benchMerge(b *testing.B, documents, usage int) {
	w := newBenchWorld(b, documents, usage)
	for range b.N {
		var preview, engine, floor time.Duration
		var memory uint64
		w.onCopy(func(pool *sqlx.DB) { preview, engine, memory = w.engine(context.Background(), pool) })
		w.onCopy(func(pool *sqlx.DB) { floor = w.floor(pool) })
		ratio := engine.Seconds() / floor.Seconds()
		b.ReportMetric(ratio, "ratio")
		b.ReportMetric(preview.Seconds()*1000, "preview-ms")
		what := strconv.Itoa(documents)
		if usage > 0 {
			what = fmt.Sprintf("%d+%dk use", documents, usage/1000)
		}
		fmt.Printf("%12s %12s %12s %12s %8.2f %10.1f MiB\n", what, preview.Round(time.Millisecond),
			engine.Round(time.Millisecond),
			floor.Round(time.Millisecond), ratio, float64(memory)/(1<<20))
	}
}

// newBenchWorld fills a database: per 10 documents 6 invoices with a line, and 4
// payments of paid invoices, each with a journal entry; beside it a bystander of the same size.
func newBenchWorld(b *testing.B, documents, usage int) *benchWorld {
	b.Helper()
	w := &benchWorld{b: b, address: testdb.URL(b)}
	pool, err := db.Open(b.Context(), w.address)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	world := testdb.NewWorld(b, pool)
	source, target, bystander := world.Customer(testdb.Customer{}), world.Customer(testdb.Customer{}),
		world.Customer(testdb.Customer{})
	for _, c := range []testdb.Customer{source, bystander} {
		sub := world.Subscription(testdb.Subscription{Customer: c.ID})
		invoices, payments := documents*6/10, documents*4/10
		world.Exec(`insert into invoices (external_id, number, customer_id, issued_on, due_on, currency, status,
			buyer_name)
			select 'I' || $1::bigint || '-' || n, 'INV-' || n, $1, '2025-01-01'::date + n % 365,
			       '2025-02-01'::date + n % 365, 'EUR', case when n <= $2 * 2 / 3 then 'paid' else 'open' end,
			       'Bench AS' from generate_series(1, $2::int) n`, c.ID, invoices)
		world.Exec(`insert into invoice_lines (invoice_id, subscription_id, amount) select id, $2, 10 from invoices
			where customer_id = $1`, c.ID, sub.ID)
		world.Exec(`insert into payments (external_id, customer_id, received_on, amount, currency, status)
			select 'P' || $1::bigint || '-' || n, $1, '2025-01-20'::date + n % 365, 10, 'EUR', 'succeeded'
			from generate_series(1, $2::int) n`, c.ID, payments)
		world.Exec(`insert into payment_allocations (payment_id, invoice_id, amount)
			select p.id, i.id, 10
			from (select id, row_number() over (order by id) as n from payments where customer_id = $1) p
			join (select id, row_number() over (order by id) as n from invoices where customer_id = $1) i
			     on i.n = p.n`, c.ID)
		world.Exec(`insert into journal_entries (distributor_id, posted_on, source_kind, source_id)
			select $2::bigint, issued_on, 'invoice', id from invoices where customer_id = $1
			union all select $2::bigint, received_on, 'payment', id from payments
			where customer_id = $1`, c.ID, world.Provider.ID)
		world.Exec(`insert into journal_lines (entry_id, account, debit, credit, currency)
			select e.id, l.account, l.debit, 10 - l.debit, 'EUR' from journal_entries e
			join (select id, 'invoice' as kind, '1100 Accounts receivable' as debit, '4000 Revenue' as credit
			      from invoices where customer_id = $1
			      union all select id, 'payment', '1000 Bank', '1100 Accounts receivable' from payments
			      where customer_id = $1) d
			     on d.id = e.source_id and d.kind = e.source_kind
			cross join lateral (values (d.debit, 10), (d.credit, 0)) as l(account, debit)`, c.ID)
		world.Exec(`insert into usage_records (subscription_id, used_on, quantity, amount)
			select $1, '2025-01-01'::date + n % 365, 1, 0.01 from generate_series(1, $2::int) n`, sub.ID, usage)
	}
	world.ExecOwner(`vacuum analyze`)
	w.request = transfer.Request{Kind: record.Merge, SourceCustomer: source.Number, TargetCustomer: target.Number}
	return w
}

var databaseName = regexp.MustCompile(`^[a-z0-9_]+$`)

// onCopy runs fn on a fresh copy of the database.
func (w *benchWorld) onCopy(fn func(pool *sqlx.DB)) {
	w.b.Helper()
	address, err := url.Parse(w.address)
	if err != nil || !databaseName.MatchString(address.Path[1:]) {
		w.b.Fatalf("the address %s: %v", w.address, err)
	}
	original, copied := address.Path[1:], address.Path[1:]+"_copy"
	address.Path = "/postgres"
	admin, err := db.Open(w.b.Context(), address.String())
	if err != nil {
		w.b.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.Exec(`create database ` + copied + ` template ` + original + ` strategy file_copy`); err != nil {
		w.b.Fatal(err)
	}
	defer func() {
		if _, err := admin.Exec(`drop database ` + copied + ` with (force)`); err != nil {
			w.b.Error(err)
		}
	}()
	address.Path = "/" + copied
	pool, err := db.Open(w.b.Context(), address.String())
	if err != nil {
		w.b.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	fn(pool)
}

// engine measures the preview and the execution, and the memory of the process above
// what it had before.
func (w *benchWorld) engine(ctx context.Context, pool *sqlx.DB) (preview, execution time.Duration, memory uint64) {
	w.b.Helper()
	e := &Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	actor := audit.Actor{Name: "bench"}
	draft, err := e.OpenDraft(ctx, actor, w.request.Kind, w.request.SourceCustomer)
	if err == nil {
		draft, err = e.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = w.request
		})
	}
	if err != nil {
		w.b.Fatal(err)
	}
	begin := time.Now()
	p, err := e.Preview(ctx, w.request)
	if err != nil {
		w.b.Fatal(err)
	}
	preview = time.Since(begin)
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	if err := e.Submit(ctx, actor, draft.ID, draft.Version, accepted); err != nil {
		w.b.Fatal(err)
	}
	peak := watchMemory()
	begin = time.Now()
	if err := e.Execute(ctx, actor, draft.ID); err != nil {
		w.b.Fatal(err)
	}
	return preview, time.Since(begin), peak()
}

// watchMemory samples the memory that the process holds until its result is called;
// that returns the highest above the first.
func watchMemory() func() uint64 {
	runtime.GC()
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.Sys - m.HeapReleased
	}
	idle, most := held(), uint64(0)
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		for {
			most = max(most, held())
			select {
			case <-done:
				result <- most - min(most, idle)
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(done); return <-result }
}

// floor does by hand the least work that leaves no rows behind: the lower bound.
func (w *benchWorld) floor(pool *sqlx.DB) time.Duration {
	w.b.Helper()
	source, _ := record.IDOf(record.CustomerPrefix, w.request.SourceCustomer)
	target, _ := record.IDOf(record.CustomerPrefix, w.request.TargetCustomer)
	begin := time.Now()
	err := db.InTx(context.Background(), pool, func(tx *sqlx.Tx) error {
		for _, k := range record.Kinds {
			if !k.Root {
				continue
			}
			if _, err := tx.Exec(`update `+k.Table+` set customer_id = $2 where customer_id = $1`, source,
				target); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.b.Fatal(err)
	}
	return time.Since(begin)
}
