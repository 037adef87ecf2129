package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"handover/internal/monitor"
	"handover/web/page"
)

// healthPages tell a load balancer whether the process is alive and can take requests, and nothing
// more: details and figures are on the address of internal/monitor.
type healthPages struct{ checks []monitor.Check }

func (h healthPages) alive(p *page.Page) error { return p.String(http.StatusOK, "ok\n") }

// ready runs the checks; which one fails is logged and not answered.
func (h healthPages) ready(p *page.Page) error {
	if name, err := monitor.Ready(p.Request().Context(), h.checks); err != nil {
		p.LogError(fmt.Errorf("%s is not ready: %w", name, err))
		return p.String(http.StatusServiceUnavailable, "not ready\n")
	}
	return p.String(http.StatusOK, "ready\n")
}

// metrics are what the panel measures itself.
type metrics struct{ requests *prometheus.HistogramVec }

// newMetrics registers the figures of the panel's requests; without a registry none is read.
func newMetrics(registry *prometheus.Registry) metrics {
	m := metrics{requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "handover_http_request_seconds",
		Help:    "How long requests took, by route, method and status.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	}, []string{"route", "method", "status"})}
	if registry != nil {
		registry.MustRegister(m.requests)
	}
	return m
}

// methods are those that a label may name: a stranger must not be able to make new series.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions,
}

func methodLabel(method string) string {
	if slices.Contains(methods, method) {
		return method
	}
	return "other"
}

// observe measures every request and writes the access log.
func (s *Server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		r, took, status := c.Request(), time.Since(start), c.Response().Status
		route := c.Path()
		if route == "" {
			route = "none"
		}
		s.metrics.requests.WithLabelValues(route, methodLabel(r.Method), strconv.Itoa(status)).Observe(took.Seconds())
		s.Log.InfoContext(r.Context(), "request", "method", methodLabel(r.Method), "path", page.LoggedPath(c),
			"status", status, "duration", took, "address", c.RealIP(),
			"request_id", c.Response().Header().Get(echo.HeaderXRequestID))
		return nil
	}
}
