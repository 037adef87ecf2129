package account

import (
	"fmt"
	"net/url"
	"slices"

	"handover/internal/identity"
	"handover/views/ui"
	"handover/web/page"
)

// saveView keeps the filters and the order of the list that the form came from under a name.
func (h accountPages) saveView(p *page.Page) error {
	f := p.ReadForm()
	back := page.LocalPath(f.Text("back"), p.URL("/"))
	query := ""
	if u, err := url.Parse(back); err == nil {
		query = u.RawQuery
	}
	v := identity.SavedView{Name: f.Text("name"), Query: query}
	err := identity.SaveView(p.Ctx(), h.db, p.Staff.ID, f.Text("list"), v)
	return h.backToList(p, back, fmt.Sprintf(msgViewSaved, v.Name), err)
}

// removeView removes one of the reader's own views.
func (h accountPages) removeView(p *page.Page) error {
	f := p.ReadForm()
	err := identity.RemoveView(p.Ctx(), h.db, p.Staff.ID, f.ID("view"))
	return h.backToList(p, page.LocalPath(f.Text("back"), p.URL("/")), msgViewRemoved, err)
}

// saveColumns keeps which columns of a list the reader sees: those that are ticked.
func (h accountPages) saveColumns(p *page.Page) error {
	f := p.ReadForm()
	shown := f.Texts("column")
	hidden := slices.DeleteFunc(f.Texts("all"), func(c string) bool { return slices.Contains(shown, c) })
	err := identity.HideColumns(p.Ctx(), h.db, p.Staff.ID, f.Text("list"), hidden)
	return h.backToList(p, page.LocalPath(f.Text("back"), p.URL("/")), msgColumnsSaved, err)
}

// backToList leads back to the list with the result; what is wrong with a field is a result too.
func (h accountPages) backToList(p *page.Page, back, done string, err error) error {
	flash := ui.Flash{Tone: ui.Green, Text: done}
	if errs, ok := page.FieldErrors(err); ok {
		flash = ui.Flash{Tone: ui.Red, Text: errs[0].Message}
	} else if err != nil {
		return err
	}
	return p.TellAt(flash, back)
}
