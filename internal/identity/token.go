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
	"handover/internal/names"
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
	ExpiresAt    time.Time      `db:"expires_at"`
	CreatedAt    time.Time      `db:"created_at"`
	LastUsedAt   *time.Time     `db:"last_used_at"`
	LastUsedFrom string         `db:"last_used_from"`
	RevokedAt    *time.Time     `db:"revoked_at"`
}

const tokenColumns = `t.id, t.staff_id, s.email, t.label, coalesce(t.privileges, '{}') as privileges, t.networks,
	t.per_minute, t.expires_at, t.created_at, t.last_used_at, t.last_used_from, t.revoked_at`

// How long a token opens anything: when nothing is said, and at most.
const (
	TokenDays    = 90
	MaxTokenDays = 366
)

// NewToken is what a token may do, and from where and until when.
type NewToken struct {
	Label      string
	Privileges []Privilege // empty = all of the role
	Networks   []netip.Prefix
	ExpiresAt  *time.Time // nil = TokenDays from now
	PerMinute  *int       // nil = no limit
}

// check notes what is wrong with the token for the staff member; a privilege that they do
// not have is wrong.
func (n *NewToken) check(s Staff, now time.Time) error {
	var wrong fault.Fields
	n.Label = strings.TrimSpace(n.Label)
	if n.Label == "" {
		wrong.Add("label", msgNameProgram)
	}
	if problem := names.Problem(n.Label); problem != "" {
		wrong.Add("label", "%s", problem)
	}
	for _, p := range n.Privileges {
		if !s.Can(p) {
			wrong.Add("privileges", msgNotYourPrivilege, p)
		}
	}
	if n.PerMinute != nil && *n.PerMinute < 1 {
		wrong.Add("per_minute", msgTooFewRequests, *n.PerMinute)
	}
	latest := now.AddDate(0, 0, MaxTokenDays)
	switch {
	case n.ExpiresAt == nil:
		end := now.AddDate(0, 0, TokenDays)
		n.ExpiresAt = &end
	case n.ExpiresAt.Before(now):
		wrong.Add("expires", msgDayOver, n.ExpiresAt.Format("2 Jan 2006"))
	case n.ExpiresAt.After(latest):
		wrong.Add("expires", msgDayTooFar, n.ExpiresAt.Format("2 Jan 2006"),
			latest.AddDate(0, 0, -1).Format("2 Jan 2006"))
	}
	return wrong.Err()
}

// CreateToken makes a token for a signed-in person who proves once more who they are: by the
// password or a fresh single sign-on, and by a code where they have a second factor. It
// returns the token's secret, which is shown only now, and mails the person. What is wrong
// with the token, the password or the code is an Invalid fault of its field.
func (d *Authenticator) CreateToken(ctx context.Context, s Staff, n NewToken, c Confirmation) (string, error) {
	if err := n.check(s, time.Now()); err != nil {
		return "", err
	}
	on, err := d.SignedOn(ctx, s, c.Session)
	if err != nil {
		return "", err
	}
	how := byPassword
	if on.Used {
		how = bySingleSignOn
	}
	if _, err := d.Confirm(ctx, s, c); err != nil {
		return "", err
	}
	var secret string
	ctx = db.WithoutScope(ctx) // tokens are kept from pages
	write := func(tx *sqlx.Tx) (err error) {
		secret, err = writeToken(ctx, tx, s.Actor(c.Client.Address), s, n, how)
		return err
	}
	if s.SecondFactor {
		err = d.withCode(ctx, s, c.Code, c.Client, write)
	} else {
		err = db.InTx(ctx, d.db, write)
	}
	return secret, err
}

// IssueToken makes a token for a staff member in the name of an operator at the command line
// and returns its secret, which is shown only now. The person gets a mail. A privilege that
// they do not have is an Invalid fault.
func IssueToken(ctx context.Context, pool *sqlx.DB, actor audit.Actor, s Staff, n NewToken) (secret string, err error) {
	if err := n.check(s, time.Now()); err != nil {
		return "", err
	}
	ctx = db.WithoutScope(ctx) // tokens are kept from pages
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) (err error) {
		secret, err = writeToken(ctx, tx, actor, s, n, byPassword)
		return err
	})
	return secret, err
}

// writeToken keeps a token that was checked, and tells its owner.
func writeToken(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, s Staff, n NewToken, how proof) (string, error) {
	names := make([]string, 0, len(n.Privileges))
	for _, p := range n.Privileges {
		names = append(names, string(p))
	}
	networks := make([]string, 0, len(n.Networks))
	for _, p := range n.Networks {
		networks = append(networks, p.Masked().String())
	}
	var only any
	if len(names) > 0 {
		only = pq.Array(names)
	}
	secret := tokenPrefix + rand.Text() + rand.Text()
	_, err := tx.ExecContext(ctx, `
		insert into api_tokens (staff_id, label, token_hash, privileges, networks, per_minute, expires_at, proof)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, n.Label, idHash(secret), only, pq.Array(networks), n.PerMinute, n.ExpiresAt, how)
	if err != nil {
		return "", fmt.Errorf("write the token: %w", err)
	}
	if err := s.tell(ctx, tx, actor, tokenCreated); err != nil {
		return "", err
	}
	return secret, audit.Append(ctx, tx, audit.Entry{
		Actor: actor, Action: "token.create", SubjectKind: "staff", Subject: s.Email,
		After: map[string]any{
			"label": n.Label, "privileges": names, "networks": networks, "expires_at": n.ExpiresAt,
			"per_minute": n.PerMinute,
		},
	})
}

// Tokens returns the staff member's tokens, the newest first.
func Tokens(ctx context.Context, pool *sqlx.DB, staffID int64) ([]Token, error) {
	var list []Token
	err := pool.SelectContext(db.WithoutScope(ctx), &list, `
		select `+tokenColumns+` from api_tokens t join staff s on s.id = t.staff_id where t.staff_id = $1
		order by t.id desc`, staffID)
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
	case !t.ExpiresAt.After(now):
		return "expired"
	}
	return "active"
}

// FindToken returns the token of that id; an unknown one is a NotFound fault.
func FindToken(ctx context.Context, pool *sqlx.DB, id int64) (Token, error) {
	var t Token
	err := pool.GetContext(db.WithoutScope(ctx), &t, `select `+tokenColumns+` from api_tokens t
		join staff s on s.id = t.staff_id where t.id = $1`, id)
	if err != nil {
		return t, db.NotFound(fmt.Errorf("find the token: %w", err), msgNoToken)
	}
	return t, nil
}

// RevokeToken ends a token of the staff member at once; one that is theirs no more is no error.
func RevokeToken(ctx context.Context, pool *sqlx.DB, actor audit.Actor, staffID, id int64) error {
	ctx = db.WithoutScope(ctx)
	return db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var t Token
		err := tx.GetContext(ctx, &t, `
			select `+tokenColumns+` from api_tokens t join staff s on s.id = t.staff_id
			where t.id = $1 and t.staff_id = $2 for update of t`, id, staffID)
		if err != nil {
			return db.NotFound(fmt.Errorf("find the token: %w", err), msgNoToken)
		}
		if t.RevokedAt != nil {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `update api_tokens set revoked_at = now() where id = $1`, id); err != nil {
			return fmt.Errorf("revoke the token: %w", err)
		}
		return audit.Append(ctx, tx, audit.Entry{
			Actor: actor, Action: "token.revoke", SubjectKind: "staff",
			Subject: t.Email, Before: map[string]any{"label": t.Label},
		})
	})
}

// Bearer is who asks with a token: the staff member, with what the token leaves them.
type Bearer struct {
	Staff
	Token Token
}

// ErrToken is the answer to a token that opens nothing, whatever the reason.
var ErrToken = fault.New(fault.Unauthorized, msgTokenUnknown)

// ResumeToken returns who asks with the token from the address. ErrToken means that the
// token ended, its owner cannot sign in or must set up a second factor first, or the address
// is not allowed.
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
		select `+staffColumns+`, false as must_enrol, t.id as token_id, t.label,
		       coalesce(t.privileges, '{}') as privileges, t.networks, t.per_minute,
		       coalesce(t.last_used_at < now() - interval '1 minute' or t.last_used_from <> $2, true) as stale
		from api_tokens t join `+staffTables+` on s.id = t.staff_id
		where t.token_hash = $1 and s.status = 'active' and t.revoked_at is null and t.expires_at > now()
		  and not (d.second_factor_required and t.proof = 'password'
		           and not `+hasSecondFactor+`)`, idHash(secret), address)
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
		if _, err := q.ExecContext(ctx,
			`update api_tokens set last_used_at = now(), last_used_from = $2 where id = $1`, row.TokenID,
			address); err != nil {
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
