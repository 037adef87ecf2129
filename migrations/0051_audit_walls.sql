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

-- +goose Down
revoke insert on audit_entries from handover_app, handover_provider, handover_engine;
grant insert on audit_entries to handover_app, handover_engine;
drop policy audit_seals_in_scope on audit_seals;
drop policy audit_seals_all on audit_seals;
alter table audit_seals disable row level security;
grant select on audit_unsealed, audit_head to handover_app;
