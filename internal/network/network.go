// Package network says which addresses a limit counts as one client.
package network

import "net/netip"

// Of returns what an address counts as in a limit per address: itself in IPv4, its /64 in IPv6,
// which one customer of a provider has whole. A text that is no address is returned as it is.
func Of(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, siteBits).Masked().String()
}

// siteBits is how many bits of an IPv6 address name its network; the rest a client chooses.
const siteBits = 64
