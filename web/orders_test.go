package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

func TestOrdersList(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/orders").wants(t, http.StatusOK, "There are no transfers yet", "Start one from a customer")
	fjord := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	kestrel := p.world.Customer(testdb.Customer{Name: "=Kestrel"})
	merge := p.world.TransferOrder(testdb.TransferOrder{Source: fjord.ID, Target: kestrel.ID})
	back := p.world.TransferOrder(testdb.TransferOrder{
		Source: fjord.ID, Target: kestrel.ID, Status: "failed",
		Reverses: merge.ID,
	})
	placed := p.world.Order(testdb.Order{
		Customer: fjord.ID, Type: "upgrade", Status: "awaiting_payment",
		PlacedOn: "2026-01-05",
	})
	p.world.Exec(`update transfer_orders set created_at = '2026-01-04T10:00:00Z', requested_by_name = 'Nils Berg'`)
	number := fmt.Sprintf("O-%06d", placed.ID)

	page := p.get("/pcp/orders")
	page.wants(t, http.StatusOK, "2 transfers")
	page.wantsRow(t,
		back.Number+" | Blue Fjord AS | into =Kestrel | Reversal of "+merge.Number+
			" | Failed | 4 Jan 2026, 10:00 UTC | –none | Nils Berg",
		merge.Number+" | Blue Fjord AS | into =Kestrel | Customer merge | Completed | 4 Jan 2026, 10:00 UTC"+
			" | 15 Jan 2026, 12:00 UTC | Nils Berg")
	sales := p.get("/pcp/orders?type=placed")
	sales.wants(t, http.StatusOK, "1 order")
	sales.wantsRow(t, number+" | Blue Fjord AS | Aurora Cloud | Upgrade | Awaiting payment | 5 Jan 2026 | € 10.00")
	for _, href := range []string{"/pcp/orders/" + merge.Number, "/pcp/customers/" + fjord.Number, "/pcp/customers/" +
		kestrel.Number} {
		if page.doc.Find(`td a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	rows := func(query string) string {
		var out []string
		for _, row := range p.get("/pcp/orders?" + query).doc.Find("tbody tr td:first-child").EachIter() {
			out = append(out, strings.TrimSpace(row.Text()))
		}
		return strings.Join(out, " ")
	}
	for query, want := range map[string]string{
		"type=transfer": back.Number + " " + merge.Number, "type=placed": number, "type=upgrade": number,
		"status=failed":               back.Number,
		"type=placed&from=2026-01-05": number, "from=2026-01-05": "",
		"to=2026-01-04": back.Number + " " + merge.Number, "q=" + number: number,
		"q=unknown":   "",
		"sort=number": merge.Number + " " + back.Number, "status=completed": merge.Number,
	} {
		if got := rows(query); got != want {
			t.Errorf("%s lists %q, want %q", query, got, want)
		}
	}
	p.get("/pcp/orders?q=unknown").wants(t, http.StatusOK, "No order fits these filters")
	p.get("/pcp/orders?from=x").wants(t, http.StatusUnprocessableEntity)
	p.get("/pcp/orders?sort=x").wants(t, http.StatusUnprocessableEntity)

	export := p.get("/pcp/orders/export?type=merge&status=failed")
	want := fmt.Sprintf("%s,transfer,merge,failed,%s,Blue Fjord AS,Aurora Cloud,%s,'=Kestrel,Aurora Cloud,Nils "+
		"Berg,2026-01-04T10:00:00Z,,%s\n",
		back.Number, fjord.Number, kestrel.Number, merge.Number)
	if _, got, _ := strings.Cut(export.body, "\n"); got != want {
		t.Errorf("the export is %q, want %q", got, want)
	}
}

// The names that scripts and screen readers know the filters by.
func TestOrdersFiltersAreNamed(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	page := p.get("/pcp/orders?type=upgrade&status=failed&from=2026-01-01&to=2026-01-31&q=blue&sort=-number")
	for name, want := range map[string]string{
		"Type": "upgrade", "Status": "failed", "From": "2026-01-01",
		"To": "2026-01-31", "Search": "blue",
	} {
		label := page.doc.Find("label").FilterFunction(func(_ int, l *goquery.Selection) bool {
			return strings.TrimSpace(l.Text()) == name
		})
		id := label.AttrOr("for", "none")
		if got := page.form("/pcp/orders").Get(page.doc.Find("#"+id).AttrOr("name", "")); got != want {
			t.Errorf("the field named %s holds %q, want %q", name, got, want)
		}
	}
	if got := page.form("/pcp/orders").Get("sort"); got != "-number" {
		t.Errorf("the filter form drops the order: %q", got)
	}
	button := page.doc.Find(`button[form="filter"]`)
	if strings.TrimSpace(button.Text()) != "Export CSV" ||
		!strings.HasPrefix(button.AttrOr("formaction", ""), "/pcp/orders/export") {
		t.Errorf("the export is %q to %q", button.Text(), button.AttrOr("formaction", ""))
	}
}

func TestOrdersPageByPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	for range 30 {
		p.world.Order(testdb.Order{Customer: c.ID})
		p.world.TransferOrder(testdb.TransferOrder{Source: c.ID})
	}
	seen := map[string]bool{}
	page := p.get("/pcp/orders?size=25")
	for n := 1; ; n++ {
		for _, row := range page.doc.Find("tbody tr td:first-child").EachIter() {
			seen[strings.TrimSpace(row.Text())] = true
		}
		older, ok := page.doc.Find(`a[rel="next"]`).Attr("href")
		if !ok {
			if n != 2 {
				t.Errorf("%d pages, want 2", n)
			}
			break
		}
		page = p.get(older)
	}
	if len(seen) != 30 {
		t.Errorf("saw %d transfers, want 30", len(seen))
	}
}

func TestOrderPageShowsAnEventWithoutWordsByItsCode(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	o := p.world.TransferOrder(testdb.TransferOrder{})
	p.world.Exec(`insert into transfer_events (order_id, event, detail) values ($1, 'put_on_hold', 'until Monday')`,
		o.ID)
	p.get("/pcp/orders/"+o.Number).wants(t, http.StatusOK, "put on hold", "until Monday")
}
