package home

import (
	"net/http"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	views "handover/views/home"
	pageviews "handover/views/page"
	"handover/web/orders"
	"handover/web/page"

	"handover/internal/order"
)

// hitsShown is how many hits of each kind the page shows; the lists show the rest.
const hitsShown = 8

// maxSearch is how much of what was typed is looked for.
const maxSearch = 200

// searchPages are the global search.
type searchPages struct{}

// searches are the kinds that are looked through, in the order of the page.
var searches = []struct {
	Title string
	List  string // the list that shows the rest, "" = none
	Find  func(h searchPages, p *page.Page, typed string) (hits []views.SearchHit, more bool, err error)
}{
	{"Customers", "/customers", searchPages.customers},
	{"Subscriptions", "/subscriptions", searchPages.subscriptions},
	{"Orders", "/orders", searchPages.orders},
	{"Invoices and memos", "", searchPages.documents},
}

func (h searchPages) show(p *page.Page) error {
	typed := readTyped(p)
	if typed != "" && p.ReadQuery().Text("jump") != "" {
		address, err := jump(p, typed)
		if err != nil {
			return err
		}
		if address != "" {
			return p.Context.Redirect(http.StatusSeeOther, address)
		}
	}
	v := views.Search{Query: typed}
	var err error
	if v.Actions, err = besides(p, typed); err != nil {
		return err
	}
	f := newFinder(p, typed)
	for _, s := range searches {
		if typed == "" {
			break
		}
		hits, more, err := s.Find(h, p, f.typed)
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			continue
		}
		group := views.SearchGroup{Title: s.Title, Hits: hits}
		if more && s.List != "" {
			group.More = listHref(p, s.List, f.typed)
		}
		v.Groups = append(v.Groups, group)
	}
	return p.Render(http.StatusOK, "Search", views.SearchPage(v), func(c *pageviews.Chrome) { c.Search = typed })
}

// besides are the pages and actions that fit, or what was opened last where nothing was typed.
func besides(p *page.Page, typed string) ([]views.SuggestionGroup, error) {
	if typed == "" {
		rows, err := recent(p)
		return filled(views.SuggestionGroup{Title: "Opened last", Rows: rows}), err
	}
	return filled(views.SuggestionGroup{
		Title: "Pages and actions", Rows: append(pagesLike(p, typed), actionsLike(p, typed)...),
	}), nil
}

func (h searchPages) customers(p *page.Page, typed string) ([]views.SearchHit, bool, error) {
	part, err := accounts.ListCustomers(p.Ctx(), p.DB(), p.Scope(), accounts.CustomerFilter{Search: typed},
		db.Page{Size: hitsShown})
	var hits []views.SearchHit
	for _, c := range part.Rows {
		hits = append(hits, views.SearchHit{
			Number: c.Number(), Href: p.URL("/customers/" + c.Number()), Name: c.Name, Status: c.Status,
			Note:   page.Note(c.DistributorName, c.Email, c.CRMID, c.ExternalID),
			Amount: p.Money(c.Balance, c.Currency),
		})
	}
	return hits, part.After != "", err
}

func (h searchPages) subscriptions(p *page.Page, typed string) ([]views.SearchHit, bool, error) {
	part, err := accounts.ListSubscriptions(p.Ctx(), p.DB(), p.Scope(), accounts.SubscriptionFilter{Search: typed},
		db.Page{Size: hitsShown})
	var hits []views.SearchHit
	for _, s := range part.Rows {
		hits = append(hits, views.SearchHit{
			Number: s.Number(), Href: p.URL("/subscriptions/" + s.Number()), Name: s.PlanName, Status: s.Status,
			Note: page.Note(s.CustomerName, s.Customer(), s.ExternalID),
		})
	}
	return hits, part.After != "", err
}

func (h searchPages) orders(p *page.Page, typed string) ([]views.SearchHit, bool, error) {
	part, err := order.List(p.Ctx(), p.DB(), p.Scope(), order.Filter{Search: typed}, db.Page{Size: hitsShown})
	var hits []views.SearchHit
	for _, o := range part.Rows {
		ends := orders.OrderRow(p, o)
		hit := views.SearchHit{
			Number: o.Number, Href: p.URL("/orders/" + o.Number), Name: ends.Source.Name, Status: o.Status,
			Note: ends.Created.Words(),
		}
		if ends.Target.Name != "" && o.TargetID != 0 || o.HasTarget && o.Target == "" {
			hit.Name += " → " + ends.Target.Name
		}
		hits = append(hits, hit)
	}
	return hits, part.After != "", err
}

func (h searchPages) documents(p *page.Page, typed string) ([]views.SearchHit, bool, error) {
	found, err := billing.FindDocuments(p.Ctx(), p.DB(), p.Scope(), typed, hitsShown)
	var hits []views.SearchHit
	for _, d := range found {
		customer := accounts.Number(accounts.CustomerPrefix, d.CustomerID)
		kind, err := billing.DocumentKindOf(d.Kind)
		if err != nil {
			return nil, false, err
		}
		hits = append(hits, views.SearchHit{
			Number: d.Number, Href: p.URL(page.DocumentPath(d.Kind, d.ID)), Name: kind.Label, Status: d.Status,
			Note:   page.Note(d.CustomerName, customer, p.Date(d.IssuedOn).Text),
			Amount: p.Money(d.Amount, d.Currency),
		})
	}
	return hits, false, err
}
