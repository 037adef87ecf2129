package flow

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// openAccount creates the customer's account with the new distributor and copies its
// contacts.
func openAccount(ctx context.Context, q db.Querier, x *Execution) error {
	var columns, values []string
	for _, c := range transfer.AccountColumns {
		if c.Opened != "" {
			columns, values = append(columns, c.Name), append(values, c.Opened)
		}
	}
	ids, err := x.Create(ctx, q, "customer", fmt.Sprintf(`
		insert into customers (%s)
		select %s
		from customers
		  where id = @source`, strings.Join(columns, ", "), strings.Join(values, ", ")),
		record.Args{"currency": x.To.Currency, "today": x.To.Today})
	if err != nil {
		return err
	}
	x.TargetID = ids[0]
	x.Result.Target = record.Number(record.CustomerPrefix, x.TargetID)
	contacts, err := x.Create(ctx, q, "contact", `
		insert into contacts (id, customer_id, name, email, role)
		select next_id('contacts', 'CT'), @target, name, email, role from contacts where customer_id = @source
		order by id`, nil)
	x.PassOn(dataOfCustomer, len(contacts), whyContract)
	return err
}

// delegatePlans makes the plans that the request delegates to the new distributor.
func delegatePlans(ctx context.Context, q db.Querier, x *Execution) error {
	for _, d := range x.Delegations {
		ids, err := catalog.Delegate(ctx, q, d.PlanID, x.To.ID, d.Prices)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `
			insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
			select $1, 'plan', '', array[p.id], p.id, p.id, array[null::text], array[to_jsonb(p)::text]
			from plans p where p.id = any($2) order by p.id`, x.OrderID, record.SQLValue(ids))
		if err != nil {
			return fmt.Errorf("ledger the delegated plans: %w", err)
		}
		for i := range x.Subscriptions {
			sub := &x.Subscriptions[i]
			if sub.Remap.How == situation.ByDelegation && sub.RootID == d.RootID {
				sub.Remap.Plan.ID = ids[len(ids)-1]
			}
		}
	}
	return nil
}

// moveSubscriptions gives the subscriptions that are not ended to the new account,
// with their new plans and prices. Promotions are dropped. An add-on whose parent
// stays behind has none any more.
func moveSubscriptions(ctx context.Context, q db.Querier, x *Execution) error {
	plans, prices := make([]int64, len(x.Subscriptions)), make([]string, len(x.Subscriptions))
	for i, sub := range x.Subscriptions {
		plans[i], prices[i] = sub.Remap.Plan.ID, money.Exact(sub.Remap.Price, x.To.Currency)
	}
	var thawed []int64
	for _, sub := range x.Subscriptions {
		if sub.Frozen && !sub.Remap.Frozen {
			thawed = append(thawed, sub.ID)
		}
	}
	values := record.Args{"plans": plans, "prices": prices, "thawed": thawed}
	const moving = `t.id = any(@subs)`
	for _, c := range []ledger.Change{
		{
			Kind: "subscription", Column: "plan_id", Type: "bigint",
			Value: `(@plans::bigint[])[array_position(@subs::bigint[], t.id)]`, Where: moving,
		},
		{
			Kind: "subscription", Column: "price", Type: "numeric",
			Value: `((@prices::text[])[array_position(@subs::bigint[], t.id)])::numeric`, Where: moving,
		},
		{
			Kind: "subscription", Column: "price_frozen", Type: "boolean", Value: `false`,
			Where: `t.id = any(@thawed::bigint[])`,
		},
		{Kind: "subscription", Column: "promotion", Type: "text", Value: `''`, Where: moving},
		{Kind: "subscription", Column: "parent_subscription_id", Type: "bigint", Value: `null::bigint`, Where: moving +
			` and t.parent_subscription_id <> all(@subs::bigint[])`},
		{Kind: "subscription", Column: "customer_id", Type: "bigint", Value: `@target::bigint`, Where: moving},
	} {
		if err := x.Change(ctx, q, c, values); err != nil {
			return err
		}
	}
	return nil
}

// moveServiceUsers moves the account's service users; their links to what stays are
// dropped, and kept in the ledger.
func moveServiceUsers(ctx context.Context, q db.Querier, x *Execution) error {
	_, err := x.Remove(ctx, q, "service_user_subscription", `
		t.service_user_id in (select id from service_users where customer_id = @source)
		and t.subscription_id <> all(@subs::bigint[])`, nil)
	if err != nil {
		return err
	}
	return x.Change(ctx, q, ledger.Change{
		Kind: "service_user", Column: "customer_id", Type: "bigint",
		Value: `@target::bigint`, Where: `t.customer_id = @source`,
	}, nil)
}

// transferOut makes the old account read-only and links it to its successor. The CRM
// id has moved and stays a former id of the old account.
func transferOut(ctx context.Context, q db.Querier, x *Execution) error {
	if x.Source.CRMID != "" {
		_, err := x.Create(ctx, q, "former_id", `
			insert into former_ids (customer_id, kind, value) values (@source, 'crm_id', @crm_id)
			on conflict (customer_id, kind, value) do nothing`, record.Args{"crm_id": x.Source.CRMID})
		if err != nil {
			return err
		}
	}
	return x.Writer.Assign(ctx, q, "customer", x.Source.ID, []ledger.Assignment{
		{Column: "crm_id", Type: "text", Value: ""},
		{Column: "status", Type: "text", Value: "transferred_out"},
		{Column: "successor_id", Type: "bigint", Value: x.TargetID},
		{Column: "succeeded_on", Type: "date", Value: record.SQLValue(x.From.Today)},
	})
}
