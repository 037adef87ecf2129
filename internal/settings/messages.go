package settings

// Answering a change.
const (
	msgChangedSince = "The setting %q changed after this change was requested. Reject it; the requester " +
		"can ask again."
	msgOnlyRequesterWithdraws = "Only the requester can withdraw this change. You can reject it if you are an " +
		"approver."
	msgNoChange        = "There is no such change of a setting."
	msgAnsweredAlready = "This change of %q is already %s."
	msgOwnChange       = "You requested this change. Another administrator must approve it."
	msgMayNotAnswer    = "You cannot approve this change. %s An administrator of the distributor itself takes " +
		"precedence over one of a distributor above it."
	msgWhoAnswers = "The approver is an administrator who has had access for at least 7 days and is " +
		"not connected with the requester by an invitation."
	msgRequesterLostRole = "The requester can no longer change this setting. Reject the change."
	msgAnswered          = "This change of %q was already answered."
)

// Asking for a change.
const (
	msgEnterPassword  = "Enter your password to confirm that it is you."
	msgReasonTooLong  = "The reason has %d characters; at most %d are allowed."
	msgAlreadyPending = "A change of %q already waits for approval. Withdraw or reject it first, then ask again."
	msgNoSetting      = "There is no setting %q."
	msgNoTimeZone     = "%q is not a time zone. Write its name in the IANA database, for example Europe/Oslo or UTC."
)

// The chart of accounts.
const (
	msgNameAccounts         = "Name at least one account for %s by its first characters, for example %s."
	msgTooManyAccounts      = "You named %d accounts for %s; at most %d are allowed."
	msgAccountPrefixTooLong = "%q has more than %d characters. Write the first characters of the accounts, for " +
		"example %s."
	msgAccountTooLong    = "The account has more than %d characters."
	msgAccountNotChecked = "%q is not one of the accounts for %s. Name an account that starts with %s, or leave " +
		"the field empty."
	msgAccountOfTwoRoles = "%s is already an account for receivable. An account has one role."
)

// What a saved setting says.
const (
	msgChartSaved     = "The chart of accounts of %s was saved. The ledgers of its accounts follow it from now on."
	msgTimeZoneSaved  = "The days of %s now start at midnight in %s."
	msgApprovalsSaved = "The approval rules of %s were saved. They apply to new orders."
	msgFactorRequired = "Staff of %s now need a second factor."
	msgFactorOptional = "Staff of %s can now work without a second factor."
)

// Locks.
const (
	msgProviderLocks = "Only the provider's staff lock settings."
	msgOwnLock       = "%s is the provider itself: its settings bind no one who could be kept from changing them."
	msgLocked        = "The provider locked %q of %s. You can tighten it; only the provider's staff can loosen it."

	lockLabel = "Locked by the provider"
)
