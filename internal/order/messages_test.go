package order

import (
	"testing"
	"time"

	"handover/internal/transfer"
)

// TestEveryTransitionHasWords finds a transition whose event the timeline cannot word.
func TestEveryTransitionHasWords(t *testing.T) {
	t.Parallel()
	for _, a := range transitions {
		if eventWords[a.event].label == "" {
			t.Errorf("the event %q has no words", a.event)
		}
	}
}

// TestEventsAreWorded: the timeline says what happened out of a code and its facts.
func TestEventsAreWorded(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	both := []Agreement{{KindApproval, "Aurora"}, {KindConsent, "Thames"}}
	for _, c := range []struct {
		code  string
		facts Facts
		said  string
		want  string
	}{
		{EventDraftCreated, Facts{Name: "Blue Fjord", Number: "C-000001"}, "", "for Blue Fjord (C-000001)"},
		{
			eventRequested,
			Facts{Fingerprint: "12345678", Acknowledged: 1},
			"",
			"Preview 12345678 accepted, 1 warning acknowledged",
		},
		{
			eventApprovalRequested,
			Facts{Fingerprint: "12345678", Agreements: both},
			"",
			"Preview 12345678 accepted, 0 warnings acknowledged; needed: approval by a second person of Aurora, " +
				"consent of Thames",
		},
		{
			eventScheduled,
			Facts{Fingerprint: "12345678", StartAt: &start},
			"",
			"Preview 12345678 accepted, 0 warnings acknowledged; starts on 1 Mar 2026 08:00 UTC",
		},
		{
			eventApproved,
			Facts{Agreements: both[:1], Open: 1},
			"",
			"approval by a second person of Aurora; 1 answer is still to come",
		},
		{eventRejected, Facts{}, "not now", "not now"},
		{EventCompleted, Facts{Records: 2}, "", "2 records moved, totals reconciled"},
		{eventReversed, Facts{Number: "TO-000002"}, "", "by TO-000002"},
		{
			EventNotificationWritten,
			Facts{Recipient: "a@example", Brand: "Aurora"},
			"",
			"to a@example, in the brand of Aurora",
		},
		{
			EventRateAllowed,
			Facts{Rate: &transfer.RateComparison{
				From: "GBP", To: "JPY", Rate: "120", Proposed: "189", On: start,
				Source: "ECB",
			}},
			"agreed",
			"1 GBP = 120 JPY is 0 % above the rate table: 1 GBP = 189 JPY of 1 Mar 2026, ECB. Reason: agreed",
		},
	} {
		if got := c.facts.Detail(c.code, c.said); got != c.want {
			t.Errorf("%s: got %q, want %q", c.code, got, c.want)
		}
	}
}
