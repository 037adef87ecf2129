-- Finance > Reconciliation (docs/accounting.md): what the difference of a control account is made
-- of, record by record and day by day, and what the last check of the books of each distributor saw.
-- +goose Up

-- The effect of each document on what its account owes, as its entry must post it to receivable.
-- A refund has one only for the part that pays out credit, or reopens what it took back.
create view receivable_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.currency, i.issued_on as on_date,
       case when bills(i.status) then i.total else 0 end as effect
from invoices i
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, case when m.status <> 'void' then m.amount else 0 end
from debit_memos m
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, case when m.status <> 'void' then -m.amount else 0 end
from credit_memos m
union all
select 'payment', p.id, number_of('PAY', p.id), p.customer_id, p.currency, p.received_on, case when p.status = 'succeeded' then -p.amount else 0 end
from payments p
union all
-- Of several refunds of a payment the earlier ones have the effect first.
select 'refund', r.id, number_of('RF', r.id), p.customer_id, p.currency, r.refunded_on,
       case when p.status = 'succeeded' and r.status = 'succeeded'
            then greatest(0, least(r.amount, least(p.refunded, p.amount - p.allocated) - coalesce((
                 select sum(o.amount) from refunds o where o.payment_id = r.payment_id and o.credit_memo_id is null and o.status = 'succeeded'
                   and (o.refunded_on, o.id) < (r.refunded_on, r.id)), 0))) else 0 end
from payments p join refunds r on r.payment_id = p.id where r.credit_memo_id is null
union all
select 'refund', r.id, number_of('RF', r.id), m.customer_id, m.currency, r.refunded_on,
       case when m.status <> 'void' and r.status = 'succeeded'
            then greatest(0, least(r.amount, least(m.refunded, m.amount - m.allocated) - coalesce((
                 select sum(o.amount) from refunds o where o.credit_memo_id = r.credit_memo_id and o.status = 'succeeded'
                   and (o.refunded_on, o.id) < (r.refunded_on, r.id)), 0))) else 0 end
from credit_memos m join refunds r on r.credit_memo_id = m.id;

-- What keeps a balance from being the sum of those effects: a status that says settled what is
-- not, money on a document that bills nothing, allocations to another account's document.
-- amount is what the ledger has more than the balance.
create view receivable_exceptions with (security_invoker = true) as
select 'status' as why, 'invoice' as kind, i.id, i.number, i.customer_id, i.currency, i.issued_on as on_date, i.total - i.settled as amount
from invoices i where i.status in ('paid', 'transferred') and i.total <> i.settled
union all
select 'status', 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, m.amount - m.settled
from debit_memos m where m.status in ('applied', 'transferred') and m.amount <> m.settled
union all
select 'status', 'credit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, m.allocated + m.refunded - m.amount
from credit_memos m where m.status in ('applied', 'transferred') and m.allocated + m.refunded < m.amount
union all
select 'void', 'invoice', i.id, i.number, i.customer_id, i.currency, i.issued_on, -i.settled
from invoices i where i.status in ('draft', 'void') and i.settled <> 0
union all
select 'void', 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, -m.settled
from debit_memos m where m.status = 'void' and m.settled <> 0
union all
select 'elsewhere', 'payment', p.id, number_of('PAY', p.id), p.customer_id, p.currency, p.received_on, -a.counts
from payments p join payment_allocations a on a.payment_id = p.id
left join invoices i on i.id = a.invoice_id left join debit_memos m on m.id = a.debit_memo_id
where a.counts <> 0 and coalesce(i.customer_id, m.customer_id) <> p.customer_id
union all
select 'elsewhere', 'credit_memo', c.id, c.number, c.customer_id, c.currency, c.issued_on, -a.counts
from credit_memos c join credit_allocations a on a.credit_memo_id = c.id
left join invoices i on i.id = a.invoice_id left join debit_memos m on m.id = a.debit_memo_id
where a.counts <> 0 and coalesce(i.customer_id, m.customer_id) <> c.customer_id
union all
select 'elsewhere', 'invoice', i.id, i.number, i.customer_id, i.currency, i.issued_on, a.counts
from invoices i join payment_allocations a on a.invoice_id = i.id join payments p on p.id = a.payment_id
where a.counts <> 0 and p.customer_id <> i.customer_id
union all
select 'elsewhere', 'invoice', i.id, i.number, i.customer_id, i.currency, i.issued_on, a.counts
from invoices i join credit_allocations a on a.invoice_id = i.id join credit_memos c on c.id = a.credit_memo_id
where a.counts <> 0 and c.customer_id <> i.customer_id
union all
select 'elsewhere', 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, a.counts
from debit_memos m join payment_allocations a on a.debit_memo_id = m.id join payments p on p.id = a.payment_id
where a.counts <> 0 and p.customer_id <> m.customer_id
union all
select 'elsewhere', 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, a.counts
from debit_memos m join credit_allocations a on a.debit_memo_id = m.id join credit_memos c on c.id = a.credit_memo_id
where a.counts <> 0 and c.customer_id <> m.customer_id;

-- What each entry does to the control accounts of its books, on the natural side of the role.
create view entry_controls with (security_invoker = true) as
select e.id as entry_id, e.distributor_id, e.posted_on, e.source_kind, e.source_id, v.role, e.currency, v.amount
from journal_entries e cross join lateral (values ('receivable', e.on_receivable), ('deferred_revenue', e.on_deferred)) as v(role, amount)
where e.currency is not null and v.amount <> 0
union all
select e.id, e.distributor_id, e.posted_on, e.source_kind, e.source_id, r.role, l.currency,
       sum(case r.role when 'receivable' then l.debit - l.credit else l.credit - l.debit end)
from journal_entries e join journal_lines l on l.entry_id = e.id
join account_roles r on r.distributor_id = e.distributor_id and r.account = l.account and r.role in ('receivable', 'deferred_revenue')
where e.currency is null group by e.id, r.role, l.currency;

-- What the ledger and the sub-ledger of a control account are made of, each piece on its day and
-- with the document that it is about: books is posted, records is owed. Per account, role and
-- currency their difference is that of book_differences. What a refund has no effect for is in neither.
create view control_pieces with (security_invoker = true) as
select l.customer_id, l.distributor_id, l.role, l.currency, coalesce(s.invoice_kind, e.source_kind, 'journal_entry') as kind,
       coalesce(s.invoice_id, e.source_id, e.id) as record_id, 'entry' as piece, l.entry_id, e.posted_on as on_date, l.amount as books, 0::numeric as records
from control_entries l join journal_entries e on e.id = l.entry_id
join charts h on h.distributor_id = l.distributor_id and h.role = l.role and h.kept
left join lateral (
    -- A recognition entry is about the invoice of its schedule line.
    select 'invoice' as invoice_kind, v.invoice_id from revenue_schedules r join invoice_lines v on v.id = r.invoice_line_id
    where e.source_kind = 'revenue_schedule' and r.id = e.source_id) s on true
union all
-- One entry for several schedule lines is about the invoice of each.
select i.customer_id, e.distributor_id, 'deferred_revenue', i.currency, p.kind, p.record_id, 'entry', e.id, e.posted_on, p.amount, 0
from invoices i join invoice_lines v on v.invoice_id = i.id join revenue_schedules r on r.invoice_line_id = v.id
join recognition_lines n on n.revenue_schedule_id = r.id join journal_entries e on e.id = n.entry_id and e.customer_id = i.customer_id
join customers c on c.id = i.customer_id and c.distributor_id = e.distributor_id
join charts h on h.distributor_id = e.distributor_id and h.role = 'deferred_revenue' and h.kept
cross join lateral (values ('invoice', i.id, -n.amount), ('journal_entry', e.id, n.amount)) as p(kind, record_id, amount)
union all
select d.customer_id, c.distributor_id, 'receivable', d.currency, d.kind, d.id, 'document', null, d.on_date, 0, d.effect
from receivable_documents d join customers c on c.id = d.customer_id
join charts h on h.distributor_id = c.distributor_id and h.role = 'receivable' and h.kept
where d.effect <> 0
union all
select x.customer_id, c.distributor_id, 'receivable', x.currency, x.kind, x.id, x.why, null, x.on_date, 0, -x.amount
from receivable_exceptions x join customers c on c.id = x.customer_id
join charts h on h.distributor_id = c.distributor_id and h.role = 'receivable' and h.kept
union all
select i.customer_id, c.distributor_id, 'deferred_revenue', i.currency, 'invoice', i.id, p.piece, null, p.on_date, 0, p.amount
from invoices i join customers c on c.id = i.customer_id
join charts h on h.distributor_id = c.distributor_id and h.role = 'deferred_revenue' and h.kept
join invoice_lines l on l.invoice_id = i.id join revenue_schedules r on r.invoice_line_id = l.id
cross join lateral (
    select 'deferred' as piece, i.issued_on as on_date, r.amount
    union all
    select 'recognized', greatest(coalesce(r.period_end, r.period_start), i.issued_on), -r.amount where r.recognized) p
where bills(i.status);

-- Documents whose status does not fit what settles them; difference is how much the status
-- says more than what counts. written_by is the transfer that wrote the status, null where a
-- file brought it.
create view status_misfits with (security_invoker = true) as
select d.kind, d.id, d.number, d.customer_id, d.currency, d.on_date, d.status, d.amount, d.settled, d.difference, w.order_id as written_by
from (
    select *, case when status = 'open' then -amount when settled < amount then amount - settled else amount end as difference
    from (select 'invoice' as kind, i.id, i.number, i.customer_id, i.currency, i.issued_on as on_date, i.status,
                 greatest(0, i.total) as amount, i.settled,
                 i.status = 'transferred' and not exists (select 1 from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
                     where a.invoice_id = i.id and a.counts > 0 and m.purpose = 'transfer') as unfounded
          from invoices i where i.status in ('open', 'paid', 'transferred')
          union all
          select 'debit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, m.status, m.amount, m.settled,
                 m.status = 'transferred' and not exists (select 1 from credit_allocations a join credit_memos c on c.id = a.credit_memo_id
                     where a.debit_memo_id = m.id and a.counts > 0 and c.purpose = 'transfer')
          from debit_memos m where m.status <> 'void'
          union all
          select 'credit_memo', m.id, m.number, m.customer_id, m.currency, m.issued_on, m.status, m.amount, least(m.amount, m.allocated + m.refunded),
                 m.status = 'transferred' and not exists (select 1 from credit_allocations a join debit_memos d on d.id = a.debit_memo_id
                     where a.credit_memo_id = m.id and a.counts > 0 and d.purpose = 'transfer')
          from credit_memos m where m.status <> 'void') s
    where case when status = 'open' then amount > 0 and settled >= amount else settled < amount or unfounded end) d
left join lateral (
    select l.order_id from (
        select g.id, g.order_id, g.column_name = '' as born,
               case when g.column_name = '' then g.after[array_position(g.record_ids, d.id)]::jsonb ->> 'status'
                    else g.after[case when cardinality(g.after) = 1 then 1 else array_position(g.record_ids, d.id) end] end as status
        from transfer_ledger g join transfer_orders o on o.id = g.order_id and o.status in ('completed', 'reversed')
        where g.kind = d.kind and int8range(g.first_id, g.last_id, '[]') @> d.id and d.id = any(g.record_ids)
          and (g.column_name = 'status' or g.column_name = '' and g.before[1] is null)
        order by g.id desc limit 1) l
    -- What a reversal gave back, or a reversed transfer wrote, may change again.
    where l.status = d.status and (l.born or exists (
        select 1 from transfer_orders o where o.id = l.order_id and o.reverses_id is null and transfer_standing(o.id) is not null))) w on true;

-- What transfers posted to clearing and intercompany, with the amount on the giving side, by its
-- sign: positive is a debit. clears tells the account of one legal entity from intercompany.
create view clearing_lines with (security_invoker = true) as
select l.id, l.entry_id, e.distributor_id, e.posted_on, l.account, l.order_id, l.counterparty_distributor_id as other_id, l.counterparty_entity as other_entity,
       l.debit - l.credit as amount, l.currency, sign(l.debit - l.credit) * l.original_amount as original, l.original_currency, l.rate,
       exists (select 1 from account_roles a where a.distributor_id = e.distributor_id and a.account = l.account and a.role = 'clearing') as clears
from journal_lines l join journal_entries e on e.id = l.entry_id
where l.counterparty_distributor_id is not null and l.original_amount is not null and l.original_currency is not null;

-- The two sides of what each order posted, seen from each of them: own is in the books of the
-- distributor, others in those of the other one; within one distributor, its debits and credits.
-- Lines without an order are one pair.
create view clearing_pairs with (security_invoker = true) as
select c.order_id, v.distributor_id, v.other_id, c.original_currency as currency, bool_or(c.clears) as clears,
       sum(v.own) as own, sum(v.others) as others, sum(v.own) + sum(v.others) as difference, min(c.posted_on) as since, count(*) as lines
from clearing_lines c cross join lateral (
    select c.distributor_id, c.other_id, c.original as own, 0::numeric as others where c.distributor_id <> c.other_id
    union all
    select c.other_id, c.distributor_id, 0, c.original where c.distributor_id <> c.other_id
    union all
    select c.distributor_id, c.other_id, greatest(0, c.original), least(0, c.original) where c.distributor_id = c.other_id) v
group by 1, 2, 3, 4;

grant select on receivable_documents, receivable_exceptions, control_pieces, status_misfits, clearing_lines, clearing_pairs, entry_controls to handover_app, handover_engine;

-- The last check of the books of each distributor, what each reconciliation gave per currency,
-- and what differs. first_seen is the first check of an unbroken row of checks that saw the difference.
create table reconciliation_runs (
    distributor_id bigint primary key references distributors,
    checked_at     timestamptz not null,
    took           interval not null default '0'
);
create table reconciliation_results (
    distributor_id bigint not null references distributors,
    name           text not null,
    currency       text not null references currencies,
    checked        bigint not null,
    differing      bigint not null,
    difference     numeric not null,
    ok             boolean not null,
    since          date,
    first_seen     timestamptz,
    checked_at     timestamptz not null,
    primary key (distributor_id, name, currency)
);
create table reconciliation_items (
    id             bigint generated always as identity primary key,
    distributor_id bigint not null references distributors,
    name           text not null,
    currency       text not null references currencies,
    kind           text not null,
    record_id      bigint not null,
    other_id       bigint not null default 0,
    number         text not null,
    customer_id    bigint references customers,
    books          numeric not null,
    records        numeric not null,
    difference     numeric not null,
    differs        boolean not null,
    since          date,
    first_seen     timestamptz,
    checked_at     timestamptz not null,
    constraint reconciliation_items_once unique (distributor_id, name, currency, kind, record_id, other_id)
);
create index journal_lines_counterparty on journal_lines (counterparty_distributor_id) where counterparty_distributor_id is not null;
-- +goose StatementBegin
do $$
declare
    walled text;
begin
    foreach walled in array array['reconciliation_runs', 'reconciliation_results', 'reconciliation_items'] loop
        execute format('alter table %I enable row level security', walled);
        execute format('create policy %I on %I to handover_app using (distributor_id = any((select handover_scope())::bigint[]))', walled || '_in_scope', walled);
        execute format('create policy %I on %I to handover_provider, handover_engine using (true)', walled || '_all', walled);
        execute format('grant select on %I to handover_app, handover_engine', walled);
        execute format('grant insert, update, delete on %I to handover_engine', walled);
    end loop;
end $$;
-- +goose StatementEnd

-- +goose Down
drop index journal_lines_counterparty;
drop table reconciliation_items, reconciliation_results, reconciliation_runs;
drop view clearing_pairs, clearing_lines, status_misfits, control_pieces, entry_controls, receivable_exceptions, receivable_documents;
