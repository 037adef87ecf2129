// Package fault holds the one error type that people get to read. Everything
// that is not a fault.Error is internal: the panel shows a fixed sentence and a
// request id for it, the command line prints it as it is.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code says what kind of mistake it was. Only web/httpfault turns it into an
// HTTP status.
type Code string

// The codes. One per way out that the reader has.
const (
	Invalid      Code = "INVALID"       // the input must be changed
	NotFound     Code = "NOT_FOUND"     // there is no such thing in the reader's scope
	Forbidden    Code = "FORBIDDEN"     // the privilege is missing
	Conflict     Code = "CONFLICT"      // another user changed it meanwhile
	PreviewStale Code = "PREVIEW_STALE" // the data changed since the preview
	Blocked      Code = "BLOCKED"       // findings forbid it
	TooLarge     Code = "TOO_LARGE"     // the upload is over the limit
	Unauthorized Code = "UNAUTHORIZED"  // not signed in
	TooMany      Code = "TOO_MANY"      // requests of a minute
	Unavailable  Code = "UNAVAILABLE"   // another system does not answer
)

// Field is one wrong input: its name in the form or file, and the sentence that
// names the value and the way out.
type Field struct {
	Name    string
	Message string
}

// Error is a mistake that the user reads as a sentence.
type Error struct {
	Code    Code
	Message string
	Fields  []Field
	Cause   error
}

// Error returns the sentence, then the fields' sentences.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, 0, len(e.Fields)+1)
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	for _, f := range e.Fields {
		parts = append(parts, f.Name+": "+f.Message)
	}
	return strings.Join(parts, "; ")
}

// About reports whether the error names the field.
func (e *Error) About(field string) bool {
	return slices.ContainsFunc(e.Fields, func(f Field) bool { return f.Name == field })
}

// Unwrap returns the cause, nil if there is none.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of the code with a sentence formatted like fmt.Sprintf.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes an error about one field's value.
func InvalidField(name, format string, args ...any) *Error {
	return &Error{Code: Invalid, Fields: []Field{{Name: name, Message: fmt.Sprintf(format, args...)}}}
}

// Fields gathers field errors while a form or request is read.
type Fields []Field

// Add notes one more wrong field.
func (f *Fields) Add(name, format string, args ...any) {
	*f = append(*f, Field{Name: name, Message: fmt.Sprintf(format, args...)})
}

// Err returns nil when nothing was noted, else one Invalid error with all fields.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Fields: f}
}

// CodeOf returns the code of the first fault.Error in the chain, "" if there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

// Is reports whether err is a fault of the code.
func Is(err error, code Code) bool { return CodeOf(err) == code }
