package web_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/web"
)

// account is what the provider says about a person.
type account struct {
	Email    string `json:"email,omitempty"`
	Verified bool   `json:"email_verified"`
}

// signOnPanel starts a panel whose single sign-on is a provider that is not there
// until runProvider starts it.
func signOnPanel(t *testing.T, issuer string) panel {
	t.Helper()
	pool := testdb.New(t)
	var server http.Handler
	listener := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(listener.Close)
	built, err := web.New(web.Deps{
		DB: pool, SessionKey: sessionKey, BaseURL: listener.URL,
		SignOn: identity.Provider{
			Issuer: issuer, ClientID: "handover",
			ClientSecret: "a secret that only these tests know", Name: "Aurora Login",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server = built
	world := testdb.NewWorld(t, pool)
	p := panel{
		T: t, pool: pool, world: world, staff: world.Staff(testdb.Staff{Name: "Ada Meyer"}), url: listener.URL,
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
	return p.otherBrowser()
}

// freeAddress returns an address of this machine without a listener.
func freeAddress(t *testing.T) (address string, port int) {
	t.Helper()
	server := httptest.NewServer(http.NotFoundHandler())
	address = server.URL
	server.Close()
	if _, err := fmt.Sscanf(address, "http://127.0.0.1:%d", &port); err != nil {
		t.Fatal(err)
	}
	return address, port
}

// runProvider runs a real provider, the npm package oidc-provider, at the port until the
// test ends. It sends email addresses in the identity token or in its user info.
func (p panel) runProvider(port int, inToken bool, people map[string]account) {
	p.Helper()
	settings, err := json.Marshal(map[string]any{
		"redirect": p.url + "/sign-in/oidc/callback", "people": people,
		"port": port, "inToken": inToken,
	})
	if err != nil {
		p.Fatal(err)
	}
	node := exec.CommandContext(p.Context(), "node", filepath.Join("..", "e2e", "harness", "provider.mjs"),
		string(settings))
	var complaint strings.Builder
	node.Stderr = &complaint
	input, err := node.StdinPipe()
	if err != nil {
		p.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := node.Start(); err != nil {
		p.Fatalf("run the provider: %v (Node.js is needed; make build installs its packages)", err)
	}
	p.Cleanup(func() {
		_ = input.Close()
		_ = node.Wait()
	})
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		p.Fatalf("the provider did not start: %v: %s", err, &complaint)
	} else if !strings.HasPrefix(line, "listening at http://127.0.0.1:") {
		p.Fatalf("the provider says %q", line)
	}
}

// visit opens an address anywhere.
func (p panel) visit(address string, form url.Values) answer {
	p.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(p.Context(), method, address, strings.NewReader(body))
	if err != nil {
		p.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return p.send(r)
}

// asAt goes through the provider's pages as one of its people, from the address that
// the panel sent the browser to, and returns the address that leads back.
func (p panel) asAt(address, person string) string {
	p.Helper()
	for range 12 {
		a := p.visit(address, nil)
		if a.status == http.StatusOK {
			a = p.visit(a.provided(address, person))
		}
		next, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status/100 != 3 {
			p.Fatalf("the provider answered %d at %s: %.600s", a.status, address, a.text())
		}
		at, _ := url.Parse(address)
		address = at.ResolveReference(next).String()
		if strings.HasPrefix(address, p.url) {
			return address
		}
	}
	p.Fatal("the provider leads around in circles")
	return ""
}

// provided fills in the form in which the provider asks who one is.
func (a answer) provided(address, person string) (action string, form url.Values) {
	a.Helper()
	found := a.doc.Find("form").First()
	form = url.Values{"login": {person}}
	at, _ := url.Parse(address)
	to, err := url.Parse(found.AttrOr("action", ""))
	if err != nil {
		a.Fatal(err)
	}
	return at.ResolveReference(to).String(), form
}

// out opens the sign-in page, takes the button, and returns the provider's address.
func (p panel) out(next string) string {
	p.Helper()
	button := p.get("/sign-in?next=" + url.QueryEscape(next)).doc.Find(`a:contains("Sign in with Aurora Login")`)
	a := p.get(button.AttrOr("href", "/nowhere"))
	if a.status != http.StatusSeeOther {
		p.Fatalf("the button answered %d: %s", a.status, a.text())
	}
	return a.header.Get("Location")
}

// back opens an address of the panel.
func (p panel) back(address string) answer {
	p.Helper()
	return p.get(strings.TrimPrefix(address, p.url))
}

func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	issuer, port := freeAddress(t)
	p := signOnPanel(t, issuer)
	gone := p.world.Staff(testdb.Staff{Status: "disabled"})
	invited := p.world.Staff(testdb.Staff{Status: "invited"})
	reseller := p.world.Staff(
		testdb.Staff{Distributor: p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"}).ID})

	down := p.get("/sign-in/oidc")
	down.wants(t, http.StatusServiceUnavailable,
		"Aurora Login does not respond. Try again in a minute, or sign in with your password.")
	if down.form("/sign-in").Has("password") == false {
		t.Error("the password is not asked for while the provider is down")
	}
	p.runProvider(port, false, map[string]account{
		"ada":        {strings.ToUpper(p.staff.Email), true},
		"second":     {p.staff.Email, true},
		"unverified": {p.staff.Email, false},
		"stranger":   {"stranger@aurora.example", true},
		"gone":       {gone.Email, true},
		"invited":    {invited.Email, true},
		"reseller":   {reseller.Email, true},
		"nameless":   {"", true},
	})
	time.Sleep(1100 * time.Millisecond) // until it is asked again

	t.Run("success", func(t *testing.T) {
		p := p.otherBrowser()
		a := p.back(p.asAt(p.out("/pcp/orders?q=x"), "ada"))
		if a.header.Get("Location") != "/pcp/orders?q=x" {
			t.Fatalf("answered %d, led to %q: %s", a.status, a.header.Get("Location"), a.text())
		}
		if home := p.get("/pcp/"); home.status != http.StatusOK || !strings.Contains(home.text(), "Ada Meyer") {
			t.Errorf("home answered %d", home.status)
		}
		bound := p.world.Text(`select s.email || ' ' || x.subject from staff_subjects x
			join staff s on s.id = x.staff_id where x.issuer = $1`, issuer)
		if bound != p.staff.Email+" ada" {
			t.Errorf("bound: %s", bound)
		}
		// The requirement of a second factor is for passwords.
		p.world.Exec(`update distributors set second_factor_required = true`)
		if home := p.get("/pcp/"); home.status != http.StatusOK {
			t.Errorf("with a second factor required home answered %d", home.status)
		}
		p.world.Exec(`update distributors set second_factor_required = false`)
	})
	refused := []struct {
		person string
		want   string
	}{
		{"unverified", "Aurora Login has not verified that " + p.staff.Email + " is your email address."},
		{"stranger", "There is no staff member with the email address stranger@aurora.example. Ask an " +
			"administrator to add you."},
		{"gone", "Your access to Handover has ended."},
		{"invited", "You were invited and have not accepted yet. Open the link in the mail first, then sign in " +
			"with Aurora Login."},
		{"nameless", "Aurora Login does not provide your email address"},
		{"second", p.staff.Email + " belongs to another account at Aurora Login than this one."},
	}
	for _, tt := range refused {
		t.Run(tt.person, func(t *testing.T) {
			p := p.otherBrowser()
			p.back(p.asAt(p.out(""), tt.person)).wants(t, http.StatusForbidden, tt.want)
			p.mustBeOutside(t)
		})
	}
	t.Run("a reseller's", func(t *testing.T) {
		p := p.otherBrowser()
		if a := p.back(p.asAt(p.out(""), "reseller")); a.header.Get("Location") != "/pcp/" {
			t.Errorf("answered %d: %s", a.status, a.text())
		}
		if a := p.get("/pcp/"); a.status != http.StatusFound || a.header.Get("Location") != "/rcp/" {
			t.Errorf("the provider's panel answers %d and leads to %q", a.status, a.header.Get("Location"))
		}
		if a := p.get("/rcp/"); a.status != http.StatusOK || !strings.Contains(a.text(), "Nordlys Partner") {
			t.Errorf("home answered %d", a.status)
		}
	})
	t.Run("after a change of address at the provider", func(t *testing.T) {
		p := p.otherBrowser()
		p.world.Exec(`update staff set email = 'renamed@aurora.example' where id = $1`, p.staff.ID)
		if a := p.back(p.asAt(p.out(""), "ada")); a.header.Get("Location") != "/pcp/" {
			t.Errorf("answered %d: %s", a.status, a.text())
		}
	})
	if got := p.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'`); got != "6" {
		t.Errorf("%s refusals are in the audit log, want 6", got)
	}
}

// mustBeOutside fails when the browser is signed in.
func (p panel) mustBeOutside(t *testing.T) {
	t.Helper()
	if a := p.get("/pcp/"); a.status != http.StatusSeeOther {
		t.Errorf("signed in: home answered %d", a.status)
	}
}

// change sets a parameter of an address.
func change(t *testing.T, address, name, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	if !query.Has(name) {
		t.Fatalf("%s has no %s", address, name)
	}
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestSingleSignOnTampered(t *testing.T) {
	t.Parallel()
	issuer, port := freeAddress(t)
	p := signOnPanel(t, issuer)
	p.runProvider(port, true, map[string]account{"ada": {p.staff.Email, true}})
	const used = "was already used, is older than 10 minutes, or started in another browser"
	const other = "does not belong to this sign-in, so you were not signed in"
	comeBack := func(p panel) string { return p.asAt(p.out(""), "ada") }
	tests := []struct {
		name   string
		answer func(p panel) answer
		status int
		want   string
	}{
		{"another state", func(p panel) answer {
			return p.back(change(t, comeBack(p), "state", "another"))
		}, 422, used},
		{"no state", func(p panel) answer { return p.back("/sign-in/oidc/callback?code=x") }, 422, used},
		{"another browser", func(p panel) answer { return p.otherBrowser().back(comeBack(p)) }, 422, used},
		{"a way that is too old", func(p panel) answer {
			address := comeBack(p)
			p.world.Exec(`update single_sign_ons set expires_at = now() - interval '1 second'`)
			return p.back(address)
		}, 422, used},
		{"another nonce", func(p panel) answer {
			return p.back(p.asAt(change(t, p.out(""), "nonce", "another"), "ada"))
		}, 403, other},
		{"another challenge", func(p panel) answer {
			return p.back(p.asAt(change(t, p.out(""), "code_challenge", strings.Repeat("A", 43)), "ada"))
		}, 403, "Aurora Login refused the sign-in (invalid_grant)"},
		{"another code", func(p panel) answer {
			return p.back(change(t, comeBack(p), "code", "another"))
		}, 403, "Aurora Login refused the sign-in (invalid_grant)"},
		{"another provider", func(p panel) answer {
			return p.back(change(t, comeBack(p), "iss", "https://evil.example"))
		}, 403, "The answer came from another provider"},
		{"cancelled there", func(p panel) answer {
			return p.back(strings.Replace(comeBack(p), "code=", "error=access_denied&was=", 1))
		}, 403, "The sign-in at Aurora Login was cancelled"},
		{"an answer that is none", func(p panel) answer {
			return p.back(strings.Replace(comeBack(p), "code=", "error=%3Cscript%3E&was=", 1))
		}, 422, "Aurora Login sent an answer that cannot be read"},
		{"next leads elsewhere", func(p panel) answer {
			p.world.Exec(`delete from single_sign_ons`)
			a := p.get("/sign-in/oidc?next=https://evil.example/")
			if next := p.world.Text(`select next from single_sign_ons`); next != "" {
				t.Errorf("kept %s", next)
			}
			return p.back(change(t, p.asAt(a.header.Get("Location"), "ada"), "state", "x"))
		}, 422, used},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := p.otherBrowser()
			tt.answer(p).wants(t, tt.status, tt.want)
			p.mustBeOutside(t)
		})
	}
	t.Run("replayed", func(t *testing.T) {
		p := p.otherBrowser()
		address := comeBack(p)
		sent := p.client.Jar
		if a := p.back(address); a.header.Get("Location") != "/pcp/" {
			t.Fatalf("answered %d: %s", a.status, a.text())
		}
		p.post("/sign-out", url.Values{})
		p.client.Jar = sent
		p.back(address).wants(t, http.StatusUnprocessableEntity, used)
		p.mustBeOutside(t)
	})
}

func TestWithoutSingleSignOn(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	if strings.Contains(p.get("/sign-in").text(), "Sign in with") {
		t.Error("a button leads nowhere")
	}
	for _, path := range []string{"/sign-in/oidc", "/sign-in/oidc/callback?state=x&code=y"} {
		p.get(path).wants(t, http.StatusNotFound, "Single sign-on is not set up here.")
	}
}
