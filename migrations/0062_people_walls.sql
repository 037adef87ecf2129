-- +goose Up
-- Mailed links and the mails of people behind the walls. The link itself, its hash and
-- who asked for one open or tell something: no page reads them.
alter table outbox add column has_secret boolean not null generated always as (secret <> '') stored;

revoke all on staff_links, reset_requests, outbox from handover_app, handover_engine;
-- +goose StatementBegin
do $$
declare
    readable text := (select string_agg(quote_ident(attname), ', ') from pg_attribute
                      where attrelid = 'outbox'::regclass and attnum > 0 and not attisdropped and attname <> 'secret');
begin
    execute format('grant select (%s) on outbox to handover_app, handover_engine', readable);
end $$;
-- +goose StatementEnd
grant update (state, failures, next_attempt_at) on outbox to handover_app;
grant insert, update, delete on outbox to handover_engine;
grant select (staff_id, purpose, outbox_id, created_at, expires_at) on staff_links to handover_app, handover_engine;

-- People are added and changed outside of the walls, after they were found behind them.
revoke insert, update on staff from handover_app;

-- A mail is in the name of the distributor to whom its order goes, or for whom the
-- person works.
alter policy outbox_in_scope on outbox using (
    (select true from transfer_orders o where o.id = order_id and o.target_distributor_id = any((select handover_scope())::bigint[]))
    or (select true from staff s where s.id = staff_id));

alter table staff_links enable row level security;
create policy staff_links_in_scope on staff_links to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_links_all on staff_links to handover_provider, handover_engine using (true);

-- +goose Down
drop policy staff_links_all on staff_links;
drop policy staff_links_in_scope on staff_links;
alter table staff_links disable row level security;
alter policy outbox_in_scope on outbox using (
    (select true from transfer_orders o where o.id = order_id and o.target_distributor_id = any((select handover_scope())::bigint[])));
grant insert, update on staff to handover_app;
revoke all on staff_links, reset_requests, outbox from handover_app, handover_engine;
alter table outbox drop column has_secret;
grant select on staff_links, reset_requests, outbox to handover_app, handover_engine;
grant update on outbox to handover_app;
grant insert, update, delete on outbox to handover_engine;
