package audit

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"handover/internal/db"
	"handover/internal/fault"
)

// Head is the end of the chain: the number of entries that have a place in it, and the
// hash of the last, which covers all of them.
type Head struct {
	Count    int64      `db:"count"`
	Hash     []byte     `db:"hash"`
	SealedAt *time.Time `db:"sealed_at"` // nil = nothing was sealed yet
}

// hashSize is the length of a SHA-256 in bytes.
const hashSize = 32

// ReadHead returns the head that is kept beside the chain.
func ReadHead(ctx context.Context, q db.Querier) (Head, error) {
	var h Head
	if err := q.GetContext(ctx, &h, `select count, hash, sealed_at from audit_head`); err != nil {
		return h, fmt.Errorf("read the head of the audit log: %w", err)
	}
	return h, nil
}

// String writes the head as it is kept outside: "120:9f86d0...".
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Count, h.Hash) }

// ParseHead reads what String wrote; anything else is an Invalid fault.
func ParseHead(text string) (Head, error) {
	count, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	n, err := strconv.ParseInt(count, 10, 64)
	sum, wrong := hex.DecodeString(hash)
	if err != nil || wrong != nil || n < 0 || len(sum) != hashSize {
		return Head{}, fault.New(fault.Invalid, msgNotAHead, text)
	}
	return Head{Count: n, Hash: sum}, nil
}
