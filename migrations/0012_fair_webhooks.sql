-- +goose Up
-- Back-off per endpoint: after a failure nothing is sent to it before retry_at. failures counts
-- those since it last took a message; several at one moment are one.
alter table webhook_endpoints add column failures int not null default 0 check (failures >= 0),
    add column retry_at timestamptz;

-- Each endpoint is asked for what is due at it; tests go first and are counted by the hour.
drop index webhook_deliveries_due;
create index webhook_deliveries_waiting on webhook_deliveries (endpoint_id, next_attempt_at)
    where status = 'waiting' and event <> 'test';
create index webhook_deliveries_tests on webhook_deliveries (endpoint_id, occurred_at) where event = 'test';

-- Enabling an endpoint, and asking for a message again, begin anew.
grant update (failures, retry_at) on webhook_endpoints to handover_app;
