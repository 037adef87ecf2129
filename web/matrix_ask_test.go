package web_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"

	"handover/internal/testdb"
)

func (m *matrix) signIn(s testdb.Staff) *http.Cookie {
	r := m.do("POST", "/sign-in", nil, url.Values{"email": {s.Email}, "password": {s.Password}})
	for _, c := range r.Result().Cookies() {
		if strings.Contains(c.Name, "session") {
			return c
		}
	}
	m.Fatalf("signing in answered %d without a session: %s", r.Code, r.Body)
	return nil
}

// do sends one request in the process.
func (m *matrix) do(method, path string, who *http.Cookie, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://panel.example"+strings.ReplaceAll(path, " ", "%20"),
		strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who != nil {
		r.AddCookie(who)
	}
	answer := httptest.NewRecorder()
	m.server.ServeHTTP(answer, r)
	return answer
}

// filled puts the things into an address or form value.
func filled(text string, things, own map[string]string) string {
	for name, value := range things {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	for name, value := range own {
		text = strings.ReplaceAll(text, "{own."+name+"}", value)
	}
	return text
}

func filledForm(form url.Values, things, own map[string]string) url.Values {
	out := url.Values{}
	for name, values := range form {
		for _, v := range values {
			out.Add(name, filled(v, things, own))
		}
	}
	return out
}

// plain replaces what was asked for, in every way it can be written, by its name.
func plain(body string, things map[string]string) string {
	// Longest first: TO-000001 holds O-000001.
	names := slices.SortedFunc(maps.Keys(things), func(a, b string) int {
		return cmp.Or(len(things[b])-len(things[a]), strings.Compare(a, b))
	})
	for _, name := range names {
		value := things[name]
		// Only the address has a bare number of these.
		if slices.Contains([]string{
			"mail", "letter", "entry", "person", "period", "invoiceID", "webhook", "message",
			"removed", "change",
		}, name) {
			body = strings.ReplaceAll(body, "/"+value, "/§")
			continue
		}
		for _, written := range []string{
			value, url.QueryEscape(value), url.PathEscape(value),
			strings.ReplaceAll(url.QueryEscape(value), "+", "%20"),
		} {
			body = strings.ReplaceAll(body, written, "§")
		}
	}
	return body
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%q and %q", a[max(i-40, 0):min(i+60, len(a))], b[max(i-40, 0):min(i+60, len(b))])
		}
	}
	return fmt.Sprintf("their ends, %d and %d", len(a), len(b))
}
