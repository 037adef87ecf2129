package rules

// The accounts and distributors of a transfer.
const (
	msgIsADistributor                 = "%s is a distributor (%s), not a customer."
	remedyGiveNumberCustomerAccount   = "Give the number of a customer account, for example C-000012."
	msgAccountTakesNoTransfers        = "%s (%s) is %s and cannot take part in a transfer."
	remedyUseSuccessorAccountActive   = "Use its successor, or an account that is active or suspended."
	msgDistributorInactive            = "Distributor %s (%s) is inactive and accepts no customers."
	remedySelectAnotherDistributor    = "Select another distributor."
	msgAlreadyBelongs                 = "%s already belongs to %s."
	msgSameAccount                    = "%s (%s) is both source and target."
	remedySelectAnotherTargetCustomer = "Select another target customer."
	msgInProgress                     = "%s in progress: %s."
	oneOtherTransfer                  = "another transfer of this account is"
	manyOtherTransfers                = "other transfers of this account are"
	remedyWaitOrCancel                = "Wait until that order has ended, or cancel it."
	msgHasChildren                    = "%s %s (%s) as parent."
	oneLiveAccount                    = "live account has"
	manyLiveAccounts                  = "live accounts have"
	remedyGiveTheseAccountsAnother    = "Give these accounts another parent or none, then transfer."
	msgBillsToParent                  = "%s (%s) bills to its parent account."
	msgWillHaveNoParent               = " The new account will have no parent and will receive its own invoices."
	remedySettleWhoPays               = "Agree with the parent account who pays from now on."
	ackBillsToParent                  = "%s bills to its parent until now"
	msgOtherLegalEntity               = "Terms acceptances and payment details would pass from %s to %s, another " +
		"legal entity. That is illegal in most cases."
	remedySubscriptionsOnly = "Choose to transfer subscriptions only, unless you hold the customer's " +
		"consent."
	ackOtherLegalEntity = "payment details pass to another legal entity, %s"
	msgCRMIDsDiffer     = "%s has the CRM ID %s, %s has %s. The target keeps %s; a search for %s " +
		"still finds this account."
	remedyMergeInCRM                 = "Merge the two records in the CRM as well."
	ackFormerID                      = "%s becomes a former id of %s"
	msgCRMIDShared                   = "Afterwards several live accounts have the same CRM ID: %s as well."
	oneCarriesCRMID                  = "another account has it"
	manyCarryCRMID                   = "other accounts have it"
	remedyCorrectCRMID               = "Correct the CRM ID of one of the accounts in the CRM."
	ackCRMIDShared                   = "several accounts have the same CRM ID"
	onePaymentMethodStaysBehind      = "payment method stays behind"
	manyPaymentMethodsStayBehind     = "payment methods stay behind"
	remedyAskCustomerPaymentMethod   = "Ask the customer for a payment method after the transfer."
	ackNotMoved                      = "%s not moved"
	onePaymentMethod                 = "payment method is"
	manyPaymentMethods               = "payment methods are"
	msgNoCounterpart                 = "%s no counterpart with %s: %s."
	oneAcceptedDocument              = "accepted document has"
	manyAcceptedDocuments            = "accepted documents have"
	remedyCustomerAcceptDocumentsNew = "Have the customer accept the documents of the new distributor."
	ackNotTakenAlong                 = "%s not transferred"
	oneAcceptance                    = "acceptance is"
	manyAcceptances                  = "acceptances are"
)

// The two customers of a transfer of subscriptions or a merge.
const (
	msgDifferentDistributors          = "%s belongs to %s and %s to %s."
	remedySelectTargetSameDistributor = "Select a target of the same distributor, or transfer the customer to that " +
		"distributor first."
	msgDifferentBrands             = "%s is served under the brand %s and %s under %s."
	remedySelectTargetSameBrand    = "Select a target of the same brand."
	msgDifferentCurrencies         = "%s is billed in %s and %s in %s."
	remedySelectTargetSameCurrency = "Select a target with the same currency."
	msgIsParent                    = "%s (%s) is the parent account of %s (%s)."
	remedyOtherParent              = "Give %s another parent or none, then merge."
	msgIsAncestor                  = "%s (%s) is an ancestor of %s (%s), through %s."
	msgEffectiveDateInFuture       = "The effective date %s is in the future; today is %s at %s."
	remedyChooseTodayEarlierDay    = "Choose today or an earlier day."
	msgTaxIDsDiffer                = "%s has the tax id %s, %s has %s: they may be two legal entities."
	remedyCheckContracts           = "Make sure that the contracts may pass from one entity to the other."
	ackTaxIdsDiffer                = "the tax ids differ"
	msgTaxTreatment                = "%s is in %s, %s in %s: the tax treatment may change."
	remedyCheckTaxTreatmentNext    = "Check the tax treatment of the next invoices with the target's address."
	ackCountryChanges              = "the country changes from %s to %s"
)

// Customers and logins that the other account has as well.
const (
	msgShareLogin        = "%s of %s (%s) would share a login: %s."
	oneServiceUser       = "service user"
	manyServiceUsers     = "service users"
	remedyRenameLogins   = "Rename or remove one of each in the service, so that each login belongs to one person."
	oneSharedLogin       = "login belongs to several service users"
	manySharedLogins     = "logins belong to several service users"
	msgSameEmail         = "same email and name"
	msgSameTaxID         = "same tax id"
	msgProbablyDuplicate = "%s probably has this customer already: %s."
	remedyCheckDuplicate = "Check whether it is the same customer. If it is, merge the two accounts after the " +
		"transfer."
	ackDuplicate = "%s has %s already"
)
