-- +goose Up
-- The lists of accounts and contracts filter by status and distributor and page by
-- id. Contracts are rewritten by the thousand in a transfer, so only the few in a
-- state that passes are indexed by it: the other states are found soon on any page.
create index customers_status on customers (status, id);
drop index customers_distributor;
create index customers_distributor on customers (distributor_id, id);
create index subscriptions_passing on subscriptions (status, id) where status not in ('active', 'cancelled', 'terminated');

-- +goose Down
drop index subscriptions_passing, customers_distributor, customers_status;
create index customers_distributor on customers (distributor_id);
