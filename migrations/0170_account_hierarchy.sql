-- The hierarchy of accounts (docs/domain.md, "Account hierarchy"): no account is its own
-- ancestor, and a parent has the same distributor. The check waits for the end of the
-- transaction, since several changes may together be right, and takes a lock there, since
-- two transactions may together make a loop that neither of them sees.
-- +goose Up
-- +goose StatementBegin
create function customers_hierarchy() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    account record;
    loop_of text;
begin
    perform pg_advisory_xact_lock(hashtext('customers_hierarchy'));
    for account in
        select number_of('C', c.id) || ' (' || c.name || ')' as child, number_of('C', p.id) || ' (' || p.name || ')' as parent,
               cd.name as child_seller, pd.name as parent_seller
        from customers c join customers p on p.id = c.parent_customer_id
        join distributors cd on cd.id = c.distributor_id join distributors pd on pd.id = p.distributor_id
        where (c.id = new.id or c.parent_customer_id = new.id) and c.distributor_id <> p.distributor_id
        order by c.id limit 1
    loop
        raise exception 'Account % belongs to %, its parent account % to %. A parent account must belong to the same distributor.',
            account.child, account.child_seller, account.parent, account.parent_seller
            using errcode = 'check_violation', constraint = 'customers_hierarchy';
    end loop;
    with recursive up as (
        select c.parent_customer_id as id, array[c.id] as path from customers c where c.id = new.id
        union all
        select c.parent_customer_id, u.path || c.id from up u join customers c on c.id = u.id where u.id <> all(u.path))
    select string_agg(number_of('C', c.id) || ' (' || c.name || ')', ', ' order by n.place) into loop_of
    from up u cross join lateral unnest(u.path || u.id) with ordinality as n(id, place) join customers c on c.id = n.id
    where u.id = new.id;
    if loop_of is not null then
        raise exception 'An account cannot be its own ancestor. Here each account has the next one as its parent: %.', loop_of
            using errcode = 'check_violation', constraint = 'customers_hierarchy';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger customers_hierarchy_added after insert on customers deferrable initially deferred
    for each row when (new.parent_customer_id is not null) execute function customers_hierarchy();
create constraint trigger customers_hierarchy_changed after update of parent_customer_id, distributor_id on customers deferrable initially deferred
    for each row when ((new.parent_customer_id, new.distributor_id) is distinct from (old.parent_customer_id, old.distributor_id))
    execute function customers_hierarchy();

-- +goose Down
drop trigger customers_hierarchy_changed on customers;
drop trigger customers_hierarchy_added on customers;
drop function customers_hierarchy;
