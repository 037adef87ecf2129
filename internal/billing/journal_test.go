package billing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/money"
	"handover/internal/testdb"
)

// books are those of a provider and a reseller, with an entry for every way in which
// one can belong to a customer.
type books struct {
	*testdb.World
	pool               *sqlx.DB
	reseller           testdb.Distributor
	fjord, thames      testdb.Customer
	ofInvoice, ofPay   testdb.Entry
	ofRefund, ofCredit testdb.Entry
	ofDebit, own, free testdb.Entry
	order              testdb.TransferOrder
}

func newBooks(t *testing.T) books {
	t.Helper()
	pool := testdb.New(t)
	b := books{World: testdb.NewWorld(t, pool), pool: pool}
	b.reseller = b.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	b.fjord = b.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	b.thames = b.Customer(testdb.Customer{Name: "Halcyon Foods Ltd", Distributor: b.reseller.ID})
	i := b.Invoice(testdb.Invoice{Number: "INV-7", Customer: b.fjord.ID, Lines: []testdb.Line{{Amount: "100.00"}}})
	p := b.Payment(testdb.Payment{Customer: b.fjord.ID, Amount: "100.00"})
	r := b.Refund(testdb.Refund{Payment: p.ID, Amount: "5.00"})
	cm := b.CreditMemo(testdb.Memo{Number: "CM-7", Customer: b.fjord.ID})
	dm := b.DebitMemo(testdb.Memo{Number: "DM-7", Customer: b.thames.ID})
	b.ofInvoice = b.Entry(testdb.Entry{
		PostedOn: "2026-01-01", Memo: "Invoice posted", SourceKind: testdb.OfInvoice,
		Source: i.ID, Amount: "100.00",
	})
	b.ofPay = b.Entry(testdb.Entry{
		PostedOn: "2026-01-02", Memo: "Payment received", SourceKind: testdb.OfPayment,
		Source: p.ID, Lines: []testdb.EntryLine{
			{Account: "1000 Bank", Debit: "100"}, {Account: "1100 Accounts receivable", Credit: "100"},
		},
	})
	b.ofRefund = b.Entry(testdb.Entry{PostedOn: "2026-01-03", SourceKind: testdb.OfRefund, Source: r.ID, Amount: "5"})
	b.ofCredit = b.Entry(testdb.Entry{
		PostedOn: "2026-01-04", SourceKind: testdb.OfCreditMemo, Source: cm.ID,
		Amount: "50",
	})
	b.ofDebit = b.Entry(testdb.Entry{
		PostedOn: "2026-01-04", Distributor: b.reseller.ID,
		SourceKind: testdb.OfDebitMemo, Source: dm.ID, Amount: "50",
	})
	b.own = b.Entry(testdb.Entry{
		PostedOn: "2026-01-05", Customer: b.fjord.ID, Memo: "Write-off 50% agreed",
		Restricted: "Reported",
	})
	b.free = b.Entry(testdb.Entry{PostedOn: "2026-01-06", Memo: "Opening balance", Lines: []testdb.EntryLine{
		{Account: "3000 Equity", Credit: "7", Currency: "JPY"}, {Account: "1000 Bank", Debit: "7", Currency: "JPY"},
	}})
	b.Exec(`update journal_entries set customer_id = null where id = $1`, b.free.ID)
	b.order = b.TransferOrder(testdb.TransferOrder{Source: b.fjord.ID})
	b.Exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		values ($1, 'journal_entry', '', array[$2::bigint], $2, $2, array[null],
		        array['{}'])`, b.order.ID, b.ofCredit.ID)
	return b
}

func (b books) read(t *testing.T, s accounts.Scope, f billing.JournalFilter) []billing.Entry {
	t.Helper()
	part, err := billing.Journal(t.Context(), b.pool, s, f, db.Page{Size: 50})
	if err != nil {
		t.Fatal(err)
	}
	return part.Rows
}

func entryIDs(entries []billing.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprint(e.ID))
	}
	return strings.Join(out, " ")
}

func idsOf(entries ...testdb.Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, fmt.Sprint(e.ID))
	}
	return strings.Join(out, " ")
}

func TestJournalFilters(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	cases := []struct {
		name   string
		filter billing.JournalFilter
		want   string
	}{
		{"all, newest first", billing.JournalFilter{}, idsOf(b.free, b.own, b.ofDebit, b.ofCredit, b.ofRefund, b.ofPay,
			b.ofInvoice)},
		{"a distributor", billing.JournalFilter{DistributorID: b.reseller.ID}, idsOf(b.ofDebit)},
		{
			"a customer, through every kind of document",
			billing.JournalFilter{CustomerID: b.fjord.ID},
			idsOf(b.own, b.ofCredit, b.ofRefund, b.ofPay, b.ofInvoice),
		},
		{"an account", billing.JournalFilter{Account: "1000"}, idsOf(b.free, b.ofPay)},
		{"an account in small letters", billing.JournalFilter{Account: "1000 bank"}, idsOf(b.free, b.ofPay)},
		{"from", billing.JournalFilter{From: ptr(day("2026-01-05"))}, idsOf(b.free, b.own)},
		{"to", billing.JournalFilter{To: ptr(day("2026-01-02"))}, idsOf(b.ofPay, b.ofInvoice)},
		{"memo", billing.JournalFilter{Search: "payment"}, idsOf(b.ofPay)},
		{"a memo with a sign of patterns", billing.JournalFilter{Search: "50%"}, idsOf(b.own)},
		{"a sign of patterns alone", billing.JournalFilter{Search: "_%_"}, ""},
		{"number of an entry", billing.JournalFilter{Search: "je-" + fmt.Sprint(b.own.ID)}, idsOf(b.own)},
		{"number of an invoice", billing.JournalFilter{Search: "INV-7"}, idsOf(b.ofInvoice)},
		{"number of a credit memo", billing.JournalFilter{Search: "CM-7"}, idsOf(b.ofCredit)},
		{"number of a debit memo", billing.JournalFilter{Search: "DM-7"}, idsOf(b.ofDebit)},
		{"number of a payment", billing.JournalFilter{Search: "PAY-" + fmt.Sprint(b.ofPay.Source)}, idsOf(b.ofPay)},
		{"number of a refund", billing.JournalFilter{Search: "RF-" + fmt.Sprint(b.ofRefund.Source)}, idsOf(b.ofRefund)},
		{
			"together",
			billing.JournalFilter{CustomerID: b.fjord.ID, Account: "1000", To: ptr(day("2026-01-31"))},
			idsOf(b.ofPay),
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := entryIDs(b.read(t, all(b.World), c.filter)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestJournalNamesWhatAnEntryBelongsTo(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	var got []string
	for _, e := range b.read(t, all(b.World), billing.JournalFilter{}) {
		got = append(got, fmt.Sprintf("%s|%s|%s|%s|%v|%s", e.Distributor, e.SourceKind, e.SourceNumber, e.Customer,
			e.OrderID == b.order.ID, e.Restricted))
	}
	pay, ref := accounts.Number("PAY", b.ofPay.Source), accounts.Number("RF", b.ofRefund.Source)
	want := []string{
		"Aurora Cloud||||false|",
		"Aurora Cloud|||Blue Fjord AS|false|Reported",
		"Thames Cloud|debit_memo|DM-7|Halcyon Foods Ltd|false|",
		"Aurora Cloud|credit_memo|CM-7|Blue Fjord AS|true|",
		"Aurora Cloud|refund|" + ref + "|Blue Fjord AS|false|",
		"Aurora Cloud|payment|" + pay + "|Blue Fjord AS|false|",
		"Aurora Cloud|invoice|INV-7|Blue Fjord AS|false|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJournalNamesTheScheduleLine(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	sub := b.Subscription(testdb.Subscription{Customer: b.fjord.ID})
	r := b.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID})
	other := b.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID})
	ofLine := b.Entry(testdb.Entry{PostedOn: "2026-02-01", SourceKind: testdb.OfRevenueSchedule, Source: r.ID})
	ofBoth := b.Entry(testdb.Entry{PostedOn: "2026-02-02", Customer: b.fjord.ID})
	b.Exec(`insert into recognition_lines (entry_id, revenue_schedule_id, amount) values ($1, $2, 50), ($1, $3, 50)`,
		ofBoth.ID, r.ID, other.ID)
	line := accounts.Number("RS", r.ID)
	both := b.read(t, all(b.World), billing.JournalFilter{Search: line})
	if got := entryIDs(both); got != idsOf(ofBoth, ofLine) {
		t.Errorf("the line's number finds %s, want the entry for it and the one for several", got)
	}
	if e := both[1]; e.SourceNumber != line || e.Customer != "Blue Fjord AS" || e.Subscription != sub.ID {
		t.Errorf("entry of a line: %+v", e)
	}
	if e := both[0]; e.Recognises != line+", "+accounts.Number("RS", other.ID) {
		t.Errorf("entry of several lines recognises %q", e.Recognises)
	}
	if got := entryIDs(b.read(t, all(b.World), billing.JournalFilter{
		CustomerID: b.fjord.ID,
		From:       ptr(day("2026-02-01")),
	})); got != idsOf(ofBoth, ofLine) {
		t.Errorf("entries of the customer: %s", got)
	}
}

func TestJournalOfAScope(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	own := accounts.Scope{Root: b.reseller.ID}
	if got := entryIDs(b.read(t, own, billing.JournalFilter{})); got != idsOf(b.ofDebit) {
		t.Errorf("the reseller reads %s, want its own books", got)
	}
	for _, f := range []billing.JournalFilter{
		{DistributorID: b.Provider.ID},
		{CustomerID: b.fjord.ID},
		{Search: "INV-7"},
		{Search: accounts.Number("JE", b.own.ID)},
	} {
		if got := b.read(t, own, f); len(got) != 0 {
			t.Errorf("the reseller reads %s of the provider by %+v", entryIDs(got), f)
		}
	}
	// A document that the other side owns now is named, its owner is not.
	b.Exec(`update debit_memos set customer_id = $1, account_distributor_id = $2, currency = 'EUR'`, b.fjord.ID,
		b.Provider.ID)
	if e := b.read(t, own, billing.JournalFilter{})[0]; e.CustomerID != 0 || e.Customer != "" {
		t.Errorf("the reseller reads the name of %s", e.Customer)
	}
}

func TestJournalTotalsPerCurrency(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	debits, credits := billing.Totals(b.read(t, all(b.World), billing.JournalFilter{}))
	want := "355.00 EUR 50.00 GBP 7 JPY" // EUR: 100 + 100 + 5 + 50 + 100
	for name, sums := range map[string]money.Sums{"debits": debits, "credits": credits} {
		var got []string
		for _, a := range sums.Amounts() {
			got = append(got, a.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s are %v, want %s", name, got, want)
		}
	}
	lines := b.read(t, all(b.World), billing.JournalFilter{Account: "3000"})[0].Lines
	if len(lines) != 2 || lines[0].Account != "3000 Equity" || lines[1].Account != "1000 Bank" {
		t.Errorf("lines are %+v, want them as they were written", lines)
	}
}

func TestJournalPageByPage(t *testing.T) {
	t.Parallel()
	b := newBooks(t)
	for _, sort := range []string{"-date", "date"} {
		var read []billing.Entry
		page := db.Page{Sort: sort, Size: 3}
		for {
			part, err := billing.Journal(t.Context(), b.pool, all(b.World), billing.JournalFilter{}, page)
			if err != nil {
				t.Fatal(err)
			}
			read = append(read, part.Rows...)
			if page.After = part.After; page.After == "" {
				break
			}
		}
		whole, err := billing.Journal(t.Context(), b.pool, all(b.World), billing.JournalFilter{},
			db.Page{Sort: sort, Size: 50})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := entryIDs(read), entryIDs(whole.Rows); got != want || len(read) != 7 {
			t.Errorf("%s: page by page %s, at once %s", sort, got, want)
		}
	}
}
