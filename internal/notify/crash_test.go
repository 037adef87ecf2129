package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/notify"
)

// The variables by which TestCrash starts this test binary as a process that sends.
const (
	crashDatabase = "HANDOVER_TEST_SENDER_DATABASE"
	crashServer   = "HANDOVER_TEST_SENDER_SMTP"
)

// TestMain is also the process that TestCrash kills.
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
	pool, err := db.Open(context.Background(), address)
	if err != nil {
		return err
	}
	s := &notify.Sender{
		DB: pool, SMTPURL: os.Getenv(crashServer), From: "billing@aurora.example",
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	}
	return s.Run(context.Background())
}

// TestCrash kills the sending process when the server has the mail, before the
// process can note it.
func TestCrash(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	killed := make(chan struct{})
	var process *exec.Cmd
	started := make(chan struct{})
	to := &mailServer{}
	to.before = func() {
		<-started
		_ = process.Process.Kill()
		_ = process.Wait()
		close(killed)
	}
	address := "smtp://" + to.start(t, anyPort, false)
	id := o.write("billing@fjord.example")
	process = exec.CommandContext(t.Context(), os.Args[0])
	process.Env = append(os.Environ(), crashDatabase+"="+o.address, crashServer+"="+address)
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	<-killed
	o.wait(id, "state", "sending")

	// Others see it as being sent until no process can be sending it any more.
	o.run(o.sender(address))
	o.later(9 * time.Minute)
	time.Sleep(50 * time.Millisecond)
	o.wait(id, "state", "sending")
	o.later(2 * time.Minute)
	o.wait(id, "state || attempts || ' ' || last_error",
		"unconfirmed1 Handover stopped before it could note the mail server's answer.")
	o.later(48 * time.Hour)
	time.Sleep(50 * time.Millisecond)
	o.wait(id, "state || attempts", "unconfirmed1")
	if n := len(to.mails()); n != 1 {
		t.Errorf("the server has %d mails, want 1", n)
	}
}
