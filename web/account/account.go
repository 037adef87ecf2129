package account

import (
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/emails"
	"handover/internal/identity"
	views "handover/views/account"
	"handover/views/ui"
	"handover/web/page"
)

// accountPages are a person's own account.
type accountPages struct {
	db            *sqlx.DB
	authenticator *identity.Authenticator
	cookies       page.Cookies
	controls      page.ControlForms
}

func (h accountPages) show(p *page.Page) error { return h.render(p, nil) }

func (h accountPages) render(p *page.Page, errs ui.Errors) error {
	open, err := identity.Sessions(p.Ctx(), h.db, p.Staff.ID, h.cookies.Token(p.Context))
	if err != nil {
		return err
	}
	v := views.Account{
		Errors: errs, MinPassword: identity.MinPassword, Email: p.Staff.Email,
		Note: p.Plural(len(open), "session", "sessions"), Others: len(open) > 1,
		SecondFactor: p.Staff.SecondFactor,
		Facts: []ui.Fact{
			{Label: "Name", Text: p.Staff.Name},
			{Label: "E-mail", Text: p.Staff.Email},
			{Label: "Role", Text: p.Staff.Role.Name(), Note: p.Staff.Role.For()},
			{
				Label: "Distributor", Text: p.Staff.DistributorName,
				Href: p.URL("/distributors/" + accounts.Number(accounts.DistributorPrefix, p.Staff.DistributorID)),
			},
		},
	}
	for _, s := range open {
		v.Sessions = append(v.Sessions, views.AccountSession{
			Handle: s.Handle, Browser: browserName(s.UserAgent), Address: s.Address, This: s.This,
			Started: p.Moment(s.StartedAt), LastSeen: p.Moment(s.LastSeen),
		})
	}
	wanted, err := emails.Preferences(p.Ctx(), p.DB(), p.Staff.ID)
	for _, w := range wanted {
		v.Mails = append(v.Mails, views.AccountMail{
			Name: string(w.Kind.Name), Label: w.Kind.Label,
			When: page.UpperFirst(w.Kind.When) + ".", Wanted: w.Wanted,
		})
	}
	if err != nil {
		return err
	}
	if v.Settings, err = settingsView(p); err != nil {
		return err
	}
	return p.Form(errs, "Your account", views.AccountPage(v))
}

// saveMails keeps which mails about transfers the person wants.
func (h accountPages) saveMails(p *page.Page) error {
	var wanted []emails.Name
	for _, name := range p.ReadForm().Texts("mail") {
		wanted = append(wanted, emails.Name(name))
	}
	if err := emails.SetPreferences(p.Ctx(), h.db, p.Actor(), wanted); err != nil {
		return err
	}
	return h.done(p, msgMailsSaved)
}

// changePassword asks for the current password, and gives this browser a new session.
func (h accountPages) changePassword(p *page.Page) error {
	f := p.ReadForm()
	change := identity.PasswordChange{
		Current: f.Secret("current_password", msgEnterCurrentPassword),
		New:     f.Secret("new_password", msgEnterNewPassword),
		Token:   h.cookies.Token(p.Context), Client: p.Client(),
	}
	if errs := f.Errors(); len(errs) > 0 {
		return h.render(p, errs)
	}
	token, err := h.authenticator.ChangePassword(p.Ctx(), p.Staff, change)
	if errs, ok := page.FieldErrors(err); ok {
		return h.render(p, errs)
	}
	if err != nil {
		return err
	}
	if err := h.cookies.SetToken(p.Context, token); err != nil {
		return err
	}
	return h.done(p, msgPasswordChanged)
}

func (h accountPages) endSession(p *page.Page) error {
	if err := identity.EndSession(p.Ctx(), h.db, p.Staff, p.RealIP(), p.ReadForm().Text("session")); err != nil {
		return err
	}
	return h.done(p, msgSessionEnded)
}

func (h accountPages) endOthers(p *page.Page) error {
	sessions, tokens, err := identity.EndOtherSessions(p.Ctx(), h.db, p.Staff, p.RealIP(), h.cookies.Token(p.Context))
	if err != nil {
		return err
	}
	text := p.Plural(sessions, oneOtherSession, manyOtherSessions) + " ended"
	if tokens > 0 {
		text += " and " + p.Plural(tokens, oneAPIToken, manyAPITokens) + " revoked"
	}
	return h.done(p, text+msgStillSignedIn)
}

func (h accountPages) done(p *page.Page, text string) error {
	return p.Tell(ui.Flash{Tone: ui.Green, Text: text}, "/account")
}

// browsers and systems are found in a browser's long name, the first that fits; most name
// their ancestors, too.
var (
	browsers = []struct{ part, name string }{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS", "Firefox"},
		{"CriOS", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
		{"curl/", "curl"},
	}
	systems = []struct{ part, name string }{
		{"Android", "Android"},
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Windows", "Windows"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// browserName writes a user agent for people: "Firefox on Windows".
func browserName(agent string) string {
	browser, system := "", ""
	for _, b := range browsers {
		if browser == "" && strings.Contains(agent, b.part) {
			browser = b.name
		}
	}
	for _, s := range systems {
		if system == "" && strings.Contains(agent, s.part) {
			system = s.name
		}
	}
	switch {
	case browser == "" && system == "":
		return labelUnknownBrowser
	case browser == "":
		return labelBrowser + system
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}
