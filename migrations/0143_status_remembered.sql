-- A reversal gives a document the memory of its status back (docs/domain.md, "What settles a
-- document"): where it is settled by then, the status follows at once.
-- +goose Up
create trigger invoices_remember after update of settled_status on invoices for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.settled >= new.total)
    execute function handover_settle_changed();
create trigger debit_memos_remember after update of settled_status on debit_memos for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.settled >= new.amount)
    execute function handover_settle_changed();
create trigger credit_memos_remember after update of settled_status on credit_memos for each row
    when (new.status = 'open' and new.settled_status is not null and old.settled_status is null and new.allocated + new.refunded >= new.amount)
    execute function handover_settle_changed();

-- +goose Down
drop trigger invoices_remember on invoices;
drop trigger debit_memos_remember on debit_memos;
drop trigger credit_memos_remember on credit_memos;
