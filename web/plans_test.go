package web_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestServicePlansAsATree(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/plans").wants(t, http.StatusOK, "There are no service plans yet")
	thames := p.world.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	root := p.world.Plan(testdb.Plan{Name: "Business Mail", Price: "4.50", ExternalID: "X-77"})
	sold := p.world.Plan(testdb.Plan{
		DelegatedFrom: root.ID, Distributor: thames.ID, Price: "4.10",
		NotTransferable: true,
	})
	p.world.Subscription(testdb.Subscription{
		Plan:     sold.ID,
		Customer: p.world.Customer(testdb.Customer{Distributor: thames.ID}).ID,
	})
	p.world.Plan(testdb.Plan{Name: "Yearly Backup", BillingPeriod: "yearly"})

	page := p.get("/pcp/plans")
	page.wants(t, http.StatusOK, "3 plans")
	page.wantsRow(t, "Business Mail | "+root.Number+" | Aurora Cloud | Root plan | Monthly | € 4.50 | Yes | 0",
		"Business Mail | "+sold.Number+" | Thames Cloud | "+root.Number+" | Monthly | £ 4.10 | No | 1")
	if page.doc.Find(".tree-0").Length() != 2 || page.doc.Find(".tree-1").Length() != 1 {
		t.Error("the delegated plan does not stand below its root")
	}
	p.get("/pcp/plans?sort=name").wantsRow(t, "Business Mail | "+sold.Number+" | Thames Cloud | Aurora Cloud "+
		root.Number+" | Monthly | £ 4.10 | No | 1")
	if p.get("/pcp/plans?sort=name").doc.Find(`[class*="tree-"]`).Length() != 0 {
		t.Error("a list by name is drawn as a tree")
	}
	for query, want := range map[string]string{
		"distributor=" + thames.Number: sold.Number, "q=" + root.Number: root.Number, "q=X-77": root.Number,
		"transferable=false":                sold.Number,
		"billing=yearly&transferable=false": "",
	} {
		var got []string
		for _, row := range p.get("/pcp/plans?" + query).doc.Find("tbody tr td:nth-child(2)").EachIter() {
			got = append(got, strings.TrimSpace(row.Text()))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s lists %v, want %s", query, got, want)
		}
	}
	p.get("/pcp/plans?q=nothing").wants(t, http.StatusOK, "No plan fits these filters")
	lines := strings.Split(strings.TrimSpace(p.get("/pcp/plans/export?q=business").body), "\n")
	want := sold.Number + ",,Business Mail,Thames Cloud," + root.Number + ",GBP,monthly,4.10,false,1"
	if len(lines) != 3 || lines[2] != want {
		t.Errorf("the export is %q, want last %q", lines, want)
	}
}
