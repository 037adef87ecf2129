package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/web/page"
)

// A mistake in a handler is an error page with a request id. Only the log has its text and
// place.
func TestPanicIsAnErrorPage(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, err := New(Deps{
		DB: testdb.New(t), SessionKey: bytes.Repeat([]byte("k"), page.MinSessionKey),
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.add("/broken", page.Route{
		Method: http.MethodGet, Path: "/broken", Privilege: page.Public,
		Handler: func(*page.Page) error {
			panic("boom")
		},
	}, nil)
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/broken", nil))
	body, id := answer.Body.String(), answer.Header().Get("X-Request-Id")
	if answer.Code != http.StatusInternalServerError || !strings.Contains(body, id) ||
		strings.Contains(body, "boom") || strings.Contains(body, ".go") {
		t.Errorf("answered %d: %s", answer.Code, body)
	}
	if text := log.String(); !strings.Contains(text, "boom") || !strings.Contains(text, id) ||
		!strings.Contains(text, "panic_test.go") {
		t.Errorf("logged: %s", text)
	}
}
