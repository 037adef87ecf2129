package demo

import (
	"fmt"
	"time"
)

// customerID begins the outside ids of customers.
const customerID = "CUST"

// account is a customer while its records are written.
type account struct {
	*customer
	seller  *seller
	bills   *account        // who gets its invoices: itself, or its parent
	methods []string        // its active payment methods
	agreed  map[string]bool // the terms it accepted
	subs    []*contract
	arrears bool // it is billed when a period is over, not when it begins
}

// account writes a customer with its billing contact and the general terms
// accepted; the parent gets its invoices if there is one.
func (b *builder) account(s *seller, name string, created time.Time, parent *account) *account {
	a := &account{seller: s, agreed: map[string]bool{}}
	a.customer = &customer{
		ID: b.next(customerID), DistributorID: s.ID, Name: name, Email: "billing@" + domain(name), Currency: s.Currency,
		Country: s.Country, Status: "active", CreatedOn: created,
	}
	a.Address = b.address(pick(b, s.places[0].towns), s.Country)
	a.bills = a
	if parent != nil {
		a.bills = parent
		a.ParentCustomerID, a.BillToParent, a.arrears = parent.ID, true, parent.arrears
	}
	b.Customers = append(b.Customers, a.customer)
	b.contact(a, "Billing", "billing")
	b.accept(a, s.terms, created)
	return a
}

// settleIn moves the account to another country, with an address there.
func (b *builder) settleIn(a *account, p place) {
	a.Country = p.country
	a.Address = b.address(pick(b, p.towns), p.country)
}

func (b *builder) contact(a *account, name, role string) {
	b.Contacts = append(b.Contacts, contact{b.next("CONT"), a.ID, name, role + "@" + domain(a.Name), role})
}

// accept writes that the customer accepted the terms, once.
func (b *builder) accept(a *account, terms string, on time.Time) {
	if a.agreed[terms] {
		return
	}
	a.agreed[terms] = true
	at := on.Add(9*time.Hour + time.Duration(b.accepted%480)*time.Minute)
	b.accepted++
	b.TermsAcceptances = append(b.TermsAcceptances, acceptance{
		a.ID, terms, at.Format(time.RFC3339),
		"admin@" + domain(a.Name),
	})
}

// method writes a payment method at the merchant account.
func (b *builder) method(a *account, merchant string) {
	id, digits := b.next("METHOD"), b.rng.IntN(10000)
	kind, label := "card", fmt.Sprintf("Visa ending %04d", digits)
	if digits%3 == 0 {
		kind, label = "direct_debit", fmt.Sprintf("SEPA direct debit ending %02d", digits%100)
	}
	a.methods = append(a.methods, id)
	b.PaymentMethods = append(b.PaymentMethods, paymentMethod{id, a.ID, merchant, kind, label, "active"})
}

// user writes a service user of the subscriptions.
func (b *builder) user(a *account, login string, accountWide bool, subs ...*contract) {
	u := serviceUser{b.next("USER"), a.ID, login + "@" + domain(a.Name), accountWide}
	b.ServiceUsers = append(b.ServiceUsers, u)
	for _, s := range subs {
		b.ServiceUserSubscriptions = append(b.ServiceUserSubscriptions, serviceUserSubscription{u.ID, s.ID})
	}
}
