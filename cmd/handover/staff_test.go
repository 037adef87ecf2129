package main

import (
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

func TestStaffCommands(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	world := testdb.NewWorld(t, pool)
	world.Exec(`update distributors set external_id = 'dist-aurora', name = 'Aurora Cloud' where id = $1`,
		world.Provider.ID)
	staff := func(in string, args ...string) result {
		return handover(t, in, append(append([]string{"staff"}, args...), "--database-url", address)...)
	}
	person := func(email, role string) []string {
		return []string{
			"add", "--email", email, "--name", "Ada Meyer", "--distributor", "dist-aurora", "--role", role,
			"--password-stdin",
		}
	}
	const password = "correct horse battery\r\n"
	done := []struct {
		in   string
		args []string
		want string
	}{
		{
			password, person("ada@aurora.example", "administrator"),
			"Added Ada Meyer <ada@aurora.example>, administrator of Aurora Cloud.\n",
		},
		{
			"no newline at its end", person("bo@aurora.example", "finance"),
			"Added Ada Meyer <bo@aurora.example>, finance of Aurora Cloud.\n",
		},
		{password, []string{"password", "--email", "BO@aurora.example", "--password-stdin"}, "has a new password"},
		{"", []string{"disable", "--email", "bo@aurora.example"}, "Disabled bo@aurora.example"},
		{"", []string{"enable", "--email", "bo@aurora.example"}, "Enabled bo@aurora.example"},
		{
			"",
			[]string{"role", "--email", "bo@aurora.example", "--role", "auditor"},
			"bo@aurora.example is now auditor.",
		},
		{
			"",
			[]string{"role", "--email", "bo@aurora.example", "--role", "finance"},
			"bo@aurora.example is now finance.",
		},
		{"", []string{"disable", "--email", "bo@aurora.example"}, "Disabled bo@aurora.example"},
		{"", []string{"list"}, "bo@aurora.example   Ada Meyer  Aurora Cloud  finance        disabled  never"},
	}
	for _, tt := range done {
		if r := staff(tt.in, tt.args...); r.code != 0 || !strings.Contains(r.out, tt.want) {
			t.Errorf("%s: exit code %d, %q %q", tt.args[0], r.code, r.out, r.errOut)
		}
	}
	world.Exec(`insert into second_factors (staff_id, secret, confirmed_at) select id, 'x', now() from staff
		where email = 'ada@aurora.example'`)
	world.Exec(`insert into staff_subjects (staff_id, issuer, subject) select id, 'i', 's' from staff
		where email = 'ada@aurora.example'`)
	for command, want := range map[string]string{
		"reset-second-factor": "has no second factor any more",
		"release-sign-on":     "is bound to no account",
	} {
		args := []string{command, "--email", "ada@aurora.example"}
		if r := staff("", args...); r.code != 0 || !strings.Contains(r.out, want) {
			t.Errorf("%s: exit code %d, %q %q", command, r.code, r.out, r.errOut)
		}
		if r := staff("", args...); r.code != exitFailed {
			t.Errorf("%s a second time: exit code %d, %q", command, r.code, r.out)
		}
	}
	refused := []struct {
		in   string
		args []string
		code int
		want string
	}{
		{password, person("ada@aurora.example", "finance"), exitFailed, "already"},
		{password, person("cy@aurora.example", "boss"), exitFailed, `There is no role "boss"`},
		{"short\n", person("cy@aurora.example", "finance"), exitFailed, "at least 10"},
		{"", person("cy@aurora.example", "finance"), exitFailed, "at least 10"},
		{"", []string{"disable", "--email", "ada@aurora.example"}, exitFailed, "last administrator"},
		{"", []string{"role", "--email", "ada@aurora.example", "--role", "finance"}, exitFailed, "last administrator"},
		{"", []string{"role", "--email", "bo@aurora.example", "--role", "boss"}, exitFailed, `There is no role "boss"`},
		{"", []string{"enable", "--email", "ada@aurora.example"}, exitFailed, "is already active"},
		{"password1234", person("cy@aurora.example", "finance"), exitFailed, "tried first"},
		{"", []string{"disable", "--email", "unknown@aurora.example"}, exitFailed, "no staff member"},
		{
			password,
			[]string{"password", "--email", "unknown@aurora.example", "--password-stdin"},
			exitFailed,
			"no staff member",
		},
		{"", []string{"add", "--email", "cy@aurora.example"}, exitUsage, "missing flags"},
	}
	for _, tt := range refused {
		staff(tt.in, tt.args...).oneSentence(t, tt.code, tt.want)
	}
	if hash := world.Text(`select string_agg(password_hash, ' ') from staff`); strings.Contains(hash, "horse") ||
		strings.Count(hash, "$argon2id$") != 2 {
		t.Errorf("passwords are kept as %s", hash)
	}
}
