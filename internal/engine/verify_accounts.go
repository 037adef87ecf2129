package engine

import (
	"fmt"

	"handover/internal/record"
)

// scoped lists what an account owns with the distributor that row-level security compares. A journal entry
// has that of the books that it is in, whoever owns it.
func scoped() string {
	list := `select 'placed order ' || id as number, customer_id, account_distributor_id from placed_orders`
	for _, k := range record.Kinds {
		if k.ScopeColumn == record.OwnerScope {
			number := fmt.Sprintf("number_of('%s', id)", k.Prefix)
			if k.Prefix == "" {
				number = fmt.Sprintf("'%s ' || number", k.Label)
			}
			list += fmt.Sprintf("\n\t\t     union all select %s, customer_id, %s from %s", number,
				k.ScopeColumn, k.Table)
		}
	}
	return list
}

// accountInvariants are about accounts, their hierarchy and what they own.
var accountInvariants = []invariant{
	{
		"every account names a successor exactly when it is merged or transferred out, and chains end at an " +
			"account that is neither",
		`select count(*) from customers where successor_id is not null`,
		`with recursive walk as (
		     select id, successor_id as at, 1 as steps from customers where successor_id is not null
		     union all
		     select w.id, c.successor_id, w.steps + 1 from walk w join customers c on c.id = w.at
		     where c.successor_id is not null and w.steps < 1000)
		 select number_of('C', id) || ' has a chain of successors that does not end' from walk where steps >= 1000`,
	},
	{
		"no account is its own ancestor",
		`select count(*) from customers where parent_customer_id is not null`,
		`with recursive up as (
		     select id, parent_customer_id as at, array[id] as path from customers where parent_customer_id is not null
		     union all
		     select u.id, c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.at
		     where u.at <> all(u.path))
		 select 'each has the next one as its parent: ' ||
		     (select string_agg(number_of('C', n.id), ', ' order by n.place)
		     from unnest(path || at) with ordinality as n(id, place))
		 from up where at = id and id = (select min(x) from unnest(path) x) order by id`,
	},
	{
		"a parent account has the same distributor as its children",
		`select count(*) from customers where parent_customer_id is not null`,
		`select number_of('C', c.id) || ' belongs to ' || number_of('D', c.distributor_id) || ', its parent ' ||
			number_of('C', p.id) || ' to ' || number_of('D', p.distributor_id)
		 from customers c join customers p on p.id = c.parent_customer_id where p.distributor_id <> c.distributor_id
		 order by c.id`,
	},
	{
		"no contract that runs is left on a read-only account",
		`select count(*) from customers where status in ('transferred_out', 'merged')`,
		`select number_of('S', s.id) || ' is ' || s.status || ' on ' || number_of('C', c.id) ||
		        ', which is ' || c.status
		 from subscriptions s join customers c on c.id = s.customer_id
		 where c.status in ('transferred_out', 'merged') and s.status not in ('cancelled', 'terminated')
		   and (s.end_on is null or s.end_on >= c.succeeded_on)`,
	},
	{
		"what an account owns carries the account's distributor, which row-level security compares",
		`select count(*) from (` + scoped() + `) owned`,
		`with owned as (` + scoped() + `)
		 select o.number || ' is shown to ' ||
		        coalesce('distributor ' || number_of('D', o.account_distributor_id), 'no distributor') ||
		        ', its account ' || number_of('C', c.id) || ' belongs to ' || number_of('D', c.distributor_id)
		 from owned o join customers c on c.id = o.customer_id
		 where o.account_distributor_id is distinct from c.distributor_id`,
	},
}
