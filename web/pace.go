package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"handover/web/page"
)

// times are those of a connection. A client that is slower is given up.
type times struct {
	header      time.Duration // for the head of a request
	form        time.Duration // for head and body
	uploadPause time.Duration // between two parts of an upload, for those who may upload
	upload      time.Duration // for a whole upload
	answer      time.Duration // for taking an answer, from its first byte
	part        time.Duration // for taking a part of a live page or a download; the next part has its own
}

func usualTimes() times {
	return times{
		header: 10 * time.Second, form: 20 * time.Second, uploadPause: 20 * time.Second, upload: 30 * time.Minute,
		answer: 20 * time.Second, part: 30 * time.Second,
	}
}

// Times that no client can stretch.
const (
	idleTime     = 2 * time.Minute // a connection without a request
	shutdownTime = 10 * time.Second
)

// Limits of memory that clients make the program hold.
const (
	maxHeader   = 64 << 10 // bytes of a request's head
	smallBody   = 64 << 10 // bytes of a body that needs no place among the large ones
	largeBodies = 32       // at one moment
	largeOfOne  = 4        // of one client
	maxPublic   = "64K"    // body of a form that needs no sign-in
	maxBuffered = 1 << 20  // bytes of an answer that are kept until it is complete
)

// bodies limits the larger bodies that are in memory.
type bodies struct {
	all *semaphore.Weighted
	of  *clients
}

// errManyBodies ends the reading of a body for which there is no room.
var errManyBodies = errors.New("too many large requests at this moment")

// pace is the outermost handler: it gives each request its deadlines.
func (s *Server) pace(next http.Handler) http.Handler {
	large := &bodies{all: semaphore.NewWeighted(largeBodies), of: newClients(largeOfOne)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body == nil || r.Body == http.NoBody {
			// Nothing is to come: the time for the body must not end a handler that takes longer.
			_ = control.SetReadDeadline(time.Time{})
		} else {
			body := &pacedBody{
				ReadCloser: r.Body, control: control, times: s.times, large: large, client: s.echo.IPExtractor(r),
			}
			defer body.release()
			r.Body = body
		}
		next.ServeHTTP(&pacedWriter{ResponseWriter: w, control: control, times: s.times}, r)
	})
}

// pacedBody is a body that is read within the time for forms, or, for an upload, as long as it
// makes progress.
type pacedBody struct {
	io.ReadCloser
	control *http.ResponseController
	times   times
	until   time.Time // of an upload; zero = the server's own limit holds
	client  string
	large   *bodies
	read    int64
	counted bool // among the large ones
}

// Read reads the next part.
func (b *pacedBody) Read(p []byte) (int, error) {
	if !b.until.IsZero() {
		next := time.Now().Add(b.times.uploadPause)
		if next.After(b.until) {
			next = b.until
		}
		_ = b.control.SetReadDeadline(next)
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // a deadline that passes later would end the handler
	}
	if b.read > smallBody && !b.counted && !b.enter() {
		return n, errManyBodies
	}
	return n, err //nolint:wrapcheck // callers compare it with io.EOF
}

// enter takes a place among the large bodies.
func (b *pacedBody) enter() bool {
	if !b.large.of.enter(b.client) || !b.large.all.TryAcquire(1) {
		b.large.of.leave(b.client)
		return false
	}
	b.counted = true
	return true
}

// release gives the place back when the request is over.
func (b *pacedBody) release() {
	if b.counted {
		b.large.all.Release(1)
		b.large.of.leave(b.client)
	}
}

// pacedWriter is an answer that its client takes in time: an answer from its first byte,
// and each part of a live one by itself.
type pacedWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	times   times
	live    bool
	begun   bool
}

// Unwrap lets http.ResponseController find the connection.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader begins the answer.
func (w *pacedWriter) WriteHeader(status int) {
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

// Write writes the next part.
func (w *pacedWriter) Write(p []byte) (int, error) {
	w.extend()
	return w.ResponseWriter.Write(p) //nolint:wrapcheck // it is the writer itself
}

func (w *pacedWriter) extend() {
	switch {
	case w.live:
		_ = w.control.SetWriteDeadline(time.Now().Add(w.times.part))
	case !w.begun:
		_ = w.control.SetWriteDeadline(time.Now().Add(w.times.answer))
	}
	w.begun = true
}

// paceRoute gives live pages and uploads the time that they need.
func paceRoute(o page.RouteOptions) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if body, ok := c.Request().Body.(*pacedBody); ok && o.MaxBody != "" {
				body.until = time.Now().Add(body.times.upload)
			}
			if w := pacedOf(c.Response()); w != nil && o.Live {
				w.live = true
				_ = w.control.SetWriteDeadline(time.Time{}) // until there is something to write
			}
			return next(c)
		}
	}
}

// pacedOf finds the writer of the connection below those of the middleware; nil in a test without one.
func pacedOf(w http.ResponseWriter) *pacedWriter {
	for w != nil {
		if paced, ok := w.(*pacedWriter); ok {
			return paced
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = inner.Unwrap()
	}
	return nil
}
