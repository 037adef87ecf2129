package engine

import (
	"slices"
	"testing"

	"handover/internal/engine/flow"
	"handover/internal/engine/rules"
	"handover/internal/order"
	"handover/internal/record"
)

// TestEveryFlowIsDecided: each stage knows what to do for each transfer.
func TestEveryFlowIsDecided(t *testing.T) {
	t.Parallel()
	for _, f := range record.Flows {
		if f.Label == "" || f.Noun == "" || f.SharedCRM == "" {
			t.Errorf("%s: its words, or the condition for shared CRM ids, are missing", f.Kind)
		}
		if len(flow.StepsOf[f.Kind]) == 0 || describers[f.Kind] == nil || len(rules.Codes(f.Kind)) == 0 {
			t.Errorf("%s: its steps, its part of the preview or its findings are missing", f.Kind)
		}
		if !slices.ContainsFunc(order.Announcements(), func(a order.Announcement) bool { return a.Name == f.Event }) {
			t.Errorf("%s: programs do not know the message %q", f.Kind, f.Event)
		}
	}
}
