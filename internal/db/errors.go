package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/lib/pq"

	"handover/internal/fault"
)

// states are the SQLSTATEs that have one meaning for the user wherever they
// come from. All others are a mistake of ours and stay internal.
var states = map[string]fault.Error{
	"40001": {Code: fault.Conflict, Message: "The same records were changed by another request at the same moment. Try again."},
	"40P01": {Code: fault.Conflict, Message: "The same records were changed by another request at the same moment. Try again."},
	"55P03": {Code: fault.Conflict, Message: "Another request is changing the same records. Try again in a moment."},
	"22021": {Code: fault.Invalid, Message: "The text contains characters that cannot be stored."},
	"22P05": {Code: fault.Invalid, Message: "The text contains characters that cannot be stored."},
	"57014": tooLong,
	"53100": {Code: fault.Unavailable, Message: "The database's disk is full, so nothing was changed. Make room, then try again."},
	"53200": {Code: fault.Unavailable, Message: "The database ran out of memory, so nothing was changed. Try again in a moment."},
	"53300": {Code: fault.Unavailable, Message: "The database takes no more connections right now, so nothing was changed. Try again in a moment."},
}

// tooLong is what a statement that reached its time limit means.
var tooLong = fault.Error{Code: fault.Unavailable, Message: "Handover is busy: this took longer than it may and was stopped. Try again in a moment."}

// constraints are the constraints that a user's input can run into, with the
// sentence for it.
var constraints = map[string]fault.Error{}

// spoken are the constraints whose message the database words for people: it names the
// records concerned (migrations/0170_account_hierarchy.sql).
var spoken = []string{"customers_hierarchy"}

// Translate returns the fault that a PostgreSQL error means to the user, with
// the error as its cause. What means nothing to a user comes back as it is, and
// so does an error that already is a fault.
func Translate(err error) error {
	if err == nil || fault.CodeOf(err) != "" {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		late := tooLong
		late.Cause = err
		return &late
	}
	cause, ok := errors.AsType[*pq.Error](err)
	if !ok {
		return err
	}
	if slices.Contains(spoken, cause.Constraint) {
		return &fault.Error{Code: fault.Conflict, Message: cause.Message, Cause: err}
	}
	known, ok := constraints[cause.Constraint]
	if !ok {
		known, ok = states[string(cause.Code)]
	}
	if !ok {
		return err
	}
	known.Cause = err
	return &known
}

// NotFound returns a fault with the sentence when err is sql.ErrNoRows, and
// every other error as it is.
func NotFound(err error, format string, args ...any) error {
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return &fault.Error{Code: fault.NotFound, Message: fmt.Sprintf(format, args...), Cause: err}
}

// IsUnique reports whether err is a violation of the unique constraint or index
// of this name.
func IsUnique(err error, constraint string) bool {
	cause, ok := errors.AsType[*pq.Error](err)
	return ok && cause.Code == "23505" && cause.Constraint == constraint
}

// Transient reports whether PostgreSQL ended the transaction for the sake of another, or
// for want of memory or connections, so that the same may succeed when it is done again.
func Transient(err error) bool {
	cause, ok := errors.AsType[*pq.Error](err)
	return ok && slices.Contains([]string{"40001", "40P01", "53200", "53300"}, string(cause.Code))
}
