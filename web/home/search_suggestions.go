package home

import (
	"net/http"
	"net/url"
	"strings"

	"handover/internal/accounts"
	"handover/internal/order"
	views "handover/views/home"
	"handover/views/ui"
	"handover/web/page"
)

// suggested is how many suggestions of each kind the palette has.
const suggested = 5

// finder gathers what fits what was typed, for one reader.
type finder struct {
	*page.Page
	typed     string // without a verb before it
	verb      string // "transfer", "merge", "move", "" = none was typed
	customers []accounts.Alike
}

// suggest answers with the palette's suggestions: a part of a page.
func (h searchPages) suggest(p *page.Page) error {
	groups, err := suggestions(p, readTyped(p))
	if err != nil {
		return err
	}
	p.Response().Header().Set("Cache-Control", "no-store")
	return p.Fragment(http.StatusOK, views.Suggestions(groups))
}

// readTyped returns what was typed into a field that searches everywhere.
func readTyped(p *page.Page) string {
	typed := strings.TrimSpace(p.ReadQuery().Text("q"))
	if runes := []rune(typed); len(runes) > maxSearch {
		typed = string(runes[:maxSearch])
	}
	return typed
}

// suggestions returns what fits, the best kind first. With nothing typed these are the records
// that the reader opened last and the pages of the panel.
func suggestions(p *page.Page, typed string) ([]views.SuggestionGroup, error) {
	if typed == "" {
		recent, err := recent(p)
		return filled(views.SuggestionGroup{Title: "Opened last", Rows: recent},
			views.SuggestionGroup{Title: "Pages", Rows: pagesLike(p, "")}), err
	}
	f := newFinder(p, typed)
	customers, err := f.findCustomers()
	if err != nil {
		return nil, err
	}
	contracts, err := f.findContracts()
	if err != nil {
		return nil, err
	}
	orders, err := f.findOrders()
	if err != nil {
		return nil, err
	}
	documents, err := f.findDocuments()
	if err != nil {
		return nil, err
	}
	groups := []views.SuggestionGroup{
		{Title: "Customers", Rows: customers},
		{Title: "Documents", Rows: documents},
		{Title: "Orders", Rows: orders},
		{Title: "Contracts", Rows: contracts},
	}
	actions := views.SuggestionGroup{Title: "Actions", Rows: append(f.customerActions(), actionsLike(p, typed)...)}
	pages := views.SuggestionGroup{Title: "Pages", Rows: pagesLike(p, typed)}
	if f.verb != "" { // who types a verb means to act
		return filled(append([]views.SuggestionGroup{actions}, append(groups, pages)...)...), nil
	}
	return filled(append(groups, actions, pages)...), nil
}

// filled leaves out the groups without a suggestion.
func filled(groups ...views.SuggestionGroup) []views.SuggestionGroup {
	var out []views.SuggestionGroup
	for _, g := range groups {
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// recent are the records that the reader opened last, as far as they may still see them.
func recent(p *page.Page) ([]views.Suggestion, error) {
	var customers, orders []int64
	found := map[string]views.Suggestion{}
	for _, number := range p.Recent() {
		if id, ok := accounts.ParseNumber(accounts.CustomerPrefix, number); ok {
			customers = append(customers, id)
		}
		if id, ok := accounts.ParseNumber("TO", number); ok {
			orders = append(orders, id)
		}
	}
	known, err := accounts.CustomersOf(p.Ctx(), p.DB(), p.Scope(), customers)
	if err != nil {
		return nil, err
	}
	for _, c := range known {
		row := customerRow(p, c)
		found[c.Number()], found[c.Former()] = row, row
	}
	rows, err := order.Few(p.Ctx(), p.DB(), p.Scope(), orders, nil, suggested)
	if err != nil {
		return nil, err
	}
	for _, o := range rows {
		found[o.Number] = orderSuggestion(p, o)
	}
	var out []views.Suggestion
	for _, number := range p.Recent() {
		row, ok := found[number]
		if _, contract := accounts.ParseNumber(accounts.SubscriptionPrefix, number); contract {
			if row, ok, err = contractNumbered(p, number); err != nil {
				return nil, err
			}
		}
		if ok && number != "" && len(out) < suggested {
			out = append(out, row)
		}
	}
	return out, nil
}

// jump returns the address of the one record that bears what was typed as its number, "" if there
// is none or more than one.
func jump(p *page.Page, typed string) (string, error) {
	f := newFinder(p, typed)
	exact, err := f.exactly()
	if err != nil || len(exact) != 1 {
		return "", err
	}
	return exact[0], nil
}

// listHref is the address of a list that shows what was typed.
func listHref(p *page.Page, list, typed string) string {
	return p.URL(list) + "?" + url.Values{"q": {typed}}.Encode()
}

// pagesLike are the pages of the panel whose name has what was typed; all, if it is nothing.
func pagesLike(p *page.Page, typed string) []views.Suggestion {
	var out []views.Suggestion
	for _, e := range p.NavPages() {
		if wordsLike(e.Label, typed) {
			out = append(out, views.Suggestion{Icon: e.Icon, Label: e.Label, Href: e.Href})
		}
	}
	return out
}

// wordsLike reports whether each word that was typed begins a word of the text.
func wordsLike(text, typed string) bool {
	have := strings.Fields(strings.ToLower(text))
	for _, word := range strings.Fields(strings.ToLower(typed)) {
		begins := false
		for _, h := range have {
			begins = begins || strings.HasPrefix(h, word)
		}
		if !begins {
			return false
		}
	}
	return true
}

// actions are what one can do that is about no record, with more words that find it. An action
// whose page the reader may not open is not offered.
var actions = []struct {
	label, words, route, path string
	icon                      ui.IconName
}{
	{"Add an exchange rate", "enter currency", "/rates/new", "/rates/new", ui.IconPlus},
	{"Import the rates of the ECB", "exchange currency", "/rates/ecb", "/rates/ecb", ui.IconDownload},
	{"Add a financial period", "month", "/periods/new", "/periods/new", ui.IconPlus},
	{"Close a financial period", "month books", "/periods", "/periods?status=open", ui.IconLock},
	{"Check the books", "reconciliation verify", "/reconciliation", "/reconciliation", ui.IconShield},
	{"Import files", "csv upload", "/import", "/import", ui.IconUpload},
	{"Invite a staff member", "person user add", "/staff/invite", "/staff/invite", ui.IconPlus},
	{"Orders that wait for approval", "approve", "/orders", "/orders?status=awaiting_approval", ui.IconApproved},
	{"Orders that failed", "retry", "/orders", "/orders?status=failed", ui.IconAlert},
	{"Scheduled orders", "later", "/orders", "/orders?status=scheduled", ui.IconCalendarTime},
	{"Your account", "password second factor email", "/account", "/account", ui.IconUser},
	{"Your API tokens", "create", "/account/tokens", "/account/tokens", ui.IconKey},
}

func actionsLike(p *page.Page, typed string) []views.Suggestion {
	var out []views.Suggestion
	for _, a := range actions {
		if p.MayOpen(a.route) && wordsLike(a.label+" "+a.words, typed) {
			out = append(out, views.Suggestion{Icon: a.icon, Label: a.label, Href: p.URL(a.path)})
		}
	}
	return out
}
