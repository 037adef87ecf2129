package web

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/demo"
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/pgembed"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
	"handover/web/page"
)

// benchTries is how often each page is opened; the median counts. benchTarget is what
// no page may take on the large demo data.
const (
	benchTries  = 9
	benchTarget = 50 * time.Millisecond
)

// places gives the parameters of addresses: the first that begins the route counts.
// %(name) is a row of benchRows.
var places = []struct{ route, path string }{
	{"/customers/:number/merge/records/:kind", "/customers/%(merge)/merge/records/invoice"},
	{"/customers/:number/merge", "/customers/%(merge)/merge"},
	{
		"/customers/:number/transfer-subscriptions/records/:kind",
		"/customers/%(moving)/transfer-subscriptions/records/invoice",
	},
	{"/customers/:number/transfer-subscriptions", "/customers/%(moving)/transfer-subscriptions"},
	{"/customers/:number/transfer/confirm/records/:kind", "/customers/%(transfer)/transfer/confirm/records/invoice"},
	{"/customers/:number/transfer", "/customers/%(transfer)/transfer"},
	{"/customers/:number", "/customers/%(busiest)"},
	{"/subscriptions/:number", "/subscriptions/%(metered)"},
	{"/distributors/:number", "/distributors/%(provider)"},
	{"/documents/:kind/:ref", "/documents/invoice/%(invoice)"},
	{"/orders/:number", "/orders/%(order)"},
	{"/outbox/:id", "/outbox/%(mail)"},
	{"/templates/:brand/:kind", "/templates/%(brand)/order_failed"},
	{"/webhooks/:id/messages/:message", "/webhooks/%(endpoint)/messages/%(hook)"},
	{"/webhooks/:id", "/webhooks/%(endpoint)"},
	{"/audit/:id", "/audit/%(entry)"},
	{"/staff/:id", "/staff/%(person)"},
}

// benchRows are the rows that addresses name, those with the most to show.
var benchRows = map[string]string{
	"busiest": `select number_of('C', customer_id) from invoices group by customer_id
		order by count(*) desc, customer_id limit 1`,
	"metered": `select number_of('S', subscription_id) from usage_records group by subscription_id
		order by count(*) desc, subscription_id limit 1`,
	"invoice": `select invoice_id::text from invoice_lines group by invoice_id order by count(*) desc, invoice_id
		limit 1`,
	"payment": `select payment_id::text from payment_allocations group by payment_id
		order by count(*) desc, payment_id limit 1`,
	"memo": `select id::text from credit_memos order by id desc limit 1`,
	"bill": `select number from invoices where status = 'paid' order by id desc limit 1`,
	"order": `select number_of('TO', o.id) from transfer_orders o where o.status = 'completed'
	          order by (select count(*) from transfer_ledger l where l.order_id = o.id) desc, o.id limit 1`,
	"entry":  `select max(id)::text from audit_entries`,
	"person": `select min(id)::text from staff`,
	"brand":  `select min(id)::text from brands`,
	"endpoint": `insert into webhook_endpoints (id, distributor_id, url, events) overriding system value
	             select 1000001, id, 'https://billing.example/hook', '{order.completed}' from distributors
	             where parent_id is null
	             on conflict (id) do update set status = 'enabled' returning id::text`,
	"hook": `with hook as (insert into webhook_endpoints (id, distributor_id, url, events) overriding system value
	             select 1000001, id, 'https://billing.example/hook', '{order.completed}' from distributors
	             where parent_id is null
	             on conflict (id) do update set status = 'enabled' returning id)
	         insert into webhook_deliveries (endpoint_id, message_id, event, occurred_at, next_attempt_at, status,
	                                         delivered_at)
	         select id, 'msg_1', 'order.completed', now(), now(), 'delivered', now() from hook returning id::text`,
	"mail":     `select id::text from outbox order by id desc limit 1`,
	"provider": `select number_of('D', id) from distributors where parent_id is null`,
	"reseller": `select number_of('D', id) from distributors where name = 'Nordlys Partner'`,
	"target":   `select number_of('C', id) from customers where name = 'Fjord Group AS'`,
	"merge":    `select number_of('C', id) from customers where name = 'Blue Fjord AS'`,
	"transfer": `select number_of('C', id) from customers where name = 'Clean Transfer AS'`,
	"moving":   `select number_of('C', id) from customers where name = 'Owes Several Invoices'`,
	"thames":   `select number_of('D', id) from distributors where name = 'Thames Cloud'`,
	"moved": `select number_of('S', min(s.id)) from subscriptions s join customers c on c.id = s.customer_id
		where c.name = 'Owes Several Invoices'`,
	"done": `select number_of('C', id) from customers where name = 'Has Credit'`,
}

// asked are the ways to ask a page besides opening it.
var asked = []string{
	"/search?q=fjord", "/search?q=Labs", "/search?q=billing@", "/search?q=%(bill)", "/search?q=%(busiest)",
	"/search?q=no+such+thing", "/search?q=am",
	"/customers?q=fjord", "/customers?q=Labs", "/customers?q=e", "/customers?q=CRM-1", "/customers?status=suspended",
	"/customers?status=merged",
	"/customers?status=active", "/customers?distributor=%(reseller)",
	"/customers?distributor=%(reseller)&status=closed&q=Labs",
	"/customers?sort=name", "/customers?sort=-name", "/customers?sort=distributor", "/customers?sort=-distributor",
	"/customers?sort=status",
	"/customers?sort=-status", "/customers?size=200",
	"/subscriptions?q=fjord", "/subscriptions?q=Labs", "/subscriptions?status=active",
	"/subscriptions?status=terminated", "/subscriptions?status=changing_plan",
	"/subscriptions?distributor=%(reseller)", "/subscriptions?sort=customer", "/subscriptions?sort=-customer",
	"/subscriptions?sort=start",
	"/subscriptions?sort=-start", "/subscriptions?size=200", "/subscriptions?customer=%(busiest)",
	"/customers/%(busiest)/documents?kind=invoice", "/customers/%(busiest)/documents?kind=payment",
	"/documents/payment/%(payment)", "/documents/credit_memo/%(memo)",
	"/orders?q=fjord", "/orders?q=Labs", "/orders?status=completed", "/orders?status=awaiting_payment",
	"/orders?type=upgrade",
	"/orders?from=2026-10-01&to=2026-10-31", "/orders?sort=source", "/orders?sort=-source", "/orders?sort=status",
	"/orders?sort=number", "/orders?sort=type",
	"/orders?sort=requested", "/orders?sort=completed", "/orders?sort=target", "/orders?sort=created",
	"/journal?q=%(bill)", "/journal?q=revenue", "/journal?q=no+such+thing", "/journal?account=1100",
	"/journal?account=4900", "/journal?account=9999",
	"/journal?distributor=%(reseller)", "/journal?from=2026-10-01&to=2026-10-31", "/journal?customer=%(busiest)",
	"/journal?sort=date", "/journal?size=200",
	"/plans?q=mail", "/plans?distributor=%(reseller)", "/plans?billing=monthly", "/plans?sort=name",
	"/plans?sort=distributor",
	"/periods?distributor=%(reseller)", "/periods?year=2026&status=closed", "/periods/new?distributor=%(reseller)",
	"/rates?currency=EUR&other=USD", "/rates?since=2026-10-01", "/outbox?q=fjord", "/outbox?state=sent",
	"/customers/%(merge)/merge/targets?q=fjord", "/customers/%(merge)/merge/targets?q=Labs",
	"/customers/%(merge)/merge?target=%(target)",
	"/customers/%(moving)/transfer-subscriptions?target=%(target)",
	"/orders/%(order)/ledger?kind=invoice",
}

// BenchmarkPages measures the server's time for every page of the panel, as an
// administrator, on the demo data: the small one in a database of its own, or what is in
// the data directory HANDOVER_BENCH_DATA_DIR, to which it adds a transfer and two drafts.
func BenchmarkPages(b *testing.B) {
	bench := newPageBench(b)
	for b.Loop() {
		bench.times = nil
		for _, path := range bench.paths() {
			bench.measure(path)
		}
	}
	slices.SortFunc(bench.times, func(x, y pageTime) int { return cmp.Compare(y.took, x.took) })
	over := 0
	for _, t := range bench.times {
		if t.took > benchTarget {
			over++
		}
		b.Logf("%8.1f ms  at best %6.1f ms  %d  %4d kB  %s", milliseconds(t.took), milliseconds(t.best), t.status,
			t.size>>10, t.path)
	}
	b.ReportMetric(milliseconds(bench.times[0].took), "slowest-ms")
	b.ReportMetric(milliseconds(bench.times[len(bench.times)/2].took), "median-ms")
	b.ReportMetric(float64(over), "over-50-ms")
	b.ReportMetric(float64(len(bench.times)), "pages")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// pageTime is what one page took.
type pageTime struct {
	path         string
	took, best   time.Duration
	status, size int
}

type pageBench struct {
	*testing.B
	pool   *sqlx.DB
	server *Server
	url    string
	client *http.Client
	rows   map[string]string
	times  []pageTime
}

func newPageBench(b *testing.B) *pageBench {
	b.Helper()
	pool := benchPool(b)
	quiet := slog.New(slog.DiscardHandler)
	engine := &engine.Engine{Desk: order.Desk{DB: pool, Log: quiet, Now: time.Now}}
	server, err := New(Deps{
		DB: pool, Log: quiet, Transfers: engine,
		SessionKey: []byte(strings.Repeat("k", page.MinSessionKey)), BaseURL: "http://panel.example",
	})
	if err != nil {
		b.Fatal(err)
	}
	listener := httptest.NewServer(server)
	b.Cleanup(listener.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	bench := &pageBench{
		B: b, pool: pool, server: server, url: listener.URL, rows: map[string]string{},
		client: &http.Client{
			Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	bench.look()
	bench.signIn(engine)
	bench.look()
	return bench
}

// benchPool opens the database to measure on.
func benchPool(b *testing.B) *sqlx.DB {
	b.Helper()
	dir := os.Getenv("HANDOVER_BENCH_DATA_DIR")
	if dir == "" {
		pool := testdb.New(b)
		if _, err := demo.Load(b.Context(), testdb.Owner(b, pool), demo.Small, time.Now(), nil); err != nil {
			b.Fatal(err)
		}
		return pool
	}
	server, err := pgembed.Start(context.Background(), pgembed.Options{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = server.Close() })
	pool, err := db.Open(b.Context(), server.URL(""))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pool.Close() })
	if err := db.Migrate(b.Context(), pool); err != nil {
		b.Fatal(err)
	}
	return pool
}

// look finds the rows that addresses name, as far as there are such rows.
func (p *pageBench) look() {
	p.Helper()
	for name, query := range benchRows {
		var found []string
		if err := p.pool.SelectContext(p.Context(), &found, query); err != nil {
			p.Fatalf("%s: %v", name, err)
		}
		if len(found) == 1 {
			p.rows[name] = found[0]
		}
	}
}

// signIn signs an administrator in, and leaves what the pages of a transfer need: one
// that is done and, one for each dialog, those that wait for their last step.
func (p *pageBench) signIn(engine *engine.Engine) {
	p.Helper()
	admin := demo.SignIns()[slices.IndexFunc(demo.SignIns(), func(s demo.SignIn) bool {
		return s.Role == identity.Administrator
	})]
	response, err := p.client.PostForm(p.url+"/sign-in",
		url.Values{"email": {admin.Email}, "password": {demo.Password}})
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusSeeOther {
		p.Fatalf("sign-in answered %d", response.StatusCode)
	}
	staff, err := identity.ByEmail(p.Context(), p.pool, admin.Email)
	if err != nil {
		p.Fatal(err)
	}
	actor := audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: staff.DistributorID}
	if p.rows["order"] == "" {
		o := p.draft(engine, actor, transfer.Request{
			Kind: record.Merge, SourceCustomer: p.rows["done"],
			TargetCustomer: p.rows["target"],
		})
		preview, err := engine.PreviewDraft(p.Context(), o)
		if err != nil {
			p.Fatal(err)
		}
		accepted := transfer.Request{Fingerprint: preview.Fingerprint}
		for _, f := range preview.Findings {
			accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
		}
		if err := engine.Submit(p.Context(), actor, o.ID, o.Version, accepted); err != nil {
			p.Fatal(err)
		}
		if err := engine.Execute(p.Context(), actor, o.ID); err != nil {
			p.Fatal(err)
		}
	}
	p.draft(engine, actor, transfer.Request{
		Kind: record.Merge, SourceCustomer: p.rows["merge"],
		TargetCustomer: p.rows["target"],
	})
	p.draft(engine, actor, transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: p.rows["moving"], TargetCustomer: p.rows["target"],
		Subscriptions: []string{p.rows["moved"]},
	})
	p.draft(engine, actor, transfer.Request{
		Kind: record.Distributor, SourceCustomer: p.rows["transfer"], TargetDistributor: p.rows["thames"],
		Mode: transfer.ModeEverything, ConversionRate: "0.8612",
	})
}

func (p *pageBench) draft(engine *engine.Engine, actor audit.Actor, r transfer.Request) order.Order {
	p.Helper()
	o, err := engine.OpenDraft(p.Context(), actor, r.Kind, r.SourceCustomer)
	if err == nil {
		o, err = engine.UpdateDraft(p.Context(), actor, o.Number, o.Version, func(have *transfer.Request) { *have = r })
	}
	if err != nil {
		p.Fatal(err)
	}
	return o
}

// paths returns every page of the panel and every way to ask one. Files that are
// streamed are no pages.
func (p *pageBench) paths() []string {
	p.Helper()
	var out []string
	for _, r := range panelRoutes(p.server.Frame) {
		if r.Method != http.MethodGet || r.Options.Live || strings.HasSuffix(r.Path, ".csv") {
			continue
		}
		path := r.Path
		for _, place := range places {
			if rest, ok := strings.CutPrefix(path, place.route); ok {
				path = place.path + rest
				break
			}
		}
		if strings.Contains(path, ":") {
			p.Errorf("nothing says what to open %s with; add it to places", r.Path)
			continue
		}
		out = append(out, p.fill(path))
	}
	for _, path := range append(suggestionsAsked, asked...) {
		out = append(out, p.fill(path))
	}
	out = slices.DeleteFunc(out, func(path string) bool { return path == "" })
	return out
}

// fill puts the rows into a path; "" says that there is no such row.
func (p *pageBench) fill(path string) string {
	for name, row := range p.rows {
		path = strings.ReplaceAll(path, "%("+name+")", row)
	}
	if strings.Contains(path, "%(") {
		p.Logf("%s was not measured: there is no such row", path)
		return ""
	}
	return path
}

// measure opens a page some times and notes the median.
func (p *pageBench) measure(path string) {
	p.Helper()
	t := pageTime{path: path}
	var took []time.Duration
	for range benchTries {
		begin := time.Now()
		request, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.url+page.Panels[0].Path+path, nil)
		if err != nil {
			p.Fatal(err)
		}
		response, err := p.client.Do(request)
		if err != nil {
			p.Fatal(err)
		}
		n, err := io.Copy(io.Discard, response.Body)
		took = append(took, time.Since(begin))
		if err := cmp.Or(err, response.Body.Close()); err != nil {
			p.Fatal(err)
		}
		t.status, t.size = response.StatusCode, int(n)
	}
	if t.status >= http.StatusInternalServerError || t.status == http.StatusNotFound {
		p.Error(fmt.Errorf("%s answered %d", path, t.status))
	}
	slices.Sort(took)
	t.best, t.took = took[0], took[len(took)/2]
	p.times = append(p.times, t)
}
