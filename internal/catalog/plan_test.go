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

func TestCounterpartsHaveTheSameRootPlan(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	a := w.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	below := w.Distributor(testdb.Distributor{Name: "Fjell Partner", Parent: a.ID})
	b := w.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	root, other := w.Plan(testdb.Plan{Name: "Basic"}), w.Plan(testdb.Plan{Name: "Pro"})
	inA := w.Delegate(root, a)
	inBelow := w.Delegate(inA, below)
	inB, againInB := w.Delegate(root, b), w.Delegate(root, b)
	otherInA := w.Delegate(other, a)
	own := w.Plan(testdb.Plan{Distributor: a.ID, Name: "Basic"})

	cases := []struct {
		name string
		plan testdb.Plan
		at   testdb.Distributor
		want []string
	}{
		{"two levels up and one down, both plans there", inBelow, b, []string{inB.Number, againInB.Number}},
		{"the level above", inBelow, a, []string{inA.Number}},
		{"the root plan itself", inB, w.Provider, []string{root.Number}},
		{"another family", otherInA, a, []string{otherInA.Number}},
		{"another family is not sold there", otherInA, b, []string{}},
		{"a plan of the same name is no counterpart", own, w.Provider, []string{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := catalog.Counterparts(t.Context(), pool, []int64{c.plan.ID, root.ID}, c.at.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, numbers(got[c.plan.ID])); diff != "" {
				t.Error(diff)
			}
		})
	}
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
