-- What the program says of an order is kept as a code with its facts and worded when it is shown (internal/ledger/messages.go,
-- internal/order/messages.go): why a sum changes, what an execution does, and why it ended without a result. Old rows get the
-- code that their sentence had. The sentences of refusals are kept as the facts of the code "refused", since the faults behind
-- them had no codes.
-- +goose Up
alter table transfer_differences add column facts jsonb not null default '{}';
with old as (select id, count, reason as text,
    regexp_match(reason, '^(?:from ([A-Z]{3}) )?at ([0-9.]+)$') as rate,
    regexp_match(reason, '^(?:from ([A-Z]{3}) )?at the new price ([0-9.]+) for ([0-9.]+)$') as price,
    regexp_match(reason, '^(?:back )?(?:into|from) ([A-Z]{3})(?:,|$)') as currency,
    regexp_match(reason, '^(?:memos? that takes? |the balance that )(?:([0-9]+) memos|(\S+))') as taken from transfer_differences),
coded as (select id,
    case when rate is not null or price is not null then 'converted'
         when text like 'into %' then 'into_currency'
         when text like 'back into %' then 'back_into_currency'
         when text like 'from %, at the new prices' then 'from_currency_at_new_prices'
         when text like 'from %, at the prices before' then 'from_currency_at_former_prices'
         when text like 'from %, the amounts before' then 'from_currency_former_amounts'
         when text = 'new prices per month' then 'new_prices'
         when text = 'prices per month as before' then 'former_prices'
         when text = 'the amounts before' then 'former_amounts'
         when text = 'entries that stay when their schedule lines move' then 'entries_stay'
         when text in ('memo that carries the balance', 'memos that carry the balance') then 'carrying_memos'
         when text in ('entry of that memo', 'entries of these memos') then 'memo_entries'
         when text like 'continuations,%' then 'continuations'
         when text like 'memo% back' then 'counter_memos'
         when text like 'the balance that % carried' then 'balance_taken_back'
         else text end as code,
    case when rate is not null then jsonb_build_object('currency', rate[1], 'rate', rate[2])
         when price is not null then jsonb_build_object('currency', price[1], 'price', price[2], 'before', price[3])
         when currency is not null then jsonb_build_object('currency', currency[1])
         when taken is not null and text like any(array['memo% back', 'the balance that % carried'])
         then jsonb_build_object('memos', taken[1]::int, 'memo', taken[2])
         else '{}' end as facts from old)
update transfer_differences d set reason = c.code, facts = jsonb_strip_nulls(c.facts) from coded c where c.id = d.id;

-- A phase is of an execution that runs, and none runs meanwhile.
alter table transfer_leases add column phase_kind text not null default '';
update transfer_leases set phase = '' where phase <> '';

alter table transfer_orders add column failure_facts jsonb not null default '{}';
update transfer_orders set failure = 'stopped' where failure like 'The transfer stopped before anything was changed.%';
update transfer_orders set failure = 'refused', failure_facts = jsonb_build_object('said', failure) where failure not in ('', 'stopped');
update transfer_events set detail = '', facts = facts || jsonb_build_object('failure', case
    when detail like 'The transfer stopped before anything was changed.%' then jsonb_build_object('code', 'stopped', 'facts', '{}'::jsonb)
    when event = 'back_to_draft' and detail like 'The data changed since the preview.%' then jsonb_build_object('code', 'preview_stale', 'facts', '{}'::jsonb)
    else jsonb_build_object('code', 'refused', 'facts', jsonb_build_object('said', detail)) end)
where event in ('failed', 'back_to_draft') and detail <> '';
