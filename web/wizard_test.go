package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/internal/testdb"
)

func TestWizardTransfersToAnotherLegalEntityInAnotherCurrency(t *testing.T) {
	d := newDesk(t)
	a := d.get(d.path("")).follow().at("Distributor")
	a.says("different legal entity", "same legal entity", "billing@fjord.example")
	d.want("no draft before the first answer", "0", `select count(*) from transfer_orders`)
	a = a.next("distributor", d.thames.Number, "mode", "subscriptions_only", "notify",
		"true").at("Currency Conversion Rate")
	a.says("The rate table proposes 0.8612", time.Now().UTC().Format("2 Jan 2006"), "1 matched", "Yes, in the brand of")
	a = a.next("rate", "0.8612").at("Confirm")
	a.says("Transfer Blue Fjord AS from Aurora Cloud to Thames Cloud", "€ 120.00", "£ 103.34", "checks passed",
		"Invoices · 1 · € 120.00", "Balance · € 120.00 opens as £ 103.34")
	order := a.confirm().follow().is(http.StatusOK)

	order.says("Blue Fjord AS was transferred to Thames Cloud", "The books before and after", "1 EUR = 0.8612 GBP",
		"Notification written", "Transfer: execute", "Withheld")
	d.want("old account", "transferred_out", `select status from customers where id = $1`, d.customer.ID)
	d.want("balances", "0.00 103.34", `select round(a.balance, 2) || ' ' || b.balance from customers c
		join customer_balances a on a.customer_id = c.id join customer_balances b on b.customer_id = c.successor_id
		where c.id = $1`, d.customer.ID)
	d.want("mail", "billing@fjord.example", `select recipient from outbox`)
	d.want("order", "completed", `select string_agg(status, ',') from transfer_orders`)
	d.want("actor", d.staff.Name, `select requested_by_name from transfer_orders`)

	d.get(d.path("")).is(http.StatusConflict).says("cannot be transferred")
}

func TestWizardWithinOneLegalEntityAsksNoRate(t *testing.T) {
	for _, tt := range []struct{ mode, method, mails string }{
		{"subscriptions_terms_payment_methods", "active", "0"},
		{"subscriptions_only", "", "0"},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			d := newDesk(t)
			d.world.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID})
			a := d.get(d.path("distributor")).next("distributor", d.nordlys.Number, "mode", tt.mode).at("Confirm")
			if got := a.doc.Find(".wizard-step").Length(); got != 2 {
				t.Errorf("the wizard has %d steps, want 2", got)
			}
			a.confirm().follow().says("Nordlys Partner", "Completed")
			d.want("mails", tt.mails, `select count(*) from outbox`)
			d.want("payment method", tt.method, `select string_agg(m.status, ',') from payment_methods m
				join customers c on c.successor_id = m.customer_id where c.id = $1`, d.customer.ID)
		})
	}
}

func TestWizardPreselectsTheModeByLegalEntity(t *testing.T) {
	d := newDesk(t)
	a := d.get(d.path("distributor"))
	if n := a.doc.Find(`input[name="mode"][checked]`).Length(); n != 0 {
		t.Errorf("%d modes are chosen before a distributor is", n)
	}
	for number, want := range map[string]string{
		d.nordlys.Number: "subscriptions_terms_payment_methods",
		d.thames.Number:  "subscriptions_only",
	} {
		if got := a.doc.Find(`[data-legal-for="`+number+`"]`).AttrOr("data-mode", ""); got != want {
			t.Errorf("%s: proposes %q, want %q", number, got, want)
		}
		again := a.press("next", "distributor", number).is(http.StatusUnprocessableEntity)
		if got := again.doc.Find(`input[name="mode"][checked]`).AttrOr("value", ""); got != want {
			t.Errorf("%s: preselects %q, want %q", number, got, want)
		}
		if got := again.fields().Get("distributor"); got != number {
			t.Errorf("the distributor is %q now, want %q", got, number)
		}
	}
	a.press("next", "distributor",
		d.thames.Number).says("Aurora Cloud AS and Thames Cloud Ltd are different legal entities")
}

func TestWizardRefusesDistributorsThatCannotBeTakenTo(t *testing.T) {
	d := newDesk(t)
	closed := d.world.Distributor(testdb.Distributor{Name: "Closed Cloud", Status: "inactive"})
	a := d.get(d.path("distributor"))
	for number, sentence := range map[string]string{
		"": "Select the new distributor.", "D-999999": "There is no active distributor D-999999",
		closed.Number:           "There is no active distributor " + closed.Number,
		d.world.Provider.Number: "already belongs to Aurora Cloud", "nonsense\x00": "There is no active distributor",
	} {
		again := a.press("next", "distributor", number, "mode", "subscriptions_only").is(http.StatusUnprocessableEntity)
		if got := again.doc.Find("#distributor-error").Text(); !strings.Contains(got, sentence) {
			t.Errorf("%q: the field says %q, want %q", number, got, sentence)
		}
	}
	if strings.Contains(a.text(), "Closed Cloud") {
		t.Error("an inactive distributor is offered")
	}
	d.want("drafts", "0", `select count(*) from transfer_orders`)
	d.get("/pcp/customers/C-999999/transfer").is(http.StatusNotFound)
	d.get("/pcp/customers/unknown/transfer").is(http.StatusNotFound)
}

func TestWizardRefusesBadRates(t *testing.T) {
	d := newDesk(t)
	a := d.toThames().at("Currency Conversion Rate")
	before := d.world.Text(`select version || request::text from transfer_orders`)
	for rate, sentence := range map[string]string{
		"": "enter a rate", "0": "not greater than 0", "-1": "is negative", "abc": "not a plain decimal",
		"1e5":  "not a plain decimal",
		"1,08": "has a comma", "1.08421234567": "has 11 decimals", "0.00": "not greater than 0",
	} {
		again := a.press("next", "rate", rate).is(http.StatusUnprocessableEntity)
		if got := strings.ToLower(again.doc.Find("#rate-error").Text()); !strings.Contains(got, sentence) {
			t.Errorf("%q: the field says %q, want %q", rate, got, sentence)
		}
		if got := again.fields().Get("rate"); got != rate {
			t.Errorf("%q was not kept: %q", rate, got)
		}
		if again.doc.Find(`.error-summary a[href="#rate"]`).Length() != 1 {
			t.Errorf("%q: the summary does not link to the field", rate)
		}
	}
	if after := d.world.Text(`select version || request::text from transfer_orders`); after != before {
		t.Errorf("the draft was changed: %s", after)
	}
	d.untouched()
}

func TestWizardConvertsTheBalanceWhileOneTypes(t *testing.T) {
	d := newDesk(t)
	a := d.toThames()
	use := a.doc.Find("a[data-use-rate]").AttrOr("href", "")
	if got := d.get(use).fields().Get("rate"); got != "0.8612" {
		t.Errorf("Use it fills in %q", got)
	}
	fragment := a.doc.Find("#rate").AttrOr("data-rate", "")
	d.get(fragment+"?rate=0.8612").is(http.StatusOK).says("£ 103.34", "120 × 0.8612 = 103.344, rounded half-even")
	d.get(fragment + "?rate=1,08").is(http.StatusOK).says("has a comma")
	converted := a.press("convert", "rate", "0.5").is(http.StatusOK).at("Currency Conversion Rate")
	converted.says("£ 60.00")
	d.want("draft is unchanged", "", `select coalesce(request->>'conversion_rate', '') from transfer_orders`)
}

func TestWizardChoosesAPlan(t *testing.T) {
	d := newDesk(t)
	other := d.world.Subscription(testdb.Subscription{Customer: d.customer.ID, Plan: d.vault.ID})
	plan := d.world.Plan(testdb.Plan{Name: "Safe", Distributor: d.thames.ID, Price: "77.00"})
	yearly := d.world.Plan(testdb.Plan{Name: "Safe yearly", Distributor: d.thames.ID, BillingPeriod: "yearly"})
	a := d.toThames().at("Service plans")
	a.says("Plan for "+other.Number, "sells no plan that corresponds to Vault", "Matched already")
	for _, number := range []string{"", d.pro.Number, yearly.Number, "P-000000"} {
		a.press("next", "plan."+other.Number, number).is(http.StatusUnprocessableEntity).at("Service plans")
	}
	a = a.next("plan."+other.Number, plan.Number).next("rate", "0.8612").at("Confirm")
	a.says("Safe", "£ 77.00", "chosen")
	a.confirm().follow().says("Completed")
	d.want("plan and price", "Safe 77.00", `select p.name || ' ' || s.price from subscriptions s
		join plans p on p.id = s.plan_id where s.id = $1`, other.ID)
}

// The price that is asked for a delegated plan enters the price list; a contract whose currency
// stays keeps its own. Step, confirmation and order say so.
func TestWizardSaysWhichPriceIsWhich(t *testing.T) {
	d := newDesk(t)
	d.world.Exec(`update subscriptions set plan_id = $1, price = 900 where id = $2`, d.vault.ID, d.sub.ID)
	choice, price := "plan."+d.sub.Number, "price."+d.vault.Number+"."+d.nordlys.Number
	a := d.get(d.path("")).follow().next("distributor", d.nordlys.Number, "mode",
		"subscriptions_only").at("Service plans")
	a.says("The transfer adds the plan to these price lists, at these prices.",
		"The contracts above keep their present price: "+d.sub.Number+" at € 900.00.")
	a = a.next(choice, "delegate", price, "950.00").at("Confirm")
	a.says("keeps its price; the list price is € 950.00", "Plans that enter price lists").not("PRICE_CHANGES")
	order := a.confirm().follow().is(http.StatusOK)
	order.says("Price list of Nordlys Partner", "Vault at € 950.00", "for contracts made from then on",
		"keeps its price; the list price is € 950.00")
	d.want("contract and price list", "900 950", `
		select trim_scale(s.price) || ' ' || trim_scale(p.price) from subscriptions s
		join plans p on p.id = s.plan_id where s.id = $1 and p.distributor_id = $2`, d.sub.ID, d.nordlys.ID)
}

func TestWizardDelegatesThePlan(t *testing.T) {
	d := newDesk(t)
	below := d.world.Distributor(testdb.Distributor{Name: "Isis Cloud", Parent: d.thames.ID, Currency: "GBP"})
	d.world.Plan(testdb.Plan{Name: "Pro", DelegatedFrom: d.pro.ID, Distributor: below.ID})
	other := d.world.Subscription(testdb.Subscription{Customer: d.customer.ID, Plan: d.vault.ID})
	a := d.get(d.path("distributor")).next("distributor", below.Number, "mode",
		"subscriptions_only").at("Service plans")
	choice, upper, lower := "plan."+other.Number, "price."+d.vault.Number+"."+d.thames.Number, "price."+d.vault.Number+
		"."+below.Number
	a.says("Price of Vault with Thames Cloud", "Price of Vault with Isis Cloud")
	for price, sentence := range map[string]string{
		"": "Enter the price in GBP", "-1": "is negative",
		"1.005": "more than the 2 decimals", "x": "not a plain decimal",
	} {
		again := a.press("next", choice, "delegate", upper, "80.00", lower, price).is(http.StatusUnprocessableEntity)
		again.says(sentence)
		if f := again.fields(); f.Get(upper) != "80.00" || f.Get(lower) != price || f.Get(choice) != "delegate" {
			t.Errorf("the input was not kept: %v", f)
		}
	}
	a = a.next(choice, "delegate", upper, "80.00", lower, "85.00").next("rate", "0.8612").at("Confirm")
	a.says("delegated now", "£ 85.00", "the list price", "Plans that enter price lists",
		"£ 80.00").confirm().follow().says("Completed")
	d.want("plans made", "80,85", `select string_agg(price::text, ',' order by id) from plans where name = 'Vault'
		and id <> $1`, d.vault.ID)
	d.want("subscription", "85.00", `select price::text from subscriptions where id = $1`, other.ID)
}

func TestWizardBackKeepsInput(t *testing.T) {
	d := newDesk(t)
	other := d.world.Subscription(testdb.Subscription{Customer: d.customer.ID, Plan: d.vault.ID})
	d.world.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID})
	choice, price := "plan."+other.Number, "price."+d.vault.Number+"."+d.thames.Number
	plans := d.toThames().at("Service plans")

	first := plans.press("back", choice, "delegate", price, "8o.00").follow().at("Distributor")
	if f := first.fields(); f.Get("distributor") != d.thames.Number || f.Get("mode") != "subscriptions_only" {
		t.Errorf("the first step lost its input: %v", f)
	}
	plans = first.next().at("Service plans")
	if f := plans.fields(); f.Get(choice) != "delegate" || f.Get(price) != "8o.00" {
		t.Errorf("the plans step lost its input: %v", f)
	}
	rate := plans.next(price, "80.00").at("Currency Conversion Rate")
	plans = rate.press("back", "rate", "abc").follow().at("Service plans")
	rate = plans.next().at("Currency Conversion Rate")
	if got := rate.fields().Get("rate"); got != "abc" {
		t.Errorf("the rate is %q now, want what was typed", got)
	}
	confirm := rate.next("rate", "0.9").at("Confirm")
	rate = confirm.press("back", "acknowledged", "PRICE_CHANGES").follow().at("Currency Conversion Rate")
	if got := rate.fields().Get("rate"); got != "0.9" {
		t.Errorf("the rate is %q now", got)
	}
	confirm = rate.next().at("Confirm")
	if got := strings.Join(confirm.fields()["acknowledged"], ","); got != "PRICE_CHANGES" {
		t.Errorf("ticked: %q", got)
	}

	// Signing out and in again leads back to where one was.
	d.post("/sign-out", nil)
	d.signIn(d.staff)
	d.get(d.path("")).follow().at("Confirm").says("£ 108.00")
	d.untouched()
}

func TestWizardRefusesAStaleTab(t *testing.T) {
	d := newDesk(t)
	first, second := d.get(d.path("distributor")), d.get(d.path("distributor"))
	rate := first.next("distributor", d.thames.Number, "mode", "subscriptions_only").at("Currency Conversion Rate")
	stale := second.press("next", "distributor", d.nordlys.Number, "mode",
		"subscriptions_only").is(http.StatusConflict).at("Distributor")
	stale.says("Another tab went on", "Thames Cloud (GBP)")
	if got := stale.fields().Get("distributor"); got != d.nordlys.Number {
		t.Errorf("the input was not kept: %q", got)
	}
	d.want("nothing saved", d.thames.Number, `select request->>'target_distributor' from transfer_orders`)

	again := d.get(d.path("rate"))
	rate.next("rate", "0.8").at("Confirm")
	stale = again.press("next", "rate", "0.7").is(http.StatusConflict).at("Currency Conversion Rate")
	if got := stale.fields().Get("rate"); got != "0.7" {
		t.Errorf("the input was not kept: %q", got)
	}
	d.want("nothing saved", "0.8", `select request->>'conversion_rate' from transfer_orders`)
	stale.next("rate", "0.7").at("Confirm") // what is shown now can be sent

	// The other tab leads elsewhere: the step is no longer asked.
	again = d.get(d.path("rate"))
	d.get(d.path("distributor")).next("distributor", d.nordlys.Number, "mode", "subscriptions_only").at("Confirm")
	again.press("next", "rate", "0.6").follow().at("Confirm").says("No conversion rate is needed")
}

func TestWizardTurnsAwayFromStepsThatCannotBeAnsweredYet(t *testing.T) {
	d := newDesk(t)
	for _, step := range []string{"plans", "rate", "confirm", "confirm/preview.csv", "confirm/records/invoice"} {
		d.get(d.path(step)).follow().at("Distributor").says("Select the new distributor first")
	}
	d.toThames()
	d.get(d.path("confirm")).follow().at("Currency Conversion Rate").says("First complete this step")
	d.get(d.path("plans")).follow().at("Currency Conversion Rate").says("No service plan has to be chosen")
	d.get(d.path("nonsense")).is(http.StatusNotFound)
	d.post(d.path("confirm"), d.get(d.path("rate")).fields()).follow().at("Currency Conversion Rate")
	d.untouched()
}

func TestWizardCancelDiscardsTheDraft(t *testing.T) {
	d := newDesk(t)
	d.toThames()
	d.post(d.path("cancel"), nil).is(http.StatusSeeOther)
	d.want("order", "cancelled", `select status from transfer_orders`)
	d.get(d.path("")).follow().at("Distributor")
	d.post(d.path("cancel"), nil).is(http.StatusSeeOther) // nothing to discard
	d.want("customer", "active", `select status from customers where id = $1`, d.customer.ID)
}

func TestWizardNeedsThePrivilege(t *testing.T) {
	d := newDesk(t)
	d.toThames()
	d.post("/sign-out", nil)
	d.signIn(d.world.Staff(testdb.Staff{Role: "support"}))
	d.get(d.path("")).is(http.StatusForbidden).says("Your role, support, does not include this")
	d.post(d.path("distributor"), nil).is(http.StatusForbidden)
	d.get("/pcp/orders/TO-000001").is(http.StatusOK).says("This is a draft")

	// A colleague has a draft of their own.
	d.post("/sign-out", nil)
	d.signIn(d.world.Staff(testdb.Staff{Role: "account_manager"}))
	d.get(d.path("")).follow().at("Distributor")
}

func TestTransferTwiceGivesOneOrder(t *testing.T) {
	d := newDesk(t)
	a := d.toThames().next("rate", "0.8612").at("Confirm")
	var both sync.WaitGroup
	answers := make([]answer, 2)
	for i := range answers {
		both.Go(func() { answers[i] = a.confirm() })
	}
	both.Wait()
	for _, x := range append(answers, a.confirm()) {
		if x.status != http.StatusSeeOther || !strings.HasSuffix(x.header.Get("Location"), "/pcp/orders/TO-000001") {
			t.Errorf("answered %d %s: %s", x.status, x.header.Get("Location"), x.text())
		}
	}
	d.want("orders", "1", `select count(*) from transfer_orders`)
	d.want("successors", "2", `select count(*) from customers`)
}
