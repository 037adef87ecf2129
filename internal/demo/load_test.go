package demo

import (
	"reflect"
	"testing"
	"time"

	"handover/internal/exchange"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

// tableOf names the tables that are not called like their file.
var tableOf = map[string]string{
	"orders":             "placed_orders",
	"account_successors": "customers where successor_id is not null",
}

func TestLoadSmall(t *testing.T) {
	t.Parallel()
	db := testdb.NewOwned(t)
	start := time.Now()
	loaded, err := Load(t.Context(), db, Small, today, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d records in %s", loaded.Records, time.Since(start).Round(time.Millisecond))

	w := reflect.ValueOf(small(t)).Elem()
	for n := range w.NumField() {
		file, want := snake(w.Type().Field(n).Name), w.Field(n).Len()
		table := file
		if other, ok := tableOf[file]; ok {
			table = other
		}
		var got int
		if err := db.GetContext(t.Context(), &got, "select count(*) from "+table); err != nil || got != want {
			t.Errorf("%s: %d rows, %v; want %d", file, got, err, want)
		}
		if loaded.Files[file+".csv"] != want {
			t.Errorf("%s: %d rows reported, want %d", file, loaded.Files[file+".csv"], want)
		}
	}

	t.Run("the books agree with the records", func(t *testing.T) {
		for _, view := range []string{"book_differences", "distributor_differences"} {
			var compared, differ int
			if err := db.GetContext(t.Context(), &compared, "select count(*) from "+view); err != nil || compared < 10 {
				t.Errorf("%s compares %d, %v", view, compared, err)
			}
			if err := db.GetContext(t.Context(), &differ, "select count(*) from "+view+
				" where difference <> 0"); err != nil || differ != 0 {
				t.Errorf("%d of %d rows of %s differ, %v", differ, compared, view, err)
			}
		}
	})
	t.Run("everybody can sign in", func(t *testing.T) {
		authenticator, err := identity.NewAuthenticator(db, []byte("a session key of the tests, 32 b"))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range loaded.SignIns {
			if _, err := authenticator.SignIn(t.Context(), identity.Credentials{Email: s.Email, Password: Password},
				""); err != nil {
				t.Errorf("%s: %v", s.Email, err)
			}
		}
	})
	t.Run("a second time is refused", func(t *testing.T) {
		if _, err := Load(t.Context(), db, Small, today, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second time says %v", err)
		}
	})
}

func TestLoadGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	db := testdb.NewOwned(t)
	if _, err := exchange.Import(t.Context(), db, csvFiles(t, small(t)), exchange.Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(t.Context(), db, Small, today, nil); err != nil {
		t.Fatal(err)
	}
	staff, err := identity.List(t.Context(), db)
	if err != nil || len(staff) != len(signIns) {
		t.Errorf("%d people, %v; want %d", len(staff), err, len(signIns))
	}
}

func TestLoadRefusesADatabaseInUse(t *testing.T) {
	t.Parallel()
	db := testdb.NewOwned(t)
	testdb.NewWorld(t, db)
	if _, err := Load(t.Context(), db, Small, today, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("a database with a distributor: %v", err)
	}
}
