package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"handover/internal/fault"
)

// states are the SQLSTATEs that have one meaning for the user wherever they
// come from. All others are a mistake of ours and stay internal.
var states = map[string]fault.Error{
	"40001": {Code: fault.Conflict, Message: msgChangedMeanwhile},
	"40P01": {Code: fault.Conflict, Message: msgChangedMeanwhile},
	"55P03": {Code: fault.Conflict, Message: msgBeingChanged},
	"22021": {Code: fault.Invalid, Message: msgTextNotStorable},
	"22P05": {Code: fault.Invalid, Message: msgTextNotStorable},
	"57014": tooLong,
	"53100": {Code: fault.Unavailable, Message: msgDiskFull},
	"53200": {Code: fault.Unavailable, Message: msgOutOfMemory},
	"53300": {Code: fault.Unavailable, Message: msgOutOfConnections},
}

// tooLong is what a statement that reached its time limit means.
var tooLong = fault.Error{Code: fault.Unavailable, Message: msgTookTooLong}

// constraints are those that two requests can run into at one moment, with the sentence for the
// second. One request alone is refused before, with what is wrong in its fields.
var constraints = map[string]fault.Error{
	"exchange_rates_once":                   {Code: fault.Conflict, Message: msgRateAddedMeanwhile},
	"financial_periods_do_not_overlap":      {Code: fault.Conflict, Message: msgPeriodAddedMeanwhile},
	"staff_email":                           {Code: fault.Conflict, Message: msgStaffAddedMeanwhile},
	"staff_open_invitation":                 {Code: fault.Conflict, Message: msgInvitationOpen},
	"staff_subjects_issuer_subject_key":     {Code: fault.Conflict, Message: msgSubjectLinkedMeanwhile},
	"setting_changes_pending":               {Code: fault.Conflict, Message: msgSettingChangePending},
	"transfer_orders_reverses":              {Code: fault.Conflict, Message: msgReversalRequestedMeanwhile},
	"terms_acceptances_once":                {Code: fault.Conflict, Message: msgAcceptanceMeanwhile},
	"service_user_subscriptions_once":       {Code: fault.Conflict, Message: msgServiceUserLinkedMeanwhile},
	"former_ids_customer_id_kind_value_key": {Code: fault.Conflict, Message: msgFormerIDMeanwhile},
}

// sameExternalID is what the unique external ids of all tables mean: two files brought the same
// new record.
var sameExternalID = fault.Error{Code: fault.Conflict, Message: msgExternalIDMeanwhile}

// ofConstraint returns the fault of a violated constraint, and whether it has one.
func ofConstraint(name string) (fault.Error, bool) {
	if strings.HasSuffix(name, "_external_id_key") {
		return sameExternalID, true
	}
	known, ok := constraints[name]
	return known, ok
}

// spoken are the constraints whose message the database words for people: it names the
// records concerned (the function customers_hierarchy).
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
	known, ok := ofConstraint(cause.Constraint)
	if !ok {
		known, ok = states[string(cause.Code)]
	}
	if !ok {
		return err
	}
	known.Cause = err
	return &known
}

// Sentence is what a PostgreSQL error of that SQLSTATE, or of that violated constraint, means to the
// user; "" where it means nothing to them.
func Sentence(state, constraint string) string {
	if known, ok := ofConstraint(constraint); ok {
		return known.Message
	}
	return states[state].Message
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
