package account

import (
	"fmt"
	"net/netip"
	"strings"

	"handover/internal/identity"
	views "handover/views/account"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
)

// tokens lists one's own API tokens.
func (h accountPages) tokens(p *page.Page) error { return h.tokensPage(p, "", nil) }

// tokensPage draws the list, with a token that was just made, and what was wrong with one.
func (h accountPages) tokensPage(p *page.Page, made string, errs ui.Errors) error {
	list, err := identity.Tokens(p.Ctx(), h.db, p.Staff.ID)
	if err != nil {
		return err
	}
	v := views.Tokens{
		Made: made, Errors: errs, Confirm: pageviews.Controls{Form: "token"}, SecondFactor: p.Staff.SecondFactor,
		ExpiryHint: fmt.Sprintf(hintTokenEnd, identity.TokenDays), Rows: page.TokenRows(p, list),
	}
	if err := h.controls.FillPassword(p, &v.Confirm, p.URL("/account/tokens")); err != nil {
		return err
	}
	if errs != nil {
		f := p.ReadForm()
		v.Label, v.Networks, v.Expires = f.Text("label"), f.Text("networks"), f.Text("expires")
	}
	for _, x := range identity.Privileges() {
		if p.Staff.Can(x.Privilege) {
			v.Privileges = append(v.Privileges, views.TokenPrivilege{Name: string(x.Privilege), Allows: x.Allows})
		}
	}
	return p.Form(errs, "API tokens", views.TokensPage(v))
}

// createToken makes a token and shows it, once.
func (h accountPages) createToken(p *page.Page) error {
	f := p.ReadForm()
	rate := identity.UsualRate
	n := identity.NewToken{Label: f.Required("label", msgNameProgram), PerMinute: &rate}
	if day := f.Date("expires"); day != nil {
		end := day.AddDate(0, 0, 1)
		n.ExpiresAt = &end
	}
	for _, name := range f.Texts("privilege") {
		n.Privileges = append(n.Privileges, identity.Privilege(name))
	}
	for _, text := range strings.FieldsFunc(f.Text("networks"), func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			f.Wrong("networks", msgNotANetwork, text)
			continue
		}
		n.Networks = append(n.Networks, network)
	}
	if errs := f.Errors(); len(errs) > 0 {
		return h.tokensPage(p, "", errs)
	}
	secret, err := h.authenticator.CreateToken(p.Ctx(), p.Staff, n, h.controls.Confirmation(p, f))
	if errs, ok := page.FieldErrors(err); ok {
		return h.tokensPage(p, "", errs)
	}
	if err != nil {
		return err
	}
	return h.tokensPage(p, secret, nil)
}

// revokeToken ends one of one's own tokens.
func (h accountPages) revokeToken(p *page.Page) error {
	if err := identity.RevokeToken(p.Ctx(), h.db, p.Actor(), p.Staff.ID, p.ReadForm().ID("token")); err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: msgTokenRevoked}, "/account/tokens")
}
