package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/engine"
	"handover/internal/reconciliation"
	"handover/internal/testdb"
)

// remembered are the orders of a history, one line each.
func remembered(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var lines []string
	err := db.SelectContext(t.Context(), &lines, `
		select concat_ws(' ', number_of('TO', o.id), o.kind, o.status, c.name, t.name, o.requested_by_name,
		  o.created_at, o.completed_at, o.start_at, o.failure, o.reverses_id)
		from transfer_orders o join customers c on c.id = o.source_customer_id
		left join customers t on t.id = o.target_customer_id order by o.id`)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// withHistory is a database with the small demo data and its history.
func withHistory(t *testing.T) *sqlx.DB {
	t.Helper()
	db := testdb.Owner(t, testdb.New(t)) // as the command has it
	if _, err := Load(t.Context(), db, Small, today, nil); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := History(t.Context(), db, today); err != nil {
		t.Fatal(err)
	}
	t.Logf("the history took %s", time.Since(start).Round(time.Millisecond))
	return db
}

// TestHistory: orders in all states over twelve weeks, of generated customers only, after which
// everything can be verified; the same day gives the same orders.
func TestHistory(t *testing.T) {
	t.Parallel()
	db := withHistory(t)
	lines := remembered(t, db)
	if len(lines) < 55 || len(lines) > 70 {
		t.Errorf("%d orders", len(lines))
	}
	least := map[string]int{
		"completed": 30, "reversed": 3, "scheduled": 3, "awaiting_approval": 3, "rejected": 2, "cancelled": 2,
		"failed": 2, "draft": 4,
	}
	var states []struct {
		Status string `db:"status"`
		N      int    `db:"n"`
	}
	if err := db.SelectContext(t.Context(), &states, `select status, count(*) as n from transfer_orders
		group by 1`); err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		if s.N < least[s.Status] || least[s.Status] == 0 {
			t.Errorf("%d orders are %s, want %d", s.N, s.Status, least[s.Status])
		}
		delete(least, s.Status)
	}
	if len(least) > 0 {
		t.Errorf("no order is any of %v", least)
	}
	for what, query := range map[string]string{
		"handed back": `select count(*) from transfer_orders where status = 'draft'
			and submitted_at is not null`,
		"weeks with a result": `select count(distinct date_trunc('week', completed_at)) - 10 from transfer_orders`,
		"kinds":               `select count(distinct kind) - 2 from transfer_orders where status = 'completed'`,
	} {
		var n int
		if err := db.GetContext(t.Context(), &n, query); err != nil || n < 1 {
			t.Errorf("%s: %d too few, %v", what, 1-n, err)
		}
	}
	for what, query := range map[string]string{
		"orders of a story or case": `select count(*) from transfer_orders o
			join customers c on c.id in (o.source_customer_id, o.target_customer_id) where c.name = any($1)`,
		"events of another time than their order's": `select count(*) from transfer_events e
			join transfer_orders o on o.id = e.order_id
			where $1::text[] is not null and (e.at > $2 or e.at < o.created_at)`,
	} {
		args := []any{namedList()}
		if strings.Contains(query, "$2") {
			args = append(args, today.AddDate(0, 0, 1))
		}
		var n int
		if err := db.GetContext(t.Context(), &n, query, args...); err != nil || n != 0 {
			t.Errorf("%d %s, %v", n, what, err)
		}
	}
	strict(t, db)
	if !testdb.Night() {
		return
	}
	if again := remembered(t, withHistory(t)); !slices.Equal(lines, again) {
		t.Errorf("the same day gave\n%s\nand\n%s", strings.Join(lines, "\n"), strings.Join(again, "\n"))
	}
}

func namedList() string { return "{\"" + strings.Join(namedCustomers(), `","`) + "\"}" }

// strict wants what verify --strict wants.
func strict(t *testing.T, db *sqlx.DB) {
	t.Helper()
	checks, err := engine.Verify(t.Context(), db)
	if err != nil || len(checks) < 10 {
		t.Fatalf("%d checks, %v", len(checks), err)
	}
	for _, c := range checks {
		for _, failure := range c.Failures {
			t.Errorf("%s: %s", c.Name, failure)
		}
	}
	everything := accounts.Scope{Everything: true}
	if err := reconciliation.Run(t.Context(), db, everything); err != nil {
		t.Fatal(err)
	}
	differing, err := reconciliation.Results(t.Context(), db, everything, reconciliation.Filter{Differing: true})
	if err != nil || len(differing) > 0 {
		t.Errorf("%d reconciliations differ: %v, %v", len(differing), differing, err)
	}
}
