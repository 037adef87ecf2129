package transfer

import (
	"context"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// resale is a desk at which staff of Nordlys work; Nordlys Vest sells under it.
func resale(t *testing.T) (*desk, testdb.Distributor, accounts.Scope) {
	d := newDesk(t)
	vest := d.Distributor(testdb.Distributor{Name: "Nordlys Vest", Parent: d.nordlys.ID, LegalEntity: d.nordlys.LegalEntity})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: vest.ID, Price: "42.00"})
	d.customer = d.Customer(testdb.Customer{Name: "Bergen Data AS", Distributor: d.nordlys.ID})
	staff := d.Staff(testdb.Staff{Name: "Nordlys Manager", Role: "account_manager", Distributor: d.nordlys.ID})
	d.actor = audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: d.nordlys.ID}
	scope := accounts.Scope{Root: d.nordlys.ID}
	d.engine = d.engine.For(scope)
	return d, vest, scope
}

func TestResellerTransfersInsideTheSubtree(t *testing.T) {
	d, vest, _ := resale(t)
	d.subscribe(testdb.Subscription{Plan: d.pro.ID})
	req := Request{Kind: Distributor, SourceCustomer: d.customer.Number, TargetDistributor: vest.Number, Mode: ModeEverything}
	if o := d.transfer(req); o.Status != "completed" || o.TargetDistributor != "Nordlys Vest" {
		t.Errorf("the order is %s, to %s", o.Status, o.TargetDistributor)
	}
}

// What lies outside the subtree is not found, in the words for what does not exist.
func TestResellerFindsNothingOutside(t *testing.T) {
	d, _, _ := resale(t)
	beside := d.Customer(testdb.Customer{Name: "Thames Rowing Ltd", Distributor: d.thames.ID, Currency: "GBP"})
	sub := d.subscribe(testdb.Subscription{})
	merge := func(target string) Request {
		return Request{Kind: Merge, SourceCustomer: d.customer.Number, TargetCustomer: target}
	}
	moving := func(target string) Request {
		return Request{Kind: Subscriptions, SourceCustomer: d.customer.Number, TargetCustomer: target, Subscriptions: []string{sub.Number}}
	}
	to := func(source, target string) Request {
		return Request{Kind: Distributor, SourceCustomer: source, TargetDistributor: target, Mode: ModeSubscriptions}
	}
	for name, pair := range map[string][2]Request{
		"distributor beside":      {to(d.customer.Number, d.thames.Number), to(d.customer.Number, "D-900001")},
		"distributor above":       {to(d.customer.Number, d.Provider.Number), to(d.customer.Number, "D-900001")},
		"source":                  {to(beside.Number, d.nordlys.Number), to("C-900001", d.nordlys.Number)},
		"target of a merge":       {merge(beside.Number), merge("C-900001")},
		"target of subscriptions": {moving(beside.Number), moving("C-900001")},
		"distributor for target":  {merge(d.thames.Number), merge("D-900001")},
	} {
		ctx := context.Background()
		for call, ask := range map[string]func(Request) error{
			"preview": func(r Request) error { _, err := d.engine.Preview(ctx, r); return err },
			"records": func(r Request) error { _, err := d.engine.ImpactRecords(ctx, r, "invoice", true, "", 10); return err },
			"draft":   func(r Request) error { _, err := d.try(r); return err },
		} {
			if call == "draft" && name != "source" {
				continue // below
			}
			outside, unknown := ask(pair[0]), ask(pair[1])
			if !fault.Is(outside, fault.NotFound) || !fault.Is(unknown, fault.NotFound) {
				t.Errorf("%s, %s: %v; unknown: %v", name, call, outside, unknown)
				continue
			}
			a := strings.NewReplacer(beside.Number, "§", d.thames.Number, "§", d.Provider.Number, "§").Replace(outside.Error())
			if b := strings.NewReplacer("C-900001", "§", "D-900001", "§").Replace(unknown.Error()); a != b {
				t.Errorf("%s, %s: %q, an unknown one %q", name, call, a, b)
			}
		}
	}
}

// Whatever a draft was made to hold, Submit and Execute find no target outside.
func TestResellerSubmitsAndExecutesNothingOutside(t *testing.T) {
	d, _, scope := resale(t)
	d.subscribe(testdb.Subscription{})
	ctx := context.Background()
	program := *d.engine
	program.reach = nil
	req := Request{Kind: Distributor, SourceCustomer: d.customer.Number, TargetDistributor: d.Provider.Number, Mode: ModeSubscriptions}
	draft, err := d.engine.OpenDraft(ctx, d.actor, Distributor, d.customer.Number)
	if err != nil {
		t.Fatal(err)
	}
	draft, err = d.engine.UpdateDraft(ctx, d.actor, draft.Number, draft.Version, func(r *Request) { *r = req })
	if err != nil || draft.TargetDistributorID != nil {
		t.Fatalf("the draft goes to %v, %v", draft.TargetDistributorID, err)
	}
	p, err := program.Preview(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	if err := d.engine.Submit(ctx, d.actor, draft.ID, draft.Version, req); !fault.Is(err, fault.NotFound) || err.Error() != "There is no distributor "+d.Provider.Number+"." {
		t.Errorf("submitting: %v", err)
	}
	if err := program.Submit(ctx, d.actor, draft.ID, draft.Version, req); err != nil {
		t.Fatal(err)
	}
	// The worker's engine finds everything, but carries the order out as its requester.
	if err := program.Execute(ctx, audit.Actor{Name: "worker"}, draft.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("executing: %v", err)
	}
	if o, err := GetOrder(ctx, d.db, draft.Number); err != nil || o.Status != "failed" {
		t.Errorf("the order is %s, %v", o.Status, err)
	}
	// A draft of the provider's is not there for anybody else.
	owner := d.Staff(testdb.Staff{Name: "Aurora Manager"})
	theirs, err := program.OpenDraft(ctx, audit.Actor{ID: owner.ID, Name: owner.Name}, Distributor, d.customer.Number)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := GetOrderFor(ctx, d.db, scope, theirs.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("the provider's draft: %v", err)
	}
	if err := d.engine.DiscardDraft(ctx, d.actor, theirs.Number); !fault.Is(err, fault.NotFound) {
		t.Errorf("discarding the provider's draft: %v", err)
	}
}

func TestOnlyTheProviderDelegates(t *testing.T) {
	d, vest, _ := resale(t)
	req := Request{
		Kind: Distributor, SourceCustomer: d.customer.Number, TargetDistributor: vest.Number, Mode: ModeEverything,
		Delegate: []Delegation{{Plan: d.pro.Number, Prices: map[string]string{vest.Number: "1.00"}}},
	}
	if _, err := d.engine.Preview(context.Background(), req); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a preview that delegates: %v", err)
	}
	draft, err := d.engine.OpenDraft(context.Background(), d.actor, Distributor, d.customer.Number)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.engine.UpdateDraft(context.Background(), d.actor, draft.Number, draft.Version, func(r *Request) { *r = req }); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a draft that delegates: %v", err)
	}
	solo := d.Plan(testdb.Plan{Name: "Solo", Distributor: d.nordlys.ID, Price: "5.00"})
	d.subscribe(testdb.Subscription{Plan: solo.ID})
	req.Delegate = nil
	w, err := d.engine.Walk(context.Background(), req)
	if err != nil || len(w.Choices) != 1 || len(w.Choices[0].Levels) != 0 {
		t.Errorf("the walk offers %+v, %v", w.Choices, err)
	}
	if f, ok := func() (Finding, bool) { p := d.preview(req); return p.Finding("PLAN_NOT_DELEGATED") }(); !ok || strings.Contains(f.Remedy, "delegate") {
		t.Errorf("the remedy: %+v", f)
	}
}

// Accounts elsewhere that carry the same CRM id are neither named nor counted.
func TestResellerIsNotToldOfAccountsElsewhere(t *testing.T) {
	d, vest, _ := resale(t)
	d.Exec(`update customers set crm_id = 'CRM-7' where id = $1`, d.customer.ID)
	d.Customer(testdb.Customer{Name: "Thames Rowing Ltd", Distributor: d.thames.ID, Currency: "GBP", CRMID: "CRM-7"})
	req := Request{Kind: Distributor, SourceCustomer: d.customer.Number, TargetDistributor: vest.Number, Mode: ModeEverything}
	p := d.preview(req)
	if f, found := p.Finding("CRM_CONFLICT"); found {
		t.Errorf("found %+v", f)
	}
	other := d.Customer(testdb.Customer{Distributor: vest.ID, CRMID: "CRM-7"})
	p = d.preview(req)
	if f, _ := p.Finding("CRM_CONFLICT"); f.Count != 1 || f.Records[0].Number != other.Number {
		t.Errorf("found %+v", f)
	}
	child := d.Customer(testdb.Customer{Distributor: d.thames.ID, Currency: "GBP", Parent: d.customer.ID, BillToParent: true})
	p = d.preview(req)
	if f, found := p.Finding("CHILD_ACCOUNTS"); !found || len(f.Records) != 0 || strings.Contains(f.Message, child.Number) {
		t.Errorf("found %+v", f)
	}
}
