package identity_test

import (
	"io/fs"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/migrations"
)

func TestWhoInvitedWhom(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	invite := func(by testdb.Staff, email string) int64 {
		s, err := c.office.Invite(t.Context(), c.by(by), identity.Invitation{
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
	if _, err := c.office.InviteAgain(t.Context(), c.by(c.boss), bySecond); err != nil {
		t.Fatal(err)
	}
	if got, err := identity.InviterOf(t.Context(), c.pool, c.by(c.boss).Scope, bySecond); err != nil || got.ID != c.boss.ID {
		t.Errorf("afterwards it is %+v, %v", got, err)
	}
	if n := c.world.Text(`select count(*) from staff_origins where staff_id = $1`, bySecond); n != "2" {
		t.Errorf("%s people gave access, want both", n)
	}
}

// The origins from before the migration are read from the audit log.
func TestOriginsFromTheAuditLog(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	old := c.world.Staff(testdb.Staff{Email: "Old@Aurora.example", Created: testdb.DefaultTime})
	quiet := c.world.Staff(testdb.Staff{Created: testdb.DefaultTime})
	for _, e := range []struct{ at, action, subject, before, after string }{
		{"2025-02-01", "staff.invite", "old@aurora.example", "null", "null"},
		{"2025-02-02", "staff.join", "old@aurora.example", "null", "null"},
		{"2025-03-01", "staff.change", "old@aurora.example", `{"role": "support", "distributor": "A"}`, `{"role": "administrator", "distributor": "A"}`},
		{"2025-04-01", "staff.change", "old@aurora.example", `{"name": "O", "role": "administrator"}`, `{"name": "Old", "role": "administrator"}`},
		{"2025-02-01", "mail.reveal_link", c.second.Email, "null", "null"},
		{"2025-02-01", "mail.reveal_link", c.boss.Email, "null", "null"}, // one's own
		{"2025-02-01", "sign_in", quiet.Email, "null", "null"},
	} {
		c.world.Exec(`insert into audit_entries (at, actor_id, actor_name, action, subject_kind, subject, before, after)
			values ($1, $2, 'Boss', $3, 'staff', $4, $5::jsonb, $6::jsonb)`, e.at, c.boss.ID, e.action, e.subject, e.before, e.after)
	}
	text, err := fs.ReadFile(migrations.FS, "0165_staff_origins.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "-- What happened before is in the audit log.\n")
	statements, _, more := strings.Cut(rest, "\n\n")
	if !found || !more {
		t.Fatal("the migration has no such part")
	}
	c.world.Exec(statements)
	if got := c.world.Text(`select string_agg(s.email || ' ' || o.how || ' ' || o.from_id, ', ' order by o.how) from staff_origins o join staff s on s.id = o.staff_id`); got !=
		"Old@Aurora.example invited "+c.world.Text(`select $1::text`, c.boss.ID)+", "+c.second.Email+" link_shown "+c.world.Text(`select $1::text`, c.boss.ID) {
		t.Errorf("origins: %s", got)
	}
	if got := c.world.Text(`select string_agg(id || ' ' || access_since::date, ', ' order by id) from staff where access_since is not null and id in ($1, $2)`, old.ID, quiet.ID); got !=
		c.world.Text(`select $1::text`, old.ID)+" 2025-03-01" {
		t.Errorf("access since: %s", got)
	}
}
