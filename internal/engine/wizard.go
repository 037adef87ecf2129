package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/catalog"
	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/fault"
	"handover/internal/money"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// StepName names one question of the wizard for a distributor transfer.
type StepName = transfer.Step

// The questions, in the order they are asked.
const (
	AskDistributor = transfer.AskDistributor
	AskPlans       = transfer.AskPlans
	AskRate        = transfer.AskRate
	AskConfirm     = transfer.AskConfirm
)

// Wizard is the progress of a draft of a distributor transfer. It is derived from the
// filled-in fields and from the current data; nothing of it is stored.
type Wizard struct {
	Customer   Party
	From       Seller
	To         Seller // zero until one is chosen
	SameEntity bool   // From and To are one legal entity
	Steps      []WizardStep
	Choices    []PlanQuestion         // subscriptions whose plan must be chosen
	Matched    []transfer.PlanPreview // subscriptions with exactly one counterpart plan

	rate  situation.RateCheck
	asked transfer.Request
}

// WizardStep is one step and whether its question is answered.
type WizardStep struct {
	Name     StepName
	Answered bool
}

// Party is the customer of a transfer.
type Party struct {
	Number, Name, Email, Status string
	Balance                     money.Amount
	Open                        int // documents and credits that are open
}

// Seller is a distributor of a transfer. LegalEntity is its name where it states none.
type Seller struct {
	ID                                             int64
	Number, Name, Currency, LegalEntity, BrandName string
}

func seller(c situation.Company) Seller {
	return Seller{
		ID: c.ID, Number: c.Number, Name: c.Name, Currency: c.Currency, LegalEntity: c.EntityName(),
		BrandName: c.BrandName,
	}
}

// Converts reports whether the customer's currency differs from the new distributor's.
func (w Wizard) Converts() bool { return w.To.ID != 0 && w.Customer.Balance.Currency != w.To.Currency }

// Has reports whether the walk asks the question at all.
func (w Wizard) Has(step StepName) bool { return w.at(step) >= 0 }

// Next returns the first open question; the confirmation when all are answered.
func (w Wizard) Next() StepName {
	for _, s := range w.Steps {
		if !s.Answered {
			return s.Name
		}
	}
	return AskConfirm
}

// Reachable reports whether every question before the step is answered.
func (w Wizard) Reachable(step StepName) bool {
	at := w.at(step)
	return at >= 0 && w.at(w.Next()) >= at
}

// Before returns the step before; the first stays itself.
func (w Wizard) Before(step StepName) StepName { return w.Steps[max(w.at(step)-1, 0)].Name }

// After returns the step that follows; the last stays itself.
func (w Wizard) After(step StepName) StepName { return w.Steps[min(w.at(step)+1, len(w.Steps)-1)].Name }

func (w Wizard) at(step StepName) int {
	return slices.IndexFunc(w.Steps, func(s WizardStep) bool { return s.Name == step })
}

// Wizard derives the progress of a request.
func (e *Engine) Wizard(ctx context.Context, req transfer.Request) (Wizard, error) {
	var w Wizard
	err := db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		if err := order.MayAsk(ctx, req); err != nil {
			return err
		}
		s := situation.New(record.Distributor, req, e.Now())
		err := s.Admit(ctx, tx)
		if err != nil {
			return err
		}
		if s.Source, err = situation.LoadAccount(ctx, tx, "source_customer", req.SourceCustomer); err != nil {
			return err
		}
		if s.From, err = s.LoadCompany(ctx, tx, s.Source.DistributorID); err != nil {
			return err
		}
		w.Customer = Party{
			Number: s.Source.Number, Name: s.Source.Name, Email: s.Source.Email, Status: s.Source.Status,
			Balance: money.Amount{Value: s.Source.Balance, Currency: s.Source.Currency},
		}
		if w.Customer.Open, err = openItems(ctx, tx, s.Source.ID); err != nil {
			return err
		}
		w.From = seller(s.From)
		if req.TargetDistributor != "" {
			for _, read := range []situation.Loader{
				situation.LoadNewDistributor, situation.LoadRate,
				situation.LoadPlans,
			} {
				if err := read(ctx, tx, s); err != nil {
					return err
				}
			}
			w.To, w.SameEntity = seller(s.To), s.From.SameEntity(s.To)
			w.rate, w.asked = s.RateCheck, req
			if err := askPlans(ctx, tx, s, &w); err != nil {
				return err
			}
		}
		w.Steps = wizardSteps(s, w)
		return nil
	})
	return w, err
}

// wizardSteps lists the questions that this transfer has, each with whether it is answered.
func wizardSteps(s *situation.Situation, w Wizard) []WizardStep {
	known := s.To.Status == "active" && s.To.ID != s.From.ID
	steps := []WizardStep{{AskDistributor, known && s.Request.Check() == nil}}
	if len(w.Choices) > 0 {
		settled := !slices.ContainsFunc(w.Choices, func(q PlanQuestion) bool { return !q.Settled })
		steps = append(steps, WizardStep{AskPlans, settled})
	}
	if w.Converts() {
		steps = append(steps, WizardStep{AskRate, s.HasRate()})
	}
	return append(steps, WizardStep{AskConfirm, false})
}

// PlanQuestion is a subscription that has no counterpart plan with the new
// distributor, or several.
type PlanQuestion struct {
	Subscription         string
	PlanNumber, PlanName string
	RootID               int64 // subscriptions of one root plan share a delegation
	BillingPeriod        string
	Quantity             decimal.Decimal
	Price                money.Amount
	Counterparts         int
	Choices              []PlanChoice
	// distributors that lack the plan; none = it cannot be delegated, or not by the reader
	Levels    []catalog.Level
	Chosen    string // number of the plan chosen, "" = none
	Delegated bool   // settled by a delegation
	Settled   bool
	Refused   string // why what was chosen cannot be taken, "" = it can
}

// PlanChoice is a plan that the subscription can be moved to.
type PlanChoice struct {
	catalog.Plan
	Counterpart bool // it has the same root plan
}

// askPlans sorts the subscriptions into those that find their plan and those that need
// a choice, with the plans to choose from.
func askPlans(ctx context.Context, q db.Querier, s *situation.Situation, w *Wizard) error {
	choices, levels := map[string][]catalog.Plan{}, map[int64][]catalog.Level{}
	for _, sub := range s.Subscriptions {
		if sub.Remap.Candidates == 1 {
			w.Matched = append(w.Matched, describePlan(s, sub))
			continue
		}
		var err error
		if _, ok := choices[sub.BillingPeriod]; !ok {
			if choices[sub.BillingPeriod], err = catalog.Choices(ctx, q, s.To.ID, sub.BillingPeriod,
				s.To.Currency); err != nil {
				return err
			}
		}
		if _, ok := levels[sub.RootID]; !ok && sub.Remap.Candidates == 0 && s.Everything {
			if levels[sub.RootID], err = catalog.MissingLevels(ctx, q, sub.PlanID, s.To.ID); err != nil {
				return err
			}
		}
		question := PlanQuestion{
			Subscription: sub.Number, PlanNumber: record.Number(record.PlanPrefix, sub.PlanID), PlanName: sub.PlanName,
			RootID:        sub.RootID,
			BillingPeriod: sub.BillingPeriod, Quantity: sub.Quantity,
			Price:        money.Amount{Value: sub.Price, Currency: s.Source.Currency},
			Counterparts: sub.Remap.Candidates, Levels: levels[sub.RootID], Chosen: s.Request.Plans[sub.Number],
			Delegated: sub.Remap.How == situation.ByDelegation, Settled: sub.Remap.How != "",
			Refused: sub.Remap.Refused,
		}
		for _, p := range choices[sub.BillingPeriod] {
			question.Choices = append(question.Choices, PlanChoice{p, p.RootID == sub.RootID})
		}
		w.Choices = append(w.Choices, question)
	}
	return nil
}

// openItems counts the documents and credits of an account of which something is open.
func openItems(ctx context.Context, q db.Querier, customerID int64) (int, error) {
	var n int
	err := q.GetContext(ctx, &n, `
		select (select count(*) from open_documents where customer_id = $1 and open_amount <> 0)
		     + (select count(*) from unapplied_credits where customer_id = $1 and unapplied <> 0)`, customerID)
	if err != nil {
		return 0, fmt.Errorf("count the open items: %w", err)
	}
	return n, nil
}

// Conversion is a balance at a rate, as it is carried.
type Conversion struct {
	Before   money.Amount
	Rate     decimal.Decimal
	Exact    string // before rounding, with all decimals
	After    money.Amount
	Items    int             // that open the new account, each rounded alone
	Rounding decimal.Decimal // their sum less the exact product
	Left     bool            // nothing is carried
}

// ConvertAt converts the balance of the request's customer at a rate as it was typed, as it
// would be carried to the new distributor. A rate that is none is an Invalid fault of the field
// conversion_rate.
func (e *Engine) ConvertAt(ctx context.Context, req transfer.Request, rate string) (Conversion, error) {
	c := Conversion{Left: req.CarryAs == transfer.CarryLeave}
	var err error
	if c.Rate, err = money.ParseRate(rate); err != nil {
		return c, fault.InvalidField("conversion_rate", "%s", err.Error())
	}
	req.ConversionRate = rate
	err = db.InSnapshot(ctx, e.DB, func(tx *sqlx.Tx) error {
		s := situation.New(record.Distributor, req, e.Now())
		if s.Source, err = situation.LoadAccount(ctx, tx, "source_customer", req.SourceCustomer); err != nil {
			return err
		}
		if s.From, err = s.LoadCompany(ctx, tx, s.Source.DistributorID); err != nil {
			return err
		}
		for _, read := range []situation.Loader{situation.LoadNewDistributor, situation.LoadRate, situation.LoadCarry} {
			if err := read(ctx, tx, s); err != nil {
				return err
			}
		}
		units, err := money.MinorUnits(s.Source.Currency)
		if err != nil {
			return err
		}
		c.Before = money.Amount{Value: s.Source.Balance, Currency: s.Source.Currency}
		c.After = money.Amount{Value: s.Carry.Opening, Currency: s.To.Currency}
		c.Items, c.Rounding = len(s.Carry.Items), s.Carry.Opening.Sub(s.Carry.Net.Mul(c.Rate))
		c.Exact = s.Carry.Net.Mul(c.Rate).StringFixed(units + max(0, -c.Rate.Exponent()))
		return nil
	})
	return c, err
}
