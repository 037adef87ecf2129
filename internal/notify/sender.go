package notify

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/vault"
)

// Times of the sender; those that a test must shorten are fields of Sender.
const (
	pollEvery    = 2 * time.Second  // looks for due mails
	exchangeTime = time.Minute      // what connecting may take, and again what sending may take
	stopTime     = 10 * time.Second // how long a stopping process waits for a mail in progress
	recordTime   = 10 * time.Second // recording the result of a mail
	deadAfter    = 10 * time.Minute // a mail in sending for longer was left by a dead process
)

// pauses are the times between attempts; a mail that fails once more after the last
// has failed.
var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour,
	24 * time.Hour,
}

// Sender hands the mails of the outbox to a mail server. Any number of them may
// work on one database.
type Sender struct {
	DB      *sqlx.DB
	Vault   vault.Vault // of vault.MailedLinks
	SMTPURL string      // smtp://user:password@mail.example:587, or smtps:// for TLS from the start
	From    string      // "billing@aurora.example", or with a name for mails without a brand
	Log     *slog.Logger
	Now     func() time.Time
	TLS     *tls.Config   // nil = the authorities that the machine trusts
	Poll    time.Duration // 0 = every two seconds
	Timeout time.Duration // 0 = one minute
}

// Run sends what is due until the context ends. It returns an error only when the
// settings cannot be worked with.
func (s *Sender) Run(ctx context.Context) error {
	to, err := s.server()
	if err != nil {
		return err
	}
	every := s.Poll
	if every == 0 {
		every = pollEvery
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := s.round(ctx, to); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "mails were not sent", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round sends all mails that are due, until the server is not reached.
func (s *Sender) round(ctx context.Context, to server) error {
	if err := s.giveUpOnDead(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		m, found, err := s.take(ctx)
		if err != nil || !found {
			return err
		}
		o := s.send(ctx, to, m)
		if err := s.record(ctx, m, o); err != nil {
			return err
		}
		if o.unreachable {
			return nil
		}
	}
	return nil
}

// send hands the mail over. A stopping process waits a little for the server's answer;
// without one the delivery of the mail is unknown.
func (s *Sender) send(ctx context.Context, to server, m taken) outcome {
	if m.Sealed {
		return outcome{state: Failed, reason: msgNotUnseals}
	}
	done := make(chan outcome, 1)
	go func() { done <- to.deliver(context.WithoutCancel(ctx), m) }()
	select {
	case o := <-done:
		return o
	case <-ctx.Done():
	}
	select {
	case o := <-done:
		return o
	case <-time.After(stopTime):
		return outcome{state: Unconfirmed, reason: msgStoppedUnanswered}
	}
}

// giveUpOnDead marks the mails that a dead process left in sending.
func (s *Sender) giveUpOnDead(ctx context.Context) error {
	var left []taken
	err := db.InTx(ctx, s.DB, func(tx *sqlx.Tx) error {
		err := tx.SelectContext(ctx, &left, `
			update outbox set state = 'unconfirmed', sending_at = null, last_error = $2
			where state = 'sending' and sending_at < $1
			returning id, recipient,
			coalesce(number_of('TO', order_id), '') as order_number`, s.Now().Add(-deadAfter), msgStoppedUnnoted)
		for _, m := range left {
			if err == nil {
				err = came(ctx, tx, Unconfirmed, m.Recipient, m.Order, msgStoppedUnnoted)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("look for mails of dead processes: %w", err)
	}
	for _, m := range left {
		s.Log.WarnContext(ctx, "mail left behind by a process that died", slog.Int64("mail", m.ID))
	}
	return nil
}
