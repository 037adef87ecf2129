package billing_test

import (
	"testing"

	"handover/internal/testdb"
)

// The tables of this file go on where settlement_test.go ends: each sentence of
// docs/domain.md 8.2 from another side.

func TestCreditMemoIsVoidedAndComesBack(t *testing.T) {
	t.Parallel()
	memo := func(status string) step {
		return creditMemo(testdb.Memo{Number: "CM-1", Status: status}, "INV-1 50.00")
	}
	run(t, "", map[string][]moment{
		"applied, void, applied": {
			{[]step{invoice("INV-1", "50.00", "", "paid"), memo("applied")}, "CM-1 applied 0, INV-1 paid 0"},
			{[]step{set("credit_memos", "CM-1", "status", "void")}, "CM-1 void 50, INV-1 open 50"},
			{[]step{set("credit_memos", "CM-1", "status", "applied")}, "CM-1 applied 0, INV-1 paid 0"},
		},
		"what takes its place while it is void goes first or last by its date": {
			{[]step{
				invoice("INV-1", "50.00", "", "paid"), memo("open"),
				set("credit_memos", "CM-1", "status", "void"),
			}, "CM-1 void 50, INV-1 open 50"},
			{
				[]step{
					payment("P1", "30.00", "succeeded", "2026-01-10", "INV-1 30.00"),
					payment("P2", "20.00", "succeeded", "2026-01-20", "INV-1 20.00"),
				},
				"CM-1 void 50, INV-1 paid 0, P1 0, P2 0",
			},
			{[]step{set("credit_memos", "CM-1", "status", "open")}, "CM-1 open 30, INV-1 paid 0, P1 0, P2 20"},
		},
		"on a debit memo": {
			{
				[]step{
					debitMemo(testdb.Memo{Number: "DM-1", Status: "applied"}),
					creditMemo(testdb.Memo{Number: "CM-1", Status: "applied"}, "DM-1 50.00"),
				},
				"CM-1 applied 0, DM-1 applied 0",
			},
			{[]step{set("credit_memos", "CM-1", "status", "void")}, "CM-1 void 50, DM-1 open 50"},
			{[]step{set("credit_memos", "CM-1", "status", "open")}, "CM-1 open 0, DM-1 applied 0"},
		},
	})
}

func TestOrderInWhichMoneyCounts(t *testing.T) {
	t.Parallel()
	on := func(number, day, purpose string) testdb.Memo {
		return testdb.Memo{Number: number, Amount: "60.00", Purpose: purpose, IssuedOn: day}
	}
	run(t, "", map[string][]moment{
		"of one day by number, as a text": {
			{[]step{
				invoice("INV-1", "100.00", "", "open"), payment("P1", "60.00", "succeeded", "2026-01-10",
					"INV-1 60.00"),
				creditMemo(on("CM-9", "2026-01-10", ""), "INV-1 60.00"), creditMemo(on("CM-10", "2026-01-10", ""),
					"INV-1 60.00"),
			}, "CM-10 open 0, CM-9 open 20, INV-1 open 0, P1 60"},
			{[]step{set("credit_memos", "CM-10", "status", "void")}, "CM-10 void 60, CM-9 open 0, INV-1 open 0, P1 20"},
			{
				[]step{set("credit_memos", "CM-10", "status", "open"), set("credit_memos", "CM-10", "number", "CM-99")},
				"CM-9 open 0, CM-99 open 20, INV-1 open 0, P1 60",
			},
			{
				[]step{set("payments", "P1", "received_on", "2026-01-09")},
				"CM-9 open 20, CM-99 open 60, INV-1 open 0, P1 0",
			},
		},
		"of several memos of transfers the earlier one, and all before other money": {
			{[]step{
				invoice("INV-1", "100.00", "", "open"), payment("P1", "60.00", "succeeded", "2026-01-10",
					"INV-1 60.00"),
				creditMemo(on("CM-1", "2026-03-02", "transfer"), "INV-1 60.00"),
				creditMemo(on("CM-2", "2026-03-01", "transfer"), "INV-1 60.00"),
			}, "CM-1 open 20, CM-2 open 0, INV-1 open 0, P1 60"},
			{
				[]step{set("credit_memos", "CM-1", "issued_on", "2026-02-28")},
				"CM-1 open 0, CM-2 open 20, INV-1 open 0, P1 60",
			},
		},
		"memos of the running term are like any other": {
			{[]step{
				invoice("INV-1", "100.00", "", "open"), payment("P1", "60.00", "succeeded", "2026-01-10",
					"INV-1 60.00"),
				creditMemo(on("CM-1", "2026-03-02", "unused_term"), "INV-1 60.00"),
			}, "CM-1 open 20, INV-1 open 0, P1 0"},
		},
		"a second collection counts after the first one failed, and steps back when it is collected after all": {
			{[]step{
				invoice("INV-1", "100.00", "", "paid"), payment("P1", "100.00", "failed", "2026-01-10", "INV-1 100.00"),
				payment("P2", "100.00", "succeeded", "2026-01-20", "INV-1 100.00"),
			}, "INV-1 paid 0, P2 0"},
			{[]step{set("payments", "P1", "status", "succeeded")}, "INV-1 paid 0, P1 0, P2 100"},
			{
				[]step{set("payments", "P2", "status", "failed"), set("payments", "P1", "status", "failed")},
				"INV-1 open 100",
			},
			{[]step{set("payments", "P1", "status", "succeeded")}, "INV-1 paid 0, P1 0"},
		},
	})
}

func TestDocumentsThatAskForNothing(t *testing.T) {
	t.Parallel()
	run(t, "", map[string][]moment{
		"a total of zero, and money that failed": {
			{
				[]step{invoice("INV-1", "0.00", "", "paid"), payment("P1", "10.00", "failed", "", "INV-1 10.00")},
				"INV-1 paid 0",
			},
		},
		"a total of zero that is transferred": {
			{[]step{
				invoice("INV-1", "0.00", "", "transferred"),
				debitMemo(testdb.Memo{Number: "DM-1", Status: "open"}),
			}, "DM-1 open 50, INV-1 transferred 0"},
		},
		"a total below zero": {
			{
				[]step{invoice("INV-1", "-5.00", "", "paid"), payment("P1", "10.00", "succeeded", "", "INV-1 10.00")},
				"INV-1 paid -5, P1 10",
			},
		},
		"every status, no allocation": {
			{[]step{
				invoice("INV-1", "1.00", "", "draft"), invoice("INV-2", "1.00", "", "open"),
				invoice("INV-3", "1.00", "", "paid"),
				invoice("INV-4", "1.00", "", "transferred"), invoice("INV-5", "1.00", "", "void"),
				creditMemo(testdb.Memo{Number: "CM-1", Status: "applied"}),
				creditMemo(testdb.Memo{Number: "CM-2", Status: "void"}),
				debitMemo(testdb.Memo{Number: "DM-1", Status: "transferred"}),
				debitMemo(testdb.Memo{Number: "DM-2", Status: "void"}),
			}, "CM-1 applied 50, CM-2 void 50, DM-1 transferred 50, DM-2 void 50, INV-1 draft 1, INV-2 open 1, " +
				"INV-3 paid 1, INV-4 transferred 1, INV-5 void 1"},
		},
		"a draft that is issued as paid though too little counts": {
			{
				[]step{invoice("INV-1", "10.00", "", "draft"), payment("P1", "4.00", "succeeded", "", "INV-1 4.00")},
				"INV-1 draft 6, P1 0",
			},
			{[]step{set("invoices", "INV-1", "status", "paid")}, "INV-1 open 6, P1 0"},
			{[]step{set("invoices", "INV-1", "status", "void")}, "INV-1 void 6, P1 0"},
			{[]step{set("invoices", "INV-1", "status", "transferred")}, "INV-1 open 6, P1 0"},
		},
	})
}

func TestChargebackBesideRefunds(t *testing.T) {
	t.Parallel()
	full := []step{
		invoice("INV-9", "60.00", "2026-02-01", "paid"), invoice("INV-10", "40.00", "2026-02-01", "paid"),
		payment("P1", "100.00", "succeeded", "2026-01-10", "INV-10 40.00", "INV-9 60.00"),
	}
	part := []step{invoice("INV-1", "100.00", "", "paid"), payment("P1", "130.00", "succeeded", "2026-01-10",
		"INV-1 100.00")}
	with := func(before []step, more ...step) []step { return append(append([]step{}, before...), more...) }
	run(t, "", map[string][]moment{
		"numbers descend as texts": {
			{with(full, chargeback("F1", "P1", "50.00")), "INV-10 paid 0, INV-9 open 50, P1 0"},
			{[]step{chargeback("F2", "P1", "20.00")}, "INV-10 open 10, INV-9 open 60, P1 0"},
		},
		"a refund beyond the rest leaves nothing, and takes nothing either": {
			{with(full, refund("F1", "P1", "30.00", "succeeded")), "INV-10 paid 0, INV-9 paid 0, P1 0"},
			{[]step{chargeback("F2", "P1", "50.00")}, "INV-10 paid 0, INV-9 open 50, P1 0"},
		},
		"a refund that pays out a memo uses nothing of the payment": {
			{with(part, creditMemo(testdb.Memo{Number: "CM-1"}), payOut("CM-1", "P1", "30.00"),
				chargeback("F1", "P1", "50.00")), "CM-1 open 20, INV-1 open 20, P1 0"},
		},
		"a refund that is under way or failed uses nothing": {
			{with(part, refund("F1", "P1", "30.00", "processing"), refund("F2", "P1", "30.00", "failed"),
				chargeback("F3", "P1", "30.00")), "INV-1 paid 0, P1 0"},
			{[]step{set("refunds", "F1", "status", "succeeded")}, "INV-1 open 30, P1 0"},
		},
		"of a payment that did not succeed": {
			{[]step{
				invoice("INV-1", "50.00", "", "paid"), payment("P1", "50.00", "failed", "", "INV-1 50.00"),
				chargeback("F1", "P1", "50.00"),
			}, "INV-1 open 50"},
			{[]step{set("payments", "P1", "status", "succeeded")}, "INV-1 open 50, P1 0"},
			{[]step{set("refunds", "F1", "kind", "refund")}, "INV-1 paid 0, P1 0"},
		},
		"taken away again, and of another payment": {
			{
				with(part, chargeback("F1", "P1", "130.00"), payment("P2", "130.00", "succeeded", "2026-01-11")),
				"INV-1 open 100, P1 0, P2 130",
			},
			{[]step{func(l *ledger) {
				l.Exec(`update refunds set payment_id = $2 where id = $1`, l.ids["F1"], l.ids["P2"])
			}}, "INV-1 paid 0, P1 30, P2 0"},
			{[]step{func(l *ledger) { l.Exec(`delete from refunds`) }}, "INV-1 paid 0, P1 30, P2 130"},
		},
		"debit memos by due date, else issue date, then number": {
			{[]step{
				debitMemo(testdb.Memo{Number: "DM-1", IssuedOn: "2026-02-01", Status: "applied"}),
				debitMemo(testdb.Memo{Number: "DM-2", IssuedOn: "2026-02-01", Status: "applied"}),
				payment("P1", "100.00", "succeeded", "", "DM-1 50.00", "DM-2 50.00"), chargeback("F1", "P1", "30.00"),
			}, "DM-1 applied 0, DM-2 open 30, P1 0"},
			{[]step{set("debit_memos", "DM-1", "issued_on", "2026-02-02")}, "DM-1 open 30, DM-2 applied 0, P1 0"},
			{[]step{set("debit_memos", "DM-2", "due_on", "2026-02-03")}, "DM-1 applied 0, DM-2 open 30, P1 0"},
			{[]step{set("debit_memos", "DM-1", "due_on", "2026-02-03")}, "DM-1 applied 0, DM-2 open 30, P1 0"},
			{[]step{set("debit_memos", "DM-2", "number", "DM-0")}, "DM-0 applied 0, DM-1 open 30, P1 0"},
			{[]step{set("debit_memos", "DM-1", "amount", "20.00")}, "DM-0 applied 0, DM-1 applied 0, P1 0"},
		},
		"what was taken back makes room": {
			{[]step{
				invoice("INV-1", "100.00", "", "paid"), payment("P1", "100.00", "succeeded", "2026-01-10",
					"INV-1 100.00"),
				creditMemo(testdb.Memo{Number: "CM-1", Amount: "40.00"}, "INV-1 40.00"),
			}, "CM-1 open 40, INV-1 paid 0, P1 0"},
			{[]step{chargeback("F1", "P1", "30.00")}, "CM-1 open 10, INV-1 paid 0, P1 0"},
			{[]step{chargeback("F2", "P1", "30.00")}, "CM-1 open 0, INV-1 open 20, P1 0"},
		},
	})
}

// TestRefundsHaveTheirEffectInDateOrder: of several refunds the earlier ones use what is
// unapplied; what goes beyond has no effect on the balance, and no entry is expected for it.
func TestRefundsHaveTheirEffectInDateOrder(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	i := w.Invoice(testdb.Invoice{Amount: "70.00", Status: "paid"})
	p := w.Payment(testdb.Payment{
		Customer: i.Customer, Amount: "100.00",
		Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "70.00"}},
	})
	m := w.CreditMemo(testdb.Memo{Customer: i.Customer, Amount: "40.00"})
	for _, r := range []testdb.Refund{
		{On: "2026-02-03", Amount: "20.00"},
		{On: "2026-02-01", Amount: "25.00"},
		{On: "2026-02-02", Amount: "90.00", Status: "failed"},
		{On: "2026-02-02", Amount: "30.00", CreditMemo: m.ID},
		{On: "2026-02-01", Amount: "15.00", CreditMemo: m.ID},
		{On: "2026-02-04", Amount: "1.00"},
	} {
		r.Payment = p.ID
		w.Refund(r)
	}
	const want = "2026-02-01 15 of 15, 2026-02-01 25 of 25, 2026-02-02 25 of 30, 2026-02-02 0 of 90, 2026-02-03 " +
		"5 of 20, 2026-02-04 0 of 1"
	if got := w.Text(`select string_agg(on_date || ' ' || trim_scale(d.effect) || ' of ' || trim_scale(r.amount), ', '
		order by on_date, r.credit_memo_id, r.amount)
		from receivable_documents d join refunds r on d.kind = 'refund' and r.id = d.id`); got != want {
		t.Errorf("effects:\n got %s\nwant %s", got, want)
	}
	if got := w.Text(`select trim_scale(balance) from customer_balances where customer_id = $1`,
		i.Customer); got != "0" {
		t.Errorf("the balance is %s", got)
	}
}
