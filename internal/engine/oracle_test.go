package engine_test

import (
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestRandomTransfersReadTwice asks for random transfers of random worlds and compares
// preview and result, record by record, with the oracle.
//
// HANDOVER_PROPERTY_CASES sets the number of cases, HANDOVER_PROPERTY_FROM the first; 2,000 are a
// night's worth.
func TestRandomTransfersReadTwice(t *testing.T) {
	t.Parallel()
	cases, from := testdb.Cases(30)
	noon, err := time.Parse(time.RFC3339, "2026-03-10T12:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	var executed testdb.Tally
	testdb.Batches(t, cases, from, func(t *testing.T, first, last int) {
		pool := testdb.Lend(t)
		desk := &engine.Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
			return noon
		}}}
		staff := testdb.NewWorld(t, pool).Staff(testdb.Staff{Name: "Aurora Manager", Role: "account_manager"})
		actor := audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: staff.Distributor}
		for i := first; i < last; i++ {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				c := &oracleCase{
					t: t, db: pool, engine: desk, actor: actor, now: noon,
					w: &oracleWorld{
						World: testdb.NewWorld(t, pool), r: rand.New(rand.NewPCG(1, uint64(i))),
						crowded: i%2 == 0,
					},
				}
				if c.run() {
					executed.Add(string(c.o.req.Kind))
				}
			})
		}
		wantClean(t, pool)
	})
	for _, kind := range []record.FlowKind{record.Distributor, record.Subscriptions, record.Merge} {
		if cases >= 30 && executed.Of(string(kind)) < max(1, cases/60) {
			t.Errorf("only %d of kind %s were executed: the worlds forbid too much", executed.Of(string(kind)), kind)
		}
	}
	t.Logf("executed %v of %d", &executed, cases)
}

// wantClean wants that verify finds nothing.
func wantClean(t *testing.T, pool *sqlx.DB) {
	t.Helper()
	checks, err := engine.Verify(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.Broken > 0 {
			t.Errorf("verify: %s: %v", c.Name, c.Failures)
		}
	}
}

// oracleCase is one world, one request, and the two readings of it.
type oracleCase struct {
	t      *testing.T
	db     *sqlx.DB
	engine *engine.Engine
	actor  audit.Actor
	now    time.Time
	w      *oracleWorld
	o      *oracle
	query  string
}

// read loads the rows of this world.
func (c *oracleCase) read() books {
	c.t.Helper()
	b, err := readBooks(c.w.Text("select " + c.query))
	if err != nil {
		c.t.Fatal(err)
	}
	return b
}

// run compares the two readings; it reports whether the transfer was executed.
func (c *oracleCase) run() bool {
	c.t.Helper()
	last := map[string]int64{}
	for table := range bookTables {
		id, err := strconv.ParseInt(c.w.Text("select coalesce(max(id), 0) from "+table), 10, 64)
		if err != nil {
			c.t.Fatal(err)
		}
		last[table] = id
	}
	c.query = booksQuery(last)
	req := c.w.vouch(c.w.draw(), c.actor, c.now)
	c.prepare(req)
	p, err := c.engine.Preview(c.t.Context(), req)
	if err != nil {
		c.t.Fatalf("preview of %+v: %v", req, err)
	}
	var linked []string
	for _, l := range p.Linked {
		linked = append(linked, l.Number)
	}
	for _, id := range c.o.added {
		if n := record.Number("S", id); !slices.Contains(linked, n) {
			c.t.Errorf("linked %v without %s", linked, n)
		}
	}
	if len(linked) != len(c.o.added) {
		c.t.Errorf("linked %v, want %v", linked, c.o.added)
	}
	if c.o.same() {
		if _, ok := p.Finding("SAME_ACCOUNT"); !ok {
			c.t.Errorf("finding SAME_ACCOUNT is missing in %+v", req)
		}
		return false
	}
	after := c.after()
	c.compareFindings(p, after)
	c.compareOffer(p)
	c.comparePrepaid(p)
	if after != nil {
		c.compareImpact(p, after)
		if c.o.dist() || c.o.target.text("currency") == c.o.source.text("currency") {
			c.compareBalances(p, after)
		}
	}
	if p.Executable && after != nil {
		c.execute(p)
		for _, d := range differences(after.words(c.o.b), c.read().words(c.o.b)) {
			c.t.Errorf("rows: %s", d)
		}
		c.compareBooks(after)
	}
	if c.t.Failed() {
		c.t.Logf("request %+v", req)
	}
	return p.Executable
}

// prepare makes the oracle of the request.
func (c *oracleCase) prepare(req transfer.Request) {
	o := &oracle{b: c.read(), req: req, today: map[int64]string{}}
	o.source, o.to = o.b["customers"][c.w.source.ID], row{}
	for id, account := range o.b["customers"] {
		if record.Number("C", id) == req.TargetCustomer {
			o.target = account
		}
	}
	for id, d := range o.b["distributors"] {
		if record.Number("D", id) == req.TargetDistributor {
			o.to = d
		}
	}
	for id, d := range o.b["distributors"] {
		zone, err := time.LoadLocation(d.text("time_zone"))
		if err != nil {
			c.t.Fatal(err)
		}
		o.today[id] = c.now.In(zone).Format(time.DateOnly)
	}
	for _, s := range c.w.subs {
		if slices.Contains(req.Subscriptions, s.Number) {
			o.selected = append(o.selected, s.ID)
		}
	}
	kept := o.b.copy()
	o.b.settleAll()
	for _, d := range differences(o.b.words(kept), kept.words(kept)) {
		c.t.Errorf("what settles: %s", d)
	}
	o.decide()
	c.o = o
}

// after are the books that the oracle expects, or nil where a choice is missing.
func (c *oracleCase) after() books {
	if !c.o.dist() {
		return c.o.apply()
	}
	if _, err := c.o.rate(); err != "" {
		return nil
	}
	for id := range c.o.moves["subscriptions"] {
		if plan, _ := c.o.plan(c.o.b["subscriptions"][id]); plan == nil {
			return nil
		}
	}
	return c.o.applyDistributor()
}

func (c *oracleCase) compareFindings(p transfer.Preview, after books) {
	want := c.o.expect(after)
	got, count := findings{}, map[transfer.Code]int{}
	for _, f := range p.Findings {
		count[f.Code] = f.Count
		var list []string
		for _, r := range f.Records {
			list = append(list, r.Number)
		}
		got[f.Code] = list
		if f.Count < len(f.Records) || f.Count != len(f.Records) && f.Count <= 50 {
			c.t.Errorf("%s counts %d and lists %d", f.Code, f.Count, len(f.Records))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(want)) {
		records, ok := got[code]
		slices.Sort(records)
		slices.Sort(want[code])
		switch {
		case !ok:
			c.t.Errorf("finding %s is missing: %v", code, want[code])
		case want[code] == nil:
		case len(want[code]) > 50: // not all are listed
			if count[code] != len(want[code]) {
				c.t.Errorf("finding %s: got %d, want %d", code, count[code], len(want[code]))
			}
		case code == "PERIOD_CLOSED":
			if len(records) != len(want[code]) {
				c.t.Errorf("finding %s: got %v, want %d records", code, records, len(want[code]))
			}
		case !slices.Equal(records, want[code]):
			c.t.Errorf("finding %s: got %v, want %v", code, records, want[code])
		}
	}
	for _, code := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[code]; !ok && (after != nil || code != "PERIOD_CLOSED" && code != "UNBILLED_USAGE") {
			c.t.Errorf("finding %s is too much: %v", code, got[code])
		}
	}
}

func (c *oracleCase) compareImpact(p transfer.Preview, after books) {
	for _, k := range oracleKinds {
		var sums [2]map[string]decimal.Decimal
		var count, ended [2]int64
		for n := range sums {
			sums[n] = map[string]decimal.Decimal{}
		}
		for _, r := range c.o.b.sorted(k.table) {
			if c.o.b.owner(k.table, r) != c.o.source.id("id") {
				continue
			}
			n := 1
			if c.o.gone(after, k.table, r) || k.table == "subscriptions" && c.o.split[r.id("id")] {
				n = 0
			}
			amount, currency := c.o.b.recordAmount(k.table, r)
			if k.table == "subscriptions" && (r.text("status") == "cancelled" || r.text("status") == "terminated") {
				amount, ended[n] = decimal.Zero, ended[n]+1
			}
			sums[n][currency] = sums[n][currency].Add(amount)
			count[n]++
		}
		for _, impact := range p.Impact {
			if impact.Kind == k.kind {
				c.comparePart(k.kind+" moving", impact.Moving, count[0], ended[0], sums[0])
				c.comparePart(k.kind+" staying", impact.Staying, count[1], ended[1], sums[1])
				count = [2]int64{}
			}
		}
		if count != [2]int64{} {
			c.t.Errorf("impact of %s is missing: %v", k.kind, count)
		}
	}
}

func (c *oracleCase) comparePart(what string, part transfer.Part, count, ended int64, sums map[string]decimal.Decimal) {
	words := func(list []string) string { slices.Sort(list); return strings.Join(list, ", ") }
	var got, want []string
	for _, a := range part.Amounts {
		got = append(got, a.Amount+" "+a.Currency)
	}
	for currency, sum := range sums {
		want = append(want, money.Format(sum, currency)+" "+currency)
	}
	if part.Count != count || part.Ended != ended || words(got) != words(want) {
		c.t.Errorf("impact: %s: got %d, %d ended (%s), want %d, %d ended (%s)", what, part.Count, part.Ended,
			words(got), count, ended, words(want))
	}
}

func (c *oracleCase) compareBalances(p transfer.Preview, after books) {
	check := func(what string, a transfer.Amount, want decimal.Decimal, currency string) {
		if a.Amount != money.Format(want, currency) || a.Currency != currency {
			c.t.Errorf("balance: %s: got %v, want %s %s", what, a, want, currency)
		}
	}
	source := c.o.source.id("id")
	check("source before", p.Source.BalanceBefore, c.o.b.balance(source), c.o.source.text("currency"))
	check("source after", p.Source.BalanceAfter, after.balance(source), c.o.source.text("currency"))
	target := after["customers"][source].id("successor_id")
	if c.o.target != nil {
		target = c.o.target.id("id")
		check("target before", p.Target.BalanceBefore, c.o.b.balance(target), c.o.target.text("currency"))
	}
	check("target after", p.Target.BalanceAfter, after.balance(target), after["customers"][target].text("currency"))
}

// execute acknowledges every warning and executes.
func (c *oracleCase) execute(p transfer.Preview) {
	c.t.Helper()
	ctx, req, actor := c.t.Context(), c.o.req, c.actor
	if req.RateReason != "" { // a draft keeps no reason of its requester's
		c.place(p)
		return
	}
	draft, err := c.engine.OpenDraft(ctx, actor, req.Kind, req.SourceCustomer)
	if err == nil {
		draft, err = c.engine.UpdateDraft(ctx, actor, draft.Number, draft.Version, func(r *transfer.Request) {
			*r = req
		})
	}
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	if err == nil {
		err = c.engine.Submit(ctx, actor, draft.ID, draft.Version, req)
	}
	if err == nil {
		err = c.engine.Execute(ctx, actor, draft.ID)
	}
	if err != nil {
		c.t.Fatalf("execute %+v: %v", req, fmt.Errorf("%w", err))
	}
}

// place acknowledges every warning, asks as a program does, and executes.
func (c *oracleCase) place(p transfer.Preview) {
	c.t.Helper()
	req := c.o.req
	req.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		req.Acknowledged = append(req.Acknowledged, string(f.Code))
	}
	key := engine.Key{Key: "case " + strconv.FormatInt(c.w.source.ID, 10), BodyHash: "x"}
	o, err := c.engine.Place(c.t.Context(), c.actor, req, key, func() error { return nil })
	if err == nil {
		err = c.engine.Execute(c.t.Context(), c.actor, o.ID)
	}
	if err != nil {
		c.t.Fatalf("place %+v: %v", req, err)
	}
}
