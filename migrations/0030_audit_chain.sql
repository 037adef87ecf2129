-- +goose Up
-- The role as which the application works: roles belong to the whole server, and
-- several databases may be migrated at once.
-- +goose StatementBegin
do $$
begin
    if not exists (select 1 from pg_roles where rolname = 'handover_app') then
        create role handover_app nologin;
        execute format('grant handover_app to %I', current_user);
    end if;
exception
    when duplicate_object or unique_violation then null;
    when insufficient_privilege then
        raise exception 'The database user % may not create the role handover_app. Let an administrator of the database run: create role handover_app nologin; grant handover_app to %',
            current_user, quote_ident(current_user);
end
$$;
-- +goose StatementEnd

-- What was committed and has no place in the chain yet. A trigger fills it in the
-- transaction of the entry itself, so one that commits late is not missed, and no
-- transaction waits for another.
create table audit_unsealed (
    entry_id bigint primary key
);

-- The chain: previous is the hash of the position before, hash covers the entry.
create table audit_seals (
    position  bigint primary key check (position > 0),
    entry_id  bigint not null unique references audit_entries,
    previous  bytea not null check (octet_length(previous) = 32),
    hash      bytea not null check (octet_length(hash) = 32),
    sealed_at timestamptz not null default clock_timestamp()
);

-- How far the chain goes. Who seals holds this row.
create table audit_head (
    only_row  boolean primary key default true check (only_row),
    count     bigint not null check (count >= 0),
    hash      bytea not null check (octet_length(hash) = 32),
    sealed_at timestamptz
);
insert into audit_head (count, hash) values (0, decode(repeat('00', 32), 'hex'));

-- The head as it was when an order completed: finds a tail that was cut off later.
alter table transfer_orders
    add column audit_head_count bigint,
    add column audit_head_hash  bytea,
    add constraint transfer_orders_audit_head check ((audit_head_count is null) = (audit_head_hash is null));

insert into audit_unsealed (entry_id) select id from audit_entries;

-- Runs with the rights of the owner; the name of the schema keeps a temporary table
-- from taking the place of ours.
-- +goose StatementBegin
create function audit_wait_for_seal() returns trigger language plpgsql security definer as $$
begin
    execute format('insert into %I.audit_unsealed (entry_id) values ($1)', tg_table_schema) using new.id;
    return null;
end
$$;

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'The audit log is append-only: % of % is refused.', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create function audit_head_grows() returns trigger language plpgsql as $$
begin
    if new.count <= old.count then
        raise exception 'The audit log is append-only: its head cannot go from % to %.', old.count, new.count using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
-- +goose StatementEnd

create trigger audit_entries_wait after insert on audit_entries for each row execute function audit_wait_for_seal();
create trigger audit_entries_append_only before update or delete or truncate on audit_entries for each statement execute function audit_refuse();
create trigger audit_seals_append_only before update or delete or truncate on audit_seals for each statement execute function audit_refuse();
create trigger audit_head_append_only before delete or truncate on audit_head for each statement execute function audit_refuse();
create trigger audit_head_grows before update on audit_head for each row execute function audit_head_grows();

-- The application appends and reads; it chooses neither the id nor the time of an
-- entry, and the chain is written by the owner alone.
revoke all on audit_entries, audit_seals, audit_head, audit_unsealed from public, handover_app;
grant select on audit_entries, audit_seals, audit_head, audit_unsealed to handover_app;
grant insert (actor_id, actor_name, distributor_id, address, action, subject_kind, subject, order_id, before, after)
    on audit_entries to handover_app;
grant usage on sequence audit_entries_id_seq to handover_app;

-- For the pages: by time, by who, by what.
create index audit_entries_at on audit_entries (at, id);
create index audit_entries_action on audit_entries (action, id);
create index audit_entries_about on audit_entries (lower(subject) text_pattern_ops);
create index audit_entries_distributor on audit_entries (distributor_id, id);
create index audit_entries_words on audit_entries
    using gin ((actor_name || ' ' || action || ' ' || subject || ' ' || address) gin_trgm_ops);

-- +goose Down
drop index audit_entries_at, audit_entries_action, audit_entries_about, audit_entries_distributor, audit_entries_words;
alter table transfer_orders drop constraint transfer_orders_audit_head, drop column audit_head_count, drop column audit_head_hash;
drop trigger audit_entries_wait on audit_entries;
drop trigger audit_entries_append_only on audit_entries;
revoke all on audit_entries from handover_app;
revoke all on sequence audit_entries_id_seq from handover_app;
drop table audit_unsealed, audit_seals, audit_head;
drop function audit_wait_for_seal(), audit_refuse(), audit_head_grows();
