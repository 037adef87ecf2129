-- What settles a document, as docs/domain.md says it: refunds and chargebacks use what is
-- unapplied before they take anything back, and what found no room is unapplied.
-- +goose Up

-- A transfer parts a failed payment that stays from a document that goes: what the payment
-- asks of it counts for nothing, whatever becomes of the payment.
alter table payment_allocations add column parted boolean not null default false;
create index payments_failed on payments (customer_id) where status = 'failed';

-- handover_settle computes anew what counts of the allocations of the given invoices, debit
-- memos, payments and credit memos, keeps the sums, and opens or closes the documents whose
-- settlement changed:
--   1. an allocation of a payment that succeeded, or of a memo that is not void, asks for its
--      amount. A document takes no more than its total: of memos with purpose transfer first,
--      then of the others by date, then number;
--   2. a payment or memo gives no more than it has: first to debit memos of purpose transfer,
--      then to what else transfers allocated, then in the order of writing. Refunds use what
--      is left, then take back what debit memos of purpose transfer have; chargebacks use
--      what is left after that, then take back what any have: latest due date first, then
--      number descending. What found no room asks again for what is still left;
--   3. documents take what is asked then, as in 1.
-- It locks the documents first, so that of two transactions the later one sees what the
-- earlier one wrote.
-- +goose StatementBegin
create or replace function handover_settle(given_invoices bigint[], given_memos bigint[], given_payments bigint[], given_credits bigint[])
returns void language plpgsql security definer set search_path = public, pg_temp set plan_cache_mode = auto set jit = off as $$
declare
    -- the documents that are settled anew, and the payments and memos that ask of them
    billed    bigint[];
    debited   bigint[];
    paying    bigint[];
    crediting bigint[];
    -- what of these is entangled: something was paid back of it, or more is asked than it has,
    -- so that what it gives one document depends on the others
    returned  bigint[];
    repaid    bigint[];
    beside    bigint[];
    beside_memos bigint[];
begin
    if cardinality(given_invoices) + cardinality(given_memos) + cardinality(given_payments) + cardinality(given_credits) > 200 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;
    billed := array(
        select unnest(given_invoices)
        union select a.invoice_id from payment_allocations a where a.payment_id = any(given_payments) and a.invoice_id is not null
        union select a.invoice_id from credit_allocations a where a.credit_memo_id = any(given_credits) and a.invoice_id is not null);
    debited := array(
        select unnest(given_memos)
        union select a.debit_memo_id from payment_allocations a where a.payment_id = any(given_payments) and a.debit_memo_id is not null
        union select a.debit_memo_id from credit_allocations a where a.credit_memo_id = any(given_credits) and a.debit_memo_id is not null);
    loop
        perform 1 from invoices where id = any(billed) order by id for no key update;
        perform 1 from debit_memos where id = any(debited) order by id for no key update;
        paying := array(
            select unnest(given_payments)
            union select a.payment_id from payment_allocations a where a.invoice_id = any(billed)
            union select a.payment_id from payment_allocations a where a.debit_memo_id = any(debited));
        crediting := array(
            select unnest(given_credits)
            union select a.credit_memo_id from credit_allocations a where a.invoice_id = any(billed)
            union select a.credit_memo_id from credit_allocations a where a.debit_memo_id = any(debited));
        returned := array(
            select f.payment_id from refunds f where f.payment_id = any(paying) and f.credit_memo_id is null and f.status = 'succeeded'
            union select p.id from (select a.payment_id, sum(a.amount) as amount from payment_allocations a where a.payment_id = any(paying) group by 1) a
            join payments p on p.id = a.payment_id where p.id = any(paying) and p.amount < a.amount);
        repaid := array(
            select f.credit_memo_id from refunds f where f.credit_memo_id = any(crediting) and f.status = 'succeeded'
            union select m.id from (select a.credit_memo_id, sum(a.amount) as amount from credit_allocations a where a.credit_memo_id = any(crediting) group by 1) a
            join credit_memos m on m.id = a.credit_memo_id where m.id = any(crediting) and m.amount < a.amount);
        -- The documents of all that is entangled are settled together.
        exit when returned = '{}' and repaid = '{}';
        beside := array(
            select a.invoice_id from payment_allocations a where a.payment_id = any(returned) and a.invoice_id is not null and a.invoice_id <> all(billed)
            union select a.invoice_id from credit_allocations a where a.credit_memo_id = any(repaid) and a.invoice_id is not null and a.invoice_id <> all(billed));
        beside_memos := array(
            select a.debit_memo_id from payment_allocations a where a.payment_id = any(returned) and a.debit_memo_id is not null and a.debit_memo_id <> all(debited)
            union select a.debit_memo_id from credit_allocations a where a.credit_memo_id = any(repaid) and a.debit_memo_id is not null and a.debit_memo_id <> all(debited));
        exit when beside = '{}' and beside_memos = '{}';
        billed := billed || beside;
        debited := debited || beside_memos;
    end loop;
    -- The plan for few is made once; many are worth one of their own.
    if cardinality(billed) + cardinality(debited) + cardinality(paying) + cardinality(crediting) > 200 then
        perform set_config('plan_cache_mode', 'force_custom_plan', true);
    end if;
    perform 1 from payments where id = any(paying) order by id for no key update;
    perform 1 from credit_memos where id = any(crediting) order by id for no key update;

    with paid_back as materialized (
        select 'p' as source, f.payment_id as credit_id, coalesce(sum(f.amount) filter (where f.kind = 'refund'), 0) as refunded,
               coalesce(sum(f.amount) filter (where f.kind = 'chargeback'), 0) as charged
        from refunds f where f.payment_id = any(returned) and f.credit_memo_id is null and f.status = 'succeeded' group by 2
        union all
        select 'c', f.credit_memo_id, sum(f.amount), 0 from refunds f where f.credit_memo_id = any(repaid) and f.status = 'succeeded' group by 2
    ), given as (
        select 'p' as source, a.payment_id as credit_id, a.id, a.invoice_id, a.debit_memo_id, a.amount, a.counts as counted,
               a.order_id is not null as by_transfer, p.amount as has, p.status = 'succeeded' and not a.parted as good, false as carries,
               p.received_on as on_date, number_of('PAY', p.id) as number, p.id = any(returned) as entangled
        from payment_allocations a join payments p on p.id = a.payment_id where a.payment_id = any(paying)
        union all
        select 'c', a.credit_memo_id, a.id, a.invoice_id, a.debit_memo_id, a.amount, a.counts,
               a.order_id is not null, c.amount, c.status <> 'void', c.purpose = 'transfer',
               c.issued_on, c.number, c.id = any(repaid)
        from credit_allocations a join credit_memos c on c.id = a.credit_memo_id where a.credit_memo_id = any(crediting)
    ), claim as (
        select g.*, case when g.good then least(g.amount, g.has) else 0 end as wants,
               greatest(0, coalesce(i.total, d.amount)) as total, coalesce(d.purpose = 'transfer', false) as carried,
               coalesce(i.due_on, d.due_on, d.issued_on) as due_on, coalesce(i.number, d.number) as document_number,
               case when g.invoice_id is null then g.debit_memo_id = any(debited) else g.invoice_id = any(billed) end as anew,
               coalesce(f.refunded, 0) as refunded, coalesce(f.charged, 0) as charged
        from given g left join invoices i on i.id = g.invoice_id left join debit_memos d on d.id = g.debit_memo_id
        left join paid_back f on g.entangled and (f.source, f.credit_id) = (g.source, g.credit_id)
    ), placed as (
        select c.*, case when c.entangled then greatest(0, least(c.wants, c.total - sum(c.wants) over w + c.wants)) end as found
        from claim c where c.anew
        window w as (partition by c.invoice_id, c.debit_memo_id order by c.carries desc, c.on_date, c.number collate "C", c.source, c.credit_id, c.id)
    ), given_out as (
        select p.*, greatest(0, least(p.found, p.has - sum(p.found) over w + p.found)) as has_it
        from placed p where p.entangled
        window w as (partition by p.source, p.credit_id order by p.carried desc, p.by_transfer desc, p.id)
    ), refunding as (
        select g.*, g.has - sum(g.has_it) over (partition by g.source, g.credit_id) - g.refunded as rest,
               sum(g.has_it) filter (where g.carried) over w as before_it
        from given_out g window w as (partition by g.source, g.credit_id
                                      order by g.due_on desc, g.document_number collate "C" desc, g.id desc)
    ), charging as (
        select r.*, r.has_it - case when r.carried then greatest(0, least(r.has_it, -r.rest - r.before_it + r.has_it)) else 0 end as kept
        from refunding r
    ), charged as (
        select c.*, c.kept - greatest(0, least(c.kept, c.charged - greatest(0, c.rest) - sum(c.kept) over w + c.kept)) as left_over
        from charging c window w as (partition by c.source, c.credit_id
                                     order by c.due_on desc, c.document_number collate "C" desc, c.id desc)
    ), asking_again as (
        select c.source, c.id, c.left_over + greatest(0, least(c.wants - c.found,
                   c.has - c.refunded - c.charged - sum(c.left_over) over (partition by c.source, c.credit_id)
                   - sum(c.wants - c.found) over w + c.wants - c.found)) as asks
        from charged c window w as (partition by c.source, c.credit_id order by c.carried desc, c.by_transfer desc, c.id)
    ), asking as (
        select p.*, coalesce(a.asks, p.wants) as asks
        from placed p left join asking_again a on p.entangled and (a.source, a.id) = (p.source, p.id)
    ), counting as materialized (
        select a.source, a.id, a.credit_id, a.invoice_id, a.debit_memo_id, a.amount, a.counted,
               greatest(0, least(a.asks, a.total - sum(a.asks) over w + a.asks)) as counts
        from asking a
        window w as (partition by a.invoice_id, a.debit_memo_id order by a.carries desc, a.on_date, a.number collate "C", a.source, a.credit_id, a.id)
        union all
        select c.source, c.id, c.credit_id, c.invoice_id, c.debit_memo_id, c.amount, c.counted, c.counted from claim c where not c.anew
    ), sums as (
        select case when invoice_id is null then 'd' else 'i' end as kind, coalesce(invoice_id, debit_memo_id) as id,
               sum(amount) as claimed, sum(counts) as counts from counting group by 1, 2
        union all
        select source, credit_id, sum(amount), sum(counts) from counting group by 1, 2
    ), kept as (
        -- short: too little counts of what asks; dropped: what counted asks no more; done: all is well again
        select 'i' as kind, i.id, i.status, i.settled_status as remembered, coalesce(s.claimed, 0) as claimed, coalesce(s.counts, 0) as counts, 0::numeric as refunded,
               s.counts < i.total as short, s.claimed is null and i.claimed <> 0 and i.total > 0 as dropped, coalesce(s.counts, 0) >= i.total as done
        from invoices i left join sums s on s.kind = 'i' and s.id = i.id where i.id = any(billed)
        union all
        select 'd', d.id, d.status, d.settled_status, coalesce(s.claimed, 0), coalesce(s.counts, 0), 0,
               s.counts < d.amount, s.claimed is null and d.claimed <> 0 and d.amount > 0, coalesce(s.counts, 0) >= d.amount
        from debit_memos d left join sums s on s.kind = 'd' and s.id = d.id where d.id = any(debited)
        union all
        select 'c', c.id, c.status, c.settled_status, coalesce(s.claimed, 0), coalesce(s.counts, 0), x.refunded,
               x.short, x.left_over > 0 and c.allocated > coalesce(s.counts, 0), x.left_over <= 0 or s.claimed is not null and not x.short and c.purpose <> 'transfer'
        from credit_memos c left join sums s on s.kind = 'c' and s.id = c.id
        left join paid_back f on f.source = 'c' and f.credit_id = c.id
        cross join lateral (select coalesce(f.refunded, 0) as refunded, c.amount - coalesce(s.counts, 0) - coalesce(f.refunded, 0) as left_over) l
        cross join lateral (select l.*, coalesce(l.left_over > 0 and least(c.amount, s.claimed) > s.counts, false) as short) x
        where c.id = any(crediting)
    ), standing as (
        select k.kind, k.id, k.claimed, k.counts, k.refunded,
               case when k.status in ('paid', 'applied', 'transferred') and (k.short or k.dropped) then 'open'
                    when k.status = 'open' and k.remembered is not null and k.done then k.remembered else k.status end as status,
               case when k.status in ('paid', 'applied', 'transferred') and (k.short or k.dropped) then k.status
                    when k.status = 'open' and not k.done then k.remembered end as remembered
        from kept k
    ), payment_rows as (
        update payment_allocations t set counts = c.counts from counting c where c.source = 'p' and c.id = t.id and c.counts <> c.counted
    ), credit_rows as (
        update credit_allocations t set counts = c.counts from counting c where c.source = 'c' and c.id = t.id and c.counts <> c.counted
    ), invoices_settled as (
        update invoices t set claimed = s.claimed, settled = s.counts, status = s.status, settled_status = s.remembered
        from standing s where s.kind = 'i' and s.id = t.id
          and (t.claimed, t.settled, t.status, t.settled_status) is distinct from (s.claimed, s.counts, s.status, s.remembered)
    ), memos_settled as (
        update debit_memos t set claimed = s.claimed, settled = s.counts, status = s.status, settled_status = s.remembered
        from standing s where s.kind = 'd' and s.id = t.id
          and (t.claimed, t.settled, t.status, t.settled_status) is distinct from (s.claimed, s.counts, s.status, s.remembered)
    ), credits_used as (
        update credit_memos t set allocated = s.counts, refunded = s.refunded, status = s.status, settled_status = s.remembered
        from standing s where s.kind = 'c' and s.id = t.id
          and (t.allocated, t.refunded, t.status, t.settled_status) is distinct from (s.counts, s.refunded, s.status, s.remembered)
    )
    update payments t set allocated = u.counts, refunded = u.refunded
    from (select p.id, coalesce(s.counts, 0) as counts, coalesce(f.refunded + f.charged, 0) as refunded
          from payments p left join sums s on s.kind = 'p' and s.id = p.id left join paid_back f on f.source = 'p' and f.credit_id = p.id
          where p.id = any(paying)) u
    where u.id = t.id and (t.allocated, t.refunded) is distinct from (u.counts, u.refunded);
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function handover_payment_allocations_written() returns trigger language plpgsql as $$
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
              where (n.invoice_id, n.debit_memo_id, n.payment_id, n.amount, n.parted)
                    is distinct from (o.invoice_id, o.debit_memo_id, o.payment_id, o.amount, o.parted)) c;
    end if;
    if payments is not null then
        perform handover_settle_parts(invoices, memos, payments, array_fill(null::bigint, array[cardinality(payments)]));
    end if;
    return null;
end $$;
-- +goose StatementEnd

-- What a statement touches is settled some thousands at a time.
-- +goose StatementBegin
create or replace function handover_settle_parts(invoices bigint[], memos bigint[], payments bigint[], credits bigint[])
returns void language plpgsql as $$
declare
    part record;
begin
    if greatest(cardinality(invoices), cardinality(payments), cardinality(credits)) <= 5000 then
        perform handover_settle(array_remove(invoices, null), array_remove(memos, null), array_remove(payments, null), array_remove(credits, null));
        return;
    end if;
    for part in
        select array_remove(array_agg(distinct x.invoice), null) as invoices, array_remove(array_agg(distinct x.memo), null) as memos,
               array_remove(array_agg(distinct x.payment), null) as payments, array_remove(array_agg(distinct x.credit), null) as credits
        from (select u.*, dense_rank() over (order by u.payment, u.credit) / 5000 as n
              from unnest(invoices, memos, payments, credits) as u(invoice, memo, payment, credit)) x
        group by x.n
    loop
        perform handover_settle(part.invoices, part.memos, part.payments, part.credits);
    end loop;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
begin
    perform handover_settle_parts(array_agg(invoice_id), array_agg(debit_memo_id), array_agg(payment_id), array_agg(null::bigint)) from payment_allocations;
    perform handover_settle_parts(array_agg(invoice_id), array_agg(debit_memo_id), array_agg(null::bigint), array_agg(credit_memo_id)) from credit_allocations;
end $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin raise exception 'This step does not go back: restore the backup from before the upgrade.'; end $$;
-- +goose StatementEnd
