-- +goose Up
-- An order is taken back once at a time: by one reversal that is under way or happened.
create unique index transfer_orders_reverses on transfer_orders (reverses_id)
    where reverses_id is not null and status in ('awaiting_approval', 'scheduled', 'queued', 'in_progress', 'completed', 'reversed');

-- The order through which a transfer stands: itself, or the last of its reversals, each
-- of which takes the one before back; null where it does not stand.
-- +goose StatementBegin
create function transfer_standing(transfer bigint) returns bigint language sql stable as $$
    with recursive line as (
        select o.id, o.status, 0 as depth from transfer_orders o where o.id = transfer
        union all
        select r.id, r.status, l.depth + 1 from line l join transfer_orders r on r.reverses_id = l.id and r.status in ('completed', 'reversed'))
    select id from line where status = 'completed' and depth % 2 = 0
$$;
-- +goose StatementEnd

-- +goose Down
drop function transfer_standing;
drop index transfer_orders_reverses;
