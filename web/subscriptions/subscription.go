package subscriptions

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"handover/internal/accounts"
	"handover/internal/identity"
	pageviews "handover/views/page"
	views "handover/views/subscriptions"
	"handover/views/ui"
	"handover/web/httpfault"
	"handover/web/page"
)

// find returns the contract that the address names; elsewhere is the address with
// its number when it was named by another id.
func (h subscriptionPages) find(p *page.Page) (s accounts.Subscription, elsewhere string, err error) {
	ref := page.PathParam(p, "number")
	s, err = accounts.FindSubscription(p.Request().Context(), p.DB(), p.Scope(), ref)
	if err == nil && s.Number() != ref {
		elsewhere = p.URL("/subscriptions/" + s.Number())
	}
	return s, elsewhere, err
}

// show is the General tab of a contract.
func (h subscriptionPages) show(p *page.Page) error {
	s, elsewhere, err := h.find(p)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return p.Context.Redirect(http.StatusFound, elsewhere)
	}
	ctx := p.Request().Context()
	bonds, err := accounts.Bonds(ctx, p.DB(), p.Scope(), s)
	if err != nil {
		return err
	}
	users, err := accounts.UsersOf(ctx, p.DB(), s.ID)
	if err != nil {
		return err
	}
	moves, err := accounts.Moves(ctx, p.DB(), p.Scope(), "subscription", s.ID)
	if err != nil {
		return err
	}
	v := views.SubscriptionGeneral{
		Head: subscriptionHead(p, s, ""), Contract: contractFacts(p, s),
		Moves: page.MoveRows(p, moves),
	}
	for _, b := range bonds {
		if note := splitNote(p, s, b); note != "" {
			v.Head.Split = append(v.Head.Split, views.SplitNote{
				Sentence: note, Number: b.Number(),
				Href: p.URL("/subscriptions/" + b.Number()),
			})
			continue
		}
		row := views.BondRow{
			Note: "Add-on, " + b.Number(), Href: p.URL("/subscriptions/" + b.Number()),
			Plan: b.PlanName, Status: b.Status,
		}
		if b.How == "parent" {
			row.Note = "Parent, " + b.Number()
		}
		if b.CustomerID != s.CustomerID {
			row.Note += ", of another account"
		}
		v.Bonds = append(v.Bonds, row)
	}
	for _, u := range users {
		v.Users = append(v.Users, pageviews.UserRow{
			Login: u.Login, Subscriptions: "serves this contract",
			AccountWide: u.AccountWide,
		})
	}
	return p.Render(http.StatusOK, s.Number()+" "+s.PlanName, views.SubscriptionGeneralPage(v))
}

// splitNote says how the two sides of a split follow each other, "" for other bonds.
func splitNote(p *page.Page, s accounts.Subscription, b accounts.Bond) string {
	switch b.How {
	case "continues":
		return fmt.Sprintf(msgSplitAt, p.Day(s.ContinuesOn).Text)
	case "continuation":
		return fmt.Sprintf(msgSplitFrom, p.Day(s.ContinuedOn).Text)
	default:
		return ""
	}
}

// subscriptionHead is the top of every tab of a contract.
func subscriptionHead(p *page.Page, s accounts.Subscription, current string) views.SubscriptionHead {
	path := p.URL("/subscriptions/" + s.Number())
	head := views.SubscriptionHead{
		Number: s.Number(), Title: s.PlanName, Status: s.Status,
		Facts: []ui.Fact{
			{Label: "Number", Text: s.Number()},
			{Label: "Customer", Text: s.CustomerName, Href: p.URL("/customers/" + s.Customer()), Note: s.Customer()},
			{
				Label: "Distributor", Text: s.DistributorName,
				Href: p.URL("/distributors/" + accounts.Number(accounts.DistributorPrefix, s.DistributorID)),
			},
			{Label: "Per month", Value: ui.Money(p.Money(s.Monthly, s.Currency))},
			{Label: "Start", Value: ui.Date(p.Date(s.StartOn))},
			{Label: "End", Value: ui.Date(p.Day(s.EndOn))},
		},
		Tabs: []ui.Tab{{Label: "General", Href: path, Current: current == ""}},
	}
	for _, k := range accounts.RecordKinds() {
		head.Tabs = append(head.Tabs, ui.Tab{Label: k.Plural, Href: path + recordTab(k), Current: current == k.Name})
	}
	return head
}

// recordTab is the address of a kind's tab below the contract: "/usage-record".
func recordTab(k accounts.RecordKind) string { return "/" + strings.ReplaceAll(k.Name, "_", "-") }

func contractFacts(p *page.Page, s accounts.Subscription) []ui.Fact {
	price := ui.Fact{Label: "Price", Value: ui.Money(p.Money(s.Price, s.Currency)), Note: s.BillingPeriod}
	frozen := "no"
	if s.PriceFrozen {
		frozen = "yes"
	}
	facts := []ui.Fact{
		{Label: "Plan", Text: s.PlanName, Note: accounts.Number(accounts.PlanPrefix, s.PlanID)},
		{Label: "Billing period", Text: s.BillingPeriod},
		{Label: "Quantity", Text: p.Number(s.Quantity)},
		price,
		{Label: "Per period", Value: ui.Money(p.Money(s.Total(), s.Currency))},
		{Label: "Price frozen", Text: frozen},
		{Label: "Promotion", Text: s.Promotion},
		{Label: "External id", Text: s.ExternalID},
	}
	if !s.PlanPrice.Equal(s.Price) {
		facts = append(facts, ui.Fact{
			Label: "Plan's own price",
			Value: ui.Money(p.Money(s.PlanPrice, s.Currency)),
		})
	}
	return facts
}

// records is the tab with one kind of record, which the address names: "/usage-record".
func (h subscriptionPages) records(p *page.Page) error {
	at := slices.IndexFunc(accounts.RecordKinds(), func(k accounts.RecordKind) bool {
		return recordTab(k) == "/"+p.Param("kind")
	})
	if at < 0 {
		return httpfault.NoPage
	}
	k := accounts.RecordKinds()[at]
	s, elsewhere, err := h.find(p)
	if err != nil {
		return err
	}
	if elsewhere != "" {
		return p.Context.Redirect(http.StatusFound, elsewhere+recordTab(k))
	}
	l := p.ReadList("-date")
	part, err := accounts.ListRecords(p.Request().Context(), p.DB(), p.Scope(), k, s.ID, l.Page)
	if err != nil {
		return err
	}
	v := views.SubscriptionRecords{
		Head: subscriptionHead(p, s, k.Name), Title: k.Plural, List: l.View, Paging: l.Paging(part.Before, part.After),
	}
	for _, r := range part.Rows {
		v.Rows = append(v.Rows, recordRow(p, s, r))
		v.HasWhat = v.HasWhat || r.What != ""
		v.HasQuantity = v.HasQuantity || r.Quantity.Valid
		v.HasDone = v.HasDone || r.Done != nil
	}
	return p.Render(http.StatusOK, s.Number()+": "+k.Plural, views.SubscriptionRecordsPage(v))
}

func recordRow(p *page.Page, s accounts.Subscription, r accounts.Record) views.RecordRow {
	row := views.RecordRow{
		Number: r.Number, Date: p.Date(r.OnDate), Until: p.Day(r.Until), What: r.What,
		Amount: p.Money(r.Amount, s.Currency), Invoice: r.InvoiceNumber,
	}
	if r.Quantity.Valid {
		row.Quantity = p.Number(r.Quantity.Decimal)
	}
	if r.Done != nil {
		row.Done = "Deferred"
		if *r.Done {
			row.Done = "Recognised"
		}
	}
	if p.Staff.Can(identity.JournalRead) {
		for _, number := range r.Entries {
			row.Entries = append(row.Entries, views.RecordEntry{Number: number, Href: p.URL("/journal?q=" + number)})
		}
	}
	if r.InvoiceSeen && r.InvoiceID != nil {
		row.InvoiceHref = p.URL(page.DocumentPath("invoice", *r.InvoiceID))
	}
	return row
}
