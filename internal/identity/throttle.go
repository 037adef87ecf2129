package identity

import (
	"context"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/network"
)

// Failures within the window after which sign-in is refused without looking at
// the password. A pair is an account with the browser, or else the address, from
// which it is tried, and counts from its last success. Addresses count by their
// network (network.Of). The other two do not hold for a pair that signed in
// before: an attacker elsewhere, or a colleague behind the same address, does not
// lock the true owner out.
const (
	window      = 15 * time.Minute
	maxPair     = 5
	maxAccount  = 20
	maxAddress  = 50
	familiarFor = 90 * 24 * time.Hour
)

// attempts are what the throttle counts of one account, browser and address.
type attempts struct {
	KnownDevice  bool `db:"known_device"`  // the browser signed in to the account before
	KnownAddress bool `db:"known_address"` // so did another person at the address
	Device       int  `db:"device"`        // failures of the account with the browser
	Pair         int  `db:"pair"`          // failures of the account at the address
	Account      int  `db:"account"`
	Address      int  `db:"address"`
}

// tooMany is the one rule of who has to wait. A browser that signed in before is judged by
// its own failures alone, wherever it is now and however often others fail there.
func (n attempts) tooMany() bool {
	switch {
	case n.KnownDevice:
		return n.Device >= maxPair
	case n.KnownAddress:
		return n.Pair >= maxPair
	default:
		return n.Pair >= maxPair || n.Account >= maxAccount || n.Address >= maxAddress
	}
}

// checkThrottle returns a fault when too many attempts failed.
func checkThrottle(ctx context.Context, q db.Querier, c Credentials) error {
	n, err := countAttempts(ctx, q, c)
	if err == nil && n.tooMany() {
		err = tooManyFault()
	}
	return err
}

func tooManyFault() error { return fault.New(fault.Invalid, msgTooManySignIns, int(window.Minutes())) }

// countAttempts counts for the throttle.
func countAttempts(ctx context.Context, q db.Querier, c Credentials) (n attempts, err error) {
	err = q.GetContext(ctx, &n, `
		with mine as (
		    select max(at) filter (where device = $5) as by_device, max(at) filter (where address = $2) as by_address
		    from sign_in_attempts
		    where lower(email) = lower($1) and succeeded and at > now() - make_interval(secs => $4)
		), failed as (
		    select at, address, device from sign_in_attempts
		    where lower(email) = lower($1) and not succeeded and at > now() - make_interval(secs => $3)
		)
		select m.by_device is not null as known_device, m.by_address is not null as known_address,
		    (select count(*) from failed f
		     where f.device = $5 and f.at > coalesce(m.by_device, f.at - interval '1 second')) as device,
		    (select count(*) from failed f
		     where f.address = $2 and f.at > coalesce(m.by_address, f.at - interval '1 second')) as pair,
		    (select count(*) from failed) as account,
		    (select count(*) from sign_in_attempts
		     where address = $2 and not succeeded and at > now() - make_interval(secs => $3)) as address
		from mine m`,
		c.Email, network.Of(c.Client.Address), window.Seconds(), familiarFor.Seconds(), deviceHash(c.Client.Device))
	if err != nil {
		return n, fmt.Errorf("count sign-in attempts: %w", err)
	}
	return n, nil
}

func noteAttempt(ctx context.Context, q db.Querier, c Credentials, succeeded bool) error {
	_, err := q.ExecContext(ctx, `insert into sign_in_attempts (email, address, device, succeeded)
		values ($1, $2, $3, $4)`,
		c.Email, network.Of(c.Client.Address), deviceHash(c.Client.Device), succeeded)
	if err != nil {
		return fmt.Errorf("note a sign-in attempt: %w", err)
	}
	return nil
}

// deviceHash returns what is kept of a browser's id, nil for none.
func deviceHash(device string) any {
	if device == "" {
		return nil
	}
	return idHash(device)
}
