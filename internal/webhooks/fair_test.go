package webhooks_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/webhooks"
)

// TestSilentReceiversDelayNoOtherDistributor: while every slot of one distributor waits for
// receivers that never answer, the message of another arrives.
func TestSilentReceiversDelayNoOtherDistributor(t *testing.T) {
	o := newFixture(t)
	release := make(chan struct{})
	silent, honest := newReceiver(t, func() { <-release }), newReceiver(t)
	hostile := o.Distributor(testdb.Distributor{Name: "Fjord Cloud"})
	victim := o.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	o.actor.DistributorID = hostile.ID
	for i := range webhooks.MaxEndpoints {
		o.endpoint(fmt.Sprintf("%s/%d", silent.URL, i), order.OrderCompleted)
	}
	theirs := orderOf(o, hostile.ID)
	for range 10 {
		o.announce(order.OrderCompleted, theirs.ID)
	}
	o.run(func(s *webhooks.Sender) { s.Timeout = time.Minute })
	t.Cleanup(func() { close(release) }) // before the sender ends: it waits for the messages under way
	for range 500 {
		if len(silent.messages()) >= 8 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.actor.DistributorID = victim.ID
	endpoint, _ := o.endpoint(honest.URL, order.OrderCompleted)
	began := time.Now()
	o.announce(order.OrderCompleted, orderOf(o, victim.ID).ID)
	o.waitFor("delivered", `select status from webhook_deliveries where endpoint_id = $1`, endpoint)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the message of another distributor took %s", took)
	}
	if n := len(silent.messages()); n != 8 {
		t.Errorf("the silent receivers hold %d slots, want 8", n)
	}
}

// TestFailingEndpointIsTriedOnceAPause: 50 messages for a receiver that fails cost one attempt a
// pause. A test of a person is sent at once; the first message that is taken lets all others go.
func TestFailingEndpointIsTriedOnceAPause(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	r.status.Store(503)
	endpoint, _ := o.endpoint(r.URL, order.OrderCompleted)
	about := orderOf(o, o.Provider.ID)
	for range 50 {
		o.announce(order.OrderCompleted, about.ID)
	}
	o.run()
	const sum = `select sum(attempts) from webhook_deliveries`
	const failures = `select failures from webhook_endpoints`
	o.waitFor("1", failures)
	time.Sleep(100 * time.Millisecond)
	first := o.Text(sum)
	if first != "1" && first != "2" && first != "3" && first != "4" { // those of the same moment
		t.Errorf("%s attempts at once", first)
	}
	o.later(6 * time.Second)
	o.waitFor("2", failures)
	time.Sleep(100 * time.Millisecond)
	if got, want := len(r.messages()), atoi(t, first)+1; got != want {
		t.Errorf("%d attempts after a pause, want %d", got, want)
	}
	tested := o.test(endpoint)
	o.wait(tested, "failures", "1")
	if got := o.Text(failures); got != "2" {
		t.Errorf("a test of a person made it %s failures", got)
	}
	r.status.Store(0)
	o.wait(o.test(endpoint), "status", "delivered")
	o.later(time.Minute) // the pauses of the messages that failed themselves
	o.waitFor("0", `select count(*) from webhook_deliveries where status <> 'delivered'`)
	if got := o.Text(failures); got != "0" {
		t.Errorf("%s failures after a delivery", got)
	}
}

// TestEndpointThatTakesNothingForADayIsDisabled also where no single message was tried that often.
func TestEndpointThatTakesNothingForADayIsDisabled(t *testing.T) {
	o := newFixture(t)
	r := newReceiver(t)
	r.status.Store(503)
	o.endpoint(r.URL, order.OrderCompleted)
	about := orderOf(o, o.Provider.ID)
	for range 50 {
		o.announce(order.OrderCompleted, about.ID)
	}
	o.run()
	for failures := 1; failures <= 10; failures++ {
		o.waitFor("true", `select failures >= $1 from webhook_endpoints`, failures)
		o.later(8*time.Hour + time.Minute)
	}
	o.waitFor("disabled", `select status from webhook_endpoints`)
	if got := o.Text(`select count(*) from webhook_deliveries where status = 'failed'`); got != "0" {
		t.Errorf("%s messages are lost", got)
	}
}

// TestWebhookLimits: a distributor has so many endpoints and sends so many tests, also at once, and
// uses up no other one's.
func TestWebhookLimits(t *testing.T) {
	o := newFixture(t)
	north := o.Distributor(testdb.Distributor{Name: "Northern Cloud"})
	create := func(distributor int64) error {
		actor := o.actor
		actor.DistributorID = distributor
		_, _, err := o.desk.Create(context.Background(), actor,
			webhooks.Wanted{URL: "https://billing.example", Events: everything})
		return err
	}
	refused := atOnce(webhooks.MaxEndpoints+5, func() error { return create(north.ID) })
	if len(refused) != 5 {
		t.Fatalf("%d of %d endpoints are refused: %v", len(refused), webhooks.MaxEndpoints+5, refused)
	}
	for _, err := range refused {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "has 20 webhooks, the most") ||
			!strings.Contains(err.Error(), "Remove one to add another") {
			t.Errorf("the refusal says %v", err)
		}
	}
	if err := create(o.Provider.ID); err != nil {
		t.Errorf("another distributor is refused: %v", err)
	}
	first := o.Text(`select min(id) from webhook_endpoints where distributor_id = $1`, north.ID)
	endpoint := int64(atoi(t, first))
	if err := o.desk.SetStatus(context.Background(), o.all, o.actor, endpoint+1, webhooks.Removed); err != nil {
		t.Fatal(err)
	}
	if err := create(north.ID); err != nil {
		t.Errorf("after one was removed: %v", err)
	}

	try := func(endpoint int64) error {
		_, err := o.desk.SendTest(context.Background(), o.all, o.actor, endpoint)
		return err
	}
	refused = atOnce(webhooks.MaxTests+5, func() error { return try(endpoint) })
	if len(refused) != 5 {
		t.Fatalf("%d of %d tests are refused: %v", len(refused), webhooks.MaxTests+5, refused)
	}
	for _, err := range refused {
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "has sent 20 test messages within an hour") {
			t.Errorf("the refusal says %v", err)
		}
	}
	other := o.Text(`select max(id) from webhook_endpoints where distributor_id = $1`, o.Provider.ID)
	if try(int64(atoi(t, other))) != nil {
		t.Error("the tests of one distributor use up those of another")
	}
	o.later(61 * time.Minute)
	if err := try(endpoint); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// atOnce calls the function so often at one moment and returns the errors.
func atOnce(times int, f func() error) (errs []error) {
	answers := make(chan error, times)
	for range times {
		go func() { answers <- f() }()
	}
	for range times {
		if err := <-answers; err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}
