package api

import (
	"context"

	"handover/internal/accounts"
	"handover/internal/catalog"
	"handover/internal/identity"
)

func contractOperations() []operation {
	return []operation{
		does(operation{
			ID: "list-subscriptions", Method: get, Path: "/subscriptions", Tag: "Subscriptions",
			Privilege: identity.Read, Summary: "Subscriptions, the oldest first",
		}, listSubscriptions),
		does(operation{
			ID: "get-subscription", Method: get, Path: "/subscriptions/{number}", Tag: "Subscriptions",
			Privilege: identity.Read, Errors: notFound, Summary: "One subscription",
		}, getSubscription),
		does(operation{
			ID: "list-distributors", Method: get, Path: "/distributors", Tag: "Distributors",
			Privilege: identity.Read, Summary: "Distributors as a tree, read from top to bottom",
		}, listDistributors),
		does(operation{
			ID: "list-plans", Method: get, Path: "/plans", Tag: "Plans", Privilege: identity.Read,
			Summary: "Service plans, the oldest first",
		}, listPlans),
	}
}

// SubscriptionItem is a subscription in a list.
type SubscriptionItem struct {
	Number        string  `json:"number"`
	ExternalID    *string `json:"external_id" nullable:"true"`
	Name          string  `json:"name" doc:"Its plan's."`
	Status        string  `json:"status"`
	Customer      string  `json:"customer" doc:"Number."`
	Plan          string  `json:"plan" doc:"Number."`
	Parent        *string `json:"parent" nullable:"true" doc:"Number of the subscription that it adds to."`
	StartOn       string  `json:"start_on"`
	EndOn         *string `json:"end_on" nullable:"true"`
	BillingPeriod string  `json:"billing_period" doc:"monthly, quarterly or yearly"`
	Quantity      string  `json:"quantity"`
	Price         Money   `json:"price" doc:"Per unit and billing period."`
}

// Subscription is one subscription.
type Subscription struct {
	SubscriptionItem
	PriceFrozen  bool    `json:"price_frozen"`
	Promotion    *string `json:"promotion" nullable:"true"`
	Continues    *string `json:"continues" nullable:"true" doc:"Number of the subscription that it continues."`
	Continuation *string `json:"continuation" nullable:"true" doc:"Number of the subscription that continues it."`
}

type subscriptionsInput struct {
	Paged
	Customer   string `query:"customer" doc:"Number of its customer."`
	ExternalID string `query:"external_id"`
	Status     string `query:"status" doc:"Several with commas between."`
}

func listSubscriptions(ctx context.Context, _ *API, c *caller, in *subscriptionsInput) (List[SubscriptionItem], error) {
	f := accounts.SubscriptionFilter{
		Customer: idOf(accounts.CustomerPrefix, in.Customer), ExternalID: in.ExternalID,
		Statuses: several(in.Status),
	}
	part, err := accounts.ListSubscriptions(ctx, c.db(), c.Scope(), f, in.page("number"))
	return listOf(part, subscriptionItem), err
}

func subscriptionItem(s accounts.SubscriptionRow) SubscriptionItem {
	return SubscriptionItem{
		Number: s.Number(), ExternalID: orNull(s.ExternalID), Name: s.PlanName, Status: s.Status,
		Customer: s.Customer(), Plan: accounts.Number("P", s.PlanID),
		Parent: numberOf(accounts.SubscriptionPrefix, s.ParentID), StartOn: s.StartOn.Format("2006-01-02"),
		EndOn: day(s.EndOn), BillingPeriod: s.BillingPeriod,
		Quantity: s.Quantity.String(), Price: moneyOf(s.Price, s.Currency),
	}
}

// numberOf is the number of an id, null where there is none.
func numberOf(prefix string, id *int64) *string {
	if id == nil {
		return nil
	}
	return orNull(accounts.Number(prefix, *id))
}

func getSubscription(ctx context.Context, _ *API, c *caller, in *NumberInput) (Subscription, error) {
	s, err := accounts.FindSubscription(ctx, c.db(), c.Scope(), in.Number)
	if err != nil {
		return Subscription{}, err
	}
	return subscriptionOf(s), nil
}

func subscriptionOf(s accounts.Subscription) Subscription {
	return Subscription{
		SubscriptionItem: subscriptionItem(s.SubscriptionRow), PriceFrozen: s.PriceFrozen,
		Promotion:    orNull(s.Promotion),
		Continues:    numberOf(accounts.SubscriptionPrefix, s.ContinuesID),
		Continuation: numberOf(accounts.SubscriptionPrefix, s.ContinuationID),
	}
}

// DistributorItem is a distributor.
type DistributorItem struct {
	Number      string  `json:"number"`
	ExternalID  *string `json:"external_id" nullable:"true"`
	Name        string  `json:"name"`
	Status      string  `json:"status"`
	Parent      *string `json:"parent" nullable:"true" doc:"Number, null for the caller's own distributor."`
	Currency    string  `json:"currency"`
	Country     string  `json:"country"`
	LegalEntity string  `json:"legal_entity"`
	TimeZone    string  `json:"time_zone"`
	Approval    bool    `json:"require_approval"`
	Consent     bool    `json:"require_consent"`
}

// All is the body of a list that comes whole.
type All[T any] struct {
	Items []T     `json:"items"`
	Next  *string `json:"next" nullable:"true" doc:"Always null: the list is whole."`
}

func listDistributors(ctx context.Context, _ *API, c *caller, _ *struct{}) (All[DistributorItem], error) {
	found, err := accounts.Distributors(ctx, c.db(), c.Scope())
	out := All[DistributorItem]{Items: make([]DistributorItem, 0, len(found))}
	for _, d := range found {
		item := DistributorItem{
			Number: d.Number(), ExternalID: orNull(d.ExternalID), Name: d.Name, Status: d.Status, Currency: d.Currency,
			Country:     d.Country,
			LegalEntity: d.LegalEntity, TimeZone: d.TimeZone, Approval: d.RequireApproval, Consent: d.RequireConsent,
		}
		if d.ID != c.DistributorID { // who is above the caller is not theirs to know
			item.Parent = numberOf(accounts.DistributorPrefix, d.ParentID)
		}
		out.Items = append(out.Items, item)
	}
	return out, err
}

// PlanItem is a service plan.
type PlanItem struct {
	Number        string  `json:"number"`
	ExternalID    *string `json:"external_id" nullable:"true"`
	Name          string  `json:"name"`
	Distributor   string  `json:"distributor" doc:"Number."`
	DelegatedFrom *string `json:"delegated_from" nullable:"true" doc:"Number of the plan, null where there is none in scope."`
	BillingPeriod string  `json:"billing_period"`
	Price         Money   `json:"price"`
	Transferable  bool    `json:"transferable"`
}

type plansInput struct {
	Paged
	Distributor string `query:"distributor" doc:"Number of a distributor."`
}

func listPlans(ctx context.Context, _ *API, c *caller, in *plansInput) (List[PlanItem], error) {
	f := catalog.PlanFilter{DistributorID: idOf(accounts.DistributorPrefix, in.Distributor)}
	part, err := catalog.Plans(ctx, c.db(), c.Scope(), f, in.page("number"))
	return listOf(part, func(r catalog.PlanRow) PlanItem {
		item := PlanItem{
			Number: accounts.Number("P", r.Plan.ID), ExternalID: orNull(r.ExternalID), Name: r.Name,
			Distributor:   accounts.Number(accounts.DistributorPrefix, r.DistributorID),
			BillingPeriod: r.BillingPeriod, Price: moneyOf(r.Price, r.Currency), Transferable: r.Transferable,
		}
		if r.Above != 0 {
			item.DelegatedFrom = orNull(accounts.Number("P", r.Above))
		}
		return item
	}), err
}
