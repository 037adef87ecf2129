package demo

// age is how many months ago the contracts of the cases began: all in open periods.
const age = 6

// caseAccount writes an account at Nordlys Partner without anything that a
// preview would warn of.
func (b *builder) caseAccount(name string) *account { return b.arrears(nordlys, name) }

// arrears writes an account that pays when a period is over: nothing is prepaid.
func (b *builder) arrears(distributor, name string) *account {
	a := b.account(b.sellers[distributor], name, b.month(-age), nil)
	a.arrears = true
	return a
}

// standard gives the account a mail subscription with a service user.
func (b *builder) standard(a *account) *contract {
	c := b.subscribe(a, mail, 10, a.CreatedOn)
	b.user(a, "mail", false, c)
	return c
}

// paidUp writes an account with one subscription, everything billed and paid.
func (b *builder) paidUp(name string) (*account, *contract) {
	a := b.caseAccount(name)
	c := b.standard(a)
	b.payAll(b.bill(false, c))
	return a, c
}

func plain(b *builder, name string) { b.paidUp(name) }

// made is for a customer that another case writes.
func made(*builder, string) {}

// elsewhere writes a clean account at another distributor.
func elsewhere(distributor string) func(b *builder, name string) {
	return func(b *builder, name string) {
		b.payAll(b.bill(false, b.standard(b.arrears(distributor, name))))
	}
}

func suspended(b *builder, name string) {
	a, c := b.paidUp(name)
	a.Status, c.Status = "suspended", "suspended"
}

func closedAccount(b *builder, name string) {
	a := b.caseAccount(name)
	c := b.standard(a)
	c.end(3, "terminated")
	b.payAll(b.bill(false, c))
	a.Status = "closed"
}

func pounds(b *builder, name string) {
	a := b.caseAccount(name)
	a.Currency = "GBP"
	b.payAll(b.bill(false, b.standard(a)))
}

func holding(b *builder, name string) {
	parent := b.caseAccount(name)
	subs := []*contract{b.standard(parent)}
	for _, child := range []string{"Child Accounts North", "Child Accounts South"} {
		subs = append(subs, b.standard(b.account(parent.seller, child, parent.CreatedOn, parent)))
	}
	b.payAll(b.bill(false, subs...))
}

// holdingOnly has a child that belongs to it and pays its own bills.
func holdingOnly(b *builder, name string) {
	parent, _ := b.paidUp(name)
	child, _ := b.paidUp("Child Pays Itself")
	child.ParentCustomerID = parent.ID
}

func grandparent(b *builder, name string) {
	top, _ := b.paidUp(name)
	middle, _ := b.paidUp("Grandparent Branch")
	below, _ := b.paidUp("Grandparent Workshop")
	middle.ParentCustomerID, below.ParentCustomerID = top.ID, middle.ID
}

func billToParent(b *builder, name string) {
	parent, _ := b.paidUp("Bill To Parent Holding")
	b.payAll(b.bill(false, b.standard(b.account(parent.seller, name, parent.CreatedOn, parent))))
}

func taxIDs(b *builder, name string) {
	x, _ := b.paidUp(name)
	y, _ := b.paidUp("Tax Id Differs B")
	x.TaxID, y.TaxID = "NO000000918", "NO000000377"
}

func swedish(b *builder, name string) {
	a, _ := b.paidUp(name)
	b.settleIn(a, place{"SE", []string{"AB"}, []string{"Uppsala"}})
}

func knownThere(b *builder, name string) {
	a, _ := b.paidUp(name)
	elsewhere(vest)(b, "Known There Already, Bergen")
	a.TaxID = "NO 000 000 529"
	b.Customers[len(b.Customers)-1].TaxID = "NO000000529"
}

func sameLogin(b *builder, name string) {
	for _, n := range []string{name, "Same Login B"} {
		a := b.caseAccount(n)
		c := b.standard(a)
		b.user(a, "ada", false, c)
		b.ServiceUsers[len(b.ServiceUsers)-1].Login = "ada@same-login.example"
		b.payAll(b.bill(false, c))
	}
}

// prepaidYear has paid a year in advance, of which most is still to be delivered.
func prepaidYear(b *builder, name string) {
	a := b.account(b.sellers[nordlys], name, b.month(-age), nil)
	c := b.subscribe(a, security, 2, a.CreatedOn)
	b.user(a, "security", false, c)
	b.payAll(b.bill(false, c))
}

func crmIDs(b *builder, name string) {
	x, _ := b.paidUp(name)
	y, _ := b.paidUp("CRM Conflict B")
	x.CrmID, y.CrmID = "CRM-200001", "CRM-200002"
}

func sharedCRM(b *builder, name string) {
	x, _ := b.paidUp(name)
	y, _ := b.paidUp("CRM Shared B")
	x.CrmID, y.CrmID = "CRM-200003", "CRM-200003"
}

// methodsStay has a method that moves to Nordlys Vest and one that does not.
func methodsStay(b *builder, name string) {
	a := b.caseAccount(name)
	b.method(a, a.seller.MerchantAccount)
	b.method(a, b.sellers[aurora].MerchantAccount)
	b.payAll(b.bill(false, b.standard(a)))
}

func annexAccepted(b *builder, name string) {
	a, _ := b.paidUp(name)
	b.accept(a, b.annex, b.month(-age+1))
}
