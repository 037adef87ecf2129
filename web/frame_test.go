package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// nav returns the words of the navigation's entries.
func (a answer) nav() []string {
	return a.doc.Find("#nav .nav-list a").Map(func(_ int, s *goquery.Selection) string {
		return strings.Join(strings.Fields(s.Text()), " ")
	})
}

func TestNavigationShowsWhatOneMayOpen(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	all := p.get("/pcp/")
	for _, link := range all.doc.Find("#nav a").EachIter() {
		if a := p.get(link.AttrOr("href", "")); a.status != 200 {
			t.Errorf("%s answers %d", link.AttrOr("href", ""), a.status)
		}
	}
	if current := all.doc.Find(`#nav [aria-current="page"]`).Text(); strings.TrimSpace(current) != "Home" {
		t.Errorf("on the home page %q is marked", current)
	}
	current := p.get("/pcp/rates/new").doc.Find(`#nav [aria-current="page"]`).Text()
	if strings.TrimSpace(current) != "Exchange Rates" {
		t.Errorf("on a page below the rates %q is marked", current)
	}
	p.post("/sign-out", all.form("/sign-out"))
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	if theirs := p.get("/pcp/").nav(); !slices.Contains(all.nav(), "Journal") || slices.Contains(theirs, "Journal") {
		t.Errorf("support sees %v", theirs)
	}
	if a := p.get("/pcp/journal"); a.status != 403 ||
		!strings.Contains(a.text(), "Your role, support, does not include this.") {
		t.Errorf("the journal answers %d: %s", a.status, a.text())
	}
}

func TestFrameTellsWhatRunsAndWaits(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	if a := p.get("/pcp/"); a.doc.Find(".running").Length() != 0 || slices.ContainsFunc(a.nav(), func(s string) bool {
		return strings.Contains(s, "waiting")
	}) {
		t.Errorf("with no order the frame says %s", a.text())
	}
	for _, status := range []string{"in_progress", "awaiting_approval", "awaiting_approval", "draft", "completed"} {
		p.world.TransferOrder(testdb.TransferOrder{Status: status})
	}
	a := p.get("/pcp/")
	if got := strings.TrimSpace(a.doc.Find(".running").Text()); got != "1 running" {
		t.Errorf("the indicator says %q", got)
	}
	if !slices.Contains(a.nav(), "Orders 2 waiting") {
		t.Errorf("the navigation says %v", a.nav())
	}
}
