package identity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

var operator = audit.Actor{Name: "test"}

// fixture is an authenticator with one administrator.
type fixture struct {
	*testing.T
	pool          *sqlx.DB
	world         *testdb.World
	authenticator *identity.Authenticator
	staff         testdb.Staff
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	authenticator, err := identity.NewAuthenticator(pool, []byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return fixture{T: t, pool: pool, world: world, authenticator: authenticator, staff: world.Staff(testdb.Staff{})}
}

// try signs in from an address and returns the session's id.
func (h fixture) try(email, password, address string) (string, error) {
	a, err := h.authenticator.SignIn(h.Context(), identity.Credentials{
		Email: email, Password: password, Client: identity.Client{
			Address:   address,
			UserAgent: strings.Repeat("browser ", 100),
		},
	}, "")
	return a.Session, err
}

func (h fixture) mustSignIn() string {
	h.Helper()
	token, err := h.try(h.staff.Email, testdb.Password, "192.0.2.1")
	if err != nil {
		h.Fatal(err)
	}
	return token
}

func (h fixture) signedIn(token string) bool {
	h.Helper()
	_, err := identity.Resume(h.Context(), h.pool, token)
	if err != nil && !fault.Is(err, fault.NotFound) {
		h.Fatal(err)
	}
	return err == nil
}

func TestSignInStartsASession(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	token, err := h.try(strings.ToUpper(h.staff.Email), testdb.Password, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	staff, err := identity.Resume(t.Context(), h.pool, token)
	if err != nil {
		t.Fatal(err)
	}
	if staff.ID != h.staff.ID || staff.LastSignInAt == nil || !staff.OfProvider() || !staff.Can(identity.StaffManage) {
		t.Errorf("resumed as %+v", staff)
	}
	if n := h.world.Text(`select count(*) from sessions where encode(id_hash, 'escape') like '%' || $1 || '%'`,
		token); n != "0" {
		t.Error("the row holds the cookie's id itself")
	}
	if actions := h.world.Text(`select string_agg(action || ' ' || actor_name || ' ' || address, ',')
		from audit_entries`); actions != "sign_in "+h.staff.Name+" 192.0.2.1" {
		t.Errorf("audit: %s", actions)
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	gone := h.world.Staff(testdb.Staff{Status: "disabled"})
	reseller := h.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	theirs := h.world.Staff(testdb.Staff{Distributor: reseller.ID})
	const same = "E-mail and password do not match. Check both and try again."
	tests := []struct {
		name, email, password, want string
		code                        fault.Code
	}{
		{"wrong password", h.staff.Email, "wrong password", same, fault.Invalid},
		{"unknown address", "unknown@aurora.example", testdb.Password, same, fault.Invalid},
		{"very long address", strings.Repeat("ü", 100_000), testdb.Password, same, fault.Invalid},
		{"disabled", gone.Email, testdb.Password, same, fault.Invalid},
		{"very long password", h.staff.Email, strings.Repeat("x", 100_000), same, fault.Invalid},
		{"a reseller's with a wrong password", theirs.Email, "wrong password", same, fault.Invalid},
	}
	for _, tt := range tests {
		token, err := h.try(tt.email, tt.password, "192.0.2.1")
		if token != "" || fault.CodeOf(err) != tt.code || err.Error() != tt.want {
			t.Errorf("%s: got %q, %v", tt.name, token, err)
		}
	}
	if n := h.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'`); n != "6" {
		t.Errorf("%s failed sign-ins in the audit log, want 6", n)
	}
	if n := h.world.Text(`select max(length(email)) <= 320 from sign_in_attempts`); n != "true" {
		t.Error("an address of any length is kept")
	}
	if n := h.world.Text(`select count(*) from sessions`); n != "0" {
		t.Errorf("%s sessions", n)
	}
}

// An unknown address must not answer at once: it costs a hash, too. Not in
// parallel, and with a wide margin, for the machine may be busy.
func TestUnknownAddressTakesAsLong(t *testing.T) {
	h := newFixture(t)
	added := add(h, identity.NewStaff{Email: "ada@aurora.example"})
	best := func(email string) time.Duration {
		least := time.Hour
		for i := range 4 {
			start := time.Now()
			if _, err := h.try(email, "wrong password", fmt.Sprintf("198.51.100.%d", i)); err == nil {
				t.Fatal("signed in with a wrong password")
			}
			least = min(least, time.Since(start))
		}
		return least
	}
	known, unknown := best(added.Email), best("unknown@aurora.example")
	if unknown < known/5 {
		t.Errorf("a wrong password takes %v, an unknown address %v", known, unknown)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(h fixture, token string) error
		want bool
	}{
		{"not by itself", func(fixture, string) error { return nil }, true},
		{"not shortly before it is idle too long", func(h fixture, _ string) error {
			h.world.Exec(`update sessions set last_seen_at = now() - make_interval(secs => $1)`,
				(identity.IdleTime - time.Minute).Seconds())
			return nil
		}, true},
		{"idle too long", func(h fixture, _ string) error {
			h.world.Exec(`update sessions set last_seen_at = now() - make_interval(secs => $1)`,
				(identity.IdleTime + time.Second).Seconds())
			return nil
		}, false},
		{"too old", func(h fixture, _ string) error {
			h.world.Exec(`update sessions set expires_at = expires_at - make_interval(secs => $1)`,
				(identity.SessionTime + time.Second).Seconds())
			return nil
		}, false},
		{"signed out", func(h fixture, token string) error {
			return h.authenticator.SignOut(h.Context(), identity.Staff{ID: h.staff.ID}, token, "192.0.2.1")
		}, false},
		{"disabled", func(h fixture, _ string) error {
			h.world.Staff(testdb.Staff{})
			return identity.Disable(h.Context(), h.pool, operator, h.staff.Email)
		}, false},
		{"another password", func(h fixture, _ string) error {
			return identity.SetPassword(h.Context(), h.pool, operator, h.staff.Email, "another long password")
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t)
			token := h.mustSignIn()
			if err := tt.end(h, token); err != nil {
				t.Fatal(err)
			}
			if got := h.signedIn(token); got != tt.want {
				t.Errorf("signed in: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestUseKeepsASessionAlive(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	token := h.mustSignIn()
	h.world.Exec(`update sessions set last_seen_at = now() - interval '30 minutes'`)
	if !h.signedIn(token) {
		t.Fatal("the session ended early")
	}
	if age := h.world.Text(`select last_seen_at > now() - interval '1 minute' from sessions`); age != "true" {
		t.Error("using the session did not touch it")
	}
}

func TestSignInEndsTheBrowsersFormerSession(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	first := h.mustSignIn()
	a, err := h.authenticator.SignIn(t.Context(), identity.Credentials{
		Email:    h.staff.Email,
		Password: testdb.Password,
	}, first)
	if err != nil {
		t.Fatal(err)
	}
	second := a.Session
	if first == second || h.signedIn(first) || !h.signedIn(second) {
		t.Error("the session's id was not changed")
	}
}

// Attempts wait in line, so that many at once do not slip by before the first
// failures are counted.
// add fills in what a test does not care about.
func TestForgetEnded(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	kept := h.mustSignIn()
	h.mustSignIn()
	h.world.Exec(`update sessions set expires_at = now() - interval '1 second' where id_hash = (select id_hash
		from sessions order by created_at desc limit 1)`)
	h.world.Exec(`insert into sign_in_attempts (email, address, succeeded, at)
		values ('a', 'b', false, now() - interval '91 days')`)
	if err := identity.ForgetEnded(t.Context(), h.pool); err != nil {
		t.Fatal(err)
	}
	if n := h.world.Text(
		`select (select count(*) from sessions) || ' ' || (select count(*) from sign_in_attempts)`); n != "1 2" {
		t.Errorf("left: %s sessions and attempts, want 1 2", n)
	}
	if !h.signedIn(kept) {
		t.Error("forgot a session that goes on")
	}
}

// The name of a browser is kept as text, whatever it sends.
func TestBrowserNameIsNeverCutInsideACharacter(t *testing.T) {
	t.Parallel()
	for _, agent := range []string{strings.Repeat("ü", 151), "x" + strings.Repeat("日", 300), "caf\xe9 1.0"} {
		h := newFixture(t)
		_, err := h.authenticator.SignIn(t.Context(), identity.Credentials{
			Email: h.staff.Email, Password: testdb.Password, Client: identity.Client{
				Address:   "192.0.2.1",
				UserAgent: agent,
			},
		}, "")
		if err != nil {
			t.Errorf("%.20q: %v", agent, err)
			continue
		}
		kept := h.world.Text(`select user_agent from sessions`)
		if n := len([]rune(kept)); n == 0 || n > 300 {
			t.Errorf("%.20q is kept as %q", agent, kept)
		}
	}
}
