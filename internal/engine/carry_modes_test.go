package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/accounts"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// items lists what opens the balance on an account ($1): amount, origin, original, due date and reason.
var items = `
	select coalesce(string_agg(concat_ws(' ', trim_scale(m.amount), m.origin_number, m.origin_issued_on, 'for',
	                                     trim_scale(l.original_amount), 'due', m.due_on,
	                                     regexp_replace(m.reason, '.* by TO-\d+', '')), '; '
	                                     order by m.due_on, m.id), '')
	from (select 'debit_memo' as kind, id, amount, origin_number, origin_issued_on, due_on,
	      ` + accounts.MemoText("t") + ` as reason, customer_id, purpose from debit_memos t
	      union all select 'credit_memo', id, amount, origin_number, origin_issued_on, null,
	      ` + accounts.MemoText("t") + `, customer_id, purpose from credit_memos t) m
	join journal_entries e on e.source_kind = m.kind and e.source_id = m.id
	join journal_lines l on l.entry_id = e.id and l.original_amount is not null
	where m.purpose = 'transfer' and m.customer_id = $1`

// statuses lists the statuses of the documents and credits of an account ($1).
const statuses = `
	select coalesce(string_agg(number || ' ' || status, '; ' order by number), '') from (
	    select number, status from invoices where customer_id = $1
	    union all select number, status from debit_memos where customer_id = $1 and purpose = ''
	    union all select number, status from credit_memos where customer_id = $1 and purpose = ''
	    union all select 'transfer''s ' || 'memo', status from debit_memos
	    where customer_id = $1 and purpose = 'transfer'
	    union all select 'transfer''s ' || 'memo', status from credit_memos
	    where customer_id = $1 and purpose = 'transfer') d`

func TestCarryAs(t *testing.T) {
	t.Parallel()
	type want struct{ items, statuses, balance, rounding string }
	atHalf := func(as transfer.CarryAs) func(*desk) transfer.Request {
		return func(d *desk) transfer.Request {
			r := d.toThames()
			r.ConversionRate, r.CarryAs = "0.5", as
			return r
		}
	}
	owes := func(d *desk) {
		d.open("INV-1", "10.01", "2026-02-01")
		d.open("INV-2", "20.03", "2026-03-01")
		d.DebitMemo(testdb.Memo{Customer: d.customer.ID, Number: "DM-OLD", Amount: "5.01"})
	}
	cases := []struct {
		name  string
		setup func(d *desk)
		ask   func(*desk) transfer.Request
		want  want
	}{
		{
			"open items, each converted by itself", owes, atHalf(transfer.CarryOpenItems),
			want{
				"2.5 DM-OLD 2026-01-15 for 5.01 due 2026-01-15 : DM-OLD; 5 INV-1 2026-01-15 for 10.01 due " +
					"2026-02-01 : INV-1; 10.02 INV-2 2026-01-15 for 20.03 due 2026-03-01 : INV-2",
				"DM-OLD transferred; INV-1 transferred; INV-2 transferred; transfer's memo applied", "17.52", "-0.005",
			},
		},
		{
			"one balance, due on the latest day, lists its origins", owes, atHalf(transfer.CarryOneBalance),
			want{
				"17.52 for 35.05 due 2026-03-01 : DM-OLD, INV-1, INV-2",
				"DM-OLD transferred; INV-1 transferred; INV-2 transferred; transfer's memo applied", "17.52", "-0.005",
			},
		},
		{
			"one balance of one document keeps its origin",
			func(d *desk) { d.open("INV-1", "10.01", "2026-02-01") }, atHalf(transfer.CarryOneBalance),
			want{
				"5 INV-1 2026-01-15 for 10.01 due 2026-02-01 : INV-1", "INV-1 transferred; transfer's memo applied",
				"5", "-0.005",
			},
		},
		{
			"left with the old distributor", owes, atHalf(transfer.CarryLeave),
			want{"", "DM-OLD open; INV-1 open; INV-2 open", "0", "0"},
		},
		{
			"items that would be nothing join the next, those at the end the last", func(d *desk) {
				d.open("INV-1", "0.01", "2026-02-01")
				d.open("INV-2", "0.01", "2026-02-02")
				d.open("INV-3", "0.01", "2026-02-03")
				d.open("INV-4", "1.00", "2026-02-04")
				d.open("INV-5", "0.01", "2026-02-05")
			},
			func(d *desk) transfer.Request {
				r := d.toThames()
				r.ConversionRate = "0.3"
				return r
			},
			want{
				"0.01 INV-2 2026-01-15 for 0.02 due 2026-02-02 : INV-1, INV-2; 0.31 INV-4 2026-01-15 for 1.02 " +
					"due 2026-02-04 : INV-3, INV-4, INV-5",
				"INV-1 transferred; INV-2 transferred; INV-3 transferred; INV-4 transferred; INV-5 transferred; " +
					"transfer's memo applied", "0.32", "0.008",
			},
		},
		{
			"a credit memo for an invoice goes there first; own credits pay, the transfer takes the rest",
			func(d *desk) {
				d.open("INV-1", "10.00", "2026-02-01")
				late := d.open("INV-2", "20.00", "2026-03-01")
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: "CM-FOR", Invoice: late.ID, Amount: "15.00"})
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "12.00"})
			},
			atHalf(transfer.CarryOpenItems),
			want{
				"1.5 INV-2 2026-01-15 for 3 due 2026-03-01 : INV-2",
				"CM-FOR applied; INV-1 paid; INV-2 transferred; transfer's memo applied", "1.5", "0",
			},
		},
		{
			"a credit keeps its one origin, and is taken away", func(d *desk) {
				d.open("INV-1", "10.00", "2026-02-01")
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: "CM-1", Amount: "9.00"})
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: "CM-2", Amount: "5.00"})
			},
			atHalf(transfer.CarryOpenItems),
			want{
				"2 CM-2 2026-01-15 for 4 due : CM-2",
				"CM-1 applied; CM-2 transferred; INV-1 paid; transfer's memo applied", "-2", "0",
			},
		},
		{
			"several credits have no one origin", func(d *desk) {
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Number: "CM-1", Amount: "9.00"})
				d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00"})
			},
			atHalf(transfer.CarryOpenItems),
			want{"7 for 14 due : PAY-000001, CM-1", "CM-1 transferred; transfer's memo applied", "-7", "0"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.setup(d)
			p := d.preview(c.ask(d))
			left := d.Text(`select trim_scale(balance)::text from customer_balances where customer_id = $1`,
				d.customer.ID)
			o := d.transfer(c.ask(d))
			const balance = `select trim_scale(balance)::text from customer_balances where customer_id = $1`
			got := want{
				d.Text(items, *o.TargetID), d.Text(statuses, d.customer.ID), d.Text(balance, *o.TargetID),
				o.Result.Rate.Rounding,
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if got, want := p.Target.BalanceAfter.Amount, d.Text(`select round(balance, 2)::text
				from customer_balances where customer_id = $1`, *o.TargetID); got != want {
				t.Errorf("the preview says %s, the new account has %s", got, want)
			}
			if c.ask(d).CarryAs == transfer.CarryLeave {
				d.want("what is left", left, balance, d.customer.ID)
			} else {
				d.want("the old account is settled", "0", balance, d.customer.ID)
			}
			d.originalsAgree(o)
			d.verify()
		})
	}
}

// originalsAgree checks that per order and pair the giving side's lines are the original
// amounts of the other's, and that each line is its original x rate, rounded line by line.
func (d *desk) originalsAgree(o order.Order) {
	d.t.Helper()
	d.want("each line is its original x rate", "0", `
		select count(*)::text from journal_lines l join currencies c on c.code = l.currency
		where l.order_id = $1
		  and l.debit + l.credit <> round_half_even(l.original_amount * l.rate, c.minor_units)`, o.ID)
	d.want("the original amounts of both sides are the same", "0", `
		select coalesce(trim_scale(sum(case when l.debit > 0 then l.original_amount else -l.original_amount end)),
		                0)::text
		from journal_lines l where l.order_id = $1 and l.original_amount is not null`, o.ID)
}

// many makes so many open invoices of 1.00, one due each so many days.
func (d *desk) many(n, everyDays int) {
	d.t.Helper()
	d.Exec(`
		insert into invoices (number, customer_id, issued_on, due_on, currency, status)
		select 'INV-' || lpad(n::text, 5, '0'), $1, '2020-01-01', '2020-01-01'::date + n / $3 * $4, 'EUR', 'open'
		from generate_series(0, $2 - 1) n`,
		d.customer.ID, n, max(1, -everyDays), max(1, everyDays))
	d.Exec(`insert into invoice_lines (invoice_id, amount) select id, 1 from invoices where customer_id = $1
		order by id`, d.customer.ID)
}

func TestManyOpenItemsAreJoined(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		n, days         int // days < 0: so many documents a day
		items           string
		first, last     string
		balance, origin string
	}{
		{"500 documents stay items", 500, 1, "500", "1 2020-01-01", "1 2021-05-14", "500", "500"},
		{"501 documents, one memo per due date", 501, -2, "251", "2 2020-01-01", "1 2020-09-07", "501", "1"},
		{"501 due dates, one memo per month", 501, 1, "17", "31 2020-01-31", "15 2021-05-15", "501", "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.many(c.n, c.days)
			o := d.transfer(d.toNordlys())
			d.want("items", c.items, `select count(*)::text from debit_memos where customer_id = $1`, *o.TargetID)
			d.want("the first", c.first, `select trim_scale(amount) || ' ' || due_on from debit_memos
				where customer_id = $1 order by due_on limit 1`, *o.TargetID)
			d.want("the last", c.last, `select trim_scale(amount) || ' ' || due_on from debit_memos
				where customer_id = $1 order by due_on desc limit 1`, *o.TargetID)
			d.want("balance", c.balance, `select trim_scale(balance)::text from customer_balances
				where customer_id = $1`, *o.TargetID)
			d.want("with one origin", c.origin, `select count(*)::text from debit_memos where customer_id = $1
				and origin_number is not null`, *o.TargetID)
			d.want("one memo settles", fmt.Sprint(c.n), `select count(*)::text from credit_allocations
				where order_id = $1`, o.ID)
			d.originalsAgree(o)
			d.reversed(o)
			d.want("all are open again", fmt.Sprint(c.n), `select count(*)::text from invoices where customer_id = $1
				and status = 'open'`, d.customer.ID)
			d.verify()
		})
	}
}

// TestOriginsThroughHops carries a balance from A to B and on to C at two rates, then takes
// the two back in order.
func TestOriginsThroughHops(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "100.00", "2026-02-01")
	d.open("INV-2", "33.33", "2026-01-20")
	first := d.transfer(d.toThames())
	third := d.Distributor(testdb.Distributor{Name: "Kobe Cloud", Currency: "JPY", LegalEntity: "Kobe KK"})
	hop := transfer.Request{
		Kind: record.Distributor, SourceCustomer: first.TargetNumber, TargetDistributor: third.Number,
		Mode: transfer.ModeSubscriptions, ConversionRate: "190.5",
	}
	hopped := d.transfer(hop)
	d.want("numbers, issue and due dates of the first documents", "5467 INV-2 2026-01-15 for 28.7 due "+
		"2026-01-20 : INV-2; 16406 INV-1 2026-01-15 for 86.12 due 2026-02-01 : INV-1",
		items, *hopped.TargetID)
	d.want("the first distributor", d.Provider.Number, `
		select string_agg(distinct number_of('D', origin_distributor_id), ' ') from debit_memos
		where customer_id = $1`, *hopped.TargetID)
	d.want("what the first hop opened is transferred", "transferred transferred", `
		select string_agg(status, ' ') from debit_memos where customer_id = $1`, *first.TargetID)
	d.originalsAgree(first)
	d.originalsAgree(hopped)
	d.verify()
	d.reversed(hopped)
	d.want("the first hop's items are open again", "28.7 open; 86.12 open", `
		select string_agg(trim_scale(amount) || ' ' || status, '; ' order by amount) from debit_memos
		where customer_id = $1 and origin_number is not null`, *first.TargetID)
	d.verify()
	d.reversed(first)
	d.want("the documents are open again", "INV-1 open; INV-2 open", `
		select string_agg(number || ' ' || status, '; ' order by number) from invoices
		where customer_id = $1`, d.customer.ID)
	d.want("all balances are as before", "133.33 0 0", `
		select string_agg(trim_scale(balance)::text, ' ' order by customer_id) from customer_balances
		where customer_id in ($1, $2, $3)`,
		d.customer.ID, *first.TargetID, *hopped.TargetID)
	d.verify()
}

// TestPricesOfWhatIsNotBilled follows the lines of a subscription of 252.00 x 2 a year.
func TestPricesOfWhatIsNotBilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, price, after, rate string // "" = the same currency
		whole, part, due, earned string
		differences              string
	}{
		{
			"another currency", "252.00", "231.60", "0.87649", "463.2", "91.9", "38.6", "36.81",
			"billing_schedule EUR into GBP -604; billing_schedule GBP from EUR at the new price 231.60 for " +
				"252.00 555.1; " +
				"revenue_schedule EUR into GBP -84; revenue_schedule GBP from EUR at 0.87649 36.81; " +
				"revenue_schedule GBP from EUR at the new price 231.60 for 252.00 38.6",
		},
		{
			"the same currency and a plan that was chosen", "252.00", "231.60", "", "463.2", "91.9", "38.6", "42",
			"billing_schedule EUR at the new price 231.60 for 252.00 -48.9; revenue_schedule EUR at the new " +
				"price 231.60 for 252.00 -3.4",
		},
		{
			"no price before: by the rate", "0.00", "231.60", "0.5", "252", "50", "21", "21",
			"billing_schedule EUR into GBP -604; billing_schedule GBP from EUR at 0.5 302; revenue_schedule EUR " +
				"into GBP -84; revenue_schedule GBP from EUR at 0.5 42",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			sub := d.subscribe(testdb.Subscription{Quantity: "2", Price: c.price})
			ask := d.toNordlys()
			if c.rate != "" {
				ask = d.toThames()
				ask.ConversionRate = c.rate
				d.Exec(`update plans set price = $1 where distributor_id = $2`, c.after, d.thames.ID)
				d.Exec(`update distributors set legal_entity = (select legal_entity from distributors where id = $1)
					where id = $2`, d.Provider.ID, d.thames.ID)
			} else {
				plan := d.Plan(testdb.Plan{Distributor: d.nordlys.ID, Name: "Other", Price: c.after})
				ask.Plans = map[string]string{sub.Number: plan.Number}
			}
			for _, amount := range []string{"504.00", "100.00"} {
				d.BillingSchedule(testdb.BillingSchedule{Subscription: sub.ID, Amount: amount})
			}
			d.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Amount: "42.00"})
			d.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Amount: "42.00", Recognized: true})
			const amounts = `select (select string_agg(trim_scale(amount)::text, ' ' order by id)
				from billing_schedules) || ' ' ||
				(select string_agg(trim_scale(amount)::text, ' ' order by id) from revenue_schedules)`
			o := d.transfer(ask)
			d.want("amounts", strings.Join([]string{c.whole, c.part, c.due, c.earned}, " "), amounts)
			list, err := order.Differences(t.Context(), d.db, o.ID)
			if err != nil {
				t.Fatal(err)
			}
			var declared []string
			for _, x := range list {
				if x.Kind == "billing_schedule" || x.Kind == "revenue_schedule" {
					declared = append(declared, fmt.Sprintf("%s %s %s %s", x.Kind, x.Currency, x.Words(),
						money.Plain(x.Amount)))
				}
			}
			if slices.Sort(declared); strings.Join(declared, "; ") != c.differences {
				t.Errorf("declared %q, want %q", declared, c.differences)
			}
			d.want("the ledger has the old amounts", "504.00 100.00 42.00", `
				select string_agg(before, ' ' order by kind, place)
				from (select distinct g.kind, u.place, u.before from transfer_ledger g
				cross join unnest(g.before) with ordinality u(before, place)
				where g.order_id = $1 and g.column_name = 'amount' and g.kind <> 'x'
				and not (g.kind = 'revenue_schedule' and u.place > 1)) l`, o.ID)
			d.reversed(o)
			d.want("the amounts before", "504 100 42 42", amounts)
			d.verify()
		})
	}
}

// TestRatioIsRoundedOnce compares the database's rounding of a product and quotient with an exact one.
func TestRatioIsRoundedOnce(t *testing.T) {
	d := newDesk(t)
	for _, c := range [][4]string{
		{"1", "8", "2", "0.12"},
		{"3", "8", "2", "0.38"},
		{"-1", "8", "2", "-0.12"},
		{"10000000000000000000000001", "80000000000000000000000000", "2", "0.13"},
		{"2", "3", "0", "1"},
		{"1", "2", "0", "0"},
		{"3", "2", "0", "2"},
		{"0", "7", "3", "0.000"},
		{"100.00", "252.00", "2", "0.40"},
	} {
		got := d.Text(`select ratio_half_even($1::numeric, $2::numeric, $3::int)::text`, c[0], c[1], c[2])
		if got != c[3] { // with the decimals asked for, as the ledger shows it
			t.Errorf("%s / %s to %s decimals: got %s, want %s", c[0], c[1], c[2], got, c[3])
		}
	}
}
