package identity

import (
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"handover/internal/fault"
)

// Lengths of a password, in characters. There are no other rules: length is what
// counts, and argon2id reads no more than it is given.
const (
	MinPassword = 10
	MaxPassword = 200
)

// hashParams are argon2id's costs: OWASP's recommendation with a wide margin,
// about 30 ms on one core.
var hashParams = &argon2id.Params{Memory: 32 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashPassword checks a new password and returns its hash.
func hashPassword(password string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return "", fault.InvalidField("password", "The password has %d characters; it needs at least %d.", n, MinPassword)
	case n > MaxPassword:
		return "", fault.InvalidField("password", "The password has %d characters; at most %d are allowed.", n, MaxPassword)
	}
	hash, err := argon2id.CreateHash(password, hashParams)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}
