package testdb_test

import (
	"testing"

	"handover/internal/testdb"
)

// Every builder works with nothing filled in, and what it says it made is there.
func TestBuildersFillEveryDefault(t *testing.T) {
	t.Parallel()
	w := testdb.NewWorld(t, testdb.New(t))
	w.MakeBrand(testdb.Brand{})
	d := w.Distributor(testdb.Distributor{})
	p := w.Plan(testdb.Plan{Price: "7.50", BillingPeriod: "yearly"})
	delegated := w.Delegate(p, d)
	if delegated.Name != p.Name || delegated.Price != "7.50" || delegated.BillingPeriod != "yearly" {
		t.Errorf("delegated plan is %+v, want name, period and price of %+v", delegated, p)
	}
	w.Resource(testdb.Resource{})
	w.Terms(testdb.Terms{})
	w.Period(testdb.Period{})
	w.Rate(testdb.Rate{})
	c := w.Customer(testdb.Customer{FormerNumber: "C-000900", FormerCRM: "CRM-1", FormerExtID: "X"})
	old := w.Customer(testdb.Customer{Successor: c.ID})
	if got := w.Text(`select status || ' ' || successor_id from customers where id = $1`,
		old.ID); got != "transferred_out "+w.Text(`select $1::bigint`, c.ID) {
		t.Errorf("customer with a successor is %q", got)
	}
	w.Contact(testdb.Contact{})
	w.PaymentMethod(testdb.PaymentMethod{})
	w.Acceptance(testdb.Acceptance{})
	s := w.Subscription(testdb.Subscription{Status: "cancelled"})
	if s.End == "" {
		t.Error("an ended subscription has no end")
	}
	w.Continue(s.ID, w.Subscription(testdb.Subscription{Customer: s.Customer}).ID, "2026-01-01")
	w.ServiceUser(testdb.ServiceUser{Subscriptions: []int64{s.ID}})
	w.Order(testdb.Order{})
	w.Staff(testdb.Staff{})
	o := w.TransferOrder(testdb.TransferOrder{})
	w.TransferOrder(testdb.TransferOrder{Kind: "distributor", Status: "failed", Target: c.ID})
	w.Ledger(o.ID, "invoice", "customer_id", "1", "2", 7, 3, 5)
	if got := w.Text(`select first_id || '-' || last_id from transfer_ledger`); got != "3-7" {
		t.Errorf("the ledger line spans %s, want 3-7", got)
	}
}

// Documents take customer and currency from what they name, and the database's
// own rules (totals, balances) hold for them.
func TestBuildersOfDocuments(t *testing.T) {
	t.Parallel()
	w := testdb.NewWorld(t, testdb.New(t))
	d := w.Distributor(testdb.Distributor{Currency: "JPY"})
	c := w.Customer(testdb.Customer{Distributor: d.ID, Name: "Sakura Denki KK"})
	s := w.Subscription(testdb.Subscription{Customer: c.ID})
	charge := w.Charge(testdb.Charge{Subscription: s.ID, Amount: "300"})
	i := w.Invoice(testdb.Invoice{Lines: []testdb.Line{{Charge: charge.ID}, {Amount: "50"}}})
	if i.Customer != c.ID || i.Amount != "350" || i.Currency != "JPY" || i.BuyerName != c.Name {
		t.Errorf("invoice is %+v, want 350 JPY of %s", i, c.Number)
	}
	dm := w.DebitMemo(testdb.Memo{Customer: c.ID, Amount: "20"})
	pay := w.Payment(testdb.Payment{Amount: "200", Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "150"}}})
	w.AllocatePayment(pay.ID, testdb.Allocation{DebitMemo: dm.ID, Amount: "20"})
	w.Refund(testdb.Refund{Payment: pay.ID, Amount: "10"})
	cm := w.CreditMemo(testdb.Memo{
		Invoice: i.ID, Amount: "70",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "30"}},
	})
	w.AllocateCredit(cm.ID, testdb.Allocation{Invoice: i.ID, Amount: "5"})
	// 350 - 150 - 30 - 5 still open, 200 - 150 - 20 - 10 and 70 - 30 - 5 not applied.
	if got := w.Text(`select balance from customer_balances where customer_id = $1`, c.ID); got != "110" {
		t.Errorf("balance is %s, want 110", got)
	}
	w.Usage(testdb.Usage{Subscription: s.ID, Line: i.Lines[0].ID})
	w.Usage(testdb.Usage{})
	w.BillingSchedule(testdb.BillingSchedule{Subscription: s.ID, Invoice: i.ID})
	w.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Line: i.Lines[0].ID, Recognized: true})
	w.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID, Amount: "350", Currency: "JPY"})
	w.Entry(testdb.Entry{})
	if got := w.Text(`select count(*) from owned_journal_entries where customer_id = $1`, c.ID); got != "1" {
		t.Errorf("%s owns %s journal entries, want 1", c.Number, got)
	}
}
