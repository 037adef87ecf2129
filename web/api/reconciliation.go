package api

import (
	"context"
	"time"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/reconciliation"
)

func reconciliationOperations() []operation {
	return []operation{
		does(operation{
			ID: "list-reconciliations", Method: get, Path: "/reconciliation", Tag: "Finance",
			Privilege: identity.JournalRead,
			Summary:   "What the last check of the books gave, per reconciliation, distributor and currency",
		}, listReconciliations),
	}
}

// Reconciliation is one comparison of the books with the records, for a distributor and currency.
type Reconciliation struct {
	Name        string  `json:"name" doc:"receivable, receivable_by_account, deferred_revenue and so on."`
	Title       string  `json:"title" doc:"What must be true."`
	Distributor string  `json:"distributor" doc:"Number."`
	Currency    string  `json:"currency"`
	Compared    int64   `json:"compared" doc:"How many records were compared."`
	Differing   int64   `json:"differing" doc:"How many differ."`
	Difference  Money   `json:"difference" doc:"Books less records; by account the sum of the amounts without signs."`
	OK          bool    `json:"ok"`
	Since       *string `json:"since" nullable:"true" doc:"The first day of an unbroken difference."`
	FirstSeen   *string `json:"first_seen" nullable:"true" doc:"The first check that found the difference."`
	CheckedAt   string  `json:"checked_at"`
}

type reconciliationsInput struct {
	Paged
	Distributor string `query:"distributor" doc:"Number of a distributor; without it all in the scope."`
}

func listReconciliations(
	ctx context.Context, a *API, c *caller, in *reconciliationsInput,
) (List[Reconciliation], error) {
	out := List[Reconciliation]{Items: []Reconciliation{}}
	f := reconciliation.Filter{}
	if in.Distributor != "" {
		f.DistributorID = -1
		if id, ok := accounts.ParseNumber(accounts.DistributorPrefix, in.Distributor); ok {
			f.DistributorID = id
		}
	}
	if err := reconciliation.Refresh(ctx, a.db, c.Scope()); err != nil {
		return out, err
	}
	results, err := reconciliation.Results(ctx, c.db(), c.Scope(), f)
	if err != nil {
		return out, err
	}
	results, err = after(results, in.Cursor)
	if err != nil {
		return out, err
	}
	for _, r := range results {
		if len(out.Items) == in.Limit {
			last := out.Items[in.Limit-1]
			out.Next = orNull(place(last.Name, last.Distributor, last.Currency))
			break
		}
		out.Items = append(out.Items, reconciliationItem(r))
	}
	return out, nil
}

// place is the cursor of a result.
func place(name, distributor, currency string) string {
	return name + "." + distributor + "." + currency
}

// after returns the results that follow the cursor, "" for all of them.
func after(results []reconciliation.Result, cursor string) ([]reconciliation.Result, error) {
	if cursor == "" {
		return results, nil
	}
	for i, r := range results {
		if place(r.Name, r.Distributor, r.Currency) == cursor {
			return results[i+1:], nil
		}
	}
	return nil, fault.InvalidField("cursor", msgCursorUnreadable)
}

func reconciliationItem(r reconciliation.Result) Reconciliation {
	return Reconciliation{
		Name: r.Name, Title: reconciliation.TitleOf(r.Name), Distributor: r.Distributor, Currency: r.Currency,
		Compared: r.Checked, Differing: r.Differing, Difference: moneyOf(r.Difference, r.Currency), OK: r.OK,
		Since: day(r.Since), FirstSeen: moment(r.FirstSeen), CheckedAt: r.CheckedAt.UTC().Format(time.RFC3339),
	}
}
