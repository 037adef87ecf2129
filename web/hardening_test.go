package web_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"handover/internal/testdb"
	"handover/web"
)

const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; " +
	"font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ownPolicies are the content policies of addresses that have another one, with the reason.
var ownPolicies = map[string]string{
	// A mail as its reader sees it: no script, no picture from elsewhere, in a sandbox.
	"GET /pcp/outbox/:id/html": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

// kept are the addresses that a browser may keep: they have no personal data.
var kept = []string{"GET /static/:name", "GET /brand/:color"}

// untimed are the addresses without a time limit, with the reason.
var untimed = map[string]string{
	"GET /customers/export":            "a download as long as the list",
	"GET /subscriptions/export":        "a download as long as the list",
	"GET /orders/export":               "a download as long as the list",
	"GET /orders/:number/progress":     "follows an order until it ends, five minutes at most",
	"GET /orders/:number/ledger.csv":   "a download as long as the ledger",
	"GET /rates/export":                "a download as long as the list",
	"POST /reconciliation":             "compares the books of all distributors in scope",
	"GET /reconciliation/export":       "a download as long as the list",
	"GET /reconciliation/:name/export": "a download as long as the list",
	"GET /journal/export":              "a download as long as the list",
	"GET /audit/export":                "a download as long as the list",
	"GET /audit/chain.csv":             "a download as long as the log",
	"GET /plans/export":                "a download as long as the list",
	"GET /import/export.zip":           "everything",
	"POST /import":                     "an upload of any size in one transaction",

	"POST /customers/:number/transfer/confirm": "computes the whole preview again under locks",
	"POST /orders/:number/reverse": "computes the whole preview again under locks, and takes " +
		"everything back",

	"POST /customers/:number/merge/confirm":                  "computes the whole preview again under locks",
	"POST /customers/:number/transfer-subscriptions/confirm": "computes the whole preview again under locks",
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// hardened is a panel whose requests need no network, over HTTPS.
type hardened struct {
	*testing.T
	server *web.Server
	cookie string // of a signed-in administrator
}

func newHardened(t *testing.T) hardened {
	t.Helper()
	pool := testdb.New(t)
	server, err := web.New(web.Deps{DB: pool, SessionKey: sessionKey, BaseURL: "https://panel.example"})
	if err != nil {
		t.Fatal(err)
	}
	world := testdb.NewWorld(t, pool)
	staff := world.Staff(testdb.Staff{})
	world.Mail(testdb.Mail{}) // the address that shows it has its own content policy
	h := hardened{T: t, server: server}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in",
		strings.NewReader("email="+staff.Email+"&password="+testdb.Password))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a := h.send(r)
	h.cookie, _, _ = strings.Cut(a.Header().Get("Set-Cookie"), ";")
	if a.Code != http.StatusSeeOther {
		t.Fatalf("sign-in answered %d", a.Code)
	}
	return h
}

func (h hardened) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w
}

// request asks an address of the table; records that do not exist will do.
func (h hardened) request(a web.Address, body io.Reader) *http.Request {
	r := httptest.NewRequestWithContext(h.Context(), a.Method, parameter.ReplaceAllString(a.Path, "1"), body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Every answer of every address carries the headers, to those who are signed in and
// to those who are not.
func TestEveryAddressHasTheHeaders(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	opened := map[string]bool{}
	for _, a := range web.Addresses() {
		for _, cookie := range []string{"", h.cookie} {
			name := a.Method + " " + a.Path
			if name == "POST /sign-out" && cookie != "" {
				continue // TestSignInAndOut; it would end the session of this test
			}
			r := h.request(a, strings.NewReader(""))
			r.Header.Set("Cookie", cookie)
			answer := h.send(r)
			opened[name] = opened[name] || answer.Code == http.StatusOK
			want := map[string]string{
				"Content-Security-Policy":      contentPolicy,
				"Referrer-Policy":              "same-origin",
				"X-Content-Type-Options":       "nosniff",
				"X-Frame-Options":              "DENY",
				"Cross-Origin-Opener-Policy":   "same-origin",
				"Cross-Origin-Resource-Policy": "same-origin",
				"Strict-Transport-Security":    "max-age=31536000",
				"Cache-Control":                "no-store",
			}
			if own := ownPolicies[name]; own != "" && answer.Code == http.StatusOK {
				want["Content-Security-Policy"] = own
			}
			if slices.Contains(kept, name) && answer.Code == http.StatusOK {
				delete(want, "Cache-Control")
			}
			for header, value := range want {
				if got := answer.Header().Get(header); got != value {
					t.Errorf("%s (%d): %s is %q", name, answer.Code, header, got)
				}
			}
			if got := answer.Header().Get("Permissions-Policy"); !strings.Contains(got, "camera=()") ||
				!strings.Contains(got, "geolocation=()") {
				t.Errorf("%s: Permissions-Policy is %q", name, got)
			}
			if cookie == "" && !a.Public &&
				(answer.Code != http.StatusSeeOther ||
					!strings.HasPrefix(answer.Header().Get("Location"), "/sign-in")) {
				t.Errorf("%s answers %d to nobody", name, answer.Code)
			}
			if answer.Code >= http.StatusInternalServerError {
				t.Errorf("%s answers %d", name, answer.Code)
			}
		}
	}
	for name := range ownPolicies {
		if !opened[name] {
			t.Errorf("%s was not opened", name)
		}
	}
}

// No address that changes something takes a form from another site, and none takes
// more than its limit.
func TestEveryFormIsGuarded(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	forms := 0
	for _, a := range web.Addresses() {
		if a.Method == http.MethodGet {
			continue
		}
		forms++
		foreign := h.request(a, strings.NewReader(""))
		foreign.Header.Set("Cookie", h.cookie)
		foreign.Header.Set("Sec-Fetch-Site", "cross-site")
		if answer := h.send(foreign); answer.Code != http.StatusForbidden ||
			!strings.Contains(answer.Body.String(), "sent from another site") {
			t.Errorf("%s %s takes a form from another site: %d", a.Method, a.Path, answer.Code)
		}
		large := h.request(a, strings.NewReader("x"))
		large.Header.Set("Cookie", h.cookie)
		large.ContentLength = bytesOf(t, a.MaxBody) + 1
		if answer := h.send(large); answer.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s takes %d bytes: %d", a.Method, a.Path, large.ContentLength, answer.Code)
		}
	}
	if forms < 10 {
		t.Errorf("only %d forms were tried", forms)
	}
}

// A body without a stated length is cut off at the limit.
func TestBodiesWithoutALengthAreLimited(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	for size, taken := range map[int]bool{1 << 10: true, 2 << 20: false} {
		body := io.MultiReader(strings.NewReader("theme=dark&rest="), bytes.NewReader(bytes.Repeat([]byte("x"), size)))
		r := h.request(web.Address{Method: http.MethodPost, Path: "/preferences"}, body)
		r.ContentLength = -1
		if got := strings.Contains(h.send(r).Header().Get("Set-Cookie"), "handover_theme=dark"); got != taken {
			t.Errorf("%d bytes: taken %t, want %t", size, got, taken)
		}
	}
}

// bytesOf reads a limit as echo does: "" is that of forms, 1 MB; an import may have 1 GB.
func bytesOf(t *testing.T, limit string) int64 {
	t.Helper()
	if limit == "" {
		limit = "1M"
	}
	n, err := strconv.ParseInt(limit[:len(limit)-1], 10, 64)
	shift, known := map[string]int{"M": 20, "G": 30}[limit[len(limit)-1:]]
	if err != nil || !known || n<<shift > 1<<30 {
		t.Fatalf("the limit %q is none, or too much", limit)
	}
	return n << shift
}

func TestTimeLimits(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	var live []string
	for _, a := range web.Addresses() {
		if a.Live {
			path := a.Path
			for _, panel := range []string{"/pcp", "/rcp"} {
				path = strings.TrimPrefix(path, panel)
			}
			live = append(live, a.Method+" "+path)
		}
	}
	for _, name := range live {
		if untimed[name] == "" {
			t.Errorf("%s has no time limit: give it one, or the reason in this test", name)
		}
	}
	for name := range untimed {
		if !slices.Contains(live, name) {
			t.Errorf("%s is excused from the time limit, but has one", name)
		}
	}
	var left time.Duration
	handler := web.LimitTime(func(c echo.Context) error {
		deadline, _ := c.Request().Context().Deadline()
		left = time.Until(deadline)
		return nil
	})
	if err := handler(echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil),
		httptest.NewRecorder())); err != nil {
		t.Fatal(err)
	}
	if left <= 0 || left > web.RequestTime || web.RequestTime > time.Minute {
		t.Errorf("a request has %s of %s", left, web.RequestTime)
	}
	server := h.server.HTTPServer()
	for name, limit := range map[string]time.Duration{
		"header": server.ReadHeaderTimeout, "body": server.ReadTimeout,
		"idle": server.IdleTimeout,
	} {
		if limit <= 0 || limit > 10*time.Minute {
			t.Errorf("%s: %s", name, limit)
		}
	}
}

func TestOnlyOurOwnAddressesFollow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		address string
		local   bool
	}{
		{"/", true},
		{"/pcp/", true},
		{"/pcp/orders?q=a%20b&status=failed#top", true},
		{"/pcp/customers/C-000001/transfer", true},
		{"", false},
		{"pcp", false},
		{"?x", false},
		{"#x", false},
		{"https://evil.example/", false},
		{"http:/evil.example", false},
		{"HTTPS:evil.example", false},
		{"//evil.example", false},
		{"///evil.example", false},
		{"/\\evil.example", false},
		{"\\\\evil.example", false},
		{"/pcp\\x", false},
		{"/\t/evil.example", false},
		{"/\n/evil.example", false},
		{"\t//evil.example", false},
		{" //evil.example", false},
		{"/\r\nSet-Cookie: x=y", false},
		{"javascript:alert(1)", false},
		{"data:text/html,x", false},
		{"//user@evil.example", false},
		{"/%zz", false},
		{"/\x00", false},
	}
	for _, tt := range tests {
		if got := web.LocalPath(tt.address, "fallback"); (got == tt.address) != tt.local || !tt.local &&
			got != "fallback" {
			t.Errorf("%q: follows %q", tt.address, got)
		}
	}
}

// No page follows a place to go from the address, except the two that keep it, and these
// only when it is ours.
func TestNoPageRedirectsElsewhere(t *testing.T) {
	t.Parallel()
	h := newHardened(t)
	for _, a := range web.Addresses() {
		if a.Method != http.MethodGet || strings.HasSuffix(a.Path, "/export.zip") {
			continue
		}
		r := h.request(a, nil)
		query := "next=//evil.example&back=//evil.example&return=//evil.example&redirect=//evil.example&url=//" +
			"evil.example"
		r.URL.RawQuery, r.RequestURI = query, fmt.Sprintf("%s?%s", r.URL.Path, query)
		for _, cookie := range []string{"", h.cookie} {
			r.Header.Set("Cookie", cookie)
			if to := h.send(r).Header().Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "://") {
				t.Errorf("%s leads to %s", a.Path, to)
			}
		}
	}
}

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
