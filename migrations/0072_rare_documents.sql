-- +goose Up
-- What a preview looks for and seldom finds is found without reading the account's
-- documents. A transfer pays for these indexes only where it moves such a record.
create index invoices_restricted on invoices (customer_id) where restricted <> '';
create index debit_memos_restricted on debit_memos (customer_id) where restricted <> '';
create index credit_memos_restricted on credit_memos (customer_id) where restricted <> '';
create index journal_entries_restricted on journal_entries (id) where restricted <> '';
create index payments_under_way on payments (customer_id) where status in ('processing', 'requires_action');

-- +goose Down
drop index payments_under_way, journal_entries_restricted, credit_memos_restricted, debit_memos_restricted, invoices_restricted;
