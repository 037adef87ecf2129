package webhooks

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
)

// record commits the result of the attempt, also when the process is stopping. When a
// message was tried for a day and nothing else got through meanwhile, it disables the
// endpoint and mails the administrators of its distributor.
func (s *Sender) record(ctx context.Context, m taken, o outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	now := s.Now()
	status, failures, next, delivered := Waiting, m.Failures, now, any(nil)
	if o.reason == "" {
		status, delivered = Delivered, now
	} else if failures++; o.final || failures > len(pauses) {
		status = Failed
	} else {
		next = now.Add(pauses[failures-1])
	}
	err := db.InTx(ctx, s.DB, func(tx *sqlx.Tx) error {
		// Only for the attempt that was made: a person may have asked for it again meanwhile.
		_, err := tx.ExecContext(ctx, `
			update webhook_deliveries set status = $3, failures = $4, next_attempt_at = $5, answered = $6,
			  last_error = $7, delivered_at = $8
			where id = $1 and attempts = $2
			  and status = 'waiting'`, m.ID, m.Attempt, status, failures, next, o.answered, o.reason, delivered)
		if err != nil {
			return err
		}
		if o.reason == "" {
			_, err = tx.ExecContext(ctx, `
				update webhook_endpoints set failing_since = null, failures = 0, retry_at = null
				where id = $1 and failing_since is not null`, m.EndpointID)
			return err
		}
		refused := 0
		if o.answered != 0 || !o.final { // a message that may not be sent says nothing about the endpoint
			if refused, err = backOff(ctx, tx, m, now); err != nil {
				return err
			}
		}
		switch {
		case o.gone:
			return s.disable(ctx, tx, m, now, o.reason)
		case !o.final && (status == Failed || refused > len(pauses)):
			return s.disable(ctx, tx, m, now.Add(-day()), fmt.Sprintf(msgNotTakenForADay, o.reason))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note what came of webhook message %d: %w", m.ID, err)
	}
	level := slog.LevelInfo
	if o.reason != "" {
		level = slog.LevelWarn
	}
	s.Log.LogAttrs(ctx, level, "webhook message sent", slog.Int64("message", m.ID), slog.String("event", m.Event),
		slog.Int64("endpoint", m.EndpointID),
		slog.String("status", status), slog.Int("attempt", m.Attempt), slog.Int("answered", o.answered),
		slog.String("reason", o.reason))
	return nil
}

// backOff notes that the endpoint took no message, and when it is tried again: after the pauses of
// a message, so that many that wait for a silent receiver cost no more than one. It returns how
// often the endpoint failed in a row. Attempts that began before the last failure was noted are the
// same failure, and the tests of a person are theirs.
func backOff(ctx context.Context, tx *sqlx.Tx, m taken, now time.Time) (failures int, err error) {
	var e struct {
		Failures int
		Since    *time.Time
		RetryAt  *time.Time `db:"retry_at"`
	}
	err = tx.GetContext(ctx, &e, `select failures, failing_since as since, retry_at from webhook_endpoints
		where id = $1 for no key update`, m.EndpointID)
	if err != nil {
		return 0, fmt.Errorf("read how often the endpoint failed: %w", err)
	}
	if e.Since == nil {
		e.Since = &now
	}
	if m.Event != Test && (e.RetryAt == nil || !m.began.Before(*e.RetryAt)) {
		e.Failures++
		at := now.Add(pauses[min(e.Failures, len(pauses))-1])
		e.RetryAt = &at
	}
	_, err = tx.ExecContext(ctx, `update webhook_endpoints set failing_since = $2, failures = $3, retry_at = $4
		where id = $1`, m.EndpointID, e.Since, e.Failures, e.RetryAt)
	if err != nil {
		return 0, fmt.Errorf("note that the endpoint failed: %w", err)
	}
	return e.Failures, nil
}

// day is how long a message is tried.
func day() time.Duration {
	var all time.Duration
	for _, p := range pauses {
		all += p
	}
	return all
}

// disable ends the endpoint if nothing was taken since that moment.
func (s *Sender) disable(ctx context.Context, tx *sqlx.Tx, m taken, since time.Time, reason string) error {
	done, err := tx.ExecContext(ctx, `
		update webhook_endpoints set status = 'disabled', reason = $3 where id = $1 and status = 'enabled'
		  and failing_since <= $2`, m.EndpointID, since, reason)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	err = audit.Append(ctx, tx, audit.Entry{
		Actor: audit.Actor{Name: "worker", DistributorID: m.DistributorID}, Action: "webhook.disabled",
		SubjectKind: "webhook", Subject: m.URL,
		Before: map[string]any{"status": Enabled}, After: map[string]any{"status": Disabled, "reason": reason},
	})
	if err != nil {
		return err
	}
	var people []int64
	err = tx.SelectContext(ctx, &people, `
		select id from staff where distributor_id = $1 and role = 'administrator' and status = 'active'
		  order by id`, m.DistributorID)
	if err != nil {
		return fmt.Errorf("find whom to tell: %w", err)
	}
	for _, id := range people {
		text := fmt.Sprintf("Handover sends no more messages to %s.\n\n%s\n\n"+
			"What has happened since waits. Repair the receiver, then enable the webhook under System > "+
			"Webhooks; what waits is sent then.", m.URL, reason)
		if err := s.Notify(ctx, tx, id, msgWasDisabled, text); err != nil {
			return err
		}
	}
	return nil
}
