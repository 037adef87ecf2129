package notify

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
)

// Brand is in whose name and colour a mail is written; the zero value is none.
type Brand struct {
	Name  string `db:"brand_name"`
	Color string `db:"brand_color"` // #1f5eff, or ""
}

// taken is a mail that this process is sending.
type taken struct {
	Brand
	ID        int64  `db:"id"`
	Order     string `db:"order_number"` // "" = none
	Sender    string `db:"sender"`
	Recipient string `db:"recipient"`
	Subject   string `db:"subject"`
	Content
	Plain     string    `db:"-"` // as it goes out, like HTML
	HTML      string    `db:"body_html"`
	Secret    []byte    `db:"secret"`     // its link, sealed; nil = none
	Sealed    bool      `db:"-"`          // under another key than this process has
	MessageID string    `db:"message_id"` // with its angle brackets
	Attempt   int       `db:"attempts"`   // this one included
	Failures  int       `db:"failures"`
	CreatedAt time.Time `db:"created_at"`
}

// outcome is the result of handing a mail over.
type outcome struct {
	state       State  // Sent, Unconfirmed, Failed for good, or Waiting for the next attempt
	reason      string // "" = none
	unreachable bool   // no other mail would get through either
}

// take takes the mail that is due for longest, and commits that it is being sent
// with the sender and the HTML that it goes out with.
func (s *Sender) take(ctx context.Context) (m taken, found bool, err error) {
	now := s.Now()
	err = db.InTx(ctx, s.DB, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &m, `
			select m.id, coalesce(number_of('TO', m.order_id), '') as order_number, m.sender, m.recipient,
			       m.subject, m.body_text, m.linked, m.body_below, m.body_html, m.secret, m.message_id,
			       m.attempts + 1 as attempts, m.failures, m.created_at, coalesce(b.name, '') as brand_name,
			       coalesce(b.primary_color, '') as brand_color
			from outbox m left join brands b on b.id = m.brand_id
			where m.state = 'waiting' and m.next_attempt_at <= $1
			order by m.next_attempt_at, m.id limit 1 for update of m skip locked`, now)
		if err != nil {
			return err
		}
		if m.Sender == "" {
			m.Sender = s.senderOf(m.Brand)
		}
		if m.HTML == "" {
			if m.HTML, err = m.Content.HTML(m.Subject, "", m.Brand); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			update outbox set state = 'sending', sending_at = $2, attempts = $3, sender = $4, body_html = $5
			where id = $1`,
			m.ID, now, m.Attempt, m.Sender, m.HTML)
		if err != nil {
			return err
		}
		return s.address(&m)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	if err != nil {
		return m, false, fmt.Errorf("take a mail from the outbox: %w", err)
	}
	return m, true, nil
}

// address puts the link into the mail, after it was kept without.
func (s *Sender) address(m *taken) error {
	if m.Secret == nil {
		m.Plain = m.Content.Plain("")
		return nil
	}
	link, err := s.Vault.Open(m.ID, m.Secret)
	if err != nil { // the mail fails; others go on
		m.Sealed = true
		return nil
	}
	m.Plain = m.Content.Plain(link)
	m.HTML, err = m.Content.HTML(m.Subject, link, m.Brand)
	return err
}

// senderOf returns the sender's address under the name of the brand.
func (s *Sender) senderOf(b Brand) string {
	address, err := mail.ParseAddress(s.From)
	if err != nil || b.Name == "" { // what is no address was refused by server
		return s.From
	}
	address.Name = oneLine(b.Name)
	return address.String()
}

// record commits the result of the mail, also when the process is stopping.
func (s *Sender) record(ctx context.Context, m taken, o outcome) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	now := s.Now()
	failures, next := m.Failures, now
	if o.state == Waiting {
		if failures++; failures > len(pauses) {
			o.state = Failed
		} else {
			next = now.Add(pauses[failures-1])
		}
	}
	noted := false
	err := db.InTx(ctx, s.DB, func(tx *sqlx.Tx) error {
		// Only for the attempt that was made: a person may have said Resend meanwhile.
		result, err := tx.ExecContext(ctx, `
			update outbox set state = $3, sending_at = null, sent_at = case when $3 = 'sent' then $4::timestamptz end,
			       failures = $5, next_attempt_at = $6, last_error = $7,
			       secret = case when $3 = 'sent' then null else secret end
			where id = $1 and attempts = $2 and state = any($8)`,
			m.ID, m.Attempt, string(o.state), now, failures, next, o.reason, o.state.after())
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if noted = changed == 1; err != nil || !noted || o.state == Waiting {
			return err
		}
		return came(ctx, tx, o.state, m.Recipient, m.Order, o.reason)
	})
	if err != nil {
		return fmt.Errorf("note what came of mail %d: %w", m.ID, err)
	}
	level := slog.LevelInfo
	if o.state != Sent {
		level = slog.LevelWarn
	}
	s.Log.LogAttrs(ctx, level, "mail handed over", slog.Int64("mail", m.ID), slog.String("order", m.Order),
		slog.String("state", string(o.state)),
		slog.Int("attempt", m.Attempt), slog.String("reason", o.reason), slog.Bool("noted", noted))
	return nil
}

// came writes the result of a mail that was handed over to the audit log: it was sent,
// given up, or its delivery is unknown.
func came(ctx context.Context, q db.Querier, state State, recipient, order, reason string) error {
	orderID, _ := accounts.ParseNumber("TO", order) // 0 = a mail without an order
	after := map[string]string{"state": string(state)}
	if reason != "" {
		after["reason"] = reason
	}
	return audit.Append(ctx, q, audit.Entry{
		Actor: audit.Actor{Name: "worker"}, Action: "mail." + string(state), SubjectKind: "mail", Subject: recipient,
		OrderID: orderID,
		Before:  map[string]string{"state": string(Sending)}, After: after,
	})
}
