package engine

import (
	"testing"

	"handover/internal/testdb"
)

// A payment that settles only a debit memo goes with it, also where no invoice moves.
func TestPaymentOfADebitMemoFollowsIt(t *testing.T) {
	d := newDesk(t)
	target, s := d.peer(), d.subscribe(testdb.Subscription{})
	m := d.DebitMemo(testdb.Memo{Customer: d.customer.ID, Subscription: s.ID, Amount: "20.00"})
	d.Payment(testdb.Payment{
		Customer: d.customer.ID, Amount: "20.00",
		Allocations: []testdb.Allocation{{DebitMemo: m.ID}},
	})
	d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "5.00"})
	d.transfer(d.give(target, "", s))
	d.want("debit memo, payment, credit memo", "new new old",
		`select $1::text || ' ' || $2 || ' ' || $3`, d.owners("debit_memo", target.ID), d.owners("payment", target.ID),
		d.owners("credit_memo", target.ID))
	d.verify()
}

// The memo that opens the carried balance names the target as it is after the merge.
func TestCarriedMemoNamesTheMergedAccount(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
	ask := d.into(target, "2026-01-01")
	ask.KeepFromSource = []string{"name"}
	d.transfer(ask)
	d.want("buyer", d.customer.Name, `select buyer_name from debit_memos where customer_id = $1`, target.ID)
	d.verify()
}

// A CRM id that both accounts share is no former id of either.
func TestMergeOfOneCRMID(t *testing.T) {
	d := newDesk(t)
	d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
	d.transfer(d.into(d.Customer(testdb.Customer{CRMID: "CRM-1"}), ""))
	d.want("former ids", "0", `select count(*)::text from former_ids where kind = 'crm_id'`)
}

// A contract whose last day is before E stays behind, whatever its status says.
func TestMergeLeavesWhatHasRunOut(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	d.subscribe(testdb.Subscription{End: "2025-12-31"})
	d.transfer(d.into(target, "2026-01-01"))
	d.want("subscriptions", "old", `select $1::text`, d.owners("subscription", target.ID))
	d.verify()
}

// A subscription that was cut once is cut again at an earlier day: what comes in between
// goes on in the continuation of the first cut.
func TestSubscriptionIsCutTwice(t *testing.T) {
	d := newDesk(t)
	first, second, s := d.peer(), d.Customer(testdb.Customer{Name: "Third AS"}),
		d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	d.transfer(d.give(first, "2026-02-01", s))
	d.transfer(d.give(second, "2026-01-01", s))
	d.want("contracts", "2025-06-01 2025-12-31 cancelled, 2026-01-01 2026-01-31 cancelled, 2026-02-01  active", `
		select string_agg(concat_ws(' ', start_on, coalesce(end_on::text, ''), status), ', ' order by start_on)
		from subscriptions`)
	d.want("chain", "2026-01-01 2026-02-01", `
		select a.on_date || ' ' || b.on_date from subscription_continuations a
		join subscription_continuations b on b.subscription_id = a.continuation_id
		where a.subscription_id = $1`, s.ID)
	d.verify()
}
