package notify

// Sentences.
const (
	msgOtherKey = "The link in the mail to %s was sealed with another session key than this one. " +
		"Have a new one sent from the person's page under System > Staff."
	msgNotUnseals = "Not sent: its link was sealed with another session key than this one. " +
		"Have a new one sent from the person's page."
)
