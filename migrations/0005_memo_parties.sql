-- What a transfer writes says in columns for whom it was written; the sentence is worded when it is shown, so that a
-- reader who does not see the other side reads "another distributor" (docs/domain.md, "Transfer to Another Distributor",
-- step 4). counterparty_name is the name that the other side had at that time. Rows that an import brought keep the text
-- that they came with.
-- +goose Up
alter table credit_memos
    add column carried text check (carried in ('to', 'from')),
    add column carried_by bigint references transfer_orders,
    add column counterparty_distributor_id bigint references distributors,
    add column counterparty_customer_id bigint references customers,
    add column counterparty_name text,
    add column carries text[],
    add column carries_more integer,
    add column takes_back text,
    add constraint credit_memos_carried check (num_nulls(carried, carried_by, counterparty_distributor_id, counterparty_name) in (0, 4));
alter table debit_memos
    add column carried text check (carried in ('to', 'from')),
    add column carried_by bigint references transfer_orders,
    add column counterparty_distributor_id bigint references distributors,
    add column counterparty_customer_id bigint references customers,
    add column counterparty_name text,
    add column carries text[],
    add column carries_more integer,
    add column takes_back text,
    add constraint debit_memos_carried check (num_nulls(carried, carried_by, counterparty_distributor_id, counterparty_name) in (0, 4));
comment on column credit_memos.carries is 'numbers of the documents whose balance it carries: at most 500, carries_more more';
comment on column debit_memos.carries is 'numbers of the documents whose balance it carries: at most 500, carries_more more';
comment on column credit_memos.takes_back is 'number of the memo that it takes back';
comment on column debit_memos.takes_back is 'number of the memo that it takes back';

-- counterparty_entity is null where both sides are one legal entity.
alter table journal_entries
    add column carried text check (carried in ('to', 'from')),
    add column carried_by bigint references transfer_orders,
    add column counterparty_distributor_id bigint references distributors,
    add column counterparty_customer_id bigint references customers,
    add column counterparty_name text,
    add column counterparty_entity text,
    add constraint journal_entries_carried check (num_nulls(carried, carried_by, counterparty_distributor_id, counterparty_name) in (0, 4));

-- An event of an order is a code (internal/order/messages.go) with its facts; detail is what a person wrote, or why the
-- program refused.
alter table transfer_events add column facts jsonb not null default '{}';
