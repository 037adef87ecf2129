package engine_test

import (
	"context"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// shop is a world with a customer who has a bit of everything, and another one.
type shop struct {
	*backDesk
	nordlys, thames testdb.Distributor
	pro             testdb.Plan
	customer, peer  testdb.Customer
	sub, addOn      testdb.Subscription
	method          testdb.PaymentMethod
	open            testdb.Invoice
}

func newShop(t *testing.T) *shop {
	t.Helper()
	t.Parallel()
	d := &shop{backDesk: newBackDesk(t)}
	home := d.Provider
	d.nordlys = d.Distributor(testdb.Distributor{
		Name: "Nordlys Partner", LegalEntity: home.LegalEntity,
		MerchantAccount: home.MerchantAccount,
	})
	d.thames = d.Distributor(testdb.Distributor{
		Name: "Thames Cloud", Currency: "GBP", LegalEntity: "Thames Cloud Ltd",
		MerchantAccount: "merchant-thames",
	})
	d.pro = d.Plan(testdb.Plan{Name: "Pro", Price: "40.00"})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.nordlys.ID, Price: "41.00"})
	d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.thames.ID, Currency: "GBP", Price: "35.00"})
	d.customer = d.Customer(testdb.Customer{Name: "Blue Fjord AS", Email: "billing@fjord.example", CRMID: "CRM-1"})
	d.peer = d.Customer(testdb.Customer{Name: "Fjord Group AS", CRMID: "CRM-2"})
	d.Contact(testdb.Contact{Customer: d.customer.ID, Name: "Billing", Email: "billing@fjord.example"})
	d.method = d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: home.MerchantAccount})
	root := d.Terms(testdb.Terms{Title: "Pro terms"})
	d.Terms(testdb.Terms{Title: "Pro terms", Distributor: d.nordlys.ID, DerivedFrom: root.ID})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: root.ID})
	d.sub = d.Subscription(testdb.Subscription{
		Customer: d.customer.ID, Plan: d.pro.ID, Price: "40.00",
		Start: "2025-06-01", PriceFrozen: true, Promo: "Spring",
	})
	d.addOn = d.Subscription(testdb.Subscription{
		Customer: d.customer.ID, Plan: d.pro.ID, Price: "9.00",
		Start: "2025-06-01", Parent: d.sub.ID,
	})
	gone := d.Subscription(testdb.Subscription{
		Customer: d.customer.ID, Plan: d.pro.ID, Status: "cancelled",
		Start: "2025-01-01", End: "2025-12-31",
	})
	d.ServiceUser(testdb.ServiceUser{
		Customer: d.customer.ID, AccountWide: true,
		Subscriptions: []int64{d.sub.ID, gone.ID},
	})
	for _, day := range []string{"2026-01-15", "2026-02-15"} {
		d.Usage(testdb.Usage{Subscription: d.sub.ID, UsedOn: day, Amount: "3.33"})
		d.Charge(testdb.Charge{Subscription: d.sub.ID, PeriodStart: day, Amount: "7.77"})
		d.BillingSchedule(testdb.BillingSchedule{Subscription: d.sub.ID, DueOn: day, Amount: "40.00"})
		d.RevenueSchedule(testdb.RevenueSchedule{Subscription: d.sub.ID, Start: day, Amount: "5.00"})
	}
	d.Payment(testdb.Payment{Customer: d.customer.ID, ReceivedOn: "2026-01-20", Amount: "30.00"})
	d.open = d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-1", IssuedOn: "2026-01-10",
		Lines: []testdb.Line{{Subscription: d.sub.ID, Amount: "100.00"}},
	})
	d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-2", IssuedOn: "2026-02-10",
		Lines: []testdb.Line{{Subscription: d.sub.ID, Amount: "50.00"}},
	})
	d.Entry(testdb.Entry{SourceKind: "invoice", Source: d.open.ID, PostedOn: "2026-01-10"})
	return d
}

func (d *shop) to(to testdb.Distributor, mode transfer.Mode) transfer.Request {
	req := transfer.Request{
		Kind: record.Distributor, SourceCustomer: d.customer.Number, TargetDistributor: to.Number,
		Mode: mode,
	}
	if to.Currency == "GBP" {
		req.ConversionRate = "0.8612"
	}
	return req
}

func (d *shop) merge(effective string) transfer.Request {
	return transfer.Request{
		Kind: record.Merge, SourceCustomer: d.customer.Number, TargetCustomer: d.peer.Number,
		EffectiveOn: effective, KeepFromSource: []string{"name", "crm_id"},
	}
}

func (d *shop) give(effective string) transfer.Request {
	return transfer.Request{
		Kind: record.Subscriptions, SourceCustomer: d.customer.Number, TargetCustomer: d.peer.Number,
		EffectiveOn:   effective,
		Subscriptions: []string{d.sub.Number},
	}
}

// reversalScenarios are the transfers that are taken back.
var reversalScenarios = []struct {
	name  string
	ask   func(d *shop) transfer.Request
	memos int // that the reversal writes
}{
	{"merge of the full history", func(d *shop) transfer.Request { return d.merge("") }, 0},
	{"merge with an effective date, the rest carried", func(d *shop) transfer.Request {
		return d.merge("2026-02-01")
	}, 2},
	{"subscriptions with their full history", func(d *shop) transfer.Request { return d.give("") }, 0},
	{"subscriptions cut at an effective date", func(d *shop) transfer.Request { return d.give("2026-02-01") }, 0},
	{"distributor of one legal entity, with terms and methods", func(d *shop) transfer.Request {
		return d.to(d.nordlys, transfer.ModeEverything)
	}, 3},
	{"distributor in the same currency", func(d *shop) transfer.Request {
		return d.to(d.nordlys, transfer.ModeSubscriptions)
	}, 3},
	{"distributor in another currency", func(d *shop) transfer.Request {
		return d.to(d.thames, transfer.ModeSubscriptions)
	}, 3},
	{"distributor to whom the plan is delegated in the transfer", func(d *shop) transfer.Request {
		fresh := d.Distributor(testdb.Distributor{Name: "Fresh Cloud", LegalEntity: "Fresh Cloud GmbH"})
		req := d.to(fresh, transfer.ModeSubscriptions)
		req.Delegate = []transfer.Delegation{{Plan: d.pro.Number, Prices: map[string]string{fresh.Number: "44.00"}}}
		return req
	}, 3},
}

func TestReversalGivesBackEverything(t *testing.T) {
	t.Parallel()
	for _, c := range reversalScenarios {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			req := c.ask(d)
			before := d.export()
			o := d.transfer(req)
			after := d.export()
			back := d.reverse(o)
			d.sameAs(before)
			d.verify()
			if got := len(back.Result.Memos); got != c.memos {
				t.Errorf("%d counter-memos, want %d", got, c.memos)
			}
			again := d.reverse(back)
			d.sameAs(after)
			d.verify()
			if again.SourceNumber != o.SourceNumber {
				t.Errorf("the reversal of the reversal takes from %s, want %s", again.SourceNumber, o.SourceNumber)
			}
			d.reverse(again)
			d.sameAs(before)
			d.verify()
		})
	}
}

func TestReversalOfADistributorTransferInDetail(t *testing.T) {
	d := newShop(t)
	o := d.transfer(d.to(d.thames, transfer.ModeSubscriptions))
	d.now = d.now.AddDate(0, 0, 5)
	back := d.reverse(o)
	d.same("the old account is as before", "active CRM-1 none", `select status || ' ' || crm_id || ' ' ||
		coalesce(successor_id::text, 'none') from customers where id = $1`, d.customer.ID)
	d.same("the new one is closed", "closed", `select status from customers where id = $1`, o.TargetID)
	d.same("the invoices are open again", "open open", `select string_agg(status, ' ') from invoices
		where customer_id = $1`, d.customer.ID)
	d.same("the payment is unapplied", "30", `select trim_scale(unapplied) from unapplied_credits
		where kind = 'payment' and customer_id = $1`, d.customer.ID)
	d.same("price, frozen flag and promotion", "40 true Spring", `select trim_scale(price) || ' ' || price_frozen ||
		' ' || promotion from subscriptions where id = $1`, d.sub.ID)
	d.same("the memos are settled by each other",
		"43.06 GBP applied applied; 60.28 GBP applied applied; 120 EUR applied applied", `
		select string_agg(trim_scale(a.amount) || ' ' || c.currency || ' ' || c.status || ' ' || m.status, '; '
		                  order by a.amount)
		from credit_allocations a join credit_memos c on c.id = a.credit_memo_id
		join debit_memos m on m.id = a.debit_memo_id`)
	d.same("entries the other way round, over the same accounts", "Aurora Cloud 1100 120 0; Aurora Cloud 1985 0 "+
		"120; Thames Cloud 1100 0 103.34; Thames Cloud 1985 103.34 0", `
		select string_agg(d.name || ' ' || split_part(l.account, ' ', 1) || ' ' || trim_scale(l.debit) || ' ' ||
		                  trim_scale(l.credit), '; ' order by d.name, l.account)
		from (select e.distributor_id, l.account, sum(l.debit) as debit, sum(l.credit) as credit
		      from transfer_ledger g join journal_entries e on e.id = any(g.record_ids)
		      join journal_lines l on l.entry_id = e.id
		      where g.order_id = $1 and g.kind = 'journal_entry' and e.posted_on = '2026-03-15' group by 1, 2) l
		      join distributors d on d.id = l.distributor_id`, back.ID)
	d.same("each memo names the other side", "Balance carried from Thames Cloud by "+back.Number+
		", intercompany with Thames Cloud Ltd", `
		select `+accounts.EntryText("e")+` from journal_entries e
		join debit_memos m on e.source_kind = 'debit_memo' and m.id = e.source_id
		where m.customer_id = $1`, d.customer.ID)
}

func (d *backDesk) same(what, want, query string, args ...any) {
	d.t.Helper()
	if got := d.Text(query, args...); got != want {
		d.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// blocking returns a blocking finding of the reversal's preview as "CODE: records".
func (d *backDesk) blocking(o order.Order) string {
	d.t.Helper()
	p := d.preview(o)
	var out []string
	for _, f := range p.Blocking() {
		text := string(f.Code) + ":"
		for _, r := range f.Records {
			text += " " + r.Number
		}
		out = append(out, text)
	}
	if p.Executable != (len(out) == 0) {
		d.t.Errorf("executable %t with %v", p.Executable, out)
	}
	return strings.Join(out, "; ")
}

func TestReversalIsBlocked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		ask   func(d *shop) transfer.Request
		since func(d *shop, o order.Order)
		want  func(d *shop, o order.Order) string
	}{
		{
			"a record moved again", func(d *shop) transfer.Request { return d.give("") },
			func(d *shop, _ order.Order) {
				third := d.Customer(testdb.Customer{Name: "Third AS"})
				d.transfer(transfer.Request{
					Kind: record.Subscriptions, SourceCustomer: d.peer.Number,
					TargetCustomer: third.Number, Subscriptions: []string{d.sub.Number},
				})
			},
			func(d *shop, _ order.Order) string { return "MOVED_AGAIN: TO-000002 INV-1 INV-2" },
		},
		{
			"the carried memo was allocated", func(d *shop) transfer.Request {
				return d.to(d.nordlys, transfer.ModeSubscriptions)
			},
			func(d *shop, o order.Order) {
				d.Payment(testdb.Payment{
					Customer: *o.TargetID, Amount: "10.00",
					Allocations: []testdb.Allocation{{
						DebitMemo: d.id(`select min(id) from debit_memos`),
						Amount:    "10.00",
					}},
				})
			},
			func(*shop, order.Order) string { return "MEMO_ALLOCATED: DM-000001" },
		},
		{
			"the target closed meanwhile", func(d *shop) transfer.Request { return d.give("") },
			func(d *shop, _ order.Order) {
				d.Exec(`update customers set status = 'closed' where id = $1`, d.peer.ID)
			},
			func(d *shop, _ order.Order) string { return "ACCOUNT_NOT_ACTIVE: " + d.peer.Number },
		},
		{
			"the price changed since", func(d *shop) transfer.Request {
				return d.to(d.thames, transfer.ModeSubscriptions)
			},
			func(d *shop, _ order.Order) { d.Exec(`update subscriptions set price = 99 where id = $1`, d.sub.ID) },
			func(d *shop, _ order.Order) string { return "CANNOT_GO_BACK: " + d.sub.Number },
		},
		{
			"usage came in the other currency", func(d *shop) transfer.Request {
				return d.to(d.thames, transfer.ModeSubscriptions)
			},
			func(d *shop, _ order.Order) { d.Usage(testdb.Usage{Subscription: d.sub.ID, Amount: "2.00"}) },
			func(*shop, order.Order) string { return "CANNOT_GO_BACK: U-000003" },
		},
		{
			"today's period is closed", func(d *shop) transfer.Request {
				return d.to(d.nordlys, transfer.ModeSubscriptions)
			},
			func(d *shop, _ order.Order) {
				d.Period(testdb.Period{
					Distributor: d.nordlys.ID, Start: "2026-03-01", End: "2026-03-31",
					Status: "closed",
				})
			},
			func(d *shop, _ order.Order) string { return "PERIOD_CLOSED: " + d.nordlys.Number },
		},
		{
			"the old period was closed since: no reason", func(d *shop) transfer.Request { return d.give("") },
			func(d *shop, _ order.Order) {
				d.Period(testdb.Period{
					Distributor: d.Provider.ID, Start: "2026-01-01", End: "2026-02-28",
					Status: "closed",
				})
			},
			func(*shop, order.Order) string { return "" },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newShop(t)
			o := d.transfer(c.ask(d))
			c.since(d, o)
			got, want := d.blocking(o), c.want(d, o)
			if got != want && !(want != "" && strings.HasPrefix(got, want)) {
				t.Errorf("got %q, want %q", got, want)
			}
			if want == "" {
				return
			}
			rows := d.export()
			_, err := d.engine.SubmitReversal(context.Background(), d.actor, o.Number, accepting(d.preview(o)))
			if !fault.Is(err, fault.Blocked) {
				t.Errorf("submitting it: %v", err)
			}
			d.sameAs(rows)
			if got := d.order(o.Number).Status; got != "completed" {
				t.Errorf("%s is %s", o.Number, got)
			}
		})
	}
}

func (d *backDesk) id(query string) int64 {
	d.t.Helper()
	var id int64
	if err := d.db.Get(&id, query); err != nil {
		d.t.Fatal(err)
	}
	return id
}
