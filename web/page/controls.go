package page

import (
	"fmt"
	"net/url"
	"strconv"

	"handover/internal/accounts"
	"handover/internal/identity"
	"handover/internal/settings"
	views "handover/views/page"
	"handover/views/ui"
)

// ControlForms are the forms that change control settings, on whichever page they are.
type ControlForms struct {
	Desk          settings.Desk
	authenticator *identity.Authenticator
	signOn        *identity.SignOn // nil = none
	cookies       Cookies
}

// ControlForms returns the forms of control settings.
func (f *Frame) ControlForms() ControlForms {
	return ControlForms{Desk: f.Settings(), authenticator: f.Authenticator, signOn: f.SignOn, cookies: f.Cookies}
}

// Settings changes the control settings of distributors.
func (f *Frame) Settings() settings.Desk {
	return settings.Desk{
		DB: f.DB, Now: f.Transfers.Now,
		Link: func(number string, provider bool) string { return DistributorLink(f.BaseURL, number, provider) },
	}
}

// Confirm asks the reader once more who they are, by the form's field password.
func (h ControlForms) Confirm(p *Page, f *Form) (identity.Confirmed, error) {
	return h.authenticator.Confirm(p.Ctx(), p.Staff, h.Confirmation(p, f))
}

// Confirmation reads the form's fields password and code.
func (h ControlForms) Confirmation(p *Page, f *Form) identity.Confirmation {
	return identity.Confirmation{
		Password: f.Typed("password"), Code: f.Text("code"),
		Session: h.cookies.Token(p.Context), Client: p.Client(),
	}
}

// Change reads the form of a control setting, with the fields password and reason, and
// changes the setting or asks another administrator; it returns the result to show.
func (h ControlForms) Change(
	p *Page, f *Form, d accounts.Distributor, name settings.Name, values settings.Values,
) (ui.Flash, error) {
	proof, err := h.Confirm(p, f)
	if err != nil {
		return ui.Flash{}, err
	}
	outcome, err := h.Desk.Change(p.Ctx(), p.By(), proof, settings.Request{
		DistributorID: d.ID, Control: name, Values: values, Reason: f.Text("reason"),
	})
	if err != nil {
		return ui.Flash{}, err
	}
	c, err := settings.ControlOf(name)
	if err != nil {
		return ui.Flash{}, err
	}
	switch outcome {
	case settings.Unchanged:
		text := fmt.Sprintf(msgNothingChanged, c.Label, d.Name)
		return ui.Flash{Tone: ui.Blue, Text: text}, nil
	case settings.Waiting:
		text := fmt.Sprintf(msgWaitsForApproval, c.Label)
		return ui.Flash{Tone: ui.Amber, Text: text}, nil
	}
	return ui.Flash{Tone: ui.Green, Text: c.Done(d.Name, values)}, nil
}

// ReadValues reads the fields of a control setting from its form.
func ReadValues(f *Form, c settings.Control) settings.Values {
	v := settings.Values{}
	for _, field := range c.Fields {
		if field.Text {
			v[field.Key] = f.Text(field.Key)
		} else {
			v[field.Key] = f.Bool(field.Key)
		}
	}
	return v
}

// Fill adds the pending changes of a distributor's control settings to v, and how a reader
// who may set them confirms a change.
func (h ControlForms) Fill(p *Page, d accounts.Distributor, v *views.Controls) error {
	if p.Staff.Can(identity.SettingsManage) {
		if err := h.FillConfirm(p, d, v, p.URL("/distributors/"+d.Number())); err != nil {
			return err
		}
	}
	waiting, err := settings.Pending(p.Ctx(), p.DB(), p.Scope(), d.ID, h.Desk.Now())
	if err != nil {
		return err
	}
	for _, ch := range waiting {
		row, err := h.pending(p, d, ch)
		if err != nil {
			return err
		}
		v.Pending = append(v.Pending, row)
	}
	return nil
}

// FillPassword says how the reader confirms who they are; a fresh single sign-on comes back to
// the address back.
func (h ControlForms) FillPassword(p *Page, v *views.Controls, back string) error {
	v.Email = p.Staff.Email
	on, err := h.authenticator.SignedOn(p.Ctx(), p.Staff, h.cookies.Token(p.Context))
	if err != nil {
		return err
	}
	if h.signOn != nil && on.Used {
		v.SignOnName = h.signOn.Name()
		v.SignOnHref = SignOnStart + "?" + url.Values{"again": {"true"}, "next": {back}}.Encode()
		if on.Fresh() {
			v.FreshUntil = p.Clock(*on.Until)
		}
	}
	return nil
}

// FillConfirm says how the reader confirms a change, and who could answer it; a fresh single
// sign-on comes back to the address back.
func (h ControlForms) FillConfirm(p *Page, d accounts.Distributor, v *views.Controls, back string) error {
	if err := h.FillPassword(p, v, back); err != nil {
		return err
	}
	who, err := h.answerers(p, d, p.Staff.ID)
	if v.Answered = d.RequireApproval; v.Answered {
		v.AnswerNote = msgChangesWait + who
	} else if err == nil && who == noAnswerer {
		v.AnswerWarning = msgDoNotRequireApproval + noAnswerer
	}
	return err
}

// answerers says in a sentence who may answer what the requester asks at the distributor.
func (h ControlForms) answerers(p *Page, d accounts.Distributor, requester int64) (string, error) {
	list, err := settings.Answerers(p.Ctx(), p.DB(), p.Scope(), d.ID, requester, h.Desk.Now())
	if err != nil || len(list) == 0 {
		return noAnswerer, err
	}
	var names []string
	for _, a := range list {
		if a.Name != "" {
			names = append(names, a.Name)
		}
	}
	switch {
	case len(names) == 0:
		return fmt.Sprintf(msgOneAboveApproves, d.Name), nil
	case list[0].DistributorID != d.ID:
		above := fmt.Sprintf(msgAboveApproves, d.Name, OrList(names))
		return above, nil
	}
	return fmt.Sprintf(msgApprovers, OrList(names)), nil
}

// OrList writes names as "Ada, Ben or Cora".
func OrList(names []string) string {
	out := names[0]
	for i, name := range names[1:] {
		if i == len(names)-2 {
			out += " or " + name
		} else {
			out += ", " + name
		}
	}
	return out
}

// pending is a change that waits, with what the reader may do with it.
func (h ControlForms) pending(p *Page, d accounts.Distributor, ch settings.Change) (views.SettingChange, error) {
	id := strconv.FormatInt(ch.ID, 10)
	v := views.SettingChange{
		ID: "change-" + id, Setting: ch.Control.Label, By: UpperFirst(ch.Requester), Reason: ch.Reason,
		Asked: p.Moment(ch.RequestedAt), Until: p.Moment(ch.ExpiresAt),
	}
	for _, f := range ch.Fields() {
		v.Values = append(v.Values, views.SettingValue{
			Label: f.Label, Before: f.Words(ch.Before[f.Key]), After: f.Words(ch.After[f.Key]),
		})
	}
	current, err := ch.Current(p.Ctx(), p.DB())
	if err != nil {
		return v, err
	}
	v.Stale = !current.Equal(ch.Before)
	if v.Who, err = h.answerers(p, d, ch.RequestedBy); err != nil || !p.Staff.Can(identity.SettingsManage) {
		return v, err
	}
	address := p.URL("/distributors/" + d.Number() + "/changes/" + id)
	if ch.RequestedBy == p.Staff.ID {
		v.Withdraw = address + "/withdraw"
		return v, nil
	}
	list, err := settings.Answerers(p.Ctx(), p.DB(), p.Scope(), d.ID, ch.RequestedBy, h.Desk.Now())
	if settings.Includes(list, p.Staff.ID) {
		v.Approve, v.Reject = address+"/approve", address+"/reject"
	}
	return v, err
}

// noAnswerer is said where a change would wait in vain.
const noAnswerer = msgNoApprover + settings.WhoAnswers +
	msgAddApprover
