package db_test

import (
	"testing"

	"handover/internal/testdb"
)

// Reasons for a foreign key without an index.
const (
	noDelete = "no statement deletes a row that it refers to, or reads by it"
	ofOrder  = "no order is deleted; rows are read by what they belong to"
	ofMoney  = "currencies are never deleted"
	ofStaff  = "staff members are never deleted, only withdrawn or disabled"
)

// unindexed are the foreign keys without an index that begins with their first column, each
// with the reason.
var unindexed = map[string]string{
	"audit_entries.actor_id":                      ofStaff,
	"credit_allocations.order_id":                 ofOrder,
	"credit_memos.carried_by":                     ofOrder,
	"credit_memos.counterparty_customer_id":       noDelete,
	"credit_memos.counterparty_distributor_id":    noDelete,
	"credit_memos.origin_distributor_id":          noDelete,
	"customers.currency":                          ofMoney,
	"debit_memos.carried_by":                      ofOrder,
	"debit_memos.counterparty_customer_id":        noDelete,
	"debit_memos.counterparty_distributor_id":     noDelete,
	"debit_memos.origin_distributor_id":           noDelete,
	"distributors.currency":                       ofMoney,
	"exchange_rates.to_currency":                  ofMoney,
	"exchange_rates.withdrawn_by":                 ofStaff,
	"journal_entries.carried_by":                  ofOrder,
	"journal_entries.counterparty_customer_id":    noDelete,
	"journal_entries.counterparty_distributor_id": noDelete,
	"journal_entries.currency":                    ofMoney,
	"journal_lines.currency":                      ofMoney,
	"journal_lines.original_currency":             ofMoney,
	"outbox.brand_id":                             noDelete,
	"payment_allocations.order_id":                ofOrder,
	"plans.currency":                              ofMoney,
	"reconciliation_items.currency":               ofMoney,
	"reconciliation_items.customer_id":            noDelete,
	"reconciliation_results.currency":             ofMoney,
	"setting_changes.answered_by":                 ofStaff,
	"setting_changes.requested_by":                ofStaff,
	"staff_links.outbox_id":                       "mails are never deleted; links are read by person or token",
	"staff_origins.from_id":                       ofStaff,
	"terms_acceptances.terms_id":                  "terms are never deleted; acceptances are read by account",
	"transfer_approvals.distributor_id":           noDelete,
	"transfer_approvals.staff_id":                 ofStaff,
	"transfer_books.currency":                     ofMoney,
	"transfer_books.customer_id":                  noDelete,
	"transfer_books.distributor_id":               "the policy compares the few rows of one order",
	"transfer_events.actor_id":                    ofStaff,
	"transfer_keys.order_id":                      ofOrder,
	"transfer_orders.reverses_id": "transfer_orders_reverses has the reversals that are under " +
		"way or happened; no other is looked for",
	"transfer_orders.source_distributor_id": "the policy compares it inside a case, which uses no index",
	"transfer_orders.target_distributor_id": "the policy compares it inside a case, which uses no index",
	"webhook_deliveries.order_id":           ofOrder,
	"webhook_deliveries.subscription_id":    noDelete,
}

// A delete, and each update of a key, looks for the rows that refer to it; policies and
// reversals read along the same columns. Without an index each look reads a whole table.
func TestEveryForeignKeyHasAnIndexOrAReason(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var keys []struct {
		Name    string `db:"name"`
		Indexed bool   `db:"indexed"`
	}
	// An index without the rows that are null serves as well: null refers to nothing.
	err := pool.SelectContext(t.Context(), &keys, `
		select t.relname || '.' || string_agg(a.attname, ',' order by k.place) as name, exists (
		    select 1 from pg_index i join pg_attribute first on first.attrelid = t.oid and first.attnum = f.conkey[1]
		    where i.indrelid = t.oid and i.indkey[0] = f.conkey[1]
		      and (i.indpred is null or pg_get_expr(i.indpred, t.oid) = '(' || first.attname ||
		           ' IS NOT NULL)')) as indexed
		from pg_constraint f join pg_class t on t.oid = f.conrelid
		cross join lateral unnest(f.conkey) with ordinality as k(attnum, place)
		join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
		where f.contype = 'f' and t.relnamespace = 'public'::regnamespace and t.relname not like 'river%'
		group by t.oid, t.relname, f.oid, f.conkey`)
	if err != nil || len(keys) < 100 {
		t.Fatalf("%d foreign keys, %v", len(keys), err)
	}
	without := map[string]bool{}
	for _, k := range keys {
		if k.Indexed {
			continue
		}
		without[k.Name] = true
		if unindexed[k.Name] == "" {
			t.Errorf("%s has no index that begins with its first column; add one or a reason", k.Name)
		}
	}
	for name := range unindexed {
		if !without[name] {
			t.Errorf("%s has an index, or is no foreign key; take it off the list", name)
		}
	}
}
