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

// Why a mail was not sent, or what is not known of it; the error of the connection follows a colon.
const (
	msgServerUnusable    = "The mail server cannot be worked with: "
	msgRefused           = "The mail server refused the mail: "
	msgNoAnswer          = "The mail server did not answer after it was given the mail: "
	msgBrokeOff          = "The mail server broke off: "
	msgNotReached        = "The mail server was not reached: "
	msgNotUsed           = "The mail server could not be used: "
	msgStoppedUnanswered = "Handover was stopped before the mail server answered."
	msgStoppedUnnoted    = "Handover stopped before it could note the mail server's answer."
	msgLinkOver          = "Not sent: the link in it was used, withdrawn or replaced, or is too old."
)
