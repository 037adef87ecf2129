package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/testdb"
)

// exported makes a log with awkward texts, exports it, and returns the database's
// address and the file.
func exported(t *testing.T) (address, file string, pool *sqlx.DB) {
	t.Helper()
	address = testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	for i, text := range []string{
		"plain", `=cmd|' /C calc'!A0`, "'quoted'", "-5", "two\nlines, \"quoted\"",
		"carriage\r\nreturn", "\ttab", "Ærø 日本 \U0001F600", "",
	} {
		e := audit.Entry{
			Actor: audit.Actor{Name: text}, Action: "test", SubjectKind: "text", Subject: text,
			Before: map[string]any{"b": text, "aa": 1.50, "c": []any{nil, true}}, After: text,
		}
		if i%2 == 0 {
			e.Before = nil
		}
		if err := audit.Append(t.Context(), pool, e); err != nil {
			t.Fatal(err)
		}
	}
	file = filepath.Join(t.TempDir(), "audit.csv")
	if r := handover(t, "", "audit", "export", file, "--database-url", address); r.code != 0 ||
		!strings.HasPrefix(r.out, "10 entries written") {
		t.Fatalf("%+v", r)
	}
	return address, file, pool
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRecipe follows docs/security.md word by word: an outsider has nothing but that text.
// Node.js is needed to build the project, Python is not.
func TestRecipe(t *testing.T) {
	t.Parallel()
	_, file, _ := exported(t)
	head := strings.TrimSpace(read(t, file+".head"))
	page := read(t, filepath.Join("..", "..", "docs", "security.md"))
	rows, err := csv.NewReader(strings.NewReader(read(t, file))).ReadAll()
	if err != nil || len(rows) != 11 {
		t.Fatalf("the export has %d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet takes %q for a formula", cell)
			}
		}
	}
	changed := filepath.Join(t.TempDir(), "changed.csv")
	if err := os.WriteFile(changed, []byte(strings.Replace(read(t, file), "Ærø", "Aero", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for language, program := range map[string]string{"python": "python3", "javascript": "node"} {
		_, rest, _ := strings.Cut(page, "```"+language+"\n")
		code, _, found := strings.Cut(rest, "```")
		if !found {
			t.Fatalf("docs/security.md has no recipe in %s", language)
		}
		if _, err := exec.LookPath(program); err != nil && language == "python" {
			continue
		}
		script := filepath.Join(t.TempDir(),
			map[string]string{"python": "check.py", "javascript": "check.mjs"}[language])
		if err := os.WriteFile(script, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, script, file, "3").CombinedOutput()
		want := fmt.Sprintf("3:%s\n%s\n", rows[3][14], head)
		if err != nil || string(out) != want {
			t.Errorf("%s: %v, prints %q, want %q", program, err, out, want)
		}
		out, err = exec.CommandContext(t.Context(), program, script, changed).CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("The chain breaks at position 8, entry 8.")) {
			t.Errorf("%s on a changed file: %v, %q", program, err, out)
		}
	}
}

func TestVerifyWithHead(t *testing.T) {
	t.Parallel()
	address, file, pool := exported(t)
	verify := func(heads ...string) result {
		args := []string{"verify", "--database-url", address}
		for _, h := range heads {
			args = append(args, "--head", h)
		}
		return handover(t, "", args...)
	}
	head := strings.TrimSpace(read(t, file+".head"))
	if r := verify(); r.code != 0 ||
		!strings.Contains(r.out, "10  every sealed audit entry is unchanged and in its place") {
		t.Errorf("%+v", r)
	}
	if r := verify(file+".head", head); r.code != 0 ||
		!strings.Contains(r.out, "2  the audit chain passes the heads that were kept outside") {
		t.Errorf("%+v", r)
	}
	verify("none").oneSentence(t, exitFailed, `"none" is not the head of an audit log`)
	verify("5:abc").oneSentence(t, exitFailed, "COUNT:HASH")
	other := head[:len(head)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(head, "0")]
	if r := verify(other); r.code != exitFailed ||
		!strings.Contains(r.out, "the head that was kept has another hash than position 10: the log was rewritten") {
		t.Errorf("%+v", r)
	}
	err := db.InTx(t.Context(), testdb.Superuser(t, pool), func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(t.Context(), `set local session_replication_role = replica`)
		if err == nil {
			_, err = tx.ExecContext(t.Context(), `delete from audit_entries where id = 4`)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r := verify()
	if r.code != exitFailed || !strings.Contains(r.out, "entry 4 at position 4 was removed") {
		t.Errorf("%+v", r)
	}
}
