-- +goose Up
-- What a person saved of a list: views of their own (a name for filters and order), and which columns it does
-- not show.
create table staff_views (
    id       bigint generated always as identity primary key,
    staff_id bigint not null references staff,
    list     text not null check (list ~ '^[a-z]{1,40}$'),
    name     text not null check (handover_is_name(name) and char_length(name) between 1 and 60),
    query    text not null check (octet_length(query) <= 2000), -- of the list's address
    unique (staff_id, list, name)
);
create table staff_columns (
    staff_id bigint not null references staff,
    list     text not null check (list ~ '^[a-z]{1,40}$'),
    hidden   text[] not null,
    primary key (staff_id, list)
);
alter table staff_views enable row level security;
create policy staff_views_in_scope on staff_views for select to handover_app
    using ((select true from staff s where s.id = staff_id));
create policy staff_views_add on staff_views for insert to handover_app with check (staff_id = (select handover_actor()));
create policy staff_views_change on staff_views for update to handover_app using (staff_id = (select handover_actor()));
create policy staff_views_drop on staff_views for delete to handover_app using (staff_id = (select handover_actor()));
create policy staff_views_seen on staff_views for select to handover_provider using (true);
create policy staff_views_all on staff_views to handover_engine, handover_service using (true);
alter table staff_columns enable row level security;
create policy staff_columns_in_scope on staff_columns for select to handover_app
    using ((select true from staff s where s.id = staff_id));
create policy staff_columns_add on staff_columns for insert to handover_app with check (staff_id = (select handover_actor()));
create policy staff_columns_change on staff_columns for update to handover_app using (staff_id = (select handover_actor()));
create policy staff_columns_drop on staff_columns for delete to handover_app using (staff_id = (select handover_actor()));
create policy staff_columns_seen on staff_columns for select to handover_provider using (true);
create policy staff_columns_all on staff_columns to handover_engine, handover_service using (true);
grant select, insert, update, delete on staff_views, staff_columns to handover_app;
grant select on staff_views, staff_columns to handover_engine;
grant usage on sequence staff_views_id_seq to handover_app;
