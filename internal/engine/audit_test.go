package engine

import (
	"context"
	"errors"
	"testing"
	"time"

	"handover/internal/audit"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
)

// A completed order carries the head of the audit log as it was then, and the chain
// goes through it.
func TestOrderCarriesTheHeadOfTheAuditLog(t *testing.T) {
	d := newDesk(t)
	d.subscribe(testdb.Subscription{})
	if err := audit.Seal(t.Context(), d.db); err != nil {
		t.Fatal(err)
	}
	if err := audit.Append(t.Context(), d.db, audit.Entry{Action: "before"}); err != nil {
		t.Fatal(err)
	}
	if err := audit.Seal(t.Context(), d.db); err != nil {
		t.Fatal(err)
	}
	head, err := audit.ReadHead(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	o := d.transfer(d.toNordlys())
	d.want("head on the order", head.String(), `
		select audit_head_count || ':' || encode(audit_head_hash, 'hex') from transfer_orders where id = $1`, o.ID)
	checks, err := audit.Verify(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			t.Errorf("%s: %v", c.Name, c.Failures)
		}
	}
	if got := checks[2].Checked; got != 2 {
		t.Errorf("%d heads were compared, want the log's and the order's", got)
	}
}

// Every way in which an order ends without being executed is an entry with its status
// before and after.
func TestEndingsAreAudited(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	const states = `select string_agg(action || ' ' || coalesce(before->>'status', 'none') || ' > ' ||
		(after->>'status'), ', ' order by id)
		from audit_entries where order_id = $1`
	open := func() order.Order {
		o, err := d.engine.OpenDraft(ctx, d.actor, record.Distributor, d.customer.Number)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	discarded := open()
	if err := d.engine.DiscardDraft(ctx, d.actor, discarded.Number); err != nil {
		t.Fatal(err)
	}
	d.want("a discarded draft", "transfer.open none > draft, transfer.cancel draft > cancelled", states, discarded.ID)

	expired := open()
	then := d.engine.Now()
	d.engine.Now = func() time.Time { return then.Add(order.DraftLife + time.Hour) }
	failing := open()
	d.want("an expired draft", "transfer.open none > draft, transfer.expire draft > cancelled", states, expired.ID)

	d.Exec(`update transfer_orders set status = 'queued' where id = $1`, failing.ID)
	d.Exec(`insert into transfer_leases (order_id) values ($1)`, failing.ID)
	l, err := d.engine.Claim(ctx, d.actor, failing.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.engine.giveUp(ctx, d.actor, l, context.DeadlineExceeded); !errors.Is(err, errFailed) {
		t.Fatal(err)
	}
	d.want("a failed order", "transfer.open none > draft, transfer.begin queued > in_progress, transfer.fail "+
		"in_progress > failed", states, failing.ID)
}
