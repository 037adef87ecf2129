package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// suggested returns the suggestions for what was typed, one line each: "Customers: Blue Fjord AS ...".
func (p panel) suggested(typed string) []string {
	p.Helper()
	panelPath := "/pcp"
	if strings.HasPrefix(p.get("/").header.Get("Location"), "/rcp") {
		panelPath = "/rcp"
	}
	a := p.get(panelPath + "/search/suggestions?" + url.Values{"q": {typed}}.Encode())
	if a.status != http.StatusOK {
		p.Fatalf("%q is answered with %d: %s", typed, a.status, a.text())
	}
	var out []string
	a.doc.Find("[role=group]").Each(func(_ int, group *goquery.Selection) {
		title := words(group.Find(".palette-title"))
		group.Find("[role=option]").Each(func(_ int, option *goquery.Selection) {
			out = append(out, title+": "+words(option)+" "+option.AttrOr("href", ""))
		})
	})
	return out
}

// TestPalette: what is typed finds records by any name or number that they have or had, nearly
// typed names, amounts, pages and actions, the account that lives first.
func TestPalette(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	blue := p.world.Customer(testdb.Customer{Name: "Fjord Group AS", CRMID: "SF-00918"})
	old := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	p.world.Exec(
		`update customers set status = 'merged', successor_id = $2, succeeded_on = '2026-01-01' where id = $1`,
		old.ID, blue.ID)
	closed := p.world.Customer(testdb.Customer{Name: "Fjord Atelier"})
	p.world.Exec(`update customers set status = 'closed' where id = $1`, closed.ID)
	p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH", Email: "billing@kestrel.example"})
	sub := p.world.Subscription(testdb.Subscription{Customer: blue.ID})
	bill := p.world.Invoice(testdb.Invoice{Customer: blue.ID, Number: "INV-0007"})
	p.world.Invoice(testdb.Invoice{Customer: blue.ID, Number: "INV-0008"})
	p.world.Exec(`update invoices set total = 1026.40 where id = $1`, bill.ID)
	order := p.world.TransferOrder(testdb.TransferOrder{
		Kind: "merge", Source: old.ID, Target: blue.ID, Completed: "2026-01-01T10:00:00Z",
	})
	p.world.Ledger(order.ID, "invoice", "customer_id", p.world.Text(`select $1::bigint`, old.ID),
		p.world.Text(`select $1::bigint`, blue.ID), bill.ID)
	c, o, s := blue.Number, old.Number, p.world.Text(`select number_of('S', $1)`, sub.ID)
	tests := []struct {
		typed string
		first string // how the first suggestion begins
		also  []string
		not   []string
	}{
		{
			"fjord", "Customers: Fjord Group AS",
			[]string{
				"Customers: Fjord Atelier", "Contracts: ", "Orders: Customer merge", "/customers/" + c,
				"Actions: Transfer Fjord Group AS to another distributor",
				"Actions: Merge Fjord Group AS with another customer",
			},
			[]string{"Actions: Transfer Fjord Atelier", "Customers: Blue Fjord AS"},
		},
		{"blue fjord", "Customers: Fjord Group AS", []string{"formerly Blue Fjord AS, " + o}, nil},
		{"kestrl lbas", "Customers: Kestrel Labs GmbH", nil, []string{"Fjord"}},
		{"SF-00918", "Customers: Fjord Group AS", nil, []string{"Kestrel"}},
		{strings.ToLower(c), "Customers: Fjord Group AS", nil, nil},
		{o, "Customers: Fjord Group AS", []string{"formerly Blue Fjord AS"}, nil},
		{s, "Contracts: ", []string{"/subscriptions/" + s}, nil},
		{order.Number, "Orders: Customer merge Blue Fjord AS", []string{"/orders/" + order.Number}, nil},
		{
			"INV-0007", "Documents: Invoice INV-0007 Fjord Group AS (" + c + "). Moved from Blue Fjord AS (" + o +
				") to Fjord Group AS (" + c + ") with " + order.Number + " on 1 Jan 2026. € 1,026.40",
			nil,
			[]string{"INV-0008"},
		},
		{"what happened to inv-0007?", "Documents: Invoice INV-0007", nil, []string{"INV-0008"}},
		{"inv-00", "Documents: Invoice INV-000", []string{"INV-0007", "INV-0008"}, nil},
		{"1026.40", "Documents: Invoice INV-0007", nil, []string{"INV-0008"}},
		{"€ 1,026.40", "Documents: Invoice INV-0007", nil, nil},
		{"INV-0008", "Documents: Invoice INV-0008", []string{"No transfer has moved it"}, nil},
		{"transfer kestrel", "Actions: Transfer Kestrel Labs GmbH to another distributor", nil, []string{"Merge"}},
		{"merge blue fjord", "Actions: Merge Fjord Group AS with another customer", nil, []string{"Transfer Fjord"}},
		{"exchange", "Actions: Add an exchange rate", []string{"Pages: Exchange Rates"}, nil},
		{"close per", "Actions: Close a financial period", nil, nil},
	}
	for _, tt := range tests {
		got := p.suggested(tt.typed)
		all := strings.Join(got, "\n")
		if len(got) == 0 || !strings.HasPrefix(got[0], tt.first) {
			t.Errorf("%q: the first is not %q in\n%s", tt.typed, tt.first, all)
		}
		for _, want := range tt.also {
			if !strings.Contains(all, want) {
				t.Errorf("%q: no %q in\n%s", tt.typed, want, all)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(all, not) {
				t.Errorf("%q: %q in\n%s", tt.typed, not, all)
			}
		}
		for _, line := range got {
			href := line[strings.LastIndex(line, " ")+1:]
			if strings.HasPrefix(line, "Pages") || strings.Contains(href, "/transfer") {
				continue
			}
			if a := p.get(href); a.status != http.StatusOK {
				t.Errorf("%q: %s answers %d", tt.typed, line, a.status)
			}
		}
	}
	if got := p.suggested("no such thing"); len(got) != 0 {
		t.Errorf("nothing fits, and it suggests %v", got)
	}
}

// TestPaletteFollowsTheRole: nobody is offered what they may not do.
func TestPaletteFollowsTheRole(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	p.post("/sign-out", p.get("/pcp/").form("/sign-out"))
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	for _, typed := range []string{"kestrel", "transfer kestrel", "invite", "import", "exchange", "audit"} {
		for _, line := range p.suggested(typed) {
			for _, not := range []string{"Transfer Kestrel", "Merge", "Invite", "Import", "Add an", "Audit"} {
				if strings.Contains(line, not) {
					t.Errorf("%q offers support %s", typed, line)
				}
			}
		}
	}
}

// TestPaletteKeepsToTheScope: a reseller finds its own records only, by whatever is typed.
func TestPaletteKeepsToTheScope(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	thames := p.world.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	own := p.world.Customer(testdb.Customer{Distributor: nordlys.ID, Name: "Bergen Data AS"})
	beyond := p.world.Customer(testdb.Customer{
		Distributor: thames.ID, Name: "Bergen Hidden Ltd", CRMID: "SF-1", ExternalID: "ext-hidden",
	})
	gone := p.world.Customer(testdb.Customer{Distributor: nordlys.ID, Name: "Oslo Papir AS"})
	p.world.Exec(`update customers set status = 'transferred_out', successor_id = $2, succeeded_on = '2026-01-01'
		where id = $1`, gone.ID, beyond.ID)
	sub := p.world.Subscription(testdb.Subscription{Customer: beyond.ID, ExternalID: "sub-hidden"})
	mine := p.world.Invoice(testdb.Invoice{Customer: own.ID, Number: "INV-0001"})
	theirs := p.world.Invoice(testdb.Invoice{Customer: beyond.ID, Number: "INV-0002"})
	p.world.Exec(`update invoices set total = 77.70 where id in ($1, $2)`, mine.ID, theirs.ID)
	order := p.world.TransferOrder(testdb.TransferOrder{Source: beyond.ID, Target: beyond.ID})
	p.signIn(p.world.Staff(testdb.Staff{Distributor: nordlys.ID, Role: "administrator"}))
	if got := p.suggested("bergen"); len(got) == 0 || !strings.Contains(got[0], "Bergen Data AS") {
		t.Errorf("its own customer is not found: %v", got)
	}
	if got := strings.Join(p.suggested("77.70"), "\n"); !strings.Contains(got, "INV-0001") {
		t.Errorf("its own invoice is not found by its amount: %s", got)
	}
	if got := strings.Join(p.suggested("oslo papir"), "\n"); !strings.Contains(got, "Oslo Papir AS") ||
		!strings.Contains(got, "Transferred Out") {
		t.Errorf("the account that left is not found: %s", got)
	}
	for _, typed := range []string{
		"bergen", "bergen hidden", "hiden", "SF-1", "ext-hidden", beyond.Number, "oslo papir", "INV-0002", "inv-00",
		"77.70",
		p.world.Text(`select number_of('S', $1)`, sub.ID), "sub-hidden", order.Number, "thames",
	} {
		got := strings.Join(p.suggested(typed), "\n")
		for _, hidden := range []string{"Hidden", "Thames", "INV-0002", "/subscriptions/S", "/orders/TO"} {
			if strings.Contains(got, hidden) {
				t.Errorf("%q finds %s", typed, got)
			}
		}
	}
}

// TestSearchJumps: a number that only one record bears leads to it, from the field at the top and
// from the palette; the address of a search stays a list.
func TestSearchJumps(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	blue := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS", CRMID: "SF-00918"})
	sub := p.world.Subscription(testdb.Subscription{Customer: blue.ID})
	bill := p.world.Invoice(testdb.Invoice{Customer: blue.ID, Number: "INV-0007"})
	p.world.Invoice(testdb.Invoice{Customer: blue.ID, Number: "TWICE-1"})
	p.world.CreditMemo(testdb.Memo{Customer: blue.ID, Number: "TWICE-1"})
	s := p.world.Text(`select number_of('S', $1)`, sub.ID)
	for typed, want := range map[string]string{
		blue.Number: "/pcp/customers/" + blue.Number, "SF-00918": "/pcp/customers/" + blue.Number,
		s:          "/pcp/subscriptions/" + s,
		"inv-0007": "/pcp/documents/invoice/" + p.world.Text(`select $1::bigint`, bill.ID),
		"TWICE-1":  "", "blue": "", "C-999999": "",
	} {
		query := "?jump=1&" + url.Values{"q": {typed}}.Encode()
		if got := p.get("/pcp/search" + query).header.Get("Location"); got != want {
			t.Errorf("%q leads to %q, want %q", typed, got, want)
		}
	}
	p.get("/pcp/search?q=" + blue.Number).is(http.StatusOK).says("Blue Fjord AS")
	if p.get("/pcp/").form("/pcp/search").Get("jump") != "1" {
		t.Error("the field at the top does not jump")
	}
}

// TestSearchKnowsWhatWasOpenedLast: the records that a person opened are offered before anything is
// typed, the last first, until they sign out; whoever signs in then gets none.
func TestSearchKnowsWhatWasOpenedLast(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	blue := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	kestrel := p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	sub := p.world.Subscription(testdb.Subscription{Customer: blue.ID})
	s := p.world.Text(`select number_of('S', $1)`, sub.ID)
	if got := strings.Join(p.suggested(""), "\n"); strings.Contains(got, "Opened last") ||
		!strings.Contains(got, "Pages: Customers") {
		t.Errorf("nothing was opened, and it says %s", got)
	}
	for _, path := range []string{
		"/customers/" + blue.Number, "/customers/" + kestrel.Number, "/subscriptions/" + s, "/customers/" + blue.Number,
	} {
		p.get("/pcp" + path).is(http.StatusOK)
	}
	got := p.suggested("")
	for i, want := range []string{"Blue Fjord AS", s, "Kestrel Labs GmbH"} {
		if len(got) <= i || !strings.HasPrefix(got[i], "Opened last: ") || !strings.Contains(got[i], want) {
			t.Fatalf("%d is not %s in %s", i, want, strings.Join(got, "\n"))
		}
	}
	p.get("/pcp/search").is(http.StatusOK).says("Opened last", "Kestrel Labs GmbH")
	p.post("/sign-out", p.get("/pcp/").form("/sign-out"))
	p.signIn(p.staff)
	if got := strings.Join(p.suggested(""), "\n"); strings.Contains(got, "Opened last") {
		t.Errorf("after signing out it says %s", got)
	}
}
