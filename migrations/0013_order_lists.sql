-- +goose Up
-- The list of orders reads the newest days of both tables.
create index placed_orders_placed on placed_orders (placed_on);
create index transfer_orders_created on transfer_orders (((created_at at time zone 'UTC')::date));

-- +goose Down
drop index placed_orders_placed, transfer_orders_created;
