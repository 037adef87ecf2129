package identity

// Staff.
const (
	msgEmailTaken       = "There is already a staff member with the email address %s. Each person has one account."
	msgEmailExists      = "There is already a staff member with the email address %s."
	msgNotAnEmail       = "%q is not an email address like name@aurora.example."
	msgNoDistributor    = "There is no distributor with the external id or number %q."
	msgNoStaffWithEmail = "There is no staff member with the email address %s."
	msgNoStaff          = "There is no such staff member."
	msgEnterName        = "Enter the person's name, in at most %d characters."
	msgNoRole           = "There is no role %q. The roles are %s."
	msgAccepted         = "%s has already accepted the invitation."
	msgNoInvitation     = "There is no open invitation of %s."
	msgNoResetFor       = "%s is %s. Only an active person can receive a link for a new password."
	msgOwnAccount       = "This is your own account. Ask another administrator to disable it."
	msgStillInvited     = "%s was invited and has not set a password yet. Send the invitation again, or " +
		"withdraw it."
	msgInvitationWithdrawn = "The invitation of %s was withdrawn. Invite them again."
	msgAlreadyDisabled     = "%s is already disabled."
	msgAlreadyActive       = "%s is already active."
	msgOwnFactor           = "This is your own account. Turn your second factor off under Your account, or ask " +
		"another administrator."
	msgChooseDistributor = "Choose the distributor that the person works for: your own, or one that sells under it."
	msgLastAdministrator = "%s is the last administrator of %s. Make another person administrator first."
)

// Personal settings.
const (
	msgNoTimeZone   = "%q is not a time zone. Write its name in the IANA database, for example Europe/Oslo or UTC."
	msgNoStyle      = "%q is not one of the styles. Choose one from the list."
	msgNoList       = "There is no list %q."
	msgNoView       = "There is no such view."
	msgNameView     = "Enter a name for the view, in at most %d characters."
	msgViewTooLong  = "This view has too many filters to be saved."
	msgTooManyViews = "You have %d views of this list. Remove one first."
	msgNoPageSize   = "A list cannot show %d rows a page. Choose a number from the list."
)

// API tokens.
const (
	msgNameProgram      = "name the program that will use it"
	msgNotYourPrivilege = "you do not have the privilege %s"
	msgTooFewRequests   = "%d requests a minute are too few; allow at least 1"
	msgDayOver          = "%s is in the past"
	msgDayTooFar        = "%s is more than a year away. Choose %s or an earlier day."
	msgNoToken          = "There is no such token."
	msgTokenUnknown     = "The token is unknown, revoked or expired, or cannot be used from here. Create one under " +
		"Your account, and send it as Authorization: Bearer TOKEN."
)
