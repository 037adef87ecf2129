package testdb

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"handover/internal/db"
)

// World makes records for one test and fills every default, so that a test names
// only what it is about:
//
//	w := testdb.NewWorld(t, database)
//	c := w.Customer(testdb.Customer{Name: "Blue Fjord AS"})
//	s := w.Subscription(testdb.Subscription{Customer: c.ID, Price: "12.50"})
//	i := w.Invoice(testdb.Invoice{Lines: []testdb.Line{{Subscription: s.ID, Amount: "12.50"}}})
//
// Each method takes a struct whose zero fields mean the default and returns it
// with every field filled. A reference that is left out gets a record of its own;
// only the distributor is the world's provider. A document without a customer
// takes it from the subscription or document that it names. Amounts are strings
// like "12.50", dates like "2026-01-31", times as RFC 3339. Any mistake ends the test.
type World struct {
	t     testing.TB
	rows  db.Querier
	count int

	// Provider is the root of the sales channel: Aurora Cloud, in euros.
	Provider Distributor
	// Brand is the provider's, and that of every distributor that names no other.
	Brand Brand
}

// Defaults of dates: contracts start a year before documents are issued.
const (
	DefaultStart  = "2025-01-01"
	DefaultIssued = "2026-01-15"
	DefaultDue    = "2026-02-14"
	DefaultTime   = "2025-01-01T12:00:00Z"
)

// NewWorld makes a provider with its brand; everything else hangs below it.
func NewWorld(t testing.TB, rows db.Querier) *World {
	t.Helper()
	w := &World{t: t, rows: rows}
	w.Brand = w.MakeBrand(Brand{Name: "Aurora Cloud", Color: "#1f5eff"})
	w.Provider = w.Distributor(Distributor{Name: "Aurora Cloud", root: true})
	return w
}

// On makes records in a database that holds data already: it has neither provider nor brand.
func On(t testing.TB, rows db.Querier) *World { return &World{t: t, rows: rows} }

// Brand is a row of brands.
type Brand struct {
	ID                      int64
	ExternalID, Name, Color string
}

// MakeBrand makes a brand.
func (w *World) MakeBrand(b Brand) Brand {
	w.t.Helper()
	w.name(&b.Name, "Brand")
	b.ID = w.insert("brands", col{"external_id", null(b.ExternalID)}, col{"name", b.Name},
		col{"primary_color", b.Color})
	return b
}

// Distributor is a row of distributors; without a parent it belongs under the provider.
type Distributor struct {
	ID                                             int64
	Number                                         string
	Parent, Brand                                  int64
	ExternalID, Name, Currency, Country            string
	LegalEntity, MerchantAccount, Status, TimeZone string

	root bool
}

// Distributor makes a reseller.
func (w *World) Distributor(d Distributor) Distributor {
	w.t.Helper()
	w.name(&d.Name, "Distributor")
	if !d.root {
		either(&d.Parent, w.Provider.ID)
	}
	either(&d.Brand, w.Brand.ID)
	either(&d.Currency, "EUR")
	either(&d.Country, "NO")
	either(&d.LegalEntity, d.Name+" AS")
	either(&d.MerchantAccount, "merchant-1")
	either(&d.Status, "active")
	either(&d.TimeZone, "UTC")
	d.ID = w.insert("distributors", col{"external_id", null(d.ExternalID)}, col{"parent_id", null(d.Parent)},
		col{"name", d.Name}, col{"currency", d.Currency}, col{"country", d.Country}, col{"legal_entity", d.LegalEntity},
		col{"brand_id", d.Brand}, col{"merchant_account", d.MerchantAccount}, col{"status", d.Status},
		col{"time_zone", d.TimeZone})
	d.Number = number("D", d.ID)
	return d
}

// Plan is a row of plans. A delegated one takes name, period and price from its
// original. NotTransferable, because a plan is transferable by default.
type Plan struct {
	ID                         int64
	Number                     string
	Distributor, DelegatedFrom int64
	ExternalID, Name, Currency string
	BillingPeriod, Price       string
	NotTransferable            bool
}

// Plan makes a service plan.
func (w *World) Plan(p Plan) Plan {
	w.t.Helper()
	either(&p.Distributor, w.Provider.ID)
	if p.DelegatedFrom != 0 {
		var from Plan
		w.get(&from, `select name, billing_period as billingperiod, price::text from plans where id = $1`,
			p.DelegatedFrom)
		either(&p.Name, from.Name)
		either(&p.BillingPeriod, from.BillingPeriod)
		either(&p.Price, from.Price)
	}
	w.name(&p.Name, "Plan")
	either(&p.Currency, w.text(`select currency from distributors where id = $1`, p.Distributor))
	either(&p.BillingPeriod, "monthly")
	either(&p.Price, "10.00")
	p.ID = w.insert("plans", col{"external_id", null(p.ExternalID)}, col{"distributor_id", p.Distributor},
		col{"delegated_from", null(p.DelegatedFrom)}, col{"name", p.Name}, col{"currency", p.Currency},
		col{"billing_period", p.BillingPeriod}, col{"price", p.Price}, col{"transferable", !p.NotTransferable})
	p.Number = number("P", p.ID)
	return p
}

// Delegate makes the distributor's plan from another distributor's.
func (w *World) Delegate(from Plan, to Distributor) Plan {
	w.t.Helper()
	return w.Plan(Plan{DelegatedFrom: from.ID, Distributor: to.ID})
}

// Resource is a row of plan_resources.
type Resource struct {
	ID, Plan                              int64
	ExternalID, Name, Included, UnitPrice string
}

// Resource makes a resource of a plan.
func (w *World) Resource(r Resource) Resource {
	w.t.Helper()
	if r.Plan == 0 {
		r.Plan = w.Plan(Plan{}).ID
	}
	w.name(&r.Name, "Resource")
	either(&r.Included, "0")
	either(&r.UnitPrice, "1.00")
	r.ID = w.insert("plan_resources", col{"external_id", null(r.ExternalID)}, col{"plan_id", r.Plan},
		col{"name", r.Name}, col{"included", r.Included}, col{"unit_price", r.UnitPrice})
	return r
}

// Terms is a row of terms: a document that customers accept.
type Terms struct {
	ID, Distributor, Plan, Resource, DerivedFrom int64
	ExternalID, Title, Version                   string
}

// Terms makes a terms document.
func (w *World) Terms(x Terms) Terms {
	w.t.Helper()
	either(&x.Distributor, w.Provider.ID)
	w.name(&x.Title, "Terms")
	either(&x.Version, "1")
	x.ID = w.insert("terms", col{"external_id", null(x.ExternalID)}, col{"distributor_id", x.Distributor},
		col{"plan_id", null(x.Plan)}, col{"resource_id", null(x.Resource)}, col{"derived_from", null(x.DerivedFrom)},
		col{"title", x.Title}, col{"version", x.Version})
	return x
}

// Period is a row of financial_periods; closed, since days without a period are open.
type Period struct {
	ID, Distributor    int64
	Start, End, Status string
}

// Period makes a financial period of January 2026, if it says no other.
func (w *World) Period(p Period) Period {
	w.t.Helper()
	either(&p.Distributor, w.Provider.ID)
	either(&p.Start, "2026-01-01")
	either(&p.End, "2026-01-31")
	either(&p.Status, "closed")
	p.ID = w.insert("financial_periods", col{"distributor_id", p.Distributor}, col{"start_on", p.Start},
		col{"end_on", p.End}, col{"status", p.Status})
	return p
}

// Rate is a row of exchange_rates.
type Rate struct {
	ID                         int64
	On, From, To, Rate, Source string
}

// Rate makes an exchange rate, EUR to USD if it says no other.
func (w *World) Rate(r Rate) Rate {
	w.t.Helper()
	either(&r.On, DefaultIssued)
	either(&r.From, "EUR")
	either(&r.To, "USD")
	either(&r.Rate, "1.0842")
	either(&r.Source, "ECB")
	r.ID = w.insert("exchange_rates", col{"on_date", r.On}, col{"from_currency", r.From}, col{"to_currency", r.To},
		col{"rate", r.Rate}, col{"source", r.Source})
	return r
}

// Text reads one value as text: what a test wants to see of a row.
func (w *World) Text(query string, args ...any) string {
	w.t.Helper()
	return w.text(query, args...)
}

// Exec runs a statement that no builder has: "update customers set ... where id = $1".
func (w *World) Exec(query string, args ...any) {
	w.t.Helper()
	if _, err := w.rows.ExecContext(context.Background(), query, args...); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

// ExecOwner runs a statement as the owner of the tables, who alone changes what they are made of.
func (w *World) ExecOwner(query string) {
	w.t.Helper()
	s, err := shared()
	if err != nil {
		w.t.Fatal(err)
	}
	owner, err := db.Open(context.Background(), s.url(w.Text(`select current_database()`)))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = owner.Close() }()
	if _, err := owner.ExecContext(context.Background(), query); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
}

// col is one column of an insert with its value.
type col struct {
	name  string
	value any
}

func (w *World) insert(table string, cols ...col) int64 {
	w.t.Helper()
	names, marks, args := make([]string, len(cols)), make([]string, len(cols)), make([]any, len(cols))
	for i, c := range cols {
		names[i], marks[i], args[i] = c.name, fmt.Sprintf("$%d", i+1), c.value
	}
	query := fmt.Sprintf("insert into %s (%s) values (%s) returning id", table, strings.Join(names, ", "),
		strings.Join(marks, ", "))
	var id int64
	if err := w.rows.GetContext(context.Background(), &id, query, args...); err != nil {
		w.t.Fatalf("make a row of %s: %v", table, err)
	}
	return id
}

func (w *World) get(dest any, query string, args ...any) {
	w.t.Helper()
	if err := w.rows.GetContext(context.Background(), dest, query, args...); err != nil {
		w.t.Fatalf("%s %v: %v", query, args, err)
	}
}

func (w *World) text(query string, args ...any) string {
	w.t.Helper()
	var s string
	w.get(&s, `select coalesce((`+query+`)::text, '')`, args...)
	return s
}

// name gives a name that no other record of this world has.
func (w *World) name(s *string, kind string) {
	w.count++
	either(s, fmt.Sprintf("%s %d", kind, w.count))
}

func number(prefix string, id int64) string { return fmt.Sprintf("%s-%06d", prefix, id) }

// either sets what was left out to its default.
func either[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// null is what was left out as SQL null.
func null[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
