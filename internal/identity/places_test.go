package identity_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"handover/internal/identity"
	"handover/internal/testdb"
)

// TestAttackersWaitBehindHonestSignIns: 120 attempts wait for a place to be compared. One of
// somebody else, who comes last, is compared next.
func TestAttackersWaitBehindHonestSignIns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		email   func(h fixture, i int) string
		address func(i int) string
		known   bool // the honest person signed in from there before
	}{
		{"of many accounts from one address", func(_ fixture, i int) string {
			return fmt.Sprintf("person%d@aurora.example", i)
		}, func(int) string { return "203.0.113.9" }, false},
		{"of many accounts from one IPv6 network", func(_ fixture, i int) string {
			return fmt.Sprintf("person%d@aurora.example", i)
		}, func(i int) string { return fmt.Sprintf("2001:db8::%x", i+1) }, false},
		{"of one account from many addresses", func(fixture, int) string {
			return "person@aurora.example"
		}, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, false},
		{"of the person's own account from many addresses", func(h fixture, _ int) string {
			return h.staff.Email
		}, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, true},
		{"of many accounts from many addresses", func(_ fixture, i int) string {
			return fmt.Sprintf("person%d@aurora.example", i)
		}, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newFixture(t)
			if tt.known {
				h.mustSignIn()
			}
			const attackers = 120
			var compared, ended atomic.Int32
			leave := identity.FillPlaces(h.authenticator)
			ctx, stop := context.WithCancel(t.Context())
			for i := range attackers {
				go func() {
					defer ended.Add(1)
					_, err := h.authenticator.SignIn(ctx, identity.Credentials{
						Email: tt.email(h, i), Password: "wrong password",
						Client: identity.Client{Address: tt.address(i)},
					}, "")
					if err != nil && strings.HasPrefix(err.Error(), "E-mail and password") {
						compared.Add(1)
					}
				}()
			}
			waitUntil(t, func() bool { return identity.Waiting(h.authenticator) == attackers })
			var before int32
			answer := make(chan error)
			go func() {
				_, err := h.try(h.staff.Email, testdb.Password, "192.0.2.1")
				before = compared.Load()
				answer <- err
			}()
			waitUntil(t, func() bool { return identity.Waiting(h.authenticator) == attackers+1 })
			leave()
			if err := <-answer; err != nil {
				t.Fatal(err)
			}
			if before > 12 { // those of the other places meanwhile
				t.Errorf("%d attempts were compared before the honest one", before)
			}
			stop()
			waitUntil(t, func() bool { return ended.Load() == attackers })
			if n := identity.Waiting(h.authenticator); n != 0 {
				t.Errorf("%d attempts wait whose people are gone", n)
			}
		})
	}
}

// TestThrottleIsAskedBeforeTheQueue: who tried too often is refused while no place is free, and
// takes none.
func TestThrottleIsAskedBeforeTheQueue(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	h.world.Exec(`insert into sign_in_attempts (email, address, succeeded)
		select 'person' || n || '@aurora.example', '2001:db8:1:2::/64', false from generate_series(1, 50) n`)
	leave := identity.FillPlaces(h.authenticator)
	defer leave()
	answer := make(chan error, 1)
	go func() {
		_, err := h.try("person@aurora.example", "wrong password", "2001:db8:1:2:3:4:5:6")
		answer <- err
	}()
	select {
	case err := <-answer:
		if err == nil || !strings.HasPrefix(err.Error(), "Too many sign-ins failed") {
			t.Errorf("the answer is %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("it waits for a place")
	}
}

// TestTooManyWaitingAttempts: the queue is bounded, and what is sent away is the flood's.
func TestTooManyWaitingAttempts(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	leave := identity.FillPlaces(h.authenticator)
	refused := make(chan error, identity.MaxWaiting+10)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range identity.MaxWaiting + 10 {
		go func() {
			_, err := h.authenticator.SignIn(ctx, identity.Credentials{
				Email: fmt.Sprintf("person%d@aurora.example", i), Password: "wrong password",
				Client: identity.Client{Address: "203.0.113.9"},
			}, "")
			refused <- err
		}()
	}
	for range 10 {
		if err := <-refused; err == nil || !strings.HasPrefix(err.Error(), "Too many people are signing in") {
			t.Fatalf("one too many is answered %v", err)
		}
	}
	answer := make(chan error, 1)
	go func() {
		_, err := h.try(h.staff.Email, testdb.Password, "192.0.2.1")
		answer <- err
	}()
	select {
	case err := <-refused:
		if err == nil || !strings.HasPrefix(err.Error(), "Too many people are signing in") {
			t.Errorf("for an honest one the flood gives way with %v", err)
		}
	case err := <-answer:
		t.Fatalf("the honest one is sent away: %v", err)
	}
	leave()
	if err := <-answer; err != nil {
		t.Errorf("the honest one: %v", err)
	}
	stop()
	for range identity.MaxWaiting - 1 {
		if err := <-refused; err == nil {
			t.Error("an attacker signed in")
		}
	}
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for range 6000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it did not come to that")
}
