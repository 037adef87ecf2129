package config

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// WebhookNet is a private network that messages of webhooks may be sent to.
type WebhookNet struct {
	Distributor int64 // whose messages; 0 = the provider's
	Prefix      netip.Prefix
}

// UnmarshalText reads 10.0.0.0/8, or D-000002=10.0.0.0/8 for a distributor.
func (n *WebhookNet) UnmarshalText(text []byte) error {
	number, network, named := strings.Cut(string(text), "=")
	if !named {
		network = number
	}
	prefix, err := netip.ParsePrefix(network)
	if err != nil {
		return fmt.Errorf(msgNoNetwork, text)
	}
	n.Distributor, n.Prefix = 0, prefix
	if !named {
		return nil
	}
	digits, numbered := strings.CutPrefix(number, "D-")
	if n.Distributor, err = strconv.ParseInt(digits, 10, 64); err != nil || !numbered || n.Distributor < 1 {
		return fmt.Errorf(msgNoNetwork, text)
	}
	return nil
}
