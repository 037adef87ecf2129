package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/web"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	if a := p.get("/"); a.header.Get("Location") != "/sign-in" {
		t.Fatalf("the address leads to %q", a.header.Get("Location"))
	}
	asked := p.get("/pcp?x=1")
	if asked.header.Get("Location") != "/sign-in?next=%2Fpcp%3Fx%3D1" {
		t.Fatalf("home leads to %q", asked.header.Get("Location"))
	}
	form := asked.follow().form("/sign-in")
	form.Set("email", " "+p.staff.Email)
	form.Set("password", p.staff.Password)
	answer := p.post("/sign-in", form)
	cookie := answer.header.Get("Set-Cookie")
	for _, want := range []string{"handover_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("over http the cookie would be lost: %s", cookie)
	}
	if answer.header.Get("Location") != "/pcp?x=1" {
		t.Errorf("led to %s", answer.header.Get("Location"))
	}
	home := answer.follow()
	if home.status != http.StatusOK || !strings.Contains(home.text(), "Provider Control Panel") ||
		!strings.Contains(home.text(), "Ada Meyer") {
		t.Fatalf("home answered %d: %s", home.status, home.text())
	}
	if a := p.get("/sign-in"); a.header.Get("Location") != "/pcp/" {
		t.Errorf("the sign-in page leads to %q", a.header.Get("Location"))
	}
	before := *p.client
	if a := p.post("/sign-out", home.form("/sign-out")); a.header.Get("Location") != "/sign-in" {
		t.Fatalf("sign-out answered %d", a.status)
	}
	if n := p.world.Text(`select count(*) from sessions`); n != "0" {
		t.Errorf("%s sessions are left", n)
	}
	p.client = &before
	if a := p.get("/pcp/"); a.status != http.StatusSeeOther {
		t.Errorf("after sign-out home answers %d", a.status)
	}
}

func TestSignInRefused(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	reseller := p.world.Staff(
		testdb.Staff{Distributor: p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"}).ID})
	tests := []struct {
		name, email, password string
		status                int
		want                  string
	}{
		{"nothing", "", "", 422, "Enter your email address."},
		{"no password", p.staff.Email, "", 422, "Enter your password."},
		{"wrong", p.staff.Email, "wrong password", 422, "E-mail and password do not match."},
		{"unknown", "unknown@aurora.example", "wrong password", 422, "E-mail and password do not match."},
		{"a reseller's, wrong", reseller.Email, "wrong password", 422, "E-mail and password do not match."},
	}
	for _, tt := range tests {
		a := p.post("/sign-in", url.Values{"email": {tt.email}, "password": {tt.password}})
		if a.status != tt.status || !strings.Contains(a.text(), tt.want) {
			t.Errorf("%s: answered %d: %s", tt.name, a.status, a.text())
		}
		if kept := a.form("/sign-in"); kept.Get("email") != tt.email || kept.Get("password") != "" {
			t.Errorf("%s: kept %v", tt.name, kept)
		}
	}
}

// The value of ?next= must not lead people away from the panel.
func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	for _, next := range []string{
		"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)",
		"\\\\evil.example",
	} {
		p := newPanel(t)
		a := p.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}, "next": {next}})
		if a.header.Get("Location") != "/pcp/" {
			t.Errorf("%s leads to %s", next, a.header.Get("Location"))
		}
	}
}

func TestAForgedCookieSignsNobodyIn(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	address, _ := url.Parse(p.url)
	cookie := p.client.Jar.Cookies(address)[0]
	forged := *cookie
	forged.Value = strings.ToUpper(cookie.Value[:1]) + strings.ToLower(cookie.Value[1:])
	p.client.Jar.SetCookies(address, []*http.Cookie{&forged})
	if a := p.get("/pcp/"); a.status != http.StatusSeeOther {
		t.Errorf("answered %d", a.status)
	}
}

func TestCookiesAreSecureOverHTTPS(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	p := startPanel(t, pool, web.Deps{DB: pool, SessionKey: sessionKey, BaseURL: "https://panel.example"})
	a := p.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}})
	if !strings.Contains(a.header.Get("Set-Cookie"), "; Secure") {
		t.Errorf("cookie: %s", a.header.Get("Set-Cookie"))
	}
	if a.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

func TestPrivilegeIsAsked(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	s := p.world.Staff(testdb.Staff{Role: "support"})
	p.signIn(s)
	if a := p.get("/pcp/"); a.status != http.StatusOK {
		t.Errorf("home answers %d", a.status)
	}
	p.world.Exec(`update staff set status = 'disabled' where id = $1`, s.ID)
	if a := p.get("/pcp/"); a.status != http.StatusSeeOther {
		t.Errorf("a disabled person gets %d", a.status)
	}
}
