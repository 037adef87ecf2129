package web_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// column returns the texts of the first table's column with the label.
func (a answer) column(label string) []string {
	var out []string
	n := a.doc.Find("table").First().Find("thead th").FilterFunction(func(_ int, head *goquery.Selection) bool {
		return strings.TrimSpace(head.Text()) == label
	}).Index()
	a.doc.Find("table").First().Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		out = append(out, strings.Join(strings.Fields(row.Find("td").Eq(n).Text()), " "))
	})
	return out
}

// open opens a page that must be there.
func (p panel) open(path string) answer {
	p.Helper()
	a := p.get(path)
	if a.status != http.StatusOK {
		p.Fatalf("%s answered %d: %s", path, a.status, a.text())
	}
	return a
}

// become signs the browser in as a new staff member instead.
func (p panel) become(s testdb.Staff) {
	p.Helper()
	p.post("/sign-out", nil)
	p.signIn(p.world.Staff(s))
}

// must fails unless the page says all of it.
func (a answer) must(say ...string) answer {
	a.Helper()
	text := a.text()
	for _, s := range say {
		if !strings.Contains(text, s) {
			a.Errorf("the page does not say %q: %s", s, text)
		}
	}
	return a
}

// link returns the address of the link that reads so.
func (a answer) link(label string) string {
	a.Helper()
	found := a.doc.Find("a").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.TrimSpace(s.Text()) == label
	})
	if found.Length() == 0 {
		a.Fatalf("no link reads %q: %s", label, a.text())
	}
	return found.First().AttrOr("href", "")
}

func TestListOfCustomers(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	d := p.world.Distributor(testdb.Distributor{Name: "Sakura Denki Cloud", Currency: "JPY"})
	c := p.world.Customer(testdb.Customer{Name: "Sakura Denki KK", Distributor: d.ID, Email: "pay@sakura.example"})
	p.world.Subscription(testdb.Subscription{Customer: c.ID})
	p.world.Invoice(testdb.Invoice{Customer: c.ID, Amount: "48200"})
	gone := p.world.Customer(testdb.Customer{Name: "Petit Matin SARL", Successor: c.ID, FormerCRM: "CRM-9"})
	p.world.Customer(testdb.Customer{Name: "Ostrava Print s.r.o.", Status: "suspended"})

	a := p.open("/pcp/customers").must("Customer Accounts", "3 customers", "Transferred Out", "Suspended", "¥ 48,200")
	if got := a.column("Name"); !slices.Equal(got, []string{
		"Ostrava Print s.r.o.", "Petit Matin SARL",
		"Sakura Denki KK",
	}) {
		t.Errorf("the list shows %q, want the newest first", got)
	}
	for path, want := range map[string][]string{
		"?q=sakura.example":                      {"Sakura Denki KK"},
		"?q=CRM-9":                               {"Petit Matin SARL", "Sakura Denki KK"},
		"?status=suspended&status=active":        {"Ostrava Print s.r.o.", "Sakura Denki KK"},
		"?distributor=" + d.Number:               {"Sakura Denki KK"},
		"?sort=name":                             {"Ostrava Print s.r.o.", "Petit Matin SARL", "Sakura Denki KK"},
		"?sort=-name":                            {"Sakura Denki KK", "Petit Matin SARL", "Ostrava Print s.r.o."},
		"?sort=number":                           {"Sakura Denki KK", "Petit Matin SARL", "Ostrava Print s.r.o."},
		"?q=" + gone.Number + "&sort=number":     {"Sakura Denki KK", "Petit Matin SARL"},
		"?status=suspended&distributor=D-000001": {"Ostrava Print s.r.o."},
	} {
		if got := p.open("/pcp/customers" + path).column("Name"); !slices.Equal(got, want) {
			t.Errorf("%s shows %q, want %q", path, got, want)
		}
	}
	p.open("/pcp/customers?q=unknown").must("No customer fits these filters", "0 customers")
	for _, path := range []string{"?status=asleep", "?distributor=12", "?sort=balance", "?after=forged"} {
		if a := p.get("/pcp/customers" + path); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s answered %d, want 422", path, a.status)
		}
	}
	// The controls show the filters again.
	a = p.open("/pcp/customers?q=sakura&status=active&distributor=" + d.Number)
	form := a.form("/pcp/customers")
	if form.Get("q") != "sakura" || form.Get("distributor") != d.Number ||
		!slices.Equal(form["status"], []string{"active"}) {
		t.Errorf("the filter bar holds %v", form)
	}
	a.must("Status: Active")
}

func TestTransferIsOfferedWhereItIsAllowed(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	live := p.world.Customer(testdb.Customer{})
	closed := p.world.Customer(testdb.Customer{Status: "closed"})
	p.world.Customer(testdb.Customer{Successor: live.ID})
	const offers = `a[role=menuitem]:contains("Transfer to Another Distributor")`
	found := p.open("/pcp/customers").doc.Find(offers)
	if found.Length() != 1 || found.AttrOr("href", "") != "/pcp/customers/"+live.Number+"/transfer" {
		t.Errorf("%d rows offer the transfer, want that of %s", found.Length(), live.Number)
	}
	a := p.open("/pcp/customers/" + closed.Number).must("This account is closed. Only active and suspended " +
		"accounts can be transferred.")
	if a.doc.Find(`button:contains("Transfer to Another Distributor")[disabled]`).Length() != 1 {
		t.Error("a closed account can be transferred")
	}
	p.become(testdb.Staff{Role: "support"})
	if n := p.open("/pcp/customers").doc.Find(offers).Length(); n != 0 {
		t.Errorf("support is offered %d transfers", n)
	}
	a = p.open("/pcp/customers/" + live.Number).must("Your role, support, does not include transfers")
	if a.doc.Find(`button:contains("Transfer to Another Distributor")[disabled]`).Length() != 1 {
		t.Error("support can press the button")
	}
}

// Older leads through all customers, each once, and Newer all the way back.
func TestPagesOfCustomers(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Exec(`insert into customers (distributor_id, name, currency, created_on)
		select $1, 'Customer ' || g % 7, 'EUR', date '2026-01-01' from generate_series(1, 60) g`, p.world.Provider.ID)
	for _, sort := range []string{"", "&sort=name", "&sort=-distributor", "&sort=status"} {
		var forward []string
		a := p.open("/pcp/customers?size=25" + sort)
		pages := 1
		for ; ; pages++ {
			forward = append(forward, a.column("Number")...)
			next := a.doc.Find(`nav[aria-label=Pages] a[rel=next]`)
			if next.Length() == 0 {
				break
			}
			a = p.open(next.AttrOr("href", ""))
		}
		sorted := slices.Compact(slices.Sorted(slices.Values(forward)))
		if pages != 3 || len(forward) != 60 || len(sorted) != 60 {
			t.Errorf("%q: %d pages show %d rows, %d different ones; want 3, 60 and 60", sort, pages, len(forward),
				len(sorted))
		}
		backward := a.column("Number")
		for {
			previous := a.doc.Find(`nav[aria-label=Pages] a[rel=prev]`)
			if previous.Length() == 0 {
				break
			}
			a = p.open(previous.AttrOr("href", ""))
			backward = append(a.column("Number"), backward...)
		}
		if !slices.Equal(forward, backward) {
			t.Errorf("%q: the way back shows other rows", sort)
		}
	}
}

func TestExportOfCustomers(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Exec(`insert into customers (distributor_id, name, email, currency, created_on, status)
		select $1, case when g = 7 then '=cmd();＋1' else 'Customer, ' || g end, '', 'EUR', date '2026-01-01',
		       case when g % 2 = 0 then 'active' else 'closed' end
		from generate_series(1, 2500) g`, p.world.Provider.ID)
	a := p.get("/pcp/customers/export?status=closed&sort=number")
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") ||
		!strings.Contains(a.header.Get("Content-Disposition"), `filename="customers-`) {
		t.Fatalf("export answered %d %v", a.status, a.header)
	}
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || len(rows) != 1251 {
		t.Fatalf("the file has %d rows (%v), want 1,250 and a head", len(rows), err)
	}
	if rows[0][0] != "number" || rows[1][2] != "Customer, 1" || rows[4][2] != "'=cmd();'＋1" ||
		rows[1250][0] != "C-002499" {
		t.Errorf("rows are %q, %q ... %q", rows[0], rows[4], rows[1250])
	}
	p.become(testdb.Staff{Role: "support"})
	if a := p.get("/pcp/customers/export"); a.status != http.StatusForbidden {
		t.Errorf("support exports: %d, want 403", a.status)
	}
	if n := p.open("/pcp/customers").doc.Find(`:contains("Export CSV")`).Length(); n != 0 {
		t.Error("support is offered the export")
	}
}
