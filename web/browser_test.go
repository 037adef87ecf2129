package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/jmoiron/sqlx"

	"handover/internal/testdb"
	"handover/web"
)

// panel is a running panel on a database of its own, and a browser before it.
type panel struct {
	*testing.T
	pool   *sqlx.DB
	world  *testdb.World
	staff  testdb.Staff // an administrator of the provider
	url    string
	client *http.Client
}

var sessionKey = []byte(strings.Repeat("k", 32))

// newPanel starts a panel without a sign-in.
func newPanel(t *testing.T) panel {
	t.Helper()
	pool := testdb.New(t)
	return startPanel(t, pool, web.Deps{
		DB: pool, SessionKey: sessionKey, BaseURL: "http://panel.example",
		Webhooks: loopback,
	})
}

func startPanel(t *testing.T, pool *sqlx.DB, deps web.Deps) panel {
	t.Helper()
	if deps.Transfers == nil {
		deps.Transfers = working(t, pool)
	}
	if deps.Patience == 0 {
		deps.Patience = 25 * time.Second // a slow machine is no failure
	}
	server, err := web.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	world := testdb.NewWorld(t, pool)
	return panel{
		T: t, pool: pool, world: world, staff: world.Staff(testdb.Staff{Name: "Ada Meyer"}), url: listener.URL,
		client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
	}
}

// signedIn starts a panel with the administrator signed in.
func signedIn(t *testing.T) panel {
	t.Helper()
	p := newPanel(t)
	p.signIn(p.staff)
	return p
}

// signIn signs the browser in as a staff member.
func (p panel) signIn(s testdb.Staff) {
	p.Helper()
	form := p.get("/sign-in").form("/sign-in")
	form.Set("email", s.Email)
	form.Set("password", s.Password)
	if a := p.post("/sign-in", form); a.status != http.StatusSeeOther {
		p.Fatalf("sign-in answered %d: %s", a.status, a.text())
	}
}

// answer is what the panel answered.
type answer struct {
	panel
	status int
	header http.Header
	body   string
	doc    *goquery.Document
}

// get opens a page.
func (p panel) get(path string) answer {
	p.Helper()
	return p.send(p.request(http.MethodGet, path, nil))
}

// post sends a form.
func (p panel) post(path string, form url.Values) answer {
	p.Helper()
	r := p.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.send(r)
}

func (p panel) request(method, path string, body io.Reader) *http.Request {
	p.Helper()
	r, err := http.NewRequestWithContext(p.Context(), method, p.url+path, body)
	if err != nil {
		p.Fatal(err)
	}
	return r
}

func (p panel) send(r *http.Request) answer {
	p.Helper()
	response, err := p.client.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		p.Fatal(err)
	}
	return answer{panel: p, status: response.StatusCode, header: response.Header, body: string(body), doc: doc}
}

// follow opens the page that a successful POST led to.
func (a answer) follow() answer {
	a.Helper()
	if a.status != http.StatusSeeOther {
		a.Fatalf("answered %d, want 303: %s", a.status, a.text())
	}
	return a.get(a.header.Get("Location"))
}

// text returns what one reads on the page, with single spaces.
func (a answer) text() string {
	a.doc.Find("script, style").Remove()
	return strings.Join(strings.Fields(a.doc.Find("body").Text()), " ")
}

// form returns the fields of the form that is sent to the action, as a browser
// would send them.
func (a answer) form(action string) url.Values {
	a.Helper()
	form := a.doc.Find(`form[action="` + action + `"]`)
	if form.Length() == 0 {
		a.Fatalf("no form is sent to %s on this page: %s", action, a.text())
	}
	values := url.Values{}
	form.First().Find("input, textarea, select").Each(func(_ int, field *goquery.Selection) {
		name, kind := field.AttrOr("name", ""), field.AttrOr("type", "text")
		_, checked := field.Attr("checked")
		switch {
		case name == "" || (kind == "checkbox" || kind == "radio") && !checked:
		case goquery.NodeName(field) == "select":
			chosen := field.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = field.Find("option").First()
			}
			values.Add(name, chosen.AttrOr("value", chosen.Text()))
		case goquery.NodeName(field) == "textarea":
			values.Add(name, field.Text())
		default:
			values.Add(name, field.AttrOr("value", ""))
		}
	})
	return values
}
