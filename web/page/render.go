package page

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"handover/internal/order"
	views "handover/views/page"
	"handover/views/ui"
)

// RenderOption changes the frame of one page:
//
//	func(c *views.Chrome) { c.Live = true }
type RenderOption func(*views.Chrome)

// Render answers with a whole page: the content in the frame.
func (p *Page) Render(status int, title string, content templ.Component, options ...RenderOption) error {
	chrome := p.chrome(title)
	for _, option := range options {
		option(&chrome)
	}
	frame := views.Layout(chrome)
	if !p.SignedIn() {
		frame = views.Plain(chrome)
	}
	ctx := templ.WithChildren(p.FrameContext(), content)
	var buf bytes.Buffer
	if err := frame.Render(ctx, &buf); err != nil {
		return fmt.Errorf("render %s: %w", title, err)
	}
	if status == http.StatusOK && p.SignedIn() {
		p.remember()
	}
	p.Reader.Release() // who reads slowly holds no connection
	return p.HTMLBlob(status, buf.Bytes())
}

// Fragment answers with a part of a page, without the frame.
func (p *Page) Fragment(status int, content templ.Component) error {
	var buf bytes.Buffer
	if err := content.Render(p.FrameContext(), &buf); err != nil {
		return fmt.Errorf("render a fragment: %w", err)
	}
	p.Reader.Release() // who reads slowly holds no connection
	return p.HTMLBlob(status, buf.Bytes())
}

// Form answers with a form that was sent: 422 when it comes back with errors, else 200.
func (p *Page) Form(errs ui.Errors, title string, content templ.Component, options ...RenderOption) error {
	status := http.StatusOK
	if len(errs) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return p.Render(status, title, content, options...)
}

// chrome is the one place that puts together what every page needs.
func (p *Page) chrome(title string) views.Chrome {
	c := views.Chrome{
		Title: title, Panel: p.panel, PanelName: panelOf(p.Staff).Name, PanelCode: panelOf(p.Staff).Code,
		Flashes: p.Frame.Cookies.takeFlashes(p.Context),
		Theme:   themeOf(p.Context), NavFolded: navFolded(p.Context),
		Here: p.Request().URL.RequestURI(), Live: p.lists,
	}
	if p.Request().Method != http.MethodGet {
		c.Here = p.URL("/")
	}
	if !p.SignedIn() {
		return c
	}
	c.Person = views.Person{
		Name: p.Staff.Name, Email: p.Staff.Email, Role: p.Staff.Role.Name(), Initials: initials(p.Staff.Name),
	}
	c.Brand = views.Brand{Distributor: p.Staff.DistributorName, Stylesheet: brandSheet(p.Staff.BrandColor)}
	c.SearchHref = p.URL("/search")
	c.Zone, c.KeysOff = p.Zone().String(), !p.Staff.Settings.Keys
	c.SuggestHref = p.URL("/search/suggestions")
	waiting := p.waiting()
	if waiting.Running > 0 {
		c.Running = views.Running{
			Count: p.Count(int(waiting.Running)),
			Href:  p.URL("/orders?type=transfer&sort=-created"),
		}
	}
	c.Bell = views.ChromeBell{Href: p.URL("/bell")}
	news, err := order.CountNews(p.Ctx(), p.DB(), p.Staff.ID)
	if err != nil { // a page, an error's above all, does not fail for it
		p.LogError(err)
	}
	if news > 0 {
		c.Bell.Count = p.Count(int(news))
	}
	c.Nav = navFor(p, map[string]int64{"/orders": waiting.Approval})
	return c
}

// waiting returns the counts of orders for the frame. A page, an error's above all, does
// not fail because of them.
func (p *Page) waiting() order.Waiting {
	n, err := order.CountWaiting(p.Request().Context(), p.DB(), p.Scope())
	if err != nil {
		p.LogError(err)
	}
	return n
}

// FrameContext returns a context that components are rendered in: it knows the panel and the assets.
func (p *Page) FrameContext() context.Context {
	return ui.WithFrame(p.Request().Context(), ui.Frame{
		Panel: p.panel, Zone: p.Zone().String(), Asset: p.Frame.assetURL, Sentence: p.Sentence,
	})
}

func (f *Frame) assetURL(name string) string { return "/static/" + f.Assets.Name(name) }

// initials returns the first letters of the first and last name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = []string{words[0], words[len(words)-1]}
	}
	var out strings.Builder
	for _, w := range words {
		out.WriteString(strings.ToUpper(string([]rune(w)[0])))
	}
	return out.String()
}
