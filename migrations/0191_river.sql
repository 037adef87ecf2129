-- River 0.51 brings a table that its driver for PostgreSQL does not use. No role of a page has a right to it.
-- +goose Up
revoke all on river_notification from handover_app, handover_provider, handover_engine;

-- +goose Down
select 1;
