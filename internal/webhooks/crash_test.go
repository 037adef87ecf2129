package webhooks_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/order"
	"handover/internal/vault"
	"handover/internal/webhooks"
)

var dbPage = db.Page{Sort: "-occurred", Size: 50}

// crashDatabase is how TestKilledSenderLosesNothing starts this test binary as a process
// that sends instead of testing.
const crashDatabase = "HANDOVER_TEST_WEBHOOKS_DATABASE"

func TestMain(m *testing.M) {
	if address := os.Getenv(crashDatabase); address != "" {
		if err := sendFor(address); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	m.Run()
}

// sendFor sends until the process is killed.
func sendFor(address string) error {
	ctx := context.Background()
	pool, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	secrets, err := vault.New([]byte(key), vault.Webhooks)
	if err != nil {
		return err
	}
	(&webhooks.Sender{
		DB: pool, Vault: secrets, Allowed: loopback, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Payload: func(context.Context, webhooks.Message) ([]byte, error) {
			return []byte(`{"from":"the process that died"}`), nil
		},
	}).Run(ctx)
	return nil
}

// TestKilledSenderLosesNothing kills the sending process while the receiver has the message
// and has not answered: another process sends the same again, and the rest.
func TestKilledSenderLosesNothing(t *testing.T) {
	o := newFixture(t)
	arrived, hold := make(chan struct{}, 100), make(chan struct{})
	r := newReceiver(t, func() { arrived <- struct{}{}; <-hold })
	_, secret := o.endpoint(r.URL, everything...)
	for range 10 {
		o.announce(order.OrderCompleted, orderOf(o, o.Provider.ID).ID)
	}
	process := exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), crashDatabase+"="+o.address)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	_ = process.Process.Kill()
	_ = process.Wait()
	close(hold)
	if got := o.Text(`select count(*) filter (where status = 'waiting') from webhook_deliveries`); got != "10" {
		t.Errorf("%s messages wait, want 10", got)
	}

	o.run()
	time.Sleep(50 * time.Millisecond)
	o.later(2 * time.Minute) // no process can be sending them any more
	o.waitFor("10", `select count(*) from webhook_deliveries where status = 'delivered'`)
	bodies := map[string][]byte{}
	for _, m := range r.messages() {
		if !verifies(t, m, secret) {
			t.Error("a signature does not verify")
		}
		if first, twice := bodies[m.id()]; twice && !bytes.Equal(first, m.body) {
			t.Error("a message was sent twice, with another content")
		}
		bodies[m.id()] = m.body
	}
	if len(bodies) != 10 {
		t.Errorf("%d messages arrived, want 10", len(bodies))
	}
}
