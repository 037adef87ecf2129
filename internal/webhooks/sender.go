package webhooks

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/vault"
)

// Times of the sender; those that a test must shorten are fields of Sender.
const (
	pollEvery  = time.Second      // looks for due messages
	answerTime = 15 * time.Second // a receiver may take
	takenFor   = time.Minute      // a message of a process that died is sent again after this
	recordTime = 10 * time.Second // recording the result of a message
)

// pauses are the times between attempts, a day in all; a message that fails once more after
// the last has failed.
var pauses = []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
	8 * time.Hour, 8 * time.Hour,
}

// Sender sends the messages that are due. Any number of them may work on one database.
type Sender struct {
	DB      *sqlx.DB
	Vault   vault.Vault
	Allowed Networks
	// Payload returns what a message says: as the distributor may see it, at this moment. A
	// NotFound fault means that they do not see it any more.
	Payload func(ctx context.Context, m Message) ([]byte, error)
	// Notify writes to a staff member, in the transaction of the change.
	Notify  func(ctx context.Context, q db.Querier, staffID int64, subject, text string) error
	Log     *slog.Logger
	Now     func() time.Time
	Poll    time.Duration // 0 = every second
	Timeout time.Duration // 0 = 15 seconds
}

// Message is the body and the endpoint of a delivery.
type Message struct {
	Event          string    `db:"event"`
	DistributorID  int64     `db:"distributor_id"`
	OfProvider     bool      `db:"of_provider"`
	OrderID        int64     `db:"order_id"`        // 0 = a test
	SubscriptionID int64     `db:"subscription_id"` // 0 = none
	OccurredAt     time.Time `db:"occurred_at"`
}

// taken is a message that this process is sending.
type taken struct {
	Message
	ID             int64      `db:"id"`
	EndpointID     int64      `db:"endpoint_id"`
	URL            string     `db:"url"`
	MessageID      string     `db:"message_id"`
	Payload        *string    `db:"payload"`
	Attempt        int        `db:"attempts"` // this one included
	Failures       int        `db:"failures"`
	Secret         []byte     `db:"secret"`
	OldSecret      []byte     `db:"old_secret"`
	OldSecretUntil *time.Time `db:"old_secret_until"`
	began          time.Time
}

// outcome is the result of an attempt.
type outcome struct {
	answered int    // HTTP status, 0 = none
	reason   string // "" = it was taken
	final    bool   // trying again is of no use
	gone     bool   // the receiver wants no more messages
}

// Run sends what is due until the context ends, then waits for the messages under way.
func (s *Sender) Run(ctx context.Context) {
	every := s.Poll
	if every == 0 {
		every = pollEvery
	}
	to := s.Allowed.clients(s.timeout())
	defer to.close()
	in := newSlots()
	defer in.sending.Wait()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		started, err := s.start(ctx, in, to)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "webhook messages were not sent", slog.Any("error", err))
		}
		freed := in.freed
		if !started { // what waits is due later, or has no slot: a free one changes nothing before the next look
			freed = nil
		}
		select {
		case <-ctx.Done():
			return
		case <-freed:
		case <-tick.C:
		}
	}
}

func (s *Sender) timeout() time.Duration {
	if s.Timeout != 0 {
		return s.Timeout
	}
	return answerTime
}

// start sends messages that are due in the free slots, and reports whether there were any.
func (s *Sender) start(ctx context.Context, in *slots, to clients) (started bool, err error) {
	list, err := s.take(ctx, in)
	if err != nil {
		return false, err
	}
	for _, m := range list {
		in.start(m, func() {
			if err := s.record(ctx, m, s.send(ctx, to.of(m.DistributorID, m.OfProvider), m)); err != nil {
				s.Log.ErrorContext(ctx, "the result of a webhook message was not kept", slog.Any("error", err))
			}
		})
	}
	return len(list) > 0, nil
}

// send makes one attempt. It continues when the process is stopping: the answer is near.
func (s *Sender) send(ctx context.Context, client *http.Client, m taken) outcome {
	ctx = context.WithoutCancel(ctx)
	body, err := s.body(ctx, m)
	if fault.Is(err, fault.NotFound) {
		return outcome{reason: msgOrderOutOfScope, final: true}
	}
	if err != nil {
		s.Log.ErrorContext(ctx, "a webhook message was not written", slog.Int64("message", m.ID),
			slog.Any("error", err))
		return outcome{reason: msgNotWritten}
	}
	signatures, err := s.sign(m, body)
	if err != nil {
		s.Log.ErrorContext(ctx, "a webhook message was not signed", slog.Int64("message", m.ID), slog.Any("error", err))
		return outcome{reason: msgSecretUnreadable}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(body))
	if err != nil {
		return outcome{reason: fmt.Sprintf(msgAddressUnusable, err)}
	}
	request.Header = http.Header{
		"Content-Type": {"application/json"}, "User-Agent": {"Handover"}, "Webhook-Id": {m.MessageID},
		"Webhook-Timestamp": {signatures.at}, "Webhook-Signature": {signatures.text},
	}
	response, err := client.Do(request)
	if err != nil {
		return outcome{reason: reasonOf(err)}
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10) // so that the connection can be used again
	return answeredWith(response.StatusCode)
}

// answeredWith says what an HTTP status means.
func answeredWith(status int) outcome {
	switch {
	case status >= 200 && status < 300:
		return outcome{answered: status}
	case status == http.StatusGone:
		return outcome{answered: status, reason: msgReceiverGone, final: true, gone: true}
	case status >= 300 && status < 400:
		return outcome{answered: status, reason: fmt.Sprintf(msgReceiverRedirects, status)}
	}
	return outcome{answered: status, reason: fmt.Sprintf(msgReceiverAnswered, status)}
}

// reasonOf says why there was no answer.
func reasonOf(err error) string {
	if r, ok := errors.AsType[refusal](err); ok {
		return fmt.Sprintf(msgNotSent, r.sentence)
	}
	if timed, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timed.Timeout() {
		return msgReceiverTimeout
	}
	if inner := errors.Unwrap(err); inner != nil { // without the method and the address
		err = inner
	}
	return fmt.Sprintf(msgReceiverUnreachable, err)
}

// body returns what is sent: what was sent first, so that each attempt says the same.
func (s *Sender) body(ctx context.Context, m taken) ([]byte, error) {
	if m.Payload != nil {
		return []byte(*m.Payload), nil
	}
	body, err := s.Payload(ctx, m.Message)
	if err != nil {
		return nil, err
	}
	if _, err := s.DB.ExecContext(ctx, `update webhook_deliveries set payload = $2 where id = $1`, m.ID,
		string(body)); err != nil {
		return nil, fmt.Errorf("keep what is sent: %w", err)
	}
	return body, nil
}

type signatures struct{ at, text string }

// sign signs with the secret, and with the former one while it is valid.
func (s *Sender) sign(m taken, body []byte) (signatures, error) {
	now := s.Now()
	out := signatures{at: strconv.FormatInt(now.Unix(), 10)}
	sealed := [][]byte{m.Secret}
	if m.OldSecretUntil != nil && now.Before(*m.OldSecretUntil) {
		sealed = append(sealed, m.OldSecret)
	}
	for _, x := range sealed {
		secret, err := s.Vault.Open(m.EndpointID, x)
		if err != nil {
			return out, err
		}
		hook, err := standard.NewWebhook(secret)
		if err != nil {
			return out, err
		}
		signature, err := hook.Sign(m.MessageID, now, body)
		if err != nil {
			return out, err
		}
		if out.text != "" {
			out.text += " "
		}
		out.text += signature
	}
	return out, nil
}
