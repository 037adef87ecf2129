package web_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/web"
)

// TestForeignHostsAreRefused: a name of another site that leads here opens nothing.
func TestForeignHostsAreRefused(t *testing.T) {
	t.Parallel()
	server, err := web.New(web.Deps{
		DB: testdb.New(t), SessionKey: sessionKey, BaseURL: "https://panel.example",
		Hosts: []string{"localhost", "127.0.0.1", "::1", "panel.example"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"panel.example": http.StatusOK, "PANEL.example:8443": http.StatusOK, "127.0.0.1:8080": http.StatusOK,
		"[::1]:8080": http.StatusOK, "panel.example.attacker.example": http.StatusForbidden, "": http.StatusForbidden,
		"10.0.0.1": http.StatusForbidden,
	} {
		for path, want := range map[string]int{"/sign-in": want, "/healthz": http.StatusOK} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.Host = host
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			if w.Code != want {
				t.Errorf("%s at %q answers %d, want %d", path, host, w.Code, want)
			}
		}
	}
}

// TestRequestIDFromOutsideIsBounded: what a stranger writes into the log is short and plain.
func TestRequestIDFromOutsideIsBounded(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	for id, kept := range map[string]bool{
		"trace-42.a_b": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "a b": false,
		"a\tb": false, "ä": false, "": false,
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", nil)
		r.Header.Set("X-Request-Id", id)
		if got := h.send(r).Header().Get("X-Request-Id"); (got == id) != kept || got == "" {
			t.Errorf("%q becomes %q", id, got)
		}
	}
}

// TestOnlyNamedProxiesAreBelieved: a program of this machine cannot choose its address.
func TestOnlyNamedProxiesAreBelieved(t *testing.T) {
	t.Parallel()
	named := []*net.IPNet{{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(32, 32)}}
	for _, proxies := range [][]*net.IPNet{nil, named} {
		var log bytes.Buffer
		server, err := web.New(web.Deps{
			DB: testdb.New(t), SessionKey: sessionKey, BaseURL: "https://panel.example", TrustedProxies: proxies,
			Log: slog.New(slog.NewJSONHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), "BREW", "/healthz", nil)
		r.RemoteAddr = "127.0.0.1:4444"
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		server.ServeHTTP(httptest.NewRecorder(), r)
		want := map[bool]string{true: "203.0.113.9", false: "127.0.0.1"}[proxies != nil]
		if got := log.String(); !strings.Contains(got, `"address":"`+want+`"`) ||
			!strings.Contains(got, `"method":"other"`) || !strings.Contains(got, `"level":"INFO"`) {
			t.Errorf("with %v the access log says %s", proxies, got)
		}
	}
}

// TestSignOutClearsTheBrowser: what the browser kept of the pages goes.
func TestSignOutClearsTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	if !strings.HasPrefix(h.cookie, "__Host-handover_") {
		t.Errorf("over https the cookie is %q", h.cookie)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-out", nil)
	r.Header.Set("Cookie", h.cookie)
	if got := h.send(r).Header().Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("Clear-Site-Data is %q", got)
	}
}
