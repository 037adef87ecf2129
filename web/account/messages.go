package account

// What is wrong with a form.
const (
	msgEnterCurrentPassword = "Enter your current password."
	msgEnterNewPassword     = "Enter the new password."
	msgEnterPassword        = "Enter your password."
	msgEnterSixDigitsApp    = "Enter the six digits that your app shows."
	msgEnterCodeAppShows    = "Enter the code that your app shows, or a recovery code."
	msgNameProgram          = "Name the program that will use it."
	msgNotANetwork          = "%q is not a network; write it as 10.0.0.0/8"
	msgNoSetUp              = "There is no picture: no second factor is being set up."
)

// What was done.
const (
	msgSettingsSaved    = "Your display settings were saved."
	msgViewSaved        = "The view %q was saved."
	msgViewRemoved      = "The view was removed."
	msgColumnsSaved     = "Your columns were saved."
	msgMailsSaved       = "Your email settings were saved."
	msgPasswordChanged  = "Your password was changed. Your other sessions and your API tokens have ended."
	msgSessionEnded     = "The session has ended. Its browser must sign in again."
	msgStillSignedIn    = ". You are still signed in here."
	msgFactorOn         = "Your second factor is on. Your other sessions and your API tokens have ended."
	msgNewRecoveryCodes = "You have new recovery codes. The old ones no longer work."
	msgFactorOff        = "Your second factor is off. Your password alone signs you in."
	msgTokenRevoked     = "The token was revoked. Programs that use it no longer have access."
)

// Counts.
const (
	oneOtherSession   = "other session has"
	manyOtherSessions = "other sessions have"
	oneAPIToken       = "API token was"
	manyAPITokens     = "API tokens were"
	oneRecoveryCode   = "recovery code is"
	manyRecoveryCodes = "recovery codes are"
)

// Labels.
const (
	labelUnknownBrowser = "Unknown browser"
	labelBrowser        = "A browser on "
	hintTokenEnd        = "If empty, it expires in %d days. At most a year."
)
