package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/engine"
	"handover/internal/jobs"
	"handover/internal/notify"
	"handover/internal/order"
	"handover/internal/pgembed"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// The crash test is run at full length by make crashes: HANDOVER_CRASHES says how often
// the worker is killed, HANDOVER_DATABASE_CRASHES how often PostgreSQL is, and
// HANDOVER_CRASH_DOCUMENTS how many documents each transfer moves.
const (
	workerVariable = "HANDOVER_CRASH_WORKER" // the database of a worker process
	mailVariable   = "HANDOVER_CRASH_MAIL"   // the mail server of a worker process, "" = none
	leaseTimeout   = time.Second             // so that the test need not wait ten seconds each time
)

// TestMain is also the worker process that the crash test kills.
func TestMain(m *testing.M) {
	address := os.Getenv(workerVariable)
	if address == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	pool, err := db.Open(ctx, address)
	if err != nil {
		panic(err)
	}
	q, err := jobs.New(&engine.Engine{Desk: order.Desk{
		DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		LeaseTimeout: leaseTimeout,
	}})
	if err != nil {
		panic(err)
	}
	if server := os.Getenv(mailVariable); server != "" {
		sender := &notify.Sender{
			DB: pool, SMTPURL: server, From: "desk@aurora.example", Log: slog.New(slog.DiscardHandler), Now: time.Now,
			Poll: 50 * time.Millisecond,
		}
		go func() { _ = sender.Run(ctx) }()
	}
	fmt.Println("working")
	if err := q.Run(ctx, time.Minute); err != nil {
		panic(err)
	}
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// Whenever the worker or PostgreSQL is killed, all of the transfer has happened or nothing;
// then it is completed, exactly once.
func TestKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	c := newCrash(t, number("HANDOVER_CRASH_DOCUMENTS", 3000))
	begin := time.Now()
	c.transfer(nil)
	usual := time.Since(begin)
	for i := range number("HANDOVER_CRASHES", 4) {
		c.transfer(func() {
			time.Sleep(rand.N(usual))
			c.killWorker()
			c.startWorker()
		})
		c.say("worker", i)
	}
	for i := range number("HANDOVER_DATABASE_CRASHES", 2) {
		c.transfer(func() {
			time.Sleep(rand.N(usual))
			c.killDatabase()
		})
		c.say("PostgreSQL", i)
	}
	c.checkMails()
}

// checkMails: no mail came twice, and each came, or is known to be of unknown fate.
func (c *crash) checkMails() {
	c.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		var waiting int
		if err := c.pool.Get(&waiting, `select count(*) from outbox where state = 'waiting'`); err == nil &&
			waiting == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	var mails []struct {
		ID    string `db:"message_id"`
		State string `db:"state"`
	}
	if err := c.pool.Select(&mails, `select message_id, state from outbox order by id`); err != nil {
		c.Fatal(err)
	}
	came, unknown := c.mails.counts(), 0
	for _, m := range mails {
		switch n := came[m.ID]; {
		case n > 1:
			c.Errorf("the mail %s came %d times", m.ID, n)
		case m.State == "sent" && n != 1:
			c.Errorf("the mail %s was sent and did not come", m.ID)
		case m.State == "sending" || m.State == "unconfirmed": // its worker died before the answer was written down
			unknown++
		case m.State != "sent":
			c.Errorf("the mail %s is %s", m.ID, m.State)
		}
	}
	c.Logf("%d mails, of them %d of unknown fate", len(mails), unknown)
}

// crash is a database of its own with a worker process, and two customers between whom a
// subscription with all its documents goes back and forth.
type crash struct {
	*testing.T
	home      string
	pool      *sqlx.DB
	address   string
	mails     *mailbox
	worker    *exec.Cmd
	engine    *engine.Engine
	customers [2]string
	sub       string
	documents int
	at        int // whose they are
}

func newCrash(t *testing.T, documents int) *crash {
	t.Helper()
	home, err := os.MkdirTemp("", "handover-crash-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(home) })
	if err := os.Chmod(home, 0o755); err != nil { //nolint:gosec // PostgreSQL does not run as root
		t.Fatal(err)
	}
	server, err := pgembed.Start(t.Context(), pgembed.Options{Dir: home})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	c := &crash{T: t, home: home, address: server.URL(""), mails: newMailbox(t), documents: documents}
	if c.pool, err = db.Open(t.Context(), c.address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.pool.Close() })
	if err := db.Migrate(t.Context(), c.pool); err != nil {
		t.Fatal(err)
	}
	c.engine = &engine.Engine{Desk: order.Desk{DB: c.pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	if _, err := jobs.New(c.engine); err != nil {
		t.Fatal(err)
	}
	w := testdb.NewWorld(t, c.pool)
	first, second := w.Customer(testdb.Customer{Email: "first@crash.example"}),
		w.Customer(testdb.Customer{Email: "second@crash.example"})
	sub := w.Subscription(testdb.Subscription{Customer: first.ID})
	c.customers, c.sub = [2]string{first.Number, second.Number}, sub.Number
	w.Exec(`insert into invoices (external_id, number, customer_id, issued_on, due_on, currency, status, buyer_name)
		select 'I' || n, 'INV-' || n, $1, '2026-01-01', '2026-02-01', 'EUR', 'open', 'Crash AS'
		from generate_series(1, $2::int) n`, first.ID, documents)
	w.Exec(`insert into invoice_lines (invoice_id, subscription_id, amount) select id, $1, 10 from invoices`, sub.ID)
	w.ExecOwner(`analyze`)
	c.startWorker()
	t.Cleanup(c.killWorker)
	return c
}

func (c *crash) startWorker() {
	c.Helper()
	c.worker = startWorker(c.T, c.address, mailVariable+"="+c.mails.url)
}

func (c *crash) killWorker() { kill(c.worker) }

// startWorker starts a worker process on the database.
func startWorker(t *testing.T, address string, more ...string) *exec.Cmd {
	t.Helper()
	worker := exec.Command(os.Args[0], "-test.run=^$")
	worker.Env = append(append(os.Environ(), workerVariable+"="+address), more...)
	out, err := worker.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "working\n" {
		t.Fatalf("the worker says %q: %v", line, err)
	}
	return worker
}

// kill ends the process with SIGKILL.
func kill(worker *exec.Cmd) {
	_ = worker.Process.Kill()
	_ = worker.Wait()
}

// killDatabase kills every process of the cluster at once; its keeper starts it again.
func (c *crash) killDatabase() {
	c.Helper()
	pid, err := os.ReadFile(c.home + "/postgres/data/postmaster.pid")
	if err != nil {
		c.Fatal(err)
	}
	master, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(pid), "\n", 2)[0]))
	if err != nil {
		c.Fatal(err)
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", master, master))
	for _, child := range append([]string{strconv.Itoa(master)}, strings.Fields(string(children))...) {
		if id, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
	}
}

// transfer moves the subscription to the other customer while disturb does its worst, and
// checks the result.
func (c *crash) transfer(disturb func()) {
	c.Helper()
	ctx, actor := context.Background(), audit.Actor{Name: "tester"}
	req := transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: c.customers[c.at],
		TargetCustomer: c.customers[1-c.at], Subscriptions: []string{c.sub}, NotifyCustomer: true,
	}
	draft, err := c.engine.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = c.engine.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = req
		})
	}
	if err != nil {
		c.Fatal(err)
	}
	p, err := c.engine.Preview(ctx, req)
	if err != nil {
		c.Fatal(err)
	}
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	if err := c.engine.Submit(ctx, actor, draft.ID, draft.Version, accepted); err != nil {
		c.Fatal(err)
	}
	if disturb != nil {
		disturb()
	}
	c.awaitWhole(draft)
	c.at = 1 - c.at
	c.check(draft)
}

// awaitWhole waits for the end of the order; at every look all documents have one owner.
func (c *crash) awaitWhole(o order.Order) {
	c.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for {
		var seen struct {
			Status string `db:"status"`
			Owners int    `db:"owners"`
		}
		err := c.pool.Get(&seen, `select (select status from transfer_orders where id = $1) as status,
			(select count(distinct customer_id) from invoices) as owners`, o.ID)
		switch {
		case err == nil && seen.Owners != 1:
			c.Fatalf("the documents of %s have %d owners", o.Number, seen.Owners)
		case err == nil && seen.Status == "completed":
			return
		case err == nil && (seen.Status == "failed" || seen.Status == "draft"):
			c.Fatalf("%s is %s", o.Number, seen.Status)
		case time.Now().After(deadline):
			c.Fatalf("%s is %s: %v", o.Number, seen.Status, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (c *crash) check(o order.Order) {
	c.Helper()
	var got struct {
		Owner     string `db:"owner"`
		Completed int    `db:"completed"`
		Ledger    int    `db:"ledger"`
		Taken     int    `db:"taken"`
		Mails     int    `db:"mails"`
	}
	err := c.pool.Get(&got, `
		select (select number_of('C', min(customer_id)) from invoices) as owner,
		       (select count(*) from transfer_events where order_id = $1 and event = 'completed') as completed,
		       (select coalesce(sum(cardinality(record_ids)), 0) from transfer_ledger
		        where order_id = $1 and kind = 'invoice' and column_name = 'customer_id') as ledger,
		       (select count(*) from open_transfers) as taken,
		       (select count(*) from outbox where order_id = $1) as mails`, o.ID)
	if err != nil || got.Owner != c.customers[c.at] || got.Completed != 1 || got.Ledger != c.documents ||
		got.Taken != 0 || got.Mails != 1 {
		c.Fatalf("after %s: %+v, %v", o.Number, got, err)
	}
	checks, err := engine.Verify(context.Background(), c.pool)
	if err != nil {
		c.Fatal(err)
	}
	for _, check := range checks {
		if check.Broken > 0 {
			c.Fatalf("after %s: %+v", o.Number, check)
		}
	}
}

// say reports the progress of a long run.
func (c *crash) say(what string, i int) {
	if testing.Verbose() {
		c.Logf("%s killed, %d times", what, i+1)
	}
}
