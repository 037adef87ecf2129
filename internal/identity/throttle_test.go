package identity_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	const owner, attacker = "192.0.2.1", "203.0.113.9"
	fail := func(h house, times int, email, address string) {
		for i := range times {
			h.world.Exec(`insert into sign_in_attempts (email, address, succeeded) values ($1, $2, false)`, email, strings.ReplaceAll(address, "N", strconv.Itoa(i)))
		}
	}
	tests := []struct {
		name    string
		prepare func(h house)
		from    string
		want    bool
	}{
		{"four wrong passwords", func(h house) { fail(h, 4, h.staff.Email, owner) }, owner, true},
		{"five wrong passwords", func(h house) { fail(h, 5, h.staff.Email, owner) }, owner, false},
		{"five in another case of letters", func(h house) { fail(h, 5, strings.ToUpper(h.staff.Email), owner) }, owner, false},
		{"five, long ago", func(h house) {
			fail(h, 5, h.staff.Email, owner)
			h.world.Exec(`update sign_in_attempts set at = now() - interval '16 minutes'`)
		}, owner, true},
		{"a success forgives", func(h house) {
			fail(h, 4, h.staff.Email, owner)
			h.mustSignIn()
			fail(h, 4, h.staff.Email, owner)
		}, owner, true},
		{"an attack from elsewhere leaves the owner alone", func(h house) {
			h.mustSignIn()
			fail(h, 60, h.staff.Email, "203.0.113.N")
		}, owner, true},
		{"the attacker finds no fresh address", func(h house) {
			h.mustSignIn()
			fail(h, 20, h.staff.Email, "203.0.113.N")
		}, "198.51.100.7", false},
		{"one address tries many accounts", func(h house) {
			for i := range 50 {
				fail(h, 1, fmt.Sprintf("person%d@aurora.example", i), attacker)
			}
		}, attacker, false},
		{"a colleague behind that address", func(h house) {
			h.mustSignIn()
			for i := range 50 {
				fail(h, 1, fmt.Sprintf("person%d@aurora.example", i), owner)
			}
		}, owner, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
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

func TestThrottleHoldsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
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
