package pgembed

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake makes a folder with programs that report a version.
func fake(t *testing.T, version string) string {
	t.Helper()
	dir := t.TempDir()
	for _, program := range []string{"postgres", "initdb", "pg_ctl"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", program, version)
		if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindNamedFolder(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	old, current := fake(t, "14.9"), fake(t, "17.2 (Debian 17.2-1)")
	tests := []struct {
		name, dir string
		major     int
		want      string
	}{
		{"good", current, 0, ""},
		{"good for the data", current, 17, ""},
		{"too old", old, 0, "version 14; 15 or newer is needed"},
		{"not the data's version", current, 16, "the data was written by PostgreSQL 16"},
		{"no programs", empty, 0, "HANDOVER_POSTGRES_BIN: the folder " + empty + " has no program postgres"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := Find(tt.dir, tt.major)
			if tt.want == "" {
				if err != nil || b.Major != 17 || b.Minor != 2 {
					t.Errorf("got %+v, %v", b, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestInstalledNewestFirst(t *testing.T) {
	t.Parallel()
	found := installed([]string{fake(t, "15.9"), t.TempDir(), fake(t, "18beta1"), fake(t, "15.18")})
	var got []string
	for _, b := range found {
		got = append(got, fmt.Sprintf("%d.%d", b.Major, b.Minor))
	}
	if strings.Join(got, " ") != "18.0 15.18 15.9" {
		t.Errorf("got %v", got)
	}
}

func TestLongPathsDiffer(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, tail := range []string{"a", "b"} {
		c := &cluster{
			home:    "/" + strings.Repeat("x", 120) + tail,
			account: account{uid: os.Geteuid(), gid: os.Getegid()},
		}
		if err := c.placeSocket(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Remove(c.socketDir) })
		names[c.socketDir] = true
	}
	if len(names) != 2 {
		t.Errorf("two clusters share a socket folder: %v", names)
	}
}
