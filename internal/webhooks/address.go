package webhooks

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Network is a private network, and whose messages may be sent to addresses in it.
type Network struct {
	Distributor int64 // 0 = the provider's
	Prefix      netip.Prefix
}

// Networks are the private networks that an operator allows. Without them messages go only to
// addresses of the public Internet, over TLS: a typed address must not reach other services
// beside Handover. A distributor reaches those that name it, the provider those that name no one.
type Networks []Network

// reach are the private networks that messages of one distributor may be sent to.
type reach []netip.Prefix

// of returns the reach of a distributor's messages.
func (n Networks) of(distributor int64, provider bool) reach {
	var out reach
	for _, network := range n {
		if network.Distributor == 0 && provider || network.Distributor != 0 && network.Distributor == distributor {
			out = append(out, network.Prefix)
		}
	}
	return out
}

// clients are the clients of a sender: of the provider, of each distributor that a network names,
// and of all others.
type clients struct {
	provider, others *http.Client
	named            map[int64]*http.Client
}

func (n Networks) clients(timeout time.Duration) clients {
	c := clients{
		provider: n.of(0, true).client(timeout), others: reach(nil).client(timeout),
		named: map[int64]*http.Client{},
	}
	for _, network := range n {
		if network.Distributor != 0 && c.named[network.Distributor] == nil {
			c.named[network.Distributor] = n.of(network.Distributor, false).client(timeout)
		}
	}
	return c
}

// of returns the client for the messages of a distributor.
func (c clients) of(distributor int64, provider bool) *http.Client {
	if named := c.named[distributor]; named != nil && !provider {
		return named
	}
	if provider {
		return c.provider
	}
	return c.others
}

func (c clients) close() {
	c.provider.CloseIdleConnections()
	c.others.CloseIdleConnections()
	for _, named := range c.named {
		named.CloseIdleConnections()
	}
}

// private are networks that are not the public Internet, beside those that netip knows:
// special purposes of the IANA registries, and addresses that carry an IPv4 address inside.
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// lists reports whether the address lies in one of the networks.
func lists(networks []netip.Prefix, ip netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// refuses returns why messages may not be sent to the address by the scheme, "" if they
// may: over TLS to the public Internet, and in any way to the networks.
func (n reach) refuses(scheme string, ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	switch public := ip.IsGlobalUnicast() && !ip.IsPrivate() && !lists(private, ip); {
	case lists(n, ip), public && scheme == "https":
		return ""
	case public:
		return fmt.Sprintf(msgHTTPSOnly, ip)
	default:
		return fmt.Sprintf(msgNotPublic, ip)
	}
}

// checkURL returns what is wrong with the address, "" if nothing. What its name resolves to
// is looked at whenever a message is sent.
func (n reach) checkURL(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Sprintf(msgNotAnAddress, text)
	case len(text) > maxText:
		return fmt.Sprintf(msgAddressTooLong, maxText)
	case u.User != nil:
		return msgAddressWithPassword
	case u.Scheme == "http" && len(n) == 0:
		return fmt.Sprintf(msgAddressNotHTTPS, text)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		return n.refuses(u.Scheme, ip)
	}
	return ""
}

// client returns the client that messages are sent with. It looks at the address of each
// connection, after names were resolved, and follows no redirect.
func (n reach) client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     byScheme{"https": n.transport("https", timeout), "http": n.transport("http", timeout)},
	}
}

// transport makes the connections of a scheme.
func (n reach) transport(scheme string, timeout time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("read the address %q: %w", address, err)
		}
		if sentence := n.refuses(scheme, to.Addr()); sentence != "" {
			return refusal{sentence}
		}
		return nil
	}}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout, ResponseHeaderTimeout: timeout,
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     time.Minute, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
}

// byScheme are transports by the scheme of the address they are for.
type byScheme map[string]http.RoundTripper

// RoundTrip sends the request by its scheme's transport; checkURL let no other scheme in.
func (b byScheme) RoundTrip(r *http.Request) (*http.Response, error) {
	return b[r.URL.Scheme].RoundTrip(r) //nolint:wrapcheck // the client wraps it
}

// refusal is why no connection was made.
type refusal struct{ sentence string }

// Error returns the sentence.
func (r refusal) Error() string { return r.sentence }
