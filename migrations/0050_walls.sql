-- +goose Up
-- The second wall (docs/security.md): row-level security, with the scope of the reader
-- in a setting of the transaction. handover_app is what a reseller's pages and actions
-- act as, handover_provider what the provider's do, handover_engine what moves rows once
-- the accounts were found as one of the others. None owns a table, none can sign in.
-- +goose StatementBegin
do $$
declare
    wanted text;
begin
    -- Roles belong to the whole cluster: another database may make them at this moment.
    foreach wanted in array array['handover_app', 'handover_provider', 'handover_engine'] loop
        if not exists (select 1 from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
    end loop;
    for attempt in 1..20 loop
        begin
            if not pg_has_role('handover_provider', 'handover_app', 'member') then
                grant handover_app to handover_provider;
            end if;
            foreach wanted in array array['handover_app', 'handover_provider', 'handover_engine'] loop
                -- Since PostgreSQL 16 who made a role is its member without being able to act as it.
                if not pg_has_role(current_user, wanted, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
                    execute format('grant %I to current_user', wanted);
                end if;
            end loop;
            exit;
        exception when unique_violation or internal_error then -- "tuple concurrently updated"
            if attempt = 20 then
                raise;
            end if;
            perform pg_sleep(0.05);
        end;
    end loop;
exception when insufficient_privilege then
    raise exception 'The database user % may not create the roles that pages act as. Have an administrator of the database run, once: %',
        current_user, format('create role handover_app nologin; create role handover_engine nologin; create role handover_provider nologin in role handover_app; grant handover_app, handover_engine, handover_provider to %I;', current_user)
        using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd

-- The distributor and all that sell under it; asked as the owner, once a transaction.
-- +goose StatementBegin
create function handover_below(root bigint) returns bigint[] language sql stable as $$
    with recursive below as (
        select id from distributors where id = root
        union select d.id from distributors d join below b on d.parent_id = b.id)
    select coalesce(array_agg(id order by id), '{}') from below
$$;
-- +goose StatementEnd

-- The distributors that the transaction may see; none without the setting.
-- +goose StatementBegin
create function handover_scope() returns bigint[] language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('handover.scope', true), ''), '{}')::bigint[]
$$;
-- +goose StatementEnd

-- What is billed is owned through its invoice, which the reader need not see. These
-- say no more than whether there is one.
-- +goose StatementBegin
create function handover_line_billed(line bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.id = line and i.status in ('open', 'paid'))
$$;
create function handover_charge_billed(charge bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoice_lines l join invoices i on i.id = l.invoice_id where l.charge_id = charge and i.status in ('open', 'paid'))
$$;
create function handover_invoice_billed(invoice bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select 1 from invoices i where i.id = invoice and i.status in ('open', 'paid'))
$$;
-- +goose StatementEnd

-- Under row-level security an index serves only operators that cannot leak what they
-- compare: ilike and the range operators are not among them. These look the ids up with
-- their index, within the scope that is given and never beyond the transaction's own;
-- the rows are then read under the policies. scope null is everything.
-- +goose StatementBegin
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
-- Who is called by an id, or was, and whoever succeeded them: the way may lead over
-- accounts that are not shown.
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
-- +goose StatementEnd

revoke execute on function handover_line_billed, handover_charge_billed, handover_invoice_billed, handover_customers_like,
    handover_customers_called, handover_ledger_of from public;
grant execute on function handover_line_billed, handover_charge_billed, handover_invoice_billed, handover_customers_like,
    handover_customers_called, handover_ledger_of
    to handover_app, handover_engine;

-- What each role may do at all.
grant usage on schema public to handover_app, handover_engine;
grant select on all tables in schema public to handover_app, handover_engine;
revoke all on goose_db_version, sessions, sign_in_attempts from handover_app, handover_engine;
-- +goose StatementBegin
do $$
declare
    readable text := (select string_agg(quote_ident(attname), ', ') from pg_attribute
                      where attrelid = 'staff'::regclass and attnum > 0 and not attisdropped and attname <> 'password_hash');
begin
    revoke select on staff from handover_app, handover_engine;
    execute format('grant select (%s) on staff to handover_app, handover_engine', readable);
end $$;
-- +goose StatementEnd
-- A column that is generated can be written by nobody: this allows to lock the row.
grant update (search) on customers to handover_app;
grant update on distributors, financial_periods, exchange_rates, outbox, transfer_orders, staff to handover_app;
grant insert on financial_periods, exchange_rates, transfer_orders, transfer_events, audit_entries, staff to handover_app;
grant insert, update, delete on
    plans, plan_resources, terms, customers, former_ids, contacts, payment_methods, terms_acceptances, service_users, subscriptions,
    subscription_continuations, service_user_subscriptions, placed_orders, invoices, subscription_charges, invoice_lines, payments, refunds,
    credit_memos, debit_memos, payment_allocations, credit_allocations, usage_records, billing_schedules, revenue_schedules,
    journal_entries, journal_lines, transfer_orders, open_transfers, transfer_ledger, transfer_reconciliation, transfer_differences,
    transfer_events, outbox to handover_engine;
grant insert on audit_entries to handover_engine;
grant update on distributors, financial_periods to handover_engine; -- to lock them
grant usage on all sequences in schema public to handover_engine;

-- The policies. (select handover_scope()) is read once a statement, not once a row. The
-- row that owns another is looked up by a scalar subselect: it costs an index probe and
-- little planning, where exists and in would be planned twice and read whole tables
-- (docs/decisions/0010-two-walls.md).
-- +goose StatementBegin
do $$
declare
    scope   constant text := 'any((select handover_scope())::bigint[])';
    walled  record;
begin
    for walled in
        with tables (name, seen) as (values
            ('distributors', 'id = ' || scope),
            ('brands', '(select true from distributors d where d.brand_id = brands.id limit 1)'),
            ('plans', 'distributor_id = ' || scope),
            ('plan_resources', '(select true from plans p where p.id = plan_id)'),
            ('terms', 'distributor_id = ' || scope),
            ('financial_periods', 'distributor_id = ' || scope),
            ('staff', 'distributor_id = ' || scope),
            ('customers', 'distributor_id = ' || scope),
            ('subscription_continuations', '(select true from subscriptions s where s.id = subscription_continuations.subscription_id) or (select true from subscriptions s where s.id = continuation_id)'),
            ('service_user_subscriptions', '(select true from service_users u where u.id = service_user_id)'),
            ('invoice_lines', '(select true from invoices i where i.id = invoice_id)'),
            ('refunds', '(select true from payments p where p.id = payment_id)'),
            ('payment_allocations', '(select true from payments p where p.id = payment_id) or (select true from invoices i where i.id = invoice_id)
                                     or (select true from debit_memos m where m.id = debit_memo_id)'),
            ('credit_allocations', '(select true from credit_memos m where m.id = credit_memo_id) or (select true from invoices i where i.id = invoice_id)
                                    or (select true from debit_memos m where m.id = debit_memo_id)'),
            -- owned through the invoice that bills them, else through the subscription
            ('subscription_charges', '(select true from invoice_lines l where l.charge_id = subscription_charges.id limit 1)
                                      or (select true from subscriptions s where s.id = subscription_id) and not handover_charge_billed(id)'),
            ('usage_records', '(select true from invoice_lines l where l.id = invoice_line_id)
                               or (select true from subscriptions s where s.id = subscription_id)
                                  and (invoice_line_id is null or not handover_line_billed(invoice_line_id))'),
            ('billing_schedules', '(select true from invoices i where i.id = invoice_id)
                                   or (select true from subscriptions s where s.id = subscription_id)
                                      and (invoice_id is null or not handover_invoice_billed(invoice_id))'),
            ('revenue_schedules', '(select true from invoice_lines l where l.id = invoice_line_id)
                                   or invoice_line_id is null and (select true from subscriptions s where s.id = subscription_id)'),
            ('journal_entries', 'distributor_id = ' || scope),
            ('journal_lines', '(select true from journal_entries e where e.id = entry_id)'),
            -- a draft is its requester's side's until it is submitted
            ('transfer_orders', format('case when status <> ''draft'' then source_distributor_id = %1$s or target_distributor_id = %1$s
                                             else source_distributor_id = %1$s
                                                  and (requested_by is null or (select true from staff f where f.id = requested_by)) end', scope)),
            ('audit_entries', format('distributor_id = %s or (select true from transfer_orders o where o.id = order_id)
                                      or subject_kind = ''customer'' and (select true from customers c
                                         where c.id = case when subject ~ ''^C-[0-9]{1,18}$'' then substr(subject, 3)::bigint end)', scope)),
            -- a mail is in the name of the distributor to whom its order goes
            ('outbox', format('(select true from transfer_orders o where o.id = order_id and o.target_distributor_id = %s)', scope))
        union all
            select name, '(select true from customers c where c.id = customer_id)'
            from unnest(array['former_ids', 'contacts', 'payment_methods', 'terms_acceptances', 'service_users', 'subscriptions', 'placed_orders',
                              'invoices', 'payments', 'credit_memos', 'debit_memos', 'open_transfers']) name
        union all
            select name, '(select true from transfer_orders o where o.id = order_id)'
            from unnest(array['transfer_ledger', 'transfer_reconciliation', 'transfer_differences', 'transfer_events']) name)
        select * from tables
    loop
        execute format('alter table %I enable row level security', walled.name);
        execute format('create policy %I on %I for %s to handover_app using (%s)', walled.name || '_in_scope', walled.name,
                       case walled.name when 'audit_entries' then 'select' else 'all' end, walled.seen);
        execute format('create policy %I on %I to handover_provider, handover_engine using (true)', walled.name || '_all', walled.name);
    end loop;
end $$;
-- +goose StatementEnd
-- Entries are only read and added, each under the distributor of who did it.
create policy audit_entries_add on audit_entries for insert to handover_app
    with check (distributor_id = any((select handover_scope())::bigint[]));
-- +goose Down
-- +goose StatementBegin
do $$
declare
    walled record;
begin
    for walled in select tablename, policyname from pg_policies where schemaname = 'public' loop
        execute format('drop policy %I on %I', walled.policyname, walled.tablename);
        execute format('alter table %I disable row level security', walled.tablename);
    end loop;
end $$;
-- +goose StatementEnd
drop function handover_ledger_of, handover_customers_called, handover_customers_like, handover_invoice_billed, handover_charge_billed, handover_line_billed,
    handover_scope, handover_below;
revoke all on all tables in schema public from handover_app, handover_engine;
revoke all on all sequences in schema public from handover_engine;
revoke usage on schema public from handover_app, handover_engine;
-- The roles stay: other databases of the cluster may act as them.
