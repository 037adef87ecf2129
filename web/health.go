package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"handover/web/page"
)

// healthPages are for machines: is the process alive, can it take requests, how
// is it doing.
type healthPages struct {
	db      *sqlx.DB
	checks  []Check
	metrics metrics
}

func (h healthPages) alive(p *page.Page) error { return p.String(http.StatusOK, "ok\n") }

// ready asks the database and what main added; the first that fails is named.
func (h healthPages) ready(p *page.Page) error {
	ctx := p.Request().Context()
	checks := append([]Check{{Name: "database", Run: h.db.PingContext}}, h.checks...)
	for _, check := range checks {
		if err := check.Run(ctx); err != nil {
			p.LogError(err)
			return p.String(http.StatusServiceUnavailable, check.Name+" is not ready\n")
		}
	}
	return p.String(http.StatusOK, "ready\n")
}

func (h healthPages) numbers(p *page.Page) error {
	promhttp.HandlerFor(h.metrics.registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(p.Response(),
		p.Request())
	return nil
}

// metrics are what the panel measures itself.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(registry *prometheus.Registry) metrics {
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	m := metrics{registry: registry, requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "handover_http_request_seconds",
		Help:    "How long requests took, by route, method and status.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	}, []string{"route", "method", "status"})}
	registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe measures and logs every request.
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
		s.metrics.requests.WithLabelValues(route, r.Method, strconv.Itoa(status)).Observe(took.Seconds())
		s.Log.DebugContext(r.Context(), "request", "method", r.Method, "path", page.LoggedPath(c), "status", status,
			"duration", took, "address", c.RealIP(), "request_id", c.Response().Header().Get(echo.HeaderXRequestID))
		return nil
	}
}
