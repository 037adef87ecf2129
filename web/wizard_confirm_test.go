package web_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/internal/accounts"
	"handover/internal/testdb"
)

// preview walks to the confirmation of a transfer to Thames Cloud.
func (d desk) preview() answer {
	d.Helper()
	return d.toThames().next("rate", "0.8612").at("Confirm")
}

func TestConfirmWantsEveryWarningTicked(t *testing.T) {
	d := newDesk(t)
	d.world.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, Label: "Visa ending 4411"})
	a := d.preview()
	a.says("I understand: 1 payment method is not moved", "I understand: 1 price changes",
		"2 warnings above must be ticked first")
	again := a.press("transfer", "acknowledged", "PRICE_CHANGES").is(http.StatusUnprocessableEntity).at("Confirm")
	if again.doc.Find(`.error-summary a[href="#PAYMENT_METHODS_NOT_MOVED"]`).Length() != 1 {
		t.Error("the summary does not link to the warning")
	}
	if again.doc.Find(`.error-summary a[href="#PRICE_CHANGES"]`).Length() != 0 {
		t.Error("the summary names a warning that is ticked")
	}
	if got := strings.Join(again.fields()["acknowledged"], ","); got != "PRICE_CHANGES" {
		t.Errorf("ticked: %q", got)
	}
	d.untouched()
	again.confirm().follow().says("Completed")
}

func TestConfirmShowsWhatChangedSinceThePreview(t *testing.T) {
	d := newDesk(t)
	a := d.preview()
	d.world.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "30.00"})
	again := a.confirm().is(http.StatusConflict).at("Confirm")
	again.says("The data changed since the preview that you confirmed",
		"Balance with Aurora Cloud 120.00 EUR 150.00 EUR", "£ 129.18")
	if got := again.doc.Find(".change-list ins").First().Text(); got != "150.00 EUR" {
		t.Errorf("marked as new: %q", got)
	}
	d.untouched()
	again.confirm().follow().says("Completed")
	d.want("balance", "129.18", `select balance from customer_balances b
		join customers c on c.successor_id = b.customer_id where c.id = $1`, d.customer.ID)
}

func TestConfirmOfAnOvertakenTabShowsThePresentState(t *testing.T) {
	d := newDesk(t)
	a := d.preview()
	d.get(d.path("rate")).next("rate", "0.86").at("Confirm")
	again := a.confirm().is(http.StatusConflict).at("Confirm").says("Another tab went on with TO-000001",
		"This is its current state", "1 EUR = 0.86 GBP")
	if got := again.fields()["acknowledged"]; len(got) > 0 {
		t.Errorf("ticked of another preview: %v", got)
	}
	d.untouched()
	again.confirm().follow().says("Completed")
}

func TestConfirmIsBlockedWithTheReason(t *testing.T) {
	d := newDesk(t)
	d.world.Invoice(testdb.Invoice{Customer: d.customer.ID, Status: "draft"})
	a := d.preview()
	a.says("1 blocking issue must be resolved first", "Issue or void it first", "DRAFT_INVOICE")
	if _, disabled := a.doc.Find(`button[value="transfer"]`).Attr("disabled"); !disabled {
		t.Error("the button Transfer is not disabled")
	}
	a.confirm().is(http.StatusUnprocessableEntity).says("Issue or void it first")
	d.untouched()
}

func TestConfirmLeadsToTheRecords(t *testing.T) {
	d := newDesk(t)
	a := d.preview()
	href := a.doc.Find(`a[aria-label="1 Invoices that stay"]`).AttrOr("href", "")
	d.get(href).is(http.StatusOK).says("Invoices that stay", "€ 120.00")
	href = a.doc.Find(`a[aria-label="1 Subscriptions that move"]`).AttrOr("href", "")
	d.get(href).is(http.StatusOK).says(d.sub.Number, "€ 40.00")
	d.get(d.path("confirm/records/nonsense")).is(http.StatusNotFound)
	csv := d.get(d.path("confirm/preview.csv")).is(http.StatusOK)
	if !strings.Contains(csv.body, "invoice,staying,1,0,120.00,EUR\n") {
		t.Errorf("the file says %s", csv.body)
	}
}

func TestConfirmListsManyRecordsPageByPage(t *testing.T) {
	d := newDesk(t)
	for range 130 {
		d.world.Usage(testdb.Usage{Subscription: d.sub.ID, Amount: "1.00"})
	}
	d.preview()
	page := d.get(d.path("confirm/records/usage_record"))
	if n := page.doc.Find("tbody tr").Length(); n != 100 {
		t.Errorf("the first page has %d records", n)
	}
	page = d.get(page.doc.Find(`a[rel="next"]`).AttrOr("href", ""))
	if n := page.doc.Find("tbody tr").Length(); n != 30 || page.doc.Find(`a[rel="next"]`).Length() != 0 {
		t.Errorf("the second page has %d records", n)
	}
}

func TestOrderPageShowsTheLedger(t *testing.T) {
	d := newDesk(t)
	d.preview().confirm().follow()
	order := d.get("/pcp/orders/TO-000001").is(http.StatusOK)
	order.says("Subscriptions", "Declared differences", "How the balance was carried", "Credit memo", "Personal data",
		"The accepted preview", "I understand: 1 price changes")
	if got := order.doc.Find(".tick .icon").Length(); got < 8 {
		t.Errorf("%d lines are ticked", got)
	}
	ledger := d.get("/pcp/orders/TO-000001/ledger?kind=subscription").is(http.StatusOK)
	ledger.says(d.sub.Number, "Owner", d.customer.Number)
	csv := d.get("/pcp/orders/TO-000001/ledger.csv").is(http.StatusOK)
	if !strings.Contains(csv.body, "subscription,"+d.sub.Number+",") ||
		!strings.Contains(csv.body, "customer_id,"+d.customer.Number) {
		t.Errorf("the file says %s", csv.body)
	}
	for _, path := range []string{"TO-000002", "TO-x", "O-000001", "nonsense"} {
		d.get("/pcp/orders/" + path).is(http.StatusNotFound)
	}
}

func TestOrderPageOfADraftLeadsBackToTheWizard(t *testing.T) {
	d := newDesk(t)
	d.toThames()
	order := d.get("/pcp/orders/TO-000001").is(http.StatusOK).says("This is a draft")
	href := order.doc.Find(`a:contains("Go on with the transfer")`).AttrOr("href", "")
	d.get(href).follow().at("Currency Conversion Rate")
}

func TestPageOfAPlacedOrder(t *testing.T) {
	d := newDesk(t)
	o := d.world.Order(testdb.Order{Customer: d.customer.ID, Type: "upgrade", Status: "completed"})
	d.get("/pcp/orders/"+accounts.Number("O", o.ID)).is(http.StatusOK).says("Upgrade", "Blue Fjord AS")
}
