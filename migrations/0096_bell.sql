-- +goose Up
-- Until when a person has read what became of their own orders.
create table staff_bells (
    staff_id bigint primary key references staff,
    seen_at  timestamptz not null
);
alter table staff_bells enable row level security;
create policy staff_bells_in_scope on staff_bells to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_bells_all on staff_bells to handover_provider, handover_engine using (true);
grant select, insert, update on staff_bells to handover_app;
grant select on staff_bells to handover_engine;

create index transfer_orders_news on transfer_orders (requested_by, updated_at)
    where submitted_at is not null and status in ('completed', 'failed', 'rejected', 'cancelled', 'draft');
create index transfer_orders_completed on transfer_orders (completed_at) where completed_at is not null;

-- +goose Down
drop index transfer_orders_completed, transfer_orders_news;
drop table staff_bells;
