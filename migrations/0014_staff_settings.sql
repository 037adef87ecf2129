-- +goose Up
-- How a person wants pages to look. No row: the time zone of their distributor, and the usual styles.
create table staff_settings (
    staff_id     bigint primary key references staff,
    time_zone    text not null default '', -- IANA name, '' = that of the distributor
    date_style   text not null default 'day_month'
        check (date_style in ('day_month', 'month_day', 'year_month_day', 'dots', 'slashes')),
    number_style text not null default 'comma_point'
        check (number_style in ('comma_point', 'point_comma', 'space_comma', 'apostrophe_point')),
    page_size    int not null default 50 check (page_size in (25, 50, 100, 200)),
    keys         boolean not null default true -- keyboard shortcuts
);
alter table staff_settings enable row level security;
create policy staff_settings_in_scope on staff_settings for select to handover_app
    using ((select true from staff s where s.id = staff_id));
create policy staff_settings_add on staff_settings for insert to handover_app with check (staff_id = (select handover_actor()));
create policy staff_settings_change on staff_settings for update to handover_app using (staff_id = (select handover_actor()));
create policy staff_settings_drop on staff_settings for delete to handover_app using (staff_id = (select handover_actor()));
create policy staff_settings_seen on staff_settings for select to handover_provider using (true);
create policy staff_settings_all on staff_settings to handover_engine, handover_service using (true);
grant select, insert, update on staff_settings to handover_app;
grant select on staff_settings to handover_engine;
