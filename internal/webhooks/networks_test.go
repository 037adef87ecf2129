package webhooks_test

import (
	"net/netip"
	"testing"

	"handover/internal/fault"
	"handover/internal/testdb"
	"handover/internal/webhooks"
)

// Private networks are the provider's, and those of the distributors that the operator names:
// where an endpoint is written, and again where a message is sent.
func TestPrivateNetworksAreTheProvidersUnlessNamed(t *testing.T) {
	o := newFixture(t)
	named := o.Distributor(testdb.Distributor{Name: "Northern Cloud"})
	other := o.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	private := netip.MustParsePrefix("127.0.0.0/8")
	allowed := webhooks.Networks{{Prefix: private}, {Distributor: named.ID, Prefix: private}}
	strict, receiver := o.desk, newReceiver(t)
	strict.Allowed = allowed
	sent := map[int64]int64{}
	for _, distributor := range []int64{o.Provider.ID, named.ID, other.ID} {
		o.actor.DistributorID = distributor
		_, _, err := strict.Create(t.Context(), o.actor, webhooks.Wanted{URL: receiver.URL, Events: everything})
		if refused := fault.Is(err, fault.Invalid); refused != (distributor == other.ID) || err != nil && !refused {
			t.Errorf("distributor %d: %v", distributor, err)
		}
		before, _ := o.endpoint(receiver.URL, everything...) // as it was written before the setting
		sent[distributor] = o.test(before)
	}
	o.run(func(s *webhooks.Sender) { s.Allowed = allowed })
	o.wait(sent[o.Provider.ID], "status", "delivered")
	o.wait(sent[named.ID], "status", "delivered")
	o.waitFor("true", `select status = 'waiting'
		and last_error like 'Not sent: %not on the public internet%' from webhook_deliveries
		  where id = $1`, sent[other.ID])
}
