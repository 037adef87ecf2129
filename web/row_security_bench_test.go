package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/demo"
	"handover/internal/testdb"
	"handover/web/page"
)

// scopeRounds is how often each page is asked, in turns with and without row-level security.
const scopeRounds = 41

// BenchmarkRowSecurity measures what row-level security costs the pages of the provider and of the
// reseller with the most customers, on the medium demo data:
//
//	go test ./web -run '^$' -bench RowSecurity -benchtime 1x
func BenchmarkRowSecurity(b *testing.B) {
	pool := testdb.New(b)
	if _, err := demo.Load(b.Context(), testdb.Owner(b, pool), demo.Medium, time.Now(), nil); err != nil {
		b.Fatal(err)
	}
	if _, err := testdb.Owner(b, pool).ExecContext(b.Context(), `analyze`); err != nil { // the server has no autovacuum
		b.Fatal(err)
	}
	server, err := New(Deps{
		DB: pool, SessionKey: []byte(strings.Repeat("k", page.MinSessionKey)),
		BaseURL: "http://panel.example",
	})
	if err != nil {
		b.Fatal(err)
	}
	o := &outlook{t: b, pool: pool, server: server, World: &testdb.World{}}
	if err := pool.GetContext(b.Context(), &o.Provider.ID,
		`select id from distributors where parent_id is null`); err != nil {
		b.Fatal(err)
	}
	var root int64
	err = pool.GetContext(b.Context(), &root, `
		select d.id from distributors d where d.parent_id is not null
		order by (select count(*) from customers c where c.distributor_id = any(handover_below(d.id))) desc limit 1`)
	if err != nil {
		b.Fatal(err)
	}
	scope := accounts.Scope{Root: root}
	everything := accounts.Scope{Root: o.Provider.ID, Everything: true}
	staff := func(distributor int64) reader {
		o.reseller.ID = distributor
		return reader{staff: o.staff(distributor, "")}
	}
	readers := []struct {
		reader
		scope accounts.Scope
	}{{staff(o.Provider.ID), everything}, {staff(root), scope}}
	for _, page := range o.benchPages(b, root) {
		line := fmt.Sprintf("| %s |", page.label)
		for _, as := range readers {
			off, on := o.turns(page, as.reader, as.scope)
			line += fmt.Sprintf(" %.2f ms | %.2f ms | %.2f |", off, on, on/off)
		}
		fmt.Println(line)
	}
	for b.Loop() {
	}
}

type benchPage struct {
	label, path, query string
	values             []string
}

// benchPages are the pages to ask, for objects of the reseller.
func (o *outlook) benchPages(b *testing.B, root int64) []benchPage {
	pick := func(query string) (out string) {
		b.Helper()
		if err := o.pool.GetContext(b.Context(), &out, query, root); err != nil {
			b.Fatal(err)
		}
		return out
	}
	const within = `c.distributor_id = any(handover_below($1))`
	customer := pick(`select number_of('C', c.id) from customers c where ` + within + ` and c.status = 'active'
		order by (select count(*) from invoices i where i.customer_id = c.id) desc, c.id limit 1`)
	name := pick(`select c.name from customers c where number_of('C', c.id) = '` + customer + `' and $1 <> 0`)
	subscription := pick(`select number_of('S', s.id) from subscriptions s join customers c on c.id = s.customer_id
		where ` + within + ` and s.status = 'active'
		order by (select count(*) from usage_records u where u.subscription_id = s.id) desc, s.id limit 1`)
	invoice := pick(`select i.number from invoices i join customers c on c.id = i.customer_id
		where number_of('C', c.id) = '` + customer + `' and $1 <> 0 order by i.id desc limit 1`)
	word := "?q=" + strings.Fields(name)[0]
	return []benchPage{
		{"home", "/", "", nil},
		{"customers", "/customers", "", nil},
		{"customers, searched", "/customers", word, nil},
		{"a customer", "/customers/:number", "", []string{customer}},
		{"its subscriptions", "/customers/:number/subscriptions", "", []string{customer}},
		{"its documents", "/customers/:number/documents", "", []string{customer}},
		{"its history", "/customers/:number/history", "", []string{customer}},
		{"an invoice", "/documents/:kind/:ref", "", []string{"invoice", invoice}},
		{"subscriptions", "/subscriptions", "", nil},
		{"subscriptions, searched", "/subscriptions", word, nil},
		{"a subscription", "/subscriptions/:number", "", []string{subscription}},
		{"its usage", "/subscriptions/:number/:kind", "", []string{subscription, "usage-record"}},
		{"orders", "/orders", "", nil},
		{"orders, searched", "/orders", word, nil},
		{"journal", "/journal", "", nil},
		{"plans", "/plans", "", nil},
		{"distributors", "/distributors", "", nil},
		{"search everywhere", "/search", word, nil},
		{"customers as CSV", "/customers/export", "", nil},
		{"subscriptions as CSV", "/subscriptions/export", "", nil},
		{"targets of a merge, searched", "/customers/:number/merge/targets", word, []string{customer}},
	}
}

// turns returns the least milliseconds, which a busy machine disturbs least, of a page without and with
// row-level security.
func (o *outlook) turns(bp benchPage, as reader, scope accounts.Scope) (off, on float64) {
	at := slices.IndexFunc(panelRoutes(o.server.Frame), func(r page.Route) bool {
		return r.Path == bp.path && r.Method == "GET"
	})
	if at < 0 {
		o.t.Fatalf("there is no page %s", bp.path)
	}
	r := panelRoutes(o.server.Frame)[at]
	var names []string
	for _, part := range strings.Split(r.Path, "/") {
		if name, isParam := strings.CutPrefix(part, ":"); isParam {
			names = append(names, name)
		}
	}
	took := map[bool][]float64{}
	for round := range scopeRounds + 4 {
		for _, scoped := range []bool{round%2 == 0, round%2 != 0} {
			as.scope = db.WithoutScope
			if scoped {
				as.scope = o.within(scope)
			}
			start := time.Now()
			if _, err := o.open(as, r, bp.path+bp.query, names, bp.values); err != nil {
				o.t.Fatalf("%s: %v", bp.label, err)
			}
			if round >= 4 { // the first ones warm up
				took[scoped] = append(took[scoped], float64(time.Since(start).Microseconds())/1000)
			}
		}
	}
	return slices.Min(took[false]), slices.Min(took[true])
}
