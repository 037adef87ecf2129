-- Prices of what is not billed yet follow the subscription's price: an amount is multiplied by
-- new price / old price, taken exactly and rounded once.
-- +goose Up
-- +goose StatementBegin
create function ratio_half_even(n numeric, d numeric, decimals int) returns numeric language sql immutable parallel safe as
$$ select round((div(abs(n) * power(10::numeric, decimals), abs(d))
           + case when 2 * mod(abs(n) * power(10::numeric, decimals), abs(d)) > abs(d)
                    or 2 * mod(abs(n) * power(10::numeric, decimals), abs(d)) = abs(d)
                       and mod(div(abs(n) * power(10::numeric, decimals), abs(d)), 2) = 1 then 1 else 0 end)
          * sign(n) * sign(d) / power(10::numeric, decimals), decimals) $$;
-- +goose StatementEnd

-- +goose Down
drop function ratio_half_even;
