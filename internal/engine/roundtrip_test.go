package engine

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// fullDesk has records in every status and with every optional column that a file may have.
type fullDesk struct {
	*desk
	kobe testdb.Distributor
}

func newFullDesk(t *testing.T) *fullDesk {
	t.Helper()
	d := &fullDesk{desk: newDesk(t)}
	d.kobe = d.Distributor(testdb.Distributor{Name: "Kobe Cloud", Currency: "JPY", LegalEntity: "Kobe KK"})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.kobe.ID, Currency: "JPY", Price: "6000"})
	d.Rate(testdb.Rate{On: "2026-03-09", To: "GBP", Rate: "0.8612"})
	d.Rate(testdb.Rate{On: "2026-03-09", To: "JPY", Rate: "161.25"})
	return d
}

// account makes another customer the one that the helpers write for.
func (d *fullDesk) account(c testdb.Customer) testdb.Customer {
	d.t.Helper()
	d.customer = d.Customer(c)
	return d.customer
}

// bystander has what keeps a transfer from starting, and statuses of documents that no
// transfer writes.
func (d *fullDesk) bystander() {
	c := d.account(testdb.Customer{Name: "Standing By AS"})
	for _, s := range []string{"draft", "open", "paid", "transferred", "void"} {
		d.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-" + s, Amount: "10.00", Status: s})
	}
	for _, s := range []string{"open", "applied", "transferred", "void"} {
		for _, purpose := range []string{"", "transfer", "unused_term", "running_term"} {
			d.CreditMemo(testdb.Memo{
				Customer: c.ID, Number: "CM-" + s + purpose, Amount: "10.00", Status: s,
				Purpose: purpose,
			})
			d.DebitMemo(testdb.Memo{
				Customer: c.ID, Number: "DM-" + s + purpose, Amount: "10.00", Status: s,
				Purpose: purpose, DueOn: "2026-04-01",
			})
		}
	}
	d.DebitMemo(testdb.Memo{Customer: c.ID, Number: "DM-dueless", Amount: "10.00"})
	for _, s := range []string{"processing", "requires_action", "succeeded", "failed"} {
		i := d.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-pay-" + s, Amount: "10.00", Status: "paid"})
		d.paying("12.00", s, i, "10.00")
	}
	i := d.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-back", Amount: "100.00", Status: "paid"})
	p := d.paying("130.00", "succeeded", i, "100.00")
	m := d.CreditMemo(testdb.Memo{Customer: c.ID, Number: "CM-out", Amount: "40.00"})
	for _, r := range []testdb.Refund{
		{Amount: "5.00"},
		{Amount: "6.00", Status: "processing"},
		{Amount: "7.00", Status: "failed"},
		{Amount: "50.00", Kind: "chargeback"},
		{Amount: "8.00", Kind: "chargeback", Status: "processing"},
		{Amount: "9.00", Kind: "chargeback", Status: "failed"},
		{Amount: "15.00", CreditMemo: m.ID},
		{Amount: "1.00", CreditMemo: m.ID, Status: "failed"},
	} {
		r.Payment = p.ID
		d.Refund(r)
	}
}

// twoHops carries open items to another currency, and on to a third one. Afterwards the first
// payment is charged back, and money comes for what was carried.
func (d *fullDesk) twoHops() {
	c := d.account(testdb.Customer{
		Name: "Blue Fjord Two AS", TaxID: "NO 2", CRMID: "CRM-2",
		Email: "two@fjord.example",
	})
	d.year(true)
	d.subscribe(testdb.Subscription{Promo: "Spring"})
	carried := d.open("INV-H1", "100.00", "2026-02-01")
	d.DebitMemo(testdb.Memo{Customer: c.ID, Number: "DM-H1", Amount: "20.00", DueOn: "2026-01-20"})
	d.DebitMemo(testdb.Memo{Customer: c.ID, Number: "DM-H2", Amount: "5.00"})
	d.CreditMemo(testdb.Memo{Customer: c.ID, Number: "CM-H1", Invoice: carried.ID, Amount: "30.00"})
	p := d.paying("60.00", "succeeded", d.open("INV-H2", "80.00", "2026-01-15"), "50.00")
	d.paying("10.00", "failed", carried, "10.00")
	ask := d.toThames()
	o := d.transfer(ask)
	hop := transfer.Request{
		Kind: record.Distributor, SourceCustomer: o.TargetNumber, TargetDistributor: d.kobe.Number,
		Mode: transfer.ModeSubscriptions, ConversionRate: "187.24",
	}
	d.transfer(hop)
	d.Refund(testdb.Refund{Payment: p.ID, Amount: "25.00", Kind: "chargeback"})
	d.paying("70.00", "succeeded", carried, "70.00")
}

// cutAccounts merges one account into another with an effective date, and gives a subscription
// of a third one away: a failed payment stays behind.
func (d *fullDesk) cutAccounts() {
	d.account(testdb.Customer{Name: "Merging AS", Country: "NO"})
	s := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	d.billed("INV-M1", "2025-12-15", s)
	d.paying("50.00", "failed", d.billed("INV-M2", "2026-01-15", s), "10.00")
	d.transfer(d.into(d.Customer(testdb.Customer{Name: "Merged Into AS"}), "2026-01-01"))

	d.account(testdb.Customer{Name: "Giving AS"})
	a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
	p := d.paying("20.00", "failed", d.billed("INV-G1", "2026-01-15", a), "10.00")
	d.AllocatePayment(p.ID, testdb.Allocation{Invoice: d.billed("INV-G2", "2026-01-15", b).ID, Amount: "10.00"})
	d.transfer(d.give(d.Customer(testdb.Customer{Name: "Taking AS"}), "", a))
}

// thereAndBack executes each kind of transfer and takes it back.
func (d *fullDesk) thereAndBack() {
	for _, ask := range []func() transfer.Request{
		d.toNordlys, d.toThames,
		func() transfer.Request { return d.into(d.Customer(testdb.Customer{Name: "Back To AS"}), "2026-01-01") },
		func() transfer.Request { return d.into(d.Customer(testdb.Customer{Name: "All Back To AS"}), "") },
		func() transfer.Request {
			return d.give(d.Customer(testdb.Customer{Name: "Returning AS"}), "2026-01-01",
				d.subscribe(testdb.Subscription{}))
		},
	} {
		d.account(testdb.Customer{Name: "Coming Back AS"})
		y := d.year(true)
		d.posted("", 0, d.customer.ID, "2026-02-15", recognise, "9.99") // matches no line: no import links it
		entry := d.posted("", 0, d.customer.ID, "2026-02-28", recognise, "10.00")
		for _, line := range y.lines[9:11] {
			d.Exec(`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, 5)`,
				entry.ID, line.ID)
		}
		s := d.subscribe(testdb.Subscription{})
		d.Charge(testdb.Charge{Subscription: s.ID, Amount: "3.00", PeriodStart: "2026-02-01"})
		d.paying("5.00", "failed", d.billed("", "2026-01-15", s), "5.00")
		d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "4.00"})
		d.reversed(d.transfer(ask()))
	}
}

// column returns the values that a column of an exported file has.
func column(t *testing.T, dir, file, name string) []string {
	t.Helper()
	text, err := os.Open(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = text.Close() }()
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], name)
	if at < 0 {
		t.Errorf("%s has no column %s", file, name)
		return nil
	}
	var values []string
	for _, row := range rows[1:] {
		if row[at] != "" {
			values = append(values, row[at])
		}
	}
	return values
}

// exported lists what the export must have for the test to mean something; nil: any value.
var exported = []struct {
	file, column string
	values       []string
}{
	{"invoices.csv", "status", []string{"draft", "open", "paid", "transferred", "void"}},
	{"credit_memos.csv", "status", []string{"open", "applied", "transferred", "void"}},
	{"debit_memos.csv", "status", []string{"open", "applied", "transferred", "void"}},
	{"credit_memos.csv", "purpose", []string{"transfer", "unused_term", "running_term"}},
	{"debit_memos.csv", "purpose", []string{"transfer", "unused_term", "running_term"}},
	{"debit_memos.csv", "origin_kind", []string{"invoice", "debit_memo"}},
	{"debit_memos.csv", "origin_number", []string{"INV-H1", "DM-H1", "DM-H2"}},
	{"debit_memos.csv", "origin_issued_on", nil},
	{"debit_memos.csv", "origin_distributor_id", []string{"D-000001"}},
	{"debit_memos.csv", "due_on", []string{"2026-01-20", "2026-02-01", "2026-04-01"}},
	{"payments.csv", "status", []string{"processing", "requires_action", "succeeded", "failed"}},
	{"refunds.csv", "kind", []string{"refund", "chargeback"}},
	{"refunds.csv", "status", []string{"processing", "succeeded", "failed"}},
	{"refunds.csv", "credit_memo_id", []string{"CM-out"}},
	{"payment_allocations.csv", "parted", []string{"true", "false"}},
	{"customers.csv", "status", []string{"active", "merged", "transferred_out", "closed"}},
	{"account_successors.csv", "kind", nil},
	{"subscription_continuations.csv", "on_date", []string{"2026-01-01"}},
	{"document_buyers.csv", "name", nil},
	{"journal_entries.csv", "source_kind", []string{"invoice", "credit_memo", "debit_memo", "revenue_schedule"}},
	{"journal_lines.csv", "counterparty_distributor_id", nil},
	{"journal_lines.csv", "original_amount", nil},
	{"journal_lines.csv", "original_currency", []string{"EUR", "GBP"}},
	{"journal_lines.csv", "rate", []string{"0.8612", "187.24"}},
	{"recognition_lines.csv", "amount", []string{"5.00"}},
}

// TestRoundTripAfterTransfersAndReversals: with every status and column, after transfers of
// each kind and reversals, an export comes out of an empty database byte by byte as it went
// in, and changes nothing where it came from.
func TestRoundTripAfterTransfersAndReversals(t *testing.T) {
	d := newFullDesk(t)
	d.bystander()
	d.twoHops()
	d.cutAccounts()
	d.thereAndBack()
	d.verify()
	first := unload(t, d.db)
	for _, e := range exported {
		got := column(t, first, e.file, e.column)
		if len(got) == 0 {
			t.Errorf("%s: no row has a %s", e.file, e.column)
		}
		for _, v := range e.values {
			if !slices.Contains(got, v) {
				t.Errorf("%s: no row has %s %s", e.file, e.column, v)
			}
		}
	}
	other := testdb.Lend(t)
	load(t, other, first)
	sameFiles(t, first, unload(t, other))
	elsewhere := &desk{World: nil, t: t, db: other}
	elsewhere.verify()
	for name, pool := range map[string]*sqlx.DB{"where it came from": d.db, "where it was imported": other} {
		for _, f := range load(t, pool, first).Files {
			if f.Added+f.Updated > 0 {
				t.Errorf("%s the export changed %s: %+v", name, f.File, f)
			}
		}
		sameFiles(t, first, unload(t, pool))
	}
	const books = `select string_agg(number_of('C', b.customer_id) || ' ' || b.balance || ' ' ||
		                             coalesce(p.parted, 0), ', ' order by b.customer_id)
		from customer_balances b
		left join (select p.customer_id, count(*) as parted from payments p
		           join payment_allocations a on a.payment_id = p.id
		           where a.parted group by 1) p on p.customer_id = b.customer_id`
	var before, after string
	if err := d.db.Get(&before, books); err != nil {
		t.Fatal(err)
	}
	if err := other.Get(&after, books); err != nil || before != after {
		t.Errorf("balances and parted allocations:\n got %s (%v)\nwant %s", after, err, before)
	}
	d.collectAll(other)
}

// collectAll lets every failed payment succeed on both sides: what a transfer parted counts
// on neither.
func (d *fullDesk) collectAll(other *sqlx.DB) {
	d.t.Helper()
	const counts = `with collected as (update payments set status = 'succeeded' where status = 'failed' returning id)
		select count(*) from collected`
	const state = `select count(*) filter (where a.parted and a.counts <> 0) || ' ' ||
		count(*) filter (where a.parted) || ' ' || sum(a.counts)
		from payment_allocations a`
	var sums []string
	for _, pool := range []*sqlx.DB{d.db, other} {
		var n int
		var sum string
		if err := pool.Get(&n, counts); err != nil || n == 0 {
			d.t.Fatalf("%d payments collected: %v", n, err)
		}
		if err := pool.Get(&sum, state); err != nil {
			d.t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] != sums[1] || sums[0][:2] != "0 " {
		d.t.Errorf("parted that count, parted, and what counts: %q", sums)
	}
}
