package db_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jmoiron/sqlx"
	"pgregory.net/rapid"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

var brandOrders = []db.Order{
	{Key: "id", Expr: "b.id", Type: "bigint"},
	{Key: "name", Expr: "b.name", Type: "text"},
}

type brandRow struct {
	db.Key
	Name string `db:"name"`
}

func brandPage(ctx context.Context, q db.Querier, p db.Page) (db.Part[brandRow], error) {
	k, err := db.NewKeyset(p, "b.id", "", brandOrders...)
	if err != nil {
		return db.Part[brandRow]{}, err
	}
	var w db.Where
	w.And("b.primary_color = ?", "")
	k.Apply(&w)
	var rows []brandRow
	err = q.SelectContext(ctx, &rows, `select `+k.Columns()+`, b.name from brands b `+w.SQL()+` `+k.Tail(), w.Args()...)
	return db.Cut(k, rows), err
}

// makeBrands makes brands whose names repeat, so that ties must be broken.
func makeBrands(t *testing.T, n int) *sqlx.DB {
	t.Helper()
	pool := testdb.New(t)
	for i := range n {
		if _, err := pool.ExecContext(t.Context(), `insert into brands (name) values ($1)`,
			fmt.Sprintf("Brand %d", i*i%5)); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}

// Following the cursors through a list, of any page size and in any order, shows
// every row once, in that order; so does the way back.
func TestPagesShowEveryRowOnce(t *testing.T) {
	t.Parallel()
	const rows = 23
	pool := makeBrands(t, rows)
	rapid.Check(t, func(rt *rapid.T) {
		page := db.Page{
			Sort: rapid.SampledFrom([]string{"", "id", "-id", "name", "-name"}).Draw(rt, "sort"),
			Size: rapid.IntRange(1, rows+1).Draw(rt, "size"),
		}
		whole, err := brandPage(t.Context(), pool, db.Page{Sort: page.Sort, Size: rows})
		if err != nil || len(whole.Rows) != rows || whole.Before+whole.After != "" {
			rt.Fatalf("whole list: %d rows, cursors %q %q, %v", len(whole.Rows), whole.Before, whole.After, err)
		}
		var forward []brandRow
		var part db.Part[brandRow]
		for {
			if part, err = brandPage(t.Context(), pool, page); err != nil {
				rt.Fatal(err)
			}
			forward = append(forward, part.Rows...)
			if part.After == "" {
				break
			}
			page.After = part.After
		}
		if !slices.Equal(forward, whole.Rows) {
			rt.Fatalf("pages of %d by %q show %v, want %v", page.Size, page.Sort, forward, whole.Rows)
		}
		backward := part.Rows
		page.After = ""
		for part.Before != "" {
			page.Before = part.Before
			if part, err = brandPage(t.Context(), pool, page); err != nil {
				rt.Fatal(err)
			}
			backward = append(slices.Clone(part.Rows), backward...)
		}
		if !slices.Equal(backward, whole.Rows) {
			rt.Fatalf("pages of %d by %q read backward show %v, want %v", page.Size, page.Sort, backward, whole.Rows)
		}
	})
}

// Rows that come or go between two pages neither repeat nor hide others.
func TestPagesStandWhileRowsChange(t *testing.T) {
	t.Parallel()
	pool := makeBrands(t, 10)
	first, err := brandPage(t.Context(), pool, db.Page{Size: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.ExecContext(t.Context(), `delete from brands where id in (2, 4)`); err != nil {
		t.Fatal(err)
	}
	second, err := brandPage(t.Context(), pool, db.Page{Size: 4, After: first.After})
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Rows) != 4 || second.Rows[0].ID != 5 || second.Rows[3].ID != 8 {
		t.Errorf("second page is %v, want rows 5 to 8", second.Rows)
	}
}

// A forged address is refused with a sentence, and never reaches the database.
func TestForgedPlacesAreRefused(t *testing.T) {
	t.Parallel()
	pool := makeBrands(t, 3)
	good, err := brandPage(t.Context(), pool, db.Page{Size: 1, Sort: "name"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []db.Page{
		{Size: 1, Sort: "price"},
		{Size: 1, After: "not a cursor"},
		{Size: 1, After: "e30"},                     // {}
		{Size: 1, Sort: "-name", After: good.After}, // of another order
		{Size: 1, Sort: "name", After: "eyJzIjoibmFtZSIsImsiOiJhXHUwMDAwIiwiaSI6MX0"}, // a NUL
	} {
		if _, err := brandPage(t.Context(), pool, p); !fault.Is(err, fault.Invalid) {
			t.Errorf("page %+v: error %v, want an invalid fault", p, err)
		}
	}
}

func TestCountsAreExactUpToALimit(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	total := func() db.Total {
		n, err := db.Count(t.Context(), pool, `select from brands where name <> $1`, "other")
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	fill := func(n int) {
		if _, err := pool.ExecContext(t.Context(), `insert into brands (name) select 'b'
			from generate_series(1, $1::int)`, n); err != nil {
			t.Fatal(err)
		}
		if _, err := pool.ExecContext(t.Context(), `select handover_analyze('brands')`); err != nil {
			t.Fatal(err)
		}
	}
	fill(10_000)
	if got := total(); got != (db.Total{Rows: 10_000}) {
		t.Errorf("10,000 rows count as %+v", got)
	}
	fill(5_000)
	if got := total(); !got.Estimated || got.Rows < 14_000 || got.Rows > 16_000 {
		t.Errorf("15,000 rows count as %+v, want an estimate near them", got)
	}
	fill(10_000)
	if got := total(); !got.Estimated || got.Rows < 24_000 || got.Rows > 26_000 {
		t.Errorf("25,000 rows count as %+v, want an estimate near them", got)
	}
}
