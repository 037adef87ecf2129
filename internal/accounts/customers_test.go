package accounts_test

import (
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// market is a channel of three levels with customers on each.
type market struct {
	*testdb.World
	pool                    *sqlx.DB
	reseller, below, beside testdb.Distributor
	own, sold, deep, other  testdb.Customer
}

func newMarket(t *testing.T) market {
	t.Helper()
	m := market{pool: testdb.New(t)}
	m.World = testdb.NewWorld(t, m.pool)
	m.reseller = m.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	m.below = m.Distributor(testdb.Distributor{Name: "Morava IT", Parent: m.reseller.ID})
	m.beside = m.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	m.own = m.Customer(testdb.Customer{Name: "Kestrel Labs GmbH", Email: "pay@kestrel.example", CRMID: "CRM-7"})
	m.sold = m.Customer(testdb.Customer{Name: "Blue Fjord AS", Distributor: m.reseller.ID, ExternalID: "A-100"})
	m.deep = m.Customer(testdb.Customer{Name: "Ostrava Print s.r.o.", Distributor: m.below.ID, Status: "suspended"})
	m.other = m.Customer(testdb.Customer{Name: "Halcyon Foods Ltd", Distributor: m.beside.ID})
	return m
}

func (m market) provider() accounts.Scope {
	return accounts.Scope{Root: m.Provider.ID, Everything: true}
}

func (m market) list(t *testing.T, s accounts.Scope, f accounts.CustomerFilter) []string {
	t.Helper()
	part, err := accounts.ListCustomers(t.Context(), m.pool, s, f, db.Page{Size: 100, Sort: "number"})
	if err != nil {
		t.Fatal(err)
	}
	total, err := accounts.CountCustomers(t.Context(), m.pool, s, f)
	if err != nil || int(total.Rows) != len(part.Rows) || total.Estimated {
		t.Errorf("count is %+v (%v), want %d", total, err, len(part.Rows))
	}
	names := make([]string, len(part.Rows))
	for i, r := range part.Rows {
		names[i] = r.Name
	}
	return names
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScopeIsTheSubtree(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	all := accounts.CustomerFilter{}
	want(t, m.list(t, m.provider(), all), m.own.Name, m.sold.Name, m.deep.Name, m.other.Name)
	// The provider's subtree is everything, with and without the short cut.
	want(t, m.list(t, accounts.Scope{Root: m.Provider.ID}, all), m.own.Name, m.sold.Name, m.deep.Name, m.other.Name)
	want(t, m.list(t, accounts.Scope{Root: m.reseller.ID}, all), m.sold.Name, m.deep.Name)
	want(t, m.list(t, accounts.Scope{Root: m.below.ID}, all), m.deep.Name)
	want(t, m.list(t, accounts.Scope{}, all))
	for _, c := range []struct {
		id   int64
		seen bool
	}{{m.reseller.ID, true}, {m.below.ID, true}, {m.beside.ID, false}, {m.Provider.ID, false}} {
		if seen, err := (accounts.Scope{Root: m.reseller.ID}).Includes(t.Context(), m.pool, c.id); err != nil ||
			seen != c.seen {
			t.Errorf("distributor %d in the reseller's scope: %t (%v), want %t", c.id, seen, err, c.seen)
		}
	}
}

func TestOutsideTheScopeNothingIsFound(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	s := accounts.Scope{Root: m.reseller.ID}
	sub := m.Subscription(testdb.Subscription{Customer: m.other.ID})
	_, byID := accounts.GetCustomer(t.Context(), m.pool, s, m.other.ID)
	_, byRef := accounts.FindCustomer(t.Context(), m.pool, s, m.other.Number)
	_, distributor := accounts.GetDistributor(t.Context(), m.pool, s, m.beside.ID)
	_, parent := accounts.GetDistributor(t.Context(), m.pool, s, m.Provider.ID)
	_, subscription := accounts.FindSubscription(t.Context(), m.pool, s, sub.Number)
	for name, err := range map[string]error{
		"customer": byID, "customer by number": byRef, "distributor": distributor, "the reseller's parent": parent,
		"subscription": subscription,
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s outside the scope: %v, want not found", name, err)
		}
	}
	if _, err := accounts.GetCustomer(t.Context(), m.pool, s, m.deep.ID); err != nil {
		t.Errorf("customer of a sub-reseller: %v", err)
	}
}

func TestListOfCustomersFilters(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	search := func(s string) []string { return m.list(t, m.provider(), accounts.CustomerFilter{Search: s}) }
	want(t, search("fjord"), "Blue Fjord AS")
	want(t, search("  PAY@kestrel "), "Kestrel Labs GmbH")
	want(t, search("crm-7"), "Kestrel Labs GmbH")
	want(t, search("A-100"), "Blue Fjord AS")
	want(t, search("c-"+m.deep.Number[2:]), m.deep.Name)
	want(t, search("Bl"), "Blue Fjord AS")
	want(t, search("lu")) // two letters are looked for where names begin
	want(t, search("100%_"))
	want(t, search(`\`))
	want(t, m.list(t, m.provider(), accounts.CustomerFilter{Statuses: []string{"suspended", "closed"}}), m.deep.Name)
	want(t, m.list(t, m.provider(), accounts.CustomerFilter{Distributor: m.reseller.ID}), m.sold.Name)
	want(t, m.list(t, m.provider(), accounts.CustomerFilter{Distributor: m.reseller.ID, Search: "kestrel"}))
}

func TestListOfCustomersTellsWhatTheyAmountTo(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.Subscription(testdb.Subscription{Customer: m.sold.ID, Status: "cancelled"})
	m.Subscription(testdb.Subscription{Customer: m.sold.ID, Status: "suspended"})
	i := m.Invoice(testdb.Invoice{Customer: m.sold.ID, Amount: "100.00"})
	m.Payment(testdb.Payment{Amount: "130.00", Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "40.00"}}})
	part, err := accounts.ListCustomers(t.Context(), m.pool, m.provider(), accounts.CustomerFilter{Search: "fjord"},
		db.Page{Size: 5})
	if err != nil || len(part.Rows) != 1 {
		t.Fatalf("list: %+v, %v", part, err)
	}
	row := part.Rows[0]
	if row.Subscriptions != 1 || row.Balance.String() != "-30" || row.DistributorName != "Nordlys Partner" ||
		row.Number() != m.sold.Number {
		t.Errorf("row is %+v, want 1 subscription and -30", row)
	}
	if !row.Transferable() {
		t.Error("an active account is not transferable")
	}
}

func TestListOfCustomersSorts(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	for sort, first := range map[string]string{
		"": m.other.Name, "number": m.own.Name, "-name": m.deep.Name, "name": m.sold.Name,
		"distributor": m.own.Name, "-distributor": m.other.Name, "-status": m.deep.Name,
	} {
		part, err := accounts.ListCustomers(t.Context(), m.pool, m.provider(), accounts.CustomerFilter{},
			db.Page{Size: 1, Sort: sort})
		if err != nil || len(part.Rows) != 1 || part.Rows[0].Name != first {
			t.Errorf("sorted by %q the first is %+v (%v), want %s", sort, part.Rows, err, first)
		}
	}
	_, err := accounts.ListCustomers(t.Context(), m.pool, m.provider(), accounts.CustomerFilter{},
		db.Page{Size: 1, Sort: "balance"})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("sorted by balance: %v, want a fault", err)
	}
}

func TestStandingOfAnAccount(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	m.Subscription(testdb.Subscription{Customer: m.own.ID, Price: "10.00", Quantity: "3"})
	m.Subscription(testdb.Subscription{Customer: m.own.ID, Price: "100.00", BillingPeriod: "yearly"})
	m.Subscription(testdb.Subscription{Customer: m.own.ID, Price: "99.00", Status: "terminated"})
	i := m.Invoice(testdb.Invoice{Customer: m.own.ID, Amount: "80.00"})
	m.Invoice(testdb.Invoice{Customer: m.own.ID, Amount: "20.00", Status: "paid"})
	m.DebitMemo(testdb.Memo{Customer: m.own.ID, Amount: "5.00"})
	m.CreditMemo(testdb.Memo{Amount: "30.00", Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "10.00"}}})
	st, err := accounts.StandingOf(t.Context(), m.pool, m.own.ID)
	if err != nil {
		t.Fatal(err)
	}
	if st.MRR.String() != "38.33" || st.Subscriptions != 3 || st.ActiveSubscriptions != 2 {
		t.Errorf("subscriptions: %+v, want MRR 38.33 of 2 out of 3", st)
	}
	// 70 open on the invoice, 5 on the debit memo, 20 of credit not used.
	if st.OpenInvoices != 1 || st.OpenAmount.String() != "70" || st.Balance.String() != "55" {
		t.Errorf("documents: %+v, want 70 open on 1 invoice and a balance of 55", st)
	}
}

func TestBelongings(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	child := m.Customer(testdb.Customer{Parent: m.sold.ID, Distributor: m.reseller.ID, BillToParent: true})
	hidden := m.Customer(testdb.Customer{})
	m.StrayParent(hidden.ID, m.sold.ID)
	s := accounts.Scope{Root: m.reseller.ID}
	children, err := accounts.Children(t.Context(), m.pool, s, m.sold.ID)
	if err != nil || len(children) != 1 || children[0].ID != child.ID || !children[0].BillToParent {
		t.Errorf("children are %+v (%v), want only %s, not %s outside the scope", children, err, child.Number,
			hidden.Number)
	}
	c, err := accounts.GetCustomer(t.Context(), m.pool, s, child.ID)
	if err != nil {
		t.Fatal(err)
	}
	if parent, err := accounts.Parent(t.Context(), m.pool, s, c); err != nil || parent == nil ||
		parent.Number() != m.sold.Number {
		t.Errorf("parent is %+v (%v), want %s", parent, err, m.sold.Number)
	}
	if parent, err := accounts.Parent(t.Context(), m.pool, accounts.Scope{Root: m.beside.ID}, c); err != nil ||
		parent != nil {
		t.Errorf("parent seen from elsewhere is %+v (%v), want none", parent, err)
	}
	sub := m.Subscription(testdb.Subscription{Customer: m.sold.ID})
	m.ServiceUser(testdb.ServiceUser{Login: "ada", Subscriptions: []int64{sub.ID}, AccountWide: true})
	users, err := accounts.ServiceUsers(t.Context(), m.pool, m.sold.ID)
	if err != nil || len(users) != 1 || users[0].Subscriptions != sub.Number || !users[0].AccountWide {
		t.Errorf("users are %+v (%v), want ada of %s", users, err, sub.Number)
	}
	m.PaymentMethod(testdb.PaymentMethod{Customer: m.sold.ID, Status: "inactive", Label: "old"})
	m.PaymentMethod(testdb.PaymentMethod{Customer: m.sold.ID})
	methods, err := accounts.PaymentMethods(t.Context(), m.pool, m.sold.ID)
	if err != nil || len(methods) != 2 || methods[1].Label != "old" {
		t.Errorf("payment methods are %+v (%v), want the inactive one last", methods, err)
	}
	m.Contact(testdb.Contact{Customer: m.sold.ID, Name: "Eva"})
	if contacts, err := accounts.Contacts(t.Context(), m.pool, m.sold.ID); err != nil || len(contacts) != 1 ||
		contacts[0].Name != "Eva" {
		t.Errorf("contacts are %+v (%v)", contacts, err)
	}
	plan := m.Plan(testdb.Plan{Name: "Office"})
	m.Acceptance(testdb.Acceptance{
		Customer: m.sold.ID,
		Terms:    m.Terms(testdb.Terms{Plan: plan.ID, Title: "Office terms"}).ID,
	})
	accepted, err := accounts.Acceptances(t.Context(), m.pool, m.sold.ID)
	if err != nil || len(accepted) != 1 || accepted[0].Title != "Office terms" || accepted[0].Plan != "Office" {
		t.Errorf("acceptances are %+v (%v)", accepted, err)
	}
}
