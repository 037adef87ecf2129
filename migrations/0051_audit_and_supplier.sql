-- +goose Up
-- The audit log behind the walls. A seal is seen with its entry; the head counts everybody's
-- entries and is for those who see everything; what waits for its seal concerns the owner alone.
revoke all on audit_unsealed, audit_head from handover_app, handover_provider, handover_engine;
grant select on audit_head to handover_provider, handover_engine;
revoke insert, update, delete on audit_seals from handover_app, handover_provider, handover_engine;
grant select on audit_seals to handover_app, handover_provider, handover_engine;

alter table audit_seals enable row level security;
create policy audit_seals_in_scope on audit_seals for select to handover_app
    using ((select true from audit_entries e where e.id = entry_id));
create policy audit_seals_all on audit_seals for select to handover_provider, handover_engine using (true);

-- Whoever appends chooses neither the id nor the time.
revoke insert on audit_entries from handover_app, handover_provider, handover_engine;
grant insert (actor_id, actor_name, distributor_id, address, action, subject_kind, subject, order_id, before, after)
    on audit_entries to handover_app, handover_provider, handover_engine;

-- The name of whom a distributor sells under, for those who see the distributor: a
-- reseller knows its supplier, though not as a page.
-- +goose StatementBegin
create function handover_supplier(distributor bigint) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return (select p.name from distributors d join distributors p on p.id = d.parent_id
            where d.id = distributor and (own is null or d.id = any(own)));
end $$;
-- +goose StatementEnd
revoke execute on function handover_supplier from public;
grant execute on function handover_supplier to handover_app, handover_provider, handover_engine;

-- +goose Down
drop function handover_supplier;
revoke insert on audit_entries from handover_app, handover_provider, handover_engine;
grant insert on audit_entries to handover_app, handover_engine;
drop policy audit_seals_in_scope on audit_seals;
drop policy audit_seals_all on audit_seals;
alter table audit_seals disable row level security;
grant select on audit_unsealed, audit_head to handover_app;
