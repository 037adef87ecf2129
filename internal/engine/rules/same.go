package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The checks of this file find what would be there twice afterwards.

// checkLogins finds service users of the target that afterwards share a login, upper and
// lower case alike, where at least one of them comes with the transfer.
func checkLogins(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	text, values := record.Bind(`
		with users as (
		    select u.id, lower(u.login) as login, false as comes from service_users u where u.customer_id = @target
		    union all
		    select u.id, lower(u.login), true from service_users u where u.customer_id = @source
		      and (@by_customer or exists (
		          select 1 from service_user_subscriptions l
		          where l.service_user_id = u.id and l.subscription_id = any(@moving::bigint[]))))
		select 'service_user' as kind, number_of('SU', u.id) as number, u.login
		from (select *, count(*) over w as alike, bool_or(comes) over w as changes
		      from users window w as (partition by login)) u
		where u.alike > 1 and u.changes order by u.login, u.id`, s.Args())
	var users []struct {
		transfer.Record
		Login string `db:"login"`
	}
	if err := q.SelectContext(ctx, &users, text, values...); err != nil || len(users) == 0 {
		return nil, err
	}
	var records []transfer.Record
	var logins []string
	for _, u := range users {
		records = append(records, u.Record)
		if !slices.Contains(logins, u.Login) {
			logins = append(logins, u.Login)
		}
	}
	return One(Found{
		Message: fmt.Sprintf(msgShareLogin, transfer.Plural(len(users), oneServiceUser, manyServiceUsers),
			s.Target.Name, s.Target.Number, strings.Join(logins[:min(len(logins), 5)], ", ")),
		Remedy: remedyRenameLogins,
		Acknowledgement: fmt.Sprintf("%s of %s: %s",
			transfer.Plural(len(logins), oneSharedLogin, manySharedLogins),
			s.Target.Name, logins[0]),
		Records: records,
	})
}

// checkDuplicate finds live customers of the new distributor that are probably this one.
func checkDuplicate(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	const live = ` and c.status in ('active', 'suspended') and c.id <> s.id`
	text, values := record.Bind(`
		select 'customer' as kind, number_of('C', id) as number, name, bool_or(by_tax) as by_tax from (
		    select c.id, c.name, true as by_tax from customers s
		    join customers c on c.distributor_id = @target_distributor and c.tax_id <> ''
		         and tax_key(c.tax_id) = tax_key(s.tax_id)
		    where s.id = @source and tax_key(s.tax_id) <> ''`+live+` and `+record.InScope("c")+`
		    union all
		    select c.id, c.name, false from customers s
		    join customers c on c.distributor_id = @target_distributor and c.email <> ''
		      and lower(c.email) = lower(s.email)
		         and lower(btrim(c.name)) = lower(btrim(s.name))
		    where s.id = @source`+live+` and `+record.InScope("c")+`) same
		group by id, name order by id`, s.Args())
	var list []struct {
		transfer.Record
		Name  string `db:"name"`
		ByTax bool   `db:"by_tax"`
	}
	if err := q.SelectContext(ctx, &list, text, values...); err != nil || len(list) == 0 {
		return nil, err
	}
	var records []transfer.Record
	var named []string
	for _, c := range list {
		records = append(records, c.Record)
		why := msgSameEmail
		if c.ByTax {
			why = msgSameTaxID
		}
		named = append(named, fmt.Sprintf("%s (%s, %s)", c.Name, c.Number, why))
	}
	return One(Found{
		Message: fmt.Sprintf(msgProbablyDuplicate,
			s.To.Name, strings.Join(named[:min(len(named), 5)], ", ")),
		Remedy:          remedyCheckDuplicate,
		Acknowledgement: fmt.Sprintf(ackDuplicate, s.To.Name, s.Source.Name),
		Records:         records,
	})
}
