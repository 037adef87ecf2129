package system

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"

	"handover/internal/emails"
	"handover/internal/fault"
	views "handover/views/system"
	"handover/views/ui"
	"handover/web/page"
)

// templatePages are System > Mail Templates.
type templatePages struct{ db *sqlx.DB }

// list shows the mails of each brand.
func (h templatePages) list(p *page.Page) error {
	brands, err := emails.Brands(p.Ctx(), p.DB(), p.Scope())
	if err != nil {
		return err
	}
	v := views.MailTemplates{}
	for _, b := range brands {
		card := views.TemplateBrand{Name: b.Name, Note: labelOwnWords}
		own := b.Own()
		if len(own) > 0 {
			card.Note = p.Plural(len(own), oneOwnText, manyOwnTexts)
		}
		for _, k := range emails.Kinds() {
			card.Mails = append(card.Mails, views.TemplateRow{
				Label: k.Label, When: page.UpperFirst(k.When),
				Own: slices.Contains(own, string(k.Name)), Href: templateHref(p, b.ID, k.Name),
			})
		}
		v.Brands = append(v.Brands, card)
	}
	return p.Render(http.StatusOK, "Mail Templates", views.MailTemplatesPage(v))
}

func templateHref(p *page.Page, brand int64, kind emails.Name) string {
	return p.URL("/templates/" + strconv.FormatInt(brand, 10) + "/" + string(kind))
}

// find returns the brand and the kind of mail that the address names.
func (h templatePages) find(p *page.Page) (emails.Brand, emails.Kind, error) {
	kind, ok := emails.KindOf(emails.Name(p.Param("kind")))
	id, err := strconv.ParseInt(p.Param("brand"), 10, 64)
	if err != nil || !ok {
		return emails.Brand{}, kind, fault.New(fault.NotFound, msgNoTemplate)
	}
	b, err := emails.GetBrand(p.Ctx(), p.DB(), p.Scope(), id)
	return b, kind, err
}

func (h templatePages) show(p *page.Page) error {
	b, k, err := h.find(p)
	if err != nil {
		return err
	}
	words, own, err := emails.Words(p.Ctx(), p.DB(), b.ID, k)
	if err != nil {
		return err
	}
	return h.page(p, b, k, words, own, nil)
}

// page draws the form with its preview on sample values.
func (h templatePages) page(p *page.Page, b emails.Brand, k emails.Kind, words emails.Template, own bool,
	errs ui.Errors,
) error {
	filled := k.Fill(words, k.Samples())
	v := views.MailTemplate{
		Brand: b.Name, Label: k.Label, When: k.When, Action: templateHref(p, b.ID, k.Name), Own: own, Errors: errs,
		Subject: words.Subject, Body: words.Body, SampleSubject: filled.Subject, SampleText: filled.Body,
	}
	for _, f := range k.Fields {
		v.Fields = append(v.Fields, views.TemplateField{Name: "{" + f.Name + "}", Means: f.Means})
	}
	return p.Form(errs, k.Label, views.MailTemplatePage(v))
}

// save keeps the words, resets them, or shows how they look.
func (h templatePages) save(p *page.Page) error {
	b, k, err := h.find(p)
	if err != nil {
		return err
	}
	f := p.ReadForm()
	words := emails.Template{Subject: f.Text("subject"), Body: strings.ReplaceAll(f.Whole("body"), "\r\n", "\n")}
	switch f.Text("go") {
	case "preview":
		errs, _ := page.FieldErrors(k.Check(words)) // Check finds nothing else
		return h.page(p, b, k, words, true, errs)
	case "reset":
		err = emails.SetWords(p.Ctx(), h.db, p.Actor(), p.Scope(), b.ID, k.Name, nil)
	default:
		err = emails.SetWords(p.Ctx(), h.db, p.Actor(), p.Scope(), b.ID, k.Name, &words)
	}
	if errs, ok := page.FieldErrors(err); ok {
		return h.page(p, b, k, words, true, errs)
	}
	if err != nil {
		return err
	}
	return p.Tell(ui.Flash{Tone: ui.Green, Text: fmt.Sprintf(msgTemplateSaved, k.Label, b.Name)}, "/templates")
}
