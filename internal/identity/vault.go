package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strconv"
)

// vault seals secrets that must be read again, with AES-256-GCM under a key that
// is derived from the session key and never stored.
type vault struct{ seal cipher.AEAD }

// vaultUse separates this key from whatever else is derived from the session key.
const vaultUse = "handover second factor 1"

const vaultKey = 32 // bytes: AES-256

func newVault(sessionKey []byte) (vault, error) {
	key, err := hkdf.Key(sha256.New, sessionKey, nil, vaultUse, vaultKey)
	if err != nil {
		return vault{}, fmt.Errorf("derive the key of second factors: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return vault{}, err
	}
	seal, err := cipher.NewGCM(block)
	return vault{seal: seal}, err
}

// close returns the sealed secret. It opens only for the same staff member: a row
// that was copied to another one is worth nothing.
func (v vault) close(staffID int64, secret string) []byte {
	nonce := make([]byte, v.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return v.seal.Seal(nonce, nonce, []byte(secret), owner(staffID))
}

func (v vault) open(staffID int64, sealed []byte) (string, error) {
	n := v.seal.NonceSize()
	if len(sealed) < n {
		return "", fmt.Errorf("the sealed secret has %d bytes", len(sealed))
	}
	secret, err := v.seal.Open(nil, sealed[:n], sealed[n:], owner(staffID))
	return string(secret), err
}

func owner(staffID int64) []byte { return strconv.AppendInt(nil, staffID, 10) }
