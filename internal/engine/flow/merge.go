package flow

import (
	"context"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
)

// copyPeople copies contacts, one per email address (an empty one never matches),
// and terms acceptances, of which the older wins.
func copyPeople(ctx context.Context, q db.Querier, x *Execution) error {
	contacts, err := x.Create(ctx, q, "contact", `
		insert into contacts (id, customer_id, name, email, role)
		select next_id('contacts', 'CT'), @target, c.name, c.email, c.role from contacts c
		where c.customer_id = @source and (c.email = '' or not exists (
		    select 1 from contacts o where lower(o.email) = lower(c.email)
		      and (o.customer_id = @target or o.customer_id = @source and o.id < c.id)))
		order by c.id`, nil)
	if err != nil {
		return err
	}
	err = x.Change(ctx, q, ledger.Change{
		Kind: "terms_acceptance", Column: "accepted_by", Type: "text",
		Value: `(select a.accepted_by from terms_acceptances a
			where a.customer_id = @source and a.terms_id = t.terms_id)`, Where: olderAcceptance,
	}, nil)
	if err != nil {
		return err
	}
	err = x.Change(ctx, q, ledger.Change{
		Kind: "terms_acceptance", Column: "accepted_at", Type: "timestamptz",
		Value: `(select a.accepted_at from terms_acceptances a
			where a.customer_id = @source and a.terms_id = t.terms_id)`, Where: olderAcceptance,
	}, nil)
	if err != nil {
		return err
	}
	acceptances, err := x.Create(ctx, q, "terms_acceptance", `
		insert into terms_acceptances (customer_id, terms_id, accepted_at, accepted_by)
		select @target, a.terms_id, a.accepted_at, a.accepted_by from terms_acceptances a
		where a.customer_id = @source and not exists (
		    select 1 from terms_acceptances o where o.customer_id = @target and o.terms_id = a.terms_id)`, nil)
	x.PassOn("contacts", len(contacts), whyOneCustomer)
	x.PassOn(dataAcceptances, len(acceptances), whyOneCustomer)
	x.withholdMethods()
	return err
}

// olderAcceptance: an acceptance of the target that the source gave earlier.
const olderAcceptance = `t.customer_id = @target and exists (
    select 1 from terms_acceptances a
    where a.customer_id = @source and a.terms_id = t.terms_id and a.accepted_at < t.accepted_at)`

// withholdMethods states that payment methods never move between customers.
func (x *Execution) withholdMethods() {
	x.withhold(dataPaymentMethods, len(x.Methods), whyNeverBetweenCustomers)
}

// moveAllUsers moves the source's service users; links to subscriptions that were cut
// go on with the continuation.
func moveAllUsers(ctx context.Context, q db.Querier, x *Execution) error {
	for _, c := range []ledger.Change{
		{
			Kind: "service_user", Column: "customer_id", Type: "bigint", Value: `@target::bigint`,
			Where: `t.customer_id = @source`,
		},
		{
			Kind: "service_user_subscription", Column: "subscription_id", Type: "bigint", Value: continued,
			Where: `t.subscription_id = any(@split::bigint[])`,
		},
	} {
		if err := x.Change(ctx, q, c, nil); err != nil {
			return err
		}
	}
	return nil
}

// settleFields writes the values that win onto the target. A CRM id that moves stays
// a former id of the source; the one that loses becomes a former id of the target.
func settleFields(ctx context.Context, q db.Querier, x *Execution) error {
	var list []ledger.Assignment
	for _, f := range x.Fields {
		if f.FromSource {
			list = append(list, ledger.Assignment{Column: f.Name, Type: "text", Value: f.Source})
		}
		if f.Name == "crm_id" && f.Source != "" && f.Source != f.Target {
			former := map[int64]string{x.TargetID: f.Source}
			if f.FromSource {
				former = map[int64]string{x.Source.ID: f.Source, x.TargetID: f.Target}
			}
			if err := x.addFormer(ctx, q, former); err != nil {
				return err
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return x.Writer.Assign(ctx, q, "customer", x.TargetID, list)
}

// addFormer notes CRM ids that accounts gave up, or are found by from now on.
func (x *Execution) addFormer(ctx context.Context, q db.Querier, former map[int64]string) error {
	for id, value := range former {
		if value == "" {
			continue
		}
		_, err := x.Create(ctx, q, "former_id", `
			insert into former_ids (customer_id, kind, value)
			select c.id, 'crm_id', @value from customers c where c.id = @owner and not exists (
			    select 1 from former_ids f where f.customer_id = c.id and f.kind = 'crm_id' and f.value = @value)`,
			record.Args{"owner": id, "value": value})
		if err != nil {
			return err
		}
	}
	return nil
}

// adoptChildren gives the live children of the source the target as their parent, billed
// to it or not (docs/domain.md, "Merge Customers").
func adoptChildren(ctx context.Context, q db.Querier, x *Execution) error {
	return x.Change(ctx, q, ledger.Change{
		Kind: "customer", Column: "parent_customer_id", Type: "bigint", Value: `@target::bigint`,
		Where: `t.parent_customer_id = @source and t.status in ('active', 'suspended') and t.id <> @target`,
	}, nil)
}

// mergeAway makes the source read-only and links it to the target.
func mergeAway(ctx context.Context, q db.Querier, x *Execution) error {
	list := []ledger.Assignment{
		{Column: "status", Type: "text", Value: "merged"},
		{Column: "successor_id", Type: "bigint", Value: x.TargetID},
		{Column: "succeeded_on", Type: "date", Value: record.SQLValue(x.From.Today)},
	}
	for _, f := range x.Fields {
		if f.Name == "crm_id" && f.FromSource {
			list = append(list, ledger.Assignment{Column: "crm_id", Type: "text", Value: ""})
		}
	}
	return x.Writer.Assign(ctx, q, "customer", x.Source.ID, list)
}
