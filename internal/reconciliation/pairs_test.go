package reconciliation_test

import (
	"fmt"
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/reconciliation"
	"handover/internal/testdb"
)

// pair are two distributors between which an order carried 100 EUR as 86 GBP: the source's books
// are in euros, the target's in pounds.
type pair struct {
	source, target testdb.Distributor
	order          testdb.TransferOrder
	given, taken   testdb.Entry
}

// carried makes the entries of an order between two distributors on that account.
func (b *books) carried(account, sourceEntity, targetEntity string) pair {
	p := pair{
		source: b.Distributor(testdb.Distributor{Name: "Nordlys Partner", LegalEntity: sourceEntity}),
		target: b.Distributor(testdb.Distributor{Name: "Thames Cloud", LegalEntity: targetEntity, Currency: "GBP"}),
	}
	from, to := b.Customer(testdb.Customer{Distributor: p.source.ID}),
		b.Customer(testdb.Customer{Distributor: p.target.ID})
	p.order = b.TransferOrder(testdb.TransferOrder{Kind: "distributor", Source: from.ID, Target: to.ID})
	p.given = b.Entry(testdb.Entry{
		Distributor: p.source.ID, Customer: from.ID, PostedOn: "2026-03-01",
		Lines: between(account, "1100 Receivable", "100.00"),
	})
	p.taken = b.Entry(testdb.Entry{
		Distributor: p.target.ID, Customer: to.ID, PostedOn: "2026-03-01", Currency: "GBP",
		Lines: between("1100 Receivable", account, "86.00"),
	})
	b.clears(p.given, p.order.ID, p.target, "100.00", "EUR", "1")
	b.clears(p.taken, p.order.ID, p.source, "100.00", "EUR", "0.86")
	b.Exec(`update journal_entries set by_transfer = true where distributor_id in ($1, $2)`, p.source.ID, p.target.ID)
	return p
}

// clears gives the clearing line of an entry what a transfer writes on it; order 0 is none.
func (b *books) clears(e testdb.Entry, order int64, other testdb.Distributor, original, currency, rate string) {
	b.Exec(`update journal_lines set order_id = nullif($2, 0), counterparty_distributor_id = $3,
	    counterparty_entity = $4,
		original_amount = $5, original_currency = $6, rate = $7 where entry_id = $1 and account ~ '^19'`,
		e.ID, order, other.ID, other.LegalEntity, original, currency, rate)
}

func TestClearingNetsPerOrderAndPair(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	p := b.carried("1990 Transfer clearing", "Nordlys AS", "Nordlys AS")
	b.wants()
	b.Exec(`update journal_lines set original_amount = 99.99 where entry_id = $1 and order_id is not null`, p.taken.ID)
	b.wants(
		"clearing D-000002 0.01 EUR; transfer_order "+p.order.Number+" 100.00-99.99 since 2026-03-01",
		"clearing D-000003 0.01 EUR; transfer_order "+p.order.Number+" -99.99--100.00 since 2026-03-01",
	)
	// Another order of the same two that is off by as much the other way round hides nothing.
	q := b.TransferOrder(testdb.TransferOrder{Kind: "distributor", Source: p.order.Source, Target: p.order.Target})
	e := b.Entry(testdb.Entry{
		Distributor: p.source.ID, Customer: p.order.Source, PostedOn: "2026-03-02",
		Lines: between("1100 Receivable", "1990 Transfer clearing", "0.01"),
	})
	b.Exec(`update journal_entries set by_transfer = true where id = $1`, e.ID)
	b.clears(e, q.ID, p.target, "0.01", "EUR", "1")
	if got := b.check(); len(got) != 2 || !strings.Contains(got[0], q.Number) || !strings.Contains(got[0],
		p.order.Number) {
		t.Errorf("the check found %q, want both orders on both sides", got)
	}
}

func TestClearingWithinOneDistributorNets(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	c, _ := b.second()
	order := b.TransferOrder(testdb.TransferOrder{Source: c.ID, Target: b.account.ID})
	for _, lines := range [][]testdb.EntryLine{between("1990", "1100", "40.00"), between("1100", "1990", "40.00")} {
		b.clears(b.Entry(testdb.Entry{Customer: c.ID, PostedOn: "2026-03-01", Lines: lines}), order.ID,
			b.Provider, "40.00", "EUR", "1")
	}
	b.wants()
	b.Exec(`update journal_lines set original_amount = 41 where id = (select max(id) from journal_lines
	    where order_id is not null)`)
	b.wants("clearing D-000001 -1.00 EUR; transfer_order " + order.Number + " 40.00-41.00 since 2026-03-01")
}

func TestIntercompanyIsListedPerPair(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	p := b.carried("1985 Intercompany", "Nordlys AS", "Thames Ltd")
	b.wants()
	pairs := func(d testdb.Distributor) string {
		t.Helper()
		part, err := reconciliation.Items(t.Context(), b.pool, b.everything(),
			reconciliation.ItemFilter{Name: "intercompany", DistributorID: d.ID, Currency: "EUR"}, db.Page{Size: 10})
		if err != nil || len(part.Rows) != 1 {
			t.Fatalf("%d pairs (%v), want 1", len(part.Rows), err)
		}
		i := part.Rows[0]
		return fmt.Sprintf("%s %s %s %s %v", i.Kind, i.Number, i.Books, i.Records, i.Differs)
	}
	if got, want := pairs(p.source), "distributor "+p.target.Number+" 100 100 false"; got != want {
		t.Errorf("the source lists %q, want %q", got, want)
	}
	if got, want := pairs(p.target), "distributor "+p.source.Number+" -100 -100 false"; got != want {
		t.Errorf("the target lists %q, want %q", got, want)
	}
	b.Exec(`update journal_lines set original_amount = 90 where entry_id = $1 and order_id is not null`, p.taken.ID)
	b.wants(
		"intercompany D-000002 10.00 EUR; transfer_order "+p.order.Number+" 100.00-90.00 since 2026-03-01",
		"intercompany D-000003 10.00 EUR; transfer_order "+p.order.Number+" -90.00--100.00 since 2026-03-01",
	)
}

func TestLinesWithoutAnOrderAreShownApart(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	p := b.carried("1990 Transfer clearing", "Nordlys AS", "Nordlys AS")
	// As after an import into another database: the lines name each other, but no order.
	b.Exec(`update journal_lines set order_id = null`)
	b.wants()
	b.Entry(testdb.Entry{
		Distributor: p.source.ID, Customer: p.order.Source, PostedOn: "2026-03-05",
		Lines: between("1985 Intercompany", "4000 Revenue", "7.00"),
	})
	b.wants() // an intercompany line of a file belongs to no order, but it is listed
	part, err := reconciliation.Items(t.Context(), b.pool, b.everything(), reconciliation.ItemFilter{
		Name:          "no_order",
		DistributorID: p.source.ID, Currency: "EUR",
	}, db.Page{Size: 10})
	if err != nil || len(part.Rows) != 2 {
		t.Errorf("%d lines without an order are listed (%v), want 2", len(part.Rows), err)
	}
	b.Entry(testdb.Entry{
		Distributor: p.source.ID, Customer: p.order.Source, PostedOn: "2026-03-06",
		Lines: between("1990 Transfer clearing", "4000 Revenue", "3.00"),
	})
	if got := b.check(); len(got) != 2 || !strings.HasPrefix(got[0], "no_order D-000002 103.00 EUR") ||
		!strings.HasPrefix(got[1], "no_order D-000003 -100.00 EUR") {
		t.Errorf("the check found %q, want both distributors of the legal entity", got)
	}
}

func TestDifferenceCountsFromItsLastUnbrokenDay(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	// One entry was posted twice and taken back; another is missing since.
	b.Entry(testdb.Entry{Customer: b.account.ID, PostedOn: "2026-02-01", Lines: between(receivable, revenue, "3.00")})
	b.Entry(testdb.Entry{Customer: b.account.ID, PostedOn: "2026-02-05", Lines: between(revenue, receivable, "3.00")})
	b.Entry(testdb.Entry{Customer: b.account.ID, PostedOn: "2026-02-09", Lines: between(receivable, revenue, "4.00")})
	b.wants(
		"receivable D-000001 4.00 EUR; customer C-000001 64.00-60.00 since 2026-02-09",
		"receivable_by_account D-000001 4.00 EUR; customer C-000001 64.00-60.00 since 2026-02-09",
	)
}

func TestRecognitionInSumIsComparedPerDistributor(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	c, _ := b.second()
	b.Exec(`update journal_entries set source_kind = null, source_id = null, customer_id = $2 where id = $1`,
		b.recognised.ID, c.ID)
	b.wants("deferred_revenue_by_account D-000001 20.00 EUR; customer C-000002 -10.00-0.00 since 2026-01-31; " +
		"customer C-000001 120.00-110.00 since 2026-01-31")
	b.Exec(`update distributors set recognition_in_sum = true`)
	b.wants()
	b.Exec(`update revenue_schedules set recognized = false where id = $1`, b.january.ID)
	b.wants("deferred_revenue D-000001 -10.00 EUR")
}

func TestWhatBooksDoNotKeepIsNotCompared(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	d := b.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	c := b.Customer(testdb.Customer{Distributor: d.ID})
	i := b.Invoice(testdb.Invoice{Customer: c.ID, Amount: "40.00"})
	b.wants()
	// Its books hold what a transfer wrote, and sales by month: no entry names a document.
	b.Exec(`update journal_entries set by_transfer = true where id = $1`,
		b.Entry(testdb.Entry{Distributor: d.ID, SourceKind: testdb.OfInvoice, Source: i.ID, Lines: between(receivable,
			revenue, "39.00")}).ID)
	b.wants()
	b.Entry(testdb.Entry{Distributor: d.ID, Customer: c.ID, Lines: between(receivable, revenue, "1.00")})
	b.wants()
	b.Exec(`update journal_entries set by_transfer = false`)
	b.wants("documents D-000002 -1.00 EUR; invoice " + i.Number + " 39.00-40.00 since 2026-01-15")
}

func TestDifferenceKeepsWhenItWasFirstSeen(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	i := b.Invoice(testdb.Invoice{Customer: b.account.ID, Number: "INV-9", Amount: "30.00"})
	seen := func() (result, item string) {
		t.Helper()
		b.check()
		return b.Text(`select first_seen from reconciliation_results where name = 'documents'`),
			b.Text(`select first_seen
		    from reconciliation_items where number = 'INV-9'`)
	}
	result, item := seen()
	if result == "" || item != result {
		t.Fatalf("first seen %q and %q, want one moment", result, item)
	}
	if again, its := seen(); again != result || its != item {
		t.Errorf("first seen %s and %s after another check, want %s", again, its, result)
	}
	b.Exec(`update invoices set status = 'void' where id = $1`, i.ID)
	if again, its := seen(); again != "" || its != "" {
		t.Errorf("first seen %q and %q where nothing differs", again, its)
	}
	b.Exec(`update invoices set status = 'open' where id = $1`, i.ID)
	if again, its := seen(); again <= result || its <= item {
		t.Errorf("first seen %s and %s when it differs again, want later than %s", again, its, result)
	}
}
