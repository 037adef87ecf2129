package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/monitor"
	"handover/internal/order"
	"handover/internal/vault"
	"handover/internal/webhooks"
	"handover/static"
	"handover/web/api"
	"handover/web/page"
)

// Deps are what the panel needs; main builds each once.
type Deps struct {
	DB             *sqlx.DB
	Log            *slog.Logger
	Transfers      *engine.Engine // nil = one on DB, with the clock of the machine
	BaseURL        string         // "https://panel.example"; its scheme decides about Secure cookies
	SessionKey     []byte         // signs the cookies, 32 bytes or more
	Hosts          []string       // names that the panel answers to; nil = any
	TrustedProxies []*net.IPNet
	PerAddress     int                  // connections, and requests in progress, of one client; 0 = any number
	SendsMail      bool                 // a mail server is set
	Metrics        *prometheus.Registry // where the figures of requests are registered; nil = nowhere
	Checks         []monitor.Check      // what /readyz asks
	SignOn         identity.Provider    // single sign-on; without Issuer there is none
	Patience       time.Duration        // how long a click waits for its order to end; 0 = two seconds
	Webhooks       webhooks.Networks    // private networks that messages of webhooks may be sent to
}

// Server is the panel.
type Server struct {
	*page.Frame
	echo        *echo.Echo
	checks      []monitor.Check
	metrics     metrics
	connections *clients
	proxies     []*net.IPNet
	times       times
}

// New builds the panel. It fails when its assets were not built.
func New(deps Deps) (*Server, error) {
	base, err := url.Parse(deps.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the base URL: %w", err)
	}
	if len(deps.SessionKey) < page.MinSessionKey {
		return nil, fmt.Errorf("the session key has %d bytes; it needs %d", len(deps.SessionKey), page.MinSessionKey)
	}
	assets, err := static.Open()
	if err != nil {
		return nil, err
	}
	authenticator, err := identity.NewAuthenticator(deps.DB, deps.SessionKey)
	if err != nil {
		return nil, err
	}
	if deps.Log == nil {
		deps.Log = slog.Default()
	}
	if deps.Transfers == nil {
		deps.Transfers = &engine.Engine{Desk: order.Desk{DB: deps.DB, Log: deps.Log, Now: time.Now}}
	}
	secrets, err := vault.New(deps.SessionKey, vault.Webhooks)
	if err != nil {
		return nil, err
	}
	links, err := vault.New(deps.SessionKey, vault.MailedLinks)
	if err != nil {
		return nil, err
	}
	https := base.Scheme == "https"
	frame := &page.Frame{
		DB: deps.DB, Log: deps.Log, Transfers: deps.Transfers, BaseURL: deps.BaseURL, SendsMail: deps.SendsMail,
		Patience: deps.Patience,
		Assets:   assets, Authenticator: authenticator, Cookies: page.NewCookies(deps.SessionKey, https),
		Pages:       map[string]page.Route{},
		Webhooks:    webhooks.Desk{DB: deps.DB, Vault: secrets, Allowed: deps.Webhooks, Now: time.Now},
		MailedLinks: links,
	}
	s := &Server{
		Frame: frame, echo: echo.New(), checks: deps.Checks, metrics: newMetrics(deps.Metrics),
		connections: newClients(deps.PerAddress), proxies: deps.TrustedProxies, times: usualTimes(),
	}
	if deps.SignOn.Issuer != "" {
		deps.SignOn.RedirectURL = strings.TrimRight(deps.BaseURL, "/") + page.SignOnReturn
		s.SignOn = identity.NewSignOn(authenticator, deps.SignOn)
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.HandleError
	s.echo.IPExtractor = trustProxies(deps.TrustedProxies)
	s.useMiddleware(https, deps.Hosts, newClients(deps.PerAddress))
	s.register()
	s.API = api.Mount(s.echo, deps.DB, deps.Transfers, deps.Log)
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// httpServer returns a server that gives up on clients which take too long or too much.
func (s *Server) httpServer() *http.Server {
	return &http.Server{
		Handler: s.pace(s), ReadHeaderTimeout: s.times.header, ReadTimeout: s.times.form,
		WriteTimeout: requestTime + s.times.answer, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ConnState: s.connections.limitConnections(s.proxies),
		ErrorLog:  slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
}

// Serve answers requests on the listener until the context ends, then lets the requests in
// progress finish.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	live, stopLive := context.WithCancel(context.Background())
	go s.forgetEnded(ctx)
	server := s.httpServer()
	server.BaseContext = func(net.Listener) context.Context { return live }
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stopLive() // pages that follow an order end at once
		deadline, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the panel: %w", err)
	}
	return <-stopped
}

// forgetEvery is how often ended sessions are removed; they are refused anyway.
const forgetEvery = time.Hour

func (s *Server) forgetEnded(ctx context.Context) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		if err := identity.ForgetEnded(ctx, s.DB); err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "ended sessions were not removed", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
