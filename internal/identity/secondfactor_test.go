package identity_test

import (
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

func TestChangingASecondFactor(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	if len(p.codes) != 10 {
		t.Fatalf("%d recovery codes", len(p.codes))
	}
	if err := p.authenticator.StartSecondFactor(t.Context(), p.me, testdb.Password, here); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("setting up another one: %v", err)
	}
	if _, err := p.authenticator.ConfirmSecondFactor(t.Context(), p.me, p.code(noon), here, ""); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("confirming again: %v", err)
	}
	if _, err := p.authenticator.RenewRecoveryCodes(t.Context(), p.me, "wrong password", p.codes[0],
		here); err == nil || err.Error() != "password: This is not your current password. Check it and try again." {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := p.authenticator.RenewRecoveryCodes(t.Context(), p.me, testdb.Password, "000000", here); err == nil ||
		!strings.Contains(err.Error(), "not right") {
		t.Errorf("a wrong code: %v", err)
	}
	codes, err := p.authenticator.RenewRecoveryCodes(t.Context(), p.me, testdb.Password, p.code(noon), here)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.enter(p.codes[0]); err == nil {
		t.Error("a former recovery code signs in")
	}
	if err := p.enter(codes[0]); err != nil {
		t.Errorf("a new recovery code: %v", err)
	}
	if state, err := p.authenticator.SecondFactor(t.Context(), p.me); err != nil || !state.On ||
		state.CodesLeft != 9 || state.Secret != "" {
		t.Errorf("state: %+v, %v", state, err)
	}
	if err := p.authenticator.TurnOffSecondFactor(t.Context(), p.me, testdb.Password, codes[1], here); err != nil {
		t.Fatal(err)
	}
	if token := p.mustSignIn(); !p.signedIn(token) {
		t.Error("the password alone does not sign in")
	}
	want := "second_factor.on,second_factor.failed,second_factor.codes,second_factor.off"
	if got := p.world.Text(`select string_agg(action, ',' order by id) from audit_entries
		where action like 'second_factor%'`); got != want {
		t.Errorf("audit: %s", got)
	}
	told := "Your second factor was turned on, Your recovery codes were replaced, Your second factor was turned off"
	if got := p.world.Text(`select string_agg(subject, ', ' order by id) from outbox`); got != told {
		t.Errorf("mails: %s", got)
	}
}

// A stolen session must not try passwords without end, nor shut the owner out.
func TestOnesOwnPageIsThrottled(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	me, err := identity.ByEmail(t.Context(), h.pool, h.staff.Email)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := h.authenticator.StartSecondFactor(t.Context(), me, "wrong password", here); err == nil {
			t.Fatal("a wrong password was taken")
		}
	}
	if err := h.authenticator.StartSecondFactor(t.Context(), me, testdb.Password, here); err == nil ||
		!strings.HasPrefix(err.Error(), "password: Too many sign-ins failed") {
		t.Errorf("after five: %v", err)
	}
	if n := h.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'`); n != "5" {
		t.Errorf("%s of five wrong passwords are in the audit log", n)
	}
	if n := h.world.Text(`select count(*) from second_factors`); n != "0" {
		t.Error("a secret was made")
	}
}

func TestConfirmingEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	mine, other := h.mustSignIn(), h.mustSignIn()
	me, err := identity.ByEmail(t.Context(), h.pool, h.staff.Email)
	if err != nil {
		t.Fatal(err)
	}
	h.at(noon)
	if err := h.authenticator.StartSecondFactor(t.Context(), me, testdb.Password, here); err != nil {
		t.Fatal(err)
	}
	state, err := h.authenticator.SecondFactor(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	p := phone{fixture: h, secret: state.Secret}
	if _, err := h.authenticator.ConfirmSecondFactor(t.Context(), me, "000000", here, mine); err == nil ||
		!h.signedIn(other) {
		t.Fatalf("a wrong code: %v", err)
	}
	if _, err := h.authenticator.ConfirmSecondFactor(t.Context(), me, p.code(noon), here, mine); err != nil {
		t.Fatal(err)
	}
	if !h.signedIn(mine) || h.signedIn(other) {
		t.Error("the session at hand, and no other, goes on")
	}
}

func TestResetSecondFactor(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	if err := p.enter(p.code(noon)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []fault.Code{"", fault.Conflict} {
		if err := identity.ResetSecondFactor(t.Context(), p.pool, operator, p.staff.Email); fault.CodeOf(err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if n := p.world.Text(`select (select count(*) from sessions) + (select count(*) from recovery_codes)`); n != "0" {
		t.Errorf("%s sessions and recovery codes are left", n)
	}
	if got := p.world.Text(
		`select actor_name || ' ' || subject from audit_entries where action = 'second_factor.reset'`); got != "test "+
		p.staff.Email {
		t.Errorf("audit: %s", got)
	}
	if got := p.world.Text(`select body_text from outbox order by id desc limit 1`); !strings.Contains(got,
		"Your second factor was reset by test on ") {
		t.Errorf("the mail says %q", got)
	}
	p.mustSignIn()
}

// An administrator resets only visible people: strangers are not found.
func TestResetsKeepToTheScope(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	reseller := p.world.Distributor(testdb.Distributor{})
	theirs := p.world.Staff(testdb.Staff{Distributor: reseller.ID})
	p.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) values ($1, 'sealed', now())`, theirs.ID)
	p.world.Exec(`insert into staff_subjects (staff_id, issuer, subject) select id, 'https://login.aurora.example',
		email from staff`)
	scoped := db.WithScope(t.Context(), db.Scope{Distributor: reseller.ID})
	for email, want := range map[string]fault.Code{p.staff.Email: fault.NotFound, theirs.Email: ""} {
		if err := identity.ResetSecondFactor(scoped, p.pool, operator, email); fault.CodeOf(err) != want ||
			want == "" && err != nil {
			t.Errorf("resetting %s: %v, want %q", email, err, want)
		}
		if err := identity.ReleaseSubject(scoped, p.pool, operator, email); fault.CodeOf(err) != want || want == "" &&
			err != nil {
			t.Errorf("releasing %s: %v, want %q", email, err, want)
		}
	}
	if left := p.world.Text(`select (select count(*) from second_factors) || ' ' || (select count(*)
		from staff_subjects)`); left != "1 1" {
		t.Errorf("left are %s, want 1 1", left)
	}
}

// The requirement is the distributor's own, and does not concern who came by single sign-on.
func TestMustEnrol(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	token := h.mustSignIn()
	must := func() bool {
		t.Helper()
		s, err := identity.Resume(t.Context(), h.pool, token)
		if err != nil {
			t.Fatal(err)
		}
		return s.MustEnrol
	}
	if must() {
		t.Error("it is not required")
	}
	h.world.Exec(`update distributors set second_factor_required = true where id <> $1`, h.world.Provider.ID)
	if must() {
		t.Error("another distributor requires it")
	}
	h.world.Exec(`update distributors set second_factor_required = true where id = $1`, h.world.Provider.ID)
	if !must() {
		t.Error("it is required")
	}
	h.world.Exec(`update sessions set proof = 'single_sign_on'`)
	if must() {
		t.Error("the provider of single sign-on vouched for this session")
	}
}
