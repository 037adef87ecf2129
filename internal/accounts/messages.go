package accounts

// What is not there, or not in the reader's scope.
const (
	msgNoCustomer     = "There is no customer %s."
	msgNoDistributor  = "There is no distributor %s."
	msgNoSubscription = "There is no subscription %s."
)
