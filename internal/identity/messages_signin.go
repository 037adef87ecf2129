package identity

// Signing in, and sessions.
const (
	msgSessionEnded   = "This session has already ended."
	msgNotSignedIn    = "You are no longer signed in. Sign in again."
	msgNoFactorAsked  = "There is no second factor to ask for."
	msgEnterPassword  = "Enter your password to confirm that it is you."
	msgTooManySignIns = "Too many sign-ins failed. Wait %d minutes, then try again."
	msgTooManyWait    = "Too many people are signing in at this moment. Try again in a minute."
	msgSignInEnded    = "This sign-in has ended. Enter your email address and password again."
	msgTooManyCodes   = "%d codes were wrong, so this sign-in has ended. Wait %d minutes, then sign in again."
)

// Passwords and second factors.
const (
	msgSamePassword     = "The new password is the current one. Choose another."
	msgWrongPassword    = "This is not your current password. Check it and try again."
	msgPasswordTooShort = "The password has %d characters; it needs at least %d."
	msgPasswordTooLong  = "The password has %d characters; at most %d are allowed."
	msgPasswordCommon   = "This password is one of those that are tried first, because many people use it or one " +
		"like it. Take several words that do not belong together."
	msgPasswordObvious = "This password is little else than the name, the email address or the distributor, " +
		"which others know. Take several words that do not belong together."
	msgTooManyLinks = "Too many links were requested from your network. Wait an hour, or ask an administrator."
	msgFactorOn     = "Your second factor is already on. Turn it off first to set up another one."
	msgNoFactorOf   = "%s has no second factor."
	msgFactorOff    = "Your second factor is not on."
)

// Single sign-on.
const (
	msgProviderSilent = "%s does not respond. Try again in a minute, or sign in with your password."
	msgOtherProvider  = "The answer came from another provider than %s, so you were not signed in."
	msgSignOnOver     = "This sign-in with %s was already used, is older than %d minutes, or started in another " +
		"browser. Start it again."
	msgSignOnCancelled = "The sign-in at %s was cancelled or not allowed there. Start it again, or sign in with " +
		"your password."
	msgSignOnRefused = "%s refused the sign-in (%s). Start it again; if it fails again, ask an administrator " +
		"to check the settings of single sign-on."
	msgAnswerUnreadable  = "%s sent an answer that cannot be read. Start the sign-in again."
	msgClaimsNotOfSignIn = "The answer of %s does not belong to this sign-in, so you were not signed in. Start it " +
		"again."
	msgClaimsOfAnother = "%s answered about another person, so you were not signed in. Start it again."
	msgTwoSignIns      = "Two sign-ins arrived at the same time. Start this one again."
	msgNoEmailClaim    = "%s does not provide your email address, so your account cannot be found. Ask an " +
		"administrator to check the settings of single sign-on."
	msgEmailNotVerified = "%s has not verified that %s is your email address. Verify it there, then sign in again."
	msgUnknownEmail     = "There is no staff member with the email address %s. Ask an administrator to add you."
	msgNotAccepted      = "You were invited and have not accepted yet. Open the link in the mail first, then sign " +
		"in with %s."
	msgAccessEnded  = "Your access to Handover has ended. Ask an administrator if you need it again."
	msgOtherSubject = "%s belongs to another account at %s than this one. Sign in there with that account, or " +
		"ask an administrator to release it."
	msgNoSubject = "%s has not signed in with single sign-on."
)
