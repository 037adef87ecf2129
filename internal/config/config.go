// Package config is what can be set from outside: one struct, filled from flags
// and HANDOVER_* variables by the command line, checked once at the start.
package config

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Config is the configuration of a process. Flags go before variables.
type Config struct {
	DatabaseURL    string         `name:"database-url" env:"HANDOVER_DATABASE_URL" placeholder:"URL" help:"PostgreSQL to use, like postgres://user:password@db.example/handover. Empty: an embedded one in the data directory."`
	MigrateURL     string         `name:"migrate-url" env:"HANDOVER_MIGRATE_URL" placeholder:"URL" help:"The same database for the owner of the schema. With it, serve and worker connect by HANDOVER_DATABASE_URL as a role that owns nothing, and all other commands as the owner. Empty: as HANDOVER_DATABASE_URL."`
	DataDir        string         `name:"data-dir" env:"HANDOVER_DATA_DIR" default:"./var" placeholder:"DIR" help:"Directory for the embedded PostgreSQL and the session key (${default})."`
	PostgresBin    string         `name:"postgres-bin" env:"HANDOVER_POSTGRES_BIN" placeholder:"DIR" help:"Directory of the PostgreSQL programs to embed. Empty: the newest that is installed."`
	Addr           string         `name:"addr" env:"HANDOVER_ADDR" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to serve on (${default})."`
	BaseURL        string         `name:"base-url" env:"HANDOVER_BASE_URL" placeholder:"URL" help:"Address under which people reach the panel, for links in mails. Empty: from the address."`
	TrustedProxies []netip.Prefix `name:"trusted-proxies" env:"HANDOVER_TRUSTED_PROXIES" placeholder:"NET,..." help:"Networks of the reverse proxies whose X-Forwarded-For is believed, like 10.0.0.0/8. Empty: none."`
	PerAddress     int            `name:"connections-per-address" env:"HANDOVER_CONNECTIONS_PER_ADDRESS" default:"100" placeholder:"N" help:"Connections, and behind a named proxy requests in progress, of one network address (IPv6: of a /64) at a time; 0 = any number (${default})."`
	SessionKey     string         `name:"session-key" env:"HANDOVER_SESSION_KEY" placeholder:"KEY" help:"Secret of at least 32 characters that signs session cookies. Empty: generated once into the data directory."`
	SMTPURL        string         `name:"smtp-url" env:"HANDOVER_SMTP_URL" placeholder:"URL" help:"Mail server, like smtp://user:password@mail.example:587 (STARTTLS where the server offers it) or smtps://mail.example (TLS). Empty: mails stay on the Outbox page."`
	MailFrom       string         `name:"mail-from" env:"HANDOVER_MAIL_FROM" placeholder:"ADDRESS" help:"Sender of mails, like billing@aurora.example. Needed with a mail server, unless its URL ends in ?from=ADDRESS."`
	OIDCIssuer     string         `name:"oidc-issuer" env:"HANDOVER_OIDC_ISSUER" placeholder:"URL" help:"OpenID Connect provider for single sign-on, like https://login.aurora.example. Empty: passwords only."`
	OIDCClientID   string         `name:"oidc-client-id" env:"HANDOVER_OIDC_CLIENT_ID" placeholder:"ID" help:"What the provider knows Handover as. Needed with a provider."`
	OIDCSecret     string         `name:"oidc-client-secret" env:"HANDOVER_OIDC_CLIENT_SECRET" placeholder:"SECRET" help:"Secret of this client. Empty: a public client."`
	OIDCName       string         `name:"oidc-name" env:"HANDOVER_OIDC_NAME" default:"single sign-on" placeholder:"NAME" help:"The provider's name on the button: Sign in with NAME (${default})."`
	WebhookNets    []WebhookNet   `name:"webhook-networks" env:"HANDOVER_WEBHOOK_NETWORKS" placeholder:"NET,..." help:"Private networks that messages of webhooks may be sent to, by http:// as well: the provider's, like 10.0.0.0/8, and those of a distributor, like D-000002=10.1.0.0/16. Empty: only the public Internet, by https://."`
	MetricsAddr    string         `name:"metrics-addr" env:"HANDOVER_METRICS_ADDR" default:"127.0.0.1:9080" placeholder:"HOST:PORT" help:"Address of /metrics, /healthz and /readyz with details, for every process; where the port is in use, one of the next 20 or any free one (${default})."`
	AllowedHosts   []string       `name:"allowed-hosts" env:"HANDOVER_ALLOWED_HOSTS" placeholder:"HOST,..." help:"Names of the panel beside that of HANDOVER_BASE_URL, like panel.aurora.example. Requests for other names are refused."`
	InsecureHTTP   bool           `name:"insecure-http" env:"HANDOVER_INSECURE_HTTP" help:"Serve other machines without https. Passwords and cookies can then be read on the way."`
	LogFormat      string         `name:"log-format" env:"HANDOVER_LOG_FORMAT" default:"text" enum:"text,json" placeholder:"FORMAT" help:"How the log is written: text or json (${default})."`
	LogLevel       slog.Level     `name:"log-level" env:"HANDOVER_LOG_LEVEL" default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error (${default})."`
}

// Check returns the first setting that cannot be worked with, named as its
// variable. Secrets are not shown.
func (c Config) Check() error {
	if c.DatabaseURL != "" {
		if err := checkURL("HANDOVER_DATABASE_URL", c.DatabaseURL, "postgres", "postgresql"); err != nil {
			return err
		}
	}
	if c.MigrateURL != "" {
		if err := checkURL("HANDOVER_MIGRATE_URL", c.MigrateURL, "postgres", "postgresql"); err != nil {
			return err
		}
		if c.DatabaseURL == "" {
			return fmt.Errorf("HANDOVER_MIGRATE_URL is set, but HANDOVER_DATABASE_URL is not; set it to the " +
				"address by which serve and worker connect")
		}
	}
	if c.DatabaseURL == "" && c.DataDir == "" {
		return fmt.Errorf("HANDOVER_DATA_DIR is empty; name a directory, or a database in HANDOVER_DATABASE_URL")
	}
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || !isPort(port) {
		return fmt.Errorf("HANDOVER_ADDR %q is not a host and a port like 127.0.0.1:8080", c.Addr)
	}
	if _, port, err := net.SplitHostPort(c.MetricsAddr); c.MetricsAddr != "" && (err != nil || !isPort(port)) {
		return fmt.Errorf("HANDOVER_METRICS_ADDR %q is not a host and a port like 127.0.0.1:9080", c.MetricsAddr)
	}
	if c.SMTPURL != "" {
		if err := checkURL("HANDOVER_SMTP_URL", c.SMTPURL, "smtp", "smtps"); err != nil {
			return err
		}
		if err := c.checkSender(); err != nil {
			return err
		}
	}
	if c.BaseURL != "" {
		if err := checkURL("HANDOVER_BASE_URL", c.BaseURL, "http", "https"); err != nil {
			return err
		}
	}
	if err := c.checkSignOn(); err != nil {
		return err
	}
	if c.PerAddress < 0 {
		return fmt.Errorf("HANDOVER_CONNECTIONS_PER_ADDRESS is %d; it may be 0, for any number, or more", c.PerAddress)
	}
	if n := len(c.SessionKey); n > 0 && n < minSessionKey {
		return fmt.Errorf("HANDOVER_SESSION_KEY has %d characters; at least %d are needed", n, minSessionKey)
	}
	return nil
}

// CheckExposure returns an error when the panel would answer other machines without https: people's
// passwords and cookies could be read on the way.
func (c Config) CheckExposure() error {
	if c.InsecureHTTP || strings.HasPrefix(c.BaseURL, "https://") || isLoopback(c.Addr) {
		return nil
	}
	return fmt.Errorf("HANDOVER_ADDR %s answers other machines, but HANDOVER_BASE_URL does not begin with https://. "+
		"Put a proxy with TLS in front and set HANDOVER_BASE_URL to its address, listen on 127.0.0.1, or set "+
		"--insecure-http", c.Addr)
}

// isLoopback reports whether only this machine reaches the address.
func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address) // checked at the start
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Hosts returns the names under which the panel answers: that of its base address, those that are
// allowed beside it, and this machine's own, which no other machine can claim.
func (c Config) Hosts() []string {
	hosts := append([]string{"localhost", "127.0.0.1", "::1"}, c.AllowedHosts...)
	for _, address := range []string{c.BaseURL, "http://" + c.Addr} {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}

// Sender returns the address that mails are sent from, "" if none is set.
func (c Config) Sender() string {
	if c.MailFrom != "" {
		return c.MailFrom
	}
	u, err := url.Parse(c.SMTPURL)
	if err != nil { // checked at the start
		return ""
	}
	return u.Query().Get("from")
}

func (c Config) checkSender() error {
	sender := c.Sender()
	if sender == "" {
		return fmt.Errorf("HANDOVER_SMTP_URL names a mail server, but no sender is set; set HANDOVER_MAIL_FROM " +
			"to the address that mails come from, or end the URL in ?from=ADDRESS")
	}
	if _, err := mail.ParseAddress(sender); err != nil {
		return fmt.Errorf("HANDOVER_MAIL_FROM %q is not an email address like billing@aurora.example", sender)
	}
	return nil
}

// Base returns the address under which people reach the panel that listens
// there, without a slash at the end.
func (c Config) Base(listening net.Addr) string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	host, _, _ := net.SplitHostPort(c.Addr)             // checked at the start
	_, port, _ := net.SplitHostPort(listening.String()) // differs when any port will do
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// PublicURL returns where people reach the panel, for a process that does not serve it.
func (c Config) PublicURL() string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	return "http://" + c.Addr
}

// checkSignOn asks for https: what comes over http proves nothing. Only a provider
// on this machine may do without.
func (c Config) checkSignOn() error {
	if c.OIDCIssuer == "" {
		return nil
	}
	if err := checkURL("HANDOVER_OIDC_ISSUER", c.OIDCIssuer, "https", "http"); err != nil {
		return err
	}
	u, err := url.Parse(c.OIDCIssuer)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	if local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback(); u.Scheme == "http" && !local {
		return fmt.Errorf("HANDOVER_OIDC_ISSUER begins with http://; a provider elsewhere needs https://")
	}
	if c.OIDCClientID == "" {
		return fmt.Errorf("HANDOVER_OIDC_ISSUER names a provider, but HANDOVER_OIDC_CLIENT_ID is empty; set it " +
			"to what the provider knows Handover as")
	}
	if strings.TrimSpace(c.OIDCName) == "" {
		return fmt.Errorf("HANDOVER_OIDC_NAME is empty; set it to the provider's name as people know it")
	}
	return nil
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}

// checkURL does not show the value, which may hold a password.
func checkURL(name, value string, schemes ...string) error {
	u, err := url.Parse(value)
	if err != nil || !slices.Contains(schemes, u.Scheme) || cmp.Or(u.Host, u.Query().Get("host")) == "" {
		return fmt.Errorf("%s is not an address that begins with %s://", name, strings.Join(schemes, ":// or "))
	}
	return nil
}
