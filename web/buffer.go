package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// bufferAnswers keeps an answer until it is complete, so that a client that reads slowly holds
// its compressed bytes and nothing else: not the compressor, which takes hundreds of kilobytes, and
// not the page. What a handler flushes, and what is large, goes out as it is made.
func bufferAnswers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if isAsset(c) {
			return next(c) // in memory once, for all
		}
		res := c.Response()
		w := &bufferedWriter{ResponseWriter: res.Writer}
		res.Writer = w
		ended := false
		defer func() {
			res.Writer = w.ResponseWriter
			if !ended && !w.through { // a panic: an error page can still be answered
				res.Committed, res.Size = false, 0
			}
		}()
		err := next(c)
		ended = true
		w.finish(c.Request().Method)
		return err
	}
}

// isAsset reports whether the address is a built file.
func isAsset(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/static/") }

// bufferedWriter keeps status and bytes.
type bufferedWriter struct {
	http.ResponseWriter
	status  int
	kept    bytes.Buffer
	through bool // it is sent as it is made
}

// Unwrap lets http.ResponseController find the connection.
func (w *bufferedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader keeps the status.
func (w *bufferedWriter) WriteHeader(status int) {
	if w.through {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.status = status
}

// Write keeps the bytes.
func (w *bufferedWriter) Write(p []byte) (int, error) {
	if !w.through && w.kept.Len()+len(p) <= maxBuffered {
		return w.kept.Write(p)
	}
	if err := w.send(); err != nil {
		return 0, err
	}
	return w.ResponseWriter.Write(p) //nolint:wrapcheck // it is the writer itself
}

// Flush sends what is kept, and from now on everything at once.
func (w *bufferedWriter) Flush() {
	if w.send() == nil {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
}

// send sends what is kept.
func (w *bufferedWriter) send() error {
	if w.through {
		return nil
	}
	w.through = true
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
	_, err := w.ResponseWriter.Write(w.kept.Bytes())
	w.kept = bytes.Buffer{}
	return err //nolint:wrapcheck // it is the writer itself
}

// finish sends a complete answer, with its length.
func (w *bufferedWriter) finish(method string) {
	if w.through || w.status == 0 && w.kept.Len() == 0 {
		return
	}
	if w.kept.Len() > 0 && method != http.MethodHead {
		w.Header().Set(echo.HeaderContentLength, strconv.Itoa(w.kept.Len()))
	}
	_ = w.send()
}
