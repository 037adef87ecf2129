-- +goose Up
-- Programs sign in with a token of a staff member. Only its hash is kept.
create table api_tokens (
    id             bigint generated always as identity primary key,
    staff_id       bigint not null references staff,
    label          text not null check (label <> ''),
    token_hash     bytea not null unique,
    privileges     text[],      -- null = all of the staff member's role
    networks       text[] not null default '{}', -- from where it may be used; empty = from anywhere
    per_minute     int check (per_minute > 0),    -- requests; null = no limit
    expires_at     timestamptz,
    created_at     timestamptz not null default now(),
    last_used_at   timestamptz,
    last_used_from text not null default '',
    revoked_at     timestamptz
);
create index api_tokens_staff on api_tokens (staff_id);

-- How many requests a token made in a minute.
create unlogged table api_requests (
    token_id bigint not null,
    minute   timestamptz not null,
    made     int not null,
    primary key (token_id, minute)
);
revoke all on api_tokens, api_requests from handover_app, handover_engine;

-- The key that a program gave an order is bound to it for its whole life.
create table transfer_keys (
    staff_id  bigint not null references staff,
    key       text not null,
    body_hash text not null,
    order_id  bigint references transfer_orders, -- null only inside the transaction that makes it
    primary key (staff_id, key)
);
alter table transfer_keys enable row level security;
create policy transfer_keys_in_scope on transfer_keys to handover_app using ((select true from staff s where s.id = staff_id));
create policy transfer_keys_all on transfer_keys to handover_provider, handover_engine using (true);
grant select, insert on transfer_keys to handover_app;
grant select, update on transfer_keys to handover_engine;

-- +goose Down
drop table transfer_keys, api_requests, api_tokens;
