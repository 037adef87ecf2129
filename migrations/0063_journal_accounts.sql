-- +goose Up
-- The journal is filtered by accounts. There are few of them: they are found one by one
-- along the index, and an account that no entry uses is known at once.
create index journal_lines_account on journal_lines (account);

-- +goose StatementBegin
create function handover_accounts_like(pattern text) returns setof text
language sql stable rows 20 security definer set search_path = public, pg_temp as $$
    with recursive known as (
        (select account from journal_lines order by account limit 1)
        union all
        select (select l.account from journal_lines l where l.account > k.account order by l.account limit 1) from known k where k.account is not null)
    select account from known where account ilike pattern
$$;
-- +goose StatementEnd
revoke execute on function handover_accounts_like from public;
grant execute on function handover_accounts_like to handover_app, handover_provider, handover_engine;

-- +goose Down
drop function handover_accounts_like;
drop index journal_lines_account;
