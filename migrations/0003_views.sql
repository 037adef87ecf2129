-- +goose Up
-- Every view reads as who asks (security_invoker), so that row security holds behind it.

-- ---------------------------------------------------------------------------------------------
-- The sales channel
-- ---------------------------------------------------------------------------------------------

-- Every plan with its first ancestor, the plan that the chain of delegations starts from.
create view plan_roots with (security_invoker = true) as
with recursive chain as (
    select id, id as root_id, 0 as depth from plans where delegated_from is null
    union all
    select p.id, c.root_id, c.depth + 1 from plans p join chain c on p.delegated_from = c.id
)
select id as plan_id, root_id, depth from chain;

-- Every terms document with the first one that it is derived from.
create view terms_roots with (security_invoker = true) as
with recursive chain as (
    select id, id as root_id from terms where derived_from is null
    union all
    select t.id, c.root_id from terms t join chain c on t.derived_from = c.id
)
select id as terms_id, root_id from chain;

-- ---------------------------------------------------------------------------------------------
-- Who owns what
-- ---------------------------------------------------------------------------------------------

-- One view per record kind says who owns each record, through what, when it is dated and what it
-- amounts to: id, number, customer_id, on_date, amount, currency, and the owning root record
-- (subscription_id, invoice_id or payment_id; null where the record is owned otherwise). Every
-- reader of ownership reads here. What is billed is owned through the document that bills it.

create view owned_subscriptions with (security_invoker = true) as
select s.id, number_of('S', s.id) as number, s.customer_id, s.start_on as on_date,
       round_half_even(s.price * s.quantity / months_of(s.billing_period), y.minor_units) as amount,
       c.currency, s.status, s.id as subscription_id
from subscriptions s join customers c on c.id = s.customer_id join currencies y on y.code = c.currency;

create view owned_subscription_charges with (security_invoker = true) as
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

create view owned_usage_records with (security_invoker = true) as
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

create view owned_billing_schedules with (security_invoker = true) as
select b.id, number_of('BS', b.id) as number, i.customer_id, b.due_on as on_date, b.amount, i.currency,
       null::bigint as subscription_id, i.id as invoice_id
from invoices i join billing_schedules b on b.invoice_id = i.id
where bills(i.status)
union all
select b.id, number_of('BS', b.id), s.customer_id, b.due_on, b.amount, c.currency, s.id, null
from subscriptions s join customers c on c.id = s.customer_id join billing_schedules b on b.subscription_id = s.id
where b.invoice_id is null
   or not exists (select 1 from invoices i where i.id = b.invoice_id and bills(i.status));

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

-- An entry with lines in two currencies has a row for each, of which one counts; its amount is
-- its debits. A recognition entry is owned through its schedule line.
create view owned_journal_entries with (security_invoker = true) as
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

-- ---------------------------------------------------------------------------------------------
-- Balances
-- ---------------------------------------------------------------------------------------------

-- What is still to be paid: open invoices and debit memos less what is settled of them.
create view open_documents with (security_invoker = true) as
select 'invoice' as kind, i.id, i.number, i.customer_id, i.issued_on, i.due_on, i.currency, i.total - i.settled as open_amount
from invoices i where i.status = 'open'
union all
select 'debit_memo', m.id, m.number, m.customer_id, m.issued_on, coalesce(m.due_on, m.issued_on), m.currency, m.amount - m.settled
from debit_memos m where m.status = 'open';

-- What the customer has paid or was credited and is not used yet.
create view unapplied_credits with (security_invoker = true) as
select 'payment' as kind, p.id, number_of('PAY', p.id) as number, p.customer_id, p.received_on as on_date, p.currency,
       greatest(0, p.amount - p.allocated - p.refunded) as unapplied
from payments p where p.status = 'succeeded'
union all
select 'credit_memo', m.id, m.number, m.customer_id, m.issued_on, m.currency, greatest(0, m.amount - m.allocated - m.refunded)
from credit_memos m where m.status = 'open';

-- Positive: the customer owes.
create view customer_balances with (security_invoker = true) as
select c.id as customer_id, c.currency,
       coalesce((select sum(d.open_amount) from open_documents d where d.customer_id = c.id), 0)
       - coalesce((select sum(u.unapplied) from unapplied_credits u where u.customer_id = c.id), 0) as balance
from customers c;

-- ---------------------------------------------------------------------------------------------
-- Charts of accounts and control accounts (docs/accounting.md)
-- ---------------------------------------------------------------------------------------------

-- The usual chart: per role the accounts that are checked, by the beginning of their names, and
-- the account that Handover posts to where the books use none yet.
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

-- The chart as it takes effect. A role is kept where an entry that no transfer wrote uses one of
-- its accounts; what is not kept is not checked. posts_to is what the chart says, where that is
-- an account that is checked, else the account of the role that the distributor's own entries
-- use most, else the usual one.
create view charts with (security_invoker = true) as
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

-- Each ledger account that the books use with the roles it plays in them.
create view account_roles with (security_invoker = true) as
select j.distributor_id, j.account, r.role,
       exists (select 1 from journal_accounts o where o.distributor_id = j.distributor_id and o.own_lines > 0 and r.role = any(o.roles)) as kept
from journal_accounts j cross join lateral unnest(j.roles) as r(role);

-- The sums of an entry's lines, of which journal_entries keeps a copy.
create view entry_sums with (security_invoker = true) as
select l.entry_id, sum(l.debit) as debits, min(l.currency) as currency,
       coalesce(sum(l.debit - l.credit) filter (where 'receivable' = any(j.roles)), 0) as on_receivable,
       coalesce(sum(l.credit - l.debit) filter (where 'deferred_revenue' = any(j.roles)), 0) as on_deferred,
       coalesce(sum(l.credit - l.debit) filter (where 'revenue' = any(j.roles)), 0) as on_revenue
from journal_lines l join journal_entries e on e.id = l.entry_id
left join journal_accounts j on j.distributor_id = e.distributor_id and j.account = l.account
group by l.entry_id having min(l.currency) = max(l.currency);

-- What a billed schedule line that is not recognised owes: service still to be rendered.
create view deferred_lines with (security_invoker = true) as
select r.id, i.customer_id, i.currency, r.amount, r.period_start, r.period_end, i.id as invoice_id
from invoices i join invoice_lines l on l.invoice_id = i.id join revenue_schedules r on r.invoice_line_id = l.id
where bills(i.status) and not r.recognized;

-- What was recognised of each schedule line by which entry: an entry recognises only where it
-- credits revenue.
create view recognitions with (security_invoker = true) as
select e.id as entry_id, e.source_id as revenue_schedule_id, e.on_revenue as amount, e.currency, e.distributor_id, e.posted_on
from journal_entries e where e.source_kind = 'revenue_schedule' and e.on_revenue <> 0
union all
select e.id, l.revenue_schedule_id, l.amount, e.currency, e.distributor_id, e.posted_on
from recognition_lines l join journal_entries e on e.id = l.entry_id where e.on_revenue <> 0;

-- What the entries that an account owns do to the control accounts in the books of the account's
-- distributor; amount is on the natural side of the role.
create view control_entries with (security_invoker = true) as
select o.customer_id, o.distributor_id, v.role, o.currency, v.amount, o.id as entry_id
from owned_journal_entries o
join customers c on c.id = o.customer_id and c.distributor_id = o.distributor_id
cross join lateral (values ('receivable', o.on_receivable), ('deferred_revenue', o.on_deferred)) as v(role, amount)
where v.amount <> 0;

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

-- ---------------------------------------------------------------------------------------------
-- Reconciliation: the pieces of a difference, record by record and day by day
-- ---------------------------------------------------------------------------------------------

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
-- not, money on a document that bills nothing, allocations to another account's document. amount
-- is what the ledger has more than the balance.
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

-- What the ledger and the sub-ledger of a control account are made of, each piece on its day and
-- with the document that it is about: books is posted, records is owed. Per account, role and
-- currency their difference is that of book_differences. What a refund has no effect for is in
-- neither.
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

-- Documents whose status does not fit what settles them; difference is how much the status says
-- more than what counts. written_by is the transfer that wrote the status, null where a file
-- brought it.
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
-- Lines without an order are one pair. vanished: a balance that rounds to zero by the conversion
-- opens nothing on the account that gains (BALANCE_VANISHES), so what one side posted then has
-- no other side, and is no difference.
create view clearing_pairs with (security_invoker = true) as
select p.order_id, p.distributor_id, p.other_id, p.currency, p.clears, p.own, p.others, p.difference, p.since, p.lines,
       (p.own = 0) <> (p.others = 0) and exists (
           -- a reversal takes back what the order that it reverses carried, at that order's rate;
           -- that may be a reversal itself
           with recursive line as (
               select o.id, o.reverses_id, o.request from transfer_orders o where o.id = p.order_id
               union all
               select r.id, r.reverses_id, r.request from line join transfer_orders r on r.id = line.reverses_id)
           select 1 from (select request ->> 'conversion_rate' as rate from line where reverses_id is null) q
           join distributors d on d.id = case when p.own = 0 then p.distributor_id else p.other_id end
           join currencies y on y.code = d.currency
           where q.rate <> '' and d.currency <> p.currency
             and round_half_even(abs(p.difference) * q.rate::numeric, y.minor_units) = 0) as vanished
from (
    select c.order_id, v.distributor_id, v.other_id, c.original_currency as currency, bool_or(c.clears) as clears,
           sum(v.own) as own, sum(v.others) as others, sum(v.own) + sum(v.others) as difference,
           min(c.posted_on) as since, count(*) as lines
    from clearing_lines c cross join lateral (
        select c.distributor_id, c.other_id, c.original as own, 0::numeric as others where c.distributor_id <> c.other_id
        union all
        select c.other_id, c.distributor_id, 0, c.original where c.distributor_id <> c.other_id
        union all
        select c.distributor_id, c.other_id, greatest(0, c.original), least(0, c.original) where c.distributor_id = c.other_id) v
    group by 1, 2, 3, 4) p;
