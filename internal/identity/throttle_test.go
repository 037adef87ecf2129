package identity_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"handover/internal/identity"
	"handover/internal/testdb"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	const owner, attacker = "192.0.2.1", "203.0.113.9"
	fail := func(h fixture, times int, email, address string) {
		for i := range times {
			h.world.Exec(`insert into sign_in_attempts (email, address, succeeded) values ($1, $2, false)`, email,
				strings.ReplaceAll(address, "N", strconv.Itoa(i)))
		}
	}
	tests := []struct {
		name    string
		prepare func(h fixture)
		from    string
		want    bool
	}{
		{"four wrong passwords", func(h fixture) { fail(h, 4, h.staff.Email, owner) }, owner, true},
		{"five wrong passwords", func(h fixture) { fail(h, 5, h.staff.Email, owner) }, owner, false},
		{"five in another case of letters", func(h fixture) {
			fail(h, 5, strings.ToUpper(h.staff.Email), owner)
		}, owner, false},
		{"five, long ago", func(h fixture) {
			fail(h, 5, h.staff.Email, owner)
			h.world.Exec(`update sign_in_attempts set at = now() - interval '16 minutes'`)
		}, owner, true},
		{"a success forgives", func(h fixture) {
			fail(h, 4, h.staff.Email, owner)
			h.mustSignIn()
			fail(h, 4, h.staff.Email, owner)
		}, owner, true},
		{"an attack from elsewhere leaves the owner alone", func(h fixture) {
			h.mustSignIn()
			fail(h, 60, h.staff.Email, "203.0.113.N")
		}, owner, true},
		{"the attacker finds no fresh address", func(h fixture) {
			h.mustSignIn()
			fail(h, 20, h.staff.Email, "203.0.113.N")
		}, "198.51.100.7", false},
		{"one address tries many accounts", func(h fixture) {
			for i := range 50 {
				fail(h, 1, fmt.Sprintf("person%d@aurora.example", i), attacker)
			}
		}, attacker, false},
		{"a colleague behind that address", func(h fixture) {
			h.mustSignIn()
			for i := range 50 {
				fail(h, 1, fmt.Sprintf("person%d@aurora.example", i), owner)
			}
		}, owner, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t)
			tt.prepare(h)
			_, err := h.try(h.staff.Email, testdb.Password, tt.from)
			if tt.want && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !tt.want && (err == nil || !strings.HasPrefix(err.Error(), "Too many sign-ins failed")) {
				t.Errorf("let in: %v", err)
			}
		})
	}
}

// A browser that signed in before is known wherever it is: neither an attack on the
// account nor one from behind the same address stops its owner. It gives other people no
// more attempts.
func TestThrottleKnowsTheDevice(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	try := func(email, password, address, device string) error {
		_, err := h.authenticator.SignIn(t.Context(), identity.Credentials{
			Email: email, Password: password, Client: identity.Client{Address: address, Device: device},
		}, "")
		return err
	}
	const home, train, notebook = "192.0.2.1", "198.51.100.30", "the owner's notebook"
	if err := try(h.staff.Email, testdb.Password, home, notebook); err != nil {
		t.Fatal(err)
	}
	for i := range 30 { // from many addresses, and from the one that the owner will be at
		h.world.Exec(`insert into sign_in_attempts (email, address, device, succeeded)
			values ($1, $2, sha256($3), false), ($1, $4, null, false)`,
			h.staff.Email, fmt.Sprintf("203.0.113.%d", i), []byte("the attacker's"), train)
	}
	if err := try(h.staff.Email, testdb.Password, train, "somebody's"); err == nil {
		t.Error("the attack is not slowed down")
	}
	if err := try(h.staff.Email, testdb.Password, train, ""); err == nil {
		t.Error("the attack without a device is not slowed down")
	}
	if err := try(h.staff.Email, testdb.Password, train, notebook); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
	for range 5 {
		_ = try(h.staff.Email, "wrong password", train, notebook)
	}
	if err := try(h.staff.Email, testdb.Password, train, notebook); err == nil ||
		!strings.HasPrefix(err.Error(), "Too many") {
		t.Errorf("a stolen notebook tries on: %v", err)
	}
	if hash := h.world.Text(`select count(*) from sign_in_attempts where device = sha256($1)`,
		[]byte(notebook)); hash == "0" {
		t.Error("the device is not kept as a hash")
	}
	other := h.world.Staff(testdb.Staff{})
	for i := range 20 {
		h.world.Exec(`insert into sign_in_attempts (email, address, succeeded) values ($1, $2, false)`, other.Email,
			fmt.Sprintf("203.0.113.%d", i))
	}
	if err := try(other.Email, testdb.Password, train, notebook); err == nil {
		t.Error("a device of one account is trusted with another")
	}
}

func TestThrottleHoldsAtOnce(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	const attempts = 40
	answers := make(chan error, attempts)
	for range attempts {
		go func() {
			_, err := h.try(h.staff.Email, "wrong password", "203.0.113.9")
			answers <- err
		}()
	}
	compared := 0
	for range attempts {
		if err := <-answers; strings.HasPrefix(err.Error(), "E-mail and password") {
			compared++
		}
	}
	if compared > 10 {
		t.Errorf("%d of %d passwords were compared", compared, attempts)
	}
}
