package identity_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/internal/vault"
)

// channel is a provider with a reseller and one below it, each with administrators.
type channel struct {
	fixture
	service               identity.StaffService
	reseller, below, side testdb.Distributor
	boss, second, theirs  testdb.Staff // of the provider, of the reseller, of the one below
}

func newChannel(t *testing.T) channel {
	h := newFixture(t)
	c := channel{fixture: h, service: identity.StaffService{
		DB: h.pool, BaseURL: "https://panel.example",
		Vault: mailedLinks(t),
	}}
	c.reseller = h.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	c.below = h.world.Distributor(testdb.Distributor{Name: "Tromso Cloud", Parent: c.reseller.ID})
	c.side = h.world.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	c.boss = h.staff
	c.second = h.world.Staff(testdb.Staff{Distributor: c.reseller.ID})
	c.theirs = h.world.Staff(testdb.Staff{Distributor: c.below.ID})
	return c
}

// mailedLinks is the vault that seals links in tests.
func mailedLinks(t *testing.T) vault.Vault {
	t.Helper()
	secrets, err := vault.New([]byte(strings.Repeat("k", 32)), vault.MailedLinks)
	if err != nil {
		t.Fatal(err)
	}
	return secrets
}

// by is a staff member as a manager.
func (c channel) by(s testdb.Staff) identity.By {
	return identity.By{
		Actor: audit.Actor{ID: s.ID, Name: s.Name, DistributorID: s.Distributor},
		Scope: accounts.Scope{Root: s.Distributor, Everything: s.Distributor == c.world.Provider.ID},
	}
}

func TestAdministratorsManageTheirSubtree(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	aside := c.world.Staff(testdb.Staff{Distributor: c.side.ID, Role: "support"})
	ctx, reseller := t.Context(), c.by(c.second)
	for name, id := range map[string]int64{"above": c.boss.ID, "beside": aside.ID, "unknown": 999} {
		for action, do := range map[string]func(context.Context, identity.By, int64) (identity.Staff, error){
			"disable": c.service.Disable, "enable": c.service.Enable, "reset": c.service.SendReset,
			"invite": c.service.InviteAgain, "withdraw": c.service.Withdraw,
		} {
			if _, err := do(ctx, reseller, id); fault.CodeOf(err) != fault.NotFound ||
				err.Error() != "There is no such staff member." {
				t.Errorf("%s a person %s: %v", action, name, err)
			}
		}
		_, err := c.service.Change(ctx, reseller, id, identity.Change{
			Name: "Mine", Role: identity.Support,
			DistributorID: c.reseller.ID,
		})
		if fault.CodeOf(err) != fault.NotFound {
			t.Errorf("change a person %s: %v", name, err)
		}
	}
	for name, to := range map[string]int64{"above": c.world.Provider.ID, "beside": c.side.ID, "nowhere": 0} {
		_, err := c.service.Change(ctx, reseller, c.theirs.ID,
			identity.Change{Name: "Theirs", Role: identity.Administrator, DistributorID: to})
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "distributor: Choose") {
			t.Errorf("move to a distributor %s: %v", name, err)
		}
		_, err = c.service.Invite(ctx, reseller, identity.Invitation{
			Email: "new@aurora.example", Change: identity.Change{
				Name: "New", Role: identity.Administrator,
				DistributorID: to,
			},
		})
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "distributor: Choose") {
			t.Errorf("invite to a distributor %s: %v", name, err)
		}
	}
	if n := c.world.Text(`select count(*) from audit_entries`); n != "0" {
		t.Errorf("%s entries of what was refused", n)
	}
	if _, err := c.service.Change(ctx, reseller, c.theirs.ID, identity.Change{
		Name: "Theirs", Role: identity.Support,
		DistributorID: c.reseller.ID,
	}); err != nil {
		t.Errorf("move up to the own distributor: %v", err)
	}
	list, err := identity.CountStaff(ctx, c.pool, reseller.Scope, identity.StaffFilter{})
	if err != nil || list.Rows != 2 {
		t.Errorf("%d people in the list, %v", list.Rows, err)
	}
}

func TestChangeEndsSessions(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	other := c.world.Staff(testdb.Staff{Role: "support", Name: "Otto Berg"})
	token, err := c.try(other.Email, testdb.Password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	change := func(n identity.Change) bool {
		t.Helper()
		changed, err := c.service.Change(t.Context(), c.by(c.boss), other.ID, n)
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	if change(identity.Change{Name: "Otto Berg", Role: identity.Support, DistributorID: c.world.Provider.ID}) {
		t.Error("nothing new counts as a change")
	}
	if !change(identity.Change{Name: "Otto Fjell", Role: identity.Support, DistributorID: c.world.Provider.ID}) ||
		!c.signedIn(token) {
		t.Error("another name ended the session")
	}
	if !change(identity.Change{Name: "Otto Fjell", Role: identity.Finance, DistributorID: c.world.Provider.ID}) ||
		c.signedIn(token) {
		t.Error("another role left the session")
	}
	const want = `Otto Berg>Otto Fjell support>support, Otto Fjell>Otto Fjell support>finance`
	if got := c.world.Text(`select string_agg(format('%s>%s %s>%s', before->>'name', after->>'name', before->>'role',
		after->>'role'), ', ' order by id)
		from audit_entries where action = 'staff.change'`); got != want {
		t.Errorf("audit: %s", got)
	}
}

func TestEnable(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	other := c.world.Staff(testdb.Staff{Role: "support", Status: "disabled"})
	for _, want := range []fault.Code{"", fault.Conflict} {
		if _, err := c.service.Enable(t.Context(), c.by(c.boss), other.ID); fault.CodeOf(err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if _, err := c.try(other.Email, testdb.Password, "192.0.2.1"); err != nil {
		t.Error(err)
	}
	second := c.world.Staff(testdb.Staff{})
	if _, err := c.service.Disable(t.Context(), c.by(second), second.ID); fault.CodeOf(err) != fault.Conflict ||
		!strings.Contains(err.Error(), "your own account") {
		t.Errorf("disabled oneself: %v", err)
	}
}

// No one can remove the provider's last administrator, in any way; only people above can
// change a reseller's last one.
func TestTheLastAdministratorStaysEverywhere(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	ctx := t.Context()
	disable := func(by, who testdb.Staff) error {
		_, err := c.service.Disable(ctx, c.by(by), who.ID)
		return err
	}
	change := func(by, who testdb.Staff, role identity.Role, at int64) error {
		_, err := c.service.Change(ctx, c.by(by), who.ID, identity.Change{Name: "Same", Role: role, DistributorID: at})
		return err
	}
	colleague := c.world.Staff(testdb.Staff{Distributor: c.reseller.ID, Role: "support"})
	refused := map[string]error{
		"provider, role":     change(c.boss, c.boss, identity.Support, c.world.Provider.ID),
		"provider, moved":    change(c.boss, c.boss, identity.Administrator, c.reseller.ID),
		"reseller, role":     change(c.second, c.second, identity.Support, c.reseller.ID),
		"reseller, moved":    change(c.second, c.second, identity.Administrator, c.below.ID),
		"reseller, disabled": disable(colleague, c.second),
	}
	for name, err := range refused {
		if fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("%s: %v", name, err)
		}
	}
	allowed := map[string]error{
		"the provider disables a reseller's": disable(c.boss, c.second),
		"a reseller moves one from below":    change(c.second, c.theirs, identity.Finance, c.reseller.ID),
		"the own name":                       change(c.boss, c.boss, identity.Administrator, c.world.Provider.ID),
	}
	if err := errors.Join(allowed["the provider disables a reseller's"], allowed["a reseller moves one from below"],
		allowed["the own name"]); err != nil {
		t.Error(err)
	}
	// Two who take each other's role at once: one stays.
	other := c.world.Staff(testdb.Staff{})
	done := make(chan error, 2)
	go func() { done <- change(c.boss, other, identity.Support, c.world.Provider.ID) }()
	go func() { done <- change(other, c.boss, identity.Support, c.world.Provider.ID) }()
	if err := errors.Join(<-done, <-done); err == nil {
		t.Error("two administrators took each other's role")
	}
}

func TestStaffList(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	c.world.Exec(`update staff set last_sign_in_at = now() where id = $1`, c.theirs.ID)
	c.world.Staff(testdb.Staff{Name: "Percent %", Role: "auditor", Status: "disabled"})
	everybody := accounts.Scope{Root: c.world.Provider.ID, Everything: true}
	tests := []struct {
		filter identity.StaffFilter
		want   int64
	}{
		{identity.StaffFilter{}, 4},
		{identity.StaffFilter{Search: "%"}, 1},
		{identity.StaffFilter{Search: strings.ToUpper(c.second.Email)}, 1},
		{identity.StaffFilter{Role: identity.Auditor}, 1},
		{identity.StaffFilter{Status: identity.Disabled}, 1},
		{identity.StaffFilter{DistributorID: c.below.ID}, 1},
	}
	for _, tt := range tests {
		if got, err := identity.CountStaff(t.Context(), c.pool, everybody, tt.filter); err != nil ||
			got.Rows != tt.want {
			t.Errorf("%+v: %d, %v", tt.filter, got.Rows, err)
		}
	}
}

func TestResettingASecondFactorOfOthers(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	c.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) select id, 'sealed', now() from staff`)
	by := c.by(c.second)
	scoped := by.Scope.In(t.Context(), c.second.ID)
	if _, err := c.service.ResetSecondFactor(scoped, by, c.boss.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("of a person above: %v", err)
	}
	if _, err := c.service.ResetSecondFactor(scoped, by, c.second.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("one's own without a code: %v", err)
	}
	if s, err := c.service.ResetSecondFactor(scoped, by, c.theirs.ID); err != nil || s.Email != c.theirs.Email {
		t.Errorf("of a person below: %+v, %v", s, err)
	}
	if _, err := c.service.ResetSecondFactor(scoped, by, c.theirs.ID); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second time: %v", err)
	}
	if left := c.world.Text(`select string_agg(staff_id::text, ' ' order by staff_id) from second_factors`); left !=
		fmt.Sprintf("%d %d", c.boss.ID, c.second.ID) {
		t.Errorf("second factors of %s are left", left)
	}
}

// An invitation that was withdrawn can be made again where it was made, also within a
// scope; elsewhere the address stays taken, and the person where they were.
func TestAWithdrawnInvitationStaysWhereItWas(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	by := c.by(c.second)
	scoped := by.Scope.In(t.Context(), c.second.ID)
	invite := func(email string) error {
		_, err := c.service.Invite(scoped, by, identity.Invitation{
			Email: email, Change: identity.Change{
				Name: "Another Person", Role: identity.Support,
				DistributorID: c.reseller.ID,
			},
		})
		return err
	}
	aside := c.world.Staff(testdb.Staff{Distributor: c.side.ID, Status: "withdrawn", Email: "new@side.example"})
	below := c.world.Staff(testdb.Staff{Distributor: c.below.ID, Status: "withdrawn", Email: "new@below.example"})
	if err := invite(aside.Email); err != nil {
		t.Errorf("beside: %v", err)
	}
	if err := invite(below.Email); err != nil {
		t.Errorf("below: %v", err)
	}
	got := c.world.Text(`select string_agg(distributor_id || ' ' || status, ', ' order by id) from staff
		where id in ($1, $2)`, aside.ID, below.ID)
	if want := fmt.Sprintf("%d withdrawn, %d invited", c.side.ID, c.reseller.ID); got != want {
		t.Errorf("afterwards %s, want %s", got, want)
	}
}
