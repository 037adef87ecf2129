package accounts_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/testdb"
)

// crowd is 100,000 customers of 40 distributors with two subscriptions and two
// invoices each. The lists must stay below 50 ms with them.
func crowd(b *testing.B) (*sqlx.DB, accounts.Scope) {
	b.Helper()
	pool := testdb.New(b)
	w := testdb.NewWorld(b, pool)
	w.Exec(`insert into distributors (parent_id, name, currency) select $1, 'Distributor ' || g, 'EUR'
		from generate_series(2, 40) g`, w.Provider.ID)
	plan := w.Plan(testdb.Plan{})
	w.Exec(`insert into customers (distributor_id, name, email, currency, created_on, crm_id, status)
		select 1 + g % 40, 'Customer ' || g, 'pay' || g || '@shop.example', 'EUR', date '2026-01-01', 'CRM-' || g,
		       case when g % 20 = 0 then 'suspended' else 'active' end from generate_series(1, 100000) g`)
	w.Exec(`insert into subscriptions (customer_id, plan_id, start_on, billing_period, price)
		select c.id, $1, c.created_on, 'monthly', 10 from customers c, generate_series(1, 2)`, plan.ID)
	w.Exec(`insert into invoices (number, customer_id, issued_on, due_on, currency, status, total)
		select 'INV-' || c.id || '-' || g, c.id, date '2026-01-01' + g, date '2026-02-01', c.currency, 'open', 10
		from customers c, generate_series(1, 2) g`)
	w.ExecOwner(`analyze`)
	return pool, accounts.Scope{Root: w.Provider.ID, Everything: true}
}

// BenchmarkListCustomers reads a page and its total in the ways that the panel offers.
func BenchmarkListCustomers(b *testing.B) {
	pool, all := crowd(b)
	for _, c := range []struct {
		name   string
		scope  accounts.Scope
		filter accounts.CustomerFilter
		sort   string
	}{
		{"newest", all, accounts.CustomerFilter{}, ""},
		{"by name", all, accounts.CustomerFilter{}, "name"},
		{"by distributor", all, accounts.CustomerFilter{}, "distributor"},
		{"by status", all, accounts.CustomerFilter{}, "-status"},
		{"rare search", all, accounts.CustomerFilter{Search: "shop777"}, ""},
		{"common search", all, accounts.CustomerFilter{Search: "customer 7"}, ""},
		{"short search", all, accounts.CustomerFilter{Search: "cu"}, "name"},
		{"by id", all, accounts.CustomerFilter{Search: "CRM-4711"}, ""},
		{"one status", all, accounts.CustomerFilter{Statuses: []string{"suspended"}}, ""},
		{"no row", all, accounts.CustomerFilter{Statuses: []string{"merged"}}, "name"},
		{"one distributor", all, accounts.CustomerFilter{Distributor: 7}, "name"},
		{"reseller", accounts.Scope{Root: 7}, accounts.CustomerFilter{}, ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := accounts.ListCustomers(b.Context(), pool, c.scope, c.filter,
					db.Page{Size: 50, Sort: c.sort}); err != nil {
					b.Fatal(err)
				}
				if _, err := accounts.CountCustomers(b.Context(), pool, c.scope, c.filter); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkListSubscriptions does the same for 200,000 subscriptions.
func BenchmarkListSubscriptions(b *testing.B) {
	pool, all := crowd(b)
	for _, c := range []struct {
		name   string
		filter accounts.SubscriptionFilter
		sort   string
	}{
		{"newest", accounts.SubscriptionFilter{}, ""},
		{"by customer", accounts.SubscriptionFilter{}, "customer"},
		{"by start", accounts.SubscriptionFilter{}, "-start"},
		{"rare search", accounts.SubscriptionFilter{Search: "shop777"}, ""},
		{"common search", accounts.SubscriptionFilter{Search: "customer 7"}, ""},
		{"no row", accounts.SubscriptionFilter{Statuses: []string{"starting"}}, ""},
		{"one distributor", accounts.SubscriptionFilter{Distributor: 7}, ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := accounts.ListSubscriptions(b.Context(), pool, all, c.filter,
					db.Page{Size: 50, Sort: c.sort}); err != nil {
					b.Fatal(err)
				}
				if _, err := accounts.CountSubscriptions(b.Context(), pool, all, c.filter); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
