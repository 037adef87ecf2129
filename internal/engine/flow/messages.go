package flow

// What the notification says of the balance.
const (
	msgYouOwe         = "You owe"
	msgYouHaveCredit  = "You have a credit of"
	msgBalanceCarried = "Your balance was carried over: %s %s %s."
)

// The data-protection record: the data.
const (
	dataOfCustomer     = "name, address, email, tax id and contacts"
	dataAcceptances    = "terms acceptances"
	dataPaymentMethods = "payment methods"
)

// The data-protection record: why data were passed on or withheld, and the lawful basis.
const (
	whyContract              = "the new distributor needs them to continue the contract"
	whyOneCustomer           = "both accounts are now one customer"
	whyNeverBetweenCustomers = "payment methods never move between customers"
	whyOtherEntity           = "the requester chose to transfer subscriptions only; the new distributor is another " +
		"legal entity"
	whySameEntity = "the requester chose to transfer subscriptions only, although both distributors are " +
		"one legal entity"
	whyOwnDataStay       = "a transfer of subscriptions leaves the customers' own data as they are"
	whyAcceptancesCopied = "the requester chose the mode with terms; each is copied onto the new distributor's " +
		"document with the same root document"
	whyNoCounterpart = "the new distributor has no document with the same root document"
	whyOtherMerchant = "the new distributor does not process them through the same merchant account"
	whySameMerchant  = "the requester chose the mode with payment methods, and both distributors use one " +
		"merchant account"
	basisContract     = "performance of the contract with the customer, GDPR Art. 6(1)(b)"
	basisMinimisation = "data minimisation, GDPR Art. 5(1)(c)"
	basisConsent      = "not established by the transfer: the requester accepted that the data pass to " +
		"another legal entity and must hold the customer's consent, GDPR Art. 6(1)(a)"
)
