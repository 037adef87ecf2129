package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// Filter says which mails a list shows; its zero value shows all.
type Filter struct {
	Search string // part of recipient or subject, or an order's number
	State  State
}

// Mail is one mail of the outbox.
type Mail struct {
	Brand
	db.Key
	ID          int64      `db:"id"`
	Order       string     `db:"order_number"` // "" = none
	OrderID     int64      `db:"order_id"`
	Sender      string     `db:"sender"` // "" until it is sent for the first time
	Recipient   string     `db:"recipient"`
	Subject     string     `db:"subject"`
	Content                // in GetMail only, like HTML
	HTML        string     `db:"body_html"`
	MessageID   string     `db:"message_id"`
	State       State      `db:"state"`
	Attempts    int        `db:"attempts"`
	LastError   string     `db:"last_error"`
	NextAttempt time.Time  `db:"next_attempt_at"` // means something while it waits
	CreatedAt   time.Time  `db:"created_at"`
	SentAt      *time.Time `db:"sent_at"`
	HasSecret   bool       `db:"has_secret"` // a link that works, withheld from Plain and HTML
	Plain       string     `db:"-"`          // the mail as text
}

// listOrders are the orders of the list.
var listOrders = []db.Order{
	{Key: "created", Expr: "m.id", Type: "bigint"},
	{Key: "state", Expr: "m.state", Type: "text"},
	{Key: "recipient", Expr: "m.recipient", Type: "text"},
	{Key: "subject", Expr: "m.subject", Type: "text"},
	{Key: "attempts", Expr: "m.attempts", Type: "bigint"},
}

const (
	mailColumns = `m.id, coalesce(number_of('TO', m.order_id), '') as order_number,
		coalesce(m.order_id, 0) as order_id, m.sender, m.recipient, m.subject, m.message_id, m.state, m.attempts,
		m.last_error, m.next_attempt_at, m.created_at, m.sent_at, m.has_secret, coalesce(b.name, '') as brand_name,
		coalesce(b.primary_color, '') as brand_color`
	mailTables = `outbox m left join transfer_orders o on o.id = m.order_id left join staff x on x.id = m.staff_id
		left join brands b on b.id = m.brand_id`
)

// where adds the conditions of the list. A mail is written in the name of the
// distributor to whom the order goes, or for whom the staff member works, and is
// theirs to read.
func (f Filter) where(s accounts.Scope) *db.Where {
	w := new(db.Where)
	s.Apply(w, "coalesce(o.target_distributor_id, x.distributor_id)")
	if f.State != "" {
		w.And("m.state = ?", string(f.State))
	}
	if f.Search == "" {
		return w
	}
	if id, ok := accounts.ParseNumber("TO", f.Search); ok {
		w.And("m.order_id = ?", id)
		return w
	}
	like := "%" + db.Like(f.Search) + "%"
	w.And("m.recipient ilike ? or m.subject ilike ?", like, like)
	return w
}

// List returns a page of the mails that the reader may see and the filter keeps,
// the newest first unless the page says otherwise.
func List(ctx context.Context, q db.Querier, s accounts.Scope, f Filter, p db.Page) (db.Part[Mail], error) {
	k, err := db.NewKeyset(p, "m.id", "-", listOrders...)
	if err != nil {
		return db.Part[Mail]{}, err
	}
	w := f.where(s)
	k.Apply(w)
	var rows []Mail
	err = q.SelectContext(ctx, &rows, `select `+mailColumns+`, `+k.Columns()+` from `+mailTables+` `+w.SQL()+` `+
		k.Tail(), w.Args()...)
	if err != nil {
		return db.Part[Mail]{}, fmt.Errorf("list the outbox: %w", err)
	}
	return db.Cut(k, rows), nil
}

// Count returns how many mails the reader may see and the filter keeps.
func Count(ctx context.Context, q db.Querier, s accounts.Scope, f Filter) (db.Total, error) {
	w := f.where(s)
	return db.Count(ctx, q, `select from `+mailTables+` `+w.SQL(), w.Args()...)
}

// GetMail returns a mail with its content; HTML is what it is or will be sent with.
func GetMail(ctx context.Context, q db.Querier, s accounts.Scope, id int64) (Mail, error) {
	return getMail(ctx, q, s, id, "")
}

func getMail(ctx context.Context, q db.Querier, s accounts.Scope, id int64, lock string) (Mail, error) {
	w := Filter{}.where(s)
	w.And("m.id = ?", id)
	var m Mail
	err := q.GetContext(ctx, &m, `select `+mailColumns+`, m.body_text, m.linked, m.body_below, m.body_html from `+
		mailTables+` `+w.SQL()+` `+lock, w.Args()...)
	if err != nil {
		return m, db.NotFound(fmt.Errorf("read a mail: %w", err), msgNoMail)
	}
	m.Plain = m.Content.Plain("")
	if m.HTML == "" {
		m.HTML, err = m.Content.HTML(m.Subject, "", m.Brand)
	}
	return m, err
}

// show puts the link into both forms of the mail.
func (m *Mail) show(link string) (err error) {
	m.Plain = m.Content.Plain(link)
	m.HTML, err = m.Content.HTML(m.Subject, link, m.Brand)
	return err
}

// Resend lets a mail that failed or is unconfirmed be sent again, at once and with
// all its attempts. Another state is a Conflict fault.
func Resend(ctx context.Context, pool *sqlx.DB, s accounts.Scope, actor audit.Actor, id int64,
	now time.Time,
) (Mail, error) {
	var m Mail
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) (err error) {
		if m, err = getMail(ctx, tx, s, id, "for update of m"); err != nil {
			return err
		}
		if !m.State.Resendable() {
			return fault.New(fault.Conflict, msgNotResendable, m.Recipient, m.State)
		}
		if m.Linked && !m.HasSecret {
			return fault.New(fault.Conflict, msgLinkDead, m.Recipient)
		}
		_, err = tx.ExecContext(ctx, `
			update outbox set state = 'waiting', failures = 0, next_attempt_at = $2 where id = $1 and state = any($3)`,
			id, now, states(resendable))
		if err != nil {
			return fmt.Errorf("let a mail be sent again: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "mail.resend", SubjectKind: "mail", Subject: m.Recipient, OrderID: m.OrderID,
			Before: map[string]any{"state": m.State, "attempts": m.Attempts, "message_id": m.MessageID},
			After:  map[string]any{"state": Waiting},
		})
	})
	return m, err
}
