package preview

// How the balance is carried.
const (
	msgRoundedItems = "%s rounded one by one, together %s; the exact product is %s, the rounding %s."
	oneItemIs       = "item is"
	manyItemsAre    = "items are"
)

// Acceptances and payment methods.
const (
	msgNoMethodsStay   = "Payment methods never move between customers; the source has none that is active."
	msgMethodsStay     = "Payment methods never move between customers: %s with %s."
	oneMethodStays     = "method stays"
	manyMethodsStay    = "methods stay"
	msgNoAcceptance    = "No acceptance is transferred."
	msgNoMethod        = "The customer has no active payment method."
	msgRemapped        = "%d of %s remapped to the documents of %s."
	oneAcceptanceIs    = "acceptance is"
	manyAcceptancesAre = "acceptances are"
	msgKept            = "%d of %s kept."
	oneMethodIs        = "payment method is"
	manyMethodsAre     = "payment methods are"
)

// Plans and prices.
const (
	labelListPrice      = "the list price"
	msgKeepsPrice       = "keeps its price; the list price is "
	labelFromTransferOn = " from the transfer on"
	labelPerUnit        = "per unit and billing period; prices in "
)

// The conversion rate.
const (
	msgRateAllowed = "The rate is allowed. Your name and reason are kept on the order."
)

// The picture and the counts.
const (
	labelBalanceOpens = "Balance · %s opens as %s"
	labelBalanceBack  = "Balance · back to %s"
	oneRecordStays    = "record stays"
	manyRecordsStay   = "records stay"
	oneRecordArrives  = "record arrives"
	manyRecordsArrive = "records arrive"
	labelThatMove     = " that move"
	labelThatStay     = " that stay"
)
