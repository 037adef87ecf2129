package identity

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/notify"
)

// The ways in which one person gives another access (staff_origins). One person may be
// behind both accounts: docs/security.md, Control settings.
const (
	originInvited   = "invited"
	originLinkShown = "link_shown"
)

// keepOrigin keeps that a person gave another one access; a command (0) and oneself give
// nothing that is not there.
func keepOrigin(ctx context.Context, q db.Querier, staffID, from int64, how string) error {
	if staffID == 0 || from == 0 || from == staffID {
		return nil
	}
	_, err := q.ExecContext(ctx, `
		insert into staff_origins (staff_id, from_id, how) values ($1, $2, $3)
		on conflict (staff_id, from_id, how) do update set at = now()`, staffID, from, how)
	if err != nil {
		return fmt.Errorf("keep who gave access: %w", err)
	}
	return nil
}

// forgetShownLinks forgets who saw a link of the person: a password from the command line
// gives the account back to its owner.
func forgetShownLinks(ctx context.Context, q db.Querier, staffID int64) error {
	_, err := q.ExecContext(ctx, `delete from staff_origins where staff_id = $1 and how = $2`, staffID, originLinkShown)
	if err != nil {
		return fmt.Errorf("forget who saw a link: %w", err)
	}
	return nil
}

// RevealLink returns a mail with the link that is withheld otherwise (notify.Reveal). The
// manager can act as the recipient from then on, so the account's access begins anew.
func (o StaffService) RevealLink(ctx context.Context, by By, mailID int64) (notify.Mail, error) {
	seen := func(ctx context.Context, q db.Querier, staffID int64) error {
		if staffID == by.Actor.ID {
			return nil
		}
		if _, err := q.ExecContext(ctx, `update staff set access_since = now() where id = $1`, staffID); err != nil {
			return fmt.Errorf("begin a person's access anew: %w", err)
		}
		return keepOrigin(ctx, q, staffID, by.Actor.ID, originLinkShown)
	}
	return notify.Reveal(ctx, o.DB, o.Vault, by.Scope, by.Actor, mailID, seen)
}

// Inviter is who invited a staff member the last time.
type Inviter struct {
	Known bool   // false: added with handover staff add
	ID    int64  `db:"id"`   // 0 = outside the reader's scope
	Name  string `db:"name"` // "" = outside the reader's scope
}

// InviterOf returns who invited the staff member, as far as the scope goes.
func InviterOf(ctx context.Context, q db.Querier, scope accounts.Scope, staffID int64) (Inviter, error) {
	var w db.Where
	seen := scope.Condition(&w, "s.distributor_id")
	w.And("o.staff_id = ? and o.how = ?", staffID, originInvited)
	var found []Inviter
	err := q.SelectContext(ctx, &found, `
		select coalesce(s.id, 0) as id, coalesce(s.name, '') as name
		from staff_origins o left join staff s on s.id = o.from_id and (`+seen+`) `+
		w.SQL()+` order by o.at desc limit 1`, w.Args()...)
	if err != nil || len(found) == 0 {
		return Inviter{}, err
	}
	found[0].Known = true
	return found[0], nil
}
