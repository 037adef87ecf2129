package identity

import (
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"handover/internal/fault"
)

// Lengths of a password, in characters. Length is what counts: beyond it only what
// everybody tries first is refused. argon2id reads no more than it is given.
const (
	MinPassword = 10
	MaxPassword = 200
)

// hashParams are argon2id's costs: OWASP's recommendation with a wide margin,
// about 30 ms on one core.
var hashParams = &argon2id.Params{Memory: 32 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashPassword checks a new password and returns its hash. names are what its owner
// is called; a password that contains them is refused, like a common one.
func hashPassword(password string, names ...string) (string, error) {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return "", fault.InvalidField("password", msgPasswordTooShort, n, MinPassword)
	case n > MaxPassword:
		return "", fault.InvalidField("password", msgPasswordTooLong, n, MaxPassword)
	case isCommon(password):
		return "", fault.InvalidField("password", msgPasswordCommon)
	case isOwn(password, names...):
		return "", fault.InvalidField("password", msgPasswordObvious)
	}
	if name := containedName(password, names...); name != "" {
		return "", fault.InvalidField("password", msgContainsName, name)
	}
	hash, err := argon2id.CreateHash(password, hashParams)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// names returns what the staff member and their distributor are called.
func (s Staff) names() []string { return []string{s.Email, s.Name, s.DistributorName} }
