package situation

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
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Situation is everything that one request touches, read in one snapshot (preview)
// or under the locks (execution). Checks, preview and execution read it; none of
// them changes it.
type Situation struct {
	Now     time.Time // the moment of the preview or the execution
	Request transfer.Request
	Flow    record.Flow
	OrderID int64 // the order that asks, 0 in a preview without one

	Everything bool    // the requester sees all distributors
	visible    []int64 // else their own and all below it

	NotCustomer bool // a distributor's number was given as a customer: nothing else was read
	Source      Account
	Target      Account // the account that gains; zero while there is none yet
	From        Company // the source's distributor
	To          Company // the distributor of the account that gains

	// Of a transfer between customers.
	Effective *time.Time        // E; nil = the full history
	Selected  []contract        // S
	Linked    []transfer.Linked // those of S that the expansion added
	Fields    []fieldChoice
	Partial   *transfer.Partial // what stays because it is dated before E
	// the earliest E without a blocking finding that depends on it; nil = not looked for yet
	Offered *transfer.Instead

	PartialKnown bool // whether partial was looked for

	// Of a distributor transfer.
	Subscriptions []MovingSubscription
	Delegations   []delegation

	Converts    bool // the currencies differ
	Rate        decimal.Decimal
	RateMistake string    // why the given rate is none, in a sentence; "" if it is one
	RateCheck   RateCheck // the rate against the rate table, where the currencies differ

	Cut  *time.Time            // T, the cut day of prepaid service; nil = nothing is cut
	Term *transfer.RunningTerm // what is billed beyond it; nil = nothing

	Reversal *Reversal // nil = a transfer of its own

	Books      *Books // the control accounts before the transfer; nil = not read yet
	Carry      carry
	charts     map[int64]billing.Chart // of the distributors that post
	Acceptance []acceptance
	Methods    []paymentMethod
}

// Account is a customer as the engine sees it.
type Account struct {
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

// Live reports whether the account can take part in a transfer.
func (a Account) Live() bool { return a.Status == "active" || a.Status == "suspended" }

// DraftSource is the account as drafts know it.
func (a Account) DraftSource() order.Source {
	return order.Source{ID: a.ID, Number: a.Number, Name: a.Name, Status: a.Status, DistributorID: a.DistributorID}
}

// Company is a distributor as the engine sees it.
type Company struct {
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
	Today           time.Time
}

// SameEntity reports whether both are one legal entity. A distributor that names
// none is its own.
func (c Company) SameEntity(other Company) bool {
	return c.ID == other.ID || c.LegalEntity != "" && c.LegalEntity == other.LegalEntity
}

// New begins the situation of a transfer of that kind; nothing of it is read yet.
func New(kind record.FlowKind, req transfer.Request, now time.Time) *Situation {
	flow, _ := record.FlowOf(kind)
	return &Situation{Now: now, Request: req, Flow: flow}
}

// Load reads the situation of a transfer. A source or target that does not exist is
// a NotFound fault.
func Load(ctx context.Context, q db.Querier, req transfer.Request, orderID int64, now time.Time) (*Situation, error) {
	if err := req.Check(); err != nil {
		return nil, err
	}
	if err := order.MayAsk(ctx, req); err != nil {
		return nil, err
	}
	s := New(req.Kind, req, now)
	s.OrderID = orderID
	if err := s.Admit(ctx, q); err != nil {
		return nil, err
	}
	if id, ok := record.IDOf(record.DistributorPrefix, req.SourceCustomer); ok {
		company, err := s.LoadCompany(ctx, q, id)
		if err != nil {
			return nil, err
		}
		s.NotCustomer, s.From = true, company
		return s, nil
	}
	var err error
	if s.Source, err = LoadAccount(ctx, q, "source_customer", req.SourceCustomer); err != nil {
		return nil, err
	}
	if s.From, err = s.LoadCompany(ctx, q, s.Source.DistributorID); err != nil {
		return nil, err
	}
	for _, read := range loadersOf[s.Flow.Kind] {
		if s.NotCustomer {
			break
		}
		if err := read(ctx, q, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// LoadAccount reads the account of that number; field names it in the fault for a number that is
// none. An account that does not exist is a NotFound fault.
func LoadAccount(ctx context.Context, q db.Querier, field, number string) (Account, error) {
	id, ok := record.IDOf(record.CustomerPrefix, number)
	if !ok {
		return Account{}, fault.InvalidField(field, msgNotACustomerNumber, number)
	}
	var a Account
	err := q.GetContext(ctx, &a, `
		select c.id, number_of('C', c.id) as number, c.name, c.email, c.currency, c.country, c.tax_id, c.crm_id,
		       c.bill_to_parent, c.parent_customer_id, c.status, c.distributor_id, b.balance
		from customers c join customer_balances b on b.customer_id = c.id where c.id = $1`, id)
	if err != nil {
		return a, db.NotFound(fmt.Errorf("read customer %s: %w", number, err), msgNoCustomer, number)
	}
	return a, nil
}

// LoadCompany reads a distributor; one that does not exist is a NotFound fault.
func (s *Situation) LoadCompany(ctx context.Context, q db.Querier, id int64) (Company, error) {
	var c Company
	err := q.GetContext(ctx, &c, `
		select d.id, number_of('D', d.id) as number, d.name, d.currency, d.country, d.legal_entity, d.brand_id,
		       coalesce(b.name, d.name) as brand_name, d.merchant_account, d.status, d.time_zone,
		       d.require_approval, d.require_consent
		from distributors d left join brands b on b.id = d.brand_id where d.id = $1`, id)
	if err != nil {
		return c, db.NotFound(fmt.Errorf("read distributor %d: %w", id, err), msgNoDistributor,
			record.Number(record.DistributorPrefix, id))
	}
	if c.Today, err = dayIn(s.Now, c.TimeZone); err != nil {
		return c, fmt.Errorf("read today at %s: %w", c.Name, err)
	}
	return c, nil
}

// LoadNewDistributor reads the distributor that a distributor transfer goes to.
func LoadNewDistributor(ctx context.Context, q db.Querier, s *Situation) error {
	id, ok := record.IDOf(record.DistributorPrefix, s.Request.TargetDistributor)
	if !ok {
		return fault.InvalidField("target_distributor", msgNotADistributorNumber, s.Request.TargetDistributor)
	}
	var err error
	s.To, err = s.LoadCompany(ctx, q, id)
	return err
}

// HasRate reports whether amounts can be converted.
func (s *Situation) HasRate() bool {
	return !s.Converts || s.Request.ConversionRate != "" && s.RateMistake == ""
}

// subscriptionIDs returns the ids of the subscriptions that move.
func (s *Situation) subscriptionIDs() []int64 {
	ids := make([]int64, len(s.Subscriptions))
	for i, sub := range s.Subscriptions {
		ids[i] = sub.ID
	}
	return ids
}

// Args are the values that the rules in Kinds and the checks may name (record/predicates.go).
func (s *Situation) Args() record.Args {
	subs, moving, whole, split := s.Fates()
	if s.Flow.Kind == record.Distributor {
		subs = s.subscriptionIDs()
		moving, whole = subs, subs
	}
	reversed := int64(0)
	if s.Reversal != nil {
		reversed = s.Reversal.Order.ID
	}
	e := "-infinity"
	if s.Effective != nil {
		e = s.Effective.Format(time.DateOnly)
	}
	return record.Args{
		"source": s.Source.ID, "source_distributor": s.From.ID, "target_distributor": s.To.ID, "order": s.OrderID,
		"subs": subs, "moving": moving, "whole": whole, "split": split, "e": e, "target": s.Target.ID,
		"reversed": reversed, "everything": s.Everything, "visible": s.visible,
		"rate": s.Rate.String(), "decimals": MinorUnits(s.To.Currency),
		"by_customer": s.Flow.Kind != record.Subscriptions,
		"keep_crm":    slices.Contains(s.Request.KeepFromSource, "crm_id"),
	}
}

// Rule returns the condition under which records of the kind move, "" when none does. A
// merge of the full history moves all of them, whatever they depend on.
func (s *Situation) Rule(k record.Kind) string {
	if s.Reversal != nil {
		return k.Returns
	}
	if s.Flow.Kind == record.Merge && s.Effective == nil {
		return "true"
	}
	return k.Moves[s.Flow.Kind]
}

// MinorUnits is how many decimals amounts of the currency have; of what is no currency, as of
// most.
func MinorUnits(currency string) int32 {
	units, err := money.MinorUnits(currency)
	if err != nil {
		return 2
	}
	return units
}

// EntityName names the legal entity, or the distributor where it states none.
func (c Company) EntityName() string {
	if c.LegalEntity != "" {
		return c.LegalEntity
	}
	return c.Name
}

// MovingSchedules selects the revenue schedule lines that move with the subscriptions of a
// distributor transfer: what is billed stays with its invoice.
const MovingSchedules = `(select o.id from owned_revenue_schedules o
	where o.customer_id = @source and o.subscription_id = any(@subs::bigint[]))`
