package demo

import "slices"

// stories are customers with a fixed name and situation.
var stories = []struct {
	name, seller, country, status string
	crm                           string
	age                           int // months
	products                      []string
	quantity                      int
	open                          int // the newest invoices are unpaid
	methods                       int
}{
	{"Fjord Group AS", nordlys, "NO", "active", "CRM-100377", 14, []string{office, server, storage, mail}, 12, 1, 1},
	{"Blue Fjord AS", nordlys, "NO", "active", "CRM-100918", 9, []string{office, server, mail}, 8, 3, 2},
	{"Kestrel Labs GmbH", aurora, "DE", "active", "CRM-100127", 8, []string{server, office, security}, 14, 4, 1},
	{"Vela Optics SpA", aurora, "IT", "active", "", 7, []string{mail, storage}, 20, 0, 1},
	{"Halcyon Foods Ltd", thames, "GB", "active", "CRM-100124", 10, []string{office, storage, mail}, 9, 1, 1},
	{"Ostrava Print s.r.o.", morava, "CZ", "suspended", "", 6, []string{office}, 6, 2, 0},
}

// showcase writes the customers of stories and two accounts that have a successor.
func (b *builder) showcase() {
	made := map[string]*account{}
	for _, s := range stories {
		seller := b.sellers[s.seller]
		a := b.account(seller, s.name, b.month(-s.age), nil)
		b.settleIn(a, seller.places[slices.IndexFunc(seller.places, func(p place) bool {
			return p.country == s.country
		})])
		a.Status, a.CrmID = s.status, s.crm
		for range s.methods {
			b.method(a, seller.MerchantAccount)
		}
		for n, p := range s.products {
			b.subscribe(a, p, min(s.quantity, seller.offers[p].units), b.month(-s.age).AddDate(0, 0, 4+n))
		}
		b.user(a, "admin", false, a.subs...)
		docs := b.bill(false, a.subs...)
		b.payAll(docs[:len(docs)-s.open])
		made[s.name] = a
	}
	b.overpaid(made["Vela Optics SpA"])
	b.merged(made["Blue Fjord AS"])
	b.transferredOut()
}

// overpaid gives the customer a credit balance.
func (b *builder) overpaid(a *account) {
	b.receive(a, b.anchor.AddDate(0, 0, -3), whole(92), "succeeded")
}

// merged writes an account that went into another one; all its records are there.
func (b *builder) merged(into *account) {
	a := b.account(into.seller, "Blue Fjord Trading AS", b.month(-13), nil)
	a.Status = "merged"
	b.AccountSuccessors = append(b.AccountSuccessors, accountSuccessor{
		a.ID, into.ID, "merged",
		b.month(-2).AddDate(0, 0, 10),
	})
}

// transferredOut writes an account that went to another distributor: its documents
// stayed, its contract goes on under the new account.
func (b *builder) transferredOut() {
	const name, crm, months = "Petit Matin SARL", "CRM-100125", 5
	from, to := b.sellers[aurora], b.sellers[nordlys]
	gone := b.account(from, name, b.month(-9), nil)
	c := b.subscribe(gone, office, 7, gone.CreatedOn)
	c.end(months, "cancelled")
	b.payAll(b.bill(false, c))
	gone.Status = "transferred_out"

	a := b.account(to, name, b.month(months-9), nil)
	a.CrmID = crm
	for _, each := range []*account{gone, a} {
		b.settleIn(each, from.places[2])
	}
	a.Address = gone.Address
	c = b.subscribe(a, office, 7, a.CreatedOn)
	b.user(a, "admin", false, c)
	b.payAll(b.bill(false, c))
	b.AccountSuccessors = append(b.AccountSuccessors, accountSuccessor{gone.ID, a.ID, "transferred_out", a.CreatedOn})
	b.FormerIDs = append(b.FormerIDs, formerID{gone.ID, "crm_id", crm})
}
