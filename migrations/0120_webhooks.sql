-- +goose Up
-- Addresses of programs that are told what happens to orders. The secret that signs the
-- messages is sealed with a key that is not in the database; after a rotation the former one
-- signs beside it for a while.
create table webhook_endpoints (
    id               bigint generated always as identity primary key,
    distributor_id   bigint not null references distributors,
    url              text not null check (url <> ''),
    description      text not null default '',
    events           text[] not null check (events <> '{}'),
    secret           bytea not null default '',
    old_secret       bytea,
    old_secret_until timestamptz,
    status           text not null default 'enabled' check (status in ('enabled', 'disabled', 'removed')),
    reason           text not null default '',  -- why Handover disabled it
    failing_since    timestamptz,               -- nothing was taken since
    created_at       timestamptz not null default now(),
    check ((old_secret is null) = (old_secret_until is null))
);
create index webhook_endpoints_distributor on webhook_endpoints (distributor_id);

-- The messages to them, written in the transaction of what they tell. A row is its own place
-- in the queue: next_attempt_at is when it is sent, or sent again.
create table webhook_deliveries (
    id              bigint generated always as identity primary key,
    endpoint_id     bigint not null references webhook_endpoints,
    message_id      text not null,             -- the same in each attempt and replay
    event           text not null,
    order_id        bigint references transfer_orders, -- null: a test
    subscription_id bigint references subscriptions,
    occurred_at     timestamptz not null,
    payload         text,                      -- what was sent first, and is sent again
    status          text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed')),
    attempts        int not null default 0,
    failures        int not null default 0,    -- since a person last asked for it
    next_attempt_at timestamptz not null,
    answered        int not null default 0,    -- the last HTTP status, 0 = none
    last_error      text not null default '',
    delivered_at    timestamptz,
    constraint webhook_deliveries_delivered check ((status = 'delivered') = (delivered_at is not null))
);
create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where status = 'waiting';
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, id);

alter table webhook_endpoints enable row level security;
create policy webhook_endpoints_in_scope on webhook_endpoints to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy webhook_endpoints_all on webhook_endpoints to handover_provider, handover_engine using (true);
alter table webhook_deliveries enable row level security;
create policy webhook_deliveries_in_scope on webhook_deliveries to handover_app using ((select true from webhook_endpoints e where e.id = endpoint_id));
create policy webhook_deliveries_all on webhook_deliveries to handover_provider, handover_engine using (true);
grant select, insert, update on webhook_endpoints, webhook_deliveries to handover_app;
grant select on webhook_endpoints, webhook_deliveries to handover_engine;

-- Writes the messages about an event of an order to every endpoint that asked for it and
-- whose distributor sees the order. Those of a disabled one wait until it is enabled. It runs as the owner: whoever acts must not see who else
-- is told. One message for each subscription, where an event is about subscriptions.
-- +goose StatementBegin
create function announce_webhooks(event_name text, about bigint, happened timestamptz) returns void
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
revoke execute on function announce_webhooks from public;
grant execute on function announce_webhooks to handover_app, handover_engine;

-- +goose Down
drop function announce_webhooks;
drop table webhook_deliveries, webhook_endpoints;
