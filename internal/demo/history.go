package demo

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// historyWeeks are how many transfers are completed in each week of the history, the last one being
// that of today.
var historyWeeks = []int{2, 3, 2, 4, 4, 3, 3, 3, 5, 4, 4, 3}

// reversedEach is of how many completed transfers one is reversed, two days later.
const reversedEach = 8

// Who asks for transfers of the history, and who answers them.
const (
	provider = "manager@aurora.example"
	reseller = "manager@nordlys.example"
	answerer = "admin@nordlys.example"
)

// History gives loaded demo data some 60 orders in all states over the last twelve weeks. The engine
// makes each of them as it makes any other, with a clock of the past: the same data and day give the same
// orders. It takes generated customers only, none of the stories and cases. The audit log says
// when it was really done.
// It does nothing in a database that has orders.
func History(ctx context.Context, pool *sqlx.DB, today time.Time) error {
	var begun bool
	if err := pool.GetContext(ctx, &begun, `select exists (select 1 from transfer_orders)`); err != nil || begun {
		return err
	}
	h := &history{
		db: pool, today: today.UTC().Truncate(24 * time.Hour), people: map[string]audit.Actor{},
		used: map[int64]bool{},
	}
	h.engine = &engine.Engine{Desk: order.Desk{
		DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return h.now },
	}}
	for _, s := range signIns {
		person, err := identity.ByEmail(ctx, pool, s.Email)
		if err != nil {
			return fmt.Errorf("find %s: %w", s.Email, err)
		}
		h.people[s.Email] = audit.Actor{ID: person.ID, Name: person.Name, DistributorID: person.DistributorID}
	}
	h.plan()
	for len(h.events) > 0 {
		slices.SortStableFunc(h.events, func(a, b event) int { return a.at.Compare(b.at) })
		next := h.events[0]
		h.events = h.events[1:]
		if err := h.happen(ctx, next); err != nil {
			return fmt.Errorf("make the history of %s: %w", next.at.Format(time.DateOnly), err)
		}
	}
	_, err := pool.ExecContext(ctx, `
		insert into staff_bells (staff_id, seen_at) select id, $1 from staff on conflict (staff_id) do nothing`,
		h.today.AddDate(0, 0, -2))
	if err != nil {
		return fmt.Errorf("note what people have read: %w", err)
	}
	return nil
}

// history makes orders one after the other.
type history struct {
	db     *sqlx.DB
	engine *engine.Engine
	today  time.Time
	now    time.Time // the engine's clock
	people map[string]audit.Actor
	used   map[int64]bool // customers who had their transfer, or whose preview blocks
	made   int
	events []event // what is still to happen
}

// event is something that happens at a moment.
type event struct {
	at time.Time
	do func(ctx context.Context) error
}

// at plans something for so many days ago, at an hour.
func (h *history) at(daysAgo, hour int, do func(ctx context.Context) error) {
	h.events = append(h.events, event{h.today.AddDate(0, 0, -daysAgo).Add(time.Duration(hour) * time.Hour), do})
}

// plan lists what is to happen: the transfers of each week, and the last days with an order in
// every other state.
func (h *history) plan() {
	monday := (int(h.today.Weekday()) + 6) % 7 // so many days ago
	for week, n := range historyWeeks {
		for k := range n {
			days := monday + 7*(len(historyWeeks)-1-week) - k*2%5
			h.at(max(days, 1), 8+k*2, h.completes)
		}
	}
	h.at(12, 9, h.isCancelled)
	h.at(9, 10, h.isRejected)
	h.at(6, 13, h.fails)
	h.at(4, 10, h.isRejected)
	h.at(3, 9, h.isCancelled)
	h.at(2, 14, h.waits)
	h.at(2, 15, h.fails)
	h.at(1, 7, h.isHandedBack)
	h.at(1, 9, h.waits)
	for _, days := range []int{1, 3, 9} {
		h.at(1, 10, func(ctx context.Context) error { return h.starts(ctx, days) })
	}
	h.at(1, 11, h.waits)
	for k := range 3 {
		h.at(1, 12+k, h.isBegun)
	}
}

// happen lets the event happen, and puts what the database dated by its own clock at the moment of
// the history.
func (h *history) happen(ctx context.Context, e event) error {
	h.now = e.at
	var since time.Time
	if err := h.db.GetContext(ctx, &since, `select clock_timestamp()`); err != nil {
		return fmt.Errorf("read the clock: %w", err)
	}
	if err := e.do(ctx); err != nil {
		return err
	}
	for _, statement := range []string{
		`update transfer_events set at = $2 where at >= $1`,
		`update outbox set created_at = $2 where created_at >= $1`,
	} {
		if _, err := h.db.ExecContext(ctx, statement, since, h.now); err != nil {
			return fmt.Errorf("date what happened: %w", err)
		}
	}
	return nil
}

// flows are the kinds of transfers in turn.
var flows = []record.FlowKind{
	record.Distributor, record.Subscriptions, record.Merge, record.Distributor, record.Subscriptions,
}

// completes makes a transfer that ends well; some are reversed two days later.
func (h *history) completes(ctx context.Context) error {
	h.made++
	number, err := h.submit(ctx, flows[h.made%len(flows)], "", "")
	if err != nil || number == "" {
		return err
	}
	if err := h.execute(ctx, number); err != nil {
		return err
	}
	if back := h.now.AddDate(0, 0, 2); h.made%reversedEach == 0 && back.Before(h.today) {
		h.events = append(h.events, event{back, func(ctx context.Context) error { return h.reverses(ctx, number) }})
	}
	return nil
}

func (h *history) execute(ctx context.Context, number string) error {
	id, _ := record.OrderID(number)
	if err := h.engine.Work(ctx, id); err != nil {
		return fmt.Errorf("execute %s: %w", number, err)
	}
	return nil
}

func (h *history) reverses(ctx context.Context, number string) error {
	p, err := h.engine.PreviewReversal(ctx, number)
	if err != nil || !p.Executable {
		return err
	}
	back, err := h.engine.SubmitReversal(ctx, h.people[provider], number, accepting(p, transfer.Request{
		Reason: "The customer changed their mind",
	}))
	if err != nil {
		return fmt.Errorf("reverse %s: %w", number, err)
	}
	return h.execute(ctx, back.Number)
}

// waits leaves an order that waits for the approval of Nordlys Partner.
func (h *history) waits(ctx context.Context) error {
	_, err := h.asks(ctx)
	return err
}

// asks submits an order while Nordlys Partner requires approval.
func (h *history) asks(ctx context.Context) (string, error) {
	const requires = `update distributors set require_approval = $2 where external_id = $1`
	if _, err := h.db.ExecContext(ctx, requires, nordlys, true); err != nil {
		return "", fmt.Errorf("require approval: %w", err)
	}
	number, err := h.submit(ctx, record.Distributor, nordlys, "")
	if _, off := h.db.ExecContext(ctx, requires, nordlys, false); off != nil {
		return "", fmt.Errorf("require no approval: %w", off)
	}
	return number, err
}

func (h *history) isRejected(ctx context.Context) error {
	number, err := h.asks(ctx)
	if err != nil || number == "" {
		return err
	}
	h.now = h.now.Add(3 * time.Hour)
	return h.engine.Reject(ctx, h.people[answerer], number, "The customer asked to wait until their audit is over.")
}

// starts leaves an order that starts at eight in the morning so many days from today.
func (h *history) starts(ctx context.Context, days int) error {
	_, err := h.submit(ctx, record.Distributor, "", h.today.AddDate(0, 0, days).Add(8*time.Hour).Format(time.RFC3339))
	return err
}

func (h *history) isCancelled(ctx context.Context) error {
	number, err := h.submit(ctx, record.Merge, "", h.now.AddDate(0, 0, 5).Format(time.RFC3339))
	if err != nil || number == "" {
		return err
	}
	h.now = h.now.Add(2 * time.Hour)
	return h.engine.Cancel(ctx, h.people[provider], number, "The two accounts belong to different companies.")
}

// fails makes an order that PostgreSQL refuses: for a moment the ledger takes no line of it.
func (h *history) fails(ctx context.Context) error {
	number, err := h.submit(ctx, record.Merge, "", "")
	if err != nil || number == "" {
		return err
	}
	id, _ := record.OrderID(number)
	refuse := fmt.Sprintf(`alter table transfer_ledger add constraint demo_outage check (order_id <> %d) not valid`, id)
	if _, err := h.db.ExecContext(ctx, refuse); err != nil {
		return fmt.Errorf("let %s fail: %w", number, err)
	}
	return cmp.Or(h.execute(ctx, number), func() error {
		_, err := h.db.ExecContext(ctx, `alter table transfer_ledger drop constraint demo_outage`)
		return err
	}())
}

// isHandedBack schedules an order whose data change before it starts: its first subscription is
// about to change its plan.
func (h *history) isHandedBack(ctx context.Context) error {
	number, err := h.submit(ctx, record.Distributor, "", h.now.Add(time.Hour).Format(time.RFC3339))
	if err != nil || number == "" {
		return err
	}
	o, err := order.GetOrder(ctx, h.db, number)
	if err != nil {
		return err
	}
	const change = `update subscriptions set status = $2 where id = (
		select min(id) from subscriptions where customer_id = $1 and status in ('active', 'changing_plan'))`
	if _, err := h.db.ExecContext(ctx, change, o.SourceID, "changing_plan"); err != nil {
		return fmt.Errorf("change the data of %s: %w", number, err)
	}
	h.now = h.now.Add(2 * time.Hour)
	if err := h.engine.Tick(ctx); err != nil {
		return err
	}
	return h.execute(ctx, number)
}

// isBegun leaves a draft.
func (h *history) isBegun(ctx context.Context) error {
	h.made++
	_, _, err := h.draft(ctx, flows[h.made%len(flows)], "", "")
	return err
}

// accepting is a request with all warnings of its preview accepted.
func accepting(p transfer.Preview, req transfer.Request) transfer.Request {
	req.Fingerprint, req.Acknowledged = p.Fingerprint, nil
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	return req
}
