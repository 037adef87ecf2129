package web_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
	"handover/web"
)

// TestPanels: each person has their own panel, whose name and brand are on every page.
func TestPanels(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	brand := p.world.MakeBrand(testdb.Brand{Name: "Nordlys", Color: "#0f766e"})
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner", Brand: brand.ID})
	theirs := p.world.Customer(testdb.Customer{Distributor: nordlys.ID, Name: "Bergen Data AS"})
	p.signIn(p.world.Staff(testdb.Staff{Distributor: nordlys.ID, Name: "Kari Berg"}))
	if a := p.get("/"); a.header.Get("Location") != "/rcp/" {
		t.Errorf("/ leads to %s", a.header.Get("Location"))
	}
	if a := p.get("/pcp/customers?q=bergen"); a.status != 302 || a.header.Get("Location") != "/rcp/customers?q=bergen" {
		t.Errorf("the other panel answers %d, %s", a.status, a.header.Get("Location"))
	}
	a := p.open("/rcp/customers?q=bergen").must("Reseller Control Panel", "RCP", "Nordlys Partner", theirs.Number)
	if sheet := a.doc.Find(`link[href^="/brand/"]`).AttrOr("href", ""); sheet != "/brand/0f766e.css" {
		t.Errorf("the brand's style sheet is %q", sheet)
	}
	for _, link := range a.doc.Find("a[href]").EachIter() {
		if href := link.AttrOr("href", ""); strings.HasPrefix(href, "/pcp") {
			t.Errorf("%s leads to the other panel", href)
		}
	}
	for _, entry := range a.nav() {
		if entry == "Import" {
			t.Error("a reseller is offered the import")
		}
	}
	if text := p.get("/rcp/rates").text(); strings.Contains(text, "Add rate") {
		t.Error("a reseller is offered to add a rate")
	}
	p.open("/rcp/distributors/"+nordlys.Number).must("Sells under", "Aurora Cloud")
	p.post("/sign-out", p.get("/rcp/").form("/sign-out"))
	p.signIn(p.staff)
	p.open("/pcp/customers").must("Provider Control Panel", "PCP")
	if a := p.get("/rcp/customers"); a.header.Get("Location") != "/pcp/customers" {
		t.Errorf("the reseller panel leads the provider to %s", a.header.Get("Location"))
	}
}

// TestBrandContrast: whatever a brand's colour, text on it can be read and its edge be
// seen, in light and in dark.
func TestBrandContrast(t *testing.T) {
	t.Parallel()
	colors := []string{
		"000000", "ffffff", "777777", "767676", "0f766e", "1f5eff", "ffff00", "00ff00", "0000ff",
		"ff0000", "171e29",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		colors = append(colors, fmt.Sprintf("%06x", random.IntN(1<<24)))
	}
	for _, c := range colors {
		sheet := web.BrandCSS(c)
		var brand, ink, light, dark string
		if _, err := fmt.Sscanf(strings.NewReplacer("--brand:#", " ", ";--brand-ink:#", " ",
			";--brand-line:light-dark(#", " ", ",#", " ", ")}", " ", ":root{", "").Replace(sheet), "%s %s %s %s",
			&brand, &ink, &light, &dark); err != nil {
			t.Fatalf("%s: %v", sheet, err)
		}
		for _, pair := range []struct {
			a, b  string
			least float64
		}{{ink, brand, 4.5}, {light, "ffffff", 3}, {dark, "171e29", 3}} {
			if got := web.Contrast(pair.a, pair.b); brand != c || got < pair.least {
				t.Fatalf("%s: %s on %s has a contrast of %.2f, want %.1f", c, pair.a, pair.b, got, pair.least)
			}
		}
	}
	for _, pair := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"777777", "ffffff", 4.48}, {"767676", "ffffff", 4.54}} { // published values
		if got := web.Contrast(pair.a, pair.b); got < pair.want-0.005 || got > pair.want+0.005 {
			t.Errorf("the contrast of %s and %s is %.3f, want %.2f", pair.a, pair.b, got, pair.want)
		}
	}
}

// TestOrderSeenFromBothSides: a transfer between two resellers shows each of them their
// own side; no page and no file has anything of the other.
func TestOrderSeenFromBothSides(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	w := p.world
	birch := w.Distributor(testdb.Distributor{
		Name: "Birch Partner", LegalEntity: "Birch Ltd",
		Brand: w.MakeBrand(testdb.Brand{Name: "Birch Brand"}).ID,
	})
	// The name has what a careless pattern stumbles over.
	beech := w.Distributor(testdb.Distributor{
		Name: `Beech "by TO-9" Partner`, LegalEntity: `Beech "Holding" Ltd`,
		Currency: "GBP", Brand: w.MakeBrand(testdb.Brand{Name: "Beech Brand"}).ID,
	})
	root := w.Plan(testdb.Plan{Name: "Pro", Price: "10.00"})
	from := w.Plan(testdb.Plan{Name: "Birch Pro", DelegatedFrom: root.ID, Distributor: birch.ID, Price: "11.11"})
	to := w.Plan(testdb.Plan{
		Name: "Beech Pro", DelegatedFrom: root.ID, Distributor: beech.ID, Currency: "GBP",
		Price: "22.22",
	})
	c := w.Customer(testdb.Customer{
		Name: "Elm Foods", Distributor: birch.ID, Email: "elm@foods.example",
		CRMID: "CRM-ELM",
	})
	sub := w.Subscription(testdb.Subscription{Customer: c.ID, Plan: from.ID, Price: "11.11"})
	charge := w.Charge(testdb.Charge{Subscription: sub.ID, Amount: "33.33"})
	w.Invoice(testdb.Invoice{
		Number: "INV-ELM", Customer: c.ID, Amount: "444.44",
		Lines: []testdb.Line{{Subscription: sub.ID, Amount: "444.44"}},
	})
	w.PaymentMethod(testdb.PaymentMethod{Customer: c.ID, Label: "Visa 5555", MerchantAccount: "MA-BIRCH"})
	_ = charge
	o := p.carryOut(transfer.Request{
		Kind: record.Distributor, SourceCustomer: c.Number, TargetDistributor: beech.Number,
		Mode: transfer.ModeSubscriptions, ConversionRate: "0.5", NotifyCustomer: true,
	})
	for _, side := range []struct {
		distributor testdb.Distributor
		account     string
		shows       []string // on the order's page
		never       []string // anywhere
	}{
		{
			birch, c.Number,
			[]string{c.Number, "444.44", "Another distributor"},
			[]string{"beech", o.TargetNumber, "222.22", "22.22", to.Number, "0.5 "},
		},
		// the item that it takes over names INV-ELM, its origin
		{
			beech, o.TargetNumber,
			[]string{o.TargetNumber, "222.22", "Another distributor", "elm@foods.example"},
			[]string{"birch", c.Number, "444.44", "11.11", "33.33", from.Number, "visa 5555"},
		},
	} {
		reader := p
		reader.signIn(w.Staff(testdb.Staff{Distributor: side.distributor.ID, Name: "Reader"}))
		address := "/rcp/orders/" + o.Number
		reader.open(address).must(side.shows...)
		for _, path := range []string{
			address, address + "/ledger", address + "/ledger.csv", "/rcp/orders", "/rcp/orders/export", "/rcp/",
			"/rcp/search?q=" + o.Number, "/rcp/search?q=elm",
			"/rcp/customers/" + side.account, "/rcp/customers/" + side.account + "/history", "/rcp/customers/" +
				side.account + "/documents",
			"/rcp/customers/export", "/rcp/journal", "/rcp/journal/export", "/rcp/outbox", "/rcp/subscriptions",
			"/rcp/plans",
		} {
			a := reader.get(path)
			if a.status != 200 {
				t.Fatalf("%s answers %d: %s", path, a.status, a.text())
			}
			lower := strings.ToLower(a.body)
			for _, word := range side.never {
				if at := strings.Index(lower, strings.ToLower(word)); at >= 0 {
					t.Errorf("%s tells %s: %s: …%s…", path, side.distributor.Name, word,
						a.body[max(0, at-80):min(len(a.body), at+40)])
				}
			}
		}
		ledger := reader.get(address + "/ledger.csv").body
		if !strings.Contains(ledger, sub.Number) || !strings.Contains(ledger, order.Another) {
			t.Errorf("the ledger of %s: %s", side.distributor.Name, ledger)
		}
		// Whom the memos name finds nothing.
		other := map[bool]string{true: "Beech", false: "Birch"}[side.distributor.ID == birch.ID]
		if a := reader.get("/rcp/journal?q=" + other); !strings.Contains(a.text(), "No entr") {
			t.Errorf("a search for %s in the journal of %s: %s", other, side.distributor.Name, a.text())
		}
		for _, doc := range reader.documents(side.account) {
			a := reader.open("/rcp/documents/" + doc)
			for _, word := range side.never {
				if strings.Contains(strings.ToLower(a.body), strings.ToLower(word)) {
					t.Errorf("document %s tells %s: %s", doc, side.distributor.Name, word)
				}
			}
		}
		if side.distributor.ID == beech.ID { // its own item names what it carries, and not from whom
			reader.open("/rcp/customers/" + side.account + "/documents").must("INV-ELM")
			reader.open("/rcp/documents/"+reader.documents(side.account)[0]).must("Carries", "Invoice INV-ELM",
				"another distributor", "by "+o.Number+": INV-ELM")
		}
		p.post("/sign-out", p.get("/rcp/").form("/sign-out"))
	}
	// The old number leads to the new account, and to nothing of the old one.
	p.signIn(w.Staff(testdb.Staff{Distributor: beech.ID}))
	p.open("/rcp/customers?q="+c.Number).must("1 customer", o.TargetNumber)
	if a := p.get("/rcp/customers/" + c.Number); a.status != 404 {
		t.Errorf("the old account answers the new distributor with %d", a.status)
	}
	if kinds, err := (order.Sides{Target: true}).Ledger(accounts.Scope{Root: beech.ID}, true).Kinds(t.Context(),
		p.pool, o.ID); err != nil || len(kinds) == 0 {
		t.Errorf("the kinds of the ledger: %v, %v", kinds, err)
	}
}

// documents returns the addresses of the account's memos and invoices, below /documents.
func (p panel) documents(account string) []string {
	p.Helper()
	id, _ := accounts.ParseNumber("C", account)
	var out []string
	err := p.pool.Select(&out, `
		select 'invoice/' || id from invoices where customer_id = $1 union all select 'credit_memo/' || id
		from credit_memos where customer_id = $1
		union all select 'debit_memo/' || id from debit_memos where customer_id = $1`, id)
	if err != nil {
		p.Fatal(err)
	}
	return out
}

// carryOut executes a transfer as the provider's administrator.
func (p panel) carryOut(req transfer.Request) order.Order {
	p.Helper()
	e := engine.Engine{Desk: order.Desk{DB: p.pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	actor, ctx := audit.Actor{
		ID: p.staff.ID, Name: p.staff.Name, DistributorID: p.world.Provider.ID,
		Address: "192.0.2.77",
	}, p.Context()
	draft, err := e.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = e.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) { *r = req })
	}
	if err != nil {
		p.Fatal(err)
	}
	preview, err := e.Preview(ctx, req)
	if err != nil {
		p.Fatal(err)
	}
	req.Fingerprint = preview.Fingerprint
	for _, f := range preview.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	if err := e.Submit(ctx, actor, draft.ID, draft.Version, req); err != nil {
		p.Fatal(err)
	}
	if err := e.Execute(ctx, actor, draft.ID); err != nil {
		p.Fatal(err)
	}
	o, err := order.GetOrder(ctx, p.pool, draft.Number)
	if err != nil {
		p.Fatal(err)
	}
	return o
}
