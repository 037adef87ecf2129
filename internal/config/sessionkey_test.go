package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handover/internal/config"
)

func TestSigningKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: filepath.Join(t.TempDir(), "var")}
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = c.SigningKey(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if len(key) != 64 || !bytes.Equal(key, keys[0]) {
			t.Fatalf("processes got different keys: %q", keys)
		}
	}
	files, err := os.ReadDir(c.DataDir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files are left, %v", len(files), err)
	}
	if info, err := files[0].Info(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v, %v", info.Mode(), err)
	}
}

func TestSigningKeyConfigured(t *testing.T) {
	t.Parallel()
	want := strings.Repeat("k", 40)
	if got, err := (config.Config{SessionKey: want}).SigningKey(); err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSigningKeyRefusesAShortFile(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(c.DataDir, "session.key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SigningKey(); err == nil {
		t.Error("an empty key was taken")
	}
}
