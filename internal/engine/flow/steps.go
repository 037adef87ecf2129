package flow

import (
	"handover/internal/record"
)

// StepsOf lists, per transfer, what it does, in this order, inside the one transaction.
var StepsOf = map[record.FlowKind][]Step{
	record.Distributor: {
		{"open the new account", openAccount},
		{"delegate plans", delegatePlans},
		{"declare conversions", declareConversions},
		{"leave the entries of recognised revenue", leaveEntries},
		{"move the subscriptions", moveSubscriptions},
		{"move the service users", moveServiceUsers},
		{"convert what is not billed", convertUnbilled},
		{"carry the balance", carryBalance},
		{"take the terms acceptances along", takeTerms},
		{"take the payment methods along", takeMethods},
		{"close the old account", transferOut},
		{"notify the customer", notifyCustomer},
	},
	record.Subscriptions: {
		{"cut subscriptions at the effective date", splitContracts},
		{"move the records", moveRecords},
		{"hand over to the continuations", repoint},
		{"part failed payments from documents that went", partFailed},
		{"move the service users", moveUsersOfS},
		{"notify the customer", notifyCustomer},
	},
	record.Merge: {
		{"cut subscriptions at the effective date", splitContracts},
		{"move the records", moveRecords},
		{"hand over to the continuations", repoint},
		{"part failed payments from documents that went", partFailed},
		{"settle the fields of both accounts", settleFields}, // before the memo that names the target as its buyer
		{"carry the balance", carryBalance},
		{"copy contacts and acceptances", copyPeople},
		{"move the service users", moveAllUsers},
		{"give child accounts their new parent", adoptChildren},
		{"close the source", mergeAway},
		{"notify the customer", notifyCustomer},
	},
}
