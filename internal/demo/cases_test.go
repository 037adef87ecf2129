package demo

import (
	"testing"

	"handover/internal/engine/rules"
)

// ofTheRequest are the findings that no customer causes: what is asked for does,
// or another transfer.
var ofTheRequest = map[string]string{
	"EFFECTIVE_DATE_INVALID": "a date in the future",
	"ACCOUNT_NOT_CUSTOMER":   "a distributor's number",
	"SAME_ACCOUNT":           "source and target are one",
	"RATE_REQUIRED":          "no rate was entered",
	"RATE_INVALID":           "no number was entered",
	"RATE_IMPLAUSIBLE":       "a rate far from the rate table's was entered",
	"RATE_DEVIATES":          "a rate more than 2 % from the rate table's was entered",
	"RATE_STALE":             "no rate was entered for more than 7 days",
	"RATE_UNVERIFIED":        "the rate table has no rate for the pair",
	"BALANCE_VANISHES":       "a rate was entered that makes nothing of the balance",
	"TRANSFER_IN_PROGRESS":   "another transfer order",
}

func TestEveryFindingHasItsCustomer(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, c := range Cases() {
		covered[c.Code] = true
	}
	for _, rule := range rules.All() {
		code := string(rule.Code)
		if _, excused := ofTheRequest[code]; covered[code] == excused {
			t.Errorf("%s: covered %t, excused %t", code, covered[code], excused)
		}
		delete(covered, code)
	}
	delete(covered, "")
	for code := range covered {
		t.Errorf("%s is no finding", code)
	}
}

func TestEveryCaseIsThere(t *testing.T) {
	t.Parallel()
	w := small(t)
	names := map[string]int{}
	for _, c := range w.Customers {
		if c.Status != "transferred_out" {
			names[c.Name]++
		}
	}
	for _, d := range w.Distributors {
		names[d.Name]++
	}
	for name, n := range names {
		if n != 1 {
			t.Errorf("%d accounts are called %s", n, name)
		}
	}
	for _, c := range Cases() {
		if names[c.Customer] == 0 || names[c.Other] == 0 {
			t.Errorf("%s: %s or %s does not exist", c.Code, c.Customer, c.Other)
		}
		if c.Shows == "" {
			t.Errorf("%s does not say what it shows", c.Customer)
		}
	}
}
