package transfer

// Code names a finding.
type Code string

// Severity says what a finding does: blocking ones forbid execution, warnings must
// be acknowledged.
type Severity string

// The two severities.
const (
	Blocking Severity = "blocking"
	Warning  Severity = "warning"
)

// Finding is one thing that a preview found.
type Finding struct {
	Code            Code     `json:"code"`
	Severity        Severity `json:"severity"`
	Message         string   `json:"message"`
	Remedy          string   `json:"remedy"`
	Acknowledgement *string  `json:"acknowledgement"` // of a warning: the text after "I understand: "
	Count           int      `json:"count"`
	Records         []Record `json:"records"`
	Instead         *Instead `json:"instead,omitempty"` // the remedy, where it is a change of the request itself
}

// Instead is a remedy in one click: what to ask for instead.
type Instead struct {
	EffectiveOn   string   `json:"effective_on,omitempty"`
	PostOn        string   `json:"post_on,omitempty"`
	Subscriptions []string `json:"subscriptions,omitempty"`

	ConversionRate string `json:"conversion_rate,omitempty"`
}

// Record names a record for people: its kind and number.
type Record struct {
	Kind   string `json:"kind" db:"kind"`
	Number string `json:"number" db:"number"`
}
