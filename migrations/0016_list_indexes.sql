-- +goose Up
-- Lists sort without regard to case, by every column that they show, and page by key.
drop index customers_name;
create index customers_name on customers (lower(name), id);
create index plans_name on plans (lower(name), id);
create index distributors_name on distributors (lower(name), id);
create index subscriptions_start on subscriptions (start_on, id);
create index subscriptions_end on subscriptions (coalesce(end_on, date '9999-12-31'), id);
drop index subscriptions_passing;
create index subscriptions_status on subscriptions (status, id);
create index subscriptions_quantity on subscriptions (quantity, id);
create index subscriptions_price on subscriptions (price, id);

-- The list of placed orders breaks ties by id * 2 + 1 (internal/order/list.go).
create index placed_orders_type on placed_orders (lower(type), (id * 2 + 1));
create index placed_orders_typed on placed_orders (type, placed_on);
create index placed_orders_status on placed_orders (status, (id * 2 + 1));
create index placed_orders_waiting on placed_orders (status, placed_on);
create index placed_orders_total on placed_orders (total, (id * 2 + 1));
create index placed_orders_number on placed_orders ((id * 2 + 1));
create index placed_orders_distributor on placed_orders (account_distributor_id, (id * 2 + 1));
