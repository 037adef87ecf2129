package situation

// What is wrong with a request.
const (
	msgPostsTooEarly         = "%s is before %s, the first possible posting date"
	msgPostsTooLate          = "%s is more than %d days ahead; post on %s at the latest"
	msgPostsIntoClosedPeriod = "%s is in a closed financial period of %s; choose an open day, or open the period " +
		"under Finance > Financial Periods"
	msgNotADate              = "%q is not a date; write it as 2026-01-31"
	msgNoSubscriptionOf      = "%s is not a subscription of %s"
	msgNotACustomerNumber    = "%q is not a customer number; it looks like C-000012"
	msgNoCustomer            = "There is no customer %s."
	msgNoDistributor         = "There is no distributor %s."
	msgNotADistributorNumber = "%q is not a distributor number; it looks like D-000003"
)

// Why a plan cannot be chosen.
const (
	msgNoPlanOf            = "%s is not a plan of %s in %s"
	msgPlanNotTransferable = "%s (%s) does not support transfer"
	msgOtherBillingPeriod  = "%s (%s) is billed %s, the subscription %s"
)

// Where a conversion rate comes from.
const (
	msgEnteredByHand = "entered by hand"
)
