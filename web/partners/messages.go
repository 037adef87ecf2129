package partners

// Sentences.
const (
	msgLocksSaved     = "Which settings of %s are locked was saved."
	msgLocksUnchanged = "Nothing was changed: the settings of %s are locked like this already."
)
