package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// minSessionKey is the shortest secret that is worth the name.
const minSessionKey = 32

// SigningKey returns the secret that signs session cookies: the configured one,
// or one that is made once and kept in the data directory. Several processes on
// one database need the same one.
func (c Config) SigningKey() ([]byte, error) {
	if c.SessionKey != "" {
		return []byte(c.SessionKey), nil
	}
	path := filepath.Join(c.DataDir, "session.key")
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeKey(path); err != nil {
			return nil, fmt.Errorf("make the session key: %w", err)
		}
		key, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the session key: %w", err)
	}
	if len(key) < minSessionKey {
		return nil, fmt.Errorf("the session key in %s is too short: remove the file, and a new one is made "+
			"(everybody has to sign in again)", path)
	}
	return key, nil
}

// makeKey writes a complete file under another name first: of two processes
// that start at once, the first one's key stays.
func makeKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "session.key.*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // the linked name stays
	secret := make([]byte, minSessionKey)
	_, _ = rand.Read(secret) // never fails
	_, err = f.WriteString(hex.EncodeToString(secret))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
