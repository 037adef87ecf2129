package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/testdb"
)

// settling builds files of one customer with an invoice and a debit memo of 100.00 each.
func settling(invoice, memo, more string) data {
	return parse(fmt.Sprintf(`-- distributors.csv --
id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status
d1,,Fjord Cloud,EUR,NO,Fjord Cloud AS,,,active
-- customers.csv --
id,distributor_id,name,email,currency,country,address,tax_id,crm_id,bill_to_parent,parent_customer_id,status,created_on
c1,d1,Blue AS,,EUR,NO,,,,false,,active,2025-01-01
-- invoices.csv --
id,number,customer_id,issued_on,due_on,currency,status,restricted
i1,INV-1,c1,2025-01-01,2025-01-31,EUR,%s,
-- invoice_lines.csv --
id,invoice_id,subscription_id,charge_id,description,quantity,unit_price,amount,service_start,service_end
l1,i1,,,Work,1,100.00,100.00,,
-- debit_memos.csv --
id,number,customer_id,subscription_id,issued_on,amount,currency,reason,status,restricted
b1,DM-1,c1,,2025-01-02,100.00,EUR,Fee,%s,
`, invoice, memo) + more)
}

// The heads of the files in which the cases below write lines.
var settlingHeads = map[string]string{
	"P": "payments.csv:id,customer_id,payment_method_id,received_on,amount,currency,status",
	"A": "payment_allocations.csv:payment_id,invoice_id,debit_memo_id,amount",
	"CM": "credit_memos.csv:id,number,customer_id,subscription_id,invoice_id,issued_on,amount,currency,reason," +
		"status,restricted,purpose",
	"CA": "credit_allocations.csv:credit_memo_id,invoice_id,debit_memo_id,amount",
	"R":  "refunds.csv:id,payment_id,refunded_on,amount,status,kind",
}

// rowsOf writes lines like "P p1 100.00 succeeded" as files: each name of a file has a short form.
func rowsOf(t *testing.T, rows ...string) string {
	t.Helper()
	lines := map[string]string{}
	var order []string
	for _, row := range rows {
		w := strings.Fields(row)
		var line string
		switch w[0] {
		case "P": // id, amount, status; the day follows from the id
			line = fmt.Sprintf("%s,c1,,2025-02-0%s,%s,EUR,%s", w[1], w[1][1:], w[2], w[3])
		case "A", "CA": // credit, document, amount
			line = strings.Replace(fmt.Sprintf("%s,%s,,%s", w[1], w[2], w[3]), "b1,,", ",b1,", 1)
		case "CM": // id, amount, status, purpose
			line = fmt.Sprintf("%s,%s,c1,,,2025-03-01,%s,EUR,,%s,,%s", w[1], strings.ToUpper(w[1]), w[2], w[3],
				strings.Join(w[4:], ""))
		case "R": // id, payment, amount, kind
			line = fmt.Sprintf("%s,%s,2025-04-01,%s,succeeded,%s", w[1], w[2], w[3], w[4])
		}
		if lines[w[0]] == "" {
			order = append(order, w[0])
		}
		lines[w[0]] += line + "\n"
	}
	text := ""
	for _, name := range order {
		file, head, _ := strings.Cut(settlingHeads[name], ":")
		text += "-- " + file + " --\n" + head + "\n" + lines[name]
	}
	return text
}

// settlementState says of each document its status and what is open, of each credit what is unapplied.
const settlementState = `select string_agg(x, ', ' order by x collate "C") from (
	select number || ' ' || status || ' ' || trim_scale(total - settled) as x from invoices
	union all select number || ' ' || status || ' ' || trim_scale(amount - settled) from debit_memos
	union all select number || ' ' || status || ' ' || trim_scale(greatest(0, amount - allocated - refunded))
	from credit_memos
	union all select p.external_id || ' ' || trim_scale(u.unapplied) from payments p
	join unapplied_credits u on u.kind = 'payment' and u.id = p.id) s`

// TestFilesThatAllocateTooMuch: more than a document's total is a mistake, unless what would
// be too much does not count, or a memo of a transfer settles the document.
func TestFilesThatAllocateTooMuch(t *testing.T) {
	t.Parallel()
	const paid, again = "P p1 100.00 succeeded", "P p2 100.00 succeeded"
	for _, c := range []struct {
		name string
		rows []string
		want string // the mistake, or the state
	}{
		{
			"two payments",
			[]string{paid, again, "A p1 i1 100.00", "A p2 i1 100.00"},
			"payment_allocations.csv:3: amount: 200.00 are allocated to or from the invoice INV-1, which has 100.00",
		},
		{
			"two payments of a debit memo",
			[]string{paid, again, "A p1 b1 100.00", "A p2 b1 0.01"},
			"payment_allocations.csv:3: amount: 100.01 are allocated to or from the debit memo DM-1, which has 100.00",
		},
		{
			"a payment and a credit memo",
			[]string{paid, "A p1 i1 100.00", "CM cm-1 20.00 open", "CA cm-1 i1 20.00"},
			"payment_allocations.csv:2: amount: 120.00 are allocated to or from the invoice INV-1, which has 100.00",
		},
		{
			"the first failed",
			[]string{"P p1 100.00 failed", again, "A p1 i1 100.00", "A p2 i1 100.00"},
			"DM-1 open 100, INV-1 open 0, p2 0",
		},
		{
			"the first waits",
			[]string{"P p1 100.00 processing", again, "A p1 i1 100.00", "A p2 i1 100.00"},
			"DM-1 open 100, INV-1 open 0, p2 0",
		},
		{"the first waits for the customer", []string{
			"P p1 100.00 requires_action", again, "A p1 i1 100.00",
			"A p2 i1 100.00",
		}, "DM-1 open 100, INV-1 open 0, p2 0"},
		{"the first was charged back", []string{
			paid, again, "A p1 i1 100.00", "A p2 i1 100.00",
			"R r1 p1 100.00 chargeback",
		}, "DM-1 open 100, INV-1 open 0, p1 0, p2 0"},
		{"a part was charged back and collected again", []string{
			paid, "P p2 40.00 succeeded", "A p1 i1 100.00",
			"A p2 i1 40.00", "R r1 p1 40.00 chargeback",
		}, "DM-1 open 100, INV-1 open 0, p1 0, p2 0"},
		{"a part was charged back and all collected again", []string{
			paid, again, "A p1 i1 100.00", "A p2 i1 100.00",
			"R r1 p1 40.00 chargeback",
		}, "payment_allocations.csv:3: amount: 160.00 are allocated to or from " +
			"the invoice INV-1, which has 100.00"},
		{"a refund returns nothing to the invoice", []string{
			paid, again, "A p1 i1 100.00", "A p2 i1 100.00",
			"R r1 p1 100.00 refund",
		}, "payment_allocations.csv:3: amount: 200.00 are allocated to or from the " +
			"invoice INV-1, which has 100.00"},
		{"a memo of a transfer settles a part", []string{
			paid, "A p1 i1 100.00", "CM cm-1 30.00 applied transfer",
			"CA cm-1 i1 30.00",
		}, "CM-1 applied 0, DM-1 open 100, INV-1 open 0, p1 30"},
		{
			"a memo of a transfer settles the whole",
			[]string{
				paid, again, "A p1 b1 100.00", "A p2 b1 50.00",
				"CM cm-1 100.00 applied transfer", "CA cm-1 b1 100.00",
			},
			"CM-1 applied 0, DM-1 open 0, INV-1 open 100, p1 100, p2 100",
		},
		{"the memo of a transfer is void", []string{
			paid, again, "A p1 i1 100.00", "A p2 i1 100.00",
			"CM cm-1 30.00 void transfer", "CA cm-1 i1 30.00",
		}, "payment_allocations.csv:3: amount: 200.00 are " +
			"allocated to or from the invoice INV-1, which has 100.00"},
		{
			"a memo of the running term is no transfer's",
			[]string{paid, "A p1 i1 100.00", "CM cm-1 30.00 applied unused_term", "CA cm-1 i1 30.00"},
			"payment_allocations.csv:2: amount: 130.00 are allocated to or from the invoice INV-1, which has 100.00",
		},
		{
			"a void memo",
			[]string{paid, "A p1 i1 100.00", "CM cm-1 30.00 void", "CA cm-1 i1 30.00"},
			"CM-1 void 30, DM-1 open 100, INV-1 open 0, p1 0",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			files := settling("open", "open", rowsOf(t, c.rows...))
			_, mistakes := try(t, pool, files)
			got := strings.Join(mistakes, "; ")
			if got == "" {
				got = value(t, pool, settlementState)
				unchanged(t, load(t, pool, files))
			}
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestLaterFilesThatAllocateTooMuch: what is there already counts as well.
func TestLaterFilesThatAllocateTooMuch(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load(t, pool, settling("paid", "open", rowsOf(t, "P p1 100.00 succeeded", "A p1 i1 100.00")))
	second := parse(rowsOf(t, "P p2 100.00 succeeded", "A p2 i1 100.00"))
	_, got := try(t, pool, second)
	want := []string{"payment_allocations.csv:2: amount: 200.00 are allocated to or from the invoice INV-1, " +
		"which has 100.00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a second payment (-want +got):\n%s", diff)
	}
	load(t, pool, parse(rowsOf(t, "R r1 p1 100.00 chargeback")))
	if got := value(t, pool, settlementState); got != "DM-1 open 100, INV-1 open 100, p1 0" {
		t.Errorf("charged back: %s", got)
	}
	load(t, pool, second)
	if got := value(t, pool, settlementState); got != "DM-1 open 100, INV-1 paid 0, p1 0, p2 0" {
		t.Errorf("collected again: %s", got)
	}
	load(t, pool, parse(rowsOf(t, "P p1 100.00 failed"))) // returned, the bank says, and never came
	if got := value(t, pool, settlementState); got != "DM-1 open 100, INV-1 paid 0, p2 0" {
		t.Errorf("the first one failed: %s", got)
	}
}

// TestStatusesThatFilesBring: a document of which too little counts is open, with a warning;
// the others keep what the file says.
func TestStatusesThatFilesBring(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		invoice, memo string
		rows          []string
		want          string
		warnings      []string
	}{
		{
			"too little counts", "paid", "applied",
			[]string{"P p1 100.00 failed", "P p2 40.00 succeeded", "A p1 i1 100.00", "A p2 b1 40.00"},
			"DM-1 open 60, INV-1 open 100, p2 0",
			[]string{
				"invoices.csv:2: status: kept open: the file says paid, and allocations settle 0 of 100.00",
				"debit_memos.csv:2: status: kept open: the file says applied, and allocations settle 40.00 of 100.00",
			},
		},
		{
			"transferred", "transferred", "transferred",
			[]string{"P p1 60.00 succeeded", "A p1 i1 60.00"},
			"DM-1 transferred 100, INV-1 open 40, p1 0",
			[]string{"invoices.csv:2: status: kept open: the file says transferred, and allocations settle " +
				"60.00 of 100.00"},
		},
		{
			"enough counts", "transferred", "open",
			[]string{"P p1 100.00 succeeded", "A p1 i1 100.00"},
			"DM-1 open 100, INV-1 transferred 0, p1 0", nil,
		},
		{"no allocation", "paid", "applied", nil, "DM-1 applied 100, INV-1 paid 100", nil},
		{
			"draft and void", "void", "void",
			[]string{"P p1 100.00 failed", "A p1 i1 50.00", "A p1 b1 50.00"},
			"DM-1 void 100, INV-1 void 100", nil,
		},
		{
			"a memo that is used up, the file says", "open", "open",
			[]string{"CM cm-1 50.00 applied", "CM cm-2 90.00 void", "CA cm-1 i1 20.00", "CA cm-2 i1 90.00"},
			"CM-1 applied 30, CM-2 void 90, DM-1 open 100, INV-1 open 80", nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			files := settling(c.invoice, c.memo, rowsOf(t, c.rows...))
			report := load(t, pool, files)
			var warnings []string
			for _, w := range report.Warnings {
				warnings = append(warnings, w.String())
			}
			if diff := cmp.Diff(c.want, value(t, pool, settlementState)); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.warnings, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			unchanged(t, load(t, pool, files))
			got := export(t, pool)
			other := testdb.New(t)
			load(t, other, got)
			same(t, export(t, other), got)
			if diff := cmp.Diff(c.want, value(t, other, settlementState)); diff != "" {
				t.Errorf("after the round trip (-want +got):\n%s", diff)
			}
		})
	}
}
