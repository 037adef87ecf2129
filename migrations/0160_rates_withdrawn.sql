-- +goose Up
-- A rate that differs a lot from the last one of its pair is kept with the reason that was
-- given for it. A withdrawn rate stays in the table, but is proposed no more; its pair, date
-- and source are free again for the right one.
alter table exchange_rates
    add column reason           text not null default '',
    add column withdrawn_at     timestamptz,
    add column withdrawn_by     bigint references staff,
    add column withdrawn_name   text not null default '',
    add column withdrawn_reason text not null default '',
    add constraint exchange_rates_withdrawn_with_reason check ((withdrawn_at is null) = (withdrawn_reason = ''));

alter table exchange_rates drop constraint exchange_rates_once;
create unique index exchange_rates_once on exchange_rates (from_currency, to_currency, on_date, source) where withdrawn_at is null;
create index exchange_rates_by_pair on exchange_rates (from_currency, to_currency, on_date);

-- +goose Down
drop index exchange_rates_by_pair;
drop index exchange_rates_once;
delete from exchange_rates where withdrawn_at is not null;
alter table exchange_rates
    add constraint exchange_rates_once unique (from_currency, to_currency, on_date, source),
    drop constraint exchange_rates_withdrawn_with_reason,
    drop column reason, drop column withdrawn_at, drop column withdrawn_by, drop column withdrawn_name, drop column withdrawn_reason;
