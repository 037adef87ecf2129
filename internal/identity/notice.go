package identity

import (
	"context"
	"fmt"
	"time"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/notify"
)

// Notices are mails to a person about changes of their sign-in, so that they learn of a
// change by another person.
const (
	passwordChanged = "Your password was changed"
	factorOn        = "Your second factor was turned on"
	factorOff       = "Your second factor was turned off"
	factorReset     = "Your second factor was reset"
	codesRenewed    = "Your recovery codes were replaced"
	tokenCreated    = "An API token was created for your account"
)

// tell writes the notice into the outbox, in the transaction of the change. It names the
// actor if that was another person.
func (s Staff) tell(ctx context.Context, q db.Querier, actor audit.Actor, what string) error {
	whence := ""
	if actor.ID != s.ID {
		whence = " by " + actor.Name
	} else if actor.Address != "" {
		whence = " from the network address " + actor.Address
	}
	_, err := notify.Write(ctx, q, notify.StaffMail{
		StaffID: s.ID, Subject: what,
		Text: fmt.Sprintf("Hello %s,\n\n%s%s on %s.\n\nIf that is not what you expect, choose another password "+
			"under Forgot password on the sign-in page, and tell your administrator.\n\n%s\n",
			s.Name, what, whence, time.Now().UTC().Format("2 January 2006 at 15:04 MST"), s.DistributorName),
	})
	return err
}
