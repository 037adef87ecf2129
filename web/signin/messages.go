package signin

// What is wrong with a form.
const (
	msgEnterEmail       = "Enter your email address."
	msgEnterNewPassword = "Enter a password."
	msgEnterPassword    = "Enter your password."
	msgEnterCode        = "Enter the code that your app shows, or a recovery code."
	msgNoSignOn         = "Single sign-on is not set up here. Sign in with your password."
)

// What was done.
const (
	msgPasswordSet     = "Your password is set. Sign in with it."
	msgPasswordChanged = "Your password was changed. Sign in with the new one."
)
