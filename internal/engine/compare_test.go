package engine

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

func TestCompareTellsWhatChangedSinceThePreview(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{})
	inv := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID,
		Lines:    []testdb.Line{{Subscription: sub.ID, Amount: "120.00"}},
	})
	before := d.preview(d.toNordlys())
	if got := transfer.Compare(before, before); len(got) != 0 {
		t.Errorf("a preview differs from itself: %v", got)
	}
	d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "20.00"})
	after := d.preview(d.toNordlys())
	want := []transfer.Change{
		{What: "Balance with Aurora Cloud", Before: "120.00 EUR", After: "100.00 EUR"},
		{What: "Opening balance with Nordlys Partner", Before: "120.00 EUR", After: "100.00 EUR"},
		{What: "Payments that stay", Before: "0", After: "1, 20.00 EUR"},
		{What: "Memo for the old account", Before: "credit memo of 120.00 EUR", After: "credit memo of 100.00 EUR"},
		{
			What: "Memo for the new account for " + inv.Number, Before: "debit memo of 120.00 EUR",
			After: "debit memo of 100.00 EUR",
		},
		{What: inv.Number + " settled by PAY-000001", Before: "", After: "20.00 EUR"},
		{What: inv.Number + " settled by the transfer's credit memo", Before: "120.00 EUR", After: "100.00 EUR"},
	}
	if diff := cmp.Diff(want, transfer.Compare(before, after)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	back := transfer.Compare(after, before)
	if len(back) != len(want) || back[len(back)-1].After != "" {
		t.Errorf("what is gone is not told: %v", back)
	}
}

func TestWizardDerivesItsSteps(t *testing.T) {
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
		req  transfer.Request
		next StepName
	}{
		"nothing yet": {
			transfer.Request{Kind: record.Distributor, SourceCustomer: d.customer.Number},
			AskDistributor,
		},
		"no mode":           {noMode, AskDistributor},
		"the same seller":   {sameSeller, AskDistributor},
		"no plan":           {noPlan, AskPlans},
		"a rate that is no": {badRate, AskRate},
		"all answered":      {answered, AskConfirm},
	} {
		w, err := d.engine.Wizard(context.Background(), tt.req)
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
	w, err := d.engine.Wizard(context.Background(), transfer.Request{
		Kind:           record.Distributor,
		SourceCustomer: d.customer.Number, TargetDistributor: d.nordlys.Number, Mode: transfer.ModeEverything,
	})
	if err != nil || w.Has(AskRate) || !w.Has(AskPlans) || !w.SameEntity || len(w.Matched) != 1 {
		t.Errorf("to Nordlys: %+v, %v", w.Steps, err)
	}
}
