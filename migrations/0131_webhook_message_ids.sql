-- The id of a message is made in one place, for messages about orders and for tests.
-- +goose Up
alter table webhook_deliveries alter column message_id set default 'msg_' || replace(gen_random_uuid()::text, '-', '');

-- Writes the messages about an event of an order to every endpoint that asked for it and
-- whose distributor sees the order. Those of a disabled one wait until it is enabled. It runs
-- as the owner: whoever acts must not see who else is told. One message for each subscription, where an event is about subscriptions.
-- +goose StatementBegin
create or replace function announce_webhooks(event_name text, about bigint, happened timestamptz) returns void
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

-- +goose Down
-- +goose StatementBegin
create or replace function announce_webhooks(event_name text, about bigint, happened timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
    insert into webhook_deliveries (endpoint_id, message_id, event, order_id, subscription_id, occurred_at, next_attempt_at)
    select e.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), event_name, o.id, s.id, happened, happened
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
alter table webhook_deliveries alter column message_id drop default;
