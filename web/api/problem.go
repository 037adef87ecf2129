package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"handover/internal/db"
	"handover/internal/engine"
	"handover/internal/fault"
	"handover/internal/transfer"
	"handover/web/httpfault"
)

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type    string            `json:"type" doc:"Always about:blank: the code tells problems apart."`
	Title   string            `json:"title"`
	Status  int               `json:"status"`
	Detail  string            `json:"detail" doc:"What happened and what to do, for people."`
	Code    string            `json:"code" doc:"INVALID, NOT_FOUND, FORBIDDEN, CONFLICT, PREVIEW_STALE, BLOCKED, TOO_LARGE, UNAUTHORIZED, TOO_MANY, UNAVAILABLE or INTERNAL."`
	Errors  []ProblemField    `json:"errors,omitempty" doc:"What is wrong with which field."`
	Preview *transfer.Preview `json:"preview,omitempty" doc:"Of PREVIEW_STALE and BLOCKED: the preview as it is now."`
}

// ProblemField is what is wrong with one field.
type ProblemField struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error returns the sentence.
func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType says that it is a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// internal is the code of a mistake of ours.
const internal = "INTERNAL"

const internalDetail = msgInternal

// problemOf returns the problem that an error is.
func problemOf(err error) *Problem {
	if known, ok := errors.AsType[*Problem](err); ok {
		return known
	}
	if refused, ok := errors.AsType[*engine.Refusal](err); ok {
		p := problemOf(refused.Fault)
		p.Preview = &refused.Preview
		return p
	}
	if raised, ok := errors.AsType[*echo.HTTPError](err); ok && raised.Code < http.StatusInternalServerError {
		return newProblem(raised.Code, http.StatusText(raised.Code)).(*Problem)
	}
	f, ok := errors.AsType[*fault.Error](db.Translate(err))
	if !ok {
		return &Problem{
			Type: "about:blank", Title: http.StatusText(http.StatusInternalServerError),
			Status: http.StatusInternalServerError, Detail: internalDetail, Code: internal,
		}
	}
	status := httpfault.Status(f.Code)
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: f.Error(),
		Code: string(f.Code),
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{field.Name, field.Message})
	}
	return p
}

// ourErrors lets the library make its errors as problems, once for the process.
var ourErrors = sync.OnceFunc(func() { huma.NewError = newProblem })

// newProblem is how the library makes an error.
func newProblem(status int, message string, errs ...error) huma.StatusError {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message}
	if known := httpfault.Raised(status); known != nil {
		p.Code = string(known.Code)
	} else {
		p.Code, p.Detail = internal, internalDetail
	}
	for _, err := range errs {
		if detail, ok := errors.AsType[*huma.ErrorDetail](err); ok {
			p.Errors = append(p.Errors, ProblemField{detail.Location, detail.Message})
		}
	}
	return p
}

// answer writes the problem outside of an operation.
func answer(c echo.Context, p *Problem) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return c.Blob(p.Status, "application/problem+json", text)
}
