package transfer

import (
	"testing"

	"handover/internal/testdb"
)

func TestDistributorTransferMovesSubscriptionsAndCarriesTheBalance(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{Quantity: "3", Promo: "Spring"})
	ended := d.subscribe(testdb.Subscription{Status: "terminated", End: "2025-12-31"})
	inv := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Lines: []testdb.Line{{Subscription: sub.ID, Amount: "120.00"}}, Status: "open"})
	usage := d.Usage(testdb.Usage{Subscription: sub.ID, Amount: "1.25"})

	o := d.transfer(d.toThames())

	if o.Status != "completed" || o.Result == nil {
		t.Fatalf("order is %s: %s", o.Status, o.Failure)
	}
	target := o.TargetID
	d.want("old account", "transferred_out", `select status from customers where id = $1`, d.customer.ID)
	d.want("old balance", "0", `select trim_scale(balance)::text from customer_balances where customer_id = $1`, d.customer.ID)
	d.want("new balance", "103.34", `select balance::text from customer_balances where customer_id = $1`, *target)
	d.want("subscription", "GBP 35 ", `select c.currency || ' ' || trim_scale(s.price) || ' ' || s.promotion from subscriptions s join customers c on c.id = s.customer_id where s.id = $1 and c.id = $2`, sub.ID, *target)
	d.want("ended stays", d.customer.Number, `select number_of('C', customer_id) from subscriptions where id = $1`, ended.ID)
	d.want("invoice stays and is paid", d.customer.Number+" paid", `select number_of('C', customer_id) || ' ' || status from invoices where id = $1`, inv.ID)
	d.want("usage converted", "1.08", `select amount::text from usage_records where id = $1`, usage.ID)
}
