package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"handover/internal/audit"
	"handover/internal/identity"
	"handover/internal/testdb"
)

// program asks the API with a token.
type program struct {
	*testing.T
	url, token string
}

// reply is an answer of the API.
type reply struct {
	*testing.T
	status int
	header http.Header
	text   string
	body   map[string]any
}

// asProgram gives the staff member a token.
func (p panel) asProgram(s testdb.Staff, only ...identity.Privilege) program {
	p.Helper()
	who, err := identity.ByEmail(p.Context(), p.pool, s.Email)
	if err != nil {
		p.Fatal(err)
	}
	secret, err := identity.IssueToken(p.Context(), p.pool, audit.Actor{Name: "tester"}, who,
		identity.NewToken{Label: "test", Privileges: only})
	if err != nil {
		p.Fatal(err)
	}
	return program{p.T, p.url, secret}
}

func (g program) send(method, path string, body any, header ...string) reply {
	g.Helper()
	var sent bytes.Buffer
	if text, is := body.(string); is {
		sent.WriteString(text)
	} else if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			g.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(g.Context(), method, g.url+"/api/v1"+path, &sent)
	if err != nil {
		g.Fatal(err)
	}
	if g.token != "" {
		r.Header.Set("Authorization", "Bearer "+g.token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		g.Fatal(err)
	}
	defer func() { _ = a.Body.Close() }()
	var text bytes.Buffer
	if _, err := text.ReadFrom(a.Body); err != nil {
		g.Fatal(err)
	}
	out := reply{T: g.T, status: a.StatusCode, header: a.Header, text: text.String(), body: map[string]any{}}
	if err := json.Unmarshal(text.Bytes(), &out.body); err != nil {
		g.Fatalf("%s %s answers %d with no JSON: %s", method, path, a.StatusCode, text.String())
	}
	return out
}

func (g program) get(path string) reply { g.Helper(); return g.send(http.MethodGet, path, nil) }

// is ends the test unless that is the status, and the code of the problem, "" = none.
func (r reply) is(status int, code string) reply {
	r.Helper()
	got, _ := r.body["code"].(string)
	if r.status != status || got != code {
		r.Fatalf("answered %d %q, want %d %q: %s", r.status, got, status, code, r.text)
	}
	if code != "" && r.header.Get("Content-Type") != "application/problem+json" {
		r.Errorf("a problem of type %s", r.header.Get("Content-Type"))
	}
	return r
}

// at returns the value at a path of keys and places: "items.0.number".
func (r reply) at(path string) any {
	r.Helper()
	var v any = r.body
	for _, key := range strings.Split(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			i := 0
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(in) {
				r.Fatalf("there is no %s: %s", path, r.text)
			}
			v = in[i]
		default:
			r.Fatalf("there is no %s: %s", path, r.text)
		}
	}
	return v
}

func (r reply) has(path string, want any) reply {
	r.Helper()
	if got := r.at(path); fmt.Sprint(got) != fmt.Sprint(want) {
		r.Errorf("%s is %v, want %v: %s", path, got, want, r.text)
	}
	return r
}

// awaitOrder asks for the order until it has ended.
func (g program) awaitOrder(number string) reply {
	g.Helper()
	for range 400 {
		r := g.get("/orders/"+number).is(200, "")
		if s := r.at("status"); s != "queued" && s != "in_progress" {
			return r
		}
		time.Sleep(20 * time.Millisecond)
	}
	g.Fatalf("%s does not end", number)
	return reply{}
}

// codesOf are the warnings of a preview.
func codesOf(r reply) []string {
	var codes []string
	for _, f := range r.at("findings").([]any) {
		codes = append(codes, f.(map[string]any)["code"].(string))
	}
	return codes
}
