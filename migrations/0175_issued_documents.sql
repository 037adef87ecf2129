-- An issued document keeps what was printed on it (books.md 3 and 4; docs/domain.md, "Issued documents").
-- issued_hash is the SHA-256 of its number, issue date, currency, amount, buyer and lines, taken once: when the
-- document is issued, or first imported as issued. It is null while the document is a draft, void, or an invoice
-- without lines. Nothing takes it again: a document is changed since issue where
--     issued_hash <> document_hash_invoice(i)   (document_hash_credit_memo(m), document_hash_debit_memo(m))
-- Due date, status, restricted and the subscription of a line are not in it.
-- amount_amended_after is the highest id of transfer_ledger when an import with an override last changed the amount of
-- the document or voided it: an order whose last ledger row is not above it settled another amount.
-- +goose Up
alter table invoices add column issued_hash bytea, add column amount_amended_after bigint;
alter table credit_memos add column issued_hash bytea, add column amount_amended_after bigint;
alter table debit_memos add column issued_hash bytea, add column amount_amended_after bigint;

-- The statuses of an issued document: open, paid, applied and transferred.
create function document_issued(status text) returns boolean language sql immutable parallel safe as $$
    select $1 not in ('draft', 'void')
$$;

-- The one hash. The parts are written as a JSON array, so that none can run into the next, and amounts without
-- trailing zeros: 10 and 10.00 are one amount.
create function document_hash(number text, issued_on date, currency text, amount numeric,
    buyer_name text, buyer_address text, buyer_tax_id text, lines text) returns bytea language sql stable parallel safe as $$
    select sha256(convert_to(json_build_array($1, $2, $3, trim_scale($4), $5, $6, $7, $8)::text, 'UTF8'))
$$;

-- The lines count in no order. An invoice without lines has no hash.
create function document_hash_invoice(document invoices) returns bytea language sql stable parallel safe as $$
    select case when count(*) > 0 then document_hash(
        document.number, document.issued_on, document.currency, sum(l.amount),
        document.buyer_name, document.buyer_address, document.buyer_tax_id,
        string_agg(x.line, e'\n' order by x.line collate "C")) end
    from invoice_lines l cross join lateral (select json_build_array(
        l.description, trim_scale(l.quantity), trim_scale(l.unit_price), trim_scale(l.amount),
        l.service_start, l.service_end)::text as line) x
    where l.invoice_id = document.id
$$;
create function document_hash_credit_memo(document credit_memos) returns bytea language sql stable parallel safe as $$
    select document_hash(document.number, document.issued_on, document.currency, document.amount,
        document.buyer_name, document.buyer_address, document.buyer_tax_id, '')
$$;
create function document_hash_debit_memo(document debit_memos) returns bytea language sql stable parallel safe as $$
    select document_hash(document.number, document.issued_on, document.currency, document.amount,
        document.buyer_name, document.buyer_address, document.buyer_tax_id, '')
$$;

-- +goose StatementBegin
create function invoices_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_invoice(new);
    return new;
end $$;
create function credit_memos_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_credit_memo(new);
    return new;
end $$;
create function debit_memos_issue() returns trigger language plpgsql as $$
begin
    new.issued_hash := document_hash_debit_memo(new);
    return new;
end $$;
-- +goose StatementEnd
-- The total of an invoice is kept by a statement that comes after its lines were written: they are all there then.
create trigger invoices_issue before update of status, total on invoices
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function invoices_issue();
create trigger credit_memos_issue before insert or update of status on credit_memos
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function credit_memos_issue();
create trigger debit_memos_issue before insert or update of status on debit_memos
    for each row when (new.issued_hash is null and document_issued(new.status)) execute function debit_memos_issue();

update invoices i set issued_hash = document_hash_invoice(i) where document_issued(i.status);
update credit_memos m set issued_hash = document_hash_credit_memo(m) where document_issued(m.status);
update debit_memos m set issued_hash = document_hash_debit_memo(m) where document_issued(m.status);

-- +goose Down
drop trigger invoices_issue on invoices;
drop trigger credit_memos_issue on credit_memos;
drop trigger debit_memos_issue on debit_memos;
drop function invoices_issue, credit_memos_issue, debit_memos_issue;
drop function document_hash_invoice, document_hash_credit_memo, document_hash_debit_memo, document_hash, document_issued;
alter table invoices drop column issued_hash, drop column amount_amended_after;
alter table credit_memos drop column issued_hash, drop column amount_amended_after;
alter table debit_memos drop column issued_hash, drop column amount_amended_after;
