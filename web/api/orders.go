package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/accounts"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/order"
)

func orderOperations() []operation {
	conflict := []int{http.StatusNotFound, http.StatusConflict}
	act := func(name, summary string, p identity.Privilege) operation {
		return operation{
			ID: name + "-order", Method: post, Path: "/orders/{number}/" + name, Tag: "Orders",
			Privilege: p, Late: true, Errors: conflict, Summary: summary,
		}
	}
	reverse := act("reverse", "Take a completed transfer back", identity.AccountsTransfer)
	reverse.Status = http.StatusAccepted
	return []operation{
		does(operation{
			ID: "list-orders", Method: get, Path: "/orders", Tag: "Orders", Privilege: identity.Read,
			Summary: "Orders, the newest first",
		}, listOrders),
		does(operation{
			ID: "get-order", Method: get, Path: "/orders/{number}", Tag: "Orders", Privilege: identity.Read,
			Errors: notFound, Summary: "One transfer order",
		}, getOrder),
		does(operation{
			ID: "list-ledger", Method: get, Path: "/orders/{number}/ledger", Tag: "Orders",
			Privilege: identity.Read, Errors: notFound, Summary: "Every value that the order changed",
		}, listLedger),
		does(operation{
			ID: "list-reconciliation", Method: get, Path: "/orders/{number}/reconciliation", Tag: "Orders",
			Privilege: identity.Read, Errors: notFound,
			Summary: "The sums over source and target before and after",
		}, listReconciliation),
		does(act("approve", "Give the approval or consent that the caller may give", identity.OrdersApprove),
			approveOrder),
		does(act("reject", "Refuse an approval or consent, with a reason", identity.OrdersApprove), rejectOrder),
		does(act("cancel", "Take an order back that does not run yet", identity.AccountsTransfer), cancelOrder),
		does(act("retry", "Try a failed order again, if its preview is clean", identity.AccountsTransfer), retryOrder),
		does(reverse, reverseOrder),
	}
}

// Party is one side of an order. Another distributor's party has neither number nor name.
type Party struct {
	Ref
	Distributor Ref `json:"distributor"`
}

// Progress counts the records of an order in progress.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Order is a transfer order.
type Order struct {
	Number      string   `json:"number"`
	ExternalID  *string  `json:"external_id" nullable:"true" doc:"Always null: orders are Handover's."`
	Type        string   `json:"type" doc:"transfer, or what a placed order says"`
	Kind        string   `json:"kind" doc:"distributor, subscriptions, merge or placed"`
	Status      string   `json:"status"`
	Progress    Progress `json:"progress"`
	Source      Party    `json:"source"`
	Target      *Party   `json:"target" required:"false" doc:"Null where there is none yet."`
	RequestedBy string   `json:"requested_by"`
	CreatedAt   string   `json:"created_at"`
	StartAt     *string  `json:"start_at" nullable:"true"`
	CompletedAt *string  `json:"completed_at" nullable:"true"`
	Failure     *string  `json:"failure" nullable:"true"`
	Reason      *string  `json:"reason" nullable:"true" doc:"Why it was rejected or cancelled, else why it was asked for."`

	RequestReason *string `json:"request_reason" nullable:"true" doc:"Why it was asked for; only the requester's own side sees it."`

	Reverses   *string `json:"reverses" nullable:"true" doc:"Number of the order that it takes back."`
	ReversedBy *string `json:"reversed_by" nullable:"true"`
}

type ordersInput struct {
	Paged
	Type   string `query:"type" doc:"transfer, distributor, subscriptions, merge, placed, or the type of a placed order"`
	Status string `query:"status"`
	From   string `query:"from" format:"date" doc:"First day of creation."`
	To     string `query:"to" format:"date" doc:"Last day of creation."`
	Search string `query:"search"`
}

func listOrders(ctx context.Context, _ *API, c *caller, in *ordersInput) (List[Order], error) {
	f := order.Filter{Search: in.Search, Type: in.Type, Status: in.Status, From: date(in.From), To: date(in.To)}
	part, err := order.List(ctx, c.db(), c.Scope(), f, in.page("-created"))
	return listOf(part, orderItem), err
}

// date reads a day whose form the library has checked, nil when there is none.
func date(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return nil
	}
	return &day
}

func orderItem(r order.Row) Order {
	o := Order{
		Number: r.Number, Type: r.Type, Kind: r.Kind, Status: r.Status, RequestedBy: r.RequestedBy,
		CreatedAt:   r.CreatedAt.UTC().Format(time.RFC3339),
		CompletedAt: moment(r.CompletedAt), Reverses: numberOf("TO", r.ReversesID),
		Source: listedParty(r.SourceID, r.SourceName, r.Source),
	}
	if r.RequestedBeyond {
		o.RequestedBy = order.Another
	}
	if r.HasTarget {
		target := listedParty(r.TargetID, r.TargetName, r.Target)
		o.Target = &target
	}
	return o
}

// listedParty is a side of an order in a list.
func listedParty(id int64, name, distributor string) Party {
	if distributor == "" {
		return Party{ref("", "", order.Another), ref("", "", order.Another)}
	}
	number := ""
	if id != 0 {
		number = accounts.Number(accounts.CustomerPrefix, id)
	}
	return Party{ref(number, "", name), ref("", "", distributor)}
}

func getOrder(ctx context.Context, a *API, c *caller, in *NumberInput) (Order, error) {
	return orderFor(ctx, a, c, in.Number)
}

// orderFor reads an order as the caller may see it.
func orderFor(ctx context.Context, a *API, c *caller, number string) (Order, error) {
	o, sides, err := order.GetOrderFor(ctx, c.db(), c.Scope(), strings.ToUpper(number))
	if err != nil {
		return Order{}, err
	}
	return orderOf(ctx, c, o, sides, a.engine.Now())
}

// orderOf is the order with as much of its sides as the caller sees.
func orderOf(ctx context.Context, c *caller, o order.Order, sides order.Sides, now time.Time) (Order, error) {
	p, err := order.ProgressOf(ctx, c.db(), o, sides, now)
	if err != nil {
		return Order{}, err
	}
	out := Order{
		Number: o.Number, Type: "transfer", Kind: string(o.Kind), Status: o.Status,
		Progress: Progress{p.Done, p.Total}, RequestedBy: o.RequestedByName,
		CreatedAt: o.CreatedAt.UTC().Format(time.RFC3339), StartAt: moment(o.StartAt),
		CompletedAt: moment(o.CompletedAt), Failure: orNull(o.Failure),
		Reason: orNull(cmp.Or(o.Reason, o.Request.Reason)), RequestReason: orNull(o.Request.Reason),
		Reverses: orNull(o.Reverses), ReversedBy: orNull(o.ReversedBy), Source: party(sides.Source, o.SourceNumber,
			o.SourceName, o.SourceDistributor),
	}
	if o.TargetDistributorID != nil {
		target := party(sides.Target, o.TargetNumber, o.TargetName, o.TargetDistributor)
		out.Target = &target
	}
	return out, externalIDs(ctx, c, o, sides, &out)
}

func party(seen bool, number, name, distributor string) Party {
	if !seen {
		return Party{ref("", "", order.Another), ref("", "", order.Another)}
	}
	return Party{ref(number, "", name), ref("", "", distributor)}
}

// externalIDs fills in the outside ids and distributors of the sides that the caller sees.
func externalIDs(ctx context.Context, c *caller, o order.Order, sides order.Sides, out *Order) error {
	fill := func(seen bool, number string, p *Party) error {
		id, ok := accounts.ParseNumber(accounts.CustomerPrefix, number)
		if !seen || !ok || p == nil {
			return nil
		}
		found, err := accounts.GetCustomer(ctx, c.db(), c.Scope(), id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		p.ExternalID = orNull(found.ExternalID)
		p.Distributor = ref(accounts.Number(accounts.DistributorPrefix, found.DistributorID),
			found.DistributorExternalID, found.DistributorName)
		return err
	}
	if err := fill(sides.Source, o.SourceNumber, &out.Source); err != nil {
		return err
	}
	return fill(sides.Target, o.TargetNumber, out.Target)
}

// LedgerLine is one value of one record that an order changed.
type LedgerLine struct {
	Kind   string  `json:"kind"`
	Number string  `json:"number"`
	Column string  `json:"column" doc:"Empty where the record itself was made or removed."`
	Before *string `json:"before" nullable:"true"`
	After  *string `json:"after" nullable:"true"`
}

type ledgerInput struct {
	NumberInput
	Paged
	Kind string `query:"kind" doc:"Lines of one kind only."`
}

func listLedger(ctx context.Context, _ *API, c *caller, in *ledgerInput) (List[LedgerLine], error) {
	o, sides, err := order.GetOrderFor(ctx, c.db(), c.Scope(), strings.ToUpper(in.Number))
	if err != nil {
		return List[LedgerLine]{}, err
	}
	lines, err := sides.Ledger(c.Scope(), c.Can(identity.JournalRead)).Lines(ctx, c.db(), o.ID, in.Kind, in.Cursor,
		in.Limit+1)
	if err != nil {
		return List[LedgerLine]{}, err
	}
	out := List[LedgerLine]{Items: []LedgerLine{}}
	if len(lines) > in.Limit {
		lines = lines[:in.Limit]
		out.Next = orNull(lines[in.Limit-1].Cursor)
	}
	for _, l := range lines {
		out.Items = append(out.Items, LedgerLine{
			Kind: l.Kind, Number: l.Number, Column: l.Column, Before: l.Before,
			After: l.After,
		})
	}
	return out, nil
}

// ReconciliationLine is a kind and currency over source and target. Who sees one side learns
// only that it holds.
type ReconciliationLine struct {
	Kind     string `json:"kind" doc:"A record kind, balance, or a control account (receivable, deferred_revenue): its ledger less balances or schedules."`
	Side     string `json:"side,omitempty" required:"false" doc:"source or target, of a control account; the other lines are over both accounts."`
	Currency string `json:"currency"`
	Before   *Sum   `json:"before" required:"false"`
	Declared *Sum   `json:"declared" required:"false" doc:"What the transfer declared to change."`
	After    *Sum   `json:"after" required:"false"`
	Holds    bool   `json:"holds"`
}

// Sum is a number of records and their amount.
type Sum struct {
	Count  int64 `json:"count"`
	Amount Money `json:"amount"`
}

func listReconciliation(ctx context.Context, _ *API, c *caller, in *NumberInput) (All[ReconciliationLine], error) {
	out := All[ReconciliationLine]{Items: []ReconciliationLine{}}
	o, sides, err := order.GetOrderFor(ctx, c.db(), c.Scope(), strings.ToUpper(in.Number))
	if err != nil {
		return out, err
	}
	rows, err := order.Reconciliations(ctx, c.db(), o.ID)
	for _, r := range rows {
		line := ReconciliationLine{Kind: r.Kind, Currency: r.Currency, Holds: r.Holds()}
		if sides.Whole {
			line.Before = &Sum{r.CountBefore, moneyOf(r.AmountBefore, r.Currency)}
			line.Declared = &Sum{r.CountDeclared, moneyOf(r.AmountDeclared, r.Currency)}
			line.After = &Sum{r.CountAfter, moneyOf(r.AmountAfter, r.Currency)}
		}
		out.Items = append(out.Items, line)
	}
	if err != nil {
		return out, err
	}
	control, err := situation.BookProofs(ctx, c.db(), sides, o.ID)
	for _, r := range control {
		sum := func(v decimal.Decimal) *Sum { return &Sum{0, moneyOf(v, r.Currency)} }
		out.Items = append(out.Items, ReconciliationLine{
			Kind: r.Role, Side: r.Side, Currency: r.Currency, Before: sum(r.Before()), Declared: sum(r.Declared),
			After: sum(r.After()), Holds: r.Holds(),
		})
	}
	return out, err
}
