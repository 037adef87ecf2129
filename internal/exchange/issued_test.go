package exchange_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

// keeps is the sentence about a value that an issued document shows.
func keeps(at, document, number, was, is string) string {
	return at + ": the " + document + " " + number + ` was issued with "` + was + `" here and has "` + is +
		`" in the file. Keep what was issued, credit it with a memo`
}

func TestIssuedDocumentsKeepWhatWasPrinted(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), small(t)
	load(t, pool, base)
	base = base.adding(map[string]string{
		"invoices.csv":      "i6,INV-6,c1,2026-02-01,2026-02-28,EUR,open,\n",
		"invoice_lines.csv": "l6,i4,,,Draft,1,1.00,1.00,,\n",
	})
	load(t, pool, base)
	checkFeeds(t, pool, base, []feeding{
		{
			"number", "invoices.csv", "i1,INV-1", "i1,INV-9",
			[]string{keeps("invoices.csv:i1: number", "invoice", "INV-1", "INV-1", "INV-9")},
		},
		{
			"issue date", "invoices.csv", "c1,2026-01-01", "c1,2026-01-02",
			[]string{keeps("invoices.csv:i1: issued_on", "invoice", "INV-1", "2026-01-01", "2026-01-02")},
		},
		{"due date", "invoices.csv", "2026-01-31,EUR,open", "2026-02-15,EUR,open", nil},
		{"status and restriction", "invoices.csv", "2026-01-31,EUR,open,", "2026-01-31,EUR,paid,reported", nil},
		{"void", "invoices.csv", "2026-01-31,EUR,open", "2026-01-31,EUR,void", nil},
		{
			"description", "invoice_lines.csv", "ch1,January", "ch1,Janvier",
			[]string{keeps("invoice_lines.csv:l1: description", "invoice", "INV-1", "January", "Janvier")},
		},
		{"quantity and price", "invoice_lines.csv", "January,2,10.00", "January,1,20.00", []string{
			keeps("invoice_lines.csv:l1: quantity", "invoice", "INV-1", "2", "1"),
			keeps("invoice_lines.csv:l1: unit_price", "invoice", "INV-1", "10.00", "20.00"),
		}},
		{"service dates", "invoice_lines.csv", "20.00,2026-01-01,2026-01-31", "20.00,2026-01-02,", []string{
			keeps("invoice_lines.csv:l1: service_end", "invoice", "INV-1", "2026-01-31", ""),
			keeps("invoice_lines.csv:l1: service_start", "invoice", "INV-1", "2026-01-01", "2026-01-02"),
		}},
		{"subscription of a line", "invoice_lines.csv", "l5,i5,s5", "l5,i5,s1", nil},
		{"line more", "invoice_lines.csv", "", "l9,i1,,,More,1,1.00,1.00,,\n", []string{
			"invoice_lines.csv:l9: invoice_id: the invoice INV-1 was issued without this line. Keep what was " +
				"issued, credit it with a memo",
		}},
		{"line that goes to another invoice", "invoice_lines.csv", "l2,i1", "l2,i4", []string{
			"invoice_lines.csv:l2: invoice_id: the invoice INV-1 was issued with this line. Keep what was " +
				"issued, credit it with a memo",
		}},
		{"amount of a credit memo", "credit_memos.csv", "3.00,EUR", "4.00,EUR", []string{
			`credit_memos.csv:n1: amount: the credit memo CM-1 was issued with "3.00" here ` +
				`and has "4.00" in the file. Keep what was issued, balance it with a debit memo`,
		}},
		{"reason of a memo", "debit_memos.csv", "EUR,fee", "EUR,penalty", nil},
		{
			"number of a debit memo", "debit_memos.csv", "DM-1", "DM-2",
			[]string{keeps("debit_memos.csv:e1: number", "debit memo", "DM-1", "DM-1", "DM-2")},
		},
		{
			"buyer", "document_buyers.csv", "Old AS,", "Other AS,",
			[]string{keeps("document_buyers.csv:invoice: name", "document", "INV-5", "Old AS", "Other AS")},
		},
		{"draft", "invoice_lines.csv", "Draft,1,1.00,1.00", "Changed,1,2.00,2.00", nil},
		{"line of a draft that is issued with it", "invoices.csv", "2026-02-28,EUR,draft", "2026-02-28,EUR,open", nil},
		{"first line of an invoice without lines", "invoice_lines.csv", "", "l9,i6,,,First,1,1.00,1.00,,\n", nil},
		{"void document", "invoice_lines.csv", "l4,i3,s6,ch3,", "l4,i3,s6,ch3,Hold", nil},
	})
}

// hashes says of each document whether its hash is null (-), what it shows (=), or another (!).
const hashes = `select string_agg(number || case when issued_hash is null then '-' when issued_hash = now then '='
	else '!' end, ' ' order by number) from (
	select number, issued_hash, document_hash_invoice(i) as now from invoices i
	union all select number, issued_hash, document_hash_credit_memo(m) from credit_memos m
	union all select number, issued_hash, document_hash_debit_memo(m) from debit_memos m) d`

func TestTheHashIsTakenOnceAtIssue(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), small(t)
	state := func(what, want string) {
		t.Helper()
		if got := value(t, pool, hashes); got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	load(t, pool, base) // its buyers come after the documents
	state("first import", "CM-1= DM-1= INV-1= INV-2= INV-3- INV-4- INV-5=")
	base = base.adding(map[string]string{"invoice_lines.csv": "l6,i4,,,Draft,1,1.00,1.00,,\n"})
	load(t, pool, base)
	state("a draft with a line", "CM-1= DM-1= INV-1= INV-2= INV-3- INV-4- INV-5=")
	base = base.edit(t, "invoices.csv", "2026-02-28,EUR,draft", "2026-02-28,EUR,open").edit(t, "invoice_lines.csv",
		"Draft,1,1.00,1.00", "Issued,1,2.00,2.00").
		adding(map[string]string{
			"invoice_lines.csv":   "l7,i4,,,Second,1,1.00,1.00,,\n",
			"document_buyers.csv": "invoice,i4,Blue Branch AS,,\n",
		})
	load(t, pool, base)
	state("issue with other lines and another buyer", "CM-1= DM-1= INV-1= INV-2= INV-3- INV-4= INV-5=")
	amended := base.edit(t, "invoice_lines.csv", "Issued,1,2.00", "Amended,1,2.00")
	if _, errors := overriding(t, pool, amended, exchange.Override{Amend: true}); len(errors) > 0 {
		t.Fatal(errors)
	}
	state("an amendment stays visible", "CM-1= DM-1= INV-1= INV-2= INV-3- INV-4! INV-5=")
	unchanged(t, load(t, pool, amended))
}

// TestNothingIsReissuedWithOtherContents: a document that was voided or made a draft again
// comes back as it was issued, or not at all.
func TestNothingIsReissuedWithOtherContents(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), small(t)
	load(t, pool, base)
	for _, status := range []string{"void", "draft"} {
		away := base.edit(t, "invoices.csv", "2026-01-31,EUR,open", "2026-01-31,EUR,"+status)
		load(t, pool, away)
		load(t, pool, base) // as it was: accepted
		load(t, pool, away)
		checkFeeds(t, pool, base,
			[]feeding{{
				status + " and back with other contents", "invoice_lines.csv", "ch1,January",
				"ch1,Janvier",
				[]string{
					keeps("invoice_lines.csv:l1: description", "invoice", "INV-1", "January", "Janvier"),
				},
			}})
		changed := away.edit(t, "invoice_lines.csv", "ch1,January", "ch1,Janvier")
		load(t, pool, changed)
		back := base.edit(t, "invoice_lines.csv", "ch1,January", "ch1,Janvier")
		if _, errors := try(t, pool, back); len(errors) != 1 ||
			!strings.Contains(errors[0], "invoices.csv:2: status: the invoice INV-1 was changed after it was "+
				"issued, so it cannot become open again") {
			t.Errorf("%s, changed and back: %q", status, errors)
		}
		load(t, pool, away)
		load(t, pool, base)
	}
}

func TestAmendmentIsAudited(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), small(t)
	load(t, pool, base)
	changed := base.edit(t, "invoice_lines.csv", "January,2,10.00,20.00", "January,2,11.00,22.00").edit(t,
		"document_buyers.csv", "Old AS,", "Other AS,")
	if _, errors := overriding(t, pool, changed, exchange.Override{IntoClosed: true}); len(errors) != 3 {
		t.Errorf("with the other override: %q", errors)
	}
	if _, errors := overriding(t, pool, changed, exchange.Override{Amend: true}); len(errors) > 0 {
		t.Fatal(errors)
	}
	for what, want := range map[string]string{
		`(before #>> '{rows,invoice_lines.csv:2,amount}') || ' ' ||
			(after #>> '{rows,invoice_lines.csv:2,amount}')`: "20.00 22.00",
		`(before #>> '{rows,document_buyers.csv:2,buyer_name}') || ' ' ||
			(after #>> '{rows,document_buyers.csv:2,buyer_name}')`: "Old AS Other AS",
		`(before -> 'rows' -> 'document_buyers.csv:2') ? 'issued_hash'`: "false",
		`subject_kind || ' ' || (select total from invoices where external_id = 'i1') || ' ' || (after ->> 'codes') ||
			' ' || actor_name`: "files 22.01 ISSUED_DOCUMENT_CHANGED Cora Controller",
	} {
		if got := value(t, pool, `select `+what+` from audit_entries where action = 'import.override'`); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}

func TestAnOverrideSaysWhyAndWhoAnswers(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	for _, c := range []struct {
		name string
		o    exchange.Override
		want string
	}{
		{"no reason", exchange.Override{Amend: true, Reason: " "}, "reason"},
		{
			"a long reason",
			exchange.Override{IntoClosed: true, Reason: strings.Repeat("ü", 501)},
			"The reason has 501 characters",
		},
		{"nobody", exchange.Override{IntoClosed: true, Reason: "late"}, "staff member"},
	} {
		_, err := exchange.Import(t.Context(), pool, small(t).fs(), exchange.Options{Override: c.o})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	count(t, pool)
}

// count checks that nothing was imported.
func count(t testing.TB, pool *sqlx.DB) {
	t.Helper()
	if n := value(t, pool, `select count(*) from brands`); n != "0" {
		t.Errorf("%s brands were written", n)
	}
}

func TestVoidOfASettledDocumentNamesTheOrder(t *testing.T) {
	d, base := newDesk(t), small(t)
	d.transfer("c1", "c2")
	d.move("invoices", "invoice", "status", "paid", "i5")
	d.exec(`insert into credit_allocations (credit_memo_id, invoice_id, amount, order_id)
		select m.id, i.id, 0.50, $1 from credit_memos m, invoices i
		where m.external_id = 'n1' and i.external_id = 'i1'`, d.order)
	settled := func(at, number string) string {
		return at + ": TO-000001 settled the invoice " + number +
			", so it cannot become void. Reverse TO-000001, credit it with a memo"
	}
	unchanged(t, load(t, d.pool, base))
	voided := base.edit(t, "invoices.csv", "c1,2025-05-01,2025-05-31,EUR,open", "c1,2025-05-01,2025-05-31,EUR,void")
	checkFeeds(t, d.pool, base, []feeding{
		{
			"by its ledger", "invoices.csv", "c1,2025-05-01,2025-05-31,EUR,open", "c1,2025-05-01,2025-05-31,EUR,void",
			[]string{settled("invoices.csv:i5: status", "INV-5")},
		},
		{
			"by its allocation", "invoices.csv", "2026-01-31,EUR,open", "2026-01-31,EUR,void",
			[]string{settled("invoices.csv:i1: status", "INV-1")},
		},
		{"a memo that it used", "credit_memos.csv", "goodwill,open", "goodwill,void", []string{
			"credit_memos.csv:n1: status: TO-000001 settled the credit memo CM-1, so it cannot become void. " +
				"Reverse TO-000001, balance it with a debit memo",
		}},
		{"a line", "invoice_lines.csv", "10.00,10.00,,", "11.00,11.00,,", []string{
			`invoice_lines.csv:l5: amount: the invoice INV-5 was issued with "10.00" here ` +
				`and has "11.00" in the file, and TO-000001 settled it. Reverse TO-000001, credit it with a memo`,
			`invoice_lines.csv:l5: unit_price: the invoice INV-5 was issued with "10.00" here ` +
				`and has "11.00" in the file, and TO-000001 settled it. Reverse TO-000001, credit it with a memo`,
		}},
		{"another document", "debit_memos.csv", "fee,open", "fee,void", nil},
	})
	if _, errors := overriding(t, d.pool, voided, exchange.Override{Amend: true}); len(errors) > 0 {
		t.Fatal(errors)
	}
	d.want("the override takes the void", "void true", `select status || ' ' ||
		(amount_amended_after = (select max(id) from transfer_ledger)) from invoices where external_id = 'i5'`)
	unchanged(t, load(t, d.pool, voided))
	unchanged(t, load(t, d.pool, base)) // the status stays Handover's

	d.exec(`update transfer_orders set status = 'reversed'`)
	d.exec(`update invoices set status = 'open' where external_id = 'i5'`)
	d.exec(`delete from credit_allocations where order_id is not null`)
	load(t, d.pool, voided) // nothing settles it any more
}
