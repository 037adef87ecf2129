package webhooks_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/vault"
	"handover/internal/webhooks"
)

// loopback lets messages go to the receivers of the tests.
var loopback = func() (out webhooks.Networks) {
	for distributor := range int64(10) { // 0 is the provider's
		out = append(out, webhooks.Network{Distributor: distributor, Prefix: netip.MustParsePrefix("127.0.0.0/8")})
	}
	return out
}()

const key = "the session key of the tests, 32 bytes"

// fixture is a database with a provider, and a clock that can be set forward.
type fixture struct {
	*testing.T
	*testdb.World
	pool    *sqlx.DB
	desk    webhooks.Desk
	all     accounts.Scope
	actor   audit.Actor
	ahead   *atomic.Int64
	told    *sync.Map // staff id -> text
	address string    // of the database
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	o := fixture{
		T: t, address: address, World: testdb.NewWorld(t, pool), pool: pool, ahead: new(atomic.Int64),
		told: new(sync.Map),
	}
	secrets, err := vault.New([]byte(key), vault.Webhooks)
	if err != nil {
		t.Fatal(err)
	}
	o.desk = webhooks.Desk{DB: pool, Vault: secrets, Allowed: loopback, Now: o.now}
	o.all, o.actor = accounts.Scope{Everything: true}, audit.Actor{Name: "Ada Meyer", DistributorID: o.Provider.ID}
	return o
}

func (o fixture) now() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) }

func (o fixture) later(d time.Duration) { o.ahead.Add(int64(d)) }

// run starts a sender until the test ends, or until the function that it returns is called.
func (o fixture) run(change ...func(*webhooks.Sender)) func() {
	s := &webhooks.Sender{
		DB: o.pool, Vault: o.desk.Vault, Allowed: loopback, Log: slog.New(slog.DiscardHandler), Now: o.now,
		Poll: 5 * time.Millisecond, Timeout: 2 * time.Second,
		Payload: func(_ context.Context, m webhooks.Message) ([]byte, error) {
			return json.Marshal(map[string]any{
				"type": m.Event, "order": m.OrderID,
				"written": o.now().Format(time.RFC3339Nano),
			})
		},
		Notify: func(_ context.Context, _ db.Querier, staffID int64, _, text string) error {
			o.told.Store(staffID, text)
			return nil
		},
	}
	for _, c := range change {
		c(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	stop := sync.OnceFunc(func() { cancel(); <-ended })
	o.Cleanup(stop)
	return stop
}

// wait waits until the column of the message is that.
func (o fixture) wait(id int64, column, want string) {
	o.Helper()
	o.waitFor(want, `select `+column+` from webhook_deliveries where id = $1`, id)
}

func (o fixture) waitFor(want, query string, args ...any) {
	o.Helper()
	var got string
	for range 2000 {
		if got = o.Text(query, args...); got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.Fatalf("%s: got %q, want %q", query, got, want)
}

// endpoint adds an endpoint for those events.
func (o fixture) endpoint(url string, events ...string) (id int64, secret string) {
	o.Helper()
	id, secret, err := o.desk.Create(context.Background(), o.actor, webhooks.Wanted{URL: url, Events: events})
	if err != nil {
		o.Fatal(err)
	}
	return id, secret
}

// test sends a test message.
func (o fixture) test(endpoint int64) int64 {
	o.Helper()
	id, err := o.desk.SendTest(context.Background(), o.all, o.actor, endpoint)
	if err != nil {
		o.Fatal(err)
	}
	return id
}

// announce writes messages about an event of an order, as internal/order does.
func (o fixture) announce(event string, order int64) {
	o.Helper()
	o.Exec(`select announce_webhooks($1, $2, now())`, event, order)
}

// message is what a receiver got.
type message struct {
	header http.Header
	body   []byte
}

func (m message) id() string { return m.header.Get("Webhook-Id") }

// receiver is a program that receives messages.
type receiver struct {
	*httptest.Server
	status atomic.Int64 // of the answers, 0 = 204
	mu     sync.Mutex
	got    []message
}

// newReceiver starts one; before each answer, with the message taken, it calls the functions.
func newReceiver(t *testing.T, before ...func()) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, in *http.Request) {
		body, _ := io.ReadAll(in.Body)
		r.mu.Lock()
		r.got = append(r.got, message{in.Header, body})
		r.mu.Unlock()
		for _, f := range before {
			f()
		}
		status := int(r.status.Load())
		if status == 0 {
			status = http.StatusNoContent
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) messages() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// verifies reports whether the published library takes the message with the secret.
func verifies(t *testing.T, m message, secret string) bool {
	t.Helper()
	hook, err := standard.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return hook.Verify(m.body, m.header) == nil
}

func orderOf(o fixture, seller int64) testdb.TransferOrder {
	source := o.Customer(testdb.Customer{Distributor: seller})
	target := o.Customer(testdb.Customer{Distributor: seller})
	return o.TransferOrder(testdb.TransferOrder{Source: source.ID, Target: target.ID})
}

var everything = []string{
	order.OrderCreated, order.OrderCompleted, order.OrderFailed, order.OrderReversed,
	order.CustomerMerged,
}
