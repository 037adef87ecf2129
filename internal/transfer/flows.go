package transfer

import (
	"context"

	"handover/internal/db"
)

// Flow declares one transfer: what it reads, what it changes, and in which words it
// speaks. What moves is in Kinds, what forbids it in Rules.
type Flow struct {
	Kind  FlowKind
	Label string // as the panel names it

	// Load reads, in this order, what the flow needs to know beyond the source.
	Load []loader

	// Describe fills in the part of the preview that only this flow has.
	Describe func(ctx context.Context, q db.Querier, s *situation, p *Preview) error

	// Steps are what the flow does, in this order, inside the one transaction.
	Steps []step

	// Documents are the conditions under which documents move, for the records that depend
	// on them. Torn lists the relationships that the flow must not tear; Concerned says
	// per kind which records it is about, empty = all of the source's.
	Documents documents
	Torn      []torn
	Concerned map[string]string

	// SharedCRM finds the live accounts that afterwards carry the CRM id of an account
	// that takes part, beside it.
	SharedCRM string

	// KeepsMethods: the transfer can keep payment methods.
	KeepsMethods bool
}

// flows lists the transfers that can be asked for. It is a function because the
// engine's own stages, which read it, are among what it names.
func flows() []Flow { return []Flow{distributorFlow(), subscriptionsFlow(), mergeFlow()} }

// flowOf returns the flow of that kind, and whether there is one.
func flowOf(kind FlowKind) (Flow, bool) {
	for _, f := range flows() {
		if f.Kind == kind {
			return f, true
		}
	}
	return Flow{}, false
}

// flowNames returns the kinds of transfer in the order of their declaration.
func flowNames() []string {
	var names []string
	for _, f := range flows() {
		names = append(names, string(f.Kind))
	}
	return names
}

// loader reads one part of a situation.
type loader func(e *Engine, ctx context.Context, q db.Querier, s *situation) error
