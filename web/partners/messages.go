package partners

// What was done.
const (
	msgInForce        = "The change of %q is now in effect."
	msgRejected       = "The change of %q was rejected. Nothing changed."
	msgWithdrawn      = "The change of %q was withdrawn. Nothing changed."
	msgLocksSaved     = "Which settings of %s are locked was saved."
	msgLocksUnchanged = "Nothing was changed: the settings of %s are already locked like this."
)

// Faults.
const (
	msgNoChange      = "There is no such change of a setting."
	msgNoDistributor = "There is no distributor %s."
)

// Labels.
const (
	labelToday = "Today is %s there."
)
