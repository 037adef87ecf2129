package web_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/web"
)

// otherBrowser is the same panel before another browser.
func (p panel) otherBrowser() panel {
	p.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	client := *p.client
	client.Jar = jar
	p.client = &client
	return p
}

func TestOwnAccount(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	s := p.world.Staff(testdb.Staff{Name: "Otto Berg", Role: "support"})
	p.signIn(s)
	account := p.get("/pcp/account")
	account.wants(t, http.StatusOK, "Otto Berg", s.Email, "Support", "Aurora Cloud", "1 session", "This one")
	if account.doc.Find(`main form[action^="/pcp/account/sessions"]`).Length() != 0 {
		t.Error("the only session can be ended")
	}
	if account.doc.Find(`#person a[href="/pcp/account"]`).Length() != 1 {
		t.Error("the person menu does not lead to the account")
	}
	phone, notebook := p.otherBrowser(), p.otherBrowser()
	phone.signIn(s)
	notebook.signIn(s)
	account = p.get("/pcp/account")
	account.wants(t, http.StatusOK, "3 sessions")
	handle := account.doc.Find(`button[name=session]`).First().AttrOr("value", "")
	p.post("/pcp/account/sessions/end", url.Values{"session": {handle}}).follow().wants(t, http.StatusOK,
		"The session has ended.", "2 sessions")
	if (phone.get("/pcp/").status == http.StatusOK) == (notebook.get("/pcp/").status == http.StatusOK) {
		t.Error("not exactly one browser was signed out")
	}
	p.post("/pcp/account/sessions/end", url.Values{"session": {handle}}).wants(t, http.StatusNotFound,
		"This session has already ended.")
	p.post("/pcp/account/sessions/end-others", nil).follow().wants(t, http.StatusOK,
		"1 other session has ended. You are still signed in here.", "1 session")
	if phone.get("/pcp/").status == http.StatusOK || notebook.get("/pcp/").status == http.StatusOK {
		t.Error("another browser is still signed in")
	}
}

func TestChangeOwnPassword(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	phone := p.otherBrowser()
	phone.signIn(p.staff)
	address, _ := url.Parse(p.url)
	stolen := p.client.Jar.Cookies(address)
	const action = "/pcp/account/password"
	for _, tt := range []struct{ current, wanted, says string }{
		{"", "", "Enter your current password."},
		{"wrong password", "seven green umbrellas", "This is not your current password."},
		{p.staff.Password, "short", "it needs at least 10"},
		{p.staff.Password, "Password2026!", "tried first"},
		{p.staff.Password, "ada meyer", "it needs at least 10"},
	} {
		a := p.post(action, url.Values{"current_password": {tt.current}, "new_password": {tt.wanted}})
		a.wants(t, http.StatusUnprocessableEntity, tt.says)
		if form := a.form(action); form.Get("current_password") != "" || form.Get("new_password") != "" {
			t.Error("a password is in the page")
		}
	}
	form := p.get("/pcp/account").form(action)
	form.Set("current_password", p.staff.Password)
	form.Set("new_password", "seven green umbrellas")
	p.post(action, form).follow().wants(t, http.StatusOK, "Your password was changed.", "1 session")
	if phone.get("/pcp/").status == http.StatusOK {
		t.Error("the other browser is still signed in")
	}
	thief := p.otherBrowser()
	thief.client.Jar.SetCookies(address, stolen)
	if thief.get("/pcp/").status == http.StatusOK {
		t.Error("a copy of the former cookie still opens the panel")
	}
	p.staff.Password = "seven green umbrellas"
	phone.signIn(p.staff)
}

// A cookie is for this panel only, cannot be read by a script, and comes with no
// form of another site; over HTTPS never in clear.
func TestCookies(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	p := startPanel(t, pool, web.Deps{DB: pool, SessionKey: sessionKey, BaseURL: "https://panel.example"})
	a := p.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}})
	lives := map[string]string{
		"__Host-handover_session": "Max-Age=43200", "__Host-handover_device": "Max-Age=31536000",
	}
	for _, cookie := range a.header.Values("Set-Cookie") {
		name, _, _ := strings.Cut(cookie, "=")
		for _, want := range []string{"Path=/", "HttpOnly", "Secure", "SameSite=Lax", lives[name]} {
			if !strings.Contains(cookie, want) {
				t.Errorf("%s lacks %s: %s", name, want, cookie)
			}
		}
		delete(lives, name)
	}
	if len(lives) != 0 {
		t.Errorf("no cookie for %v", lives)
	}
}

// Signing in gives a browser another session, whatever cookie it had before.
func TestSignInRotatesTheSession(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	address, _ := url.Parse(p.url)
	before := p.client.Jar.Cookies(address)[0].Value
	if a := p.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}}); a.status !=
		http.StatusSeeOther {
		t.Fatalf("answered %d", a.status)
	}
	var after string
	for _, c := range p.client.Jar.Cookies(address) {
		if c.Name == "handover_session" {
			after = c.Value
		}
	}
	if after == before || p.world.Text(`select count(*) from sessions`) != "1" {
		t.Error("the session of before lives on")
	}
}

// An attacker at the owner's own address cannot lock out a browser that signed in before.
func TestTheOwnersBrowserIsKnown(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.post("/sign-out", nil)
	attacker := p.otherBrowser()
	for range 8 {
		attacker.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {"wrong password"}})
	}
	attacker.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}}).wants(t,
		http.StatusUnprocessableEntity, "Too many sign-ins failed.")
	p.signIn(p.staff)
	p.get("/pcp/").wants(t, http.StatusOK, "Ada Meyer")
}
