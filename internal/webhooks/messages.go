package webhooks

// The address of a webhook.
const (
	msgHTTPSOnly = "%s is on the public internet, where messages are sent over https:// only"
	msgNotPublic = "%s is not on the public internet; an operator can allow private networks with " +
		"HANDOVER_WEBHOOK_NETWORKS"
	msgNotAnAddress        = "%q is not an address; write it as https://billing.example/handover"
	msgAddressTooLong      = "the address is longer than %d characters"
	msgAddressWithPassword = "the address contains a password; the receiver checks the signature of a message instead"
	msgAddressNotHTTPS     = "%q starts with http://; messages are sent over https://"
	msgChooseEvent         = "choose at least one event"
	msgNoEvent             = "%q is not an event"
)

// Webhooks and their messages.
const (
	msgNoMessage            = "There is no such message."
	msgNoWebhook            = "There is no such webhook."
	msgDisabledMessagesWait = "The webhook is disabled. Enable it first; waiting messages are sent then."
	msgDisabled             = "The webhook is disabled. Enable it first."
	msgWasDisabled          = "A webhook was disabled"
	msgTooManyEndpoints     = "Your distributor has %d webhooks, the most that are allowed. Remove one to add another."
	msgTooManyTests         = "Your distributor has sent %d test messages within an hour, the most that are allowed. " +
		"Wait an hour, or open a message and choose Send again."
)

// Why a message was not delivered.
const (
	msgNotTakenForADay  = "No message was delivered for a day. The last attempt: %s"
	msgOrderOutOfScope  = "The distributor can no longer see the order."
	msgNotWritten       = "Handover could not write the message; see its log."
	msgSecretUnreadable = "The secret cannot be read with this session key. Set HANDOVER_SESSION_KEY to the key " +
		"of the panel, or rotate the secret."
	msgAddressUnusable   = "The address cannot be used: %v"
	msgReceiverGone      = "The receiver answered 410: it accepts no more messages."
	msgReceiverRedirects = "The receiver answered %d; redirects are not followed. Enter the address that it " +
		"redirects to."
	msgReceiverAnswered    = "The receiver answered %d."
	msgNotSent             = "Not sent: %s."
	msgReceiverTimeout     = "The receiver did not answer in time."
	msgReceiverUnreachable = "The receiver could not be reached: %v"
)
