package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/internal/monitor"
	"handover/internal/testdb"
	"handover/web"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' " +
			"data:; connect-src 'self'; " +
			"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy":           "same-origin",
		"X-Content-Type-Options":    "nosniff",
		"X-Frame-Options":           "DENY",
		"Cache-Control":             "no-store",
		"Strict-Transport-Security": "",
	}
	for _, path := range []string{"/sign-in", "/nowhere", "/pcp/", "/healthz"} {
		a := p.get(path)
		for name, value := range want {
			if got := a.header.Get(name); got != value {
				t.Errorf("%s %s: got %q", path, name, got)
			}
		}
		if a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s has no request id", path)
		}
	}
}

// The content policy would silently break what it forbids.
func TestPagesKeepTheContentPolicy(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	for _, path := range []string{"/pcp/", "/nowhere"} {
		doc := p.get(path).doc
		if n := doc.Find("[style], style, script:not([src]), [onclick], [onload], [hx-on]").Length(); n > 0 {
			t.Errorf("%s has %d inline styles or scripts", path, n)
		}
	}
}

func TestForeignFormsAreRefused(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	tests := []struct {
		name    string
		headers map[string]string
		refused bool
	}{
		{"our own form", map[string]string{"Sec-Fetch-Site": "same-origin"}, false},
		{"our own form, an old browser", map[string]string{"Origin": p.url}, false},
		{"no browser", nil, false},
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site"}, true},
		{"another port of this host", map[string]string{"Sec-Fetch-Site": "same-site"}, true},
		{"another site, an old browser", map[string]string{"Origin": "https://evil.example"}, true},
	}
	for _, tt := range tests {
		r := p.request(http.MethodPost, "/preferences", strings.NewReader("theme=dark"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range tt.headers {
			r.Header.Set(name, value)
		}
		a := p.send(r)
		if refused := a.status == http.StatusForbidden; refused != tt.refused {
			t.Errorf("%s: answered %d", tt.name, a.status)
		}
		if tt.refused && !strings.Contains(a.text(), "sent from another site, so nothing was done") {
			t.Errorf("%s: says %s", tt.name, a.text())
		}
	}
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	a := p.get("/pcp/nowhere")
	if a.status != http.StatusNotFound || !strings.Contains(a.text(), "There is no page at this address.") {
		t.Errorf("answered %d: %s", a.status, a.text())
	}
	if a.doc.Find("nav#nav").Length() != 1 || a.doc.Find(`main a[href="/"]`).Length() != 1 {
		t.Error("the error page has no frame or no way out")
	}
	large := p.post("/preferences", url.Values{"theme": {strings.Repeat("x", 2<<20)}})
	if large.status != http.StatusRequestEntityTooLarge ||
		!strings.Contains(large.text(), "larger than this page allows") {
		t.Errorf("a large form: %d: %s", large.status, large.text())
	}
	if r := p.request(http.MethodPut, "/sign-in", nil); p.send(r).status != http.StatusNotFound {
		t.Error("PUT is answered")
	}
	if r := p.request(http.MethodHead, "/healthz", nil); p.send(r).status != http.StatusOK {
		t.Error("HEAD is not answered")
	}
}

// An internal error shows a request id, never its text.
func TestInternalErrorsSayNothing(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.ExecOwner(`alter table staff rename column name to gone`)
	for _, path := range []string{"/pcp/", "/sign-in"} {
		a := p.get(path)
		if a.status != http.StatusInternalServerError {
			t.Errorf("%s answered %d", path, a.status)
		}
		text := a.text()
		if !strings.Contains(text, a.header.Get("X-Request-Id")) || strings.Contains(text, "pq:") ||
			strings.Contains(text, "column") {
			t.Errorf("%s says %s", path, text)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	broken := errors.New("is upside down")
	var state error
	p := startPanel(t, pool, web.Deps{
		DB: pool, SessionKey: sessionKey,
		Checks: []monitor.Check{{Name: "queue", Run: func(context.Context) error { return state }}},
	})
	expect := func(path string, status int, text string) {
		t.Helper()
		if a := p.get(path); a.status != status || !strings.Contains(a.body, text) {
			t.Errorf("%s answered %d: %.100s", path, a.status, a.body)
		}
	}
	expect("/healthz", 200, "ok")
	expect("/readyz", 200, "ready")
	state = broken
	expect("/readyz", 503, "not ready\n")
	if a := p.get("/readyz"); strings.Contains(a.body, "queue") {
		t.Errorf("a stranger reads %q", a.body)
	}
	expect("/healthz", 200, "ok")
	expect("/metrics", 404, "")
}

func TestServeStopsCleanly(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	server, err := web.New(web.Deps{DB: pool, SessionKey: sessionKey})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	listener := listen(t)
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestNewRefusesAWeakKey(t *testing.T) {
	t.Parallel()
	_, err := web.New(web.Deps{DB: testdb.New(t), SessionKey: []byte("short")})
	if err == nil || !strings.Contains(err.Error(), "session key") {
		t.Errorf("got %v", err)
	}
}
