package web_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"handover/internal/testdb"
	"handover/internal/vault"
	"handover/web"
)

var mailedLink = regexp.MustCompile(`http://panel\.example(/(?:invitation|reset)/[A-Z2-7]+)`)

// lastLink opens the link of the newest mail that has one.
func (p panel) lastLink() string {
	p.Helper()
	var mail struct {
		ID     int64
		Secret []byte
	}
	if err := p.pool.Get(&mail, `select id, secret from outbox where has_secret order by id desc limit 1`); err != nil {
		p.Fatal(err)
	}
	secrets, err := vault.New(sessionKey, vault.MailedLinks)
	if err != nil {
		p.Fatal(err)
	}
	link, err := secrets.Open(mail.ID, mail.Secret)
	if err != nil {
		p.Fatal(err)
	}
	return link
}

func TestInviteAndJoin(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	form := p.get("/pcp/staff/invite").form("/pcp/staff/invite")
	p.post("/pcp/staff/invite", form).wants(t, http.StatusUnprocessableEntity, "Enter the person's email address.",
		"Choose a role.")
	form.Set("email", "nora@nordlys.example")
	form.Set("name", "Nora Lys")
	form.Set("role", "finance")
	person := p.post("/pcp/staff/invite", form).follow()
	person.wants(t, http.StatusOK, "Invited nora@nordlys.example.", "No mail server is set", "Invitation, works until",
		"Invited byAda Meyer")
	p.get(fmt.Sprintf("/pcp/staff/%d", p.staff.ID)).wants(t, http.StatusOK, "Added byhandover staff add")
	again := p.post("/pcp/staff/invite", form)
	again.wants(t, http.StatusUnprocessableEntity,
		"There is already a staff member with the email address nora@nordlys.example.")
	if kept := again.form("/pcp/staff/invite"); kept.Get("name") != "Nora Lys" || kept.Get("role") != "finance" {
		t.Errorf("kept %v", kept)
	}

	mail := person.doc.Find(`main a[href^="/pcp/outbox/"]`).First().AttrOr("href", "")
	page := p.get(mail)
	page.wants(t, http.StatusOK, "someone who calls themselves “Ada Meyer” invites you to work in Handover for "+
		"“Aurora Cloud”, as finance.", "[link withheld]", "Show link")
	if mailedLink.MatchString(page.body) || mailedLink.MatchString(p.get(mail+"/html").body) {
		t.Fatal("the page of the mail holds the link")
	}
	link := mailedLink.FindStringSubmatch(p.post(mail+"/link", nil).text())
	if link == nil {
		t.Fatal("the link is not shown to an administrator")
	}
	if got := p.world.Text(`select count(*) from audit_entries where action = 'mail.reveal_link'
		and actor_name = 'Ada Meyer'`); got != "1" {
		t.Error("nobody knows who saw the link")
	}

	nora := p.otherBrowser()
	welcome := nora.get(link[1])
	welcome.wants(t, http.StatusOK, "Nora Lys, you are invited to work for Aurora Cloud, as Finance.",
		"nora@nordlys.example")
	join := welcome.form(link[1])
	for password, says := range map[string]string{
		"": "Enter a password.", "short": "at least 10",
		"Nora Lys 2026": "little else than the name", "qwertyuiop": "tried first",
	} {
		join.Set("password", password)
		nora.post(link[1], join).wants(t, http.StatusUnprocessableEntity, says)
	}
	join.Set("password", "seven green umbrellas")
	nora.post(link[1], join).follow().wants(t, http.StatusOK, "Your password is set. Sign in with it.", "Sign in")
	nora.signIn(testdb.Staff{Email: "nora@nordlys.example", Password: "seven green umbrellas"})
	nora.get(link[1]).wants(t, http.StatusNotFound, "This invitation does not work any more")
	nora.post(link[1], join).wants(t, http.StatusNotFound, "This invitation does not work any more")
	p.post(mail+"/link", nil).wants(t, http.StatusConflict, "has no link to pass on")
}

func TestInvitationAgainAndWithdrawn(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	form := p.get("/pcp/staff/invite").form("/pcp/staff/invite")
	form.Set("email", "nora@nordlys.example")
	form.Set("name", "Nora Lys")
	form.Set("role", "finance")
	page := p.post("/pcp/staff/invite", form).header.Get("Location")
	p.post(page+"/invite", nil).follow().wants(t, http.StatusOK, "Invited Nora Lys again.")
	p.get("/pcp/outbox").wants(t, http.StatusOK, "2 mails", "the link in it was used, withdrawn or replaced")
	p.post(page+"/withdraw", nil).follow().wants(t, http.StatusOK, "Withdrew the invitation of Nora Lys.", "Withdrawn",
		"Invite again")
	p.post(page+"/withdraw", nil).wants(t, http.StatusConflict, "There is no open invitation")
	p.post(page+"/invite", nil).follow().wants(t, http.StatusOK, "Invited Nora Lys again.", "Invited")
	p.world.Exec(`delete from staff_links`)
	p.get(page).wants(t, http.StatusOK, "The invitation has expired.")
}

func TestForgotPassword(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	if p.get("/sign-in").doc.Find(`a[href="/forgot-password"]`).Length() != 1 {
		t.Error("the sign-in page does not lead there")
	}
	p.post("/forgot-password", nil).wants(t, http.StatusUnprocessableEntity, "Enter your email address.")
	answers := map[string]string{}
	for _, email := range []string{p.staff.Email, "unknown@aurora.example"} {
		form := p.get("/forgot-password").form("/forgot-password")
		form.Set("email", email)
		a := p.post("/forgot-password", form)
		a.wants(t, http.StatusOK, "If "+email+" can sign in here, a mail with a link is on its way.")
		answers[email] = strings.ReplaceAll(a.text(), email, "ADDRESS")
	}
	if answers[p.staff.Email] != answers["unknown@aurora.example"] {
		t.Error("the answer tells whether a person has the address")
	}
	link := mailedLink.FindStringSubmatch(p.lastLink())[1]
	page := p.get(link)
	page.wants(t, http.StatusOK, "Ada Meyer, choose another password for "+p.staff.Email)
	form := page.form(link)
	form.Set("password", "seven green umbrellas")
	p.post(link, form).follow().wants(t, http.StatusOK, "Your password was changed. Sign in with the new one.")
	p.get(link).wants(t, http.StatusNotFound, "This link does not work any more")
	p.post("/sign-in", url.Values{"email": {p.staff.Email}, "password": {p.staff.Password}}).wants(t,
		http.StatusUnprocessableEntity)
	p.staff.Password = "seven green umbrellas"
	p.signIn(p.staff)
}

// A reader of mails who does not manage staff sees that there is a link, never which.
func TestLinksAreWithheld(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"account_manager", "support", "auditor"} {
		p := signedIn(t)
		p.post(fmt.Sprintf("/pcp/staff/%d/reset", p.staff.ID), nil).follow().wants(t, http.StatusOK,
			"receives a link by email")
		reader := p.otherBrowser()
		reader.signIn(p.world.Staff(testdb.Staff{Role: role}))
		mail := "/pcp/outbox/" + p.world.Text(`select id from outbox`)
		page := reader.get(mail)
		page.wants(t, http.StatusOK, "[link withheld]")
		if strings.Contains(page.text(), "Show link") ||
			mailedLink.MatchString(page.body+reader.get(mail+"/html").body) {
			t.Errorf("%s sees the link", role)
		}
		reader.post(mail+"/link", nil).wants(t, http.StatusForbidden)
	}
}

// With a mail server a link is its recipient's alone, unless the mail failed.
func TestLinksGoByMailOnly(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var log bytes.Buffer
	p := startPanel(t, pool, web.Deps{
		DB: pool, SessionKey: sessionKey, BaseURL: "http://panel.example", SendsMail: true,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	p.signIn(p.staff)
	p.post(fmt.Sprintf("/pcp/staff/%d/reset", p.staff.ID), nil).follow().wants(t, http.StatusOK,
		"receives a link by email")
	mail := "/pcp/outbox/" + p.world.Text(`select id from outbox`)
	if strings.Contains(p.get(mail).text(), "Show link") {
		t.Error("the link of a mail on its way is offered")
	}
	p.post(mail+"/link", nil).wants(t, http.StatusConflict, "has no link to pass on")
	p.world.Exec(`update outbox set state = 'failed'`)
	p.get(mail).wants(t, http.StatusOK, "Show link", "Resend")
	link := mailedLink.FindStringSubmatch(p.post(mail+"/link", nil).text())
	if link == nil {
		t.Fatal("no link")
	}
	p.get(link[1]).wants(t, http.StatusOK, "choose another password")
	if token := link[1][strings.LastIndex(link[1], "/")+1:]; strings.Contains(log.String(), token) ||
		!strings.Contains(log.String(), "/reset/:token") {
		t.Error("the log tells the link's token")
	}
}
