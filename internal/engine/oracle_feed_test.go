package engine_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"handover/internal/audit"
	"handover/internal/engine"
	"handover/internal/exchange"
	"handover/internal/order"
	"handover/internal/testdb"
)

// feed is what an export wrote: it is the sink, and the files.
type feed struct {
	files fstest.MapFS
}

type feedFile struct {
	bytes.Buffer
	f    feed
	name string
}

func (f feed) Create(name string) (io.WriteCloser, error) { return &feedFile{f: f, name: name}, nil }
func (f feed) Close() error                               { return nil }

func (w *feedFile) Close() error {
	w.f.files[w.name] = &fstest.MapFile{Data: w.Bytes()}
	return nil
}

// add appends a line to a file; columns that the format leaves out at its end are empty.
func (f feed) add(name, format string, values ...any) {
	head, _, _ := bytes.Cut(f.files[name].Data, []byte("\n"))
	more := bytes.Count(head, []byte(",")) - strings.Count(format, ",")
	f.files[name].Data = append(f.files[name].Data, fmt.Sprintf(format+strings.Repeat(",", more)+"\n", values...)...)
}

// TestFeedAfterRandomTransfers exports a random world, executes a random transfer and
// imports the export again, as a nightly feed does: nothing that the transfer set
// changes, and what is new in the feed goes where it belongs by then.
func TestFeedAfterRandomTransfers(t *testing.T) {
	t.Parallel()
	cases, from := testdb.Cases(32)
	cases /= 4
	var done testdb.Tally
	testdb.Batches(t, cases, from, func(t *testing.T, first, last int) {
		for i := first; i < last; i++ {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				if feedCase(t, uint64(i)) {
					done.Add("executed")
				}
			})
		}
	})
	if cases >= 8 && done.Of("executed") < max(1, cases/10) {
		t.Errorf("only %d of %d were executed: the worlds forbid too much", done.Of("executed"), cases)
	}
}

func feedCase(t *testing.T, seed uint64) bool {
	pool := testdb.Lend(t)
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	c := &oracleCase{
		t: t, db: pool, now: noon, w: &oracleWorld{World: testdb.NewWorld(t, pool), r: rand.New(rand.NewPCG(2, seed))},
		engine: &engine.Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
			return noon
		}}},
	}
	staff := c.w.Staff(testdb.Staff{Role: "account_manager"})
	c.actor = audit.Actor{ID: staff.ID, Name: staff.Name, DistributorID: staff.Distributor}
	c.query = booksQuery(nil)
	req := c.w.draw()
	c.w.Text(`select handover_link_recognition()`) // as the import that brought the world would have done
	c.prepare(req)
	p, err := c.engine.Preview(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Executable {
		return false
	}
	f := feed{fstest.MapFS{}}
	if err := exchange.Export(t.Context(), pool, f, c.actor); err != nil {
		t.Fatal(err)
	}
	c.execute(p)
	after := c.read()
	c.closeAll()
	c.importFeed(f) // what has not changed is no new booking
	c.w.Exec(`delete from financial_periods where start_on = '1990-01-01' or end_on = '2091-01-01'`)
	for _, d := range differences(after.words(after), c.read().words(after)) {
		t.Errorf("the feed changed: %s", d)
	}
	c.addNew(f, after)
	if t.Failed() {
		t.Logf("request %+v", req)
	}
	return true
}

// closeAll closes the books of every distributor, for all time. The feed opens again what it
// has as open.
func (c *oracleCase) closeAll() {
	c.t.Helper()
	c.w.Exec(`update financial_periods set status = 'closed'`)
	c.w.Exec(`insert into financial_periods (distributor_id, start_on, end_on, status)
		select d.id, date '1990-01-01', coalesce(min(p.start_on), date '2090-01-01') - 1, 'closed'
		from distributors d left join financial_periods p on p.distributor_id = d.id group by d.id`)
	c.w.Exec(`insert into financial_periods (distributor_id, start_on, end_on, status)
		select distributor_id, max(end_on) + 1, date '2091-01-01', 'closed' from financial_periods
		group by distributor_id`)
}

func (c *oracleCase) importFeed(f feed) {
	c.t.Helper()
	report, err := exchange.Import(c.t.Context(), c.db, f.files, exchange.Options{Actor: c.actor})
	if err != nil {
		c.t.Fatalf("import: %v %v", err, report.Errors)
	}
}

// addNew feeds new records of the source and compares where they go.
func (c *oracleCase) addNew(f feed, after books) {
	o, source := c.o, c.o.source.id("id")
	want := map[string]string{} // query -> result
	for _, s := range c.w.subs {
		for n, day := range []string{"2026-01-10", "2026-02-14", "2026-02-15", "2026-03-05"} {
			to := func(recognized bool) string { return fmt.Sprint(after.goesOn(s.ID, day, recognized)) }
			id := fmt.Sprintf("new-%d-%d", s.ID, n)
			f.add("subscription_charges.csv", "%s,%s,fee,new,1,%s,", id, s.Number, day)
			f.add("usage_records.csv", "%s,%s,,%s,1,1,", id, s.Number, day)
			f.add("billing_schedules.csv", "%s,%s,%s,1,", id, s.Number, day)
			f.add("revenue_schedules.csv", "%s,%s,,%s,,1,%t", id, s.Number, day, n%2 == 0)
			for _, table := range []string{"subscription_charges", "usage_records", "billing_schedules"} {
				want[fmt.Sprintf(`select subscription_id from %s where external_id = '%s'`, table, id)] = to(false)
			}
			want[fmt.Sprintf(`select subscription_id from revenue_schedules where external_id = '%s'`, id)] = to(n%2 ==
				0)
		}
	}
	owner := source
	if to := after["customers"][source].id("successor_id"); to != 0 {
		owner = to
	}
	f.add("contacts.csv", "new,%s,New,,", c.w.source.Number)
	f.add("payment_methods.csv", "new,%s,,card,New,active", c.w.source.Number)
	f.add("service_users.csv", "new,%s,new,false", c.w.source.Number)
	f.add("orders.csv", "new,%s,,sales,completed,2026-03-05,1", c.w.source.Number)
	tables := []string{"contacts", "payment_methods", "service_users", "placed_orders"}
	if !o.dist() || !o.converts() {
		currency := c.w.seller.Currency
		f.add("invoices.csv", "new,NEW-1,%s,2026-03-05,2026-03-05,%s,open,", c.w.source.Number, currency)
		f.add("payments.csv", "new,%s,,2026-03-05,5,%s,succeeded", c.w.source.Number, currency)
		f.add("debit_memos.csv", "new,NEW-2,%s,,2026-03-05,5,%s,,open,", c.w.source.Number, currency)
		f.add("credit_memos.csv", "new,NEW-3,%s,,,2026-03-05,5,%s,,open,", c.w.source.Number, currency)
		f.add("journal_entries.csv", "new,%s,%s,2026-03-05,new,,,", c.w.seller.Number, c.w.source.Number)
		tables = append(tables, "invoices", "payments", "debit_memos", "credit_memos", "journal_entries")
		for _, i := range o.b.where("invoices", "customer_id", source) { // depend on a document: its owner's
			id, to := fmt.Sprintf("new-%d", i.id("id")), fmt.Sprint(after["invoices"][i.id("id")].id("customer_id"))
			if !o.dist() && !o.merge() {
				continue // both accounts live: the file must name the owner
			}
			f.add("credit_memos.csv", "%s,NEW-%s,%s,,%s,2026-03-05,5,%s,,open,", id, id, c.w.source.Number,
				i.text("number"), currency)
			want[fmt.Sprintf(`select customer_id from credit_memos where external_id = '%s'`, id)] = to
		}
	}
	for _, table := range tables {
		want[fmt.Sprintf(`select customer_id from %s where external_id = 'new'`, table)] = fmt.Sprint(owner)
	}
	c.importFeed(f)
	for query, result := range want {
		if got := c.w.Text(query); got != result {
			c.t.Errorf("%s: got %s, want %s", query, got, result)
		}
	}
}

// goesOn is the subscription that an unbilled record of that day belongs to: the
// continuation from its first day on; on a read-only account, whatever the day, but for
// revenue that was recognised before.
func (b books) goesOn(subscription int64, day string, recognized bool) int64 {
	for _, l := range b.where("subscription_continuations", "subscription_id", subscription) {
		owner := b["customers"][b["subscriptions"][subscription].id("customer_id")]
		if day >= l.text("on_date") || owner.id("successor_id") != 0 && !recognized {
			return b.goesOn(l.id("continuation_id"), day, recognized)
		}
	}
	return subscription
}
