// Package vault seals secrets that must be read again, with a key that is not in the
// database.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strconv"
)

// The uses of vaults. Each separates its key from whatever else is derived from the session
// key; another text makes everything that was sealed under it unreadable.
const (
	SecondFactors = "handover second factor 1"
	Webhooks      = "handover webhooks 1"
	MailedLinks   = "handover mailed links 1"
)

// Vault seals secrets with AES-256-GCM under a key that is derived from the session key and
// never stored.
type Vault struct{ seal cipher.AEAD }

const keySize = 32 // bytes: AES-256

// New returns the vault for a use.
func New(sessionKey []byte, use string) (Vault, error) {
	key, err := hkdf.Key(sha256.New, sessionKey, nil, use, keySize)
	if err != nil {
		return Vault{}, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return Vault{}, err
	}
	seal, err := cipher.NewGCM(block)
	return Vault{seal: seal}, err
}

// Close returns the sealed secret. It opens only for the same owner: a row that was copied
// to another one is worth nothing.
func (v Vault) Close(owner int64, secret string) []byte {
	nonce := make([]byte, v.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return v.seal.Seal(nonce, nonce, []byte(secret), ownerOf(owner))
}

// Open returns the secret; an error when it was sealed under another key or for another owner.
func (v Vault) Open(owner int64, sealed []byte) (string, error) {
	n := v.seal.NonceSize()
	if len(sealed) < n {
		return "", fmt.Errorf("the sealed secret has %d bytes", len(sealed))
	}
	secret, err := v.seal.Open(nil, sealed[:n], sealed[n:], ownerOf(owner))
	return string(secret), err
}

func ownerOf(id int64) []byte { return strconv.AppendInt(nil, id, 10) }
