package exchange_test

import (
	"slices"
	"testing"

	"handover/internal/testdb"
)

// A payment that failed succeeds after another one had paid: the document is asked for more
// than it has, and what found no room is unapplied. The files of the export say that this is
// known, so that they can be imported; the same rows without that word are a mistake.
func TestExportOfADocumentAskedTwiceCanBeImported(t *testing.T) {
	t.Parallel()
	pool, files := testdb.New(t), parse(settled)
	load(t, pool, files)
	load(t, pool, data{"payments.csv": "id,customer_id,payment_method_id,received_on,amount,currency,status\n" +
		"p1,c1,,2025-01-20,100.00,EUR,succeeded\n"})
	// p1 came first and pays INV-1. Of p2 40.00 were charged back, the rest is unapplied.
	const standing = `select round(b.balance, 2) || ' ' || round(i.settled, 2) || ' ' || i.status
		from customer_balances b join invoices i on i.customer_id = b.customer_id where i.number = 'INV-1'`
	const want = "5.00 100.00 open"
	if got := value(t, pool, standing); got != want {
		t.Fatalf("balance, settled and status are %s, want %s", got, want)
	}
	got := export(t, pool)
	if want := "payment_id,invoice_id,debit_memo_id,amount,excess\np1,i1,,100.00,true\np2,i1,,100.00,true\n" +
		"p3,i3,,30.00,false\n"; got["payment_allocations.csv"] != want {
		t.Errorf("the allocations are exported as\n%s", got["payment_allocations.csv"])
	}
	unchanged(t, load(t, pool, got))
	other := testdb.New(t)
	load(t, other, got)
	same(t, export(t, other), got)
	if again := value(t, other, standing); again != want {
		t.Errorf("balance, settled and status are %s after the round trip, want %s", again, want)
	}
	third := testdb.New(t)
	got["payment_allocations.csv"] = files["payment_allocations.csv"]
	_, mistakes := try(t, third, got)
	if want := []string{"payment_allocations.csv:3: amount: 160.00 are allocated to or from the invoice INV-1, " +
		"which has 100.00"}; !slices.Equal(mistakes, want) {
		t.Errorf("without the word the errors are %q, want %q", mistakes, want)
	}
}

func TestRefundOfACreditMemo(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load(t, pool, parse(settled).with(`-- customers.csv --
id,distributor_id,name,email,currency,country,address,tax_id,crm_id,bill_to_parent,parent_customer_id,status,created_on
c1,d1,Blue AS,,EUR,NO,,,,false,,active,2025-01-01
c2,d1,Tokyo Blue KK,,JPY,JP,,,,false,,active,2025-01-01
`))
	memo := parse(`-- credit_memos.csv --
id,number,customer_id,subscription_id,invoice_id,issued_on,amount,currency,reason,status,restricted
m9,CM-9,c2,,,2025-04-01,900,JPY,Goodwill,open,
`)
	load(t, pool, memo)
	const header = "id,payment_id,refunded_on,amount,status,kind,credit_memo_id\n"
	for row, want := range map[string]string{
		"r9,p3,2025-05-03,1.00,succeeded,chargeback,m2\n": "refunds.csv:2: credit_memo_id: a chargeback takes " +
			"back what the payment paid " +
			"and names no credit memo; leave it empty, or make it a refund",
		"r9,p3,2025-05-03,1.00,succeeded,refund,m9\n": "refunds.csv:2: credit_memo_id: the credit memo is in " +
			"JPY, the payment in EUR; " +
			"a refund pays out a memo in the currency of its payment",
	} {
		if _, got := try(t, pool, data{"refunds.csv": header + row}); !slices.Equal(got, []string{want}) {
			t.Errorf("%q is refused with %q, want %q", row, got, want)
		}
	}
}
