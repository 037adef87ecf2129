package engine

import (
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// recordCases go on where customersCases end: records that are restricted, dated in closed periods
// or linked.
var recordCases = []customersCase{
	{code: "RESTRICTED_RECORD", name: "a restricted invoice", setup: func(d *desk) transfer.Request {
		d.Invoice(testdb.Invoice{Customer: d.customer.ID, Amount: "1.00", Restricted: "legal hold"})
		return d.into(d.peer(), "")
	}},
	{code: "RESTRICTED_RECORD", name: "one that stays", clean: true, setup: func(d *desk) transfer.Request {
		d.Invoice(testdb.Invoice{
			Customer: d.customer.ID, Amount: "1.00", IssuedOn: "2025-12-15",
			Restricted: "legal hold",
		})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "PERIOD_CLOSED", name: "a moving invoice", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.billed("INV-1", "2025-12-15", a)
		d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2025-12-01", End: "2025-12-31", Status: "closed"})
		return d.give(d.peer(), "", a)
	}},
	{code: "PERIOD_CLOSED", name: "the memo pair of a merge with E", setup: func(d *desk) transfer.Request {
		d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
		d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "PERIOD_CLOSED", name: "history that stays", clean: true, setup: func(d *desk) transfer.Request {
		d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
		d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2025-12-01", End: "2025-12-31", Status: "closed"})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "LINKED_SUBSCRIPTIONS", name: "an add-on", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.subscribe(testdb.Subscription{Parent: a.ID})
		return d.give(d.peer(), "", a)
	}},
	{code: "LINKED_SUBSCRIPTIONS", name: "an account-wide service user", setup: func(d *desk) transfer.Request {
		a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
		d.ServiceUser(testdb.ServiceUser{
			Customer: d.customer.ID, AccountWide: true,
			Subscriptions: []int64{a.ID, b.ID},
		})
		return d.give(d.peer(), "", a)
	}},
	{
		code: "LINKED_SUBSCRIPTIONS", name: "a service user that is not account-wide", clean: true,
		setup: func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Subscriptions: []int64{a.ID, b.ID}})
			return d.give(d.peer(), "", a)
		},
	},
	{code: "PARTIAL_TRANSFER", name: "an older invoice stays", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.billed("INV-1", "2025-12-15", a)
		return d.give(d.peer(), "2026-01-01", a)
	}},
	{
		code: "PARTIAL_TRANSFER", name: "another subscription's older invoice", clean: true,
		setup: func(d *desk) transfer.Request {
			d.billed("INV-1", "2025-12-15", d.subscribe(testdb.Subscription{}))
			return d.give(d.peer(), "2026-01-01", d.subscribe(testdb.Subscription{Start: "2026-01-01"}))
		},
	},
	{code: "PARTIAL_TRANSFER", name: "a subscription that is cut", setup: func(d *desk) transfer.Request {
		return d.give(d.peer(), "2026-01-01", d.subscribe(testdb.Subscription{Start: "2025-12-31"}))
	}},
	{code: "BILL_TO_PARENT", name: "the target bills to its parent", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Parent: d.Customer(testdb.Customer{}).ID, BillToParent: true}), "")
	}},
	{code: "TAX_ID_DIFFERS", name: "both carry one", setup: func(d *desk) transfer.Request {
		d.Exec(`update customers set tax_id = 'NO 1' where id = $1`, d.customer.ID)
		return d.into(d.Customer(testdb.Customer{TaxID: "NO 2"}), "")
	}},
	{code: "TAX_ID_DIFFERS", name: "only one carries one", clean: true, setup: func(d *desk) transfer.Request {
		d.Exec(`update customers set tax_id = '' where id = $1`, d.customer.ID)
		return d.into(d.Customer(testdb.Customer{TaxID: "NO 2"}), "")
	}},
	{code: "COUNTRY_DIFFERS", name: "merge across a border", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Country: "SE"}), "")
	}},
	{code: "COUNTRY_DIFFERS", name: "subscriptions across a border", setup: func(d *desk) transfer.Request {
		return d.give(d.Customer(testdb.Customer{Country: "SE"}), "", d.subscribe(testdb.Subscription{}))
	}},
	{
		code: "COUNTRY_DIFFERS", name: "one country written in two ways", clean: true,
		setup: func(d *desk) transfer.Request {
			return d.into(d.Customer(testdb.Customer{Country: "no "}), "")
		},
	},
	{code: "COUNTRY_DIFFERS", name: "one names no country", clean: true, setup: func(d *desk) transfer.Request {
		d.Exec(`update customers set country = '' where id = $1`, d.customer.ID)
		return d.into(d.peer(), "")
	}},
	{code: "SAME_LOGIN", name: "one on each account, upper and lower case", setup: func(d *desk) transfer.Request {
		peer := d.peer()
		d.ServiceUser(testdb.ServiceUser{Customer: peer.ID, Login: "ADA@x.example"})
		d.ServiceUser(testdb.ServiceUser{Customer: d.customer.ID, Login: "ada@x.example"})
		return d.into(peer, "")
	}},
	{code: "SAME_LOGIN", name: "two of the source that move", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		for range 2 {
			d.ServiceUser(testdb.ServiceUser{Login: "ada@x.example", Subscriptions: []int64{a.ID}})
		}
		return d.give(d.peer(), "", a)
	}},
	{
		code: "SAME_LOGIN", name: "one that is copied because it serves a subscription that stays",
		setup: func(d *desk) transfer.Request {
			peer := d.peer()
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			d.ServiceUser(testdb.ServiceUser{Customer: peer.ID, Login: "ada@x.example"})
			d.ServiceUser(testdb.ServiceUser{Login: "ada@x.example", Subscriptions: []int64{a.ID, b.ID}})
			return d.give(peer, "", a)
		},
	},
	{
		code: "SAME_LOGIN", name: "the user of a subscription that stays, one of the same login that was there before",
		clean: true, setup: func(d *desk) transfer.Request {
			peer := d.peer()
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			for range 2 {
				d.ServiceUser(testdb.ServiceUser{Customer: peer.ID, Login: "bo@x.example"})
			}
			d.ServiceUser(testdb.ServiceUser{Customer: peer.ID, Login: "ada@x.example"})
			d.ServiceUser(testdb.ServiceUser{Login: "ada@x.example", Subscriptions: []int64{b.ID}})
			d.ServiceUser(testdb.ServiceUser{Login: "eve@x.example", Subscriptions: []int64{a.ID}})
			return d.give(peer, "", a)
		},
	},
	{
		code: "SAME_LOGIN", name: "the user of a subscription that ended before E", clean: true,
		setup: func(d *desk) transfer.Request {
			peer := d.peer()
			ended := d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			d.ServiceUser(testdb.ServiceUser{Customer: peer.ID, Login: "ada@x.example"})
			d.ServiceUser(testdb.ServiceUser{Login: "ada@x.example", Subscriptions: []int64{ended.ID}})
			return d.give(peer, "2026-01-01", d.subscribe(testdb.Subscription{}), ended)
		},
	},
	{code: "CRM_CONFLICT", name: "both carry one", setup: func(d *desk) transfer.Request {
		d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
		return d.into(d.Customer(testdb.Customer{CRMID: "CRM-2"}), "")
	}},
	{
		code: "CRM_CONFLICT", name: "both customers of a subscription transfer carry the same",
		setup: func(d *desk) transfer.Request {
			d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
			return d.give(d.Customer(testdb.Customer{CRMID: "CRM-1"}), "", d.subscribe(testdb.Subscription{}))
		},
	},
	{
		code: "CRM_CONFLICT", name: "a merge of two that carry the same", clean: true,
		setup: func(d *desk) transfer.Request {
			d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
			return d.into(d.Customer(testdb.Customer{CRMID: "CRM-1"}), "")
		},
	},
	{code: "SCA_AUTHENTICATION_REQUIRED", name: "a payment waits", setup: func(d *desk) transfer.Request {
		d.Payment(testdb.Payment{Customer: d.customer.ID, Status: "requires_action", Amount: "1.00"})
		return d.into(d.peer(), "")
	}},
	{code: "PAYMENT_METHODS_NOT_MOVED", name: "a payment method", setup: func(d *desk) transfer.Request {
		d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID})
		return d.into(d.peer(), "")
	}},
	{code: "UNBILLED_USAGE", name: "usage from E on", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.Usage(testdb.Usage{Subscription: a.ID, UsedOn: "2026-01-05"})
		return d.give(d.peer(), "2026-01-01", a)
	}},
	{code: "UNBILLED_USAGE", name: "usage before E", clean: true, setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.Usage(testdb.Usage{Subscription: a.ID, UsedOn: "2025-12-05"})
		return d.give(d.peer(), "2026-01-01", a)
	}},
	{code: "PAY_LINK_NAME", name: "an open invoice moves", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.billed("INV-1", "2026-01-15", a)
		return d.give(d.peer(), "", a)
	}},
}
