package api

import (
	"net/http"
	"slices"

	"handover/internal/identity"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// operations are all that the API does, section by section.
func operations() []operation {
	return slices.Concat(customerOperations(), contractOperations(), transferOperations(), orderOperations(),
		auditOperations(), reconciliationOperations())
}

// Route describes an operation to tests and pages.
type Route struct {
	Method, Path, Summary string
	Privilege             identity.Privilege
}

// Routes lists the operations in their order.
func Routes() []Route {
	var out []Route
	for _, o := range operations() {
		out = append(out, Route{o.Method, Base + o.Path, o.Summary, o.Privilege})
	}
	return out
}

var notFound = []int{http.StatusNotFound}
