package testdb

// Customer is a row of customers. Successor makes it transferred out, unless
// Status says merged.
type Customer struct {
	ID                                   int64
	Number                               string
	Distributor, Parent, Successor       int64
	ExternalID, Name, Email, Currency    string
	Country, Address, TaxID, CRMID       string
	Status, CreatedOn, SucceededOn       string
	BillToParent                         bool
	FormerNumber, FormerCRM, FormerExtID string // former_ids to make along
}

// Customer makes a customer in the currency of its distributor.
func (w *World) Customer(c Customer) Customer {
	w.t.Helper()
	either(&c.Distributor, w.Provider.ID)
	w.name(&c.Name, "Customer")
	either(&c.Currency, w.text(`select currency from distributors where id = $1`, c.Distributor))
	either(&c.Country, "NO")
	either(&c.Address, "Storgata 1, 0155 Oslo")
	either(&c.CreatedOn, DefaultStart)
	if c.Successor != 0 {
		either(&c.Status, "transferred_out")
		either(&c.SucceededOn, DefaultIssued)
	}
	either(&c.Status, "active")
	c.ID = w.insert("customers", col{"external_id", null(c.ExternalID)}, col{"distributor_id", c.Distributor},
		col{"name", c.Name}, col{"email", c.Email}, col{"currency", c.Currency}, col{"country", c.Country},
		col{"address", c.Address}, col{"tax_id", c.TaxID}, col{"crm_id", c.CRMID},
		col{"bill_to_parent", c.BillToParent},
		col{"parent_customer_id", null(c.Parent)}, col{"status", c.Status}, col{"created_on", c.CreatedOn},
		col{"successor_id", null(c.Successor)}, col{"succeeded_on", null(c.SucceededOn)})
	c.Number = number("C", c.ID)
	for kind, value := range map[string]string{
		"number": c.FormerNumber, "crm_id": c.FormerCRM,
		"external_id": c.FormerExtID,
	} {
		if value != "" {
			w.insert("former_ids", col{"customer_id", c.ID}, col{"kind", kind}, col{"value", value})
		}
	}
	return c
}

// StrayParent gives a customer a parent that the account hierarchy forbids, as a database
// from before that check may hold one.
func (w *World) StrayParent(customer, parent int64) {
	w.t.Helper()
	w.ExecOwner(`alter table customers disable trigger customers_hierarchy_changed`)
	w.Exec(`update customers set parent_customer_id = $2 where id = $1`, customer, parent)
	w.ExecOwner(`alter table customers enable trigger customers_hierarchy_changed`)
}

// Contact is a row of contacts.
type Contact struct {
	ID, Customer                  int64
	ExternalID, Name, Email, Role string
}

// Contact makes a contact.
func (w *World) Contact(c Contact) Contact {
	w.t.Helper()
	w.customer(&c.Customer)
	w.name(&c.Name, "Contact")
	either(&c.Role, "billing")
	c.ID = w.insert("contacts", col{"external_id", null(c.ExternalID)}, col{"customer_id", c.Customer},
		col{"name", c.Name}, col{"email", c.Email}, col{"role", c.Role})
	return c
}

// PaymentMethod is a row of payment_methods.
type PaymentMethod struct {
	ID, Customer                                     int64
	ExternalID, MerchantAccount, Kind, Label, Status string
}

// PaymentMethod makes a card in the merchant account of the customer's distributor.
func (w *World) PaymentMethod(m PaymentMethod) PaymentMethod {
	w.t.Helper()
	w.customer(&m.Customer)
	either(&m.MerchantAccount, w.text(`select d.merchant_account from customers c
		join distributors d on d.id = c.distributor_id where c.id = $1`, m.Customer))
	either(&m.Kind, "card")
	either(&m.Label, "Visa ending 4242")
	either(&m.Status, "active")
	m.ID = w.insert("payment_methods", col{"external_id", null(m.ExternalID)}, col{"customer_id", m.Customer},
		col{"merchant_account", m.MerchantAccount}, col{"kind", m.Kind}, col{"label", m.Label}, col{"status", m.Status})
	return m
}

// Acceptance is a row of terms_acceptances.
type Acceptance struct {
	ID, Customer, Terms int64
	At, By              string
}

// Acceptance makes a customer accept a terms document.
func (w *World) Acceptance(a Acceptance) Acceptance {
	w.t.Helper()
	w.customer(&a.Customer)
	if a.Terms == 0 {
		a.Terms = w.Terms(Terms{}).ID
	}
	either(&a.At, DefaultTime)
	either(&a.By, "Ada Holm")
	a.ID = w.insert("terms_acceptances", col{"customer_id", a.Customer}, col{"terms_id", a.Terms},
		col{"accepted_at", a.At}, col{"accepted_by", a.By})
	return a
}

// ServiceUser is a row of service_users with the subscriptions it is linked to;
// without a customer it belongs to that of the first.
type ServiceUser struct {
	ID, Customer      int64
	ExternalID, Login string
	AccountWide       bool
	Subscriptions     []int64
}

// ServiceUser makes a service user and its links.
func (w *World) ServiceUser(u ServiceUser) ServiceUser {
	w.t.Helper()
	for _, s := range u.Subscriptions {
		w.owner(&u.Customer, "subscriptions", s)
	}
	w.customer(&u.Customer)
	w.name(&u.Login, "user")
	u.ID = w.insert("service_users", col{"external_id", null(u.ExternalID)}, col{"customer_id", u.Customer},
		col{"login", u.Login}, col{"account_wide", u.AccountWide})
	for _, s := range u.Subscriptions {
		w.insert("service_user_subscriptions", col{"service_user_id", u.ID}, col{"subscription_id", s})
	}
	return u
}

// Subscription is a row of subscriptions. Period and price come from the plan;
// an ended one ends at the end of 2025.
type Subscription struct {
	ID                                    int64
	Number                                string
	Customer, Plan, Parent                int64
	ExternalID, Status, Start, End        string
	BillingPeriod, Quantity, Price, Promo string
	PriceFrozen                           bool
}

// Subscription makes a subscription on a plan of the customer's distributor.
func (w *World) Subscription(s Subscription) Subscription {
	w.t.Helper()
	if s.Parent != 0 {
		w.owner(&s.Customer, "subscriptions", s.Parent)
	}
	w.customer(&s.Customer)
	if s.Plan == 0 {
		var seller int64
		w.get(&seller, `select distributor_id from customers where id = $1`, s.Customer)
		s.Plan = w.Plan(Plan{Distributor: seller, BillingPeriod: s.BillingPeriod, Price: s.Price}).ID
	}
	either(&s.BillingPeriod, w.text(`select billing_period from plans where id = $1`, s.Plan))
	either(&s.Price, w.text(`select price from plans where id = $1`, s.Plan))
	either(&s.Quantity, "1")
	either(&s.Start, DefaultStart)
	either(&s.Status, "active")
	if s.Status == "cancelled" || s.Status == "terminated" {
		either(&s.End, "2025-12-31")
	}
	s.ID = w.insert("subscriptions", col{"external_id", null(s.ExternalID)}, col{"customer_id", s.Customer},
		col{"plan_id", s.Plan}, col{"parent_subscription_id", null(s.Parent)}, col{"status", s.Status},
		col{"start_on", s.Start}, col{"end_on", null(s.End)}, col{"billing_period", s.BillingPeriod},
		col{"quantity", s.Quantity}, col{"price", s.Price}, col{"price_frozen", s.PriceFrozen},
		col{"promotion", s.Promo})
	s.Number = number("S", s.ID)
	return s
}

// Continue links a subscription to the one that goes on from it.
func (w *World) Continue(from, to int64, on string) {
	w.t.Helper()
	w.Exec(`insert into subscription_continuations (subscription_id, continuation_id, on_date) values ($1, $2, $3)`,
		from, to, on)
}

// Order is a row of placed_orders.
type Order struct {
	ID                                        int64
	Customer, Subscription                    int64
	ExternalID, Type, Status, PlacedOn, Total string
}

// Order makes a placed order, completed unless it says otherwise.
func (w *World) Order(o Order) Order {
	w.t.Helper()
	if o.Subscription != 0 {
		w.owner(&o.Customer, "subscriptions", o.Subscription)
	}
	w.customer(&o.Customer)
	either(&o.Type, "sales")
	either(&o.Status, "completed")
	either(&o.PlacedOn, DefaultStart)
	either(&o.Total, "10.00")
	o.ID = w.insert("placed_orders", col{"external_id", null(o.ExternalID)}, col{"customer_id", o.Customer},
		col{"subscription_id", null(o.Subscription)}, col{"type", o.Type}, col{"status", o.Status},
		col{"placed_on", o.PlacedOn}, col{"total", o.Total})
	return o
}

// customer makes a customer where none was named.
func (w *World) customer(id *int64) {
	w.t.Helper()
	if *id == 0 {
		*id = w.Customer(Customer{}).ID
	}
}

// owner takes the customer of a record, where none was named.
func (w *World) owner(customer *int64, table string, id int64) {
	w.t.Helper()
	if *customer == 0 && id != 0 {
		w.get(customer, `select customer_id from `+table+` where id = $1`, id)
	}
}
