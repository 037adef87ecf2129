package engine

import (
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// customersCase makes a finding of a transfer between customers: setup causes it and
// returns what is asked for.
type customersCase struct {
	code  transfer.Code
	name  string
	setup func(d *desk) transfer.Request
	clean bool // comes close, and is none
}

// peer makes a target that no check objects to.
func (d *desk) peer() testdb.Customer {
	d.t.Helper()
	return d.Customer(testdb.Customer{Name: "Fjord Group AS"})
}

// billed gives a subscription an invoice of that day.
func (d *desk) billed(number, day string, subs ...testdb.Subscription) testdb.Invoice {
	d.t.Helper()
	inv := testdb.Invoice{Customer: d.customer.ID, Number: number, IssuedOn: day, Status: "open"}
	for _, s := range subs {
		inv.Lines = append(inv.Lines, testdb.Line{Subscription: s.ID, Amount: "10.00"})
	}
	return d.Invoice(inv)
}

func (d *desk) pays(day string, invoices ...testdb.Invoice) testdb.Payment {
	d.t.Helper()
	p := testdb.Payment{Customer: d.customer.ID, ReceivedOn: day, Amount: "100.00"}
	for _, i := range invoices {
		p.Allocations = append(p.Allocations, testdb.Allocation{Invoice: i.ID, Amount: "1.00"})
	}
	return d.Payment(p)
}

var customersCases = []customersCase{
	{code: "ACCOUNT_NOT_CUSTOMER", name: "the target is a distributor", setup: func(d *desk) transfer.Request {
		return transfer.Request{Kind: record.Merge, SourceCustomer: d.customer.Number, TargetCustomer: d.thames.Number}
	}},
	{code: "ACCOUNT_NOT_ACTIVE", name: "the target is closed", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Status: "closed"}), "")
	}},
	{code: "ACCOUNT_NOT_ACTIVE", name: "a suspended target", clean: true, setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Status: "suspended"}), "")
	}},
	{code: "SAME_ACCOUNT", name: "into itself", setup: func(d *desk) transfer.Request {
		return d.into(d.customer, "")
	}},
	{code: "DISTRIBUTOR_MISMATCH", name: "the target of another distributor", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Distributor: d.nordlys.ID}), "")
	}},
	{code: "BRAND_MISMATCH", name: "another brand", setup: func(d *desk) transfer.Request {
		other := d.Distributor(testdb.Distributor{Brand: d.MakeBrand(testdb.Brand{Name: "Other"}).ID})
		return d.into(d.Customer(testdb.Customer{Distributor: other.ID}), "")
	}},
	{
		code: "BRAND_MISMATCH", name: "another distributor of the same brand", clean: true,
		setup: func(d *desk) transfer.Request {
			return d.into(d.Customer(testdb.Customer{Distributor: d.nordlys.ID}), "")
		},
	},
	{code: "CURRENCY_MISMATCH", name: "another currency", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Currency: "USD"}), "")
	}},
	{code: "RELATED_ACCOUNTS", name: "the target is the parent", setup: func(d *desk) transfer.Request {
		peer := d.peer()
		d.Exec(`update customers set parent_customer_id = $2 where id = $1`, d.customer.ID, peer.ID)
		return d.into(peer, "")
	}},
	{code: "RELATED_ACCOUNTS", name: "the source is the parent", setup: func(d *desk) transfer.Request {
		return d.into(d.Customer(testdb.Customer{Parent: d.customer.ID}), "")
	}},
	{
		code: "RELATED_ACCOUNTS", name: "the target is a great-grandchild, below a closed and a merged account",
		setup: func(d *desk) transfer.Request {
			closed := d.Customer(testdb.Customer{Parent: d.customer.ID, Status: "closed"})
			merged := d.Customer(testdb.Customer{Parent: closed.ID, Successor: d.peer().ID, Status: "merged"})
			return d.into(d.Customer(testdb.Customer{Parent: merged.ID}), "")
		},
	},
	{code: "RELATED_ACCOUNTS", name: "the source is a grandchild", setup: func(d *desk) transfer.Request {
		peer := d.peer()
		d.Exec(`update customers set parent_customer_id = $2 where id = $1`, d.customer.ID,
			d.Customer(testdb.Customer{Parent: peer.ID}).ID)
		return d.into(peer, "")
	}},
	{code: "RELATED_ACCOUNTS", name: "two children of one parent", clean: true, setup: func(d *desk) transfer.Request {
		peer := d.peer()
		d.Exec(`update customers set parent_customer_id = $2 where id = $1`, d.customer.ID, peer.ID)
		return d.into(d.Customer(testdb.Customer{Parent: peer.ID}), "")
	}},
	{code: "TRANSFER_IN_PROGRESS", name: "an order holds the target", setup: func(d *desk) transfer.Request {
		peer := d.peer()
		o := d.TransferOrder(testdb.TransferOrder{Source: peer.ID, Status: "queued"})
		d.Exec(`insert into open_transfers (customer_id, order_id) values ($1, $2)`, peer.ID, o.ID)
		return d.into(peer, "")
	}},
	{code: "EFFECTIVE_DATE_INVALID", name: "tomorrow", setup: func(d *desk) transfer.Request {
		return d.into(d.peer(), "2026-03-11")
	}},
	{code: "EFFECTIVE_DATE_INVALID", name: "today", clean: true, setup: func(d *desk) transfer.Request {
		return d.into(d.peer(), today)
	}},
	{
		code: "PLAN_NOT_TRANSFERABLE", name: "a plan that does not support transfer",
		setup: func(d *desk) transfer.Request {
			return d.give(d.peer(), "",
				d.subscribe(testdb.Subscription{Plan: d.Plan(testdb.Plan{NotTransferable: true}).ID}))
		},
	},
	{
		code: "PLAN_NOT_TRANSFERABLE", name: "of a subscription that has ended", clean: true,
		setup: func(d *desk) transfer.Request {
			return d.give(d.peer(), "",
				d.subscribe(testdb.Subscription{
					Status: "cancelled", End: "2025-12-31",
					Plan: d.Plan(testdb.Plan{NotTransferable: true}).ID,
				}))
		},
	},
	{code: "SUBSCRIPTION_STATE", name: "it is stopping", setup: func(d *desk) transfer.Request {
		return d.give(d.peer(), "", d.subscribe(testdb.Subscription{Status: "stopping"}))
	}},
	{code: "SUBSCRIPTION_STATE", name: "a terminated one was selected", setup: func(d *desk) transfer.Request {
		return d.give(d.peer(), "", d.subscribe(testdb.Subscription{}),
			d.subscribe(testdb.Subscription{Status: "terminated", End: "2025-12-31"}))
	}},
	{
		code: "SUBSCRIPTION_STATE", name: "a terminated one that shares a moving invoice", clean: true,
		setup: func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}),
				d.subscribe(testdb.Subscription{Status: "terminated", End: "2025-12-31"})
			d.billed("INV-1", "2025-12-01", a, b)
			return d.give(d.peer(), "", a, b)
		},
	},
	{code: "SUBSCRIPTION_STATE", name: "a cancelled one", clean: true, setup: func(d *desk) transfer.Request {
		return d.give(d.peer(), "", d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"}))
	}},
	{code: "DRAFT_INVOICE", name: "merge with an effective date", setup: func(d *desk) transfer.Request {
		d.Invoice(testdb.Invoice{Customer: d.customer.ID, Status: "draft", Amount: "1.00"})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "DRAFT_INVOICE", name: "merge of the full history", clean: true, setup: func(d *desk) transfer.Request {
		d.Invoice(testdb.Invoice{Customer: d.customer.ID, Status: "draft", Amount: "1.00"})
		return d.into(d.peer(), "")
	}},
	{code: "UNBILLED_ON_ENDED", name: "ended before E", setup: func(d *desk) transfer.Request {
		d.Charge(testdb.Charge{Subscription: d.subscribe(testdb.Subscription{
			Status: "cancelled",
			End:    "2025-12-31",
		}).ID, Amount: "5.00"})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "UNBILLED_ON_ENDED", name: "a live one is taken along", clean: true, setup: func(d *desk) transfer.Request {
		d.Charge(testdb.Charge{Subscription: d.subscribe(testdb.Subscription{}).ID, Amount: "5.00"})
		return d.into(d.peer(), "2026-01-01")
	}},
	{code: "ORDER_INCOMPLETE", name: "of a moving subscription", setup: func(d *desk) transfer.Request {
		s := d.subscribe(testdb.Subscription{})
		d.Order(testdb.Order{Customer: d.customer.ID, Subscription: s.ID, Status: "pending"})
		return d.give(d.peer(), "", s)
	}},
	{code: "ORDER_INCOMPLETE", name: "of another subscription", clean: true, setup: func(d *desk) transfer.Request {
		d.Order(testdb.Order{Customer: d.customer.ID, Status: "pending"})
		return d.give(d.peer(), "", d.subscribe(testdb.Subscription{}))
	}},
	{code: "PAYMENT_IN_PROGRESS", name: "for a moving invoice", setup: func(d *desk) transfer.Request {
		s := d.subscribe(testdb.Subscription{})
		p := d.pays("2026-02-01", d.billed("INV-1", "2026-01-15", s))
		d.Exec(`update payments set status = 'processing' where id = $1`, p.ID)
		return d.give(d.peer(), "", s)
	}},
	{code: "PAYMENT_IN_PROGRESS", name: "for something else", clean: true, setup: func(d *desk) transfer.Request {
		d.Payment(testdb.Payment{Customer: d.customer.ID, Status: "processing", Amount: "1.00"})
		return d.give(d.peer(), "", d.subscribe(testdb.Subscription{}))
	}},
	{code: "INVALID_RELATIONSHIP", name: "a shared invoice", setup: func(d *desk) transfer.Request {
		a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
		d.billed("INV-1", "2026-01-15", a, b)
		return d.give(d.peer(), "", a)
	}},
	{
		code: "INVALID_RELATIONSHIP", name: "a payment across a moving and a staying invoice",
		setup: func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			d.pays("2026-02-01", d.billed("INV-1", "2026-01-15", a), d.billed("INV-2", "2026-01-15", b))
			return d.give(d.peer(), "", a)
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "a prepayment before E for an invoice after it",
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			d.pays("2025-12-20", d.billed("INV-1", "2026-01-15", a))
			return d.give(d.peer(), "2026-01-01", a)
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "a payment after E for an invoice before it", clean: true,
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			d.pays("2026-02-20", d.billed("INV-1", "2025-12-15", a))
			return d.give(d.peer(), "2026-01-01", a)
		},
	},
	{code: "INVALID_RELATIONSHIP", name: "a merge with E tears a payment", setup: func(d *desk) transfer.Request {
		a := d.subscribe(testdb.Subscription{})
		d.pays("2026-02-20", d.billed("INV-1", "2025-12-15", a), d.billed("INV-2", "2026-01-15", a))
		return d.into(d.peer(), "2026-01-01")
	}},
	{
		code: "INVALID_RELATIONSHIP", name: "a merge of the full history tears nothing", clean: true,
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			third := d.Invoice(testdb.Invoice{Amount: "10.00", Status: "open", Number: "INV-3"})
			d.pays("2026-02-20", d.billed("INV-1", "2025-12-15", a), third)
			return d.into(d.peer(), "")
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "in a merge with E a third account's invoice does not count", clean: true,
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			third := d.Invoice(testdb.Invoice{Amount: "10.00", Status: "open", Number: "INV-3"})
			d.pays("2026-02-20", d.billed("INV-1", "2026-01-15", a), third)
			return d.into(d.peer(), "2026-01-01")
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "a failed payment across a moving and a staying invoice", clean: true,
		setup: func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			p := d.pays("2026-02-01", d.billed("INV-1", "2026-01-15", a), d.billed("INV-2", "2026-01-15", b))
			d.Exec(`update payments set status = 'failed' where id = $1`, p.ID)
			return d.give(d.peer(), "", a)
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "a failed prepayment before E for an invoice after it", clean: true,
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			p := d.pays("2025-12-20", d.billed("INV-1", "2026-01-15", a))
			d.Exec(`update payments set status = 'failed' where id = $1`, p.ID)
			return d.into(d.peer(), "2026-01-01")
		},
	},
	{
		code: "INVALID_RELATIONSHIP", name: "a payment that waits for authentication",
		setup: func(d *desk) transfer.Request {
			a, b := d.subscribe(testdb.Subscription{}), d.subscribe(testdb.Subscription{})
			p := d.pays("2026-02-01", d.billed("INV-1", "2026-01-15", a), d.billed("INV-2", "2026-01-15", b))
			d.Exec(`update payments set status = 'requires_action' where id = $1`, p.ID)
			return d.give(d.peer(), "", a)
		},
	},
	{
		code: "MEMO_BEFORE_EFFECTIVE_DATE", name: "a credit memo for a moving invoice",
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			m := d.CreditMemo(testdb.Memo{
				Customer: d.customer.ID, IssuedOn: "2025-12-15", Amount: "10.00",
				Status: "applied",
			})
			d.AllocateCredit(m.ID, testdb.Allocation{Invoice: d.billed("INV-1", "2026-01-15", a).ID, Amount: "10.00"})
			return d.give(d.peer(), "2026-01-01", a)
		},
	},
	{
		code: "MEMO_BEFORE_EFFECTIVE_DATE", name: "an open debit memo of a subscription in S",
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			d.DebitMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: a.ID, IssuedOn: "2025-12-15",
				Amount: "10.00",
			})
			return d.give(d.peer(), "2026-01-01", a)
		},
	},
	{
		code: "MEMO_BEFORE_EFFECTIVE_DATE", name: "of a subscription that ended before E, or applied", clean: true,
		setup: func(d *desk) transfer.Request {
			a := d.subscribe(testdb.Subscription{})
			ended := d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			d.DebitMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: ended.ID, IssuedOn: "2025-12-15",
				Amount: "10.00",
			})
			d.DebitMemo(testdb.Memo{
				Customer: d.customer.ID, Subscription: a.ID, IssuedOn: "2025-12-15",
				Amount: "10.00",
				Status: "applied",
			})
			return d.give(d.peer(), "2026-01-01", a, ended)
		},
	},
}
