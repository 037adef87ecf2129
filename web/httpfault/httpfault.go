// Package httpfault holds the one table of what a fault means in HTTP, for the pages and for the
// API alike. Only the packages under web know HTTP (docs/architecture.md).
package httpfault

import (
	"net/http"

	"handover/internal/fault"
)

// meanings says what each code of a fault means: the status of the answer, and the title of the
// page that shows it. The API answers with the same status and the code itself.
var meanings = map[fault.Code]struct {
	status int
	title  string
}{
	fault.Invalid:      {http.StatusUnprocessableEntity, "This cannot be done as it was entered"},
	fault.NotFound:     {http.StatusNotFound, "Not found"},
	fault.Forbidden:    {http.StatusForbidden, "Not allowed"},
	fault.Conflict:     {http.StatusConflict, "Changed meanwhile"},
	fault.PreviewStale: {http.StatusConflict, "The data changed since the preview"},
	fault.Blocked:      {http.StatusUnprocessableEntity, "This is blocked"},
	fault.TooLarge:     {http.StatusRequestEntityTooLarge, "Too large"},
	fault.Unauthorized: {http.StatusUnauthorized, "Not signed in"},
	fault.TooMany:      {http.StatusTooManyRequests, "Too many requests"},
	fault.Unavailable:  {http.StatusServiceUnavailable, "Not available at the moment"},
}

// raised are the faults behind the statuses with which the router, the limits and the API's
// library refuse a request themselves, with the sentence for a page.
var raised = map[int]*fault.Error{
	http.StatusBadRequest:            unreadable,
	http.StatusUnprocessableEntity:   unreadable,
	http.StatusUnsupportedMediaType:  unreadable,
	http.StatusNotAcceptable:         unreadable,
	http.StatusNotFound:              NoPage,
	http.StatusMethodNotAllowed:      fault.New(fault.NotFound, msgMethodNotAllowed),
	http.StatusRequestEntityTooLarge: fault.New(fault.TooLarge, msgTooLarge),
}

var unreadable = fault.New(fault.Invalid, msgUnreadable)

// NoPage is the fault of an address that does not exist.
var NoPage = fault.New(fault.NotFound, msgNoPage)

// Status returns the HTTP status of a fault; that of a mistake of ours for "".
func Status(code fault.Code) int {
	if m, ok := meanings[code]; ok {
		return m.status
	}
	return http.StatusInternalServerError
}

// Title returns the title of the page that shows a fault.
func Title(code fault.Code) string { return meanings[code].title }

// Raised returns the fault that a status means which no handler of ours chose; nil if it is none
// of the reader's.
func Raised(status int) *fault.Error { return raised[status] }
