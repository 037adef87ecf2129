package situation

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// termLine is a schedule line, or an invoice line without schedule, that bills service on
// or after the cut day.
type termLine struct {
	SubscriptionID int64           `db:"subscription_id"`
	LineID         int64           `db:"line_id"` // the invoice line
	Scheduled      bool            `db:"scheduled"`
	Recognized     bool            `db:"recognized"`
	Start          time.Time       `db:"period_start"`
	End            time.Time       `db:"period_end"`
	Amount         decimal.Decimal `db:"amount"`
	Ceiling        decimal.Decimal `db:"ceiling"` // the invoice line less credit memos issued for its invoice
	Currency       string          `db:"currency"`
	CustomerID     int64           `db:"customer_id"`
	Customer       string          `db:"customer"`
	Seller         string          `db:"seller"`
	Visible        bool            `db:"visible"` // the document's account lies in the requester's scope
}

// from is the part of the line for service on or after a day: by days, the first and the
// last included, half-even. The part before that day keeps the rest.
func (l termLine) from(day time.Time) (decimal.Decimal, error) {
	if !l.Start.Before(day) {
		return l.Amount, nil
	}
	units, err := money.MinorUnits(l.Currency)
	if err != nil {
		return decimal.Zero, err
	}
	return money.Ratio(l.Amount.Mul(days(day, l.End)), days(l.Start, l.End), units), nil
}

// days counts the days from one to another, both included.
func days(from, to time.Time) decimal.Decimal {
	return decimal.NewFromInt(int64(to.Sub(from).Hours()/24) + 1)
}

// loadRunningTerm reads the cut day and what is billed beyond it.
func loadRunningTerm(ctx context.Context, q db.Querier, s *Situation) error {
	if err := s.loadCutDay(ctx, q); err != nil || s.Cut == nil {
		return err
	}
	lines, err := s.termLines(ctx, q)
	if err != nil {
		return err
	}
	s.Term, err = s.sumTerms(lines)
	return err
}

// loadCutDay reads T: the effective date of a transfer between customers; of a distributor
// transfer the day on which it starts, else the day of the preview, in the time zone of the
// source's distributor. A submitted order keeps the one that it was previewed with.
func (s *Situation) loadCutDay(ctx context.Context, q db.Querier) error {
	if s.Flow.Kind != record.Distributor {
		s.Cut = s.Effective
		return nil
	}
	var kept []time.Time
	err := q.SelectContext(ctx, &kept, `
		select cut_on from transfer_orders where id = $1 and status <> 'draft' and cut_on is not null`, s.OrderID)
	if err != nil {
		return fmt.Errorf("read the cut day of the order: %w", err)
	}
	day := s.From.Today
	// what is no time is refused with the order
	if start, err := time.Parse(time.RFC3339, s.Request.StartAt); err == nil {
		if day, err = dayIn(start, s.From.TimeZone); err != nil {
			return err
		}
	}
	if len(kept) > 0 {
		day = kept[0]
	}
	s.Cut = &day
	return nil
}

// DayOrNull is a day as a value of a column, null where there is none.
func DayOrNull(day *time.Time) any {
	if day == nil {
		return nil
	}
	return day.Format(time.DateOnly)
}

// dayIn is the day of a moment in a time zone.
func dayIn(at time.Time, zone string) (time.Time, error) {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("time zone %s: %w", zone, err)
	}
	year, month, day := at.In(place).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), nil
}

// termLines reads the billed lines of the moving subscriptions for service on or after the
// cut day, on documents that stay. Lines of zero and those without a period are left out.
func (s *Situation) termLines(ctx context.Context, q db.Querier) ([]termLine, error) {
	stays := "true"
	if s.Flow.Kind != record.Distributor {
		stays = "i.id not in " + record.Moved("owned_invoices", s.Flow.Documents.Invoice)
	}
	const ceiling = `l.amount - coalesce((select sum(m.amount) from credit_memos m
            where m.invoice_id = i.id and m.status <> 'void'
              and (m.subscription_id is null or m.subscription_id = %s.subscription_id)), 0)`
	values := s.Args()
	values["cut"] = s.Cut.Format(time.DateOnly)
	text, list := record.Bind(fmt.Sprintf(`
		select t.*, c.name || ' (' || number_of('C', c.id) || ')' as customer, d.name as seller, %[1]s as visible
		from (
		    select r.subscription_id, l.id as line_id, true as scheduled, r.recognized, r.period_start, r.period_end,
		           r.amount, i.currency, i.customer_id, %[2]s as ceiling
		    from revenue_schedules r join invoice_lines l on l.id = r.invoice_line_id
		    join invoices i on i.id = l.invoice_id
		    where r.subscription_id = any(@moving::bigint[]) and bills(i.status) and r.period_end >= @cut::date
		      and r.amount <> 0 and %[4]s
		    union all
		    select l.subscription_id, l.id, false, false, l.service_start, l.service_end, l.amount,
		           i.currency, i.customer_id, %[3]s
		    from invoice_lines l join invoices i on i.id = l.invoice_id
		    where l.subscription_id = any(@moving::bigint[]) and bills(i.status)
		      and l.service_start <= l.service_end and l.service_end >= @cut::date and l.amount <> 0 and %[4]s
		      and not exists (select 1 from revenue_schedules x where x.invoice_line_id = l.id)) t
		join customers c on c.id = t.customer_id join distributors d on d.id = c.distributor_id
		order by t.subscription_id, t.customer_id <> @source, t.customer_id, t.line_id, t.period_start, t.period_end`,
		record.InScope("c"), fmt.Sprintf(ceiling, "r"), fmt.Sprintf(ceiling, "l"), stays), values)
	var lines []termLine
	if err := q.SelectContext(ctx, &lines, text, list...); err != nil {
		return nil, fmt.Errorf("read what is billed beyond the cut day: %w", err)
	}
	return lines, nil
}

// sumTerms sums the lines per subscription and account. Of an invoice line no more remains
// than the line less the credit memos that were issued for its invoice; the latest service
// gives way. What is less than one minor unit is left out.
func (s *Situation) sumTerms(lines []termLine) (*transfer.RunningTerm, error) {
	if len(lines) == 0 {
		return nil, nil //nolint:nilnil // nothing is billed beyond the cut day
	}
	numbers := s.movingNumbers()
	term := &transfer.RunningTerm{CutOn: s.Cut.Format(time.DateOnly)}
	room := map[int64]decimal.Decimal{} // what may remain of an invoice line
	for i, l := range lines {
		if i == 0 || l.SubscriptionID != lines[i-1].SubscriptionID || l.CustomerID != lines[i-1].CustomerID {
			term.Terms = append(term.Terms, prepaidTermOf(numbers[l.SubscriptionID], l))
		}
		part, err := l.from(*s.Cut)
		if err != nil {
			return nil, err
		}
		t := &term.Terms[len(term.Terms)-1]
		if l.Recognized {
			t.Sums.Ahead = t.Sums.Ahead.Add(part)
			continue
		}
		if _, known := room[l.LineID]; !known {
			room[l.LineID] = decimal.Max(l.Ceiling, decimal.Zero)
		}
		if part.IsPositive() {
			part = decimal.Min(part, room[l.LineID])
			room[l.LineID] = room[l.LineID].Sub(part)
		}
		if part.IsZero() {
			continue
		}
		if t.Sums.Until.Before(l.End) {
			t.Sums.Until = l.End
		}
		if l.Scheduled {
			t.Sums.Remaining = t.Sums.Remaining.Add(part)
		} else {
			t.Sums.Unscheduled = t.Sums.Unscheduled.Add(part)
		}
	}
	for i := range term.Terms {
		term.Terms[i].Show()
	}
	return term, nil
}

// movingNumbers are the numbers of the subscriptions that move or split.
func (s *Situation) movingNumbers() map[int64]string {
	numbers := map[int64]string{}
	for _, sub := range s.Subscriptions {
		numbers[sub.ID] = sub.Number
	}
	for _, c := range s.Selected {
		numbers[c.ID] = c.Number
	}
	return numbers
}

func prepaidTermOf(subscription string, l termLine) transfer.PrepaidTerm {
	t := transfer.PrepaidTerm{
		Subscription: subscription, Customer: l.Customer, EarnedBy: l.Seller,
		Sums: transfer.TermSums{Currency: l.Currency, Hidden: !l.Visible},
	}
	if t.Sums.Hidden {
		t.Customer, t.EarnedBy = order.Another, order.Another
	}
	return t
}
