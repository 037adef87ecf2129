package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
)

// lendable is a database that tests have after each other. Its connections stay open, so that PostgreSQL
// plans a statement once and not for each test: planning is half of what a transfer costs on little data.
type lendable struct {
	name   string
	pool   *sqlx.DB
	mighty *sqlx.DB // a superuser's, of one connection
	schema string   // what schemaSQL said of it
	filled string   // a statement that fills its tables as the migrations did
	counts string   // a statement that sets its sequences as the migrations did
}

// free are the databases that no test has at the moment.
var free struct {
	sync.Mutex
	list []*lendable
}

// Lend is New for the many tests of a package: the test may get a database that another one had before,
// emptied of what that wrote. Whoever changes the schema may use it as well: such a database is not lent again.
func Lend(t testing.TB) *sqlx.DB {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatalf("start the database for tests: %v", err)
	}
	l, err := s.borrow()
	if err != nil {
		t.Fatal(err)
	}
	l.pool.SetMaxOpenConns(maxConns)
	t.Cleanup(func() {
		if t.Failed() || !l.empty() {
			if err := l.end(s); err != nil {
				t.Error(err)
			}
			return
		}
		free.Lock()
		defer free.Unlock()
		free.list = append(free.list, l)
	})
	return l.pool
}

// borrow takes a free database, or makes one.
func (s *server) borrow() (*lendable, error) {
	free.Lock()
	defer free.Unlock()
	if last := len(free.list) - 1; last >= 0 {
		l := free.list[last]
		free.list = free.list[:last]
		return l, nil
	}
	ctx := context.Background()
	l := &lendable{name: fmt.Sprintf("%s%d_%d", prefix, os.Getpid(), s.made.Add(1))}
	if err := s.create(ctx, l.name, s.template); err != nil {
		return nil, err
	}
	var err error
	if l.pool, err = db.Open(ctx, db.WithPrepared(withName(s.service, l.name))); err != nil {
		return nil, err
	}
	if l.mighty, err = db.Open(ctx, withName(s.mighty, l.name)); err != nil {
		return nil, err
	}
	l.mighty.SetMaxOpenConns(1)
	return l, l.remember(ctx)
}

// end drops a database that is not lent again.
func (l *lendable) end(s *server) error {
	ctx := context.Background()
	if err := errors.Join(l.pool.Close(), l.mighty.Close()); err != nil {
		return err
	}
	return s.drop(ctx, l.name)
}

// schemaSQL changes with the schema: the number of rows and the newest one of what describes it.
const schemaSQL = `
	select concat_ws(' ',
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_class),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_attribute where attrelid >= 16384),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_constraint),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_trigger),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_policy),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_proc where oid >= 16384),
	    (select count(*) || '.' || max(xmin::text::bigint) from pg_rewrite where ev_class >= 16384))`

// remember notes what the database is before a test writes into it.
func (l *lendable) remember(ctx context.Context) error {
	if err := l.mighty.GetContext(ctx, &l.schema, schemaSQL); err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	var tables []struct {
		Name    string `db:"name"`
		Columns string `db:"columns"`
	}
	err := l.mighty.SelectContext(ctx, &tables, `
		select c.oid::regclass::text as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_relation_size(c.oid) > 0
		  and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' group by c.oid`)
	if err != nil {
		return fmt.Errorf("list the tables that migrations filled: %w", err)
	}
	var filled strings.Builder
	for _, table := range tables {
		var one string
		err := l.mighty.GetContext(ctx, &one, fmt.Sprintf(`
			select format('insert into %[1]s (%[2]s) overriding system value
			               select %[2]s from json_populate_recordset(null::%[1]s, %%L);', json_agg(t))
			from %[1]s t having count(*) > 0 union all select '' limit 1`, table.Name, table.Columns))
		if err != nil {
			return fmt.Errorf("read what migrations wrote into %s: %w", table.Name, err)
		}
		filled.WriteString(one)
	}
	l.filled = filled.String()
	err = l.mighty.GetContext(ctx, &l.counts, `
		select coalesce(string_agg(format('perform setval(%L, %s, %L);', quote_ident(sequencename),
		                                  coalesce(last_value, start_value), last_value is not null), ''), '')
		from pg_sequences where schemaname = 'public'`)
	if err != nil {
		return fmt.Errorf("read the sequences: %w", err)
	}
	return nil
}

// empty takes back what a test wrote, past all triggers, and reports whether the database is as
// the migrations left it.
func (l *lendable) empty() bool {
	ctx := context.Background()
	var schema string
	if err := l.mighty.GetContext(ctx, &schema, schemaSQL); err != nil || schema != l.schema {
		return false
	}
	_, err := l.mighty.ExecContext(ctx, `do $empty$
		declare name text;
		begin
		    set local session_replication_role = replica;
		    set local lock_timeout = '5s';
		    for name in select c.oid::regclass::text from pg_class c
		                where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
		                  and pg_relation_size(c.oid) > 0 loop
		        execute 'delete from ' || name;
		    end loop;
		    `+l.filled+l.counts+`
		end $empty$`)
	return err == nil
}
