package testdb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/testdb"
)

// content is a digest of all rows and sequences of a database.
const content = `
	select md5(string_agg(query_to_xml('select * from ' || quote_ident(relname) || ' order by 1', true, false,
	                                   '')::text, '' order by relname))
	from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'S')
	  and relname <> 'goose_db_version_id_seq'`

func read(t *testing.T, pool *sqlx.DB, query string) string {
	t.Helper()
	var out string
	if err := pool.GetContext(t.Context(), &out, query); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLentDatabaseIsAsNewOnes(t *testing.T) {
	fresh := read(t, testdb.New(t), content)
	var before string
	for range 3 {
		t.Run("lent", func(t *testing.T) {
			pool := testdb.Lend(t)
			if got := read(t, pool, content); got != fresh {
				t.Error("a lent database differs from a new one")
			}
			name := read(t, pool, `select current_database()`)
			if before != "" && name != before {
				t.Errorf("lent is %s, want %s again", name, before)
			}
			before = name
			w := testdb.NewWorld(t, pool)
			w.Payment(testdb.Payment{Customer: w.Customer(testdb.Customer{}).ID, Amount: "5.00"})
			w.Exec(`update currencies set minor_units = 3 where code = 'EUR'`)
			w.Exec(`delete from currencies where code = 'JPY'`)
			if read(t, pool, content) == fresh {
				t.Error("the digest does not see what was written")
			}
		})
	}
}

func TestLentDatabaseWithAnotherSchemaIsNotLentAgain(t *testing.T) {
	names := map[string]bool{}
	for _, change := range []string{
		`drop trigger if exists nothing on customers`, `create index on customers (name, id)`,
		`alter table customers disable trigger user`, `create table spare (id bigint)`,
	} {
		t.Run(change, func(t *testing.T) {
			pool := testdb.Lend(t)
			names[read(t, pool, `select current_database()`)] = true
			if _, err := testdb.Superuser(t, pool).ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
		})
	}
	if len(names) != 3 {
		t.Errorf("%d databases were lent, want 3: the first change changed nothing", len(names))
	}
}
