package notify

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/vault"
)

// StaffMail is a mail to a staff member, in the brand of their distributor. A mail with a link
// that opens something (WriteLink) has it in a line of its own between Text and Below.
type StaffMail struct {
	StaffID int64
	Subject string
	Text    string
	Below   string // in a mail with a link only
}

// Write puts the mail into the outbox and returns its id. Call it in the transaction of
// the change that the mail is about.
func Write(ctx context.Context, q db.Querier, m StaffMail) (int64, error) {
	var id int64
	err := q.GetContext(ctx, &id, `
		insert into outbox (staff_id, brand_id, recipient, subject, body_text, message_id)
		select s.id, d.brand_id, s.email, $2, $3, $4 from staff s join distributors d on d.id = s.distributor_id
		where s.id = $1
		returning id`, m.StaffID, m.Subject, m.Text, fmt.Sprintf("<staff.%s@handover>", rand.Text()))
	if err != nil {
		return 0, fmt.Errorf("write a mail to a staff member: %w", err)
	}
	return id, nil
}

// WriteLink is Write of a mail with a link that opens something. The link is sealed: only a
// process with the session key reads it.
func WriteLink(ctx context.Context, q db.Querier, secrets vault.Vault, m StaffMail, link string) (int64, error) {
	id, err := Write(ctx, q, m)
	if err != nil {
		return 0, err
	}
	_, err = q.ExecContext(ctx, `update outbox set linked = true, body_below = $2, secret = $3 where id = $1`, id,
		m.Below, secrets.Close(id, link))
	if err != nil {
		return 0, fmt.Errorf("write the link of a mail: %w", err)
	}
	return id, nil
}

// Revoke forgets the secrets of mails whose link is dead: used, withdrawn, replaced or
// too old. One that still waits is not sent any more.
func Revoke(ctx context.Context, q db.Querier, ids []int64) error {
	_, err := q.ExecContext(ctx, `
		update outbox set secret = null, state = case when state = any($2) then 'failed' else state end,
		       last_error = case when state = any($2) then $3 else last_error end
		where id = any($1)`, pq.Array(ids), states(revocable),
		msgLinkOver)
	if err != nil {
		return fmt.Errorf("forget the secrets of mails: %w", err)
	}
	return nil
}

// Reveal returns the mail with the link that is withheld otherwise, and records who saw
// it: a reader of the link can act as its recipient. It calls seen with the recipient's id
// in the same transaction. A mail without a link is a Conflict fault.
func Reveal(
	ctx context.Context, pool *sqlx.DB, secrets vault.Vault, s accounts.Scope, actor audit.Actor, id int64,
	seen func(ctx context.Context, q db.Querier, staffID int64) error,
) (Mail, error) {
	var m Mail
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) (err error) {
		m, err = getMail(ctx, tx, s, id, "")
		return err
	})
	if err != nil {
		return m, err
	}
	ctx = db.WithoutScope(ctx) // found in the scope; the link itself is kept from pages
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) (err error) {
		if m, err = getMail(ctx, tx, s, id, "for update of m"); err != nil {
			return err
		}
		var link struct {
			Secret  []byte `db:"secret"`
			StaffID int64  `db:"staff_id"`
		}
		if err := tx.GetContext(ctx, &link,
			`select secret, coalesce(staff_id, 0) as staff_id from outbox where id = $1`, id); err != nil {
			return fmt.Errorf("read the link of a mail: %w", err)
		}
		if link.Secret == nil {
			return fault.New(fault.Conflict, msgNoLink, m.Recipient)
		}
		address, err := secrets.Open(id, link.Secret)
		if err != nil {
			return fault.New(fault.Conflict, msgOtherKey, m.Recipient)
		}
		if err := m.show(address); err != nil {
			return err
		}
		if err := seen(ctx, tx, link.StaffID); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "mail.reveal_link", SubjectKind: "mail", Subject: m.Recipient,
			After: map[string]any{"message_id": m.MessageID},
		})
	})
	return m, err
}
