package exchange_test

import (
	"testing"

	"handover/internal/testdb"
)

// settled is a customer with a document of every status and a payment of every fate.
const settled = `-- distributors.csv --
id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status
d1,,Fjord Cloud,EUR,NO,Fjord Cloud AS,,,active
d2,d1,Vest Cloud,EUR,NO,Vest Cloud AS,,,active
-- customers.csv --
id,distributor_id,name,email,currency,country,address,tax_id,crm_id,bill_to_parent,parent_customer_id,status,created_on
c1,d1,Blue AS,,EUR,NO,,,,false,,active,2025-01-01
-- invoices.csv --
id,number,customer_id,issued_on,due_on,currency,status,restricted
i1,INV-1,c1,2025-01-01,2025-01-31,EUR,open,
i2,INV-2,c1,2025-02-01,2025-02-28,EUR,transferred,
i3,INV-3,c1,2025-03-01,2025-03-31,EUR,paid,
-- invoice_lines.csv --
id,invoice_id,subscription_id,charge_id,description,quantity,unit_price,amount,service_start,service_end
l1,i1,,,Work,1,100.00,100.00,,
l2,i2,,,Work,1,50.00,50.00,,
l3,i3,,,Work,1,30.00,30.00,,
-- payments.csv --
id,customer_id,payment_method_id,received_on,amount,currency,status
p1,c1,,2025-01-20,100.00,EUR,failed
p2,c1,,2025-01-25,100.00,EUR,succeeded
p3,c1,,2025-03-25,30.00,EUR,succeeded
-- payment_allocations.csv --
payment_id,invoice_id,debit_memo_id,amount
p1,i1,,100.00
p2,i1,,100.00
p3,i3,,30.00
-- credit_memos.csv --
id,number,customer_id,subscription_id,invoice_id,issued_on,amount,currency,reason,status,restricted,purpose,origin_kind,origin_number,origin_issued_on,origin_distributor_id
m1,CM-1,c1,,,2025-04-01,50.00,EUR,Carried,applied,,transfer,,,,
m2,CM-2,c1,,,2025-04-01,20.00,EUR,Goodwill,open,,,,,,
m3,CM-3,c1,,,2025-04-01,5.00,EUR,Opening,open,,transfer,payment,PAY-000007,2024-12-01,d2
-- credit_allocations.csv --
credit_memo_id,invoice_id,debit_memo_id,amount
m1,i2,,50.00
-- debit_memos.csv --
id,number,customer_id,subscription_id,issued_on,amount,currency,reason,status,restricted,due_on,purpose,origin_kind,origin_number,origin_issued_on,origin_distributor_id
b1,DM-1,c1,,2025-04-01,70.00,EUR,Carried,open,,2025-01-15,transfer,invoice,INV-77,2024-12-15,d2
-- refunds.csv --
id,payment_id,refunded_on,amount,status,kind,credit_memo_id
r1,p2,2025-05-01,40.00,succeeded,chargeback,
r2,p3,2025-05-01,20.00,succeeded,refund,m2
r3,p3,2025-05-02,1.00,failed,refund,
`

func TestSettlementRoundTrip(t *testing.T) {
	t.Parallel()
	pool, files := testdb.New(t), parse(settled)
	load(t, pool, files)
	// 40.00 of the second collection were charged back; the memo that was paid out is used up.
	const balance = `select round(balance, 2)::text from customer_balances`
	if got := value(t, pool, balance); got != "105.00" {
		t.Errorf("the balance is %s, want 40.00 of INV-1 + 70.00 of DM-1 - 5.00 of CM-3", got)
	}
	got := export(t, pool)
	for name := range files {
		if got[name] != files[name] {
			t.Errorf("%s is exported as\n%s", name, got[name])
		}
	}
	unchanged(t, load(t, pool, files))
	other := testdb.New(t)
	load(t, other, got)
	same(t, export(t, other), got)
	if again := value(t, other, balance); again != "105.00" {
		t.Errorf("the balance is %s after the round trip", again)
	}
}

// A document that the file calls paid and that a chargeback opened is exported as open; the
// same file of the next night says nothing new, and the status comes back with the money.
func TestNightlyFileOfAReopenedInvoice(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	files := parse(settled).edit(t, "invoices.csv", "EUR,open,", "EUR,paid,")
	load(t, pool, files)
	const status = `select status || ' ' || coalesce(settled_status, '') from invoices where number = 'INV-1'`
	if got := value(t, pool, status); got != "open paid" {
		t.Errorf("the invoice is %q", got)
	}
	unchanged(t, load(t, pool, files))
	if got := value(t, pool, status); got != "open paid" {
		t.Errorf("the invoice is %q after the next night", got)
	}
	load(t, pool, files.edit(t, "refunds.csv", "40.00,succeeded", "40.00,failed"))
	if got := value(t, pool, status); got != "paid " {
		t.Errorf("the invoice is %q without the chargeback", got)
	}
}
