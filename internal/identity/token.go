package identity

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// tokenPrefix begins every token, so that one that leaked is recognised.
const tokenPrefix = "hov_"

// UsualRate is how many requests a minute a token may make that says nothing else.
const UsualRate = 600

// Token is what a program signs in with, without its secret.
type Token struct {
	ID           int64          `db:"id"`
	StaffID      int64          `db:"staff_id"`
	Email        string         `db:"email"`
	Label        string         `db:"label"`
	Privileges   pq.StringArray `db:"privileges"` // empty = all of the staff member's role
	Networks     pq.StringArray `db:"networks"`   // empty = from anywhere
	PerMinute    *int           `db:"per_minute"` // nil = no limit
	ExpiresAt    *time.Time     `db:"expires_at"`
	CreatedAt    time.Time      `db:"created_at"`
	LastUsedAt   *time.Time     `db:"last_used_at"`
	LastUsedFrom string         `db:"last_used_from"`
	RevokedAt    *time.Time     `db:"revoked_at"`
}

const tokenColumns = `t.id, t.staff_id, s.email, t.label, coalesce(t.privileges, '{}') as privileges, t.networks, t.per_minute, t.expires_at, t.created_at,
	t.last_used_at, t.last_used_from, t.revoked_at`

// NewToken is what a token may do, and from where and until when.
type NewToken struct {
	Label      string
	Privileges []Privilege // empty = all of the role
	Networks   []netip.Prefix
	ExpiresAt  *time.Time
	PerMinute  *int // nil = no limit
}

// CreateToken makes a token for the staff member and returns its secret, which is shown
// only now. A privilege that they do not have is an Invalid fault.
func CreateToken(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s Staff, n NewToken) (string, error) {
	var wrong fault.Fields
	n.Label = strings.TrimSpace(n.Label)
	if n.Label == "" {
		wrong.Add("label", "name the program that will use it")
	}
	names := make([]string, 0, len(n.Privileges))
	for _, p := range n.Privileges {
		if !s.Can(p) {
			wrong.Add("privileges", "%s is no privilege of yours", p)
		}
		names = append(names, string(p))
	}
	if n.PerMinute != nil && *n.PerMinute < 1 {
		wrong.Add("per_minute", "%d requests a minute are too few; allow at least 1", *n.PerMinute)
	}
	if n.ExpiresAt != nil && n.ExpiresAt.Before(time.Now()) {
		wrong.Add("expires", "%s is over", n.ExpiresAt.Format("2 Jan 2006"))
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	networks := make([]string, 0, len(n.Networks))
	for _, p := range n.Networks {
		networks = append(networks, p.Masked().String())
	}
	secret := tokenPrefix + rand.Text() + rand.Text()
	ctx = db.Outside(ctx) // tokens are kept from pages
	return secret, db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var only any
		if len(names) > 0 {
			only = pq.Array(names)
		}
		_, err := tx.ExecContext(ctx, `
			insert into api_tokens (staff_id, label, token_hash, privileges, networks, per_minute, expires_at) values ($1, $2, $3, $4, $5, $6, $7)`,
			s.ID, n.Label, idHash(secret), only, pq.Array(networks), n.PerMinute, n.ExpiresAt)
		if err != nil {
			return fmt.Errorf("write the token: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "token.create", SubjectKind: "staff", Subject: s.Email,
			After: map[string]any{"label": n.Label, "privileges": names, "networks": networks, "expires_at": n.ExpiresAt, "per_minute": n.PerMinute},
		})
	})
}

// Tokens returns the staff member's tokens, the newest first.
func Tokens(ctx context.Context, pool *sqlx.DB, staffID int64) ([]Token, error) {
	var list []Token
	err := pool.SelectContext(db.Outside(ctx), &list, `
		select `+tokenColumns+` from api_tokens t join staff s on s.id = t.staff_id where t.staff_id = $1 order by t.id desc`, staffID)
	if err != nil {
		return nil, fmt.Errorf("read the tokens: %w", err)
	}
	return list, nil
}

// State says in a word whether the token opens anything at that moment.
func (t Token) State(now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case t.ExpiresAt != nil && !t.ExpiresAt.After(now):
		return "expired"
	}
	return "active"
}

// FindToken returns the token of that id; an unknown one is a NotFound fault.
func FindToken(ctx context.Context, pool *sqlx.DB, id int64) (Token, error) {
	var t Token
	err := pool.GetContext(db.Outside(ctx), &t, `select `+tokenColumns+` from api_tokens t join staff s on s.id = t.staff_id where t.id = $1`, id)
	if err != nil {
		return t, db.NotFound(fmt.Errorf("find the token: %w", err), "There is no such token.")
	}
	return t, nil
}

// RevokeToken ends a token of the staff member at once; one that is theirs no more is no error.
func RevokeToken(ctx context.Context, pool *sqlx.DB, actor audit.Actor, staffID, id int64) error {
	ctx = db.Outside(ctx)
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var t Token
		err := tx.GetContext(ctx, &t, `
			select `+tokenColumns+` from api_tokens t join staff s on s.id = t.staff_id where t.id = $1 and t.staff_id = $2 for update of t`, id, staffID)
		if err != nil {
			return db.NotFound(fmt.Errorf("find the token: %w", err), "There is no such token.")
		}
		if t.RevokedAt != nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `update api_tokens set revoked_at = now() where id = $1`, id); err != nil {
			return fmt.Errorf("revoke the token: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{Actor: actor, Action: "token.revoke", SubjectKind: "staff", Subject: t.Email, Before: map[string]any{"label": t.Label}})
	})
}

// Bearer is who asks with a token: the staff member, with what the token leaves them.
type Bearer struct {
	Staff
	Token Token
}

// ErrToken is the answer to a token that opens nothing, whatever the reason.
var ErrToken = fault.New(fault.Unauthorized, "The token is unknown, revoked or too old, or may not be used from here. Create one under Your account, and send it as Authorization: Bearer TOKEN.")

// ResumeToken returns who asks with the token from the address. ErrToken means that the
// token ended, its owner cannot sign in, or the address is not allowed.
func ResumeToken(ctx context.Context, q db.Querier, secret, address string) (Bearer, error) {
	var row struct {
		Staff
		TokenID    int64          `db:"token_id"`
		Label      string         `db:"label"`
		Privileges pq.StringArray `db:"privileges"`
		Networks   pq.StringArray `db:"networks"`
		PerMinute  *int           `db:"per_minute"`
		Stale      bool           `db:"stale"`
	}
	err := q.GetContext(ctx, &row, `
		select `+staffColumns+`, false as must_enrol, t.id as token_id, t.label, coalesce(t.privileges, '{}') as privileges, t.networks, t.per_minute,
		       coalesce(t.last_used_at < now() - interval '1 minute' or t.last_used_from <> $2, true) as stale
		from api_tokens t join `+staffTables+` on s.id = t.staff_id
		where t.token_hash = $1 and s.status = 'active' and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())`, idHash(secret), address)
	if err != nil {
		if failed := db.NotFound(err, ""); fault.Is(failed, fault.NotFound) {
			return Bearer{}, ErrToken
		}
		return Bearer{}, fmt.Errorf("look the token up: %w", err)
	}
	if !within(address, row.Networks) {
		return Bearer{}, ErrToken
	}
	for _, name := range row.Privileges {
		row.Only = append(row.Only, Privilege(name))
	}
	if row.Stale {
		if _, err := q.ExecContext(ctx, `update api_tokens set last_used_at = now(), last_used_from = $2 where id = $1`, row.TokenID, address); err != nil {
			return Bearer{}, fmt.Errorf("note the use of the token: %w", err)
		}
	}
	return Bearer{row.Staff, Token{ID: row.TokenID, StaffID: row.ID, Label: row.Label, PerMinute: row.PerMinute}}, nil
}

// within reports whether the address lies in one of the networks; no networks allow all.
func within(address string, networks []string) bool {
	if len(networks) == 0 {
		return true
	}
	from, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(networks, func(n string) bool {
		p, err := netip.ParsePrefix(n)
		return err == nil && p.Contains(from.Unmap())
	})
}

// Rate is how many requests of a minute are left, and for how long it lasts.
type Rate struct {
	Limit, Left int
	Reset       time.Duration
	Over        bool
}

// CountRequest counts a request of the token in this minute.
func CountRequest(ctx context.Context, q db.Querier, t Token) (Rate, error) {
	r := Rate{Limit: *t.PerMinute}
	var now struct {
		Made  int     `db:"made"`
		Reset float64 `db:"reset"`
	}
	err := q.GetContext(ctx, &now, `
		with old as (delete from api_requests where token_id = $1 and minute < date_trunc('minute', now()))
		insert into api_requests (token_id, minute, made) values ($1, date_trunc('minute', now()), 1)
		on conflict (token_id, minute) do update set made = api_requests.made + 1
		returning made, 60 - extract(second from now()) as reset`, t.ID)
	if err != nil {
		return r, fmt.Errorf("count the request: %w", err)
	}
	r.Left, r.Over = max(0, r.Limit-now.Made), now.Made > r.Limit
	r.Reset = time.Duration(now.Reset * float64(time.Second))
	return r, nil
}
