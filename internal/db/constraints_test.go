package db_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// cannotMeet are unique constraints that no two requests can violate, with the reason.
var cannotMeet = map[string]string{
	"api_tokens_token_hash_key": "tokens are random", "outbox_message_id_key": "message ids are random",
	"audit_seals_entry_id_key": "one sealer writes at a time", "customers_currency": "it contains the key",
	"customers_owner": "it contains the key", "recognition_lines_id_key": "generated",
	"subscription_continuations_id_key":                   "generated",
	"subscription_continuations_continuation_id_key":      "written under the locks of both accounts",
	"staff_links_staff_id_purpose_key":                    "written with on conflict",
	"staff_views_staff_id_list_name_key":                  "written with on conflict",
	"reconciliation_items_once":                           "one check of a distributor at a time",
	"transfer_approvals_order_id_kind_distributor_id_key": "written under the lock of the order",
	"transfer_books_order_id_side_role_currency_key":      "written under the lock of the order",
	"transfer_reconciliation_order_id_kind_currency_key":  "written under the lock of the order",
}

// TestEveryUniqueConstraintHasItsSentence: what two people do at one moment is explained to the
// second.
func TestEveryUniqueConstraintHasItsSentence(t *testing.T) {
	t.Parallel()
	everyOneIsDecided(t, "23505", cannotMeet, `
		select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
		where (i.indisunique or i.indisexclusion) and not i.indisprimary and t.relnamespace = 'public'::regnamespace
		  and t.relname not like 'river%'`)
}

// guarded are the check constraints that nothing a person enters can violate, by what keeps the
// values away from them. Names without a column are numbered by PostgreSQL.
var guarded = map[string]string{
	// Files: a column declares what it takes, and stage.go refuses a row that refers to itself.
	"exchange: choice() lists the values; the panel and the engine write constants": `
		credit_memos_origin_kind_check credit_memos_purpose_check credit_memos_status_check
		customers_status_check debit_memos_origin_kind_check debit_memos_purpose_check
		debit_memos_status_check distributors_status_check financial_periods_status_check
		former_ids_kind_check invoices_status_check journal_entries_source_kind_check
		payment_methods_status_check payments_status_check placed_orders_status_check
		plans_billing_period_check refunds_kind_check refunds_status_check subscriptions_billing_period_check
		subscriptions_status_check`,
	"exchange: positive() and notNegative(); the engine writes what it read": `
		credit_allocations_amount_check credit_memos_amount_check debit_memos_amount_check
		journal_lines_credit_check journal_lines_debit_check payment_allocations_amount_check
		payments_amount_check refunds_amount_check`,
	"exchange: a row that refers to itself is refused; the engine gives no record itself": `
		customers_check customers_check1 distributors_check plans_check subscription_continuations_check
		subscriptions_check terms_check`,
	"exchange: one of two references, both or none of two columns": `
		credit_allocations_check payment_allocations_check journal_entries_check`,
	"exchange: the rules missingSuccessor and wrongSuccession; lock.go keeps transfers away": `
		customers_check2 customers_successor`,
	"exchange: the rule chargebackOfMemo": `
		refunds_chargeback_names_no_memo`,
	"exchange: entries.go takes the customer of the source":               "journal_entries_owned_once",
	"exchange: the type of the column":                                    "brands_primary_color_check",
	"exchange: must(); a transfer keeps a CRM id only where there is one": "former_ids_value_check",
	// Forms, commands and the API.
	"billing.NewRate.check, and exchange: unalike and positive()": "exchange_rates_check exchange_rates_rate_check",
	"billing.WithdrawRate asks for a reason":                      "exchange_rates_withdrawn_with_reason",
	"billing.NewPeriod.check, and exchange: notBefore()":          "financial_periods_check",
	"identity: NewToken.check, and a constant": "api_tokens_label_check " +
		"api_tokens_per_minute_check api_tokens_end_within_a_year api_tokens_proof_check",
	"identity: Change.check of staff, and keepOrigin": "staff_role_check staff_origins_check",
	"emails.Kind.Check": "mail_templates_body_check " +
		"mail_templates_subject_check",
	"order.Desk.Reject asks for a reason":                       "transfer_approvals_check1 transfer_orders_rejected",
	"settings: checkChart, and Answerers without the requester": "chart_roles_accounts_check setting_changes_check2",
	"webhooks.Desk.check": "webhook_endpoints_events_check " +
		"webhook_endpoints_url_check",
	// States that the program alone writes, from constants.
	"audit.Seal": `
		audit_head_count_check audit_head_hash_check audit_head_only_row_check audit_seals_hash_check
		audit_seals_position_check audit_seals_previous_check`,
	"names.Problem, in forms, commands and imports": `
		api_tokens_label_is_a_name brands_name_is_a_name contacts_name_is_a_name customers_name_is_a_name
		distributors_legal_entity_is_a_name distributors_name_is_a_name payment_methods_label_is_a_name
		plan_resources_name_is_a_name plans_name_is_a_name staff_name_is_a_name terms_title_is_a_name
		webhook_endpoints_description_is_a_name`,
	"names.PersonProblem": "staff_name_not_reserved",
	"identity.SaveView and HideColumns": "staff_views_list_check staff_views_name_check " +
		"staff_views_query_check staff_columns_list_check",
	"identity.SaveStaffSettings takes what the lists of choices name": "staff_settings_date_style_check " +
		"staff_settings_number_style_check staff_settings_page_size_check",
	"notify.WriteLink writes a text below only with a link": "outbox_linked",
	"identity: the length of a salt is a constant":          "recovery_codes_salt_check",
	"migrations fill the table":                             "currencies_code_check currencies_minor_units_check",
	"notify.Sender":                                         "outbox_sending outbox_sent outbox_state_check",
	"identity writes constants": "sessions_proof_check staff_links_purpose_check " +
		"staff_origins_how_check staff_status_check",
	"settings: Lock writes names of Lockable": "distributors_locked_settings",
	"settings.Roles": "chart_roles_role_check",
	"settings: the table of states": "setting_changes_check setting_changes_check1 " +
		"setting_changes_status_check",
	"webhooks: Sender and the table of states": `
		webhook_deliveries_delivered webhook_deliveries_status_check webhook_endpoints_check
		webhook_endpoints_failures_check webhook_endpoints_status_check`,
	"order: the table of states, which docs and database are compared with": `
		transfer_approvals_answer_check transfer_approvals_check transfer_approvals_kind_check
		transfer_orders_audit_head transfer_orders_awaited transfer_orders_check transfer_orders_completed
		transfer_orders_failed transfer_orders_kind_check transfer_orders_scheduled transfer_orders_started
		transfer_orders_status_check`,
	"flow.WriteMemos and writeEntries write all columns of the other side; an import brings none": `
		credit_memos_carried credit_memos_carried_check debit_memos_carried debit_memos_carried_check
		journal_entries_carried journal_entries_carried_check`,
	"engine: the proof of a transfer. One that fails is a mistake of ours: the order fails with its own sentence": `
		transfer_books_holds transfer_reconciliation_holds transfer_books_role_check
		transfer_books_side_check transfer_ledger_check transfer_ledger_check1
		transfer_ledger_record_ids_check`,
}

// TestEveryCheckConstraintIsDecided: a new check constraint gets a sentence, or is guarded by
// the function that is named here.
func TestEveryCheckConstraintIsDecided(t *testing.T) {
	t.Parallel()
	excused := map[string]string{}
	for by, names := range guarded {
		for name := range strings.FieldsSeq(names) {
			if excused[name] != "" {
				t.Errorf("%s is guarded twice", name)
			}
			excused[name] = by
		}
	}
	everyOneIsDecided(t, "23514", excused, `
		select c.conname from pg_constraint c join pg_class t on t.oid = c.conrelid
		where c.contype = 'c' and t.relnamespace = 'public'::regnamespace and t.relname not like 'river%'
		union select 'customers_hierarchy'`)
}

// everyOneIsDecided checks that each constraint of the query either has a sentence or is excused,
// and that all which are excused exist.
func everyOneIsDecided(t *testing.T, state pqerror.Code, excused map[string]string, query string) {
	t.Helper()
	var names []string
	if err := testdb.New(t).SelectContext(t.Context(), &names, query); err != nil || len(names) < 30 {
		t.Fatalf("%d constraints (%v)", len(names), err)
	}
	for _, name := range names {
		got := db.Translate(&pq.Error{Code: state, Constraint: name, Message: "worded by the database"})
		if said := fault.CodeOf(got) == fault.Conflict; said == (excused[name] != "") {
			t.Errorf("%s: it has a sentence: %t, it is excused: %q", name, said, excused[name])
		}
	}
	for name := range excused {
		if !slices.Contains(names, name) {
			t.Errorf("there is no constraint %s", name)
		}
	}
}
