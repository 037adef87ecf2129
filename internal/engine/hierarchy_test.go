package engine

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestCaseGrandparent is case 12: an account cannot be merged into its grandchild, no
// file brings a loop, and verify sees one that is there already.
func TestCaseGrandparent(t *testing.T) {
	o := newOutside(t, "12-grandparent")
	g, p, k := o.number("C", "K1G-G"), o.number("C", "K1G-P"), o.number("C", "K1G-T")
	for _, req := range []transfer.Request{
		o.merge("K1G-G", "K1G-T", ""), o.merge("K1G-T", "K1G-G", ""),
		o.merge("K1G-T", "K1G-G", "2026-11-01"),
	} {
		preview := o.preview(req)
		f, ok := preview.Finding("RELATED_ACCOUNTS")
		if !ok {
			t.Fatalf("merge of %s into %s: no RELATED_ACCOUNTS", req.SourceCustomer, req.TargetCustomer)
		}
		if want := "K1G Customer G (" + g + ") is an ancestor of K1G Customer T (" + k +
			"), through K1G Customer P (" + p + ")."; f.Message != want {
			t.Errorf("got %q, want %q", f.Message, want)
		}
	}
	o.verify()
	o.feed("csv2") // T has no parent any more: now it is no relative
	preview := o.preview(o.merge("K1G-G", "K1G-T", ""))
	if f, ok := preview.Finding("RELATED_ACCOUNTS"); ok {
		t.Errorf("after the correction: %+v", f)
	}
	o.transfer(o.merge("K1G-G", "K1G-T", ""))
	o.want("the parent of the source's child", "K1G-T", `
		select p.external_id from customers c join customers p on p.id = c.parent_customer_id
		where c.external_id = 'K1G-P'`)
	o.verify()
	before := unload(t, o.db)
	other := testdb.Lend(t)
	load(t, other, before)
	sameFiles(t, before, unload(t, other))
}

// TestDatabaseRefusesBrokenHierarchies goes round every check of ours.
func TestDatabaseRefusesBrokenHierarchies(t *testing.T) {
	d := newDesk(t)
	family := func() (a, b, c testdb.Customer) {
		a = d.Customer(testdb.Customer{Name: "Alpha"})
		b = d.Customer(testdb.Customer{Name: "Beta", Parent: a.ID})
		return a, b, d.Customer(testdb.Customer{Name: "Gamma", Parent: b.ID, Status: "closed"})
	}
	a, b, c := family()
	elsewhere := d.Customer(testdb.Customer{Name: "Delta", Distributor: d.nordlys.ID})
	for _, x := range []struct {
		name, statement string
		args            []any
		want            []string
	}{
		{"a loop of three", `update customers set parent_customer_id = $2 where id = $1`, []any{a.ID, c.ID}, []string{
			"An account cannot be its own ancestor.", a.Number + " (Alpha), " + c.Number + " (Gamma), " + b.Number +
				" (Beta), " + a.Number + " (Alpha)",
		}},
		{
			"a parent of another distributor", `update customers set parent_customer_id = $2 where id = $1`,
			[]any{a.ID, elsewhere.ID},
			[]string{
				a.Number + " (Alpha) belongs to Aurora Cloud", elsewhere.Number + " (Delta) to Nordlys Partner",
			},
		},
		{
			"a parent that goes to another distributor", `update customers set distributor_id = $2 where id = $1`,
			[]any{a.ID, d.nordlys.ID},
			[]string{
				b.Number + " (Beta) belongs to Aurora Cloud", a.Number + " (Alpha) to Nordlys Partner",
			},
		},
		{
			"a child that goes to another distributor", `update customers set distributor_id = $2 where id = $1`,
			[]any{c.ID, d.nordlys.ID},
			[]string{
				c.Number + " (Gamma) belongs to Nordlys Partner", b.Number + " (Beta) to Aurora Cloud",
			},
		},
		{
			"a new child", `insert into customers (distributor_id, name, currency, created_on, parent_customer_id)
				values ($1, 'Kid', 'EUR', '2026-01-01', $2)`,
			[]any{d.nordlys.ID, a.ID},
			[]string{"(Kid) belongs to Nordlys Partner"},
		},
	} {
		err := db.InTx(t.Context(), d.db, func(tx *sqlx.Tx) error {
			_, err := tx.Exec(x.statement, x.args...)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: got %v", x.name, err)
			continue
		}
		for _, want := range x.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", x.name, err, want)
			}
		}
	}
	// The hierarchy is checked at the end of a transaction and may be wrong before.
	err := db.InTx(t.Context(), d.db, func(tx *sqlx.Tx) error {
		for _, turn := range [][2]any{{a.ID, c.ID}, {b.ID, nil}, {c.ID, b.ID}} {
			if _, err := tx.Exec(`update customers set parent_customer_id = $2 where id = $1`, turn[0],
				turn[1]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Errorf("a hierarchy turned round: %v", err)
	}
	d.verify()
}

// TestTwoTransactionsMakeNoLoopTogether lets each write one half of a loop.
func TestTwoTransactionsMakeNoLoopTogether(t *testing.T) {
	d := newDesk(t)
	a, b := d.Customer(testdb.Customer{Name: "Alpha"}), d.Customer(testdb.Customer{Name: "Beta"})
	other := make(chan error, 1)
	first := db.InTx(t.Context(), d.db, func(tx *sqlx.Tx) error {
		if _, err := tx.Exec(`update customers set parent_customer_id = $2 where id = $1`, a.ID, b.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`set constraints all immediate`); err != nil { // the check is done, the commit is not
			return err
		}
		go func() {
			other <- db.InTx(context.Background(), d.db, func(tx *sqlx.Tx) error {
				_, err := tx.Exec(`update customers set parent_customer_id = $2 where id = $1`, b.ID, a.ID)
				return err
			})
		}()
		for { // until the other one waits for us
			var waits bool
			if err := d.db.Get(&waits, `select exists (select 1 from pg_locks where locktype = 'advisory'
				and not granted
				and database = (select oid from pg_database
				                where datname = current_database()))`); err != nil || waits {
				return err
			}
		}
	})
	if second := <-other; first != nil || !fault.Is(second, fault.Conflict) {
		t.Errorf("got %v and %v", first, second)
	}
	d.verify()
}

// TestVerifyFindsBrokenHierarchies looks at a database that had them before.
func TestVerifyFindsBrokenHierarchies(t *testing.T) {
	d := newDesk(t)
	a := d.Customer(testdb.Customer{Name: "Alpha"})
	b := d.Customer(testdb.Customer{Name: "Beta", Parent: a.ID})
	elsewhere := d.Customer(testdb.Customer{Name: "Delta", Distributor: d.nordlys.ID})
	kid := d.Customer(testdb.Customer{Name: "Kid"})
	d.StrayParent(a.ID, b.ID)
	d.StrayParent(kid.ID, elsewhere.ID)
	checks, err := Verify(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, c := range checks {
		if c.Broken > 0 {
			got[c.Name] = c.Failures
		}
	}
	want := map[string]string{
		"no account is its own ancestor": "each has the next one as its parent: " +
			a.Number + ", " + b.Number + ", " + a.Number,
		"a parent account has the same distributor as its children": kid.Number + " belongs to " + d.Provider.Number +
			", its parent " + elsewhere.Number + " to " + d.nordlys.Number,
	}
	for name, failure := range want {
		if !slices.Equal(got[name], []string{failure}) {
			t.Errorf("%s: got %q, want %q", name, got[name], failure)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

func TestMergeGivesEveryLiveChildTheTarget(t *testing.T) {
	d := newDesk(t)
	peer := d.peer()
	billed := d.Customer(testdb.Customer{Name: "Billed", Parent: d.customer.ID, BillToParent: true})
	own := d.Customer(testdb.Customer{Name: "Own", Parent: d.customer.ID, Status: "suspended"})
	gone := d.Customer(testdb.Customer{Name: "Gone", Parent: d.customer.ID, Status: "closed"})
	order := d.transfer(d.into(peer, ""))
	parent := func() []string {
		var got []string
		for _, c := range []testdb.Customer{billed, own, gone} {
			got = append(got, d.Text(`select number_of('C', parent_customer_id) from customers where id = $1`, c.ID))
		}
		return got
	}
	if got, want := parent(), []string{peer.Number, peer.Number, d.customer.Number}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	d.verify()
	back := d.reversed(order)
	if back.Status != "completed" {
		t.Fatal(back.Failure)
	}
	if got, want := parent(), []string{
		d.customer.Number, d.customer.Number,
		d.customer.Number,
	}; !slices.Equal(got, want) {
		t.Errorf("after the reversal: got %v, want %v", got, want)
	}
}

// TestReversalMakesNoLoop: since the merge the source, which is read-only, got a parent
// that the reversal would put below it.
func TestReversalMakesNoLoop(t *testing.T) {
	d := newDesk(t)
	peer := d.peer()
	child := d.Customer(testdb.Customer{Name: "Child", Parent: d.customer.ID})
	grandchild := d.Customer(testdb.Customer{Name: "Grandchild", Parent: child.ID})
	order := d.transfer(d.into(peer, ""))
	d.Exec(`update customers set parent_customer_id = $2 where id = $1`, d.customer.ID, grandchild.ID)
	p, err := d.engine.PreviewReversal(t.Context(), order.Number)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := p.Finding("CANNOT_GO_BACK")
	if !ok || !strings.Contains(f.Message, "would become their own ancestors") ||
		!slices.Contains(f.Records, transfer.Record{Kind: "customer", Number: child.Number}) {
		t.Errorf("got %+v", f)
	}
}

// reversed takes an order back the whole way of a user.
func (d *desk) reversed(o order.Order) order.Order {
	d.t.Helper()
	p, err := d.engine.PreviewReversal(d.t.Context(), o.Number)
	if err != nil {
		d.t.Fatal(err)
	}
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	back, err := d.engine.SubmitReversal(d.t.Context(), d.actor, o.Number, accepted)
	if err == nil {
		err = d.engine.Execute(d.t.Context(), d.actor, back.ID)
	}
	if err != nil {
		d.t.Fatalf("reverse %s: %v", o.Number, err)
	}
	return d.read(back.Number)
}
