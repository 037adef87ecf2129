package settings

// Sentences and labels.
const (
	msgProviderLocks = "Only the provider's staff lock settings."
	msgOwnLock       = "%s is the provider itself: its settings bind no one who could be kept from changing them."
	msgLocked        = "The provider locked %q of %s. You can tighten it; only the provider's staff can loosen it."

	lockLabel = "Locked by the provider"
)
