package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

// result is what a run of the program left.
type result struct {
	code        int
	out, errOut string
}

// handover runs the command line in this process.
func handover(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

// oneSentence checks that an error is one line that contains want.
func (r result) oneSentence(t *testing.T, code int, want string) {
	t.Helper()
	if r.code != code || strings.Count(r.errOut, "\n") != 1 || !strings.HasPrefix(r.errOut, "handover: ") ||
		!strings.Contains(r.errOut, want) {
		t.Errorf("exit code %d with %q, want %d with one line that has %q", r.code, r.errOut, code, want)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"nothing", nil, "expected"},
		{"an unknown command", []string{"migrat"}, `did you mean "migrate"`},
		{"an unknown flag", []string{"migrate", "--fast"}, "unknown flag --fast"},
		{"a wrong setting", []string{"migrate", "--addr", "8080"}, "HANDOVER_ADDR"},
		{
			"a mail server without a sender",
			[]string{"serve", "--smtp-url", "smtp://mail.example"},
			"set HANDOVER_MAIL_FROM",
		},
		{"a wrong log level", []string{"migrate", "--log-level", "loud"}, "--log-level"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			handover(t, "", tt.args...).oneSentence(t, exitUsage, tt.want)
		})
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	t.Parallel()
	r := handover(t, "", "migrate", "--help")
	if r.code != 0 || r.errOut != "" {
		t.Errorf("exit code %d, %q", r.code, r.errOut)
	}
	for _, name := range []string{
		"DATABASE_URL", "DATA_DIR", "POSTGRES_BIN", "ADDR", "BASE_URL", "SESSION_KEY",
		"SMTP_URL", "MAIL_FROM", "LOG_LEVEL",
	} {
		flag := "--" + strings.ReplaceAll(strings.ToLower(name), "_", "-") + "="
		if !strings.Contains(r.out, flag) || !strings.Contains(r.out, "$HANDOVER_"+name) {
			t.Errorf("%s is not listed in:\n%s", name, r.out)
		}
	}
}

func TestUnreachableDatabase(t *testing.T) {
	t.Parallel()
	handover(t, "", "migrate", "--database-url", "postgres://u:secret@127.0.0.1:1/x").oneSentence(t, exitFailed,
		"127.0.0.1:1")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	address := testdb.EmptyURL(t)
	if r := handover(t, "", "migrate", "status", "--database-url", address); r.code != 0 ||
		!strings.Contains(r.out, "pending") {
		t.Errorf("status of an empty database: %+v", r)
	}
	for range 2 {
		if r := handover(t, "", "migrate", "--database-url", address); r.code != 0 ||
			!strings.Contains(r.out, "up to date") {
			t.Errorf("migrate: %+v", r)
		}
	}
	if r := handover(t, "", "migrate", "status", "--database-url", address); r.code != 0 ||
		strings.Contains(r.out, "pending") {
		t.Errorf("status of a migrated database: %+v", r)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	code := run(ctx, []string{"migrate", "--database-url", testdb.EmptyURL(t)}, strings.NewReader(""), &out, &errOut)
	result{code, out.String(), errOut.String()}.oneSentence(t, exitFailed, "interrupted")
}

// TestEmbedded runs a command on a new embedded cluster in a data directory.
func TestEmbedded(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "handover") // unlike t.TempDir, open to PostgreSQL's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		// The test ignores the log: it belongs to the process, and other tests write it
		// too.
		if r := handover(t, "", "migrate", "--data-dir", dir, "--database-url", ""); r.code != 0 ||
			!strings.Contains(r.out, "The schema is up to date") {
			t.Errorf("%+v", r)
		}
	}
}

// TestDemoOnce is what make run does on a database that has data of its own.
func TestDemoOnce(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	if _, err := pool.ExecContext(t.Context(),
		`insert into distributors (name, currency) values ('Own', 'EUR')`); err != nil {
		t.Fatal(err)
	}
	r := handover(t, "", "demo", "--once", "--database-url", address)
	if r.code != 0 || r.out != "The database has data already; no demo data was loaded.\n" {
		t.Errorf("%+v", r)
	}
}
