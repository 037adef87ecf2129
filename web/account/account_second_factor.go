package account

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"

	"github.com/pquerna/otp"

	"handover/internal/fault"
	"handover/internal/identity"
	views "handover/views/account"
	"handover/views/ui"
	"handover/web/page"
)

const secondFactorTitle = "Second factor"

// pictureSize is the width of the QR image in pixels.
const pictureSize = 240

// factorPages are one's own second factor.
type factorPages struct {
	authenticator *identity.Authenticator
	cookies       page.Cookies
}

func (h factorPages) view(p *page.Page) (views.SecondFactor, error) {
	state, err := h.authenticator.SecondFactor(p.Request().Context(), p.Staff)
	if err != nil {
		return views.SecondFactor{}, err
	}
	return views.SecondFactor{
		Required: p.Staff.MustEnrol, Distributor: p.Staff.DistributorName, On: state.On,
		Since:     p.Time(state.Since),
		CodesLeft: p.Plural(state.CodesLeft, oneRecoveryCode, manyRecoveryCodes), Secret: grouped(state.Secret),
	}, nil
}

// grouped writes a secret in groups of four, as it is typed.
func grouped(secret string) string {
	var out bytes.Buffer
	for i, r := range secret {
		if i > 0 && i%4 == 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
	}
	return out.String()
}

func (h factorPages) show(p *page.Page) error {
	v, err := h.view(p)
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, secondFactorTitle, views.SecondFactorPage(v))
}

// again shows the page with what is wrong; form says which of its forms was sent.
func (h factorPages) again(p *page.Page, form string, errs ui.Errors) error {
	v, err := h.view(p)
	if err != nil {
		return err
	}
	v.Form, v.Errors = form, errs
	return p.Form(errs, secondFactorTitle, views.SecondFactorPage(v))
}

// picture is the QR image of a secret that is being set up.
func (h factorPages) picture(p *page.Page) error {
	state, err := h.authenticator.SecondFactor(p.Request().Context(), p.Staff)
	if err != nil {
		return err
	}
	if state.Secret == "" {
		return fault.New(fault.NotFound, msgNoSetUp)
	}
	key, err := otp.NewKeyFromURL(state.Address)
	if err != nil {
		return fmt.Errorf("draw the second factor: %w", err)
	}
	code, err := key.Image(pictureSize, pictureSize)
	if err != nil {
		return fmt.Errorf("draw the second factor: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, code); err != nil {
		return fmt.Errorf("draw the second factor: %w", err)
	}
	return p.Blob(http.StatusOK, "image/png", out.Bytes())
}

// start makes a new secret, for the password.
func (h factorPages) start(p *page.Page) error {
	f := p.ReadForm()
	password := f.Secret("password", msgEnterPassword)
	if errs := f.Errors(); len(errs) > 0 {
		return h.again(p, "start", errs)
	}
	err := h.authenticator.StartSecondFactor(p.Request().Context(), p.Staff, password, p.Client())
	if errs, ok := page.FieldErrors(err); ok {
		return h.again(p, "start", errs)
	}
	if err != nil {
		return err
	}
	return p.Redirect(page.SecondFactorPath)
}

func (h factorPages) cancel(p *page.Page) error {
	if err := h.authenticator.CancelSecondFactor(p.Request().Context(), p.Staff); err != nil {
		return err
	}
	return p.Redirect(page.SecondFactorPath)
}

// confirm turns the second factor on. The recovery codes are in the answer itself:
// they are kept nowhere else.
func (h factorPages) confirm(p *page.Page) error {
	f := p.ReadForm()
	code := f.Required("code", msgEnterSixDigitsApp)
	if errs := f.Errors(); len(errs) > 0 {
		return h.again(p, "confirm", errs)
	}
	codes, err := h.authenticator.ConfirmSecondFactor(p.Request().Context(), p.Staff, code, p.Client(),
		h.cookies.Token(p.Context))
	if errs, ok := page.FieldErrors(err); ok {
		return h.again(p, "confirm", errs)
	}
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, "Recovery codes", views.RecoveryCodesPage(views.RecoveryCodes{
		Codes: codes, Done: msgFactorOn,
	}))
}

// renew makes new recovery codes, for the password and a code.
func (h factorPages) renew(p *page.Page) error {
	password, code, errs := h.both(p)
	if len(errs) > 0 {
		return h.again(p, "codes", errs)
	}
	codes, err := h.authenticator.RenewRecoveryCodes(p.Request().Context(), p.Staff, password, code, p.Client())
	if errs, ok := page.FieldErrors(err); ok {
		return h.again(p, "codes", errs)
	}
	if err != nil {
		return err
	}
	return p.Render(http.StatusOK, "Recovery codes", views.RecoveryCodesPage(views.RecoveryCodes{
		Codes: codes, Done: msgNewRecoveryCodes,
	}))
}

// turnOff removes the second factor, for the password and a code.
func (h factorPages) turnOff(p *page.Page) error {
	password, code, errs := h.both(p)
	if len(errs) > 0 {
		return h.again(p, "off", errs)
	}
	err := h.authenticator.TurnOffSecondFactor(p.Request().Context(), p.Staff, password, code, p.Client())
	if errs, ok := page.FieldErrors(err); ok {
		return h.again(p, "off", errs)
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: msgFactorOff}, page.SecondFactorPath)
}

func (h factorPages) both(p *page.Page) (password, code string, errs ui.Errors) {
	f := p.ReadForm()
	password = f.Secret("password", msgEnterPassword)
	code = f.Required("code", msgEnterCodeAppShows)
	return password, code, f.Errors()
}
