package order

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/transfer"
)

// The lists of orders on the first page.
const (
	HomeApprove   = "approve"   // the reader may answer them; the request that waits longest first
	HomeFailed    = "failed"    // in the last thirty days, both sides seen
	HomeScheduled = "scheduled" // the next first
	HomeEnding    = "ending"    // the window for their reversal ends soon, both sides seen
	HomeArrived   = "arrived"   // customers who came from a distributor beyond the scope
	HomeLeft      = "left"      // customers who went to one
	HomeLast      = "last"      // whatever their state, the newest first
)

// HomeRow is an order in one of these lists, with what its reader may know.
type HomeRow struct {
	Row
	List        string           `db:"list"`
	UpdatedAt   time.Time        `db:"updated_at"`
	ExpiresAt   *time.Time       `db:"expires_at"`
	StartAt     *time.Time       `db:"start_at"`
	StartsToday bool             `db:"starts_today"` // in the time zone of the source's distributor, or before
	Contracts   int64            `db:"contracts"`    // that move, 0 = none or not seen
	Owes        *transfer.Amount `db:"-"`            // what the source owes by the accepted preview, nil = not seen
	Failure     string           `db:"-"`            // in words

	FailureCode string `db:"failure"`
	FailureJSON string `db:"failure_facts"`
	OwesJSON    string `db:"owes"`
}

// ReversibleUntil is when the window for the reversal of a completed order ends.
func (r HomeRow) ReversibleUntil() time.Time {
	if r.CompletedAt == nil {
		return time.Time{}
	}
	return r.CompletedAt.AddDate(0, 0, reversalDays)
}

// endingDays is how many days before its end the window for a reversal is shown.
const endingDays = 7

// homeDays is how long ago an order may have failed, or a customer moved, to be shown.
const homeDays = 30

// homeLists say which orders x, shown as o, a list has, and in which order. $now, $me and $mine stand
// for the time, the reader and the agreements that the reader may give.
var homeLists = map[string]struct{ where, order string }{
	HomeApprove: {
		`o.status = 'awaiting_approval' and exists (select 1 from transfer_approvals a
		   where a.order_id = x.id and $mine)`, "x.submitted_at, x.id",
	},
	HomeFailed: {
		fmt.Sprintf(`o.status = 'failed' and x.updated_at > $now - interval '%d days' and $whole`, homeDays),
		"x.updated_at desc, x.id desc",
	},
	HomeScheduled: {`o.status = 'scheduled'`, "x.start_at, x.id"},
	HomeEnding: {
		fmt.Sprintf(`o.status = 'completed' and x.completed_at > $now - interval '%d days'
		   and x.completed_at <= $now - interval '%d days' and $whole`, reversalDays, reversalDays-endingDays),
		"x.completed_at, x.id",
	},
	HomeArrived: {moved("o.target_distributor <> '' and o.source_distributor = ''"), newestFirst},
	HomeLeft: {
		moved("o.source_distributor <> '' and o.has_target and o.target_distributor = ''"), newestFirst,
	},
	HomeLast: {"true", "x.id desc"},
}

const newestFirst = "x.completed_at desc, x.id desc"

// moved is the condition of a completed order between the two sides of the reader's scope.
func moved(sides string) string {
	return fmt.Sprintf(`o.kind = 'distributor' and o.status = 'completed'
		and x.completed_at > $now - interval '%d days' and %s`, homeDays, sides)
}

// wholeSQL is the condition that the reader sees both sides of an order.
const wholeSQL = `o.source_distributor <> '' and (not o.has_target or o.target_distributor <> '')`

// HomeOrders returns the first orders of each list that is asked for, at most so many of each.
func HomeOrders(ctx context.Context, q db.Querier, s accounts.Scope, actor audit.Actor, now time.Time, limit int,
	lists ...string,
) (map[string][]HomeRow, error) {
	var w db.Where
	seen, err := visible(ctx, q, &w, s)
	if err != nil {
		return nil, err
	}
	at, mine := "", "" // an argument that no list uses would be refused
	if slices.ContainsFunc(lists, func(list string) bool { return strings.Contains(homeLists[list].where, "$now") }) {
		at = w.Arg(now) + "::timestamptz"
	}
	if slices.Contains(lists, HomeApprove) {
		mine = answerableSQL(&w, s, actor, "x")
	}
	words, most := strings.NewReplacer("$now", at, "$mine", mine, "$whole", wholeSQL), w.Arg(limit)
	var branches []string
	for _, list := range lists {
		is := homeLists[list]
		branches = append(branches, `(select '`+list+`' as list, `+homeColumns+`
			from (`+transfersSQL(seen)+`) o join transfer_orders x on x.id = o.id
			where `+words.Replace(is.where)+` order by `+is.order+` limit `+most+`)`)
	}
	var rows []HomeRow
	if err := q.SelectContext(ctx, &rows, strings.Join(branches, "\nunion all\n"), w.Args()...); err != nil {
		return nil, fmt.Errorf("read the orders of the first page: %w", err)
	}
	out := map[string][]HomeRow{}
	for _, r := range rows {
		if err := r.unpack(); err != nil {
			return nil, err
		}
		out[r.List] = append(out[r.List], r)
	}
	return out, nil
}

// homeColumns are what a row needs. What the accepted preview says of the source is read of orders
// that wait for an answer, and only where the source is seen.
const homeColumns = `o.id, o.number, o.type, o.kind, o.status, o.source_id, o.source_name, o.source_distributor,
	o.target_id, o.target_name, o.target_distributor, o.has_target, o.requested_by, o.requested_beyond,
	o.created_at, o.completed_at, o.reverses_id, coalesce(o.starts_today, false) as starts_today,
	x.updated_at, x.expires_at, x.start_at,
	x.failure, x.failure_facts::text as failure_facts,
	case when o.status = 'awaiting_approval' and o.source_distributor <> '' then coalesce((
	  select (i->'moving'->>'count')::bigint from jsonb_array_elements(x.preview->'impact') i
	  where i->>'kind' = 'subscription' limit 1), 0) else 0 end as contracts,
	case when o.status = 'awaiting_approval' and o.source_distributor <> ''
	  then coalesce(x.preview->'source'->'balance_before', 'null')::text else 'null' end as owes`

func (r *HomeRow) unpack() error {
	var err error
	if r.Failure, err = failureWords(r.FailureCode, r.FailureJSON); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(cmp.Or(r.OwesJSON, "null")), &r.Owes); err != nil {
		return fmt.Errorf("read the balance in the preview of %s: %w", r.Number, err)
	}
	return nil
}
