package notify

// Faults of the outbox.
const (
	msgNoMail        = "There is no such mail in the outbox."
	msgNotResendable = "The mail to %s is %s. Only one that failed or is unconfirmed can be sent again."
	msgLinkDead      = "The link in the mail to %s no longer works. Have a new one sent from the person's page " +
		"under System > Staff."
	msgNoLink = "The mail to %s no longer has a link: it was sent, or the link was used, withdrawn or " +
		"replaced, or has expired."
	msgOtherKey = "The link in the mail to %s was sealed with another session key than this one. " +
		"Have a new one sent from the person's page under System > Staff."
	msgNotUnseals = "Not sent: its link was sealed with another session key than this one. " +
		"Have a new one sent from the person's page."
)
