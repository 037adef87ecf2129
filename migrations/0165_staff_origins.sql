-- +goose Up
-- Who gave a person access: whoever invited them, and whoever saw a link with which one
-- can act as them. Who has no invitation was added with handover staff add.
create table staff_origins (
    staff_id bigint not null references staff,
    from_id  bigint not null references staff,
    how      text not null check (how in ('invited', 'link_shown')),
    at       timestamptz not null default now(),
    primary key (staff_id, from_id, how),
    check (staff_id <> from_id)
);
alter table staff_origins enable row level security;
create policy staff_origins_in_scope on staff_origins to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_origins_all on staff_origins to handover_provider, handover_engine using (true);
grant select on staff_origins to handover_app, handover_engine;

-- Since when the person has the access that they have now; null = since created_at. Joining,
-- another role or distributor, being enabled and a link that somebody else saw begin it anew.
alter table staff add column access_since timestamptz;

-- When the person last proved to the provider of single sign-on who they are.
alter table sessions add column proved_at timestamptz;

-- What happened before is in the audit log.
insert into staff_origins (staff_id, from_id, how, at)
select s.id, e.actor_id, case e.action when 'mail.reveal_link' then 'link_shown' else 'invited' end, max(e.at)
from audit_entries e join staff s on lower(s.email) = lower(e.subject) join staff a on a.id = e.actor_id
where e.action in ('staff.invite', 'staff.invite_again', 'mail.reveal_link') and e.actor_id <> s.id
group by 1, 2, 3;
update staff s set access_since = e.at
from (select lower(subject) as email, max(at) as at from audit_entries
      where action in ('staff.join', 'staff.enable', 'mail.reveal_link')
         or action = 'staff.change' and (before ->> 'role' is distinct from after ->> 'role' or before ->> 'distributor' is distinct from after ->> 'distributor')
      group by 1) e
where e.email = lower(s.email) and e.at > s.created_at;

-- Whether one person may be behind both accounts: one gave the other access, or somebody
-- gave it to both, over any number of steps.
-- +goose StatementBegin
create function handover_related(a bigint, b bigint) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    with recursive up (start, id) as (
        select s, s from unnest(array[a, b]) s
        union select u.start, o.from_id from up u join staff_origins o on o.staff_id = u.id)
    select exists (select 1 from up x join up y on y.id = x.id where x.start = a and y.start = b)
$$;

-- Who may answer what the requester asks at the distributor: people of the roles who have had
-- their access since before the time and are not related to the requester. They are the
-- distributor's own; where it has none, those of the nearest distributor above that has some.
create function handover_answerers(distributor bigint, requester bigint, since timestamptz, roles text[])
returns table (staff_id bigint, distributor_id bigint) language sql stable security definer set search_path = public, pg_temp as $$
    with recursive line as (
        select d.id, d.parent_id, 0 as step from distributors d where d.id = distributor
        union all select p.id, p.parent_id, l.step + 1 from line l join distributors p on p.id = l.parent_id where l.step < 1000),
    able as (
        select s.id, s.distributor_id, l.step from line l join staff s on s.distributor_id = l.id
        where s.status = 'active' and s.role = any(roles) and s.id <> requester
          and greatest(s.created_at, s.access_since) <= since and not handover_related(s.id, requester))
    select a.id, a.distributor_id from able a where a.step = (select min(step) from able) order by a.id
$$;
-- +goose StatementEnd
revoke execute on function handover_related, handover_answerers from public;
grant execute on function handover_related, handover_answerers to handover_app, handover_engine;

-- +goose Down
drop function handover_answerers, handover_related;
alter table sessions drop column proved_at;
alter table staff drop column access_since;
drop table staff_origins;
