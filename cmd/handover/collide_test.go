package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/testdb"
)

// asProgram makes this test binary the program itself, for tests that need processes.
const asProgram = "HANDOVER_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// start starts the program as a process of its own and returns the first line it says.
func start(t *testing.T, args ...string) string {
	t.Helper()
	program := exec.Command(os.Args[0], args...)
	program.Env, program.Stderr = append(os.Environ(), asProgram+"=yes"), os.Stderr
	out, err := program.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Signal(syscall.SIGTERM)
		_ = program.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("handover %s says %q, %v", args[0], line, err)
	}
	return strings.TrimSpace(line)
}

// crowd are programs that ask two panels for transfers of the same customers, all at once.
type crowd struct {
	*testing.T
	panels          []string // addresses of the API
	token, away     string
	customers, subs []string
	mu              sync.Mutex
	told            map[string]int
}

// Two panels and two workers as processes on one database: programs ask over the API for
// colliding transfers at the same moment. Each program gets an order or a sentence, no
// answer mentions a deadlock, every order ends, and the books are right. make collisions
// fires 500.
func TestCollisionsOverHTTP(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	w := testdb.NewWorld(t, pool)
	c := crowd{
		T: t, told: map[string]int{},
		away: w.Distributor(testdb.Distributor{Name: "Away", LegalEntity: w.Provider.LegalEntity}).Number,
	}
	for range 50 {
		customer := w.Customer(testdb.Customer{})
		sub := w.Subscription(testdb.Subscription{Customer: customer.ID})
		w.Invoice(testdb.Invoice{Customer: customer.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "10.00"}}})
		c.customers, c.subs = append(c.customers, customer.Number), append(c.subs, sub.Number)
	}
	clerk := w.Staff(testdb.Staff{Role: "account_manager"})
	made := handover(t, "", "token", "create", "--email", clerk.Email, "--name", "crowd", "--per-minute", "0",
		"--database-url", address)
	c.token = strings.TrimSpace(made.out)
	prepared := db.WithPrepared(address) // as a panel beside its own PostgreSQL
	for range 2 {
		line := start(t, "serve", "--web-only", "--addr", "127.0.0.1:0", "--database-url", prepared, "--session-key",
			strings.Repeat("k", 40), "--log-level", "error", "--connections-per-address", "0")
		base, ok := strings.CutPrefix(line, "Handover is ready at ")
		if !ok {
			t.Fatalf("a panel says %q", line)
		}
		c.panels = append(c.panels, base+"/api/v1")
		start(t, "worker", "--database-url", prepared, "--session-key", strings.Repeat("k", 40), "--log-level", "error")
	}
	c.fire(number("HANDOVER_COLLISIONS", 80))
	c.check(w)
	if got := handover(t, "", "verify", "--database-url", address); got.code != 0 {
		t.Errorf("verify: %s %s", got.out, got.errOut)
	}
}

func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// fire asks for n transfers at once and counts what was answered.
func (c *crowd) fire(n int) {
	var under sync.WaitGroup
	for i := range n {
		under.Go(func() {
			said := c.transfer(i)
			c.mu.Lock()
			defer c.mu.Unlock()
			c.told[said]++
		})
	}
	under.Wait()
	c.Logf("answers: %v", c.told)
}

// transfer previews and places the i-th request, whose neighbours get in its way.
func (c *crowd) transfer(i int) string {
	a := rand.N(len(c.customers))
	b := (a + 1 + rand.N(3)) % len(c.customers)
	body := map[string]any{"kind": "merge", "source_customer": c.customers[a], "target_customer": c.customers[b]}
	switch i % 4 {
	case 1:
		body["source_customer"], body["target_customer"] = c.customers[b], c.customers[a]
	case 2:
		body["kind"], body["subscriptions"] = "subscriptions", []string{c.subs[a]}
	case 3:
		body = map[string]any{
			"kind": "distributor", "source_customer": c.customers[a], "target_distributor": c.away,
			"mode": "subscriptions_only",
		}
	}
	status, preview := c.post(i, "/transfers/preview", body)
	if status != http.StatusOK {
		return fmt.Sprint("preview ", status, " ", preview["code"])
	}
	body["fingerprint"] = preview["fingerprint"]
	var codes []any
	for _, f := range preview["findings"].([]any) {
		codes = append(codes, f.(map[string]any)["code"])
	}
	body["acknowledged"] = codes
	status, order := c.post(i, "/transfers", body)
	if status == http.StatusAccepted {
		return "202"
	}
	return fmt.Sprint(status, " ", order["code"])
}

// post asks one of the panels, and again with the same key while they are busy, as a program
// does.
func (c *crowd) post(i int, path string, body map[string]any) (status int, answer map[string]any) {
	for {
		if status, answer = c.once(i, path, body); status != http.StatusServiceUnavailable {
			return status, answer
		}
		c.mu.Lock()
		c.told["503, asked again"]++
		c.mu.Unlock()
	}
}

func (c *crowd) once(i int, path string, body map[string]any) (status int, answer map[string]any) {
	text, err := json.Marshal(body)
	if err != nil {
		c.Error(err)
	}
	request, err := http.NewRequestWithContext(c.Context(), http.MethodPost, c.panels[i%len(c.panels)]+path,
		bytes.NewReader(text))
	if err != nil {
		c.Error(err)
		return 0, nil
	}
	request.Header = http.Header{
		"Authorization": {"Bearer " + c.token}, "Content-Type": {"application/json"},
		"Idempotency-Key": {fmt.Sprint("crowd-", i)},
	}
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		c.Error(err)
		return 0, nil
	}
	defer func() { _ = got.Body.Close() }()
	if err := json.NewDecoder(got.Body).Decode(&answer); err != nil {
		c.Error(err)
	}
	if detail := fmt.Sprint(answer["detail"]); got.StatusCode == http.StatusInternalServerError ||
		strings.Contains(detail, "deadlock") {
		c.Errorf("%s answers %d: %s", path, got.StatusCode, detail)
	}
	return got.StatusCode, answer
}

// check waits for the orders' end.
func (c *crowd) check(w *testdb.World) {
	deadline := time.Now().Add(5 * time.Minute)
	for w.Text(`select count(*) from transfer_orders where status in ('queued', 'in_progress')`) != "0" {
		if time.Now().After(deadline) {
			c.Fatal("orders do not end")
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.Logf("orders: %s", w.Text(`select string_agg(status || ' ' || n, ', ') from (select status, count(*) as n
		from transfer_orders group by 1 order by 1) s`))
	if got := w.Text(`select coalesce(string_agg(distinct failure, '; '), '') from transfer_orders
		where status = 'failed'`); got != "" {
		c.Errorf("orders failed: %s", got)
	}
	// An order whose data changed before its turn went back to its owner.
	placed := w.Text(`select count(*) from transfer_orders where submitted_at is not null`)
	if placed != fmt.Sprint(c.told["202"]) ||
		w.Text(`select count(*) from transfer_orders where status = 'completed'`) == "0" {
		c.Errorf("%s orders for the answers %v", placed, c.told)
	}
	if got := w.Text(`select count(*) from open_transfers`); got != "0" {
		c.Errorf("%s accounts are still taken", got)
	}
}
