package webhooks_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/webhooks"
)

func TestMessagesAreSignedAndSentOnce(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	_, secret := o.endpoint(r.URL+"/hook", everything...)
	_, other := o.endpoint(r.URL+"/other", order.OrderFailed)
	made := orderOf(o, o.Provider.ID)
	o.announce(order.OrderCompleted, made.ID)
	o.run()
	o.waitFor("delivered 1 204", `select status || ' ' || attempts || ' ' || answered from webhook_deliveries`)
	o.later(48 * time.Hour)
	time.Sleep(50 * time.Millisecond)
	got := r.messages()
	if len(got) != 1 {
		t.Fatalf("the receiver got %d messages", len(got))
	}
	if !verifies(t, got[0], secret) || verifies(t, got[0], other) {
		t.Error("the signature is not that of the endpoint")
	}
	if want := o.Text(`select message_id from webhook_deliveries`); got[0].id() != want ||
		!strings.HasPrefix(want, "msg_") {
		t.Errorf("id %q, want %q", got[0].id(), want)
	}
	if string(got[0].body) != o.Text(`select payload from webhook_deliveries`) {
		t.Error("the log keeps another content than was sent")
	}
	if got[0].header.Get("Content-Type") != "application/json" {
		t.Errorf("the type is %s", got[0].header.Get("Content-Type"))
	}
}

func TestOnlyThoseWhoSeeTheOrderAreTold(t *testing.T) {
	o := newFixture(t)
	north := o.Distributor(testdb.Distributor{Name: "Northern Cloud"})
	below := o.Distributor(testdb.Distributor{Name: "Fjord Cloud", Parent: north.ID})
	beside := o.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	owners := map[int64]int64{}
	for _, d := range []int64{o.Provider.ID, north.ID, below.ID, beside.ID} {
		o.actor.DistributorID = d
		id, _ := o.endpoint("https://billing.example/hook", order.OrderCompleted)
		owners[id] = d
	}
	o.announce(order.OrderCompleted, orderOf(o, north.ID).ID)
	o.announce(order.OrderFailed, orderOf(o, north.ID).ID) // no endpoint asked for it
	if got, want := o.Text(`select string_agg(d.name, ', ' order by v.id) from webhook_deliveries v
		join webhook_endpoints e on e.id = v.endpoint_id
		join distributors d on d.id = e.distributor_id`), o.Provider.Name+", Northern Cloud"; got != want {
		t.Errorf("told: %s, want %s", got, want)
	}
	for id, d := range owners {
		_, err := webhooks.Get(t.Context(), o.pool, accounts.Scope{Root: north.ID}, id)
		if seen := d == north.ID || d == below.ID; seen != (err == nil) || err != nil &&
			!fault.Is(err, fault.NotFound) {
			t.Errorf("Northern Cloud reads the webhook of distributor %d: %v", d, err)
		}
	}
}

func TestAttemptsGoOnForADayThenTheEndpointIsDisabled(t *testing.T) {
	o := newFixture(t)
	admin := o.Staff(testdb.Staff{})
	o.Staff(testdb.Staff{Role: "support"})
	r := newReceiver(t)
	r.status.Store(http.StatusInternalServerError)
	endpoint, secret := o.endpoint(r.URL, everything...)
	o.announce(order.OrderCompleted, orderOf(o, o.Provider.ID).ID)
	o.run()
	began := o.now()
	for failures := 1; o.Text(`select status from webhook_deliveries`) == "waiting"; failures++ {
		o.waitFor("true", `select failures >= $1 from webhook_deliveries`, failures)
		seconds, err := strconv.ParseFloat(o.Text(`select extract(epoch from next_attempt_at - $1)
			from webhook_deliveries`, o.now()), 64)
		if err != nil || failures > 20 {
			t.Fatalf("attempt %d: %v", failures, err)
		}
		o.later(time.Duration(seconds * float64(time.Second)))
	}
	if tried := o.now().Sub(began); tried < 20*time.Hour || tried > 30*time.Hour {
		t.Errorf("given up after %s", tried)
	}
	o.waitFor("disabled", `select status from webhook_endpoints where id = $1`, endpoint)
	text, told := o.told.Load(admin.ID)
	if !told || !strings.Contains(text.(string), "The receiver answered 500.") {
		t.Errorf("the administrator was told %v", text)
	}
	people := 0
	o.told.Range(func(any, any) bool { people++; return true })
	if people != 1 {
		t.Errorf("%d people were told", people)
	}
	if got := o.Text(`select count(*) from audit_entries where action = 'webhook.disabled'`); got != "1" {
		t.Errorf("%s audit entries", got)
	}
	bodies := r.messages()
	for _, m := range bodies {
		if m.id() != bodies[0].id() || !bytes.Equal(m.body, bodies[0].body) || !strings.HasPrefix(secret, "whsec_") {
			t.Error("an attempt differs from the first")
		}
	}

	// Events of a disabled endpoint wait. Enabling sends them, and a replay the failed
	// ones.
	o.announce(order.OrderReversed, orderOf(o, o.Provider.ID).ID)
	before := len(r.messages())
	time.Sleep(50 * time.Millisecond)
	if len(r.messages()) != before {
		t.Error("a disabled endpoint got a message")
	}
	r.status.Store(0)
	failed, err := webhooks.Deliveries(t.Context(), o.pool, endpoint, webhooks.Failed, dbPage)
	if err != nil || len(failed.Rows) != 1 {
		t.Fatalf("failed messages: %+v, %v", failed.Rows, err)
	}
	ctx := context.Background()
	if err := o.desk.Replay(ctx, o.all, o.actor, endpoint, failed.Rows[0].ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a replay to a disabled endpoint: %v", err)
	}
	if err := o.desk.SetStatus(ctx, o.all, o.actor, endpoint, webhooks.Enabled); err != nil {
		t.Fatal(err)
	}
	if err := o.desk.Replay(ctx, o.all, o.actor, endpoint, failed.Rows[0].ID); err != nil {
		t.Fatal(err)
	}
	o.waitFor("2", `select count(*) from webhook_deliveries where status = 'delivered'`)
}

func TestAReceiverThatIsGone(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	r.status.Store(http.StatusGone)
	endpoint, _ := o.endpoint(r.URL, everything...)
	id := o.test(endpoint)
	o.run()
	o.wait(id, "status || attempts", "failed1")
	o.waitFor("disabled The receiver answered 410: it accepts no more messages.", `select status || ' ' || reason
		from webhook_endpoints where id = $1`, endpoint)
}

func TestRotatedSecretsOverlap(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	endpoint, old := o.endpoint(r.URL, everything...)
	fresh, err := o.desk.Rotate(context.Background(), o.all, o.actor, endpoint)
	if err != nil {
		t.Fatal(err)
	}
	o.run()
	o.wait(o.test(endpoint), "status", "delivered")
	m := r.messages()[0]
	if !verifies(t, m, old) || !verifies(t, m, fresh) {
		t.Error("during the overlap both secrets must verify")
	}
	o.Exec(`update webhook_endpoints set old_secret_until = now() - interval '1 second'`)
	o.wait(o.test(endpoint), "status", "delivered")
	m = r.messages()[1]
	if verifies(t, m, old) || !verifies(t, m, fresh) {
		t.Error("after the overlap only the new secret may verify")
	}
}

// TestPrivateAddressesAreRefused: by their number when they are typed, and by what their name
// resolves to when a message is sent; a redirect to one is not followed.
func TestPrivateAddressesAreRefused(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	strict := o.desk
	strict.Allowed = nil
	for _, url := range []string{
		"https://127.0.0.1/", "https://10.1.2.3/", "https://192.168.0.1:8443/x",
		"https://169.254.169.254/latest/meta-data", "https://[::1]/", "https://[fd00::1]/",
		"https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://0.0.0.0/", "https://100.64.0.1/",
		"https://[fe80::1]/",
		"http://billing.example/", "http://8.8.8.8/", "ftp://billing.example/", "billing.example",
		"https://user:secret@billing.example/", "",
	} {
		_, _, err := strict.Create(t.Context(), o.actor, webhooks.Wanted{URL: url, Events: everything})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", url, err)
		}
	}
	// An allowed network is no leave to go over the public Internet in the open.
	if _, _, err := o.desk.Create(t.Context(), o.actor,
		webhooks.Wanted{URL: "http://8.8.8.8/", Events: everything}); !fault.Is(err, fault.Invalid) {
		t.Errorf("http:// to a public address: %v", err)
	}
	for _, w := range []webhooks.Wanted{
		{URL: "https://billing.example"},
		{URL: "https://billing.example", Events: []string{"order.eaten"}},
	} {
		if _, _, err := strict.Create(t.Context(), o.actor, w); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", w, err)
		}
	}
	byName, _ := o.endpoint(strings.Replace(r.URL, "127.0.0.1", "localhost", 1), everything...)
	id := o.test(byName)
	stop := o.run(func(s *webhooks.Sender) { s.Allowed = nil })
	o.waitFor("true", `select last_error like 'Not sent: % is not on the public internet%' from webhook_deliveries
		where id = $1`, id)
	stop()
	if n := len(r.messages()); n != 0 {
		t.Errorf("the private address got %d messages", n)
	}

	front := httptest.NewServer(http.RedirectHandler(r.URL, http.StatusTemporaryRedirect))
	t.Cleanup(front.Close)
	away, _ := o.endpoint(front.URL, everything...)
	id = o.test(away)
	o.run()
	o.wait(id, "answered || ' ' || last_error",
		"307 The receiver answered 307; redirects are not followed. Enter the address that it redirects to.")
	for _, m := range r.messages() {
		if m.id() == o.Text(`select message_id from webhook_deliveries where id = $1`, id) {
			t.Error("the redirect was followed")
		}
	}
}

func TestASlowReceiverDoesNotKeepTheOthers(t *testing.T) {
	o := newFixture(t)
	release := make(chan struct{})
	slow, quick := newReceiver(t, func() { <-release }), newReceiver(t)
	t.Cleanup(func() { close(release) })
	first, _ := o.endpoint(slow.URL, order.OrderCompleted)
	second, _ := o.endpoint(quick.URL, order.OrderFailed)
	about := orderOf(o, o.Provider.ID)
	for range 20 {
		o.announce(order.OrderCompleted, about.ID)
	}
	id := o.test(second)
	o.run(func(s *webhooks.Sender) { s.Timeout = 300 * time.Millisecond })
	o.wait(id, "status", "delivered")
	o.waitFor("true", `select bool_or(last_error = 'The receiver did not answer in time.') from webhook_deliveries
		where endpoint_id = $1`, first)
}

func TestWhatADistributorDoesNotSeeAnyMoreIsNotTold(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	endpoint, _ := o.endpoint(r.URL, everything...)
	o.announce(order.OrderCompleted, orderOf(o, o.Provider.ID).ID)
	o.run(func(s *webhooks.Sender) {
		s.Payload = func(context.Context, webhooks.Message) ([]byte, error) {
			return nil, fault.New(fault.NotFound, "no")
		}
	})
	o.waitFor("failed The distributor can no longer see the order.", `select status || ' ' || last_error
		from webhook_deliveries`)
	if got := o.Text(`select status || coalesce(failing_since::text, '') from webhook_endpoints where id = $1`,
		endpoint); got != "enabled" {
		t.Errorf("the endpoint is %s", got)
	}
	if len(r.messages()) != 0 {
		t.Error("it was told")
	}
}
