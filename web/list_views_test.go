package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// links returns the texts of the links that a selector finds, with their addresses.
func (a answer) links(selector string) map[string]string {
	out := map[string]string{}
	a.doc.Find(selector).Each(func(_ int, link *goquery.Selection) {
		out[strings.Join(strings.Fields(link.Text()), " ")] = link.AttrOr("href", "")
	})
	return out
}

func TestFiltersShowAsRemovableChips(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	if chips := p.get("/pcp/customers").links(".chip"); len(chips) != 0 {
		t.Errorf("an unfiltered list has the chips %v", chips)
	}
	chips := p.get("/pcp/customers?q=blue&status=active&status=suspended&sort=name").links(".chip")
	for label, want := range map[string]string{
		"Remove filter Search: blue":      "/pcp/customers?sort=name&status=active&status=suspended",
		"Remove filter Status: Active":    "/pcp/customers?q=blue&sort=name&status=suspended",
		"Remove filter Status: Suspended": "/pcp/customers?q=blue&sort=name&status=active",
	} {
		if chips[label] != want {
			t.Errorf("%s leads to %q, want %q", label, chips[label], want)
		}
	}
	chips = p.get("/pcp/orders?from=2026-01-05&mine=true").links(".chip")
	if chips["Remove filter From: 5 Jan 2026"] == "" || chips["Remove filter Requested by: me"] == "" {
		t.Errorf("the chips of orders are %v", chips)
	}
}

func TestBuiltInViewsOfOrders(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	a, b := p.world.Customer(testdb.Customer{}), p.world.Customer(testdb.Customer{})
	mine := p.world.TransferOrder(testdb.TransferOrder{Source: a.ID, Target: b.ID, RequestedBy: p.staff.ID})
	p.world.TransferOrder(testdb.TransferOrder{Source: a.ID, Target: b.ID})
	views := p.get("/pcp/orders").links(".view a")
	list := p.get(views["My transfers"])
	if rows := list.rows(); len(rows) != 1 || !strings.HasPrefix(rows[0], mine.Number) {
		t.Errorf("my transfers are %q", rows)
	}
	if now := list.doc.Find(`.view a[aria-current]`).Text(); strings.TrimSpace(now) != "My transfers" {
		t.Errorf("the view in force is %q", now)
	}
	if rows := p.get(views["Awaiting approval"]).rows(); len(rows) != 0 {
		t.Errorf("awaiting approval are %q", rows)
	}
}

func TestOwnViewsAreSavedPerPerson(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	at := "/pcp/orders?status=failed&sort=-number"
	form := p.get(at).form("/pcp/account/views")
	form.Set("name", "Failed last")
	saved := p.post("/pcp/account/views", form)
	if saved.header.Get("Location") != "/pcp/orders?sort=-number&status=failed" {
		t.Errorf("saving leads to %s", saved.header.Get("Location"))
	}
	list := saved.follow()
	list.wants(t, http.StatusOK, `The view "Failed last" was saved.`)
	if href := list.links(".view a")["Failed last"]; href != "/pcp/orders?sort=-number&status=failed" {
		t.Errorf("the view leads to %q", href)
	}
	other := p.otherBrowser()
	other.signIn(p.world.Staff(testdb.Staff{}))
	if other.get("/pcp/orders").links(".view a")["Failed last"] != "" {
		t.Error("another person has the view")
	}
	form = list.form("/pcp/account/views/remove")
	form.Set("view", p.world.Text(`select id from staff_views`))
	if a := other.post("/pcp/account/views/remove", form); a.status != http.StatusNotFound {
		t.Errorf("another person removes the view: %d", a.status)
	}
	p.post("/pcp/account/views/remove", form).follow().wants(t, http.StatusOK, "The view was removed.")
	if p.get("/pcp/orders").links(".view a")["Failed last"] != "" {
		t.Error("the view is still there")
	}
	form = p.get(at).form("/pcp/account/views")
	form.Set("name", "")
	p.post("/pcp/account/views", form).follow().wants(t, http.StatusOK, "Enter a name for the view")
}

func TestColumnsAreChosenPerPerson(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Customer(testdb.Customer{})
	form := p.get("/pcp/customers").form("/pcp/account/columns")
	form["column"] = []string{"Name", "Balance"}
	list := p.post("/pcp/account/columns", form).follow()
	class := list.doc.Find("table").AttrOr("class", "")
	// the first column has the boxes, the second the number, the third the name
	if !strings.HasSuffix(class, " hide-4 hide-5 hide-6") {
		t.Errorf("the table is %q", class)
	}
	if _, on := list.doc.Find(`#columns input[value="Status"]`).Attr("checked"); on {
		t.Error("Status is still ticked")
	}
	other := p.otherBrowser()
	other.signIn(p.world.Staff(testdb.Staff{}))
	if class := other.get("/pcp/customers").doc.Find("table").AttrOr("class", ""); strings.Contains(class, "hide-") {
		t.Errorf("another person's table is %q", class)
	}
}

func TestSelectionOverAllPagesIsAFilterWithoutExceptions(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c, other := p.world.Customer(testdb.Customer{Name: "Blue Fjord"}), p.world.Customer(testdb.Customer{})
	var numbers []string
	for range 30 {
		numbers = append(numbers, p.world.Subscription(testdb.Subscription{Customer: c.ID}).Number)
	}
	p.world.Subscription(testdb.Subscription{Customer: other.ID})
	list := p.get("/pcp/subscriptions?size=25&customer=" + c.Number)
	if total := list.doc.Find("[data-select-whole]").AttrOr("data-total", ""); total != "30 subscriptions" {
		t.Errorf("all of %q can be selected", total)
	}
	if p.get("/pcp/subscriptions?customer="+other.Number).doc.Find("[data-select-whole]").Length() != 0 {
		t.Error("a list of one page offers all pages")
	}
	chosen := p.get("/pcp/subscriptions/transfer?whole=true&customer=" + c.Number + "&except=" + numbers[3])
	to := chosen.header.Get("Location")
	if n := strings.Count(to, "subscription="); n != 29 || strings.Contains(to, numbers[3]) {
		t.Errorf("%d subscriptions are handed over: %s", n, to)
	}
	for range 180 {
		p.world.Subscription(testdb.Subscription{Customer: c.ID})
	}
	p.get("/pcp/subscriptions/transfer?whole=true&customer="+c.Number).wants(t, http.StatusUnprocessableEntity,
		"More than 200 subscriptions fit the filter. Narrow it first.")
}

func TestUnpaidInvoicesSayForHowLongTheyAreOverdue(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	due := func(days int) string { return time.Now().UTC().AddDate(0, 0, -days).Format(time.DateOnly) }
	late := p.world.Invoice(testdb.Invoice{Customer: c.ID, DueOn: due(26), Lines: []testdb.Line{{Amount: "10.00"}}})
	p.world.Invoice(testdb.Invoice{Customer: c.ID, DueOn: due(0), Lines: []testdb.Line{{Amount: "10.00"}}})
	paid := p.world.Invoice(testdb.Invoice{Customer: c.ID, DueOn: due(5), Lines: []testdb.Line{{Amount: "10.00"}}})
	payment := p.world.Payment(testdb.Payment{Customer: c.ID, Amount: "10.00"})
	p.world.AllocatePayment(payment.ID, testdb.Allocation{Invoice: paid.ID, Amount: "10.00"})
	list := p.get("/pcp/customers/" + c.Number + "/documents?kind=invoice")
	if n := strings.Count(list.text(), "Overdue"); n != 1 || !strings.Contains(list.text(), "Overdue 26 days") {
		t.Errorf("%d invoices are overdue, want the one of 26 days: %s", n, list.text())
	}
	p.get(fmt.Sprintf("/pcp/documents/invoice/%d", late.ID)).wants(t, http.StatusOK, "Overdue 26 days")
}
