package exchange_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/testdb"
)

// recognition is one customer whose invoice is recognised in lines of the given amounts, with
// entries that name no line.
func recognition(schedules, entries string) string {
	text := `-- distributors.csv --
id,parent_id,name,currency,country,legal_entity,brand_id,merchant_account,status
d1,,Fjord Cloud,EUR,NO,Fjord Cloud AS,,,active
-- plans.csv --
id,distributor_id,delegated_from,name,currency,billing_period,price,transferable
p1,d1,,Basic,EUR,yearly,120.00,true
-- customers.csv --
id,distributor_id,name,email,currency,country,address,tax_id,crm_id,bill_to_parent,parent_customer_id,status,created_on
c1,d1,Blue AS,,EUR,NO,,,,false,,active,2025-01-01
c2,d1,Green AS,,EUR,NO,,,,false,,active,2025-01-01
-- subscriptions.csv --
id,customer_id,plan_id,parent_subscription_id,status,start_on,end_on,billing_period,quantity,price,price_frozen,promotion
s1,c1,p1,,active,2025-01-01,,yearly,1,120.00,false,
-- invoices.csv --
id,number,customer_id,issued_on,due_on,currency,status,restricted
i1,INV-1,c1,2025-01-01,2025-01-31,EUR,open,
-- invoice_lines.csv --
id,invoice_id,subscription_id,charge_id,description,quantity,unit_price,amount,service_start,service_end
l1,i1,s1,,Year,1,120.00,120.00,2025-01-01,2025-12-31
-- revenue_schedules.csv --
id,subscription_id,invoice_line_id,period_start,period_end,amount,recognized
` + schedules + `-- journal_entries.csv --
id,distributor_id,customer_id,posted_on,memo,source_kind,source_id,restricted
`
	lines := "-- journal_lines.csv --\nentry_id,account,debit,credit,currency\n"
	for row := range strings.Lines(entries) {
		head, amount, _ := strings.Cut(strings.TrimSpace(row), " ")
		id, _, _ := strings.Cut(head, ",")
		debit := "2400 Deferred revenue"
		credit := "4000 Revenue"
		if rest, ok := strings.CutSuffix(amount, " bank"); ok {
			amount, credit = rest, "1000 Bank"
		}
		text += head + "\n"
		lines += id + "," + debit + "," + amount + ",,EUR\n" + id + "," + credit + ",," + amount + ",EUR\n"
	}
	return text + lines
}

func TestImportLinksRecognitionEntries(t *testing.T) {
	t.Parallel()
	const january, february = "v1,s1,l1,2025-01-01,2025-01-31,10.00,true\n",
		"v2,s1,l1,2025-02-01,2025-02-28,10.00,true\n"
	for _, c := range []struct{ name, schedules, entries, want string }{
		{"one line, one entry of its month", january, "j1,d1,c1,2025-01-15,,,, 10.00", "j1=v1"},
		{
			"each month its own", january + february, "j2,d1,c1,2025-02-28,,,, 10.00\nj1,d1,c1,2025-01-31,,,, 10.00",
			"j1=v1 j2=v2",
		},
		{
			"as many entries as lines, in the order of ids", january + strings.Replace(january, "v1", "v3", 1),
			"j9,d1,c1,2025-01-31,,,, 10.00\nj1,d1,c1,2025-01-31,,,, 10.00", "j1=v3 j9=v1",
		},
		{"more entries than lines", january, "j1,d1,c1,2025-01-31,,,, 10.00\nj2,d1,c1,2025-01-31,,,, 10.00", "j1= j2="},
		{
			"more lines than entries", january + strings.Replace(january, "v1", "v3", 1),
			"j1,d1,c1,2025-01-31,,,, 10.00", "j1=",
		},
		{"another amount", january, "j1,d1,c1,2025-01-31,,,, 10.01", "j1="},
		{"another month", january, "j1,d1,c1,2025-02-01,,,, 10.00", "j1="},
		{"another customer", january, "j1,d1,c2,2025-01-31,,,, 10.00", "j1="},
		{"no revenue is credited", january, "j1,d1,c1,2025-01-31,,,, 10.00 bank", "j1="},
		{
			"a line that is not recognised", strings.Replace(january, "true", "false", 1),
			"j1,d1,c1,2025-01-31,,,, 10.00", "j1=",
		},
		{
			"a line without a last day", strings.Replace(january, "2025-01-31", "", 1),
			"j1,d1,c1,2025-01-31,,,, 10.00", "j1=",
		},
		{
			"a line that an entry names already", january,
			"j1,d1,c1,2025-01-31,,revenue_schedule,v1, 10.00\nj2,d1,c1,2025-01-31,,,, 10.00", "j1=v1 j2=",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			files := parse(recognition(c.schedules, c.entries))
			load(t, pool, files)
			linked := func() string {
				return value(t, pool, `select string_agg(e.external_id || '=' || coalesce(r.external_id, ''), ' '
					order by e.external_id)
					from journal_entries e left join revenue_schedules r on e.source_kind = 'revenue_schedule'
					  and r.id = e.source_id`)
			}
			if got := linked(); got != c.want {
				t.Errorf("linked %q, want %q", got, c.want)
			}
			unchanged(t, load(t, pool, files)) // an empty source does not unlink
			if got := linked(); got != c.want {
				t.Errorf("after the same files again %q, want %q", got, c.want)
			}
		})
	}
}

// TestFeedAfterLinkedLineMoved: the file still names the former customer, and no source.
func TestFeedAfterLinkedLineMoved(t *testing.T) {
	t.Parallel()
	d := &desk{TB: t, pool: testdb.New(t)}
	files := parse(recognition("v1,s1,l1,2025-01-01,2025-01-31,10.00,true\nv2,s1,,2025-02-01,2025-02-28,10.00,true\n",
		"j1,d1,c1,2025-01-31,,,, 10.00\nj2,d1,c1,2025-02-28,,,, 10.00"))
	load(t, d.pool, files)
	d.transfer("c1", "c2")
	d.move("subscriptions", "subscription", "customer_id", d.id("customers", "c2"), "s1")
	d.move("invoices", "invoice", "customer_id", d.id("customers", "c2"), "i1")
	d.feed(files)
	d.want("owners of the entries", "c2 c2", `select string_agg(c.external_id, ' ') from owned_journal_entries o
		join customers c on c.id = o.customer_id`)
	_, got := try(t, d.pool, files.edit(t, "customers.csv", "c2,d1", "c3,d1,Red AS,,EUR,NO,,,,false,,active,"+
		"2025-01-01\nc2,d1").
		edit(t, "journal_entries.csv", "j1,d1,c1", "j1,d1,c3"))
	want := []string{"journal_entries.csv:2: customer_id: the document that the entry was posted from belongs to c2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a customer that never owned it (-want +got):\n%s", diff)
	}
	d.roundTrip()
}

func TestSourceBroughtLater(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	files := parse(recognition("v1,s1,l1,2025-01-01,2025-01-31,10.00,true\n",
		"j1,d1,c1,2025-03-31,,,, 10.00\nj2,d1,c2,2025-03-31,,,, 10.00"))
	load(t, pool, files)
	load(t, pool, files.edit(t, "journal_entries.csv", "j1,d1,c1,2025-03-31,,,",
		"j1,d1,c1,2025-03-31,,revenue_schedule,v1"))
	if got := value(t, pool, `select source_kind from journal_entries where external_id = 'j1'`); got !=
		"revenue_schedule" {
		t.Errorf("the source is %q", got)
	}
	_, got := try(t, pool, files.edit(t, "journal_entries.csv", "j2,d1,c2,2025-03-31,,,",
		"j2,d1,,2025-03-31,,revenue_schedule,v1"))
	want := []string{"journal_entries.csv:3: customer_id: the document that the entry was posted from belongs to c1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a source of another customer (-want +got):\n%s", diff)
	}
}

// TestJournalLinesKeepWhatHandoverKnows: the same file again, with and without the optional
// columns, loses nothing of what a transfer wrote.
func TestJournalLinesKeepWhatHandoverKnows(t *testing.T) {
	d, files := newDesk(t), small(t)
	d.transfer("c1", "c2")
	d.exec(`update journal_lines set order_id = $1 where counterparty_distributor_id is not null`, d.order)
	known := `select concat_ws(' ', account, order_id is not null, counterparty_entity, original_amount,
		original_currency, rate)
		from journal_lines where counterparty_distributor_id is not null`
	const want = "1985 Intercompany t Kobe KK 5.00 GBP 0.87649"
	d.want("as imported", want, known)
	short := files.with("")
	var lines []string
	for line := range strings.Lines(files["journal_lines.csv"]) {
		lines = append(lines, strings.Join(strings.SplitN(strings.TrimSpace(line), ",", 6)[:5], ","))
	}
	short["journal_lines.csv"] = strings.Join(lines, "\n") + "\n"
	unchanged(t, load(t, d.pool, files))
	unchanged(t, load(t, d.pool, short))
	d.want("after the same files", want, known)
	d.feed(short.edit(t, "journal_lines.csv", "j7,1100 Accounts receivable", "j7,1105 Debtors"))
	d.want("after another line of the entry changed", want, known)
	d.feed(files.edit(t, "journal_lines.csv", "d2,5.00,GBP", "d2,6.00,GBP").edit(t, "journal_lines.csv",
		"j7,1100 Accounts receivable", "j7,1105 Debtors"))
	d.want("after the file brought another amount", strings.Replace(want, "5.00", "6.00", 1), known)
}

func TestRecognitionLinesInImports(t *testing.T) {
	d, files := newDesk(t), small(t)
	lines := func(what, want string) {
		t.Helper()
		d.want(what, want, `select string_agg(r.external_id || ' ' || l.amount, ', ' order by r.external_id)
			from recognition_lines l join revenue_schedules r on r.id = l.revenue_schedule_id`)
	}
	for _, m := range []mistake{
		{
			"twice", "recognition_lines.csv", "j6,v4,2.00", "j6,v3,2.00",
			[]string{`recognition_lines.csv:3: revenue_schedule_id: ` +
				`line 2 has the same entry_id, revenue_schedule_id`},
		},
		{"an entry with a source", "recognition_lines.csv", "j6,v4", "j5,v4", []string{
			`recognition_lines.csv:3: entry_id: the entry names a source; ` +
				`write the schedule lines that it recognises either there or here`,
		}},
		{"an entry in other books", "recognition_lines.csv", "j6,v4", "j4,v4", []string{
			`recognition_lines.csv:3: revenue_schedule_id: the schedule line belongs to a customer of d1, ` +
				`the entry is in the books of d2`,
		}},
		{
			"finer than the currency", "recognition_lines.csv", "v4,2.00", "v4,2.001",
			[]string{`recognition_lines.csv:3: amount: 2.001 has more than the 2 decimals that EUR has`},
		},
	} {
		t.Run(m.name, func(t *testing.T) {
			_, got := try(t, d.pool, files.edit(t, m.file, m.before, m.after))
			if diff := cmp.Diff(m.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
	d.feed(files.edit(t, "recognition_lines.csv", "v4,2.00", "v4,1.50").edit(t, "recognition_lines.csv",
		"j6,v3,1.00\n", ""))
	lines("the lines of an entry are those of the file", "v4 1.50")
	d.feed(files)
	lines("and back", "v3 1.00, v4 2.00")
	d.transfer("c1", "c2")
	d.exec(`with gone as (delete from recognition_lines where amount = 2 returning *)
		insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		select $1, 'recognition_line', '', array[id], id, id, array[to_jsonb(gone)::text], array[null]
		from gone`, d.order)
	load(t, d.pool, files)
	lines("what a transfer took away stays away", "v3 1.00")
}
