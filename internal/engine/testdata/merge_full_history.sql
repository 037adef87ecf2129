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

select id, number_of('PM', id) as number, label, kind, merchant_account from payment_methods
where customer_id = $1 and status = 'active' order by id;

select array[s.name, s.address, s.tax_id, s.crm_id, s.email] as source, array[t.name, t.address, t.tax_id, t.crm_id, t.email] as target from customers s cross join customers t
where s.id = $1 and t.id = $2;

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

with recursive up as (
    select parent_customer_id as id, array[id] as path from customers where id = $1
    union all
    select c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.id
    where u.id <> all(u.path))
select c.id, c.name, c.status, c.bill_to_parent from up u join customers c on c.id = u.id
where u.id <> all(u.path) order by cardinality(u.path);

select distinct 'order' as kind, number_of('TO', order_id) as number from open_transfers
where customer_id in ($1, $2) and order_id <> $3;

select 'placed_order' as kind, number_of('O', id) as number from placed_orders
where customer_id = $1 and status not in ('completed', 'cancelled', 'failed')
  and ($2 or subscription_id = any($3::bigint[])) order by id;

select 'payment' as kind, number_of('PAY', p.id) as number from payments p
where p.customer_id = $1 and p.status = 'processing' and true order by p.id;

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_invoices r where r.customer_id = $1 and (r.restricted <> '')
  and (true)) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and (r.restricted <> '')
  and (true)) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and (r.restricted <> '')
  and (true)) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select distinct r.id, r.number from owned_journal_entries r where r.customer_id = $1 and (r.restricted <> '')
  and (true)) select 3 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select exists (select 1 from financial_periods
where distributor_id = $1 and status = 'closed');

select role, currency, ledger, sub_ledger from book_differences where customer_id = $1
order by role desc, currency;

select place, id, number, count from (
(with found as materialized (select distinct r.id, r.number from owned_journal_entries r where r.customer_id = $1 and ((r.source_id is null
and not exists (select 1 from recognition_lines rl where rl.entry_id = r.id) and r.on_receivable <> 0 and not coalesce(true, false)))) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select distinct r.id, r.number from owned_journal_entries r where r.customer_id = $1 and ((r.source_id is null
and not exists (select 1 from recognition_lines rl where rl.entry_id = r.id) and r.on_receivable <> 0 and true))) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and ((bills(r.status) and r.amount <> 0 and not exists (select 1 from journal_entries e where e.source_kind = 'invoice' and e.source_id = r.id))) and true) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and (((select sum(e.on_receivable) from journal_entries e where e.source_kind = 'invoice' and e.source_id = r.id) <> case when bills(r.status) then r.amount * 1 else 0 end)) and true) select 3 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_payments r where r.customer_id = $1 and ((r.status = 'succeeded' and r.amount <> 0 and not exists (select 1 from journal_entries e where e.source_kind = 'payment' and e.source_id = r.id))) and true) select 4 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_payments r where r.customer_id = $1 and (((select sum(e.on_receivable) from journal_entries e where e.source_kind = 'payment' and e.source_id = r.id) <> case when r.status = 'succeeded' then r.amount * -1 else 0 end)) and true) select 5 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and ((r.status <> 'void' and r.amount <> 0 and not exists (select 1 from journal_entries e where e.source_kind = 'credit_memo' and e.source_id = r.id))) and true) select 6 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and (((select sum(e.on_receivable) from journal_entries e where e.source_kind = 'credit_memo' and e.source_id = r.id) <> case when r.status <> 'void' then r.amount * -1 else 0 end)) and true) select 7 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and ((r.status <> 'void' and r.amount <> 0 and not exists (select 1 from journal_entries e where e.source_kind = 'debit_memo' and e.source_id = r.id))) and true) select 8 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and (((select sum(e.on_receivable) from journal_entries e where e.source_kind = 'debit_memo' and e.source_id = r.id) <> case when r.status <> 'void' then r.amount * 1 else 0 end)) and true) select 9 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_refunds r where r.customer_id = $1 and (((select d.effect from receivable_documents d where d.kind = 'refund' and d.id = r.id) <> 0
and not exists (select 1 from journal_entries e
                where e.source_kind = 'refund' and e.source_id = r.id))) and true) select 10 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_refunds r where r.customer_id = $1 and (((select sum(e.on_receivable) from journal_entries e
where e.source_kind = 'refund' and e.source_id = r.id) <> (select d.effect from receivable_documents d where d.kind = 'refund' and d.id = r.id))) and true) select 11 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'invoice' and x.id = r.id and x.why = 'status'))) and true) select 12 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'debit_memo' and x.id = r.id and x.why = 'status'))) and true) select 13 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'credit_memo' and x.id = r.id and x.why = 'status'))) and true) select 14 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'invoice' and x.id = r.id and x.why = 'void'))) and true) select 15 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'debit_memo' and x.id = r.id and x.why = 'void'))) and true) select 16 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_payments r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'payment' and x.id = r.id and x.why = 'elsewhere'))) and true) select 17 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_credit_memos r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'credit_memo' and x.id = r.id and x.why = 'elsewhere'))) and true) select 18 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_invoices r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'invoice' and x.id = r.id and x.why = 'elsewhere'))) and true) select 19 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (select r.id, r.number from owned_debit_memos r where r.customer_id = $1 and ((exists (select 1 from receivable_exceptions x
where x.kind = 'debit_memo' and x.id = r.id and x.why = 'elsewhere'))) and true) select 20 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

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

with kept as (
    select case when s.crm_id <> '' and ($1 or t.crm_id = '') then s.crm_id
                else t.crm_id end as crm_id
    from customers s cross join customers t where s.id = $2 and t.id = $3)
select 'customer' as kind, number_of('C', c.id) as number from customers c
join kept k on k.crm_id = c.crm_id
where c.crm_id <> '' and c.status in ('active', 'suspended') and c.id not in ($2, $3)
  and ($4 or c.distributor_id = any($5::bigint[])) order by c.id;

select 'payment' as kind, number_of('PAY', p.id) as number from payments p
where p.customer_id = $1 and p.status = 'requires_action' and true order by p.id;

select u.kind, u.number, u.unapplied as amount from unapplied_credits u
where u.customer_id = $1 and u.kind = 'credit_memo' and u.unapplied > 0 order by u.id;

select 'refund' as kind, number_of('RF', f.id) as number, least(f.amount, f.until - f.rest) as amount
from (select f.id, f.amount, p.amount - p.allocated as rest,
      sum(f.amount) over (partition by p.id order by f.refunded_on, f.id) as until
      from payments p join refunds f on f.payment_id = p.id
      where p.customer_id = $1 and p.status = 'succeeded' and p.refunded > p.amount - p.allocated
        and f.kind = 'refund' and f.status = 'succeeded' and f.credit_memo_id is null) f
where f.until > f.rest order by f.id;

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_invoices r where r.customer_id = $1 and (r.status = 'open')
  and (true)) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select 'subscription' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, count(*) filter (where r.status in ('cancelled', 'terminated')) as ended,
coalesce(sum(r.amount) filter (where not r.status in ('cancelled', 'terminated')), 0) as amount
from owned_subscriptions r where r.customer_id = $1
group by 2, 3
union all
select 'subscription_charge' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_subscription_charges r where r.customer_id = $1
group by 2, 3
union all
select 'usage_record' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_usage_records r where r.customer_id = $1
group by 2, 3
union all
select 'billing_schedule' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_billing_schedules r where r.customer_id = $1
group by 2, 3
union all
select 'revenue_schedule' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_revenue_schedules r where r.customer_id = $1
group by 2, 3
union all
select 'invoice' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoices r where r.customer_id = $1
group by 2, 3
union all
select 'invoice_line' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoice_lines r where r.customer_id = $1
group by 2, 3
union all
select 'debit_memo' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_debit_memos r where r.customer_id = $1
group by 2, 3
union all
select 'payment' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_payments r where r.customer_id = $1
group by 2, 3
union all
select 'refund' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_refunds r where r.customer_id = $1
group by 2, 3
union all
select 'credit_memo' as kind, coalesce(true, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_credit_memos r where r.customer_id = $1
group by 2, 3
union all
select 'journal_entry' as kind, coalesce(true, false) as moving, r.currency, sum(r.counts) as count, 0 as ended,
sum(r.amount) as amount
from owned_journal_entries r where r.customer_id = $1
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

select 'links' as name, concat(count(*), ':', sum(hash)) as digest from (
    select hash_record_extended(a, 0) as hash from payment_allocations a join payments p on p.id = a.payment_id
    where p.customer_id = $1
    union all
    select hash_record_extended(a, 0) from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
    where m.customer_id = $1) links
union all
select 'subscription' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from subscriptions t where t.customer_id = $1
union all
select 'invoice' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from invoices t where t.customer_id = $1
union all
select 'debit_memo' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from debit_memos t where t.customer_id = $1
union all
select 'payment' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from payments t where t.customer_id = $1
union all
select 'credit_memo' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from credit_memos t where t.customer_id = $1
union all
select 'journal_entry' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from journal_entries t where t.customer_id = $1;

select 'balance' as kind, currency, 0 as count, sum(balance) as amount
from customer_balances where customer_id = any($1) group by currency;

select 'subscription' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_subscriptions r where r.customer_id = any($1) group by r.currency;

select 'invoice' as kind, r.currency, count(*) as count, sum(r.amount) as amount
from owned_invoices r where r.customer_id = any($1) group by r.currency;

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

select t.id from journal_entries t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update journal_entries t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'journal_entry', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from credit_memos t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update credit_memos t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'credit_memo', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from payments t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update payments t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'payment', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from debit_memos t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update debit_memos t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'debit_memo', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from invoices t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update invoices t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'invoice', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from subscriptions t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

with rewritten as (
    update subscriptions t set customer_id = $1::bigint
    where t.id = any($2::bigint[]) and t.customer_id = $3
    returning t.id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'subscription', 'customer_id', array_agg(id order by id), min(id), max(id), array[$3::text], array[($1::bigint)::text]
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*)
  from rewritten;

select t.id from (select r.id from owned_subscription_charges r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and r.subscription_id = any($3::bigint[])) m join subscription_charges t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($4::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

select t.id from (select r.id from owned_usage_records r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and r.subscription_id = any($3::bigint[])) m join usage_records t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($4::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

select t.id from (select r.id from owned_billing_schedules r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and r.subscription_id = any($3::bigint[])) m join billing_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($4::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

select t.id from (select r.id from owned_revenue_schedules r where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and (r.subscription_id = any($3::bigint[])
    or r.subscription_id = any($2::bigint[]) and (not r.recognized or r.on_date >= $4::date))) m join revenue_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.subscription_id is distinct from (($5::bigint[])[array_position($2::bigint[], t.subscription_id)]) order by t.id;

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

with born as (
    insert into former_ids (customer_id, kind, value)
select c.id, 'crm_id', $1 from customers c where c.id = $2 and not exists (
    select 1 from former_ids f where f.customer_id = c.id and f.kind = 'crm_id' and f.value = $1)
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'former_id', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select crm_id::text from customers where id = $1;

insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::text)::text]);

update customers set crm_id = $2::text where id = $1;

with born as (
    insert into contacts (id, customer_id, name, email, role)
select next_id('contacts', 'CT'), $1, c.name, c.email, c.role from contacts c
where c.customer_id = $2 and (c.email = '' or not exists (
    select 1 from contacts o where lower(o.email) = lower(c.email)
      and (o.customer_id = $1 or o.customer_id = $2 and o.id < c.id)))
order by c.id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'contact', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from terms_acceptances t where (t.customer_id = $1 and exists (
    select 1 from terms_acceptances a
    where a.customer_id = $2 and a.terms_id = t.terms_id and a.accepted_at < t.accepted_at)) and t.accepted_by is distinct from ((select a.accepted_by from terms_acceptances a
where a.customer_id = $2 and a.terms_id = t.terms_id)) order by t.id;

select t.id from terms_acceptances t where (t.customer_id = $1 and exists (
    select 1 from terms_acceptances a
    where a.customer_id = $2 and a.terms_id = t.terms_id and a.accepted_at < t.accepted_at)) and t.accepted_at is distinct from ((select a.accepted_at from terms_acceptances a
where a.customer_id = $2 and a.terms_id = t.terms_id)) order by t.id;

with born as (
    insert into terms_acceptances (customer_id, terms_id, accepted_at, accepted_by)
select $1, a.terms_id, a.accepted_at, a.accepted_by from terms_acceptances a
where a.customer_id = $2 and not exists (
    select 1 from terms_acceptances o where o.customer_id = $1 and o.terms_id = a.terms_id)
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'terms_acceptance', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from service_users t where (t.customer_id = $1) and t.customer_id is distinct from ($2::bigint) order by t.id;

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

select t.id from service_user_subscriptions t where (t.subscription_id = any($1::bigint[])) and t.subscription_id is distinct from (($2::bigint[])[array_position($1::bigint[], t.subscription_id)]) order by t.id;

select t.id from customers t where (t.parent_customer_id = $1 and t.status in ('active', 'suspended') and t.id <> $2) and t.parent_customer_id is distinct from ($2::bigint) order by t.id;

select status::text from customers where id = $1;

select successor_id::text from customers where id = $1;

insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::bigint)::text]);

select succeeded_on::text from customers where id = $1;

insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::date)::text]);

update customers set status = $2::text, successor_id = $3::bigint, succeeded_on = $4::date, crm_id = $5::text where id = $1;

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

insert into transfer_books (order_id, side, customer_id, distributor_id, role, currency, ledger_before,
                            sub_ledger_before, declared, ledger_after, sub_ledger_after)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
        $11);

