-- +goose Up
-- A name is one line of at most 200 characters, without characters that hide or turn around what
-- is beside it: internal/names.Problem is the same rule with its sentences.
create function handover_is_name(name text) returns boolean language sql immutable parallel safe as
$$ select char_length(name) <= 200 and name !~ '[\u0001-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]' $$;

-- A name that is none becomes one: its control characters spaces, its directions nothing.
create function pg_temp.handover_as_name(name text) returns text language sql immutable as $$
    select left(regexp_replace(regexp_replace(name, '[\u0001-\u001f\u007f-\u009f\u2028\u2029]+', ' ', 'g'),
                               '[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]', '', 'g'), 200)
$$;
-- +goose StatementBegin
do $$
declare
    place record;
begin
    for place in
        select * from (values
            ('api_tokens', 'label'), ('brands', 'name'), ('contacts', 'name'), ('customers', 'name'), ('distributors', 'name'),
            ('distributors', 'legal_entity'), ('payment_methods', 'label'), ('plan_resources', 'name'), ('plans', 'name'),
            ('staff', 'name'), ('terms', 'title'), ('webhook_endpoints', 'description')) places(held_by, held_in)
    loop
        execute format('update %1$I set %2$I = pg_temp.handover_as_name(%2$I) where not handover_is_name(%2$I)', place.held_by, place.held_in);
        execute format('alter table %1$I add constraint %3$I check (handover_is_name(%2$I))', place.held_by, place.held_in,
                       place.held_by || '_' || place.held_in || '_is_a_name');
    end loop;
end $$;
-- +goose StatementEnd

-- The link of a mail has its place between two texts: body_text is above it, body_below below.
-- No text marks the place, so no text can move it.
alter table outbox
    add column linked boolean not null default false,
    add column body_below text not null default '',
    add constraint outbox_linked check (linked or secret = '' and body_below = '');
update outbox
set linked = true, body_text = rtrim(split_part(body_text, '[link withheld]', 1), E'\n'),
    body_below = ltrim(substr(body_text, position('[link withheld]' in body_text) + length('[link withheld]')), E'\n')
where staff_id is not null and position('[link withheld]' in body_text) > 0;
update outbox set linked = true where secret <> '';
grant select (linked, body_below) on outbox to handover_app, handover_engine;

-- An address has one account. An invitation that no one accepted is no account: each distributor
-- may invite whom another invited.
drop index staff_email;
create unique index staff_email on staff (lower(email)) where status in ('active', 'disabled');
create unique index staff_open_invitation on staff (distributor_id, lower(email)) where status = 'invited';
create index staff_by_email on staff (lower(email));

-- What invitations were mailed, to limit them.
create table invitation_mails (
    id             bigint generated always as identity primary key,
    inviter_id     bigint not null references staff,
    distributor_id bigint not null references distributors, -- the inviter's
    email          text not null,
    at             timestamptz not null default now()
);
create index invitation_mails_distributor on invitation_mails (distributor_id, at);
create index invitation_mails_inviter on invitation_mails (inviter_id);
