package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/catalog"
	"handover/internal/testdb"
)

func numbers(plans []catalog.Plan) []string {
	out := make([]string, 0, len(plans))
	for _, p := range plans {
		out = append(out, p.Number)
	}
	return out
}

func TestChoicesAreTransferablePlansOfPeriodAndCurrency(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{Currency: "GBP"})
	plan := func(p testdb.Plan) testdb.Plan {
		p.Distributor = d.ID
		return w.Plan(p)
	}
	z, a := plan(testdb.Plan{Name: "Z"}), plan(testdb.Plan{Name: "A"})
	plan(testdb.Plan{Name: "Yearly", BillingPeriod: "yearly"})
	plan(testdb.Plan{Name: "Euro", Currency: "EUR"})
	plan(testdb.Plan{Name: "Stays", NotTransferable: true})
	w.Plan(testdb.Plan{Name: "Of the provider", Currency: "GBP"})

	got, err := catalog.Choices(t.Context(), pool, d.ID, "monthly", "GBP")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{a.Number, z.Number}, numbers(got)); diff != "" {
		t.Error(diff)
	}
}
