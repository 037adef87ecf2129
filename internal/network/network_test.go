package network_test

import (
	"testing"

	"handover/internal/network"
)

func TestIPv6CountsByNetwork(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1",
		"2001:db8:1:2::1": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::9": "2001:db8:1:2::/64",
		"2001:db8:1:3::1": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "::1": "::/64",
		"": "", "unix": "unix",
	} {
		if got := network.Of(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}
