package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/testdb"
)

// unscoped are the tables without a policy, each with the reason.
var unscoped = map[string]string{
	"audit_head":             "it counts everybody's entries: resellers' pages have no right to it",
	"audit_unsealed":         "only sealers read it: the roles have no right to it",
	"currencies":             "the same for everybody",
	"goose_db_version":       "no page reads it: the roles have no right to it",
	"sessions":               "read before anybody is known: the roles have no right to it",
	"sign_in_attempts":       "read before anybody is known: the roles have no right to it",
	"pending_sign_ins":       "read before anybody is known: the roles have no right to it",
	"single_sign_ons":        "read before anybody is known: the roles have no right to it",
	"staff_subjects":         "read before anybody is known: the roles have no right to it",
	"reset_requests":         "read before anybody is known: the roles have no right to it",
	"invitation_mails":       "counted outside of the scope: the roles have no right to it",
	"api_tokens":             "read before anybody is known: the roles have no right to it",
	"api_requests":           "counted before a request is answered: the roles have no right to it",
	"river_job":              "the queue's own: the roles of pages have no right to it",
	"river_leader":           "the queue's own: the roles of pages have no right to it",
	"river_queue":            "the queue's own: the roles of pages have no right to it",
	"river_migration":        "the queue's own: the roles of pages have no right to it",
	"river_notification":     "the queue's own: the roles of pages have no right to it",
	"transfer_order_changes": "read by its trigger: the roles have no right to it",
	"recovery_codes":         "read by their owner without a scope: the roles have no right to it",
}

// The author of a new table decides who may see its rows.
func TestEveryTableHasRowSecurity(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var tables []struct {
		Name     string `db:"name"`
		Secured  bool   `db:"secured"`
		Readable bool   `db:"readable"`
		App      bool   `db:"app"`
		Provider bool   `db:"provider"`
		Engine   bool   `db:"engine"`
	}
	err := pool.SelectContext(t.Context(), &tables, `
		select c.relname as name, c.relrowsecurity as secured,
		       has_any_column_privilege('handover_app', c.oid, 'select') as readable,
		       p.roles @> '{handover_app}' as app, p.roles @> '{handover_provider}' as provider,
		       p.roles @> '{handover_engine}' as engine
		from pg_class c
		cross join lateral (select coalesce(array_agg(r::text), '{}') as roles from pg_policies p
		                    cross join lateral unnest(p.roles) r
		                    where p.schemaname = 'public' and p.tablename = c.relname) p
		where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`)
	if err != nil || len(tables) < 40 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	seen := map[string]bool{}
	for _, table := range tables {
		seen[table.Name] = true
		reason, excused := unscoped[table.Name]
		switch {
		case excused && table.Secured:
			t.Errorf("%s has row-level security; take it off the list", table.Name)
		case excused && strings.Contains(reason, "no right") && table.Readable:
			t.Errorf("pages can read %s, but it is excused since %s", table.Name, reason)
		case !excused && !(table.Secured && table.App && table.Provider && table.Engine):
			t.Errorf("%s: row-level security %t, policies for app %t, provider %t, engine %t; give it policies "+
				"or a reason",
				table.Name, table.Secured, table.App, table.Provider, table.Engine)
		}
	}
	for name := range unscoped {
		if !seen[name] {
			t.Errorf("there is no table %s", name)
		}
	}
}

// A new view must not open a way around the policies.
func TestViewsReadAsWhoAsks(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	var views []string
	err := pool.SelectContext(t.Context(), &views, `
		select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace
		and not coalesce(reloptions, '{}') @> '{security_invoker=true}'`)
	if err != nil || len(views) > 0 {
		t.Errorf("views without security_invoker: %v, %v", views, err)
	}
}

// as runs a statement as a role, with a scope where it is not "-", and returns its error.
func as(t *testing.T, pool *sqlx.DB, role, scope, statement string, dest any) error {
	t.Helper()
	return asPerson(t, pool, role, scope, 0, statement, dest)
}

// asPerson does so in the name of a staff member, 0 = the program.
func asPerson(t *testing.T, pool *sqlx.DB, role, scope string, actor int64, statement string, dest any) error {
	t.Helper()
	return db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		if _, err := tx.Exec(`select set_config('handover.actor', nullif($1::bigint, 0)::text, true)`,
			actor); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(`select set_config('role', $1, true)`, role); err != nil {
			t.Fatal(err)
		}
		if scope != "-" {
			if _, err := tx.Exec(`select set_config('handover.scope', $1, true)`, scope); err != nil {
				t.Fatal(err)
			}
		}
		if dest != nil {
			return tx.Get(dest, statement)
		}
		_, err := tx.Exec(statement)
		return err
	})
}

// fill makes a row in every table that a page can read.
func fill(t *testing.T, pool *sqlx.DB) *testdb.World {
	t.Helper()
	w := testdb.NewWorld(t, pool)
	c := w.Customer(testdb.Customer{FormerCRM: "CRM-1"})
	plan := w.Plan(testdb.Plan{})
	w.Resource(testdb.Resource{Plan: plan.ID})
	sub := w.Subscription(testdb.Subscription{Customer: c.ID, Plan: plan.ID})
	w.Continue(sub.ID, w.Subscription(testdb.Subscription{Customer: c.ID}).ID, testdb.DefaultIssued)
	w.Contact(testdb.Contact{Customer: c.ID})
	w.PaymentMethod(testdb.PaymentMethod{Customer: c.ID})
	w.Acceptance(testdb.Acceptance{Customer: c.ID})
	w.ServiceUser(testdb.ServiceUser{Customer: c.ID, Subscriptions: []int64{sub.ID}})
	w.Order(testdb.Order{Customer: c.ID})
	w.Charge(testdb.Charge{Subscription: sub.ID})
	w.Usage(testdb.Usage{Subscription: sub.ID})
	w.BillingSchedule(testdb.BillingSchedule{Subscription: sub.ID})
	w.RevenueSchedule(testdb.RevenueSchedule{Subscription: sub.ID})
	invoice := w.Invoice(testdb.Invoice{Customer: c.ID, Lines: []testdb.Line{{Amount: "100.00"}}})
	payment := w.Payment(testdb.Payment{Customer: c.ID, Amount: "50.00"})
	w.AllocatePayment(payment.ID, testdb.Allocation{Invoice: invoice.ID, Amount: "10.00"})
	w.Refund(testdb.Refund{Payment: payment.ID, Amount: "5.00"})
	memo := w.CreditMemo(testdb.Memo{Customer: c.ID, Amount: "20.00"})
	w.AllocateCredit(memo.ID, testdb.Allocation{Invoice: invoice.ID, Amount: "10.00"})
	w.DebitMemo(testdb.Memo{Customer: c.ID, Amount: "20.00"})
	w.Entry(testdb.Entry{Customer: c.ID})
	w.Period(testdb.Period{})
	w.Rate(testdb.Rate{})
	w.Staff(testdb.Staff{})
	w.Staff(testdb.Staff{})
	o := w.TransferOrder(testdb.TransferOrder{Source: c.ID, Target: w.Customer(testdb.Customer{}).ID})
	w.Ledger(o.ID, "subscription", "customer_id", "1", "2", sub.ID)
	w.Mail(testdb.Mail{Order: o.ID})
	for _, statement := range []string{
		`insert into open_transfers (customer_id, order_id) values ($1, $2)`,
		`insert into transfer_events (order_id, event, detail) values ($2, 'started', $1::bigint::text)`,
		`insert into transfer_leases (order_id, total) values ($2, $1)`,
		`insert into mail_templates (brand_id, kind, subject, body)
		 select d.brand_id, 'order_failed', $1::bigint::text, $2::bigint::text from distributors d
		 where d.brand_id is not null limit 1`,
		`insert into transfer_keys (staff_id, key, body_hash, order_id) select min(id), $1::bigint::text, 'hash', $2
			from staff`,
		`insert into staff_bells (staff_id, seen_at) select min(id), to_timestamp($1::bigint + $2::bigint) from staff`,
		`insert into chart_roles (distributor_id, role, accounts) select distributor_id, 'cash', '{1000}'
			from customers where id = $1 and $2::bigint > 0`,
		`insert into recognition_lines (entry_id, revenue_schedule_id, amount)
		 select e.id, r.id, 1 from journal_entries e, revenue_schedules r where $1::bigint + $2::bigint > 0 limit 1`,
		`insert into staff_origins (staff_id, from_id, how) select min(id), max(id), 'invited' from staff
			where $1::bigint + $2::bigint > 0`,
		`insert into setting_changes (distributor_id, setting, before, after, reason, requested_by, requested_at,
			expires_at)
		 select c.distributor_id, 'approvals', '{}', '{}', $2::bigint::text, (select min(id) from staff), now(),
		        now() from customers c where c.id = $1`,
		`insert into reconciliation_runs (distributor_id, checked_at) select distributor_id, now() from customers
			where id = $1 and $2::bigint > 0`,
		`insert into reconciliation_results (distributor_id, name, currency, checked, differing, difference, ok,
			checked_at)
		 select distributor_id, 'receivable', 'EUR', $2, 0, 0, true, now() from customers where id = $1`,
		`insert into reconciliation_items (distributor_id, name, currency, kind, record_id, number, books, records,
			difference, differs, checked_at)
		 select distributor_id, 'receivable', 'EUR', 'invoice', $2, 'INV-1', 0, 0, 0, false, now() from customers
		 where id = $1`,
		`insert into transfer_books (order_id, side, customer_id, distributor_id, role, currency, ledger_before,
			sub_ledger_before, declared, ledger_after, sub_ledger_after)
		 select $2, 'source', id, distributor_id, 'receivable', 'EUR', 0, 0, 0, 0, 0 from customers where id = $1`,
		`insert into staff_settings (staff_id, keys) select min(id), $1::bigint + $2::bigint > 0 from staff`,
		`insert into staff_views (staff_id, list, name, query) select min(id), 'orders', $1::bigint::text,
			$2::bigint::text from staff`,
		`insert into staff_columns (staff_id, list, hidden) select min(id), 'orders',
			array[$1::bigint::text, $2::bigint::text] from staff`,
		`insert into mail_preferences (staff_id, kind, wanted) select min(id), $1::bigint::text, $2::bigint > 0
			from staff`,
		`insert into transfer_approvals (order_id, kind, distributor_id, asked_at, reason)
		 select $2, 'approval', c.distributor_id, now(), $1::bigint::text from customers c where c.id = $1`,
		`insert into transfer_differences (order_id, kind, currency, reason, count, amount)
			values ($2, 'invoice', 'EUR', $1::bigint::text, 1, 1)`,
		`insert into transfer_reconciliation (order_id, kind, currency, count_before, amount_before, count_declared,
			amount_declared, count_after, amount_after)
		 values ($2, 'invoice', 'EUR', $1, 0, 0, 0, $1, 0)`,
		`insert into audit_entries (action, order_id, subject) values ('test', $2, $1::bigint::text)`,
	} {
		w.Exec(statement, c.ID, o.ID)
	}
	w.Exec(`insert into audit_seals (position, entry_id, previous, hash)
		select row_number() over (order by id), id, decode(repeat('00', 32), 'hex'), decode(repeat('11', 32), 'hex')
		from audit_entries`)
	w.Exec(`insert into staff_links (token_hash, staff_id, purpose, outbox_id, expires_at)
		select 'hash', s.id, 'reset', $1, now() from staff s order by s.id limit 1`,
		w.Mail(testdb.Mail{Staff: w.Staff(testdb.Staff{}).ID, Secret: "https://panel.example/reset/x"}).ID)
	w.Webhook(testdb.Webhook{})
	w.Exec(`insert into second_factors (staff_id, secret, confirmed_at) select id, 'sealed', now() from staff`)
	return w
}

// ofOnePerson are the tables whose rows only that person sees, wherever they work.
var ofOnePerson = []string{"staff_bells", "transfer_keys"}

// Without the setting, or with an empty scope, a reseller's role sees nothing. With its
// scope, or as the provider, it sees every row.
func TestWithoutAScopeNothingIsSeen(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := fill(t, pool)
	var first int64 // whose are the rows that are one person's
	if err := pool.Get(&first, `select min(id) from staff`); err != nil {
		t.Fatal(err)
	}
	var tables []string
	if err := pool.Select(&tables, `select relname from pg_class where relrowsecurity
		and relnamespace = 'public'::regnamespace order by 1`); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		var all int
		if err := pool.Get(&all, `select count(*) from `+table); err != nil || all == 0 {
			t.Errorf("%s has %d rows, %v; the test must make one", table, all, err)
		}
		for _, c := range []struct {
			role, scope string
			want        int
		}{
			{"handover_app", "-", 0},
			{"handover_app", "", 0},
			{"handover_app", "{}", 0},
			{"handover_app", "{0,987654}", 0},
			{"handover_app", fmt.Sprintf("{%d}", w.Provider.ID), all},
			{"handover_provider", "-", all},
			{"handover_engine", "-", all},
		} {
			var n int
			want := c.want
			if table == "exchange_rates" { // the same for everybody
				want = all
			}
			err := asPerson(t, pool, c.role, c.scope, first, `select count(*) from `+table, &n)
			if slices.Contains(ofOnePerson, table) {
				want = all
			}
			if err != nil || n != want {
				t.Errorf("%s as %s with scope %q: %d rows, %v; want %d", table, c.role, c.scope, n, err, want)
			}
		}
	}
}

// A scoped role is refused these statements, whatever they say.
func TestAppRolesCannotDisableRowSecurity(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := fill(t, pool)
	for _, role := range []string{"handover_app", "handover_provider", "handover_engine"} {
		for _, statement := range []string{
			`alter table customers disable row level security`,
			`alter policy customers_in_scope on customers using (true)`,
			`drop policy customers_in_scope on customers`,
			`create policy open on customers using (true)`,
			`alter table customers owner to handover_app`,
			`alter role handover_app bypassrls`,
			`create or replace function handover_scope() returns bigint[] language sql as 'select array[1]::bigint[]'`,
			`set local row_security = off; select id from customers`,
			`select password_hash from staff`,
			`select id_hash from sessions`,
			`select secret from second_factors`,
			`select code_hash from recovery_codes`,
			`select id_hash from pending_sign_ins`,
			`select nonce from single_sign_ons`,
			`select subject from staff_subjects`,
			`select secret from outbox`,
			`update outbox set subject = secret`,
			`select token_hash from staff_links`,
			`select email from reset_requests`,
			`update staff set role = 'administrator'`,
			`update staff set access_since = null`,
			`delete from staff_origins`,
			`update staff_origins set how = 'invited'`,
			`insert into staff_origins (staff_id, from_id, how) select max(id), min(id), 'invited' from staff`,
			`delete from setting_changes`,
			`update audit_entries set action = ''`,
			`delete from audit_entries`,
			`truncate customers`,
		} {
			err := as(t, pool, role, "{}", statement, nil)
			if role != "handover_app" && strings.HasPrefix(statement, "set local") {
				continue // these see every row anyway
			}
			if err == nil {
				t.Errorf("%s may %s", role, statement)
			}
		}
	}
	mine := fmt.Sprintf("{%d}", w.Provider.ID)
	other := w.Distributor(testdb.Distributor{})
	for _, role := range []string{"handover_app", "handover_provider"} { // the engine changes settings
		for _, statement := range []string{
			`update distributors set require_approval = false`,
			`update distributors set recognition_in_sum = true`,
			`insert into chart_roles (distributor_id, role, accounts) select id, 'cash', '{1000}' from distributors
				limit 1`,
			`update setting_changes set status = 'approved'`,
			`insert into setting_changes (distributor_id, setting, before, after, requested_by, requested_at,
				expires_at)
			 select d.id, 'time_zone', '{}', '{}', s.id, now(), now() from distributors d, staff s limit 1`,
		} {
			if err := as(t, pool, role, mine, statement, nil); err == nil {
				t.Errorf("%s may %s", role, statement)
			}
		}
	}
	for _, statement := range []string{
		`update customers set name = 'x'`,
		`delete from invoices`,
		`insert into customers (distributor_id, name, currency, created_on) values (1, 'x', 'EUR', now())`,
		fmt.Sprintf(`insert into financial_periods (distributor_id, start_on, end_on)
			values (%d, '2031-01-01', '2031-01-31')`, other.ID),
		fmt.Sprintf(`insert into audit_entries (action, distributor_id) values ('forged', %d)`, other.ID),
	} {
		if err := as(t, pool, "handover_app", mine, statement, nil); err == nil {
			t.Errorf("handover_app may %s", statement)
		}
	}
}
