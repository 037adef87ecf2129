package identity_test

import (
	"strings"
	"testing"
	"time"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

func (h fixture) me() identity.Staff {
	h.Helper()
	s, err := identity.ByEmail(h.Context(), h.pool, h.staff.Email)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func TestOwnSessions(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	mine, other, third := h.mustSignIn(), h.mustSignIn(), h.mustSignIn()
	idle := h.mustSignIn()
	h.world.Exec(`update sessions set last_seen_at = now() - make_interval(secs => $1) where id_hash = sha256($2)`,
		(identity.IdleTime + time.Second).Seconds(), []byte(idle))
	stranger := h.world.Staff(testdb.Staff{})
	theirs, err := h.try(stranger.Email, testdb.Password, "192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	open, err := identity.Sessions(t.Context(), h.pool, h.staff.ID, mine)
	if err != nil || len(open) != 3 || !open[0].This || open[1].This || open[0].Address != "192.0.2.1" ||
		!strings.HasPrefix(open[0].UserAgent, "browser") {
		t.Fatalf("%+v, %v", open, err)
	}
	foreign, err := identity.Sessions(t.Context(), h.pool, stranger.ID, theirs)
	if err != nil {
		t.Fatal(err)
	}
	for _, handle := range []string{foreign[0].Handle, "xyz", "", strings.Repeat("0", 64)} {
		if err := identity.EndSession(t.Context(), h.pool, h.me(), "192.0.2.1",
			handle); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("ended the session %q: %v", handle, err)
		}
	}
	if !h.signedIn(theirs) {
		t.Error("ended a stranger's session")
	}
	if err := identity.EndSession(t.Context(), h.pool, h.me(), "192.0.2.1", open[1].Handle); err != nil {
		t.Fatal(err)
	}
	if h.signedIn(other) == h.signedIn(third) || !h.signedIn(mine) {
		t.Error("not exactly one session ended")
	}
	n, _, err := identity.EndOtherSessions(t.Context(), h.pool, h.me(), "192.0.2.1", mine)
	if err != nil || n != 2 || h.signedIn(other) || h.signedIn(third) || !h.signedIn(mine) || !h.signedIn(theirs) {
		t.Errorf("%d ended, %v", n, err)
	}
	if got := h.world.Text(
		`select string_agg(action, ' ' order by id) from audit_entries where action like 'session%'`); got !=
		"session.end session.end_others" {
		t.Errorf("audit: %s", got)
	}
}

func TestChangeOwnPassword(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	mine, other := h.mustSignIn(), h.mustSignIn()
	before := h.world.Text(`select expires_at from sessions where id_hash = sha256($1)`, []byte(mine))
	const next = "seven green umbrellas"
	change := func(current, wanted string) (string, error) {
		return h.authenticator.ChangePassword(t.Context(), h.me(), identity.PasswordChange{
			Current: current,
			New:     wanted, Token: mine, Client: identity.Client{Address: "192.0.2.1"},
		})
	}
	for _, tt := range []struct{ current, wanted, field string }{
		{"wrong password", next, "current_password"},
		{testdb.Password, "short", "new_password"},
		{testdb.Password, testdb.Password, "new_password"},
		{testdb.Password, "password1234", "new_password"},
	} {
		_, err := change(tt.current, tt.wanted)
		if fault.CodeOf(err) != fault.Invalid || !strings.HasPrefix(err.Error(), tt.field+": ") {
			t.Errorf("%q: %v", tt.wanted, err)
		}
	}
	if !h.signedIn(mine) || !h.signedIn(other) {
		t.Fatal("a refused change ended sessions")
	}
	if n := h.world.Text(`select count(*) from outbox`); n != "0" {
		t.Errorf("%s mails tell of refused changes", n)
	}
	token, err := change(testdb.Password, next)
	if err != nil {
		t.Fatal(err)
	}
	want := h.staff.Email + ": Your password was changed from the network address 192.0.2.1 on "
	if got := h.world.Text(
		`select recipient || ': ' || body_text from outbox where not has_secret`); !strings.HasPrefix(
		strings.Replace(got, "Hello "+h.me().Name+",\n\n", "", 1), want) {
		t.Errorf("the mail says %q", got)
	}
	if h.signedIn(mine) || h.signedIn(other) || !h.signedIn(token) {
		t.Error("the sessions are not as they should be")
	}
	if after := h.world.Text(`select expires_at from sessions`); after != before {
		t.Error("the session lives longer than before")
	}
	if _, err := h.try(h.staff.Email, next, "192.0.2.1"); err != nil {
		t.Errorf("the new password: %v", err)
	}
	if _, err := h.try(h.staff.Email, testdb.Password, "192.0.2.1"); err == nil {
		t.Error("the old password still works")
	}
}

// An attacker at another person's open session must not find out the password there.
func TestChangeOwnPasswordIsThrottled(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	mine := h.mustSignIn()
	var err error
	for range 6 {
		_, err = h.authenticator.ChangePassword(t.Context(), h.me(), identity.PasswordChange{
			Current: "wrong password", New: "seven green umbrellas", Token: mine,
			Client: identity.Client{Address: "192.0.2.1"},
		})
	}
	if err == nil || !strings.Contains(err.Error(), "Too many sign-ins failed") {
		t.Errorf("got %v", err)
	}
}
