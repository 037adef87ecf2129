package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/web/api"
)

// settingForms are the forms of control settings on a distributor's page.
var settingForms = []struct {
	path   string
	change url.Values
	column string // of distributors, with its value after the change
	want   string
}{
	{"", fields("time_zone", "Europe/Oslo"), "time_zone", "Europe/Oslo"},
	{"/approvals", fields("consent", "true"), "require_consent", "true"},
	{"/second-factor", fields("required", "true"), "second_factor_required", "true"},
}

func (p panel) provider() string { return "/pcp/distributors/" + p.world.Provider.Number }

// colleague makes an administrator whose access is old, and a browser in which they are signed in.
func (p panel) colleague(name string, distributor int64) panel {
	p.Helper()
	other := p.otherBrowser()
	other.staff = p.world.Staff(testdb.Staff{Name: name, Distributor: distributor, Created: testdb.DefaultTime})
	other.signIn(other.staff)
	return other
}

func TestControlSettingsAskForThePassword(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	for _, c := range settingForms {
		t.Run("form"+c.path, func(t *testing.T) {
			form := p.open(p.provider()).form(p.provider() + c.path)
			if !form.Has("password") || form.Has("reason") {
				t.Errorf("the form has %v; want a password, and no reason without four eyes", form)
			}
			for name, values := range c.change {
				form[name] = values
			}
			without := p.post(p.provider()+c.path, form)
			without.wants(t, http.StatusUnprocessableEntity, "Enter your password to confirm that it is you.")
			if kept := without.form(p.provider() + c.path); kept.Get(slices.Collect(keys(c.change))[0]) == "" {
				t.Errorf("what was typed is lost: %v", kept)
			}
			if id, _ := without.doc.Find(`.error-summary a`).Attr("href"); without.doc.Find(id).AttrOr("type",
				"none") != "password" {
				t.Errorf("the summary leads to %s", id)
			}
			form.Set("password", "another password")
			p.post(p.provider()+c.path, form).wants(t, http.StatusUnprocessableEntity,
				"This is not your current password.")
			if got := p.world.Text(`select `+c.column+` from distributors where id = $1`,
				p.world.Provider.ID); got == c.want {
				t.Error("it was changed without the password")
			}
			form.Set("password", p.staff.Password)
			if c.column == "second_factor_required" { // it asks for one at once
				p.post(p.provider()+c.path, form)
			} else {
				p.post(p.provider()+c.path, form).follow().wants(t, http.StatusOK, p.world.Provider.Name)
			}
			if got := p.world.Text(`select `+c.column+` from distributors where id = $1`,
				p.world.Provider.ID); got != c.want {
				t.Errorf("with the password it is %s, want %s", got, c.want)
			}
		})
	}
	if got := p.world.Text(`select count(*) from audit_entries where action = 'sign_in.failed'`); got != "3" {
		t.Errorf("%s wrong passwords are in the audit log, want 3", got)
	}
}

func keys(v url.Values) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name := range v {
			if !yield(name) {
				return
			}
		}
	}
}

// Wrong passwords are throttled like sign-ins: a stolen session must not guess passwords.
func TestControlSettingsThrottlePasswords(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	form := fields("time_zone", "Europe/Oslo", "password", "another password")
	for range 5 {
		p.post(p.provider(), form).wants(t, http.StatusUnprocessableEntity, "This is not your current password.")
	}
	form.Set("password", p.staff.Password)
	p.post(p.provider(), form).wants(t, http.StatusUnprocessableEntity, "Too many sign-ins failed.")
}

// Four eyes: one asks, another answers, on the pages.
func TestChangeOfASettingWaitsForAnother(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	ben := p.colleague("Ben Ode", p.world.Provider.ID)
	p.world.Exec(`update distributors set require_approval = true where id = $1`, p.world.Provider.ID)
	p.world.Exec(`update staff set created_at = $2 where id = $1`, p.staff.ID, testdb.DefaultTime)
	path := p.provider() + "/approvals"
	page := p.open(p.provider())
	page.wants(t, http.StatusOK,
		"Changes of these settings wait for the approval of another administrator. Approvers: Ben Ode.")
	form := page.form(path)
	form.Del("approval")
	form.Set("consent", "true")
	form.Set("reason", "The audit asked for it")
	form.Set("password", p.staff.Password)
	asked := p.post(path, form).follow()
	asked.wants(t, http.StatusOK, "waits for the approval of another administrator. It expires in 7 days.",
		"Pending change", "Ada Meyer requested this change", "The audit asked for it", "Withdraw change")
	if asked.doc.Find(`form[action$="/approve"]`).Length() != 0 ||
		strings.Contains(p.get("/pcp/").text(), "Approvals of Aurora Cloud") {
		t.Error("the requester is offered the answer")
	}
	p.post(path, form).wants(t, http.StatusConflict, "A change of \"Approvals\" already waits for approval.")

	home := ben.get("/pcp/")
	home.wants(t, http.StatusOK, "1 thing needs you", "Approvals of Aurora Cloud", "requested by Ada Meyer")
	link := home.doc.Find(`a:contains("Approvals of Aurora Cloud")`).AttrOr("href", "none")
	address, _, _ := strings.Cut(link, "#")
	page = ben.get(address)
	page.wants(t, http.StatusOK, "Pending change", "Approve", "Reject")
	if page.doc.Find("#"+link[strings.Index(link, "#")+1:]).Length() != 1 {
		t.Errorf("%s leads to no place on the page", link)
	}
	action := page.doc.Find(`form[action$="/approve"]`).AttrOr("action", "none")
	answer := page.form(action)
	ben.post(action, answer).wants(t, http.StatusUnprocessableEntity, "Enter your password to confirm that it is you.")
	answer.Set("password", ben.staff.Password)
	if a := p.post(action, fields("password", p.staff.Password)); a.status != http.StatusForbidden {
		t.Errorf("the requester's answer was answered %d", a.status)
	}
	ben.post(action, answer).follow().wants(t, http.StatusOK, `The change of "Approvals" is now in effect.`)
	ben.post(action, answer).wants(t, http.StatusConflict, "is already approved")
	if got := p.world.Text(`select require_approval || ' ' || require_consent from distributors where id = $1`,
		p.world.Provider.ID); got != "false true" {
		t.Errorf("it is now %s", got)
	}
	if strings.Contains(p.get(p.provider()).text(), "Pending change") {
		t.Error("it still waits")
	}
}

func TestRejectAndWithdrawASetting(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reseller := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	nora := p.colleague("Nora Lys", reseller.ID)
	p.world.Exec(`update distributors set require_approval = true where id = $1`, reseller.ID)
	path := "/pcp/distributors/" + reseller.Number
	ask := func() {
		p.post(path, fields("time_zone", "Europe/Oslo", "password", p.staff.Password)).follow().wants(t, http.StatusOK,
			"Pending change", "Nora Lys")
	}
	ask()
	withdraw := p.get(path).doc.Find(`form[action$="/withdraw"]`).AttrOr("action", "none")
	nora.post(strings.Replace(withdraw, "/pcp", "/rcp", 1), nil).wants(t, http.StatusForbidden,
		"Only the requester can withdraw this change.")
	p.post(withdraw, nil).follow().wants(t, http.StatusOK, "was withdrawn. Nothing changed.")
	ask()
	page := nora.get("/rcp/distributors/" + reseller.Number)
	page.wants(t, http.StatusOK, "Another distributor requested this change")
	if strings.Contains(page.text(), "Ada Meyer") {
		t.Error("the reseller learns who works for the provider")
	}
	reject := page.doc.Find(`button[formaction$="/reject"]`).AttrOr("formaction", "none")
	nora.post(reject, fields("reason", strings.Repeat("x", 501))).wants(t, http.StatusUnprocessableEntity,
		"The reason has 501 characters")
	nora.post(reject, fields("reason", "We stay in UTC")).follow().wants(t, http.StatusOK,
		"was rejected. Nothing changed.")
	if got := p.world.Text(`select string_agg(status || answer, ' ' order by id) from setting_changes`); got !=
		"withdrawn rejectedWe stay in UTC" {
		t.Errorf("they are %s", got)
	}
	if got := p.world.Text(`select body_text from outbox where staff_id = $1 order by id desc limit 1`,
		p.staff.ID); !strings.Contains(got, "We stay in UTC") ||
		!strings.Contains(got, "http://panel.example"+path) {
		t.Errorf("the requester reads %s", got)
	}
}

// A reader who may not change settings sees what waits, and no button.
func TestAuditorSeesWhatWaits(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Exec(`update distributors set require_approval = true where id = $1`, p.world.Provider.ID)
	p.post(p.provider(), fields("time_zone", "Europe/Oslo", "password", p.staff.Password)).follow().wants(t,
		http.StatusOK, "No administrator can approve it")
	p.become(testdb.Staff{Role: "auditor"})
	page := p.open(p.provider())
	page.wants(t, http.StatusOK, "Pending change", "Ada Meyer requested this change")
	if page.doc.Find("main form button").Length() != 0 || page.doc.Find(`input[type="password"]`).Length() != 0 {
		t.Error("an auditor is offered a button")
	}
}

// One person alone, with every account that they can make themselves, neither switches four
// eyes off nor transfers.
func TestOneAloneCannotSwitchFourEyesOff(t *testing.T) {
	p, _ := held(t)
	ada := p.panel
	ada.world.Exec(`update staff set created_at = $1`, testdb.DefaultTime)
	approvals := ada.provider() + "/approvals"
	ada.post(approvals, fields("approval", "true", "password", ada.staff.Password)).follow().says("were saved")
	stillOn := func(after string) {
		t.Helper()
		if got := ada.world.Text(`select require_approval from distributors where id = $1`,
			ada.world.Provider.ID); got != "true" {
			t.Fatalf("%s: four eyes are off", after)
		}
	}
	off := fields("password", ada.staff.Password, "reason", "Alone")
	ada.post(approvals, off).follow().says("Pending change")
	stillOn("a request")
	approve := ada.get(ada.provider()).doc.Find(`form[action$="/withdraw"]`).AttrOr("action", "none")
	approve = strings.TrimSuffix(approve, "/withdraw") + "/approve"
	ada.post(approve, fields("password", ada.staff.Password)).is(http.StatusForbidden)
	stillOn("one's own answer")

	// Two more accounts, whose links Ada opens herself; they are old enough to answer.
	puppets := []panel{ada.puppet("one@aurora.example"), ada.puppet("two@aurora.example")}
	for _, who := range puppets {
		who.post(approve, fields("password",
			who.staff.Password)).is(http.StatusForbidden).says("You cannot approve this change")
		stillOn("the answer of an account that the requester invited")
	}
	ada.post(strings.TrimSuffix(approve, "approve")+"withdraw", nil).follow()
	puppets[0].post(approvals, fields("password", puppets[0].staff.Password)).follow().says("Pending change",
		"No administrator can approve it")
	approve = strings.Replace(approve, "/changes/1/", "/changes/2/", 1)
	for name, who := range map[string]panel{
		"whoever invited the requester": ada,
		"another account of theirs":     puppets[1],
	} {
		who.post(approve, fields("password", who.staff.Password)).is(http.StatusForbidden)
		stillOn(name)
	}
	// An honest colleague's account, taken over with a link that Ada looked at.
	victim := ada.world.Staff(testdb.Staff{Name: "Victim", Created: testdb.DefaultTime})
	taken := ada.takeOver(victim, fmt.Sprintf("/pcp/staff/%d/reset", victim.ID))
	taken.post(approve, fields("password", taken.staff.Password)).is(http.StatusForbidden)
	stillOn("a stolen account")

	page := p.mergeSubmitted().follow().says("This order waits for approval")
	number := page.doc.Find("h1").Text()[:len("TO-000001")]
	ada.post("/pcp/orders/"+number+"/approve", nil).is(http.StatusForbidden)
	if got := ada.world.Text(`select status from transfer_orders where number_of('TO', id) = $1`,
		number); got != "awaiting_approval" {
		t.Errorf("the transfer is %s", got)
	}
}

// puppet invites an administrator, opens the mail's link oneself and signs in; the account is
// made old.
func (p panel) puppet(email string) panel {
	p.Helper()
	p.post("/pcp/staff/invite", fields("email", email, "name", "Puppet", "role", "administrator", "distributor",
		p.world.Provider.Number)).follow()
	person := p.world.Text(`select id from staff where email = $1`, email)
	other := p.takeOver(testdb.Staff{Email: email}, "/pcp/staff/"+person+"/invite")
	p.world.Exec(`update staff set created_at = $2, access_since = null where id = $1`, person, testdb.DefaultTime)
	return other
}

// takeOver has a link mailed to a person, looks at it and signs in as them.
func (p panel) takeOver(s testdb.Staff, mail string) panel {
	p.Helper()
	at := p.post(mail, nil).follow().doc.Find(`main a[href^="/pcp/outbox/"]`).First().AttrOr("href", "none")
	link := mailedLink.FindStringSubmatch(p.post(at+"/link", nil).text())
	if link == nil {
		p.Fatalf("there is no link at %s", at)
	}
	other := p.otherBrowser()
	s.Password = "seven green umbrellas"
	other.post(link[1], fields("password", s.Password)).follow()
	other.staff = s
	other.signIn(s)
	return other
}

// A person who uses single sign-on confirms a change with it, when it is fresh.
func TestFreshSingleSignOnStandsInForThePassword(t *testing.T) {
	t.Parallel()
	issuer, port := freeAddress(t)
	p := signOnPanel(t, issuer)
	p.runProvider(port, true, map[string]account{"ada": {p.staff.Email, true}})
	p.back(p.asAt(p.out(""), "ada"))
	p.world.Exec(`update sessions set proved_at = now() - interval '5 minutes 1 second'`)
	form := fields("time_zone", "Europe/Oslo")
	p.post(p.provider(), form).wants(t, http.StatusUnprocessableEntity,
		"Enter your password to confirm that it is you.")

	again := p.open(p.provider()).doc.Find(`a:contains("Confirm with Aurora Login instead")`).AttrOr("href", "none")
	out := p.get(again).header.Get("Location")
	if asks := p.visit(out, nil); asks.status != http.StatusSeeOther ||
		!strings.Contains(asks.header.Get("Location"), "/who/") {
		t.Fatalf("the provider does not ask who one is: %d", asks.status) // though its session knows
	}
	returned := p.back(p.asAt(p.get(again).header.Get("Location"), "ada"))
	if returned.header.Get("Location") != p.provider() {
		t.Fatalf("it leads back to %q: %s", returned.header.Get("Location"), returned.text())
	}
	page := p.open(p.provider())
	page.wants(t, http.StatusOK, "You signed in with Aurora Login a moment ago. No password is needed until")
	if page.doc.Find(`input[type="password"]`).Length() != 0 {
		t.Error("the password is asked for")
	}
	p.post(p.provider(), form).follow().wants(t, http.StatusOK,
		"The days of Aurora Cloud now start at midnight in Europe/Oslo.")

	form.Set("time_zone", "Europe/Paris")
	p.world.Exec(`update sessions set proved_at = now() - interval '5 minutes 1 second'`)
	p.post(p.provider(), form).wants(t, http.StatusUnprocessableEntity,
		"Enter your password to confirm that it is you.")
	p.world.Exec(`update sessions set proved_at = now(), proof = 'password'`)
	p.post(p.provider(), form).wants(t, http.StatusUnprocessableEntity,
		"Enter your password to confirm that it is you.")
	form.Set("password", p.staff.Password)
	p.post(p.provider(), form).follow().wants(t, http.StatusOK, "Europe/Paris")
}

// A way to the provider on which it does not ask proves nothing new.
func TestSilentSingleSignOnProvesNothingNew(t *testing.T) {
	t.Parallel()
	issuer, port := freeAddress(t)
	p := signOnPanel(t, issuer)
	p.runProvider(port, true, map[string]account{"ada": {p.staff.Email, true}})
	since := func(at, address string) string { // whether Ada proved who she is after that moment
		t.Helper()
		p.back(p.asAt(address, "ada"))
		return p.world.Text(`select coalesce((proved_at > $1::timestamptz)::text, 'never') from sessions`, at)
	}
	again := func(without ...string) string {
		out, err := url.Parse(p.get("/sign-in/oidc?again=true&next=" + p.provider()).header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		query := out.Query()
		for _, name := range without {
			query.Del(name)
		}
		out.RawQuery = query.Encode()
		return out.String()
	}
	if got := since("2020-01-01", p.out("")); got != "never" {
		t.Errorf("the provider was not asked when, and it says: %s", got)
	}
	first := p.world.Text(`select now()`)
	time.Sleep(1100 * time.Millisecond) // the provider counts seconds
	if got := since(first, again("prompt", "max_age")); got != "never" {
		t.Errorf("a silent way without a time proves: %s", got)
	}
	if got := since(first, again("prompt")); got != "false" {
		t.Errorf("a silent way with the time of the first one proves: %s", got)
	}
	if got := since(first, again()); got != "true" {
		t.Errorf("being asked proves: %s", got)
	}
}

// The API reads settings; no program changes one.
func TestAPIChangesNoSetting(t *testing.T) {
	t.Parallel()
	for _, r := range api.Routes() {
		if r.Privilege == identity.SettingsManage {
			t.Errorf("%s %s changes a setting without the password", r.Method, r.Path)
		}
	}
}
