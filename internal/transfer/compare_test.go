package transfer

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/testdb"
)

func TestCompareTellsWhatChangedSinceThePreview(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{})
	inv := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "120.00"}}})
	before := d.preview(d.toNordlys())
	if got := Compare(before, before); len(got) != 0 {
		t.Errorf("a preview differs from itself: %v", got)
	}
	d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "20.00"})
	after := d.preview(d.toNordlys())
	want := []Change{
		{"Balance with Aurora Cloud", "120.00 EUR", "100.00 EUR"},
		{"Opening balance with Nordlys Partner", "120.00 EUR", "100.00 EUR"},
		{"Payments that stay", "0", "1, 20.00 EUR"},
		{"Memo for the old account", "credit memo of 120.00 EUR", "credit memo of 100.00 EUR"},
		{"Memo for the new account for " + inv.Number, "debit memo of 120.00 EUR", "debit memo of 100.00 EUR"},
		{inv.Number + " settled by PAY-000001", "", "20.00 EUR"},
		{inv.Number + " settled by the transfer's credit memo", "120.00 EUR", "100.00 EUR"},
	}
	if diff := cmp.Diff(want, Compare(before, after)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	back := Compare(after, before)
	if len(back) != len(want) || back[len(back)-1].After != "" {
		t.Errorf("what is gone is not told: %v", back)
	}
}

func TestWalkDerivesItsSteps(t *testing.T) {
	d := newDesk(t)
	d.subscribe(testdb.Subscription{})
	vault := d.Plan(testdb.Plan{Name: "Vault"})
	other := d.subscribe(testdb.Subscription{Plan: vault.ID})
	safe := d.Plan(testdb.Plan{Name: "Safe", Distributor: d.thames.ID})
	answered := d.toThames()
	answered.Plans = map[string]string{other.Number: safe.Number}
	noPlan, badRate, noMode, sameSeller := answered, answered, answered, answered
	noPlan.Plans, badRate.ConversionRate, noMode.Mode, sameSeller.TargetDistributor = nil, "1,08", "", d.Provider.Number

	for name, tt := range map[string]struct {
		req  Request
		next StepName
	}{
		"nothing yet":       {Request{Kind: Distributor, SourceCustomer: d.customer.Number}, AskDistributor},
		"no mode":           {noMode, AskDistributor},
		"the same seller":   {sameSeller, AskDistributor},
		"no plan":           {noPlan, AskPlans},
		"a rate that is no": {badRate, AskRate},
		"all answered":      {answered, AskConfirm},
	} {
		w, err := d.engine.Walk(context.Background(), tt.req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := w.Next(); got != tt.next {
			t.Errorf("%s: next is %s, want %s", name, got, tt.next)
		}
		if w.Reachable(AskConfirm) != (tt.next == AskConfirm) {
			t.Errorf("%s: whether the confirmation can be reached is wrong", name)
		}
	}
	w, err := d.engine.Walk(context.Background(), Request{Kind: Distributor, SourceCustomer: d.customer.Number, TargetDistributor: d.nordlys.Number, Mode: ModeEverything})
	if err != nil || w.Has(AskRate) || !w.Has(AskPlans) || !w.SameEntity || len(w.Matched) != 1 {
		t.Errorf("to Nordlys: %+v, %v", w.Steps, err)
	}
}
