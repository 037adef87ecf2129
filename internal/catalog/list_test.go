package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/accounts"
	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/testdb"
)

// sold is a catalog of two families, one delegated over two levels.
type sold struct {
	chain
	everything accounts.Scope
}

func newSold(t *testing.T) sold {
	t.Helper()
	s := sold{chain: newChain(t)}
	s.everything = accounts.Scope{Root: s.Provider.ID, Everything: true}
	top := s.Plan(testdb.Plan{DelegatedFrom: s.root.ID, Distributor: s.top.ID, Name: "Basic Japan", Price: "15000"})
	mid := s.Plan(testdb.Plan{
		DelegatedFrom: top.ID, Distributor: s.mid.ID, Name: "Basic Mid", NotTransferable: true,
		ExternalID: "MID-1",
	})
	s.Plan(testdb.Plan{DelegatedFrom: s.root.ID, Distributor: s.b.ID, Name: "Basic 50%"})
	s.Plan(testdb.Plan{Name: "advanced", BillingPeriod: "monthly"})
	buyer := s.Customer(testdb.Customer{Distributor: s.mid.ID})
	for _, status := range []string{"active", "suspended", "cancelled", "terminated"} {
		s.Subscription(testdb.Subscription{Customer: buyer.ID, Plan: mid.ID, Status: status})
	}
	return s
}

func (s sold) outline(t *testing.T, scope accounts.Scope, f catalog.PlanFilter, p db.Page) []string {
	t.Helper()
	p.Size = 50
	part, err := catalog.Plans(t.Context(), s.pool, scope, f, p)
	if err != nil {
		t.Fatal(err)
	}
	n, err := catalog.CountPlans(t.Context(), s.pool, scope, f)
	if err != nil || n != len(part.Rows) {
		t.Errorf("counted %d, %v; listed %d", n, err, len(part.Rows))
	}
	out := []string{}
	for _, r := range part.Rows {
		out = append(out, strings.Repeat("-", r.Depth)+r.Name)
	}
	return out
}

func TestPlansStandBelowThoseTheyAreDelegatedFrom(t *testing.T) {
	t.Parallel()
	s := newSold(t)
	mid := accounts.Scope{Root: s.mid.ID}
	cases := []struct {
		name   string
		scope  accounts.Scope
		filter catalog.PlanFilter
		sort   string
		want   []string
	}{
		{"the tree", s.everything, catalog.PlanFilter{}, "", []string{
			"advanced", "Basic", "-Basic 50%",
			"-Basic Japan", "--Basic Mid",
		}},
		{
			"by name, backwards", s.everything,
			catalog.PlanFilter{},
			"-name",
			[]string{"--Basic Mid", "-Basic Japan", "-Basic 50%", "Basic", "advanced"},
		},
		{"of the middle and below", mid, catalog.PlanFilter{}, "", []string{"Basic 50%", "Basic Mid"}},
		{"of a distributor", s.everything, catalog.PlanFilter{DistributorID: s.mid.ID}, "", []string{"--Basic Mid"}},
		{"of one outside the scope", mid, catalog.PlanFilter{DistributorID: s.top.ID}, "", []string{}},
		{"billing period", s.everything, catalog.PlanFilter{BillingPeriod: "monthly"}, "", []string{"advanced"}},
		{"not transferable", s.everything, catalog.PlanFilter{Transferable: "false"}, "", []string{"--Basic Mid"}},
		{
			"transferable", s.everything,
			catalog.PlanFilter{Transferable: "true", Search: "basic"},
			"",
			[]string{"Basic", "-Basic 50%", "-Basic Japan"},
		},
		{"number", s.everything, catalog.PlanFilter{Search: "p-" + fmt.Sprint(s.root.ID)}, "", []string{"Basic"}},
		{"external id", s.everything, catalog.PlanFilter{Search: "MID-1"}, "", []string{"--Basic Mid"}},
		{"a sign of patterns", s.everything, catalog.PlanFilter{Search: "%"}, "", []string{"-Basic 50%"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, s.outline(t, c.scope, c.filter, db.Page{Sort: c.sort})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlansTellWhereTheyComeFromAndWhatHangsOnThem(t *testing.T) {
	t.Parallel()
	s := newSold(t)
	row := func(scope accounts.Scope) catalog.PlanRow {
		part, err := catalog.Plans(t.Context(), s.pool, scope, catalog.PlanFilter{Search: "Basic Mid"},
			db.Page{Size: 5})
		if err != nil || len(part.Rows) != 1 {
			t.Fatalf("got %v, %v", part.Rows, err)
		}
		return part.Rows[0]
	}
	got := row(s.everything)
	if got.AboveAt != "Top" || got.Above == 0 || got.RootID != s.root.ID || got.Distributor != "Mid" ||
		got.Subscriptions != 2 || got.Transferable {
		t.Errorf("got %+v", got)
	}
	got = row(accounts.Scope{Root: s.mid.ID})
	if got.AboveAt != "" || got.Above != 0 || got.Depth != 0 || !got.Delegated || got.RootID != got.Plan.ID {
		t.Errorf("a reseller sees of the plan above: %+v", got)
	}
}

func TestPlansPageByPage(t *testing.T) {
	t.Parallel()
	s := newSold(t)
	for _, sort := range []string{"tree", "-tree", "number", "distributor", "-name"} {
		whole := s.outline(t, s.everything, catalog.PlanFilter{}, db.Page{Sort: sort})
		var read []string
		page := db.Page{Sort: sort, Size: 2}
		for {
			part, err := catalog.Plans(t.Context(), s.pool, s.everything, catalog.PlanFilter{}, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range part.Rows {
				read = append(read, strings.Repeat("-", r.Depth)+r.Name)
			}
			if page.After = part.After; page.After == "" {
				break
			}
		}
		if diff := cmp.Diff(whole, read); diff != "" {
			t.Errorf("%s: %s", sort, diff)
		}
	}
}
