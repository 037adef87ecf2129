-- +goose Up
-- The id of a row that is born here: the next one of the table's sequence whose
-- number no row of the table bears already as the id of an outside system, or as the
-- number of a document. next_id('customers', 'C')
-- +goose StatementBegin
create function next_id(records regclass, prefix text) returns bigint
language plpgsql as $$
declare
    numbered boolean := exists (select 1 from pg_attribute
                                where attrelid = records and attname = 'number' and not attisdropped);
    candidate bigint;
    taken     boolean;
begin
    loop
        candidate := nextval(pg_get_serial_sequence(records::text, 'id'));
        execute format('select exists (select 1 from %s where external_id = $1%s)', records,
                       case when numbered then ' or number = $1' else '' end)
            into taken using number_of(prefix, candidate);
        exit when not taken;
    end loop;
    return candidate;
end $$;
-- +goose StatementEnd

-- +goose Down
drop function next_id;
