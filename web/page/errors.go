package page

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/labstack/echo/v4"

	"handover/internal/db"
	"handover/internal/fault"
	views "handover/views/page"
	"handover/views/ui"
	"handover/web/httpfault"
)

// ErrCrossSite refuses a form that another site sent.
var ErrCrossSite = fault.New(fault.Forbidden, msgCrossSite)

// ErrOtherHost refuses a request for a name that is not the panel's.
var ErrOtherHost = fault.New(fault.Forbidden, msgOtherHost)

// AsFault returns the fault in the error's chain.
func AsFault(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// FieldErrors returns the error's wrong fields for the form that is shown again;
// ok is false when the error is about something else.
func FieldErrors(err error) (errs ui.Errors, ok bool) {
	e, isFault := AsFault(err)
	if !isFault || e.Code != fault.Invalid {
		return nil, false
	}
	for _, f := range e.Fields {
		errs = append(errs, ui.FieldError{Name: f.Name, Message: f.Message})
	}
	if len(errs) == 0 {
		errs = ui.Errors{{Message: e.Message}}
	}
	return errs, true
}

// ShownAgain returns the status and the errors of a page that is shown again after an act that was
// refused: for wrong fields, or because another user was faster; ok is false for any other error.
func ShownAgain(err error) (status int, errs ui.Errors, ok bool) {
	if fault.Is(err, fault.Conflict) {
		return httpfault.Status(fault.Conflict), ui.Errors{{Message: err.Error()}}, true
	}
	errs, ok = FieldErrors(err)
	return httpfault.Status(fault.Invalid), errs, ok
}

// HandleError answers every error that a handler returns.
func (f *Frame) HandleError(err error, c echo.Context) {
	if c.Response().Committed {
		f.logError(c, err)
		return
	}
	if raised, ok := errors.AsType[*echo.HTTPError](err); ok {
		if known := httpfault.Raised(raised.Code); known != nil {
			err = known
		}
	}
	failure, status := f.failureOf(db.Translate(err), c)
	if status == http.StatusInternalServerError {
		f.logError(c, err)
	}
	p, pageErr := f.PageFor(c)
	if pageErr != nil { // the database does not answer: a page without a person
		p = &Page{Context: c, Frame: f, panel: Panels[0].Path, Reader: db.NewReader(f.DB)}
	}
	defer p.Reader.Release()
	if err := p.Render(status, failure.Title, views.FailurePage(failure)); err != nil {
		f.logError(c, fmt.Errorf("answer an error: %w", err))
	}
}

// failureOf returns what the page says about the error, and its status.
func (f *Frame) failureOf(err error, c echo.Context) (views.Failure, int) {
	v := views.Failure{WayOut: "Go to home", WayHref: "/"}
	e, ok := AsFault(err)
	if !ok {
		v.Title = titleInternal
		v.Sentence = msgInternal
		v.RequestID = c.Response().Header().Get(echo.HeaderXRequestID)
		return v, http.StatusInternalServerError
	}
	v.Title, v.Sentence = httpfault.Title(e.Code), e.Message
	for _, f := range e.Fields {
		v.Details = append(v.Details, f.Message)
	}
	return v, httpfault.Status(e.Code)
}

func (f *Frame) logError(c echo.Context, err error) {
	level := slog.LevelError
	if errors.Is(err, context.Canceled) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNRESET) {
		level = slog.LevelInfo // the client left, or was too slow
	}
	f.Log.Log(c.Request().Context(), level, "request failed",
		"error", err, "method", c.Request().Method, "path", LoggedPath(c),
		"request_id", c.Response().Header().Get(echo.HeaderXRequestID))
}

// LoggedPath is the request's path, without the token of a mailed link.
func LoggedPath(c echo.Context) string {
	if strings.Contains(c.Path(), ":token") {
		return c.Path()
	}
	return c.Request().URL.Path
}
