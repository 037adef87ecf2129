package web

import (
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"handover/internal/network"
)

// clients counts what each client has open, so that no one of them has everything. Addresses count
// by their network (network.Of). A limit of 0 is none.
type clients struct {
	limit int
	mu    sync.Mutex
	open  map[string]int
}

func newClients(limit int) *clients { return &clients{limit: limit, open: map[string]int{}} }

// enter counts one more of the client, and reports whether it may have it. It is counted anyway;
// the caller says leave when it is over.
func (c *clients) enter(address string) bool {
	key := network.Of(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[key]++
	return c.limit == 0 || c.open[key] <= c.limit
}

func (c *clients) leave(address string) {
	key := network.Of(address)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[key]--; c.open[key] == 0 {
		delete(c.open, key)
	}
}

// limitConnections is the hook of a server that closes the connections of an address which are over
// the limit. Proxies that are named are left out: their clients are counted by limitRequests.
func (c *clients) limitConnections(proxies []*net.IPNet) func(net.Conn, http.ConnState) {
	return func(conn net.Conn, state http.ConnState) {
		remote, ok := conn.RemoteAddr().(*net.TCPAddr)
		if !ok || slices.ContainsFunc(proxies, func(p *net.IPNet) bool { return p.Contains(remote.IP) }) {
			return
		}
		switch state {
		case http.StateNew:
			if !c.enter(remote.IP.String()) {
				_ = conn.Close()
			}
		case http.StateClosed, http.StateHijacked:
			c.leave(remote.IP.String())
		default:
		}
	}
}

// limitRequests refuses requests of a client that has too many in progress. Without a proxy the
// limit of connections comes first; behind one it is the only one.
func (c *clients) limitRequests(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ctx echo.Context) error {
		address := ctx.RealIP()
		defer c.leave(address)
		if !c.enter(address) {
			ctx.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(retryAfter))
			return ctx.String(http.StatusTooManyRequests, msgTooManyRequests)
		}
		return next(ctx)
	}
}

const retryAfter = 5 // seconds
