package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/testdb"
)

// forger is a database with two resellers, a person of the first, and what belongs to the second.
type forger struct {
	t             *testing.T
	pool          *sqlx.DB
	world         *testdb.World
	scope         string
	person, other testdb.Staff
	own, foreign  testdb.Customer
	order         testdb.TransferOrder // of another person, to the forger's reseller
	draft         testdb.TransferOrder // of another person of the same reseller
	hook          testdb.Webhook
}

func newForger(t *testing.T) *forger {
	t.Helper()
	f := &forger{t: t, pool: testdb.New(t)}
	f.world = testdb.NewWorld(t, f.pool)
	first, second := f.world.Distributor(testdb.Distributor{}), f.world.Distributor(testdb.Distributor{})
	f.scope = fmt.Sprintf("{%d}", first.ID)
	f.person = f.world.Staff(testdb.Staff{Name: "First Person", Distributor: first.ID})
	f.other = f.world.Staff(testdb.Staff{Name: "Second Person", Distributor: first.ID})
	f.own = f.world.Customer(testdb.Customer{Distributor: first.ID})
	f.foreign = f.world.Customer(testdb.Customer{Distributor: second.ID})
	f.order = f.world.TransferOrder(testdb.TransferOrder{Source: f.foreign.ID, Target: f.own.ID, Status: "queued"})
	f.draft = f.world.TransferOrder(testdb.TransferOrder{Source: f.own.ID, Target: f.foreign.ID})
	f.world.Exec(`update transfer_orders set requested_by = $1 where id = $2`, f.other.ID, f.draft.ID)
	f.hook = f.world.Webhook(testdb.Webhook{Distributor: first.ID})
	return f
}

func (f *forger) as(role, statement string) error {
	return asPerson(f.t, f.pool, role, f.scope, f.person.ID, statement, nil)
}

// TestPagesWriteOnlyWhatTheyHaveTo: an injected statement of a reseller's page can change no settings,
// rates, orders or messages, and writes down nothing in another's name.
func TestPagesWriteOnlyWhatTheyHaveTo(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	entry := `insert into audit_entries (actor_id, actor_name, distributor_id, action) values (%d, 'x', ` +
		fmt.Sprint(f.person.Distributor) + `, 'forged')`
	event := fmt.Sprintf(`insert into transfer_events (order_id, actor_id, event) values (%d, %%d, 'started')`,
		f.draft.ID)
	draft := `insert into transfer_orders (kind, request, source_customer_id, source_distributor_id, requested_by) ` +
		`values ('merge', '{}', %d, %d, %d)`
	message := fmt.Sprintf(`insert into webhook_deliveries (endpoint_id, event, occurred_at, next_attempt_at) `+
		`values (%d, '%%s', now(), now())`, f.hook.ID)
	for _, c := range []struct {
		statement string
		allowed   bool
	}{
		{fmt.Sprintf(entry, f.person.ID), true},
		{fmt.Sprintf(entry, f.other.ID), false},
		{`insert into audit_entries (actor_name, distributor_id, action) values ('Second Person', ` +
			fmt.Sprint(f.person.Distributor) + `, 'forged')`, false},
		{fmt.Sprintf(event, f.person.ID), false},
		{fmt.Sprintf(draft, f.own.ID, f.person.Distributor, f.person.ID), true},
		{fmt.Sprintf(draft, f.own.ID, f.person.Distributor, f.other.ID), false},
		{fmt.Sprintf(draft, f.foreign.ID, f.person.Distributor, f.person.ID), false},
		{fmt.Sprintf(`update transfer_orders set request = '{}' where id = %d`, f.draft.ID), false},
		{fmt.Sprintf(`update transfer_orders set request = '{}' where id = %d`, f.order.ID), false},
		{fmt.Sprintf(`update transfer_orders set status = 'completed' where id = %d`, f.draft.ID), false},
		{`update transfer_orders set requested_by = null`, false},
		{fmt.Sprintf(message, "test"), true},
		{fmt.Sprintf(message, "transfer.completed"), false},
		{`update webhook_deliveries set payload = '{}'`, false},
		{`update webhook_deliveries set endpoint_id = endpoint_id`, false},
		{`update webhook_endpoints set distributor_id = distributor_id`, false},
		{`update exchange_rates set rate = 1`, false},
		{
			`insert into exchange_rates (on_date, from_currency, to_currency, rate)
				values ('2026-01-01', 'EUR', 'USD', 1)`,
			false,
		},
		{`update distributors set require_approval = false`, false},
		{fmt.Sprintf(`insert into staff_bells (staff_id, seen_at) values (%d, now())`, f.person.ID), true},
		{fmt.Sprintf(`insert into staff_bells (staff_id, seen_at) values (%d, now())`, f.other.ID), false},
		{fmt.Sprintf(`insert into mail_preferences (staff_id, kind, wanted) values (%d, 'order_failed', false)`,
			f.other.ID), false},
		{fmt.Sprintf(`insert into transfer_keys (staff_id, key, body_hash) values (%d, 'k', 'h')`, f.other.ID), false},
		{`select handover_analyze('customers')`, false},
	} {
		if err := f.as("handover_app", c.statement); (err == nil) != c.allowed {
			t.Errorf("%s: %v, allowed %t", c.statement, err, c.allowed)
		}
	}
	for _, role := range []string{"handover_provider", "handover_engine"} {
		if err := f.as(role, fmt.Sprintf(entry, f.other.ID)); err == nil {
			t.Errorf("%s writes an audit entry in another's name", role)
		}
	}
}

// TestServiceOwnsNothing: whatever role a statement sets, in a process of serve or worker it changes no
// table, policy or trigger, and rewrites no audit entry.
func TestServiceOwnsNothing(t *testing.T) {
	t.Parallel()
	f := newForger(t)
	for _, role := range []string{"handover", "postgres"} {
		if _, err := f.pool.Exec(`set role ` + role); err == nil {
			t.Errorf("the login may act as %s", role)
		}
	}
	if err := f.as("none", `select id from customers`); err == nil {
		t.Error("the login reads customers without a role")
	}
	for _, statement := range []string{
		`alter table customers disable row level security`,
		`drop policy customers_in_scope on customers`,
		`alter table audit_entries disable trigger all`,
		`create or replace function handover_scope() returns bigint[] language sql as 'select null::bigint[]'`,
		`create table kept (n int)`,
		`update audit_entries set action = ''`,
		`delete from audit_entries`,
		`update audit_seals set hash = ''`,
		`delete from audit_head`,
		`truncate customers`,
		`insert into goose_db_version (version_id, is_applied) values (9999, true)`,
	} {
		for _, role := range []string{"handover_service", "handover_engine", "handover_provider", "handover_app"} {
			if err := f.as(role, statement); err == nil {
				t.Errorf("%s may %s", role, statement)
			}
		}
	}
	if err := db.CheckService(t.Context(), f.pool); err != nil {
		t.Error(err)
	}
	if err := db.CheckService(t.Context(), testdb.Owner(t, f.pool)); err == nil ||
		!strings.Contains(err.Error(), "handover, which owns the tables") {
		t.Errorf("the owner as the role of serve and worker: %v", err)
	}
}
