package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
)

// The states of a financial period.
const (
	PeriodOpen   = "open"
	PeriodClosed = "closed"
)

// Period is a financial period of a distributor's books. Nothing dated in a closed
// one moves, and no memo is posted in it. A day without a period is open.
type Period struct {
	ID            int64     `db:"id"`
	DistributorID int64     `db:"distributor_id"`
	Distributor   string    `db:"distributor_name"`
	Start         time.Time `db:"start_on"`
	End           time.Time `db:"end_on"`
	Status        string    `db:"status"`
}

// Name returns the period in words: "January 2026", "Q1 2026", "2026", or its days.
func (p Period) Name() string {
	next := p.End.AddDate(0, 0, 1)
	if p.Start.Day() == 1 && next.Day() == 1 {
		switch months := int(next.Month()) - int(p.Start.Month()) + 12*(next.Year()-p.Start.Year()); {
		case months == 1:
			return p.Start.Format("January 2006")
		case months == 3 && int(p.Start.Month())%3 == 1:
			return fmt.Sprintf("Q%d %d", int(p.Start.Month())/3+1, p.Start.Year())
		case months == 12 && p.Start.Month() == time.January:
			return p.Start.Format("2006")
		}
	}
	return p.days()
}

func (p Period) days() string {
	if p.Start.Equal(p.End) {
		return p.Start.Format(dayForm)
	}
	return p.Start.Format(dayForm) + " – " + p.End.Format(dayForm)
}

const dayForm = "2 Jan 2006"

// PeriodFilter says which periods to list.
type PeriodFilter struct {
	DistributorID int64
	Status        string // "" = both
	Year          int    // of the first day, 0 = all
}

// Periods lists a distributor's periods, the newest first. A distributor outside the
// scope has none.
func Periods(ctx context.Context, q db.Querier, s accounts.Scope, f PeriodFilter) ([]Period, error) {
	var w db.Where
	w.And("p.distributor_id = ?", f.DistributorID)
	s.Apply(&w, "p.distributor_id")
	if f.Status != "" {
		w.And("p.status = ?", f.Status)
	}
	if f.Year != 0 {
		w.And("extract(year from p.start_on) = ?", f.Year)
	}
	var out []Period
	err := q.SelectContext(ctx, &out, periodSQL+w.SQL()+` order by p.start_on desc`, w.Args()...)
	if err != nil {
		return nil, fmt.Errorf("list financial periods: %w", err)
	}
	return out, nil
}

const periodSQL = `
	select p.id, p.distributor_id, d.name as distributor_name, p.start_on, p.end_on, p.status
	from financial_periods p join distributors d on d.id = p.distributor_id `

// SetPeriodStatus closes or opens a period and returns it and whether it changed. It waits
// for transfers in progress that rely on the period, and those that start later see the
// new state.
func SetPeriodStatus(ctx context.Context, pool *sqlx.DB, s accounts.Scope, actor audit.Actor, id int64,
	status string,
) (Period, bool, error) {
	if status != PeriodOpen && status != PeriodClosed {
		return Period{}, false, fault.InvalidField("status", msgNoPeriodStatus, status)
	}
	var p Period
	changed := false
	err := db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var w db.Where
		w.And("p.id = ?", id)
		s.Apply(&w, "p.distributor_id")
		if err := tx.GetContext(ctx, &p, periodSQL+w.SQL()+` for update of p`, w.Args()...); err != nil {
			return db.NotFound(fmt.Errorf("read the financial period: %w", err), msgNoPeriod)
		}
		before := p.Status
		if before == status {
			return nil
		}
		p.Status, changed = status, true
		if _, err := tx.ExecContext(ctx, `update financial_periods set status = $2 where id = $1`, id,
			status); err != nil {
			return fmt.Errorf("set the state of %s: %w", p.Name(), err)
		}
		action := map[string]string{PeriodOpen: "period.open", PeriodClosed: "period.close"}[status]
		return audit.Append(ctx, tx, p.entry(actor, action, map[string]any{"status": before},
			map[string]any{"status": status}))
	})
	return p, changed, err
}

// entry is the audit entry of a change of the period.
func (p Period) entry(actor audit.Actor, action string, before, after any) audit.Entry {
	return audit.Entry{
		Actor: actor, Action: action, SubjectKind: "financial_period",
		Subject: accounts.Number(accounts.DistributorPrefix, p.DistributorID) + " " + p.Start.Format(time.DateOnly) +
			"/" + p.End.Format(time.DateOnly),
		Before: before, After: after,
	}
}

// NewPeriod is a period as a person typed it.
type NewPeriod struct {
	DistributorID int64
	Start         string // 2006-01-02
	End           string
}

// AddPeriod checks and keeps an open period.
func AddPeriod(ctx context.Context, pool *sqlx.DB, s accounts.Scope, actor audit.Actor, n NewPeriod) (Period, error) {
	p, err := n.check()
	if err != nil {
		return Period{}, err
	}
	err = db.InTx(ctx, pool, func(tx *sqlx.Tx) error {
		var w db.Where
		w.And("id = ?", n.DistributorID)
		s.Apply(&w, "id")
		// The lock makes this wait for transfers that found no period here, and for others who add one.
		err := tx.GetContext(ctx, &p.Distributor, `select name from distributors `+w.SQL()+` for no key update`,
			w.Args()...)
		if err != nil {
			return db.NotFound(fmt.Errorf("read the distributor: %w", err), msgNoDistributor)
		}
		if err := p.free(ctx, tx); err != nil {
			return err
		}
		err = tx.GetContext(ctx, &p.ID, `
			insert into financial_periods (distributor_id, start_on, end_on, status) values ($1, $2, $3, $4)
			returning id`,
			p.DistributorID, p.Start, p.End, p.Status)
		if err != nil {
			return fmt.Errorf("keep the financial period: %w", err)
		}
		return audit.Append(ctx, tx, p.entry(actor, "period.add", nil, map[string]any{
			"start_on": p.Start.Format(time.DateOnly), "end_on": p.End.Format(time.DateOnly), "status": p.Status,
		}))
	})
	return p, err
}

func (n NewPeriod) check() (Period, error) {
	p := Period{DistributorID: n.DistributorID, Status: PeriodOpen}
	var wrong fault.Fields
	for _, f := range []struct {
		name, text, what string
		day              *time.Time
	}{{"start", n.Start, "first", &p.Start}, {"end", n.End, "last", &p.End}} {
		if f.text == "" {
			wrong.Add(f.name, msgEnterPeriodDay, f.what)
			continue
		}
		day, ok := parseDay(f.text)
		if !ok {
			wrong.Add(f.name, msgNotADate, f.text)
			continue
		}
		*f.day = day
	}
	if wrong.Err() == nil && p.End.Before(p.Start) {
		wrong.Add("end", msgPeriodEndsBeforeStart, p.End.Format(dayForm), p.Start.Format(dayForm))
	}
	return p, wrong.Err()
}

// parseDay reads a typed day. The year 0 is none: calendars go from 1 BC to AD 1.
func parseDay(text string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil && day.Year() > 0
}

// free returns a fault that names the period that shares days with this one, if any.
func (p Period) free(ctx context.Context, q db.Querier) error {
	var other []Period
	err := q.SelectContext(ctx, &other, periodSQL+`
		where p.distributor_id = $1 and p.start_on <= $3 and p.end_on >= $2 order by p.start_on
		limit 1`, p.DistributorID, p.Start, p.End)
	if err != nil {
		return fmt.Errorf("look for periods that overlap: %w", err)
	}
	if len(other) == 0 {
		return nil
	}
	return fault.InvalidField("start", msgPeriodOverlaps,
		p.Distributor, other[0].Name(), other[0].Status, other[0].End.Format(dayForm))
}

// NextPeriod returns the days that a distributor's next period would have: the month
// that begins after its last one, else this month.
func NextPeriod(ctx context.Context, q db.Querier, s accounts.Scope, distributorID int64) (start, end time.Time,
	err error,
) {
	var w db.Where
	w.And("distributor_id = ?", distributorID)
	s.Apply(&w, "distributor_id")
	var last *time.Time
	err = q.GetContext(ctx, &last, `select max(end_on) from financial_periods `+w.SQL(), w.Args()...)
	if err != nil {
		return start, end, fmt.Errorf("read the last financial period: %w", err)
	}
	start = time.Now().UTC().Truncate(24 * time.Hour)
	start = start.AddDate(0, 0, 1-start.Day())
	if last != nil {
		start = last.AddDate(0, 0, 1)
	}
	return start, time.Date(start.Year(), start.Month()+1, 0, 0, 0, 0, 0, time.UTC), nil
}
