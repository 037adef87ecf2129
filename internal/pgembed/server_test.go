package pgembed

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
)

// helperDir makes the test program a process that uses the cluster in this
// folder until its input ends.
const helperDir = "PGEMBED_TEST_DIR"

func TestMain(m *testing.M) {
	dir := os.Getenv(helperDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{Dir: dir, Bin: os.Getenv("HANDOVER_POSTGRES_BIN"), Volatile: true})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.Close(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("closed")
}

// helper is another process that uses a cluster.
type helper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startHelper runs another process on the cluster in dir, as the given user if
// there is one, and returns when it is ready.
func startHelper(t *testing.T, program, dir string, as *syscall.Credential) *helper {
	t.Helper()
	h := newHelper(t, program, dir, as)
	check(t, h.cmd.Start())
	h.says(t, "ready")
	return h
}

func newHelper(t *testing.T, program, dir string, as *syscall.Credential) *helper {
	t.Helper()
	bin, err := Find(os.Getenv("HANDOVER_POSTGRES_BIN"), 0) // may be below our working directory
	check(t, err)
	h := &helper{cmd: exec.Command(program)}
	h.cmd.Env = append(os.Environ(), helperDir+"="+dir, "HANDOVER_POSTGRES_BIN="+bin.Dir)
	h.cmd.Dir = dir
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	h.cmd.Stderr = os.Stderr
	in, err := h.cmd.StdinPipe()
	check(t, err)
	out, err := h.cmd.StdoutPipe()
	check(t, err)
	h.in, h.out = in, bufio.NewReader(out)
	t.Cleanup(func() { _ = h.in.Close(); _ = h.cmd.Wait() })
	return h
}

func (h *helper) says(t *testing.T, want string) {
	t.Helper()
	line, err := h.out.ReadString('\n')
	if strings.TrimSpace(line) != want {
		t.Fatalf("the other process says %q (%v), want %q", line, err, want)
	}
}

func (h *helper) kill(t *testing.T) {
	t.Helper()
	check(t, h.cmd.Process.Kill())
	_ = h.cmd.Wait()
}

// openDir makes a folder that every user can reach, unlike t.TempDir.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgembed")
	check(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	return dir
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{Dir: dir, Bin: os.Getenv("HANDOVER_POSTGRES_BIN"), Volatile: true})
	check(t, err)
	return s
}

// query runs a statement on the server and returns its one value.
func query(t *testing.T, s *Server, text string) string {
	t.Helper()
	pool, err := sql.Open("postgres", s.URL(""))
	check(t, err)
	defer func() { _ = pool.Close() }()
	var value sql.NullString
	if err := pool.QueryRowContext(t.Context(), text).Scan(&value); err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return value.String
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	check(t, err)
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	check(t, err)
	return pid
}

// running reports whether a process of the server is alive, as the lock says.
func running(t *testing.T, dir string) bool {
	t.Helper()
	f, err := tryLock(filepath.Join(dir, "postgres", serverLock), syscall.LOCK_EX)
	if err == nil {
		_ = f.Close()
	} else if !errors.Is(err, errHeld) {
		t.Fatal(err)
	}
	return err != nil
}

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

func TestServer(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	s := start(t, dir)
	query(t, s, `create table kept (n int)`)
	query(t, s, `insert into kept values (42)`)
	if got := query(t, s, `select rolsuper from pg_roles where rolname = current_user`); got != "false" {
		t.Errorf("the program works as a superuser: %s", got)
	}
	if got := query(t, s,
		`select lower('ÄÖ') || current_setting('listen_addresses') || current_setting('data_checksums')`); got !=
		"äöon" {
		t.Errorf("locale, addresses, checksums: %q", got)
	}
	check(t, s.Close())
	if running(t, dir) {
		t.Fatal("the server runs on after its only user has closed it")
	}

	steps := []struct {
		name string
		do   func(t *testing.T)
	}{
		{"the starter leaves, the joiner stays, the last one stops it", func(t *testing.T) {
			other := startHelper(t, os.Args[0], dir, nil)
			s := start(t, dir)
			check(t, other.in.Close())
			other.says(t, "closed")
			if query(t, s, `select n from kept`) != "42" {
				t.Error("the data is gone")
			}
			check(t, s.Close())
		}},
		{"the starter is killed, the joiner stays", func(t *testing.T) {
			other := startHelper(t, os.Args[0], dir, nil)
			s := start(t, dir)
			other.kill(t)
			if query(t, s, `select n from kept`) != "42" {
				t.Error("the data is gone")
			}
			check(t, s.Close())
		}},
		{"the joiner is killed, the starter stops it", func(t *testing.T) {
			s := start(t, dir)
			startHelper(t, os.Args[0], dir, nil).kill(t)
			check(t, s.Close())
		}},
		{"the only user is killed, the watchdog stops it", func(t *testing.T) {
			startHelper(t, os.Args[0], dir, nil).kill(t)
			waitUntil(t, "the server has stopped", func() bool { return !running(t, dir) })
		}},
		{"the postmaster is killed, its user starts it again", func(t *testing.T) {
			s := start(t, dir)
			before := postmaster(t, dir)
			check(t, syscall.Kill(before, syscall.SIGKILL))
			waitUntil(t, "another server answers", func() bool {
				pool, err := sql.Open("postgres", s.URL(""))
				check(t, err)
				defer func() { _ = pool.Close() }()
				var n int
				return pool.QueryRowContext(t.Context(), `select n from kept`).Scan(&n) == nil && n == 42 &&
					postmaster(t, dir) != before
			})
			check(t, s.Close())
		}},
		{"everything is killed, the next one recovers", func(t *testing.T) {
			other := startHelper(t, os.Args[0], dir, nil)
			pid := postmaster(t, dir)
			other.kill(t)
			_ = syscall.Kill(pid, syscall.SIGKILL)
			s := start(t, dir)
			if query(t, s, `select n from kept`) != "42" {
				t.Error("the data is gone")
			}
			check(t, s.Close())
		}},
		{"an interrupt of the process group leaves the server to the others", func(t *testing.T) {
			s := start(t, dir)
			pid := postmaster(t, dir)
			sid, _, errno := syscall.Syscall(syscall.SYS_GETSID, uintptr(pid), 0, 0)
			if errno != 0 || int(sid) != pid {
				t.Errorf("the server is in session %d, want its own %d (%v)", sid, pid, errno)
			}
			check(t, s.Close())
		}},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.do(t)
			if running(t, dir) {
				t.Error("the server is still running")
			}
		})
	}
}

// TestManyStarters lets processes come and go at the same time.
func TestManyStarters(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	check(t, start(t, dir).Close())
	done := make(chan error)
	for range 4 {
		go func() {
			for range 4 {
				s, err := Start(t.Context(), Options{Dir: dir})
				if err == nil {
					var pool *sql.DB
					if pool, err = sql.Open("postgres", s.URL("")); err == nil {
						err = errors.Join(pool.PingContext(t.Context()), pool.Close())
					}
					err = errors.Join(err, s.Close())
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if running(t, dir) {
		t.Error("the server is still running")
	}
}

// TestKilledWhileMaking kills the first process while it makes the cluster.
func TestKilledWhileMaking(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	first := newHelper(t, os.Args[0], dir, nil)
	check(t, first.cmd.Start())
	waitUntil(t, "the cluster is being made", func() bool {
		_, err := os.Stat(filepath.Join(dir, "postgres", "data.new", "base"))
		return err == nil
	})
	first.kill(t)
	s := start(t, dir)
	if got := query(t, s, `select 'whole'`); got != "whole" {
		t.Errorf("got %q", got)
	}
	check(t, s.Close())
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	base := openDir(t)
	dir := filepath.Join(base, strings.Repeat("a long name, with a comma", 5))
	s := start(t, dir)
	if got := query(t, s, `select 'here'`); got != "here" {
		t.Errorf("got %q", got)
	}
	if len(s.cluster.socketDir) > 60 || strings.HasPrefix(s.cluster.socketDir, base) {
		t.Errorf("the socket is in %s", s.cluster.socketDir)
	}
	check(t, s.Close())
	check(t, os.RemoveAll(s.cluster.socketDir))
}

// TestNormalUser runs a process that is not root, with a folder of its own.
func TestNormalUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user; the other tests run as a normal one")
	}
	nobody, err := user.Lookup("nobody")
	check(t, err)
	uid, err := strconv.Atoi(nobody.Uid)
	check(t, err)
	dir := openDir(t)
	check(t, os.Chown(dir, uid, uid))
	// The test program is in a folder that only root can read.
	program := filepath.Join(openDir(t), "program")
	text, err := os.ReadFile(os.Args[0])
	check(t, err)
	check(t, os.WriteFile(program, text, 0o755))

	other := startHelper(t, program, dir, &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)})
	s := start(t, dir) // root joins, and leaves the folder to its owner
	if got := query(t, s, `select 1`); got != "1" {
		t.Errorf("got %q", got)
	}
	check(t, s.Close())
	check(t, other.in.Close())
	other.says(t, "closed")
	info, err := os.Stat(filepath.Join(dir, "postgres", "data"))
	check(t, err)
	if owner := info.Sys().(*syscall.Stat_t).Uid; int(owner) != uid {
		t.Errorf("the data belongs to %d, want %d", owner, uid)
	}
}

func TestUnreachableFolder(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("a normal user runs PostgreSQL as itself")
	}
	closed := filepath.Join(openDir(t), "home")
	check(t, os.Mkdir(closed, 0o700))
	_, err := Start(t.Context(), Options{Dir: filepath.Join(closed, "var")})
	if err == nil || !strings.Contains(err.Error(), "the folder "+closed+" is closed to it (mode 0700)") {
		t.Errorf("got %v", err)
	}
}
