package catalog

import (
	"context"
	"fmt"

	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// Level is a distributor that needs a plan of its own before a plan can be sold there.
type Level struct {
	ID       int64  `db:"id"`
	Number   string `db:"number"`
	Name     string `db:"name"`
	Currency string `db:"currency"`
}

// MissingLevels returns the distributors that need a new plan so that the distributor
// can sell the plan, from the top down; the last one is the distributor itself. They
// are those below the nearest distributor above it that has a plan with the same root
// plan. It returns none when the distributor has such a plan in its own currency, and
// none when no distributor above has one: then the plan cannot be delegated to it.
func MissingLevels(ctx context.Context, q db.Querier, planID, distributorID int64) ([]Level, error) {
	var out []Level
	err := q.SelectContext(ctx, &out, `
		with recursive up as (
			select id, parent_id, currency, 0 as depth from distributors where id = $2
			union all
			select d.id, d.parent_id, d.currency, up.depth + 1 from up join distributors d on d.id = up.parent_id
		) cycle id set looped using path,
		family as (
			select p.distributor_id, p.currency
			from plan_roots asked join plan_roots r on r.root_id = asked.root_id join plans p on p.id = r.plan_id
			where asked.plan_id = $1
		),
		nearest as (
			select min(up.depth) as depth from up join family f on f.distributor_id = up.id
			where up.depth > 0 or f.currency = up.currency
		)
		select d.id, number_of('D', d.id) as number, d.name, d.currency
		from up join nearest n on up.depth < n.depth join distributors d on d.id = up.id
		where not up.looped
		order by up.depth desc`, planID, distributorID)
	if err != nil {
		return nil, fmt.Errorf("find the distributors that lack the plan: %w", err)
	}
	return out, nil
}

// Delegate makes the plans that MissingLevels names, from the top down, each at the
// price given for its distributor in that distributor's currency, and returns their
// ids in that order. A new plan takes name, billing period and resources from the one
// above it and is transferable; terms documents are not made. It locks the
// distributors concerned, so that of two that delegate the same plan the second finds
// it there and gets a Conflict fault.
func Delegate(ctx context.Context, tx db.Querier, planID, distributorID int64,
	prices map[int64]decimal.Decimal,
) ([]int64, error) {
	if err := lockLevels(ctx, tx, planID, distributorID); err != nil {
		return nil, err
	}
	levels, err := MissingLevels(ctx, tx, planID, distributorID)
	if err != nil {
		return nil, err
	}
	if len(levels) == 0 {
		return nil, fault.New(fault.Conflict,
			msgNotDelegable)
	}
	if err := checkPrices(levels, prices); err != nil {
		return nil, err
	}
	above, err := planAbove(ctx, tx, planID, levels[0].ID)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(levels))
	for _, level := range levels {
		above, err = delegateOne(ctx, tx, above, level, prices[level.ID])
		if err != nil {
			return nil, err
		}
		ids = append(ids, above)
	}
	return ids, nil
}

func lockLevels(ctx context.Context, tx db.Querier, planID, distributorID int64) error {
	levels, err := MissingLevels(ctx, tx, planID, distributorID)
	if err != nil {
		return err
	}
	ids := make([]int64, 0, len(levels))
	for _, l := range levels {
		ids = append(ids, l.ID)
	}
	_, err = tx.ExecContext(ctx, `select from distributors where id = any($1) order by id for no key update`,
		pq.Array(ids))
	if err != nil {
		return fmt.Errorf("lock the distributors that lack the plan: %w", err)
	}
	return nil
}

func checkPrices(levels []Level, prices map[int64]decimal.Decimal) error {
	var wrong fault.Fields
	for _, l := range levels {
		price, ok := prices[l.ID]
		switch {
		case !ok:
			wrong.Add(l.Number, msgEnterPrice, l.Currency, l.Name)
		case price.IsNegative():
			wrong.Add(l.Number, msgPriceNegative, money.Plain(price), l.Currency)
		case !price.Equal(money.Round(price, l.Currency)):
			wrong.Add(l.Number, msgPriceDecimals, money.Plain(price), l.Currency)
		}
	}
	return wrong.Err()
}

// planAbove finds the plan to delegate from: of the distributor above the first
// missing level, the plan itself if it is sold there, else the oldest of its family,
// a transferable one first.
func planAbove(ctx context.Context, tx db.Querier, planID, levelID int64) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		select p.id
		from plan_roots asked join plan_roots r on r.root_id = asked.root_id join plans p on p.id = r.plan_id
		join distributors d on d.id = $2
		where asked.plan_id = $1 and p.distributor_id = d.parent_id
		order by p.id <> $1, p.transferable desc, p.id
		limit 1`, planID, levelID)
	if err != nil {
		return 0, fmt.Errorf("find the plan to delegate from: %w", err)
	}
	return id, nil
}

func delegateOne(ctx context.Context, tx db.Querier, above int64, level Level, price decimal.Decimal) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		insert into plans (id, distributor_id, delegated_from, name, currency, billing_period, price, transferable)
		select next_id('plans', 'P'), $2, p.id, p.name, $3, p.billing_period, $4, true from plans p where p.id = $1
		returning id`, above, level.ID, level.Currency, price)
	if err != nil {
		return 0, fmt.Errorf("delegate the plan to %s: %w", level.Name, err)
	}
	_, err = tx.ExecContext(ctx, `
		insert into plan_resources (id, plan_id, name, included, unit_price)
		select next_id('plan_resources', 'R'), $2, name, included, unit_price
		from plan_resources where plan_id = $1 order by id`, above, id)
	if err != nil {
		return 0, fmt.Errorf("copy the plan's resources to %s: %w", level.Name, err)
	}
	return id, nil
}
