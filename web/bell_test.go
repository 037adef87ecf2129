package web_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestBell(t *testing.T) {
	p := newPair(t)
	p.get("/pcp/bell").is(http.StatusOK).says("Nothing yet")
	p.mergedOrder()
	home := p.get("/pcp/").is(http.StatusOK)
	if got := home.doc.Find("a.bell").Text(); !strings.Contains(got, "1 new") {
		t.Errorf("the bell says %q", got)
	}
	page := p.get("/pcp/bell").says("TO-000001", "Customer merge: Blue Fjord AS to Fjord Group AS", "Completed", "New")
	page.post("/pcp/bell", nil).follow().says("All are marked as read.")
	if got := p.get("/pcp/").doc.Find("a.bell").Text(); strings.Contains(got, "new") {
		t.Errorf("after reading it says %q", got)
	}
	p.become(testdb.Staff{Name: "Another Person", Role: "account_manager"})
	p.get("/pcp/bell").says("Nothing yet")
}

func TestHomeSaysWhatWaits(t *testing.T) {
	p := newPair(t)
	p.mergedOrder()
	away := p.world.Customer(testdb.Customer{Name: "Elm Works"})
	p.world.TransferOrder(testdb.TransferOrder{Source: away.ID, Target: p.group.ID, Status: "awaiting_approval"})
	due := p.world.TransferOrder(testdb.TransferOrder{Source: away.ID, Target: p.group.ID, Status: "scheduled"})
	later := p.world.TransferOrder(testdb.TransferOrder{Source: away.ID, Target: p.group.ID, Status: "scheduled"})
	// The provider's day begins at 10:00 or 11:00 UTC, so that today there is not today here.
	p.world.Exec(`update distributors set time_zone = 'Pacific/Auckland' where parent_id is null`)
	p.world.Exec(`update transfer_orders
		set start_at = (((now() at time zone 'Pacific/Auckland')::date +
		  1)::timestamp at time zone 'Pacific/Auckland') - interval '1 second' where id = $1`, due.ID)
	p.world.Exec(`update transfer_orders
		set start_at = ((now() at time zone 'Pacific/Auckland')::date + 1)::timestamp at time zone 'Pacific/Auckland'
		  where id = $1`, later.ID)
	mail := p.world.Mail(testdb.Mail{Staff: p.staff.ID, Subject: "Perhaps arrived", State: "unconfirmed"})
	hook := p.world.Webhook(testdb.Webhook{URL: "https://gone.example/hook"})
	p.world.Webhook(testdb.Webhook{URL: "https://works.example/hook"})
	p.world.Exec(
		`update webhook_endpoints set status = 'disabled', reason = 'The receiver answered 410.' where id = $1`,
		hook.ID)
	page := p.get("/pcp/").is(http.StatusOK).says("https://gone.example/hook",
		"The receiver answered 410.").says("Waiting for approval", "Scheduled for today", "Mails to look at",
		"Perhaps arrived", "Transfers per week", "Last orders")
	if strings.Contains(page.text(), "works.example") {
		t.Error("a webhook that works is no matter for Home")
	}
	if got := page.doc.Find("section:contains('Scheduled for today') a[href*='/orders/']").Text(); !strings.Contains(
		got, due.Number) || strings.Contains(got, later.Number) {
		t.Errorf("for today are scheduled %q, want %s and not %s", got, due.Number, later.Number)
	}
	if got := page.doc.Find("svg.weeks rect").Length(); got != 1 {
		t.Errorf("%d bars for one transfer", got)
	}
	if got := page.doc.Find("table caption:contains('Completed transfers per week')").Parent().Find(
		"td").Text(); !strings.HasSuffix(got, "001") {
		t.Errorf("the table says %s", got)
	}
	resend := page.doc.Find(`form[action$="/resend"]`).AttrOr("action", "none")
	page.post(resend, nil).follow()
	if got := p.world.Text(`select state from outbox where id = $1`, mail.ID); got != "waiting" {
		t.Errorf("the mail is %s", got)
	}
}

// A draft leads back to where it was left, whatever kind it is.
func TestHomeLeadsToDrafts(t *testing.T) {
	p := newPair(t)
	p.toMerge()
	link := p.get("/pcp/").doc.Find(`a:contains("Go on with Blue Fjord AS")`).AttrOr("href", "none")
	if link != "/pcp/customers/"+p.customer.Number+"/merge" {
		t.Errorf("it leads to %s", link)
	}
	p.get(link).in("Merge Customers", "Select")
}

func TestMailTemplates(t *testing.T) {
	p := signedIn(t)
	list := p.get("/pcp/templates").is(http.StatusOK).says("Aurora Cloud", "Order failed", "Customer: accounts merged")
	address := list.doc.Find(`a:contains("Order failed")`).AttrOr("href", "none")
	page := p.get(address).is(http.StatusOK).says("{order}", "TO-000412 failed")
	page.post(address, map[string][]string{
		"subject": {"Oh {who}"}, "body": {"x"},
		"go": {"save"},
	}).is(http.StatusUnprocessableEntity).says("{who} is not a field of this mail")
	page.post(address, map[string][]string{
		"subject": {"Oh {order}"}, "body": {"<b>Sorry</b>"},
		"go": {"preview"},
	}).is(http.StatusOK).says("Oh TO-000412", "<b>Sorry</b>")
	if got := p.world.Text(`select count(*) from mail_templates`); got != "0" {
		t.Error("a preview was saved")
	}
	page.post(address, map[string][]string{
		"subject": {"Oh {order}"}, "body": {"Sorry\r\n\r\nReally"},
		"go": {"save"},
	}).follow().says("was saved", "1 mail has its own text", "Own")
	if got := p.world.Text(`select body from mail_templates`); got != "Sorry\n\nReally" {
		t.Errorf("saved %q", got)
	}
	p.get(address).post(address, map[string][]string{"go": {"reset"}}).follow().says("Handover's own text")
}

func TestWhichMailsOneGets(t *testing.T) {
	p := signedIn(t)
	page := p.get("/pcp/account").is(http.StatusOK).says("Mails about transfers")
	if _, on := page.doc.Find("#order_failed").Attr("checked"); !on {
		t.Error("mails of failed orders are off")
	}
	page.post("/pcp/account/mails",
		map[string][]string{"mail": {"order_completed"}}).follow().says("Your email settings were saved.")
	page = p.get("/pcp/account")
	if _, on := page.doc.Find("#order_failed").Attr("checked"); on {
		t.Error("mails of failed orders are still on")
	}
	if _, on := page.doc.Find("#order_completed").Attr("checked"); !on {
		t.Error("mails of completed orders are off")
	}
}
