package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"handover/internal/db"
	"handover/internal/testdb"
)

// inbox is a mail server that passes on what it takes.
type inbox chan string

func (i inbox) NewSession(*smtp.Conn) (smtp.Session, error) { return i, nil }
func (i inbox) Mail(string, *smtp.MailOptions) error        { return nil }
func (i inbox) Rcpt(string, *smtp.RcptOptions) error        { return nil }
func (i inbox) Reset()                                      {}
func (i inbox) Logout() error                               { return nil }

func (i inbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	i <- string(text)
	return err
}

// TestServeSendsMails starts the panel with a mail server and a mail that waits.
func TestServeSendsMails(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mails := make(inbox, 1)
	server := smtp.NewServer(mails)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	world := testdb.NewWorld(t, pool)
	world.Mail(testdb.Mail{MessageID: "<TO-000001.abc@handover>"})

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	var errOut strings.Builder
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{
			"serve", "--addr", "127.0.0.1:0", "--database-url", address, "--data-dir", t.TempDir(),
			"--smtp-url", "smtp://" + listener.Addr().String() + "?from=billing@aurora.example", "--log-level", "error",
		}, strings.NewReader(""), in, &errOut)
		_ = in.Close()
	}()
	go func() { _, _ = io.Copy(io.Discard, bufio.NewReader(out)) }()
	select {
	case mail := <-mails:
		if !strings.Contains(mail, `From: "Aurora Cloud" <billing@aurora.example>`) ||
			!strings.Contains(mail, "Message-ID: <TO-000001.abc@handover>") {
			t.Errorf("the mail is %s", mail)
		}
	case <-time.After(time.Minute):
		t.Fatal("no mail was sent")
	}
	stop()
	if got := <-code; got != 0 || errOut.Len() > 0 {
		t.Errorf("exit code %d, %s", got, &errOut)
	}
	if got := world.Text(`select state from outbox`); got != "sent" { // recorded although the program was stopping
		t.Errorf("the mail is %s", got)
	}
}
