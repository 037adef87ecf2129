package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// mergedOrder merges Blue Fjord AS into Fjord Group AS and returns the order's page.
func (p pair) mergedOrder() answer {
	p.Helper()
	return p.toMerge().ticked("continue").follow().say("execute").follow().is(http.StatusOK)
}

// reversal fills in the form of the page Reverse, with every warning ticked or none.
func (a answer) reversal(tick bool) answer {
	a.Helper()
	form := a.doc.Find("form#reverse")
	values := url.Values{"fingerprint": {form.Find(`[name="fingerprint"]`).AttrOr("value", "")}, "go": {"reverse"}}
	if tick {
		a.doc.Find(`input[name="acknowledged"][form="reverse"]`).Each(func(_ int, box *goquery.Selection) {
			values.Add("acknowledged", box.AttrOr("value", ""))
		})
	}
	return a.post(form.AttrOr("action", "none"), values)
}

// hasReverse reports whether the page of an order leads to its reversal.
func (a answer) hasReverse() bool { return a.doc.Find(`form[action$="/reverse"] button`).Length() > 0 }

// toReverse returns where the button Reverse leads.
func (a answer) toReverse() string {
	a.Helper()
	if !a.hasReverse() {
		a.Fatalf("there is no button Reverse: %s", a.text())
	}
	return a.doc.Find(`form[action$="/reverse"]`).AttrOr("action", "")
}

func TestReverseAnOrder(t *testing.T) {
	p := newPair(t)
	order := p.mergedOrder().says("Reverse until")
	number := order.doc.Find("h1").Text()[:len("TO-000001")]
	page := p.get(order.toReverse()).is(http.StatusOK).says(
		number+" is reversed: 2 subscriptions, 2 invoices and 2 other records return from Fjord Group AS",
		"C-000001 becomes active", "No record is deleted.")
	p.world.Invoice(testdb.Invoice{Customer: p.group.ID, Number: "NEW-1", Amount: "5.00"})
	back := page.doc.Find(`a[href$="/reverse/records/invoice"]`).AttrOr("href", "")
	list := p.get(back).is(http.StatusOK).says("Invoices that move", "They go back to Blue Fjord AS.")
	if rows := list.doc.Find("tbody tr").Length(); rows != 2 || strings.Contains(list.text(), "NEW-1") {
		t.Errorf("%d invoices come back, want 2: %s", rows, list.text())
	}
	p.get(back+"?part=staying").is(http.StatusOK).says("They stay with Fjord Group AS.", "NEW-1")

	stale := page.reversal(true).is(http.StatusConflict).says("The data changed since the preview",
		"2 records were added to the account since")
	stale.reversal(false).is(http.StatusUnprocessableEntity).says("Tick “I understand: 2 records stay with " +
		"Fjord Group AS")
	done := stale.reversal(true).follow().is(http.StatusOK).says("Successfully reversed "+number, "Reverses",
		"Completed", "Reverse until")
	reversal := done.doc.Find("h1").Text()[:len("TO-000002")]
	if reversal == number {
		t.Fatalf("the reversal is the order %s itself", reversal)
	}
	old := p.get("/pcp/orders/"+number).says("This transfer was reversed", reversal, "Reversed by")
	if old.hasReverse() {
		t.Error("a reversed order can be reversed")
	}
	p.get("/pcp/orders/" + number + "/reverse").is(http.StatusConflict).says("was already reversed by " + reversal)
	p.get("/pcp/customers/" + p.customer.Number).is(http.StatusOK).says("Active")
	p.get("/pcp/orders/" + reversal + "/ledger").is(http.StatusOK)
	p.get(done.toReverse()).is(http.StatusOK).reversal(true).follow().says("Successfully reversed " + reversal)
}

func TestReverseIsBlocked(t *testing.T) {
	p := newPair(t)
	order := p.mergedOrder()
	p.world.Exec(`update customers set status = 'closed' where id = $1`, p.group.ID)
	page := p.get(order.toReverse()).is(http.StatusOK).says("1 blocking issue must be resolved first")
	if _, disabled := page.doc.Find(`form#reverse button[value="reverse"]`).Attr("disabled"); !disabled {
		t.Error("the button Reverse can be pressed")
	}
	page.reversal(true).is(http.StatusUnprocessableEntity).says("is now closed")
}

func TestReverseNeedsThePrivilegeAndTime(t *testing.T) {
	p := newPair(t)
	order := p.mergedOrder()
	address := order.toReverse()
	p.world.Exec(`update transfer_orders set completed_at = completed_at - interval '31 days'`)
	if late := p.get(strings.TrimSuffix(address, "/reverse")); late.hasReverse() {
		t.Error("an order of 31 days ago has the button Reverse")
	}
	p.get(address).is(http.StatusConflict).says("its reversal window ended on")
	p.world.Exec(`update transfer_orders set completed_at = completed_at + interval '31 days'`)
	p.become(testdb.Staff{Role: "support"})
	if seen := p.get(strings.TrimSuffix(address, "/reverse")).is(http.StatusOK); seen.hasReverse() {
		t.Error("support has the button Reverse")
	}
	p.get(address).is(http.StatusForbidden)
}
