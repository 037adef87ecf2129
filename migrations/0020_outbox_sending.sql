-- +goose Up
-- attempts counts every hand-over to the mail server, failures those that failed
-- since a person last said Resend.
alter table outbox
    add column attempts        int not null default 0,
    add column failures        int not null default 0,
    add column last_error      text not null default '',
    add column next_attempt_at timestamptz not null default now(),
    add column sending_at      timestamptz,
    add column sent_at         timestamptz;
update outbox set state = 'unconfirmed' where state = 'sending';
update outbox set sent_at = created_at where state = 'sent';
alter table outbox
    add constraint outbox_sending check ((state = 'sending') = (sending_at is not null)),
    add constraint outbox_sent check ((state = 'sent') = (sent_at is not null));
create index outbox_due on outbox (next_attempt_at) where state = 'waiting';
create index outbox_under_way on outbox (sending_at) where state = 'sending';

-- +goose Down
drop index outbox_due, outbox_under_way;
alter table outbox
    drop constraint outbox_sending,
    drop constraint outbox_sent,
    drop column attempts,
    drop column failures,
    drop column last_error,
    drop column next_attempt_at,
    drop column sending_at,
    drop column sent_at;
