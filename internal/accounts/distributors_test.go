package accounts_test

import (
	"fmt"
	"testing"

	"handover/internal/accounts"
)

func TestDistributorsAreATree(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	tree := func(s accounts.Scope) []string {
		found, err := accounts.Distributors(t.Context(), m.pool, s)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range found {
			out = append(out, fmt.Sprintf("%d %s %d", d.Depth, d.Name, d.Customers))
		}
		return out
	}
	want(t, tree(m.provider()), "0 Aurora Cloud 1", "1 Nordlys Partner 1", "2 Morava IT 1", "1 Thames Cloud 1")
	want(t, tree(accounts.Scope{Root: m.reseller.ID}), "0 Nordlys Partner 1", "1 Morava IT 1")
	d, err := accounts.GetDistributor(t.Context(), m.pool, m.provider(), m.beside.ID)
	if err != nil || d.Currency != "GBP" || d.LegalEntity != "Thames Cloud AS" || d.Brand != "Aurora Cloud" ||
		d.Number() != m.beside.Number {
		t.Errorf("distributor is %+v (%v)", d, err)
	}
	names, err := accounts.DistributorNames(t.Context(), m.pool, accounts.Scope{Root: m.reseller.ID})
	if err != nil || len(names) != 2 || names[0].Name != "Morava IT" {
		t.Errorf("names are %+v (%v), want two by name", names, err)
	}
}
