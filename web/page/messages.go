package page

// Faults.
const (
	msgCrossSite = "The form was sent from another site, so nothing was done. Open the page here and send it again."
	msgOtherHost = "The panel does not answer under this name. Open it under its own address, or add the name to " +
		"HANDOVER_ALLOWED_HOSTS."
	msgRoleForbids = "Your role, %s, does not include this. Ask an administrator if you need it."
	titleInternal  = "Something went wrong"
	msgInternal    = "Handover could not complete this because of an error in the program or its database. Nothing " +
		"was changed. Go back and try again."
)

// What is wrong with a form or a filter.
const (
	msgReasonTooLong      = "The reason has %d characters; at most %d are allowed. Shorten it."
	msgNotAStatus         = "%q is not a status. Choose among %s."
	msgNotANumberLike     = "%q is not a number like %s."
	msgFormCouldNotRead   = "The form could not be read. Send it again."
	msgNotAChoice         = "%q is not one of the choices: %s."
	msgNotAWholeNumber    = "%q is not a whole number between %d and %d."
	msgNotAnID            = "%q is not an id."
	msgNotADate           = "%q is not a date. Write year, month and day, for example 2026-01-31."
	msgTimeZoneUnreadable = "The time zone of the distributor could not be read. Leave the time empty to start at " +
		"once."
	msgNotADateAndTime = "%q is not a date with a time. Write it as 2026-01-31T08:00, or leave it empty to " +
		"start at once."
)

// Blocking issues of a preview.
const (
	msgOneBlockingIssue = "1 blocking issue must be resolved first. It says how."
	msgBlockingIssues   = "%d blocking issues must be resolved first. Each one says how."
)

// Changes of control settings that need an approval.
const (
	msgNothingChanged   = "Nothing was changed: %q of %s already says this."
	msgWaitsForApproval = "The change of %q waits for the approval of another administrator. It expires in 7 " +
		"days."
	msgChangesWait          = "Changes of these settings wait for the approval of another administrator. "
	msgDoNotRequireApproval = "Do not require approval by a second person yet: you could not undo it. "
	msgOneAboveApproves     = "No administrator of %s can approve it, so an administrator of a distributor above " +
		"it does."
	msgAboveApproves = "No administrator of %s can approve it, so the distributor above does: %s."
	msgApprovers     = "Approvers: %s."
	msgNoApprover    = "No administrator can approve it. "
	msgAddApprover   = " An operator can add one with handover staff add."
)

// What transfers changed of a record.
const (
	msgMoved         = "Moved from %s to %s"
	msgCreated       = "Created by a transfer"
	msgRemoved       = "Removed by a transfer"
	msgPlanChanged   = "Plan changed from %s to %s"
	msgSetTo         = "%s set to %s"
	msgChangedFrom   = "%s changed from %s to %s"
	msgByReversal    = " by a reversal"
	labelForeignPlan = "a plan of another distributor"
)
