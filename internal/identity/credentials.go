package identity

import (
	"context"
	"fmt"

	"handover/internal/db"
)

// ended counts what endCredentials ended.
type ended struct{ Sessions, Tokens int }

// any reports whether anything that opened the account was ended.
func (e ended) any() bool { return e.Sessions+e.Tokens > 0 }

// record is what an audit entry keeps of it.
func (e ended) record() map[string]any {
	return map[string]any{"sessions_ended": e.Sessions, "tokens_revoked": e.Tokens}
}

// endCredentials ends everything that opens the account of a staff member: sessions, sign-ins
// half done, mailed links and API tokens. The session with the random id keep goes on; ""
// keeps none. Whatever changes how a person signs in, or what they may do, calls it, so that
// nothing that was handed out before outlives the change.
func endCredentials(ctx context.Context, q db.Querier, staffID int64, keep string) (ended, error) {
	var out ended
	if _, err := q.ExecContext(ctx, `delete from pending_sign_ins where staff_id = $1`, staffID); err != nil {
		return out, fmt.Errorf("end pending sign-ins: %w", err)
	}
	if err := dropLinks(ctx, q, `staff_id = $1`, staffID); err != nil {
		return out, err
	}
	err := q.GetContext(ctx, &out, `
		with gone as (delete from sessions where staff_id = $1 and id_hash <> $2 returning 1),
		     revoked as (update api_tokens set revoked_at = now() where staff_id = $1 and revoked_at is null
		                 returning 1)
		select (select count(*) from gone) as sessions,
		       (select count(*) from revoked) as tokens`, staffID, idHash(keep))
	if err != nil {
		return out, fmt.Errorf("end the sessions and tokens of a person: %w", err)
	}
	return out, nil
}
