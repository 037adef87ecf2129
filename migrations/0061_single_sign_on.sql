-- +goose Up
-- Who a staff member is at the provider of single sign-on.
create table staff_subjects (
    staff_id bigint primary key references staff,
    issuer   text not null,
    subject  text not null,
    bound_at timestamptz not null default now(),
    unique (issuer, subject)
);

-- A way to the provider that is under way. State and browser are SHA-256 of what
-- the address and the cookie hold.
create table single_sign_ons (
    state_hash   bytea primary key,
    browser_hash bytea not null,
    nonce        text not null,
    verifier     text not null,
    next         text not null default '',
    expires_at   timestamptz not null
);
create index single_sign_ons_expires on single_sign_ons (expires_at);

-- Read before anybody is known, and no page's business.
revoke all on staff_subjects, single_sign_ons from handover_app, handover_engine;

-- +goose Down
drop table single_sign_ons, staff_subjects;
