package pgembed

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// The names inside the cluster: the superuser only sets it up, the owner has the tables, and who
// serves and works signs in as a role that owns nothing, as it would on a managed database.
const (
	superuser = "postgres"
	owner     = "handover"
	login     = "handover_login"
	service   = "handover_service" // what the login acts as outside of a scope
	database  = "handover"
)

const (
	startLock  = "start.lock"
	usersLock  = "users.lock"
	serverLock = "server.lock"
)

// stopTimeout is how long Close waits for a shutdown; the server finishes it
// without us as well.
const stopTimeout = 60 * time.Second

// Options say where the cluster is and what runs it.
type Options struct {
	Dir      string // the data folder; the cluster is in its folder postgres
	Bin      string // the folder of PostgreSQL's programs, "" to look for one
	Volatile bool   // a new cluster gives up durability for speed: tests only
}

// Server is a running cluster that this process uses.
type Server struct {
	cluster *cluster
	users   *os.File // holds users.lock as long as we use the server
	stop    context.CancelFunc
	keeper  sync.WaitGroup
}

// Start starts the cluster, or joins it when another process has, and waits
// until it accepts connections. Close must be called.
func Start(ctx context.Context, opts Options) (*Server, error) {
	c, err := newCluster(opts)
	if err != nil {
		return nil, err
	}
	s := &Server{cluster: c}
	if s.users, err = c.ensure(ctx, true); err != nil {
		return nil, err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.keeper.Go(func() { s.keep(background) })
	return s, nil
}

// URL returns the address of a database in the cluster, "" for the program's own, for its owner.
func (s *Server) URL(name string) string { return s.cluster.url(owner, cmp.Or(name, database)) }

// ServiceURL returns the same address for a role that owns nothing: it reads and writes rows.
func (s *Server) ServiceURL(name string) string { return s.cluster.url(login, cmp.Or(name, database)) }

// Close stops using the server, and stops it if it was the last user.
func (s *Server) Close() error {
	s.stop()
	s.keeper.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	c := s.cluster
	start, err := lock(ctx, c.path(startLock), syscall.LOCK_EX)
	if err != nil {
		return errors.Join(fmt.Errorf("stop PostgreSQL: %w", err), s.users.Close())
	}
	defer func() { _ = start.Close() }()
	if err := s.users.Close(); err != nil {
		return fmt.Errorf("release the lock: %w", err)
	}
	return c.leave(ctx)
}

// leave stops the server if it has no other users.
func (c *cluster) leave(ctx context.Context) error {
	for range 2 {
		last, err := tryLock(c.path(usersLock), syscall.LOCK_EX)
		if err == nil {
			defer func() { _ = last.Close() }()
			return c.shutDown(ctx)
		}
		if !errors.Is(err, errHeld) {
			return err
		}
		// By other users, or by the watchdog, which is stopping the server: then
		// this waits for it.
		shared, err := lock(ctx, c.path(usersLock), syscall.LOCK_SH)
		if err != nil {
			return fmt.Errorf("wait for PostgreSQL to stop: %w", err)
		}
		if err := shared.Close(); err != nil {
			return fmt.Errorf("release the lock: %w", err)
		}
	}
	return nil
}

// keep starts the server again when it was killed, as long as we use it.
func (s *Server) keep(ctx context.Context) {
	for sleep(ctx, time.Second) == nil {
		gone, err := tryLock(s.cluster.path(serverLock), syscall.LOCK_SH)
		if errors.Is(err, errHeld) {
			continue // it runs
		}
		if err != nil {
			slog.ErrorContext(ctx, "cannot see whether the embedded PostgreSQL runs", slog.Any("error", err))
			continue
		}
		_ = gone.Close()
		slog.WarnContext(ctx, "the embedded PostgreSQL is gone; starting it again")
		if _, err := s.cluster.ensure(ctx, false); err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "the embedded PostgreSQL does not start", slog.Any("error", err))
		}
	}
}

// ensure returns when the server accepts connections and has our database. With
// join set it takes users.lock first and returns it.
func (c *cluster) ensure(ctx context.Context, join bool) (users *os.File, err error) {
	start, err := lock(ctx, c.path(startLock), syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	defer func() { _ = start.Close() }()
	if join {
		if users, err = lock(ctx, c.path(usersLock), syscall.LOCK_SH); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				_ = users.Close()
			}
		}()
	}
	if err := c.awaken(ctx); err != nil {
		return users, err
	}
	return users, c.setUp(ctx)
}

// awaken launches the server unless one is there, and waits for it. The cluster
// is made before the first launch.
func (c *cluster) awaken(ctx context.Context) error {
	pool, err := sql.Open("postgres", c.url(superuser, superuser))
	if err != nil {
		return fmt.Errorf("read the address of the server: %w", err)
	}
	defer func() { _ = pool.Close() }()
	launched := false
	for {
		free, err := tryLock(c.path(serverLock), syscall.LOCK_EX)
		switch {
		case err == nil && launched:
			_ = free.Close()
			return fmt.Errorf("PostgreSQL stopped while it was starting; %s says: %s", c.logFile(), c.logTail())
		case err == nil:
			launched = true
			err := c.initialise(ctx, free)
			if err == nil {
				err = c.launch(free)
			}
			_ = free.Close() // the server has inherited it
			if err != nil {
				return err
			}
		case !errors.Is(err, errHeld):
			return err
		}
		err = pool.PingContext(ctx)
		if err == nil {
			return nil
		}
		if !comesUp(err) {
			return fmt.Errorf("connect to the embedded PostgreSQL: %w", err)
		}
		if err := sleep(ctx, poll); err != nil {
			return fmt.Errorf("wait for the embedded PostgreSQL: %w", err)
		}
	}
}

// comesUp reports whether a failed connection may succeed in a moment.
func comesUp(err error) bool {
	if answer, ok := errors.AsType[*pq.Error](err); ok {
		return answer.Code == "57P03" // starting up, recovering or shutting down
	}
	return !errors.Is(err, syscall.EACCES) && !errors.Is(err, syscall.EPERM)
}

// roles are what the program acts as within its transactions (docs/security.md); the second has
// what the first has.
var roles = []string{"handover_app", "handover_provider", "handover_engine", service}

type setUpStep struct{ look, make string }

func newRole(name, attributes string) setUpStep {
	return setUpStep{`select 1 from pg_roles where rolname = '` + name + `'`, `create role ` + name + ` ` + attributes}
}

// member makes one role a member of another.
func member(of, name string) setUpStep {
	return setUpStep{
		`select 1 from pg_auth_members where roleid = '` + of + `'::regrole and member = '` + name + `'::regrole`,
		`grant ` + of + ` to ` + name,
	}
}

// setUp makes the program's roles and database where they are missing.
func (c *cluster) setUp(ctx context.Context) error {
	pool, err := sql.Open("postgres", c.url(superuser, superuser))
	if err != nil {
		return fmt.Errorf("read the address of the server: %w", err)
	}
	defer func() { _ = pool.Close() }()
	missing := []setUpStep{newRole(owner, "login createdb"), newRole(login, "login noinherit")}
	for _, name := range roles {
		missing = append(missing, newRole(name, "nologin"), member(name, owner), member(name, login))
	}
	missing = append(missing, member(roles[0], roles[1]),
		setUpStep{
			`select 1 from pg_db_role_setting where setrole = '` + login + `'::regrole`,
			`alter role ` + login + ` set role = ` + service,
		},
		setUpStep{`select 1 from pg_database where datname = '` + database + `'`, `create database ` + database +
			` owner ` + owner})
	for _, missing := range missing {
		var one int
		err := pool.QueryRowContext(ctx, missing.look).Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			_, err = pool.ExecContext(ctx, missing.make)
		}
		if err != nil {
			return fmt.Errorf("set up the embedded PostgreSQL: %w", err)
		}
	}
	return nil
}

// shutDown stops the server and waits for its last process.
func (c *cluster) shutDown(ctx context.Context) error {
	if err := c.interrupt(); err != nil {
		return err
	}
	gone, err := lock(ctx, c.path(serverLock), syscall.LOCK_EX)
	if err != nil {
		return fmt.Errorf("wait for PostgreSQL to stop: %w", err)
	}
	return gone.Close()
}

func (c *cluster) path(name string) string { return filepath.Join(c.home, name) }

func (c *cluster) url(user, name string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + name}
	u.RawQuery = url.Values{"host": {c.socketDir}, "port": {"5432"}, "sslmode": {"disable"}}.Encode()
	return u.String()
}
