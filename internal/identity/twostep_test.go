package identity_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

var here = identity.Client{Address: "192.0.2.1"}

// noon is when the codes of these tests are made; the clock of the authenticator does not move.
var noon = time.Date(2026, 3, 1, 12, 0, 7, 0, time.UTC)

// phone is a person's authenticator app, and the paper with the recovery codes.
type phone struct {
	fixture
	me     identity.Staff
	secret string
	codes  []string
}

// enrol turns the second factor of the fixture's administrator on.
func enrol(t *testing.T) phone {
	t.Helper()
	h := newFixture(t)
	h.at(noon.Add(-time.Hour))
	me, err := identity.ByEmail(t.Context(), h.pool, h.staff.Email)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.authenticator.StartSecondFactor(t.Context(), me, testdb.Password, here); err != nil {
		t.Fatal(err)
	}
	state, err := h.authenticator.SecondFactor(t.Context(), me)
	if err != nil || state.On || len(state.Secret) != 32 ||
		!strings.HasPrefix(state.Address, "otpauth://totp/Handover:") {
		t.Fatalf("a second factor that is being set up: %+v, %v", state, err)
	}
	p := phone{fixture: h, me: me, secret: state.Secret}
	if p.codes, err = h.authenticator.ConfirmSecondFactor(t.Context(), me, p.code(noon.Add(-time.Hour)), here,
		""); err != nil {
		t.Fatal(err)
	}
	h.at(noon)
	return p
}

// at stops the clock of the authenticator.
func (h fixture) at(now time.Time) { h.authenticator.Now = func() time.Time { return now } }

// code returns what the app shows at a time.
func (p phone) code(at time.Time) string {
	p.Helper()
	code, err := totp.GenerateCode(p.secret, at)
	if err != nil {
		p.Fatal(err)
	}
	return code
}

// pending passes the first step of signing in.
func (p phone) pending() string {
	p.Helper()
	a, err := p.authenticator.SignIn(p.Context(), identity.Credentials{
		Email: p.staff.Email, Password: testdb.Password,
		Client: here,
	}, "")
	if err != nil {
		p.Fatal(err)
	}
	if a.Session != "" || a.Pending == "" {
		p.Fatalf("the password alone gave %+v", a)
	}
	return a.Pending
}

// enter signs in from the first step on.
func (p phone) enter(code string) error {
	p.Helper()
	token, err := p.authenticator.EnterCode(p.Context(), p.pending(), code, here, "")
	if (err == nil) != (token != "" && p.signedIn(token)) {
		p.Errorf("code %s: token %q and error %v", code, token, err)
	}
	return err
}

func TestTwoSteps(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	pending := p.pending()
	if p.signedIn(pending) {
		t.Fatal("a sign-in that waits for its code is a session")
	}
	if err := p.authenticator.Waits(t.Context(), pending); err != nil {
		t.Fatal(err)
	}
	code := p.code(noon)
	token, err := p.authenticator.EnterCode(t.Context(), pending, code[:3]+" "+code[3:], here, "")
	if err != nil || !p.signedIn(token) {
		t.Fatalf("the right code: %v", err)
	}
	if got := p.world.Text(`select after::text from audit_entries where action = 'sign_in'`); got !=
		`{"second_factor": "code"}` {
		t.Errorf("audit: %s", got)
	}
	for _, tt := range []struct{ name, pending string }{{"used", pending}, {"none", ""}, {"made up", "made up"}} {
		_, err := p.authenticator.EnterCode(t.Context(), tt.pending, p.code(noon.Add(30*time.Second)), here, "")
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a pending sign-in that is %s: %v", tt.name, err)
		}
	}
}

func TestPendingSignInsEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(p phone) error
	}{
		{"too old", func(p phone) error {
			p.world.Exec(`update pending_sign_ins set expires_at = now() - interval '1 second'`)
			return identity.ForgetEnded(p.Context(), p.pool)
		}},
		{"disabled", func(p phone) error {
			p.world.Staff(testdb.Staff{})
			return identity.Disable(p.Context(), p.pool, operator, p.staff.Email)
		}},
		{"another password", func(p phone) error {
			return identity.SetPassword(p.Context(), p.pool, operator, p.staff.Email, "another long password")
		}},
		{"reset", func(p phone) error {
			return identity.ResetSecondFactor(p.Context(), p.pool, operator, p.staff.Email)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := enrol(t)
			pending := p.pending()
			if err := tt.end(p); err != nil {
				t.Fatal(err)
			}
			if _, err := p.authenticator.EnterCode(t.Context(), pending, p.code(noon), here, ""); !fault.Is(err,
				fault.NotFound) {
				t.Errorf("the code was taken: %v", err)
			}
			if n := p.world.Text(`select count(*) from pending_sign_ins`); n != "0" {
				t.Errorf("%s pending sign-ins are left", n)
			}
		})
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	const step = 30 * time.Second
	wrong := "This code is not right."
	tests := []struct {
		name string
		code func(p phone) string
		want string
	}{
		{"now", func(p phone) string { return p.code(noon) }, ""},
		{"a step slow", func(p phone) string { return p.code(noon.Add(-step)) }, ""},
		{"a step fast", func(p phone) string { return p.code(noon.Add(step)) }, ""},
		{"two steps slow", func(p phone) string { return p.code(noon.Add(-2 * step)) }, wrong},
		{"two steps fast", func(p phone) string { return p.code(noon.Add(2 * step)) }, wrong},
		{"that of setting up", func(p phone) string { return p.code(noon.Add(-time.Hour)) }, wrong},
		{"too short", func(p phone) string { return p.code(noon)[:5] }, wrong},
		{"no digits", func(phone) string { return "abcdef" }, wrong},
		{"a recovery code", func(p phone) string { return p.codes[3] }, ""},
		{"a recovery code as it is typed", func(p phone) string {
			return strings.ToLower(strings.ReplaceAll(p.codes[3], "-", " "))
		}, ""},
		{"a made-up recovery code", func(phone) string { return "AAAA-BBBB-CCCC-DDDD" }, wrong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := enrol(t)
			err := p.enter(tt.code(p))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Fatalf("got %v, want %q", err, tt.want)
			}
			if tt.want != "" {
				return
			}
			if err := p.enter(tt.code(p)); err == nil || !strings.Contains(err.Error(), "was used already") {
				t.Errorf("a second time: %v", err)
			}
		})
	}
}

// Who used the code of now does not get in with the one before it.
func TestAnOlderCodeIsUsedUp(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	if err := p.enter(p.code(noon)); err != nil {
		t.Fatal(err)
	}
	if err := p.enter(p.code(noon.Add(-30 * time.Second))); err == nil ||
		!strings.Contains(err.Error(), "was used already") {
		t.Errorf("the code before: %v", err)
	}
}

func TestWrongCodesEndTheSignIn(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	pending := p.pending()
	var err error
	for range 5 {
		_, err = p.authenticator.EnterCode(t.Context(), pending, "000000", here, "")
	}
	if !fault.Is(err, fault.NotFound) ||
		!strings.HasPrefix(err.Error(), "5 codes were wrong, so this sign-in has ended.") {
		t.Fatalf("the fifth wrong code: %v", err)
	}
	if _, err := p.authenticator.EnterCode(t.Context(), pending, p.code(noon), here, ""); !fault.Is(err,
		fault.NotFound) {
		t.Errorf("the right code after them: %v", err)
	}
	// The password does not buy another five.
	if _, err := p.try(p.staff.Email, testdb.Password, here.Address); err == nil ||
		!strings.HasPrefix(err.Error(), "Too many sign-ins failed") {
		t.Errorf("signing in again: %v", err)
	}
	if n := p.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'
		and after->>'reason' = 'wrong code'`); n != "5" {
		t.Errorf("%s wrong codes are in the audit log", n)
	}
}

// Many sign-ins opened beforehand, and all codes at once, are no more than five guesses.
func TestWrongCodesAtOnce(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	var all []string
	for range 4 {
		all = append(all, p.pending())
	}
	answers := make(chan error, 40)
	for i := range cap(answers) {
		go func() {
			_, err := p.authenticator.EnterCode(t.Context(), all[i%len(all)], fmt.Sprintf("%06d", i), here, "")
			answers <- err
		}()
	}
	for range cap(answers) {
		if err := <-answers; err == nil {
			t.Error("a guess was right") // one in 8,000 runs
		}
	}
	if n := p.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'`); n != "5" {
		t.Errorf("%s codes were compared, want 5", n)
	}
}

func TestSecretsAreSealed(t *testing.T) {
	t.Parallel()
	p := enrol(t)
	kept := p.world.Text(`
		select (select encode(secret, 'escape') from second_factors) ||
		    (select string_agg(encode(code_hash, 'escape'), '') from recovery_codes)`)
	if strings.Contains(kept, p.secret) || strings.Contains(kept, p.codes[0]) ||
		strings.Contains(kept, strings.ReplaceAll(p.codes[0], "-", "")) {
		t.Error("the rows hold what they should seal")
	}
	// A secret that is copied to another person's row does not open there.
	other := p.world.Staff(testdb.Staff{})
	p.world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) select $1, secret, confirmed_at
		from second_factors`, other.ID)
	a, err := p.authenticator.SignIn(t.Context(), identity.Credentials{
		Email: other.Email, Password: testdb.Password,
		Client: here,
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.authenticator.EnterCode(t.Context(), a.Pending, p.code(noon), here, ""); err == nil ||
		!strings.Contains(err.Error(), "cannot be checked") {
		t.Errorf("a copied secret: %v", err)
	}
	// After another session key the app's codes are worth nothing, the recovery codes are.
	elsewhere, err := identity.NewAuthenticator(p.pool, []byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	p.authenticator = elsewhere
	p.at(noon)
	if err := p.enter(p.code(noon)); err == nil || !strings.Contains(err.Error(), "session key was changed") {
		t.Errorf("with another key: %v", err)
	}
	if err := p.enter(p.codes[0]); err != nil {
		t.Errorf("a recovery code with another key: %v", err)
	}
}
