package config_test

import (
	"net/netip"
	"testing"

	"handover/internal/config"
)

func TestWebhookNetNamesItsDistributor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.WebhookNet{
		"10.0.0.0/8":             {Prefix: netip.MustParsePrefix("10.0.0.0/8")},
		"D-000012=fd00:12::/32":  {Distributor: 12, Prefix: netip.MustParsePrefix("fd00:12::/32")},
		"D-12=192.168.1.0/24":    {Distributor: 12, Prefix: netip.MustParsePrefix("192.168.1.0/24")},
		"10.0.0.0":               {},
		"12=10.0.0.0/8":          {},
		"D-0=10.0.0.0/8":         {},
		"D-000012=":              {},
		"nordlys=192.168.1.0/24": {},
	} {
		var got config.WebhookNet
		err := got.UnmarshalText([]byte(text))
		if want.Prefix.IsValid() != (err == nil) || err == nil && got != want {
			t.Errorf("%q is %+v (%v), want %+v", text, got, err, want)
		}
	}
}
