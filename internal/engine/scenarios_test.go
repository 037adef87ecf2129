package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/ledger"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// ownerTable lists the owner of every record of every kind, by id: the whole proof of
// where things are. Kinds without a record are left out.
func (d *desk) ownerTable(target testdb.Customer) map[string]string {
	d.t.Helper()
	table := map[string]string{}
	for _, k := range record.Kinds {
		if owners := d.owners(k.Name, target.ID); owners != "" {
			table[k.Name] = owners
		}
	}
	return table
}

// scenario is a transfer between customers with the owners of all records afterwards.
type scenario struct {
	name    string
	setup   func(d *desk, target testdb.Customer) transfer.Request
	after   map[string]string // per kind, by id; kinds that are not named have none
	balance string            // of source and target afterwards
}

// inTerm gives a subscription records around 1 February 2026, two before and two from it.
func (d *desk) inTerm(period string) testdb.Subscription {
	d.t.Helper()
	plan := d.Plan(testdb.Plan{BillingPeriod: period})
	s := d.subscribe(testdb.Subscription{Plan: plan.ID, BillingPeriod: period, Start: "2025-06-15"})
	for _, day := range []string{"2026-01-15", "2026-01-31", "2026-02-01", "2026-02-15"} {
		d.Usage(testdb.Usage{Subscription: s.ID, UsedOn: day, Amount: "1.00"})
		d.BillingSchedule(testdb.BillingSchedule{Subscription: s.ID, DueOn: day, Amount: "40.00"})
		d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Start: day, Amount: "40.00"})
	}
	return s
}

var scenarios = []scenario{
	{
		name: "one subscription with its full history",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			d.pays("2026-01-20", d.billed("INV-1", "2026-01-15", a))
			d.billed("INV-2", "2026-01-15", b)
			d.Usage(testdb.Usage{Subscription: a.ID})
			d.Usage(testdb.Usage{Subscription: b.ID})
			return d.give(target, "", a)
		},
		after: map[string]string{
			"subscription": "new old", "invoice": "new old", "invoice_line": "new old", "payment": "new",
			"usage_record": "new old",
		},
		balance: "10 -90",
	},
	{
		name: "several subscriptions, and what hangs on neither stays",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			shared := d.billed("INV-1", "2026-01-15", a, b)
			free := d.Invoice(testdb.Invoice{Customer: d.customer.ID, Number: "INV-2", Amount: "5.00", Status: "open"})
			d.pays("2026-01-20", shared)
			d.pays("2026-01-20", free)
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "7.00"})
			d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Amount: "1.00"})
			d.Entry(testdb.Entry{Customer: d.customer.ID})
			return d.give(target, "", a, b)
		},
		after: map[string]string{
			"subscription": "new new", "invoice": "new old", "invoice_line": "new new old", "payment": "new old old",
			"credit_memo": "old", "journal_entry": "old",
		},
		balance: "-103 -80",
	},
	{
		name: "an effective date in a monthly term",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			return d.give(target, "2026-02-01", d.inTerm("monthly"))
		},
		after: map[string]string{
			"subscription": "old new", "usage_record": "old old new new", "billing_schedule": "old old new new",
			"revenue_schedule": "old old new new",
		},
		balance: "0 0",
	},
	{
		name: "an effective date in a yearly term, with an invoice on both sides",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			s := d.inTerm("yearly")
			d.billed("INV-1", "2025-06-15", s)
			d.pays("2026-02-10", d.billed("INV-2", "2026-02-05", s))
			return d.give(target, "2026-02-01", s)
		},
		after: map[string]string{
			"subscription": "old new", "usage_record": "old old new new", "billing_schedule": "old old new new",
			"revenue_schedule": "old old new new",
			"invoice":          "old new", "invoice_line": "old new", "payment": "new",
		},
		balance: "10 -90",
	},
	{
		name: "a refund follows its payment, entries follow their documents",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			i := d.billed("INV-1", "2026-01-15", a)
			p := d.pays("2026-01-20", i)
			r := d.Refund(testdb.Refund{Payment: p.ID, Amount: "3.00"})
			d.Entry(testdb.Entry{SourceKind: "invoice", Source: i.ID})
			d.Entry(testdb.Entry{SourceKind: "payment", Source: p.ID})
			d.Entry(testdb.Entry{SourceKind: "refund", Source: r.ID})
			return d.give(target, "", a)
		},
		after: map[string]string{
			"subscription": "new", "invoice": "new", "invoice_line": "new", "payment": "new", "refund": "new",
			"journal_entry": "new new new",
		},
		balance: "0 -87",
	},
	{
		name: "a credit memo goes with its subscription, a debit memo too",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			for _, s := range []testdb.Subscription{a, b} {
				d.CreditMemo(testdb.Memo{Customer: d.customer.ID, Subscription: s.ID, Amount: "2.00"})
				d.DebitMemo(testdb.Memo{Customer: d.customer.ID, Subscription: s.ID, Amount: "3.00"})
			}
			return d.give(target, "", a)
		},
		after:   map[string]string{"subscription": "new old", "credit_memo": "new old", "debit_memo": "new old"},
		balance: "1 1",
	},
	{
		name: "a merge with E carries what stays open, and takes live unbilled records of any date",
		setup: func(d *desk, target testdb.Customer) transfer.Request {
			s := d.inTerm("monthly")
			d.billed("INV-1", "2026-01-15", s)
			d.billed("INV-2", "2026-02-15", s)
			d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Start: "2026-01-15", Recognized: true})
			return d.into(target, "2026-02-01")
		},
		after: map[string]string{
			"subscription": "old new", "usage_record": "new new new new", "billing_schedule": "new new new new",
			"revenue_schedule": "new new new new old",
			"invoice":          "old new", "invoice_line": "old new", "credit_memo": "old", "debit_memo": "new",
			"journal_entry": "old new",
		},
		balance: "0 20",
	},
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			target := d.peer()
			req := c.setup(d, target)
			for kind, owners := range d.ownerTable(target) {
				if strings.Trim(owners, "old ") != "" {
					t.Fatalf("before, all %s should belong to the source: %s", kind, owners)
				}
			}
			o := d.transfer(req)
			if diff := cmp.Diff(c.after, d.ownerTable(target)); diff != "" {
				t.Errorf("owners: want -, got +:\n%s", diff)
			}
			d.want("balances", c.balance, `
				select (select trim_scale(balance) from customer_balances where customer_id = $1) || ' ' ||
				       (select trim_scale(balance) from customer_balances
				        where customer_id = $2)`, d.customer.ID, target.ID)
			lines, err := order.Reconciliations(t.Context(), d.db, o.ID)
			if err != nil || len(lines) == 0 || slices.ContainsFunc(lines, func(r ledger.Reconciliation) bool {
				return !r.Holds()
			}) {
				t.Errorf("reconciliation: %+v (%v)", lines, err)
			}
			d.verify()
		})
	}
}

// TestLeaveOut: a terminated subscription selected by hand is left out by one click.
func TestLeaveOut(t *testing.T) {
	d := newDesk(t)
	a, ended := d.subscribe(testdb.Subscription{}),
		d.subscribe(testdb.Subscription{Status: "terminated", End: "2026-01-31"})
	ask := d.give(d.peer(), "", a, ended)
	p := d.preview(ask)
	f, _ := p.Finding("SUBSCRIPTION_STATE")
	if f.Instead == nil || !slices.Equal(f.Instead.Subscriptions, []string{a.Number}) {
		t.Fatalf("offered %+v, want %s alone", f.Instead, a.Number)
	}
	ask.Subscriptions = f.Instead.Subscriptions
	if after := d.preview(ask); !after.Executable {
		t.Errorf("still blocked: %+v", after.Findings)
	}
	p = d.preview(d.give(d.peer(), "", ended))
	if f, _ := p.Finding("SUBSCRIPTION_STATE"); f.Instead != nil {
		t.Errorf("an empty selection was offered: %+v", f.Instead)
	}
}

// TestLongerSelection: blocked by a shared invoice, then the offered selection works,
// with a terminated subscription on it.
func TestLongerSelection(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
	ended := d.subscribe(testdb.Subscription{Status: "terminated", End: "2026-01-31"})
	other := d.subscribe(testdb.Subscription{})
	d.billed("INV-1", "2026-01-15", a, b)
	second := d.billed("INV-2", "2026-01-16", b, ended)
	d.pays("2026-01-20", second)
	d.billed("INV-3", "2026-01-17", other)

	ask := d.give(target, "", a)
	if _, err := d.try(ask); err == nil {
		t.Fatal("a shared invoice did not block")
	}
	p := d.preview(ask)
	f, _ := p.Finding("INVALID_RELATIONSHIP")
	want := []string{a.Number, b.Number, ended.Number}
	if f.Instead == nil || !slices.Equal(f.Instead.Subscriptions, want) {
		t.Fatalf("offered %+v, want %v", f.Instead, want)
	}
	ask.Subscriptions = f.Instead.Subscriptions
	d.transfer(ask)
	if got := d.owners("subscription", target.ID); got != "new new new old" {
		t.Errorf("subscriptions: %s", got)
	}
	if got := d.owners("invoice", target.ID); got != "new new old" {
		t.Errorf("invoices: %s", got)
	}
	d.verify()
}

// TestOfferedDate: closed periods block, the offered effective date is the earliest one
// that works; the closed history is pinned to the source and its balance carried.
func TestOfferedDate(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	s := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	d.billed("INV-1", "2025-12-05", s)
	d.billed("INV-2", "2025-12-20", s)
	d.billed("INV-3", "2026-01-15", s)
	d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2025-12-01", End: "2025-12-31", Status: "closed"})

	ask := d.into(target, "")
	p := d.preview(ask)
	f, _ := p.Finding("PERIOD_CLOSED")
	if p.Executable || f.Count != 2 || f.Instead == nil || f.Instead.EffectiveOn != "2025-12-21" {
		t.Fatalf("found %+v", f)
	}
	ask.EffectiveOn = f.Instead.EffectiveOn
	p = d.preview(ask)
	if p.Source.OpenInvoicesAfter != 0 || p.Target.OpenInvoicesAfter != 1 || p.Source.BalanceAfter.Amount != "0.00" ||
		p.Target.BalanceAfter.Amount != "30.00" {
		t.Errorf("the preview promises %+v and %+v", p.Source, p.Target)
	}
	d.transfer(ask)
	if got := d.owners("invoice", target.ID); got != "old old new" {
		t.Errorf("invoices: %s", got)
	}
	d.want("balances", "0 30", `
		select (select trim_scale(balance) from customer_balances where customer_id = $1) || ' ' ||
		       (select trim_scale(balance) from customer_balances where customer_id = $2)`, d.customer.ID, target.ID)
	d.want("over the clearing account, whatever the legal entity", "1100 1990", `
		select string_agg(distinct split_part(l.account, ' ', 1), ' ') from journal_lines l`)
	d.verify()
}

// TestMergeChains: A into B, then B into C.
func TestMergeChains(t *testing.T) {
	d := newDesk(t)
	b, c := d.peer(), d.Customer(testdb.Customer{Name: "Third AS"})
	s := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	d.transfer(d.into(b, "2026-02-01"))
	d.transfer(transfer.Request{Kind: record.Merge, SourceCustomer: b.Number, TargetCustomer: c.Number})
	d.want("links", b.Number+" "+c.Number, `
		select number_of('C', a.successor_id) || ' ' || number_of('C', b.successor_id) from customers a
		join customers b on b.id = a.successor_id where a.id = $1`, d.customer.ID)
	d.want("the continuation is with the last", c.Number, `
		select number_of('C', n.customer_id) from subscription_continuations x
		join subscriptions n on n.id = x.continuation_id where x.subscription_id = $1`, s.ID)
	if _, err := d.try(transfer.Request{
		Kind: record.Merge, SourceCustomer: d.customer.Number,
		TargetCustomer: c.Number,
	}); err == nil {
		t.Error("a merged account was merged again")
	}
	d.verify()
}

// TestMergeOfPeople: one contact per email address, the older acceptance wins, the
// fields of the target stay unless the source's is picked.
func TestMergeOfPeople(t *testing.T) {
	d := newDesk(t)
	target := d.Customer(testdb.Customer{Name: "Fjord Group AS", TaxID: "NO 2", CRMID: "CRM-2"})
	d.Exec(`update customers set tax_id = 'NO 1', crm_id = 'CRM-1', email = 'a@blue.example', address = 'Quay 1'
		where id = $1`, d.customer.ID)
	d.Exec(`update customers set email = '', address = 'Quay 2' where id = $1`, target.ID)
	for _, email := range []string{"x@blue.example", "Both@blue.example", "", ""} {
		d.Contact(testdb.Contact{Customer: d.customer.ID, Email: email, Name: "C"})
	}
	d.Exec(`update contacts set email = '' where email not like '%blue%'`)
	d.Contact(testdb.Contact{Customer: target.ID, Email: "both@blue.example"})
	older, younger, alone := d.Terms(testdb.Terms{}), d.Terms(testdb.Terms{}), d.Terms(testdb.Terms{})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: older.ID, At: "2024-01-01T00:00:00Z", By: "early"})
	d.Acceptance(testdb.Acceptance{Customer: target.ID, Terms: older.ID, At: "2025-01-01T00:00:00Z", By: "late"})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: younger.ID, At: "2025-01-01T00:00:00Z", By: "late"})
	d.Acceptance(testdb.Acceptance{Customer: target.ID, Terms: younger.ID, At: "2024-01-01T00:00:00Z", By: "early"})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: alone.ID, At: "2025-01-01T00:00:00Z", By: "late"})
	child := d.Customer(testdb.Customer{Parent: d.customer.ID, BillToParent: true})

	ask := d.into(target, "")
	ask.KeepFromSource = []string{"tax_id", "crm_id"}
	d.transfer(ask)

	d.want("contacts", "4", `select count(*)::text from contacts where customer_id = $1`, target.ID)
	d.want("acceptances", "early 2024, early 2024, late 2025", `
		select string_agg(accepted_by || ' ' || extract(year from accepted_at), ', ' order by terms_id)
		from terms_acceptances where customer_id = $1`, target.ID)
	d.want("fields", "Fjord Group AS|NO 1|CRM-1|a@blue.example|Quay 2", `
		select concat_ws('|', name, tax_id, crm_id, email, address) from customers where id = $1`, target.ID)
	d.want("former ids", "CRM-1 CRM-2", `select string_agg(value, ' ' order by value) from former_ids
		where customer_id in ($1, $2)`, d.customer.ID, target.ID)
	d.want("child", target.Number, `select number_of('C', parent_customer_id) from customers where id = $1`, child.ID)
	d.verify()
}

// TestServiceUsersOfMovingSubscriptions: they move; one that also serves a staying
// subscription is copied.
func TestServiceUsersOfMovingSubscriptions(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
	d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Login: "alone", Subscriptions: []int64{a.ID}})
	d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Login: "both", Subscriptions: []int64{a.ID, b.ID}})
	d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Login: "other", Subscriptions: []int64{b.ID}})
	d.transfer(d.give(target, "", a))
	const users = `
		select string_agg(u.login || '>' || number_of('S', l.subscription_id), ' ' order by u.login)
		from service_users u join service_user_subscriptions l on l.service_user_id = u.id where u.customer_id = $1`
	d.want("at the target", "alone>"+a.Number+" both>"+a.Number, users, target.ID)
	d.want("at the source", "both>"+b.Number+" other>"+b.Number, users, d.customer.ID)
	d.verify()
}

// TestAddOnsFollowTheirParents: at the target an add-on points to its parent's
// continuation, else to the parent if that moved, else to none.
func TestAddOnsFollowTheirParents(t *testing.T) {
	d := newDesk(t)
	target := d.peer()
	split := d.subscribe(testdb.Subscription{Start: "2025-06-01"})
	cut := d.subscribe(testdb.Subscription{Start: "2025-06-01", Parent: split.ID})
	young := d.subscribe(testdb.Subscription{Start: "2026-02-10", Parent: split.ID})
	whole := d.subscribe(testdb.Subscription{Start: "2026-02-10"})
	onWhole := d.subscribe(testdb.Subscription{Start: "2026-02-11", Parent: whole.ID})
	gone := d.subscribe(testdb.Subscription{Start: "2025-06-01", End: "2025-12-31", Status: "cancelled"})
	orphan := d.subscribe(testdb.Subscription{Start: "2026-02-11", Parent: gone.ID})
	d.transfer(d.give(target, "2026-02-01", split, whole, orphan))
	const parent = `select coalesce((select case when c.subscription_id is not null then 'continuation of ' ||
		number_of('S', c.subscription_id) else number_of('S', p.id) end
		from subscriptions p left join subscription_continuations c on c.continuation_id = p.id
		where p.id = s.parent_subscription_id), 'none')
		from subscriptions s where s.id = $1`
	d.want("a continuation", "continuation of "+split.Number,
		strings.Replace(parent, "s.id = $1",
			"s.id = (select continuation_id from subscription_continuations where subscription_id = $1)", 1), cut.ID)
	d.want("the cancelled one keeps its parent", split.Number, parent, cut.ID)
	d.want("one that moved, of a split parent", "continuation of "+split.Number, parent, young.ID)
	d.want("of a parent that moved", whole.Number, parent, onWhole.ID)
	d.want("of a parent that stays", "none", parent, orphan.ID)
	d.verify()
}

// TestTornPaymentCountsAsStaying: the preview that blocks it does not show it as moving.
func TestTornPaymentCountsAsStaying(t *testing.T) {
	d := newDesk(t)
	a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
	d.pays("2026-02-01", d.billed("INV-1", "2026-01-15", a), d.billed("INV-2", "2026-01-15", b))
	for _, i := range d.preview(d.give(d.peer(), "", a)).Impact {
		if i.Kind == "payment" && (i.Moving.Count != 0 || i.Staying.Count != 1) {
			t.Errorf("payments: %+v", i)
		}
	}
}
