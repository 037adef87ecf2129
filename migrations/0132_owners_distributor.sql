-- What an account owns carries the distributor of the account, so that the second wall
-- looks at the row alone; it looked the owner up for every row that is listed or counted.
-- Nothing writes the column but these triggers, and nothing but the policies reads it.
-- +goose Up
-- +goose StatementBegin
create function handover_keep_distributor() returns trigger language plpgsql as $$
begin
    new.account_distributor_id := (select c.distributor_id from customers c where c.id = new.customer_id);
    return new;
end $$;
-- An account that changes its distributor takes all with it.
create function handover_tell_distributor() returns trigger language plpgsql as $$
declare
    owned text;
begin
    foreach owned in array tg_argv loop
        execute format('update %I set account_distributor_id = null where customer_id = $1', owned) using new.id;
    end loop;
    return null;
end $$;
do $$
declare
    owned text;
begin
    foreach owned in array array['subscriptions', 'placed_orders', 'invoices', 'payments', 'credit_memos', 'debit_memos'] loop
        execute format('alter table %I add account_distributor_id bigint', owned);
        execute format('update %I t set account_distributor_id = c.distributor_id from customers c where c.id = t.customer_id', owned);
        execute format('create trigger %I before insert or update of customer_id, account_distributor_id on %I
            for each row execute function handover_keep_distributor()', owned || '_distributor', owned);
        execute format('alter policy %I on %I using (account_distributor_id = any((select handover_scope())::bigint[]))', owned || '_in_scope', owned);
    end loop;
end $$;
-- +goose StatementEnd
create trigger customers_distributor after update of distributor_id on customers
    for each row when (old.distributor_id is distinct from new.distributor_id)
    execute function handover_tell_distributor('subscriptions', 'placed_orders', 'invoices', 'payments', 'credit_memos', 'debit_memos');

-- +goose Down
drop trigger customers_distributor on customers;
-- +goose StatementBegin
do $$
declare
    owned text;
begin
    foreach owned in array array['subscriptions', 'placed_orders', 'invoices', 'payments', 'credit_memos', 'debit_memos'] loop
        execute format('alter policy %I on %I using ((select true from customers c where c.id = customer_id))', owned || '_in_scope', owned);
        execute format('drop trigger %I on %I', owned || '_distributor', owned);
        execute format('alter table %I drop column account_distributor_id', owned);
    end loop;
end $$;
-- +goose StatementEnd
drop function handover_keep_distributor, handover_tell_distributor;
