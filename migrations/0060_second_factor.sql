-- +goose Up
alter table distributors add column second_factor_required boolean not null default false;

-- A session that a provider of single sign-on vouched for needs no second factor of ours.
alter table sessions add column proof text not null default 'password' check (proof in ('password', 'single_sign_on'));

-- The secret is sealed with a key that is not in the database. last_step is the
-- newest 30 seconds of which a code was used: a code signs in once.
create table second_factors (
    staff_id     bigint primary key references staff,
    secret       bytea not null,
    confirmed_at timestamptz,
    last_step    bigint not null default 0,
    created_at   timestamptz not null default now()
);

create table recovery_codes (
    staff_id  bigint not null references staff,
    code_hash bytea not null,
    used_at   timestamptz,
    primary key (staff_id, code_hash)
);

-- The time between the password and the code. The cookie holds a random id, the
-- row its SHA-256.
create table pending_sign_ins (
    id_hash    bytea primary key,
    staff_id   bigint not null references staff,
    failures   int not null default 0,
    expires_at timestamptz not null
);
create index pending_sign_ins_staff on pending_sign_ins (staff_id);
create index pending_sign_ins_expires on pending_sign_ins (expires_at);

-- Pages see who has a second factor, and nothing else of it. What signs somebody in is
-- read before anybody is known, and is no page's business.
revoke all on second_factors, recovery_codes, pending_sign_ins from handover_app, handover_engine;
grant select (staff_id, confirmed_at) on second_factors to handover_app, handover_engine;
alter table second_factors enable row level security;
create policy second_factors_in_scope on second_factors to handover_app using ((select true from staff s where s.id = staff_id));
create policy second_factors_all on second_factors to handover_provider, handover_engine using (true);

-- +goose Down
drop table pending_sign_ins, recovery_codes, second_factors;
alter table sessions drop column proof;
alter table distributors drop column second_factor_required;
