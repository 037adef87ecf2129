package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"handover/internal/testdb"
	"handover/static"
	"handover/web"
	"handover/web/page"
)

// hurry is every time of a connection in these tests.
const hurry = 500 * time.Millisecond

// slowClients is a panel that gives up slow clients soon.
type slowClients struct {
	*testing.T
	server *web.Server
}

func newSlowClients(t *testing.T, change ...func(*web.Deps)) slowClients {
	t.Helper()
	deps := web.Deps{DB: testdb.New(t), SessionKey: sessionKey, BaseURL: "https://panel.example"}
	for _, c := range change {
		c(&deps)
	}
	server, err := web.New(deps)
	if err != nil {
		t.Fatal(err)
	}
	server.Hurry(hurry)
	return slowClients{t, server}
}

// serve serves until the test ends and returns the address.
func (s slowClients) serve(server *http.Server) string {
	s.Helper()
	listener := listen(s.T)
	go func() { _ = server.Serve(listener) }()
	s.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// dial connects from an address of this machine, with a small window.
func (s slowClients) dial(to, from string) net.Conn {
	s.Helper()
	dialer := net.Dialer{
		LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)},
		Control: func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) {
				_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
			})
		},
	}
	conn, err := dialer.DialContext(s.Context(), "tcp", to)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return conn
}

func (s slowClients) say(conn net.Conn, text string) {
	s.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		s.Fatal(err)
	}
}

// answer reads the answer's status, 0 for a connection that was closed.
func (s slowClients) answer(conn net.Conn) int {
	s.Helper()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, r.Body)
	_ = r.Body.Close()
	return r.StatusCode
}

const head = " HTTP/1.1\r\nHost: panel.example\r\n"

// TestSlowClientsAreGivenUp: who sends nothing, half a head, half a form, or takes no answer, is
// given up in the time for it.
func TestSlowClientsAreGivenUp(t *testing.T) {
	t.Parallel()
	s := newSlowClients(t)
	address := s.serve(s.server.HTTPServer())
	assets, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	sheet := "GET /static/" + assets.Name("tabler.css") + head + "\r\n"
	for name, says := range map[string]string{
		"silent": "", "half a head": "GET /sign-in" + head,
		"half a form": "POST /sign-in" + head + "Content-Type: application/x-www-form-urlencoded\r\n" +
			"Content-Length: 1000\r\n\r\nemail=ada",
		"no reader": strings.Repeat(sheet, 20),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := s
			s.T = t
			conn := s.dial(address, "127.0.0.1")
			began := time.Now()
			s.say(conn, says)
			if name == "no reader" {
				time.Sleep(4 * hurry)
			}
			got, err := io.Copy(io.Discard, conn)
			if errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 20*time.Second {
				t.Errorf("it has the connection for %s: %v", time.Since(began), err)
			}
			if got > 4<<20 {
				t.Errorf("who does not read got %d bytes", got)
			}
		})
	}
}

// TestHandlersOutliveTheTimeForTheRequest: the time for a body ends no handler that works longer,
// live answers go on as long as each part is taken, and uploads as long as they make progress.
func TestHandlersOutliveTheTimeForTheRequest(t *testing.T) {
	t.Parallel()
	s := newSlowClients(t)
	works := func(c echo.Context) error {
		if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
			return c.String(http.StatusBadRequest, "half")
		}
		select {
		case <-c.Request().Context().Done():
			return c.String(http.StatusGone, "ended")
		case <-time.After(3 * hurry):
		}
		return c.String(http.StatusOK, "done")
	}
	parts := func(c echo.Context) error {
		for range 8 {
			if _, err := c.Response().Write([]byte("part\n")); err != nil {
				return err
			}
			c.Response().Flush()
			time.Sleep(hurry / 2)
		}
		return nil
	}
	post := "POST /" + head + "Content-Length: 8\r\n\r\n"
	tests := []struct {
		name    string
		options page.RouteOptions
		handler echo.HandlerFunc
		head    string
		drip    int // bytes of a body, one each half of the time
		want    int
	}{
		{"a page", page.RouteOptions{}, works, "GET /" + head + "\r\n", 0, http.StatusOK},
		{"a form", page.RouteOptions{}, works, post + "complete", 0, http.StatusOK},
		{"a form that drips", page.RouteOptions{}, works, post, 8, http.StatusBadRequest},
		{"an upload that drips", page.RouteOptions{MaxBody: "1G"}, works, post, 8, http.StatusOK},
		{"an upload that stops", page.RouteOptions{MaxBody: "1G"}, works, post, 1, http.StatusBadRequest},
		{"a live page", page.RouteOptions{Live: true}, parts, "GET /" + head + "\r\n", 0, http.StatusOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := s
			s.T = t
			server := s.server.Paced(tt.options, tt.handler)
			if tt.options.Live {
				server.WriteTimeout = hurry
			}
			conn := s.dial(s.serve(server), "127.0.0.1")
			s.say(conn, tt.head)
			for range tt.drip {
				time.Sleep(hurry / 2)
				_, _ = io.WriteString(conn, "x")
			}
			r, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if r.StatusCode != tt.want || err != nil {
				t.Errorf("%d %q, %v", r.StatusCode, body, err)
			}
			if tt.options.Live && strings.Count(string(body), "part") != 8 {
				t.Errorf("the live page ends after %q", body)
			}
		})
	}
}

// TestConnectionsPerAddress: one address has so many; others are served, and so is the next of its
// own when one ends.
func TestConnectionsPerAddress(t *testing.T) {
	t.Parallel()
	s := newSlowClients(t, func(d *web.Deps) { d.PerAddress = 3 })
	s.server.Hurry(time.Minute)
	address := s.serve(s.server.HTTPServer())
	const ask = "GET /healthz" + head + "\r\n"
	var open []net.Conn
	for i := range 5 {
		conn := s.dial(address, "127.0.0.1")
		_, _ = io.WriteString(conn, ask)
		if got, want := s.answer(conn), map[bool]int{true: 200, false: 0}[i < 3]; got != want {
			t.Errorf("connection %d is answered %d, want %d", i+1, got, want)
		}
		open = append(open, conn)
	}
	other := s.dial(address, "127.0.0.2")
	s.say(other, ask)
	if got := s.answer(other); got != http.StatusOK {
		t.Errorf("another address is answered %d", got)
	}
	_ = open[0].Close()
	for range 200 { // until the server sees it
		next := s.dial(address, "127.0.0.1")
		_, _ = io.WriteString(next, ask)
		if s.answer(next) == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("after one has ended there is no place for the next")
}

// TestRequestsPerClientBehindAProxy: a named proxy may have any number of connections; each client
// behind it may have so many requests in progress.
func TestRequestsPerClientBehindAProxy(t *testing.T) {
	t.Parallel()
	s := newSlowClients(t, func(d *web.Deps) {
		d.PerAddress = 3
		d.TrustedProxies = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 1), Mask: net.CIDRMask(32, 32)}}
	})
	s.server.Hurry(time.Minute)
	address := s.serve(s.server.HTTPServer())
	ask := func(client string) int {
		conn := s.dial(address, "127.0.0.1")
		s.say(conn, "GET /healthz"+head+"X-Forwarded-For: "+client+"\r\n\r\n")
		return s.answer(conn)
	}
	for range 3 { // in progress until the body comes
		s.say(s.dial(address, "127.0.0.1"), "POST /preferences"+head+"X-Forwarded-For: 2001:db8::1\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\ntheme")
	}
	for range 200 {
		if ask("2001:db8::2") == http.StatusTooManyRequests {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := ask("2001:db8::2"); got != http.StatusTooManyRequests {
		t.Errorf("the fourth of one network is answered %d", got)
	}
	if got := ask("2001:db8:0:1::2"); got != http.StatusOK {
		t.Errorf("another network is answered %d", got)
	}
}

// TestLargeBodiesPerClient: of one client four large bodies are in memory, whatever it sends.
func TestLargeBodiesPerClient(t *testing.T) {
	t.Parallel()
	s := newSlowClients(t)
	s.server.Hurry(time.Minute)
	address := s.serve(s.server.Paced(page.RouteOptions{}, func(c echo.Context) error {
		if _, err := io.ReadAll(c.Request().Body); err != nil {
			return c.NoContent(http.StatusTeapot)
		}
		return c.NoContent(http.StatusOK)
	}))
	const length = 100_000
	large := "POST /" + head + "Content-Length: 100000\r\n\r\n"
	var open []net.Conn
	for range 4 {
		conn := s.dial(address, "127.0.0.1")
		s.say(conn, large+strings.Repeat("x", length-1))
		open = append(open, conn)
	}
	time.Sleep(hurry) // until they are read
	one := func(from string, size int) int {
		conn := s.dial(address, from)
		s.say(conn, "POST /"+head+"Connection: close\r\nContent-Length: "+map[bool]string{
			true: "100000", false: "1000",
		}[size == length]+"\r\n\r\n"+strings.Repeat("x", size))
		return s.answer(conn)
	}
	if got := one("127.0.0.1", length); got != http.StatusTeapot {
		t.Errorf("the fifth is answered %d", got)
	}
	if got := one("127.0.0.1", 1000); got != http.StatusOK {
		t.Errorf("a small one is answered %d", got)
	}
	if got := one("127.0.0.2", length); got != http.StatusOK {
		t.Errorf("one of another client is answered %d", got)
	}
	s.say(open[0], "x")
	if got := s.answer(open[0]); got != http.StatusOK {
		t.Errorf("the first is answered %d", got)
	}
	if got := one("127.0.0.1", length); got != http.StatusOK {
		t.Errorf("after one has ended the next is answered %d", got)
	}
}

// discarded is an answer that keeps nothing.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d discarded) WriteHeader(int)             {}

// TestAssetsAreNotCopied: a request for the largest file takes a small part of its size. Not in
// parallel: the memory of all goroutines is counted.
func TestAssetsAreNotCopied(t *testing.T) {
	s := newSlowClients(t)
	assets, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	name := assets.Name("tabler.css")
	size := len(assets.File(name))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/static/"+name, nil)
	const requests = 50
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range requests {
		s.server.ServeHTTP(discarded{http.Header{}}, r)
	}
	runtime.ReadMemStats(&after)
	if each := int(after.TotalAlloc-before.TotalAlloc) / requests; each > size/4 {
		t.Errorf("a request for %d bytes takes %d of memory", size, each)
	}
}

// noted is an answer that says when it is written.
type noted struct {
	discarded
	events *[]string
}

func (n noted) Write(p []byte) (int, error) {
	*n.events = append(*n.events, "written")
	return len(p), nil
}

// TestAnswersAreCompleteBeforeTheyAreSent: a client that reads slowly holds no handler and no
// compressor. What is flushed goes out at once, and a panic leaves room for the error page.
func TestAnswersAreCompleteBeforeTheyAreSent(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"page": "ended written", "flushed": "written ended", "large": "written written ended", "panic": "",
	} {
		var events []string
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		c := echo.New().NewContext(r, noted{discarded{http.Header{}}, &events})
		handler := web.BufferAnswers(func(c echo.Context) error {
			size := 1000
			if name == "large" {
				size = 700_000
				_, _ = c.Response().Write(make([]byte, size))
			}
			_, _ = c.Response().Write(make([]byte, size))
			switch name {
			case "flushed":
				c.Response().Flush()
			case "panic":
				panic("no")
			}
			events = append(events, "ended")
			return nil
		})
		func() {
			defer func() { _ = recover() }()
			_ = handler(c)
		}()
		if got := strings.Join(events, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		if c.Response().Committed != (name != "panic") {
			t.Errorf("%s: committed %t", name, c.Response().Committed)
		}
	}
}
