package db

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/fault"
)

// states are the SQLSTATEs that have one meaning for the user wherever they
// come from. All others are a mistake of ours and stay internal.
var states = map[string]fault.Error{
	"40001": {Code: fault.Conflict, Message: "Somebody else changed the same records at the same moment. Try again."},
	"40P01": {Code: fault.Conflict, Message: "Somebody else changed the same records at the same moment. Try again."},
	"55P03": {Code: fault.Conflict, Message: "Somebody else is changing the same records. Try again in a moment."},
	"22021": {Code: fault.Invalid, Message: "The text contains characters that cannot be stored."},
	"22P05": {Code: fault.Invalid, Message: "The text contains characters that cannot be stored."},
}

// constraints are the constraints that a user's input can run into, with the
// sentence for it.
var constraints = map[string]fault.Error{}

// Translate returns the fault that a PostgreSQL error means to the user, with
// the error as its cause. What means nothing to a user comes back as it is, and
// so does an error that already is a fault.
func Translate(err error) error {
	if err == nil || fault.CodeOf(err) != "" {
		return err
	}
	cause, ok := errors.AsType[*pq.Error](err)
	if !ok {
		return err
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

// Transient reports whether PostgreSQL ended the transaction for the sake of another, so
// that the same may succeed when it is done again.
func Transient(err error) bool {
	cause, ok := errors.AsType[*pq.Error](err)
	return ok && (cause.Code == "40001" || cause.Code == "40P01")
}
