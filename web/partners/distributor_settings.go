package partners

import (
	"fmt"
	"slices"
	"strconv"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/settings"
	views "handover/views/partners"
	"handover/views/ui"
	"handover/web/page"
)

// set makes the handler of a control setting's form on the distributor's page.
func (h distributorPages) set(name settings.Name) func(*page.Page) error {
	return func(p *page.Page) error {
		d, err := h.find(p)
		if err != nil {
			return err
		}
		c, err := settings.ControlOf(name)
		if err != nil {
			return err
		}
		f := p.ReadForm()
		values := page.ReadValues(f, c)
		flash, err := h.controls.Change(p, f, d, name, values)
		if err == nil {
			return p.Tell(flash, "/distributors/"+d.Number())
		}
		return h.again(p, d, err, string(name), func(v *views.Distributor) {
			v.Reason = f.Text("reason")
			switch name {
			case settings.TimeZone:
				v.TimeZone = f.Text("time_zone")
			case settings.Approvals:
				v.Approval, v.Consent = f.Bool("approval"), f.Bool("consent")
			case settings.SecondFactor:
				v.SecondFactor = f.Bool("required")
			}
		})
	}
}

// lock saves which settings of the distributor only the provider may loosen.
func (h distributorPages) lock(p *page.Page) error {
	d, err := h.find(p)
	if err != nil {
		return err
	}
	f := p.ReadForm()
	var names []settings.Name
	for _, c := range settings.Lockable() {
		if f.Bool("lock_" + string(c.Name)) {
			names = append(names, c.Name)
		}
	}
	changed := false
	proof, err := h.controls.Confirm(p, f)
	if err == nil {
		changed, err = h.controls.Desk.Lock(p.Ctx(), p.By(), proof, d.ID, names)
	}
	if err != nil {
		return h.again(p, d, err, "locks", func(v *views.Distributor) {
			for i := range v.Locks {
				v.Locks[i].Locked = slices.Contains(names, settings.Name(v.Locks[i].Name))
			}
		})
	}
	text := fmt.Sprintf(msgLocksSaved, d.Name)
	if !changed {
		text = fmt.Sprintf(msgLocksUnchanged, d.Name)
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: text}, "/distributors/"+d.Number())
}

// fillLocks fills in which settings are locked, and for the provider's staff how to lock them.
func (h distributorPages) fillLocks(p *page.Page, d accounts.Distributor, v *views.Distributor) error {
	locked, err := settings.Locked(p.Ctx(), p.DB(), d.ID)
	if err != nil {
		return err
	}
	v.MayLock = v.MaySet && p.Scope().Everything && d.ParentID != nil
	v.Locked = map[string]bool{}
	for _, c := range settings.Lockable() {
		on := slices.Contains(locked, c.Name)
		v.Locked[string(c.Name)] = on
		v.Locks = append(v.Locks, views.SettingLock{Name: string(c.Name), Label: c.Label, Locked: on})
	}
	return nil
}

// again shows the page with what is wrong; form says which of its forms was sent.
func (h distributorPages) again(
	p *page.Page, d accounts.Distributor, err error, form string, typed func(*views.Distributor),
) error {
	status, errs, ok := page.ShownAgain(err)
	if !ok {
		return err
	}
	v, err := h.view(p, d)
	if err != nil {
		return err
	}
	v.Form, v.Errors = form, errs
	typed(&v)
	return p.Render(status, d.Name, views.DistributorPage(v))
}

// approve carries out a change that waits.
func (h distributorPages) approve(p *page.Page) error {
	return h.answer(p, msgInForce, func(f *page.Form, a settings.Answer) (settings.Change, error) {
		proof, err := h.controls.Confirm(p, f)
		if err != nil {
			return settings.Change{}, err
		}
		return h.controls.Desk.Approve(p.Ctx(), p.By(), proof, a)
	})
}

// reject ends a change that waits.
func (h distributorPages) reject(p *page.Page) error {
	const done = msgRejected
	return h.answer(p, done, func(_ *page.Form, a settings.Answer) (settings.Change, error) {
		return h.controls.Desk.Reject(p.Ctx(), p.By(), a)
	})
}

// withdraw takes the reader's own change back.
func (h distributorPages) withdraw(p *page.Page) error {
	const done = msgWithdrawn
	return h.answer(p, done, func(_ *page.Form, a settings.Answer) (settings.Change, error) {
		return h.controls.Desk.Withdraw(p.Ctx(), p.By(), a)
	})
}

// answer does something with the change that the address names.
func (h distributorPages) answer(p *page.Page, done string, do func(f *page.Form, a settings.Answer) (settings.Change,
	error),
) error {
	d, err := h.find(p)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(p.Param("id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, msgNoChange)
	}
	f := p.ReadForm()
	reason := f.Text("reason")
	ch, err := do(f, settings.Answer{DistributorID: d.ID, Change: id, Reason: reason})
	if err == nil {
		text := fmt.Sprintf(done, ch.Control.Label)
		return p.Tell(ui.Flash{Tone: ui.Green, Text: text}, "/distributors/"+d.Number())
	}
	form := "change-" + strconv.FormatInt(id, 10)
	return h.again(p, d, err, form, func(v *views.Distributor) { v.Reason = reason })
}
