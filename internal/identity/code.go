package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"golang.org/x/crypto/argon2"

	"handover/internal/db"
	"handover/internal/fault"
)

// The second factor is TOTP as every authenticator app knows it: SHA-1, six
// digits, 30 seconds, and one step of clock skew to either side.
const (
	codeStep = 30 * time.Second
	codeSkew = 1
)

// Recovery codes: how many one gets, and their form, 80 random bits each. They are hashed like
// passwords, those of a person under one salt, so that a code that is entered is hashed once.
const (
	RecoveryCodes = 10
	recoveryChars = 16
	recoveryGroup = 4
)

// outcome is the result of a code that was entered.
type outcome int

const (
	codeWrong outcome = iota
	codeUsed          // right, but it was used before
	codeUnreadable
	codeRight
	codeRecovery // one of the recovery codes
)

func (o outcome) accepted() bool { return o == codeRight || o == codeRecovery }

// outcomes has the note in the audit log and the message to the person, per outcome.
var outcomes = map[outcome]struct{ note, told string }{
	codeWrong: {
		"wrong code",
		"This code is not right. Enter the six digits that your app shows now, or a recovery code.",
	},
	codeUsed: {
		"code used before",
		"This code was used already. Wait until your app shows the next one, or take another recovery code.",
	},
	codeUnreadable: {"secret cannot be read", "Codes from your app cannot be checked since the installation's " +
		"session key was changed. Enter a recovery code, or ask an administrator to reset your second factor."},
	codeRight:    {"code", ""},
	codeRecovery: {"recovery code", ""},
}

// String returns the outcome as the audit log has it.
func (o outcome) String() string { return outcomes[o].note }

// fault returns the outcome as an error with the message to the person.
func (o outcome) fault() error { return fault.InvalidField("code", "%s", outcomes[o].told) }

// factor is a row of second_factors.
type factor struct {
	Secret    []byte `db:"secret"`
	Confirmed bool   `db:"confirmed"`
	LastStep  int64  `db:"last_step"`
}

// lockFactor returns the staff member's second factor and makes others who enter
// a code for it wait in line. Not having one is not found.
func lockFactor(ctx context.Context, q db.Querier, staffID int64) (factor, error) {
	var f factor
	err := q.GetContext(ctx, &f, `
		select secret, confirmed_at is not null as confirmed, last_step
		from second_factors where staff_id = $1 for update`, staffID)
	return f, db.NotFound(err, msgNoFactorAsked)
}

// useCode checks a code from the app or a recovery code, and spends it.
func (d *Authenticator) useCode(ctx context.Context, q db.Querier, staffID int64, f factor,
	code string,
) (outcome, error) {
	code = plainCode(code)
	if len(code) != otp.DigitsSix.Length() {
		return useRecoveryCode(ctx, q, staffID, code)
	}
	secret, err := d.vault.Open(staffID, f.Secret)
	if err != nil {
		slog.ErrorContext(ctx, "a second factor cannot be read: was the session key changed?",
			slog.Int64("staff", staffID))
		return codeUnreadable, nil
	}
	step, err := matchingStep(secret, code, d.Now())
	if err != nil || step == 0 {
		return codeWrong, err
	}
	if step <= f.LastStep {
		return codeUsed, nil
	}
	_, err = q.ExecContext(ctx, `update second_factors set last_step = $2 where staff_id = $1`, staffID, step)
	if err != nil {
		return codeWrong, fmt.Errorf("spend a code: %w", err)
	}
	return codeRight, nil
}

// matchingStep returns the step of 30 seconds whose code this is, 0 if none.
func matchingStep(secret, code string, at time.Time) (int64, error) {
	now := at.Unix() / int64(codeStep.Seconds())
	var match int64
	for step := now - codeSkew; step <= now+codeSkew; step++ {
		want, err := hotp.GenerateCode(secret, uint64(step))
		if err != nil {
			return 0, fmt.Errorf("compute a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			match = step
		}
	}
	return match, nil
}

// plainCode drops what people type between the groups of a code.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' || r == '\t' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
}

func useRecoveryCode(ctx context.Context, q db.Querier, staffID int64, code string) (outcome, error) {
	if len(code) != recoveryChars {
		return codeWrong, nil
	}
	var salts [][]byte
	err := q.SelectContext(ctx, &salts, `select salt from recovery_codes where staff_id = $1 limit 1`, staffID)
	if err != nil || len(salts) == 0 {
		return codeWrong, err
	}
	hash := recoveryHash(code, salts[0])
	spent, err := q.ExecContext(ctx, `
		update recovery_codes set used_at = now()
		where staff_id = $1 and code_hash = $2 and used_at is null`, staffID, hash)
	if err != nil {
		return codeWrong, fmt.Errorf("spend a recovery code: %w", err)
	}
	if n, err := spent.RowsAffected(); err != nil || n == 1 {
		return codeRecovery, err
	}
	var known bool
	err = q.GetContext(ctx, &known, `
		select exists (select 1 from recovery_codes where staff_id = $1 and code_hash = $2)`, staffID, hash)
	if err != nil {
		return codeWrong, fmt.Errorf("look up a recovery code: %w", err)
	}
	if known {
		return codeUsed, nil
	}
	return codeWrong, nil
}

func recoveryHash(code string, salt []byte) []byte {
	h := hashParams
	return argon2.IDKey([]byte(code), salt, h.Iterations, h.Memory, h.Parallelism, h.KeyLength)
}

// newRecoveryCodes replaces all recovery codes of the staff member and returns
// the new ones as people write them down: ABCD-EFGH-IJKL-MNOP.
func newRecoveryCodes(ctx context.Context, q db.Querier, staffID int64) ([]string, error) {
	if _, err := q.ExecContext(ctx, `delete from recovery_codes where staff_id = $1`, staffID); err != nil {
		return nil, fmt.Errorf("remove recovery codes: %w", err)
	}
	salt := make([]byte, hashParams.SaltLength)
	_, _ = rand.Read(salt) // never fails
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		code := rand.Text()[:recoveryChars]
		_, err := q.ExecContext(ctx, `
			insert into recovery_codes (staff_id, code_hash, salt)
			  values ($1, $2, $3)`, staffID, recoveryHash(code, salt), salt)
		if err != nil {
			return nil, fmt.Errorf("keep a recovery code: %w", err)
		}
		var groups []string
		for ; code != ""; code = code[recoveryGroup:] {
			groups = append(groups, code[:recoveryGroup])
		}
		codes[i] = strings.Join(groups, "-")
	}
	return codes, nil
}
