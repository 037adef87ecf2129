-- +goose Up
-- A token ends after a year at most, and knows how its owner had signed in: a password alone
-- opens nothing where the distributor requires a second factor.
update api_tokens set expires_at = created_at + interval '90 days' where expires_at is null or expires_at > created_at + interval '366 days';
alter table api_tokens
    alter column expires_at set not null,
    add column proof text not null default 'password' check (proof in ('password', 'single_sign_on')),
    add constraint api_tokens_end_within_a_year check (expires_at <= created_at + interval '367 days');
