-- +goose Up
-- One view per record kind says who owns each record, through what, when it is
-- dated and what it amounts to: id, number, customer_id, on_date, amount,
-- currency, and the owning root record (subscription_id, invoice_id or payment_id;
-- null where the record is owned otherwise). Every reader of ownership reads here.
-- Billed = on an invoice that is open or paid.

-- +goose StatementBegin
create function months_of(billing_period text) returns int
language sql immutable parallel safe as
$$ select case billing_period when 'monthly' then 1 when 'quarterly' then 3 else 12 end $$;
-- +goose StatementEnd

create view owned_subscriptions with (security_invoker = true) as
select s.id, number_of('S', s.id) as number, s.customer_id, s.start_on as on_date,
       round_half_even(s.price * s.quantity / months_of(s.billing_period), y.minor_units) as amount,
       c.currency, s.status, s.id as subscription_id
from subscriptions s join customers c on c.id = s.customer_id join currencies y on y.code = c.currency;

create view owned_subscription_charges with (security_invoker = true) as
select h.id, number_of('CH', h.id) as number, i.customer_id, h.period_start as on_date, h.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join subscription_charges h on h.id = l.charge_id
where i.status in ('open', 'paid')
  and not exists (select 1 from invoice_lines e join invoices ei on ei.id = e.invoice_id
                  where e.charge_id = l.charge_id and e.id < l.id and ei.status in ('open', 'paid'))
union all
select h.id, number_of('CH', h.id), s.customer_id, h.period_start, h.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join subscription_charges h on h.subscription_id = s.id
where not exists (select 1 from invoice_lines e join invoices ei on ei.id = e.invoice_id
                  where e.charge_id = h.id and ei.status in ('open', 'paid'));

create view owned_usage_records with (security_invoker = true) as
select u.id, number_of('U', u.id) as number, i.customer_id, u.used_on as on_date, u.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join usage_records u on u.invoice_line_id = l.id
where i.status in ('open', 'paid')
union all
select u.id, number_of('U', u.id), s.customer_id, u.used_on, u.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join usage_records u on u.subscription_id = s.id
where u.invoice_line_id is null
   or not exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id
                  where l.id = u.invoice_line_id and i.status in ('open', 'paid'));

create view owned_billing_schedules with (security_invoker = true) as
select b.id, number_of('BS', b.id) as number, i.customer_id, b.due_on as on_date, b.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join billing_schedules b on b.invoice_id = i.id
where i.status in ('open', 'paid')
union all
select b.id, number_of('BS', b.id), s.customer_id, b.due_on, b.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join billing_schedules b on b.subscription_id = s.id
where b.invoice_id is null
   or not exists (select 1 from invoices i where i.id = b.invoice_id and i.status in ('open', 'paid'));

create view owned_revenue_schedules with (security_invoker = true) as
select r.id, number_of('RS', r.id) as number, i.customer_id, r.period_start as on_date, r.amount, i.currency,
       r.recognized, null::bigint as subscription_id, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join revenue_schedules r on r.invoice_line_id = l.id
union all
select r.id, number_of('RS', r.id), s.customer_id, r.period_start, r.amount, c.currency, r.recognized, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join revenue_schedules r on r.subscription_id = s.id
where r.invoice_line_id is null;

create view owned_invoices with (security_invoker = true) as
select i.id, i.number, i.customer_id, i.issued_on as on_date, i.total as amount, i.currency, i.status, i.restricted,
       i.id as invoice_id
from invoices i;

create view owned_invoice_lines with (security_invoker = true) as
select l.id, number_of('L', l.id) as number, i.customer_id, i.issued_on as on_date, l.amount, i.currency, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id;

create view owned_payments with (security_invoker = true) as
select p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.amount, p.currency, p.status,
       p.id as payment_id
from payments p;

create view owned_refunds with (security_invoker = true) as
select r.id, number_of('RF', r.id) as number, p.customer_id, r.refunded_on as on_date, r.amount, p.currency, r.status,
       p.id as payment_id
from payments p join refunds r on r.payment_id = p.id;

create view owned_credit_memos with (security_invoker = true) as
select m.id, m.number, m.customer_id, m.issued_on as on_date, m.amount, m.currency, m.status, m.restricted,
       m.id as credit_memo_id
from credit_memos m;

create view owned_debit_memos with (security_invoker = true) as
select m.id, m.number, m.customer_id, m.issued_on as on_date, m.amount, m.currency, m.status, m.restricted,
       m.id as debit_memo_id
from debit_memos m;

-- An entry with lines in two currencies has a row for each; its amount is its debits.
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

-- What is still to be paid: open invoices and debit memos less what was allocated to them.
create view open_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.issued_on, i.due_on, i.currency,
       i.total - coalesce((select sum(a.amount) from payment_allocations a where a.invoice_id = i.id), 0)
               - coalesce((select sum(a.amount) from credit_allocations a where a.invoice_id = i.id), 0) as open_amount
from invoices i where i.status = 'open'
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.issued_on, m.issued_on, m.currency,
       m.amount - coalesce((select sum(a.amount) from payment_allocations a where a.debit_memo_id = m.id), 0)
                - coalesce((select sum(a.amount) from credit_allocations a where a.debit_memo_id = m.id), 0)
from debit_memos m where m.status = 'open';

-- What the customer has paid or was credited and is not used yet.
create view unapplied_credits with (security_invoker = true) as
select 'payment' as kind, p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.currency,
       greatest(0, p.amount - coalesce((select sum(a.amount) from payment_allocations a where a.payment_id = p.id), 0)
                            - coalesce((select sum(r.amount) from refunds r
                                        where r.payment_id = p.id and r.status = 'succeeded'), 0)) as unapplied
from payments p where p.status = 'succeeded'
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.issued_on, m.currency,
       m.amount - coalesce((select sum(a.amount) from credit_allocations a where a.credit_memo_id = m.id), 0)
from credit_memos m where m.status = 'open';

-- Positive: the customer owes.
create view customer_balances with (security_invoker = true) as
select c.id as customer_id, c.currency,
       coalesce((select sum(d.open_amount) from open_documents d where d.customer_id = c.id), 0)
       - coalesce((select sum(u.unapplied) from unapplied_credits u where u.customer_id = c.id), 0) as balance
from customers c;

-- +goose Down
drop view customer_balances, unapplied_credits, open_documents, owned_journal_entries, owned_debit_memos,
    owned_credit_memos, owned_refunds, owned_payments, owned_invoice_lines, owned_invoices, owned_revenue_schedules,
    owned_billing_schedules, owned_usage_records, owned_subscription_charges, owned_subscriptions;
drop function months_of;
