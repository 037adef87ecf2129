package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// chain is a provider with a reseller in yen, its sub-reseller in euros and the
// sub-reseller's own in pounds, and a root plan with a resource.
type chain struct {
	*testdb.World
	pool        *sqlx.DB
	top, mid, b testdb.Distributor
	root        testdb.Plan
}

func newChain(t *testing.T) chain {
	t.Helper()
	pool := testdb.New(t)
	c := chain{World: testdb.NewWorld(t, pool), pool: pool}
	c.top = c.Distributor(testdb.Distributor{Name: "Top", Currency: "JPY"})
	c.mid = c.Distributor(testdb.Distributor{Name: "Mid", Parent: c.top.ID})
	c.b = c.Distributor(testdb.Distributor{Name: "Bottom", Parent: c.mid.ID, Currency: "GBP"})
	c.root = c.Plan(testdb.Plan{Name: "Basic", BillingPeriod: "yearly", Price: "120"})
	c.Resource(testdb.Resource{Plan: c.root.ID, Name: "Mailboxes", Included: "5", UnitPrice: "0.25"})
	return c
}

func TestMissingLevels(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	elsewhere := c.Distributor(testdb.Distributor{Name: "Elsewhere"})
	inElsewhere := c.Delegate(c.root, elsewhere)
	half := c.Plan(testdb.Plan{Name: "Half"})
	c.Delegate(half, c.top)
	all := c.Plan(testdb.Plan{Name: "All"})
	c.Delegate(all, c.b)
	wrong := c.Plan(testdb.Plan{Name: "In euros at Bottom"})
	c.Plan(testdb.Plan{DelegatedFrom: wrong.ID, Distributor: c.b.ID, Currency: "EUR"})
	local := c.Plan(testdb.Plan{Name: "Local", Distributor: elsewhere.ID})

	cases := []struct {
		name string
		plan testdb.Plan
		at   testdb.Distributor
		want []string
	}{
		{"every level, also seen from another branch", inElsewhere, c.b, []string{"Top", "Mid", "Bottom"}},
		{"one level", c.root, c.top, []string{"Top"}},
		{"below the nearest that has it", half, c.b, []string{"Mid", "Bottom"}},
		{"the distributor has it", all, c.b, nil},
		{"the distributor has it in another currency only", wrong, c.b, []string{"Top", "Mid", "Bottom"}},
		{"no distributor above has it", local, c.b, nil},
		{"the distributor of the root plan", inElsewhere, c.Provider, nil},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			levels, err := catalog.MissingLevels(t.Context(), c.pool, tc.plan.ID, tc.at.ID)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range levels {
				got = append(got, l.Name)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDelegateMakesEachMissingPlan(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	c.Terms(testdb.Terms{Plan: c.root.ID})
	// An outside system's id that looks like the number the first new plan would get.
	outside := c.Plan(testdb.Plan{})
	c.Exec(`update plans set external_id = number_of('P', id + 1) where id = $1`, outside.ID)
	prices := map[int64]decimal.Decimal{
		c.top.ID: decimal.NewFromInt(15000), c.mid.ID: decimal.NewFromInt(130),
		c.b.ID: decimal.RequireFromString("99.50"),
	}
	var ids []int64
	err := db.InTx(t.Context(), c.pool, func(tx *sqlx.Tx) error {
		var err error
		ids, err = catalog.Delegate(t.Context(), tx, c.root.ID, c.b.ID, prices)
		return err
	})
	if err != nil || len(ids) != 3 {
		t.Fatalf("got %v, %v, want three plans", ids, err)
	}
	above := c.root.ID
	for i, want := range []string{"Top|JPY|15000", "Mid|EUR|130", "Bottom|GBP|99.5"} {
		got := c.Text(`select d.name || '|' || p.currency || '|' || p.price from plans p
			join distributors d on d.id = p.distributor_id
			where p.id = $1 and p.delegated_from = $2 and p.name = 'Basic' and p.billing_period = 'yearly'
			  and p.transferable`, ids[i], above)
		if got != want {
			t.Errorf("level %d is %q, want %q", i, got, want)
		}
		got = c.Text(`select string_agg(name || '|' || included || '|' || unit_price, ',') from plan_resources
			where plan_id = $1`, ids[i])
		if got != "Mailboxes|5|0.25" {
			t.Errorf("level %d has resources %q", i, got)
		}
		above = ids[i]
	}
	if got := c.Text(`select count(*) from terms`); got != "1" {
		t.Errorf("%s terms documents, want the one that was there", got)
	}
	if ids[0] == outside.ID+1 {
		t.Error("the first new plan has the number that is an outside system's id of another plan")
	}
	if got, want := c.Text(`select string_agg(p.id::text, ' ') from plan_roots r join plans p on p.id = r.plan_id
		where r.root_id = $1 and p.distributor_id = $2`, c.root.ID, c.b.ID), fmt.Sprint(ids[2]); got != want {
		t.Errorf("the counterparts are %s, want the new plan %s", got, want)
	}
}

func TestDelegateTakesThePlanItselfWhereTheLevelAboveSellsIt(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	c.Delegate(c.root, c.top)
	second := c.Delegate(c.root, c.top)
	ids, err := catalog.Delegate(t.Context(), c.pool, second.ID, c.mid.ID,
		map[int64]decimal.Decimal{c.mid.ID: decimal.NewFromInt(1)})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Text(`select number_of('P', delegated_from) from plans where id = $1`, ids[0]); got != second.Number {
		t.Errorf("delegated from %s, want %s", got, second.Number)
	}
}

func TestDelegateRefuses(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	sold := c.Plan(testdb.Plan{Name: "Sold there"})
	c.Delegate(sold, c.top)
	cases := []struct {
		name  string
		plan  testdb.Plan
		price map[int64]decimal.Decimal
		code  fault.Code
	}{
		{"a level without a price", c.root, nil, fault.Invalid},
		{"a negative price", c.root, map[int64]decimal.Decimal{c.top.ID: decimal.NewFromInt(-1)}, fault.Invalid},
		{
			"more decimals than the currency has", c.root,
			map[int64]decimal.Decimal{c.top.ID: decimal.RequireFromString("1.5")},
			fault.Invalid,
		},
		{"a plan that is sold there", sold, map[int64]decimal.Decimal{c.top.ID: decimal.NewFromInt(1)}, fault.Conflict},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			before := c.Text(`select count(*) from plans`)
			ids, err := catalog.Delegate(t.Context(), c.pool, tc.plan.ID, c.top.ID, tc.price)
			if !fault.Is(err, tc.code) {
				t.Errorf("got %v, %v, want %s", ids, err, tc.code)
			}
			if after := c.Text(`select count(*) from plans`); after != before {
				t.Errorf("there were %s plans, now %s", before, after)
			}
		})
	}
}

// Two transfers that delegate the same plan at once make it once.
func TestDelegateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	c := newChain(t)
	prices := map[int64]decimal.Decimal{c.top.ID: decimal.NewFromInt(100)}
	first, err := c.pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback() }()
	if _, err := catalog.Delegate(t.Context(), first, c.root.ID, c.top.ID, prices); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- db.InTx(t.Context(), c.pool, func(tx *sqlx.Tx) error {
			_, err := catalog.Delegate(t.Context(), tx, c.root.ID, c.top.ID, prices)
			return err
		})
	}()
	for c.Text(
		`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) ==
		"0" {
		select {
		case err := <-done:
			t.Fatalf("the second did not wait: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !fault.Is(err, fault.Conflict) {
		t.Errorf("the second got %v, want a Conflict fault", err)
	}
}
