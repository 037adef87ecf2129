package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"handover/internal/config"
)

// TestBackupKeepsTheKeyApart follows docs/operations.md word by word.
func TestBackupKeepsTheKeyApart(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(read(t, filepath.Join("..", "..", "docs", "operations.md")), "## Backup\n")
	_, rest, found := strings.Cut(section, "```sh\n")
	recipe, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatal("docs/operations.md has no recipe for a backup")
	}
	data, backups, keys := t.TempDir(), t.TempDir(), t.TempDir()
	key, err := config.Config{DataDir: data}.SigningKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(data, "postgres", "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "postgres", "data", "PG_VERSION"), []byte("17\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	backup := exec.CommandContext(t.Context(), "sh", "-e", "-c", recipe)
	backup.Env = append(os.Environ(), "HANDOVER_DATA_DIR="+data, "BACKUPS="+backups, "KEYS="+keys)
	if out, err := backup.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	restored := t.TempDir()
	unpack := exec.CommandContext(t.Context(), "tar", "-C", restored, "-xzf", filepath.Join(backups, "handover.tar.gz"))
	if out, err := unpack.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := read(t, filepath.Join(restored, "postgres", "data", "PG_VERSION")); got != "17\n" {
		t.Errorf("the backup has no database: %q", got)
	}
	err = filepath.WalkDir(restored, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(read(t, path), string(key)) {
			t.Errorf("the backup holds the key in %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(keys, "handover-session.key")); got != string(key) {
		t.Error("the key was not kept")
	}
}
