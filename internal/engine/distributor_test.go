package engine

import (
	"context"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

func (d *desk) verify() {
	d.t.Helper()
	checks, err := Verify(context.Background(), d.db)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			d.t.Errorf("%s: %v", c.Name, c.Failures)
		}
	}
}

func TestTransferIntoAnotherCurrency(t *testing.T) {
	d := newDesk(t)
	sub := d.everything()
	ended := d.subscribe(testdb.Subscription{Status: "terminated", End: "2025-12-31"})
	paid := d.Charge(testdb.Charge{Subscription: sub.ID, Amount: "9.00"})
	line := d.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Status: "paid", Number: "INV-P",
		Lines: []testdb.Line{{Subscription: sub.ID, Charge: paid.ID, Amount: "9.00"}},
	}).Lines[0]
	d.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID, Line: line.ID, Amount: "9.00"})
	d.Order(testdb.Order{Customer: d.customer.ID, Status: "completed"})

	o := d.transfer(d.toThames())

	if o.Status != "completed" || o.Result == nil {
		t.Fatalf("order is %s: %s", o.Status, o.Failure)
	}
	id := *o.TargetID
	d.want("new account", "Blue Fjord AS|"+d.thames.Number+"|GBP|active|CRM-1||"+today, `
		select concat_ws('|', name, number_of('D', distributor_id), currency, status, crm_id,
		                 parent_customer_id::text, '') || '|' || created_on from customers where id = $1`, id)
	d.want("old account", "transferred_out||"+today, `
		select status || '|' || crm_id || '|' || succeeded_on from customers
		where id = $1 and successor_id = $2`, d.customer.ID, id)
	d.want("former id", "crm_id CRM-1", `select kind || ' ' || value from former_ids where customer_id = $1`,
		d.customer.ID)
	d.want("subscription", "35 false ", `
		select trim_scale(price) || ' ' || price_frozen || ' ' || promotion from subscriptions
		where id = $1 and customer_id = $2`, sub.ID, id)
	d.want("its plan is the counterpart", d.thames.Number, `
		select number_of('D', p.distributor_id) from subscriptions s join plans p on p.id = s.plan_id
		where s.id = $1`, sub.ID)
	d.want("ended subscriptions stay", d.customer.Number, `select number_of('C', customer_id) from subscriptions
		where id = $1`, ended.ID)
	d.want("an add-on of an ended parent has none any more", "1", `
		select count(*)::text from subscriptions
		where customer_id = $1 and start_on is not null and parent_subscription_id is null and quantity = 1`, id)
	d.want("unbilled records are converted, billed ones are not", "8.66, 9", `
		select string_agg(trim_scale(amount)::text, ', ' order by id) from subscription_charges
		where subscription_id = $1`, sub.ID)
	d.want("usage", "1.08", `select trim_scale(amount)::text from usage_records where subscription_id = $1`, sub.ID)
	d.want("billing schedule follows the new price", "70", `select trim_scale(amount)::text from billing_schedules
		where subscription_id = $1`, sub.ID)
	d.want("revenue schedule follows the new price", "2.91, 9", `
		select string_agg(trim_scale(amount)::text, ', ' order by id) from revenue_schedules
		where subscription_id = $1`, sub.ID)
	d.want("documents stay", "0", `
		select ((select count(*) from invoices where customer_id = $1) + (select count(*) from payments
		    where customer_id = $1) +
		(select count(*) from placed_orders where customer_id = $1))::text`, id)
	d.want("contacts are copied", "1 1", `
		select (select count(*) from contacts where customer_id = $1) || ' ' ||
		    (select count(*) from contacts where customer_id = $2)`, d.customer.ID, id)
	d.want("service users move, links to ended subscriptions are dropped", "1", `
		select count(*)::text from service_users u join service_user_subscriptions l on l.service_user_id = u.id
		where u.customer_id = $1 and l.subscription_id = $2`, id, sub.ID)
	d.want("no link is left to what stays", "0", `select count(*)::text from service_user_subscriptions
		where subscription_id <> $1`, sub.ID)
	d.want("payment methods and acceptances stay in this mode", "0", `
		select ((select count(*) from payment_methods where customer_id = $1) + (select count(*)
		    from terms_acceptances where customer_id = $1))::text`, id)
	d.want("ledger keeps the old amounts", "10.05 > 8.66", `
		select before[1] || ' > ' || after[1] from transfer_ledger
		where kind = 'subscription_charge' and column_name = 'amount'`)
	d.want("no mail was asked for", "0", `select count(*)::text from outbox`)
	d.want("audit entries", "transfer.open, transfer.submit, transfer.begin, transfer.execute", `select
		string_agg(action, ', ' order by id) from audit_entries where order_id = $1`, o.ID)
	d.want("status before and after in the audit entries",
		"none > draft, draft > queued, queued > in_progress, in_progress > completed", `
		select string_agg(coalesce(before->>'status', 'none') || ' > ' || (after->>'status'), ', ' order by id)
		from audit_entries where order_id = $1`, o.ID)
	d.verify()
}

func TestTransferWithinOneLegalEntityAndCurrency(t *testing.T) {
	d := newDesk(t)
	sub := d.subscribe(testdb.Subscription{Price: "38.50", PriceFrozen: true})
	d.Charge(testdb.Charge{Subscription: sub.ID, Amount: "10.05"})
	kept := d.PaymentMethod(testdb.PaymentMethod{
		Customer: d.customer.ID, MerchantAccount: d.nordlys.MerchantAccount,
		Label: "Visa ending 4411",
	})
	other := d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: "merchant-other"})
	root := d.Terms(testdb.Terms{Title: "Pro terms"})
	same := d.Terms(testdb.Terms{Title: "Pro terms", DerivedFrom: root.ID, Distributor: d.Provider.ID})
	theirs := d.Terms(testdb.Terms{Title: "Pro terms", DerivedFrom: root.ID, Distributor: d.nordlys.ID})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: same.ID, At: "2025-05-01T00:00:00Z"})
	d.Acceptance(testdb.Acceptance{Customer: d.customer.ID, Terms: root.ID, At: "2024-05-01T00:00:00Z"})
	d.Exec(`update customers set status = 'suspended', email = 'billing@bluefjord.example' where id = $1`,
		d.customer.ID)

	ask := d.toNordlys()
	ask.NotifyCustomer = true
	o := d.transfer(ask)

	id := *o.TargetID
	d.want("a suspended customer stays suspended", "suspended", `select status from customers where id = $1`, id)
	d.want("price and frozen flag are kept", "38.5 true", `select trim_scale(price) || ' ' || price_frozen
		from subscriptions where id = $1 and customer_id = $2`, sub.ID, id)
	d.want("nothing is converted", "10.05", `select trim_scale(amount)::text from subscription_charges
		where subscription_id = $1`, sub.ID)
	d.want("the payment method is copied", "Visa ending 4411 active", `select label || ' ' || status
		from payment_methods where customer_id = $1`, id)
	d.want("its old row is inactive", "inactive", `select status from payment_methods where id = $1`, kept.ID)
	d.want("the other is left as it was", "active", `select status from payment_methods where id = $1`, other.ID)
	d.want("the older acceptance wins", "2024", `select extract(year from accepted_at)::text from terms_acceptances
		where customer_id = $1 and terms_id = $2`, id, theirs.ID)
	d.want("the mail is in the outbox, in the new brand", "billing@bluefjord.example waiting", `select recipient ||
		' ' || state from outbox where order_id = $1 and brand_id is not null`, o.ID)
	withheld := 0
	for _, p := range o.Result.Personal {
		if !p.Went && p.What == "payment methods" {
			withheld = p.Count
		}
	}
	if withheld != 1 {
		t.Errorf("the statement on personal data: %+v", o.Result.Personal)
	}
	d.verify()
}

func TestPlansOfTheNewDistributor(t *testing.T) {
	t.Parallel()
	type want struct{ how, plan, price, frozen string }
	cases := []struct {
		name  string
		setup func(d *desk) transfer.Request
		want  want
	}{
		{"the counterpart keeps price and flag", func(d *desk) transfer.Request {
			return d.toNordlys()
		}, want{"counterpart", "Pro", "33", "true"}},
		{"another currency takes the plan's price", func(d *desk) transfer.Request {
			return d.toThames()
		}, want{"counterpart", "Pro", "35", "false"}},
		{"a choice takes the plan's price", func(d *desk) transfer.Request {
			d.Plan(testdb.Plan{Name: "Other", Distributor: d.nordlys.ID, Price: "44.00"})
			return d.choose("Other")
		}, want{"chosen", "Other", "44", "false"}},
		{"delegated now, in the same currency", func(d *desk) transfer.Request {
			d.Exec(`delete from plans where distributor_id = $1`, d.nordlys.ID)
			r := d.toNordlys()
			r.Delegate = []transfer.Delegation{{
				Plan:   d.pro.Number,
				Prices: map[string]string{d.nordlys.Number: "50.00"},
			}}
			return r
		}, want{"delegated", "Pro", "33", "true"}},
		{"delegated now through two levels, in another currency", func(d *desk) transfer.Request {
			below := d.Distributor(testdb.Distributor{Name: "Below Thames", Parent: d.thames.ID, Currency: "JPY"})
			d.Exec(`delete from plans where distributor_id = $1`, d.thames.ID)
			r := d.toThames()
			r.TargetDistributor = below.Number
			r.Delegate = []transfer.Delegation{{Plan: d.pro.Number, Prices: map[string]string{
				d.thames.Number: "36.00",
				below.Number:    "7000",
			}}}
			return r
		}, want{"delegated", "Pro", "7000", "false"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			sub := d.subscribe(testdb.Subscription{Price: "33.00", PriceFrozen: true})
			ask := c.setup(d)
			if how := d.preview(ask).Plans[0].How; how != c.want.how {
				t.Errorf("found by %q, want %q", how, c.want.how)
			}
			o := d.transfer(ask)
			d.want("plan", strings.Join([]string{
				c.want.plan, c.want.price, c.want.frozen,
				ask.TargetDistributor,
			}, " "), `
				select p.name || ' ' || trim_scale(s.price) || ' ' || s.price_frozen || ' ' ||
				    number_of('D', p.distributor_id) from subscriptions s join plans p on p.id = s.plan_id
				    where s.id = $1 and s.customer_id = $2`, sub.ID, *o.TargetID)
			d.verify()
		})
	}
}

func TestDelegationNeedsEveryPrice(t *testing.T) {
	d := newDesk(t)
	d.subscribe(testdb.Subscription{})
	d.Exec(`delete from plans where distributor_id = $1`, d.thames.ID)
	for _, price := range []string{"", "-1", "abc", "36.001"} {
		ask := d.toThames()
		ask.Delegate = []transfer.Delegation{{Plan: d.pro.Number, Prices: map[string]string{d.thames.Number: price}}}
		p := d.preview(ask)
		if _, blocked := p.Finding("PLAN_NOT_DELEGATED"); !blocked {
			t.Errorf("price %q was taken", price)
		}
	}
}

func TestRatesThatAreNone(t *testing.T) {
	d := newDesk(t)
	for _, rate := range []string{"0", "-1", "abc", "1e5", "1,08", "0.12345678901", " ", "NaN", "1.", ".5", "+1"} {
		ask := d.toThames()
		ask.ConversionRate = rate
		p := d.preview(ask)
		if f, blocked := p.Finding("RATE_INVALID"); !blocked || !strings.Contains(f.Message, strings.TrimSpace(rate)) {
			t.Errorf("rate %q: %+v", rate, f)
		}
		if _, err := d.try(ask); err == nil {
			t.Errorf("rate %q was executed", rate)
		}
	}
	d.want("nothing changed", "active", `select status from customers where id = $1`, d.customer.ID)
}
