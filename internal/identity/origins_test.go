package identity_test

import (
	"testing"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/testdb"
)

func TestWhoInvitedWhom(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	invite := func(by testdb.Staff, email string) int64 {
		s, err := c.service.Invite(t.Context(), c.by(by), identity.Invitation{
			Email: email, Change: identity.Change{Name: "New", Role: identity.Finance, DistributorID: c.below.ID},
		})
		if err != nil {
			t.Fatal(err)
		}
		return s.ID
	}
	byBoss, bySecond := invite(c.boss, "one@tromso.example"), invite(c.second, "two@tromso.example")
	for _, tt := range []struct {
		who    string
		scope  accounts.Scope
		staff  int64
		known  bool
		wantID int64
	}{
		{"the provider", c.by(c.boss).Scope, byBoss, true, c.boss.ID},
		{"the provider", c.by(c.boss).Scope, bySecond, true, c.second.ID},
		{"the reseller, of one whom the provider invited", c.by(c.second).Scope, byBoss, true, 0},
		{"the reseller", c.by(c.second).Scope, bySecond, true, c.second.ID},
		{"the provider, of one from the command line", c.by(c.boss).Scope, c.second.ID, false, 0},
	} {
		got, err := identity.InviterOf(t.Context(), c.pool, tt.scope, tt.staff)
		if err != nil || got.Known != tt.known || got.ID != tt.wantID || (got.Name == "") != (tt.wantID == 0) {
			t.Errorf("%s reads %+v, %v", tt.who, got, err)
		}
	}
	// A person who sends the invitation again replaces the inviter.
	if _, err := c.service.InviteAgain(t.Context(), c.by(c.boss), bySecond); err != nil {
		t.Fatal(err)
	}
	if got, err := identity.InviterOf(t.Context(), c.pool, c.by(c.boss).Scope, bySecond); err != nil ||
		got.ID != c.boss.ID {
		t.Errorf("afterwards it is %+v, %v", got, err)
	}
	if n := c.world.Text(`select count(*) from staff_origins where staff_id = $1`, bySecond); n != "2" {
		t.Errorf("%s people gave access, want both", n)
	}
}
