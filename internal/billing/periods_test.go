package billing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

func all(w *testdb.World) accounts.Scope {
	return accounts.Scope{Root: w.Provider.ID, Everything: true}
}

func TestPeriodName(t *testing.T) {
	t.Parallel()
	cases := []struct{ start, end, want string }{
		{"2026-01-01", "2026-01-31", "January 2026"},
		{"2024-02-01", "2024-02-29", "February 2024"},
		{"2025-12-01", "2025-12-31", "December 2025"},
		{"2026-04-01", "2026-06-30", "Q2 2026"},
		{"2025-10-01", "2025-12-31", "Q4 2025"},
		{"2026-02-01", "2026-04-30", "1 Feb 2026 – 30 Apr 2026"},
		{"2026-01-01", "2026-12-31", "2026"},
		{"2025-07-01", "2026-06-30", "1 Jul 2025 – 30 Jun 2026"},
		{"2026-01-02", "2026-01-31", "2 Jan 2026 – 31 Jan 2026"},
		{"2026-01-05", "2026-01-05", "5 Jan 2026"},
	}
	for _, c := range cases {
		if got := (billing.Period{Start: day(c.start), End: day(c.end)}).Name(); got != c.want {
			t.Errorf("%s to %s is %q, want %q", c.start, c.end, got, c.want)
		}
	}
}

func TestPeriodsOfOneDistributorNewestFirst(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{})
	w.Period(testdb.Period{})
	w.Period(testdb.Period{Distributor: d.ID, Start: "2025-12-01", End: "2025-12-31"})
	w.Period(testdb.Period{Distributor: d.ID, Status: "open"})
	cases := []struct {
		name   string
		scope  accounts.Scope
		filter billing.PeriodFilter
		want   string
	}{
		{"all", all(w), billing.PeriodFilter{DistributorID: d.ID}, "January 2026,December 2025"},
		{"closed ones", all(w), billing.PeriodFilter{DistributorID: d.ID, Status: "closed"}, "December 2025"},
		{"of a year", all(w), billing.PeriodFilter{DistributorID: d.ID, Year: 2026}, "January 2026"},
		{
			"one's own",
			accounts.Scope{Root: d.ID},
			billing.PeriodFilter{DistributorID: d.ID},
			"January 2026,December 2025",
		},
		{"outside the scope", accounts.Scope{Root: d.ID}, billing.PeriodFilter{DistributorID: w.Provider.ID}, ""},
	}
	for _, c := range cases {
		periods, err := billing.Periods(t.Context(), pool, c.scope, c.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range periods {
			got = append(got, p.Name())
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: got %v, want %s", c.name, got, c.want)
		}
	}
}

func TestSetPeriodStatus(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{})
	actor := audit.Actor{ID: w.Staff(testdb.Staff{}).ID, Name: "Ada Holm", DistributorID: d.ID}
	p := w.Period(testdb.Period{Distributor: d.ID, Status: "open"})
	steps := []struct {
		status  string
		changed bool
		audited string
	}{
		{"closed", true, `period.close {"status": "open"} {"status": "closed"}`},
		{"closed", false, `period.close {"status": "open"} {"status": "closed"}`},
		{"open", true, `period.open {"status": "closed"} {"status": "open"}`},
	}
	for _, s := range steps {
		got, changed, err := billing.SetPeriodStatus(t.Context(), pool, accounts.Scope{Root: d.ID}, actor,
			p.ID, s.status)
		if err != nil || changed != s.changed || got.Status != s.status {
			t.Errorf("%s: got %+v, %v, %v", s.status, got, changed, err)
		}
		if is := w.Text(`select status from financial_periods`); is != s.status {
			t.Errorf("the period is %s, want %s", is, s.status)
		}
		is := w.Text(`select action || ' ' || before || ' ' || after from audit_entries order by id desc limit 1`)
		if is != s.audited {
			t.Errorf("audited %s, want %s", is, s.audited)
		}
	}
	if got := w.Text(`select count(*) || max(subject) from audit_entries`); got != "2"+d.Number+
		" 2026-01-01/2026-01-31" {
		t.Errorf("audit entries: %s", got)
	}
	_, _, err := billing.SetPeriodStatus(t.Context(), pool, accounts.Scope{Root: d.ID}, actor,
		w.Period(testdb.Period{}).ID, "open")
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("a period outside the scope: %v", err)
	}
	if _, _, err := billing.SetPeriodStatus(t.Context(), pool, all(w), actor, p.ID, "locked"); !fault.Is(err,
		fault.Invalid) {
		t.Errorf("another state: %v", err)
	}
}

// A transfer that relied on the period holds FOR SHARE on it until its commit.
func TestClosingWaitsForATransferThatReliesOnThePeriod(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	p := w.Period(testdb.Period{Status: "open"})
	transfer, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = transfer.Rollback() }()
	if _, err := transfer.ExecContext(t.Context(), `select from financial_periods where id = $1 for share`,
		p.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, _, err := billing.SetPeriodStatus(t.Context(), pool, all(w), audit.Actor{}, p.ID, "closed")
		done <- err
	}()
	waitForLock(t, w, done)
	if got := w.Text(`select status from financial_periods`); got != "open" {
		t.Errorf("the period is %s while a transfer relies on it", got)
	}
	if err := transfer.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got := w.Text(`select status from financial_periods`); got != "closed" {
		t.Errorf("the period is %s, want closed", got)
	}
}

// waitForLock returns once a statement of this database waits for a lock.
func waitForLock(t *testing.T, w *testdb.World, done chan error) {
	t.Helper()
	for w.Text(
		`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) ==
		"0" {
		select {
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestAddPeriod(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	d := w.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	w.Period(testdb.Period{Distributor: d.ID})
	w.Period(testdb.Period{Start: "2026-02-01", End: "2026-02-28"})
	own := accounts.Scope{Root: d.ID}
	cases := []struct {
		name       string
		in         accounts.Scope
		start, end string
		code       fault.Code
		want       string
	}{
		{"the month after, though another distributor has it", own, "2026-02-01", "2026-02-28", "", "February 2026"},
		{
			"one shared day", own, "2026-01-31", "2026-02-05", fault.Invalid,
			"start: Nordlys Partner already has a period with these days: " +
				"January 2026 (closed). Periods must not overlap; start this one after 31 Jan 2026.",
		},
		{"inside another", own, "2026-01-10", "2026-01-11", fault.Invalid, "January 2026 (closed)"},
		{
			"nothing", own, "", "", fault.Invalid,
			"start: Enter the first day of the period.; end: Enter the last day of the period.",
		},
		{
			"no dates", own, "1.2.2026", "2026-02-30", fault.Invalid,
			`start: "1.2.2026" is not a date; write year, month and day, for example 2026-01-31.; ` +
				`end: "2026-02-30" is not a date; write year, month and day, for example 2026-01-31.`,
		},
		{"the year 0", own, "0000-01-01", "2026-05-01", fault.Invalid, `start: "0000-01-01" is not a date`},
		{
			"backwards", own, "2026-05-02", "2026-05-01", fault.Invalid,
			"end: The last day, 1 May 2026, is before the first, 2 May 2026.",
		},
		{
			"another's distributor",
			accounts.Scope{Root: w.Distributor(testdb.Distributor{}).ID},
			"2026-06-01",
			"2026-06-30", fault.NotFound, "There is no such distributor",
		},
	}
	for _, c := range cases {
		p, err := billing.AddPeriod(t.Context(), pool, c.in, audit.Actor{Name: "Ada Holm"},
			billing.NewPeriod{DistributorID: d.ID, Start: c.start, End: c.end})
		if c.code == "" {
			if err != nil || p.Name() != c.want || p.Status != "open" || p.ID == 0 {
				t.Errorf("%s: got %+v, %v", c.name, p, err)
			}
			continue
		}
		if !fault.Is(err, c.code) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if got := w.Text(
		`select count(*) || ' ' || max(after->>'start_on') from audit_entries where action = 'period.add'`); got !=
		"1 2026-02-01" {
		t.Errorf("audit entries: %s", got)
	}
}

// Two people add the same period at once: the second gets an error in words.
func TestAddPeriodTwiceAtOnce(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	first, err := pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Rollback() }()
	hold := `select from distributors where id = $1 for no key update`
	if _, err := first.ExecContext(t.Context(), hold, w.Provider.ID); err != nil {
		t.Fatal(err)
	}
	_, err = first.ExecContext(t.Context(), `insert into financial_periods (distributor_id, start_on, end_on)
		values ($1, '2026-03-01', '2026-03-31')`, w.Provider.ID)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := billing.AddPeriod(t.Context(), pool, all(w), audit.Actor{},
			billing.NewPeriod{DistributorID: w.Provider.ID, Start: "2026-03-01", End: "2026-03-31"})
		done <- err
	}()
	waitForLock(t, w, done)
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "March 2026 (open)") {
		t.Errorf("the second got %v", err)
	}
}

func TestNextPeriodFollowsTheLast(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	next := func(rows db.Querier) string {
		start, end, err := billing.NextPeriod(t.Context(), rows, all(w), w.Provider.ID)
		if err != nil {
			t.Fatal(err)
		}
		return billing.Period{Start: start, End: end}.Name()
	}
	if got, want := next(pool), time.Now().UTC().Format("January 2006"); got != want {
		t.Errorf("without periods it is %s, want %s", got, want)
	}
	w.Period(testdb.Period{Start: "2025-12-01", End: "2025-12-31"})
	w.Period(testdb.Period{Start: "2025-11-01", End: "2025-11-30"})
	err := db.InTx(t.Context(), pool, func(tx *sqlx.Tx) error {
		if got := next(tx); got != "January 2026" {
			t.Errorf("after December it is %s, want January 2026", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
