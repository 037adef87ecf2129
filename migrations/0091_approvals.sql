-- +goose Up
-- Who must agree before an order runs: a second person, or both distributors (off unless
-- a distributor asks for it).
alter table distributors
    add column require_approval boolean not null default false, -- transfers out of it, by a second person
    add column require_consent  boolean not null default false; -- distributor transfers from and to it, by both sides

create table transfer_approvals (
    id             bigint generated always as identity primary key,
    order_id       bigint not null references transfer_orders,
    kind           text not null check (kind in ('approval', 'consent')),
    distributor_id bigint not null references distributors, -- whose people answer
    asked_at       timestamptz not null,
    answer         text check (answer in ('approved', 'rejected')),
    answered_at    timestamptz,
    staff_id       bigint references staff,
    staff_name     text not null default '',
    reason         text not null default '',
    unique (order_id, kind, distributor_id),
    check ((answer is null) = (answered_at is null)),
    check (answer is distinct from 'rejected' or reason <> '')
);

alter table transfer_approvals enable row level security;
create policy transfer_approvals_in_scope on transfer_approvals to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_approvals_all on transfer_approvals to handover_provider, handover_engine using (true);
grant select on transfer_approvals to handover_app;
grant select, insert, update, delete on transfer_approvals to handover_engine;
grant usage on sequence transfer_approvals_id_seq to handover_engine;

-- What is due is looked for all the time.
create index transfer_orders_due on transfer_orders (start_at) where status = 'scheduled';
create index transfer_orders_expiry on transfer_orders (expires_at) where status in ('draft', 'awaiting_approval');

-- +goose Down
drop index transfer_orders_expiry, transfer_orders_due;
drop table transfer_approvals;
alter table distributors drop column require_approval, drop column require_consent;
