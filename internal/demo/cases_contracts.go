package demo

// on writes an account with a subscription for the product.
func on(product string) func(b *builder, name string) {
	return func(b *builder, name string) {
		a := b.caseAccount(name)
		c := b.subscribe(a, product, 1, a.CreatedOn)
		b.user(a, "admin", false, c)
		b.payAll(b.bill(false, c))
	}
}

func orderIncomplete(b *builder, name string) {
	_, c := b.paidUp(name)
	b.order(c, "upgrade", "provisioning", b.anchor)
}

func changingPlan(b *builder, name string) {
	_, c := b.paidUp(name)
	c.Status = "changing_plan"
}

func promotion(b *builder, name string) {
	_, c := b.paidUp(name)
	c.Promotion = "Welcome offer"
}

func frozenPrice(b *builder, name string) {
	a := b.caseAccount(name)
	c := b.standard(a)
	c.discount(80)
	b.payAll(b.bill(false, c))
}

// linked: a subscription with an add-on, and another one; a service user of the
// whole account has all three.
func linked(b *builder, name string) {
	a := b.caseAccount(name)
	c := b.standard(a)
	addon := b.subscribe(a, backup, 5, a.CreatedOn)
	addon.ParentSubscriptionID = c.ID
	b.subscribe(a, office, 5, a.CreatedOn)
	b.user(a, "admin", true, a.subs...)
	b.payAll(b.bill(false, a.subs...))
}

// unbilledUsage: the last invoice is two weeks old, traffic came in since.
func unbilledUsage(b *builder, name string) {
	a := b.caseAccount(name)
	c := b.subscribe(a, server, 2, a.CreatedOn.AddDate(0, 0, 14))
	b.user(a, "server", false, c)
	b.payAll(b.bill(false, c))
}

func accrued(b *builder, name string) {
	_, c := b.paidUp(name)
	from := b.month(-1)
	b.RevenueSchedules = append(b.RevenueSchedules, revenueSchedule{
		b.next("REVENUE"), c.ID, "", from, from.AddDate(0, 1, -1), amount(whole(15), c.Price.Currency), true,
	})
}

func inOneSum(b *builder, name string) {
	a, _ := b.paidUp(name)
	b.inSum[a.ID] = true
}
