-- +goose Up
-- The control settings of a reseller's distributor that the provider locked: only the provider's
-- people loosen them.
alter table distributors add column locked_settings text[] not null default '{}'
    constraint distributors_locked_settings check (locked_settings <@ '{approvals,second_factor}');
