package engine

import (
	"slices"
	"testing"

	"handover/internal/engine/rules"
	"handover/internal/record"
	"handover/internal/transfer"
)

func TestFindingsBetweenCustomers(t *testing.T) {
	t.Parallel()
	for _, c := range allCustomersCases {
		t.Run(string(c.code)+" "+c.name, func(t *testing.T) {
			d := newDesk(t)
			p := d.preview(c.setup(d))
			f, ok := p.Finding(c.code)
			if ok == c.clean {
				t.Fatalf("found: %v; findings: %+v", ok, p.Findings)
			}
			if ok && (f.Message == "" || f.Remedy == "" ||
				(f.Severity == transfer.Warning) != (f.Acknowledgement != nil)) {
				t.Errorf("incomplete: %+v", f)
			}
		})
	}
}

func TestEveryCodeBetweenCustomersHasACase(t *testing.T) {
	for _, kind := range []record.FlowKind{record.Subscriptions, record.Merge} {
		for _, code := range rules.Codes(kind) {
			if elsewhere[code] == "" && !slices.ContainsFunc(allCustomersCases, func(c customersCase) bool {
				return c.code == code && !c.clean
			}) {
				t.Errorf("no case makes %s", code)
			}
		}
	}
}

// TestNewCodesHaveCleanCases: what comes close to one of these has been tried as well. The rules
// about rates have theirs in rate_test.go and TestCleanConversion, those of the new
// distributor in TestCleanCases, and those of elsewhere in their own files.
func TestNewCodesHaveCleanCases(t *testing.T) {
	for _, code := range []transfer.Code{
		"RELATED_ACCOUNTS", "COUNTRY_DIFFERS", "SAME_LOGIN", "UNAPPLIED_MOVES",
		"REFUNDED_CREDIT",
	} {
		if !slices.ContainsFunc(allCustomersCases, func(c customersCase) bool { return c.code == code && c.clean }) {
			t.Errorf("no case comes close to %s", code)
		}
	}
}

// elsewhere are the codes whose cases need more than one sentence, with the tests that make them.
var elsewhere = map[transfer.Code]string{
	"ACCRUED_REVENUE": "recognition_test.go", "BOOKS_DIVERGE": "books_test.go", "PREPAID_TERM": "term_test.go",
}

// TestEveryCodeHasACase fails for a rule of this flow without a case.
func TestEveryCodeHasACase(t *testing.T) {
	for _, code := range rules.Codes(record.Distributor) {
		if elsewhere[code] != "" {
			continue
		}
		if !slices.ContainsFunc(allFindingCases, func(c findingCase) bool { return c.code == code }) {
			t.Errorf("no case makes %s", code)
		}
	}
}
