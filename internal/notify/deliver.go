package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	smtp "github.com/wneessen/go-mail"
)

// The ports of mail submission, where the address names none.
const (
	portSTARTTLS = 587
	portTLS      = 465
)

// server is the mail server that the settings name.
type server struct {
	host    string
	options []smtp.Option
}

// server reads the settings. Its errors do not show the address, which may hold a
// password.
func (s *Sender) server() (server, error) {
	if _, err := mail.ParseAddress(s.From); err != nil {
		return server{}, fmt.Errorf("the sender %q of mails is not an email address", s.From)
	}
	u, err := url.Parse(s.SMTPURL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return server{}, errors.New("the address of the mail server does not begin with smtp:// or smtps:// and a host")
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = exchangeTime
	}
	trust := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		trust = s.TLS.Clone()
	}
	trust.ServerName = u.Hostname()
	port := portSTARTTLS
	secure := smtp.WithTLSPolicy(smtp.TLSOpportunistic)
	if u.Scheme == "smtps" {
		port, secure = portTLS, smtp.WithSSL()
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return server{}, fmt.Errorf("%q is not a port of a mail server", u.Port())
		}
	}
	to := server{u.Hostname(), []smtp.Option{
		smtp.WithTimeout(timeout), smtp.WithPort(port), secure,
		smtp.WithTLSConfig(trust),
	}}
	if u.User != nil { // the password goes in clear only through TLS
		password, _ := u.User.Password()
		to.options = append(to.options, smtp.WithSMTPAuth(smtp.SMTPAuthAutoDiscover),
			smtp.WithUsername(u.User.Username()), smtp.WithPassword(password))
	}
	return to, nil
}

// deliver hands one mail to the server over a connection of its own.
func (to server) deliver(ctx context.Context, m taken) outcome {
	message, err := m.message()
	if err != nil {
		return outcome{state: Failed, reason: upperFirst(reasonOf(err)) + "."}
	}
	client, err := smtp.NewClient(to.host, to.options...)
	if err != nil {
		return outcome{
			state: Waiting, reason: msgServerUnusable + reasonOf(err),
			unreachable: true,
		}
	}
	err = client.DialAndSendWithContext(ctx, message)
	if message.IsDelivered() { // what failed after that was saying goodbye
		return outcome{state: Sent}
	}
	refused, ok := errors.AsType[*smtp.SendError](err)
	switch {
	case !ok:
		return outcome{state: Waiting, reason: unreached(err), unreachable: true}
	case refused.ErrorCode() != 0:
		return outcome{state: Waiting, reason: msgRefused + reasonOf(refused)}
	case refused.Reason == smtp.ErrSMTPDataClose:
		return outcome{state: Unconfirmed, reason: msgNoAnswer + reasonOf(refused)}
	default:
		return outcome{state: Waiting, reason: msgBrokeOff + reasonOf(refused)}
	}
}

// unreached says why there was no server to hand mails to.
func unreached(err error) string {
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return msgNotReached + reasonOf(err)
	}
	return msgNotUsed + reasonOf(err)
}

// message builds the mail: text and HTML, and the Message-ID of the row, by which
// mail programs know a mail that comes twice.
func (m taken) message() (*smtp.Msg, error) {
	from, err := mail.ParseAddress(m.Sender)
	if err != nil {
		return nil, fmt.Errorf("%q is not an email address to send from", m.Sender)
	}
	to, err := mail.ParseAddress(m.Recipient)
	if err != nil {
		return nil, fmt.Errorf("%q is not an email address", m.Recipient)
	}
	message := smtp.NewMsg(smtp.WithNoDefaultUserAgent())
	message.FromMailAddress(from)
	message.ToMailAddress(&mail.Address{Address: to.Address})
	message.Subject(oneLine(m.Subject))
	message.SetMessageIDWithValue(strings.Trim(m.MessageID, "<>"))
	message.SetDateWithValue(m.CreatedAt.In(time.UTC))
	message.SetGenHeader("Auto-Submitted", "auto-generated")
	message.SetBodyString(smtp.TypeTextPlain, m.Plain)
	message.AddAlternativeString(smtp.TypeTextHTML, m.HTML)
	return message, nil
}

// longestReason is how much of a server's answer is kept.
const longestReason = 500

// reasonOf returns what the server or the network said, without what the mail's
// page shows anyway.
func reasonOf(err error) string {
	text := err.Error()
	if e, ok := err.(*smtp.SendError); ok { //nolint:errorlint // its own text, not that of what wraps it
		text = strings.TrimPrefix(text, e.Reason.String()+": ")
		text, _, _ = strings.Cut(text, ", affected recipient(s): ")
		text, _, _ = strings.Cut(text, ", affected message ID: ")
	}
	text = strings.TrimPrefix(text, "dial failed: ")
	// An answer comes as a code and a quoted text.
	if before, quoted, found := strings.Cut(text, ` "`); found {
		if answer, err := strconv.Unquote(`"` + quoted); err == nil {
			text = before + " " + answer
		}
	}
	text = oneLine(strings.ToValidUTF8(text, ""))
	if runes := []rune(text); len(runes) > longestReason {
		text = string(runes[:longestReason]) + "…"
	}
	return text
}

// oneLine replaces what would end a line, or could not be seen, by single spaces.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
