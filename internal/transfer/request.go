package transfer

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"handover/internal/billing"
	"handover/internal/fault"
	"handover/internal/record"
)

// Mode says what a distributor transfer takes along.
type Mode string

// The two modes of a distributor transfer.
const (
	ModeSubscriptions Mode = "subscriptions_only"                  // for another legal entity
	ModeEverything    Mode = "subscriptions_terms_payment_methods" // for the same legal entity
)

// CarryAs says how the open balance of an account goes to its successor.
type CarryAs string

// The ways to carry a balance (docs/domain.md, "Transfer to Another Distributor", step 4).
const (
	CarryOpenItems  CarryAs = "open_items"  // one debit memo per open document; the default
	CarryOneBalance CarryAs = "one_balance" // a single memo
	CarryLeave      CarryAs = "leave"       // nothing is carried
)

// carryChoices lists them in the order in which they are offered.
var carryChoices = []CarryAs{CarryOpenItems, CarryOneBalance, CarryLeave}

// ReasonLength is how many characters the reason of a request may have.
const ReasonLength = 500

// Request is what is asked of the engine, in the shape of the API. Ids are our
// numbers (C-000012). Only Kind and SourceCustomer are always required.
type Request struct {
	Kind              record.FlowKind   `json:"kind"`
	SourceCustomer    string            `json:"source_customer"`
	TargetCustomer    string            `json:"target_customer,omitempty"`
	TargetDistributor string            `json:"target_distributor,omitempty"`
	Subscriptions     []string          `json:"subscriptions,omitempty"`
	EffectiveOn       string            `json:"effective_on,omitempty"` // YYYY-MM-DD
	Mode              Mode              `json:"mode,omitempty"`
	NotifyCustomer    bool              `json:"notify_customer,omitempty"`
	ConversionRate    string            `json:"conversion_rate,omitempty"`
	Plans             map[string]string `json:"plans,omitempty"` // subscription -> plan of the new distributor
	Delegate          []Delegation      `json:"delegate,omitempty"`
	KeepFromSource    []string          `json:"keep_from_source,omitempty"`
	CarryAs           CarryAs           `json:"carry_as,omitempty"` // "" = open items
	PostOn            string            `json:"post_on,omitempty"`  // YYYY-MM-DD; "" = the day of execution
	Reverses          string            `json:"reverses,omitempty"` // the order that a reversal takes back

	// RateReason says why a rate is right that RATE_IMPLAUSIBLE would block; RateAllowed who
	// vouches for it, which is never taken from what a client sends.
	RateReason  string         `json:"rate_reason,omitempty"`
	RateAllowed *RateAllowance `json:"rate_allowed,omitempty"`

	// Warnings that the requester saw and accepted; no part of the fingerprint.
	Acknowledged []string `json:"acknowledged,omitempty"`
	Fingerprint  string   `json:"fingerprint,omitempty"`
	StartAt      string   `json:"start_at,omitempty"` // RFC 3339

	// Why it is asked for, for the requester's own side; no part of the fingerprint either.
	Reason string `json:"reason,omitempty"`
}

// Delegation asks that a plan be delegated down to the new distributor inside the
// transfer, at these prices per distributor that lacks it.
type Delegation struct {
	Plan   string            `json:"plan"`
	Prices map[string]string `json:"prices"` // distributor -> price in its currency
}

// Asked returns the request without what it was answered with and why it was asked: the
// part that the fingerprint covers. Who allowed the rate is left out: what follows from it is in the
// findings. The default said aloud is the default.
func (r Request) Asked() Request {
	r.Acknowledged, r.Fingerprint, r.StartAt, r.Reason, r.RateAllowed = nil, "", "", "", nil
	if r.CarryAs == CarryOpenItems {
		r.CarryAs = ""
	}
	return r
}

// PostingDay is the posting date that was asked for, nil if none was.
func (r Request) PostingDay() *time.Time {
	day, err := time.Parse(time.DateOnly, r.PostOn)
	if err != nil {
		return nil
	}
	return &day
}

// Acknowledges reports whether the requester accepted the warning.
func (r Request) Acknowledges(code Code) bool { return slices.Contains(r.Acknowledged, string(code)) }

// Check reports what no preview could be computed for: a kind that is none, a
// missing source, a mode that is none. The error names each field.
func (r Request) Check() error {
	var wrong fault.Fields
	if _, ok := record.FlowOf(r.Kind); !ok {
		wrong.Add("kind", msgNoKind, r.Kind, strings.Join(record.FlowNames(), ", "))
	}
	if r.SourceCustomer == "" {
		wrong.Add("source_customer", msgNameCustomer)
	}
	if r.Kind == record.Subscriptions || r.Kind == record.Merge {
		if r.TargetCustomer == "" {
			wrong.Add("target_customer", msgSelectTarget)
		}
	}
	if r.Kind == record.Subscriptions && len(r.Subscriptions) == 0 {
		wrong.Add("subscriptions", msgSelectSubscriptions)
	}
	if r.Kind == record.Distributor {
		if r.TargetDistributor == "" {
			wrong.Add("target_distributor", msgSelectDistributor)
		}
		if r.Mode != ModeSubscriptions && r.Mode != ModeEverything {
			wrong.Add("mode", msgNoMode, r.Mode, ModeSubscriptions, ModeEverything)
		}
	}
	if mistake := billing.ReasonMistake(r.RateReason); r.RateReason != "" && mistake != "" {
		wrong.Add("rate_reason", "%s", mistake)
	}
	for _, name := range r.KeepFromSource {
		if !slices.Contains(MergeFields, name) {
			wrong.Add("keep_from_source", msgNoField, name, strings.Join(MergeFields, ", "))
		}
	}
	r.CheckCommon(&wrong)
	return wrong.Err()
}

// CheckCommon notes the bad values of what a transfer and a reversal have in common.
func (r Request) CheckCommon(wrong *fault.Fields) {
	if r.CarryAs != "" && !slices.Contains(carryChoices, r.CarryAs) {
		wrong.Add("carry_as", msgNoCarry, r.CarryAs, CarryOpenItems, CarryOneBalance, CarryLeave)
	}
	if r.PostOn != "" && r.PostingDay() == nil {
		wrong.Add("post_on", msgNotADate, r.PostOn)
	}
	if n := utf8.RuneCountInString(r.Reason); n > ReasonLength {
		wrong.Add("reason", msgReasonTooLong, n, ReasonLength)
	}
}
