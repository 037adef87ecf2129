package clienttest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/jobs"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/web"
)

// driver is a generated client with its world.
type driver struct {
	*testing.T
	*testdb.World
	client *ClientWithResponses
	url    string
}

// newDriver starts a panel with a worker, and gives a client a token of it.
func newDriver(t *testing.T) driver {
	t.Helper()
	t.Parallel()
	pool := testdb.New(t)
	engine := &engine.Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	queue, err := jobs.New(engine)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- queue.Run(ctx, time.Minute) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the worker ended with %v", err)
		}
	})
	server, err := web.New(web.Deps{
		DB: pool, SessionKey: []byte(strings.Repeat("k", 32)),
		BaseURL: "http://panel.example", Transfers: engine,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	w := testdb.NewWorld(t, pool)
	who, err := identity.ByEmail(ctx, pool, w.Staff(testdb.Staff{}).Email)
	if err != nil {
		t.Fatal(err)
	}
	token, err := identity.IssueToken(ctx, pool, audit.Actor{Name: "tester"}, who, identity.NewToken{Label: "client"})
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClientWithResponses(listener.URL+"/api/v1",
		WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return driver{t, w, client, listener.URL}
}

// The client is made from the document that is served.
func TestTheClientIsCurrent(t *testing.T) {
	d := newDriver(t)
	served, err := http.Get(d.url + "/api/v1/openapi-3.0.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = served.Body.Close() }()
	now, err := io.ReadAll(served.Body)
	if err != nil {
		t.Fatal(err)
	}
	const file = "openapi-3.0.json"
	if os.Getenv("HANDOVER_WRITE_DOCUMENT") != "" {
		if err := os.WriteFile(file, now, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(compact(t, kept), compact(t, now)) {
		t.Errorf("the API says something else than the document from which the client was made: run make client (%v)",
			err)
	}
}

func compact(t *testing.T, text []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Search, preview, execute, poll, ledger, reconciliation and reverse, for all three kinds.
func TestDriveTheAPI(t *testing.T) {
	d := newDriver(t)
	away := d.Distributor(testdb.Distributor{Name: "Away", LegalEntity: d.Provider.LegalEntity})
	plan := d.Plan(testdb.Plan{Price: "10.00"})
	d.World.Plan(testdb.Plan{DelegatedFrom: plan.ID, Distributor: away.ID, Price: "10.00"})
	mode := TransferRequestMode("subscriptions_only")
	for kind, ask := range map[TransferRequestKind]func(r *TransferRequest, sub, target string){
		"distributor": func(r *TransferRequest, _, _ string) { r.TargetDistributor, r.Mode = &away.Number, &mode },
		"subscriptions": func(r *TransferRequest, sub, target string) {
			r.TargetCustomer, r.Subscriptions = &target, &[]string{sub}
		},
		"merge": func(r *TransferRequest, _, target string) { r.TargetCustomer = &target },
	} {
		source, target := d.Customer(testdb.Customer{Name: "Source of " + string(kind)}), d.Customer(testdb.Customer{})
		sub := d.Subscription(testdb.Subscription{Customer: source.ID, Plan: plan.ID})
		d.Invoice(testdb.Invoice{Customer: source.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "10.00"}}})
		search := "Source of " + string(kind)
		found, err := d.client.ListCustomersWithResponse(t.Context(), &ListCustomersParams{Search: &search})
		if err != nil || found.JSON200 == nil || len(*found.JSON200.Items) != 1 ||
			(*found.JSON200.Items)[0].Number != source.Number {
			t.Fatalf("search: %v, %s", err, found.Body)
		}
		request := TransferRequest{Kind: kind, SourceCustomer: source.Number}
		ask(&request, sub.Number, target.Number)
		order := d.execute(request)
		ledger, err := d.client.ListLedgerWithResponse(t.Context(), order, nil)
		if err != nil || ledger.JSON200 == nil || len(*ledger.JSON200.Items) == 0 {
			t.Errorf("ledger: %v, %s", err, ledger.Body)
		}
		proof, err := d.client.ListReconciliationWithResponse(t.Context(), order)
		if err != nil || proof.JSON200 == nil || len(*proof.JSON200.Items) == 0 {
			t.Fatalf("reconciliation: %v, %s", err, proof.Body)
		}
		for _, line := range *proof.JSON200.Items {
			if !line.Holds {
				t.Errorf("%s does not hold", line.Kind)
			}
		}
		d.reverse(order)
		if got := d.Text(`select status from customers where id = $1`, source.ID); got != "active" {
			t.Errorf("after the reversal of the %s the customer is %s", kind, got)
		}
	}
}

// execute previews and places the transfer, and waits for its end.
func (d driver) execute(request TransferRequest) string {
	d.Helper()
	preview, err := d.client.PreviewTransferWithResponse(d.T.Context(), request)
	if err != nil || preview.JSON200 == nil || !preview.JSON200.Executable {
		d.Fatalf("preview: %v, %s", err, preview.Body)
	}
	request.Fingerprint, request.Acknowledged = &preview.JSON200.Fingerprint, warnings(preview.JSON200)
	key := "drive " + string(request.Kind)
	placed, err := d.client.PlaceTransferWithResponse(d.T.Context(),
		&PlaceTransferParams{IdempotencyKey: &key}, request)
	if err != nil || placed.JSON202 == nil {
		d.Fatalf("place: %v, %s", err, placed.Body)
	}
	d.await(placed.JSON202.Number)
	return placed.JSON202.Number
}

func warnings(p *Preview) *[]string {
	codes := []string{}
	for _, f := range *p.Findings {
		codes = append(codes, string(f.Code))
	}
	return &codes
}

func (d driver) await(number string) {
	d.Helper()
	for range 400 {
		o, err := d.client.GetOrderWithResponse(d.T.Context(), number)
		if err != nil || o.JSON200 == nil {
			d.Fatalf("poll: %v, %s", err, o.Body)
		}
		switch o.JSON200.Status {
		case "completed":
			return
		case "queued", "in_progress":
			time.Sleep(25 * time.Millisecond)
		default:
			d.Fatalf("%s is %s: %s", number, o.JSON200.Status, o.Body)
		}
	}
	d.Fatalf("%s does not end", number)
}

// reverse takes the order back, with what its preview warns of.
func (d driver) reverse(number string) {
	d.Helper()
	asked, err := d.client.ReverseOrderWithResponse(d.T.Context(), number, ReverseOrderJSONRequestBody{})
	if err == nil && asked.ApplicationproblemJSON422 != nil && asked.ApplicationproblemJSON422.Preview != nil {
		p := asked.ApplicationproblemJSON422.Preview
		asked, err = d.client.ReverseOrderWithResponse(d.T.Context(), number,
			ReverseOrderJSONRequestBody{Fingerprint: &p.Fingerprint, Acknowledged: warnings(p)})
	}
	if err != nil || asked.JSON202 == nil || asked.JSON202.Reverses == nil || *asked.JSON202.Reverses != number {
		d.Fatalf("reverse: %v, %s", err, asked.Body)
	}
	d.await(asked.JSON202.Number)
}
