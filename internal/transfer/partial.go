package transfer

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/db"
)

// leftBehind returns what stays because it is dated before E; nil when nothing does, or
// there is no E. It asks the database once.
func (s *situation) leftBehind(ctx context.Context, q db.Querier) (*Partial, error) {
	if s.effective == nil || s.flow.Kind == Distributor || s.partialKnown {
		return s.partial, nil
	}
	var list []sought
	for _, k := range Kinds {
		if k.Undated {
			continue
		}
		staying := `not coalesce(` + at(k.Moves[s.flow.Kind], "r") + `, false)`
		if k.Name == "subscription" {
			staying = `(r.id = any(@split::bigint[]) or ` + staying + `)`
		}
		list = append(list, sought{k.Name, fmt.Sprintf(`
			select %s from %s r where r.customer_id = @source and r.on_date < @e::date and %s and %s`,
			k.listed(), k.View, at(s.flow.concerned(k), "r"), staying)})
	}
	staying, err := s.seek(ctx, q, list)
	if err != nil {
		return nil, fmt.Errorf("count what stays behind: %w", err)
	}
	s.partialKnown = true
	if len(staying) == 0 {
		return nil, nil //nolint:nilnil // nothing stays because of its date
	}
	s.partial = &Partial{Before: s.effective.Format("2006-01-02"), Day: s.effective.Format(dayForm)}
	for _, w := range staying {
		s.partial.Count += w.count
		s.partial.Kinds = append(s.partial.Kinds, PartialKind{w.kind.Name, w.count})
		s.partial.Records = append(s.partial.Records, w.records...)
	}
	return s.partial, nil
}

// checkPartial warns of what stays behind because it is dated before E.
func checkPartial(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	p, err := s.leftBehind(ctx, q)
	if err != nil || p == nil {
		return nil, err
	}
	var parts []string
	for _, part := range p.Kinds {
		k, _ := KindOf(part.Kind)
		parts = append(parts, plural(part.Count, k.Label, k.Plural))
	}
	return one(found{
		message:         fmt.Sprintf("%s with %s: %s.", p.words(), s.source.Name, strings.Join(parts, ", ")),
		remedy:          "Leave the effective date empty to take the full history.",
		acknowledgement: "this is a partial transfer",
		records:         p.Records,
		count:           p.Count,
	})
}
