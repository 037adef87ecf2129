package web_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/internal/vault"
	"handover/web"
)

// tenant has the things of one distributor of the matrix: each thing by its name in the
// table of expectations, and words that occur in its records only.
type tenant struct {
	name   string // "Birch"
	id     int64
	things map[string]string
}

// matrix is a small sales channel with one of everything at each distributor.
type matrix struct {
	*testing.T
	pool    *sqlx.DB
	world   *testdb.World
	server  *web.Server
	tenants map[string]tenant // by relation to the reseller Alder
	unknown map[string]string
	cookies map[string]*http.Cookie // "rcp administrator"
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	pool := testdb.New(t)
	server, err := web.New(web.Deps{DB: pool, SessionKey: sessionKey, BaseURL: "http://panel.example"})
	if err != nil {
		t.Fatal(err)
	}
	m := &matrix{
		T: t, pool: pool, world: testdb.NewWorld(t, pool), server: server, tenants: map[string]tenant{},
		cookies: map[string]*http.Cookie{},
	}
	w := m.world
	alder := w.Distributor(testdb.Distributor{Name: "Alder Partner"})
	aspen := w.Distributor(testdb.Distributor{Name: "Aspen Partner", Parent: alder.ID})
	birch := w.Distributor(testdb.Distributor{
		Name:  "Birch Partner",
		Brand: w.MakeBrand(testdb.Brand{Name: "Birch Brand"}).ID, LegalEntity: "Birch Ltd",
	})
	beech := w.Distributor(testdb.Distributor{Name: "Beech Partner", Parent: birch.ID, LegalEntity: "Beech Ltd"})
	root := w.Plan(testdb.Plan{Name: "Pro", Price: "10.00"})
	w.Exec(`insert into exchange_rates (id, on_date, from_currency, to_currency, rate)
		values (700001, '2026-01-05', 'EUR', 'USD', 1.0842)`)
	for i, h := range []struct {
		relation, name string
		d              testdb.Distributor
	}{
		{"own", "Alder", alder},
		{"child", "Aspen", aspen},
		{"sibling", "Birch", birch},
		{"parent", "Poplar", w.Provider},
		{"unrelated", "Beech", beech},
	} {
		m.tenants[h.relation] = m.furnish(h.name, h.d, root, i)
	}
	// The provider asks to change a setting of the reseller, who does not learn the
	// requester's name.
	asker := w.Staff(testdb.Staff{Name: "Poplar Chief"})
	w.Exec(`insert into setting_changes (distributor_id, setting, before, after, requested_by, requested_at, expires_at)
		values ($1, 'time_zone', '{"time_zone": "UTC"}', '{"time_zone": "Europe/Oslo"}', $2, now(),
		        now() + interval '7 days')`, alder.ID, asker.ID)
	m.unknown = map[string]string{
		"customer": "C-900001", "other": "C-900002", "customerName": "Willow Mills", "former": "OLD-WILLOW",
		"crm": "CRM-WILLOW", "external": "EXT-WILLOW",
		"subscription": "S-900001", "order": "TO-900001", "placed": "O-900001", "mailed": "TO-900002",
		"mail": "900001", "letter": "900001", "entry": "900001", "person": "900001", "personName": "Willow Clerk",
		"distributor": "D-900001",
		"plan":        "P-900001", "brand": "900001", "period": "900001", "invoice": "INV-WILLOW",
		"invoiceID": "900001",
		"payment":   "PAY-900001", "refund": "RF-900001",
		"credit": "CM-900001", "debit": "DM-900001", "recipient": "willow@mail.example", "webhook": "900001",
		"change": "900001", "message": "900001", "removed": "900002",
	}
	for _, panel := range []struct {
		path        string
		distributor int64
	}{{"pcp", w.Provider.ID}, {"rcp", alder.ID}} {
		for _, role := range identity.Roles() {
			m.cookies[panel.path+" "+string(role)] = m.signIn(w.Staff(testdb.Staff{
				Distributor: panel.distributor,
				Role:        string(role),
			}))
		}
	}
	return m
}

// furnish gives the distributor one of everything; each bears its name.
func (m *matrix) furnish(name string, d testdb.Distributor, root testdb.Plan, at int) tenant {
	w, upper := m.world, strings.ToUpper(name)
	plan := root
	if d.ID != w.Provider.ID {
		plan = w.Plan(testdb.Plan{Name: name + " Plan", Distributor: d.ID, DelegatedFrom: root.ID, Price: "11.00"})
	}
	c := w.Customer(testdb.Customer{
		Distributor: d.ID, Name: name + " Mills", Email: strings.ToLower(name) + "@mills.example", CRMID: "CRM-" +
			upper, ExternalID: "EXT-" + upper,
		FormerExtID: "OLD-" + upper,
	})
	other := w.Customer(testdb.Customer{Distributor: d.ID, Name: name + " Works"})
	s := w.Subscription(testdb.Subscription{Customer: c.ID, Plan: plan.ID, Price: "11.00"})
	invoice := w.Invoice(testdb.Invoice{
		Number: "INV-" + upper,
		Lines:  []testdb.Line{{Subscription: s.ID, Amount: "11.00"}},
	})
	payment := w.Payment(testdb.Payment{Customer: c.ID, Amount: "20.00"})
	refund := w.Refund(testdb.Refund{Payment: payment.ID})
	credit := w.CreditMemo(testdb.Memo{Customer: c.ID, Reason: name + " Reason"})
	debit := w.DebitMemo(testdb.Memo{Customer: c.ID})
	w.Entry(testdb.Entry{Distributor: d.ID, Customer: c.ID, Memo: name + " entry"})
	placed := w.Order(testdb.Order{Customer: c.ID})
	order := w.TransferOrder(testdb.TransferOrder{Source: other.ID, Target: c.ID})
	w.Ledger(order.ID, "invoice", "customer_id", fmt.Sprint(other.ID), fmt.Sprint(c.ID), invoice.ID)
	mailed := w.TransferOrder(testdb.TransferOrder{
		Source: other.ID, Kind: "distributor", TargetDistributor: d.ID,
		Status: "failed", Failure: name + " failed",
	})
	w.Exec(`insert into audit_entries (actor_name, distributor_id, action, subject_kind, subject)
		values ($1, $2, 'customer.note', 'customer', $3)`, name+" clerk", d.ID, c.Number)
	entry := w.Text(`select max(id) from audit_entries`)
	mail := w.Mail(testdb.Mail{
		Order: mailed.ID, Recipient: strings.ToLower(name) + "@mail.example",
		Subject: name + " mail",
	})
	person := w.Staff(testdb.Staff{Distributor: d.ID, Name: name + " Clerk", Role: "support"})
	letter := w.Mail(testdb.Mail{Staff: person.ID, Subject: name + " letter", Secret: "not sealed"})
	links, err := vault.New(sessionKey, vault.MailedLinks)
	if err != nil {
		m.Fatal(err)
	}
	w.Exec(`update outbox set secret = $2 where id = $1`, letter.ID,
		links.Close(letter.ID, "http://panel.example/reset/"+name))
	brand := fmt.Sprint(710000 + d.ID) // long, so that it is not found in other numbers
	w.Exec(`insert into brands (id, name, primary_color) values ($1, $2, '#1f5eff')`, brand, name+" Brand")
	w.Exec(`update distributors set brand_id = $1 where id = $2`, brand, d.ID)
	period := w.Period(testdb.Period{
		Distributor: d.ID, Start: fmt.Sprintf("20%02d-03-01", 10+at),
		End: fmt.Sprintf("20%02d-03-31", 10+at), Status: "open",
	})
	hook := w.Webhook(testdb.Webhook{Distributor: d.ID, URL: "https://" + strings.ToLower(name) + ".example/hook"})
	removed := w.Webhook(testdb.Webhook{Distributor: d.ID, URL: "https://" + strings.ToLower(name) +
		".example/removed"})
	w.Exec(`insert into setting_changes (distributor_id, setting, before, after, reason, requested_by, requested_at,
		expires_at)
		values ($1, 'approvals', '{"approval": false, "consent": false}', '{"approval": true, "consent": false}',
		        $2, $3, now(), now() + interval '7 days')`,
		d.ID, name+" reason", person.ID)
	return tenant{name: name, id: d.ID, things: map[string]string{
		"customer": c.Number, "other": other.Number, "customerName": c.Name, "former": "OLD-" + upper, "crm": c.CRMID,
		"external":     c.ExternalID,
		"subscription": s.Number, "order": order.Number, "placed": fmt.Sprintf("O-%06d", placed.ID),
		"mailed": mailed.Number, "mail": fmt.Sprint(mail.ID),
		"entry": entry, "letter": fmt.Sprint(letter.ID), "person": fmt.Sprint(person.ID), "personName": person.Name,
		"distributor": d.Number, "brand": brand, "plan": plan.Number, "period": fmt.Sprint(period.ID),
		"invoice": invoice.Number, "invoiceID": fmt.Sprint(invoice.ID),
		"payment": payment.Number, "refund": refund.Number, "credit": credit.Number, "debit": debit.Number,
		"recipient": mail.Recipient,
		"webhook":   fmt.Sprint(hook.ID), "message": fmt.Sprint(hook.Message), "removed": fmt.Sprint(removed.ID),
		"change": w.Text(`select max(id) from setting_changes`),
	}}
}

// TestEveryRouteHasAnExpectation: a route that the table does not have fails here.
func TestEveryRouteHasAnExpectation(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	server, err := web.New(web.Deps{DB: pool, SessionKey: sessionKey, BaseURL: "http://panel.example"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for route := range outer {
		want[route] = true
	}
	for route := range expected {
		method, path, _ := strings.Cut(route, " ")
		want[method+" /pcp"+path], want[method+" /rcp"+path] = true, true
	}
	for route := range askedOfAPI {
		method, path, _ := strings.Cut(route, " ")
		want[method+" /api/v1"+path] = true
	}
	for _, route := range openOfAPI {
		want[route] = true
	}
	for _, route := range server.RegisteredRoutes() {
		if !want[route] {
			t.Errorf("%s has no expectation: declare in matrix_table_test.go who may open it and what it answers",
				route)
		}
		delete(want, route)
	}
	for route := range want {
		t.Errorf("%s is expected, but there is no such route", route)
	}
}

// TestMatrix opens every route of both panels as every role, for an object of one's own
// distributor, of one below, beside and above it, and of one that has nothing to do with it.
func TestMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for _, route := range slices.Sorted(maps.Keys(expected)) {
		e := expected[route]
		method, path, _ := strings.Cut(route, " ")
		if e.At == nil {
			e.At = []string{path}
		}
		m.otherPanel(method, e)
		for _, role := range identity.Roles() {
			for _, at := range e.At {
				m.asProvider(method, at, role, e)
				m.asReseller(method, at, role, e)
			}
		}
	}
}

// otherPanel: without a session every address leads to sign-in. The other panel's
// addresses lead to one's own panel, and its forms are not found.
func (m *matrix) otherPanel(method string, e expectation) {
	m.Helper()
	own := m.tenants["own"].things
	path := filled(e.At[0], own, own)
	if r := m.do(method, "/rcp"+path, nil, nil); r.Code != http.StatusSeeOther ||
		!strings.HasPrefix(r.Header().Get("Location"), "/sign-in") {
		m.Errorf("%s %s without a session answers %d, %s", method, path, r.Code, r.Header().Get("Location"))
	}
	for _, p := range [][2]string{{"/pcp", "/rcp"}, {"/rcp", "/pcp"}} {
		who := m.cookies[strings.TrimPrefix(p[1], "/")+" administrator"]
		r := m.do(method, p[0]+path, who, nil)
		if method == http.MethodGet &&
			(r.Code != http.StatusFound || r.Header().Get("Location") != p[1]+strings.ReplaceAll(path, " ", "%20")) ||
			method != http.MethodGet && r.Code != http.StatusNotFound {
			m.Errorf("%s %s%s by staff of %s answers %d, %s", method, p[0], path, p[1], r.Code,
				r.Header().Get("Location"))
		}
	}
}

// asProvider: the provider's staff see everything, as far as their role goes.
func (m *matrix) asProvider(method, at string, role identity.Role, e expectation) {
	m.Helper()
	own := m.tenants["parent"].things
	for _, relation := range []string{"parent", "own"} { // the provider's own, and one below
		things := m.tenants[relation].things
		r := m.do(method, "/pcp"+filled(at, things, own), m.cookies["pcp "+string(role)],
			filledForm(e.Form, things, own))
		m.expect(r, method+" /pcp"+at+" by "+string(role)+" of the provider, "+relation, e.wants(role, true))
	}
}

// wants returns the statuses of the answer to a reader who may see the object.
func (e expectation) wants(role identity.Role, provider bool) []int {
	switch {
	case e.ProviderOnly && !provider:
		return []int{http.StatusNotFound}
	case !role.Can(e.Privilege):
		return []int{http.StatusForbidden}
	case len(e.Seen) == 0:
		return []int{http.StatusOK}
	}
	return e.Seen
}

func (m *matrix) expect(r *httptest.ResponseRecorder, what string, want []int) {
	m.Helper()
	if !slices.Contains(want, r.Code) {
		m.Errorf("%s: answered %d, want %v: %.300s", what, r.Code, want,
			strings.Join(strings.Fields(r.Body.String()), " "))
	}
}

// asReseller: what lies in the scope is answered; anything else as if it did not exist,
// to the letter, and nothing anywhere names it.
func (m *matrix) asReseller(method, at string, role identity.Role, e expectation) {
	m.Helper()
	own, who := m.tenants["own"].things, m.cookies["rcp "+string(role)]
	send := func(things map[string]string) (*httptest.ResponseRecorder, string) {
		r := m.do(method, "/rcp"+filled(at, things, own), who, filledForm(e.Form, things, own))
		return r, plain(r.Header().Get("Location")+"\n"+r.Body.String(), things)
	}
	name := func(relation string) string { return method + " /rcp" + at + " by " + string(role) + ", " + relation }
	path, _, _ := strings.Cut(at, "?")
	if !strings.Contains(at+fmt.Sprint(e.Form), "{") { // it is about no object
		r, body := send(nil)
		m.expect(r, name("no object"), e.wants(role, false))
		m.noForeign(name("no object"), body)
		return
	}
	for _, relation := range []string{"own", "child"} {
		r, body := send(m.tenants[relation].things)
		want := e.wants(role, false)
		m.expect(r, name(relation), want)
		m.noForeign(name(relation), body)
	}
	unknown, shape := send(m.unknown)
	if allowed := e.wants(role, false); strings.Contains(strings.ReplaceAll(path, "{own.", ""), "{") &&
		!slices.Equal(allowed, []int{http.StatusForbidden}) && unknown.Code != http.StatusNotFound {
		m.Errorf("%s: answered %d, want 404", name("unknown"), unknown.Code)
	}
	for _, relation := range []string{"sibling", "parent", "unrelated"} {
		r, body := send(m.tenants[relation].things)
		if r.Code != unknown.Code || body != shape {
			m.Errorf("%s: answered %d, an unknown one %d; they differ at %s", name(relation), r.Code, unknown.Code,
				firstDifference(body, shape))
		}
		m.noForeign(name(relation), body)
	}
}

// noForeign checks that nothing of a distributor outside the scope is named.
func (m *matrix) noForeign(what, body string) {
	m.Helper()
	for _, relation := range []string{"sibling", "parent", "unrelated"} {
		h := m.tenants[relation]
		if at := strings.Index(strings.ToLower(body), strings.ToLower(h.name)); at >= 0 {
			m.Errorf("%s: names %s: …%s…", what, h.name, body[max(at-60, 0):min(at+60, len(body))])
		}
	}
}
