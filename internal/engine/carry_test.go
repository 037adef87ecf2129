package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/accounts"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// allocations lists what the order settled: credit > document amount.
var allocations = `
	select coalesce(string_agg(line, '; ' order by line), '') from (
	    select 'payment > ' || coalesce(i.number, 'debit memo') || ' ' || trim_scale(a.amount) as line
	    from payment_allocations a left join invoices i on i.id = a.invoice_id where a.order_id = $1
	    union all
	    select ` + accounts.MemoText("m") + ` || ' > ' || coalesce(i.number, 'debit memo') || ' ' ||
	        trim_scale(a.amount)
	    from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
	    left join invoices i on i.id = a.invoice_id
	    where a.order_id = $1) lines`

// journal lists the entries of the order's memos: distributor, account, debit or credit.
const journal = `
	select coalesce(string_agg(d.name || ': ' || split_part(l.account, ' ', 1) ||
	       case when l.debit > 0 then ' Dr ' || trim_scale(l.debit) else ' Cr ' || trim_scale(l.credit) end ||
	           ' ' || l.currency,
	       '; ' order by e.id, l.credit), '')
	from transfer_ledger g cross join unnest(g.record_ids) as r(id)
	join journal_entries e on e.id = r.id join journal_lines l on l.entry_id = e.id
	join distributors d on d.id = e.distributor_id
	where g.order_id = $1 and g.kind = 'journal_entry'`

// memos lists what the order wrote: kind, owner, amount, status, origin and due date.
const memos = `
	select coalesce(string_agg(concat_ws(' ', line, trim_scale(amount), currency, status, origin_number, due_on),
	                           '; ' order by line, due_on, origin_number, amount), '') from (
	    select 'credit ' || case when customer_id = $1 then 'old' else 'new' end as line, amount, currency, status,
	           origin_number, null::date as due_on
	    from credit_memos where purpose = 'transfer'
	    union all
	    select 'debit ' || case when customer_id = $1 then 'old' else 'new' end, amount, currency, status,
	           origin_number, due_on
	    from debit_memos where purpose = 'transfer') lines`

func TestCarryingTheBalance(t *testing.T) {
	t.Parallel()
	type want struct{ allocations, memos, journal, oldBalance, newBalance string }
	cases := []struct {
		name  string
		setup func(d *desk)
		ask   func(d *desk) transfer.Request
		want  want
	}{
		{
			name: "owes with several open invoices",
			setup: func(d *desk) {
				d.open("INV-2", "100.00", "2026-03-02")
				d.open("INV-1", "50.00", "2026-03-02")
				d.open("INV-3", "25.50", "2026-02-01")
			},
			ask: (*desk).toThames,
			want: want{
				"Balance > INV-1 50; Balance > INV-2 100; Balance > INV-3 25.5",
				"credit old 175.5 EUR applied; debit new 21.96 GBP open INV-3 2026-02-01; debit new 43.06 GBP " +
					"open INV-1 2026-03-02; debit new 86.12 GBP open INV-2 2026-03-02",
				"Aurora Cloud: 1985 Dr 175.5 EUR; Aurora Cloud: 1100 Cr 175.5 EUR; Thames Cloud: 1100 Dr 21.96 " +
					"GBP; Thames Cloud: 1985 Cr 21.96 GBP; " +
					"Thames Cloud: 1100 Dr 43.06 GBP; Thames Cloud: 1985 Cr 43.06 GBP; Thames Cloud: 1100 Dr " +
					"86.12 GBP; Thames Cloud: 1985 Cr 86.12 GBP",
				"0", "151.14",
			},
		},
		{
			name: "owes 1,000.00 with 300.00 unapplied payments",
			setup: func(d *desk) {
				d.open("INV-1", "600.00", "2026-02-01")
				d.open("INV-2", "400.00", "2026-02-02")
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "300.00"})
			},
			ask: (*desk).toNordlys,
			want: want{
				"Balance > INV-1 300; Balance > INV-2 400; payment > INV-1 300",
				"credit old 700 EUR applied; debit new 300 EUR open INV-1 2026-02-01; debit new 400 EUR open " +
					"INV-2 2026-02-02",
				"Aurora Cloud: 1990 Dr 700 EUR; Aurora Cloud: 1100 Cr 700 EUR; Nordlys Partner: 1100 Dr 300 " +
					"EUR; Nordlys Partner: 1990 Cr 300 EUR; " +
					"Nordlys Partner: 1100 Dr 400 EUR; Nordlys Partner: 1990 Cr 400 EUR",
				"0", "700",
			},
		},
		{
			name: "exactly net zero",
			setup: func(d *desk) {
				d.open("INV-1", "80.00", "2026-02-01")
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "30.00"})
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "50.00", Reason: "Goodwill"})
			},
			ask:  (*desk).toNordlys,
			want: want{"Goodwill > INV-1 50; payment > INV-1 30", "", "", "0", "0"},
		},
		{
			name: "credit balance",
			setup: func(d *desk) {
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "70.00"})
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "30.00", Reason: "Goodwill"})
			},
			ask: (*desk).toThames,
			want: want{
				"Goodwill > debit memo 30; payment > debit memo 70",
				"credit new 86.12 GBP open; debit old 100 EUR applied",
				"Aurora Cloud: 1100 Dr 100 EUR; Aurora Cloud: 1985 Cr 100 EUR; Thames Cloud: 1985 Dr 86.12 GBP; " +
					"Thames Cloud: 1100 Cr 86.12 GBP",
				"0", "-86.12",
			},
		},
		{
			name: "partly paid invoice and an older payment first",
			setup: func(d *desk) {
				i := d.open("INV-1", "100.00", "2026-02-01")
				d.Payment(testdb.Payment{
					Customer: d.customer.ID, Amount: "40.00",
					Allocations: []testdb.Allocation{{Invoice: i.ID, Amount: "40.00"}},
				})
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "10.00", Reason: "Goodwill"})
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00"})
			},
			ask: (*desk).toNordlys,
			want: want{
				"Balance > INV-1 45; Goodwill > INV-1 10; payment > INV-1 5",
				"credit old 45 EUR applied; debit new 45 EUR open INV-1 2026-02-01",
				"Aurora Cloud: 1990 Dr 45 EUR; Aurora Cloud: 1100 Cr 45 EUR; Nordlys Partner: 1100 Dr 45 EUR; " +
					"Nordlys Partner: 1990 Cr 45 EUR",
				"0", "45",
			},
		},
		{
			name: "a refunded payment is not applied again, a failed refund does not count",
			setup: func(d *desk) {
				d.open("INV-1", "100.00", "2026-02-01")
				p := d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "60.00"})
				d.Refund(testdb.Refund{Payment: p.ID, Amount: "20.00", Status: "succeeded"})
				d.Refund(testdb.Refund{Payment: p.ID, Amount: "15.00", Status: "failed"})
			},
			ask: (*desk).toNordlys,
			want: want{
				"Balance > INV-1 60; payment > INV-1 40",
				"credit old 60 EUR applied; debit new 60 EUR open INV-1 2026-02-01",
				"Aurora Cloud: 1990 Dr 60 EUR; Aurora Cloud: 1100 Cr 60 EUR; Nordlys Partner: 1100 Dr 60 EUR; " +
					"Nordlys Partner: 1990 Cr 60 EUR",
				"0", "60",
			},
		},
		{
			name: "void invoices and failed payments do not count, open debit memos do",
			setup: func(d *desk) {
				d.Invoice(testdb.Invoice{Customer: d.customer.ID, Number: "INV-V", Amount: "500.00", Status: "void"})
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "77.00", Status: "failed"})
				d.DebitMemo(testdb.Memo{Customer: d.customer.ID, Number: "DM-OLD", Amount: "12.34"})
			},
			ask: (*desk).toNordlys,
			want: want{
				"Balance > debit memo 12.34",
				"credit old 12.34 EUR applied; debit new 12.34 EUR open DM-OLD 2026-01-15",
				"Aurora Cloud: 1990 Dr 12.34 EUR; Aurora Cloud: 1100 Cr 12.34 EUR; Nordlys Partner: 1100 Dr " +
					"12.34 EUR; Nordlys Partner: 1990 Cr 12.34 EUR",
				"0", "12.34",
			},
		},
		{
			name:  "into yen, without minor units, half-even",
			setup: func(d *desk) { d.open("INV-1", "10.50", "2026-02-01") },
			ask:   func(d *desk) transfer.Request { return d.toCurrency("JPY", "159") },
			want: want{
				"Balance > INV-1 10.5", "credit old 10.5 EUR applied; debit new 1670 JPY open INV-1 2026-02-01",
				"Aurora Cloud: 1985 Dr 10.5 EUR; Aurora Cloud: 1100 Cr 10.5 EUR; Reseller JPY: 1100 Dr 1670 " +
					"JPY; Reseller JPY: 1985 Cr 1670 JPY",
				"0", "1670",
			},
		},
		{
			name:  "into Kuwaiti dinar, with three",
			setup: func(d *desk) { d.open("INV-1", "10.50", "2026-02-01") },
			ask:   func(d *desk) transfer.Request { return d.toCurrency("KWD", "0.3331") },
			want: want{
				"Balance > INV-1 10.5", "credit old 10.5 EUR applied; debit new 3.498 KWD open INV-1 2026-02-01",
				"Aurora Cloud: 1985 Dr 10.5 EUR; Aurora Cloud: 1100 Cr 10.5 EUR; Reseller KWD: 1100 Dr 3.498 " +
					"KWD; Reseller KWD: 1985 Cr 3.498 KWD",
				"0", "3.498",
			},
		},
		{
			name:  "an amount that rounds to nothing opens nothing",
			setup: func(d *desk) { d.open("INV-1", "0.01", "2026-02-01") },
			ask: func(d *desk) transfer.Request {
				r := d.toThames()
				r.ConversionRate = "0.4"
				return r
			},
			want: want{
				"Balance > INV-1 0.01", "credit old 0.01 EUR applied",
				"Aurora Cloud: 1985 Dr 0.01 EUR; Aurora Cloud: 1100 Cr 0.01 EUR", "0", "0",
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.setup(d)
			o := d.transfer(c.ask(d))
			const balance = `select trim_scale(balance)::text from customer_balances where customer_id = $1`
			got := want{
				strings.ReplaceAll(d.Text(allocations, o.ID), "Balance carried to "+o.TargetDistributor+" by "+
					o.Number, "Balance"),
				d.Text(memos, d.customer.ID), d.Text(journal, o.ID),
				d.Text(balance, d.customer.ID), d.Text(balance, *o.TargetID),
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			d.want("settled documents are closed", "0", `select count(*)::text from open_documents
				where customer_id = $1`, d.customer.ID)
			d.want("memos are dated the day of execution", "true", `
				select bool_and(issued_on = $1::date)::text
				from (select issued_on from credit_memos where purpose = 'transfer' union all select issued_on
				      from debit_memos where purpose = 'transfer' union all select $1::date) m`, today)
			d.verify()
		})
	}
}

func (d *desk) open(number, amount, due string) testdb.Invoice {
	d.t.Helper()
	return d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: number, Amount: amount, DueOn: due,
		Status: "open",
	})
}

// toCurrency makes a reseller in the currency and asks for a transfer to it.
func (d *desk) toCurrency(currency, rate string) transfer.Request {
	d.t.Helper()
	reseller := d.Distributor(testdb.Distributor{Name: "Reseller " + currency, Currency: currency})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: reseller.ID, Currency: currency, Price: "7"})
	r := d.toThames()
	r.TargetDistributor, r.ConversionRate = reseller.Number, rate
	return r
}

func TestEntriesBetweenLegalEntitiesNameTheOther(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	o := d.transfer(d.toThames())
	for _, entity := range []string{"Thames Cloud AS", "Aurora Cloud AS"} {
		d.want("entry names "+entity, "1", `select count(*)::text from journal_entries where counterparty_entity = $1`,
			entity)
	}
	if len(o.Result.Memos) != 2 || o.Result.Rate.Rate != "0.8612" || o.Result.Rate.Exact != "8.612" {
		t.Errorf("the order keeps %+v, rate %+v", o.Result.Memos, o.Result.Rate)
	}
}
