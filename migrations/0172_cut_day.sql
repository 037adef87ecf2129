-- The cut day of an order (docs/domain.md, "The running term"): service from that day on
-- that is billed already is what the preview shows as prepaid. It is kept when the order is
-- submitted and used when it runs, whatever the day.
-- +goose Up
alter table transfer_orders add column cut_on date;
-- +goose Down
alter table transfer_orders drop column cut_on;
