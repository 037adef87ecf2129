package web_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/identity"
)

// asked is what one operation of the API is declared to answer.
type asked struct {
	Privilege identity.Privilege
	At        []string // none = the route's own path
	Body      string   // with things in braces
	Late      bool     // the scope is asked for before the privilege: a stranger is not found, whoever asks
	Seen      []int    // answers where the caller may see the object; none = 200
}

const aMerge = `{"kind":"merge","source_customer":"{customer}","target_customer":"{other}"}`

// askedOfAPI is the one table of what the API answers.
var askedOfAPI = map[string]asked{
	"GET /customers": {Privilege: mayRead, At: []string{
		"/customers", "/customers?search={customer}", "/customers?search={crm}", "/customers?search={former}",
		"/customers?external_id={external}", "/customers?distributor={distributor}",
	}},
	"GET /customers/:number": {
		Privilege: mayRead,
		At: []string{
			"/customers/{customer}", "/customers/{external}", "/customers/{crm}",
			"/customers/{former}",
		},
	},
	"GET /customers/:number/records/:kind": {Privilege: mayRead, At: []string{
		"/customers/{customer}/records/invoice",
		"/customers/{customer}/records/payment",
	}},
	"GET /subscriptions": {
		Privilege: mayRead,
		At:        []string{"/subscriptions", "/subscriptions?customer={customer}"},
	},
	"GET /subscriptions/:number": {Privilege: mayRead, At: []string{"/subscriptions/{subscription}"}},
	"GET /distributors":          {Privilege: mayRead},
	"GET /plans": {
		Privilege: mayRead,
		At:        []string{"/plans", "/plans?distributor={distributor}"},
	},
	"POST /transfers/preview": {Privilege: mayTransfer, Late: true, Body: aMerge},
	// nothing was previewed
	"POST /transfers": {Privilege: mayTransfer, Late: true, Body: aMerge, Seen: []int{409}},
	"GET /orders": {Privilege: mayRead, At: []string{
		"/orders", "/orders?search={order}",
		"/orders?search={customerName}", "/orders?search={placed}",
	}},
	"GET /orders/:number":                {Privilege: mayRead, At: []string{"/orders/{order}", "/orders/{mailed}"}},
	"GET /orders/:number/ledger":         {Privilege: mayRead, At: []string{"/orders/{order}/ledger"}},
	"GET /orders/:number/reconciliation": {Privilege: mayRead, At: []string{"/orders/{order}/reconciliation"}},
	"POST /orders/:number/approve": {
		Privilege: identity.OrdersApprove, Late: true,
		At: []string{"/orders/{order}/approve"}, Body: `{}`, Seen: []int{409},
	},
	"POST /orders/:number/reject": {
		Privilege: identity.OrdersApprove, Late: true,
		At: []string{"/orders/{order}/reject"}, Body: `{"reason":"no"}`, Seen: []int{409},
	},
	"POST /orders/:number/cancel": {
		Privilege: mayTransfer, Late: true,
		At: []string{"/orders/{order}/cancel"}, Body: `{}`, Seen: []int{409},
	},
	"POST /orders/:number/retry": {
		Privilege: mayTransfer, Late: true, At: []string{"/orders/{order}/retry"},
		Body: `{}`, Seen: []int{409},
	},
	"POST /orders/:number/reverse": {
		Privilege: mayTransfer, Late: true,
		At: []string{"/orders/{order}/reverse"}, Body: `{}`, Seen: []int{202, 409, 422},
	},
	"GET /reconciliation": {
		Privilege: identity.JournalRead,
		At:        []string{"/reconciliation", "/reconciliation?distributor={distributor}"},
	},
	"GET /audit": {
		Privilege: identity.AuditRead,
		At:        []string{"/audit", "/audit?order={order}", "/audit?subject={customer}"},
	},
}

// openOfAPI are the addresses without a token.
var openOfAPI = []string{
	"GET /api/v1/openapi.json", "GET /api/v1/openapi.yaml", "GET /api/v1/openapi-3.0.json",
	"GET /api/v1/openapi-3.0.yaml",
}

// token gives the staff member of a panel with the role a token.
func (m *matrix) token(email string) string {
	m.Helper()
	who, err := identity.ByEmail(m.Context(), m.pool, email)
	if err != nil {
		m.Fatal(err)
	}
	secret, err := identity.IssueToken(m.Context(), m.pool, audit.Actor{Name: "tester"}, who,
		identity.NewToken{Label: "matrix"})
	if err != nil {
		m.Fatal(err)
	}
	return secret
}

// ask sends one request to the API in the process.
func (m *matrix) ask(method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://panel.example/api/v1"+strings.ReplaceAll(path, " ", "%20"),
		strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		r.Header.Set("Idempotency-Key", "matrix "+path+body)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	m.server.ServeHTTP(answer, r)
	return answer
}

// TestAPIMatrix asks for everything as every role, for an object of one's own distributor, of
// one below, beside and above it, and of one that has nothing to do with it.
func TestAPIMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	for _, role := range identity.Roles() {
		provider := m.token(m.world.Text(`select email from staff where role = $1 and distributor_id = $2 order by id
			limit 1`, string(role), m.world.Provider.ID))
		reseller := m.token(m.world.Text(`select email from staff where role = $1 and distributor_id = $2 order by id
			limit 1`, string(role), m.tenants["own"].id))
		for _, route := range slices.Sorted(maps.Keys(askedOfAPI)) {
			e := askedOfAPI[route]
			method, path, _ := strings.Cut(route, " ")
			if e.At == nil {
				e.At = []string{path}
			}
			for _, at := range e.At {
				if r := m.ask(method, filled(at, m.tenants["own"].things, nil), "",
					""); r.Code != http.StatusUnauthorized {
					m.Errorf("%s without a token answers %d", route, r.Code)
				}
				for _, relation := range []string{"parent", "own"} {
					things := m.tenants[relation].things
					m.expect(m.ask(method, filled(at, things, nil), provider, filled(e.Body, things, nil)),
						method+" "+at+" by "+string(role)+" of the provider", e.wants(role))
				}
				m.askAsReseller(method, at, role, reseller, e)
			}
		}
	}
}

func (e asked) wants(role identity.Role) []int {
	switch {
	case !role.Can(e.Privilege):
		return []int{http.StatusForbidden}
	case len(e.Seen) == 0:
		return []int{http.StatusOK}
	}
	return e.Seen
}

func (m *matrix) askAsReseller(method, at string, role identity.Role, token string, e asked) {
	m.Helper()
	name := method + " " + at + " by " + string(role) + " of a reseller, "
	send := func(things map[string]string) (*httptest.ResponseRecorder, string) {
		r := m.ask(method, filled(at, things, nil), token, filled(e.Body, things, nil))
		return r, plain(r.Body.String(), things)
	}
	for _, relation := range []string{"own", "child"} {
		r, body := send(m.tenants[relation].things)
		m.expect(r, name+relation, e.wants(role))
		m.noForeign(name+relation, body)
	}
	if !strings.Contains(at, "{") && !strings.Contains(e.Body, "{customer}") { // it is about no object
		return
	}
	unknown, shape := send(m.unknown)
	if e.Late && unknown.Code != http.StatusNotFound {
		m.Errorf("%sunknown: answered %d, want 404", name, unknown.Code)
	}
	for _, relation := range []string{"sibling", "parent", "unrelated"} {
		r, body := send(m.tenants[relation].things)
		if r.Code != unknown.Code || body != shape {
			m.Errorf("%s%s: answered %d, an unknown one %d; they differ at %s", name, relation, r.Code, unknown.Code,
				firstDifference(body, shape))
		}
		m.noForeign(name+relation, body)
	}
}
