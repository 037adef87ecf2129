package catalog

// Delegating a plan.
const (
	msgNotDelegable = "The plan is already delegated to this distributor, or no distributor above it sells the " +
		"plan. Check the service plans again."
	msgEnterPrice    = "enter the price in %s at which %s sells the plan"
	msgPriceNegative = "%s %s is negative; a price is 0 or more"
	msgPriceDecimals = "%s has more decimals than %s has"
)
