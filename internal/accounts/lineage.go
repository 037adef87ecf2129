package accounts

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lib/pq"

	"handover/internal/db"
)

// trigram is how many characters a search needs for the trigram index to find
// them anywhere in the text; fewer are looked for where names begin.
const trigram = 3

// search adds the condition that a customer c is found by what was typed: part of
// its name, email address, CRM id or external id, its number, or any id that it
// or an account that it succeeded ever had.
func search(ctx context.Context, q db.Querier, s Scope, w *db.Where, typed string) error {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	ids, err := called(ctx, q, s, typed)
	if err != nil {
		return err
	}
	if !s.Everything {
		alike, err := CustomersLike(ctx, q, s, likePattern(typed), fewCustomers+1)
		if err != nil {
			return err
		}
		if len(alike) <= fewCustomers {
			w.And("c.id = any(?)", pq.Array(append(ids, alike...)))
			return nil
		}
	}
	w.And("c.search ilike ? or c.id = any(?)", likePattern(typed), pq.Array(ids))
	return nil
}

// likePattern is what the search text of a customer must be like to hold what was typed.
func likePattern(typed string) string {
	pattern := db.Like(typed) + "%"
	if utf8.RuneCountInString(typed) >= trigram {
		return "%" + pattern
	}
	return pattern
}

// CustomersLike returns the ids of at most so many customers in the scope whose name,
// email address, CRM id or external id is like the pattern. Under row-level security the
// index on them serves only the owner of the tables (the function handover_customers_like).
func CustomersLike(ctx context.Context, q db.Querier, s Scope, pattern string, limit int) ([]int64, error) {
	ids := []int64{}
	var w db.Where
	query := `select id from customers where search ilike ` + w.Arg(pattern) + ` limit ` + w.Arg(limit)
	if !s.Everything {
		w = db.Where{}
		query = fmt.Sprintf(`select handover_customers_like(%s, %s, %s)`, w.Arg(pattern), s.array(&w), w.Arg(limit))
	}
	if err := q.SelectContext(ctx, &ids, query, w.Args()...); err != nil {
		return nil, fmt.Errorf("search customers: %w", err)
	}
	return ids, nil
}

// called returns the accounts that an id refers to (by number, external id, CRM id or any
// former id) and all their successors.
func called(ctx context.Context, q db.Querier, s Scope, ref string) ([]int64, error) {
	number, _ := ParseNumber(CustomerPrefix, ref)
	var w db.Where
	call := fmt.Sprintf(`handover_customers_called(%s, %s, %s)`, w.Arg(number), w.Arg(strings.TrimSpace(ref)),
		s.array(&w))
	ids := []int64{}
	err := q.SelectContext(ctx, &ids, `select `+call, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("look up the id %q: %w", ref, err)
	}
	return ids, nil
}

// callOrder puts the accounts c that an id $1 names in order: by its external id, then the
// one that lives and carries it as its CRM id, then the one that still carries it although
// it has ended, then those that gave it up.
const callOrder = `case when c.external_id = $1 then 0
    when c.crm_id = $1 and c.status in ('active', 'suspended') then 1
    when c.crm_id = $1 then 2 else 3 end, c.id`

// FindCustomer returns the id of the account that one id names: its number, else its
// external id, else a CRM id, else a number, external id or CRM id that it had. A CRM id
// that a live account carries names that one, whichever account carried it before.
func FindCustomer(ctx context.Context, q db.Querier, s Scope, ref string) (int64, error) {
	number, isNumber := ParseNumber(CustomerPrefix, ref)
	var id int64
	if isNumber { // what most ask for is found by one key
		var own db.Where
		own.And("c.id = ?", number)
		s.Apply(&own, "c.distributor_id")
		err := q.GetContext(ctx, &id, `select c.id from customers c `+own.SQL(), own.Args()...)
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return 0, fmt.Errorf("find the customer: %w", err)
		}
	}
	var w db.Where
	// One branch for each index.
	w.And(`c.id in (select id from customers where external_id = ?
	                union all select id from customers where crm_id = $1 and crm_id <> ''
	                union all select customer_id from former_ids where value = $1)`, ref)
	s.Apply(&w, "c.distributor_id")
	err := q.GetContext(ctx, &id, `select c.id from customers c `+w.SQL()+` order by `+callOrder+` limit 1`,
		w.Args()...)
	if err != nil {
		return 0, db.NotFound(fmt.Errorf("find the customer: %w", err), msgNoCustomer, ref)
	}
	return id, nil
}

// Relative is another account that this one came from or went to.
type Relative struct {
	ID            int64      `db:"id"`
	Name          string     `db:"name"`
	Status        string     `db:"status"`
	SucceededOn   *time.Time `db:"succeeded_on"`
	DistributorID int64      `db:"distributor_id"`
	Distributor   string     `db:"distributor_name"`

	// The account that followed it, where that is known to lie in the scope.
	NextID          int64  `db:"next_id"`
	NextName        string `db:"next_name"`
	NextDistributor string `db:"next_distributor"`
}

// Next returns the number of the account that followed it.
func (r Relative) Next() string { return Number(CustomerPrefix, r.NextID) }

// Number returns the account's number.
func (r Relative) Number() string { return Number(CustomerPrefix, r.ID) }

// Predecessors returns the accounts that this one followed, the last first, as far
// back as they lie in the scope, each with the one that really followed it.
func Predecessors(ctx context.Context, q db.Querier, s Scope, customerID int64) ([]Relative, error) {
	var w db.Where
	self := w.Arg(customerID)
	seen := s.Condition(&w, "c.distributor_id")
	var out []Relative
	err := q.SelectContext(ctx, &out, `
		with recursive line as (
		    select c.id from customers c where c.successor_id = `+self+` and (`+seen+`)
		    union select c.id from line l join customers c on c.successor_id = l.id where `+seen+`)
		select c.id, c.name, c.status, c.succeeded_on, c.distributor_id, d.name as distributor_name,
		       n.id as next_id, n.name as next_name, nd.name as next_distributor
		from line join customers c on c.id = line.id join distributors d on d.id = c.distributor_id
		join customers n on n.id = c.successor_id join distributors nd on nd.id = n.distributor_id `+w.SQL()+`
		order by c.succeeded_on desc, c.id desc limit 100`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("read the predecessors: %w", err)
	}
	return out, nil
}

// Successor returns the account that followed this one, nil where it lies
// outside the scope: then it must not be named.
func Successor(ctx context.Context, q db.Querier, s Scope, c Customer) (*Relative, error) {
	if c.SuccessorID == nil {
		return nil, nil
	}
	known, err := relatives(ctx, q, s, []int64{*c.SuccessorID})
	if err != nil {
		return nil, fmt.Errorf("read the successor: %w", err)
	}
	return known[*c.SuccessorID], nil
}
