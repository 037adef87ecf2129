-- +goose Up
-- Changes of control settings that a second administrator was asked for.
create table setting_changes (
    id             bigint generated always as identity primary key,
    distributor_id bigint not null references distributors,
    setting        text not null,
    before         jsonb not null,
    after          jsonb not null,
    status         text not null default 'pending'
                   check (status in ('pending', 'approved', 'rejected', 'withdrawn', 'expired', 'superseded')),
    reason         text not null default '',
    requested_by   bigint not null references staff,
    requested_at   timestamptz not null,
    expires_at     timestamptz not null,
    answered_by    bigint references staff, -- null = time, or another change
    answered_at    timestamptz,
    answer         text not null default '', -- the reason of the answer
    check ((status = 'pending') = (answered_at is null)),
    check (answered_by is not null or status in ('pending', 'expired', 'superseded')),
    check (status not in ('approved', 'rejected') or answered_by <> requested_by)
);
create unique index setting_changes_pending on setting_changes (distributor_id, setting) where status = 'pending';
create index setting_changes_expires on setting_changes (expires_at) where status = 'pending';

alter table setting_changes enable row level security;
create policy setting_changes_in_scope on setting_changes to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy setting_changes_all on setting_changes to handover_provider, handover_engine using (true);
grant select on setting_changes to handover_app;
grant select, insert, update on setting_changes to handover_engine;
grant usage on sequence setting_changes_id_seq to handover_engine;

-- Pages wrote nothing but these settings of a distributor. The engine writes them from now on.
revoke update on distributors from handover_app;
-- A column that is generated can be written by nobody: this allows to lock the row.
alter table distributors add column lockable boolean generated always as (true) stored;
grant update (lockable) on distributors to handover_app;

-- A chart of accounts is a control setting, too.
revoke insert, update, delete on chart_roles from handover_app;
grant insert, update, delete on chart_roles to handover_engine;

-- +goose Down
revoke insert, update, delete on chart_roles from handover_engine;
grant insert, update, delete on chart_roles to handover_app;
revoke update (lockable) on distributors from handover_app;
alter table distributors drop column lockable;
grant update on distributors to handover_app;
drop table setting_changes;
