package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"handover/internal/db"
	"handover/web/page"
)

const (
	requestTime = 30 * time.Second
	maxBody     = "1M" // forms; the import page has its own limit
)

// contentPolicy allows nothing but our own files: no inline script, no style
// attribute, no other host, no framing.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// noFeatures takes from our pages, and from whatever might run in them, the devices
// that they do not need.
const noFeatures = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"microphone=(), midi=(), payment=(), usb=()"

func (s *Server) useMiddleware(https bool, hosts []string, requests *clients) {
	e := s.echo
	e.Pre(boundRequestID)
	e.Pre(middleware.RequestIDWithConfig(middleware.RequestIDConfig{TargetHeader: echo.HeaderXRequestID}))
	e.Use(s.observe)
	e.Use(secureHeaders(https))
	e.Use(requests.limitRequests)
	e.Use(recoverPanic)
	e.Use(s.allowHosts(hosts))
	e.Use(echo.WrapMiddleware(crossOriginProtection(s).Handler))
	e.Use(bufferAnswers)
	e.Use(middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1024, Skipper: isAsset}))
}

// requestID is what a request's id from outside may look like: it is written into logs and answers.
var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// boundRequestID drops an id from outside that a log should not hold; the request gets one of ours.
func boundRequestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if h := c.Request().Header; !requestID.MatchString(h.Get(echo.HeaderXRequestID)) {
			h.Del(echo.HeaderXRequestID)
		}
		return next(c)
	}
}

// allowHosts refuses requests for other names than the panel's: a page of a stranger whose name
// leads here must not be taken for ours, and no link may be made of it. Health is asked by address.
func (s *Server) allowHosts(hosts []string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			name := hostName(c.Request().Host)
			known := slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, name) })
			if known || len(hosts) == 0 || c.Path() == "/healthz" || c.Path() == "/readyz" {
				return next(c)
			}
			return page.ErrOtherHost
		}
	}
}

// hostName is the name of a Host header without port and brackets.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// crossOriginProtection refuses forms that another site sends in the person's name.
func crossOriginProtection(s *Server) *http.CrossOriginProtection {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := s.echo.NewContext(r, w)
		s.HandleError(page.ErrCrossSite, c)
	}))
	return protection
}

func secureHeaders(https bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", contentPolicy)
			h.Set("Referrer-Policy", "same-origin") // no-referrer would make the cross-origin check refuse real forms
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", noFeatures)
			h.Set("Cache-Control", "no-store")
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000")
			}
			return next(c)
		}
	}
}

// recoverPanic turns a panic into an internal error, so that it is logged and
// answered like any other.
func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if r := recover(); r != nil {
				if aborted, ok := r.(error); ok && errors.Is(aborted, http.ErrAbortHandler) {
					panic(r)
				}
				err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			}
		}()
		return next(c)
	}
}

// limitTime ends the request's context; what waits for the database gives up.
func limitTime(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		request := c.Request()
		ctx, cancel := context.WithTimeout(request.Context(), requestTime)
		defer cancel()
		defer c.SetRequest(request) // an error page is made after the time is over
		c.SetRequest(request.WithContext(db.WithLimits(ctx, db.RequestLimits)))
		return next(c)
	}
}

// limitDatabase limits what a page that takes longer keeps the database at.
func limitDatabase(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.SetRequest(c.Request().WithContext(db.WithLimits(c.Request().Context(), db.StreamLimits)))
		return next(c)
	}
}

// trustProxies takes the client's address from X-Forwarded-For only behind a proxy that is named:
// any program of this machine could otherwise write another address into logs and throttles.
func trustProxies(proxies []*net.IPNet) echo.IPExtractor {
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		options = append(options, echo.TrustIPRange(p))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}
