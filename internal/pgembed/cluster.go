package pgembed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// longestSocket is what fits into a socket address on every system we run on.
const (
	longestSocket = 103
	socketName    = ".s.PGSQL.5432"
)

// cluster is a folder with PostgreSQL's files, and what runs it.
type cluster struct {
	home      string // the folder; data, locks and the log are in it
	socketDir string
	bin       Binaries
	account   account
	volatile  bool
}

func (c *cluster) data() string    { return filepath.Join(c.home, "data") }
func (c *cluster) logFile() string { return filepath.Join(c.home, "server.log") }

// newCluster finds the programs for the folder and takes possession of it.
func newCluster(opts Options) (*cluster, error) {
	parent, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	// Two processes that come through different links agree on one name.
	if parent, err = filepath.EvalSymlinks(parent); err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	c := &cluster{home: filepath.Join(parent, "postgres"), volatile: opts.Volatile}
	if c.account, err = serverAccount(c.home); err != nil {
		return nil, err
	}
	if err := c.account.own(c.home); err != nil {
		return nil, err
	}
	major, err := c.major()
	if err != nil {
		return nil, err
	}
	if c.bin, err = Find(opts.Bin, major); err != nil {
		return nil, err
	}
	if err := c.account.reach(c.bin, c.home); err != nil {
		return nil, err
	}
	return c, c.placeSocket()
}

// placeSocket keeps the socket beside the data or, where that name would be too
// long for a socket, in a short private folder whose name follows from it.
func (c *cluster) placeSocket() error {
	c.socketDir = c.home
	if len(filepath.Join(c.home, socketName)) <= longestSocket {
		return nil
	}
	c.socketDir = fmt.Sprintf("/tmp/handover-%x", sha256.Sum256([]byte(c.home)))[:len("/tmp/handover-")+16]
	return c.account.own(c.socketDir)
}

// major returns the version that wrote the data, 0 if there is none yet.
func (c *cluster) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the data: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read the version of the data in %s: %w", c.data(), err)
	}
	return major, nil
}

// initialise makes the data folder once. The folder gets its name when it is complete, so
// a folder with this name can be started, whatever happened before. initdb inherits
// server.lock: when we are killed, no other process interferes with its last steps.
func (c *cluster) initialise(ctx context.Context, held *os.File) error {
	if major, err := c.major(); err != nil || major != 0 {
		return err
	}
	slog.DebugContext(ctx, "making a new PostgreSQL cluster", slog.String("folder", c.data()))
	fresh := c.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	args := []string{
		"-D", fresh, "-U", superuser, "-E", "UTF8", "--auth=trust", "--data-checksums",
		"--no-instructions",
	}
	args = append(args, localeArgs(c.bin.Major)...)
	if c.volatile {
		args = append(args, "--no-sync")
	}
	initdb := c.command(ctx, "initdb", args...)
	initdb.ExtraFiles = []*os.File{held}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("make the PostgreSQL cluster: %w: %s", err, lastLines(out))
	}
	conf, err := os.OpenFile(filepath.Join(fresh, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write PostgreSQL's settings: %w", err)
	}
	_, err = conf.WriteString(settings(c.volatile))
	if err := errors.Join(err, conf.Sync(), conf.Close()); err != nil {
		return fmt.Errorf("write PostgreSQL's settings: %w", err)
	}
	if err := os.Rename(fresh, c.data()); err != nil {
		return fmt.Errorf("put the PostgreSQL cluster in place: %w", err)
	}
	return nil
}

// localeArgs ask for sorting by bytes and for upper and lower case in all scripts.
func localeArgs(major int) []string {
	switch {
	case major >= 17:
		return []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
	case runtime.GOOS == "darwin":
		return []string{"--locale=C", "--lc-ctype=UTF-8"}
	}
	return []string{"--locale=C", "--lc-ctype=C.UTF-8"}
}

// launch starts the server, which inherits server.lock, and the watchdog. It does
// not wait until connections are accepted.
func (c *cluster) launch(held *os.File) error {
	// The lock is free, so the process that wrote this file is gone.
	if err := os.Remove(filepath.Join(c.data(), "postmaster.pid")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove what a killed PostgreSQL left: %w", err)
	}
	log, err := c.openLog()
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	// It outlives us, so it takes no context.
	server := c.command(context.Background(), "postgres",
		"-D", c.data(), "-c", "listen_addresses=", "-c", "port=5432",
		"-c", "unix_socket_directories="+quoteList(c.socketDir), "-c", "unix_socket_permissions=0700")
	server.Stdout, server.Stderr = log, log
	server.ExtraFiles = []*os.File{held}
	if err := server.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	go func() { _ = server.Wait() }() // its end is seen by server.lock
	return c.watch(log)
}

// watch starts the watchdog: it stops the server once no process holds
// users.lock. Where there is no program flock, a server whose last user was
// killed stays until the next one comes and goes.
func (c *cluster) watch(log *os.File) error {
	users, err := os.OpenFile(filepath.Join(c.home, usersLock), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the lock: %w", err)
	}
	defer func() { _ = users.Close() }()
	sh, err := exec.LookPath("sh")
	if err != nil {
		return nil // a system without sh has no flock
	}
	dog := exec.Command(sh, "-c",
		`command -v flock >/dev/null && flock -x 3 && [ -e "$1/postmaster.pid" ] && exec "$0" -D "$1" -m fast -s stop`,
		c.bin.path("pg_ctl"), c.data())
	dog.Dir, dog.Env, dog.SysProcAttr = c.home, environment(), c.account.attributes()
	dog.Stdout, dog.Stderr = log, log
	dog.ExtraFiles = []*os.File{users}
	if err := dog.Start(); err != nil {
		return fmt.Errorf("start the watchdog of PostgreSQL: %w", err)
	}
	go func() { _ = dog.Wait() }() // it may fail: without flock there is none
	return nil
}

// interrupt asks the server to shut down without waiting for its connections.
func (c *cluster) interrupt() error {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the PostgreSQL to stop: %w", err)
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil || pid <= 1 {
		return fmt.Errorf("find the PostgreSQL to stop: postmaster.pid says %q", first)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	return nil
}

func (c *cluster) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.bin.path(program), args...)
	cmd.Dir, cmd.Env, cmd.SysProcAttr = c.home, environment(), c.account.attributes()
	return cmd
}

// environment leaves out what would change PostgreSQL's settings.
func environment() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
