package transfer

import (
	"slices"
	"strings"

	"handover/internal/fault"
)

// Mode says what a distributor transfer takes along.
type Mode string

// The two modes of a distributor transfer.
const (
	ModeSubscriptions Mode = "subscriptions_only"                  // for another legal entity
	ModeEverything    Mode = "subscriptions_terms_payment_methods" // for the same legal entity
)

// Request is what is asked of the engine, in the shape of the API. Ids are our
// numbers (C-000012). Only Kind and SourceCustomer are always required.
type Request struct {
	Kind              FlowKind          `json:"kind"`
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
	Reverses          string            `json:"reverses,omitempty"` // the order that a reversal takes back

	// What the requester saw and accepted; no part of the fingerprint.
	Acknowledged []string `json:"acknowledged,omitempty"`
	Fingerprint  string   `json:"fingerprint,omitempty"`
	StartAt      string   `json:"start_at,omitempty"` // RFC 3339
}

// Delegation asks that a plan be delegated down to the new distributor inside the
// transfer, at these prices per distributor that lacks it.
type Delegation struct {
	Plan   string            `json:"plan"`
	Prices map[string]string `json:"prices"` // distributor -> price in its currency
}

// Asked returns the request without what it was answered with: the part that the
// fingerprint covers.
func (r Request) Asked() Request {
	r.Acknowledged, r.Fingerprint, r.StartAt = nil, "", ""
	return r
}

// Acknowledges reports whether the requester accepted the warning.
func (r Request) Acknowledges(code Code) bool { return slices.Contains(r.Acknowledged, string(code)) }

// Check reports what no preview could be computed for: a kind that is none, a
// missing source, a mode that is none. The error names each field.
func (r Request) Check() error {
	var wrong fault.Fields
	if _, ok := flowOf(r.Kind); !ok {
		wrong.Add("kind", "%q is no kind of transfer; it is one of %s", r.Kind, strings.Join(flowNames(), ", "))
	}
	if r.SourceCustomer == "" {
		wrong.Add("source_customer", "name the customer, for example C-000001")
	}
	if r.Kind == Subscriptions || r.Kind == Merge {
		if r.TargetCustomer == "" {
			wrong.Add("target_customer", "select the target customer")
		}
	}
	if r.Kind == Subscriptions && len(r.Subscriptions) == 0 {
		wrong.Add("subscriptions", "select one or more subscriptions")
	}
	if r.Kind == Distributor {
		if r.TargetDistributor == "" {
			wrong.Add("target_distributor", "select the new distributor")
		}
		if r.Mode != ModeSubscriptions && r.Mode != ModeEverything {
			wrong.Add("mode", "%q is no mode; select %s or %s", r.Mode, ModeSubscriptions, ModeEverything)
		}
	}
	for _, name := range r.KeepFromSource {
		if !slices.Contains(mergeFields, name) {
			wrong.Add("keep_from_source", "%q is no field of an account to choose; they are %s", name, strings.Join(mergeFields, ", "))
		}
	}
	return wrong.Err()
}
