package exchange_test

import (
	"strings"
	"testing"
)

// merge ends c1 in c2: all moves but an invoice, a payment and a subscription.
func (d *desk) merge() {
	d.Helper()
	c2 := d.id("customers", "c2")
	d.transfer("c1", "c2")
	d.move("subscriptions", "subscription", "customer_id", c2, "s1", "s2")
	d.move("invoices", "invoice", "customer_id", c2, "i1", "i4")
	d.move("payments", "payment", "customer_id", c2, "y1")
	d.move("credit_memos", "credit_memo", "customer_id", c2, "n1")
	d.move("debit_memos", "debit_memo", "customer_id", c2, "e1")
	d.move("service_users", "service_user", "customer_id", c2, "u1")
	d.move("customers", "customer", "parent_customer_id", nil, "c2")
	d.exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		select $1, 'customer', c, array[$2::bigint], $2, $2, array[null::text], array[null::text]
		from unnest(array['status', 'successor_id', 'succeeded_on']) c`,
		d.order, d.id("customers", "c1"))
	d.exec(`update customers set status = 'merged', successor_id = $1, succeeded_on = '2026-02-01'
		where external_id = 'c1'`, c2)
}

func TestFeedAfterMerge(t *testing.T) {
	d, data := newDesk(t), small(t)
	d.merge()
	unchanged(t, load(t, d.pool, data))
	data = data.with(`-- contacts.csv --
id,customer_id,name,email,role
k9,c1,New,,
-- payment_methods.csv --
id,customer_id,merchant_account,kind,label,status
m9,c1,m1,card,New,active
-- terms_acceptances.csv --
customer_id,terms_id,accepted_at,accepted_by
c1,t2,2026-03-01T00:00:00Z,late
c2,t2,2026-02-01T00:00:00Z,early
-- orders.csv --
id,customer_id,subscription_id,type,status,placed_on,total
o9,c1,,new,completed,2026-03-01,1.00
-- journal_entries.csv --
id,distributor_id,customer_id,posted_on,memo,source_kind,source_id,restricted
j8,d1,c1,2026-03-01,Of the account,,,
j9,d1,c1,2026-03-01,Of a new invoice,invoice,i9,
-- journal_lines.csv --
entry_id,account,debit,credit,currency
`)
	for _, more := range []struct{ file, lines string }{
		{"customers.csv", "c9,d1,Child AS,,EUR,NO,,,,true,c1,active,2026-03-01\n"},
		{"subscriptions.csv", "s9,c1,p1,,active,2026-03-01,,monthly,1,10.00,false,\n"},
		{"subscription_charges.csv", "ch9,s9,,,10.00,2026-03-01,\n"},
		{"invoices.csv", "i9,INV-9,c1,2026-03-01,2026-03-31,EUR,open,\n"},
		{"invoice_lines.csv", "l9,i9,s9,,,1,10.00,10.00,,\n"},
		{"payments.csv", "y7,c1,,2026-03-02,9.00,EUR,succeeded\ny8,c1,,2026-03-02,1.00,EUR,succeeded\n" +
			"y9,c1,,2026-03-02,10.00,EUR,succeeded\n"},
		{"payment_allocations.csv", "y8,i5,,1.00\ny9,i9,,9.00\n"},
		{"credit_memos.csv", "n6,CM-6,c1,,,2026-03-02,1.00,EUR,,open,\n" +
			"n7,CM-7,c1,,i5,2026-03-02,1.00,EUR,,open,\nn8,CM-8,c1,,,2026-03-02,1.00,EUR,,open,\n" +
			"n9,CM-9,c1,,i9,2026-03-02,1.00,EUR,,open,\n"},
		{"credit_allocations.csv", "n8,i5,,1.00\n"},
		{"debit_memos.csv", "e9,DM-9,c1,,2026-03-02,1.00,EUR,,open,\n"},
	} {
		data[more.file] += more.lines
	}
	d.feed(data)
	for table, want := range map[string]string{
		"contacts k9": "c2", "payment_methods m9": "c2", "placed_orders o9": "c2", "journal_entries j8": "c2",
		"subscriptions s9": "c2", "invoices i9": "c2", "debit_memos e9": "c2",
		"payments y7 y8 y9": "c2 c1 c2", "credit_memos n6 n7 n8 n9": "c2 c1 c1 c2",
	} {
		names := strings.Fields(table)
		if got := d.owners(names[0], names[1:]...); got != want {
			t.Errorf("%s: got %s, want %s", table, got, want)
		}
	}
	d.want("the child of a merged account", "c2", `select p.external_id from customers c
		join customers p on p.id = c.parent_customer_id where c.external_id = 'c9'`)
	d.want("the earlier acceptance", "early", `select string_agg(accepted_by, ' ') from terms_acceptances a
		join terms t on t.id = a.terms_id where t.external_id = 't2' and accepted_by in ('early', 'late')`)
	d.want("the account stays merged", "merged", `select status from customers where external_id = 'c1'`)
	d.roundTrip()
}

func TestNewRecordsFollowChainsOfSuccessors(t *testing.T) {
	d, data := newDesk(t), small(t)
	data["customers.csv"] += "c9,d1,Last AS,,EUR,NO,,,,false,,active,2026-03-01\n"
	load(t, d.pool, data)
	d.merge()
	data["contacts.csv"] += "k9,c5,New,,\n" // c5 ended in c1 before
	d.feed(data)
	d.transfer("c2", "c9")
	d.move("subscriptions", "subscription", "customer_id", d.id("customers", "c9"), "s1", "s2")
	d.exec(`update customers set status = 'merged', successor_id = $1, succeeded_on = '2026-03-01'
		where external_id = 'c2'`, d.id("customers", "c9"))
	data["contacts.csv"] += "k8,c5,Newer,,\n"
	d.feed(data)
	if got := d.owners("contacts", "k9", "k8") + " " + d.owners("subscriptions", "s1"); got != "c2 c9 c9" {
		t.Errorf("owners are %s, want c2 c9 c9", got)
	}
	d.roundTrip()
}

// split cuts s1 on 2026-01-20; what goes on is s8 of c2.
func (d *desk) split(data data) data {
	d.Helper()
	data["subscriptions.csv"] += "s8,c2,p1,,active,2026-01-20,,monthly,2,10.00,false,\n"
	load(d, d.pool, data)
	d.transfer("c1", "c2")
	d.move("subscriptions", "subscription", "status", "cancelled", "s1")
	d.move("subscriptions", "subscription", "end_on", "2026-01-19", "s1")
	d.exec(`insert into subscription_continuations (subscription_id, continuation_id, on_date)
		values ($1, $2, '2026-01-20')`,
		d.id("subscriptions", "s1"), d.id("subscriptions", "s8"))
	d.move("billing_schedules", "billing_schedule", "subscription_id", d.id("subscriptions", "s8"), "h2")
	d.move("revenue_schedules", "revenue_schedule", "subscription_id", d.id("subscriptions", "s8"), "v2")
	d.exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		select $1, 'service_user_subscription', 'subscription_id', array[id], id, id, array[$2::text], array[$3::text]
		from service_user_subscriptions
		where subscription_id = $2::text::bigint`, d.order, d.id("subscriptions", "s1"), d.id("subscriptions", "s8"))
	d.exec(`update service_user_subscriptions set subscription_id = $2 where subscription_id = $1`,
		d.id("subscriptions", "s1"), d.id("subscriptions", "s8"))
	return data
}

func TestFeedAfterSplit(t *testing.T) {
	d := newDesk(t)
	data := d.split(small(t))
	unchanged(t, load(t, d.pool, data))
	data["subscription_charges.csv"] += "ch7,s1,,,1.00,2026-01-19,\nch8,s1,,,1.00,2026-01-20,\n" +
		"ch9,s1,,,1.00,2026-01-20,\n"
	data["invoices.csv"] += "i9,INV-9,c1,2026-01-20,2026-01-31,EUR,open,\n"
	data["invoice_lines.csv"] += "l9,i9,s1,ch9,,1,1.00,1.00,,\n"
	data["usage_records.csv"] += "g7,s1,,2026-01-19,1,1.00,\ng8,s1,,2026-01-20,1,1.00,\ng9,s1,,2026-01-20,1,1.00,l9\n"
	data["billing_schedules.csv"] += "h7,s1,2026-01-19,1.00,\nh8,s1,2026-01-20,1.00,\nh9,s1,2026-01-20,1.00,i1\n"
	data["revenue_schedules.csv"] += "v7,s1,,2026-01-19,,1.00,false\nv8,s1,,2026-01-20,,1.00,true\n" +
		"v9,s1,l9,2026-01-20,,1.00,false\n"
	d.feed(data)
	for _, table := range []string{"subscription_charges", "usage_records", "billing_schedules", "revenue_schedules"} {
		d.want(table, "s1 s8 s1", `select string_agg(s.external_id, ' ' order by t.external_id) from `+table+` t
			join subscriptions s on s.id = t.subscription_id
			where substr(t.external_id, length(t.external_id)) in ('7', '8', '9')`)
	}
	d.want("the link", "s2 s8", `select string_agg(s.external_id, ' ' order by s.external_id)
		from service_user_subscriptions l join subscriptions s on s.id = l.subscription_id
		join service_users u on u.id = l.service_user_id where u.external_id = 'u1'`)
	d.roundTrip()
}

func TestNothingStrandsOnAMergedAccount(t *testing.T) {
	d := newDesk(t)
	data := d.split(small(t))
	d.exec(`update customers set parent_customer_id = null where external_id = 'c2'`)
	d.exec(`update customers set status = 'merged', successor_id = $1, succeeded_on = '2026-02-01'
		where external_id = 'c1'`, d.id("customers", "c2"))
	data = data.edit(t, "customers.csv", "true,c1", "true,")
	data["subscription_charges.csv"] += "ch7,s1,,,1.00,2026-01-02,\n"
	data["revenue_schedules.csv"] += "v7,s1,,2026-01-02,,1.00,false\nv8,s1,,2026-01-02,,1.00,true\n"
	d.feed(data)
	d.want("charge", "s8", `select s.external_id from subscription_charges t
		join subscriptions s on s.id = t.subscription_id where t.external_id = 'ch7'`)
	d.want("revenue", "s8 s1", `select string_agg(s.external_id, ' ' order by t.external_id) from revenue_schedules t
		join subscriptions s on s.id = t.subscription_id where t.external_id in ('v7', 'v8')`)
}

func TestMoneyForASettledInvoiceStaysUnapplied(t *testing.T) {
	d, data := newDesk(t), small(t)
	d.transfer("c1", "c2")
	d.exec(`insert into credit_memos (external_id, number, customer_id, issued_on, amount, currency, status)
		select 'settled', 'CM-1', id, '2026-02-01', 6.51, 'EUR', 'applied' from customers where external_id = 'c1'`)
	d.exec(`insert into credit_allocations (credit_memo_id, invoice_id, amount, order_id) values ($1, $2, 5.51, $3)`,
		d.id("credit_memos", "settled"), d.id("invoices", "i1"), d.order)
	d.move("invoices", "invoice", "status", "paid", "i1")
	unchanged(t, load(t, d.pool, data))
	data["payments.csv"] += "y9,c1,,2026-03-01,6.51,EUR,succeeded\n"
	data["payment_allocations.csv"] += "y9,i1,,6.51\n"
	d.feed(data)
	d.want("allocated, and what counts of it", "6.51 1.00", `select sum(amount) || ' ' || sum(counts)
		from payment_allocations where payment_id = $1`, d.id("payments", "y9"))
}

func TestAccountsThatEndedStaySoWithoutALedger(t *testing.T) {
	d, data := newDesk(t), small(t)
	data = data.edit(t, "customers.csv", "merged", "active").edit(t, "customers.csv", "transferred_out", "active")
	delete(data, "account_successors.csv")
	unchanged(t, load(t, d.pool, data))
}

func TestAnImportEndsAccounts(t *testing.T) {
	d, data := newDesk(t), small(t)
	data = data.edit(t, "customers.csv", "true,c1,suspended", "true,c1,merged")
	_, got := try(t, d.pool, data)
	if len(got) != 1 || !strings.HasPrefix(got[0], "customers.csv:4: status: the status merged needs a line") {
		t.Errorf("without a successor: %q", got)
	}
	data["account_successors.csv"] += "c2,c1,merge,2026-03-01\n"
	report := load(t, d.pool, data)
	for _, f := range report.Files {
		if f.File == "account_successors.csv" && (f.Added != 1 || f.Unchanged != 2) {
			t.Errorf("%+v", f)
		}
	}
	d.want("successor", "c1 2026-03-01", `select s.external_id || ' ' || c.succeeded_on from customers c
		join customers s on s.id = c.successor_id where c.external_id = 'c2'`)
	data = data.edit(t, "account_successors.csv", "c2,c1,merge,2026-03-01", "c2,c5,merge,2026-03-02")
	d.feed(data)
	d.want("a corrected successor", "c5 2026-03-02", `select s.external_id || ' ' || c.succeeded_on from customers c
		join customers s on s.id = c.successor_id where c.external_id = 'c2'`)
	_, got = try(t, d.pool, data.edit(t, "account_successors.csv", "c5,c1,merged", "c5,c2,merged"))
	if len(got) != 2 || !strings.Contains(got[0], "leads back to itself") {
		t.Errorf("successors in a circle: %q", got)
	}
}

func TestFeedAfterReversal(t *testing.T) {
	d, data := newDesk(t), small(t)
	d.moveHistory()
	d.move("subscriptions", "subscription", "price", "11.00", "s1")
	stale := export(t, d.pool)
	first := d.order
	d.exec(`update transfer_orders set status = 'reversed' where id = $1`, first)
	d.transfer("c2", "c1")
	d.exec(`update transfer_orders set reverses_id = $1 where id = $2`, first, d.order)
	c1 := d.id("customers", "c1")
	for table, kind := range map[string]string{
		"subscriptions": "subscription", "invoices": "invoice", "payments": "payment",
		"credit_memos": "credit_memo", "debit_memos": "debit_memo", "service_users": "service_user",
	} {
		d.move(table, kind, "customer_id", c1, "s1", "s2", "i1", "y1", "n1", "e1", "u1")
	}
	d.move("subscriptions", "subscription", "price", "10.00", "s1")
	unchanged(t, load(t, d.pool, data))
	load(t, d.pool, stale) // an export from before the reversal names the owners of then
	if got := d.owners("invoices", "i1") + d.owners("subscriptions", "s1"); got != "c1c1" {
		t.Errorf("owners after a stale feed: %s", got)
	}
	d.feed(data.edit(t, "subscriptions.csv", "monthly,2,10.00", "monthly,2,12.00"))
	d.want("the feed decides again", "12.00", `select price from subscriptions where external_id = 's1'`)
}

func TestFeedKeepsContinuations(t *testing.T) {
	d := newDesk(t)
	data := d.split(small(t))
	d.exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		select $1, 'subscription', '', array[id], id, id, array[null::text], array['{}'] from subscriptions
		where external_id = 's8'`, d.order)
	data["subscription_continuations.csv"] += "s1,s8,2026-01-21\n"
	d.feed(data)
	d.want("the day of a transfer", "2026-01-20", `select on_date from subscription_continuations
		where subscription_id = $1`, d.id("subscriptions", "s1"))
}
