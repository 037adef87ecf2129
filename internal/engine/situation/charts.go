package situation

import (
	"context"
	"fmt"

	"handover/internal/billing"
	"handover/internal/db"
)

// loadCharts reads the charts of accounts of the distributors in whose books the transfer
// posts.
func loadCharts(ctx context.Context, q db.Querier, s *Situation) error {
	s.charts = map[int64]billing.Chart{}
	for _, c := range s.Posters() {
		chart, err := billing.ChartOf(ctx, q, c.ID)
		if err != nil {
			return fmt.Errorf("read the chart of %s: %w", c.Name, err)
		}
		s.charts[c.ID] = chart
	}
	return nil
}

// postingAccount is the account of a distributor's books that Handover posts to in a role.
func (s *Situation) postingAccount(in Company, r billing.Role) string {
	return s.charts[in.ID].Account(r)
}

// AccountsOf are the accounts that a memo is debited and credited to in a company's books:
// a credit memo takes a claim off receivable, a debit memo puts one there. Within one legal
// entity the other side is clearing; between two, what one of them owes the other.
func (s *Situation) AccountsOf(kind string, in, other Company) (debit, credit string) {
	receivable := s.postingAccount(in, billing.Receivable)
	if kind == "credit_memo" {
		return s.postingAccount(in, against(in, other, billing.DueFrom)), receivable
	}
	return receivable, s.postingAccount(in, against(in, other, billing.DueTo))
}

// against is the role of the account over which a balance leaves or enters a company's books.
func against(in, other Company, between billing.Role) billing.Role {
	if in.SameEntity(other) {
		return billing.Clearing
	}
	return between
}
