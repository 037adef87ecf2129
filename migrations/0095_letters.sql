-- +goose Up
-- What mails about transfers say, where a brand does not use the words of Handover.
create table mail_templates (
    brand_id   bigint not null references brands,
    kind       text not null,
    subject    text not null check (subject <> ''),
    body       text not null check (body <> ''),
    changed_at timestamptz not null default now(),
    primary key (brand_id, kind)
);
alter table mail_templates enable row level security;
create policy mail_templates_all on mail_templates to handover_provider, handover_engine using (true);
grant select, insert, update, delete on mail_templates to handover_app;
grant select on mail_templates to handover_engine;

-- Whether only distributors of the scope use the brand. It is asked as the owner, since who
-- else uses it is not to be seen.
-- +goose StatementBegin
create function handover_brand_within(brand bigint, scope bigint[]) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select not exists (select 1 from distributors d where d.brand_id = brand and d.id <> all(scope))
$$;
-- +goose StatementEnd
revoke execute on function handover_brand_within from public;
grant execute on function handover_brand_within to handover_app, handover_engine;
create policy mail_templates_in_scope on mail_templates to handover_app using ((select true from brands b where b.id = brand_id))
    with check (handover_brand_within(brand_id, (select handover_scope())));

-- Which mails about transfers a person wants, where that is not what everybody gets.
create table mail_preferences (
    staff_id bigint not null references staff,
    kind     text not null,
    wanted   boolean not null,
    primary key (staff_id, kind)
);
alter table mail_preferences enable row level security;
create policy mail_preferences_in_scope on mail_preferences to handover_app using ((select true from staff s where s.id = staff_id));
create policy mail_preferences_all on mail_preferences to handover_provider, handover_engine using (true);
grant select, insert, update, delete on mail_preferences to handover_app;
grant select on mail_preferences to handover_engine;

-- +goose Down
drop table mail_preferences, mail_templates;
drop function handover_brand_within;
