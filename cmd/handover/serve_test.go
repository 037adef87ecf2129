package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"handover/internal/testdb"
)

// TestServe starts the panel on a free port, asks whether it is ready, and stops it as a
// signal would.
func TestServe(t *testing.T) {
	t.Parallel()
	serveUntilReady(t, "--database-url", testdb.EmptyURL(t))
}

// TestServeConnectsAsARoleThatOwnsNothing: the owner brings the schema, another role does the rest; the
// owner in its place is refused with what to do.
func TestServeConnectsAsARoleThatOwnsNothing(t *testing.T) {
	t.Parallel()
	owner := testdb.EmptyURL(t)
	serveUntilReady(t, "--migrate-url", owner, "--database-url", testdb.ServiceURL(t, owner))
	// The same role by another spelling of its address.
	handover(t, "", "worker", "--metrics-addr", "", "--migrate-url", owner,
		"--database-url", owner+"&connect_timeout=9").
		oneSentence(t, exitFailed, "which owns the tables or may do everything")
	handover(t, "", "serve", "--addr", "127.0.0.1:0", "--database-url", "", "--migrate-url", owner).
		oneSentence(t, exitUsage, "HANDOVER_DATABASE_URL is not")
}

func serveUntilReady(t *testing.T, database ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	var errOut bytes.Buffer
	code := make(chan int, 1)
	args := []string{
		"serve", "--addr", "127.0.0.1:0", "--metrics-addr", "", "--log-level", "error",
		"--data-dir", t.TempDir(),
	}
	args = append(args, database...)
	go func() {
		code <- run(ctx, args, strings.NewReader(""), in, &errOut)
		_ = in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	base, ok := strings.CutPrefix(strings.TrimSpace(line), "Handover is ready at ")
	if !ok {
		t.Fatalf("it says %q, %v; %s", line, err, &errOut)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", path, answer.Status)
		}
	}
	stop()
	if got := <-code; got != 0 || errOut.Len() > 0 {
		t.Errorf("exit code %d, %s", got, &errOut)
	}
}

func TestServeOnAnAddressInUse(t *testing.T) {
	t.Parallel()
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	handover(t, "", "serve", "--addr", taken.Addr().String()).oneSentence(t, exitFailed, "address already in use")
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	got := networks([]netip.Prefix{netip.MustParsePrefix("10.1.2.3/8"), netip.MustParsePrefix("fd00::/16")})
	if len(got) != 2 || got[0].String() != "10.0.0.0/8" || !got[1].Contains(net.ParseIP("fd00::1")) {
		t.Errorf("got %v", got)
	}
}

// TestServeRefusesOtherMachinesWithoutHTTPS: the sentence says what to set.
func TestServeRefusesOtherMachinesWithoutHTTPS(t *testing.T) {
	t.Parallel()
	handover(t, "", "serve", "--addr", "0.0.0.0:0", "--data-dir", t.TempDir()).
		oneSentence(t, exitFailed, "HANDOVER_BASE_URL does not begin with https://")
}

// TestWorkerWithoutKeyEnds: a worker that cannot open the secrets says so and ends.
func TestWorkerWithoutKeyEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "session.key"), 0o700); err != nil { // a folder is no key
		t.Fatal(err)
	}
	r := handover(t, "", "worker", "--data-dir", dir, "--metrics-addr", "", "--database-url", testdb.EmptyURL(t))
	if r.code != exitFailed || r.out != "" || !strings.Contains(r.errOut, "session.key") {
		t.Errorf("%+v", r)
	}
}

// TestMemoryGoal: without GOMEMLIMIT a panel has a goal of its own; the environment's wins. Not in
// parallel: the goal is the process's.
func TestMemoryGoal(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	t.Setenv("GOMEMLIMIT", "1GiB")
	limitMemory()
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("with GOMEMLIMIT the goal becomes %d", got)
	}
	t.Setenv("GOMEMLIMIT", "")
	limitMemory()
	if got := debug.SetMemoryLimit(-1); got != memoryGoal {
		t.Errorf("the goal is %d", got)
	}
}
