package exchange_test

import (
	"strings"
	"testing"

	"handover/internal/testdb"
)

// A check constraint refuses each of these rows, and internal/db has no sentence for it: an
// import must find the mistake before.
func TestImportFindsWhatCheckConstraintsRefuse(t *testing.T) {
	t.Parallel()
	pool, base := testdb.New(t), small(t)
	if _, got := try(t, pool, base); len(got) > 0 {
		t.Fatal(got)
	}
	for _, m := range []struct{ constraint, file, before, after, want string }{
		{"terms_check", "terms.csv", "t2,d2,,,t1,", "t2,d2,,,t2,", "derived_from: the terms document refers to itself"},
		{
			"subscription_continuations_check", "subscription_continuations.csv", "s4,s5", "s4,s4",
			"continuation_id: the subscription refers to itself",
		},
		{"plans_check", "plans.csv", "p1,d1,,", "p1,d1,p1,", "delegated_from: the plan refers to itself"},
		{
			"customers_check", "customers.csv", "CRM-1,false,,", "CRM-1,false,c1,",
			"parent_customer_id: the customer refers to itself",
		},
		{
			"customers_check1", "account_successors.csv", "c5,c1,", "c5,c5,",
			"successor_customer_id: the customer refers to itself",
		},
		{
			"customers_successor", "customers.csv", "false,,active,2024-01-03", "false,,merged,2024-01-03",
			"status: the status merged needs a line of this kind in account_successors.csv",
		},
		{"former_ids_value_check", "former_ids.csv", "crm_id,CRM-0", "crm_id,", "value: a value is required here"},
		{
			"journal_entries_check", "journal_entries.csv", ",invoice,", ",,",
			"source_id: source_kind and source_id are either both filled or both empty",
		},
		{"payments_amount_check", "payments.csv", "15.00", "-15.00", `amount: "-15.00" is less than 0`},
	} {
		_, got := try(t, pool, base.edit(t, m.file, m.before, m.after).only(m.file))
		if len(got) != 1 || !strings.HasSuffix(got[0], ": "+m.want) {
			t.Errorf("%s: the import says %q, want %q", m.constraint, got, m.want)
		}
	}
}
