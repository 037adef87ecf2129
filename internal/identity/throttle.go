package identity

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// Failures within the window after which sign-in is refused without looking at
// the password. The pair (account, address) counts from its last success. The
// other two do not hold for a pair that signed in before: an attacker elsewhere,
// or a colleague behind the same address, does not lock the true owner out.
const (
	window      = 15 * time.Minute
	maxPair     = 5
	maxAccount  = 20
	maxAddress  = 50
	familiarFor = 90 * 24 * time.Hour
)

// checkThrottle returns a fault when too many attempts failed.
func checkThrottle(ctx context.Context, q db.Querier, c Credentials) error {
	var n struct {
		Pair     int  `db:"pair"`
		Account  int  `db:"account"`
		Address  int  `db:"address"`
		Familiar bool `db:"familiar"`
	}
	err := q.GetContext(ctx, &n, `
		with mine as (
		    select max(at) as last_success from sign_in_attempts
		    where lower(email) = lower($1) and address = $2 and succeeded
		      and at > now() - make_interval(secs => $4)
		)
		select
		    (select count(*) from sign_in_attempts
		     where lower(email) = lower($1) and address = $2 and not succeeded
		       and at > greatest(now() - make_interval(secs => $3), (select last_success from mine))) as pair,
		    (select count(*) from sign_in_attempts
		     where lower(email) = lower($1) and not succeeded and at > now() - make_interval(secs => $3)) as account,
		    (select count(*) from sign_in_attempts
		     where address = $2 and not succeeded and at > now() - make_interval(secs => $3)) as address,
		    (select last_success is not null from mine) as familiar`,
		c.Email, c.Client.Address, window.Seconds(), familiarFor.Seconds())
	if err != nil {
		return fmt.Errorf("count sign-in attempts: %w", err)
	}
	if n.Pair >= maxPair || !n.Familiar && (n.Account >= maxAccount || n.Address >= maxAddress) {
		return fault.New(fault.Invalid, "Too many sign-ins failed. Wait %d minutes, then try again.", int(window.Minutes()))
	}
	return nil
}

func noteAttempt(ctx context.Context, q db.Querier, c Credentials, succeeded bool) error {
	_, err := q.ExecContext(ctx, `insert into sign_in_attempts (email, address, succeeded) values ($1, $2, $3)`,
		c.Email, c.Client.Address, succeeded)
	if err != nil {
		return fmt.Errorf("note a sign-in attempt: %w", err)
	}
	return nil
}
