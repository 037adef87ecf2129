-- +goose Up
-- The palette finds customers while one types. Under row-level security an index serves only
-- operators that cannot leak what they compare, and those of trigrams and of numeric are not among
-- them: these functions look the ids up with their index, within the scope that is given and never
-- beyond the transaction's own; the rows are then read under the policies. scope null is everything.

-- Customers whose name, email address, CRM id or external id is like the pattern; where there is none,
-- those that have nearly the longest word that was typed, of 300 of them the most similar first. It
-- is planned for each pattern: what nearly all have is found by reading a few rows, what few have along
-- the index.
-- +goose StatementBegin
create function handover_customers_alike(typed text, pattern text, scope bigint[], at_most int)
returns table (customer_id bigint, similar_only boolean)
language plpgsql stable rows 50 security definer set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
    found bigint;
    longest text;
begin
    return query select c.id, false from customers c
        where c.search ilike pattern and (scope is null or c.distributor_id = any(scope)) and (own is null or c.distributor_id = any(own))
        limit at_most;
    get diagnostics found = row_count;
    if found > 0 or char_length(typed) < 4 then
        return;
    end if;
    -- Not as a setting of the function: who does not own the server may not keep one of an extension.
    perform set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    longest := (select w from regexp_split_to_table(typed, '\s+') w order by char_length(w) desc, w limit 1);
    return query select s.id, true from (
        select c.id, c.name from customers c
        where longest <% c.search and (scope is null or c.distributor_id = any(scope)) and (own is null or c.distributor_id = any(own))
        limit 300) s
        order by word_similarity(typed, s.name) desc, s.id limit at_most;
end $$;
-- +goose StatementEnd

create index invoices_total on invoices (total);
create index credit_memos_amount on credit_memos (amount);
create index debit_memos_amount on debit_memos (amount);
create index payments_amount on payments (amount);

-- Invoices, memos and payments of exactly an amount, the newest first of each kind.
-- +goose StatementBegin
create function handover_documents_of(wanted numeric, scope bigint[], at_most int)
returns table (kind text, id bigint)
language plpgsql stable rows 20 security definer set search_path = public, pg_temp as $$
declare
    own bigint[] := case when current_setting('role') = 'handover_app' then handover_scope() end;
begin
    return query
        (select 'invoice', r.id from invoices r where r.total = wanted and (scope is null or r.account_distributor_id = any(scope)) and (own is null or r.account_distributor_id = any(own)) order by r.issued_on desc, r.id desc limit at_most)
        union all
        (select 'credit_memo', r.id from credit_memos r where r.amount = wanted and (scope is null or r.account_distributor_id = any(scope)) and (own is null or r.account_distributor_id = any(own)) order by r.issued_on desc, r.id desc limit at_most)
        union all
        (select 'debit_memo', r.id from debit_memos r where r.amount = wanted and (scope is null or r.account_distributor_id = any(scope)) and (own is null or r.account_distributor_id = any(own)) order by r.issued_on desc, r.id desc limit at_most)
        union all
        (select 'payment', r.id from payments r where r.amount = wanted and (scope is null or r.account_distributor_id = any(scope)) and (own is null or r.account_distributor_id = any(own)) order by r.received_on desc, r.id desc limit at_most);
end $$;
-- +goose StatementEnd

revoke execute on function handover_customers_alike, handover_documents_of from public;
grant execute on function handover_customers_alike, handover_documents_of to handover_app, handover_provider, handover_engine, handover_service;
