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
