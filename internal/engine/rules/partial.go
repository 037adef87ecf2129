package rules

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// LeftBehind returns what stays because it is dated before E; nil when nothing does, or
// there is no E. It asks the database once.
func LeftBehind(ctx context.Context, q db.Querier, s *situation.Situation) (*transfer.Partial, error) {
	if s.Effective == nil || s.Flow.Kind == record.Distributor || s.PartialKnown {
		return s.Partial, nil
	}
	var list []sought
	for _, k := range record.Kinds {
		if k.Undated {
			continue
		}
		staying := `not coalesce(` + record.At(k.Moves[s.Flow.Kind], "r") + `, false)`
		if k.Cut != "" {
			staying = `(` + record.At(k.Cut, "r") + ` or ` + staying + `)`
		}
		list = append(list, sought{k.Name, fmt.Sprintf(`
			select %s from %s r where r.customer_id = @source and r.on_date < @e::date and %s and %s`,
			k.Listed(), k.View, record.At(s.Flow.Concerned(k), "r"), staying)})
	}
	staying, err := seek(ctx, q, s, list)
	if err != nil {
		return nil, fmt.Errorf("count what stays behind: %w", err)
	}
	s.PartialKnown = true
	if len(staying) == 0 {
		return nil, nil //nolint:nilnil // nothing stays because of its date
	}
	s.Partial = &transfer.Partial{Before: s.Effective.Format("2006-01-02"), Day: s.Effective.Format(transfer.DayForm)}
	for _, w := range staying {
		s.Partial.Count += w.count
		s.Partial.Kinds = append(s.Partial.Kinds, transfer.PartialKind{Kind: w.kind.Name, Count: w.count})
		s.Partial.Records = append(s.Partial.Records, w.records...)
	}
	return s.Partial, nil
}

// checkPartial warns of what stays behind because it is dated before E.
func checkPartial(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	p, err := LeftBehind(ctx, q, s)
	if err != nil || p == nil {
		return nil, err
	}
	var parts []string
	for _, part := range p.Kinds {
		k, _ := record.KindOf(part.Kind)
		parts = append(parts, transfer.Plural(part.Count, k.Label, k.Plural))
	}
	return One(Found{
		Message:         fmt.Sprintf(msgStayWith, p.Words(), s.Source.Name, strings.Join(parts, ", ")),
		Remedy:          remedyLeaveEffectiveDateEmpty,
		Acknowledgement: ackPartialTransfer,
		Records:         p.Records,
		Count:           p.Count,
	})
}
