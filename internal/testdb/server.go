package testdb

import (
	"context"
	"crypto/sha256"
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
	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/pgembed"
	"handover/migrations"
)

// server is where this process makes its databases.
type server struct {
	address  string // of the database from which others are made
	admin    *sqlx.DB
	template string
	made     atomic.Int64
}

// open connects to the server and makes sure of the template.
func open(ctx context.Context) (*server, error) {
	s := &server{address: os.Getenv("HANDOVER_TEST_DATABASE_URL")}
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
		s.address = embedded.URL("")
	}
	var err error
	if s.admin, err = db.Open(ctx, s.address); err != nil {
		return nil, err
	}
	s.admin.SetMaxOpenConns(4)
	if s.template, err = templateName(); err != nil {
		return nil, err
	}
	return s, s.makeTemplate(ctx)
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

// makeTemplate migrates a database once for all test processes. It gets its
// name when it is complete; what earlier processes left behind goes away.
func (s *server) makeTemplate(ctx context.Context) error {
	return db.InTx(ctx, s.admin, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtext('handover test template'))`); err != nil {
			return fmt.Errorf("wait for the template: %w", err)
		}
		var there bool
		if err := tx.GetContext(ctx, &there, `select exists (select 1 from pg_database where datname = $1)`, s.template); err != nil || there {
			return err
		}
		if err := s.sweep(ctx); err != nil {
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

// sweep drops templates of other migrations, and databases whose process is gone.
func (s *server) sweep(ctx context.Context) error {
	var names []string
	err := s.admin.SelectContext(ctx, &names, `select datname from pg_database where datname like 'template\_%' or datname like 'test\_%'`)
	if err != nil {
		return fmt.Errorf("list the databases: %w", err)
	}
	for _, name := range names {
		if pid, _, ok := strings.Cut(strings.TrimPrefix(name, prefix), "_"); ok && strings.HasPrefix(name, prefix) {
			if n, err := strconv.Atoi(pid); err != nil || syscall.Kill(n, 0) == nil {
				continue
			}
		}
		if err := s.drop(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// copyTemplate makes a database from the template, which processes with other
// migrations may have swept away.
func (s *server) copyTemplate(ctx context.Context, name string) error {
	err := s.create(ctx, name, s.template)
	if missing, ok := errors.AsType[*pq.Error](err); ok && missing.Code == "3D000" {
		if err := s.makeTemplate(ctx); err != nil {
			return err
		}
		err = s.create(ctx, name, s.template)
	}
	return err
}

func (s *server) create(ctx context.Context, name, template string) error {
	if _, err := s.admin.ExecContext(ctx, `create database `+name+` template `+template); err != nil {
		return fmt.Errorf("make a database for the test: %w", err)
	}
	return nil
}

func (s *server) drop(ctx context.Context, name string) error {
	if _, err := s.admin.ExecContext(ctx, `drop database if exists `+name+` with (force)`); err != nil {
		return fmt.Errorf("drop a test's database: %w", err)
	}
	return nil
}

func (s *server) url(name string) string {
	u, err := url.Parse(s.address)
	if err != nil {
		return s.address // cannot be: it was connected to
	}
	u.Path = "/" + name
	return u.String()
}
