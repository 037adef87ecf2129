-- +goose Up
-- +goose StatementBegin
-- The roles of pages lose what they need not have, each change says who makes it, and a process may
-- sign in as a role that owns nothing (docs/security.md, docs/decisions/0010-row-level-security.md).

-- handover_service is what a process does outside of any reader's scope: sign people in, take files
-- in, seal the audit log, send. It reads and writes rows, and changes no table, policy or trigger.
do $$
declare
    target record;
begin
    if not exists (select 1 from pg_roles where rolname = 'handover_service') then
        begin
            create role handover_service nologin;
        exception when duplicate_object or unique_violation then
            null; -- another database made it at this moment
        end;
    end if;
    for target in
        select policyname, tablename, roles from pg_policies
        where schemaname = 'public' and 'handover_engine' = any(roles) and not 'handover_service' = any(roles)
    loop
        execute format('alter policy %I on %I to %s, handover_service', target.policyname, target.tablename, array_to_string(target.roles, ', '));
    end loop;
exception when insufficient_privilege then
    raise exception 'The database user % may not create the role handover_service. Have an administrator of the database run, once: create role handover_service nologin;', current_user
        using errcode = 'insufficient_privilege';
end $$;

grant usage on schema public to handover_service;
grant select, insert, update, delete on all tables in schema public to handover_service;
grant usage, select, update on all sequences in schema public to handover_service;
grant execute on all functions in schema public to handover_service;
alter default privileges in schema public grant select, insert, update, delete on tables to handover_service;
alter default privileges in schema public grant usage, select, update on sequences to handover_service;

-- The audit log is added to and sealed, and never rewritten.
revoke update, delete on audit_entries, audit_seals from handover_service;
revoke insert, delete on audit_head from handover_service;
revoke insert, update, delete on goose_db_version from handover_service;
create policy audit_seals_add on audit_seals for insert to handover_service with check (true);

-- Only who owns a table may have its statistics read anew; an import needs that for what it brought.
create function handover_analyze(place regclass) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    execute format('analyze %s', place);
end $$;
revoke execute on function handover_analyze from public;
grant execute on function handover_analyze to handover_service;

-- Who acts in this transaction, null for the program itself. Set with the scope.
create function handover_actor() returns bigint language sql stable parallel safe as
$$ select nullif(current_setting('handover.actor', true), '')::bigint $$;

-- Whether what a transaction writes down as done by somebody is done by who acts in it. The program
-- itself has no id, and names that no person can have.
create function handover_acts(id bigint, name text) returns boolean language sql stable as
$$ select case when id is null then name in ('', 'worker', 'system') else id = (select handover_actor()) end $$;

-- The audit log and the timeline of orders.
drop policy audit_entries_add on audit_entries;
drop policy audit_entries_all on audit_entries;
create policy audit_entries_add on audit_entries for insert to handover_app
    with check (handover_acts(actor_id, actor_name) and distributor_id = any((select handover_scope())::bigint[]));
create policy audit_entries_add_any on audit_entries for insert to handover_provider, handover_engine
    with check (handover_acts(actor_id, actor_name));
create policy audit_entries_seen on audit_entries for select to handover_provider, handover_engine using (true);
create policy audit_entries_all on audit_entries to handover_service using (true);

drop policy transfer_events_in_scope on transfer_events;
drop policy transfer_events_all on transfer_events;
create policy transfer_events_in_scope on transfer_events for select to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_events_add on transfer_events for insert to handover_app
    with check (handover_acts(actor_id, actor_name)
                and (select true from transfer_orders o where o.id = order_id and o.requested_by = (select handover_actor())));
create policy transfer_events_seen on transfer_events for select to handover_provider using (true);
create policy transfer_events_all on transfer_events to handover_engine, handover_service using (true);

-- Orders: pages write the drafts of who acts, and nothing else of any order.
drop policy transfer_orders_in_scope on transfer_orders;
drop policy transfer_orders_all on transfer_orders;
create policy transfer_orders_in_scope on transfer_orders for select to handover_app using (
    case when status <> 'draft' then source_distributor_id = any((select handover_scope())::bigint[])
                or target_distributor_id = any((select handover_scope())::bigint[])
            else source_distributor_id = any((select handover_scope())::bigint[])
                and (requested_by is null or (select true from staff f where f.id = requested_by)) end);
create policy transfer_orders_seen on transfer_orders for select to handover_provider using (true);
create policy transfer_orders_all on transfer_orders to handover_engine, handover_service using (true);
create policy transfer_orders_draft on transfer_orders for insert to handover_app
    with check (status = 'draft' and requested_by = (select handover_actor())
                and source_distributor_id = (select c.distributor_id from customers c where c.id = source_customer_id));
-- Any order that is seen can be locked; what is written must be a draft of one's own.
create policy transfer_orders_own on transfer_orders for update to handover_app using (true)
    with check (status = 'draft' and requested_by = (select handover_actor()));
revoke insert, update on transfer_orders from handover_app;
grant insert (kind, request, source_customer_id, source_distributor_id, requested_by, requested_by_name, created_at,
    updated_at, expires_at) on transfer_orders to handover_app;
grant update (request, version, updated_at, expires_at, target_customer_id, target_distributor_id, preview)
    on transfer_orders to handover_app;

drop policy transfer_keys_in_scope on transfer_keys;
create policy transfer_keys_in_scope on transfer_keys to handover_app using (staff_id = (select handover_actor()));

-- What belongs to one person is written by that person.
drop policy staff_bells_in_scope on staff_bells;
drop policy staff_bells_all on staff_bells;
create policy staff_bells_own on staff_bells to handover_app, handover_provider using (staff_id = (select handover_actor()));
create policy staff_bells_all on staff_bells to handover_engine, handover_service using (true);
drop policy mail_preferences_in_scope on mail_preferences;
drop policy mail_preferences_all on mail_preferences;
create policy mail_preferences_in_scope on mail_preferences for select to handover_app
    using ((select true from staff s where s.id = staff_id));
create policy mail_preferences_add on mail_preferences for insert to handover_app with check (staff_id = (select handover_actor()));
create policy mail_preferences_change on mail_preferences for update to handover_app using (staff_id = (select handover_actor()));
create policy mail_preferences_drop on mail_preferences for delete to handover_app using (staff_id = (select handover_actor()));
create policy mail_preferences_seen on mail_preferences for select to handover_provider using (true);
create policy mail_preferences_all on mail_preferences to handover_engine, handover_service using (true);

-- Rates are the same for everybody, and the provider's to write.
alter table exchange_rates enable row level security;
create policy exchange_rates_seen on exchange_rates for select to handover_app using (true);
create policy exchange_rates_all on exchange_rates to handover_provider, handover_engine, handover_service using (true);
revoke insert, update on exchange_rates from handover_app;
grant insert, update on exchange_rates to handover_provider;

-- Messages to programs: pages ask for tests, and for a message to be sent again.
drop policy webhook_deliveries_in_scope on webhook_deliveries;
drop policy webhook_deliveries_all on webhook_deliveries;
create policy webhook_deliveries_in_scope on webhook_deliveries for select to handover_app
    using ((select true from webhook_endpoints e where e.id = endpoint_id));
create policy webhook_deliveries_seen on webhook_deliveries for select to handover_provider using (true);
create policy webhook_deliveries_all on webhook_deliveries to handover_engine, handover_service using (true);
create policy webhook_deliveries_test on webhook_deliveries for insert to handover_app
    with check (order_id is null and subscription_id is null and event = 'test'
                and (select true from webhook_endpoints e where e.id = endpoint_id));
create policy webhook_deliveries_again on webhook_deliveries for update to handover_app
    using ((select true from webhook_endpoints e where e.id = endpoint_id));
revoke insert, update on webhook_endpoints, webhook_deliveries from handover_app;
grant insert (endpoint_id, event, occurred_at, next_attempt_at, payload) on webhook_deliveries to handover_app;
grant update (status, delivered_at, failures, next_attempt_at) on webhook_deliveries to handover_app;
grant insert (distributor_id, url, description, events, created_at) on webhook_endpoints to handover_app;
grant update (url, description, events, secret, old_secret, old_secret_until, status, reason, failing_since)
    on webhook_endpoints to handover_app;

-- The names under which the program acts are no person's.
update staff set name = name || ' (staff)' where lower(btrim(name)) in ('worker', 'system', 'command line', 'handover demo');
alter table staff add constraint staff_name_not_reserved
    check (lower(btrim(name)) not in ('worker', 'system', 'command line', 'handover demo'));
-- +goose StatementEnd
