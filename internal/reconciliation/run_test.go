package reconciliation_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/money"
	"handover/internal/reconciliation"
	"handover/internal/testdb"
)

// ledgerAccounts that the books of these tests use.
const (
	receivable = "1100 Accounts receivable"
	deferred   = "2400 Deferred revenue"
	revenue    = "4000 Revenue"
	credits    = "4900 Credits"
	cash       = "1000 Cash"
)

// books are those of one account, which reconcile: a yearly contract that was billed on 1
// January, paid in part, with a credit memo and the revenue of the first month recognised.
type books struct {
	t    *testing.T
	pool *sqlx.DB
	*testdb.World
	account      testdb.Customer
	subscription testdb.Subscription
	invoice      testdb.Invoice
	payment      testdb.Payment
	refund       testdb.Refund
	credit       testdb.Memo
	january      testdb.RevenueSchedule
	february     testdb.RevenueSchedule
	billed       testdb.Entry // the entry of the invoice
	recognised   testdb.Entry // the entry of January
}

// between are an entry's lines from the credited to the debited account.
func between(debit, credit, amount string) []testdb.EntryLine {
	return []testdb.EntryLine{{Account: debit, Debit: amount}, {Account: credit, Credit: amount}}
}

func newBooks(t *testing.T) *books {
	t.Helper()
	pool := testdb.New(t)
	b := &books{t: t, pool: pool, World: testdb.NewWorld(t, pool)}
	b.account = b.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	b.subscription = b.Subscription(testdb.Subscription{Customer: b.account.ID})
	b.invoice = b.Invoice(testdb.Invoice{IssuedOn: "2026-01-01", Lines: []testdb.Line{{
		Subscription: b.subscription.ID,
		Amount:       "120.00",
	}}})
	b.billed = b.Entry(testdb.Entry{
		SourceKind: testdb.OfInvoice, Source: b.invoice.ID, PostedOn: "2026-01-01",
		Lines: between(receivable, deferred, "120.00"),
	})
	line := b.invoice.Lines[0].ID
	b.january = b.RevenueSchedule(testdb.RevenueSchedule{
		Subscription: b.subscription.ID, Line: line, Start: "2026-01-01", End: "2026-01-31", Amount: "10.00",
		Recognized: true,
	})
	b.february = b.RevenueSchedule(testdb.RevenueSchedule{
		Subscription: b.subscription.ID, Line: line,
		Start: "2026-02-01", End: "2026-02-28", Amount: "110.00",
	})
	b.recognised = b.Entry(testdb.Entry{
		SourceKind: testdb.OfRevenueSchedule, Source: b.january.ID, PostedOn: "2026-01-31",
		Lines: between(deferred, revenue, "10.00"),
	})
	b.payment = b.Payment(testdb.Payment{
		Customer: b.account.ID, ReceivedOn: "2026-01-20", Amount: "70.00",
		Allocations: []testdb.Allocation{{Invoice: b.invoice.ID, Amount: "50.00"}},
	})
	b.Entry(testdb.Entry{
		SourceKind: testdb.OfPayment, Source: b.payment.ID, PostedOn: "2026-01-20",
		Lines: between(cash, receivable, "70.00"),
	})
	b.refund = b.Refund(testdb.Refund{Payment: b.payment.ID, On: "2026-01-25", Amount: "15.00"})
	b.Entry(testdb.Entry{
		SourceKind: testdb.OfRefund, Source: b.refund.ID, PostedOn: "2026-01-25",
		Lines: between(receivable, cash, "15.00"),
	})
	b.credit = b.CreditMemo(testdb.Memo{Customer: b.account.ID, IssuedOn: "2026-01-28", Amount: "5.00"})
	b.Entry(testdb.Entry{
		SourceKind: testdb.OfCreditMemo, Source: b.credit.ID, PostedOn: "2026-01-28",
		Lines: between(credits, receivable, "5.00"),
	})
	return b
}

// everything is what the provider sees.
func (b *books) everything() accounts.Scope {
	return accounts.Scope{Root: b.Provider.ID, Everything: true}
}

// check runs every check and returns the results that do not hold, each in a line, with what
// differs most.
func (b *books) check() []string {
	b.t.Helper()
	if err := reconciliation.Run(b.t.Context(), b.pool, b.everything()); err != nil {
		b.t.Fatal(err)
	}
	results, err := reconciliation.Results(b.t.Context(), b.pool, b.everything(), reconciliation.Filter{})
	if err != nil {
		b.t.Fatal(err)
	}
	if len(results) == 0 {
		b.t.Fatal("nothing was checked")
	}
	var out []string
	for _, r := range results {
		if r.OK {
			continue
		}
		line := fmt.Sprintf("%s %s %s %s", r.Name, r.Distributor, money.Format(r.Difference, r.Currency), r.Currency)
		check, _ := reconciliation.ByName(r.Name)
		items, err := reconciliation.Items(b.t.Context(), b.pool, b.everything(),
			reconciliation.ItemFilter{Name: check.Name, DistributorID: r.DistributorID, Currency: r.Currency},
			db.Page{Size: 100})
		if err != nil {
			b.t.Fatal(err)
		}
		for _, i := range items.Rows {
			if i.Differs {
				line += fmt.Sprintf("; %s %s %s-%s", i.Kind, i.Number, money.Format(i.Books, i.Currency),
					money.Format(i.Records,
						i.Currency))
				if i.Since != nil {
					line += " since " + i.Since.Format(time.DateOnly)
				}
			}
		}
		out = append(out, line)
	}
	return out
}

func (b *books) wants(want ...string) {
	b.t.Helper()
	if got := b.check(); !slices.Equal(got, want) {
		b.t.Errorf("the check found\n%q, want\n%q", got, want)
	}
}

func TestBooksThatReconcile(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.wants()
	results, err := reconciliation.Results(t.Context(), b.pool, b.everything(), reconciliation.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range results {
		names = append(names, r.Name)
		if r.Currency != "EUR" || r.Checked == 0 || !r.Difference.IsZero() {
			t.Errorf("%+v, want a check of something in euros without difference", r)
		}
	}
	for _, name := range []string{
		"receivable", "receivable_by_account", "deferred_revenue",
		"deferred_revenue_by_account", "recognition", "documents", "statuses",
	} {
		if !slices.Contains(names, name) {
			t.Errorf("no result of %s: %v", name, names)
		}
	}
}

// second is another account of the same distributor whose books reconcile: an open invoice of 40.
func (b *books) second() (testdb.Customer, testdb.Invoice) {
	c := b.Customer(testdb.Customer{Name: "Halcyon Foods Ltd"})
	i := b.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-2", IssuedOn: "2026-01-05", Amount: "40.00"})
	b.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID, PostedOn: "2026-01-05", Lines: between(receivable,
		revenue, "40.00")})
	return c, i
}

// disturbances are what an auditor must find, with the results that name it.
var disturbances = []struct {
	name    string
	disturb func(b *books)
	want    []string
}{
	{"an invoice without its entry", func(b *books) {
		b.Invoice(testdb.Invoice{Customer: b.account.ID, Number: "INV-9", IssuedOn: "2026-02-03", Amount: "30.00"})
	}, []string{
		"receivable D-000001 -30.00 EUR; customer C-000001 60.00-90.00 since 2026-02-03",
		"receivable_by_account D-000001 30.00 EUR; customer C-000001 60.00-90.00 since 2026-02-03",
		"documents D-000001 -30.00 EUR; invoice INV-9 0.00-30.00 since 2026-02-03",
	}},
	{"a payment that failed after its entry was posted", func(b *books) {
		b.Exec(`update payments set status = 'failed' where id = $1`, b.payment.ID)
		b.Exec(`update refunds set status = 'failed' where id = $1`, b.refund.ID)
	}, []string{
		"receivable D-000001 -55.00 EUR; customer C-000001 60.00-115.00 since 2026-01-20",
		"receivable_by_account D-000001 55.00 EUR; customer C-000001 60.00-115.00 since 2026-01-20",
		"documents D-000001 -55.00 EUR; payment PAY-000001 -70.00-0.00 since 2026-01-20; refund RF-000001 15.00-0.00 " +
			"since 2026-01-25",
	}},
	{"two accounts whose differences add up to nothing", func(b *books) {
		c, _ := b.second()
		b.Exec(`update journal_entries set source_kind = null, source_id = null, customer_id = $2 where id = $1`,
			b.billed.ID, c.ID)
	}, []string{
		"receivable_by_account D-000001 240.00 EUR; customer C-000002 160.00-40.00 since 2026-01-01; " +
			"customer C-000001 -60.00-60.00 since 2026-01-01",
		"deferred_revenue_by_account D-000001 240.00 EUR; customer C-000002 120.00-0.00 since 2026-01-01; customer " +
			"C-000001 -10.00-110.00 since 2026-01-01",
		"documents D-000001 -120.00 EUR; invoice INV-000005 0.00-120.00 since 2026-01-01",
	}},
	{"an entry that no account owns", func(b *books) {
		e := b.Entry(testdb.Entry{Customer: b.account.ID, PostedOn: "2026-02-02", Lines: between(receivable,
			revenue, "9.00")})
		b.Exec(`update journal_entries set customer_id = null where id = $1`, e.ID)
	}, []string{"receivable D-000001 9.00 EUR; journal_entry JE-000006 9.00-0.00 since 2026-02-02"}},
	{"an entry in the books of another distributor", func(b *books) {
		d := b.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
		b.Entry(testdb.Entry{
			Distributor: d.ID, Customer: b.account.ID, PostedOn: "2026-02-02",
			Lines: between(receivable,
				revenue, "9.00"),
		})
	}, []string{"receivable D-000002 9.00 EUR; journal_entry JE-000006 9.00-0.00 since 2026-02-02"}},
	{"a document that another account's payment settles", func(b *books) {
		_, i := b.second()
		b.AllocatePayment(b.payment.ID, testdb.Allocation{Invoice: i.ID, Amount: "5.00"})
	}, []string{"receivable_by_account D-000001 10.00 EUR; customer C-000002 40.00-35.00 since 2026-01-05; customer " +
		"C-000001 60.00-65.00 since 2026-01-20"}},
	{"a line recognised without an entry", func(b *books) {
		b.Exec(`update revenue_schedules set recognized = true where id = $1`, b.february.ID)
	}, []string{
		"deferred_revenue D-000001 110.00 EUR; customer C-000001 110.00-0.00 since 2026-02-28",
		"deferred_revenue_by_account D-000001 110.00 EUR; customer C-000001 110.00-0.00 since 2026-02-28",
	}},
	{"an entry of a document that is void", func(b *books) {
		_, i := b.second()
		b.Exec(`update invoices set status = 'void' where id = $1`, i.ID)
	}, []string{
		"receivable D-000001 40.00 EUR; customer C-000002 40.00-0.00 since 2026-01-05",
		"receivable_by_account D-000001 40.00 EUR; customer C-000002 40.00-0.00 since 2026-01-05",
		"documents D-000001 40.00 EUR; invoice INV-2 40.00-0.00 since 2026-01-05",
	}},
	{"a recognition entry too many", func(b *books) {
		b.Entry(testdb.Entry{
			SourceKind: testdb.OfRevenueSchedule, Source: b.january.ID, PostedOn: "2026-02-01",
			Lines: between(deferred, revenue, "2.00"),
		})
	}, []string{
		"deferred_revenue D-000001 -2.00 EUR; customer C-000001 108.00-110.00 since 2026-02-01",
		"deferred_revenue_by_account D-000001 2.00 EUR; customer C-000001 108.00-110.00 since 2026-02-01",
		"recognition D-000001 2.00 EUR; revenue_schedule RS-000001 12.00-10.00 since 2026-02-01",
	}},
	{"an entry for several lines that recognises more than one of them is", func(b *books) {
		e := b.Entry(testdb.Entry{Customer: b.account.ID, PostedOn: "2026-02-28", Lines: between(deferred,
			revenue, "110.00")})
		b.Exec(
			`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, 109), ($1, $3, 1)`,
			e.ID, b.february.ID, b.january.ID)
		b.Exec(`update revenue_schedules set recognized = true where id = $1`, b.february.ID)
	}, []string{"recognition D-000001 1.00 EUR; revenue_schedule RS-000001 11.00-10.00 since 2026-02-28"}},
	{"an invoice that a file calls paid, which nothing settles", func(b *books) {
		_, i := b.second()
		b.Exec(`update invoices set status = 'paid' where id = $1`, i.ID)
	}, []string{
		"receivable D-000001 40.00 EUR; customer C-000002 40.00-0.00 since 2026-01-05",
		"receivable_by_account D-000001 40.00 EUR; customer C-000002 40.00-0.00 since 2026-01-05",
		"statuses D-000001 40.00 EUR; invoice INV-2 40.00-0.00 since 2026-01-05",
	}},
	{"an invoice that a file calls open, which is settled", func(b *books) {
		c, i := b.second()
		p := b.Payment(testdb.Payment{
			Customer: c.ID, ReceivedOn: "2026-01-20", Amount: "40.00",
			Allocations: []testdb.Allocation{{Invoice: i.ID}},
		})
		b.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: p.ID, PostedOn: "2026-01-20", Lines: between(cash,
			receivable, "40.00")})
	}, []string{"statuses D-000001 -40.00 EUR; invoice INV-2 0.00-40.00 since 2026-01-05"}},
	{"an invoice that a file calls transferred, which no transfer settled", func(b *books) {
		c, i := b.second()
		p := b.Payment(testdb.Payment{
			Customer: c.ID, ReceivedOn: "2026-01-20", Amount: "40.00",
			Allocations: []testdb.Allocation{{Invoice: i.ID}},
		})
		b.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: p.ID, PostedOn: "2026-01-20", Lines: between(cash,
			receivable, "40.00")})
		b.Exec(`update invoices set status = 'transferred' where id = $1`, i.ID)
	}, []string{"statuses D-000001 40.00 EUR; invoice INV-2 40.00-40.00 since 2026-01-05"}},
	{"money on a void document", func(b *books) {
		c, i := b.second()
		p := b.Payment(testdb.Payment{
			Customer: c.ID, ReceivedOn: "2026-01-20", Amount: "25.00",
			Allocations: []testdb.Allocation{{Invoice: i.ID}},
		})
		b.Entry(testdb.Entry{SourceKind: testdb.OfPayment, Source: p.ID, PostedOn: "2026-01-20", Lines: between(cash,
			receivable, "25.00")})
		b.Exec(`update invoices set status = 'void' where id = $1`, i.ID)
		b.Exec(`delete from journal_lines where entry_id in (select id from journal_entries
			where source_kind = 'invoice'
		    and source_id = $1)`, i.ID)
	}, []string{
		"receivable D-000001 -25.00 EUR; customer C-000002 -25.00-0.00 since 2026-01-05",
		"receivable_by_account D-000001 25.00 EUR; customer C-000002 -25.00-0.00 since 2026-01-05",
		"void_money D-000001 25.00 EUR; invoice INV-2 25.00-0.00 since 2026-01-05",
	}},
}

func TestChecksNameWhatDiffers(t *testing.T) {
	t.Parallel()
	for _, tc := range disturbances {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBooks(t)
			tc.disturb(b)
			b.wants(tc.want...)
			b.wantsPieces()
		})
	}
}

// wantsPieces: what the account page lists adds up to the difference of each account.
func (b *books) wantsPieces() {
	b.t.Helper()
	if off := b.Text(`
		select string_agg(coalesce(p.customer_id, d.customer_id) || ' ' || coalesce(p.role, d.role) || ': '
		    || coalesce(p.difference, 0) || ', not ' || coalesce(d.difference, 0), '; ')
		from (select customer_id, role, currency, sum(books - records) as difference from control_pieces
		      group by 1, 2, 3) p
		full join book_differences d on (d.customer_id, d.role, d.currency) = (p.customer_id, p.role, p.currency)
		where coalesce(p.difference, 0) <> coalesce(d.difference, 0)`); off != "" {
		b.t.Errorf("the pieces do not add up to the difference of accounts: %s", off)
	}
}

func TestChangedDocumentsAreNamed(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	b.Exec(`update invoices set due_on = due_on + 30, restricted = 'Exported'`)
	b.Exec(`update invoice_lines set subscription_id = null`)
	b.wants() // none of it is printed
	for _, change := range []string{
		`update invoice_lines set description = 'Another service'`,
		`update invoice_lines set service_start = '2026-01-02'`,
		`update invoices set number = number || 'A'`,
		`update invoices set issued_on = issued_on + 1`,
		`update invoices set buyer_tax_id = 'NO 999'`,
	} {
		tx, err := b.pool.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(change); err != nil {
			t.Fatal(err)
		}
		var changed int
		if err := tx.Get(&changed, `select count(*) from invoices i
			where issued_hash is distinct from document_hash_invoice(i)`); err != nil {
			t.Fatal(err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		if changed != 1 {
			t.Errorf("%s: %d documents are changed, want 1", change, changed)
		}
	}
	b.Exec(`update invoice_lines set description = 'Another service'`)
	b.Exec(`update credit_memos set buyer_name = 'Halcyon Foods Ltd'`)
	b.wants("changed D-000001 125.00 EUR; invoice " + b.invoice.Number + " 120.00-0.00; credit_memo " +
		b.credit.Number + " 5.00-0.00")
}
