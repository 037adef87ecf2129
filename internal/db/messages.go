package db

// What a SQLSTATE means to people.
const (
	msgChangedMeanwhile = "Another request changed the same records at the same moment. Try again."
	msgBeingChanged     = "Another request is changing the same records. Try again in a moment."
	msgTextNotStorable  = "The text contains characters that cannot be stored."
	msgDiskFull         = "The disk of the database is full, so nothing was changed. Free some space, then try again."
	msgOutOfMemory      = "The database ran out of memory, so nothing was changed. Try again in a moment."
	msgOutOfConnections = "The database accepts no more connections right now, so nothing was changed. Try again " +
		"in a moment."
	msgTookTooLong = "Handover is busy: the request exceeded its time limit and was stopped. Try again in a " +
		"moment."
	msgUpdatedMeanwhile = "Handover was updated at this moment, so nothing was changed. Try again."
)

// What a violated constraint means to the second of two requests.
const (
	msgRateAddedMeanwhile = "A rate of this pair, day and source was added at the same moment. Check the " +
		"list of rates, then add yours if it is still needed."
	msgPeriodAddedMeanwhile = "A financial period with some of these days was added at the same moment. " +
		"Check the list of periods, then add yours if it is still needed."
	msgStaffAddedMeanwhile = "A staff member with this email address was added at the same moment. You find " +
		"them in the list of staff."
	msgInvitationOpen = "This email address already has an open invitation of this distributor. You find " +
		"it in the list of staff."
	msgSubjectLinkedMeanwhile = "This account of the sign-on provider was linked to a staff member at the same " +
		"moment. Sign in again."
	msgSettingChangePending = "Another change of this setting was requested at the same moment and waits for " +
		"approval. Approve or withdraw it first."
	msgReversalRequestedMeanwhile = "Another reversal of this order was requested at the same moment. Open the " +
		"order to follow it."
	msgAcceptanceMeanwhile        = "The same acceptance of terms was written at the same moment. Try again."
	msgServiceUserLinkedMeanwhile = "The same service user was linked to the subscription at the same moment. Try " +
		"again."
	msgFormerIDMeanwhile   = "The same former id was written at the same moment. Try again."
	msgExternalIDMeanwhile = "Another import added a record with the same external id at the same moment, " +
		"so nothing of this one was imported. Import the file again."
)

// The role that serve and worker connect as (HANDOVER_MIGRATE_URL); %s is the role.
const (
	msgServiceOwns = "HANDOVER_DATABASE_URL signs in as %[1]s, which owns the tables or may do everything. With " +
		"HANDOVER_MIGRATE_URL it must be another role: create role handover_login login noinherit password '...'; " +
		"grant handover_app, handover_provider, handover_engine, handover_service to handover_login; " +
		"alter role handover_login set role = handover_service;"
	msgServiceLacks = "the database role %[1]s lacks rights that serve and worker need. Run as an administrator of " +
		"the database: grant handover_app, handover_provider, handover_engine, handover_service to %[1]s; " +
		"alter role %[1]s set role = handover_service;"
)

// Lists.
const (
	msgNotSortable      = "This list cannot be sorted by %q."
	msgCursorUnreadable = "The position in the list cannot be read. Start from its first page."
)
