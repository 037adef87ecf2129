package transfer

import (
	"context"
	"fmt"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/money"
)

// openAccount creates the customer's account with the new distributor and copies its
// contacts. A suspended customer stays suspended.
func openAccount(ctx context.Context, q db.Querier, x *execution) error {
	ids, err := x.create(ctx, q, "customer", `
		insert into customers (id, distributor_id, name, email, currency, country, address, tax_id, crm_id, status, created_on)
		select next_id('customers', 'C'), @target_distributor, name, email, @currency, country, address, tax_id, crm_id, status, @today
		from customers where id = @source`, args{"currency": x.to.Currency, "today": x.to.today})
	if err != nil {
		return err
	}
	x.targetID = ids[0]
	x.result.Target = Number(customerPrefix, x.targetID)
	contacts, err := x.create(ctx, q, "contact", `
		insert into contacts (id, customer_id, name, email, role)
		select next_id('contacts', 'CT'), @target, name, email, role from contacts where customer_id = @source order by id`, nil)
	x.passOn("name, address, email, tax id and contacts", len(contacts), "the new distributor needs them to continue the contract")
	return err
}

// delegatePlans makes the plans that the request delegates to the new distributor.
func delegatePlans(ctx context.Context, q db.Querier, x *execution) error {
	for _, d := range x.delegations {
		ids, err := catalog.Delegate(ctx, q, d.planID, x.to.ID, d.prices)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `
			insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
			select $1, 'plan', '', array[p.id], p.id, p.id, array[null::text], array[to_jsonb(p)::text]
			from plans p where p.id = any($2) order by p.id`, x.orderID, sqlValue(ids))
		if err != nil {
			return fmt.Errorf("ledger the delegated plans: %w", err)
		}
		for i := range x.subscriptions {
			sub := &x.subscriptions[i]
			if sub.remap.How == byDelegation && sub.RootID == d.rootID {
				sub.remap.Plan.ID = ids[len(ids)-1]
			}
		}
	}
	return nil
}

// moveSubscriptions gives the subscriptions that are not ended to the new account,
// with their new plans and prices. Promotions are dropped. An add-on whose parent
// stays behind has none any more.
func moveSubscriptions(ctx context.Context, q db.Querier, x *execution) error {
	plans, prices := make([]int64, len(x.subscriptions)), make([]string, len(x.subscriptions))
	for i, sub := range x.subscriptions {
		plans[i], prices[i] = sub.remap.Plan.ID, money.Exact(sub.remap.Price, x.to.Currency)
	}
	var thawed []int64
	for _, sub := range x.subscriptions {
		if sub.Frozen && !sub.remap.Frozen {
			thawed = append(thawed, sub.ID)
		}
	}
	values := args{"plans": plans, "prices": prices, "thawed": thawed}
	const moving = `t.id = any(@subs)`
	for _, c := range []change{
		{"subscription", "plan_id", "bigint", `(@plans::bigint[])[array_position(@subs::bigint[], t.id)]`, moving},
		{"subscription", "price", "numeric", `((@prices::text[])[array_position(@subs::bigint[], t.id)])::numeric`, moving},
		{"subscription", "price_frozen", "boolean", `false`, `t.id = any(@thawed::bigint[])`},
		{"subscription", "promotion", "text", `''`, moving},
		{"subscription", "parent_subscription_id", "bigint", `null::bigint`, moving + ` and t.parent_subscription_id <> all(@subs::bigint[])`},
		{"subscription", "customer_id", "bigint", `@target::bigint`, moving},
	} {
		if err := x.change(ctx, q, c, values); err != nil {
			return err
		}
	}
	return nil
}

// moveServiceUsers moves the account's service users; their links to what stays are
// dropped, and kept in the ledger.
func moveServiceUsers(ctx context.Context, q db.Querier, x *execution) error {
	_, err := x.remove(ctx, q, "service_user_subscription", `
		t.service_user_id in (select id from service_users where customer_id = @source)
		and t.subscription_id <> all(@subs::bigint[])`, nil)
	if err != nil {
		return err
	}
	return x.change(ctx, q, change{"service_user", "customer_id", "bigint", `@target::bigint`, `t.customer_id = @source`}, nil)
}

// transferOut makes the old account read-only and links it to its successor. The CRM
// id has moved and stays a former id of the old account.
func transferOut(ctx context.Context, q db.Querier, x *execution) error {
	if x.source.CRMID != "" {
		_, err := x.create(ctx, q, "former_id", `
			insert into former_ids (customer_id, kind, value) values (@source, 'crm_id', @crm_id)
			on conflict (customer_id, kind, value) do nothing`, args{"crm_id": x.source.CRMID})
		if err != nil {
			return err
		}
	}
	return x.writer.assign(ctx, q, "customer", x.source.ID, []assignment{
		{"crm_id", "text", ""},
		{"status", "text", "transferred_out"},
		{"successor_id", "bigint", x.targetID},
		{"succeeded_on", "date", sqlValue(x.from.today)},
	})
}
