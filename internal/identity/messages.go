package identity

// Invitations, mailed links and names.
const (
	msgAccountExists = "There is already an account with the email address %s. Sign in with it, " +
		"or ask who invited you to invite another address of yours."
	msgTooManyTo = "%s got %d invitations from your distributor within a day. Ask them to look into their mail, " +
		"or invite them again tomorrow."
	msgTooManyBy = "You sent %d invitations within a day. " +
		"Invite more people tomorrow, or ask another administrator."

	msgContainsName = "This password contains “%s”, a name of yours, of your distributor or of the product, " +
		"which others try. Take several words that have nothing to do with them."

	msgInvitationSubject = "You are invited to Handover"
	msgInvitation        = "Hello,\n\nsomeone who calls themselves “%s” invites you to work in Handover for " +
		"“%s”, as %s.\n\nChoose your password here:"
	msgInvitationBelow = "The link works once, within 7 days. If you did not expect it, ignore this mail.\n\n%s\n"

	msgResetSubject = "Choose another password for Handover"
	msgReset        = "Hello %s,\n\nchoose another password for Handover here:"
	msgResetBelow   = "%s The link works once, within a day. " +
		"If you do not want another password, ignore this mail: yours stays.\n\n%s\n"
	msgResetBy = "An administrator who calls themselves “%s” had this link sent to you."
)
