package monitor_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"handover/internal/monitor"
	"handover/internal/testdb"
)

var quiet = slog.New(slog.DiscardHandler)

func get(t *testing.T, s *monitor.Server, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestReadyNamesEachCheckAndItsError(t *testing.T) {
	t.Parallel()
	var state error
	s := &monitor.Server{Log: quiet, Checks: []monitor.Check{
		{Name: "schema", Run: func(context.Context) error { return nil }},
		{Name: "queue", Run: func(context.Context) error { return state }},
	}}
	if status, text := get(t, s, "/readyz"); status != http.StatusOK || text != "schema: ok\nqueue: ok\n" {
		t.Errorf("%d %q", status, text)
	}
	state = errors.New("no worker")
	want := "schema: ok\nqueue: no worker\n"
	if status, text := get(t, s, "/readyz"); status != http.StatusServiceUnavailable || text != want {
		t.Errorf("%d %q, want %q", status, text, want)
	}
	name, err := monitor.Ready(t.Context(), s.Checks)
	if name != "queue" || !errors.Is(err, state) {
		t.Errorf("the first that fails is %q: %v", name, err)
	}
}

func TestMetricsCountWhatWaits(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	w.Exec(`insert into outbox (recipient, subject, body_text, message_id, created_at)
		values ('ada@aurora.example', 'x', 'x', 'm1', now() - interval '90 seconds')`)
	s := &monitor.Server{Registry: monitor.NewRegistry(pool, quiet), Log: quiet}
	status, text := get(t, s, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	for _, want := range []string{
		"handover_outbox_emails 1\n", "handover_outbox_oldest_seconds 9", "handover_queue_orders 0\n",
		"handover_queue_oldest_seconds 0\n", "handover_leases 0\n", "handover_lease_silence_seconds 0\n",
		"handover_webhook_messages 0\n", "handover_webhook_oldest_seconds 0\n", "handover_audit_unsealed_entries ",
		"handover_audit_unsealed_oldest_seconds ", `go_sql_open_connections{db_name="handover"}`, "go_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	_ = pool.Close()
	if status, text := get(t, s, "/metrics"); status != http.StatusOK ||
		strings.Contains(text, "handover_outbox_emails") {
		t.Errorf("without a database: %d, %t", status, strings.Contains(text, "handover_outbox_emails"))
	}
}

func TestListenTakesTheNextFreePort(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	var log strings.Builder
	got, err := monitor.Listen(t.Context(), taken.Addr().String(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Close() }()
	if got.Addr().String() == taken.Addr().String() || !strings.Contains(log.String(), taken.Addr().String()) {
		t.Errorf("%s beside %s; the log says %q", got.Addr(), taken.Addr(), &log)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- (&monitor.Server{Log: quiet, Registry: prometheus.NewRegistry()}).Serve(ctx, got) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+got.Addr().String()+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if string(text) != "ok\n" {
		t.Errorf("it answers %q", text)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestListenTakesAnyPortWhenTheNextAreInUse: also 21 processes beside each other start.
func TestListenTakesAnyPortWhenTheNextAreInUse(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	first, err := config.Listen(t.Context(), "tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Close() }()
	port := first.Addr().(*net.TCPAddr).Port
	taken := []int{port}
	for next := port + 1; next <= min(port+20, 65535); next++ {
		beside, err := config.Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.2", strconv.Itoa(next)))
		if err == nil { // else another process has it
			defer func() { _ = beside.Close() }()
		}
		taken = append(taken, next)
	}
	var log strings.Builder
	got, err := monitor.Listen(t.Context(), first.Addr().String(), slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Close() }()
	if slices.Contains(taken, got.Addr().(*net.TCPAddr).Port) || !strings.Contains(log.String(), got.Addr().String()) {
		t.Errorf("%s is taken; the log says %q", got.Addr(), &log)
	}
}
