-- +goose Up
-- What of a document is settled, and of a credit used, kept by statement-level
-- triggers: a balance is then a plain sum over the customer's documents, whatever their
-- number. handover verify compares it with the allocations.
alter table invoices add column settled numeric not null default 0;
alter table debit_memos add column settled numeric not null default 0;
alter table payments add column allocated numeric not null default 0;
alter table payments add column refunded numeric not null default 0;
alter table credit_memos add column allocated numeric not null default 0;

-- The triggers are named with the columns they keep: (document table, column of the
-- changed rows, column kept).
-- +goose StatementBegin
create function keep_sum() returns trigger language plpgsql as $$
declare
    changed text;
    counted text := case when tg_table_name = 'refunds' then 'amount * (status = ''succeeded'')::int' else 'amount' end;
begin
    changed := case tg_op
        when 'INSERT' then format('select %I as id, %s as amount from added', tg_argv[1], counted)
        when 'DELETE' then format('select %I as id, -(%s) as amount from removed', tg_argv[1], counted)
        else format('select %I as id, %s as amount from added union all select %I, -(%s) from removed', tg_argv[1], counted, tg_argv[1], counted)
    end;
    execute format('update %I t set %I = t.%I + c.amount
                    from (select id, sum(amount) as amount from (%s) x where id is not null group by id having sum(amount) <> 0) c
                    where t.id = c.id', tg_argv[0], tg_argv[2], tg_argv[2], changed);
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    k record;
    e record;
begin
    for k in select * from (values
        ('payment_allocations', 'invoices', 'invoice_id', 'settled'),
        ('payment_allocations', 'debit_memos', 'debit_memo_id', 'settled'),
        ('payment_allocations', 'payments', 'payment_id', 'allocated'),
        ('credit_allocations', 'invoices', 'invoice_id', 'settled'),
        ('credit_allocations', 'debit_memos', 'debit_memo_id', 'settled'),
        ('credit_allocations', 'credit_memos', 'credit_memo_id', 'allocated'),
        ('refunds', 'payments', 'payment_id', 'refunded')) as v(source, target, key, kept)
    loop
        for e in select * from (values
            ('insert', 'referencing new table as added'),
            ('delete', 'referencing old table as removed'),
            ('update', 'referencing old table as removed new table as added')) as v(event, tables)
        loop
            execute format('create trigger %I after %s on %I %s for each statement execute function keep_sum(%L, %L, %L)',
                           k.target || '_' || k.kept || '_' || e.event, e.event, k.source, e.tables, k.target, k.key, k.kept);
        end loop;
    end loop;
end $$;
-- +goose StatementEnd

update invoices i set settled = s.amount from (
    select invoice_id, sum(amount) as amount from (
        select invoice_id, amount from payment_allocations union all select invoice_id, amount from credit_allocations) a
    where invoice_id is not null group by 1) s where i.id = s.invoice_id;
update debit_memos m set settled = s.amount from (
    select debit_memo_id, sum(amount) as amount from (
        select debit_memo_id, amount from payment_allocations union all select debit_memo_id, amount from credit_allocations) a
    where debit_memo_id is not null group by 1) s where m.id = s.debit_memo_id;
update payments p set allocated = s.amount from (select payment_id, sum(amount) as amount from payment_allocations group by 1) s where p.id = s.payment_id;
update payments p set refunded = s.amount
from (select payment_id, sum(amount) as amount from refunds where status = 'succeeded' group by 1) s where p.id = s.payment_id;
update credit_memos m set allocated = s.amount from (select credit_memo_id, sum(amount) as amount from credit_allocations group by 1) s where m.id = s.credit_memo_id;

create or replace view open_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.issued_on, i.due_on, i.currency, i.total - i.settled as open_amount
from invoices i where i.status = 'open'
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.issued_on, m.issued_on, m.currency, m.amount - m.settled
from debit_memos m where m.status = 'open';

create or replace view unapplied_credits with (security_invoker = true) as
select 'payment' as kind, p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.currency,
       greatest(0, p.amount - p.allocated - p.refunded) as unapplied
from payments p where p.status = 'succeeded'
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.issued_on, m.currency, m.amount - m.allocated
from credit_memos m where m.status = 'open';

-- +goose Down
create or replace view open_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.issued_on, i.due_on, i.currency,
       i.total - coalesce((select sum(a.amount) from payment_allocations a where a.invoice_id = i.id), 0)
               - coalesce((select sum(a.amount) from credit_allocations a where a.invoice_id = i.id), 0) as open_amount
from invoices i where i.status = 'open'
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.issued_on, m.issued_on, m.currency,
       m.amount - coalesce((select sum(a.amount) from payment_allocations a where a.debit_memo_id = m.id), 0)
                - coalesce((select sum(a.amount) from credit_allocations a where a.debit_memo_id = m.id), 0)
from debit_memos m where m.status = 'open';
create or replace view unapplied_credits with (security_invoker = true) as
select 'payment' as kind, p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.currency,
       greatest(0, p.amount - coalesce((select sum(a.amount) from payment_allocations a where a.payment_id = p.id), 0)
                            - coalesce((select sum(r.amount) from refunds r
                                        where r.payment_id = p.id and r.status = 'succeeded'), 0)) as unapplied
from payments p where p.status = 'succeeded'
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.issued_on, m.currency,
       m.amount - coalesce((select sum(a.amount) from credit_allocations a where a.credit_memo_id = m.id), 0)
from credit_memos m where m.status = 'open';
drop function keep_sum cascade;
alter table invoices drop column settled;
alter table debit_memos drop column settled;
alter table payments drop column allocated;
alter table payments drop column refunded;
alter table credit_memos drop column allocated;
