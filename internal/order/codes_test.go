package order_test

import (
	"strings"
	"testing"

	"handover/internal/order"
	"handover/internal/testdb"
	"handover/migrations"
)

// Migration 0007 turns the sentences of former versions into codes, and the same words are shown.
func TestMigrationTurnsSentencesIntoCodes(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	failed := c.TransferOrder(testdb.TransferOrder{
		Source: c.old.ID, Target: c.new.ID, Status: "failed",
		Failure: "The books do not balance.",
	})
	stopped := c.TransferOrder(testdb.TransferOrder{
		Source: c.old.ID, Target: c.new.ID, Status: "failed",
		Failure: "The transfer stopped before anything was changed. Try again; if it fails again, report the " +
			"order's number.",
	})
	c.ExecOwner(`alter table transfer_differences drop column facts`)
	c.ExecOwner(`alter table transfer_leases drop column phase_kind`)
	c.ExecOwner(`alter table transfer_orders drop column failure_facts`)
	c.Exec(`insert into transfer_leases (order_id, phase) values ($1, 'Moving the invoices')`, c.draft.ID)
	c.Exec(`insert into transfer_events (order_id, event, detail) values ($1, 'failed', 'The books do not balance.')`,
		failed.ID)
	c.Exec(`insert into transfer_events (order_id, event, detail) values ($1, 'rejected', 'Not now.')`, failed.ID)
	reasons := []string{
		"into GBP", "from EUR, at the new prices", "new prices per month", "from EUR at 0.87649", "at 0.5",
		"from EUR at the new price 231.60 for 252.00", "at the new price 231.60 for 252.00",
		"entries that stay when their schedule lines move",
		"memo that carries the balance", "entry of that memo", "memo that takes CM-000001 back",
		"the balance that CM-000001 carried",
		"the balance that 3 memos carried", "back into EUR",
	}
	for _, reason := range reasons {
		c.Exec(`insert into transfer_differences (order_id, kind, currency, reason, count, amount)
			values ($1, 'invoice', 'EUR', $2, 1, 1)`, failed.ID, reason)
	}
	for _, reworded := range []string{
		"prices per month as before", "the amounts before", "from GBP, at the prices before",
		"from GBP, the amounts before",
		"continuations, beside the subscriptions they continue",
	} {
		c.Exec(`insert into transfer_differences (order_id, kind, currency, reason, count, amount)
			values ($1, 'invoice', 'EUR', $2, 1, 1)`, failed.ID, reworded)
	}
	up, err := migrations.FS.ReadFile("0007_codes.sql")
	if err != nil {
		t.Fatal(err)
	}
	c.ExecOwner(string(up))

	list, err := order.Differences(t.Context(), c.pool, failed.ID)
	if err != nil {
		t.Fatal(err)
	}
	reasons = append(reasons, "former prices per month", "the former amounts", "from GBP, at the former prices",
		"from GBP, the former amounts",
		"continuations of the subscriptions that were split")
	for i, d := range list {
		if d.Words() != reasons[i] || strings.Contains(string(d.Reason), " ") {
			t.Errorf("the reason %q became %q, shown as %q", reasons[i], d.Reason, d.Words())
		}
	}
	for _, o := range []testdb.TransferOrder{failed, stopped} {
		got, err := order.GetOrder(t.Context(), c.pool, o.Number)
		if err != nil || !strings.HasPrefix(got.Failure, o.Failure[:24]) || strings.Contains(got.FailureCode, " ") {
			t.Errorf("the failure %q became %q, shown as %q (%v)", o.Failure, got.FailureCode, got.Failure, err)
		}
	}
	events, err := order.EventsFor(t.Context(), c.pool, c.everything, order.Sides{Whole: true}, failed.ID)
	if err != nil || len(events) != 2 || events[0].Detail != "Not now." ||
		events[1].Detail != "The books do not balance." {
		t.Errorf("the timeline is %+v (%v)", events, err)
	}
	if got := c.Text(`select phase from transfer_leases where order_id = $1`, c.draft.ID); got != "" {
		t.Errorf("the phase is %q", got)
	}
}
