-- +goose Up
-- The link of a mail is sealed, like the second factors, with a key that is not in the database.
-- A migration has no key: links that wait are ended, and have to be sent again.
delete from staff_links where outbox_id in (select id from outbox where secret <> '' and state <> 'unconfirmed');
update outbox
set state = 'failed', last_error = 'Not sent: links are sealed since an update of Handover. Send a new one from the person''s page.'
where secret <> '' and state = 'waiting';
alter table outbox drop column has_secret, drop column secret;
alter table outbox
    add column secret bytea,
    add column has_secret boolean not null generated always as (secret is not null) stored,
    add constraint outbox_linked check (linked or secret is null and body_below = '');
grant select (has_secret) on outbox to handover_app, handover_engine;

-- Recovery codes are kept like passwords: argon2id, with one salt for the codes of a person. The
-- old hashes are fast ones and cannot be made slow; the codes end.
delete from recovery_codes;
alter table recovery_codes add column salt bytea not null check (octet_length(salt) = 16);
