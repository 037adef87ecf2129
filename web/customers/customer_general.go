package customers

import (
	"cmp"
	"fmt"
	"strings"

	"handover/internal/accounts"
	"handover/internal/identity"
	views "handover/views/customers"
	pageviews "handover/views/page"
	"handover/views/ui"
	"handover/web/page"
)

// general is the General tab.
func (h customerPages) general(o *opened) error {
	ctx, c := o.Request().Context(), o.customer
	contacts, err := accounts.Contacts(ctx, o.DB(), c.ID)
	if err != nil {
		return err
	}
	users, err := accounts.ServiceUsers(ctx, o.DB(), c.ID)
	if err != nil {
		return err
	}
	former, err := accounts.FormerIDs(ctx, o.DB(), c.ID)
	if err != nil {
		return err
	}
	parent, err := accounts.Parent(ctx, o.DB(), o.Scope(), c)
	if err != nil {
		return err
	}
	children, err := accounts.Children(ctx, o.DB(), o.Scope(), c.ID)
	if err != nil {
		return err
	}
	v := views.CustomerGeneral{
		Head: o.head, Identity: identityFacts(o.Style, c, former),
		TravelHref: o.URL("/customers/" + c.Number() + "/transfer"),
	}
	v.WhyNot = whyNoTransfer(o)
	v.CanTravel = v.WhyNot == ""
	v.Travel = fmt.Sprintf(hintTransfer,
		c.Name, o.Plural(o.standing.ActiveSubscriptions, "subscription", "subscriptions"))
	for _, x := range contacts {
		v.Contacts = append(v.Contacts, views.ContactRow{Name: x.Name, Email: x.Email, Role: x.Role})
	}
	for _, u := range users {
		v.Users = append(v.Users, pageviews.UserRow{
			Login: u.Login, Subscriptions: u.Subscriptions,
			AccountWide: u.AccountWide,
		})
	}
	if parent != nil {
		row := o.kinRow(*parent, "Parent", c.BillToParent, labelPaysBills)
		v.Parent = &row
	}
	for _, k := range children {
		v.Children = append(v.Children, o.kinRow(k, "Child", k.BillToParent, labelBillsHere))
	}
	return o.show(c.Name, views.CustomerGeneralPage(v))
}

func (o *opened) kinRow(k accounts.Kin, label string, bills bool, how string) views.KinRow {
	row := views.KinRow{Name: k.Name, Status: k.Status, Href: o.URL("/customers/" + k.Number()), Note: label + ", " +
		k.Number()}
	if bills {
		row.Note += ", " + how
	}
	return row
}

// formerLabels name the kinds of former ids.
var formerLabels = map[string]string{
	"crm_id": "Former CRM id", "number": "Former number",
	"external_id": "Former external id",
}

func identityFacts(s page.Style, c accounts.Customer, former []accounts.FormerID) []ui.Fact {
	facts := []ui.Fact{
		{Label: "E-mail", Text: c.Email},
		{Label: "Tax id", Text: c.TaxID},
		{Label: "CRM id", Text: c.CRMID},
		{Label: "Address", Text: c.Address},
		{Label: "Country", Text: c.Country},
		{Label: "Currency", Text: c.Currency},
		{Label: "External id", Text: c.ExternalID},
		{Label: "Customer since", Value: ui.Date(s.Date(c.CreatedOn))},
	}
	if c.BillToParent {
		facts = append(facts, ui.Fact{Label: "Bills", Text: "go to the parent account"})
	}
	return append(facts, formerFacts(former)...)
}

func formerFacts(former []accounts.FormerID) []ui.Fact {
	var facts []ui.Fact
	for _, f := range former {
		facts = append(facts, ui.Fact{Label: cmp.Or(formerLabels[f.Kind], f.Kind), Text: f.Value})
	}
	return facts
}

// whyNoTransfer says why the account cannot be transferred by the reader, "" if it can.
func whyNoTransfer(o *opened) string {
	c := o.customer
	switch {
	case c.ReadOnly() && o.head.ReadOnly.Successor != "":
		return fmt.Sprintf(msgTransferSuccessor, o.head.ReadOnly.Successor)
	case c.ReadOnly():
		return msgSuccessorHidden
	case !c.Transferable():
		return fmt.Sprintf(msgStatusForbids, strings.ToLower(ui.StatusWord(c.Status)))
	case !o.Staff.Can(identity.AccountsTransfer):
		return fmt.Sprintf(msgRoleForbids, strings.ToLower(o.Staff.Role.Name()))
	case o.head.Busy != nil:
		return fmt.Sprintf(msgHeldBy, o.head.Busy.Order)
	default:
		return ""
	}
}
