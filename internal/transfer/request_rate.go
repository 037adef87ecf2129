package transfer

import (
	"time"

	"handover/internal/audit"
)

// Accepting takes over what was answered to a preview, and the posting date and reason.
func (r Request) Accepting(a Request) Request {
	r.Acknowledged, r.Fingerprint, r.StartAt = a.Acknowledged, a.Fingerprint, a.StartAt
	r.PostOn, r.Reason = a.PostOn, a.Reason
	return r
}

// RateAllowance is who vouches for a conversion rate that RATE_IMPLAUSIBLE would block. It
// holds for one rate, and while the deviation has not grown by more than a point since.
type RateAllowance struct {
	Pair      string    `json:"pair,omitempty"` // "GBP/JPY"; "" = of the request, settled when it is submitted
	Rate      string    `json:"rate,omitempty"`
	Deviation string    `json:"deviation_percent,omitempty"`
	By        int64     `json:"by,omitempty"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
}

// VouchedBy returns the request with its rate allowed by an actor who holds the privilege
// rates.override. Without a rate_reason it changes nothing.
func (r Request) VouchedBy(actor audit.Actor, at time.Time) Request {
	if r.RateReason != "" {
		r.RateAllowed = &RateAllowance{By: actor.ID, Name: actor.Name, At: at}
	}
	return r
}

// KeepVouched removes an allowance whose rate has changed: only AllowRate and a submission
// allow a rate.
func KeepVouched(before Request, after *Request) {
	after.RateReason, after.RateAllowed = before.RateReason, before.RateAllowed
	if after.ConversionRate != before.ConversionRate || after.TargetDistributor != before.TargetDistributor {
		after.RateReason, after.RateAllowed = "", nil
	}
}
