-- +goose Up
-- +goose StatementBegin
-- Functions, and under each function that is a trigger's the triggers that call it. PostgreSQL
-- calls the triggers of one event in the order of their names. tax_key is in 0001_tables.sql.

-- ---------------------------------------------------------------------------------------------
-- Numbers, roundings, statuses
-- ---------------------------------------------------------------------------------------------

-- Our number of a record is its id in a form people can read: C-000012.
create function number_of(prefix text, id bigint) returns text
language sql immutable parallel safe as
$$ select prefix || '-' || lpad(id::text, greatest(6, length(id::text)), '0') $$;

-- Half-even to the given decimals, as internal/money does it.
create function round_half_even(v numeric, decimals int) returns numeric
language sql immutable parallel safe as
$$ select case when abs(v - trunc(v, decimals)) * 2 * power(10::numeric, decimals) = 1
                and mod(trunc(v, decimals) * power(10::numeric, decimals), 2) = 0
               then trunc(v, decimals) else round(v, decimals) end $$;

-- Prices of what is not billed yet follow the subscription's price: an amount is multiplied by
-- new price / old price, taken exactly and rounded once.
create function ratio_half_even(n numeric, d numeric, decimals int) returns numeric language sql immutable parallel safe as
$$ select round((div(abs(n) * power(10::numeric, decimals), abs(d))
           + case when 2 * mod(abs(n) * power(10::numeric, decimals), abs(d)) > abs(d)
                    or 2 * mod(abs(n) * power(10::numeric, decimals), abs(d)) = abs(d)
                       and mod(div(abs(n) * power(10::numeric, decimals), abs(d)), 2) = 1 then 1 else 0 end)
          * sign(n) * sign(d) / power(10::numeric, decimals), decimals) $$;

create function months_of(billing_period text) returns int
language sql immutable parallel safe as
$$ select case billing_period when 'monthly' then 1 when 'quarterly' then 3 else 12 end $$;

-- The id of a row that is born here: the next one of the table's sequence whose number no row
-- of the table has already as the id of an outside system, or as the number of a document.
-- next_id('customers', 'C')
create function next_id(records regclass, prefix text) returns bigint
language plpgsql as $$
declare
    numbered boolean := exists (select 1 from pg_attribute
                                where attrelid = records and attname = 'number' and not attisdropped);
    candidate bigint;
    taken     boolean;
begin
    loop
        candidate := nextval(pg_get_serial_sequence(records::text, 'id'));
        execute format('select exists (select 1 from %s where external_id = $1%s)', records,
                       case when numbered then ' or number = $1' else '' end)
            into taken using number_of(prefix, candidate);
        exit when not taken;
    end loop;
    return candidate;
end $$;

-- The statuses of an invoice that bill what it names. Views, rules and import checks read this
-- list and no other.
create function bills(status text) returns boolean language sql immutable parallel safe as
$$ select status in ('open', 'paid', 'transferred') $$;

-- The statuses of an issued document: open, paid, applied and transferred.
create function document_issued(status text) returns boolean language sql immutable parallel safe as $$
    select $1 not in ('draft', 'void')
$$;

-- Whether a ledger account begins as one of these.
create function begins_as(account text, beginnings text[]) returns boolean language sql immutable parallel safe as
$$ select exists (select 1 from unnest(beginnings) b where starts_with(account, b)) $$;

-- ---------------------------------------------------------------------------------------------
-- The scope of a reader (docs/security.md)
-- ---------------------------------------------------------------------------------------------

-- The distributor and all that sell under it; asked as the owner, at the begin of every
-- transaction of a reseller. PostgreSQL plans a function in SQL at each call, one in PL/pgSQL
-- once a connection: 0.4 ms become 0.05.
create function handover_below(root bigint) returns bigint[] language plpgsql stable as $$
begin
    return (
        with recursive below as (
            select id from distributors where id = root
            union select d.id from distributors d join below b on d.parent_id = b.id)
        select coalesce(array_agg(id order by id), '{}') from below);
end
$$;

-- The distributors that the transaction may see; none without the setting.
create function handover_scope() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('handover.scope', true), ''), '{}')::bigint[]
$$;

-- What is billed is owned through its invoice, which the reader need not see. These say no more
-- than whether there is one.
create function handover_line_billed(line bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.id = line and bills(i.status))
$$;
create function handover_charge_billed(charge bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.charge_id = charge and bills(i.status))
$$;
create function handover_invoice_billed(invoice bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoices i where i.id = invoice and bills(i.status))
$$;

-- Under row-level security an index serves only operators that cannot leak what they compare:
-- ilike and the range operators are not among them. These look the ids up with their index,
-- within the scope that is given and never beyond the transaction's own; the rows are then read
-- under the policies. scope null is everything.
create function handover_customers_like(pattern text, scope bigint[], at_most int) returns setof bigint
language plpgsql stable rows 50 security definer set search_path = public, pg_temp as $$
declare
    -- role tells who asks, also in here
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return query select c.id from customers c
        where c.search ilike pattern and (scope is null or c.distributor_id = any(scope)) and (own is null or c.distributor_id = any(own))
        limit at_most;
end $$;

-- Who is called by an id, or was, and whoever succeeded them: the way may lead over accounts
-- that are not shown.
create function handover_customers_called(number bigint, ref text, scope bigint[]) returns setof bigint
language plpgsql stable rows 50 security definer set search_path = public, pg_temp as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return query
        with recursive line as (
            select c.id, c.successor_id from customers c where c.id = number or c.external_id = ref or c.crm_id = ref and ref <> ''
            union select c.id, c.successor_id from former_ids f join customers c on c.id = f.customer_id where f.value = ref
            union select c.id, c.successor_id from line l join customers c on c.id = l.successor_id)
        select distinct c.id from line join customers c on c.id = line.id
        where (scope is null or c.distributor_id = any(scope)) and (own is null or c.distributor_id = any(own))
        order by c.id limit 1000;
end $$;
create function handover_ledger_of(of_kind text, record bigint, scope bigint[]) returns setof bigint
language plpgsql stable rows 50 security definer set search_path = public, pg_temp as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return query select l.id from transfer_ledger l join transfer_orders o on o.id = l.order_id
        where l.kind = of_kind and int8range(l.first_id, l.last_id, '[]') @> record and record = any(l.record_ids)
          and (scope is null or o.source_distributor_id = any(scope) or o.target_distributor_id = any(scope))
          and (own is null or o.source_distributor_id = any(own) or o.target_distributor_id = any(own));
end $$;

-- The journal is filtered by accounts. There are few of them: they are found one by one along
-- the index, and an account that no entry uses is known at once.
create function handover_accounts_like(pattern text) returns setof text
language sql stable rows 20 security definer set search_path = public, pg_temp as $$
    with recursive known as (
        (select account from journal_lines order by account limit 1)
        union all
        select (select l.account from journal_lines l where l.account > k.account order by l.account limit 1) from known k where k.account is not null)
    select account from known where account ilike pattern
$$;

-- The name of whom a distributor sells under, for those who see the distributor: a reseller
-- knows its supplier, though not as a page.
create function handover_supplier(distributor bigint) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return (select p.name from distributors d join distributors p on p.id = d.parent_id
            where d.id = distributor and (own is null or d.id = any(own)));
end $$;

-- Whether only distributors of the scope use the brand. It is asked as the owner, since who
-- else uses it is not to be seen.
create function handover_brand_within(brand bigint, scope bigint[]) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select not exists (select 1 from distributors d where d.brand_id = brand and d.id <> all(scope))
$$;

-- ---------------------------------------------------------------------------------------------
-- Staff
-- ---------------------------------------------------------------------------------------------

-- Whether one person may be behind both accounts: one gave the other access, or a third person
-- gave it to both, over any number of steps.
create function handover_related(a bigint, b bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    with recursive up (start, id) as (
        select s, s from unnest(array[a, b]) s
        union select u.start, o.from_id from up u join staff_origins o on o.staff_id = u.id)
    select exists (select 1 from up x join up y on y.id = x.id where x.start = a and y.start = b)
$$;

-- Who may answer what the requester asks at the distributor: people of the roles who have had
-- their access since before the time and are not related to the requester. They are the
-- distributor's own; where it has none, those of the nearest distributor above that has some.
create function handover_answerers(distributor bigint, requester bigint, since timestamptz, roles text[])
returns table (staff_id bigint, distributor_id bigint) language sql stable security definer set search_path = public, pg_temp as $$
    with recursive line as (
        select d.id, d.parent_id, 0 as step from distributors d where d.id = distributor
        union all select p.id, p.parent_id, l.step + 1 from line l join distributors p on p.id = l.parent_id where l.step < 1000),
    able as (
        select s.id, s.distributor_id, l.step from line l join staff s on s.distributor_id = l.id
        where s.status = 'active' and s.role = any(roles) and s.id <> requester
          and greatest(s.created_at, s.access_since) <= since and not handover_related(s.id, requester))
    select a.id, a.distributor_id from able a where a.step = (select min(step) from able) order by a.id
$$;

-- ---------------------------------------------------------------------------------------------
-- Accounts: their hierarchy, and the distributor of what they own
-- ---------------------------------------------------------------------------------------------

-- The hierarchy of accounts (docs/domain.md 3.1): no account is its own ancestor, and a parent
-- has the same distributor. The check waits for the end of the transaction, since several changes
-- may together be right, and takes a lock there, since two transactions may together make a loop
-- that neither of them sees.
create function customers_hierarchy() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    account record;
    loop_of text;
begin
    perform pg_advisory_xact_lock(hashtext('customers_hierarchy'));
    for account in
        select number_of('C', c.id) || ' (' || c.name || ')' as child, number_of('C', p.id) || ' (' || p.name || ')' as parent,
               cd.name as child_seller, pd.name as parent_seller
        from customers c join customers p on p.id = c.parent_customer_id
        join distributors cd on cd.id = c.distributor_id join distributors pd on pd.id = p.distributor_id
        where (c.id = new.id or c.parent_customer_id = new.id) and c.distributor_id <> p.distributor_id
        order by c.id limit 1
    loop
        raise exception 'Account % belongs to %, its parent account % to %. A parent account must belong to the same distributor.',
            account.child, account.child_seller, account.parent, account.parent_seller
            using errcode = 'check_violation', constraint = 'customers_hierarchy';
    end loop;
    with recursive up as (
        select c.parent_customer_id as id, array[c.id] as path from customers c where c.id = new.id
        union all
        select c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.id where u.id <> all(u.path))
    select string_agg(number_of('C', c.id) || ' (' || c.name || ')', ', ' order by n.place) into loop_of
    from up u cross join lateral unnest(u.path || u.id) with ordinality as n(id, place) join customers c on c.id = n.id
    where u.id = new.id;
    if loop_of is not null then
        raise exception 'An account cannot be its own ancestor. Here each account has the next one as its parent: %.', loop_of
            using errcode = 'check_violation', constraint = 'customers_hierarchy';
    end if;
    return null;
end $$;
create constraint trigger customers_hierarchy_added after insert on customers deferrable initially deferred
    for each row when (new.parent_customer_id is not null) execute function customers_hierarchy();
create constraint trigger customers_hierarchy_changed after update of parent_customer_id, distributor_id on customers deferrable initially deferred
    for each row when ((new.parent_customer_id, new.distributor_id) is distinct from (old.parent_customer_id, old.distributor_id))
    execute function customers_hierarchy();

-- A root record carries the distributor of its account. Only contracts go to an account of another
-- distributor. Documents go only to accounts of the same one, and by the million: no trigger looks
-- at each, the foreign key refuses what is wrong.
create function handover_keep_distributor() returns trigger language plpgsql as $$
begin
    new.account_distributor_id := (select c.distributor_id from customers c where c.id = new.customer_id);
    return new;
end $$;
create trigger subscriptions_distributor before insert or update of customer_id on subscriptions
    for each row execute function handover_keep_distributor();
create trigger placed_orders_distributor before insert on placed_orders
    for each row execute function handover_keep_distributor();
create trigger invoices_distributor before insert on invoices
    for each row execute function handover_keep_distributor();
create trigger payments_distributor before insert on payments
    for each row execute function handover_keep_distributor();
create trigger credit_memos_distributor before insert on credit_memos
    for each row execute function handover_keep_distributor();
create trigger debit_memos_distributor before insert on debit_memos
    for each row execute function handover_keep_distributor();

-- ---------------------------------------------------------------------------------------------
-- Transfer orders
-- ---------------------------------------------------------------------------------------------

-- Refuses a change of state that transfer_order_changes does not list.
create function transfer_order_changes_state() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select 1 from transfer_order_changes c where c.from_status = old.status and c.to_status = new.status) then
        raise exception 'transfer order % is % and cannot become %', new.id, old.status, new.status using errcode = 'check_violation', constraint = 'transfer_orders_change';
    end if;
    return new;
end $$;
create trigger transfer_orders_change before update of status on transfer_orders
    for each row when (old.status is distinct from new.status) execute function transfer_order_changes_state();

-- The order through which a transfer is in effect: itself, or the last of its reversals, each of
-- which takes the one before back; null where it is not in effect.
create function transfer_standing(transfer bigint) returns bigint language sql stable as $$
    with recursive line as (
        select o.id, o.status, 0 as depth from transfer_orders o where o.id = transfer
        union all
        select r.id, r.status, l.depth + 1 from line l join transfer_orders r on r.reverses_id = l.id and r.status in ('completed', 'reversed'))
    select id from line where status = 'completed' and depth % 2 = 0
$$;

-- ---------------------------------------------------------------------------------------------
-- Documents: totals, issue
-- ---------------------------------------------------------------------------------------------

create function invoice_lines_total() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        update invoices i set total = i.total + d.amount
        from (select invoice_id, sum(amount) as amount from added group by 1) d where i.id = d.invoice_id;
    elsif tg_op = 'DELETE' then
        update invoices i set total = i.total - d.amount
        from (select invoice_id, sum(amount) as amount from removed group by 1) d where i.id = d.invoice_id;
    else
        update invoices i set total = i.total + d.amount
        from (select invoice_id, sum(amount) as amount
              from (select invoice_id, amount from added union all select invoice_id, -amount from removed) c
              group by 1 having sum(amount) <> 0) d where i.id = d.invoice_id;
    end if;
    return null;
end $$;
create trigger invoice_lines_added after insert on invoice_lines
    referencing new table as added for each statement execute function invoice_lines_total();
create trigger invoice_lines_removed after delete on invoice_lines
    referencing old table as removed for each statement execute function invoice_lines_total();
create trigger invoice_lines_changed after update on invoice_lines
    referencing old table as removed new table as added for each statement execute function invoice_lines_total();

-- The one hash of an issued document. The parts are written as a JSON array, so that none can
-- run into the next, and amounts without trailing zeros: 10 and 10.00 are one amount.
create function document_hash(number text, issued_on date, currency text, amount numeric,
    buyer_name text, buyer_address text, buyer_tax_id text, lines text) returns bytea language sql stable parallel safe as $$
    select sha256(convert_to(json_build_array($1, $2, $3, trim_scale($4), $5, $6, $7, $8)::text, 'UTF8'))
$$;

-- The lines count in no order. An invoice without lines has no hash.
create function document_hash_invoice(document invoices) returns bytea language sql stable parallel safe as $$
    select case when count(*) > 0 then document_hash(
        document.number, document.issued_on, document.currency, sum(l.amount),
        document.buyer_name, document.buyer_address, document.buyer_tax_id,
        string_agg(x.line, e'\n' order by x.line collate "C")) end
    from invoice_lines l cross join lateral (select json_build_array(
        l.description, trim_scale(l.quantity), trim_scale(l.unit_price), trim_scale(l.amount),
        l.service_start, l.service_end)::text as line) x
    where l.invoice_id = document.id
$$;
create function document_hash_credit_memo(document credit_memos) returns bytea language sql stable parallel safe as $$
    select document_hash(document.number, document.issued_on, document.currency, document.amount,
        document.buyer_name, document.buyer_address, document.buyer_tax_id, '')
$$;
create function document_hash_debit_memo(document debit_memos) returns bytea language sql stable parallel safe as $$
    select document_hash(document.number, document.issued_on, document.currency, document.amount,
        document.buyer_name, document.buyer_address, document.buyer_tax_id, '')
$$;

-- The total of an invoice is kept by a statement that comes after its lines were written: they
-- are all there then.
create function invoices_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_invoice(new);
    return new;
end $$;
create trigger invoices_issue before update of status, total on invoices
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function invoices_issue();
create function credit_memos_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_credit_memo(new);
    return new;
end $$;
create trigger credit_memos_issue before insert or update of status on credit_memos
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function credit_memos_issue();
create function debit_memos_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_debit_memo(new);
    return new;
end $$;
create trigger debit_memos_issue before insert or update of status on debit_memos
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function debit_memos_issue();

-- ---------------------------------------------------------------------------------------------
-- What settles a document (docs/domain.md 8.2)
-- ---------------------------------------------------------------------------------------------

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
create function handover_settle(given_invoices bigint[], given_memos bigint[], given_payments bigint[], given_credits bigint[])
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

-- What a statement touches is settled some thousands at a time.
create function handover_settle_parts(invoices bigint[], memos bigint[], payments bigint[], credits bigint[])
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
              where (n.invoice_id, n.debit_memo_id, n.payment_id, n.amount, n.parted)
                    is distinct from (o.invoice_id, o.debit_memo_id, o.payment_id, o.amount, o.parted)) c;
    end if;
    if payments is not null then
        perform handover_settle_parts(invoices, memos, payments, array_fill(null::bigint, array[cardinality(payments)]));
    end if;
    return null;
end $$;
create trigger payment_allocations_added after insert on payment_allocations
    referencing new table as added for each statement execute function handover_payment_allocations_written();
create trigger payment_allocations_removed after delete on payment_allocations
    referencing old table as removed for each statement execute function handover_payment_allocations_written();
create trigger payment_allocations_changed after update on payment_allocations
    referencing old table as removed new table as added for each statement execute function handover_payment_allocations_written();

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
create trigger credit_allocations_added after insert on credit_allocations
    referencing new table as added for each statement execute function handover_credit_allocations_written();
create trigger credit_allocations_removed after delete on credit_allocations
    referencing old table as removed for each statement execute function handover_credit_allocations_written();
create trigger credit_allocations_changed after update on credit_allocations
    referencing old table as removed new table as added for each statement execute function handover_credit_allocations_written();

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
create trigger refunds_added after insert on refunds
    referencing new table as added for each statement execute function handover_refunds_written();
create trigger refunds_removed after delete on refunds
    referencing old table as removed for each statement execute function handover_refunds_written();
create trigger refunds_changed after update on refunds
    referencing old table as removed new table as added for each statement execute function handover_refunds_written();

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
-- A reversal gives a document the memory of its status back: where it is settled by then, the
-- status follows at once.
create trigger invoices_remember after update of settled_status on invoices for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.settled >= new.total)
    execute function handover_settle_changed();
create trigger debit_memos_remember after update of settled_status on debit_memos for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.settled >= new.amount)
    execute function handover_settle_changed();
create trigger credit_memos_remember after update of settled_status on credit_memos for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.allocated + new.refunded >= new.amount)
    execute function handover_settle_changed();

-- A status that is set from outside ends the memory of the one from before.
create function handover_forget_settled_status() returns trigger language plpgsql as $$
begin
    new.settled_status := null;
    return new;
end $$;
create trigger invoices_forget before update of status on invoices for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();
create trigger debit_memos_forget before update of status on debit_memos for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();
create trigger credit_memos_forget before update of status on credit_memos for each row
    when (old.settled_status is not null and new.settled_status is not distinct from old.settled_status and new.status <> old.status)
    execute function handover_forget_settled_status();

-- ---------------------------------------------------------------------------------------------
-- The books
-- ---------------------------------------------------------------------------------------------

-- Every statement must leave the entries it touches balanced per currency: the lines of an entry
-- are written together, in one statement. It runs after journal_lines_accounts_*, which comes
-- first by name, so that the accounts of the lines have their roles.
create function journal_lines_balance() returns trigger language plpgsql as $$
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
create trigger journal_lines_added after insert on journal_lines
    referencing new table as added for each statement execute function journal_lines_balance();
create trigger journal_lines_removed after delete on journal_lines
    referencing old table as removed for each statement execute function journal_lines_balance();
create trigger journal_lines_changed after update on journal_lines
    referencing old table as removed new table as added for each statement execute function journal_lines_balance();

-- Keeps journal_accounts as lines are written.
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
create trigger journal_lines_accounts_added after insert on journal_lines
    referencing new table as added for each statement execute function handover_count_accounts();
create trigger journal_lines_accounts_removed after delete on journal_lines
    referencing old table as removed for each statement execute function handover_count_accounts();
create trigger journal_lines_accounts_changed after update on journal_lines
    referencing old table as removed new table as added for each statement execute function handover_count_accounts();

-- Keeps journal_accounts, and the sums of the entry, as an entry changes its books.
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
    update journal_entries e set on_receivable = s.on_receivable, on_deferred = s.on_deferred, on_revenue = s.on_revenue
    from entry_sums s where s.entry_id = new.id and e.id = new.id;
    return null;
end $$;
create trigger journal_entries_accounts after update of distributor_id, by_transfer on journal_entries for each row
    when ((old.distributor_id, old.by_transfer) is distinct from (new.distributor_id, new.by_transfer))
    execute function handover_recount_accounts();

-- A new account of the books gets its roles from the chart.
create function handover_account_roles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.roles := (select coalesce(array_agg(a.role order by a.place), '{}') from chart_accounts a
                  where a.distributor_id = new.distributor_id and begins_as(new.account, a.accounts));
    return new;
end $$;
create trigger journal_accounts_roles before insert on journal_accounts
    for each row execute function handover_account_roles();

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
create trigger chart_roles_changed after insert or update or delete on chart_roles
    for each row execute function handover_chart_changed();

-- handover_link_recognition names in entries that credit revenue to an account without saying
-- for which schedule line the line that they recognise (docs/accounting.md): same account and
-- books, amount and currency, and month of posting = month of the line's last day. As many
-- entries as lines are paired in the order of their ids; else none is. An entry whose line a
-- transfer took away stays as it is. It returns how many it linked.
set local check_function_bodies = off; -- it reads a view of 0003_views.sql
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
set local check_function_bodies = on;

-- ---------------------------------------------------------------------------------------------
-- The audit log: entries are only added
-- ---------------------------------------------------------------------------------------------

-- Runs with the rights of the owner; the name of the schema keeps a temporary table from taking
-- the place of ours.
create function audit_wait_for_seal() returns trigger language plpgsql security definer as $$
begin
    execute format('insert into %I.audit_unsealed (entry_id) values ($1)', tg_table_schema) using new.id;
    return null;
end
$$;
create trigger audit_entries_wait after insert on audit_entries for each row execute function audit_wait_for_seal();

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'The audit log is append-only: % of % is refused.', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entries_append_only before update or delete or truncate on audit_entries for each statement execute function audit_refuse();
create trigger audit_seals_append_only before update or delete or truncate on audit_seals for each statement execute function audit_refuse();
create trigger audit_head_append_only before delete or truncate on audit_head for each statement execute function audit_refuse();

create function audit_head_grows() returns trigger language plpgsql as $$
begin
    if new.count <= old.count then
        raise exception 'The audit log is append-only: its head cannot go from % to %.', old.count, new.count using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger audit_head_grows before update on audit_head for each row execute function audit_head_grows();

-- ---------------------------------------------------------------------------------------------
-- Webhooks
-- ---------------------------------------------------------------------------------------------

-- Writes the messages about an event of an order to every endpoint that asked for it and whose
-- distributor sees the order. Those of a disabled one wait until it is enabled. It runs as the
-- owner: whoever acts must not see who else gets the message. One message for each subscription,
-- where an event is about subscriptions.
create function announce_webhooks(event_name text, about bigint, happened timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into webhook_deliveries (endpoint_id, event, order_id, subscription_id, occurred_at, next_attempt_at)
    select e.id, event_name, o.id, s.id, happened, happened
    from webhook_endpoints e join transfer_orders o on o.id = about
    cross join lateral (
        select null::bigint as id where event_name <> 'subscription.transferred'
        union all
        select distinct unnest(l.record_ids) from transfer_ledger l
        where event_name = 'subscription.transferred' and l.order_id = about and l.kind = 'subscription'
          and (l.column_name = 'customer_id' or l.column_name = '' and l.before[1] is null)) s
    where e.status <> 'removed' and event_name = any(e.events)
      and (o.source_distributor_id = any(handover_below(e.distributor_id)) or o.target_distributor_id = any(handover_below(e.distributor_id)))
    order by e.id, s.id
$$;
-- +goose StatementEnd
