package api

import (
	"context"
	"strings"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/money"
	"handover/internal/record"
)

func customerOperations() []operation {
	return []operation{
		does(operation{
			ID: "list-customers", Method: get, Path: "/customers", Tag: "Customers",
			Privilege: identity.Read, Summary: "Customers, the oldest first",
		}, listCustomers),
		does(operation{
			ID: "get-customer", Method: get, Path: "/customers/{number}", Tag: "Customers", Privilege: identity.Read,
			Errors:  notFound,
			Summary: "One customer with its balance and how many records it has of each kind",
		}, getCustomer),
		does(operation{
			ID: "list-records", Method: get, Path: "/customers/{number}/records/{kind}", Tag: "Customers",
			Privilege: identity.Read, Errors: notFound,
			Summary: "The records that a customer owns of one kind",
		}, listRecords),
	}
}

// CustomerItem is a customer in a list.
type CustomerItem struct {
	Number      string  `json:"number"`
	ExternalID  *string `json:"external_id" nullable:"true"`
	Name        string  `json:"name"`
	Status      string  `json:"status" doc:"active, suspended, closed, transferred_out or merged"`
	Email       string  `json:"email"`
	CRMID       *string `json:"crm_id" nullable:"true"`
	Currency    string  `json:"currency"`
	Distributor Ref     `json:"distributor"`
	CreatedOn   string  `json:"created_on"`
	Balance     Money   `json:"balance" doc:"Positive: the customer owes."`
}

// Customer is one customer.
type Customer struct {
	CustomerItem
	Country       string           `json:"country"`
	Address       string           `json:"address"`
	TaxID         *string          `json:"tax_id" nullable:"true"`
	BillToParent  bool             `json:"bill_to_parent"`
	Parent        *string          `json:"parent" nullable:"true" doc:"Number of the parent account, null where there is none in scope."`
	Successor     *string          `json:"successor" nullable:"true" doc:"Number of the account that followed, null where there is none in scope."`
	SucceededOn   *string          `json:"succeeded_on" nullable:"true"`
	Predecessors  []string         `json:"predecessors" doc:"Numbers of the accounts that it followed, as far as they are in scope."`
	OpenInvoices  int              `json:"open_invoices"`
	Recurring     Money            `json:"recurring" doc:"Of subscriptions that have not ended, per month."`
	Counts        map[string]int64 `json:"counts" doc:"Records by kind."`
	FormerNumbers []string         `json:"former_ids" doc:"External ids and CRM ids that it had."`
}

type customersInput struct {
	Paged
	Search      string `query:"search" doc:"Number, name, e-mail, external id, CRM id, or a former one."`
	ExternalID  string `query:"external_id"`
	Status      string `query:"status" doc:"Several with commas between."`
	Distributor string `query:"distributor" doc:"Number of a distributor."`
}

// idOf reads a number of the prefix; one that is none finds nothing.
func idOf(prefix, number string) int64 {
	if number == "" {
		return 0
	}
	if id, ok := accounts.ParseNumber(prefix, number); ok {
		return id
	}
	return -1
}

// several splits a parameter of several values.
func several(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func listCustomers(ctx context.Context, _ *API, c *caller, in *customersInput) (List[CustomerItem], error) {
	f := accounts.CustomerFilter{
		Search: in.Search, ExternalID: in.ExternalID, Statuses: several(in.Status),
		Distributor: idOf(accounts.DistributorPrefix, in.Distributor),
	}
	part, err := accounts.ListCustomers(ctx, c.db(), c.Scope(), f, in.page("number"))
	return listOf(part, customerItem), err
}

func customerItem(r accounts.CustomerRow) CustomerItem {
	return CustomerItem{
		Number: r.Number(), ExternalID: orNull(r.ExternalID), Name: r.Name, Status: r.Status, Email: r.Email,
		CRMID: orNull(r.CRMID), Currency: r.Currency,
		Distributor: ref(accounts.Number(accounts.DistributorPrefix, r.DistributorID), r.DistributorExternalID,
			r.DistributorName),
		CreatedOn: r.CreatedOn, Balance: moneyOf(r.Balance, r.Currency),
	}
}

// NumberInput names one thing.
type NumberInput struct {
	Number string `path:"number" doc:"The number; a customer or subscription is also found by its external id, and a customer by former ids."`
}

func getCustomer(ctx context.Context, _ *API, c *caller, in *NumberInput) (Customer, error) {
	found, err := findCustomer(ctx, c, in.Number)
	if err != nil {
		return Customer{}, err
	}
	return customerOf(ctx, c, found)
}

// customerOf reads the rest of a customer.
func customerOf(ctx context.Context, c *caller, found accounts.Customer) (Customer, error) {
	standing, err := accounts.StandingOf(ctx, c.db(), found.ID)
	if err != nil {
		return Customer{}, err
	}
	counts, err := record.CountRecords(ctx, c.db(), found.ID)
	if err != nil {
		return Customer{}, err
	}
	out := Customer{
		CustomerItem: CustomerItem{
			Number: found.Number(), ExternalID: orNull(found.ExternalID), Name: found.Name, Status: found.Status,
			Email: found.Email, CRMID: orNull(found.CRMID),
			Currency: found.Currency,
			Distributor: ref(accounts.Number(accounts.DistributorPrefix, found.DistributorID),
				found.DistributorExternalID, found.DistributorName),
			CreatedOn: found.CreatedOn.Format("2006-01-02"), Balance: moneyOf(standing.Balance, found.Currency),
		},
		Country: found.Country, Address: found.Address, TaxID: orNull(found.TaxID), BillToParent: found.BillToParent,
		SucceededOn:  day(found.SucceededOn),
		OpenInvoices: standing.OpenInvoices, Recurring: moneyOf(money.Round(standing.MRR, found.Currency),
			found.Currency), Counts: counts, Predecessors: []string{}, FormerNumbers: []string{},
	}
	return out, kin(ctx, c, found, &out)
}

// kin fills in the accounts that the customer belongs with, as far as the caller sees them.
func kin(ctx context.Context, c *caller, found accounts.Customer, out *Customer) error {
	parent, err := accounts.Parent(ctx, c.db(), c.Scope(), found)
	if err != nil {
		return err
	}
	if parent != nil {
		out.Parent = orNull(parent.Number())
	}
	successor, err := accounts.Successor(ctx, c.db(), c.Scope(), found)
	if err != nil {
		return err
	}
	if successor != nil {
		out.Successor = orNull(successor.Number())
	}
	before, err := accounts.Predecessors(ctx, c.db(), c.Scope(), found.ID)
	if err != nil {
		return err
	}
	for _, p := range before {
		out.Predecessors = append(out.Predecessors, p.Number())
	}
	former, err := accounts.FormerIDs(ctx, c.db(), found.ID)
	for _, f := range former {
		out.FormerNumbers = append(out.FormerNumbers, f.Value)
	}
	return err
}

// findCustomer finds a customer by any id that it has or had.
func findCustomer(ctx context.Context, c *caller, number string) (accounts.Customer, error) {
	id, err := accounts.FindCustomer(ctx, c.db(), c.Scope(), number)
	if err != nil {
		return accounts.Customer{}, err
	}
	return accounts.GetCustomer(ctx, c.db(), c.Scope(), id)
}

type recordsInput struct {
	NumberInput
	Paged
	Kind string `path:"kind" doc:"invoice, payment, usage_record, ...: a kind of the impact of a preview."`
}

// RecordItem is a record of any kind.
type RecordItem struct {
	Kind       string  `json:"kind"`
	Number     string  `json:"number"`
	ExternalID *string `json:"external_id" nullable:"true"`
	Status     *string `json:"status,omitempty" nullable:"true"`
	Date       string  `json:"date"`
	Amount     Money   `json:"amount" doc:"A subscription's is per month."`
	Open       *Money  `json:"open,omitempty" doc:"What is still to be paid of an open invoice or debit memo, or not used yet of a succeeded payment or open credit memo."`
}

func listRecords(ctx context.Context, _ *API, c *caller, in *recordsInput) (List[RecordItem], error) {
	kind, ok := record.KindOf(in.Kind)
	if !ok {
		return List[RecordItem]{}, fault.New(fault.NotFound, msgNoRecordKind, in.Kind,
			strings.Join(record.KindNames(), ", "))
	}
	if kind.Shown == record.InJournal {
		if err := c.may(identity.JournalRead); err != nil {
			return List[RecordItem]{}, err
		}
	}
	found, err := findCustomer(ctx, c, in.Number)
	if err != nil {
		return List[RecordItem]{}, err
	}
	part, err := record.ListRecords(ctx, c.db(), kind, found.ID, in.page("number"))
	return listOf(part, func(r record.OwnedRecord) RecordItem {
		item := RecordItem{
			Kind: kind.Name, Number: r.Number, ExternalID: orNull(r.ExternalID), Status: r.Status,
			Date: r.On.Format("2006-01-02"), Amount: moneyOf(r.Amount, r.Currency),
		}
		if r.Open != nil {
			open := moneyOf(*r.Open, r.Currency)
			item.Open = &open
		}
		return item
	}), err
}
