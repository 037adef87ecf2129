package signin

import (
	"net/http"

	views "handover/views/signin"
	"handover/web/page"
)

func (h mailedPages) forgotForm(p *page.Page) error {
	return p.Render(http.StatusOK, "Forgot password?", views.ForgotPage(views.Forgot{}))
}

// forgot answers the same whether anybody has the address.
func (h mailedPages) forgot(p *page.Page) error {
	f := p.ReadForm()
	v := views.Forgot{Email: f.Required("email", msgEnterEmail)}
	if v.Errors = f.Errors(); len(v.Errors) == 0 {
		err := h.service.Forgot(p.Ctx(), v.Email, p.Client())
		errs, ok := page.FieldErrors(err)
		if err != nil && !ok {
			return err
		}
		v.Errors, v.Sent = errs, err == nil
	}
	return p.Form(v.Errors, "Forgot password?", views.ForgotPage(v))
}
