package engine

import (
	"slices"
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// findingCase makes a finding: setup causes it in a world that is clean otherwise.
type findingCase struct {
	code    transfer.Code
	name    string
	setup   func(d *desk)
	ask     func(d *desk) transfer.Request // toNordlys if nil
	records []transfer.Record              // nil: not compared
}

var findingCases = []findingCase{
	{
		code: "ACCOUNT_NOT_CUSTOMER", name: "a distributor's number as the source",
		ask: func(d *desk) transfer.Request {
			r := d.toNordlys()
			r.SourceCustomer = d.thames.Number
			return r
		},
	},
	{
		code: "ACCOUNT_NOT_ACTIVE", name: "the source is closed",
		setup: func(d *desk) { d.Exec(`update customers set status = 'closed' where id = $1`, d.customer.ID) },
	},
	{
		code: "ACCOUNT_NOT_ACTIVE", name: "the distributor is inactive",
		setup: func(d *desk) { d.Exec(`update distributors set status = 'inactive' where id = $1`, d.nordlys.ID) },
	},
	{
		code: "SAME_ACCOUNT", name: "the distributor does not change",
		ask: func(d *desk) transfer.Request {
			r := d.toNordlys()
			r.TargetDistributor = d.Provider.Number
			return r
		},
	},
	{
		code: "TRANSFER_IN_PROGRESS", name: "another order holds the account",
		setup: func(d *desk) {
			o := d.TransferOrder(testdb.TransferOrder{Source: d.customer.ID, Status: "queued"})
			d.Exec(`insert into open_transfers (customer_id, order_id) values ($1, $2)`, d.customer.ID, o.ID)
		},
	},
	{
		code: "CHILD_ACCOUNTS", name: "another account bills to the source",
		setup: func(d *desk) { d.Customer(testdb.Customer{Parent: d.customer.ID, BillToParent: true}) },
	},
	{
		code: "CHILD_ACCOUNTS", name: "a suspended child that pays itself",
		setup: func(d *desk) { d.Customer(testdb.Customer{Parent: d.customer.ID, Status: "suspended"}) },
	},
	{
		code: "PLAN_NOT_DELEGATED", name: "no counterpart",
		setup: func(d *desk) {
			d.subscribe(testdb.Subscription{Plan: d.Plan(testdb.Plan{Name: "Only here"}).ID})
		},
	},
	{
		code: "PLAN_NOT_DELEGATED", name: "two counterparts",
		setup: func(d *desk) {
			d.subscribe(testdb.Subscription{})
			d.Plan(testdb.Plan{DelegatedFrom: d.pro.ID, Distributor: d.nordlys.ID})
		},
	},
	{
		code: "PLAN_NOT_DELEGATED", name: "the chosen plan is billed in another rhythm",
		setup: func(d *desk) {
			d.subscribe(testdb.Subscription{Plan: d.Plan(testdb.Plan{Name: "Only here"}).ID})
			d.Plan(testdb.Plan{Name: "Yearly", Distributor: d.nordlys.ID, BillingPeriod: "yearly"})
		},
		ask: func(d *desk) transfer.Request { return d.choose("Yearly") },
	},
	{
		code: "PLAN_NOT_TRANSFERABLE", name: "the plan does not support transfer",
		setup: func(d *desk) {
			p := d.Plan(testdb.Plan{Name: "Legacy", NotTransferable: true})
			d.Plan(testdb.Plan{DelegatedFrom: p.ID, Distributor: d.nordlys.ID})
			d.subscribe(testdb.Subscription{Plan: p.ID})
		},
	},
	{
		code: "SUBSCRIPTION_STATE", name: "a subscription changes its plan",
		setup: func(d *desk) { d.subscribe(testdb.Subscription{Status: "changing_plan"}) },
	},
	{
		code: "RATE_REQUIRED", name: "currencies differ and there is no rate",
		ask: func(d *desk) transfer.Request {
			r := d.toThames()
			r.ConversionRate = ""
			return r
		},
	},
	{
		code: "RATE_INVALID", name: "the rate is none",
		ask: func(d *desk) transfer.Request {
			r := d.toThames()
			r.ConversionRate = "1e5"
			return r
		},
	},
	{
		code: "RATE_IMPLAUSIBLE", name: "the rate is the inverse of the rate table's",
		setup: func(d *desk) { d.Rate(testdb.Rate{On: "2026-03-09", To: "GBP", Rate: "0.8612"}) },
		ask:   func(d *desk) transfer.Request { return d.toThamesAt("1.1612") },
	},
	{
		code: "RATE_DEVIATES", name: "the rate is 5 % above the rate table's",
		setup: func(d *desk) { d.Rate(testdb.Rate{On: "2026-03-09", To: "GBP", Rate: "0.8612"}) },
		ask:   func(d *desk) transfer.Request { return d.toThamesAt("0.9043") },
	},
	{
		code: "RATE_STALE", name: "the newest rate is 8 days old",
		setup: func(d *desk) { d.Rate(testdb.Rate{On: "2026-03-02", To: "GBP", Rate: "0.8612"}) },
		ask:   (*desk).toThames,
	},
	{
		code: "RATE_UNVERIFIED", name: "the rate table has no rate for the pair",
		setup: func(d *desk) { d.Rate(testdb.Rate{On: "2026-03-09", To: "USD", Rate: "1.0842"}) },
		ask:   (*desk).toThames,
	},
	{
		code: "BALANCE_VANISHES", name: "the balance becomes zero",
		setup: func(d *desk) { d.open("INV-1", "0.40", "2026-02-01") },
		ask:   func(d *desk) transfer.Request { return d.toThamesAt("0.0001") },
	},
	{
		code: "DRAFT_INVOICE", name: "a draft invoice",
		setup: func(d *desk) {
			d.Invoice(testdb.Invoice{Customer: d.customer.ID, Number: "INV-D", Amount: "5.00", Status: "draft"})
		},
		records: []transfer.Record{{Kind: "invoice", Number: "INV-D"}},
	},
	{
		code: "UNBILLED_ON_ENDED", name: "an ended subscription has an unbilled charge",
		setup: func(d *desk) {
			s := d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			d.Charge(testdb.Charge{Subscription: s.ID, Amount: "5.00"})
		},
	},
	{
		code: "UNBILLED_ON_ENDED", name: "a charge of an ended subscription is on a void invoice only",
		setup: func(d *desk) {
			s := d.subscribe(testdb.Subscription{Status: "cancelled", End: "2025-12-31"})
			c := d.Charge(testdb.Charge{Subscription: s.ID, Amount: "5.00"})
			d.Invoice(testdb.Invoice{
				Customer: d.customer.ID, Status: "void",
				Lines: []testdb.Line{{Subscription: s.ID, Charge: c.ID, Amount: "5.00"}},
			})
		},
	},
	{
		code: "ORDER_INCOMPLETE", name: "a placed order is under way",
		setup: func(d *desk) { d.Order(testdb.Order{Customer: d.customer.ID, Status: "provisioning"}) },
	},
	{
		code: "PAYMENT_IN_PROGRESS", name: "a payment is being processed",
		setup: func(d *desk) {
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00", Status: "processing"})
		},
	},
	{
		code: "PERIOD_CLOSED", name: "today is closed where the settling memo is posted",
		setup: func(d *desk) {
			d.open("INV-1", "5.00", "2026-02-01")
			d.Period(testdb.Period{
				Distributor: d.Provider.ID, Start: "2026-03-01", End: "2026-03-31",
				Status: "closed",
			})
		},
	},
	{
		code: "PERIOD_CLOSED", name: "today is closed where the opening memo is posted",
		setup: func(d *desk) {
			d.open("INV-1", "5.00", "2026-02-01")
			d.Period(testdb.Period{Distributor: d.nordlys.ID, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
		},
	},
	{
		code: "PERIOD_CLOSED", name: "a recognised revenue line without an invoice line lies in a closed period",
		setup: func(d *desk) {
			s := d.subscribe(testdb.Subscription{})
			d.RevenueSchedule(testdb.RevenueSchedule{Subscription: s.ID, Start: "2026-01-05", Recognized: true})
			d.Period(testdb.Period{
				Distributor: d.Provider.ID, Start: "2026-01-01", End: "2026-01-31",
				Status: "closed",
			})
		},
	},
	{
		code: "BILL_TO_PARENT", name: "the source bills to its parent",
		setup: func(d *desk) {
			parent := d.Customer(testdb.Customer{})
			d.Exec(`update customers set bill_to_parent = true, parent_customer_id = $2 where id = $1`,
				d.customer.ID, parent.ID)
		},
	},
	{
		code: "CRM_CONFLICT", name: "another live account carries the CRM id",
		setup: func(d *desk) {
			d.Exec(`update customers set crm_id = 'CRM-1' where id = $1`, d.customer.ID)
			d.Customer(testdb.Customer{CRMID: "CRM-1"})
		},
	},
	{
		code: "SCA_AUTHENTICATION_REQUIRED", name: "a payment waits for authentication",
		setup: func(d *desk) {
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00", Status: "requires_action"})
		},
	},
	{
		code: "PAYMENT_METHODS_NOT_MOVED", name: "another merchant account",
		setup: func(d *desk) {
			d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: "merchant-other"})
		},
	},
	{
		code: "PAYMENT_METHODS_NOT_MOVED", name: "the mode without payment methods",
		setup: func(d *desk) {
			d.PaymentMethod(testdb.PaymentMethod{Customer: d.customer.ID, MerchantAccount: d.Provider.MerchantAccount})
		},
		ask: func(d *desk) transfer.Request {
			r := d.toNordlys()
			r.Mode = transfer.ModeSubscriptions
			return r
		},
	},
	{
		code: "LEGAL_ENTITY_DIFFERS", name: "the mode with payment methods to another legal entity",
		ask: func(d *desk) transfer.Request {
			r := d.toThames()
			r.Mode = transfer.ModeEverything
			return r
		},
	},
	{
		code: "LEGAL_ENTITY_DIFFERS", name: "distributors that name no legal entity",
		setup: func(d *desk) { d.Exec(`update distributors set legal_entity = ''`) },
	},
	{
		code: "DUPLICATE_AT_TARGET", name: "the same tax id, written otherwise",
		setup: func(d *desk) {
			d.Exec(`update customers set tax_id = 'NO 80.123' where id = $1`, d.customer.ID)
			d.Customer(testdb.Customer{Distributor: d.nordlys.ID, TaxID: "no80123", Name: "Another Person"})
		},
	},
	{
		code: "DUPLICATE_AT_TARGET", name: "the same email and name, on a suspended account",
		setup: func(d *desk) {
			d.Exec(`update customers set email = 'ap@fjord.example' where id = $1`, d.customer.ID)
			d.Customer(testdb.Customer{
				Distributor: d.nordlys.ID, Email: "AP@fjord.example", Name: "BLUE FJORD AS",
				Status: "suspended",
			})
		},
	},
	{
		code: "TERMS_NOT_MAPPED", name: "an accepted document has no counterpart",
		setup: func(d *desk) {
			d.Acceptance(testdb.Acceptance{
				Customer: d.customer.ID,
				Terms:    d.Terms(testdb.Terms{Title: "Pro terms"}).ID,
			})
		},
	},
	{
		code: "PROMOTION_DROPPED", name: "a promotion",
		setup: func(d *desk) { d.subscribe(testdb.Subscription{Promo: "Spring"}) },
	},
	{
		code: "PRICE_CHANGES", name: "another currency", ask: (*desk).toThames,
		setup: func(d *desk) { d.subscribe(testdb.Subscription{}) },
	},
	{
		code: "PRICE_CHANGES", name: "a chosen plan at another price",
		setup: func(d *desk) {
			d.subscribe(testdb.Subscription{Plan: d.Plan(testdb.Plan{Name: "Only here"}).ID})
			d.Plan(testdb.Plan{Name: "Other", Distributor: d.nordlys.ID, Price: "44.00"})
		},
		ask: func(d *desk) transfer.Request { return d.choose("Other") },
	},
	{
		code: "UNBILLED_USAGE", name: "usage not billed yet",
		setup: func(d *desk) { d.Usage(testdb.Usage{Subscription: d.subscribe(testdb.Subscription{}).ID}) },
	},
}

// choose asks to move the customer's only subscription to the plan of that name.
func (d *desk) choose(plan string) transfer.Request {
	d.t.Helper()
	r := d.toNordlys()
	r.Plans = map[string]string{
		d.Text(`select number_of('S', id) from subscriptions where customer_id = $1`, d.customer.ID): d.Text(`select
			number_of('P', id) from plans where name = $1`, plan),
	}
	return r
}

func TestFindings(t *testing.T) {
	t.Parallel()
	for _, c := range allFindingCases {
		t.Run(string(c.code)+" "+c.name, func(t *testing.T) {
			d := newDesk(t)
			if c.setup != nil {
				c.setup(d)
			}
			ask := d.toNordlys()
			if c.ask != nil {
				ask = c.ask(d)
			}
			p := d.preview(ask)
			f, ok := p.Finding(c.code)
			if !ok {
				t.Fatalf("not found; findings: %+v", p.Findings)
			}
			if f.Message == "" || f.Remedy == "" || len(f.Records) > f.Count {
				t.Errorf("incomplete: %+v", f)
			}
			if (f.Severity == transfer.Warning) != (f.Acknowledgement != nil && *f.Acknowledgement != "") {
				t.Errorf("a warning has an acknowledgement, and nothing else has: %+v", f)
			}
			if f.Severity == transfer.Blocking && p.Executable {
				t.Error("executable in spite of a blocking finding")
			}
			if c.records != nil && !slices.Equal(f.Records, c.records) {
				t.Errorf("records %+v, want %+v", f.Records, c.records)
			}
		})
	}
}
