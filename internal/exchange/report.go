package exchange

import (
	"cmp"
	"fmt"
	"slices"

	"handover/internal/fault"
)

// MaxErrors is how many wrong lines an import reports.
const MaxErrors = 1000

// Report says what an import did, or what is wrong with the files.
type Report struct {
	Files    []FileReport
	Errors   []LineError
	More     bool        // there are further errors
	Warnings []LineError // the first of them; they stop nothing
	DryRun   bool        // everything was checked and nothing kept
}

// FileReport counts the rows of one file.
type FileReport struct {
	File      string `json:"file"`
	Read      int    `json:"read"`
	Added     int    `json:"added"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Warned    int    `json:"warned,omitempty"` // lines with a warning
}

// LineError is one mistake or warning and its place. Line 0 is the file as a whole.
type LineError struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  string `json:"column,omitempty"` // "" for the line as a whole
	Message string `json:"message"`
}

// String returns the error as "file:line: column: what is wrong".
func (e LineError) String() string { return e.Place() + ": " + e.Message }

// Place returns the place of the error, "file:line: column".
func (e LineError) Place() string {
	at := e.File
	if e.Line > 0 {
		at = fmt.Sprintf("%s:%d", at, e.Line)
	}
	if e.Column != "" {
		at += ": " + e.Column
	}
	return at
}

// add notes an error; it returns false when there is no room for another.
func (r *Report) add(f *file, line int, column, format string, args ...any) bool {
	if len(r.Errors) == MaxErrors {
		r.More = true
		return false
	}
	r.Errors = append(r.Errors, LineError{
		File: f.csv(), Line: line, Column: column,
		Message: fmt.Sprintf(format, args...),
	})
	return true
}

// err returns what stops the import, nil if nothing does. It puts the errors in the
// order of the files and lines.
func (r *Report) err(order []file) error {
	if len(r.Errors) == 0 {
		return nil
	}
	place := map[string]int{}
	for i := range order {
		place[order[i].csv()] = i
	}
	slices.SortStableFunc(r.Errors, func(a, b LineError) int {
		return cmp.Or(cmp.Compare(place[a.File], place[b.File]), cmp.Compare(a.Line, b.Line))
	})
	switch n := len(r.Errors); {
	case r.More:
		return fault.New(fault.Invalid, msgMoreErrors, n)
	case n == 1:
		return fault.New(fault.Invalid, msgOneError)
	default:
		return fault.New(fault.Invalid, msgErrors, n)
	}
}
