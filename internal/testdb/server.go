package testdb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/pgembed"
	"handover/migrations"
)

// server is where this process makes its databases.
type server struct {
	address  string // of the database from which others are made
	service  string // the same, for a role that owns nothing
	mighty   string // the same, for a superuser
	admin    *sqlx.DB
	dropper  *sqlx.DB // may end the connections of all roles
	template string
	held     *sql.Conn // has the lock on the template
	made     atomic.Int64
}

// open connects to the server and makes sure of the template.
func open(ctx context.Context) (*server, error) {
	s := &server{address: os.Getenv("HANDOVER_TEST_DATABASE_URL")}
	s.mighty, s.service = s.address, s.address
	if s.address == "" {
		bin, err := pgembed.Find(os.Getenv("HANDOVER_POSTGRES_BIN"), 0)
		if err != nil {
			return nil, err
		}
		// One cluster per version: another one cannot read its files.
		dir := filepath.Join(os.TempDir(), fmt.Sprintf("handover-test-%d-pg%d", os.Getuid(), bin.Major))
		embedded, err := pgembed.Start(ctx, pgembed.Options{Dir: dir, Bin: bin.Dir, Volatile: true})
		if err != nil {
			return nil, err
		}
		s.address, s.service = embedded.URL(""), embedded.ServiceURL("")
		s.mighty = withUser(s.address, "postgres")
	}
	var err error
	if s.admin, err = db.Open(ctx, s.address); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(6)
	if s.dropper, err = db.Open(ctx, s.mighty); err != nil {
		return nil, err
	}
	s.dropper.SetMaxOpenConns(3)
	if s.service != s.address {
		// Tests look at what sessions wait for, and end them.
		const grant = `grant pg_read_all_stats, pg_signal_backend to handover_service`
		if err := db.InTx(ctx, s.dropper, func(tx *sqlx.Tx) error {
			if _, err := tx.ExecContext(ctx, templateLock); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, grant)
			return err
		}); err != nil {
			return nil, fmt.Errorf("let tests look at sessions: %w", err)
		}
	}
	if s.template, err = templateName(); err != nil {
		return nil, err
	}
	if err := s.holdTemplate(ctx); err != nil {
		return nil, err
	}
	return s, s.makeTemplate(ctx)
}

// holdTemplate keeps other processes from sweeping our template away: a lock on
// a connection that stays open as long as the process.
func (s *server) holdTemplate(ctx context.Context) error {
	var err error
	if s.held, err = s.admin.Conn(ctx); err != nil {
		return fmt.Errorf("hold the template: %w", err)
	}
	if _, err := s.held.ExecContext(ctx, `select pg_advisory_lock_shared(hashtext($1))`, s.template); err != nil {
		return fmt.Errorf("hold the template: %w", err)
	}
	return nil
}

// templateName changes with the content of the migrations.
func templateName() (string, error) {
	hash := sha256.New()
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range files {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", fmt.Errorf("read a migration: %w", err)
		}
		fmt.Fprintf(hash, "%s %d\n%s", name, len(text), text)
	}
	return fmt.Sprintf("template_%x", hash.Sum(nil)[:6]), nil
}

// templateLock lets one process at a time make or sweep templates.
const templateLock = `select pg_advisory_xact_lock(hashtext('handover test template'))`

// makeTemplate migrates a database once for all test processes. It gets its
// name when it is complete; what earlier processes left behind goes away.
func (s *server) makeTemplate(ctx context.Context) error {
	return db.InTx(ctx, s.admin, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, templateLock); err != nil {
			return fmt.Errorf("wait for the template: %w", err)
		}
		var there bool
		if err := tx.GetContext(ctx, &there, `select exists (select 1 from pg_database where datname = $1)`,
			s.template); err != nil {
			return err
		}
		if there {
			return s.dropAll(ctx, tx, `datname like 'test\_%'`)
		}
		if err := s.sweep(ctx, tx); err != nil {
			return err
		}
		fresh := s.template + "_new"
		if err := s.create(ctx, fresh, "template1"); err != nil {
			return err
		}
		if err := s.migrate(ctx, fresh); err != nil {
			return err
		}
		if _, err := s.admin.ExecContext(ctx, `alter database `+fresh+` rename to `+s.template); err != nil {
			return fmt.Errorf("name the template: %w", err)
		}
		return nil
	})
}

func (s *server) migrate(ctx context.Context, name string) error {
	pool, err := db.Open(ctx, s.url(name))
	if err != nil {
		return err
	}
	defer func() { _ = pool.Close() }()
	if err := db.Migrate(ctx, pool); err != nil {
		return err
	}
	_, err = pool.ExecContext(ctx, `analyze`) // the server has no autovacuum
	return err
}

// sweep drops templates that no process holds, and databases whose process is gone.
func (s *server) sweep(ctx context.Context, tx *sqlx.Tx) error {
	return s.dropAll(ctx, tx, `datname like 'test\_%' or
		datname like 'template\_%' and pg_try_advisory_xact_lock(hashtext(datname))`)
}

// dropAll drops the databases that meet the condition, but those of tests whose process runs.
func (s *server) dropAll(ctx context.Context, tx *sqlx.Tx, condition string) error {
	var names []string
	if err := tx.SelectContext(ctx, &names, `select datname from pg_database where `+condition); err != nil {
		return fmt.Errorf("list the databases: %w", err)
	}
	for _, name := range names {
		if owner, ok := strings.CutPrefix(name, prefix); ok && alive(owner) {
			continue
		}
		if err := s.drop(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// alive reports whether the process runs whose id a database's name begins with.
func alive(owner string) bool {
	text, _, _ := strings.Cut(owner, "_")
	pid, err := strconv.Atoi(text)
	return err != nil || !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

// create copies the template's files: through the write-ahead log, as is usual since PostgreSQL 15,
// a copy costs five times the processor time.
func (s *server) create(ctx context.Context, name, template string) error {
	if _, err := s.admin.ExecContext(ctx, `create database `+name+` template `+template+
		` strategy file_copy`); err != nil {
		return fmt.Errorf("make a database for the test: %w", err)
	}
	return nil
}

// drop ends all connections to the database first, those of other roles, too.
func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.dropper.ExecContext(ctx, `drop database if exists `+name+` with (force)`); err != nil {
		return fmt.Errorf("drop a test's database: %w", err)
	}
	return nil
}

func (s *server) url(name string) string { return withName(s.address, name) }

// withName returns the address with another database.
func withName(address, name string) string {
	return changed(address, func(u *url.URL) { u.Path = "/" + name })
}

// withUser returns the address of the embedded server with another user; it trusts each.
func withUser(address, name string) string {
	return changed(address, func(u *url.URL) { u.User = url.User(name) })
}

func changed(address string, change func(*url.URL)) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // cannot be: it was connected to
	}
	change(u)
	return u.String()
}
