package reconciliation

import "slices"

// Check is one comparison. Its queries take the ids of the distributors as $1.
type Check struct {
	// Name is how the API, the command line and addresses call it: "receivable".
	Name string
	// Title says what must be true; Explain says in one or two sentences what is compared.
	Title, Explain string
	// Books and Records head the two amounts that are compared; Records is empty where there is one.
	Books, Records string
	// Lists: the items include what agrees, to be looked at.
	Lists bool

	// with are common table expressions that the two queries share, "name as (...)".
	with string
	// covered selects distributor_id, currency, checked (how many records are compared) and net:
	// the difference as a whole, null where it is the sum of the items that differ.
	covered string
	// items selects what the check is about, one row for each: distributor_id, currency, kind,
	// record_id, other_id, number, customer_id, books, records, difference, since, differs. It
	// may read covered.
	items string

	// each names a second result that the items of kind customer give: no account may differ,
	// also where the differences of several add up to nothing.
	each *result
}

// result names a result that a check gives beside its own. except is a condition on a
// distributor d that has none.
type result struct{ Name, Title, except string }

// Checks lists the comparisons in the order in which they are shown.
var Checks = slices.Concat(controlChecks, documentChecks, clearingChecks)

// Names returns the names of all results in the order in which they are shown.
func Names() []string {
	var out []string
	for _, c := range Checks {
		out = append(out, c.Name)
		if c.each != nil {
			out = append(out, c.each.Name)
		}
	}
	return out
}

// ByName returns the check that gives the result of that name, and whether there is one.
func ByName(name string) (Check, bool) {
	for _, c := range Checks {
		if c.Name == name || c.each != nil && c.each.Name == name {
			return c, true
		}
	}
	return Check{}, false
}

// TitleOf returns the title of a result.
func TitleOf(name string) string {
	c, _ := ByName(name)
	if c.each != nil && c.each.Name == name {
		return c.each.Title
	}
	return c.Title
}
