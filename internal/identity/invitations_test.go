package identity_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

// inviteTo invites the address to a distributor in the name of one of its people.
func (c channel) inviteTo(ctx context.Context, who testdb.Staff, distributor int64, email,
	name string,
) (identity.Staff, error) {
	return c.service.Invite(ctx, c.by(who), identity.Invitation{
		Email: email, Change: identity.Change{Name: name, Role: identity.Support, DistributorID: distributor},
	})
}

func TestOpenInvitationBlocksNoOtherDistributor(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	const email = "both@elsewhere.example"
	if _, err := c.inviteTo(t.Context(), c.boss, c.world.Provider.ID, email, "Both"); err != nil {
		t.Fatal(err)
	}
	first := c.lastToken()
	behind := c.by(c.second).Scope.In(t.Context(), c.second.ID)
	own, err := c.inviteTo(behind, c.second, c.reseller.ID, email, "Both")
	if err != nil {
		t.Fatalf("an invitation of the provider blocks the reseller's: %v", err)
	}
	second := c.lastToken()
	if _, err := c.inviteTo(behind, c.second, c.reseller.ID, strings.ToUpper(email),
		"Both"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a second one of the same distributor: %v", err)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForInvitation, first, chosen, fromHome); err != nil {
		t.Fatal(err)
	}
	// The reseller's invitation still names the address: nothing of it reaches the account.
	if _, err := c.service.ResetSecondFactor(behind, c.by(c.second), own.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("resetting the second factor of an invitation: %v", err)
	}
	if who, err := c.try(email, chosen, "192.0.2.1"); err != nil || who == "" {
		t.Errorf("the account does not sign in beside the open invitation: %v", err)
	}
	if _, err := c.service.UseLink(t.Context(), identity.ForInvitation, second, chosen,
		fromHome); fault.CodeOf(err) != fault.Conflict ||
		!strings.Contains(err.Error(), "There is already an account with the email address both@elsewhere.example.") {
		t.Errorf("the second invitation was accepted, too: %v", err)
	}
	if _, err := c.service.InviteAgain(behind, c.by(c.second), own.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a person with an account is invited again: %v", err)
	}
	got := c.world.Text(`select string_agg(status, ' ' order by id) from staff where email = $1`, email)
	if got != "active invited" {
		t.Errorf("afterwards %s", got)
	}
}

func TestResetOfAnInvitationLeavesTheAccountAlone(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	c.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) values ($1, 'sealed', now())`, c.boss.ID)
	c.world.Exec(`insert into staff (distributor_id, email, name, role, status)
		values ($1, $2, 'Decoy', 'support', 'invited')`, c.reseller.ID, c.boss.Email)
	behind := c.by(c.second).Scope.In(t.Context(), c.second.ID)
	if err := identity.ResetSecondFactor(behind, c.pool, operator, c.boss.Email); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("by address: %v", err)
	}
	decoy := c.world.Text(`select id from staff where name = 'Decoy'`)
	var id int64
	if _, err := fmt.Sscan(decoy, &id); err != nil {
		t.Fatal(err)
	}
	if _, err := c.service.ResetSecondFactor(behind, c.by(c.second), id); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("by id: %v", err)
	}
	if n := c.world.Text(`select count(*) from second_factors where staff_id = $1`, c.boss.ID); n != "1" {
		t.Error("an invitation to the address took the account's second factor away")
	}
}

func TestInvitationsAreLimited(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	behind := c.by(c.second).Scope.In(t.Context(), c.second.ID)
	s, err := c.inviteTo(behind, c.second, c.reseller.ID, "new@reseller.example", "New")
	if err != nil {
		t.Fatal(err)
	}
	for n := 2; n <= 4; n++ {
		_, err := c.service.InviteAgain(behind, c.by(c.second), s.ID)
		if refused := fault.Is(err, fault.Invalid) &&
			strings.Contains(err.Error(), "new@reseller.example got 3 invitations"); refused != (n == 4) {
			t.Errorf("mail %d: %v", n, err)
		}
	}
	if _, err := c.inviteTo(t.Context(), c.boss, c.world.Provider.ID, "new@reseller.example", "New"); err != nil {
		t.Errorf("the reseller used up the provider's: %v", err)
	}
	c.world.Exec(`insert into invitation_mails (inviter_id, distributor_id, email) select $1, $2, 'p' || n
		from generate_series(1, 47) n`, c.second.ID, c.reseller.ID)
	if _, err := c.inviteTo(behind, c.second, c.reseller.ID, "other@reseller.example", "Other"); !fault.Is(err,
		fault.Invalid) || !strings.Contains(err.Error(), "You sent 50 invitations") {
		t.Errorf("invitation 51 of a day: %v", err)
	}
	c.world.Exec(`update invitation_mails set at = at - interval '1 day'`)
	if _, err := c.inviteTo(behind, c.second, c.reseller.ID, "other@reseller.example", "Other"); err != nil {
		t.Errorf("a day later: %v", err)
	}
}

// A name is text of its owner wherever it is mailed, and no name is more than one line.
func TestNamesInMailsAreTheirOwners(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	c.world.Exec(`update staff set name = 'Evil [link withheld] https://evil.example' where id = $1`, c.boss.ID)
	c.boss.Name = "Evil [link withheld] https://evil.example"
	if _, err := c.inviteTo(t.Context(), c.boss, c.world.Provider.ID, "victim@elsewhere.example",
		"Your account is blocked"); err != nil {
		t.Fatal(err)
	}
	token := c.lastToken()
	mail, err := c.service.RevealLink(t.Context(), c.by(c.boss), c.mailID())
	if err != nil {
		t.Fatal(err)
	}
	const link = "https://panel.example/invitation/"
	if strings.Count(mail.Plain, link+token) != 1 || strings.Count(mail.HTML, "<a ") != 1 ||
		strings.Contains(mail.Plain+mail.Subject, "blocked") ||
		!strings.Contains(mail.Plain,
			"someone who calls themselves “Evil [link withheld] https://evil.example” invites you") {
		t.Errorf("%s: %s", mail.Subject, mail.Plain)
	}
	for _, name := range []string{"Two\nlines", "Turned \u202earound", strings.Repeat("x", 201)} {
		if _, err := c.inviteTo(t.Context(), c.boss, c.world.Provider.ID, "x@elsewhere.example", name); !fault.Is(err,
			fault.Invalid) {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := identity.IssueToken(t.Context(), c.pool, operator, identity.Staff{ID: c.boss.ID},
			identity.NewToken{Label: name}); !fault.Is(err, fault.Invalid) {
			t.Errorf("label %q: %v", name, err)
		}
	}
}

// mailID returns the id of the newest mail.
func (c channel) mailID() (id int64) {
	c.Helper()
	if err := c.pool.Get(&id, `select max(id) from outbox`); err != nil {
		c.Fatal(err)
	}
	return id
}
