package web_test

import (
	"maps"
	"net/url"

	"handover/internal/identity"
)

// expectation is what one route of the panels is declared to answer. It repeats the
// privilege of the route on purpose: a change there has to be made here as well.
//
// Addresses and forms name the object as {customer}, {order} and so on; {own.customer} is
// always the reader's. What lies outside the reader's scope must be answered exactly as
// an object that does not exist: with 404 where the path names it, else with the same page.
type expectation struct {
	Privilege    identity.Privilege
	ProviderOnly bool
	At           []string // addresses below the panel; none = the route's own path
	Form         url.Values
	Seen         []int // answers where the reader may see the object; none = 200
}

func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

const (
	mayRead     = identity.Read
	mayTransfer = identity.AccountsTransfer
	mayExport   = identity.ExportRun
)

var (
	moved     = []int{303}
	answered  = []int{200, 303, 409, 422}
	formAgain = []int{303, 422}
)

// expected is the one table of what every route of the panels answers.
var expected = oneTable(recordPages, moneyPages, systemPages)

// oneTable joins the tables of the sections; a route is in one of them.
func oneTable(tables ...map[string]expectation) map[string]expectation {
	all := map[string]expectation{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

// outer are the addresses outside the panels: they show no distributor's data.
var outer = map[string]identity.Privilege{
	"GET /": "", "GET /sign-in": "", "POST /sign-in": "", "GET /sign-in/code": "", "POST /sign-in/code": "",
	"GET /sign-in/oidc": "", "GET /sign-in/oidc/callback": "",
	"GET /forgot-password": "", "POST /forgot-password": "", "GET /invitation/:token": "",
	"POST /invitation/:token": "",
	"GET /reset/:token":       "", "POST /reset/:token": "", "POST /sign-out": mayRead, "POST /preferences": "",
	"GET /static/:name": "", "GET /brand/:color": "", "GET /healthz": "", "GET /readyz": "",
}
