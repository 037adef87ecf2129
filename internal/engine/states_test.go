package engine

import (
	"context"
	"testing"

	"handover/internal/audit"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func TestTheDatabaseRefusesOtherChanges(t *testing.T) {
	d := newDesk(t)
	o := d.TransferOrder(testdb.TransferOrder{Source: d.customer.ID, Status: "cancelled"})
	for _, statement := range []string{
		`update transfer_orders set status = 'queued' where id = $1`,
		`update transfer_orders set status = 'draft' where id = $1`,
		`update transfer_orders set status = 'nonsense' where id = $1`,
	} {
		if _, err := d.db.Exec(statement, o.ID); err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
	d.want("it stays", "cancelled", `select status from transfer_orders where id = $1`, o.ID)
}

// An act on an order that is not in one of its states changes nothing.
func TestActsNeedTheirState(t *testing.T) {
	d := newDesk(t)
	ctx, actor := context.Background(), audit.Actor{Name: "tester"}
	done := d.transfer(d.toNordlys())
	for name, do := range map[string]func(number string) error{
		"cancel":  func(n string) error { return d.engine.Cancel(ctx, actor, n, "why") },
		"approve": func(n string) error { return d.engine.Approve(ctx, actor, n) },
		"reject":  func(n string) error { return d.engine.Reject(ctx, actor, n, "why") },
		"retry":   func(n string) error { _, err := d.engine.Retry(ctx, actor, n); return err },
	} {
		if err := do(done.Number); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of a completed order: %v", name, err)
		}
		if err := do("TO-999999"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s of no order: %v", name, err)
		}
	}
	d.want("it stays", "completed", `select status from transfer_orders where id = $1`, done.ID)
}

// A failed order is previewed and confirmed anew, by the person who retries it.
func TestRetry(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	d.subscribe(testdb.Subscription{})
	d.ExecOwner(`create function refuse() returns trigger language plpgsql as
		'begin raise exception ''out of order''; end'`)
	d.ExecOwner(`create trigger refuse before update on subscriptions for each row execute function refuse()`)
	o, err := d.try(d.toNordlys())
	if err == nil {
		t.Fatal("it was executed")
	}
	d.want("it failed, and says what to do", "failed true 0", `
		select status || ' ' || (failure = 'stopped') || ' ' || (select count(*) from open_transfers)
		from transfer_orders where id = $1`, o.ID)
	d.ExecOwner(`drop trigger refuse on subscriptions`)
	draft, err := d.engine.Retry(ctx, d.actor, o.Number)
	if err != nil || draft.Status != "draft" || draft.Failure != "" || draft.StartedAt != nil {
		t.Fatalf("%+v, %v", draft, err)
	}
	p := d.preview(draft.Request)
	accepted := draft.Request
	accepted.Fingerprint = p.Fingerprint
	if err := d.engine.Submit(ctx, d.actor, draft.ID, draft.Version, accepted); err != nil {
		t.Fatal(err)
	}
	if err := d.engine.Work(ctx, draft.ID); err != nil {
		t.Fatal(err)
	}
	d.want("it is done", "completed", `select status from transfer_orders where id = $1`, o.ID)
	d.verify()
}
