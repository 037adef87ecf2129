package engine

import (
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// Whatever a draft was made to hold, Submit and Execute find no target outside.
func TestResellerSubmitsAndExecutesNothingOutside(t *testing.T) {
	r := newResale(t)
	everywhere := accounts.Scope{Root: r.Provider.ID, Everything: true}.In(t.Context(), r.clerk.ID)
	req := transfer.Request{
		Kind: record.Distributor, SourceCustomer: r.own.Number,
		TargetDistributor: r.Provider.Number, Mode: transfer.ModeSubscriptions,
	}
	draft, err := r.engine.OpenDraft(r.ctx, r.clerk, record.Distributor, r.own.Number)
	if err != nil {
		t.Fatal(err)
	}
	draft, err = r.engine.UpdateDraft(r.ctx, r.clerk, draft.Number, draft.Version, func(d *transfer.Request) {
		*d = req
	})
	if err != nil || draft.TargetDistributorID != nil {
		t.Fatalf("the draft goes to %v, %v", draft.TargetDistributorID, err)
	}
	p, err := r.engine.Preview(everywhere, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	if err := r.engine.Submit(r.ctx, r.clerk, draft.ID, draft.Version, req); !fault.Is(err, fault.NotFound) ||
		err.Error() != "There is no distributor "+r.Provider.Number+"." {
		t.Errorf("submitting: %v", err)
	}
	if err := r.engine.Submit(everywhere, r.clerk, draft.ID, draft.Version, req); err != nil {
		t.Fatal(err)
	}
	// The worker finds everything, but carries the order out as its requester.
	if err := r.engine.Execute(t.Context(), audit.Actor{Name: "worker"}, draft.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("executing: %v", err)
	}
	if got := r.Text(`select status from transfer_orders where id = $1`, draft.ID); got != "failed" {
		t.Errorf("the order is %s", got)
	}
	// A draft of the provider's is not there for anybody else.
	owner := r.Staff(testdb.Staff{Name: "Aurora Manager"})
	behindOwner := accounts.Scope{Root: r.Provider.ID, Everything: true}.In(t.Context(), owner.ID)
	theirs, err := r.engine.OpenDraft(behindOwner, audit.Actor{ID: owner.ID, Name: owner.Name}, record.Distributor,
		r.own.Number)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := order.GetOrderFor(t.Context(), r.db, accounts.Scope{Root: r.nordlys.ID},
		theirs.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("the provider's draft: %v", err)
	}
	if err := r.engine.DiscardDraft(r.ctx, r.clerk, theirs.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("discarding the provider's draft: %v", err)
	}
}

func TestOnlyTheProviderDelegates(t *testing.T) {
	r := newResale(t)
	solo := r.Plan(testdb.Plan{Name: "Solo", Distributor: r.nordlys.ID, Price: "5.00"})
	r.subscribe(testdb.Subscription{Customer: r.own.ID, Plan: solo.ID})
	req := r.toFjord()
	req.Delegate = []transfer.Delegation{{Plan: solo.Number, Prices: map[string]string{r.fjord.Number: "1.00"}}}
	if _, err := r.engine.Preview(r.ctx, req); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a preview that delegates: %v", err)
	}
	draft, err := r.engine.OpenDraft(r.ctx, r.clerk, record.Distributor, r.own.Number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.engine.UpdateDraft(r.ctx, r.clerk, draft.Number, draft.Version, func(d *transfer.Request) {
		*d = req
	}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a draft that delegates: %v", err)
	}
	req.Delegate = nil
	w, err := r.engine.Wizard(r.ctx, req)
	if err != nil || len(w.Choices) != 1 || len(w.Choices[0].Levels) != 0 {
		t.Errorf("the walk offers %+v, %v", w.Choices, err)
	}
	p, err := r.engine.Preview(r.ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := p.Finding("PLAN_NOT_DELEGATED"); !ok || strings.Contains(f.Remedy, "delegate") {
		t.Errorf("the remedy: %+v", f)
	}
}
