package notify_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"handover/internal/notify"
)

const anyPort = "127.0.0.1:0"

func TestSendsOnceWithTextAndHTML(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	address := to.start(t, anyPort, false)
	id := o.write("billing@fjord.example")
	stop := o.run(o.sender("smtp://" + address))
	o.wait(id, "state", "sent")
	o.later(48 * time.Hour)
	time.Sleep(50 * time.Millisecond)
	stop()
	got := to.mails()
	if len(got) != 1 || got[0].from != "billing@aurora.example" || got[0].to != "billing@fjord.example" ||
		got[0].secure {
		t.Fatalf("the server got %d mails: %+v", len(got), got)
	}
	m := got[0].parse(t)
	for name, want := range map[string]string{
		"From": `"Aurora Cloud" <billing@aurora.example>`, "To": "<billing@fjord.example>",
		"Subject":    "Your account is now with Aurora Cloud",
		"Message-Id": o.column(id, "message_id"), "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	parts := bodies(t, m.Header.Get("Content-Type"), m.Body)
	if want := o.column(id, "body_text"); parts["text/plain"] != want {
		t.Errorf("text %q, want %q", parts["text/plain"], want)
	}
	html := parts["text/html"]
	for _, want := range []string{
		"Hello Bjørn &amp; Søn &lt;AS&gt;,", "contract.<br>Your new number",
		"6px solid #1f5eff", ">Aurora Cloud</p>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the HTML has no %s: %s", want, html)
		}
	}
	if html != o.column(id, "body_html") {
		t.Error("the outbox keeps another HTML than was sent")
	}
	o.wait(id, "attempts || ' ' || failures || last_error || (sent_at is not null)", "1 0true")
}

// bodies returns the parts of a mail by their type, with plain ends of lines.
func bodies(t *testing.T, contentType string, body io.Reader) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the mail is %s, %v", contentType, err)
	}
	parts, r := map[string]string{}, multipart.NewReader(body, params["boundary"])
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
}

// Text in names must not become a header or an element.
func TestNamesStayNames(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	id := o.write("billing@fjord.example")
	o.world.ExecOwner(`alter table brands drop constraint brands_name_is_a_name`) // what mails hold alone
	o.world.Exec(`update brands set name = E'Evil\r\nBcc: x@evil.example "<b>', primary_color = ''`)
	o.world.Exec(`update outbox set subject = E'Hej\r\nBcc: y@evil.example', body_text = '<script>1</script>'`)
	o.run(o.sender("smtp://" + to.start(t, anyPort, false)))
	o.wait(id, "state", "sent")
	m := to.mails()[0].parse(t)
	from, err := m.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Address != "billing@aurora.example" ||
		from[0].Name != `Evil Bcc: x@evil.example "<b>` {
		t.Errorf("from %v, %v", from, err)
	}
	if got := m.Header.Get("Bcc") + m.Header.Get("Subject"); got != "Hej Bcc: y@evil.example" {
		t.Errorf("headers %q", got)
	}
	html := bodies(t, m.Header.Get("Content-Type"), m.Body)["text/html"]
	if strings.Contains(html, "<script>") || strings.Contains(html, "<b>") || !strings.Contains(html, "solid #3f4c66") {
		t.Errorf("the HTML is %s", html)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Try again later"}
	unknown := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	tests := []struct {
		name   string
		server *mailServer
		want   string
	}{
		{"the sender, for now", &mailServer{refuseFrom: busy}, "451 4.3.0 Try again later"},
		{"the recipient, for good", &mailServer{refuseTo: unknown}, "550 5.1.1 No such mailbox"},
		{"the recipient, for now", &mailServer{refuseTo: busy}, "451 4.3.0 Try again later"},
		{"the content, for good", &mailServer{refuseData: unknown}, "550 5.1.1 No such mailbox"},
		{"the content, for now", &mailServer{refuseData: busy}, "451 4.3.0 Try again later"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOutbox(t)
			id := o.write("billing@fjord.example")
			o.run(o.sender("smtp://" + tt.server.start(t, anyPort, false)))
			o.wait(id, "state || ' ' || failures || ' ' || last_error",
				"waiting 1 The mail server refused the mail: "+tt.want)
			if n := len(tt.server.mails()); n > 0 {
				t.Errorf("the server took %d mails", n)
			}
		})
	}
}

// A mail is tried again after longer and longer pauses, then given up.
func TestPauses(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{refuseTo: &smtp.SMTPError{Code: 550, Message: "No"}}
	id := o.write("billing@fjord.example")
	o.run(o.sender("smtp://" + to.start(t, anyPort, false)))
	for n, pause := range []time.Duration{
		time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour,
		24 * time.Hour,
	} {
		o.wait(id, "state || failures", "waiting"+string(rune('1'+n)))
		if got := o.column(id, "extract(epoch from next_attempt_at)::bigint - "+
			unix(o.clock())); got != unix(time.Unix(int64(pause.Seconds()), 0)) {
			t.Errorf("after failure %d the pause is %s s, want %s", n+1, got, pause)
		}
		o.later(pause - 2*time.Second)
		time.Sleep(40 * time.Millisecond)
		o.wait(id, "state || attempts", "waiting"+string(rune('1'+n)))
		o.later(3 * time.Second)
	}
	o.wait(id, "state || attempts || failures", "failed77")
	o.later(1000 * time.Hour)
	time.Sleep(40 * time.Millisecond)
	o.wait(id, "state || attempts", "failed7")
}

func unix(t time.Time) string { return itoa(int(t.Unix())) }

func itoa(n int) string { return strconv.Itoa(n) }

func TestServerDownThenUp(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	taken, err := net.Listen("tcp", anyPort) //nolint:noctx // only to find a free port
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	_ = taken.Close()
	first, second := o.write("billing@fjord.example"), o.write("accounts@kestrel.example")
	o.run(o.sender("smtp://" + address))
	for _, id := range []string{first, second} {
		o.wait(id, "state || ' ' || failures || ' ' || (last_error like 'The mail server was not reached: "+
			"%connection refused')", "waiting 1 true")
	}
	to := &mailServer{}
	to.start(t, address, false)
	o.later(time.Minute + time.Second)
	o.wait(first, "state || attempts", "sent2")
	o.wait(second, "state || attempts", "sent2")
	if n := len(to.mails()); n != 2 {
		t.Errorf("the server got %d mails, want 2", n)
	}
}

func TestSlowServer(t *testing.T) {
	t.Parallel()
	t.Run("answers in time", func(t *testing.T) {
		t.Parallel()
		o := newOutbox(t)
		to := &mailServer{slow: time.Second}
		id := o.write("billing@fjord.example")
		o.run(o.sender("smtp://" + to.start(t, anyPort, false)))
		o.wait(id, "state", "sending") // committed before the server answers
		o.wait(id, "state || attempts", "sent1")
	})
	t.Run("answers too late", func(t *testing.T) {
		t.Parallel()
		o := newOutbox(t)
		to := &mailServer{slow: 5 * time.Second}
		id := o.write("billing@fjord.example")
		s := o.sender("smtp://" + to.start(t, anyPort, false))
		s.Timeout = time.Second
		o.run(s)
		o.wait(id, "state || ' ' || (last_error like 'The mail server did not answer after it was given the "+
			"mail: %timeout')", "unconfirmed true")
		o.later(48 * time.Hour)
		time.Sleep(50 * time.Millisecond)
		o.wait(id, "state || attempts", "unconfirmed1")
		if n := len(to.mails()); n != 1 {
			t.Errorf("the server got %d mails", n)
		}
	})
	t.Run("hangs up instead of an answer", func(t *testing.T) {
		t.Parallel()
		o := newOutbox(t)
		to := &mailServer{hangUp: true}
		id := o.write("billing@fjord.example")
		o.run(o.sender("smtp://" + to.start(t, anyPort, false)))
		o.wait(id, "state || attempts", "unconfirmed1")
	})
	t.Run("says nothing at all", func(t *testing.T) {
		t.Parallel()
		o := newOutbox(t)
		silent, err := net.Listen("tcp", anyPort) //nolint:noctx // it never answers
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = silent.Close() })
		id := o.write("billing@fjord.example")
		s := o.sender("smtp://" + silent.Addr().String())
		s.Timeout = 200 * time.Millisecond
		o.run(s)
		o.wait(id, "state || ' ' || (last_error like 'The mail server could not be used: %timeout')", "waiting true")
	})
}

// Each mail goes out once, however many processes send.
func TestSendersAtOnce(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{slow: 5 * time.Millisecond}
	address := "smtp://" + to.start(t, anyPort, false)
	const mails = 60
	for range mails {
		o.write("billing@fjord.example")
	}
	o.run(o.sender(address), o.sender(address), o.sender(address))
	for range 3000 {
		if o.world.Text(`select count(*)::text from outbox where state = 'sent'`) == itoa(mails) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	seen := map[string]int{}
	for _, m := range to.mails() {
		seen[m.parse(t).Header.Get("Message-Id")]++
	}
	if len(seen) != mails || len(to.mails()) != mails {
		t.Errorf("%d mails of %d different ids arrived, want %d", len(to.mails()), len(seen), mails)
	}
}

func TestEncryptionAndPassword(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, scheme, user string
		secure             bool // TLS from the start
		certificate        bool
		trusted            bool
		want               string // of state || last_error, a pattern
	}{
		{"TLS from the start", "smtps://", "", true, true, true, "sent"},
		{"STARTTLS where the server offers it", "smtp://", "", false, true, true, "sent"},
		{"a password inside TLS", "smtp://", "relay:s3cret@", false, true, true, "sent"},
		{"a password inside TLS from the start", "smtps://", "relay:s3cret@", true, true, true, "sent"},
		{
			"a wrong password", "smtps://", "relay:wrong@", true, true, true,
			"waitingThe mail server could not be used: SMTP AUTH failed: 535 5.7.8 Authentication failed",
		},
		{"a password never in clear", "smtp://", "relay:s3cret@", false, false, true, "waiting%"},
		{"a certificate without a trusted issuer", "smtp://", "", false, true, false, "waiting%certificate%"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOutbox(t)
			server, client := selfSigned(t)
			to := &mailServer{}
			if tt.certificate {
				to.tls = server
			}
			if tt.user != "" {
				to.user, to.password = "relay", "s3cret"
			}
			id := o.write("billing@fjord.example")
			s := o.sender(tt.scheme + tt.user + to.start(t, anyPort, tt.secure))
			if tt.trusted {
				s.TLS = client
			}
			o.run(s)
			o.wait(id, "attempts::text || (state || last_error like '"+tt.want+"')", "1true")
			if tt.want != "sent" {
				if strings.Contains(o.column(id, "last_error"), "s3cret") || len(to.mails()) > 0 {
					t.Errorf("%s; %d mails taken", o.column(id, "last_error"), len(to.mails()))
				}
				return
			}
			if got := to.mails(); len(got) != 1 || !got[0].secure || tt.user != "" && got[0].user != "relay" {
				t.Errorf("the server got %+v", got)
			}
		})
	}
}

func TestNoAddress(t *testing.T) {
	t.Parallel()
	o := newOutbox(t)
	to := &mailServer{}
	id := o.write("billing at fjord")
	o.run(o.sender("smtp://" + to.start(t, anyPort, false)))
	o.wait(id, "state || ' ' || last_error", `failed "billing at fjord" is not an email address.`)
}

func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, s := range []notify.Sender{
		{SMTPURL: "smtp://mail.example"},
		{SMTPURL: "http://u:s3cret@mail.example", From: "a@aurora.example"},
		{SMTPURL: "smtp://", From: "a@aurora.example"},
	} {
		if err := s.Run(t.Context()); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s from %q: %v", s.SMTPURL, s.From, err)
		}
	}
}
