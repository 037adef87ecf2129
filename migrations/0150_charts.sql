-- The chart of accounts of each distributor as it takes effect, and the difference between
-- ledger and sub-ledger of each account (docs/accounting.md). Each is said once, here.
-- +goose Up

-- An entry that a transfer wrote says nothing about which accounts its books keep.
alter table journal_entries add column by_transfer boolean not null default false;
update journal_entries set by_transfer = true where id in (
    select unnest(record_ids) from transfer_ledger where kind = 'journal_entry' and column_name = '' and before[1] is null);

-- The ledger accounts that each distributor's entries use, and how many lines of entries that
-- no transfer wrote do. A transfer adds a row where the account is new and locks none.
create table journal_accounts (
    distributor_id bigint not null references distributors,
    account        text not null,
    own_lines      bigint not null default 0,
    primary key (distributor_id, account)
);
alter table journal_accounts enable row level security;
create policy journal_accounts_in_scope on journal_accounts to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy journal_accounts_all on journal_accounts to handover_provider, handover_engine using (true);
grant select on journal_accounts to handover_app, handover_engine;
grant insert, update, delete on journal_accounts to handover_engine;

insert into journal_accounts (distributor_id, account, own_lines)
select e.distributor_id, l.account, count(*) filter (where not e.by_transfer)
from journal_entries e join journal_lines l on l.entry_id = e.id group by 1, 2;

-- +goose StatementBegin
create function handover_count_accounts() returns trigger language plpgsql as $$
declare
    changed text := case tg_op
        when 'INSERT' then 'select entry_id, account, 1 as n from added'
        when 'DELETE' then 'select entry_id, account, -1 as n from removed'
        else 'select entry_id, account, 1 as n from added union all select entry_id, account, -1 from removed'
    end;
begin
    execute format('insert into journal_accounts (distributor_id, account)
        select distinct e.distributor_id, c.account from (%s) c join journal_entries e on e.id = c.entry_id order by 1, 2
        on conflict do nothing', changed);
    execute format('update journal_accounts t set own_lines = t.own_lines + d.n
        from (select e.distributor_id, c.account, sum(c.n) as n from (%s) c join journal_entries e on e.id = c.entry_id
              where not e.by_transfer group by 1, 2 having sum(c.n) <> 0) d
        where (t.distributor_id, t.account) = (d.distributor_id, d.account)', changed);
    return null;
end $$;
create function handover_recount_accounts() returns trigger language plpgsql as $$
begin
    insert into journal_accounts (distributor_id, account)
    select distinct new.distributor_id, account from journal_lines where entry_id = new.id on conflict do nothing;
    update journal_accounts t set own_lines = t.own_lines + d.n
    from (select distributor_id, account, sum(n) as n
          from (select old.distributor_id as distributor_id, account, -1 as n from journal_lines where entry_id = new.id and not old.by_transfer
                union all
                select new.distributor_id, account, 1 from journal_lines where entry_id = new.id and not new.by_transfer) c group by 1, 2) d
    where (t.distributor_id, t.account) = (d.distributor_id, d.account);
    return null;
end $$;
-- +goose StatementEnd
create trigger journal_lines_accounts_added after insert on journal_lines
    referencing new table as added for each statement execute function handover_count_accounts();
create trigger journal_lines_accounts_removed after delete on journal_lines
    referencing old table as removed for each statement execute function handover_count_accounts();
create trigger journal_lines_accounts_changed after update on journal_lines
    referencing old table as removed new table as added for each statement execute function handover_count_accounts();
create trigger journal_entries_accounts after update of distributor_id, by_transfer on journal_entries for each row
    when ((old.distributor_id, old.by_transfer) is distinct from (new.distributor_id, new.by_transfer))
    execute function handover_recount_accounts();

-- The usual chart: per role the accounts that are checked, by the beginning of their names,
-- and the account that Handover posts to where the books use none yet.
create view chart_defaults with (security_invoker = true) as
select * from (values
    (1, 'receivable', array['1100'], '1100 Accounts receivable'),
    (2, 'deferred_revenue', array['2400'], '2400 Deferred revenue'),
    (3, 'revenue', array['4'], '4000 Revenue'),
    (4, 'clearing', array['1990'], '1990 Transfer clearing'),
    (5, 'due_from', array['1985'], '1985 Intercompany'),
    (6, 'due_to', array['1985'], '1985 Intercompany'),
    (7, 'cash', array['1000', '1200'], '1000 Cash')) as v(place, role, accounts, posts_to);

-- The roles of each distributor with the accounts they are checked on.
create view chart_accounts with (security_invoker = true) as
select d.id as distributor_id, v.place, v.role, coalesce(c.accounts, v.accounts) as accounts,
       coalesce(c.posts_to, '') as said, v.posts_to as usual, c.role is not null as declared
from distributors d cross join chart_defaults v
left join chart_roles c on c.distributor_id = d.id and c.role = v.role;

-- The chart as it takes effect. A role is kept where an entry that no transfer wrote uses one
-- of its accounts; what is not kept is not checked. posts_to is what the chart says, else the
-- account of the role that the distributor's own entries use most, else the usual one.
create view charts with (security_invoker = true) as
select a.distributor_id, a.place, a.role, a.accounts, a.said, a.declared,
       coalesce(nullif(a.said, ''), u.account,
                case when exists (select 1 from unnest(a.accounts) p where starts_with(a.usual, p)) then a.usual
                     else a.accounts[1] || substr(a.usual, position(' ' in a.usual)) end) as posts_to,
       u.account is not null as kept
from chart_accounts a
left join lateral (
    select j.account from journal_accounts j
    where j.distributor_id = a.distributor_id and j.own_lines > 0
      and exists (select 1 from unnest(a.accounts) p where starts_with(j.account, p))
    order by j.own_lines desc, j.account limit 1) u on true;

-- Each ledger account that the books use with the roles it plays in them.
create view account_roles with (security_invoker = true) as
select j.distributor_id, j.account, a.role,
       exists (select 1 from journal_accounts o where o.distributor_id = j.distributor_id and o.own_lines > 0
                 and exists (select 1 from unnest(a.accounts) p where starts_with(o.account, p))) as kept
from journal_accounts j join chart_accounts a on a.distributor_id = j.distributor_id
where exists (select 1 from unnest(a.accounts) p where starts_with(j.account, p));

-- The two control accounts that are compared with a sub-ledger, with their natural sides:
-- receivable is debits less credits, deferred revenue credits less debits.
create view control_roles with (security_invoker = true) as
select * from (values ('receivable', 1), ('deferred_revenue', -1)) as v(role, side);

-- What a billed schedule line that is not recognised owes: service still to be rendered.
create view deferred_lines with (security_invoker = true) as
select r.id, i.customer_id, i.currency, r.amount, r.period_start, r.period_end, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join revenue_schedules r on r.invoice_line_id = l.id
where bills(i.status) and not r.recognized;

-- The lines on control accounts of the entries that an account owns, where they are in the
-- books of the account's distributor; amount is on the natural side of the role.
create view control_lines with (security_invoker = true) as
select o.customer_id, c.distributor_id, a.role, l.currency, (l.debit - l.credit) * k.side as amount, o.id as entry_id, a.kept
from owned_journal_entries o
join journal_entries e on e.id = o.id
join customers c on c.id = o.customer_id and c.distributor_id = e.distributor_id
join journal_lines l on l.entry_id = o.id
join account_roles a on a.distributor_id = c.distributor_id and a.account = l.account
join control_roles k on k.role = a.role
where o.counts = 1;

-- Ledger and sub-ledger of each account: receivable against its balance, deferred revenue
-- against its billed schedule lines not recognised. Only what is kept; deferred revenue of a
-- distributor that recognises in sum is compared in distributor_differences alone.
create view book_differences with (security_invoker = true) as
select x.customer_id, x.distributor_id, x.role, x.currency, sum(x.ledger) as ledger, sum(x.sub_ledger) as sub_ledger,
       sum(x.ledger) - sum(x.sub_ledger) as difference
from (
    select customer_id, distributor_id, role, currency, amount as ledger, 0::numeric as sub_ledger from control_lines where kept
    union all
    select d.customer_id, c.distributor_id, 'receivable', d.currency, 0, d.open_amount
    from open_documents d join customers c on c.id = d.customer_id
    join charts h on h.distributor_id = c.distributor_id and h.role = 'receivable' and h.kept
    union all
    select u.customer_id, c.distributor_id, 'receivable', u.currency, 0, -u.unapplied
    from unapplied_credits u join customers c on c.id = u.customer_id
    join charts h on h.distributor_id = c.distributor_id and h.role = 'receivable' and h.kept
    union all
    select d.customer_id, c.distributor_id, 'deferred_revenue', d.currency, 0, d.amount
    from deferred_lines d join customers c on c.id = d.customer_id
    join charts h on h.distributor_id = c.distributor_id and h.role = 'deferred_revenue' and h.kept) x
join distributors b on b.id = x.distributor_id
where x.role <> 'deferred_revenue' or not b.recognition_in_sum
group by x.customer_id, x.distributor_id, x.role, x.currency;

-- The same for each distributor: every line in its books, whoever owns the entry, against the
-- sub-ledgers of its accounts.
create view distributor_differences with (security_invoker = true) as
select x.distributor_id, x.role, x.currency, sum(x.ledger) as ledger, sum(x.sub_ledger) as sub_ledger,
       sum(x.ledger) - sum(x.sub_ledger) as difference
from (
    select e.distributor_id, a.role, l.currency, (l.debit - l.credit) * k.side as ledger, 0::numeric as sub_ledger
    from journal_entries e join journal_lines l on l.entry_id = e.id
    join account_roles a on a.distributor_id = e.distributor_id and a.account = l.account and a.kept
    join control_roles k on k.role = a.role
    union all
    select c.distributor_id, 'receivable', d.currency, 0, d.open_amount from open_documents d join customers c on c.id = d.customer_id
    union all
    select c.distributor_id, 'receivable', u.currency, 0, -u.unapplied from unapplied_credits u join customers c on c.id = u.customer_id
    union all
    select c.distributor_id, 'deferred_revenue', d.currency, 0, d.amount from deferred_lines d join customers c on c.id = d.customer_id) x
join charts h on h.distributor_id = x.distributor_id and h.role = x.role and h.kept
group by x.distributor_id, x.role, x.currency;

grant select on chart_defaults, chart_accounts, charts, account_roles, control_roles, deferred_lines, control_lines,
    book_differences, distributor_differences to handover_app, handover_engine;

-- +goose Down
drop view distributor_differences, book_differences, control_lines, deferred_lines, control_roles, account_roles, charts,
    chart_accounts, chart_defaults;
drop trigger journal_entries_accounts on journal_entries;
drop trigger journal_lines_accounts_added on journal_lines;
drop trigger journal_lines_accounts_removed on journal_lines;
drop trigger journal_lines_accounts_changed on journal_lines;
drop function handover_count_accounts, handover_recount_accounts;
drop table journal_accounts;
alter table journal_entries drop column by_transfer;
