package order

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"handover/internal/transfer"
)

// The codes of what happens to an order. An event keeps its code and its facts; the timeline words
// them when it is shown.
const (
	EventDraftCreated           = "draft_created"
	eventRequested              = "requested"
	eventApprovalRequested      = "approval_requested"
	eventScheduled              = "scheduled"
	eventDiscarded              = "discarded"
	eventDraftExpired           = "draft_expired"
	eventApproved               = "approved"
	eventRejected               = "rejected"
	eventRequestExpired         = "request_expired"
	eventDue                    = "due"
	eventCancelled              = "cancelled"
	eventStarted                = "started"
	eventTakenUpAgain           = "taken_up_again"
	eventHandedBack             = "handed_back"
	EventCompleted              = "completed"
	eventFailed                 = "failed"
	eventBackToDraft            = "back_to_draft"
	eventRetried                = "retried"
	eventReversed               = "reversed"
	EventNotificationWritten    = "notification_written"
	EventNotificationNotWritten = "notification_not_written"
	EventRateAllowed            = "rate_allowed"
)

// Facts are what an event says beside its code; which of them are there depends on the code.
type Facts struct {
	Name         string                   `json:"name,omitempty"`   // of the customer
	Number       string                   `json:"number,omitempty"` // of the customer, or of the reversal
	Recipient    string                   `json:"recipient,omitempty"`
	Brand        string                   `json:"brand,omitempty"`
	Fingerprint  string                   `json:"fingerprint,omitempty"`  // of the accepted preview
	Acknowledged int                      `json:"acknowledged,omitempty"` // warnings
	Agreements   []Agreement              `json:"agreements,omitempty"`   // needed, or given
	Open         int                      `json:"open,omitempty"`         // answers that are still to come
	StartAt      *time.Time               `json:"start_at,omitempty"`
	Records      int                      `json:"records,omitempty"` // that moved
	Rate         *transfer.RateComparison `json:"rate,omitempty"`
	Failure      *Failure                 `json:"failure,omitempty"` // why the execution ended without a result
}

// Agreement is an approval or a consent (KindApproval, KindConsent) with whose people give it.
type Agreement struct {
	Kind        string `json:"kind"`
	Distributor string `json:"distributor"`
}

// notAnswered is why a request for approval expires.
const notAnswered = "The request was not answered within 7 days."

// reasonSQL is why the order o was rejected or cancelled: what a person wrote, or that there was no answer.
const reasonSQL = `case when o.status = 'cancelled'
	and exists (select 1 from transfer_events e
	            where e.order_id = o.id
	              and e.event = '` + eventRequestExpired + `') then '` + notAnswered + `' else o.reason end`

// eventText words one code.
type eventText struct {
	label  string
	detail func(f Facts, said string) string
}

// eventWords are the sentences of the timeline: the label of a code, and its detail out of the facts
// and what a person wrote or the program refused with.
var eventWords = map[string]eventText{
	EventDraftCreated:      {"Draft created", draftWords},
	eventRequested:         {"Requested", acceptedWords},
	eventApprovalRequested: {"Approval requested", acceptedWords},
	eventScheduled:         {"Scheduled", acceptedWords},
	eventDiscarded:         {"Cancelled", always("before it was submitted")},
	eventDraftExpired:      {"Expired", always("not changed for 30 days")},
	eventApproved:          {"Approved", givenWords},
	eventRejected:          {"Rejected", saidWords},
	eventRequestExpired:    {"Expired", always(notAnswered)},
	eventDue:               {"Due", saidWords},
	eventCancelled:         {"Cancelled", saidWords},
	eventStarted:           {"Started", saidWords},
	eventTakenUpAgain:      {"Restarted", always("The worker stopped responding; nothing had been changed.")},
	eventHandedBack:        {"Queued again", always("The worker was stopped; nothing had been changed.")},
	EventCompleted:         {"Completed", completedWords},
	eventFailed:            {"Failed", failedWords},
	eventBackToDraft:       {"Back to draft", failedWords},
	eventRetried:           {"Retried", always("It is a draft again: check the new preview, then confirm it.")},
	eventReversed:          {"Reversed", func(f Facts, _ string) string { return "by " + f.Number }},

	EventNotificationWritten: {"Notification written", func(f Facts, _ string) string {
		return "to " + f.Recipient + ", in the brand of " + f.Brand
	}},
	EventNotificationNotWritten: {"Notification not written", func(f Facts, _ string) string {
		return f.Name + " has no email address"
	}},
	EventRateAllowed: {"Rate allowed", func(f Facts, said string) string {
		return f.Rate.Given() + " is " + f.Rate.Compared() + ". Reason: " + said
	}},
}

// word fills in the label of the event, and its details for a reader who may know them. An event of
// a code that has no words, which a newer version wrote, is shown as its code.
func (e *Event) word(whole bool) error {
	words, ok := eventWords[e.Code]
	if !ok {
		words = eventText{transfer.Words(e.Code), saidWords}
	}
	var f Facts
	if err := json.Unmarshal([]byte(e.FactsJSON), &f); err != nil {
		return fmt.Errorf("read the facts of the event %q: %w", e.Code, err)
	}
	if e.Label, e.Detail = words.label, words.detail(f, e.Detail); !whole {
		e.Detail, e.FactsJSON = "", ""
	}
	return nil
}

// Detail words the facts of an event, and what a person wrote or the program refused with.
func (f Facts) Detail(code, text string) string { return eventWords[code].detail(f, text) }

func draftWords(f Facts, _ string) string { return "for " + f.Name + " (" + f.Number + ")" }

func completedWords(f Facts, _ string) string {
	return transfer.Plural(f.Records, "record", "records") + " moved, totals reconciled"
}

func failedWords(f Facts, _ string) string {
	if f.Failure == nil {
		return ""
	}
	return f.Failure.Words()
}

func saidWords(_ Facts, text string) string { return text }

func always(sentence string) func(Facts, string) string {
	return func(Facts, string) string { return sentence }
}

func acceptedWords(f Facts, _ string) string {
	warnings := transfer.Plural(f.Acknowledged, "warning", "warnings")
	text := "Preview " + f.Fingerprint + " accepted, " + warnings + " acknowledged"
	if len(f.Agreements) > 0 {
		text += "; needed: " + agreed(f.Agreements)
	}
	if f.StartAt != nil {
		text += "; starts on " + f.StartAt.Format("2 Jan 2006 15:04 MST")
	}
	return text
}

func givenWords(f Facts, _ string) string {
	text := agreed(f.Agreements)
	if f.Open > 0 {
		text += "; " + transfer.Plural(f.Open, "answer is", "answers are") + " still to come"
	}
	return text
}

// agreed names agreements in a sentence.
func agreed(list []Agreement) string {
	words := make([]string, len(list))
	for i, a := range list {
		words[i] = "consent of " + a.Distributor
		if a.Kind == KindApproval {
			words[i] = "approval by a second person of " + a.Distributor
		}
	}
	return strings.Join(words, ", ")
}
