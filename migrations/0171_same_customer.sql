-- Finds who is the same customer at another distributor: tax ids are compared without
-- spaces, dots and case, email addresses without case (docs/domain.md, DUPLICATE_AT_TARGET).
-- +goose Up
-- +goose StatementBegin
create function tax_key(tax_id text) returns text language sql immutable parallel safe as
$$ select regexp_replace(upper(tax_id), '[^[:alnum:]]', '', 'g') $$;
-- +goose StatementEnd
create index customers_tax_key on customers (distributor_id, tax_key(tax_id)) where tax_id <> '';
create index customers_email_key on customers (distributor_id, lower(email)) where email <> '';

-- +goose Down
drop index customers_email_key, customers_tax_key;
drop function tax_key;
