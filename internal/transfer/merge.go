package transfer

import (
	"context"

	"handover/internal/db"
)

// copyPeople copies contacts, one per email address (an empty one never matches),
// and terms acceptances, of which the older wins.
func copyPeople(ctx context.Context, q db.Querier, x *execution) error {
	contacts, err := x.create(ctx, q, "contact", `
		insert into contacts (id, customer_id, name, email, role)
		select next_id('contacts', 'CT'), @target, c.name, c.email, c.role from contacts c
		where c.customer_id = @source and (c.email = '' or not exists (
		    select 1 from contacts o where lower(o.email) = lower(c.email) and (o.customer_id = @target or o.customer_id = @source and o.id < c.id)))
		order by c.id`, nil)
	if err != nil {
		return err
	}
	err = x.change(ctx, q, change{
		"terms_acceptance", "accepted_by", "text",
		`(select a.accepted_by from terms_acceptances a where a.customer_id = @source and a.terms_id = t.terms_id)`, olderAcceptance,
	}, nil)
	if err != nil {
		return err
	}
	err = x.change(ctx, q, change{
		"terms_acceptance", "accepted_at", "timestamptz",
		`(select a.accepted_at from terms_acceptances a where a.customer_id = @source and a.terms_id = t.terms_id)`, olderAcceptance,
	}, nil)
	if err != nil {
		return err
	}
	acceptances, err := x.create(ctx, q, "terms_acceptance", `
		insert into terms_acceptances (customer_id, terms_id, accepted_at, accepted_by)
		select @target, a.terms_id, a.accepted_at, a.accepted_by from terms_acceptances a
		where a.customer_id = @source and not exists (
		    select 1 from terms_acceptances o where o.customer_id = @target and o.terms_id = a.terms_id)`, nil)
	x.passOn("contacts", len(contacts), "both accounts are one customer from now on")
	x.passOn("terms acceptances", len(acceptances), "both accounts are one customer from now on")
	x.withholdMethods()
	return err
}

// olderAcceptance: an acceptance of the target that the source gave earlier.
const olderAcceptance = `t.customer_id = @target and exists (
    select 1 from terms_acceptances a where a.customer_id = @source and a.terms_id = t.terms_id and a.accepted_at < t.accepted_at)`

// withholdMethods states that payment methods never move between customers.
func (x *execution) withholdMethods() {
	x.withhold("payment methods", len(x.methods), "payment methods never move between customers")
}

// moveAllUsers moves the source's service users; links to subscriptions that were cut
// go on with the continuation.
func moveAllUsers(ctx context.Context, q db.Querier, x *execution) error {
	for _, c := range []change{
		{"service_user", "customer_id", "bigint", `@target::bigint`, `t.customer_id = @source`},
		{"service_user_subscription", "subscription_id", "bigint", continued, `t.subscription_id = any(@split::bigint[])`},
	} {
		if err := x.change(ctx, q, c, nil); err != nil {
			return err
		}
	}
	return nil
}

// settleFields writes the values that win onto the target. A CRM id that moves stays
// a former id of the source; the one that loses becomes a former id of the target.
func settleFields(ctx context.Context, q db.Querier, x *execution) error {
	var list []assignment
	for _, f := range x.fields {
		if f.fromSource {
			list = append(list, assignment{f.Name, "text", f.Source})
		}
		if f.Name == "crm_id" && f.Source != "" && f.Source != f.Target {
			former := map[int64]string{x.targetID: f.Source}
			if f.fromSource {
				former = map[int64]string{x.source.ID: f.Source, x.targetID: f.Target}
			}
			if err := x.addFormer(ctx, q, former); err != nil {
				return err
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	return x.writer.assign(ctx, q, "customer", x.targetID, list)
}

// addFormer notes CRM ids that accounts gave up, or are found by from now on.
func (x *execution) addFormer(ctx context.Context, q db.Querier, former map[int64]string) error {
	for id, value := range former {
		if value == "" {
			continue
		}
		_, err := x.create(ctx, q, "former_id", `
			insert into former_ids (customer_id, kind, value)
			select c.id, 'crm_id', @value from customers c where c.id = @owner and not exists (
			    select 1 from former_ids f where f.customer_id = c.id and f.kind = 'crm_id' and f.value = @value)`,
			args{"owner": id, "value": value})
		if err != nil {
			return err
		}
	}
	return nil
}

// adoptChildren gives the live children of the source the target as their parent, billed
// to it or not (docs/domain.md, "Merge Customers").
func adoptChildren(ctx context.Context, q db.Querier, x *execution) error {
	return x.change(ctx, q, change{
		"customer", "parent_customer_id", "bigint", `@target::bigint`,
		`t.parent_customer_id = @source and t.status in ('active', 'suspended') and t.id <> @target`,
	}, nil)
}

// mergeAway makes the source read-only and links it to the target.
func mergeAway(ctx context.Context, q db.Querier, x *execution) error {
	list := []assignment{
		{"status", "text", "merged"},
		{"successor_id", "bigint", x.targetID},
		{"succeeded_on", "date", sqlValue(x.from.today)},
	}
	for _, f := range x.fields {
		if f.Name == "crm_id" && f.fromSource {
			list = append(list, assignment{"crm_id", "text", ""})
		}
	}
	return x.writer.assign(ctx, q, "customer", x.source.ID, list)
}
