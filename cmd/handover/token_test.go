package main

import (
	"strings"
	"testing"
	"time"

	"handover/internal/db"
	"handover/internal/identity"
	"handover/internal/testdb"
)

func TestTokenCommands(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	s := testdb.NewWorld(t, pool).Staff(testdb.Staff{Role: "account_manager"})
	token := func(args ...string) result {
		return handover(t, "", append(append([]string{"token"}, args...), "--database-url", address)...)
	}
	made := token("create", "--email", s.Email, "--name", "billing", "--privileges", "read,accounts.transfer",
		"--expires", time.Now().AddDate(0, 6, 0).Format(time.DateOnly))
	secret := strings.TrimSpace(made.out)
	if made.code != 0 || !strings.HasPrefix(secret, "hov_") || strings.Count(made.out, "\n") != 1 {
		t.Fatalf("%+v", made)
	}
	who, err := identity.ResumeToken(t.Context(), pool, secret, "127.0.0.1")
	if err != nil || who.Email != s.Email || !who.Can(identity.AccountsTransfer) || who.Can(identity.ExportRun) {
		t.Errorf("it signs in %+v: %v", who, err)
	}
	if got := token("list"); !strings.Contains(got.out, "billing") ||
		!strings.Contains(got.out, "read,accounts.transfer") || strings.Contains(got.out, secret) {
		t.Errorf("%+v", got)
	}
	if got := token("revoke", "--id", "1"); got.out != "Revoked billing of "+s.Email+".\n" {
		t.Errorf("%+v", got)
	}
	if _, err := identity.ResumeToken(t.Context(), pool, secret, "127.0.0.1"); err == nil {
		t.Error("a revoked token signs in")
	}
	token("create", "--email", s.Email, "--name", "x", "--privileges", "staff.manage").oneSentence(t, exitFailed,
		"you do not have the privilege staff.manage")
	token("create", "--email", "unknown@aurora.example", "--name", "x").oneSentence(t, exitFailed,
		"unknown@aurora.example")
	token("create", "--email", s.Email, "--name", "x", "--per-minute=-5").oneSentence(t, exitFailed, "allow at least 1")
	token("create", "--email", s.Email, "--name", "x", "--expires", "soon").oneSentence(t, exitFailed, "is not a date")
	token("create", "--email", s.Email, "--name", "x", "--expires", "2099-12-31").oneSentence(t, exitFailed,
		"is more than a year away")
	token("revoke", "--id", "77").oneSentence(t, exitFailed, "There is no such token")
}
