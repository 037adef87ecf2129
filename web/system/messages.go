package system

// Faults.
const (
	msgNoAuditEntry   = "There is no such audit entry."
	msgNoOverride     = "Your role may not import into closed periods or amend issued documents."
	msgUploadBrokeOff = "The upload was interrupted. Send it again."
	msgChooseFile     = "Choose a .zip archive or a .csv file."
	msgNotAnArchive   = "%s is neither a .zip archive nor a .csv file."
	msgFileTooLarge   = "%s is larger than %d MB. Import it in parts."
	msgNoMail         = "There is no such mail in the outbox."
	msgNoLink         = "The mail to %s has no link to pass on: it is being sent or was sent, or the link no " +
		"longer works."
	msgNoStaff    = "There is no such staff member."
	msgNoTemplate = "There is no such mail template."
	msgNoWebhook  = "There is no such webhook."
	msgNoMessage  = "There is no such message."
)

// The import.
const (
	msgNoErrors      = "No errors found. Nothing was saved."
	oneMoreWarning   = "more warning is not listed."
	manyMoreWarnings = "more warnings are not listed."
	msgImported      = "Imported %s: %s read, %s added, %s updated, %s unchanged."
)

// The outbox.
const (
	titleNoMailServer = "No mail server is set"
	msgNoMailServer   = "Emails are kept here until a mail server is set with HANDOVER_SMTP_URL; then they are " +
		"sent."
	labelNamedWhenSent = "named when it is sent"
	titleNotSent       = "This mail was not sent"
	msgGivenUp         = "Handover stopped after %s. %s"
	titleUnconfirmed   = "Delivery of this mail is unknown"
	msgUnconfirmed     = "The mail server received it, but its answer was lost. Emails with unknown delivery " +
		"are not resent automatically. "
	msgSentSoon           = "It will be sent in a moment."
	msgNextOn             = "Next on "
	msgTriedSoFar         = "%s. %s so far. %s"
	hintResendFailed      = "Sends the mail again at once, to the same address. Fix the reason above first."
	hintResendUnconfirmed = "Sends the mail again at once. If it arrived the first time, the recipient receives it " +
		"twice; ask them, or check the mail server's log."
	msgResent = "The mail to %s waits to be sent again."
)

// Staff.
const (
	msgDisabled    = "Disabled %s. Their sessions have ended."
	msgEnabled     = "%s can sign in again, with the former password."
	msgResetSent   = "%s receives a link by email to choose a new password. It works for a day."
	msgFactorReset = "The second factor of %s was reset, and their sessions have ended. They sign in with " +
		"the password alone until they set up another one."
	msgInvitedAgain        = "Invited %s again. The new link works for 7 days; the former one no longer works."
	msgInvitationWithdrawn = "Withdrew the invitation of %s. The link in the mail no longer works."
	msgNothingChanged      = "Nothing was changed."
	msgRoleChanged         = "Saved. %s has been signed out everywhere, and their API tokens are revoked. The new " +
		"permissions apply from the next sign-in."
	msgRenamed      = "Saved. The person's name is now %s."
	msgTokenOf      = "The token of "
	msgTokenRevoked = " was revoked. Programs that use it no longer have access."
	msgMailWaits    = " No mail server is set, so the mail waits in the outbox; pass its link on yourself."
	labelOpenMail   = "Open the mail"
	msgInvited      = "Invited %s. The link in the mail works for 7 days."
)

// What is wrong with a form.
const (
	msgChooseRole = "Choose a role."
	msgEnterEmail = "Enter the person's email address."
)

// Mail templates.
const (
	labelOwnWords    = "Handover's own text"
	oneOwnText       = "mail has its own text"
	manyOwnTexts     = "mails have their own texts"
	msgTemplateSaved = "The mail “%s” of %s was saved. Emails that are already written do not change."
)

// Webhooks.
const (
	msgWebhookEnabled  = "Enabled. Waiting messages are sent now."
	msgWebhookDisabled = "Disabled. New messages wait."
	msgWebhookRemoved  = "The webhook was removed."
	titleDisabled      = "Handover disabled this webhook"
	titlePaused        = "Nothing is sent"
	msgPaused          = "Messages wait and are sent when the webhook is enabled."
	titleTwoSecrets    = "Two secrets sign"
	msgTwoSecrets      = "Both the former and the new secret sign until "
	msgTestSent        = "A test message is on its way. Its line below shows the result."
	msgResentSoon      = "The message will be sent again in a moment."
)
