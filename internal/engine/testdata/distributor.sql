select from customers where id = any($1) order by id for update;

select from distributors where id = any($1) order by id for share;

select from plans where distributor_id = any($1) order by id for share;

select from financial_periods where distributor_id = any($1) order by id for share;

select exists (select 1 from distributors d where (d.id = $1) and (true));

select c.id from customers c where (c.id = $1) and (true);

select c.id, number_of('C', c.id) as number, c.name, c.email, c.currency, c.country, c.tax_id, c.crm_id,
       c.bill_to_parent, c.parent_customer_id, c.status, c.distributor_id, b.balance
from customers c join customer_balances b on b.customer_id = c.id where c.id = $1;

select d.id, number_of('D', d.id) as number, d.name, d.currency, d.country, d.legal_entity, d.brand_id,
       coalesce(b.name, d.name) as brand_name, d.merchant_account, d.status, d.time_zone,
       d.require_approval, d.require_consent
from distributors d left join brands b on b.id = d.brand_id where d.id = $1;

select from_currency, to_currency, on_date, rate, source
from exchange_rates where from_currency = $1 and to_currency = $2 and withdrawn_at is null
order by on_date desc, id desc limit 1;

with recursive pairs as (
(select from_currency, to_currency from exchange_rates order by from_currency, to_currency limit 1)
union all
select n.from_currency, n.to_currency
from pairs p
cross join lateral (
select e.from_currency, e.to_currency from exchange_rates e
where (e.from_currency, e.to_currency) > (p.from_currency, p.to_currency)
order by e.from_currency, e.to_currency limit 1) n) select from_currency, to_currency
from pairs;

select s.id, number_of('S', s.id) as number, s.status, s.plan_id, p.name as plan_name,
       p.distributor_id as plan_owner, p.transferable, s.billing_period, s.quantity, s.price, s.price_frozen,
       s.promotion, r.root_id
from subscriptions s join plans p on p.id = s.plan_id join plan_roots r on r.plan_id = p.id
where s.customer_id = $1 and s.status not in ('cancelled', 'terminated') order by s.id;

select p.id, number_of('P', p.id) as number, p.name, p.currency, p.billing_period, p.price, p.transferable,
       r.root_id
from plans p join plan_roots r on r.plan_id = p.id
where p.distributor_id = $1 and p.currency = $2 order by p.id;

select d.kind, d.id, d.number, d.open_amount, d.due_on,
       coalesce(m.origin_kind, d.kind) as origin_kind, coalesce(m.origin_number, d.number) as origin_number,
       coalesce(m.origin_issued_on, d.issued_on) as origin_issued_on,
       coalesce(m.origin_distributor_id, $1) as origin_distributor_id
from open_documents d left join debit_memos m on d.kind = 'debit_memo' and m.id = d.id
where d.customer_id = $2 and d.open_amount <> 0 and true
order by d.due_on, d.number collate "C", d.kind, d.id;

select u.kind, u.id, u.number, u.unapplied, coalesce(m.invoice_id, 0) as invoice_id,
       coalesce(m.origin_kind, u.kind) as origin_kind, coalesce(m.origin_number, u.number) as origin_number,
       coalesce(m.origin_issued_on, u.on_date) as origin_issued_on,
       coalesce(m.origin_distributor_id, $1) as origin_distributor_id
from unapplied_credits u left join credit_memos m on u.kind = 'credit_memo' and m.id = u.id
where u.customer_id = $2 and u.unapplied <> 0 and true
order by u.kind = 'credit_memo', u.on_date, u.number collate "C", u.id;

select recognition_in_sum from distributors where id = $1;

select role, accounts, posts_to, said, declared, kept from charts where distributor_id = $1
order by place;

select a.id, a.terms_id, number_of('T', t.id) as number, t.title,
       (select b.id from terms b join terms_roots br on br.terms_id = b.id
        where b.distributor_id = $2 and br.root_id = r.root_id order by b.id desc limit 1) as target_id
from terms_acceptances a join terms t on t.id = a.terms_id join terms_roots r on r.terms_id = t.id
where a.customer_id = $1 order by a.id;

select id, number_of('PM', id) as number, label, kind, merchant_account from payment_methods
where customer_id = $1 and status = 'active' order by id;

select cut_on from transfer_orders where id = $1 and status <> 'draft' and cut_on is not null;

select t.*, c.name || ' (' || number_of('C', c.id) || ')' as customer, d.name as seller, ($1 or c.distributor_id = any($2::bigint[])) as visible
from (
    select r.subscription_id, l.id as line_id, true as scheduled, r.recognized, r.period_start, r.period_end,
           r.amount, i.currency, i.customer_id, l.amount - coalesce((select sum(m.amount) from credit_memos m
            where m.invoice_id = i.id and m.status <> 'void'
              and (m.subscription_id is null or m.subscription_id = r.subscription_id)), 0) as ceiling
    from revenue_schedules r join invoice_lines l on l.id = r.invoice_line_id
    join invoices i on i.id = l.invoice_id
    where r.subscription_id = any($3::bigint[]) and bills(i.status) and r.period_end >= $4::date
      and r.amount <> 0 and true
    union all
    select l.subscription_id, l.id, false, false, l.service_start, l.service_end, l.amount,
           i.currency, i.customer_id, l.amount - coalesce((select sum(m.amount) from credit_memos m
            where m.invoice_id = i.id and m.status <> 'void'
              and (m.subscription_id is null or m.subscription_id = l.subscription_id)), 0)
    from invoice_lines l join invoices i on i.id = l.invoice_id
    where l.subscription_id = any($3::bigint[]) and bills(i.status)
      and l.service_start <= l.service_end and l.service_end >= $4::date and l.amount <> 0 and true
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

select 'customer' as kind, number_of('C', id) as number from customers
where parent_customer_id = $1 and status in ('active', 'suspended')
  and ($2 or customers.distributor_id = any($3::bigint[])) order by id;

select 'invoice' as kind, number from invoices where customer_id = $1 and status = 'draft' order by id;

select 'revenue_schedule' as kind, r.number from owned_revenue_schedules r
where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) and r.recognized order by r.id;

select place, id, number, count from (
(with found as materialized (
select r.id, r.number from owned_subscription_charges r
where r.customer_id = $1 and r.subscription_id is not null
  and r.subscription_id <> all($2::bigint[]) and r.amount <> 0) select 0 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_usage_records r
where r.customer_id = $1 and r.subscription_id is not null
  and r.subscription_id <> all($2::bigint[]) and r.amount <> 0) select 1 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
union all
(with found as materialized (
select r.id, r.number from owned_billing_schedules r
where r.customer_id = $1 and r.subscription_id is not null
  and r.subscription_id <> all($2::bigint[]) and r.amount <> 0) select 2 as place, id, number,
(select count(*) from found) as count from found order by id limit 50)
) parts order by place, id;

select 'placed_order' as kind, number_of('O', id) as number from placed_orders
where customer_id = $1 and status not in ('completed', 'cancelled', 'failed')
  and ($2 or subscription_id = any($3::bigint[])) order by id;

select 'payment' as kind, number_of('PAY', p.id) as number from payments p
where p.customer_id = $1 and p.status = 'processing' and true order by p.id;

select exists (select 1 from financial_periods
where distributor_id = $1 and status = 'closed');

select exists (select 1 from financial_periods where distributor_id = $1 and status = 'closed'
               and $2::date between start_on and end_on);

select role, currency, ledger, sub_ledger from book_differences where customer_id = $1
order by role desc, currency;

select 'customer' as kind, number_of('C', id) as number, name, bool_or(by_tax) as by_tax from (
    select c.id, c.name, true as by_tax from customers s
    join customers c on c.distributor_id = $1 and c.tax_id <> ''
         and tax_key(c.tax_id) = tax_key(s.tax_id)
    where s.id = $2 and tax_key(s.tax_id) <> '' and c.status in ('active', 'suspended') and c.id <> s.id and ($3 or c.distributor_id = any($4::bigint[]))
    union all
    select c.id, c.name, false from customers s
    join customers c on c.distributor_id = $1 and c.email <> ''
      and lower(c.email) = lower(s.email)
         and lower(btrim(c.name)) = lower(btrim(s.name))
    where s.id = $2 and c.status in ('active', 'suspended') and c.id <> s.id and ($3 or c.distributor_id = any($4::bigint[]))) same
group by id, name order by id;

select 'customer' as kind, number_of('C', id) as number from customers
where crm_id <> '' and crm_id = (select crm_id from customers where id = $1) and id <> $1
  and status in ('active', 'suspended') and ($2 or customers.distributor_id = any($3::bigint[])) order by id;

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

select count(*) from owned_usage_records r
where r.customer_id = $1 and r.subscription_id = any($2::bigint[]);

select 'usage_record' as kind, r.number from owned_usage_records r
where r.customer_id = $1 and r.subscription_id = any($2::bigint[]) order by r.id
limit 50;

select 'subscription' as kind, coalesce(r.id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, count(*) filter (where r.status in ('cancelled', 'terminated')) as ended,
coalesce(sum(r.amount) filter (where not r.status in ('cancelled', 'terminated')), 0) as amount
from owned_subscriptions r where r.customer_id = $2
group by 2, 3
union all
select 'subscription_charge' as kind, coalesce(r.subscription_id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_subscription_charges r where r.customer_id = $2
group by 2, 3
union all
select 'usage_record' as kind, coalesce(r.subscription_id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_usage_records r where r.customer_id = $2
group by 2, 3
union all
select 'billing_schedule' as kind, coalesce(r.subscription_id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_billing_schedules r where r.customer_id = $2
group by 2, 3
union all
select 'revenue_schedule' as kind, coalesce(r.subscription_id = any($1::bigint[]), false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_revenue_schedules r where r.customer_id = $2
group by 2, 3
union all
select 'invoice' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoices r where r.customer_id = $2
group by 2, 3
union all
select 'invoice_line' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_invoice_lines r where r.customer_id = $2
group by 2, 3
union all
select 'debit_memo' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_debit_memos r where r.customer_id = $2
group by 2, 3
union all
select 'payment' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_payments r where r.customer_id = $2
group by 2, 3
union all
select 'refund' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_refunds r where r.customer_id = $2
group by 2, 3
union all
select 'credit_memo' as kind, coalesce(false, false) as moving, r.currency, count(*) as count, 0 as ended,
sum(r.amount) as amount
from owned_credit_memos r where r.customer_id = $2
group by 2, 3
union all
select 'journal_entry' as kind, coalesce(false, false) as moving, r.currency, sum(r.counts) as count, 0 as ended,
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

select 'links' as name, concat(count(*), ':', sum(hash)) as digest from (
    select hash_record_extended(a, 0) as hash from payment_allocations a join payments p on p.id = a.payment_id
    where p.customer_id = $1
    union all
    select hash_record_extended(a, 0) from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
    where m.customer_id = $1) links
union all
select 'subscription' as name, concat(count(*), ':', sum(hash_record_extended(t, 0))) as digest
from (select r.id from owned_subscriptions r where r.customer_id = $1 and r.id = any($2::bigint[])) m join subscriptions t on t.id = m.id;

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

with born as (
    insert into customers (id, distributor_id, name, address, tax_id, crm_id, email, currency, country, status, created_on)
select next_id('customers', 'C'), $1, name, address, tax_id, crm_id, email, $2, country, status, $3
from customers
  where id = $4
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $5, 'customer', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into contacts (id, customer_id, name, email, role)
select next_id('contacts', 'CT'), $1, name, email, role from contacts where customer_id = $2
order by id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'contact', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select method, count(*) as count, sum(before) as before, sum(after) as after
from (select $1::text as method, t.amount as before, round_half_even(t.amount * $2::numeric, $3::int) as after
      from (select r.id from owned_subscription_charges r where r.subscription_id = any($4::bigint[])) m join subscription_charges t on t.id = m.id where true) converted
group by method
  order by method;

select method, count(*) as count, sum(before) as before, sum(after) as after
from (select $1::text as method, t.amount as before, round_half_even(t.amount * $2::numeric, $3::int) as after
      from (select r.id from owned_usage_records r where r.subscription_id = any($4::bigint[])) m join usage_records t on t.id = m.id where true) converted
group by method
  order by method;

select method, count(*) as count, sum(before) as before, sum(after) as after
from (select case when t.amount <> ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric and ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then $4::text else ($5::text[])[array_position($2::bigint[], t.subscription_id)] end as method, t.amount as before, case when t.amount = ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric then ($6::text[])[array_position($2::bigint[], t.subscription_id)]::numeric when ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $7::numeric, $8::int) else ratio_half_even(t.amount * ($9::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $8::int) end as after
      from (select r.id from owned_billing_schedules r where r.subscription_id = any($10::bigint[])) m join billing_schedules t on t.id = m.id where t.subscription_id = any($2::bigint[])) converted
group by method
  order by method;

select method, count(*) as count, sum(before) as before, sum(after) as after
from (select case when t.recognized or ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then $3::text else ($4::text[])[array_position($2::bigint[], t.subscription_id)] end as method, t.amount as before, case when t.recognized or ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $5::numeric, $6::int) else ratio_half_even(t.amount * ($7::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $6::int) end as after
      from (select r.id from owned_revenue_schedules r where r.subscription_id = any($8::bigint[])) m join revenue_schedules t on t.id = m.id where t.subscription_id = any($2::bigint[])) converted
group by method
  order by method;

with gone as (
    delete from recognition_lines t where t.revenue_schedule_id in (select o.id from owned_revenue_schedules o
where o.customer_id = $1 and o.subscription_id = any($2::bigint[])) returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'recognition_line', '', array_agg(id order by id), min(id), max(id),
           array_agg((to_jsonb(gone) - 'chunk')::text order by id), array[null::text]
    from (select gone.*, (row_number() over (order by id) - 1) / 1000 as chunk from gone) gone
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from gone;

with wanted as materialized (
select e.id, null::text as source_kind, null::bigint as source_id, $1::bigint as customer_id
from journal_entries e where e.source_kind = 'revenue_schedule'
  and e.source_id in (select o.id from owned_revenue_schedules o
where o.customer_id = $1 and o.subscription_id = any($2::bigint[]))), slice as materialized (
    select e.id, e.source_kind, e.source_id, e.customer_id from journal_entries e join wanted w on w.id = e.id
    where (e.source_kind, e.source_id, e.customer_id) is distinct from (w.source_kind, w.source_id,
        w.customer_id) for no key update of e
), rewritten as (
    update journal_entries e set source_kind = w.source_kind, source_id = w.source_id, customer_id = w.customer_id
    from slice join wanted w on w.id = slice.id where e.id = slice.id
    returning e.id, slice.source_kind as kind_before, slice.source_id as source_before,
      slice.customer_id as customer_before,
              e.source_kind, e.source_id, e.customer_id
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'journal_entry', v.name, array_agg(r.id order by r.id), min(r.id), max(r.id),
           array_agg(v.before order by r.id), array_agg(v.after order by r.id)
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) r
    cross join lateral (values ('source_kind', r.kind_before, r.source_kind),
                        ('source_id', r.source_before::text, r.source_id::text),
                               ('customer_id', r.customer_before::text, r.customer_id::text)) as v(name, before, after)
    group by v.name, r.chunk
)
select j.currency, count(distinct r.id) as count, sum(j.debit) as amount
from rewritten r join journal_lines j on j.entry_id = r.id where r.customer_before is null
group by j.currency;

select t.id from subscriptions t where (t.id = any($1)) and t.plan_id is distinct from (($2::bigint[])[array_position($1::bigint[], t.id)]) order by t.id;

with slice as materialized (
    select t.id, t.plan_id::text as before, (($1::bigint[])[array_position($2::bigint[], t.id)])::text as after
    from subscriptions t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set plan_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'subscription', 'plan_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1)) and t.price is distinct from ((($2::text[])[array_position($1::bigint[], t.id)])::numeric) order by t.id;

with slice as materialized (
    select t.id, t.price::text as before, ((($1::text[])[array_position($2::bigint[], t.id)])::numeric)::text as after
    from subscriptions t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set price = slice.after::numeric
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'subscription', 'price', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1::bigint[])) and t.price_frozen is distinct from (false) order by t.id;

with slice as materialized (
    select t.id, t.price_frozen::text as before, (false)::text as after
    from subscriptions t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set price_frozen = slice.after::boolean
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'subscription', 'price_frozen', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1)) and t.promotion is distinct from ('') order by t.id;

with slice as materialized (
    select t.id, t.promotion::text as before, ('')::text as after
    from subscriptions t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set promotion = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'subscription', 'promotion', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1) and t.parent_subscription_id <> all($1::bigint[])) and t.parent_subscription_id is distinct from (null::bigint) order by t.id;

with slice as materialized (
    select t.id, t.parent_subscription_id::text as before, (null::bigint)::text as after
    from subscriptions t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update subscriptions t set parent_subscription_id = slice.after::bigint
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'subscription', 'parent_subscription_id', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from subscriptions t where (t.id = any($1)) and t.customer_id is distinct from ($2::bigint) order by t.id;

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

with gone as (
    delete from service_user_subscriptions t where 
t.service_user_id in (select id from service_users where customer_id = $1)
and t.subscription_id <> all($2::bigint[]) returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'service_user_subscription', '', array_agg(id order by id), min(id), max(id),
           array_agg((to_jsonb(gone) - 'chunk')::text order by id), array[null::text]
    from (select gone.*, (row_number() over (order by id) - 1) / 1000 as chunk from gone) gone
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from gone;

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

select t.id from (select r.id from owned_subscription_charges r where r.subscription_id = any($1::bigint[])) m join subscription_charges t on t.id = m.id
where (true) and t.amount is distinct from (round_half_even(t.amount * $2::numeric, $3::int)) order by t.id;

with slice as materialized (
    select t.id, t.amount::text as before, (round_half_even(t.amount * $1::numeric, $2::int))::text as after
    from subscription_charges t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update subscription_charges t set amount = slice.after::numeric
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'subscription_charge', 'amount', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_usage_records r where r.subscription_id = any($1::bigint[])) m join usage_records t on t.id = m.id
where (true) and t.amount is distinct from (round_half_even(t.amount * $2::numeric, $3::int)) order by t.id;

with slice as materialized (
    select t.id, t.amount::text as before, (round_half_even(t.amount * $1::numeric, $2::int))::text as after
    from usage_records t where t.id = any($3::bigint[]) for no key update of t
), rewritten as (
    update usage_records t set amount = slice.after::numeric
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $4, 'usage_record', 'amount', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_billing_schedules r where r.subscription_id = any($1::bigint[])) m join billing_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.amount is distinct from (case when t.amount = ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric then ($4::text[])[array_position($2::bigint[], t.subscription_id)]::numeric when ($5::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $6::numeric, $7::int) else ratio_half_even(t.amount * ($8::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($5::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $7::int) end) order by t.id;

with slice as materialized (
    select t.id, t.amount::text as before, (case when t.amount = ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric then ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric when ($4::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $5::numeric, $6::int) else ratio_half_even(t.amount * ($7::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($4::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $6::int) end)::text as after
    from billing_schedules t where t.id = any($8::bigint[]) for no key update of t
), rewritten as (
    update billing_schedules t set amount = slice.after::numeric
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $9, 'billing_schedule', 'amount', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from (select r.id from owned_revenue_schedules r where r.subscription_id = any($1::bigint[])) m join revenue_schedules t on t.id = m.id
where (t.subscription_id = any($2::bigint[])) and t.amount is distinct from (case when t.recognized or ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $4::numeric, $5::int) else ratio_half_even(t.amount * ($6::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($3::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $5::int) end) order by t.id;

with slice as materialized (
    select t.id, t.amount::text as before, (case when t.recognized or ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric = 0 then round_half_even(t.amount * $3::numeric, $4::int) else ratio_half_even(t.amount * ($5::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, ($1::text[])[array_position($2::bigint[], t.subscription_id)]::numeric, $4::int) end)::text as after
    from revenue_schedules t where t.id = any($6::bigint[]) for no key update of t
), rewritten as (
    update revenue_schedules t set amount = slice.after::numeric
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $7, 'revenue_schedule', 'amount', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select coalesce(array_agg(id order by id), '{}')
from (select next_id($1, $2) as id from generate_series(1, $3::int)) taken;

with born as (
    insert into credit_memos (id, number, customer_id, issued_on, amount, currency, status, settled_status, purpose,
                   origin_kind, origin_number, origin_issued_on, origin_distributor_id, buyer_name,
                   buyer_address, buyer_tax_id, carried, carried_by, counterparty_distributor_id,
                   counterparty_customer_id, counterparty_name, carries, carries_more, takes_back)
select m.id, number_of('CM', m.id), c.id, $1, m.amount::numeric, $2, $3,
       nullif($4, ''), 'transfer', nullif(m.kind, ''), nullif(m.number, ''),
       nullif(m.issued, '')::date, nullif(m.seller, 0), c.name, c.address, c.tax_id,
       $5, $6, $7, nullif($8::bigint, 0),
       coalesce((select o.name from customers o where o.id = $8::bigint), $9),
       nullif(m.carries::text[], '{}'), nullif(m.more, 0), nullif(m.back, '')
from unnest($10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::bigint[], $16::text[], $17::text[], $18::bigint[], $19::text[])
     as m(id, amount, kind, number, issued, seller, due, carries, more, back)
cross join customers c where c.id = $20 order by m.id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $6, 'credit_memo', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into journal_entries (id, distributor_id, posted_on, source_kind, source_id, by_transfer, carried,
                             carried_by, counterparty_distributor_id, counterparty_customer_id,
                             counterparty_name, counterparty_entity)
select e.id, $1, $2, $3, e.source, true, $4, $5, $6,
       nullif($7::bigint, 0),
       coalesce((select o.name from customers o where o.id = $7::bigint), $8), nullif($9, '')
from unnest($10::bigint[], $11::bigint[]) as e(id, source) order by e.id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $5, 'journal_entry', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into journal_lines (entry_id, account, debit, credit, currency, order_id,
                           counterparty_distributor_id, counterparty_entity, original_amount,
                           original_currency, rate)
select e.id, l.account, case when l.debits then e.amount::numeric else 0 end,
       case when l.debits then 0 else e.amount::numeric end, $1,
       case when l.clears then $2::bigint end, case when l.clears then $3::bigint end,
       case when l.clears then $4 end, case when l.clears then e.original::numeric end,
       case when l.clears then $5 end, case when l.clears then $6::numeric end
from unnest($7::bigint[], $8::text[], $9::text[]) as e(id, amount, original)
  cross join (values (1, $10, true, $11::boolean),
              (2, $12, false, not $11::boolean)) as l(n, account, debits, clears)
order by e.id, l.n
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $2, 'journal_line', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from invoices t where (t.id = any($1) and t.settled_status is not null) and t.settled_status is distinct from (null::text) order by t.id;

select t.id from debit_memos t where (t.id = any($1) and t.settled_status is not null) and t.settled_status is distinct from (null::text) order by t.id;

select t.id from credit_memos t where (t.id = any($1) and t.settled_status is not null) and t.settled_status is distinct from (null::text) order by t.id;

with born as (
    insert into payment_allocations (payment_id, invoice_id, debit_memo_id, amount, counts, order_id)
select a.credit, nullif(a.invoice, 0), nullif(a.memo, 0), a.amount::numeric, a.amount::numeric, $1
from unnest($2::bigint[], $3::bigint[], $4::bigint[],
            $5::text[]) with ordinality as a(credit, invoice, memo, amount, n)
order by a.n
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $1, 'payment_allocation', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into credit_allocations (credit_memo_id, invoice_id, debit_memo_id, amount, counts, order_id)
select a.credit, nullif(a.invoice, 0), nullif(a.memo, 0), a.amount::numeric, a.amount::numeric, $1
from unnest($2::bigint[], $3::bigint[], $4::bigint[],
            $5::text[]) with ordinality as a(credit, invoice, memo, amount, n)
order by a.n
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $1, 'credit_allocation', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from invoices t where (t.id = any($1) and t.status = 'open' and t.settled >= t.total) and t.status is distinct from ('transferred') order by t.id;

with slice as materialized (
    select t.id, t.status::text as before, ('transferred')::text as after
    from invoices t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update invoices t set status = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'invoice', 'status', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from invoices t where (t.id = any($1) and t.status = 'open' and t.settled >= t.total) and t.status is distinct from ('paid') order by t.id;

select t.id from debit_memos t where (t.id = any($1) and t.status = 'open' and t.settled >= t.amount) and t.status is distinct from ('applied') order by t.id;

with slice as materialized (
    select t.id, t.status::text as before, ('applied')::text as after
    from debit_memos t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update debit_memos t set status = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'debit_memo', 'status', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

select t.id from credit_memos t where (t.id = any($1) and t.status = 'open' and t.allocated + t.refunded >= t.amount) and t.status is distinct from ('applied') order by t.id;

with slice as materialized (
    select t.id, t.status::text as before, ('applied')::text as after
    from credit_memos t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update credit_memos t set status = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'credit_memo', 'status', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

with born as (
    insert into debit_memos (id, number, customer_id, issued_on, amount, currency, status, settled_status, purpose,
                   origin_kind, origin_number, origin_issued_on, origin_distributor_id, due_on, buyer_name,
                   buyer_address, buyer_tax_id, carried, carried_by, counterparty_distributor_id,
                   counterparty_customer_id, counterparty_name, carries, carries_more, takes_back)
select m.id, number_of('DM', m.id), c.id, $1, m.amount::numeric, $2, $3,
       nullif($4, ''), 'transfer', nullif(m.kind, ''), nullif(m.number, ''),
       nullif(m.issued, '')::date, nullif(m.seller, 0), nullif(m.due, '')::date, c.name, c.address, c.tax_id,
       $5, $6, $7, nullif($8::bigint, 0),
       coalesce((select o.name from customers o where o.id = $8::bigint), $9),
       nullif(m.carries::text[], '{}'), nullif(m.more, 0), nullif(m.back, '')
from unnest($10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[],
            $15::bigint[], $16::text[], $17::text[], $18::bigint[], $19::text[])
     as m(id, amount, kind, number, issued, seller, due, carries, more, back)
cross join customers c where c.id = $20 order by m.id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $6, 'debit_memo', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into terms_acceptances (customer_id, terms_id, accepted_at, accepted_by)
select distinct on (m.terms_id) $1::bigint, m.terms_id, a.accepted_at, a.accepted_by
from unnest($2::bigint[], $3::bigint[]) as m(id, terms_id) join terms_acceptances a on a.id = m.id
order by m.terms_id, a.accepted_at, a.id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $4, 'terms_acceptance', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

with born as (
    insert into payment_methods (id, customer_id, merchant_account, kind, label, status)
select next_id('payment_methods', 'PM'), $1, merchant_account, kind, label, status
from payment_methods where id = any($2) order by id
    returning *
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
    select $3, 'payment_method', '', array_agg(id order by id), min(id), max(id), array[null::text],
           array_agg((to_jsonb(born) - 'chunk')::text order by id)
    from (select born.*, (row_number() over (order by id) - 1) / 1000 as chunk from born) born
    group by chunk
)
select coalesce(array_agg(id order by id), '{}') from born;

select t.id from payment_methods t where (t.id = any($1)) and t.status is distinct from ('inactive') order by t.id;

with slice as materialized (
    select t.id, t.status::text as before, ('inactive')::text as after
    from payment_methods t where t.id = any($1::bigint[]) for no key update of t
), rewritten as (
    update payment_methods t set status = slice.after::text
    from slice where t.id = slice.id
    returning t.id, slice.before, slice.after
), noted as (
    insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
before, after)
    select $2, 'payment_method', 'status', array_agg(id order by id), min(id), max(id), case when count(distinct before) + (case when count(before) < count(*) then 1 else 0 end) = 1
         then array[min(before)] else array_agg(before order by id) end, case when count(distinct after) + (case when count(after) < count(*) then 1 else 0 end) = 1
         then array[min(after)] else array_agg(after order by id) end
    from (select rewritten.*, (row_number() over (order by id) - 1) / 1000 as chunk from rewritten) rewritten
    group by chunk
)
select count(*) from rewritten;

with born as (
    insert into former_ids (customer_id, kind, value) values ($1, 'crm_id', $2)
on conflict (customer_id, kind, value) do nothing
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

select status::text from customers where id = $1;

select successor_id::text from customers where id = $1;

insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::bigint)::text]);

select succeeded_on::text from customers where id = $1;

insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
values ($1, $2, $3, array[$4::bigint], $4, $4, array[$5::text], array[($6::date)::text]);

update customers set crm_id = $2::text, status = $3::text, successor_id = $4::bigint, succeeded_on = $5::date where id = $1;

insert into transfer_events (order_id, actor_id, actor_name, event, facts, detail)
values ($1, nullif($2::bigint, 0), $3, $4, $5, $6);

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

