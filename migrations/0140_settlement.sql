-- What settles a document (docs/domain.md, "What settles a document"). An allocation counts
-- only while its payment succeeded, or its credit memo is not void, as far as no chargeback
-- took it back, and as far as its document has room. How much of it counts is kept beside it
-- by one function, handover_settle; documents and credits keep the sums.
-- +goose Up

-- The statuses of an invoice that bill what it names. Views, rules and import checks read
-- this list and no other.
-- +goose StatementBegin
create function bills(status text) returns boolean language sql immutable parallel safe as
$$ select status in ('open', 'paid', 'transferred') $$;
-- +goose StatementEnd

alter table invoices drop constraint invoices_status_check;
alter table invoices add constraint invoices_status_check check (status in ('draft', 'open', 'paid', 'transferred', 'void'));
alter table credit_memos drop constraint credit_memos_status_check;
alter table credit_memos add constraint credit_memos_status_check check (status in ('open', 'applied', 'transferred', 'void'));
alter table debit_memos drop constraint debit_memos_status_check;
alter table debit_memos add constraint debit_memos_status_check check (status in ('open', 'applied', 'transferred', 'void'));

-- claimed is the sum of a document's allocations, settled the sum of what counts of them.
-- settled_status is the status that a document takes again once enough counts: it was opened
-- because too little does.
alter table invoices add column claimed numeric not null default 0, add column settled_status text;
alter table debit_memos add column claimed numeric not null default 0, add column settled_status text;
alter table credit_memos add column refunded numeric not null default 0, add column settled_status text;
alter table payment_allocations add column counts numeric not null default 0;
alter table credit_allocations add column counts numeric not null default 0;

-- What a transfer's memo carries keeps its first origin through all hops.
-- +goose StatementBegin
do $$
declare
    memo text;
begin
    foreach memo in array array['credit_memos', 'debit_memos'] loop
        execute format('alter table %I
            add column purpose text not null default '''' check (purpose in ('''', ''transfer'', ''unused_term'', ''running_term'')),
            add column origin_kind text check (origin_kind in (''invoice'', ''debit_memo'', ''payment'', ''credit_memo'')),
            add column origin_number text,
            add column origin_issued_on date,
            add column origin_distributor_id bigint references distributors', memo);
    end loop;
end $$;
-- +goose StatementEnd
alter table debit_memos add column due_on date;

-- A refund pays money back, of a credit memo where it names one; a chargeback is money that
-- the payer's bank took back.
alter table refunds add column kind text not null default 'refund' check (kind in ('refund', 'chargeback'));
alter table refunds add column credit_memo_id bigint references credit_memos;
alter table refunds add constraint refunds_chargeback_names_no_memo check (kind = 'refund' or credit_memo_id is null);
create index refunds_credit_memo on refunds (credit_memo_id) where credit_memo_id is not null;

-- Memos that transfers wrote before this migration carry balances.
update credit_memos set purpose = 'transfer' where id in (
    select unnest(record_ids) from transfer_ledger where kind = 'credit_memo' and column_name = '' and before[1] is null);
update debit_memos set purpose = 'transfer' where id in (
    select unnest(record_ids) from transfer_ledger where kind = 'debit_memo' and column_name = '' and before[1] is null);

-- The sums that single allocations added up to are gone: handover_settle takes their place.
drop function keep_sum cascade;

-- handover_settle computes anew what counts of the allocations of the given invoices, debit
-- memos, payments and credit memos, keeps the sums, and opens or closes the documents whose
-- settlement changed:
--   1. an allocation reaches as far as its payment or memo does; those that a transfer wrote
--      come first, then the others in the order in which they were written;
--   2. a refund beyond the payment's unapplied rest takes back allocations to debit memos of
--      purpose transfer, a chargeback takes back any, latest due date first, then number
--      descending; a refund of a credit memo does the same to the memo's allocations;
--   3. a document takes no more than its total: memos of purpose transfer first, then the
--      others by date, then number.
-- It locks the documents first, so that of two transactions the later one sees what the
-- earlier one wrote.
-- +goose StatementBegin
create function handover_settle(given_invoices bigint[], given_memos bigint[], given_payments bigint[], given_credits bigint[])
returns void language plpgsql as $$
declare
    -- every payment and credit memo concerned, then every document that one of them settles
    paying    bigint[] := array(
        select unnest(given_payments)
        union select a.payment_id from payment_allocations a where a.invoice_id = any(given_invoices)
        union select a.payment_id from payment_allocations a where a.debit_memo_id = any(given_memos));
    crediting bigint[] := array(
        select unnest(given_credits)
        union select a.credit_memo_id from credit_allocations a where a.invoice_id = any(given_invoices)
        union select a.credit_memo_id from credit_allocations a where a.debit_memo_id = any(given_memos));
    -- a changed due date changes what a chargeback takes back, and so other documents
    returned  bigint[] := array(
        select p from unnest(paying) p where p = any(given_payments) or exists (select 1 from refunds f where f.payment_id = p));
    repaid    bigint[] := array(
        select m from unnest(crediting) m where m = any(given_credits) or exists (select 1 from refunds f where f.credit_memo_id = m));
    billed    bigint[] := array(
        select unnest(given_invoices)
        union select a.invoice_id from payment_allocations a where a.payment_id = any(returned) and a.invoice_id is not null
        union select a.invoice_id from credit_allocations a where a.credit_memo_id = any(repaid) and a.invoice_id is not null);
    debited   bigint[] := array(
        select unnest(given_memos)
        union select a.debit_memo_id from payment_allocations a where a.payment_id = any(returned) and a.debit_memo_id is not null
        union select a.debit_memo_id from credit_allocations a where a.credit_memo_id = any(repaid) and a.debit_memo_id is not null);
begin
    perform 1 from invoices where id = any(billed) order by id for no key update;
    perform 1 from debit_memos where id = any(debited) order by id for no key update;
    paying := array(
        select unnest(paying)
        union select a.payment_id from payment_allocations a where a.invoice_id = any(billed)
        union select a.payment_id from payment_allocations a where a.debit_memo_id = any(debited));
    crediting := array(
        select unnest(crediting)
        union select a.credit_memo_id from credit_allocations a where a.invoice_id = any(billed)
        union select a.credit_memo_id from credit_allocations a where a.debit_memo_id = any(debited));
    perform 1 from payments where id = any(paying) order by id for no key update;
    perform 1 from credit_memos where id = any(crediting) order by id for no key update;

    with document as materialized (
        select 'i' as kind, i.id, i.number, i.due_on, greatest(0, i.total) as total, false as carries, i.status, i.settled_status, i.claimed
        from invoices i where i.id in (
            select unnest(billed)
            union select a.invoice_id from payment_allocations a where a.payment_id = any(paying)
            union select a.invoice_id from credit_allocations a where a.credit_memo_id = any(crediting))
        union all
        select 'd', m.id, m.number, coalesce(m.due_on, m.issued_on), m.amount, m.purpose = 'transfer', m.status, m.settled_status, m.claimed
        from debit_memos m where m.id in (
            select unnest(debited)
            union select a.debit_memo_id from payment_allocations a where a.payment_id = any(paying)
            union select a.debit_memo_id from credit_allocations a where a.credit_memo_id = any(crediting))
    ), credit as materialized (
        select 'p' as source, p.id, p.amount, p.received_on as on_date, number_of('PAY', p.id) as number, p.status = 'succeeded' as good, false as carries,
               coalesce((select sum(f.amount) from refunds f where f.payment_id = p.id and f.credit_memo_id is null and f.kind = 'refund' and f.status = 'succeeded'), 0) as refunded,
               coalesce((select sum(f.amount) from refunds f where f.payment_id = p.id and f.credit_memo_id is null and f.kind = 'chargeback' and f.status = 'succeeded'), 0) as charged
        from payments p where p.id = any(paying)
        union all
        select 'c', m.id, m.amount, m.issued_on, m.number, m.status <> 'void', m.purpose = 'transfer',
               coalesce((select sum(f.amount) from refunds f where f.credit_memo_id = m.id and f.status = 'succeeded'), 0), 0
        from credit_memos m where m.id = any(crediting)
    ), claim as (
        select 'p' as source, a.payment_id as credit_id, a.id, case when a.invoice_id is null then 'd' else 'i' end as kind,
               coalesce(a.invoice_id, a.debit_memo_id) as document_id, a.amount, a.counts, a.order_id is not null as by_transfer
        from payment_allocations a where a.payment_id = any(paying)
        union all
        select 'c', a.credit_memo_id, a.id, case when a.invoice_id is null then 'd' else 'i' end,
               coalesce(a.invoice_id, a.debit_memo_id), a.amount, a.counts, a.order_id is not null
        from credit_allocations a where a.credit_memo_id = any(crediting)
    ), reaching as (
        select k.*, c.good, c.carries, c.on_date, c.number, d.due_on, d.number as document_number, d.carries as carried,
               greatest(0, least(k.amount, c.amount - sum(k.amount) over (partition by k.source, k.credit_id order by k.by_transfer desc, k.id) + k.amount)) as reach,
               greatest(0, c.refunded - greatest(0, c.amount - sum(k.amount) over (partition by k.source, k.credit_id))) as repaid,
               greatest(0, c.charged - greatest(0, c.amount - sum(k.amount) over (partition by k.source, k.credit_id) - c.refunded)) as charged
        from claim k join credit c on (c.source, c.id) = (k.source, k.credit_id) join document d on (d.kind, d.id) = (k.kind, k.document_id)
    ), repaying as (
        select r.*, r.reach - case when r.carried then greatest(0, least(r.reach, r.repaid - sum(r.reach) filter (where r.carried) over w + r.reach)) else 0 end as left_over
        from reaching r window w as (partition by r.source, r.credit_id order by r.due_on desc, r.document_number collate "C" desc, r.kind, r.document_id desc, r.id desc)
    ), charging as (
        select r.*, case when r.good then r.left_over - greatest(0, least(r.left_over, r.charged - sum(r.left_over) over w + r.left_over)) else 0 end as asks
        from repaying r window w as (partition by r.source, r.credit_id order by r.due_on desc, r.document_number collate "C" desc, r.kind, r.document_id desc, r.id desc)
    ), counting as materialized (
        select c.source, c.id, c.credit_id, c.kind, c.document_id, c.amount, c.counts as counted,
               case when c.kind = 'i' and c.document_id in (select unnest(billed)) or c.kind = 'd' and c.document_id in (select unnest(debited))
                    then greatest(0, least(c.asks, d.total - sum(c.asks) over w + c.asks)) else c.counts end as counts
        from charging c join document d on (d.kind, d.id) = (c.kind, c.document_id)
        window w as (partition by c.kind, c.document_id order by c.carries desc, c.on_date, c.number collate "C", c.source, c.credit_id, c.id)
    ), settled as (
        select d.kind, d.id, d.total, d.status, d.settled_status, d.claimed <> 0 or coalesce(s.claimed, 0) <> 0 as asked_for,
               coalesce(s.claimed, 0) as claimed, coalesce(s.settled, 0) as settled
        from document d left join (select kind, document_id, sum(amount) as claimed, sum(counts) as settled from counting group by 1, 2) s
             on (s.kind, s.document_id) = (d.kind, d.id)
        where d.kind = 'i' and d.id in (select unnest(billed)) or d.kind = 'd' and d.id in (select unnest(debited))
    ), standing as (
        select s.*,
               case when s.status in ('paid', 'applied', 'transferred') and s.asked_for and s.settled < s.total then 'open'
                    when s.status = 'open' and s.settled_status is not null and s.settled >= s.total then s.settled_status else s.status end as status_now,
               case when s.status in ('paid', 'applied', 'transferred') and s.asked_for and s.settled < s.total then s.status
                    when s.status = 'open' and s.settled < s.total then s.settled_status end as settled_status_now
        from settled s
    ), used as (
        select c.source, c.id, c.amount, c.refunded, c.charged, coalesce(k.counts, 0) as counts,
               least(c.amount, coalesce(k.claimed, 0)) - coalesce(k.counts, 0) > 0 and c.amount - coalesce(k.counts, 0) - c.refunded > 0 as idle
        from credit c left join (select source, credit_id, sum(counts) as counts, sum(amount) as claimed from counting group by 1, 2) k
             on (k.source, k.credit_id) = (c.source, c.id)
    ), payment_rows as (
        update payment_allocations t set counts = c.counts from counting c where c.source = 'p' and c.id = t.id and c.counts <> c.counted
    ), credit_rows as (
        update credit_allocations t set counts = c.counts from counting c where c.source = 'c' and c.id = t.id and c.counts <> c.counted
    ), invoice_rows as (
        update invoices t set claimed = s.claimed, settled = s.settled, status = s.status_now, settled_status = s.settled_status_now
        from standing s where s.kind = 'i' and s.id = t.id
          and (t.claimed, t.settled, t.status, t.settled_status) is distinct from (s.claimed, s.settled, s.status_now, s.settled_status_now)
    ), memo_rows as (
        update debit_memos t set claimed = s.claimed, settled = s.settled, status = s.status_now, settled_status = s.settled_status_now
        from standing s where s.kind = 'd' and s.id = t.id
          and (t.claimed, t.settled, t.status, t.settled_status) is distinct from (s.claimed, s.settled, s.status_now, s.settled_status_now)
    ), payments_used as (
        update payments t set allocated = u.counts, refunded = u.refunded + u.charged
        from used u where u.source = 'p' and u.id = t.id and (t.allocated, t.refunded) is distinct from (u.counts, u.refunded + u.charged)
    )
    update credit_memos t set allocated = u.counts, refunded = u.refunded,
        status = case when t.status in ('applied', 'transferred') and u.idle then 'open'
                      when t.status = 'open' and t.settled_status is not null and not u.idle then t.settled_status else t.status end,
        settled_status = case when t.status in ('applied', 'transferred') and u.idle then t.status
                              when t.status = 'open' and u.idle then t.settled_status end
    from used u where u.source = 'c' and u.id = t.id
      and ((t.allocated, t.refunded) is distinct from (u.counts, u.refunded)
           or t.status in ('applied', 'transferred') and u.idle or t.status = 'open' and t.settled_status is not null and not u.idle);
end $$;

-- The payments and documents of a statement are settled some hundreds at a time: the plan of
-- handover_settle is made once, for few.
create function handover_settle_parts(invoices bigint[], memos bigint[], payments bigint[], credits bigint[])
returns void language plpgsql as $$
declare
    part record;
begin
    for part in
        select array_remove(array_agg(distinct x.invoice), null) as invoices, array_remove(array_agg(distinct x.memo), null) as memos,
               array_remove(array_agg(distinct x.payment), null) as payments, array_remove(array_agg(distinct x.credit), null) as credits
        from (select u.*, dense_rank() over (order by u.payment, u.credit) / 300 as n
              from unnest(invoices, memos, payments, credits) as u(invoice, memo, payment, credit)) x
        group by x.n
    loop
        perform handover_settle(part.invoices, part.memos, part.payments, part.credits);
    end loop;
end $$;

-- An update that changes only what counts is handover_settle's own.
create function handover_payment_allocations_written() returns trigger language plpgsql as $$
declare
    invoices bigint[];
    memos    bigint[];
    payments bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(payment_id) into invoices, memos, payments from added;
    elsif tg_op = 'DELETE' then
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(payment_id) into invoices, memos, payments from removed;
    else
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(payment_id) into invoices, memos, payments
        from (select w.* from added n join removed o on o.id = n.id
              cross join lateral (values (n.invoice_id, n.debit_memo_id, n.payment_id), (o.invoice_id, o.debit_memo_id, o.payment_id)) w(invoice_id, debit_memo_id, payment_id)
              where (n.invoice_id, n.debit_memo_id, n.payment_id, n.amount) is distinct from (o.invoice_id, o.debit_memo_id, o.payment_id, o.amount)) c;
    end if;
    if payments is not null then
        perform handover_settle_parts(invoices, memos, payments, array_fill(null::bigint, array[cardinality(payments)]));
    end if;
    return null;
end $$;
create function handover_credit_allocations_written() returns trigger language plpgsql as $$
declare
    invoices bigint[];
    memos    bigint[];
    credits  bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(credit_memo_id) into invoices, memos, credits from added;
    elsif tg_op = 'DELETE' then
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(credit_memo_id) into invoices, memos, credits from removed;
    else
        select array_agg(invoice_id), array_agg(debit_memo_id), array_agg(credit_memo_id) into invoices, memos, credits
        from (select w.* from added n join removed o on o.id = n.id
              cross join lateral (values (n.invoice_id, n.debit_memo_id, n.credit_memo_id), (o.invoice_id, o.debit_memo_id, o.credit_memo_id)) w(invoice_id, debit_memo_id, credit_memo_id)
              where (n.invoice_id, n.debit_memo_id, n.credit_memo_id, n.amount) is distinct from (o.invoice_id, o.debit_memo_id, o.credit_memo_id, o.amount)) c;
    end if;
    if credits is not null then
        perform handover_settle_parts(invoices, memos, array_fill(null::bigint, array[cardinality(credits)]), credits);
    end if;
    return null;
end $$;
create function handover_refunds_written() returns trigger language plpgsql as $$
declare
    payments bigint[];
    credits  bigint[];
begin
    if tg_op = 'INSERT' then
        select array_agg(payment_id), array_agg(credit_memo_id) into payments, credits from added;
    elsif tg_op = 'DELETE' then
        select array_agg(payment_id), array_agg(credit_memo_id) into payments, credits from removed;
    else
        select array_agg(payment_id), array_agg(credit_memo_id) into payments, credits
        from (select payment_id, credit_memo_id from added union select payment_id, credit_memo_id from removed) c;
    end if;
    if payments is not null then
        perform handover_settle_parts('{}', '{}', payments, credits);
    end if;
    return null;
end $$;

-- A document or credit of which something changed that decides what counts.
create function handover_settle_changed() returns trigger language plpgsql as $$
begin
    perform handover_settle(
        case tg_table_name when 'invoices' then array[new.id] else '{}' end,
        case tg_table_name when 'debit_memos' then array[new.id] else '{}' end,
        case tg_table_name when 'payments' then array[new.id] else '{}' end,
        case tg_table_name when 'credit_memos' then array[new.id] else '{}' end);
    return null;
end $$;

-- A status that is set from outside ends the memory of the one from before.
create function handover_forget_settled_status() returns trigger language plpgsql as $$
begin
    new.settled_status := null;
    return new;
end $$;
-- +goose StatementEnd

create trigger payment_allocations_added after insert on payment_allocations
    referencing new table as added for each statement execute function handover_payment_allocations_written();
create trigger payment_allocations_removed after delete on payment_allocations
    referencing old table as removed for each statement execute function handover_payment_allocations_written();
create trigger payment_allocations_changed after update on payment_allocations
    referencing old table as removed new table as added for each statement execute function handover_payment_allocations_written();
create trigger credit_allocations_added after insert on credit_allocations
    referencing new table as added for each statement execute function handover_credit_allocations_written();
create trigger credit_allocations_removed after delete on credit_allocations
    referencing old table as removed for each statement execute function handover_credit_allocations_written();
create trigger credit_allocations_changed after update on credit_allocations
    referencing old table as removed new table as added for each statement execute function handover_credit_allocations_written();
create trigger refunds_added after insert on refunds
    referencing new table as added for each statement execute function handover_refunds_written();
create trigger refunds_removed after delete on refunds
    referencing old table as removed for each statement execute function handover_refunds_written();
create trigger refunds_changed after update on refunds
    referencing old table as removed new table as added for each statement execute function handover_refunds_written();

create trigger payments_settle after update of amount, status, received_on on payments for each row
    when ((new.amount, new.status, new.received_on) is distinct from (old.amount, old.status, old.received_on))
    execute function handover_settle_changed();
create trigger credit_memos_settle after update of amount, status, issued_on, number, purpose on credit_memos for each row
    when ((new.amount, new.status = 'void', new.issued_on, new.number, new.purpose)
          is distinct from (old.amount, old.status = 'void', old.issued_on, old.number, old.purpose)
          or new.status in ('applied', 'transferred') and new.status <> old.status and new.allocated + new.refunded < new.amount)
    execute function handover_settle_changed();
create trigger invoices_settle after update of total, due_on, number, status on invoices for each row
    when (new.claimed <> 0 and (
          (new.total, new.due_on, new.number) is distinct from (old.total, old.due_on, old.number)
          or new.status in ('paid', 'transferred') and new.status <> old.status and new.settled < new.total))
    execute function handover_settle_changed();
create trigger debit_memos_settle after update of amount, due_on, issued_on, number, purpose, status on debit_memos for each row
    when (new.claimed <> 0 and (
          (new.amount, new.due_on, new.issued_on, new.number, new.purpose)
          is distinct from (old.amount, old.due_on, old.issued_on, old.number, old.purpose)
          or new.status in ('applied', 'transferred') and new.status <> old.status and new.settled < new.amount))
    execute function handover_settle_changed();

create trigger invoices_forget before update of status on invoices for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();
create trigger debit_memos_forget before update of status on debit_memos for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();
create trigger credit_memos_forget before update of status on credit_memos for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();

-- +goose StatementBegin
do $$
begin
    perform handover_settle_parts(array_agg(invoice_id), array_agg(debit_memo_id), array_agg(payment_id), array_agg(null::bigint)) from payment_allocations;
    perform handover_settle_parts(array_agg(invoice_id), array_agg(debit_memo_id), array_agg(null::bigint), array_agg(credit_memo_id)) from credit_allocations;
end $$;
-- +goose StatementEnd

create or replace view open_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.issued_on, i.due_on, i.currency, i.total - i.settled as open_amount
from invoices i where i.status = 'open'
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.issued_on, coalesce(m.due_on, m.issued_on), m.currency, m.amount - m.settled
from debit_memos m where m.status = 'open';

create or replace view unapplied_credits with (security_invoker = true) as
select 'payment' as kind, p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.currency,
       greatest(0, p.amount - p.allocated - p.refunded) as unapplied
from payments p where p.status = 'succeeded'
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.issued_on, m.currency, greatest(0, m.amount - m.allocated - m.refunded)
from credit_memos m where m.status = 'open';

-- What is billed is owned through the document that bills it.
create or replace view owned_subscription_charges with (security_invoker = true) as
select h.id, number_of('CH', h.id) as number, i.customer_id, h.period_start as on_date, h.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join subscription_charges h on h.id = l.charge_id
where bills(i.status)
  and not exists (select 1 from invoice_lines e join invoices ei on ei.id = e.invoice_id
                  where e.charge_id = l.charge_id and e.id < l.id and bills(ei.status))
union all
select h.id, number_of('CH', h.id), s.customer_id, h.period_start, h.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join subscription_charges h on h.subscription_id = s.id
where not exists (select 1 from invoice_lines e join invoices ei on ei.id = e.invoice_id
                  where e.charge_id = h.id and bills(ei.status));

create or replace view owned_usage_records with (security_invoker = true) as
select u.id, number_of('U', u.id) as number, i.customer_id, u.used_on as on_date, u.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join usage_records u on u.invoice_line_id = l.id
where bills(i.status)
union all
select u.id, number_of('U', u.id), s.customer_id, u.used_on, u.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join usage_records u on u.subscription_id = s.id
where u.invoice_line_id is null
   or not exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id
                  where l.id = u.invoice_line_id and bills(i.status));

create or replace view owned_billing_schedules with (security_invoker = true) as
select b.id, number_of('BS', b.id) as number, i.customer_id, b.due_on as on_date, b.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join billing_schedules b on b.invoice_id = i.id
where bills(i.status)
union all
select b.id, number_of('BS', b.id), s.customer_id, b.due_on, b.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join billing_schedules b on b.subscription_id = s.id
where b.invoice_id is null
   or not exists (select 1 from invoices i where i.id = b.invoice_id and bills(i.status));

-- +goose StatementBegin
create or replace function handover_line_billed(line bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.id = line and bills(i.status))
$$;
create or replace function handover_charge_billed(charge bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.charge_id = charge and bills(i.status))
$$;
create or replace function handover_invoice_billed(invoice bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoices i where i.id = invoice and bills(i.status))
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin raise exception 'This step does not go back: restore the backup from before the upgrade.'; end $$;
-- +goose StatementEnd
