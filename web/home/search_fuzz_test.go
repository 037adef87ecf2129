package home

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/notify"
	"handover/internal/testdb"
	"handover/web/page"

	"handover/internal/order"
)

// FuzzSearch types anything into every search: it finds records that hold the literal
// text, whatever that means in a pattern, and nothing else.
func FuzzSearch(f *testing.F) {
	for _, typed := range []string{
		"fjord", "50%", "a_b", `a\b`, `\`, `%%%`, "'; drop table customers; --", "C-000001", "c-1", "s-2", "TO-000001",
		"INV-000001", "ext-7",
		"$1", "?", "é", "İstanbul", "ß", "名古屋電気", "\x00\xff", "a\u0000b", "  ", "PAY-9223372036854775807", "JE-1",
	} {
		f.Add(typed)
	}
	pool := testdb.New(f)
	w := testdb.NewWorld(f, pool)
	w.Customer(testdb.Customer{Name: `Fifty 50% a_b a\b c:\d`, ExternalID: "ext-7", CRMID: "CRM-1"})
	w.Customer(testdb.Customer{Name: "Fifty 500 axb a/b", Email: "billing@fjord.example", FormerCRM: "OLD-1"})
	probe := w.Customer(testdb.Customer{})
	w.Subscription(testdb.Subscription{Customer: probe.ID})
	bill := w.Invoice(testdb.Invoice{Customer: probe.ID})
	all := accounts.Scope{Root: w.Provider.ID, Everything: true}
	f.Fuzz(func(t *testing.T, raw string) {
		typed := page.Clean(raw)
		if runes := []rune(typed); len(runes) > maxSearch {
			typed = page.Clean(string(runes[:maxSearch]))
		}
		if typed == "" {
			return
		}
		ctx := t.Context()
		if _, err := pool.ExecContext(ctx, `update customers set name = $1 || ' end' where id = $2`, typed,
			probe.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := pool.ExecContext(ctx, `update invoices set number = $1 where id = $2`, typed,
			bill.ID); err != nil {
			t.Fatal(err)
		}
		customers, err := accounts.ListCustomers(ctx, pool, all, accounts.CustomerFilter{Search: typed},
			db.Page{Size: 50})
		if err != nil {
			t.Fatalf("%q among customers: %v", typed, err)
		}
		var found []int64
		for _, c := range customers.Rows {
			found = append(found, c.ID)
		}
		slices.Sort(found)
		if want := holding(t, pool, typed); !slices.Equal(found, want) {
			t.Errorf("%q finds the customers %v, want %v", typed, found, want)
		}
		contracts, err := accounts.ListSubscriptions(ctx, pool, all, accounts.SubscriptionFilter{Search: typed},
			db.Page{Size: 50})
		if err != nil || len(contracts.Rows) == 0 {
			t.Errorf("%q finds %d contracts of the customer who is called so, %v", typed, len(contracts.Rows), err)
		}
		documents, err := billing.FindDocuments(ctx, pool, all, typed, 8)
		if err != nil || !slices.ContainsFunc(documents, func(d billing.Found) bool { return d.ID == bill.ID }) {
			t.Errorf("%q finds %v without the invoice of that number, %v", typed, documents, err)
		}
		others(t, pool, all, typed)
	})
}

// holding returns the customers that a search for the text is to find, by other means
// than patterns.
func holding(t *testing.T, pool *sqlx.DB, typed string) []int64 {
	t.Helper()
	number, _ := accounts.ParseNumber(accounts.CustomerPrefix, typed)
	var ids []int64
	err := pool.SelectContext(t.Context(), &ids, `
		select c.id from customers c
		where case when char_length($1) < 3 then starts_with(lower(c.search), lower($1))
		           else position(lower($1) in lower(c.search)) > 0 end
		   or c.id = $2 or c.external_id = $1 or c.crm_id = $1
		   or exists (select 1 from former_ids f where f.customer_id = c.id and f.value = $1)
		 order by 1`, typed, number)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// others are the searches of which only that they answer is checked here.
func others(t *testing.T, pool *sqlx.DB, all accounts.Scope, typed string) {
	t.Helper()
	ctx, page := t.Context(), db.Page{Size: 8}
	_, inOrders := order.List(ctx, pool, all, order.Filter{Search: typed}, page)
	_, inJournal := billing.Journal(ctx, pool, all, billing.JournalFilter{Search: typed}, page)
	_, inAccounts := billing.Journal(ctx, pool, all, billing.JournalFilter{Account: typed}, page)
	_, inPlans := catalog.Plans(ctx, pool, all, catalog.PlanFilter{Search: typed}, page)
	_, inOutbox := notify.List(ctx, pool, all, notify.Filter{Search: typed}, page)
	for where, err := range map[string]error{
		"orders": inOrders, "the journal": inJournal, "the accounts of the journal": inAccounts, "plans": inPlans,
		"the outbox": inOutbox,
	} {
		if err != nil {
			t.Errorf("%q in %s: %v", typed, where, err)
		}
	}
}

// FuzzPlace opens lists at any place that an address may name: they answer, or say that
// the place cannot be read.
func FuzzPlace(f *testing.F) {
	for _, s := range []struct{ sort, text string }{
		{"-number", "7"},
		{"number", "99999999999999999999"},
		{"name", "Blue"},
		{"-name", "\x00"},
		{"status", "active"},
		{"-created", "2026-01-01"},
		{"created", "0000-01-01"},
		{"-date", "9999-12-31"},
		{"date", "infinity"},
		{"tree", "a / b"},
		{"nothing", ""},
		{"--name", "'"},
	} {
		f.Add(s.sort, s.text, int64(7), "")
	}
	f.Add("", "", int64(0), "e30")
	f.Add("name", "", int64(0), "%")
	pool := testdb.New(f)
	w := testdb.NewWorld(f, pool)
	w.Subscription(testdb.Subscription{Customer: w.Customer(testdb.Customer{}).ID})
	all := accounts.Scope{Root: w.Provider.ID, Everything: true}
	f.Fuzz(func(t *testing.T, sort, text string, id int64, raw string) {
		if raw == "" {
			place, err := json.Marshal(map[string]any{"s": sort, "k": text, "i": id})
			if err != nil {
				t.Fatal(err)
			}
			raw = base64.RawURLEncoding.EncodeToString(place)
		}
		ctx := t.Context()
		for _, page := range []db.Page{{Sort: sort, Size: 8, After: raw}, {Sort: sort, Size: 8, Before: raw}} {
			_, inCustomers := accounts.ListCustomers(ctx, pool, all, accounts.CustomerFilter{}, page)
			_, inContracts := accounts.ListSubscriptions(ctx, pool, all, accounts.SubscriptionFilter{}, page)
			_, inOrders := order.List(ctx, pool, all, order.Filter{}, page)
			_, inJournal := billing.Journal(ctx, pool, all, billing.JournalFilter{}, page)
			_, inPlans := catalog.Plans(ctx, pool, all, catalog.PlanFilter{}, page)
			for where, err := range map[string]error{
				"customers": inCustomers, "contracts": inContracts, "orders": inOrders, "the journal": inJournal,
				"plans": inPlans,
			} {
				if err != nil && !fault.Is(err, fault.Invalid) {
					t.Errorf("%s, sorted by %q, from %q: %v", where, sort, raw, err)
				}
			}
		}
	})
}
