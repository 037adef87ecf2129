package accounts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"handover/internal/db"
)

// Alike is a customer that was found by part of what it is called, or was called: the account that
// owns its records today, as far as that is in the scope.
type Alike struct {
	ID          int64  `db:"id"`
	Name        string `db:"name"`
	Email       string `db:"email"`
	CRMID       string `db:"crm_id"`
	Status      string `db:"status"`
	Distributor string `db:"distributor_name"`

	// The account that was found instead, when it was followed by this one.
	FormerID     int64      `db:"former_id"`
	FormerName   string     `db:"former_name"`
	FormerStatus string     `db:"former_status"`
	SucceededOn  *time.Time `db:"succeeded_on"`

	Exact   bool // an id of it is what was typed
	Similar bool // only nearly
	rank    int
}

// Number returns the customer's number.
func (a Alike) Number() string { return Number(CustomerPrefix, a.ID) }

// Former returns the number of the account that was found instead, "" = none.
func (a Alike) Former() string {
	if a.FormerID == 0 {
		return ""
	}
	return Number(CustomerPrefix, a.FormerID)
}

// Live reports whether the account may be the source of a transfer.
func (a Alike) Live() bool { return transferable(a.Status) }

const digits = "0123456789"

// candidates is how many customers are looked at to choose the best few from.
const candidates = 40

// FindAlike returns the customers in the scope that best fit what was typed: by an id that they have
// or had, by the begin of their name, by any part of their name, email address or ids, and where
// there is none, by names that are nearly as typed. Accounts that live come first.
func FindAlike(ctx context.Context, q db.Querier, s Scope, typed string, limit int) ([]Alike, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil, nil
	}
	exact, err := called(ctx, q, s, typed)
	if err != nil {
		return nil, err
	}
	nearly := typed
	if strings.ContainsAny(typed, digits) { // a number that is nearly another one is another one
		nearly = ""
	}
	var w db.Where
	call := fmt.Sprintf(`select customer_id, similar_only from handover_customers_alike(%s, %s, %s, %s)`,
		w.Arg(nearly), w.Arg(likePattern(typed)), s.array(&w), w.Arg(candidates))
	var alike []struct {
		ID      int64 `db:"customer_id"`
		Similar bool  `db:"similar_only"`
	}
	if len(exact) == 0 || nearly != "" {
		if err := q.SelectContext(ctx, &alike, call, w.Args()...); err != nil {
			return nil, fmt.Errorf("look for customers that are alike: %w", err)
		}
	}
	ids, similar := slices.Clone(exact), map[int64]int{}
	for place, a := range alike {
		ids = append(ids, a.ID)
		if a.Similar {
			similar[a.ID] = place + 1
		}
	}
	found, err := ownersToday(ctx, q, s, ids)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].fit(typed, exact, similar)
	}
	return bestFew(found, limit), nil
}

// fit says how well the customer fits what was typed.
func (a *Alike) fit(typed string, exact []int64, similar map[int64]int) {
	met := cmp.Or(a.FormerID, a.ID) // the account that was found
	name := strings.ToLower(cmp.Or(a.FormerName, a.Name))
	typed = strings.ToLower(typed)
	switch {
	case slices.Contains(exact, met):
		a.Exact, a.rank = true, 0
	case similar[met] > 0:
		a.Similar, a.rank = true, 100+similar[met]
	case strings.HasPrefix(name, typed):
		a.rank = 1
	case strings.Contains(name, " "+typed):
		a.rank = 2
	default:
		a.rank = 3
	}
}

// bestFew puts the customers in the order in which they are offered, each once.
func bestFew(found []Alike, limit int) []Alike {
	ended := func(a Alike) int {
		if a.Live() {
			return 0
		}
		return 1
	}
	// An id leads to all who followed its account: the one that had it says how it was meant.
	direct := func(a Alike) int {
		if (a.FormerID == 0) == a.Exact {
			return 1
		}
		return 0
	}
	slices.SortFunc(found, func(a, b Alike) int {
		return cmp.Or(cmp.Compare(min(a.rank, 100), min(b.rank, 100)), cmp.Compare(ended(a), ended(b)),
			cmp.Compare(a.rank, b.rank), cmp.Compare(direct(a), direct(b)),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	var out []Alike
	for _, a := range found {
		if !slices.ContainsFunc(out, func(o Alike) bool { return o.ID == a.ID }) && len(out) < limit {
			out = append(out, a)
		}
	}
	return out
}

// CustomersOf returns those of the customers that lie in the scope, in the order of the ids.
func CustomersOf(ctx context.Context, q db.Querier, s Scope, ids []int64) ([]Alike, error) {
	found, err := ownersToday(ctx, q, s, ids)
	slices.SortStableFunc(found, func(a, b Alike) int {
		return cmp.Compare(slices.Index(ids, cmp.Or(a.FormerID, a.ID)), slices.Index(ids, cmp.Or(b.FormerID, b.ID)))
	})
	return found, err
}

// ownersToday follows each account to the last that followed it within the scope.
func ownersToday(ctx context.Context, q db.Querier, s Scope, ids []int64) ([]Alike, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w db.Where
	w.And("c.id = any(?)", pq.Array(ids))
	s.Apply(&w, "c.distributor_id")
	seen := s.Condition(&w, "n.distributor_id")
	var out []Alike
	err := q.SelectContext(ctx, &out, `
		with recursive line as (
		    select c.id as start, c.id, c.successor_id, 0 as depth from customers c `+w.SQL()+`
		    union all select l.start, n.id, n.successor_id, l.depth + 1
		    from line l join customers n on n.id = l.successor_id and (`+seen+`) where l.depth < 100),
		ends as (select distinct on (start) start, id from line order by start, depth desc)
		select c.id, c.name, c.email, c.crm_id, c.status, d.name as distributor_name,
		       case when f.id = c.id then 0 else f.id end as former_id,
		       case when f.id = c.id then '' else f.name end as former_name,
		       case when f.id = c.id then '' else f.status end as former_status, f.succeeded_on
		from ends e join customers f on f.id = e.start join customers c on c.id = e.id
		join distributors d on d.id = c.distributor_id`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the customers that were found: %w", err)
	}
	return out, nil
}
