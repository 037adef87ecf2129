package engine

import (
	"testing"

	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// twicePaid is a test on the files of case 10.
type twicePaid struct {
	*outside
}

// state compares the balance of the customer, what is unapplied of its payments, and the
// status of its invoice.
func (o twicePaid) state(what, want string) {
	o.t.Helper()
	o.want(what, want, `select concat_ws(' ', (select round(balance, 2) from customer_balances
		where customer_id = c.id),
		(select status from invoices where external_id = 'K10b-I1'),
		(select string_agg(concat(p.external_id, '=', trim_scale(u.unapplied)), ' ' order by p.id) from payments p
		 join unapplied_credits u on u.kind = 'payment' and u.id = p.id where u.unapplied > 0))
		from customers c where c.external_id = 'K10b-A'`)
}

// away transfers the customer to the other distributor.
func (o twicePaid) away() order.Order {
	o.t.Helper()
	return o.transfer(transfer.Request{
		Kind: record.Distributor, SourceCustomer: o.number(record.CustomerPrefix, "K10b-A"),
		TargetDistributor: o.number(record.DistributorPrefix, "K10b-DB"), Mode: transfer.ModeSubscriptions,
	})
}

// opened compares the balance and the open items of the account that the order opened.
func (o twicePaid) opened(order order.Order, want string) {
	o.t.Helper()
	o.want("the new account", want, `select concat_ws(' ', coalesce((select round(balance, 2) from customer_balances
		where customer_id = $1), 0),
		(select string_agg(concat_ws(' ', origin_number, trim_scale(amount), status), ', ' order by id)
		 from debit_memos where customer_id = $1))`, *order.TargetID)
}

// TestFailedPaymentSettlesNothing is case 10: a payment that failed leaves its invoice open,
// and a second collection is taken. A transfer carries what is truly owed, and its reversal
// gives it back.
func TestFailedPaymentSettlesNothing(t *testing.T) {
	o := twicePaid{newOutside(t, "10-failed-alloc")}
	o.state("after csv", "100.00 open")
	o.verify()

	order := o.away()
	o.state("the balance is carried", "0.00 transferred")
	o.opened(order, "100.00 K10b-I1 100 open")
	o.verify()
	o.reversed(order)
	o.state("and back", "100.00 open")
	o.verify()

	o.feed("csv2")
	o.state("after csv2", "0.00 open")
	o.verify()
	order = o.away()
	o.opened(order, "0.00")
	o.state("settled by its own money", "0.00 open")
	o.verify()
	o.reversed(order)
	o.state("after another reversal", "0.00 open")
	o.verify()
	o.feed("csv")
	o.feed("csv2") // the night after
	o.state("the same files again", "0.00 open")
	o.verify()
}

// TestPaymentThatFailedSucceedsAfterAll is the kind beyond the case: whatever comes of the
// two payments, and when, the customer owes what was not paid.
func TestPaymentThatFailedSucceedsAfterAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(o twicePaid)
		want string
	}{
		{"the first succeeds, the second stays unapplied", func(o twicePaid) {
			o.feed("csv2")
			o.pay("K10b-P1", "succeeded")
		}, "-100.00 open K10b-P2=100"},
		{"the second fails too", func(o twicePaid) {
			o.feed("csv2")
			o.pay("K10b-P2", "failed")
		}, "100.00 open"},
		{"the second comes while the balance is carried", func(o twicePaid) {
			order := o.away()
			o.feed("csv2")
			o.state("late money of the old account", "-100.00 transferred K10b-P2=100")
			o.verify()
			o.reversed(order)
		}, "0.00 paid"},
		{"the first succeeds while the balance is carried", func(o twicePaid) {
			order := o.away()
			o.pay("K10b-P1", "succeeded")
			o.state("late money of the old account", "-100.00 transferred K10b-P1=100")
			o.verify()
			o.reversed(order)
		}, "0.00 paid"},
		{"the second fails after it was allocated, and the balance is carried", func(o twicePaid) {
			o.feed("csv2")
			o.pay("K10b-P2", "failed")
			order := o.away()
			o.opened(order, "100.00 K10b-I1 100 open")
			o.reversed(order)
		}, "100.00 open"},
		{"the second fails after the transfer: the old account owes it again", func(o twicePaid) {
			o.feed("csv2")
			order := o.away()
			o.pay("K10b-P2", "failed")
			o.state("reopened", "100.00 open")
			o.opened(order, "0.00")
			o.verify()
			o.reversed(order)
		}, "100.00 open"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := twicePaid{newOutside(t, "10-failed-alloc")}
			c.do(o)
			o.state("in the end", c.want)
			o.verify()
		})
	}
}

// pay gives a payment another status, as a feed does.
func (o twicePaid) pay(payment, status string) {
	o.t.Helper()
	o.Exec(`update payments set status = $2 where external_id = $1`, payment, status)
}
