package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
	"handover/web"
)

func TestOutboxList(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/outbox").wants(t, http.StatusOK, "No mail was written yet")
	order := p.world.TransferOrder(testdb.TransferOrder{})
	p.world.Mail(testdb.Mail{Recipient: "billing@fjord.example", Order: order.ID, State: "sent", Attempts: 1})
	p.world.Mail(testdb.Mail{
		Recipient: "accounts@kestrel.example", Subject: "Welcome <b>",
		LastError: "The mail server refused the mail: 451 Later", Attempts: 2, NextAttempt: "2126-03-04T05:06:00Z",
	})
	p.world.Mail(testdb.Mail{
		Recipient: "gone@vela.example", State: "failed", Attempts: 7,
		LastError: "550 No such mailbox",
	})

	all := p.get("/pcp/outbox")
	all.wants(t, http.StatusOK, "3 mails", "again at 4 Mar, 05:06", "Welcome <b>",
		"The mail server refused the mail: 451 Later", "550 No such mailbox")
	if got := all.doc.Find("tbody tr").First().Text(); !strings.Contains(got, "gone@vela.example") {
		t.Errorf("first comes %q, want the newest", got)
	}
	if all.doc.Find(`tbody a[href="/pcp/orders/`+order.Number+`"]`).Length() != 1 {
		t.Error("the mail does not lead to its order")
	}
	if all.doc.Find(`nav#nav a[href="/pcp/outbox"]`).Length() != 1 {
		t.Error("the navigation does not lead to the outbox")
	}
	for query, want := range map[string]string{
		"state=failed": "gone@vela.example", "q=KESTREL": "accounts@kestrel.example",
		"q=welcome":                          "accounts@kestrel.example",
		"q=" + strings.ToLower(order.Number): "billing@fjord.example",
	} {
		found := p.get("/pcp/outbox?" + query)
		found.wants(t, http.StatusOK, "1 mail", want)
		if n := found.doc.Find("tbody tr").Length(); n != 1 {
			t.Errorf("%s finds %d mails", query, n)
		}
	}
	p.get("/pcp/outbox?q=%25").wants(t, http.StatusOK, "No mail fits these filters")
	p.get("/pcp/outbox?state=lost").wants(t, http.StatusUnprocessableEntity, `"lost" is not one of the choices`)
	for _, sort := range []string{"state", "subject", "-recipient", "attempts"} {
		p.get("/pcp/outbox?sort="+sort).wants(t, http.StatusOK, "3 mails")
	}
}

func TestOutboxPaging(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	for n := range 60 {
		p.world.Mail(testdb.Mail{Recipient: fmt.Sprintf("person%02d@fjord.example", n)})
	}
	for _, sort := range []string{"", "attempts", "recipient"} {
		seen := map[string]bool{}
		page := p.get("/pcp/outbox?size=25&sort=" + sort)
		for n := 1; ; n++ {
			page.doc.Find("tbody td:nth-child(3)").Each(func(_ int, cell *goquery.Selection) {
				seen[cell.Text()] = true
			})
			next, more := page.doc.Find(`a[rel=next]`).Attr("href")
			if !more {
				if n != 3 || len(seen) != 60 {
					t.Errorf("by %q: %d pages show %d mails, want 3 and 60", sort, n, len(seen))
				}
				break
			}
			page = p.get(next)
		}
	}
}

func TestMailPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	m := p.world.Mail(testdb.Mail{Text: "Hello <Fjord>,\n\nall is well.", MessageID: "<TO-000007.abc@handover>"})
	address := fmt.Sprintf("/pcp/outbox/%d", m.ID)
	page := p.get(address)
	page.wants(t, http.StatusOK, m.Subject, "Waiting", "billing@fjord.example", "Hello <Fjord>, all is well.",
		"<TO-000007.abc@handover>", "Aurora Cloud")
	if page.doc.Find("main form[method=post]").Length() > 0 {
		t.Error("a waiting mail can be resent")
	}
	if page.doc.Find(`main a[href="`+address+`/html"]`).Length() != 1 {
		t.Error("no link to the HTML")
	}
	html := p.get(address + "/html")
	if html.status != http.StatusOK || !strings.Contains(html.body, "Hello &lt;Fjord&gt;,") ||
		!strings.Contains(html.body, "solid #1f5eff") {
		t.Errorf("%d %s", html.status, html.body)
	}
	if got := html.header.Get("Content-Security-Policy"); !strings.HasPrefix(got, "sandbox; default-src 'none';") ||
		strings.Contains(got, "allow-") || strings.Contains(got, "script") {
		t.Errorf("the HTML may do too much: %s", got)
	}
	for _, nowhere := range []string{"999", "x", "0"} {
		p.get("/pcp/outbox/"+nowhere).wants(t, http.StatusNotFound, "There is no such mail in the outbox.")
	}
}

// The pages describe a waiting mail differently if no mail server is set.
func TestMailServerSet(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	p := startPanel(t, pool, web.Deps{
		DB: pool, SessionKey: sessionKey, BaseURL: "http://panel.example",
		SendsMail: true,
	})
	p.signIn(p.staff)
	later := p.world.Mail(testdb.Mail{
		Attempts: 1, LastError: "The mail server refused the mail: 451 Later.",
		NextAttempt: "2126-03-04T05:06:00Z",
	})
	due := p.world.Mail(testdb.Mail{
		Attempts: 2, LastError: "The mail server was not reached: no route",
		NextAttempt: "2026-03-04T05:06:00Z",
	})
	if list := p.get("/pcp/outbox").text(); strings.Contains(list, "No mail server") {
		t.Error("the list misses a mail server")
	}
	p.get(fmt.Sprintf("/pcp/outbox/%d", later.ID)).wants(t, http.StatusOK,
		"The mail server refused the mail: 451 Later. 1 attempt so far. Next on 4 Mar 2126, 05:06 UTC.")
	p.get(fmt.Sprintf("/pcp/outbox/%d", due.ID)).wants(t, http.StatusOK,
		"no route. 2 attempts so far. It will be sent in a moment.")
	without := signedIn(t)
	without.get("/pcp/outbox").wants(t, http.StatusOK, "No mail server is set")
}

func TestResend(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	order := p.world.TransferOrder(testdb.TransferOrder{})
	for state, says := range map[string]string{
		"failed":      "Handover stopped after 7 attempts. 550 No such mailbox",
		"unconfirmed": "If it arrived the first time, the recipient receives it twice",
	} {
		m := p.world.Mail(testdb.Mail{State: state, Order: order.ID, Attempts: 7, LastError: "550 No such mailbox"})
		p.world.Exec(`update outbox set failures = 7 where id = $1`, m.ID)
		page := p.get(fmt.Sprintf("/pcp/outbox/%d", m.ID))
		page.wants(t, http.StatusOK, says)
		action := fmt.Sprintf("/pcp/outbox/%d/resend", m.ID)
		p.post(action, page.form(action)).follow().wants(t, http.StatusOK,
			"The mail to billing@fjord.example waits to be sent again.", "No mail server is set")
		if got := p.world.Text(`select state || failures || attempts ||
			(next_attempt_at > now() - interval '1 minute') from outbox where id = $1`, m.ID); got != "waiting07true" {
			t.Errorf("%s: it is %s", state, got)
		}
		want := state + " waiting Ada Meyer billing@fjord.example"
		if got := p.world.Text(`select (before ->> 'state') || ' ' || (after ->> 'state') || ' ' || actor_name ||
			' ' || subject from audit_entries where action = 'mail.resend' and order_id = $1 order by id desc
			limit 1`, order.ID); got != want {
			t.Errorf("audited %q, want %q", got, want)
		}
		p.post(action, nil).wants(t, http.StatusConflict, "The mail to billing@fjord.example is waiting.")
	}
	if got := p.world.Text(`select count(*)::text from audit_entries where action = 'mail.resend'`); got != "2" {
		t.Errorf("%s entries, want 2", got)
	}
}

func TestWhoReadsAndResendsMails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role         string
		read, resend int
	}{
		{"administrator", http.StatusOK, http.StatusSeeOther},
		{"account_manager", http.StatusOK, http.StatusSeeOther},
		{"support", http.StatusOK, http.StatusForbidden},
		{"auditor", http.StatusOK, http.StatusForbidden},
		{"finance", http.StatusForbidden, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.role, func(t *testing.T) {
			t.Parallel()
			p := newPanel(t)
			m := p.world.Mail(testdb.Mail{State: "unconfirmed"})
			p.signIn(p.world.Staff(testdb.Staff{Role: tt.role}))
			address := fmt.Sprintf("/pcp/outbox/%d", m.ID)
			for _, path := range []string{"/pcp/outbox", address, address + "/html"} {
				if got := p.get(path).status; got != tt.read {
					t.Errorf("%s answers %d, want %d", path, got, tt.read)
				}
			}
			offered := p.get(address).doc.Find("main form[method=post]").Length() > 0
			if offered != (tt.resend == http.StatusSeeOther) {
				t.Errorf("Resend offered: %v", offered)
			}
			if got := p.post(address+"/resend", url.Values{}).status; got != tt.resend {
				t.Errorf("Resend answers %d, want %d", got, tt.resend)
			}
			want := "unconfirmed"
			if tt.resend == http.StatusSeeOther {
				want = "waiting"
			}
			if got := p.world.Text(`select state from outbox`); got != want {
				t.Errorf("the mail is %s", got)
			}
		})
	}
}
