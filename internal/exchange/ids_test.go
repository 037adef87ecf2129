package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/exchange"
	"handover/internal/testdb"
)

const brandsHeader = "-- brands.csv --\nid,name,primary_color\n"

func TestIDs(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	ids := func() string {
		return value(t, pool, `select string_agg(id || ' ' || coalesce(external_id, '-') || ' ' || name, ', '
			order by id) from brands`)
	}
	steps := []struct{ name, lines, want string }{
		{
			"an outside id of our form gets its number; others keep clear of it", "x,X,\nB-000002,Two,\ny,Y,\n",
			"1 x X, 2 B-000002 Two, 3 y Y",
		},
		{
			"also when it is higher", "B-000010,Ten,\nz,Z,\n",
			"1 x X, 2 B-000002 Two, 3 y Y, 4 z Z, 10 B-000010 Ten",
		},
		{
			"the sequence goes on after the highest", "w,W,\n",
			"1 x X, 2 B-000002 Two, 3 y Y, 4 z Z, 10 B-000010 Ten, 11 w W",
		},
		{
			"our number finds a row; what is too long for a number is an outside id",
			"B-000001,X2,\nB-9999999999999,Long,\n",
			"1 x X2, 2 B-000002 Two, 3 y Y, 4 z Z, 10 B-000010 Ten, 11 w W, 12 B-9999999999999 Long",
		},
	}
	for _, s := range steps {
		load(t, pool, parse(brandsHeader+s.lines))
		if got := ids(); got != s.want {
			t.Errorf("%s:\n got %s\nwant %s", s.name, got, s.want)
		}
	}
	if _, err := pool.ExecContext(t.Context(),
		`insert into brands (external_id, name) values ('B-000014', 'Later')`); err != nil {
		t.Fatal(err)
	}
	_, got := try(t, pool, parse(brandsHeader+"x,X,\nB-000001,Same,\n"))
	if diff := cmp.Diff([]string{`brands.csv:3: id: "B-000001" is the same brand as "x" in line 2`}, got); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{"15", "16"} { // 13 is Later's own id, 14 is its outside id
		if got := value(t, pool, `select next_id('brands', 'B')`); got != want {
			t.Errorf("the next id is %s, want %s", got, want)
		}
	}
}

func TestDryRunKeepsNothing(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	report, err := exchange.Import(t.Context(), pool, small(t).fs(), exchange.Options{DryRun: true})
	if err != nil {
		t.Fatal(err, report.Errors)
	}
	if len(report.Files) != len(small(t)) || report.Files[0].Added != 2 || !report.DryRun {
		t.Errorf("the report of a dry run: %+v", report)
	}
	if got := value(t, pool, `select (select count(*) from brands) + (select count(*) from audit_entries)`); got !=
		"0" {
		t.Errorf("%s rows were kept", got)
	}
	if got := value(t, pool, `select nextval('customers_id_seq')`); got != "1" {
		t.Errorf("a dry run used up ids: the next is %s", got)
	}
}

func TestDocumentNumbers(t *testing.T) {
	t.Parallel()
	pool, data := testdb.New(t), small(t)
	data = data.edit(t, "invoices.csv", "INV-5", "INV-4")
	load(t, pool, data)
	header := "-- payment_allocations.csv --\npayment_id,invoice_id,debit_memo_id,amount\n"
	load(t, pool, parse(header+"y3,INV-1,,0.50\n"))
	if got := value(t, pool, `select sum(a.amount) from payment_allocations a join payments p on p.id = a.payment_id
		where p.external_id = 'y3'`); got != "0.50" {
		t.Errorf("allocated by number: %s", got)
	}
	_, got := try(t, pool, parse(header+"y3,INV-4,,0.50\n"))
	if diff := cmp.Diff(
		[]string{`payment_allocations.csv:2: invoice_id: "INV-4" is the number of more than one invoice; ` +
			`write the id of one`}, got); diff != "" {
		t.Error(diff)
	}
	// A memo that was born here goes before one of the same number from outside.
	if _, err := pool.ExecContext(t.Context(), `insert into credit_memos (number, customer_id, issued_on, amount,
		currency, status, buyer_name)
		select 'CM-1', id, '2026-01-01', 1, 'EUR', 'open', name from customers where external_id = 'c1'`); err != nil {
		t.Fatal(err)
	}
	unchanged(t, load(t, pool, export(t, pool)))
	if got := value(t, pool, `select next_id('credit_memos', 'CM')`); got != "3" {
		t.Errorf("the next memo is %s", got)
	}
}

func TestAllocationsMatch(t *testing.T) {
	t.Parallel()
	pool, data := testdb.New(t), small(t)
	load(t, pool, data)
	before := value(t, pool, `select string_agg(id::text, ' ' order by amount) from payment_allocations a
		where invoice_id is not null and amount < 100`)
	data = data.edit(t, "payment_allocations.csv", "y1,i1,,1.00", "y1,i1,,2.00") // of two, the equal one stays
	report := load(t, pool, data)
	for _, f := range report.Files {
		if f.File == "payment_allocations.csv" && (f.Updated != 1 || f.Added != 0) {
			t.Errorf("%+v", f)
		}
	}
	if after := value(t, pool, `select string_agg(id::text, ' ' order by amount) from payment_allocations a
		where invoice_id is not null and amount < 100`); after != before {
		t.Errorf("allocations were %s and are %s", before, after)
	}
	if got := value(t, pool, `select string_agg(amount::text, ' ' order by amount) from payment_allocations
		where invoice_id is not null and amount < 100`); got != "2.00 10.00" {
		t.Errorf("allocations: %s", got)
	}
}

func TestBuyersStay(t *testing.T) {
	t.Parallel()
	pool, data := testdb.New(t), small(t)
	load(t, pool, data)
	data = data.edit(t, "customers.csv", "Blue AS", "Blue Group AS").edit(t, "invoices.csv", "draft", "open")
	load(t, pool, data)
	if got := value(t, pool,
		`select string_agg(buyer_name, ', ' order by number) from invoices where currency = 'EUR'`); got !=
		"Blue AS, Blue Group AS, Old AS" {
		t.Errorf("buyers: %s", got)
	}
	unchanged(t, load(t, pool, export(t, pool)))
	corrected := parse("-- document_buyers.csv --\ndocument_kind,document_id,name,address,tax_id\n" +
		"invoice,i1,Corrected AS,,\n")
	if _, errors := overriding(t, pool, corrected, exchange.Override{Amend: true}); len(errors) > 0 {
		t.Error(errors)
	}
	if got := value(t, pool, `select buyer_name || buyer_address from invoices where external_id = 'i1'`); got !=
		"Corrected AS" {
		t.Errorf("buyer: %s", got)
	}
}

func TestJournalLinesAreReplacedTogether(t *testing.T) {
	t.Parallel()
	pool, data := testdb.New(t), small(t)
	load(t, pool, data)
	changed := data.edit(t, "journal_lines.csv",
		"j3,1100 Accounts receivable,0.00,7.00,EUR,,,,\nj3,1100 Accounts receivable,7.00,0.00,EUR,,,,",
		"j3,1100 Accounts receivable,0.00,8.00,EUR,,,,\nj3,1000 Bank,8.00,0.00,EUR,,,,").only("journal_lines.csv")
	report := load(t, pool, changed)
	if f := report.Files[0]; f.Updated != 2 || f.Added != 0 || f.Unchanged != 12 {
		t.Errorf("%+v", f)
	}
	if got := value(t, pool, `select string_agg(account, ', ' order by account) from journal_lines where debit = 8
		or credit = 8`); got != "1000 Bank, 1100 Accounts receivable" {
		t.Errorf("lines: %s", got)
	}
}
