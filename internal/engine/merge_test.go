package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// into asks to merge the desk's customer into another.
func (d *desk) into(target testdb.Customer, effective string) transfer.Request {
	return transfer.Request{
		Kind: record.Merge, SourceCustomer: d.customer.Number, TargetCustomer: target.Number,
		EffectiveOn: effective,
	}
}

// give asks to transfer subscriptions of the desk's customer to another.
func (d *desk) give(target testdb.Customer, effective string, subs ...testdb.Subscription) transfer.Request {
	r := transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: d.customer.Number, TargetCustomer: target.Number,
		EffectiveOn: effective,
	}
	for _, s := range subs {
		r.Subscriptions = append(r.Subscriptions, s.Number)
	}
	return r
}

// owners lists who owns the records of a kind, by their ids: "old new third".
func (d *desk) owners(kind string, target int64) string {
	d.t.Helper()
	k, ok := record.KindOf(kind)
	if !ok {
		d.t.Fatalf("no kind %s", kind)
	}
	return d.Text(`select coalesce(string_agg(case when customer_id = $1 then 'old' when customer_id = $2 then 'new'
		else 'third' end, ' ' order by id), '')
		from (select distinct id, customer_id from `+k.View+`) r`, d.customer.ID, target)
}

func TestMergeMovesEveryRecord(t *testing.T) {
	d := newDesk(t)
	sub := d.everything()
	d.Refund(testdb.Refund{
		Payment: d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "3.00"}).ID,
		Amount:  "1.00",
	})
	target := d.Customer(testdb.Customer{Name: "Fjord Group AS", CRMID: "CRM-2"})
	before := map[string]string{}
	for _, k := range record.Kinds {
		before[k.Name] = d.owners(k.Name, target.ID)
	}
	o := d.transfer(d.into(target, ""))
	if o.Status != "completed" {
		t.Fatal(o.Failure)
	}
	for _, k := range record.Kinds {
		after := d.owners(k.Name, target.ID)
		if before[k.Name] == "" || after != strings.ReplaceAll(before[k.Name], "old", "new") {
			t.Errorf("%s: before %q, after %q", k.Plural, before[k.Name], after)
		}
	}
	d.want("merged", "merged "+target.Number, `select status || ' ' || number_of('C', successor_id) from customers
		where id = $1`, d.customer.ID)
	d.want("the subscription is the same row", target.Number, `select number_of('C', customer_id) from subscriptions
		where id = $1`, sub.ID)
	d.want("the buyer of an issued invoice never changes", "Blue Fjord AS", `select distinct buyer_name from invoices
		where number = 'INV-1'`)
	d.want("the target's CRM id stays, the source's still finds it", "CRM-2 CRM-1", `
		select c.crm_id || ' ' || f.value from customers c join former_ids f on f.customer_id = c.id
		where c.id = $1`, target.ID)
	d.verify()
}

func TestSubscriptionMovesWithItsFullHistory(t *testing.T) {
	d := newDesk(t)
	target := d.Customer(testdb.Customer{Name: "Fjord Group AS"})
	sub := d.subscribe(testdb.Subscription{})
	inv := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-S", Status: "open",
		Lines: []testdb.Line{{Subscription: sub.ID, Amount: "12.00"}},
	})
	d.Payment(testdb.Payment{
		Customer: d.customer.ID, Amount: "5.00",
		Allocations: []testdb.Allocation{{Invoice: inv.ID, Amount: "5.00"}},
	})
	d.transfer(d.give(target, "", sub))
	d.want("balance", "7", `select trim_scale(balance)::text from customer_balances where customer_id = $1`, target.ID)
	d.want("invoice", target.Number, `select number_of('C', customer_id) from invoices where id = $1`, inv.ID)
	d.verify()
}

func TestSubscriptionIsCutAtTheEffectiveDate(t *testing.T) {
	d := newDesk(t)
	target := d.Customer(testdb.Customer{Name: "Fjord Group AS"})
	sub := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	for _, day := range []string{"2026-01-31", "2026-02-01", "2026-02-15"} {
		d.Usage(testdb.Usage{Subscription: sub.ID, UsedOn: day, Amount: "1.00"})
		d.BillingSchedule(testdb.BillingSchedule{Subscription: sub.ID, DueOn: day, Amount: "40.00"})
		d.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Start: day, Amount: "40.00"})
		d.Charge(testdb.Charge{Subscription: sub.ID, PeriodStart: day, Amount: "40.00"})
	}
	old := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-OLD", IssuedOn: "2026-01-15", Status: "open",
		Lines: []testdb.Line{{Subscription: sub.ID, Amount: "40.00"}},
	})
	young := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-YOUNG", IssuedOn: "2026-02-15",
		Status: "open", Lines: []testdb.Line{{Subscription: sub.ID, Amount: "40.00"}},
	})
	late := d.Payment(testdb.Payment{
		Customer: d.customer.ID, ReceivedOn: "2026-02-20", Amount: "40.00",
		Allocations: []testdb.Allocation{{Invoice: old.ID, Amount: "40.00"}},
	})

	d.transfer(d.give(target, "2026-02-01", sub))

	d.want("cut", "cancelled 2026-01-31 "+d.customer.Number, `select status || ' ' || end_on || ' ' ||
		number_of('C', customer_id) from subscriptions where id = $1`, sub.ID)
	d.want("continued", "active 2026-02-01 "+target.Number, `
		select s.status || ' ' || s.start_on || ' ' || number_of('C', s.customer_id)
		from subscription_continuations c join subscriptions s on s.id = c.continuation_id
		where c.subscription_id = $1`, sub.ID)
	for _, kind := range []string{"usage_record", "billing_schedule", "revenue_schedule", "subscription_charge"} {
		if got := d.owners(kind, target.ID); got != "old new new" {
			t.Errorf("%s: %s", kind, got)
		}
	}
	if got := d.owners("invoice", target.ID); got != "old new" {
		t.Errorf("invoices: %s", got)
	}
	d.want("lines of a moving invoice name the continuation", "false", `select (subscription_id = $2)::text
		from invoice_lines where invoice_id = $1`, young.ID, sub.ID)
	d.want("a payment after the date for an invoice before it stays", d.customer.Number, `select number_of('C',
		customer_id) from payments where id = $1`, late.ID)
	d.verify()
}

// An entry counts once, with its amount in each currency, whether its debits are kept
// beside it or read from its lines; one without lines counts as well.
func TestEntriesAreCountedOnce(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	d.Entry(testdb.Entry{Customer: d.customer.ID, Lines: []testdb.EntryLine{
		{Account: "1000 Bank", Debit: "7.00", Currency: "EUR"}, {
			Account: "4000 Revenue", Credit: "7.00",
			Currency: "EUR",
		},
	}})
	d.Entry(testdb.Entry{Customer: d.customer.ID, Lines: []testdb.EntryLine{
		{Account: "1000 Bank", Debit: "2.00", Currency: "EUR"},
		{Account: "4000 Revenue", Credit: "2.00", Currency: "EUR"},
		{Account: "1000 Bank", Debit: "3.00", Currency: "USD"},
		{Account: "4000 Revenue", Credit: "3.00", Currency: "USD"},
	}})
	d.Exec(`insert into journal_entries (distributor_id, customer_id, posted_on) values ($1, $2, '2026-01-31')`,
		d.Provider.ID, d.customer.ID)
	p := d.preview(transfer.Request{
		Kind: record.Merge, SourceCustomer: d.customer.Number,
		TargetCustomer: target.Number,
	})
	for _, i := range p.Impact {
		if i.Kind != "journal_entry" {
			continue
		}
		want := transfer.Part{Count: 3, Amounts: []transfer.Amount{
			{Amount: "9.00", Currency: "EUR"},
			{Amount: "3.00", Currency: "USD"},
		}}
		if diff := cmp.Diff(want, i.Moving); diff != "" {
			t.Errorf("the entries that move (-want +got):\n%s", diff)
		}
	}
}
