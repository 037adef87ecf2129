package engine

import (
	"context"
	"fmt"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/transfer"
)

// Destination is a distributor that a customer can be transferred to. Mode is what the
// comparison of the legal entities suggests.
type Destination struct {
	Seller
	SameEntity bool
	Mode       transfer.Mode
}

// Destinations returns the distributors that a customer of the given one can go to:
// the active ones in the reader's scope, except the present one, by name.
func Destinations(ctx context.Context, q db.Querier, scope accounts.Scope, from int64) ([]Destination, error) {
	var w db.Where
	w.And("d.id <> ?", from)
	w.And("d.status = 'active'")
	scope.Apply(&w, "d.id")
	self := w.Arg(from)
	var rows []struct {
		situation.Company
		SameEntity bool `db:"same_entity"`
	}
	err := q.SelectContext(ctx, &rows, `
		select d.id, number_of('D', d.id) as number, d.name, d.currency, d.legal_entity,
		       coalesce(b.name, d.name) as brand_name,
		       d.legal_entity <> ''
		         and d.legal_entity = (select legal_entity from distributors where id = `+self+`) as same_entity
		from distributors d left join brands b on b.id = d.brand_id `+w.SQL()+` order by d.name, d.id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the distributors to transfer to: %w", err)
	}
	out := make([]Destination, 0, len(rows))
	for _, r := range rows {
		out = append(out, Destination{Seller: seller(r.Company), SameEntity: r.SameEntity, Mode: ModeFor(r.SameEntity)})
	}
	return out, nil
}

// ModeFor returns the mode that suits: another legal entity must not inherit payment
// details and acceptances.
func ModeFor(sameEntity bool) transfer.Mode {
	if sameEntity {
		return transfer.ModeEverything
	}
	return transfer.ModeSubscriptions
}
