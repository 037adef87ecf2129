package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const keyFile = "session.key"

// SessionKey returns the key that signs cookies: the configured one, else the
// one kept in the data directory, which is made the first time. Several
// processes on one database need the same configured key.
func SessionKey(configured, dataDir string) ([]byte, error) {
	if configured != "" {
		if len(configured) < minSessionKey {
			return nil, fmt.Errorf("HANDOVER_SESSION_KEY has %d characters; it needs at least %d", len(configured), minSessionKey)
		}
		return []byte(configured), nil
	}
	path := filepath.Join(dataDir, keyFile)
	text, err := os.ReadFile(path)
	if err == nil {
		return readKey(path, string(text))
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the session key: %w", err)
	}
	return makeKey(path)
}

func readKey(path, text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) < minSessionKey {
		return nil, fmt.Errorf("%s does not hold a session key: remove it, and a new one is made (everybody has to sign in again)", path)
	}
	return key, nil
}

// makeKey writes a new key; of two processes that start at once one writes it,
// and the other reads it.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, minSessionKey)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("make a session key: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), keyFile+".*")
	if err != nil {
		return nil, fmt.Errorf("write the session key: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, temporary.Close()); err != nil {
		return nil, fmt.Errorf("write the session key: %w", err)
	}
	err = os.Link(temporary.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the session key: %w", err)
		}
		return readKey(path, string(text))
	}
	if err != nil {
		return nil, fmt.Errorf("write the session key: %w", err)
	}
	return key, nil
}
