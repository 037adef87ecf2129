package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"

	"handover/migrations"
)

// migrationLock is the advisory lock that one migrating process holds: any
// number that nothing else in the database uses.
const migrationLock = 4_843_669_001

// Migration is one step of the schema, and when it was applied (zero: not yet).
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time
}

// Migrate brings the schema up to date. Processes that do so at the same time
// wait for the first one.
func Migrate(ctx context.Context, pool *sqlx.DB) error {
	return migrate(ctx, pool, migrations.FS)
}

func migrate(ctx context.Context, pool *sqlx.DB, files fs.FS) error {
	provider, err := newProvider(pool, files)
	if err != nil {
		return err
	}
	// The lock lives as long as this transaction, which does nothing else, so
	// that it also works behind a transaction pooler.
	return InTx(ctx, pool, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("wait for the migration lock: %w", err)
		}
		current, known, err := provider.GetVersions(ctx)
		if err != nil {
			return fmt.Errorf("read the version of the schema: %w", err)
		}
		if err := notNewer(current, known); err != nil {
			return err
		}
		if err := migrateQueue(ctx, pool); err != nil {
			return err
		}
		results, err := provider.Up(ctx)
		for _, r := range results {
			slog.DebugContext(ctx, "migrated", slog.Int64("version", r.Source.Version),
				slog.Duration("took", r.Duration))
		}
		if err != nil {
			return fmt.Errorf("migrate the database: %w", err)
		}
		return nil
	})
}

// migrateQueue brings the tables of the queue up to date; our own migrations grant
// rights to them.
func migrateQueue(ctx context.Context, pool *sqlx.DB) error {
	migrator, err := rivermigrate.New(riverdatabasesql.New(pool.DB),
		&rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("read the migrations of the queue: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	return nil
}

// Latest returns the version of the schema that this program brings, without asking a
// database.
func Latest() (int64, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list the migrations: %w", err)
	}
	if len(names) == 0 {
		return 0, errors.New("list the migrations: there are none")
	}
	latest, err := goose.NumericComponent(slices.Max(names))
	if err != nil {
		return 0, fmt.Errorf("read the number of the last migration: %w", err)
	}
	return latest, nil
}

// Status returns every migration that this program knows, in order.
func Status(ctx context.Context, pool *sqlx.DB) ([]Migration, error) {
	provider, err := newProvider(pool, migrations.FS)
	if err != nil {
		return nil, err
	}
	statuses, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of the migrations: %w", err)
	}
	out := make([]Migration, 0, len(statuses))
	for _, s := range statuses {
		out = append(out, Migration{Version: s.Source.Version, Name: s.Source.Path, AppliedAt: s.AppliedAt})
	}
	return out, nil
}

// Ready reports as an error why the database cannot be worked with: it does not
// answer, or its schema is not the one that this program knows. It is one cheap
// query, to be asked often.
func Ready(ctx context.Context, pool *sqlx.DB) error {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	var applied []int64
	err = pool.SelectContext(ctx, &applied, `select version_id from goose_db_version where is_applied
		order by version_id`)
	if missing, ok := errors.AsType[*pq.Error](err); ok && missing.Code == "42P01" {
		return errNotMigrated
	}
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	var newest int64
	for _, name := range files {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return fmt.Errorf("read the version of a migration: %w", err)
		}
		newest = max(newest, version)
		if _, ok := slices.BinarySearch(applied, version); !ok {
			return errNotMigrated
		}
	}
	return notNewer(applied[len(applied)-1], newest)
}

var errNotMigrated = errors.New("the database schema is not up to date; run handover migrate")

func newProvider(pool *sqlx.DB, files fs.FS) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, pool.DB, files)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// notNewer refuses a schema that a later release has migrated: this program
// would write rows that break its rules.
func notNewer(current, known int64) error {
	if current > known {
		return fmt.Errorf("the database schema has version %d, this program knows %d at most; run a newer handover",
			current, known)
	}
	return nil
}
