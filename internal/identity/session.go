package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"handover/internal/db"
)

// How long a session lives: from the last request, and at all.
const (
	IdleTime    = 60 * time.Minute
	SessionTime = 12 * time.Hour
)

// seenEvery is how often a session's row is touched; more often would be a
// write per request.
const seenEvery = time.Minute

// Client is where a request came from.
type Client struct {
	Address   string
	UserAgent string
	Device    string // random id that the browser keeps, "" = none
}

// maxUserAgent is how much of the browser's name is kept, in characters.
const maxUserAgent = 300

// shortAgent returns the browser's name as it is kept: what a browser sends need not be text.
func shortAgent(agent string) string {
	words := []rune(strings.ToValidUTF8(agent, "\uFFFD"))
	return string(words[:min(len(words), maxUserAgent)])
}

func idHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// proof is how a person showed who they are when their session began.
type proof string

const (
	byPassword     proof = "password" // and the second factor, where there is one
	bySingleSignOn proof = "single_sign_on"
)

// newToken returns a random id for a cookie, of more than 128 bits.
func newToken() string { return rand.Text() + rand.Text() }

// startSession makes a new session and returns its random id for the cookie.
func startSession(ctx context.Context, q db.Querier, staffID int64, c Client, b beginning) (string, error) {
	token := newToken()
	_, err := q.ExecContext(ctx, `
		insert into sessions (id_hash, staff_id, expires_at, address, user_agent, proof, proved_at)
		values ($1, $2, now() + make_interval(secs => $3), $4, $5, $6, case when $7::timestamptz is not null
		  then least($7::timestamptz, now()) end)`,
		idHash(token), staffID, SessionTime.Seconds(), c.Address, shortAgent(c.UserAgent), b.how, b.provedAt)
	if err != nil {
		return "", fmt.Errorf("start a session: %w", err)
	}
	return token, nil
}

// Resume returns who is signed in under a session's random id. A session that
// ended, or whose staff member is disabled, is not found.
func Resume(ctx context.Context, q db.Querier, token string) (Staff, error) {
	var row struct {
		Staff
		StaffSettings
		Stale bool `db:"stale"`
	}
	err := q.GetContext(ctx, &row, `
		select `+staffColumns+`, `+settingColumns+`, x.last_seen_at < now() - make_interval(secs => $3) as stale,
		       d.second_factor_required and x.proof = 'password' and not `+hasSecondFactor+` as must_enrol
		from sessions x join `+staffTables+`
		on s.id = x.staff_id left join staff_settings t on t.staff_id = s.id
		where x.id_hash = $1 and s.status = 'active' and x.expires_at > now()
		  and x.last_seen_at > now() - make_interval(secs => $2)`,
		idHash(token), IdleTime.Seconds(), seenEvery.Seconds())
	if err != nil {
		return Staff{}, db.NotFound(err, msgNotSignedIn)
	}
	if row.Stale {
		if _, err := q.ExecContext(ctx, `update sessions set last_seen_at = now() where id_hash = $1`,
			idHash(token)); err != nil {
			return Staff{}, fmt.Errorf("touch the session: %w", err)
		}
	}
	row.Staff.Settings = row.StaffSettings
	return row.Staff, nil
}

// endSession removes the session; one that is gone already is no error.
func endSession(ctx context.Context, q db.Querier, token string) error {
	_, err := q.ExecContext(ctx, `delete from sessions where id_hash = $1`, idHash(token))
	return err
}

// ForgetEnded removes sessions, sign-ins and mailed links that ended, and attempts and
// requests that count no more.
func ForgetEnded(ctx context.Context, q db.Querier) error {
	for _, table := range []string{"sessions", "pending_sign_ins", "single_sign_ons"} {
		if _, err := q.ExecContext(ctx, `delete from `+table+` where expires_at < now()`); err != nil {
			return fmt.Errorf("forget what ended in %s: %w", table, err)
		}
	}
	if err := dropLinks(ctx, q, `expires_at < now()`); err != nil {
		return err
	}
	_, err := q.ExecContext(ctx, `delete from sign_in_attempts where at < now() - make_interval(secs => $1)`,
		familiarFor.Seconds())
	if err != nil {
		return fmt.Errorf("forget sign-in attempts: %w", err)
	}
	if _, err := q.ExecContext(ctx, `delete from reset_requests where at < now() - make_interval(secs => $1)`,
		2*forgotWindow.Seconds()); err != nil {
		return fmt.Errorf("forget requests for links: %w", err)
	}
	if _, err := q.ExecContext(ctx, `delete from invitation_mails where at < now() - make_interval(secs => $1)`,
		2*invitationWindow.Seconds()); err != nil {
		return fmt.Errorf("forget invitations that were counted: %w", err)
	}
	return nil
}
