package engine

import (
	"testing"

	"handover/internal/engine/rules"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// toThamesAt asks for the transfer into pounds at that rate.
func (d *desk) toThamesAt(rate string) transfer.Request {
	r := d.toThames()
	r.ConversionRate = rate
	return r
}

// TestCleanConversion: what comes close to each finding about the rate without being it.
func TestCleanConversion(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "0.02", "2026-02-01")
	d.Rate(testdb.Rate{On: "2026-03-03", To: "GBP", Rate: "0.8612"})
	for _, rate := range []string{"0.8612", "0.843976", "0.878424"} { // 2 % to either side
		if p := d.preview(d.toThamesAt(rate)); len(p.Findings) != 0 {
			t.Errorf("at %s: found %+v", rate, p.Findings)
		}
	}
}

// TestCleanCases: what comes close to each finding without being it, in one world.
func TestCleanCases(t *testing.T) {
	d := newDesk(t)
	s := d.subscribe(testdb.Subscription{})
	ended := d.subscribe(testdb.Subscription{
		Status: "cancelled", End: "2025-12-31", Promo: "Spring",
		Plan: d.Plan(testdb.Plan{NotTransferable: true}).ID,
	})
	d.Charge(testdb.Charge{Subscription: ended.ID, Amount: "0.00"})
	billed := d.Charge(testdb.Charge{Subscription: ended.ID, Amount: "9.00"})
	line := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Status: "paid",
		Lines: []testdb.Line{{Subscription: ended.ID, Charge: billed.ID, Amount: "9.00"}},
	}).Lines[0]
	d.Usage(testdb.Usage{Subscription: s.ID, Line: line.ID})
	d.Customer(testdb.Customer{Parent: d.customer.ID, BillToParent: true, Status: "closed"})
	d.Order(testdb.Order{Customer: d.customer.ID, Status: "completed"})
	d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00", Status: "failed"})
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Start: "2026-01-05"})
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: ended.ID, Start: "2026-01-06", Recognized: true})
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Line: line.ID, Start: "2026-01-07", Recognized: true})
	d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2026-01-01", End: "2026-01-31", Status: "closed"})
	d.Period(testdb.Period{Distributor: d.nordlys.ID, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
	d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
	d.Customer(testdb.Customer{CRMID: "CRM-1", Status: "closed"})
	d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: d.Provider.MerchantAccount})
	d.PaymentMethod(testdb.PaymentMethod{
		Customer: d.customer.ID, MerchantAccount: "merchant-other",
		Status: "inactive",
	})
	root := d.Terms(testdb.Terms{Title: "Pro terms"})
	d.Terms(testdb.Terms{Title: "Pro terms", Distributor: d.nordlys.ID, DerivedFrom: root.ID})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: root.ID})
	d.Exec(`update customers set tax_id = 'NO 1', email = 'ap@fjord.example' where id = $1`, d.customer.ID)
	for _, c := range []testdb.Customer{
		{TaxID: "NO1", Status: "closed"},
		{TaxID: "NO 11"},
		{Email: "ap@fjord.example"},
		{Name: d.customer.Name},
		{Name: d.customer.Name, Email: "ar@fjord.example"},
		{TaxID: "NO 1", Successor: d.customer.ID},
	} {
		c.Distributor = d.nordlys.ID
		d.Customer(c)
	}
	d.Customer(testdb.Customer{Distributor: d.thames.ID, TaxID: "NO 1"})
	d.Customer(testdb.Customer{TaxID: "NO 1", Name: d.customer.Name, Email: "ap@fjord.example"})

	p := d.preview(d.toNordlys())
	if len(p.Findings) != 0 {
		t.Errorf("found %+v", p.Findings)
	}
	if len(p.Passed) != len(rules.Codes(record.Distributor)) {
		t.Errorf("%d checks passed, want %d", len(p.Passed), len(rules.Codes(record.Distributor)))
	}
}
