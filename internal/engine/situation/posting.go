package situation

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// postingDays is how many days after the first possible one a transfer may be posted.
const postingDays = 62

// Posters are the distributors in whose books the transfer writes memos, the giving one
// first; none where no balance is carried.
func (s *Situation) Posters() []Company {
	from, to := s.Carry.Memo != "", len(s.Carry.Items) > 0
	if s.Reversal != nil {
		for _, m := range s.Reversal.Memos {
			from, to = from || m.Customer == s.Source.ID, to || m.Customer != s.Source.ID
		}
	}
	var list []Company
	if from {
		list = append(list, s.From)
	}
	if to && s.To.ID != 0 && (!from || s.To.ID != s.From.ID) {
		list = append(list, s.To)
	}
	return list
}

// firstPosting is the first day on which the transfer may be posted: the later of the days
// of execution in the zones of the distributors that post (books: one posting date); a
// memo is taken back no earlier than it is dated.
func (s *Situation) firstPosting() time.Time {
	day := s.From.Today
	list := s.Posters()
	if len(list) > 0 {
		day = list[0].Today
	}
	for _, c := range list {
		day = later(day, c.Today)
	}
	if s.Reversal != nil {
		for _, m := range s.Reversal.Memos {
			day = later(day, m.IssuedOn)
		}
	}
	return day
}

// PostsOn is the one date of all memos and entries of the transfer, in all books: the one
// that was asked for unless it has passed, else the first possible one.
func (s *Situation) PostsOn() time.Time {
	if asked := s.Request.PostingDay(); asked != nil {
		return later(*asked, s.firstPosting())
	}
	return s.firstPosting()
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// CheckPostOn refuses an impossible posting date: an Invalid fault that names the field. A
// date that passes until the order runs is no mistake.
func (s *Situation) CheckPostOn(ctx context.Context, q db.Querier) error {
	asked := s.Request.PostingDay()
	if asked == nil || s.NotCustomer {
		return nil
	}
	first := s.firstPosting()
	last := first.AddDate(0, 0, postingDays)
	switch {
	case asked.Before(first):
		return fault.InvalidField("post_on", msgPostsTooEarly, asked.Format(transfer.DayForm),
			first.Format(transfer.DayForm))
	case asked.After(last):
		return fault.InvalidField("post_on", msgPostsTooLate, asked.Format(transfer.DayForm), postingDays,
			last.Format(transfer.DayForm))
	}
	for _, c := range s.Posters() {
		closed, err := IsClosed(ctx, q, c, *asked)
		if err != nil {
			return err
		}
		if closed {
			return fault.InvalidField("post_on", msgPostsIntoClosedPeriod,
				asked.Format(transfer.DayForm), c.Name)
		}
	}
	return nil
}

// IsClosed reports whether the day lies in a closed period of the distributor. A day
// without a period is open.
func IsClosed(ctx context.Context, q db.Querier, c Company, day time.Time) (bool, error) {
	var closed bool
	err := q.GetContext(ctx, &closed, `
		select exists (select 1 from financial_periods where distributor_id = $1 and status = 'closed'
		               and $2::date between start_on and end_on)`, c.ID, record.SQLValue(day))
	if err != nil {
		return false, fmt.Errorf("look up the period of %s: %w", c.Name, err)
	}
	return closed, nil
}

// FirstOpen is the first day after the given one that is open in the books of every
// distributor that posts, nil if there is none that could be asked for.
func (s *Situation) FirstOpen(ctx context.Context, q db.Querier, after time.Time) (*time.Time, error) {
	var books []int64
	for _, c := range s.Posters() {
		books = append(books, c.ID)
	}
	var day *time.Time
	err := q.GetContext(ctx, &day, `
		select min(d.day)::date from generate_series($1::date + 1, $2::date, interval '1 day') as d(day)
		where not exists (select 1 from financial_periods p where p.distributor_id = any($3) and p.status = 'closed'
		                  and d.day::date between p.start_on and p.end_on)`,
		record.SQLValue(after), record.SQLValue(s.firstPosting().AddDate(0, 0, postingDays)), pq.Array(books))
	if err != nil {
		return nil, fmt.Errorf("look for an open day of %s: %w", strings.Join(names(s.Posters()), " and "), err)
	}
	return day, nil
}

func names(list []Company) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.Name
	}
	return out
}
