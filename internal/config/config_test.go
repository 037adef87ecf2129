package config_test

import (
	"net"
	"slices"
	"strings"
	"testing"

	"handover/internal/config"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := config.Config{DataDir: "./var", Addr: "127.0.0.1:8080"}
	tests := []struct {
		name string
		set  func(c *config.Config)
		want string
	}{
		{"defaults", func(*config.Config) {}, ""},
		{"everything", func(c *config.Config) {
			c.DatabaseURL = "postgres://u:p@db.example/handover"
			c.SMTPURL, c.MailFrom = "smtp://u:p@mail.example:587", "Aurora Cloud <billing@aurora.example>"
			c.BaseURL = "https://panel.example/"
		}, ""},
		{"a database on a socket", func(c *config.Config) {
			c.DatabaseURL = "postgres:///handover?host=/run/postgresql"
		}, ""},
		{"a database of another kind", func(c *config.Config) {
			c.DatabaseURL = "mysql://u:secret@db.example/x"
		}, "HANDOVER_DATABASE_URL"},
		{"no place for data", func(c *config.Config) { c.DataDir = "" }, "HANDOVER_DATA_DIR"},
		{"no port", func(c *config.Config) { c.Addr = "localhost" }, "HANDOVER_ADDR"},
		{"a port that is none", func(c *config.Config) { c.Addr = "localhost:http" }, "HANDOVER_ADDR"},
		{"a mail server without scheme", func(c *config.Config) { c.SMTPURL = "mail.example:25" }, "HANDOVER_SMTP_URL"},
		{"a mail server with its sender", func(c *config.Config) {
			c.SMTPURL = "smtps://mail.example?from=billing@aurora.example"
		}, ""},
		{"a mail server, but no sender", func(c *config.Config) {
			c.SMTPURL = "smtp://u:secret@mail.example"
		}, "HANDOVER_SMTP_URL names a mail server, but no sender"},
		{"a sender that is no address", func(c *config.Config) {
			c.SMTPURL, c.MailFrom = "smtp://mail.example", "billing"
		}, `HANDOVER_MAIL_FROM "billing"`},
		{"a sender and no mail server", func(c *config.Config) { c.MailFrom = "billing" }, ""},
		{"a short key", func(c *config.Config) { c.SessionKey = "secret" }, "HANDOVER_SESSION_KEY has 6 characters"},
		{"a provider", func(c *config.Config) {
			c.OIDCIssuer, c.OIDCClientID, c.OIDCName = "https://login.aurora.example", "handover", "Aurora"
		}, ""},
		{"a provider on this machine", func(c *config.Config) {
			c.OIDCIssuer, c.OIDCClientID, c.OIDCName = "http://127.0.0.1:9000", "handover", "Aurora"
		}, ""},
		{"a provider elsewhere without https", func(c *config.Config) {
			c.OIDCIssuer, c.OIDCClientID, c.OIDCName = "http://login.aurora.example", "handover", "Aurora"
		}, "HANDOVER_OIDC_ISSUER begins with http://"},
		{"a provider that is no address", func(c *config.Config) {
			c.OIDCIssuer = "login.aurora.example"
		}, "HANDOVER_OIDC_ISSUER"},
		{"a provider, but no client", func(c *config.Config) {
			c.OIDCIssuer, c.OIDCName = "https://login.aurora.example", "Aurora"
		}, "HANDOVER_OIDC_ISSUER names a provider, but HANDOVER_OIDC_CLIENT_ID is empty"},
		{"a provider without a name", func(c *config.Config) {
			c.OIDCIssuer, c.OIDCClientID = "https://login.aurora.example", "handover"
		}, "HANDOVER_OIDC_NAME"},
		{"metrics without a port", func(c *config.Config) { c.MetricsAddr = "localhost" }, "HANDOVER_METRICS_ADDR"},
		{"fewer connections than none", func(c *config.Config) {
			c.PerAddress = -1
		}, "HANDOVER_CONNECTIONS_PER_ADDRESS is -1"},
		{"no metrics", func(c *config.Config) { c.MetricsAddr = "" }, ""},
		{"a base without host", func(c *config.Config) { c.BaseURL = "/panel" }, "HANDOVER_BASE_URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := good
			tt.set(&c)
			err := c.Check()
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			case err != nil && strings.Contains(err.Error(), "secret"):
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestBase(t *testing.T) {
	t.Parallel()
	listening := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}
	tests := []struct{ base, addr, want string }{
		{"https://panel.example/", "127.0.0.1:8080", "https://panel.example"},
		{"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		{"", "127.0.0.1:0", "http://127.0.0.1:8080"},
		{"", "panel.example:8080", "http://panel.example:8080"},
		{"", "0.0.0.0:8080", "http://localhost:8080"},
		{"", ":8080", "http://localhost:8080"},
		{"", "[::]:8080", "http://localhost:8080"},
		{"", "[::1]:8080", "http://[::1]:8080"},
	}
	for _, tt := range tests {
		if got := (config.Config{BaseURL: tt.base, Addr: tt.addr}).Base(listening); got != tt.want {
			t.Errorf("%q %q: got %s, want %s", tt.base, tt.addr, got, tt.want)
		}
	}
}

func TestSender(t *testing.T) {
	t.Parallel()
	tests := []struct{ address, setting, want string }{
		{"smtp://mail.example", "", ""},
		{"smtp://mail.example?from=a@aurora.example", "", "a@aurora.example"},
		{"smtp://mail.example?from=a@aurora.example", "b@aurora.example", "b@aurora.example"},
	}
	for _, tt := range tests {
		if got := (config.Config{SMTPURL: tt.address, MailFrom: tt.setting}).Sender(); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.address, tt.setting, got, tt.want)
		}
	}
}

// TestOtherMachinesNeedHTTPS: a panel that others reach without https is refused unless asked for.
func TestOtherMachinesNeedHTTPS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config.Config
		refused bool
	}{
		{config.Config{Addr: "127.0.0.1:8080"}, false},
		{config.Config{Addr: "[::1]:8080"}, false},
		{config.Config{Addr: "localhost:8080", BaseURL: "http://panel.example"}, false},
		{config.Config{Addr: "0.0.0.0:8080"}, true},
		{config.Config{Addr: ":8080"}, true},
		{config.Config{Addr: "10.0.0.5:8080", BaseURL: "http://panel.example"}, true},
		{config.Config{Addr: "10.0.0.5:8080", BaseURL: "https://panel.example"}, false},
		{config.Config{Addr: "0.0.0.0:8080", InsecureHTTP: true}, false},
	} {
		err := c.CheckExposure()
		if (err != nil) != c.refused || err != nil && !strings.Contains(err.Error(), "HANDOVER_BASE_URL") {
			t.Errorf("%s with %q: %v", c.Addr, c.BaseURL, err)
		}
	}
}

// TestHosts: the panel answers under its own names and no others.
func TestHosts(t *testing.T) {
	t.Parallel()
	c := config.Config{
		Addr: "0.0.0.0:8080", BaseURL: "https://panel.example/", AllowedHosts: []string{"panel.aurora.example"},
	}
	want := []string{"localhost", "127.0.0.1", "::1", "panel.aurora.example", "panel.example", "0.0.0.0"}
	if got := c.Hosts(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
