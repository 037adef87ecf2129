package billing_test

import (
	"testing"

	"handover/internal/testdb"
)

func TestChargebackTakesBack(t *testing.T) {
	t.Parallel()
	two := []step{
		invoice("INV-1", "60.00", "2026-02-01", "paid"), invoice("INV-2", "40.00", "2026-03-01", "paid"),
		payment("P1", "130.00", "succeeded", "2026-01-10", "INV-1 60.00", "INV-2 40.00"),
	}
	alike := []step{
		invoice("INV-1", "50.00", "2026-02-01", "paid"), invoice("INV-2", "50.00", "2026-02-01", "paid"),
		payment("P1", "100.00", "succeeded", "2026-01-10", "INV-2 50.00", "INV-1 50.00"),
	}
	memos := []step{
		debitMemo(testdb.Memo{Number: "DM-1", IssuedOn: "2026-01-01", DueOn: "2026-04-01", Status: "applied"}),
		debitMemo(testdb.Memo{Number: "DM-2", IssuedOn: "2026-03-01", Status: "applied"}),
		invoice("INV-1", "50.00", "2026-03-15", "paid"),
		payment("P1", "150.00", "succeeded", "2026-01-10", "DM-1 50.00", "DM-2 50.00", "INV-1 50.00"),
	}
	with := func(before []step, more ...step) []step { return append(append([]step{}, before...), more...) }
	run(t, "", map[string][]moment{
		"what is not allocated first, then the latest due date": {
			{with(two, chargeback("F1", "P1", "20.00")), "INV-1 paid 0, INV-2 paid 0, P1 10"},
			{[]step{chargeback("F2", "P1", "30.00")}, "INV-1 paid 0, INV-2 open 20, P1 0"},
			{[]step{chargeback("F3", "P1", "30.00")}, "INV-1 open 10, INV-2 open 40, P1 0"},
			{[]step{set("refunds", "F2", "status", "failed")}, "INV-1 paid 0, INV-2 open 20, P1 0"},
		},
		"then the highest number": {
			{with(alike, chargeback("F1", "P1", "60.00")), "INV-1 open 10, INV-2 open 50, P1 0"},
		},
		"a memo without a due date is due when it was issued": {
			{with(memos, chargeback("F1", "P1", "120.00")), "DM-1 open 50, DM-2 open 20, INV-1 open 50, P1 0"},
		},
		"another due date, another number": {
			{with(alike, chargeback("F1", "P1", "50.00")), "INV-1 paid 0, INV-2 open 50, P1 0"},
			{[]step{set("invoices", "INV-1", "due_on", "2026-02-02")}, "INV-1 open 50, INV-2 paid 0, P1 0"},
			{[]step{set("invoices", "INV-2", "due_on", "2026-02-02")}, "INV-1 paid 0, INV-2 open 50, P1 0"},
			{[]step{set("invoices", "INV-2", "number", "INV-0")}, "INV-0 paid 0, INV-1 open 50, P1 0"},
		},
		"more than the payment": {
			{with(two, chargeback("F1", "P1", "500.00")), "INV-1 open 60, INV-2 open 40, P1 0"},
		},
		"one that is under way or failed takes nothing": {
			{with(two, payBack("F1", "P1", "130.00", "processing", "chargeback"),
				payBack("F2", "P1", "130.00", "failed", "chargeback")), "INV-1 paid 0, INV-2 paid 0, P1 30"},
			{[]step{set("refunds", "F1", "status", "succeeded")}, "INV-1 open 60, INV-2 open 40, P1 0"},
		},
		"refunds use what is not allocated before": {
			{
				with(two, refund("F1", "P1", "25.00", "succeeded"), chargeback("F2", "P1", "10.00")),
				"INV-1 paid 0, INV-2 open 5, P1 0",
			},
		},
		"what found no room is not taken back": {
			{[]step{
				invoice("INV-1", "60.00", "2026-02-01", "open"), invoice("INV-2", "40.00", "2026-01-01", "open"),
				payment("P0", "40.00", "succeeded", "2025-01-01", "INV-2 40.00"),
				payment("P1", "100.00", "succeeded", "2026-01-10", "INV-1 60.00", "INV-2 40.00"),
			}, "INV-1 open 0, INV-2 open 0, P0 0, P1 40"},
			{[]step{chargeback("F1", "P1", "40.00")}, "INV-1 open 0, INV-2 open 0, P0 0, P1 0"},
			{[]step{set("payments", "P0", "status", "failed")}, "INV-1 open 40, INV-2 open 0, P1 0"},
		},
	})
}

func TestRefundUsesTheRestAndReopensNothingElse(t *testing.T) {
	t.Parallel()
	carrying := testdb.Memo{
		Number: "DM-1", Amount: "40.00", Purpose: "transfer", Status: "applied",
		IssuedOn: "2026-02-01",
	}
	goodwill := testdb.Memo{Number: "CM-1", Amount: "80.00", Status: "open"}
	run(t, "", map[string][]moment{
		"the rest, and no invoice": {
			{[]step{
				invoice("INV-1", "60.00", "", "paid"), payment("P1", "100.00", "succeeded", "", "INV-1 60.00"),
				refund("F1", "P1", "30.00", "succeeded"),
			}, "INV-1 paid 0, P1 10"},
			{[]step{refund("F2", "P1", "50.00", "succeeded")}, "INV-1 paid 0, P1 0"},
		},
		"then what carries the balance, which opens again": {
			{[]step{
				debitMemo(carrying), invoice("INV-1", "50.00", "2026-09-01", "paid"),
				payment("P1", "100.00", "succeeded", "", "INV-1 50.00", "DM-1 40.00"),
				refund("F1", "P1", "10.00", "succeeded"),
			}, "DM-1 applied 0, INV-1 paid 0, P1 0"},
			{[]step{refund("F2", "P1", "15.00", "succeeded")}, "DM-1 open 15, INV-1 paid 0, P1 0"},
			{[]step{refund("F3", "P1", "75.00", "succeeded")}, "DM-1 open 40, INV-1 paid 0, P1 0"},
			{
				[]step{set("refunds", "F3", "status", "failed"), set("debit_memos", "DM-1", "purpose", "")},
				"DM-1 applied 0, INV-1 paid 0, P1 0",
			},
		},
		"of several that carry a balance the latest due date first": {
			{[]step{
				debitMemo(testdb.Memo{
					Number: "DM-1", Purpose: "transfer", Status: "applied", IssuedOn: "2026-02-01",
					DueOn: "2026-01-01",
				}),
				debitMemo(testdb.Memo{Number: "DM-2", Purpose: "transfer", Status: "applied", IssuedOn: "2026-01-15"}),
				payment("P1", "100.00", "succeeded", "", "DM-1 50.00", "DM-2 50.00"),
				refund("F1", "P1", "60.00", "succeeded"),
			}, "DM-1 open 10, DM-2 open 50, P1 0"},
		},
		"one that failed does nothing": {
			{[]step{
				debitMemo(carrying), payment("P1", "40.00", "succeeded", "", "DM-1 40.00"),
				refund("F1", "P1", "40.00", "failed"),
			}, "DM-1 applied 0, P1 0"},
		},
		"one that names a memo pays that out and leaves the payment alone": {
			{
				[]step{
					invoice("INV-1", "60.00", "", "paid"), payment("P1", "100.00", "succeeded", "", "INV-1 60.00"),
					creditMemo(goodwill), payOut("CM-1", "P1", "30.00"),
				},
				"CM-1 open 50, INV-1 paid 0, P1 40",
			},
			{[]step{payOut("CM-1", "P1", "70.00")}, "CM-1 open 0, INV-1 paid 0, P1 40"},
		},
		"and takes back what of the memo carries a balance": {
			{[]step{
				debitMemo(carrying), payment("P1", "10.00", "succeeded", ""), creditMemo(goodwill, "DM-1 40.00"),
				payOut("CM-1", "P1", "50.00"),
			}, "CM-1 open 0, DM-1 open 10, P1 10"},
		},
	})
}
