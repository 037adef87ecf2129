-- +goose Up
-- The baseline of the schema, in four files: tables, functions and triggers, views, row
-- security. A baseline file never changes after its release, and neither does a numbered step
-- after it: a change of the schema is a new file with the next number. No file has a Down part:
-- the way back is the backup (docs/upgrade.md).
--
-- Each table has its constraints inside and its indexes right below. The rules between the
-- tables are in docs/domain.md, those of the books in docs/accounting.md.

-- For the search in texts, and for exclusion constraints over plain columns.
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

-- ---------------------------------------------------------------------------------------------
-- Currencies
-- ---------------------------------------------------------------------------------------------

-- ISO 4217 codes with their minor units; a test compares them with internal/money.
create table currencies (
    code        text primary key check (code ~ '^[A-Z]{3}$'),
    minor_units int  not null check (minor_units between 0 and 4)
);
insert into currencies (code, minor_units) values
    ('ADP', 2), ('AED', 2), ('AFA', 2), ('AFN', 2), ('ALK', 2), ('ALL', 2), ('AMD', 2), ('ANG', 2), ('AOA', 2), ('AOK', 2),
    ('AON', 2), ('AOR', 2), ('ARA', 2), ('ARL', 2), ('ARM', 2), ('ARP', 2), ('ARS', 2), ('ATS', 2), ('AUD', 2), ('AWG', 2),
    ('AZM', 2), ('AZN', 2), ('BAD', 2), ('BAM', 2), ('BAN', 2), ('BBD', 2), ('BDT', 2), ('BEC', 2), ('BEF', 2), ('BEL', 2),
    ('BGL', 2), ('BGM', 2), ('BGN', 2), ('BGO', 2), ('BHD', 3), ('BIF', 0), ('BMD', 2), ('BND', 2), ('BOB', 2), ('BOL', 2),
    ('BOP', 2), ('BOV', 2), ('BRB', 2), ('BRC', 2), ('BRE', 2), ('BRL', 2), ('BRN', 2), ('BRR', 2), ('BRZ', 2), ('BSD', 2),
    ('BTN', 2), ('BUK', 2), ('BWP', 2), ('BYB', 2), ('BYN', 2), ('BYR', 2), ('BZD', 2), ('CAD', 2), ('CDF', 2), ('CHE', 2),
    ('CHF', 2), ('CHW', 2), ('CLE', 2), ('CLF', 4), ('CLP', 0), ('CNH', 2), ('CNX', 2), ('CNY', 2), ('COP', 2), ('COU', 2),
    ('CRC', 2), ('CSD', 2), ('CSK', 2), ('CUC', 2), ('CUP', 2), ('CVE', 2), ('CYP', 2), ('CZK', 2), ('DDM', 2), ('DEM', 2),
    ('DJF', 0), ('DKK', 2), ('DOP', 2), ('DZD', 2), ('ECS', 2), ('ECV', 2), ('EEK', 2), ('EGP', 2), ('ERN', 2), ('ESA', 2),
    ('ESB', 2), ('ESP', 2), ('ETB', 2), ('EUR', 2), ('FIM', 2), ('FJD', 2), ('FKP', 2), ('FRF', 2), ('GBP', 2), ('GEK', 2),
    ('GEL', 2), ('GHC', 2), ('GHS', 2), ('GIP', 2), ('GMD', 2), ('GNF', 0), ('GNS', 2), ('GQE', 2), ('GRD', 2), ('GTQ', 2),
    ('GWE', 2), ('GWP', 2), ('GYD', 2), ('HKD', 2), ('HNL', 2), ('HRD', 2), ('HRK', 2), ('HTG', 2), ('HUF', 2), ('IDR', 2),
    ('IEP', 2), ('ILP', 2), ('ILR', 2), ('ILS', 2), ('INR', 2), ('IQD', 3), ('IRR', 2), ('ISJ', 2), ('ISK', 0), ('ITL', 2),
    ('JMD', 2), ('JOD', 3), ('JPY', 0), ('KES', 2), ('KGS', 2), ('KHR', 2), ('KMF', 0), ('KPW', 2), ('KRH', 2), ('KRO', 2),
    ('KRW', 0), ('KWD', 3), ('KYD', 2), ('KZT', 2), ('LAK', 2), ('LBP', 2), ('LKR', 2), ('LRD', 2), ('LSL', 2), ('LTL', 2),
    ('LTT', 2), ('LUC', 2), ('LUF', 2), ('LUL', 2), ('LVL', 2), ('LVR', 2), ('LYD', 3), ('MAD', 2), ('MAF', 2), ('MCF', 2),
    ('MDC', 2), ('MDL', 2), ('MGA', 2), ('MGF', 2), ('MKD', 2), ('MKN', 2), ('MLF', 2), ('MMK', 2), ('MNT', 2), ('MOP', 2),
    ('MRO', 2), ('MTL', 2), ('MTP', 2), ('MUR', 2), ('MVP', 2), ('MVR', 2), ('MWK', 2), ('MXN', 2), ('MXP', 2), ('MXV', 2),
    ('MYR', 2), ('MZE', 2), ('MZM', 2), ('MZN', 2), ('NAD', 2), ('NGN', 2), ('NIC', 2), ('NIO', 2), ('NLG', 2), ('NOK', 2),
    ('NPR', 2), ('NZD', 2), ('OMR', 3), ('PAB', 2), ('PEI', 2), ('PEN', 2), ('PES', 2), ('PGK', 2), ('PHP', 2), ('PKR', 2),
    ('PLN', 2), ('PLZ', 2), ('PTE', 2), ('PYG', 0), ('QAR', 2), ('RHD', 2), ('ROL', 2), ('RON', 2), ('RSD', 2), ('RUB', 2),
    ('RUR', 2), ('RWF', 0), ('SAR', 2), ('SBD', 2), ('SCR', 2), ('SDD', 2), ('SDG', 2), ('SDP', 2), ('SEK', 2), ('SGD', 2),
    ('SHP', 2), ('SIT', 2), ('SKK', 2), ('SLL', 2), ('SOS', 2), ('SRD', 2), ('SRG', 2), ('SSP', 2), ('STD', 2), ('STN', 2),
    ('SUR', 2), ('SVC', 2), ('SYP', 2), ('SZL', 2), ('THB', 2), ('TJR', 2), ('TJS', 2), ('TMM', 2), ('TMT', 2), ('TND', 3),
    ('TOP', 2), ('TPE', 2), ('TRL', 2), ('TRY', 2), ('TTD', 2), ('TWD', 2), ('TZS', 2), ('UAH', 2), ('UAK', 2), ('UGS', 2),
    ('UGX', 0), ('USD', 2), ('USN', 2), ('USS', 2), ('UYI', 0), ('UYP', 2), ('UYU', 2), ('UZS', 2), ('VEB', 2), ('VEF', 2),
    ('VND', 0), ('VNN', 2), ('VUV', 0), ('WST', 2), ('XAF', 0), ('XAG', 2), ('XAU', 2), ('XBA', 2), ('XBB', 2), ('XBC', 2),
    ('XBD', 2), ('XCD', 2), ('XDR', 2), ('XEU', 2), ('XFO', 2), ('XFU', 2), ('XOF', 0), ('XPD', 2), ('XPF', 0), ('XPT', 2),
    ('XRE', 2), ('XSU', 2), ('XTS', 2), ('XUA', 2), ('XXX', 2), ('YDD', 2), ('YER', 2), ('YUD', 2), ('YUM', 2), ('YUN', 2),
    ('YUR', 2), ('ZAL', 2), ('ZAR', 2), ('ZMK', 2), ('ZMW', 2), ('ZRN', 2), ('ZRZ', 2), ('ZWD', 2), ('ZWL', 2), ('ZWR', 2);

-- ---------------------------------------------------------------------------------------------
-- The sales channel: brands, distributors, plans, terms
-- ---------------------------------------------------------------------------------------------

create table brands (
    id            bigint generated by default as identity primary key,
    external_id   text unique,
    name          text not null,
    primary_color text not null default '' check (primary_color ~ '^(#[0-9a-fA-F]{6})?$')
);

create table distributors (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    parent_id              bigint references distributors,
    name                   text not null,
    currency               text not null references currencies,
    country                text not null default '',
    legal_entity           text not null default '',
    brand_id               bigint references brands,
    merchant_account       text not null default '',
    status                 text not null default 'active' check (status in ('active', 'inactive')),
    time_zone              text not null default 'UTC',
    second_factor_required boolean not null default false,
    -- Who must agree before an order runs; off unless the distributor asks for it.
    require_approval       boolean not null default false, -- transfers out of it, by a second person
    require_consent        boolean not null default false, -- distributor transfers from and to it, by both sides
    -- Deferred revenue is compared per distributor only: its recognition entries are sums.
    recognition_in_sum     boolean not null default false,
    -- No role can write a generated column: a grant on it allows a role to lock the row.
    lockable               boolean generated always as (true) stored,
    check (parent_id <> id)
);
create index distributors_parent on distributors (parent_id);
create index distributors_brand on distributors (brand_id) where brand_id is not null; -- the policies of brands read it

create table plans (
    id             bigint generated by default as identity primary key,
    external_id    text unique,
    distributor_id bigint not null references distributors,
    delegated_from bigint references plans,
    name           text not null,
    currency       text not null references currencies,
    billing_period text not null check (billing_period in ('monthly', 'quarterly', 'yearly')),
    price          numeric not null,
    transferable   boolean not null default true,
    check (delegated_from <> id)
);
create index plans_distributor on plans (distributor_id);
create index plans_delegated_from on plans (delegated_from);

create table plan_resources (
    id          bigint generated by default as identity primary key,
    external_id text unique,
    plan_id     bigint not null references plans,
    name        text not null,
    included    numeric not null default 0,
    unit_price  numeric not null default 0
);
create index plan_resources_plan on plan_resources (plan_id);

create table terms (
    id             bigint generated by default as identity primary key,
    external_id    text unique,
    distributor_id bigint not null references distributors,
    plan_id        bigint references plans,
    resource_id    bigint references plan_resources,
    derived_from   bigint references terms,
    title          text not null,
    version        text not null default '',
    check (derived_from <> id)
);
create index terms_distributor on terms (distributor_id);
create index terms_derived_from on terms (derived_from);
-- A reversal that takes a plan back looks for what refers to it, and so does the delete itself.
create index terms_plan on terms (plan_id) where plan_id is not null;
create index terms_resource on terms (resource_id) where resource_id is not null;

-- ---------------------------------------------------------------------------------------------
-- Staff: people, their access, how they sign in
-- ---------------------------------------------------------------------------------------------

-- An invited person has no password yet. Withdrawn: the invitation was taken back.
create table staff (
    id              bigint generated by default as identity primary key,
    distributor_id  bigint not null references distributors,
    email           text not null,
    name            text not null,
    role            text not null check (role in ('administrator', 'account_manager', 'finance', 'support', 'auditor')),
    password_hash   text not null default '',
    status          text not null default 'active' check (status in ('invited', 'active', 'disabled', 'withdrawn')),
    created_at      timestamptz not null default now(),
    last_sign_in_at timestamptz,
    -- Since when the person has the access of today; null = since created_at. Joining, another
    -- role or distributor, being enabled, and a link that another person saw begin it anew.
    access_since    timestamptz
);
create unique index staff_email on staff (lower(email));
create index staff_distributor on staff (distributor_id);

-- Who gave a person access: whoever invited them, and whoever saw a link with which one
-- can act as them. A person without an invitation was added with handover staff add.
create table staff_origins (
    staff_id bigint not null references staff,
    from_id  bigint not null references staff,
    how      text not null check (how in ('invited', 'link_shown')),
    at       timestamptz not null default now(),
    primary key (staff_id, from_id, how),
    check (staff_id <> from_id)
);

-- The cookie holds a random id, the row its SHA-256. A session from single sign-on needs no
-- second factor of ours.
create table sessions (
    id_hash      bytea primary key,
    staff_id     bigint not null references staff,
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null,
    address      text not null default '',
    user_agent   text not null default '',
    proof        text not null default 'password' check (proof in ('password', 'single_sign_on')),
    proved_at    timestamptz -- when the person last proved who they are to the provider of single sign-on
);
create index sessions_staff on sessions (staff_id);
create index sessions_expires on sessions (expires_at);

create table sign_in_attempts (
    id        bigint generated by default as identity primary key,
    email     text not null,
    address   text not null,
    at        timestamptz not null default now(),
    succeeded boolean not null,
    device    bytea -- the SHA-256 of the id that a browser keeps from its first sign-in form on
);
create index sign_in_attempts_email on sign_in_attempts (lower(email), at);
create index sign_in_attempts_address on sign_in_attempts (address, at);
create index sign_in_attempts_device on sign_in_attempts (device, at) where device is not null;

-- The secret is sealed with a key that is not in the database. last_step is the newest
-- 30 seconds of which a code was used: a code signs in once.
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

-- The time between the password and the code. The cookie holds a random id, the row its SHA-256.
create table pending_sign_ins (
    id_hash    bytea primary key,
    staff_id   bigint not null references staff,
    failures   int not null default 0,
    expires_at timestamptz not null
);
create index pending_sign_ins_staff on pending_sign_ins (staff_id);
create index pending_sign_ins_expires on pending_sign_ins (expires_at);

-- Who a staff member is at the provider of single sign-on.
create table staff_subjects (
    staff_id bigint primary key references staff,
    issuer   text not null,
    subject  text not null,
    bound_at timestamptz not null default now(),
    unique (issuer, subject)
);

-- A single sign-on in progress. State and browser are the SHA-256 of what the address and the
-- cookie hold.
create table single_sign_ons (
    state_hash   bytea primary key,
    browser_hash bytea not null,
    nonce        text not null,
    verifier     text not null,
    next         text not null default '',
    expires_at   timestamptz not null
);
create index single_sign_ons_expires on single_sign_ons (expires_at);

-- Who asked for a link because of a forgotten password, whether we know the email or not.
create table reset_requests (
    id      bigint generated by default as identity primary key,
    email   text not null,
    address text not null,
    at      timestamptz not null default now()
);
create index reset_requests_email on reset_requests (lower(email), at);
create index reset_requests_address on reset_requests (address, at);

-- Programs sign in with a token of a staff member. Only its hash is kept.
create table api_tokens (
    id             bigint generated always as identity primary key,
    staff_id       bigint not null references staff,
    label          text not null check (label <> ''),
    token_hash     bytea not null unique,
    privileges     text[],                       -- null = all of the staff member's role
    networks       text[] not null default '{}', -- from where it may be used; empty = from anywhere
    per_minute     int check (per_minute > 0),   -- requests; null = no limit
    expires_at     timestamptz,
    created_at     timestamptz not null default now(),
    last_used_at   timestamptz,
    last_used_from text not null default '',
    revoked_at     timestamptz
);
create index api_tokens_staff on api_tokens (staff_id);

-- How many requests a token made in a minute. A crash may lose the counts.
create unlogged table api_requests (
    token_id bigint not null,
    minute   timestamptz not null,
    made     int not null,
    primary key (token_id, minute)
);

-- Until when a person has read the news of their own orders.
create table staff_bells (
    staff_id bigint primary key references staff,
    seen_at  timestamptz not null
);

-- Changes of control settings that wait for, or got, the answer of a second administrator.
create table setting_changes (
    id             bigint generated always as identity primary key,
    distributor_id bigint not null references distributors,
    setting        text not null,
    before         jsonb not null,
    after          jsonb not null,
    status         text not null default 'pending'
                   check (status in ('pending', 'approved', 'rejected', 'withdrawn', 'expired', 'superseded')),
    reason         text not null default '',
    requested_by   bigint not null references staff,
    requested_at   timestamptz not null,
    expires_at     timestamptz not null,
    answered_by    bigint references staff, -- null = time, or another change
    answered_at    timestamptz,
    answer         text not null default '', -- the reason of the answer
    check ((status = 'pending') = (answered_at is null)),
    check (answered_by is not null or status in ('pending', 'expired', 'superseded')),
    check (status not in ('approved', 'rejected') or answered_by <> requested_by)
);
create unique index setting_changes_pending on setting_changes (distributor_id, setting) where status = 'pending';
create index setting_changes_expires on setting_changes (expires_at) where status = 'pending';
create index setting_changes_distributor on setting_changes (distributor_id, id);

-- ---------------------------------------------------------------------------------------------
-- Financial periods and exchange rates
-- ---------------------------------------------------------------------------------------------

create table financial_periods (
    id             bigint generated by default as identity primary key,
    distributor_id bigint not null references distributors,
    start_on       date not null,
    end_on         date not null,
    status         text not null default 'open' check (status in ('open', 'closed')),
    check (end_on >= start_on),
    constraint financial_periods_do_not_overlap
        exclude using gist (distributor_id with =, daterange(start_on, end_on, '[]') with &&)
);

-- A rate that differs a lot from the last one of its pair is kept with the reason for it. A
-- withdrawn rate stays in the table, but is proposed no more; its pair, date and source are
-- free again for the right one.
create table exchange_rates (
    id               bigint generated by default as identity primary key,
    on_date          date not null,
    from_currency    text not null references currencies,
    to_currency      text not null references currencies,
    rate             numeric not null check (rate > 0),
    source           text not null default '',
    reason           text not null default '',
    withdrawn_at     timestamptz,
    withdrawn_by     bigint references staff,
    withdrawn_name   text not null default '',
    withdrawn_reason text not null default '',
    check (from_currency <> to_currency),
    constraint exchange_rates_withdrawn_with_reason check ((withdrawn_at is null) = (withdrawn_reason = ''))
);
create unique index exchange_rates_once on exchange_rates (from_currency, to_currency, on_date, source) where withdrawn_at is null;
create index exchange_rates_by_pair on exchange_rates (from_currency, to_currency, on_date);

-- ---------------------------------------------------------------------------------------------
-- Accounts and their contracts
-- ---------------------------------------------------------------------------------------------

-- Tax ids are compared without spaces, dots and case. Here and not in
-- 0002_functions_and_triggers.sql, because an index of customers needs it.
create function tax_key(tax_id text) returns text language sql immutable parallel safe as
$$ select regexp_replace(upper(tax_id), '[^[:alnum:]]', '', 'g') $$;

create table customers (
    id                 bigint generated by default as identity primary key,
    external_id        text unique,
    distributor_id     bigint not null references distributors,
    name               text not null,
    email              text not null default '',
    currency           text not null references currencies,
    country            text not null default '',
    address            text not null default '',
    tax_id             text not null default '',
    crm_id             text not null default '',
    bill_to_parent     boolean not null default false,
    parent_customer_id bigint references customers,
    status             text not null default 'active'
                       check (status in ('active', 'suspended', 'closed', 'transferred_out', 'merged')),
    created_on         date not null,
    successor_id       bigint references customers,
    succeeded_on       date,
    search             text generated always as
                       (name || ' ' || email || ' ' || crm_id || ' ' || coalesce(external_id, '')) stored,
    check (parent_customer_id <> id),
    check (successor_id <> id),
    -- Transferred Out and Merged accounts name their successor, others have none.
    constraint customers_successor check ((status in ('transferred_out', 'merged')) = (successor_id is not null)),
    check ((successor_id is null) = (succeeded_on is null)),
    -- What documents refer to, so that a document's currency is its customer's, and what all root
    -- records refer to, so that their distributor is.
    constraint customers_currency unique (id, currency),
    constraint customers_owner unique (id, distributor_id)
);
create index customers_distributor on customers (distributor_id, id);
create index customers_parent on customers (parent_customer_id) where parent_customer_id is not null;
create index customers_successor_id on customers (successor_id) where successor_id is not null;
create index customers_crm on customers (crm_id) where crm_id <> '';
create index customers_name on customers (name, id);
create index customers_status on customers (status, id);
create index customers_search on customers using gin (search gin_trgm_ops);
-- These find the same customer at another distributor (docs/domain.md, DUPLICATE_AT_TARGET);
-- email addresses are compared without case.
create index customers_tax_key on customers (distributor_id, tax_key(tax_id)) where tax_id <> '';
create index customers_email_key on customers (distributor_id, lower(email)) where email <> '';

-- Ids that an account gave up; they keep finding it and its successor.
create table former_ids (
    id          bigint generated by default as identity primary key,
    customer_id bigint not null references customers,
    kind        text not null check (kind in ('crm_id', 'number', 'external_id')),
    value       text not null check (value <> ''),
    unique (customer_id, kind, value)
);
create index former_ids_value on former_ids (value);

create table contacts (
    id          bigint generated by default as identity primary key,
    external_id text unique,
    customer_id bigint not null references customers,
    name        text not null,
    email       text not null default '',
    role        text not null default ''
);
create index contacts_customer on contacts (customer_id);

create table payment_methods (
    id               bigint generated by default as identity primary key,
    external_id      text unique,
    customer_id      bigint not null references customers,
    merchant_account text not null default '',
    kind             text not null default '',
    label            text not null default '',
    status           text not null default 'active' check (status in ('active', 'inactive'))
);
create index payment_methods_customer on payment_methods (customer_id);

create table terms_acceptances (
    id          bigint generated by default as identity primary key,
    customer_id bigint not null references customers,
    terms_id    bigint not null references terms,
    accepted_at timestamptz not null,
    accepted_by text not null default '',
    constraint terms_acceptances_once unique (customer_id, terms_id)
);

create table service_users (
    id           bigint generated by default as identity primary key,
    external_id  text unique,
    customer_id  bigint not null references customers,
    login        text not null,
    account_wide boolean not null default false
);
create index service_users_customer on service_users (customer_id);

-- account_distributor_id, here and in the other root records, is the distributor of the
-- customer, so that row security looks at the row alone and not up the owner of every row that is
-- listed or counted. Only policies read it. A trigger fills it and the foreign key proves it
-- (docs/decisions/0010-two-walls.md).
create table subscriptions (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    customer_id            bigint not null,
    plan_id                bigint not null references plans,
    parent_subscription_id bigint references subscriptions,
    status                 text not null default 'active'
                           check (status in ('active', 'suspended', 'provisioning', 'starting', 'stopping',
                                             'removing', 'changing_plan', 'cancelled', 'terminated')),
    start_on               date not null,
    end_on                 date,
    billing_period         text not null check (billing_period in ('monthly', 'quarterly', 'yearly')),
    quantity               numeric not null default 1,
    price                  numeric not null default 0,
    price_frozen           boolean not null default false,
    promotion              text not null default '',
    account_distributor_id bigint not null,
    check (parent_subscription_id <> id),
    constraint subscriptions_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index subscriptions_customer on subscriptions (customer_id);
create index subscriptions_plan on subscriptions (plan_id);
create index subscriptions_parent on subscriptions (parent_subscription_id) where parent_subscription_id is not null;
-- The list of contracts filters by status and pages by id. A transfer rewrites contracts by the
-- thousand, so this index holds only the few in a passing state: any page finds the other states soon.
create index subscriptions_passing on subscriptions (status, id) where status not in ('active', 'cancelled', 'terminated');

-- A subscription that was cut at an effective date, and the one that goes on from it. The
-- ledger of transfers names every row by its id.
create table subscription_continuations (
    subscription_id bigint primary key references subscriptions,
    continuation_id bigint not null unique references subscriptions,
    on_date         date not null,
    id              bigint generated by default as identity unique,
    check (subscription_id <> continuation_id)
);

create table service_user_subscriptions (
    id              bigint generated by default as identity primary key,
    service_user_id bigint not null references service_users,
    subscription_id bigint not null references subscriptions,
    constraint service_user_subscriptions_once unique (service_user_id, subscription_id)
);
create index service_user_subscriptions_subscription on service_user_subscriptions (subscription_id);

-- Orders that are not transfers: what customers ordered.
create table placed_orders (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    customer_id            bigint not null,
    subscription_id        bigint references subscriptions,
    type                   text not null default '',
    status                 text not null
                           check (status in ('completed', 'cancelled', 'failed', 'pending', 'provisioning', 'awaiting_payment')),
    placed_on              date not null,
    total                  numeric not null default 0,
    account_distributor_id bigint not null,
    constraint placed_orders_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index placed_orders_customer on placed_orders (customer_id);
create index placed_orders_subscription on placed_orders (subscription_id) where subscription_id is not null;
create index placed_orders_placed on placed_orders (placed_on); -- the list of orders reads the newest days

-- ---------------------------------------------------------------------------------------------
-- Transfer orders
-- ---------------------------------------------------------------------------------------------

-- One row per transfer. The draft is the wizard's memory; version refuses a stale tab.
create table transfer_orders (
    id                    bigint generated by default as identity primary key,
    kind                  text not null check (kind in ('distributor', 'subscriptions', 'merge')),
    status                text not null default 'draft'
                          check (status in ('draft', 'awaiting_approval', 'scheduled', 'queued', 'in_progress',
                                            'completed', 'failed', 'rejected', 'cancelled', 'reversed')),
    version               int not null default 1,
    request               jsonb not null,
    source_customer_id    bigint not null references customers,
    source_distributor_id bigint not null references distributors,
    target_customer_id    bigint references customers,
    target_distributor_id bigint references distributors,
    fingerprint           text not null default '',
    preview               jsonb,
    result                jsonb,
    failure               text not null default '',
    requested_by          bigint references staff,
    requested_by_name     text not null default '',
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now(),
    submitted_at          timestamptz,
    completed_at          timestamptz,
    expires_at            timestamptz,
    reverses_id           bigint references transfer_orders,
    -- The head of the audit log when the order completed: it finds a tail that was cut off later.
    audit_head_count      bigint,
    audit_head_hash       bytea,
    start_at              timestamptz,              -- when a scheduled order is to run
    started_at            timestamptz,              -- when the execution began that is under way or ended the order
    reason                text not null default '', -- why it was rejected or cancelled
    -- The cut day (docs/domain.md 4.2): service from that day on that is billed already is
    -- prepaid in the preview. It is kept when the order is submitted and used when it runs,
    -- whatever the day.
    cut_on                date,
    check (reverses_id <> id),
    constraint transfer_orders_completed check ((status in ('completed', 'reversed')) = (completed_at is not null)),
    constraint transfer_orders_failed check ((status = 'failed') = (failure <> '')),
    constraint transfer_orders_audit_head check ((audit_head_count is null) = (audit_head_hash is null)),
    constraint transfer_orders_scheduled check (status <> 'scheduled' or start_at is not null),
    constraint transfer_orders_started check (status <> 'in_progress' or started_at is not null),
    constraint transfer_orders_rejected check (status <> 'rejected' or reason <> ''),
    constraint transfer_orders_awaited check (status <> 'awaiting_approval' or expires_at is not null)
);
create index transfer_orders_source on transfer_orders (source_customer_id);
create index transfer_orders_target on transfer_orders (target_customer_id) where target_customer_id is not null;
create index transfer_orders_status on transfer_orders (status);
create index transfer_orders_requester on transfer_orders (requested_by);
create index transfer_orders_created on transfer_orders (((created_at at time zone 'UTC')::date)); -- the list of orders reads the newest days
create index transfer_orders_completed on transfer_orders (completed_at) where completed_at is not null;
create index transfer_orders_due on transfer_orders (start_at) where status = 'scheduled';
create index transfer_orders_expiry on transfer_orders (expires_at) where status in ('draft', 'awaiting_approval');
create index transfer_orders_news on transfer_orders (requested_by, updated_at)
    where submitted_at is not null and status in ('completed', 'failed', 'rejected', 'cancelled', 'draft');
-- An order is reversed once at a time: by one reversal that is under way or happened.
create unique index transfer_orders_reverses on transfer_orders (reverses_id)
    where reverses_id is not null and status in ('awaiting_approval', 'scheduled', 'queued', 'in_progress', 'completed', 'reversed');

-- The allowed changes of an order's state; internal/order/states.go has what goes with each,
-- and a test compares the two.
create table transfer_order_changes (
    from_status text not null,
    to_status   text not null,
    primary key (from_status, to_status)
);
insert into transfer_order_changes values
    ('draft', 'awaiting_approval'), ('draft', 'scheduled'), ('draft', 'queued'), ('draft', 'cancelled'),
    ('awaiting_approval', 'scheduled'), ('awaiting_approval', 'queued'), ('awaiting_approval', 'rejected'), ('awaiting_approval', 'cancelled'),
    ('scheduled', 'queued'), ('scheduled', 'cancelled'),
    ('queued', 'in_progress'), ('queued', 'cancelled'),
    ('in_progress', 'queued'), ('in_progress', 'draft'), ('in_progress', 'completed'), ('in_progress', 'failed'),
    ('failed', 'draft'),
    ('completed', 'reversed');

-- Who executes an order, and how far it is. A row of its own: the long transaction of the
-- execution locks the order's. Without a foreign key, which would wait for that lock.
create table transfer_leases (
    order_id   bigint primary key,
    holder     uuid,                                           -- null = no worker has claimed it
    renewed_at timestamptz not null default clock_timestamp(), -- no heartbeat for ten seconds = the holder is dead
    asked_at   timestamptz not null default clock_timestamp(), -- when a job was last put into the queue
    phase      text not null default '',
    done       bigint not null default 0,
    total      bigint not null default 0
);

-- One open transfer per account: an order takes its accounts when it leaves draft and gives
-- them back when it ends.
create table open_transfers (
    customer_id bigint primary key references customers,
    order_id    bigint not null references transfer_orders
);
create index open_transfers_order on open_transfers (order_id);

-- Who was asked to agree before an order runs: a second person, or both distributors.
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

-- The key that a program gave an order is bound to it for its whole life.
create table transfer_keys (
    staff_id  bigint not null references staff,
    key       text not null,
    body_hash text not null,
    order_id  bigint references transfer_orders, -- null only inside the transaction that makes it
    primary key (staff_id, key)
);

-- What an order changed, up to 1,000 records a row. before and after hold one value for all
-- records, or one for each. column_name '' means the row itself: before null = it was created,
-- after null = it was removed (then the other side is its JSON).
create table transfer_ledger (
    id          bigint generated by default as identity primary key,
    order_id    bigint not null references transfer_orders,
    kind        text not null,
    column_name text not null,
    record_ids  bigint[] not null,
    first_id    bigint not null,
    last_id     bigint not null,
    before      text[] not null,
    after       text[] not null,
    check (cardinality(record_ids) between 1 and 1000),
    check (cardinality(before) in (1, cardinality(record_ids))),
    check (cardinality(after) in (1, cardinality(record_ids)))
);
create index transfer_ledger_order on transfer_ledger (order_id, kind, id);
create index transfer_ledger_record on transfer_ledger using gist (kind, int8range(first_id, last_id, '[]'));

create table transfer_reconciliation (
    id              bigint generated by default as identity primary key,
    order_id        bigint not null references transfer_orders,
    kind            text not null,
    currency        text not null,
    count_before    bigint not null,
    amount_before   numeric not null,
    count_declared  bigint not null,
    amount_declared numeric not null,
    count_after     bigint not null,
    amount_after    numeric not null,
    unique (order_id, kind, currency),
    constraint transfer_reconciliation_holds check (count_before + count_declared = count_after
                                                   and amount_before + amount_declared = amount_after)
);

-- The differences that a transfer declares: new memos, conversions, price changes.
create table transfer_differences (
    id       bigint generated by default as identity primary key,
    order_id bigint not null references transfer_orders,
    kind     text not null,
    currency text not null,
    reason   text not null,
    count    bigint not null,
    amount   numeric not null
);
create index transfer_differences_order on transfer_differences (order_id);

-- The proof of the control accounts that is kept with an order: per side, role and currency
-- ledger and sub-ledger before and after, and by how much their difference was to change.
create table transfer_books (
    id                bigint generated by default as identity primary key,
    order_id          bigint not null references transfer_orders,
    side              text not null check (side in ('source', 'target')),
    customer_id       bigint not null references customers,
    distributor_id    bigint not null references distributors,
    role              text not null check (role in ('receivable', 'deferred_revenue')),
    currency          text not null references currencies,
    ledger_before     numeric not null,
    sub_ledger_before numeric not null,
    declared          numeric not null,
    ledger_after      numeric not null,
    sub_ledger_after  numeric not null,
    unique (order_id, side, role, currency),
    constraint transfer_books_holds check (ledger_before - sub_ledger_before + declared = ledger_after - sub_ledger_after)
);

create table transfer_events (
    id         bigint generated by default as identity primary key,
    order_id   bigint not null references transfer_orders,
    at         timestamptz not null default clock_timestamp(),
    actor_id   bigint references staff,
    actor_name text not null default '',
    event      text not null,
    detail     text not null default ''
);
create index transfer_events_order on transfer_events (order_id, id);

-- ---------------------------------------------------------------------------------------------
-- Billing
-- ---------------------------------------------------------------------------------------------

-- Root documents carry their customer; everything else is owned through them or through a
-- subscription, so that a transfer rewrites as few rows as it can. In invoices and memos:
-- - buyer_* is what was printed when the document was issued; it never changes.
-- - claimed is the sum of the allocations to the document, settled the sum of what counts of
--   them (docs/domain.md 8.2). settled_status is the status that the document takes again
--   once enough counts: it was opened because too little does.
-- - issued_hash is the SHA-256 of number, issue date, currency, amount, buyer and lines, taken
--   once: when the document is issued, or first imported as issued (docs/domain.md 3.3). It is
--   null while the document is a draft, void, or an invoice without lines. A document is changed
--   since issue where issued_hash <> document_hash_invoice(i), and the same for memos. Due date,
--   status, restricted and the subscription of a line are not in it.
-- - amount_amended_after is the highest id of transfer_ledger when an import with an override
--   last changed the amount of the document or voided it: an order whose last ledger row is not
--   above it settled another amount.
create table invoices (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    number                 text not null,
    customer_id            bigint not null,
    issued_on              date not null,
    due_on                 date not null,
    currency               text not null,
    status                 text not null check (status in ('draft', 'open', 'paid', 'transferred', 'void')),
    restricted             text not null default '',
    total                  numeric not null default 0, -- sum of its lines, kept by trigger
    buyer_name             text not null default '',
    buyer_address          text not null default '',
    buyer_tax_id           text not null default '',
    settled                numeric not null default 0,
    account_distributor_id bigint not null,
    claimed                numeric not null default 0,
    settled_status         text,
    issued_hash            bytea,
    amount_amended_after   bigint,
    constraint invoices_customer foreign key (customer_id, currency) references customers (id, currency),
    constraint invoices_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index invoices_customer_id on invoices (customer_id);
create index invoices_number on invoices (number);
-- A preview looks for restricted documents and seldom finds one: this index, and the like of it
-- below, finds them without reading the account's documents. A transfer pays for it only where
-- it moves such a record.
create index invoices_restricted on invoices (customer_id) where restricted <> '';

create table subscription_charges (
    id              bigint generated by default as identity primary key,
    external_id     text unique,
    subscription_id bigint not null references subscriptions,
    kind            text not null default '',
    description     text not null default '',
    amount          numeric not null,
    period_start    date not null,
    period_end      date
);
create index subscription_charges_subscription on subscription_charges (subscription_id);

create table invoice_lines (
    id              bigint generated by default as identity primary key,
    external_id     text unique,
    invoice_id      bigint not null references invoices,
    subscription_id bigint references subscriptions,
    charge_id       bigint references subscription_charges,
    description     text not null default '',
    quantity        numeric not null default 1,
    unit_price      numeric not null default 0,
    amount          numeric not null,
    service_start   date,
    service_end     date
);
create index invoice_lines_invoice on invoice_lines (invoice_id);
create index invoice_lines_subscription on invoice_lines (subscription_id) where subscription_id is not null;
create index invoice_lines_charge on invoice_lines (charge_id) where charge_id is not null;

-- What a transfer's memo carries keeps its first origin through all hops: origin_*.
create table credit_memos (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    number                 text not null,
    customer_id            bigint not null,
    subscription_id        bigint references subscriptions,
    invoice_id             bigint references invoices,
    issued_on              date not null,
    amount                 numeric not null check (amount >= 0),
    currency               text not null,
    reason                 text not null default '',
    status                 text not null check (status in ('open', 'applied', 'transferred', 'void')),
    restricted             text not null default '',
    buyer_name             text not null default '',
    buyer_address          text not null default '',
    buyer_tax_id           text not null default '',
    allocated              numeric not null default 0,
    account_distributor_id bigint not null,
    refunded               numeric not null default 0,
    settled_status         text,
    purpose                text not null default '' check (purpose in ('', 'transfer', 'unused_term', 'running_term')),
    origin_kind            text check (origin_kind in ('invoice', 'debit_memo', 'payment', 'credit_memo')),
    origin_number          text,
    origin_issued_on       date,
    origin_distributor_id  bigint references distributors,
    issued_hash            bytea,
    amount_amended_after   bigint,
    constraint credit_memos_customer foreign key (customer_id, currency) references customers (id, currency),
    constraint credit_memos_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index credit_memos_customer_id on credit_memos (customer_id);
create index credit_memos_number on credit_memos (number);
create index credit_memos_invoice on credit_memos (invoice_id) where invoice_id is not null;
create index credit_memos_subscription on credit_memos (subscription_id) where subscription_id is not null;
create index credit_memos_restricted on credit_memos (customer_id) where restricted <> '';

create table debit_memos (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    number                 text not null,
    customer_id            bigint not null,
    subscription_id        bigint references subscriptions,
    issued_on              date not null,
    amount                 numeric not null check (amount >= 0),
    currency               text not null,
    reason                 text not null default '',
    status                 text not null check (status in ('open', 'applied', 'transferred', 'void')),
    restricted             text not null default '',
    buyer_name             text not null default '',
    buyer_address          text not null default '',
    buyer_tax_id           text not null default '',
    settled                numeric not null default 0,
    account_distributor_id bigint not null,
    claimed                numeric not null default 0,
    settled_status         text,
    purpose                text not null default '' check (purpose in ('', 'transfer', 'unused_term', 'running_term')),
    origin_kind            text check (origin_kind in ('invoice', 'debit_memo', 'payment', 'credit_memo')),
    origin_number          text,
    origin_issued_on       date,
    origin_distributor_id  bigint references distributors,
    due_on                 date,
    issued_hash            bytea,
    amount_amended_after   bigint,
    constraint debit_memos_customer foreign key (customer_id, currency) references customers (id, currency),
    constraint debit_memos_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index debit_memos_customer_id on debit_memos (customer_id);
create index debit_memos_number on debit_memos (number);
create index debit_memos_subscription on debit_memos (subscription_id) where subscription_id is not null;
create index debit_memos_restricted on debit_memos (customer_id) where restricted <> '';

create table payments (
    id                     bigint generated by default as identity primary key,
    external_id            text unique,
    customer_id            bigint not null,
    payment_method_id      bigint references payment_methods,
    received_on            date not null,
    amount                 numeric not null check (amount >= 0),
    currency               text not null,
    status                 text not null check (status in ('processing', 'requires_action', 'succeeded', 'failed')),
    allocated              numeric not null default 0,
    refunded               numeric not null default 0,
    account_distributor_id bigint not null,
    constraint payments_customer foreign key (customer_id, currency) references customers (id, currency),
    constraint payments_owner foreign key (customer_id, account_distributor_id)
        references customers (id, distributor_id) on update cascade
);
create index payments_customer_id on payments (customer_id);
create index payments_method on payments (payment_method_id) where payment_method_id is not null; -- a reversal removes methods
create index payments_under_way on payments (customer_id) where status in ('processing', 'requires_action');
create index payments_failed on payments (customer_id) where status = 'failed';

-- A refund pays money back, of a credit memo where it names one; a chargeback is money that
-- the payer's bank took back.
create table refunds (
    id             bigint generated by default as identity primary key,
    external_id    text unique,
    payment_id     bigint not null references payments,
    refunded_on    date not null,
    amount         numeric not null check (amount >= 0),
    status         text not null check (status in ('processing', 'succeeded', 'failed')),
    kind           text not null default 'refund' check (kind in ('refund', 'chargeback')),
    credit_memo_id bigint references credit_memos,
    constraint refunds_chargeback_names_no_memo check (kind = 'refund' or credit_memo_id is null)
);
create index refunds_payment on refunds (payment_id);
create index refunds_credit_memo on refunds (credit_memo_id) where credit_memo_id is not null;

-- Allocations settle an invoice or a debit memo; order_id names the transfer that wrote one.
-- An allocation counts only while its payment succeeded, or its credit memo is not void, as far
-- as no chargeback took it back, and as far as its document has room. handover_settle keeps in
-- counts how much of it does.
create table payment_allocations (
    id            bigint generated by default as identity primary key,
    payment_id    bigint not null references payments,
    invoice_id    bigint references invoices,
    debit_memo_id bigint references debit_memos,
    amount        numeric not null check (amount > 0),
    order_id      bigint,
    counts        numeric not null default 0,
    -- A transfer parts a failed payment that stays from a document that goes: what the payment
    -- asks of it counts for nothing, whatever becomes of the payment.
    parted        boolean not null default false,
    check (num_nonnulls(invoice_id, debit_memo_id) = 1),
    constraint payment_allocations_order foreign key (order_id) references transfer_orders
);
create index payment_allocations_payment on payment_allocations (payment_id);
create index payment_allocations_invoice on payment_allocations (invoice_id) where invoice_id is not null;
create index payment_allocations_debit_memo on payment_allocations (debit_memo_id) where debit_memo_id is not null;

create table credit_allocations (
    id             bigint generated by default as identity primary key,
    credit_memo_id bigint not null references credit_memos,
    invoice_id     bigint references invoices,
    debit_memo_id  bigint references debit_memos,
    amount         numeric not null check (amount > 0),
    order_id       bigint,
    counts         numeric not null default 0,
    check (num_nonnulls(invoice_id, debit_memo_id) = 1),
    constraint credit_allocations_order foreign key (order_id) references transfer_orders
);
create index credit_allocations_memo on credit_allocations (credit_memo_id);
create index credit_allocations_invoice on credit_allocations (invoice_id) where invoice_id is not null;
create index credit_allocations_debit_memo on credit_allocations (debit_memo_id) where debit_memo_id is not null;

create table usage_records (
    id              bigint generated by default as identity primary key,
    external_id     text unique,
    subscription_id bigint not null references subscriptions,
    resource_id     bigint references plan_resources,
    used_on         date not null,
    quantity        numeric not null,
    amount          numeric not null default 0,
    invoice_line_id bigint references invoice_lines
);
create index usage_records_subscription on usage_records (subscription_id);
create index usage_records_line on usage_records (invoice_line_id) where invoice_line_id is not null;
create index usage_records_resource on usage_records (resource_id) where resource_id is not null; -- a reversal removes resources

create table billing_schedules (
    id              bigint generated by default as identity primary key,
    external_id     text unique,
    subscription_id bigint not null references subscriptions,
    due_on          date not null,
    amount          numeric not null,
    invoice_id      bigint references invoices
);
create index billing_schedules_subscription on billing_schedules (subscription_id);
create index billing_schedules_invoice on billing_schedules (invoice_id) where invoice_id is not null;

create table revenue_schedules (
    id              bigint generated by default as identity primary key,
    external_id     text unique,
    subscription_id bigint not null references subscriptions,
    invoice_line_id bigint references invoice_lines,
    period_start    date not null,
    period_end      date,
    amount          numeric not null,
    recognized      boolean not null default false
);
create index revenue_schedules_subscription on revenue_schedules (subscription_id);
create index revenue_schedules_line on revenue_schedules (invoice_line_id) where invoice_line_id is not null;

-- ---------------------------------------------------------------------------------------------
-- The books: journal, charts of accounts, reconciliation
-- ---------------------------------------------------------------------------------------------

-- An entry with a source belongs to whoever owns the source; only one without carries a
-- customer itself. The sums of its lines are kept beside it by trigger, so that neither a count
-- of a customer's entries nor the ledger of an account needs a look at the lines. currency is
-- null where an entry has no lines, or lines in several currencies: its sums are then read from
-- the lines. Natural sides: receivable is debits less credits, the others credits less debits.
create table journal_entries (
    id             bigint generated by default as identity primary key,
    external_id    text unique,
    distributor_id bigint not null references distributors,
    customer_id    bigint references customers,
    posted_on      date not null,
    memo           text not null default '',
    source_kind    text check (source_kind in ('invoice', 'payment', 'refund', 'credit_memo', 'debit_memo', 'revenue_schedule')),
    source_id      bigint,
    restricted     text not null default '',
    debits         numeric not null default 0,
    currency       text references currencies,
    by_transfer    boolean not null default false, -- a transfer wrote it: it says nothing about which accounts the books keep
    on_receivable  numeric not null default 0,
    on_deferred    numeric not null default 0,
    on_revenue     numeric not null default 0,
    check ((source_kind is null) = (source_id is null)),
    constraint journal_entries_owned_once check (source_id is null or customer_id is null)
);
create index journal_entries_customer on journal_entries (customer_id) where customer_id is not null;
create index journal_entries_source on journal_entries (source_kind, source_id) where source_id is not null;
create index journal_entries_posted on journal_entries (distributor_id, posted_on);
create index journal_entries_restricted on journal_entries (id) where restricted <> '';
create index journal_entries_of_no_currency on journal_entries (id) where currency is null;
-- Entries that credit revenue to an account without saying for which schedule line.
create index journal_entries_unlinked on journal_entries (customer_id)
    where source_id is null and customer_id is not null and on_revenue > 0 and not by_transfer;

-- A transfer's lines on clearing and intercompany accounts name the other side, the order, and
-- the amount on the giving side with the rate that was applied to it.
create table journal_lines (
    id                          bigint generated by default as identity primary key,
    entry_id                    bigint not null references journal_entries,
    account                     text not null,
    debit                       numeric not null default 0 check (debit >= 0),
    credit                      numeric not null default 0 check (credit >= 0),
    currency                    text not null references currencies,
    order_id                    bigint references transfer_orders,
    counterparty_distributor_id bigint references distributors,
    counterparty_entity         text,
    original_amount             numeric,
    original_currency           text references currencies,
    rate                        numeric
);
create index journal_lines_entry on journal_lines (entry_id);
create index journal_lines_account on journal_lines (account);
create index journal_lines_order on journal_lines (order_id) where order_id is not null;
create index journal_lines_counterparty on journal_lines (counterparty_distributor_id) where counterparty_distributor_id is not null;

-- The ledger accounts that each distributor's entries use, the roles that they play in its
-- chart, and how many lines of entries that no transfer wrote use them. A transfer adds a row
-- where the account is new and locks none.
create table journal_accounts (
    distributor_id bigint not null references distributors,
    account        text not null,
    own_lines      bigint not null default 0,
    roles          text[] not null default '{}',
    primary key (distributor_id, account)
);

-- An entry that recognises several schedule lines names each with its amount; it has no source
-- and carries its customer. A transfer that leaves a schedule line's entry behind takes their
-- link away and ledgers it; a reversal brings it back with the id that it had.
create table recognition_lines (
    entry_id            bigint not null references journal_entries,
    revenue_schedule_id bigint not null references revenue_schedules,
    amount              numeric not null,
    id                  bigint generated by default as identity unique,
    primary key (entry_id, revenue_schedule_id)
);
create index recognition_lines_schedule on recognition_lines (revenue_schedule_id);

-- The chart of a distributor, where it differs from the usual one (the view chart_defaults): per
-- role the accounts that are checked, by the beginning of their names, and the account that
-- Handover posts to ('' = the one that the distributor's own entries use most).
create table chart_roles (
    distributor_id bigint not null references distributors,
    role           text not null check (role in ('receivable', 'deferred_revenue', 'revenue', 'clearing', 'due_from', 'due_to', 'cash')),
    accounts       text[] not null check (cardinality(accounts) > 0),
    posts_to       text not null default '',
    primary key (distributor_id, role)
);

-- The last check of the books of each distributor, what each reconciliation gave per currency,
-- and what differs. first_seen is the first check of an unbroken row of checks that saw the difference.
create table reconciliation_runs (
    distributor_id bigint primary key references distributors,
    checked_at     timestamptz not null,
    took           interval not null default '0'
);

create table reconciliation_results (
    distributor_id bigint not null references distributors,
    name           text not null,
    currency       text not null references currencies,
    checked        bigint not null,
    differing      bigint not null,
    difference     numeric not null,
    ok             boolean not null,
    since          date,
    first_seen     timestamptz,
    checked_at     timestamptz not null,
    primary key (distributor_id, name, currency)
);

create table reconciliation_items (
    id             bigint generated always as identity primary key,
    distributor_id bigint not null references distributors,
    name           text not null,
    currency       text not null references currencies,
    kind           text not null,
    record_id      bigint not null,
    other_id       bigint not null default 0,
    number         text not null,
    customer_id    bigint references customers,
    books          numeric not null,
    records        numeric not null,
    difference     numeric not null,
    differs        boolean not null,
    since          date,
    first_seen     timestamptz,
    checked_at     timestamptz not null,
    constraint reconciliation_items_once unique (distributor_id, name, currency, kind, record_id, other_id)
);

-- ---------------------------------------------------------------------------------------------
-- The audit log
-- ---------------------------------------------------------------------------------------------

create table audit_entries (
    id             bigint generated by default as identity primary key,
    at             timestamptz not null default clock_timestamp(),
    actor_id       bigint references staff,
    actor_name     text not null default '',
    distributor_id bigint references distributors,
    address        text not null default '',
    action         text not null,
    subject_kind   text not null default '',
    subject        text not null default '',
    order_id       bigint references transfer_orders,
    before         jsonb,
    after          jsonb
);
create index audit_entries_order on audit_entries (order_id) where order_id is not null;
create index audit_entries_subject on audit_entries (subject_kind, subject);
-- For the pages: by time, by who, by what.
create index audit_entries_at on audit_entries (at, id);
create index audit_entries_action on audit_entries (action, id);
create index audit_entries_about on audit_entries (lower(subject) text_pattern_ops);
create index audit_entries_distributor on audit_entries (distributor_id, id);
create index audit_entries_words on audit_entries
    using gin ((actor_name || ' ' || action || ' ' || subject || ' ' || address) gin_trgm_ops);

-- What was committed and has no place in the chain yet. A trigger fills it in the transaction
-- of the entry itself, so one that commits late is not missed, and no transaction waits for
-- another.
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

-- How far the chain goes. A sealer holds this row.
create table audit_head (
    only_row  boolean primary key default true check (only_row),
    count     bigint not null check (count >= 0),
    hash      bytea not null check (octet_length(hash) = 32),
    sealed_at timestamptz
);
insert into audit_head (count, hash) values (0, decode(repeat('00', 32), 'hex'));

-- ---------------------------------------------------------------------------------------------
-- Mail
-- ---------------------------------------------------------------------------------------------

-- Mails, written in the transaction that causes them: about an order, or to a staff member.
-- attempts counts every hand-over to the mail server, failures those that failed since a person
-- last said Resend. secret is the address in a mail that opens something: no body holds it, and
-- it is forgotten when the mail was sent or the address is dead.
create table outbox (
    id              bigint generated by default as identity primary key,
    order_id        bigint references transfer_orders,
    brand_id        bigint references brands,
    sender          text not null default '',
    recipient       text not null,
    subject         text not null,
    body_text       text not null,
    body_html       text not null default '',
    message_id      text not null unique,
    state           text not null default 'waiting' check (state in ('waiting', 'sending', 'sent', 'failed', 'unconfirmed')),
    created_at      timestamptz not null default now(),
    attempts        int not null default 0,
    failures        int not null default 0,
    last_error      text not null default '',
    next_attempt_at timestamptz not null default now(),
    sending_at      timestamptz,
    sent_at         timestamptz,
    staff_id        bigint references staff,
    secret          text not null default '',
    has_secret      boolean not null generated always as (secret <> '') stored,
    constraint outbox_sending check ((state = 'sending') = (sending_at is not null)),
    constraint outbox_sent check ((state = 'sent') = (sent_at is not null))
);
create index outbox_order on outbox (order_id);
create index outbox_staff on outbox (staff_id) where staff_id is not null;
create index outbox_due on outbox (next_attempt_at) where state = 'waiting';
create index outbox_under_way on outbox (sending_at) where state = 'sending';

-- The mail holds a random token, the row its SHA-256. One link of a purpose at a time.
create table staff_links (
    token_hash bytea primary key,
    staff_id   bigint not null references staff,
    purpose    text not null check (purpose in ('invitation', 'reset')),
    outbox_id  bigint not null references outbox,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    unique (staff_id, purpose)
);
create index staff_links_expires on staff_links (expires_at);

-- What mails about transfers say, where a brand does not use the words of Handover.
create table mail_templates (
    brand_id   bigint not null references brands,
    kind       text not null,
    subject    text not null check (subject <> ''),
    body       text not null check (body <> ''),
    changed_at timestamptz not null default now(),
    primary key (brand_id, kind)
);

-- Which mails about transfers a person wants, where that differs from the default.
create table mail_preferences (
    staff_id bigint not null references staff,
    kind     text not null,
    wanted   boolean not null,
    primary key (staff_id, kind)
);

-- ---------------------------------------------------------------------------------------------
-- Webhooks and the queue
-- ---------------------------------------------------------------------------------------------

-- Addresses of programs that get the events of orders. The secret that signs the messages is
-- sealed with a key that is not in the database; after a rotation the former one signs beside
-- it for a while.
create table webhook_endpoints (
    id               bigint generated always as identity primary key,
    distributor_id   bigint not null references distributors,
    url              text not null check (url <> ''),
    description      text not null default '',
    events           text[] not null check (events <> '{}'),
    secret           bytea not null default '',
    old_secret       bytea,
    old_secret_until timestamptz,
    status           text not null default 'enabled' check (status in ('enabled', 'disabled', 'removed')),
    reason           text not null default '',  -- why Handover disabled it
    failing_since    timestamptz,               -- it has taken no message since
    created_at       timestamptz not null default now(),
    check ((old_secret is null) = (old_secret_until is null))
);
create index webhook_endpoints_distributor on webhook_endpoints (distributor_id);

-- The messages to them, written in the transaction of the event. A row is its own place in the
-- queue: next_attempt_at is when it is sent, or sent again.
create table webhook_deliveries (
    id              bigint generated always as identity primary key,
    endpoint_id     bigint not null references webhook_endpoints,
    -- The same in each attempt and replay. Made here, for messages about orders and for tests.
    message_id      text not null default 'msg_' || replace(gen_random_uuid()::text, '-', ''),
    event           text not null,
    order_id        bigint references transfer_orders, -- null: a test
    subscription_id bigint references subscriptions,
    occurred_at     timestamptz not null,
    payload         text,                      -- what was sent first, and is sent again
    status          text not null default 'waiting' check (status in ('waiting', 'delivered', 'failed')),
    attempts        int not null default 0,
    failures        int not null default 0,    -- since a person last asked for it
    next_attempt_at timestamptz not null,
    answered        int not null default 0,    -- the last HTTP status, 0 = none
    last_error      text not null default '',
    delivered_at    timestamptz,
    constraint webhook_deliveries_delivered check ((status = 'delivered') = (delivered_at is not null))
);
create index webhook_deliveries_due on webhook_deliveries (next_attempt_at) where status = 'waiting';
create index webhook_deliveries_endpoint on webhook_deliveries (endpoint_id, id);

-- River's own migrator made the tables river_* before these files ran. River looks for due jobs
-- all the time; no query looks up jobs by their content.
drop index if exists river_job_args_index, river_job_metadata_index;
