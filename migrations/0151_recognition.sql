-- What an entry does to the control accounts is kept beside it, as its debits are: the ledger
-- of an account is a plain sum over its entries. And recognition entries that name no schedule
-- line are linked to theirs where there is no doubt (docs/accounting.md).
-- +goose Up

-- Whether a ledger account begins as one of these.
-- +goose StatementBegin
create function begins_as(account text, beginnings text[]) returns boolean language sql immutable parallel safe as
$$ select exists (select 1 from unnest(beginnings) b where starts_with(account, b)) $$;
-- +goose StatementEnd

alter table journal_accounts add column roles text[] not null default '{}';
update journal_accounts j set roles = (
    select coalesce(array_agg(a.role order by a.place), '{}') from chart_accounts a
    where a.distributor_id = j.distributor_id and begins_as(j.account, a.accounts));

-- +goose StatementBegin
create function handover_account_roles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.roles := (select coalesce(array_agg(a.role order by a.place), '{}') from chart_accounts a
                  where a.distributor_id = new.distributor_id and begins_as(new.account, a.accounts));
    return new;
end $$;
-- +goose StatementEnd
create trigger journal_accounts_roles before insert on journal_accounts
    for each row execute function handover_account_roles();

-- Natural sides: receivable is debits less credits, the others credits less debits. An entry
-- with lines in several currencies keeps none: they are read from its lines.
alter table journal_entries
    add column on_receivable numeric not null default 0,
    add column on_deferred numeric not null default 0,
    add column on_revenue numeric not null default 0;

create view entry_sums with (security_invoker = true) as
select l.entry_id, sum(l.debit) as debits, min(l.currency) as currency,
       coalesce(sum(l.debit - l.credit) filter (where 'receivable' = any(j.roles)), 0) as on_receivable,
       coalesce(sum(l.credit - l.debit) filter (where 'deferred_revenue' = any(j.roles)), 0) as on_deferred,
       coalesce(sum(l.credit - l.debit) filter (where 'revenue' = any(j.roles)), 0) as on_revenue
from journal_lines l join journal_entries e on e.id = l.entry_id
left join journal_accounts j on j.distributor_id = e.distributor_id and j.account = l.account
group by l.entry_id having min(l.currency) = max(l.currency);

update journal_entries e set on_receivable = s.on_receivable, on_deferred = s.on_deferred, on_revenue = s.on_revenue
from entry_sums s where s.entry_id = e.id;

-- It runs after journal_lines_accounts_*, which comes first by name, so that the accounts of
-- the lines have their roles.
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
    update journal_entries e set debits = s.debits, currency = s.currency,
           on_receivable = s.on_receivable, on_deferred = s.on_deferred, on_revenue = s.on_revenue
    from (select t.id, coalesce(l.debits, 0) as debits, l.currency, coalesce(l.on_receivable, 0) as on_receivable,
                 coalesce(l.on_deferred, 0) as on_deferred, coalesce(l.on_revenue, 0) as on_revenue
          from unnest(entries) t(id) left join (select * from entry_sums where entry_id = any(entries)) l on l.entry_id = t.id) s
    where e.id = s.id and (e.debits, e.currency, e.on_receivable, e.on_deferred, e.on_revenue)
        is distinct from (s.debits, s.currency, s.on_receivable, s.on_deferred, s.on_revenue);
    return null;
end $$;

create or replace function handover_recount_accounts() returns trigger language plpgsql as $$
begin
    insert into journal_accounts (distributor_id, account)
    select distinct new.distributor_id, account from journal_lines where entry_id = new.id on conflict do nothing;
    update journal_accounts t set own_lines = t.own_lines + d.n
    from (select distributor_id, account, sum(n) as n
          from (select old.distributor_id as distributor_id, account, -1 as n from journal_lines where entry_id = new.id and not old.by_transfer
                union all
                select new.distributor_id, account, 1 from journal_lines where entry_id = new.id and not new.by_transfer) c group by 1, 2) d
    where (t.distributor_id, t.account) = (d.distributor_id, d.account);
    update journal_entries e set on_receivable = s.on_receivable, on_deferred = s.on_deferred, on_revenue = s.on_revenue
    from entry_sums s where s.entry_id = new.id and e.id = new.id;
    return null;
end $$;

-- A chart that changes changes what its entries do to the control accounts.
create function handover_chart_changed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    books bigint := case when tg_op = 'DELETE' then old.distributor_id else new.distributor_id end;
begin
    update journal_accounts j set roles = r.roles
    from (select o.account, (select coalesce(array_agg(a.role order by a.place), '{}') from chart_accounts a
                             where a.distributor_id = books and begins_as(o.account, a.accounts)) as roles
          from journal_accounts o where o.distributor_id = books) r
    where j.distributor_id = books and j.account = r.account and j.roles <> r.roles;
    update journal_entries e set on_receivable = s.on_receivable, on_deferred = s.on_deferred, on_revenue = s.on_revenue
    from entry_sums s where s.entry_id = e.id and e.distributor_id = books
      and (e.on_receivable, e.on_deferred, e.on_revenue) <> (s.on_receivable, s.on_deferred, s.on_revenue);
    return null;
end $$;
-- +goose StatementEnd
create trigger chart_roles_changed after insert or update or delete on chart_roles
    for each row execute function handover_chart_changed();

-- What the chart says it posts to counts only where it is an account that is checked.
create or replace view charts with (security_invoker = true) as
select a.distributor_id, a.place, a.role, a.accounts, a.said, a.declared,
       coalesce(case when begins_as(a.said, a.accounts) then a.said end, u.account,
                case when begins_as(a.usual, a.accounts) then a.usual
                     else a.accounts[1] || substr(a.usual, position(' ' in a.usual)) end) as posts_to,
       u.account is not null as kept
from chart_accounts a
left join lateral (
    select j.account from journal_accounts j
    where j.distributor_id = a.distributor_id and j.own_lines > 0 and a.role = any(j.roles)
    order by j.own_lines desc, j.account limit 1) u on true;

create or replace view account_roles with (security_invoker = true) as
select j.distributor_id, j.account, r.role,
       exists (select 1 from journal_accounts o where o.distributor_id = j.distributor_id and o.own_lines > 0 and r.role = any(o.roles)) as kept
from journal_accounts j cross join lateral unnest(j.roles) as r(role);

-- An entry with lines in two currencies has a row for each, of which one counts; its amount is
-- its debits. A recognition entry is owned through its schedule line.
create or replace view owned_journal_entries with (security_invoker = true) as
select e.id, number_of('JE', e.id) as number, i.customer_id, e.posted_on as on_date, e.debits as amount, e.currency,
       e.restricted, e.source_kind, e.source_id, 1 as counts, e.distributor_id, e.on_receivable, e.on_deferred
from invoices i join journal_entries e on e.source_kind = 'invoice' and e.source_id = i.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), p.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
from payments p join journal_entries e on e.source_kind = 'payment' and e.source_id = p.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), p.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
from payments p join refunds r on r.payment_id = p.id
join journal_entries e on e.source_kind = 'refund' and e.source_id = r.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), m.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
from credit_memos m join journal_entries e on e.source_kind = 'credit_memo' and e.source_id = m.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), m.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
from debit_memos m join journal_entries e on e.source_kind = 'debit_memo' and e.source_id = m.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), r.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
from owned_revenue_schedules r join journal_entries e on e.source_kind = 'revenue_schedule' and e.source_id = r.id where e.currency is not null
union all
select e.id, number_of('JE', e.id), e.customer_id, e.posted_on, e.debits, e.currency, e.restricted, e.source_kind, e.source_id, 1,
       e.distributor_id, e.on_receivable, e.on_deferred
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
       e.posted_on, l.amount, l.currency, e.restricted, e.source_kind, e.source_id, l.counts,
       e.distributor_id, l.on_receivable, l.on_deferred
from journal_entries e
join lateral (select sum(j.debit) as amount, j.currency, (row_number() over (order by j.currency) = 1)::int as counts,
                     coalesce(sum(j.debit - j.credit) filter (where 'receivable' = any(a.roles)), 0) as on_receivable,
                     coalesce(sum(j.credit - j.debit) filter (where 'deferred_revenue' = any(a.roles)), 0) as on_deferred
              from journal_lines j left join journal_accounts a on a.distributor_id = e.distributor_id and a.account = j.account
              where j.entry_id = e.id group by j.currency
              union all
              select 0, d.currency, 1, 0, 0 from distributors d
              where d.id = e.distributor_id and not exists (select 1 from journal_lines j where j.entry_id = e.id)) l on true
where e.currency is null;

-- What the entries that an account owns do to the control accounts in the books of the
-- account's distributor; amount is on the natural side of the role.
drop view distributor_differences, book_differences, control_lines, control_roles;
create view control_entries with (security_invoker = true) as
select o.customer_id, o.distributor_id, v.role, o.currency, v.amount, o.id as entry_id
from owned_journal_entries o
join customers c on c.id = o.customer_id and c.distributor_id = o.distributor_id
cross join lateral (values ('receivable', o.on_receivable), ('deferred_revenue', o.on_deferred)) as v(role, amount)
where v.amount <> 0;

-- Ledger and sub-ledger of each account: receivable against its balance, deferred revenue
-- against its billed schedule lines not recognised. Only what is kept; deferred revenue of a
-- distributor that recognises in sum is compared in distributor_differences alone.
create view book_differences with (security_invoker = true) as
select s.customer_id, s.distributor_id, s.role, s.currency, s.ledger, s.sub_ledger, s.ledger - s.sub_ledger as difference
from (select x.customer_id, c.distributor_id, v.role, x.currency, coalesce(sum(v.ledger), 0) as ledger, coalesce(sum(v.sub_ledger), 0) as sub_ledger from (
    -- Each source is summed first, so that the rest is done once for an account and not once for
    -- an entry. What a source has nothing of is null.
    select customer_id, distributor_id, currency, sum(on_receivable) filter (where on_receivable <> 0) as receivable,
           sum(on_deferred) filter (where on_deferred <> 0) as deferred, null::numeric as due, null::numeric as unearned
    from owned_journal_entries group by customer_id, distributor_id, currency
    union all
    select customer_id, null, currency, null, null, sum(open_amount), null from open_documents group by customer_id, currency
    union all
    select customer_id, null, currency, null, null, -sum(unapplied), null from unapplied_credits group by customer_id, currency
    union all
    select customer_id, null, currency, null, null, null, sum(amount) from deferred_lines group by customer_id, currency) x
    join customers c on c.id = x.customer_id and c.distributor_id = coalesce(x.distributor_id, c.distributor_id)
    cross join lateral (values ('receivable', x.receivable, x.due), ('deferred_revenue', x.deferred, x.unearned)) as v(role, ledger, sub_ledger)
    where v.ledger is not null or v.sub_ledger is not null
    group by x.customer_id, c.distributor_id, v.role, x.currency) s
join charts h on h.distributor_id = s.distributor_id and h.role = s.role and h.kept
join distributors b on b.id = s.distributor_id
where s.role <> 'deferred_revenue' or not b.recognition_in_sum;

-- The same for each distributor: every entry in its books, whoever owns it, against the
-- sub-ledgers of its accounts.
create view distributor_differences with (security_invoker = true) as
select s.distributor_id, s.role, s.currency, s.ledger, s.sub_ledger, s.ledger - s.sub_ledger as difference
from (select x.distributor_id, x.role, x.currency, sum(x.ledger) as ledger, sum(x.sub_ledger) as sub_ledger from (
    select e.distributor_id, v.role, e.currency, v.amount as ledger, 0::numeric as sub_ledger from journal_entries e
    cross join lateral (values ('receivable', e.on_receivable), ('deferred_revenue', e.on_deferred)) as v(role, amount)
    where e.currency is not null and v.amount <> 0
    union all
    select e.distributor_id, r.role, l.currency, case r.role when 'receivable' then l.debit - l.credit else l.credit - l.debit end, 0
    from journal_entries e join journal_lines l on l.entry_id = e.id
    join account_roles r on r.distributor_id = e.distributor_id and r.account = l.account and r.role in ('receivable', 'deferred_revenue')
    where e.currency is null
    union all
    select c.distributor_id, 'receivable', d.currency, 0, d.open_amount from open_documents d join customers c on c.id = d.customer_id
    union all
    select c.distributor_id, 'receivable', u.currency, 0, -u.unapplied from unapplied_credits u join customers c on c.id = u.customer_id
    union all
    select c.distributor_id, 'deferred_revenue', d.currency, 0, d.amount from deferred_lines d join customers c on c.id = d.customer_id) x
    group by x.distributor_id, x.role, x.currency) s
join charts h on h.distributor_id = s.distributor_id and h.role = s.role and h.kept;

-- A transfer that leaves a schedule line's entry behind takes their link away and ledgers it.
alter table recognition_lines add column id bigint generated always as identity unique;

-- What was recognised of each schedule line by which entry: an entry recognises only where it
-- credits revenue.
create view recognitions with (security_invoker = true) as
select e.id as entry_id, e.source_id as revenue_schedule_id, e.on_revenue as amount, e.currency, e.distributor_id, e.posted_on
from journal_entries e where e.source_kind = 'revenue_schedule' and e.on_revenue <> 0
union all
select e.id, l.revenue_schedule_id, l.amount, e.currency, e.distributor_id, e.posted_on
from recognition_lines l join journal_entries e on e.id = l.entry_id where e.on_revenue <> 0;

-- Entries that credit revenue to an account without saying for which schedule line, and
-- recognised lines that no entry names, by what makes them one.
create index journal_entries_unlinked on journal_entries (customer_id)
    where source_id is null and customer_id is not null and on_revenue > 0 and not by_transfer;

-- handover_link_recognition names in such entries the schedule line that they recognise: same
-- account and books, amount and currency, and month of posting = month of the line's last day.
-- As many entries as lines are paired in the order of their ids; else none is. An entry whose
-- line a transfer took away stays as it is. It returns how many it linked.
-- +goose StatementBegin
create function handover_link_recognition() returns bigint language sql as $$
    with entry as (
        select e.id, e.customer_id, e.currency, e.on_revenue as amount, date_trunc('month', e.posted_on) as month,
               row_number() over w as place, count(*) over (partition by e.customer_id, e.currency, e.on_revenue, date_trunc('month', e.posted_on)) as many
        from journal_entries e join customers c on c.id = e.customer_id and c.distributor_id = e.distributor_id
        where e.source_id is null and e.customer_id is not null and e.on_revenue > 0 and not e.by_transfer and e.currency is not null
          and not exists (select 1 from recognition_lines l where l.entry_id = e.id)
          and e.id not in (select unnest(g.record_ids) from transfer_ledger g where g.kind = 'journal_entry' and g.column_name = 'source_id')
        window w as (partition by e.customer_id, e.currency, e.on_revenue, date_trunc('month', e.posted_on) order by e.id)
    ), line as (
        select r.id, o.customer_id, o.currency, r.amount, date_trunc('month', r.period_end) as month,
               row_number() over w as place, count(*) over (partition by o.customer_id, o.currency, r.amount, date_trunc('month', r.period_end)) as many
        from revenue_schedules r join owned_revenue_schedules o on o.id = r.id
        where r.recognized and r.period_end is not null and o.customer_id in (select customer_id from entry)
          and not exists (select 1 from journal_entries e where e.source_kind = 'revenue_schedule' and e.source_id = r.id and e.on_revenue <> 0)
          and not exists (select 1 from recognition_lines l where l.revenue_schedule_id = r.id)
        window w as (partition by o.customer_id, o.currency, r.amount, date_trunc('month', r.period_end) order by r.id)
    ), linked as (
        update journal_entries t set source_kind = 'revenue_schedule', source_id = l.id, customer_id = null
        from entry e join line l on (l.customer_id, l.currency, l.amount, l.month, l.many, l.place) = (e.customer_id, e.currency, e.amount, e.month, e.many, e.place)
        where t.id = e.id returning t.id
    )
    select count(*) from linked
$$;
-- +goose StatementEnd
select handover_link_recognition();

grant select on entry_sums, control_entries, book_differences, distributor_differences, recognitions to handover_app, handover_engine;
revoke execute on function handover_link_recognition from public;
grant execute on function handover_link_recognition to handover_engine;

-- +goose Down
-- +goose StatementBegin
do $$ begin raise exception 'This step does not go back: restore the backup from before the upgrade.'; end $$;
-- +goose StatementEnd
