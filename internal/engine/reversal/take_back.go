package reversal

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/engine/flow"
	"handover/internal/ledger"
	"handover/internal/record"
)

// creation is how a reversal undoes the creation of rows of a ledgered kind.
type creation struct {
	// do undoes it in a way of its own; nil: the rows are removed that meet the condition remove on
	// t, unless they changed since, and with remove "" they stay.
	do     func(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error
	remove string

	linking bool // removed whatever its columns say by now
	people  bool // kept on an account that goes on
}

// creations has a row for every kind that an order creates rows of. No record is ever deleted, so
// memos are settled by counter-memos, whose entries reverse those of the memos, and continuations
// end where they began.
var creations = map[string]creation{
	"subscription":     {do: endContinuations},
	"credit_memo":      {do: counterMemos},
	"debit_memo":       {do: counterMemos},
	"journal_entry":    {},
	"journal_line":     {},
	"customer":         {do: closeOpened},
	"plan":             {do: dropPlan},
	"plan_resource":    {remove: `true`},
	"contact":          {remove: `true`, people: true},
	"terms_acceptance": {remove: `true`, people: true},
	"former_id":        {remove: `true`},
	"payment_method":   {do: dropMethods, people: true},
	"service_user": {remove: `not exists (select 1 from service_user_subscriptions l
		where l.service_user_id = t.id)`},
	"service_user_subscription": {remove: `true`, linking: true},
	"subscription_continuation": {remove: `true`, linking: true},
	"payment_allocation":        {remove: `true`, linking: true},
	"credit_allocation":         {remove: `true`, linking: true},
	"recognition_line":          {remove: `true`, linking: true},
}

// takeBack undoes the creation of rows.
func takeBack(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	c, ok := creations[row.Kind]
	switch {
	case !ok:
		return fmt.Errorf("nothing says how a reversal undoes the creation of a %s", row.Kind)
	case c.people && x.Reversal.GoesOn:
		return nil
	case c.do != nil:
		return c.do(ctx, q, x, row)
	case c.remove == "":
		return nil
	}
	return removeRows(ctx, q, x, row, c)
}

// removeRows removes the rows that meet the condition.
func removeRows(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow, c creation) error {
	same := `to_jsonb(t) @> l.after::jsonb`
	if c.linking {
		same = `true`
	}
	_, err := x.Remove(ctx, q, row.Kind, fmt.Sprintf(`t.id in (select l.record_id from %s l
		where l.line = any(@lines) and %s) and %s`,
		record.Unfolded(row.Kind), same, c.remove), record.Args{"lines": row.lines})
	return err
}

// dropMethods removes the copies of payment methods by which no payment came; the others
// become inactive.
func dropMethods(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	unused := creation{remove: `not exists (select 1 from payments p where p.payment_method_id = t.id)`}
	if err := removeRows(ctx, q, x, row, unused); err != nil {
		return err
	}
	return x.Change(ctx, q, ledger.Change{
		Kind: "payment_method", Column: "status", Type: "text", Value: `'inactive'`,
		Where: `t.id in (select unnest(record_ids) from transfer_ledger where id = @line)`,
	}, record.Args{"line": row.ID})
}

// endContinuations cancels the continuations on the day they began: they are kept, empty.
func endContinuations(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	const these = `t.id in (select unnest(record_ids) from transfer_ledger where id = @line)`
	for _, c := range []ledger.Change{
		{Kind: "subscription", Column: "status", Type: "text", Value: `'cancelled'`, Where: these},
		{Kind: "subscription", Column: "end_on", Type: "date", Value: `t.start_on`, Where: these},
	} {
		if err := x.Change(ctx, q, c, record.Args{"line": row.ID}); err != nil {
			return err
		}
	}
	return nil
}

// closeOpened closes the account that the order opened, unless something was issued on it
// since. The CRM id has gone back.
func closeOpened(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	list := []ledger.Assignment{{Column: "crm_id", Type: "text", Value: ""}}
	if !x.Reversal.GoesOn {
		list = append(list, ledger.Assignment{Column: "status", Type: "text", Value: "closed"})
	}
	return x.Writer.Assign(ctx, q, "customer", row.FirstID, list)
}

// dropPlan takes a plan that was delegated inside the transfer out of the price list,
// when nothing is sold on it.
func dropPlan(ctx context.Context, q db.Querier, x *flow.Execution, row ledgerRow) error {
	var used bool
	err := q.GetContext(ctx, &used, `
		select exists (select 1 from subscriptions where plan_id = $1)
		  or exists (select 1 from plans where delegated_from = $1)
		    or exists (select 1 from terms t
		               where t.plan_id = $1 or t.resource_id in (select id from plan_resources where plan_id = $1))
		    or exists (select 1 from usage_records u join plan_resources r on r.id = u.resource_id where r.plan_id = $1)
		    or not exists (select 1 from plans p join transfer_ledger g on g.id = $2
		                   where p.id = $1 and to_jsonb(p) @> g.after[1]::jsonb)`, row.FirstID, row.ID)
	if err != nil {
		return fmt.Errorf("look for what is sold on the plan: %w", err)
	}
	if used {
		return nil
	}
	if _, err := x.Remove(ctx, q, "plan_resource", `t.plan_id = @plan`, record.Args{"plan": row.FirstID}); err != nil {
		return err
	}
	_, err = x.Remove(ctx, q, "plan", `t.id = @plan`, record.Args{"plan": row.FirstID})
	return err
}
