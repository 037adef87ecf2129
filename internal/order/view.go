package order

import (
	"handover/internal/record"
	"handover/internal/transfer"
)

// seenWith is the order as a reader with these sides may see it.
func (o Order) seenWith(s Sides) Order {
	if !s.Whole {
		return o.oneSided(s)
	}
	if !s.Requester {
		o.RequestedBy, o.RequestedByName = nil, Another
		o.Preview = o.Preview.WithoutOthers()
		o.Request.Reason = "" // it is for the requester's own side
		o.RequestJSON, o.PreviewJSON = "", nil
	}
	return o
}

// oneSided is the order for a reader who does not see one of its sides: a new order that takes over
// what is named here. A field that is added to Order or to what it keeps is hidden until it is named
// here and in the test.
func (o Order) oneSided(s Sides) Order {
	seen := Order{
		ID: o.ID, Number: o.Number, Kind: o.Kind, Status: o.Status,
		CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, SubmittedAt: o.SubmittedAt, StartAt: o.StartAt,
		StartedAt:   o.StartedAt,
		CompletedAt: o.CompletedAt, ExpiresAt: o.ExpiresAt, ReversesID: o.ReversesID, Reverses: o.Reverses,
		ReversedBy: o.ReversedBy,
		SourceName: Another, SourceDistributor: Another, TargetDistributor: Another, RequestedByName: Another,
		Request: transfer.Request{Kind: o.Request.Kind, Mode: o.Request.Mode},
	}
	if s.Source {
		seen.Preview, seen.Result = o.Preview.OfSource(), o.Result.Of(o.SourceNumber)
		seen.SourceID, seen.SourceNumber, seen.SourceName = o.SourceID, o.SourceNumber, o.SourceName
		seen.SourceDistributorID, seen.SourceDistributor = o.SourceDistributorID, o.SourceDistributor
	}
	if o.TargetDistributorID != nil {
		seen.TargetDistributorID = new(int64) // there is one
	}
	if s.Target {
		seen.Result = o.Result.OfTarget(o.TargetNumber)
		if o.Status == stateCompleted || o.Status == stateReversed { // before, the account is still to be opened
			seen.Preview = o.Preview.OfTarget()
		}
		seen.TargetID, seen.TargetNumber, seen.TargetName = o.TargetID, o.TargetNumber, o.TargetName
		seen.TargetDistributorID, seen.TargetDistributor = o.TargetDistributorID, o.TargetDistributor
	}
	if s.Requester { // who asked for it reads why it was refused; the reasons are for them
		seen.RequestedBy, seen.RequestedByName, seen.Reason, seen.Request.Reason = o.RequestedBy, o.RequestedByName,
			o.Reason, o.Request.Reason
	}
	if s.Target && o.Kind == record.Distributor && o.Status == StateAwaiting {
		seen.Consent = consentOf(o.Preview)
	}
	if o.Failure != "" {
		seen.Failure = msgFailureOfOthers
	}
	return seen
}
