package engine

import (
	"slices"
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// paying makes a payment of the customer for one invoice.
func (d *desk) paying(amount, status string, inv testdb.Invoice, allocated string) testdb.Payment {
	d.t.Helper()
	return d.Payment(testdb.Payment{
		Customer: d.customer.ID, Amount: amount, Status: status, ReceivedOn: "2026-02-01",
		Allocations: []testdb.Allocation{{Invoice: inv.ID, Amount: allocated}},
	})
}

// unappliedCase is a payment beside an invoice of 10.00 that moves with its subscription.
func unappliedCase(make func(d *desk, moving testdb.Invoice)) func(d *desk) transfer.Request {
	return func(d *desk) transfer.Request {
		s := d.subscribe(testdb.Subscription{})
		make(d, d.billed("INV-1", "2026-01-15", s))
		return d.give(d.peer(), "", s)
	}
}

// refundedCase is an open credit memo of 50.00 beside a payment of 100.00, all of which
// settles an invoice, in a merge.
func refundedCase(make func(d *desk, paid testdb.Payment, memo testdb.Memo)) func(d *desk) transfer.Request {
	return func(d *desk) transfer.Request {
		d.paidBack(make)
		return d.into(d.peer(), "")
	}
}

func (d *desk) paidBack(make func(d *desk, paid testdb.Payment, memo testdb.Memo)) {
	d.t.Helper()
	i := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Number: "INV-R", Amount: "100.00", Status: "paid"})
	make(d, d.paying("100.00", "succeeded", i, "100.00"),
		d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: "CM-R"}))
}

// refunds returns money of the payment, without naming a memo.
func refunds(r testdb.Refund) func(d *desk, paid testdb.Payment, memo testdb.Memo) {
	return func(d *desk, paid testdb.Payment, _ testdb.Memo) {
		r.Payment = paid.ID
		d.Refund(r)
	}
}

// moneyCases go on where customersCases end: money that is not allocated, or was paid back.
var moneyCases = []customersCase{
	{
		code: "UNAPPLIED_MOVES", name: "a payment for more than its invoice",
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.paying("12.00", "succeeded", i, "10.00")
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "what finds no room on its invoice",
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.paying("10.00", "succeeded", i, "10.00")
			d.paying("10.00", "succeeded", i, "10.00")
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "a part of the rest is refunded",
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.Refund(testdb.Refund{Payment: d.paying("12.00", "succeeded", i, "10.00").ID, Amount: "1.00"})
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "all of it is allocated", clean: true,
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.paying("10.00", "succeeded", i, "10.00")
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "the rest is refunded, or charged back", clean: true,
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.Refund(testdb.Refund{Payment: d.paying("7.00", "succeeded", i, "5.00").ID, Amount: "2.00"})
			d.Refund(testdb.Refund{
				Payment: d.paying("7.00", "succeeded", i, "5.00").ID, Amount: "2.00",
				Kind: "chargeback",
			})
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "a payment that failed", clean: true,
		setup: unappliedCase(func(d *desk, i testdb.Invoice) {
			d.paying("12.00", "failed", i, "10.00")
		}),
	},
	{
		code: "UNAPPLIED_MOVES", name: "payments that stay", clean: true,
		setup: unappliedCase(func(d *desk, _ testdb.Invoice) {
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "12.00"})
			d.paying("12.00", "succeeded", d.billed("INV-2", "2026-01-15", d.subscribe(testdb.Subscription{})), "10.00")
		}),
	},
	{code: "UNAPPLIED_MOVES", name: "a merge takes everything", clean: true, setup: func(d *desk) transfer.Request {
		d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "12.00"})
		return d.into(d.peer(), "")
	}},
	{
		code: "REFUNDED_CREDIT", name: "a refund of applied money that names no memo",
		setup: refundedCase(refunds(testdb.Refund{Amount: "50.00"})),
	},
	{
		code: "REFUNDED_CREDIT", name: "a refund that goes beyond the rest by a cent",
		setup: refundedCase(func(d *desk, paid testdb.Payment, _ testdb.Memo) {
			d.Exec(`update payments set amount = 120 where id = $1`, paid.ID)
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "20.00"})
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "0.01"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a memo of which a part is left",
		setup: refundedCase(func(d *desk, paid testdb.Payment, memo testdb.Memo) {
			d.AllocateCredit(memo.ID, testdb.Allocation{
				Invoice: d.open("INV-O", "60.00", "2026-02-01").ID,
				Amount:  "49.99",
			})
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "50.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a refund of the rest", clean: true,
		setup: refundedCase(func(d *desk, paid testdb.Payment, _ testdb.Memo) {
			d.Exec(`update payments set amount = 120 where id = $1`, paid.ID)
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "20.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a refund that names a memo", clean: true,
		setup: refundedCase(func(d *desk, paid testdb.Payment, memo testdb.Memo) {
			d.Refund(testdb.Refund{Payment: paid.ID, CreditMemo: memo.ID, Amount: "20.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a refund that failed, and one under way", clean: true,
		setup: refundedCase(func(d *desk, paid testdb.Payment, _ testdb.Memo) {
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "50.00", Status: "failed"})
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "50.00", Status: "processing"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a chargeback", clean: true,
		setup: refundedCase(refunds(testdb.Refund{Amount: "50.00", Kind: "chargeback"})),
	},
	{
		code: "REFUNDED_CREDIT", name: "the memo is used up", clean: true,
		setup: refundedCase(func(d *desk, paid testdb.Payment, memo testdb.Memo) {
			d.AllocateCredit(memo.ID, testdb.Allocation{
				Invoice: d.open("INV-O", "60.00", "2026-02-01").ID,
				Amount:  "50.00",
			})
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "50.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "the memo is void", clean: true,
		setup: refundedCase(func(d *desk, paid testdb.Payment, memo testdb.Memo) {
			d.Exec(`update credit_memos set status = 'void' where id = $1`, memo.ID)
			d.Refund(testdb.Refund{Payment: paid.ID, Amount: "50.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "the refund is another account's", clean: true,
		setup: refundedCase(func(d *desk, _ testdb.Payment, _ testdb.Memo) {
			i := d.Invoice(testdb.Invoice{Amount: "50.00", Status: "paid"})
			p := d.Payment(testdb.Payment{
				Customer: i.Customer, Amount: "50.00",
				Allocations: []testdb.Allocation{{Invoice: i.ID}},
			})
			d.Refund(testdb.Refund{Payment: p.ID, Amount: "50.00"})
		}),
	},
	{
		code: "REFUNDED_CREDIT", name: "a transfer of subscriptions leaves the memo", clean: true,
		setup: func(d *desk) transfer.Request {
			d.paidBack(refunds(testdb.Refund{Amount: "50.00"}))
			return d.give(d.peer(), "", d.subscribe(testdb.Subscription{}))
		},
	},
	{code: "RELATED_ACCOUNTS", name: "the brother of the parent", clean: true, setup: func(d *desk) transfer.Request {
		top := d.Customer(testdb.Customer{})
		parent := d.Customer(testdb.Customer{Parent: top.ID})
		d.Exec(`update customers set parent_customer_id = $2 where id = $1`, d.customer.ID, parent.ID)
		return d.into(d.Customer(testdb.Customer{Parent: top.ID}), "")
	}},
}

// allCustomersCases are the cases of transfers between customers.
var allCustomersCases = slices.Concat(customersCases, recordCases, moneyCases)

// moneyFindings go on where findingCases end.
var moneyFindings = []findingCase{{
	code: "REFUNDED_CREDIT", name: "a refund of applied money that names no memo",
	setup:   func(d *desk) { d.paidBack(refunds(testdb.Refund{Amount: "50.00"})) },
	records: []transfer.Record{{Kind: "credit_memo", Number: "CM-R"}, {Kind: "refund", Number: "RF-000001"}},
}}

var allFindingCases = slices.Concat(findingCases, moneyFindings)

// TestRefundedCreditSaysHowMuch: the sentence names the credit, and what of the refunds went
// beyond what was not applied.
func TestRefundedCreditSaysHowMuch(t *testing.T) {
	d := newDesk(t)
	d.paidBack(func(d *desk, paid testdb.Payment, memo testdb.Memo) {
		d.Exec(`update payments set amount = 110 where id = $1`, paid.ID)
		d.Refund(testdb.Refund{Payment: paid.ID, On: "2026-02-03", Amount: "30.00"})
		d.Refund(testdb.Refund{Payment: paid.ID, On: "2026-02-02", Amount: "15.00"})
		d.Refund(testdb.Refund{Payment: paid.ID, CreditMemo: memo.ID, Amount: "8.00"})
	})
	p := d.preview(d.toNordlys())
	f, _ := p.Finding("REFUNDED_CREDIT")
	want := "Blue Fjord AS has 1 unapplied credit memo (42.00 EUR), and 2 refunds (35.00 EUR) paid back money " +
		"that settles documents without naming a credit memo."
	if f.Message != want || f.Acknowledgement == nil ||
		*f.Acknowledgement != "credit of up to 42.00 EUR that was paid out already may be credited again" {
		t.Errorf("got %+v\nwant %s", f, want)
	}
	o := d.transfer(d.toNordlys())
	d.want("what is carried", "-42", `select trim_scale(balance) from customer_balances where customer_id = $1`,
		*o.TargetID)
	d.verify()
}

// TestUnappliedMovesSaysHowMuch: the target gains what the sentence names.
func TestUnappliedMovesSaysHowMuch(t *testing.T) {
	d := newDesk(t)
	s, target := d.subscribe(testdb.Subscription{}), d.peer()
	i := d.billed("INV-1", "2026-01-15", s)
	d.Refund(testdb.Refund{Payment: d.paying("12.00", "succeeded", i, "7.00").ID, Amount: "0.50"})
	d.paying("10.00", "succeeded", i, "5.00") // 3.00 of it find room
	p := d.preview(d.give(target, "", s))
	f, _ := p.Finding("UNAPPLIED_MOVES")
	want := "2 payments that move are not fully allocated: Fjord Group AS gains the rest of 11.50 EUR."
	if f.Message != want || f.Acknowledgement == nil ||
		*f.Acknowledgement != "Fjord Group AS gains unapplied payments of 11.50 EUR" || f.Count != 2 {
		t.Errorf("got %+v\nwant %s", f, want)
	}
	d.transfer(d.give(target, "", s))
	d.want("what it gained", "-11.5", `select trim_scale(balance) from customer_balances where customer_id = $1`,
		target.ID)
	d.verify()
}
