-- Books that can be compared with the records they speak of (docs/accounting.md): recognition
-- entries name the schedule line they recognise, each distributor has a chart of accounts, and
-- the lines that a transfer posts name the other side.
-- +goose Up
alter table journal_entries drop constraint journal_entries_source_kind_check;
alter table journal_entries add constraint journal_entries_source_kind_check
    check (source_kind in ('invoice', 'payment', 'refund', 'credit_memo', 'debit_memo', 'revenue_schedule'));

-- An entry that recognises several schedule lines names each with its amount; it has no
-- source and carries its customer.
create table recognition_lines (
    entry_id            bigint not null references journal_entries,
    revenue_schedule_id bigint not null references revenue_schedules,
    amount              numeric not null,
    primary key (entry_id, revenue_schedule_id)
);
create index recognition_lines_schedule on recognition_lines (revenue_schedule_id);
alter table recognition_lines enable row level security;
create policy recognition_lines_in_scope on recognition_lines to handover_app using ((select true from journal_entries e where e.id = entry_id));
create policy recognition_lines_all on recognition_lines to handover_provider, handover_engine using (true);
grant select on recognition_lines to handover_app, handover_engine;
grant insert, update, delete on recognition_lines to handover_engine;

-- What a transfer posts on clearing and intercompany accounts: with whom, for which order,
-- and the amount on the giving side with the rate that was applied to it.
alter table journal_lines
    add column order_id bigint references transfer_orders,
    add column counterparty_distributor_id bigint references distributors,
    add column counterparty_entity text,
    add column original_amount numeric,
    add column original_currency text references currencies,
    add column rate numeric;
create index journal_lines_order on journal_lines (order_id) where order_id is not null;

-- The chart of a distributor, where it differs from the usual one: per role the accounts that
-- are checked, by the beginning of their names, and the account that Handover posts to ('' = the
-- one that the distributor's own entries use most).
create table chart_roles (
    distributor_id bigint not null references distributors,
    role           text not null check (role in ('receivable', 'deferred_revenue', 'revenue', 'clearing', 'due_from', 'due_to', 'cash')),
    accounts       text[] not null check (cardinality(accounts) > 0),
    posts_to       text not null default '',
    primary key (distributor_id, role)
);
alter table chart_roles enable row level security;
create policy chart_roles_in_scope on chart_roles to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy chart_roles_all on chart_roles to handover_provider, handover_engine using (true);
grant select, insert, update, delete on chart_roles to handover_app;
grant select on chart_roles to handover_engine;
-- Deferred revenue is compared per distributor only: its recognition entries are sums.
alter table distributors add column recognition_in_sum boolean not null default false;

-- An entry with lines in two currencies has a row for each, of which one counts; its amount is
-- its debits. A recognition entry is owned through its schedule line.
create or replace view owned_journal_entries with (security_invoker = true) as
select e.id, number_of('JE', e.id) as number, i.customer_id, e.posted_on as on_date, e.debits as amount, e.currency,
       e.restricted, e.source_kind, e.source_id, 1 as counts
from invoices i join journal_entries e on e.source_kind = 'invoice' and e.source_id = i.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), p.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from payments p join journal_entries e on e.source_kind = 'payment' and e.source_id = p.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), p.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from payments p join refunds r on r.payment_id = p.id
join journal_entries e on e.source_kind = 'refund' and e.source_id = r.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), m.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from credit_memos m join journal_entries e on e.source_kind = 'credit_memo' and e.source_id = m.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), m.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from debit_memos m join journal_entries e on e.source_kind = 'debit_memo' and e.source_id = m.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), r.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from owned_revenue_schedules r join journal_entries e on e.source_kind = 'revenue_schedule' and e.source_id = r.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), e.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from journal_entries e where e.source_id is null and e.currency is not null
union all
select e.id, number_of('JE', e.id), case e.source_kind
           when 'invoice' then (select i.customer_id from invoices i where i.id = e.source_id)
           when 'payment' then (select p.customer_id from payments p where p.id = e.source_id)
           when 'refund' then (select p.customer_id from refunds r join payments p on p.id = r.payment_id where r.id = e.source_id)
           when 'credit_memo' then (select m.customer_id from credit_memos m where m.id = e.source_id)
           when 'debit_memo' then (select m.customer_id from debit_memos m where m.id = e.source_id)
           when 'revenue_schedule' then (select r.customer_id from owned_revenue_schedules r where r.id = e.source_id)
           else e.customer_id end,
       e.posted_on, l.amount, l.currency, e.restricted, e.source_kind, e.source_id, l.counts
from journal_entries e
join lateral (select sum(j.debit) as amount, j.currency, (row_number() over (order by j.currency) = 1)::int as counts
              from journal_lines j where j.entry_id = e.id group by j.currency
              union all
              select 0, d.currency, 1 from distributors d
              where d.id = e.distributor_id and not exists (select 1 from journal_lines j where j.entry_id = e.id)) l on true
where e.currency is null;

-- +goose Down
-- +goose StatementBegin
do $$ begin raise exception 'This step does not go back: restore the backup from before the upgrade.'; end $$;
-- +goose StatementEnd
