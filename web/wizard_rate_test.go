package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"handover/internal/testdb"
)

// yenDesk is a desk with a customer of Thames Cloud who owes 36.90 GBP and goes to Sakura
// Denki, which sells in yen. The rate table says 1 GBP = 189.197823 JPY, over the euro, today.
type yenDesk struct {
	desk
	sakura testdb.Distributor
	today  string
}

func newYenDesk(t *testing.T) yenDesk {
	t.Helper()
	d := yenDesk{desk: newDesk(t), today: time.Now().UTC().Format(time.DateOnly)}
	w := d.world
	w.Exec(`delete from exchange_rates`)
	w.Rate(testdb.Rate{On: d.today, To: "GBP", Rate: "0.87649"})
	w.Rate(testdb.Rate{On: d.today, To: "JPY", Rate: "165.83"})
	d.sakura = w.Distributor(testdb.Distributor{Name: "Sakura Denki", Currency: "JPY"})
	d.customer = w.Customer(testdb.Customer{Name: "Reading Books Ltd", Distributor: d.thames.ID, Currency: "GBP"})
	w.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "36.90", Status: "open"})
	return d
}

// as signs another person in.
func (d yenDesk) as(s testdb.Staff) {
	d.Helper()
	d.post("/sign-out", nil)
	d.signIn(s)
}

// toRate answers the first step.
func (d yenDesk) toRate() answer {
	d.Helper()
	return d.get(d.path("")).follow().at("Distributor").next("distributor", d.sakura.Number, "mode",
		"subscriptions_only").at("Currency Conversion Rate")
}

// not ends the test if the page holds one of the texts.
func (a answer) not(texts ...string) answer {
	a.Helper()
	for _, text := range texts {
		if strings.Contains(a.text(), text) {
			a.Errorf("the page says %q", text)
		}
	}
	return a
}

func TestWizardFillsRateWithProposal(t *testing.T) {
	d := newYenDesk(t)
	a := d.toRate().says("The rate table proposes 189.197823", "0.87649", "165.83",
		time.Now().UTC().Format("2 Jan 2006")+", ECB", "¥ 6,981", "is the rate of the rate table")
	if got := a.fields().Get("rate"); got != "189.197823" {
		t.Errorf("the field has %q", got)
	}
	a = a.next().at("Confirm").says("1 GBP = 189.197823 JPY", "rounded to 189.197823", "¥ 6,981").not("RATE_")
	d.want("the draft has it", "189.197823", `select request->>'conversion_rate' from transfer_orders`)
	order := a.confirm().follow().is(http.StatusOK).says("Completed", "rounded to 189.197823")
	order.not("entered by hand")
	d.want("balances", "6981", `select b.balance from customers c
		join customer_balances b on b.customer_id = c.successor_id where c.id = $1`, d.customer.ID)
}

func TestWizardShowsDeviationWhileRateIsTyped(t *testing.T) {
	d := newYenDesk(t)
	d.toRate()
	for rate, want := range map[string]string{
		"1.89": "1 GBP = 1.89 JPY is 99 % below the rate table: 1 GBP = 189.197823 JPY of " +
			time.Now().UTC().Format("2 Jan 2006") + ", ECB. A transfer at this rate is blocked.",
		"190": "1 GBP = 190 JPY is 0.42 % above the rate table",
		"195": "1 GBP = 195 JPY is 3.07 % above the rate table: 1 GBP = 189.197823 JPY of " +
			time.Now().UTC().Format("2 Jan 2006") + ", ECB. You acknowledge it on the confirmation page.",
		"0.0053": "A transfer at this rate is blocked. Did you mean 189.197823?",
	} {
		d.get(d.path("rate/conversion") + "?rate=" + rate).is(http.StatusOK).says(want)
	}
	d.get(d.path("rate/conversion") + "?rate=1,89").is(http.StatusOK).says("has a comma").not("the rate table")
	d.get(d.path("rate/conversion")+"?rate=190").not("blocked", "acknowledge")
}

// For a person who may not allow a rate: the wizard blocks 1.89, accepts 190, warns at
// 195.
func TestWizardComparesRateWithRateTable(t *testing.T) {
	d := newYenDesk(t)
	d.as(d.world.Staff(testdb.Staff{Role: "account_manager"}))
	a := d.toRate().next("rate", "1.89").at("Confirm")
	a.says("1 GBP = 1.89 JPY is 99 % below the rate table", "RATE_IMPLAUSIBLE",
		"1 blocking issue must be resolved first",
		"an administrator or finance can allow it").not("Reason for this rate", "Allow this rate")
	a.press("transfer").is(http.StatusUnprocessableEntity).says("1 GBP = 1.89 JPY is 99 % below the rate table")
	a.press("allow", "rate_reason", "agreed with the customer").is(http.StatusForbidden)
	d.untouched()

	values := a.fields()
	values.Set("instead", "RATE_IMPLAUSIBLE")
	if got := a.doc.Find(`button[name="instead"][value="RATE_IMPLAUSIBLE"]`).Text(); strings.TrimSpace(got) !=
		"Use the rate 189.197823" {
		t.Errorf("the one-click remedy says %q", got)
	}
	a = a.post(d.path("confirm"), values).follow().at("Confirm").says("1 GBP = 189.197823 JPY").not("RATE_")

	rate := func(typed string) answer {
		t.Helper()
		return d.get(d.path("rate")).at("Currency Conversion Rate").next("rate", typed).at("Confirm")
	}
	rate("190").says("1 GBP = 190 JPY").not("RATE_")
	a = rate("195").says("I understand: the rate is 3.07 % above the rate table: 1 GBP = 189.197823 JPY of",
		"RATE_DEVIATES")
	a.press("transfer").is(http.StatusUnprocessableEntity).says("Tick “I understand: the rate is 3.07 % above")
	a.confirm().follow().is(http.StatusOK).says("Completed", "1 GBP = 195 JPY",
		"entered by hand, 3.07 % above the rate table")
}

func TestWizardLetsAdministratorAllowRate(t *testing.T) {
	d := newYenDesk(t)
	a := d.toRate().next("rate", "120").at("Confirm").says("Allow this rate")
	again := a.press("allow", "rate_reason",
		"because").is(http.StatusUnprocessableEntity).says("has 7 characters. Write at least 10")
	if got := again.doc.Find(`input[name="rate_reason"]`).AttrOr("value", ""); got != "because" {
		t.Errorf("the reason typed is %q", got)
	}
	a = again.press("allow", "rate_reason", "agreed with the customer").follow().at("Confirm")
	a.says("The rate is allowed", "RATE_DEVIATES", d.staff.Name+" allowed it: “agreed with the customer”",
		"Rate allowed by").not("RATE_IMPLAUSIBLE")
	order := a.confirm().follow().is(http.StatusOK)
	order.says("Completed", "Rate allowed by", d.staff.Name, "agreed with the customer", "Transfer: allow rate")
	d.want("in the audit log", "agreed with the customer", `select after->>'rate_reason' from audit_entries
		where action = 'transfer.allow_rate'`)
}

func TestFinanceAllowsRateOfAnothersDraft(t *testing.T) {
	d := newYenDesk(t)
	manager := d.world.Staff(testdb.Staff{Name: "Mia Manager", Role: "account_manager"})
	d.as(manager)
	d.toRate().next("rate", "120").at("Confirm").says("RATE_IMPLAUSIBLE")
	number := d.world.Text(`select number_of('TO', id) from transfer_orders`)
	page := "/pcp/orders/" + number
	d.get(page).is(http.StatusOK).not("Allow this rate")
	d.post(page+"/allow-rate", nil).is(http.StatusForbidden)

	d.as(d.world.Staff(testdb.Staff{Name: "Fay Finance", Role: "finance"}))
	a := d.get(page).is(http.StatusOK).says("This is a draft", "The conversion rate is blocked",
		"1 GBP = 120 JPY is 36.57 % below the rate table", "Allow this rate")
	form := a.form(page + "/allow-rate")
	form.Set("rate_reason", "because")
	wrong := d.post(page+"/allow-rate",
		form).is(http.StatusUnprocessableEntity).says("has 7 characters. Write at least 10")
	form = wrong.form(page + "/allow-rate")
	if form.Get("rate_reason") != "because" {
		t.Errorf("the form lost its input: %v", form)
	}
	form.Set("rate_reason", "agreed with the customer")
	d.post(page+"/allow-rate", form).follow().is(http.StatusOK).says("The rate is allowed", "Rate allowed by",
		"Fay Finance", "agreed with the customer").not("The conversion rate is blocked")
	d.post(page+"/allow-rate", form).is(http.StatusConflict).says("is not blocked; there is nothing to allow")

	d.as(manager)
	a = d.get(d.path("confirm")).at("Confirm").says("Fay Finance allowed it: “agreed with the customer”").not(
		"RATE_IMPLAUSIBLE")
	a.confirm().follow().is(http.StatusOK).says("Completed", "Rate allowed by", "Fay Finance")
}

// A reseller's finance allows the rates of its own people's drafts, and sees no others.
func TestResellersFinanceAllowsRate(t *testing.T) {
	d := newYenDesk(t)
	ouse := d.world.Distributor(testdb.Distributor{Name: "Ouse Cloud", Parent: d.thames.ID, Currency: "JPY"})
	staff := func(role string, of testdb.Distributor) testdb.Staff {
		return d.world.Staff(testdb.Staff{Name: "Person of " + of.Name, Role: role, Distributor: of.ID})
	}
	d.as(staff("account_manager", d.thames))
	a := d.get("/rcp/customers/" + d.customer.Number + "/transfer").follow().at("Distributor")
	a.next("distributor", ouse.Number, "mode", "subscriptions_only").at("Currency Conversion Rate").next("rate",
		"120").at("Confirm").says("RATE_IMPLAUSIBLE")
	page := "/rcp/orders/" + d.world.Text(`select number_of('TO', id) from transfer_orders`)
	reason := url.Values{"rate_reason": {"agreed with the customer"}}

	for _, stranger := range []testdb.Distributor{d.nordlys, ouse} {
		d.as(staff("finance", stranger))
		d.get(page).is(http.StatusNotFound)
		d.post(page+"/allow-rate", reason).is(http.StatusNotFound)
	}
	d.as(staff("finance", d.thames))
	d.get(page).is(http.StatusOK).says("The conversion rate is blocked")
	d.post(page+"/allow-rate", reason).follow().is(http.StatusOK).says("Rate allowed by", "Person of Thames Cloud",
		"agreed with the customer")
}

// A program gets the same answers.
func TestAPIComparesRateWithRateTable(t *testing.T) {
	d := newYenDesk(t)
	manager := d.asProgram(d.world.Staff(testdb.Staff{Role: "account_manager"}))
	body := func(rate string) map[string]any {
		return map[string]any{
			"kind": "distributor", "source_customer": d.customer.Number, "target_distributor": d.sakura.Number,
			"mode": "subscriptions_only", "conversion_rate": rate,
		}
	}
	preview := manager.send("POST", "/transfers/preview", body("1.89")).is(200, "").has("executable",
		false).has("findings.0.code", "RATE_IMPLAUSIBLE")
	preview.has("findings.0.instead.conversion_rate", "189.197823").has("rate.proposed",
		"189.1978231355").has("rate.proposed_on", d.today)
	blocked := body("1.89")
	blocked["fingerprint"] = preview.at("fingerprint")
	manager.send("POST", "/transfers", blocked, "Idempotency-Key", "a").is(422,
		"BLOCKED").has("preview.findings.0.code", "RATE_IMPLAUSIBLE")
	blocked["start_at"] = time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	manager.send("POST", "/transfers", blocked, "Idempotency-Key", "b").is(422,
		"BLOCKED").has("preview.findings.0.code", "RATE_IMPLAUSIBLE")
	manager.send("POST", "/transfers/preview", body("190")).is(200, "").has("executable", true).has("findings", "[]")
	manager.send("POST", "/transfers/preview", body("195")).is(200, "").has("findings.0.code",
		"RATE_DEVIATES").has("findings.0.severity", "warning")

	for _, wrong := range []string{"", "because", "  because  "} {
		short := body("120")
		short["rate_reason"] = wrong
		manager.send("POST", "/transfers/preview", short).is(422, "INVALID").has("errors.0.field", "rate_reason")
		manager.send("POST", "/transfers", short, "Idempotency-Key", "c").is(422, "INVALID").has("errors.0.field",
			"rate_reason")
	}
	reasoned := body("120")
	reasoned["rate_reason"] = "agreed with the customer"
	manager.send("POST", "/transfers/preview", reasoned).is(200, "").has("findings.0.code", "RATE_IMPLAUSIBLE")
	admin := d.asProgram(d.staff)
	preview = admin.send("POST", "/transfers/preview", reasoned).is(200, "").has("findings.0.code",
		"RATE_DEVIATES").has("rate.allowed_by", d.staff.Name)
	reasoned["fingerprint"], reasoned["acknowledged"] = preview.at("fingerprint"), codesOf(preview)
	manager.send("POST", "/transfers", reasoned, "Idempotency-Key", "d").is(409, "PREVIEW_STALE")
	o := admin.send("POST", "/transfers", reasoned, "Idempotency-Key", "e").is(202, "")
	admin.awaitOrder(o.at("number").(string)).has("status", "completed")
	d.want("kept on the order", d.staff.Name+" agreed with the customer", `select (result->'rate'->>'allowed_by') ||
		' ' || (result->'rate'->>'rate_reason') from transfer_orders`)
}
