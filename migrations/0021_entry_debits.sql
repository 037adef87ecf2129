-- +goose Up
-- What an entry debits is kept beside it, as what is settled of a document is: counting
-- a customer's entries needs no look at their lines. currency is null where an entry has no
-- lines, or lines in several currencies; its debits are then read from the lines.
alter table journal_entries add column debits numeric not null default 0;
alter table journal_entries add column currency text references currencies;

-- +goose StatementBegin
create or replace function journal_lines_balance() returns trigger language plpgsql as $$
declare
    entries bigint[];
    off     record;
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct entry_id) into entries from added;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct entry_id) into entries from removed;
    else
        select array_agg(distinct entry_id) into entries
        from (select entry_id from added union all select entry_id from removed) c;
    end if;
    select entry_id, currency, sum(debit) as debit, sum(credit) as credit into off
    from journal_lines where entry_id = any(entries)
    group by entry_id, currency having sum(debit) <> sum(credit) limit 1;
    if found then
        raise exception 'journal entry % does not balance in %: debits %, credits %',
            number_of('JE', off.entry_id), off.currency, off.debit, off.credit
            using errcode = 'check_violation', constraint = 'journal_lines_balance';
    end if;
    update journal_entries e set debits = s.debits, currency = s.currency
    from (select t.id, coalesce(l.debits, 0) as debits, l.currency
          from unnest(entries) t(id)
          left join (select entry_id, sum(debit) as debits, min(currency) as currency from journal_lines
                     where entry_id = any(entries) group by entry_id having min(currency) = max(currency)) l on l.entry_id = t.id) s
    where e.id = s.id and (e.debits, e.currency) is distinct from (s.debits, s.currency);
    return null;
end $$;
-- +goose StatementEnd

update journal_entries e set debits = l.debits, currency = l.currency
from (select entry_id, sum(debit) as debits, min(currency) as currency from journal_lines
      group by entry_id having min(currency) = max(currency)) l where e.id = l.entry_id;

create index journal_entries_of_no_currency on journal_entries (id) where currency is null;

-- An entry with lines in two currencies has a row for each, of which one counts; its
-- amount is its debits.
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
select e.id, number_of('JE', e.id), e.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1
from journal_entries e where e.source_id is null and e.currency is not null
union all
select e.id, number_of('JE', e.id), case e.source_kind
           when 'invoice' then (select i.customer_id from invoices i where i.id = e.source_id)
           when 'payment' then (select p.customer_id from payments p where p.id = e.source_id)
           when 'refund' then (select p.customer_id from refunds r join payments p on p.id = r.payment_id where r.id = e.source_id)
           when 'credit_memo' then (select m.customer_id from credit_memos m where m.id = e.source_id)
           when 'debit_memo' then (select m.customer_id from debit_memos m where m.id = e.source_id)
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
drop view owned_journal_entries;
create view owned_journal_entries with (security_invoker = true) as
with owned as (
    select e.id, i.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from invoices i join journal_entries e on e.source_kind = 'invoice' and e.source_id = i.id
    union all
    select e.id, p.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from payments p join journal_entries e on e.source_kind = 'payment' and e.source_id = p.id
    union all
    select e.id, p.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from payments p join refunds r on r.payment_id = p.id
    join journal_entries e on e.source_kind = 'refund' and e.source_id = r.id
    union all
    select e.id, m.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from credit_memos m join journal_entries e on e.source_kind = 'credit_memo' and e.source_id = m.id
    union all
    select e.id, m.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from debit_memos m join journal_entries e on e.source_kind = 'debit_memo' and e.source_id = m.id
    union all
    select e.id, e.customer_id, e.posted_on, e.restricted, e.distributor_id, e.source_kind, e.source_id
    from journal_entries e where e.source_id is null
)
select o.id, number_of('JE', o.id) as number, o.customer_id, o.posted_on as on_date, l.amount, l.currency,
       o.restricted, o.source_kind, o.source_id
from owned o
join lateral (select sum(debit) as amount, currency from journal_lines where entry_id = o.id group by currency
              union all
              select 0, d.currency from distributors d
              where d.id = o.distributor_id and not exists (select 1 from journal_lines where entry_id = o.id)) l on true;
drop index journal_entries_of_no_currency;
alter table journal_entries drop column debits, drop column currency;
-- +goose StatementBegin
create or replace function journal_lines_balance() returns trigger language plpgsql as $$
declare
    entries bigint[];
    off     record;
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct entry_id) into entries from added;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct entry_id) into entries from removed;
    else
        select array_agg(distinct entry_id) into entries
        from (select entry_id from added union all select entry_id from removed) c;
    end if;
    select entry_id, currency, sum(debit) as debit, sum(credit) as credit into off
    from journal_lines where entry_id = any(entries)
    group by entry_id, currency having sum(debit) <> sum(credit) limit 1;
    if found then
        raise exception 'journal entry % does not balance in %: debits %, credits %',
            number_of('JE', off.entry_id), off.currency, off.debit, off.credit
            using errcode = 'check_violation', constraint = 'journal_lines_balance';
    end if;
    return null;
end $$;
-- +goose StatementEnd
