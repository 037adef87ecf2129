package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"handover/internal/db"
	"handover/internal/testdb"
	"handover/internal/vault"
	"handover/internal/webhooks"
	"handover/web/api"
)

var loopback = func() (out webhooks.Networks) {
	for distributor := range int64(10) { // 0 is the provider's
		out = append(out, webhooks.Network{Distributor: distributor, Prefix: netip.MustParsePrefix("127.0.0.0/8")})
	}
	return out
}()

// told is a message that a program got, with its body.
type told struct {
	header http.Header
	body   []byte
	Type   string
	Data   map[string]any
}

// listener is a program that receives events; its messages come in the channel.
func listener(t *testing.T) (address string, messages chan told) {
	t.Helper()
	messages = make(chan told, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		m := told{header: r.Header}
		m.body, _ = io.ReadAll(r.Body)
		_ = json.Unmarshal(m.body, &m)
		messages <- m
	}))
	t.Cleanup(server.Close)
	return server.URL, messages
}

// tell sends messages until the test ends, as a worker does.
func tell(t *testing.T, pool *sqlx.DB) {
	t.Helper()
	secrets, err := vault.New(sessionKey, vault.Webhooks)
	if err != nil {
		t.Fatal(err)
	}
	s := &webhooks.Sender{
		DB: pool, Vault: secrets, Allowed: loopback, Payload: api.Messages{DB: pool, Now: time.Now}.Payload,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Poll:   10 * time.Millisecond,
		Notify: func(context.Context, db.Querier, int64, string, string) error { return nil },
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); s.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ended })
}

// next returns the next messages by their type.
func next(t *testing.T, messages chan told, n int) map[string]told {
	t.Helper()
	out := map[string]told{}
	for range n {
		select {
		case m := <-messages:
			out[m.Type] = m
		case <-time.After(30 * time.Second):
			t.Fatalf("got only %d messages: %v", len(out), out)
		}
	}
	return out
}

// at reads a value in what a message says, "" for null and what is not there.
func (m told) at(path ...string) string {
	var v any = m.Data
	for _, name := range path {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}

func TestWebhooksThroughThePanel(t *testing.T) {
	p := newPair(t)
	address, messages := listener(t)
	tell(t, p.pool)
	p.get("/pcp").says("Webhooks")
	p.post("/pcp/webhooks", url.Values{"url": {"https://10.0.0.1/"}, "event": {"order.completed"}}).
		wants(t, http.StatusUnprocessableEntity, "10.0.0.1 is not on the public internet")
	every := []string{
		"order.created", "order.completed", "order.failed", "order.reversed", "customer.merged",
		"customer.transferred", "subscription.transferred",
	}
	made := p.post("/pcp/webhooks", url.Values{"url": {address + "/all"}, "description": {"The CRM"}, "event": every})
	made.wants(t, http.StatusOK, "Copy the secret now", "The CRM", address+"/all")
	hook, err := standard.NewWebhook(strings.TrimSpace(made.doc.Find("code.secret").Text()))
	if err != nil {
		t.Fatal(err)
	}
	if p.get("/pcp/webhooks/1").doc.Find("code.secret").Length() != 0 {
		t.Error("the secret is shown again")
	}

	// A merge, as its dialog does it.
	order := p.toMerge().ticked("continue").follow().say("execute").follow()
	order.says("Successfully merged")
	got := next(t, messages, 3)
	for kind, m := range got {
		if err := hook.Verify(m.body, m.header); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if m := got["order.completed"]; m.at("number") != "TO-000001" || m.at("status") != "completed" ||
		m.at("source", "number") != p.customer.Number {
		t.Errorf("order.completed says %s", m.body)
	}
	if m := got["order.created"]; m.at("number") != "TO-000001" || m.at("kind") != "merge" {
		t.Errorf("order.created says %s", m.body)
	}
	merged := got["customer.merged"]
	if merged.at("source", "status") != "merged" || merged.at("target", "number") != p.group.Number ||
		merged.at("source", "successor") != p.group.Number {
		t.Errorf("customer.merged says %s", merged.body)
	}

	// And its reversal.
	p.get("/pcp/orders/TO-000001/reverse").reversal(true).follow().says("Successfully reversed TO-000001")
	got = next(t, messages, 3)
	if m := got["order.reversed"]; m.at("number") != "TO-000001" || m.at("reversed_by") != "TO-000002" {
		t.Errorf("order.reversed says %s", m.body)
	}
	if m := got["order.completed"]; m.at("number") != "TO-000002" || m.at("reverses") != "TO-000001" {
		t.Errorf("the reversal's order.completed says %s", m.body)
	}

	log := p.get("/pcp/webhooks/1")
	log.wants(t, http.StatusOK, "order.reversed", "customer.merged", "TO-000002", "Delivered")
	message := log.doc.Find("main tbody th a").First().AttrOr("href", "")
	detail := p.get(message)
	detail.wants(t, http.StatusOK, "msg_", `"type": "order`)
	p.post(message+"/replay", nil).follow().wants(t, http.StatusOK, "The message will be sent again in a moment.")
	again := next(t, messages, 1)
	for _, m := range again {
		if m.header.Get("Webhook-Id") != p.world.Text(`select message_id from webhook_deliveries order by id desc
			limit 1`) {
			t.Error("the replay is another message")
		}
	}
}

// TestWebhooksSayOnlyWhatTheirDistributorSees: each side of a transfer to another reseller
// gets messages about its own side.
func TestWebhooksSayOnlyWhatTheirDistributorSees(t *testing.T) {
	p := newPair(t)
	address, messages := listener(t)
	pool := p.pool
	north := p.world.Distributor(testdb.Distributor{Name: "Northern Cloud"})
	south := p.world.Distributor(testdb.Distributor{Name: "Southern Cloud"})
	source := p.world.Customer(testdb.Customer{Distributor: north.ID, Name: "Blue Fjord North"})
	target := p.world.Customer(testdb.Customer{Distributor: south.ID, Name: "Blue Fjord South"})
	made := p.world.TransferOrder(testdb.TransferOrder{Kind: "distributor", Source: source.ID, Target: target.ID})
	for _, d := range []testdb.Distributor{north, south} {
		admin := p.world.Staff(testdb.Staff{Distributor: d.ID})
		p.post("/sign-out", nil)
		p.signIn(admin)
		p.post("/rcp/webhooks", url.Values{
			"url":   {address + "/" + d.Number},
			"event": {"customer.transferred"},
		}).wants(t, http.StatusOK, "Copy the secret now")
	}
	p.world.Exec(`select announce_webhooks('customer.transferred', $1, now())`, made.ID)
	tell(t, pool)
	for range 2 {
		m := next(t, messages, 1)["customer.transferred"]
		seen, hidden := m.at("source", "name"), m.at("target", "name")
		switch {
		case seen == "Blue Fjord North" && hidden == "" && m.at("order", "target", "name") == "another distributor":
		case seen == "" && hidden == "Blue Fjord South" && m.at("order", "source", "name") == "another distributor":
		default:
			t.Errorf("told: %s", m.body)
		}
		if text := string(m.body); strings.Contains(text, "Blue Fjord North") == strings.Contains(text,
			"Blue Fjord South") {
			t.Errorf("both sides or none are told: %s", text)
		}
	}
}

// TestWebhookLimitsInThePanel: what is over a limit is refused with the limit and the way out, on
// the page with what was typed.
func TestWebhookLimitsInThePanel(t *testing.T) {
	p := newPair(t)
	fields := url.Values{
		"url": {"https://billing.example/one-more"}, "description": {"The CRM"}, "event": {"order.completed"},
	}
	for range webhooks.MaxEndpoints {
		p.post("/pcp/webhooks", fields).wants(t, http.StatusOK, "Copy the secret now")
	}
	p.post("/pcp/webhooks", fields).wants(t, http.StatusUnprocessableEntity,
		"Your distributor has 20 webhooks, the most that are allowed. Remove one to add another.",
		"https://billing.example/one-more", "The CRM")
	for range webhooks.MaxTests {
		p.post("/pcp/webhooks/1/test", nil).wants(t, http.StatusSeeOther)
	}
	p.post("/pcp/webhooks/1/test", nil).wants(t, http.StatusUnprocessableEntity,
		"Your distributor has sent 20 test messages within an hour, the most that are allowed. Wait an hour",
		"https://billing.example/one-more")
}
