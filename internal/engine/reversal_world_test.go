package engine_test

import (
	"context"
	"encoding/csv"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/exchange"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// backDesk is a world in which transfers are executed and taken back.
type backDesk struct {
	*testdb.World
	t      *testing.T
	db     *sqlx.DB
	now    time.Time
	engine *engine.Engine
	actor  audit.Actor
}

func newBackDesk(t *testing.T) *backDesk {
	t.Helper()
	pool := testdb.Lend(t)
	d := &backDesk{World: testdb.NewWorld(t, pool), t: t, db: pool, now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	d.engine = &engine.Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		return d.now
	}}}
	staff := d.Staff(testdb.Staff{Name: "Aurora Manager", Role: "account_manager"})
	d.actor = audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: d.Provider.ID}
	return d
}

// transfer executes the request with every warning acknowledged.
func (d *backDesk) transfer(req transfer.Request) order.Order {
	d.t.Helper()
	ctx := context.Background()
	draft, err := d.engine.OpenDraft(ctx, d.actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = d.engine.UpdateDraft(ctx, d.actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = req
		})
	}
	if err != nil {
		d.t.Fatal(err)
	}
	p, err := d.engine.Preview(ctx, req)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.engine.Submit(ctx, d.actor, draft.ID, draft.Version, accepting(p)); err != nil {
		d.t.Fatal(err)
	}
	if err := d.engine.Execute(ctx, d.actor, draft.ID); err != nil {
		d.t.Fatal(err)
	}
	return d.order(draft.Number)
}

// accepting acknowledges all warnings of a preview.
func accepting(p transfer.Preview) transfer.Request {
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		if f.Severity == transfer.Warning {
			accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
		}
	}
	return accepted
}

func (d *backDesk) order(number string) order.Order {
	d.t.Helper()
	o, err := order.GetOrder(context.Background(), d.db, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return o
}

// preview computes the preview of the reversal.
func (d *backDesk) preview(o order.Order) transfer.Preview {
	d.t.Helper()
	p, err := d.engine.PreviewReversal(context.Background(), o.Number)
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

// reverse takes the order back and compares what the preview promised with what came.
func (d *backDesk) reverse(o order.Order) order.Order {
	d.t.Helper()
	ctx := context.Background()
	p := d.preview(o)
	if !p.Executable {
		d.t.Fatalf("the reversal of %s %+v is blocked: %+v", o.Number, o.Request, p.Blocking())
	}
	back, err := d.engine.SubmitReversal(ctx, d.actor, o.Number, accepting(p))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.engine.Execute(ctx, d.actor, back.ID); err != nil {
		d.t.Fatalf("reverse %s %+v: %v", o.Number, o.Request, err)
	}
	if got := d.order(o.Number); got.Status != "reversed" || got.ReversedBy != back.Number {
		d.t.Errorf("%s is %s, reversed by %q, want reversed by %s", o.Number, got.Status, got.ReversedBy, back.Number)
	}
	back = d.order(back.Number)
	if back.Status != "completed" || back.Reverses != o.Number || back.Kind != o.Kind {
		d.t.Errorf("%s is %s, a %s that reverses %q", back.Number, back.Status, back.Kind, back.Reverses)
	}
	d.proveSides(p)
	return back
}

// proveSides compares the sides of a preview with the accounts afterwards.
func (d *backDesk) proveSides(p transfer.Preview) {
	d.t.Helper()
	for _, side := range []transfer.Side{p.Source, p.Target} {
		got := d.Text(`select concat_ws(' ', c.status, trim_scale(b.balance),
			(select count(*) from subscriptions s
			 where s.customer_id = c.id and s.status not in ('cancelled', 'terminated')),
			(select trim_scale(coalesce(sum(amount), 0)) from owned_subscriptions s
			 where s.customer_id = c.id and s.status not in ('cancelled', 'terminated')),
			(select count(*) from invoices i where i.customer_id = c.id and i.status = 'open'))
			from customers c join customer_balances b on b.customer_id = c.id
			where number_of('C', c.id) = $1`, side.Number)
		want := d.Text(`select concat_ws(' ', $1::text, trim_scale($2::numeric), $3::bigint, trim_scale($4::numeric),
			$5::bigint)`,
			side.StatusAfter, side.BalanceAfter.Amount, side.SubscriptionsAfter, side.RecurringAfter.Amount,
			side.OpenInvoicesAfter)
		if got != want {
			d.t.Errorf("%s has status, balance, subscriptions, recurring and open invoices %q, the preview said %q",
				side.Number, got, want)
		}
	}
}

// verify runs the checks of handover verify.
func (d *backDesk) verify() {
	d.t.Helper()
	for _, failure := range d.broken() {
		d.t.Error(failure)
	}
}

// broken lists what verify finds.
func (d *backDesk) broken() []string {
	d.t.Helper()
	checks, err := engine.Verify(context.Background(), d.db)
	if err != nil {
		d.t.Fatal(err)
	}
	var list []string
	for _, c := range checks {
		for _, failure := range c.Failures {
			list = append(list, c.Name+": "+failure)
		}
	}
	return list
}

// export returns the files of an export, as lines.
func (d *backDesk) export() map[string][]string {
	d.t.Helper()
	f := feed{fstest.MapFS{}}
	if err := exchange.Export(context.Background(), d.db, f, d.actor); err != nil {
		d.t.Fatal(err)
	}
	out := map[string][]string{}
	for name, file := range f.files {
		out[name] = withoutUnused(d.t, name, string(file.Data))
	}
	return out
}

// optionalColumns are those that an export writes only where a row uses them.
var optionalColumns = map[string][]string{
	"refunds.csv":      {"kind", "credit_memo_id"},
	"credit_memos.csv": {"purpose", "origin_kind", "origin_number", "origin_issued_on", "origin_distributor_id"},
	"debit_memos.csv": {
		"purpose", "origin_kind", "origin_number", "origin_issued_on",
		"origin_distributor_id", "due_on",
	},
	"journal_lines.csv": {"counterparty_distributor_id", "original_amount", "original_currency", "rate"},
}

// withoutUnused returns the lines of a file with its optional columns at the end, by name, and
// only where they are filled: so a row is the same line whatever other rows use.
func withoutUnused(t *testing.T, name, text string) []string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i, row := range rows {
		var plain, used []string
		for c, value := range row {
			switch column := rows[0][c]; {
			case !slices.Contains(optionalColumns[name], column):
				plain = append(plain, value)
			case i > 0 && value != "":
				used = append(used, column+"="+value)
			}
		}
		lines = append(lines, strings.Join(append(plain, used...), ","))
	}
	return lines
}

// allowed are the lines that may be there besides: the memos of the orders, their entries
// and buyers and allocations, the account that was closed, continuations that ended.
func (d *backDesk) allowed() func(file, line string) bool {
	d.t.Helper()
	ids := map[string]bool{}
	for _, query := range []string{
		`select m.number from credit_memos m join transfer_ledger g on g.kind = 'credit_memo' and g.column_name = ''
			and m.id = any(g.record_ids)`,
		`select m.number from debit_memos m join transfer_ledger g on g.kind = 'debit_memo' and g.column_name = ''
			and m.id = any(g.record_ids)`,
		`select number_of('JE', e) from transfer_ledger g cross join unnest(g.record_ids) e
			where g.kind = 'journal_entry' and g.column_name = ''`,
		`select number_of('C', c.id) from customers c join transfer_ledger g on g.kind = 'customer'
			and g.column_name = '' and c.id = any(g.record_ids) where c.status = 'closed'`,
		`select number_of('S', s.id) from subscriptions s join transfer_ledger g on g.kind = 'subscription'
			and g.column_name = '' and s.id = any(g.record_ids)
		 where s.status = 'cancelled' and not exists (select 1 from usage_records where subscription_id = s.id)
		   and not exists (select 1 from subscription_charges where subscription_id = s.id)
		   and not exists (select 1 from billing_schedules where subscription_id = s.id)
		   and not exists (select 1 from revenue_schedules where subscription_id = s.id)
		   and not exists (select 1 from invoice_lines where subscription_id = s.id)`,
	} {
		var numbers []string
		if err := d.db.Select(&numbers, query); err != nil {
			d.t.Fatal(err)
		}
		for _, n := range numbers {
			ids[n] = true
		}
	}
	column := map[string]int{
		"credit_memos.csv": 0, "debit_memos.csv": 0, "journal_entries.csv": 0, "journal_lines.csv": 0,
		"customers.csv":     0,
		"subscriptions.csv": 0, "credit_allocations.csv": 0, "document_buyers.csv": 1,
	}
	return func(file, line string) bool {
		at, ok := column[file]
		return ok && ids[strings.Split(line, ",")[at]]
	}
}

// sameAs compares two exports, apart from what is allowed to be there besides.
func (d *backDesk) sameAs(before map[string][]string) {
	d.t.Helper()
	after, allowed := d.export(), d.allowed()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		for _, line := range after[name] {
			if !slices.Contains(before[name], line) && !allowed(name, line) {
				d.t.Errorf("%s has %q besides", name, line)
			}
		}
		for _, line := range before[name] {
			if !slices.Contains(after[name], line) {
				d.t.Errorf("%s lacks %q", name, line)
			}
		}
	}
}
