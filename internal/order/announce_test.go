package order

import (
	"slices"
	"testing"
	"time"

	"handover/internal/record"
)

// Each transition sends these events to programs.
func TestWhatActsTell(t *testing.T) {
	t.Parallel()
	now, taken := time.Now(), int64(7)
	told := map[string][]string{
		"transfer.submit": {OrderCreated}, "transfer.ask": {OrderCreated}, "transfer.schedule": {OrderCreated},
		"transfer.execute": {OrderCompleted, CustomerMerged}, "transfer.fail": {OrderFailed},
		"transfer.reverse": {OrderReversed},
	}
	for _, a := range transitions {
		if got := eventsOf(Order{Kind: record.Merge}, a); !slices.Equal(got, told[a.action]) {
			t.Errorf("%s tells %v, want %v", a.action, got, told[a.action])
		}
	}
	for _, x := range []struct {
		name string
		o    Order
		a    transition
		want []string
	}{
		{
			"a transfer to another distributor",
			Order{Kind: record.Distributor},
			TransitionComplete,
			[]string{OrderCompleted, CustomerTransferred},
		},
		{
			"a transfer of subscriptions",
			Order{Kind: record.Subscriptions},
			TransitionComplete,
			[]string{OrderCompleted, SubscriptionTransferred},
		},
		{"a reversal", Order{Kind: record.Merge, ReversesID: &taken}, TransitionComplete, []string{OrderCompleted}},
		{
			"an order that was handed back is submitted again",
			Order{Kind: record.Merge, SubmittedAt: &now},
			TransitionSubmit, nil,
		},
		{"a retry that waits for approval again", Order{Kind: record.Merge, SubmittedAt: &now}, TransitionAsk, nil},
	} {
		if got := eventsOf(x.o, x.a); !slices.Equal(got, x.want) {
			t.Errorf("%s tells %v, want %v", x.name, got, x.want)
		}
	}
}
