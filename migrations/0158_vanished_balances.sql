-- A balance that rounds to zero by the conversion opens nothing on the account that gains
-- (BALANCE_VANISHES): what one side posted then has no other side, and is no difference.
-- +goose Up
create or replace view clearing_pairs with (security_invoker = true) as
select p.order_id, p.distributor_id, p.other_id, p.currency, p.clears, p.own, p.others, p.difference, p.since, p.lines,
       (p.own = 0) <> (p.others = 0) and exists (
           -- a reversal takes back what the order that it reverses carried, at that order's rate;
           -- that may be a reversal itself
           with recursive line as (
               select o.id, o.reverses_id, o.request from transfer_orders o where o.id = p.order_id
               union all
               select r.id, r.reverses_id, r.request from line join transfer_orders r on r.id = line.reverses_id)
           select 1 from (select request ->> 'conversion_rate' as rate from line where reverses_id is null) q
           join distributors d on d.id = case when p.own = 0 then p.distributor_id else p.other_id end
           join currencies y on y.code = d.currency
           where q.rate <> '' and d.currency <> p.currency
             and round_half_even(abs(p.difference) * q.rate::numeric, y.minor_units) = 0) as vanished
from (
    select c.order_id, v.distributor_id, v.other_id, c.original_currency as currency, bool_or(c.clears) as clears,
           sum(v.own) as own, sum(v.others) as others, sum(v.own) + sum(v.others) as difference,
           min(c.posted_on) as since, count(*) as lines
    from clearing_lines c cross join lateral (
        select c.distributor_id, c.other_id, c.original as own, 0::numeric as others where c.distributor_id <> c.other_id
        union all
        select c.other_id, c.distributor_id, 0, c.original where c.distributor_id <> c.other_id
        union all
        select c.distributor_id, c.other_id, greatest(0, c.original), least(0, c.original) where c.distributor_id = c.other_id) v
    group by 1, 2, 3, 4) p;

-- +goose Down
-- +goose StatementBegin
do $$ begin raise exception 'This step does not go back: restore the backup from before the upgrade.'; end $$;
-- +goose StatementEnd
