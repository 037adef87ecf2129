package exchange

import (
	"context"
	"fmt"
)

// past says what happened in the database before the import: where nothing did, the
// rules about it have nothing to do.
type past struct {
	Transfers bool `db:"transfers"` // the ledger has entries
	Gone      bool `db:"gone"`      // accounts ended in others: they are in the table gone
	Went      bool `db:"went"`      // subscriptions were cut: they are in the table went
}

// keep puts back what transfers wrote: the file knows nothing of it. A former owner is
// accepted where the present one stays; any other change of owner is a mistake.
func (im *importer) keep(ctx context.Context) error {
	for _, statement := range []string{goneSQL, wentSQL, `analyze gone`, `analyze went`} {
		if _, err := im.tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("follow the accounts and contracts that went elsewhere: %w", err)
		}
	}
	err := im.tx.GetContext(ctx, &im.past, `select exists (select 1 from transfer_ledger) as transfers,
		exists (select 1 from gone) as gone, exists (select 1 from went) as went`)
	if err != nil {
		return fmt.Errorf("look for transfers: %w", err)
	}
	if err := im.claims(ctx); err != nil {
		return err
	}
	for _, l := range im.loads {
		if l.kind != "" && !l.many {
			if err := im.keepFile(ctx, l); err != nil {
				return err
			}
		}
		if err := im.keepOwner(ctx, l); err != nil {
			return err
		}
	}
	if !im.past.Transfers {
		return nil
	}
	return im.keepLinks(ctx)
}

// goneSQL lists, for each account that ended in another one, all that came after it.
const goneSQL = `create temp table gone on commit drop as
	with recursive path as (
		select id, successor_id from customers where successor_id is not null
		union
		select p.id, c.successor_id from path p join customers c on c.id = p.successor_id
		where c.successor_id is not null
	)
	select p.id, p.successor_id, c.successor_id is null as last from path p join customers c on c.id = p.successor_id`

// wentSQL lists, for each subscription that was cut, all that continue it.
const wentSQL = `create temp table went on commit drop as
	with recursive path as (
		select subscription_id, continuation_id from subscription_continuations
		union
		select p.subscription_id, c.continuation_id from path p
		join subscription_continuations c on c.subscription_id = p.continuation_id
	)
	select subscription_id, continuation_id from path`

// keptSQL unfolds the ledger of the transfers in effect, as far as it is about rows of the
// file. A reversal gives values back: it is evidence of owners, but binds nothing. A
// reversed reversal restores the transfer, which binds again.
const keptSQL = `create temp table {kept} on commit drop as
	select u.id as rec_id, g.column_name, u.before, o.binding
	from transfer_ledger g
	join (select id, reverses_id is null as binding from transfer_orders
	      where case when reverses_id is null then transfer_standing(id) is not null
	                 else status = 'completed' end) o on o.id = g.order_id
	cross join lateral unnest(g.record_ids, case when cardinality(g.before) = 1
		then array_fill(g.before[1], array[cardinality(g.record_ids)]) else g.before end) as u(id, before)
	where g.kind = '%s' and g.column_name <> ''
	  and exists (select 1 from {load} l where l.rec_id = u.id and not l.is_new)`

// keepFile puts back every column that a transfer wrote, except the owner.
func (im *importer) keepFile(ctx context.Context, l *load) error {
	if im.past.Transfers {
		if _, err := im.exec(ctx, l.file, fmt.Sprintf(keptSQL, l.kind)); err != nil {
			return err
		}
		l.kept = true
		if err := im.keepColumns(ctx, l); err != nil {
			return err
		}
	}
	if l.name == "customers" && im.past.Gone {
		return im.keepEnds(ctx, l)
	}
	return nil
}

func (im *importer) keepColumns(ctx context.Context, l *load) error {
	var written []string
	err := im.tx.SelectContext(ctx, &written, sqlFor(l.file, `select distinct column_name from {kept} where binding`))
	if err != nil {
		return fmt.Errorf("read what transfers wrote in %s: %w", l.table, err)
	}
	for _, column := range written {
		for _, c := range l.columns {
			if c.stored() != column || c.name == l.owner {
				continue
			}
			_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set %[1]s = %[3]s from {table} t
				where t.id = l.rec_id and not l.is_new and l.%[1]s is distinct from %[3]s
				  and exists (select 1 from {kept} k
				              where k.rec_id = l.rec_id and k.binding
				                and k.column_name = '%[2]s')`, c.name, c.stored(), c.comparedWith()))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// keepEnds keeps the status with which an account ended, whoever ended it, and children at
// the account that came after their parent.
func (im *importer) keepEnds(ctx context.Context, l *load) error {
	for _, statement := range []string{
		`update {load} l set status = t.status from customers t
		 where t.id = l.rec_id and not l.is_new and t.successor_id is not null`,
		`update {load} l set parent_customer_id = t.parent_customer_id from customers t
		 where t.id = l.rec_id and not l.is_new
		   and exists (select 1 from gone g
		               where g.id = l.parent_customer_id and g.successor_id = t.parent_customer_id)`,
	} {
		if _, err := im.exec(ctx, l.file, statement); err != nil {
			return err
		}
	}
	return nil
}

// keepOwner keeps the present owner of rows that are there already.
func (im *importer) keepOwner(ctx context.Context, l *load) error {
	if l.owner == "" || !l.id() {
		return nil
	}
	if l.column(l.owner).to == "customers" {
		return im.keepCustomer(ctx, l)
	}
	return im.keepParent(ctx, l)
}

// keepCustomer is keepOwner for rows that name their customer. The file may name any
// owner that the ledgers know, or an account that ended in one of them.
func (im *importer) keepCustomer(ctx context.Context, l *load) error {
	known := ""
	if l.kept {
		known = `or exists (select 1 from {kept} k
			where k.rec_id = l.rec_id and k.column_name = 'customer_id' and k.before = w.id::text)`
	}
	if im.past.Transfers || im.past.Gone {
		_, err := im.exec(ctx, l.file, `update {load} l set customer_id = t.customer_id from {table} t
			where t.id = l.rec_id and not l.is_new and l.customer_id <> t.customer_id
			  and exists (select 1
			              from (select l.customer_id as id union all select g.successor_id from gone g
			                    where g.id = l.customer_id) w
			              where w.id = t.customer_id `+known+`)`)
		if err != nil {
			return err
		}
	}
	sourced := ""
	if l.name == "journal_entries" {
		sourced = " and l.source_id is null" // it is owned through its source: foreignSource compares the owners
	}
	return im.problems(ctx, l.file, l.owner, "this "+l.label+
		" belongs to %s; an import does not change the owner, transfer it instead",
		`select l.line, coalesce(`+im.called(im.declaration("customers"), "t.customer_id")+`, 'no customer')
			from {load} l join {table} t on t.id = l.rec_id
		 where not l.is_new and not l.bad and l.customer_id is distinct from t.customer_id`+sourced)
}

// keepParent is keepOwner for rows that are owned through another row. A change
// between two parents with the same owner is none of the owner.
func (im *importer) keepParent(ctx context.Context, l *load) error {
	c := l.column(l.owner)
	parent := im.declaration(c.to)
	moved := "false"
	if l.kept {
		moved = fmt.Sprintf("exists (select 1 from {kept} k where k.rec_id = l.rec_id and k.column_name = '%s')",
			l.owner)
	}
	if c.to == "subscriptions" {
		moved += fmt.Sprintf(" or exists (select 1 from went w where w.subscription_id = l.%[1]s and "+
			"w.continuation_id = t.%[1]s)", l.owner)
	}
	_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set %[1]s = t.%[1]s from {table} t
		where t.id = l.rec_id and not l.is_new and l.%[1]s <> t.%[1]s and (%[2]s)`, l.owner, moved))
	if err != nil {
		return err
	}
	after, before := "l."+l.owner, "t."+l.owner
	if parent.owner == "customer_id" {
		after = im.current(parent.name, parent.owner, after)
		before = fmt.Sprintf("(select x.customer_id from %s x where x.id = %s)", parent.table, before)
	}
	return im.problems(ctx, l.file, l.owner, "this "+l.label+" belongs to the "+parent.label+
		" %s; an import does not change the owner, transfer it instead",
		fmt.Sprintf(`select l.line, %[1]s from {load} l join {table} t on t.id = l.rec_id
			where not l.is_new and not l.bad and l.%[2]s <> t.%[2]s and %[3]s is distinct from %[4]s`,
			im.called(parent, "t."+l.owner), l.owner, after, before))
}

// keepLinks leaves alone what transfers did to links and continuations.
func (im *importer) keepLinks(ctx context.Context) error {
	if l := im.find("subscription_continuations"); l != nil {
		_, err := im.exec(ctx, l.file, `update {load} l set continuation_id = t.continuation_id, on_date = t.on_date
			from {table} t
			where t.subscription_id = l.rec_id and not l.is_new
			  and exists (select 1 from transfer_ledger g
			              join transfer_orders o on o.id = g.order_id and o.reverses_id is null
			                and transfer_standing(o.id) is not null
			              where g.kind = 'subscription' and g.column_name = '' and g.before[1] is null
			                and g.record_ids @> array[t.continuation_id])`)
		if err != nil {
			return err
		}
	}
	l := im.find("service_user_subscriptions")
	if l == nil {
		return nil
	}
	_, err := im.exec(ctx, l.file, linksSQL)
	return err
}

// linksSQL forgets the links of the file that transfers dropped, or pointed elsewhere.
const linksSQL = `with former_link as (
	select u.id, g.column_name, u.before
	from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.reverses_id is null
	  and transfer_standing(o.id) is not null
	cross join lateral unnest(g.record_ids, case when cardinality(g.before) = 1
		then array_fill(g.before[1], array[cardinality(g.record_ids)]) else g.before end) as u(id, before)
	where g.kind = 'service_user_subscription' and g.column_name <> ''
)
delete from {load} l using (
	select (u.before::jsonb ->> 'service_user_id')::bigint as service_user_id,
	       (u.before::jsonb ->> 'subscription_id')::bigint as subscription_id
	from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.reverses_id is null
	  and transfer_standing(o.id) is not null
	cross join lateral unnest(g.before) as u(before)
	where g.kind = 'service_user_subscription' and g.column_name = '' and u.before is not null
	union
	select coalesce(su.before::bigint, t.service_user_id), coalesce(s.before::bigint, t.subscription_id)
	from service_user_subscriptions t
	left join former_link su on su.id = t.id and su.column_name = 'service_user_id'
	left join former_link s on s.id = t.id and s.column_name = 'subscription_id'
	where su.id is not null or s.id is not null
) d where l.is_new and l.service_user_id = d.service_user_id and l.subscription_id = d.subscription_id`
