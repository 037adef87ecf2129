-- +goose Up
-- +goose StatementBegin
-- Row security, the second of the two walls (docs/security.md): the roles that the program acts
-- as, what each may do at all, and which rows pages see. The scope of the reader is a setting of
-- the transaction.
--
-- A policy reads (select handover_scope()) once a statement, not once a row. The row that owns
-- another is looked up by a scalar subselect: it costs an index probe and little planning, where
-- exists and in would be planned twice and read whole tables (docs/decisions/0010-two-walls.md).

-- ---------------------------------------------------------------------------------------------
-- Roles
-- ---------------------------------------------------------------------------------------------

-- handover_app is what a reseller's pages and actions act as, handover_provider what the
-- provider's do, handover_engine what moves rows once the accounts were found as one of the
-- others. None owns a table, none can sign in.
do $$
declare
    wanted text;
begin
    -- Roles belong to the whole cluster: another database may make them at this moment.
    foreach wanted in array array['handover_app', 'handover_provider', 'handover_engine'] loop
        if not exists (select 1 from pg_roles where rolname = wanted) then
            begin
                execute format('create role %I nologin', wanted);
            exception when duplicate_object or unique_violation then
                null;
            end;
        end if;
    end loop;
    for attempt in 1..20 loop
        begin
            if not pg_has_role('handover_provider', 'handover_app', 'member') then
                grant handover_app to handover_provider;
            end if;
            foreach wanted in array array['handover_app', 'handover_provider', 'handover_engine'] loop
                -- Since PostgreSQL 16 who made a role is its member without being able to act as it.
                if not pg_has_role(current_user, wanted, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
                    execute format('grant %I to current_user', wanted);
                end if;
            end loop;
            exit;
        exception when unique_violation or internal_error then -- "tuple concurrently updated"
            if attempt = 20 then
                raise;
            end if;
            perform pg_sleep(0.05);
        end;
    end loop;
exception when insufficient_privilege then
    raise exception 'The database user % may not create the roles that pages act as. Have an administrator of the database run, once: %',
        current_user, format('create role handover_app nologin; create role handover_engine nologin; create role handover_provider nologin in role handover_app; grant handover_app, handover_engine, handover_provider to %I;', current_user)
        using errcode = 'insufficient_privilege';
end $$;

grant usage on schema public to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- The sales channel
-- ---------------------------------------------------------------------------------------------

alter table brands enable row level security;
create policy brands_in_scope on brands to handover_app
    using ((select true from distributors d where d.brand_id = brands.id limit 1));
create policy brands_all on brands to handover_provider, handover_engine using (true);
alter table distributors enable row level security;
create policy distributors_in_scope on distributors to handover_app using (id = any((select handover_scope())::bigint[]));
create policy distributors_all on distributors to handover_provider, handover_engine using (true);
alter table plans enable row level security;
create policy plans_in_scope on plans to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy plans_all on plans to handover_provider, handover_engine using (true);
alter table plan_resources enable row level security;
create policy plan_resources_in_scope on plan_resources to handover_app using ((select true from plans p where p.id = plan_id));
create policy plan_resources_all on plan_resources to handover_provider, handover_engine using (true);
alter table terms enable row level security;
create policy terms_in_scope on terms to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy terms_all on terms to handover_provider, handover_engine using (true);

grant select on currencies, brands, distributors, plans, plan_resources, terms to handover_app, handover_engine;
grant insert, update, delete on plans, plan_resources, terms to handover_engine;
-- The engine writes the control settings of a distributor (setting_changes). Pages only lock the
-- row: no role can write a generated column.
grant update on distributors to handover_engine;
grant update (lockable) on distributors to handover_app;
grant usage on sequence brands_id_seq, distributors_id_seq, plans_id_seq, plan_resources_id_seq, terms_id_seq to handover_engine;
grant select on plan_roots, terms_roots to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Staff
-- ---------------------------------------------------------------------------------------------

-- People are added and changed outside of the walls, after they were found behind them. What
-- signs a person in (sessions, sign_in_attempts, recovery_codes, pending_sign_ins,
-- staff_subjects, single_sign_ons, reset_requests, api_tokens, api_requests) is read before we
-- know who it is, and no page reads it: the roles have no right to it.
alter table staff enable row level security;
create policy staff_in_scope on staff to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy staff_all on staff to handover_provider, handover_engine using (true);
alter table staff_origins enable row level security;
create policy staff_origins_in_scope on staff_origins to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_origins_all on staff_origins to handover_provider, handover_engine using (true);
alter table second_factors enable row level security;
create policy second_factors_in_scope on second_factors to handover_app using ((select true from staff s where s.id = staff_id));
create policy second_factors_all on second_factors to handover_provider, handover_engine using (true);
alter table staff_bells enable row level security;
create policy staff_bells_in_scope on staff_bells to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_bells_all on staff_bells to handover_provider, handover_engine using (true);
alter table setting_changes enable row level security;
create policy setting_changes_in_scope on setting_changes to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy setting_changes_all on setting_changes to handover_provider, handover_engine using (true);

-- Every column but password_hash.
grant select (id, distributor_id, email, name, role, status, created_at, last_sign_in_at) on staff to handover_app, handover_engine;
grant select on staff_origins to handover_app, handover_engine;
-- Pages see who has a second factor, and nothing else of it.
grant select (staff_id, confirmed_at) on second_factors to handover_app, handover_engine;
grant select, insert, update on staff_bells to handover_app;
grant select on staff_bells to handover_engine;
grant select on setting_changes to handover_app;
grant select, insert, update on setting_changes to handover_engine;
grant usage on sequence staff_id_seq, setting_changes_id_seq to handover_engine;

revoke execute on function handover_related, handover_answerers from public;
grant execute on function handover_related, handover_answerers to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Financial periods and exchange rates
-- ---------------------------------------------------------------------------------------------

alter table financial_periods enable row level security;
create policy financial_periods_in_scope on financial_periods to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy financial_periods_all on financial_periods to handover_provider, handover_engine using (true);

grant select on financial_periods, exchange_rates to handover_app, handover_engine;
grant insert, update on financial_periods, exchange_rates to handover_app;
grant update on financial_periods to handover_engine; -- to lock them
grant usage on sequence financial_periods_id_seq, exchange_rates_id_seq to handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Accounts and their contracts
-- ---------------------------------------------------------------------------------------------

alter table customers enable row level security;
create policy customers_in_scope on customers to handover_app using (distributor_id = any((select handover_scope())::bigint[]));
create policy customers_all on customers to handover_provider, handover_engine using (true);
alter table former_ids enable row level security;
create policy former_ids_in_scope on former_ids to handover_app using ((select true from customers c where c.id = customer_id));
create policy former_ids_all on former_ids to handover_provider, handover_engine using (true);
alter table contacts enable row level security;
create policy contacts_in_scope on contacts to handover_app using ((select true from customers c where c.id = customer_id));
create policy contacts_all on contacts to handover_provider, handover_engine using (true);
alter table payment_methods enable row level security;
create policy payment_methods_in_scope on payment_methods to handover_app
    using ((select true from customers c where c.id = customer_id));
create policy payment_methods_all on payment_methods to handover_provider, handover_engine using (true);
alter table terms_acceptances enable row level security;
create policy terms_acceptances_in_scope on terms_acceptances to handover_app
    using ((select true from customers c where c.id = customer_id));
create policy terms_acceptances_all on terms_acceptances to handover_provider, handover_engine using (true);
alter table service_users enable row level security;
create policy service_users_in_scope on service_users to handover_app
    using ((select true from customers c where c.id = customer_id));
create policy service_users_all on service_users to handover_provider, handover_engine using (true);
alter table subscriptions enable row level security;
create policy subscriptions_in_scope on subscriptions to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy subscriptions_all on subscriptions to handover_provider, handover_engine using (true);
alter table subscription_continuations enable row level security;
create policy subscription_continuations_in_scope on subscription_continuations to handover_app using (
    (select true from subscriptions s where s.id = subscription_continuations.subscription_id)
    or (select true from subscriptions s where s.id = continuation_id));
create policy subscription_continuations_all on subscription_continuations to handover_provider, handover_engine using (true);
alter table service_user_subscriptions enable row level security;
create policy service_user_subscriptions_in_scope on service_user_subscriptions to handover_app
    using ((select true from service_users u where u.id = service_user_id));
create policy service_user_subscriptions_all on service_user_subscriptions to handover_provider, handover_engine using (true);
alter table placed_orders enable row level security;
create policy placed_orders_in_scope on placed_orders to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy placed_orders_all on placed_orders to handover_provider, handover_engine using (true);

grant select on customers, former_ids, contacts, payment_methods, terms_acceptances, service_users, subscriptions,
    subscription_continuations, service_user_subscriptions, placed_orders to handover_app, handover_engine;
grant insert, update, delete on customers, former_ids, contacts, payment_methods, terms_acceptances, service_users, subscriptions,
    subscription_continuations, service_user_subscriptions, placed_orders to handover_engine;
grant update (search) on customers to handover_app; -- a generated column: pages lock the row
grant usage on sequence customers_id_seq, former_ids_id_seq, contacts_id_seq, payment_methods_id_seq, terms_acceptances_id_seq,
    service_users_id_seq, subscriptions_id_seq, subscription_continuations_id_seq, service_user_subscriptions_id_seq,
    placed_orders_id_seq to handover_engine;
grant select on owned_subscriptions to handover_app, handover_engine;

revoke execute on function handover_customers_like, handover_customers_called from public;
grant execute on function handover_customers_like, handover_customers_called to handover_app, handover_engine;
revoke execute on function handover_supplier from public;
grant execute on function handover_supplier to handover_app, handover_provider, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Transfer orders
-- ---------------------------------------------------------------------------------------------

-- A draft is its requester's side's until it is submitted.
alter table transfer_orders enable row level security;
create policy transfer_orders_in_scope on transfer_orders to handover_app using (
    case when status <> 'draft' then source_distributor_id = any((select handover_scope())::bigint[])
                or target_distributor_id = any((select handover_scope())::bigint[])
            else source_distributor_id = any((select handover_scope())::bigint[])
                and (requested_by is null or (select true from staff f where f.id = requested_by)) end);
create policy transfer_orders_all on transfer_orders to handover_provider, handover_engine using (true);
alter table transfer_leases enable row level security;
create policy transfer_leases_in_scope on transfer_leases to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_leases_all on transfer_leases to handover_provider, handover_engine using (true);
alter table open_transfers enable row level security;
create policy open_transfers_in_scope on open_transfers to handover_app
    using ((select true from customers c where c.id = customer_id));
create policy open_transfers_all on open_transfers to handover_provider, handover_engine using (true);
alter table transfer_approvals enable row level security;
create policy transfer_approvals_in_scope on transfer_approvals to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_approvals_all on transfer_approvals to handover_provider, handover_engine using (true);
alter table transfer_keys enable row level security;
create policy transfer_keys_in_scope on transfer_keys to handover_app using ((select true from staff s where s.id = staff_id));
create policy transfer_keys_all on transfer_keys to handover_provider, handover_engine using (true);
alter table transfer_ledger enable row level security;
create policy transfer_ledger_in_scope on transfer_ledger to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_ledger_all on transfer_ledger to handover_provider, handover_engine using (true);
alter table transfer_reconciliation enable row level security;
create policy transfer_reconciliation_in_scope on transfer_reconciliation to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_reconciliation_all on transfer_reconciliation to handover_provider, handover_engine using (true);
alter table transfer_differences enable row level security;
create policy transfer_differences_in_scope on transfer_differences to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_differences_all on transfer_differences to handover_provider, handover_engine using (true);
alter table transfer_books enable row level security;
create policy transfer_books_in_scope on transfer_books to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy transfer_books_all on transfer_books to handover_provider, handover_engine using (true);
alter table transfer_events enable row level security;
create policy transfer_events_in_scope on transfer_events to handover_app
    using ((select true from transfer_orders o where o.id = order_id));
create policy transfer_events_all on transfer_events to handover_provider, handover_engine using (true);

grant select on transfer_orders, transfer_leases, open_transfers, transfer_approvals, transfer_keys, transfer_ledger,
    transfer_reconciliation, transfer_differences, transfer_books, transfer_events to handover_app, handover_engine;
grant insert, update on transfer_orders to handover_app;
grant insert on transfer_keys, transfer_events to handover_app;
grant insert, update, delete on transfer_orders, transfer_leases, open_transfers, transfer_approvals, transfer_ledger,
    transfer_reconciliation, transfer_differences, transfer_events to handover_engine;
grant update on transfer_keys to handover_engine;
grant insert on transfer_books to handover_engine;
grant usage on sequence transfer_orders_id_seq, transfer_approvals_id_seq, transfer_ledger_id_seq, transfer_reconciliation_id_seq,
    transfer_differences_id_seq, transfer_events_id_seq to handover_engine;

revoke execute on function handover_ledger_of from public;
grant execute on function handover_ledger_of to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Billing
-- ---------------------------------------------------------------------------------------------

alter table invoices enable row level security;
create policy invoices_in_scope on invoices to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy invoices_all on invoices to handover_provider, handover_engine using (true);
alter table invoice_lines enable row level security;
create policy invoice_lines_in_scope on invoice_lines to handover_app
    using ((select true from invoices i where i.id = invoice_id));
create policy invoice_lines_all on invoice_lines to handover_provider, handover_engine using (true);
alter table credit_memos enable row level security;
create policy credit_memos_in_scope on credit_memos to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy credit_memos_all on credit_memos to handover_provider, handover_engine using (true);
alter table debit_memos enable row level security;
create policy debit_memos_in_scope on debit_memos to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy debit_memos_all on debit_memos to handover_provider, handover_engine using (true);
alter table payments enable row level security;
create policy payments_in_scope on payments to handover_app
    using (account_distributor_id = any((select handover_scope())::bigint[]));
create policy payments_all on payments to handover_provider, handover_engine using (true);
alter table refunds enable row level security;
create policy refunds_in_scope on refunds to handover_app using ((select true from payments p where p.id = payment_id));
create policy refunds_all on refunds to handover_provider, handover_engine using (true);
alter table payment_allocations enable row level security;
create policy payment_allocations_in_scope on payment_allocations to handover_app using (
    (select true from payments p where p.id = payment_id)
    or (select true from invoices i where i.id = invoice_id)
    or (select true from debit_memos m where m.id = debit_memo_id));
create policy payment_allocations_all on payment_allocations to handover_provider, handover_engine using (true);
alter table credit_allocations enable row level security;
create policy credit_allocations_in_scope on credit_allocations to handover_app using (
    (select true from credit_memos m where m.id = credit_memo_id)
    or (select true from invoices i where i.id = invoice_id)
    or (select true from debit_memos m where m.id = debit_memo_id));
create policy credit_allocations_all on credit_allocations to handover_provider, handover_engine using (true);

-- These are owned through the invoice that bills them, else through the subscription.
alter table subscription_charges enable row level security;
create policy subscription_charges_in_scope on subscription_charges to handover_app using (
    (select true from invoice_lines l where l.charge_id = subscription_charges.id limit 1)
    or (select true from subscriptions s where s.id = subscription_id) and not handover_charge_billed(id));
create policy subscription_charges_all on subscription_charges to handover_provider, handover_engine using (true);
alter table usage_records enable row level security;
create policy usage_records_in_scope on usage_records to handover_app using (
    (select true from invoice_lines l where l.id = invoice_line_id)
    or (select true from subscriptions s where s.id = subscription_id)
       and (invoice_line_id is null or not handover_line_billed(invoice_line_id)));
create policy usage_records_all on usage_records to handover_provider, handover_engine using (true);
alter table billing_schedules enable row level security;
create policy billing_schedules_in_scope on billing_schedules to handover_app using (
    (select true from invoices i where i.id = invoice_id)
    or (select true from subscriptions s where s.id = subscription_id)
       and (invoice_id is null or not handover_invoice_billed(invoice_id)));
create policy billing_schedules_all on billing_schedules to handover_provider, handover_engine using (true);
alter table revenue_schedules enable row level security;
create policy revenue_schedules_in_scope on revenue_schedules to handover_app using (
    (select true from invoice_lines l where l.id = invoice_line_id)
    or invoice_line_id is null and (select true from subscriptions s where s.id = subscription_id));
create policy revenue_schedules_all on revenue_schedules to handover_provider, handover_engine using (true);

grant select on invoices, subscription_charges, invoice_lines, credit_memos, debit_memos, payments, refunds, payment_allocations,
    credit_allocations, usage_records, billing_schedules, revenue_schedules to handover_app, handover_engine;
grant insert, update, delete on invoices, subscription_charges, invoice_lines, credit_memos, debit_memos, payments, refunds,
    payment_allocations, credit_allocations, usage_records, billing_schedules, revenue_schedules to handover_engine;
grant usage on sequence invoices_id_seq, subscription_charges_id_seq, invoice_lines_id_seq, credit_memos_id_seq, debit_memos_id_seq,
    payments_id_seq, refunds_id_seq, payment_allocations_id_seq, credit_allocations_id_seq, usage_records_id_seq,
    billing_schedules_id_seq, revenue_schedules_id_seq to handover_engine;
grant select on owned_subscription_charges, owned_usage_records, owned_billing_schedules, owned_revenue_schedules, owned_invoices,
    owned_invoice_lines, owned_payments, owned_refunds, owned_credit_memos, owned_debit_memos,
    open_documents, unapplied_credits, customer_balances to handover_app, handover_engine;

revoke execute on function handover_line_billed, handover_charge_billed, handover_invoice_billed from public;
grant execute on function handover_line_billed, handover_charge_billed, handover_invoice_billed to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- The books
-- ---------------------------------------------------------------------------------------------

alter table journal_entries enable row level security;
create policy journal_entries_in_scope on journal_entries to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy journal_entries_all on journal_entries to handover_provider, handover_engine using (true);
alter table journal_lines enable row level security;
create policy journal_lines_in_scope on journal_lines to handover_app
    using ((select true from journal_entries e where e.id = entry_id));
create policy journal_lines_all on journal_lines to handover_provider, handover_engine using (true);
alter table journal_accounts enable row level security;
create policy journal_accounts_in_scope on journal_accounts to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy journal_accounts_all on journal_accounts to handover_provider, handover_engine using (true);
alter table recognition_lines enable row level security;
create policy recognition_lines_in_scope on recognition_lines to handover_app
    using ((select true from journal_entries e where e.id = entry_id));
create policy recognition_lines_all on recognition_lines to handover_provider, handover_engine using (true);
alter table chart_roles enable row level security;
create policy chart_roles_in_scope on chart_roles to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy chart_roles_all on chart_roles to handover_provider, handover_engine using (true);
alter table reconciliation_runs enable row level security;
create policy reconciliation_runs_in_scope on reconciliation_runs to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy reconciliation_runs_all on reconciliation_runs to handover_provider, handover_engine using (true);
alter table reconciliation_results enable row level security;
create policy reconciliation_results_in_scope on reconciliation_results to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy reconciliation_results_all on reconciliation_results to handover_provider, handover_engine using (true);
alter table reconciliation_items enable row level security;
create policy reconciliation_items_in_scope on reconciliation_items to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy reconciliation_items_all on reconciliation_items to handover_provider, handover_engine using (true);

-- A chart of accounts is a control setting, too: the engine writes it.
grant select on journal_entries, journal_lines, journal_accounts, recognition_lines, chart_roles, reconciliation_runs,
    reconciliation_results, reconciliation_items to handover_app, handover_engine;
grant insert, update, delete on journal_entries, journal_lines, journal_accounts, recognition_lines, chart_roles, reconciliation_runs,
    reconciliation_results, reconciliation_items to handover_engine;
grant usage on sequence journal_entries_id_seq, journal_lines_id_seq to handover_engine;
grant select on owned_journal_entries, chart_defaults, chart_accounts, charts, account_roles, entry_sums, deferred_lines, recognitions,
    control_entries, entry_controls, book_differences, distributor_differences, receivable_documents, receivable_exceptions,
    control_pieces, status_misfits, clearing_lines, clearing_pairs to handover_app, handover_engine;

revoke execute on function handover_accounts_like from public;
grant execute on function handover_accounts_like to handover_app, handover_provider, handover_engine;
revoke execute on function handover_link_recognition from public;
grant execute on function handover_link_recognition to handover_engine;

-- ---------------------------------------------------------------------------------------------
-- The audit log
-- ---------------------------------------------------------------------------------------------

-- Entries are only read and added, each under the distributor of who did it. Only the owner
-- writes the chain. A seal is seen with its entry. The head counts the entries of all
-- distributors and is for those who see everything; what waits for its seal (audit_unsealed)
-- concerns the owner alone.
alter table audit_entries enable row level security;
create policy audit_entries_in_scope on audit_entries for select to handover_app using (
    distributor_id = any((select handover_scope())::bigint[])
    or (select true from transfer_orders o where o.id = order_id)
    or subject_kind = 'customer' and (select true from customers c
       where c.id = case when subject ~ '^C-[0-9]{1,18}$' then substr(subject, 3)::bigint end));
create policy audit_entries_add on audit_entries for insert to handover_app
    with check (distributor_id = any((select handover_scope())::bigint[]));
create policy audit_entries_all on audit_entries to handover_provider, handover_engine using (true);
alter table audit_seals enable row level security;
create policy audit_seals_in_scope on audit_seals for select to handover_app
    using ((select true from audit_entries e where e.id = entry_id));
create policy audit_seals_all on audit_seals for select to handover_provider, handover_engine using (true);

grant select on audit_entries to handover_app, handover_engine;
grant select on audit_seals to handover_app, handover_provider, handover_engine;
grant select on audit_head to handover_provider, handover_engine;
-- Whoever appends chooses neither the id nor the time.
grant insert (actor_id, actor_name, distributor_id, address, action, subject_kind, subject, order_id, before, after)
    on audit_entries to handover_app, handover_provider, handover_engine;
grant usage on sequence audit_entries_id_seq to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Mail
-- ---------------------------------------------------------------------------------------------

-- A mail is in the name of the distributor to whom its order goes, or for whom the person works.
-- What a link of a mail opens, and its hash, are no page's business.
alter table outbox enable row level security;
create policy outbox_in_scope on outbox to handover_app using (
    (select true from transfer_orders o where o.id = order_id and o.target_distributor_id = any((select handover_scope())::bigint[]))
    or (select true from staff s where s.id = staff_id));
create policy outbox_all on outbox to handover_provider, handover_engine using (true);
alter table staff_links enable row level security;
create policy staff_links_in_scope on staff_links to handover_app using ((select true from staff s where s.id = staff_id));
create policy staff_links_all on staff_links to handover_provider, handover_engine using (true);
alter table mail_templates enable row level security;
create policy mail_templates_in_scope on mail_templates to handover_app using ((select true from brands b where b.id = brand_id))
    with check (handover_brand_within(brand_id, (select handover_scope())));
create policy mail_templates_all on mail_templates to handover_provider, handover_engine using (true);
alter table mail_preferences enable row level security;
create policy mail_preferences_in_scope on mail_preferences to handover_app
    using ((select true from staff s where s.id = staff_id));
create policy mail_preferences_all on mail_preferences to handover_provider, handover_engine using (true);

-- Every column but secret.
grant select (id, order_id, brand_id, sender, recipient, subject, body_text, body_html, message_id, state, created_at, attempts, failures,
    last_error, next_attempt_at, sending_at, sent_at, staff_id, has_secret) on outbox to handover_app, handover_engine;
grant update (state, failures, next_attempt_at) on outbox to handover_app;
grant insert, update, delete on outbox to handover_engine;
grant select (staff_id, purpose, outbox_id, created_at, expires_at) on staff_links to handover_app, handover_engine;
grant select, insert, update, delete on mail_templates, mail_preferences to handover_app;
grant select on mail_templates, mail_preferences to handover_engine;
grant usage on sequence outbox_id_seq to handover_engine;

revoke execute on function handover_brand_within from public;
grant execute on function handover_brand_within to handover_app, handover_engine;

-- ---------------------------------------------------------------------------------------------
-- Webhooks and the queue
-- ---------------------------------------------------------------------------------------------

alter table webhook_endpoints enable row level security;
create policy webhook_endpoints_in_scope on webhook_endpoints to handover_app
    using (distributor_id = any((select handover_scope())::bigint[]));
create policy webhook_endpoints_all on webhook_endpoints to handover_provider, handover_engine using (true);
alter table webhook_deliveries enable row level security;
create policy webhook_deliveries_in_scope on webhook_deliveries to handover_app
    using ((select true from webhook_endpoints e where e.id = endpoint_id));
create policy webhook_deliveries_all on webhook_deliveries to handover_provider, handover_engine using (true);

grant select, insert, update on webhook_endpoints, webhook_deliveries to handover_app;
grant select on webhook_endpoints, webhook_deliveries to handover_engine;

revoke execute on function announce_webhooks from public;
grant execute on function announce_webhooks to handover_app, handover_engine;

-- The queue is the engine's: jobs are put into it by whoever has found the accounts. Putting a
-- job in also names what to do if it is there.
grant select, insert, update on river_job to handover_engine;
grant select on river_leader, river_queue, river_migration to handover_engine;
grant usage on sequence river_job_id_seq to handover_engine;
-- +goose StatementEnd
