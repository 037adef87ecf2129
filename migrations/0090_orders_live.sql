-- +goose Up
-- An order lives on outside the click: it may wait, run, be taken up by another process.
alter table transfer_orders
    add column start_at   timestamptz,              -- when a scheduled order is to run
    add column started_at timestamptz,              -- when the execution began that is under way or ended the order
    add column reason     text not null default ''; -- why it was rejected or cancelled

-- The allowed changes of an order's state; internal/order/states.go has what goes
-- with each, and a test compares the two.
create table transfer_order_changes (
    from_status text not null,
    to_status   text not null,
    primary key (from_status, to_status)
);
insert into transfer_order_changes values
    ('draft', 'awaiting_approval'), ('draft', 'scheduled'), ('draft', 'queued'), ('draft', 'cancelled'),
    ('awaiting_approval', 'scheduled'), ('awaiting_approval', 'queued'), ('awaiting_approval', 'rejected'), ('awaiting_approval', 'cancelled'),
    ('scheduled', 'queued'), ('scheduled', 'cancelled'),
    ('queued', 'in_progress'), ('queued', 'cancelled'),
    ('in_progress', 'queued'), ('in_progress', 'draft'), ('in_progress', 'completed'), ('in_progress', 'failed'),
    ('failed', 'draft'),
    ('completed', 'reversed');

-- +goose StatementBegin
create function transfer_order_changes_state() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select 1 from transfer_order_changes c where c.from_status = old.status and c.to_status = new.status) then
        raise exception 'transfer order % is % and cannot become %', new.id, old.status, new.status using errcode = 'check_violation', constraint = 'transfer_orders_change';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger transfer_orders_change before update of status on transfer_orders
    for each row when (old.status is distinct from new.status) execute function transfer_order_changes_state();

update transfer_orders set started_at = updated_at where status = 'in_progress';
update transfer_orders set start_at = updated_at where status = 'scheduled';
update transfer_orders set expires_at = updated_at + interval '7 days' where status = 'awaiting_approval' and expires_at is null;
update transfer_orders set reason = 'not recorded' where status = 'rejected';
alter table transfer_orders
    add constraint transfer_orders_scheduled check (status <> 'scheduled' or start_at is not null),
    add constraint transfer_orders_started check (status <> 'in_progress' or started_at is not null),
    add constraint transfer_orders_rejected check (status <> 'rejected' or reason <> ''),
    add constraint transfer_orders_awaited check (status <> 'awaiting_approval' or expires_at is not null);

-- Who executes an order, and how far it is. A row of its own: the long transaction of the
-- execution locks the order's. Without a foreign key, which would wait for that lock.
create table transfer_leases (
    order_id   bigint primary key,
    holder     uuid,                                           -- null = nobody has taken it up
    renewed_at timestamptz not null default clock_timestamp(), -- silent for ten seconds = the holder is dead
    asked_at   timestamptz not null default clock_timestamp(), -- when a job was last put into the queue
    phase      text not null default '',
    done       bigint not null default 0,
    total      bigint not null default 0
);

alter table transfer_leases enable row level security;
create policy transfer_leases_in_scope on transfer_leases to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_leases_all on transfer_leases to handover_provider, handover_engine using (true);
grant select on transfer_leases to handover_app;
grant select, insert, update, delete on transfer_leases to handover_engine;

-- The queue is the engine's: jobs are put into it by whoever has found the accounts.
revoke all on river_job, river_leader, river_queue, river_migration, transfer_order_changes from handover_app;
grant select, insert, update on river_job to handover_engine; -- putting a job in also names what to do if it is there
grant usage on sequence river_job_id_seq to handover_engine;
-- River looks for due jobs all the time; what it looks up by their content is not used.
drop index if exists river_job_args_index, river_job_metadata_index;

insert into transfer_leases (order_id) select id from transfer_orders where status in ('queued', 'in_progress');

-- +goose Down
drop table transfer_leases;
drop trigger transfer_orders_change on transfer_orders;
drop function transfer_order_changes_state;
drop table transfer_order_changes;
alter table transfer_orders
    drop constraint transfer_orders_scheduled, drop constraint transfer_orders_started, drop constraint transfer_orders_rejected,
    drop constraint transfer_orders_awaited, drop column start_at, drop column started_at, drop column reason;
