-- What a transfer carried to an account is applied once nothing of it is open, whoever pays it
-- (docs/domain.md, "What settles a document"): no feed knows these memos, so the settlement closes them.
-- Those that transfers wrote before remember it from here on; one that is settled already closes at once.
-- +goose Up
update debit_memos set settled_status = 'applied'
where purpose = 'transfer' and status = 'open' and settled_status is null and amount > 0 and id in (
    select unnest(record_ids) from transfer_ledger where kind = 'debit_memo' and column_name = '' and before[1] is null);
update credit_memos set settled_status = 'applied'
where purpose = 'transfer' and status = 'open' and settled_status is null and amount > 0 and id in (
    select unnest(record_ids) from transfer_ledger where kind = 'credit_memo' and column_name = '' and before[1] is null);

-- +goose Down
select 1;
