package exchange_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/testdb"
)

// desk is a database with the small data set in which a test plays transfers by hand:
// it changes rows and writes the ledger that a transfer would.
type desk struct {
	testing.TB
	pool  *sqlx.DB
	order int64
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	d := &desk{TB: t, pool: testdb.New(t)}
	load(t, d.pool, small(t))
	return d
}

func (d *desk) exec(query string, args ...any) {
	d.Helper()
	if _, err := d.pool.ExecContext(d.Context(), query, args...); err != nil {
		d.Fatalf("%s: %v", query, err)
	}
}

// id finds a row by its outside id.
func (d *desk) id(table, external string) int64 {
	d.Helper()
	var id int64
	if err := d.pool.GetContext(d.Context(), &id, `select id from `+table+` where external_id = $1`,
		external); err != nil {
		d.Fatalf("%s %s: %v", table, external, err)
	}
	return id
}

// transfer begins a completed transfer from one customer to another.
func (d *desk) transfer(source, target string) {
	d.Helper()
	err := d.pool.GetContext(d.Context(), &d.order, `
		insert into transfer_orders (kind, status, request, source_customer_id, source_distributor_id,
		                             target_customer_id, completed_at)
		select 'merge', 'completed', '{}', s.id, s.distributor_id, t.id, now() from customers s, customers t
		where s.external_id = $1 and t.external_id = $2 returning id`, source, target)
	if err != nil {
		d.Fatal(err)
	}
}

// move rewrites a column of rows, named by their outside ids, and ledgers it.
func (d *desk) move(table, kind, column string, to any, externals ...string) {
	d.Helper()
	d.exec(fmt.Sprintf(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id,
		before, after)
		select $1, $2, $3, array_agg(id order by id), min(id), max(id), array_agg(%s::text order by id), array[$4::text]
		from %s
		  where external_id = any($5)`, column, table), d.order, kind, column, fmt.Sprint(to), pq.Array(externals))
	d.exec(fmt.Sprintf(`update %s set %s = $1 where external_id = any($2)`, table, column), to, pq.Array(externals))
}

// owners returns the outside ids of the customers who own the rows.
func (d *desk) owners(table string, externals ...string) string {
	d.Helper()
	var out []string
	for _, e := range externals {
		out = append(out, value(d, d.pool, `select coalesce(c.external_id, number_of('C', c.id)) from `+table+` t
			join customers c on c.id = t.customer_id where t.external_id = $1`, e))
	}
	return strings.Join(out, " ")
}

func (d *desk) want(what, want, query string, args ...any) {
	d.Helper()
	if got := value(d, d.pool, query, args...); got != want {
		d.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// feed imports the data, which must be without mistakes, and again, which must change nothing.
func (d *desk) feed(data data) {
	d.Helper()
	load(d, d.pool, data)
	unchanged(d, load(d, d.pool, data))
}

// roundTrip checks that an export comes out of an empty database as it went in.
func (d *desk) roundTrip() {
	d.Helper()
	first := export(d, d.pool)
	other := testdb.New(d)
	load(d, other, first)
	same(d, export(d, other), first)
	unchanged(d, load(d, d.pool, first))
}

// moveHistory gives two subscriptions of c1 and all their records to c2.
func (d *desk) moveHistory() {
	d.Helper()
	c2 := d.id("customers", "c2")
	d.transfer("c1", "c2")
	d.move("subscriptions", "subscription", "customer_id", c2, "s1", "s2")
	d.move("invoices", "invoice", "customer_id", c2, "i1")
	d.move("payments", "payment", "customer_id", c2, "y1")
	d.move("credit_memos", "credit_memo", "customer_id", c2, "n1")
	d.move("debit_memos", "debit_memo", "customer_id", c2, "e1")
	d.move("service_users", "service_user", "customer_id", c2, "u1")
}

func TestFeedAfterSubscriptionTransfer(t *testing.T) {
	d, data := newDesk(t), small(t)
	d.moveHistory()
	unchanged(t, load(t, d.pool, data))
	d.feed(data.edit(t, "invoices.csv", "2026-01-31,EUR", "2026-02-15,EUR").edit(t, "subscriptions.csv",
		"monthly,2,10.00", "monthly,3,10.00"))
	if got := d.owners("subscriptions", "s1", "s2") + " " + d.owners("invoices", "i1") + " " +
		d.owners("service_users", "u1"); got != "c2 c2 c2 c2" {
		t.Errorf("owners after the feed: %s", got)
	}
	d.want("other fields are updated", "2026-02-15 3", `select i.due_on || ' ' || s.quantity
		from invoices i, subscriptions s where i.external_id = 'i1' and s.external_id = 's1'`)
	d.want("the buyer stays", "Blue AS", `select buyer_name from invoices where external_id = 'i1'`)
	d.roundTrip()
}

func TestFeedNamesAnOwnerThatNeverWas(t *testing.T) {
	d, base := newDesk(t), small(t)
	d.moveHistory()
	base = base.edit(t, "customers.csv", "c5,d1", "c7,d1,Third AS,,EUR,NO,,,,false,,active,2024-01-05\nc5,d1")
	for _, m := range []mistake{
		{
			"moved root record", "invoices.csv", "INV-1,c1", "INV-1,c7",
			[]string{`invoices.csv:2: customer_id: this invoice belongs to c2`},
		},
		{
			"root record that never moved", "payments.csv", "y3,c1", "y3,c2",
			[]string{`payments.csv:4: customer_id: this payment belongs to c1`},
		},
		{"refund", "refunds.csv", "f1,y1", "f1,y2", []string{
			`refunds.csv:2: payment_id: this refund belongs to the payment y1`,
			`journal_entries.csv:3: customer_id: the document that the entry was posted from belongs to c3`,
		}},
		{
			"charge", "subscription_charges.csv", "ch1,s1", "ch1,s5",
			[]string{`subscription_charges.csv:2: subscription_id: this charge belongs to the subscription s1`},
		},
		{"invoice line", "invoice_lines.csv", "l1,i1", "l1,i5", []string{
			`invoice_lines.csv:2: invoice_id: this invoice line belongs to the invoice i1`,
			`invoice_lines.csv:2: invoice_id: the invoice INV-1 was issued with this line`,
			`invoice_lines.csv:2: invoice_id: the invoice INV-5 was issued without this line`,
		}},
		{
			"contact", "contacts.csv", "k2,c1", "k2,c2",
			[]string{`contacts.csv:3: customer_id: this contact belongs to c1`},
		},
		{
			"customer", "customers.csv", "c4,d3", "c4,d2",
			[]string{`customers.csv:6: distributor_id: this customer belongs to the distributor d3`},
		},
		{"entry with a source", "journal_entries.csv", "j1,d1,c1", "j1,d1,c7", []string{
			`journal_entries.csv:2: customer_id: the document that the entry was posted from belongs to c2`,
		}},
		{
			"entry without a source", "journal_entries.csv", "j3,d1,c2", "j3,d1,",
			[]string{`journal_entries.csv:4: customer_id: this journal entry belongs to c2`},
		},
	} {
		t.Run(m.name, func(t *testing.T) {
			_, got := try(t, d.pool, base.edit(t, m.file, m.before, m.after))
			for i, e := range got {
				got[i], _, _ = strings.Cut(e, "; an import does not change the owner")
				got[i], _, _ = strings.Cut(got[i], ". Keep what was issued")
			}
			if diff := cmp.Diff(m.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFeedKeepsWhatTransfersWrote(t *testing.T) {
	d, data := newDesk(t), small(t)
	d.moveHistory()
	d.move("subscriptions", "subscription", "plan_id", d.id("plans", "p2"), "s2")
	d.move("subscriptions", "subscription", "price", "11.00", "s1", "s2")
	d.move("subscriptions", "subscription", "promotion", "", "s2")
	d.move("subscription_charges", "subscription_charge", "amount", "17.22", "ch1")
	d.move("invoices", "invoice", "status", "paid", "i5")
	d.exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
		select $1, 'service_user_subscription', '', array[id], id, id, array[to_jsonb(l)::text], array[null::text]
		from service_user_subscriptions l
		where service_user_id = $2
		  and subscription_id = $3`, d.order, d.id("service_users", "u1"), d.id("subscriptions", "s2"))
	d.exec(`delete from service_user_subscriptions where subscription_id = $1`, d.id("subscriptions", "s2"))
	unchanged(t, load(t, d.pool, data))
	d.want("a dropped link", "2", `select count(*) from service_user_subscriptions`)

	d.exec(`update transfer_orders set status = 'reversed'`)
	_, got := try(t, d.pool, data)
	if len(got) != 7 || !strings.Contains(got[0], "this service user belongs to c2") {
		t.Errorf("a reversed transfer still binds: %q", got)
	}
}
