package transfer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/money"
)

// situation is everything that one request touches, read in one snapshot (preview)
// or under the locks (execution). Checks, preview and execution read it; none of
// them changes it.
type situation struct {
	now     time.Time // the moment of the preview or the execution
	request Request
	flow    Flow
	orderID int64 // the order that asks, 0 in a preview without one

	everything bool    // the requester sees all distributors
	visible    []int64 // else their own and all below it

	notCustomer bool // a distributor's number was given as a customer: nothing else was read
	source      account
	target      account // the account that gains; zero while there is none yet
	from        company // the source's distributor
	to          company // the distributor of the account that gains

	// Of a transfer between customers.
	effective *time.Time // E; nil = the full history
	selected  []contract // S
	linked    []Linked   // those of S that the expansion added
	fields    []fieldChoice
	partial   *Partial // what stays because it is dated before E
	offered   *Instead // the earliest E without a blocking finding that depends on it; nil = not looked for yet

	partialKnown bool // whether partial was looked for

	// Of a distributor transfer.
	subscriptions []movingSubscription
	delegations   []delegation

	converts    bool // the currencies differ
	rate        decimal.Decimal
	rateMistake string    // why the given rate is none, in a sentence; "" if it is one
	rateCheck   rateCheck // the rate against the rate table, where the currencies differ

	cut  *time.Time   // T, the cut day of prepaid service; nil = nothing is cut
	term *RunningTerm // what is billed beyond it; nil = nothing

	reversal *reversal // nil = a transfer of its own

	books      *books // the control accounts before the transfer; nil = not read yet
	carry      carry
	charts     map[int64]billing.Chart // of the distributors that post
	acceptance []acceptance
	methods    []paymentMethod
}

// account is a customer as the engine sees it.
type account struct {
	ID            int64           `db:"id"`
	Number        string          `db:"number"`
	Name          string          `db:"name"`
	Email         string          `db:"email"`
	Currency      string          `db:"currency"`
	Country       string          `db:"country"`
	TaxID         string          `db:"tax_id"`
	CRMID         string          `db:"crm_id"`
	BillToParent  bool            `db:"bill_to_parent"`
	ParentID      *int64          `db:"parent_customer_id"`
	Status        string          `db:"status"`
	DistributorID int64           `db:"distributor_id"`
	Balance       decimal.Decimal `db:"balance"`
}

// live reports whether the account can take part in a transfer.
func (a account) live() bool { return a.Status == "active" || a.Status == "suspended" }

// draftSource is the account as drafts know it.
func (a account) draftSource() Source {
	return Source{ID: a.ID, Number: a.Number, Name: a.Name, Status: a.Status, DistributorID: a.DistributorID}
}

// company is a distributor as the engine sees it.
type company struct {
	ID              int64  `db:"id"`
	Number          string `db:"number"`
	Name            string `db:"name"`
	Currency        string `db:"currency"`
	Country         string `db:"country"`
	LegalEntity     string `db:"legal_entity"`
	BrandID         *int64 `db:"brand_id"`
	BrandName       string `db:"brand_name"`
	MerchantAccount string `db:"merchant_account"`
	Status          string `db:"status"`
	TimeZone        string `db:"time_zone"`
	RequireApproval bool   `db:"require_approval"`
	RequireConsent  bool   `db:"require_consent"`
	today           time.Time
}

// sameEntity reports whether both are one legal entity. A distributor that names
// none is its own.
func (c company) sameEntity(other company) bool {
	return c.ID == other.ID || c.LegalEntity != "" && c.LegalEntity == other.LegalEntity
}

// newSituation begins the situation of a transfer of that kind; nothing of it is read yet.
func newSituation(kind FlowKind, req Request, now time.Time) *situation {
	flow, _ := flowOf(kind)
	return &situation{now: now, request: req, flow: flow}
}

// loadSituation reads the situation of a transfer. A source or target that does not exist is
// a NotFound fault.
func loadSituation(ctx context.Context, q db.Querier, req Request, orderID int64, now time.Time) (*situation, error) {
	if err := req.Check(); err != nil {
		return nil, err
	}
	if err := mayAsk(ctx, req); err != nil {
		return nil, err
	}
	s := newSituation(req.Kind, req, now)
	s.orderID = orderID
	if err := s.admit(ctx, q); err != nil {
		return nil, err
	}
	if id, ok := idOf(distributorPrefix, req.SourceCustomer); ok {
		company, err := s.loadCompany(ctx, q, id)
		if err != nil {
			return nil, err
		}
		s.notCustomer, s.from = true, company
		return s, nil
	}
	var err error
	if s.source, err = loadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return nil, err
	}
	if s.from, err = s.loadCompany(ctx, q, s.source.DistributorID); err != nil {
		return nil, err
	}
	for _, read := range loadersOf[s.flow.Kind] {
		if s.notCustomer {
			break
		}
		if err := read(ctx, q, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func loadAccount(ctx context.Context, q db.Querier, field, number string) (account, error) {
	id, ok := idOf(customerPrefix, number)
	if !ok {
		return account{}, fault.InvalidField(field, "%q is no customer number; it looks like C-000012", number)
	}
	var a account
	err := q.GetContext(ctx, &a, `
		select c.id, number_of('C', c.id) as number, c.name, c.email, c.currency, c.country, c.tax_id, c.crm_id, c.bill_to_parent,
		       c.parent_customer_id, c.status, c.distributor_id, b.balance
		from customers c join customer_balances b on b.customer_id = c.id where c.id = $1`, id)
	if err != nil {
		return a, db.NotFound(fmt.Errorf("read customer %s: %w", number, err), "There is no customer %s.", number)
	}
	return a, nil
}

func (s *situation) loadCompany(ctx context.Context, q db.Querier, id int64) (company, error) {
	var c company
	err := q.GetContext(ctx, &c, `
		select d.id, number_of('D', d.id) as number, d.name, d.currency, d.country, d.legal_entity, d.brand_id,
		       coalesce(b.name, d.name) as brand_name, d.merchant_account, d.status, d.time_zone, d.require_approval, d.require_consent
		from distributors d left join brands b on b.id = d.brand_id where d.id = $1`, id)
	if err != nil {
		return c, db.NotFound(fmt.Errorf("read distributor %d: %w", id, err), "There is no distributor %s.", Number(distributorPrefix, id))
	}
	if c.today, err = dayIn(s.now, c.TimeZone); err != nil {
		return c, fmt.Errorf("read today at %s: %w", c.Name, err)
	}
	return c, nil
}

// loadNewDistributor reads the distributor that a distributor transfer goes to.
func loadNewDistributor(ctx context.Context, q db.Querier, s *situation) error {
	id, ok := idOf(distributorPrefix, s.request.TargetDistributor)
	if !ok {
		return fault.InvalidField("target_distributor", "%q is no distributor number; it looks like D-000003", s.request.TargetDistributor)
	}
	var err error
	s.to, err = s.loadCompany(ctx, q, id)
	return err
}

// hasRate reports whether amounts can be converted.
func (s *situation) hasRate() bool {
	return !s.converts || s.request.ConversionRate != "" && s.rateMistake == ""
}

// subscriptionIDs returns the ids of the subscriptions that move.
func (s *situation) subscriptionIDs() []int64 {
	ids := make([]int64, len(s.subscriptions))
	for i, sub := range s.subscriptions {
		ids[i] = sub.ID
	}
	return ids
}

// args are the values that the rules in Kinds and the checks may name (predicates.go).
func (s *situation) args() args {
	subs, moving, whole, split := s.fates()
	if s.flow.Kind == Distributor {
		subs = s.subscriptionIDs()
		moving, whole = subs, subs
	}
	reversed := int64(0)
	if s.reversal != nil {
		reversed = s.reversal.order.ID
	}
	e := "-infinity"
	if s.effective != nil {
		e = s.effective.Format(time.DateOnly)
	}
	return args{
		"source": s.source.ID, "source_distributor": s.from.ID, "target_distributor": s.to.ID, "order": s.orderID,
		"subs": subs, "moving": moving, "whole": whole, "split": split, "e": e, "target": s.target.ID,
		"reversed": reversed, "everything": s.everything, "visible": s.visible,
		"rate": s.rate.String(), "decimals": minorUnits(s.to.Currency),
		"by_customer": s.flow.Kind != Subscriptions, "keep_crm": slices.Contains(s.request.KeepFromSource, "crm_id"),
	}
}

// rule returns the condition under which records of the kind move, "" when none does. A
// merge of the full history moves all of them, whatever they depend on.
func (s *situation) rule(k Kind) string {
	if s.reversal != nil {
		return k.Returns
	}
	if s.flow.Kind == Merge && s.effective == nil {
		return "true"
	}
	return k.Moves[s.flow.Kind]
}

// minorUnits is how many decimals amounts of the currency have; of what is no currency, as of
// most.
func minorUnits(currency string) int32 {
	units, err := money.MinorUnits(currency)
	if err != nil {
		return 2
	}
	return units
}

// entityName names the legal entity, or the distributor where it states none.
func (c company) entityName() string {
	if c.LegalEntity != "" {
		return c.LegalEntity
	}
	return c.Name
}

// movingSchedules selects the revenue schedule lines that move with the subscriptions of a
// distributor transfer: what is billed stays with its invoice.
const movingSchedules = `(select o.id from owned_revenue_schedules o where o.customer_id = @source and o.subscription_id = any(@subs::bigint[]))`
