package notify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/notify"
	"handover/internal/testdb"
)

// mailServer is an SMTP server on loopback. Its fields are set before it starts.
type mailServer struct {
	refuseFrom, refuseTo, refuseData error         // answers
	slow                             time.Duration // before the answer to the content
	hangUp                           bool          // instead of that answer
	before                           func()        // before that answer, with the content taken
	user, password                   string        // "" = takes mail from anybody
	tls                              *tls.Config

	mu       sync.Mutex
	received []received
}

// received is a mail that the server has seen all of.
type received struct {
	from, to string
	content  string
	secure   bool
	user     string
}

// start listens at the address, "127.0.0.1:0" for any port, and returns it.
func (m *mailServer) start(t *testing.T, address string, secure bool) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{server: m, conn: c}, nil
	}))
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "mail.example", m.tls, true
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	if secure {
		listener = tls.NewListener(listener, m.tls)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return address
}

// mails returns what the server has seen.
func (m *mailServer) mails() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]received(nil), m.received...)
}

type session struct {
	server *mailServer
	conn   *smtp.Conn
	mail   received
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.server.user || password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.mail.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.user != "" && s.mail.user == "" {
		return smtp.ErrAuthRequired
	}
	s.mail.from = from
	return s.server.refuseFrom
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.server.refuseTo
}

func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mail.content = string(content)
	_, s.mail.secure = s.conn.TLSConnectionState()
	s.server.mu.Lock()
	if s.server.refuseData == nil {
		s.server.received = append(s.server.received, s.mail)
	}
	s.server.mu.Unlock()
	time.Sleep(s.server.slow)
	if s.server.before != nil {
		s.server.before()
	}
	if s.server.hangUp {
		_ = s.conn.Conn().Close()
		return errors.New("hung up")
	}
	return s.server.refuseData
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// selfSigned returns the two sides of TLS with a certificate for 127.0.0.1.
func selfSigned(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	t.Cleanup(web.Close)
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	return &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12},
		&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// outbox is an outbox on a database of its own, and a clock that the test sets.
type outbox struct {
	*testing.T
	address string // of the database
	pool    *sqlx.DB
	world   *testdb.World

	mu  sync.Mutex
	now time.Time
}

func newOutbox(t *testing.T) *outbox {
	t.Helper()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return &outbox{
		T: t, address: address, pool: pool, world: testdb.NewWorld(t, pool),
		now: time.Now().Truncate(time.Second),
	}
}

func (o *outbox) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// later moves the clock.
func (o *outbox) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

// write puts a mail in the provider's brand into the outbox and returns its id.
func (o *outbox) write(recipient string) string {
	o.Helper()
	m := o.world.Mail(testdb.Mail{
		Recipient: recipient,
		Text: "Hello Bjørn & Søn <AS>,\n\nfrom today Aurora Cloud looks after your contract.\n" +
			"Your new number is C-000002.\n\nAurora Cloud\n",
	})
	return itoa(int(m.ID))
}

// sender returns a sender to the address, with short times.
func (o *outbox) sender(address string) *notify.Sender {
	return &notify.Sender{
		DB: o.pool, Vault: mailedLinks(o.T, "k"), SMTPURL: address, From: "billing@aurora.example",
		Log: slog.New(slog.DiscardHandler), Now: o.clock,
		Poll: 10 * time.Millisecond, Timeout: 20 * time.Second,
	}
}

// run lets senders work and returns what stops them.
func (o *outbox) run(senders ...*notify.Sender) (stop func()) {
	ctx, cancel := context.WithCancel(o.Context())
	var done sync.WaitGroup
	for _, s := range senders {
		done.Go(func() {
			if err := s.Run(ctx); err != nil {
				o.Error(err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); done.Wait() })
	o.Cleanup(stop)
	return stop
}

// column returns a column of a mail as text.
func (o *outbox) column(id, expr string) string {
	o.Helper()
	return o.world.Text(`select (`+expr+`)::text from outbox where id = $1`, id)
}

// wait waits until the expression on the mail has the value.
func (o *outbox) wait(id, expr, want string) {
	o.Helper()
	var got string
	for range 3000 {
		if got = o.column(id, expr); got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.Fatalf("%s of mail %s is %q, want %q; last error %q", expr, id, got, want, o.column(id, "last_error"))
}

// parse reads a mail as its receiver does.
func (r received) parse(t *testing.T) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(r.content))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
