package engine

import (
	"context"
	"fmt"
	"strings"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/record"
)

// Target is a customer that may be asked for as the one that gains. Reason says why it
// cannot be, "" = it can.
type Target struct {
	Number      string
	Name        string
	Distributor string
	Currency    string
	Email       string
	Reason      string
}

// Targets returns customers in the scope that a search finds (number, name, email,
// external id, CRM id, former ids), as targets of a transfer between customers: those
// that can be chosen first, then the others with their reason.
func Targets(ctx context.Context, q db.Querier, scope accounts.Scope, kind record.FlowKind, source accounts.Customer,
	typed string, limit int,
) ([]Target, error) {
	near := accounts.CustomerFilter{
		Search: typed, Distributor: source.DistributorID,
		Statuses: []string{accounts.Active, accounts.Suspended},
	}
	var able, others []Target
	seen := map[int64]bool{}
	for _, f := range []accounts.CustomerFilter{near, {Search: typed}} {
		part, err := accounts.ListCustomers(ctx, q, scope, f, db.Page{Sort: "name", Size: limit})
		if err != nil {
			return nil, err
		}
		for _, row := range part.Rows {
			if seen[row.ID] {
				continue
			}
			seen[row.ID] = true
			c, err := accounts.GetCustomer(ctx, q, scope, row.ID)
			if err != nil {
				return nil, err
			}
			t, err := targetOf(ctx, q, kind, source, c)
			if err != nil {
				return nil, err
			}
			if t.Reason == "" {
				able = append(able, t)
			} else {
				others = append(others, t)
			}
		}
	}
	return append(able, others...)[:min(len(able)+len(others), limit)], nil
}

// targetOf compares a customer with the source, in the words of the findings.
func targetOf(ctx context.Context, q db.Querier, kind record.FlowKind, source, c accounts.Customer) (Target, error) {
	t := Target{Number: c.Number(), Name: c.Name, Distributor: c.DistributorName, Currency: c.Currency, Email: c.Email}
	switch {
	case c.ID == source.ID:
		t.Reason = msgSourceItself
	case !c.Transferable():
		t.Reason = fmt.Sprintf(msgTakesNoTransfers, c.Number(), strings.ReplaceAll(c.Status, "_", " "))
	case c.DistributorID != source.DistributorID:
		t.Reason = fmt.Sprintf(msgOtherDistributor, c.DistributorName, source.DistributorName)
	case c.Currency != source.Currency:
		t.Reason = fmt.Sprintf(msgOtherCurrency, c.Currency, source.Currency)
	case kind == record.Merge:
		related, err := accounts.Related(ctx, q, source.ID, c.ID)
		if err != nil {
			return t, err
		}
		if related {
			t.Reason = msgAncestor
		}
	}
	return t, nil
}
