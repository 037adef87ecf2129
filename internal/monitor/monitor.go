package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is one thing that must work before the process does its work.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// Ready runs the checks in their order and returns the name of the first that fails, with its
// error; "" and nil when all work.
func Ready(ctx context.Context, checks []Check) (string, error) {
	for _, check := range checks {
		if err := check.Run(ctx); err != nil {
			return check.Name, err
		}
	}
	return "", nil
}

// NewRegistry returns the figures of a process: of the Go runtime, the process and the pool, and of
// what waits in the database for its worker.
func NewRegistry(pool *sqlx.DB, log *slog.Logger) *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(pool.DB, "handover"), &waiting{db: pool, log: log})
	return registry
}

// Times of a connection, and how long a process lets requests in progress finish.
const (
	requestTime  = 10 * time.Second
	shutdownTime = 2 * time.Second
)

// Server answers /healthz, /readyz with what each check says, and /metrics.
type Server struct {
	Registry *prometheus.Registry
	Checks   []Check
	Log      *slog.Logger
}

// Handler returns the answers of the server.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.Registry, promhttp.HandlerOpts{DisableCompression: true}))
	return mux
}

// ready says of every check whether it works, and why not.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	status := http.StatusOK
	var text strings.Builder
	for _, check := range s.Checks {
		if err := check.Run(ctx); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&text, "%s: %v\n", check.Name, err)
			continue
		}
		fmt.Fprintf(&text, "%s: ok\n", check.Name)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text.String())
}

// Serve answers requests on the listener until the context ends.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler: s.Handler(), ReadTimeout: requestTime, WriteTimeout: 2 * requestTime, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the metrics: %w", err)
	}
	return <-stopped
}

// tries is how many ports after the wanted one are tried.
const tries = 20

// Listen opens the address. A port in use is never a reason not to start: it warns and takes the
// next free one, or any, so that several processes run on one machine. The warning names it.
func Listen(ctx context.Context, address string, log *slog.Logger) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err == nil {
		return listener, nil
	}
	host, text, _ := net.SplitHostPort(address) // checked at the start
	port, _ := strconv.Atoi(text)
	var ports []int
	for next := port + 1; next <= min(port+tries, 65535); next++ {
		ports = append(ports, next)
	}
	for _, next := range append(ports, 0) { // 0 = any
		free, nextErr := config.Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(next)))
		if nextErr != nil {
			continue
		}
		log.WarnContext(ctx, "the address for metrics is in use; another free port is taken",
			"wanted", address, "taken", free.Addr().String())
		return free, nil
	}
	return nil, fmt.Errorf("serve metrics on %s: %w", address, err)
}
