package exchange_test

import (
	"testing"

	"handover/internal/testdb"
)

// partedFiles are an invoice of c1 that failed payments of c1 and of its parent c2 ask for;
// the invoice is then given to c3.
const partedFiles = `-- distributors.csv --
id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status
d1,,Fjord Cloud,EUR,NO,Fjord Cloud AS,,,active
-- customers.csv --
id,distributor_id,name,email,currency,country,address,tax_id,crm_id,bill_to_parent,parent_customer_id,status,created_on
c1,d1,Blue AS,,EUR,NO,,,,true,c2,active,2025-01-01
c2,d1,Green AS,,EUR,NO,,,,false,,active,2025-01-01
c3,d1,Blue AS,,EUR,NO,,,,false,,active,2025-01-01
-- invoices.csv --
id,number,customer_id,issued_on,due_on,currency,status,restricted
i1,INV-1,c1,2025-01-01,2025-01-31,EUR,open,
-- invoice_lines.csv --
id,invoice_id,subscription_id,charge_id,description,quantity,unit_price,amount,service_start,service_end
l1,i1,,,Work,1,100.00,100.00,,
-- payments.csv --
id,customer_id,payment_method_id,received_on,amount,currency,status
p1,c1,,2025-01-20,60.00,EUR,failed
p2,c2,,2025-01-21,70.00,EUR,failed
-- payment_allocations.csv --
payment_id,invoice_id,debit_memo_id,amount
p1,i1,,60.00
p2,i1,,70.00
`

// TestPartedAllocationsStayPartedAfterRoundTrip: a failed payment that a transfer parted from
// its document counts nothing also where the export was imported, when it is collected after
// all; the payment of another account that never was parted counts.
func TestPartedAllocationsStayPartedAfterRoundTrip(t *testing.T) {
	t.Parallel()
	d := &desk{TB: t, pool: testdb.New(t)}
	files := parse(partedFiles)
	load(t, d.pool, files)
	before := export(t, d.pool)
	if before["payment_allocations.csv"] != files["payment_allocations.csv"] {
		t.Errorf("without a parted allocation the export has\n%s", before["payment_allocations.csv"])
	}
	d.transfer("c1", "c3")
	d.move("invoices", "invoice", "customer_id", d.id("customers", "c3"), "i1")
	d.exec(`update payment_allocations set parted = true where payment_id = $1`, d.id("payments", "p1"))
	got := export(t, d.pool)
	want := "payment_id,invoice_id,debit_memo_id,amount,parted\np1,i1,,60.00,true\np2,i1,,70.00,false\n"
	if got["payment_allocations.csv"] != want {
		t.Errorf("the export has\n%s", got["payment_allocations.csv"])
	}
	other := &desk{TB: t, pool: testdb.New(t)}
	load(t, other.pool, got)
	same(t, export(t, other.pool), got)
	unchanged(t, load(t, d.pool, got))
	unchanged(t, load(t, other.pool, got))
	for _, at := range []*desk{d, other} {
		load(t, at.pool, got.edit(t, "payments.csv", "60.00,EUR,failed", "60.00,EUR,succeeded").edit(t, "payments.csv",
			"70.00,EUR,failed", "70.00,EUR,succeeded"))
		at.want("what counts once both are collected", "p1 0.00, p2 70.00", `select string_agg(p.external_id || ' ' ||
			round(a.counts, 2), ', ' order by p.id)
			from payment_allocations a join payments p on p.id = a.payment_id`)
		at.want("open", "30.00", `select round(open_amount, 2) from open_documents`)
	}
}

// TestFilesPartNoAllocationThatIsThere: the flag is of another installation's transfers; those
// of this one decide here.
func TestFilesPartNoAllocationThatIsThere(t *testing.T) {
	t.Parallel()
	d := &desk{TB: t, pool: testdb.New(t)}
	files := parse(partedFiles)
	load(t, d.pool, files)
	flagged := files.with("-- payment_allocations.csv --\npayment_id,invoice_id,debit_memo_id,amount,parted\n" +
		"p1,i1,,60.00,true\np2,i1,,70.00,false\n")
	unchanged(t, load(t, d.pool, flagged))
	d.want("parted", "0", `select count(*) from payment_allocations where parted`)
	d.exec(`update payment_allocations set parted = true where payment_id = $1`, d.id("payments", "p2"))
	unchanged(t, load(t, d.pool, flagged))
	unchanged(t, load(t, d.pool, files))
	d.want("parted", "p2", `select string_agg(p.external_id, ' ') from payment_allocations a
		join payments p on p.id = a.payment_id where a.parted`)
}
