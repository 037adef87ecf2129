package reversal

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/record"
)

// impossible is why a record cannot go back; the statement selects their ids.
type impossible struct {
	kind, why, remedy, text string
}

// checkGoesBack finds what cannot be given back as the ledger holds it.
func checkGoesBack(ctx context.Context, q db.Querier, s *situation.Situation) ([]rules.Found, error) {
	again, err := movedAgain(ctx, q, s)
	if err != nil {
		return nil, err
	}
	named := map[touchedAgain]bool{}
	for _, r := range again {
		named[touchedAgain{Kind: r.Kind, ID: r.ID}] = true
	}
	columns, err := ledgerColumns(ctx, q, s)
	if err != nil {
		return nil, err
	}
	list := conflicts(s)
	for _, c := range columns {
		list = append(list, changedSince(c))
		if target, ok := referred[c.Column]; ok {
			list = append(list, impossible{
				c.Kind, "named " + target + " that do not exist any more", remedyTransferBack,
				fmt.Sprintf(`select l.record_id from %s l where l.before is not null
					and not exists (select 1 from %s x
					  where x.id = l.before::bigint)`, record.Given(c.Kind, c.Column), target) + unlessRemoved(target),
			})
		}
	}
	var all []rules.Found
	for _, i := range list {
		values := s.Args()
		values["today"] = s.To.Today
		text, list := record.Bind(i.text, values)
		var ids []int64
		if err := q.SelectContext(ctx, &ids, text, list...); err != nil {
			return nil, fmt.Errorf("look for %s records that cannot go back: %w", i.kind, err)
		}
		var stuck []touchedAgain
		for _, id := range ids {
			if r := (touchedAgain{Kind: i.kind, ID: id}); !named[r] {
				stuck = append(stuck, r)
			}
		}
		if len(stuck) == 0 {
			continue
		}
		records, err := numbered(ctx, q, s, stuck)
		if err != nil {
			return nil, err
		}
		all = append(all, rules.Found{
			Message: fmt.Sprintf("%s %s: %s.", record.LabelOf(i.kind), i.why, firstNumbers(records)), Remedy: i.remedy,
			Records: records, Count: len(stuck),
		})
	}
	return all, nil
}

// referred are the tables of the ids that a column of the ledger holds.
var referred = map[string]string{
	"customer_id": "customers", "plan_id": "plans", "parent_subscription_id": "subscriptions",
	"subscription_id": "subscriptions",
	"service_user_id": "service_users", "parent_customer_id": "customers", "successor_id": "customers",
}

// unlessRemoved leaves out ids l.before of rows that the order itself removed: they come back.
func unlessRemoved(table string) string {
	for _, c := range record.CarriedTables {
		if c.Table == table {
			return fmt.Sprintf(` and l.before::bigint not in (select unnest(g.record_ids) from transfer_ledger g
				where g.order_id = @reversed and g.kind = '%s' and g.column_name = ''
				  and g.after[1] is null)`, c.Name)
		}
	}
	return ""
}

// writtenColumn is a column that the order wrote.
type writtenColumn struct {
	Kind   string `db:"kind"`
	Column string `db:"column_name"`
}

func ledgerColumns(ctx context.Context, q db.Querier, s *situation.Situation) ([]writtenColumn, error) {
	var list []writtenColumn
	err := q.SelectContext(ctx, &list, `
		select distinct kind, column_name from transfer_ledger
		where order_id = $1 and column_name not in ('', 'settled_status') order by 1, 2`, s.Reversal.Order.ID)
	if err != nil {
		return nil, fmt.Errorf("read what the order wrote: %w", err)
	}
	return list, nil
}

// changedSince finds records whose value is not the one that the order wrote. What was
// billed since stays as it is and does not count.
func changedSince(c writtenColumn) impossible {
	differs := fmt.Sprintf(`t.%s::text is distinct from l.after`, c.Column)
	if c.Column == "status" && record.IsDocument(c.Kind) {
		// A payment that failed since opens what it settled: that goes back. For voids see amendedSince.
		differs = `t.status is distinct from l.after
			and coalesce(t.settled_status, t.status) is distinct from l.after and t.status <> 'void'`
	}
	if strings.HasSuffix(c.Column, "amount") || c.Column == "price" {
		differs = fmt.Sprintf(`t.%s is distinct from l.after::numeric`, c.Column)
	}
	linked := ""
	if c.Kind == "journal_entry" && c.Column == "customer_id" {
		linked = ownEntries
	}
	return impossible{
		c.Kind, "were changed since (" + strings.ReplaceAll(strings.TrimSuffix(c.Column, "_id"), "_", " ") + ")",
		remedyUndoChange,
		fmt.Sprintf(`select l.record_id from (
		    select distinct on (l.record_id) l.record_id, l.after from %s l where l.column_name = '%s'
		    order by l.record_id, l.line desc) l
		join %s t on t.id = l.record_id where %s%s
		order by 1`, record.Unfolded(c.Kind), c.Column, record.TableOf(c.Kind), differs,
			unbilledStill(c.Kind)+linked),
	}
}

// unbilledStill narrows rows t of a kind that depends on subscriptions to those that were
// not billed since.
func unbilledStill(kind string) string {
	k, ok := record.KindOf(kind)
	if !ok || !k.Hangs {
		return ""
	}
	return fmt.Sprintf(` and exists (select 1 from %s r where r.id = t.id and r.invoice_id is null)`, k.View)
}

// amendedSince finds documents that the order settled or wrote, and that are void by now or
// have another amount: an import did that with an override. What the order only moved goes
// back as it is by now.
func amendedSince() []impossible {
	const amended = `t.amount_amended_after >= (select max(id) from transfer_ledger where order_id = @reversed)`
	var list []impossible
	for _, kind := range record.DocumentKinds() {
		for _, c := range []struct{ why, condition, of string }{
			{
				whyVoided, `t.status = 'void' and t.id not in ` + record.Born(kind),
				record.Ledgered(kind, "status"),
			},
			{
				whyOtherAmount, `t.status <> 'void' and ` + amended,
				"(select * from " + record.Ledgered(kind, "status") + " s union select * from " +
					record.Born(kind) + " b)",
			},
		} {
			list = append(list, impossible{
				kind, c.why, remedyTransferBack,
				fmt.Sprintf(`select t.id from %s t where %s and t.id in %s order by 1`, record.TableOf(kind),
					c.condition, c.of),
			})
		}
	}
	return list
}

// conflicts are the other reasons: memos that are void, amounts in another currency,
// allocations for which there is no room any more, contracts on an account that ends.
func conflicts(s *situation.Situation) []impossible {
	var list []impossible
	for _, kind := range record.MemoKinds() {
		list = append(list, impossible{
			kind, whyCarryingVoid, remedyTransferBack,
			fmt.Sprintf(`select m.id from %s m where m.status = 'void' and m.id in %s`, record.TableOf(kind),
				record.Born(kind)),
		})
	}
	list = append(append(list, amendedSince()...), refundedSince()...)
	if s.Converts {
		for _, k := range record.Kinds {
			if k.Conversion != nil {
				list = append(list, impossible{
					k.Name, "came in " + s.Source.Currency + " and are not billed yet", remedyBill,
					fmt.Sprintf(`select r.id from %s r
						where r.customer_id = @source and %s and r.amount <> 0 and r.id not in %s order by 1`,
						k.View, record.At(k.Returns, "r"), record.Ledgered(k.Name, "amount")),
				})
			}
		}
	}
	list = append(list, impossible{
		"subscription", whyRunOnEndingAccount, remedyEndSubscriptions,
		`select t.id from subscriptions t
			join ` + record.Given("customer", "status") + ` l on l.record_id = t.customer_id
			  and l.before in ('transferred_out', 'merged')
		where t.status not in ('cancelled', 'terminated') and (t.end_on is null or t.end_on >= @today::date)
		  and t.id not in ` + record.Ledgered("subscription", "customer_id") + `
		  and t.id not in ` + record.Ledgered("subscription", "status") + ` order by 1`,
	})
	list = append(list, impossible{
		"customer", whyOwnAncestor, remedyCorrectParent,
		`with recursive back as (
		    select l.record_id as id, l.before::bigint as parent_id
		    from ` + record.Given("customer", "parent_customer_id") + ` l),
		up as (
		    select id, parent_id as above, array[id] as path from back where parent_id is not null
		    union all
		    select u.id, case when b.id is not null then b.parent_id else c.parent_customer_id end, u.path || c.id
		    from up u join customers c on c.id = u.above left join back b on b.id = c.id where u.above <> all(u.path))
		select id from up where above = id order by 1`,
	})
	for _, k := range record.Kinds {
		if k.Room != "" {
			list = append(list, noRoom(k))
		}
	}
	return list
}

// noRoom is a document that would take back more than it has room for.
func noRoom(k record.Kind) impossible {
	return impossible{
		k.Name, whyNoRoom, remedyRemoveAllocations,
		fmt.Sprintf(`select t.id from %s t join (
		    select id, sum(amount) as amount from (
		        select (l.before::jsonb ->> '%[2]s_id')::bigint as id,
		               (l.before::jsonb ->> 'amount')::numeric as amount from %[4]s l
		               where l.column_name = '' and l.before is not null
		        union all select (l.before::jsonb ->> '%[2]s_id')::bigint, (l.before::jsonb ->> 'amount')::numeric
		        from %[5]s l where l.column_name = '' and l.before is not null
		        union all select (l.after::jsonb ->> '%[2]s_id')::bigint, -(l.after::jsonb ->> 'amount')::numeric
		        from %[4]s l where l.column_name = '' and l.before is null
		        union all select (l.after::jsonb ->> '%[2]s_id')::bigint, -(l.after::jsonb ->> 'amount')::numeric
		        from %[5]s l where l.column_name = '' and l.before is null
		    ) a where id is not null group by id) w on w.id = t.id
		where w.amount > greatest(0, %[3]s)
		order by 1`, k.Table, k.Name, k.Room, record.Unfolded("payment_allocation"),
			record.Unfolded("credit_allocation")),
	}
}
