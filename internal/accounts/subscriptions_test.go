package accounts_test

import (
	"testing"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/testdb"
)

func (m market) subscriptions(t *testing.T, s accounts.Scope, f accounts.SubscriptionFilter) []string {
	t.Helper()
	part, err := accounts.ListSubscriptions(t.Context(), m.pool, s, f, db.Page{Size: 100, Sort: "number"})
	if err != nil {
		t.Fatal(err)
	}
	total, err := accounts.CountSubscriptions(t.Context(), m.pool, s, f)
	if err != nil || int(total.Rows) != len(part.Rows) {
		t.Errorf("count is %+v (%v), want %d", total, err, len(part.Rows))
	}
	var out []string
	for _, r := range part.Rows {
		out = append(out, r.Number())
	}
	return out
}

func TestListOfSubscriptionsFilters(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	a := m.Subscription(testdb.Subscription{Customer: m.own.ID, ExternalID: "SUB-1"})
	b := m.Subscription(testdb.Subscription{Customer: m.sold.ID, Status: "suspended"})
	c := m.Subscription(testdb.Subscription{Customer: m.deep.ID, Start: "2026-01-01"})
	list := func(f accounts.SubscriptionFilter) []string { return m.subscriptions(t, m.provider(), f) }
	want(t, list(accounts.SubscriptionFilter{}), a.Number, b.Number, c.Number)
	want(t, m.subscriptions(t, accounts.Scope{Root: m.reseller.ID}, accounts.SubscriptionFilter{}), b.Number, c.Number)
	want(t, list(accounts.SubscriptionFilter{Search: "sub-1"}))
	want(t, list(accounts.SubscriptionFilter{Search: "SUB-1"}), a.Number)
	want(t, list(accounts.SubscriptionFilter{Search: b.Number}), b.Number)
	want(t, list(accounts.SubscriptionFilter{Search: "fjord"}), b.Number)
	want(t, list(accounts.SubscriptionFilter{Search: m.deep.Number}), c.Number)
	want(t, list(accounts.SubscriptionFilter{Statuses: []string{"suspended"}}), b.Number)
	want(t, list(accounts.SubscriptionFilter{Distributor: m.below.ID}), c.Number)
	want(t, list(accounts.SubscriptionFilter{Customer: m.own.ID}), a.Number)
	for sort, first := range map[string]string{"": c.Number, "customer": b.Number, "-start": c.Number} {
		part, err := accounts.ListSubscriptions(t.Context(), m.pool, m.provider(), accounts.SubscriptionFilter{},
			db.Page{Size: 1, Sort: sort})
		if err != nil || part.Rows[0].Number() != first {
			t.Errorf("sorted by %q the first is %+v (%v), want %s", sort, part.Rows, err, first)
		}
	}
}

func TestSubscriptionWithWhatItHangsTogetherWith(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	parent := m.Subscription(testdb.Subscription{Customer: m.sold.ID})
	sub := m.Subscription(testdb.Subscription{
		Parent: parent.ID, ExternalID: "S-X", Price: "12.00", Quantity: "2", BillingPeriod: "quarterly",
		Promo: "WINTER",
	})
	addon := m.Subscription(testdb.Subscription{Parent: sub.ID})
	old := m.Subscription(testdb.Subscription{Customer: m.other.ID, Status: "cancelled"})
	m.Continue(old.ID, sub.ID, "2026-01-01")
	s := accounts.Scope{Root: m.reseller.ID}
	for _, ref := range []string{sub.Number, "S-X"} {
		got, err := accounts.FindSubscription(t.Context(), m.pool, s, ref)
		if err != nil || got.ID != sub.ID || got.Monthly.String() != "8" || got.Promotion != "WINTER" ||
			got.Customer() != m.sold.Number {
			t.Errorf("%s finds %+v (%v)", ref, got, err)
		}
	}
	got, err := accounts.FindSubscription(t.Context(), m.pool, s, sub.Number)
	if err != nil {
		t.Fatal(err)
	}
	bonds, err := accounts.Bonds(t.Context(), m.pool, s, got)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, b := range bonds {
		told = append(told, b.How+" "+b.Number())
	}
	want(t, told, "addon "+addon.Number, "parent "+parent.Number) // what it continues is another distributor's
	m.ServiceUser(testdb.ServiceUser{Login: "ada", Subscriptions: []int64{sub.ID}})
	if users, err := accounts.UsersOf(t.Context(), m.pool, sub.ID); err != nil || len(users) != 1 ||
		users[0].Login != "ada" {
		t.Errorf("users are %+v (%v), want ada", users, err)
	}
}

// A record says which invoice billed it; a draft or void one bills nothing.
func TestRecordsOfASubscription(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	sub := m.Subscription(testdb.Subscription{Customer: m.sold.ID})
	billed := m.Charge(testdb.Charge{Subscription: sub.ID, PeriodStart: "2026-01-01"})
	drafted := m.Charge(testdb.Charge{Subscription: sub.ID, PeriodStart: "2026-02-01"})
	i := m.Invoice(testdb.Invoice{Lines: []testdb.Line{{Charge: billed.ID}}})
	draft := m.Invoice(testdb.Invoice{Status: "draft", Lines: []testdb.Line{{Charge: drafted.ID}}})
	m.Usage(testdb.Usage{Subscription: sub.ID, Line: i.Lines[0].ID})
	m.Usage(testdb.Usage{Subscription: sub.ID, Line: draft.Lines[0].ID, UsedOn: "2026-03-01"})
	m.BillingSchedule(testdb.BillingSchedule{Subscription: sub.ID, Invoice: i.ID, DueOn: "2026-01-01"})
	m.BillingSchedule(testdb.BillingSchedule{Subscription: sub.ID})
	m.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Line: i.Lines[0].ID, Recognized: true})
	m.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Start: "2026-05-01"})
	m.Usage(testdb.Usage{}) // of another subscription

	for _, kind := range accounts.RecordKinds() {
		part, err := accounts.ListRecords(t.Context(), m.pool, m.provider(), kind, sub.ID, db.Page{Size: 1})
		if err != nil || len(part.Rows) != 1 || part.After == "" {
			t.Fatalf("%s: first page is %+v (%v)", kind.Name, part, err)
		}
		if part.Rows[0].InvoiceID != nil {
			t.Errorf("%s: the last is billed by %s, want not billed", kind.Name, part.Rows[0].InvoiceNumber)
		}
		part, err = accounts.ListRecords(t.Context(), m.pool, m.provider(), kind, sub.ID,
			db.Page{Size: 1, After: part.After})
		if err != nil || len(part.Rows) != 1 || part.After != "" {
			t.Fatalf("%s: second page is %+v (%v)", kind.Name, part, err)
		}
		if r := part.Rows[0]; r.InvoiceNumber != i.Number || !r.InvoiceSeen {
			t.Errorf("%s: the first is billed by %q, want %s", kind.Name, r.InvoiceNumber, i.Number)
		}
	}
}

// A search that means very many customers finds the same as one that means few.
func TestSearchForSubscriptionsOfManyCustomers(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.Exec(`insert into customers (distributor_id, name, currency, created_on)
		select $1, 'Common ' || g, 'EUR', date '2026-01-01' from generate_series(1, 5100) g`, m.Provider.ID)
	var last int64
	if err := m.pool.Get(&last, `select max(id) from customers`); err != nil {
		t.Fatal(err)
	}
	sub := m.Subscription(testdb.Subscription{Customer: last})
	m.Subscription(testdb.Subscription{Customer: m.own.ID})
	want(t, m.subscriptions(t, m.provider(), accounts.SubscriptionFilter{Search: "common"}), sub.Number)
	want(t, m.subscriptions(t, m.provider(), accounts.SubscriptionFilter{Search: "common 5100"}), sub.Number)
	want(t, m.subscriptions(t, accounts.Scope{Root: m.reseller.ID}, accounts.SubscriptionFilter{Search: "common"}))
}
