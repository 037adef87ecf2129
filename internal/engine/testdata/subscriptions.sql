select from customers where id = any($1) order by id for update;

select from distributors where id = any($1) order by id for share;

select from plans where distributor_id = any($1) order by id for share;

select from financial_periods where distributor_id = any($1) order by id for share;

select c.id from customers c where (c.id = $1) and (true);

select c.id, number_of('C', c.id) as number, c.name, c.email, c.currency, c.country, c.tax_id, c.crm_id,
       c.bill_to_parent, c.parent_customer_id, c.status, c.distributor_id, b.balance
from customers c join customer_balances b on b.customer_id = c.id where c.id = $1;

select d.id, number_of('D', d.id) as number, d.name, d.currency, d.country, d.legal_entity, d.brand_id,
       coalesce(b.name, d.name) as brand_name, d.merchant_account, d.status, d.time_zone,
       d.require_approval, d.require_consent
from distributors d left join brands b on b.id = d.brand_id where d.id = $1;

select s.id, number_of('S', s.id) as number, s.status, s.parent_subscription_id, s.start_on, s.end_on,
       p.name as plan_name, p.transferable
from subscriptions s join plans p on p.id = s.plan_id where s.customer_id = $1 order by s.id;

select p.id as a, s.id as b, 'add-on of ' || number_of('S', p.id) as reason
from subscriptions s join subscriptions p on p.id = s.parent_subscription_id
where s.customer_id = $1 and p.customer_id = $1
union all
select s.id, p.id, 'parent of ' || number_of('S', s.id)
from subscriptions s join subscriptions p on p.id = s.parent_subscription_id
where s.customer_id = $1 and p.customer_id = $1
union all
select x.subscription_id, y.subscription_id,
       'shares the account-wide service user ' || u.login || ' with ' || number_of('S', x.subscription_id)
from service_users u join service_user_subscriptions x on x.service_user_id = u.id
join subscriptions xs on xs.id = x.subscription_id
join service_user_subscriptions y on y.service_user_id = u.id join subscriptions ys on ys.id = y.subscription_id
where u.account_wide and xs.customer_id = $1 and ys.customer_id = $1 and x.subscription_id <> y.subscription_id
order by 1, 2, 3;

select id, number_of('PM', id) as number, label, kind, merchant_account from payment_methods
where customer_id = $1 and status = 'active' order by id;

select t.*, c.name || ' (' || number_of('C', c.id) || ')' as customer, d.name as seller, ($1 or c.distributor_id = any($2::bigint[])) as visible
from (
    select r.subscription_id, l.id as line_id, true as scheduled, r.recognized, r.period_start, r.period_end,
           r.amount, i.currency, i.customer_id, l.amount - coalesce((select sum(m.amount) from credit_memos m
            where m.invoice_id = i.id and m.status <> 'void'
              and (m.subscription_id is null or m.subscription_id = r.subscription_id)), 0) as ceiling
    from revenue_schedules r join invoice_lines l on l.id = r.invoice_line_id
    join invoices i on i.id = l.invoice_id
    where r.subscription_id = any($3::bigint[]) and bills(i.status) and r.period_end >= $4::date
      and r.amount <> 0 and i.id not in (select o.id from owned_invoices o where o.customer_id = $5 and o.on_date >= $6::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($7::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($7::bigint[])))
    union all
    select l.subscription_id, l.id, false, false, l.service_start, l.service_end, l.amount,
           i.currency, i.customer_id, l.amount - coalesce((select sum(m.amount) from credit_memos m
            where m.invoice_id = i.id and m.status <> 'void'
              and (m.subscription_id is null or m.subscription_id = l.subscription_id)), 0)
    from invoice_lines l join invoices i on i.id = l.invoice_id
    where l.subscription_id = any($3::bigint[]) and bills(i.status)
      and l.service_start <= l.service_end and l.service_end >= $4::date and l.amount <> 0 and i.id not in (select o.id from owned_invoices o where o.customer_id = $5 and o.on_date >= $6::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($7::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($7::bigint[])))
      and not exists (select 1 from revenue_schedules x where x.invoice_line_id = l.id)) t
join customers c on c.id = t.customer_id join distributors d on d.id = c.distributor_id
order by t.subscription_id, t.customer_id <> $5, t.customer_id, t.line_id, t.period_start, t.period_end;

select set_config('plan_cache_mode', case
    when exists (select from invoices where customer_id = any($1) offset $2)
      or exists (select from payments where customer_id = any($1) offset $2)
      or exists (select from usage_records u join subscriptions s on s.id = u.subscription_id
                 where s.customer_id = any($1) offset $2)
      or exists (select from subscription_charges r join subscriptions s on s.id = r.subscription_id
                 where s.customer_id = any($1) offset $2)
    then 'force_custom_plan'
    when (select coalesce(sum(reltuples), 0) from pg_class
          where oid in ('invoices'::regclass, 'payments'::regclass))
       < $3 * (select reltuples from pg_class where oid = 'customers'::regclass)
    then 'force_generic_plan'
    else 'auto' end, true);

select distinct 'order' as kind, number_of('TO', order_id) as number from open_transfers
where customer_id in ($1, $2) and order_id <> $3;

select 'placed_order' as kind, number_of('O', id) as number from placed_orders
where customer_id = $1 and status not in ('completed', 'cancelled', 'failed')
  and ($2 or subscription_id = any($3::bigint[])) order by id;

select 'payment' as kind, number_of('PAY', p.id) as number from payments p
where p.customer_id = $1 and p.status = 'processing' and exists (select 1 from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = p.id) k where k.moves) order by p.id;

select place, id, number, count from (
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[]))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_payments r cross join lateral (select count(*) filter (where k.moves) as moving,
count(*) filter (where k.moves is not true) as staying
            from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k where true) k
            where r.customer_id = $1 and r.status <> 'failed' and k.moving > 0 and k.staying > 0) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_payments r cross join lateral (select count(*) filter (where k.moves) as moving,
count(*) filter (where k.moves is not true) as staying
            from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k where true) k
            where r.customer_id = $1 and r.status <> 'failed' and r.on_date < $2::date and k.moving > 0
              and k.staying = 0) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_credit_memos r cross join lateral (select count(*) filter (where k.moves) as moving,
count(*) filter (where k.moves is not true) as staying
            from (select m.subscription_id = any($4::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k where true) k
            where r.customer_id = $1 and r.on_date >= $2::date and k.moving > 0 and k.staying > 0) select 3 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select place, id, number, count from (
(with found as materialized (select m.id, m.number from credit_memos m
where m.customer_id = $1 and m.issued_on < $2::date and (
            m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[])))
            or exists (select 1 from credit_allocations a
                       where a.credit_memo_id = m.id and (a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))))
            or m.status = 'open'
              and exists (select 1 from subscriptions s
where s.id = m.subscription_id and s.id = any($4::bigint[])))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select m.id, m.number from debit_memos m
where m.customer_id = $1 and m.issued_on < $2::date
            and m.status = 'open' and exists (select 1 from subscriptions s
where s.id = m.subscription_id and s.id = any($4::bigint[]))) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_invoices r where r.customer_id = $1 and (r.restricted <> '')
  and (r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[])))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and (r.restricted <> '')
  and (r.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($3::bigint[])))) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and (r.restricted <> '')
  and (r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($4::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false))) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select distinct r.id, r.number from owned_journal_entries r where r.customer_id = $1 and (r.restricted <> '')
  and (case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($4::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $2::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $2::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end)) select 3 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select exists (select 1 from financial_periods
where distributor_id = $1 and status = 'closed');

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_subscriptions r where r.customer_id = $1 and r.on_date < $2::date and r.id = any($3::bigint[]) and (r.id = any($4::bigint[]) or not coalesce(r.id = any($5::bigint[]), false))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_subscription_charges r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select x.id from subscription_charges x where x.subscription_id = any($3::bigint[])) and not coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($6::bigint[])
    or r.subscription_id = any($4::bigint[]) and r.on_date >= $2::date)), false)) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_usage_records r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select x.id from usage_records x where x.subscription_id = any($3::bigint[])) and not coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($6::bigint[])
    or r.subscription_id = any($4::bigint[]) and r.on_date >= $2::date)), false)) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_billing_schedules r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select x.id from billing_schedules x where x.subscription_id = any($3::bigint[])) and not coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($6::bigint[])
    or r.subscription_id = any($4::bigint[]) and r.on_date >= $2::date)), false)) select 3 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_revenue_schedules r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select x.id from revenue_schedules x where x.subscription_id = any($3::bigint[])) and not coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($6::bigint[])
    or r.subscription_id = any($4::bigint[]) and r.on_date >= $2::date)), false)) select 4 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_invoices r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[])) and not coalesce(r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[])), false)) select 5 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[])) and not coalesce(r.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($3::bigint[])), false)) select 6 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_payments r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select a.payment_id from payment_allocations a where a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[])) or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[]))) and not coalesce(r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false), false)) select 7 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_refunds r where r.customer_id = $1 and r.on_date < $2::date and r.payment_id in (select a.payment_id from payment_allocations a where a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[])) or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[]))) and not coalesce(r.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)), false)) select 8 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and r.on_date < $2::date and r.id in (select m.id from credit_memos m
where m.customer_id = $1
  and (m.subscription_id = any($3::bigint[]) or m.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[]))
            or exists (select 1 from credit_allocations a
                       where a.credit_memo_id = m.id
                         and (a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[]))
                              or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[])))))) and not coalesce(r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($5::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false), false)) select 9 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select distinct r.id, r.number from owned_journal_entries r where r.customer_id = $1 and r.on_date < $2::date and case r.source_kind
        when 'invoice' then r.source_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[]))
        when 'debit_memo' then r.source_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[]))
        when 'payment' then r.source_id in (select a.payment_id from payment_allocations a where a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[])) or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[])))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select a.payment_id from payment_allocations a where a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[])) or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[]))))
        when 'credit_memo' then r.source_id in (select m.id from credit_memos m
where m.customer_id = $1
  and (m.subscription_id = any($3::bigint[]) or m.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[]))
            or exists (select 1 from credit_allocations a
                       where a.credit_memo_id = m.id
                         and (a.invoice_id in (select l.invoice_id from invoice_lines l where l.subscription_id = any($3::bigint[]))
                              or a.debit_memo_id in (select m.id from debit_memos m where m.subscription_id = any($3::bigint[]))))))
        when 'revenue_schedule' then r.source_id in (select x.id from revenue_schedules x
                                                     where x.subscription_id = any($3::bigint[]))
        else false end and not coalesce(case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($5::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($6::bigint[])
    or o.subscription_id = any($4::bigint[]) and o.on_date >= $2::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($6::bigint[])
    or o.subscription_id = any($4::bigint[]) and o.on_date >= $2::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end, false)) select 10 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select role, currency, ledger, sub_ledger from book_differences where customer_id = $1
order by role desc, currency;

select s.role, s.currency, s.ledger, s.sub_ledger from (
    select x.role, x.currency, sum(x.ledger) as ledger, sum(x.sub_ledger) as sub_ledger from (
    select v.role, r.currency, v.amount as ledger, 0::numeric as sub_ledger
    from owned_journal_entries r
    cross join lateral (values ('receivable', r.on_receivable), ('deferred_revenue', r.on_deferred)) as v(role,
        amount)
    where r.customer_id = $1 and r.distributor_id = $2 and v.amount <> 0
      and case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($5::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($6::bigint[])
    or o.subscription_id = any($7::bigint[]) and o.on_date >= $3::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($6::bigint[])
    or o.subscription_id = any($7::bigint[]) and o.on_date >= $3::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end
    union all
    select 'receivable', o.currency, 0, o.open_amount from open_documents o
    where o.customer_id = $1 and o.kind = 'invoice' and case when o.kind = 'invoice' then o.id in (select r.id from owned_invoices r where r.customer_id = $1 and r.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($4::bigint[]))) end
    union all
    select 'receivable', o.currency, 0, o.open_amount from open_documents o
    where o.customer_id = $1 and o.kind = 'debit_memo' and case when o.kind = 'debit_memo' then o.id in (select r.id from owned_debit_memos r where r.customer_id = $1 and r.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($4::bigint[]))) end
    union all
    select 'receivable', o.currency, 0, -o.unapplied from unapplied_credits o
    where o.customer_id = $1 and o.kind = 'payment' and case when o.kind = 'payment' then o.id in (select r.id from owned_payments r where r.customer_id = $1 and r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false)) end
    union all
    select 'receivable', o.currency, 0, -o.unapplied from unapplied_credits o
    where o.customer_id = $1 and o.kind = 'credit_memo' and case when o.kind = 'credit_memo' then o.id in (select r.id from owned_credit_memos r where r.customer_id = $1 and r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($5::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false)) end
    union all
    select 'deferred_revenue', o.currency, 0, o.amount from deferred_lines o
    where o.customer_id = $1 and o.invoice_id is not null and case when o.invoice_id is not null then o.invoice_id in (select r.id from owned_invoices r where r.customer_id = $1 and r.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($4::bigint[]))) end) x
    group by x.role, x.currency) s
join charts h on h.distributor_id = $2 and h.role = s.role and h.kept
join distributors d on d.id = $2
where s.role <> 'deferred_revenue' or not d.recognition_in_sum
order by s.role desc, s.currency;

with users as (
    select u.id, lower(u.login) as login, false as comes from service_users u where u.customer_id = $1
    union all
    select u.id, lower(u.login), true from service_users u where u.customer_id = $2
      and ($3 or exists (
          select 1 from service_user_subscriptions l
          where l.service_user_id = u.id and l.subscription_id = any($4::bigint[]))))
select 'service_user' as kind, number_of('SU', u.id) as number, u.login
from (select *, count(*) over w as alike, bool_or(comes) over w as changes
      from users window w as (partition by login)) u
where u.alike > 1 and u.changes order by u.login, u.id;

select 'customer' as kind, number_of('C', c.id) as number from customers c
where c.status in ('active', 'suspended') and c.crm_id <> ''
  and c.crm_id in (select crm_id from customers where id in ($1, $2))
  and exists (select 1 from customers o
              where o.crm_id = c.crm_id and o.id <> c.id and o.status in ('active', 'suspended')
              and ($3 or o.distributor_id = any($4::bigint[])))
  and ($3 or c.distributor_id = any($4::bigint[])) order by c.id;

select 'payment' as kind, number_of('PAY', p.id) as number from payments p
where p.customer_id = $1 and p.status = 'requires_action' and exists (select 1 from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = p.id) k where k.moves) order by p.id;

select u.kind, u.number, u.unapplied as amount from owned_payments r
join unapplied_credits u on u.kind = 'payment' and u.id = r.id
where r.customer_id = $1 and u.unapplied > 0 and r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false)
order by r.id;

select count(*) from owned_usage_records r
where r.customer_id = $1 and (r.subscription_id = any($2::bigint[])
    or r.subscription_id = any($3::bigint[]) and r.on_date >= $4::date);

select 'usage_record' as kind, r.number from owned_usage_records r
where r.customer_id = $1 and (r.subscription_id = any($2::bigint[])
    or r.subscription_id = any($3::bigint[]) and r.on_date >= $4::date) order by r.id
limit 50;

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_invoices r where r.customer_id = $1 and (r.status = 'open')
  and (r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[])))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select 'subscription' as kind, coalesce(r.id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, count(*) filter (where r.status in ('cancelled', 'terminated')) as ended,
coalesce(sum(r.amount) filter (where not r.status in ('cancelled', 'terminated')), 0) as amount
from owned_subscriptions r where r.customer_id = $2
group by 2, 3
union all
select 'subscription_charge' as kind, coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($5::bigint[])
    or r.subscription_id = any($6::bigint[]) and r.on_date >= $3::date)), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_subscription_charges r where r.customer_id = $2
group by 2, 3
union all
select 'usage_record' as kind, coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($5::bigint[])
    or r.subscription_id = any($6::bigint[]) and r.on_date >= $3::date)), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_usage_records r where r.customer_id = $2
group by 2, 3
union all
select 'billing_schedule' as kind, coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($5::bigint[])
    or r.subscription_id = any($6::bigint[]) and r.on_date >= $3::date)), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_billing_schedules r where r.customer_id = $2
group by 2, 3
union all
select 'revenue_schedule' as kind, coalesce((r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or r.invoice_id is null and (r.subscription_id = any($5::bigint[])
    or r.subscription_id = any($6::bigint[]) and r.on_date >= $3::date)), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_revenue_schedules r where r.customer_id = $2
group by 2, 3
union all
select 'invoice' as kind, coalesce(r.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($4::bigint[])), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoices r where r.customer_id = $2
group by 2, 3
union all
select 'invoice_line' as kind, coalesce(r.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoice_lines r where r.customer_id = $2
group by 2, 3
union all
select 'debit_memo' as kind, coalesce(r.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($4::bigint[])), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_debit_memos r where r.customer_id = $2
group by 2, 3
union all
select 'payment' as kind, coalesce(r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from payment_allocations a where a.payment_id = r.id) k), false), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_payments r where r.customer_id = $2
group by 2, 3
union all
select 'refund' as kind, coalesce(r.payment_id in (select o.id from owned_payments o where o.customer_id = $2 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from payment_allocations a where a.payment_id = o.id) k), false)), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_refunds r where r.customer_id = $2
group by 2, 3
union all
select 'credit_memo' as kind, coalesce(r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($1::bigint[]) as moves, s.customer_id = $2 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $2
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_credit_memos r where r.customer_id = $2
group by 2, 3
union all
select 'journal_entry' as kind, coalesce(case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $2 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $2 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($1::bigint[]) as moves, s.customer_id = $2 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $2
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $2 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $2 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $3::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $2 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $2 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $3::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end, false) as moving, r.currency, sum(r.counts) as count, 0 as ended,
sum(r.amount) as amount
from owned_journal_entries r where r.customer_id = $2
group by 2, 3
order by 1, 2, 3;

select c.id, coalesce(s.recurring, 0) as recurring, coalesce(s.subscriptions, 0) as subscriptions,
       (select count(*) from invoices i where i.customer_id = c.id and i.status = 'open') as open_invoices,
       0 as balance
from customers c left join (
    select r.customer_id, sum(r.amount) as recurring, count(*) as subscriptions from owned_subscriptions r
    where r.customer_id = any($1) and r.status not in ('cancelled', 'terminated')
    group by 1) s on s.customer_id = c.id
where c.id = any($1);

select coalesce(sum(r.amount), 0) as recurring, count(*) as subscriptions,
       (select count(*) from owned_invoices r
        where r.customer_id = $1 and r.status = 'open' and coalesce(r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[])), false)) as open_invoices,
       coalesce((select sum(d.open_amount) from open_documents d
                 where d.customer_id = $1 and case d.kind when 'invoice' then d.id in (select r.id from owned_invoices r where r.customer_id = $1 and coalesce(r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[])), false)) else d.id in (select r.id from owned_debit_memos r where r.customer_id = $1 and coalesce(r.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($3::bigint[])), false)) end), 0)
       - coalesce((select sum(u.unapplied) from unapplied_credits u
                   where u.customer_id = $1 and u.unapplied <> 0 and case u.kind
           when 'payment' then u.id in (select r.id from owned_payments r where r.customer_id = $1 and coalesce(r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false), false)) else u.id in (select r.id from owned_credit_memos r where r.customer_id = $1 and coalesce(r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($4::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false), false)) end), 0) as balance
from owned_subscriptions r where r.customer_id = $1 and r.status not in ('cancelled', 'terminated')
  and coalesce(r.id = any($4::bigint[]), false);

select 'links' as name, concat(count(*), ':', sum(hash)) as digest from (
    select hash_record_extended(a, 0) as hash from payment_allocations a join payments p on p.id = a.payment_id
    where p.customer_id = $1
    union all
    select hash_record_extended(a, 0) from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
    where m.customer_id = $1) links
union all
select 'subscription' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_subscriptions r where r.customer_id = $1 and r.id = any($2::bigint[])) m join subscriptions t on t.id = m.id
union all
select 'invoice' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_invoices r where r.customer_id = $1 and r.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($4::bigint[]))) m join invoices t on t.id = m.id
union all
select 'debit_memo' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_debit_memos r where r.customer_id = $1 and r.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($4::bigint[]))) m join debit_memos t on t.id = m.id
union all
select 'payment' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_payments r where r.customer_id = $1 and r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false)) m join payments t on t.id = m.id
union all
select 'credit_memo' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_credit_memos r where r.customer_id = $1 and r.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($2::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false)) m join credit_memos t on t.id = m.id
union all
select 'journal_entry' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select distinct r.id from owned_journal_entries r where r.customer_id = $1 and case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($2::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $3::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $3::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $3::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end) m join journal_entries t on t.id = m.id;

select 'balance' as kind, currency, 0 as count, sum(balance) as amount
from customer_balances where customer_id = any($1) group by currency;

select 'subscription' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_subscriptions r where r.customer_id = any($1) group by r.currency;

select 'subscription_charge' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_subscription_charges r where r.customer_id = any($1) group by r.currency;

select 'usage_record' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_usage_records r where r.customer_id = any($1) group by r.currency;

select 'billing_schedule' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_billing_schedules r where r.customer_id = any($1) group by r.currency;

select 'revenue_schedule' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_revenue_schedules r where r.customer_id = any($1) group by r.currency;

select 'invoice' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_invoices r where r.customer_id = any($1) group by r.currency;

select 'invoice_line' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_invoice_lines r where r.customer_id = any($1) group by r.currency;

select 'debit_memo' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_debit_memos r where r.customer_id = any($1) group by r.currency;

select 'payment' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_payments r where r.customer_id = any($1) group by r.currency;

select 'credit_memo' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_credit_memos r where r.customer_id = any($1) group by r.currency;

select 'journal_entry' as kind, l.currency, count(distinct e.id) as count, sum(l.debit) as amount
from (select id from journal_entries where customer_id = any($1)
      union
      select unnest(record_ids) from transfer_ledger where order_id = $2 and kind = 'journal_entry') e
join journal_lines l on l.entry_id = e.id group by l.currency;

select count(*) as count, sum(amount) as amount from owned_subscriptions
where id = any($1);

select array_agg(next_id('subscriptions', 'S') order by n)
from generate_series(1, $1::int) n;

with born as (
    insert into subscriptions (id, customer_id, plan_id, status, start_on, end_on, billing_period, quantity,
                           price, price_frozen, promotion)
select u.new, $1, s.plan_id, s.status, $2::date, s.end_on, s.billing_period, s.quantity, s.price,
       s.price_frozen, s.promotion
from unnest($3::bigint[], $4::bigint[]) as u(old, new) join subscriptions s on s.id = u.old
order by u.new
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $5, 'subscription', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from subscription_continuations t where (t.subscription_id = any($1::bigint[])) and t.subscription_id is distinct from (($2::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

with born as (
    insert into subscription_continuations (subscription_id, continuation_id, on_date)
select u.old, u.new, $1::date from unnest($2::bigint[], $3::bigint[]) as u(old, new)
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $4, 'subscription_continuation', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from subscriptions t where (t.id = any($1::bigint[])) and t.status is distinct from ('cancelled') order by t.id;

with slice as materialized (
    select t.id, t.status::text as before, ('cancelled')::text as after
    from subscriptions t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set status = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'subscription', 'status', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1::bigint[])) and t.end_on is distinct from ($2::date) order by t.id;

with slice as materialized (
    select t.id, t.end_on::text as before, ($1::date)::text as after
    from subscriptions t where t.id = any($2::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set end_on = slice.after::date
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $3, 'subscription', 'end_on', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select distinct r.id from owned_journal_entries r where r.customer_id = $1 and r.source_id is null and case r.source_kind
        when 'invoice' then r.source_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[])))
        when 'payment' then r.source_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false))
        when 'refund' then r.source_id in (select f.id from refunds f where f.payment_id in (select o.id from owned_payments o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = o.id) k), false)))
        when 'credit_memo' then r.source_id in (select o.id from owned_credit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($4::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = o.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = o.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = o.id) k), false))
        when 'debit_memo' then r.source_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
        when 'revenue_schedule' then r.source_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $2::date)))
        else coalesce((select bool_and(rl.revenue_schedule_id in (select o.id from owned_revenue_schedules o where o.customer_id = $1 and (o.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) or o.invoice_id is null and (o.subscription_id = any($5::bigint[])
    or o.subscription_id = any($6::bigint[]) and o.on_date >= $2::date)))) from recognition_lines rl
where rl.entry_id = r.id), false) end) m join journal_entries t on t.id = m.id
where (true) and t.customer_id is distinct from ($7::bigint) order by t.id;

select t.id from (select r.id from owned_credit_memos r where r.customer_id = $1 and r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select m.subscription_id = any($3::bigint[]) as moves, s.customer_id = $1 as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = r.id
        union all
        select m.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))), i.customer_id = $1
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = r.id
        union all
        select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($4::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($4::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($4::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from credit_allocations a
        where a.credit_memo_id = r.id) k), false)) m join credit_memos t on t.id = m.id
where (true) and t.customer_id is distinct from ($5::bigint) order by t.id;

select t.id from (select r.id from owned_payments r where r.customer_id = $1 and r.on_date >= $2::date
    and coalesce((select bool_and(coalesce(k.moves, false)) from (select case when a.invoice_id is null then a.debit_memo_id in (select o.id from owned_debit_memos o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = o.id and m.subscription_id = any($3::bigint[])))
else a.invoice_id in (select o.id from owned_invoices o where o.customer_id = $1 and o.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = o.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = o.id and l.subscription_id <> all($3::bigint[]))) end as moves,
        coalesce((select i.customer_id from invoices i where i.id = a.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = a.debit_memo_id)) = $1 as own from payment_allocations a where a.payment_id = r.id) k), false)) m join payments t on t.id = m.id
where (true) and t.customer_id is distinct from ($4::bigint) order by t.id;

select t.id from (select r.id from owned_debit_memos r where r.customer_id = $1 and r.on_date >= $2::date
    and exists (select 1 from debit_memos m where m.id = r.id and m.subscription_id = any($3::bigint[]))) m join debit_memos t on t.id = m.id
where (true) and t.customer_id is distinct from ($4::bigint) order by t.id;

select t.id from (select r.id from owned_invoices r where r.customer_id = $1 and r.on_date >= $2::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any($3::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = r.id and l.subscription_id <> all($3::bigint[]))) m join invoices t on t.id = m.id
where (true) and t.customer_id is distinct from ($4::bigint) order by t.id;

select t.id from (select r.id from owned_subscriptions r where r.customer_id = $1 and r.id = any($2::bigint[]) and r.id = any($3::bigint[])) m join subscriptions t on t.id = m.id
where (true) and t.customer_id is distinct from ($4::bigint) order by t.id;

select t.id from (select r.id from owned_subscription_charges r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and (r.subscription_id = any($3::bigint[])
    or r.subscription_id = any($2::bigint[]) and r.on_date >= $4::date)) m join subscription_charges t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($5::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

with slice as materialized (
    select t.id, t.subscription_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.subscription_id)])::text as after
    from subscription_charges t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update subscription_charges t set subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'subscription_charge', 'subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_usage_records r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and (r.subscription_id = any($3::bigint[])
    or r.subscription_id = any($2::bigint[]) and r.on_date >= $4::date)) m join usage_records t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($5::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

with slice as materialized (
    select t.id, t.subscription_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.subscription_id)])::text as after
    from usage_records t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update usage_records t set subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'usage_record', 'subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_billing_schedules r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and (r.subscription_id = any($3::bigint[])
    or r.subscription_id = any($2::bigint[]) and r.on_date >= $4::date)) m join billing_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($5::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

with slice as materialized (
    select t.id, t.subscription_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.subscription_id)])::text as after
    from billing_schedules t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update billing_schedules t set subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'billing_schedule', 'subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_revenue_schedules r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and (r.subscription_id = any($3::bigint[])
    or r.subscription_id = any($2::bigint[]) and r.on_date >= $4::date)) m join revenue_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($5::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

with slice as materialized (
    select t.id, t.subscription_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.subscription_id)])::text as after
    from revenue_schedules t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update revenue_schedules t set subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'revenue_schedule', 'subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from invoice_lines t where (t.subscription_id = any($1::bigint[]) and t.invoice_id in (select unnest(g.record_ids) from transfer_ledger g
where g.order_id = $2 and g.kind = 'invoice' and g.column_name = 'customer_id')) and t.subscription_id is distinct from (($3::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

select t.id from debit_memos t where (t.subscription_id = any($1::bigint[]) and t.id in (select unnest(g.record_ids) from transfer_ledger g
where g.order_id = $2 and g.kind = 'debit_memo' and g.column_name = 'customer_id')) and t.subscription_id is distinct from (($3::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

select t.id from credit_memos t where (t.subscription_id = any($1::bigint[]) and t.id in (select unnest(g.record_ids) from transfer_ledger g
where g.order_id = $2 and g.kind = 'credit_memo' and g.column_name = 'customer_id')) and t.subscription_id is distinct from (($3::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

select t.id from subscriptions t where (t.id = any($1::bigint[]) and t.parent_subscription_id is not null) and t.parent_subscription_id is distinct from ((select coalesce(($2::bigint[])[array_position($3::bigint[], p.id)],
case when p.id = any($1::bigint[]) then p.id end)
            from subscriptions p where p.id = t.parent_subscription_id)) order by t.id;

select t.id from subscriptions t where (t.id = any($1::bigint[])) and t.parent_subscription_id is distinct from ((select coalesce(($1::bigint[])[array_position($2::bigint[], p.id)],
case when p.id = any($3::bigint[]) then p.id end)
            from subscriptions o join subscriptions p on p.id = o.parent_subscription_id
            where o.id = ($2::bigint[])[array_position($1::bigint[], t.id)])) order by t.id;

select t.id from payment_allocations t where (t.payment_id in (select p.id from payments p where p.customer_id = $1 and p.status = 'failed')
and (t.invoice_id in (select unnest(record_ids) from transfer_ledger
where order_id = $2 and kind = 'invoice' and column_name = 'customer_id') or t.debit_memo_id in (select unnest(record_ids) from transfer_ledger
where order_id = $2 and kind = 'debit_memo' and column_name = 'customer_id'))) and t.parted is distinct from (true) order by t.id;

select (select count(*) from contacts where customer_id = $1) as contacts,
       (select count(*) from terms_acceptances where customer_id = $1) as acceptances;

select coalesce(array_agg(u.id order by u.id), '{}') from service_users u
where u.customer_id = $1 and not u.account_wide
  and exists (select 1 from service_user_subscriptions l
              where l.service_user_id = u.id and l.subscription_id = any($2::bigint[]))
  and exists (select 1 from service_user_subscriptions l
              where l.service_user_id = u.id and l.subscription_id <> all($2::bigint[]));

select coalesce(array_agg(next_id('service_users', 'SU') order by n), '{}')
from generate_series(1, $1::int) n;

with born as (
    insert into service_users (id, customer_id, login, account_wide)
select c.new, $1, u.login, u.account_wide
from unnest($2::bigint[], $3::bigint[]) as c(old, new) join service_users u on u.id = c.old
order by c.new
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $4, 'service_user', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from service_users t where (t.customer_id = $1 and t.id <> all($2::bigint[]) and exists (
             select 1 from service_user_subscriptions l
             where l.service_user_id = t.id and l.subscription_id = any($3::bigint[]))) and t.customer_id is distinct from ($4::bigint) order by t.id;

with rewritten as (
    update service_users t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'service_user', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from service_user_subscriptions t where (t.service_user_id = any($1::bigint[]) and t.subscription_id = any($2::bigint[])) and t.service_user_id is distinct from (($3::bigint[])[array_position($1::bigint[], t.service_user_id)]) order by t.id;

select t.id from service_user_subscriptions t where (t.subscription_id = any($1::bigint[])) and t.subscription_id is distinct from (($2::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

with slice as materialized (
    select t.id, t.subscription_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.subscription_id)])::text as after
    from service_user_subscriptions t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update service_user_subscriptions t set subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'service_user_subscription', 'subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select 'subscription' as kind, coalesce(max(id), 0) as id from subscriptions
union all
select 'subscription_charge' as kind, coalesce(max(id), 0) as id from subscription_charges
union all
select 'usage_record' as kind, coalesce(max(id), 0) as id from usage_records
union all
select 'billing_schedule' as kind, coalesce(max(id), 0) as id from billing_schedules
union all
select 'revenue_schedule' as kind, coalesce(max(id), 0) as id from revenue_schedules
union all
select 'invoice' as kind, coalesce(max(id), 0) as id from invoices
union all
select 'invoice_line' as kind, coalesce(max(id), 0) as id from invoice_lines
union all
select 'debit_memo' as kind, coalesce(max(id), 0) as id from debit_memos
union all
select 'payment' as kind, coalesce(max(id), 0) as id from payments
union all
select 'refund' as kind, coalesce(max(id), 0) as id from refunds
union all
select 'credit_memo' as kind, coalesce(max(id), 0) as id from credit_memos
union all
select 'journal_entry' as kind, coalesce(max(id), 0) as id from journal_entries;

insert into transfer_reconciliation (order_id, kind, currency, count_before, amount_before,
                                     count_declared, amount_declared, count_after, amount_after)
values ($1, $2, $3, $4, $5, $6, $7, $8,
        $9);

insert into transfer_differences (order_id, kind, currency, reason, facts, count, amount)
  values ($1, $2, $3, $4, $5, $6, $7);

insert into transfer_books (order_id, side, customer_id, distributor_id, role, currency, ledger_before,
                            sub_ledger_before, declared, ledger_after, sub_ledger_after)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        $11);

