package transfers

// Faults.
const (
	msgNoCustomer       = "There is no customer %s."
	msgTakesNoTransfers = "%s (%s) is %s and cannot be transferred. Its page says why."
	msgOtherCustomer    = "%s belongs to %s (%s), not to %s. A transfer takes subscriptions of one customer."
	msgOnlyMergeSwaps   = "Only a merge can swap source and target."
	msgNotSwappable     = "Source and target cannot be swapped: the target cannot receive a transfer. Select " +
		"another target."
	msgOnlyFinanceAllows = "Only an administrator or finance can allow this rate."
	msgNoRateNeeded      = "This transfer needs no conversion rate."
)

// Drafts and previews.
const (
	msgTickFirst              = "%s above must be ticked first."
	msgTick                   = "Tick “I understand: %s”, or %s."
	msgAnswerFirst            = "First complete this step: "
	titleStale                = "The data changed since the preview"
	msgPresentState           = "This is its current state."
	msgInputKept              = "Your input is kept below."
	titleChangedElsewhere     = "This %s was changed in another tab"
	msgCancelled              = "The %s of %s was cancelled. Nothing was changed."
	msgCancelledAndDiscarded  = "The %s of %s was cancelled and draft %s discarded. Nothing else was changed."
	titleChoiceChangesWarning = "Your choice changes a warning"
)

// Titles and results.
const (
	msgDistributorDone   = "%s was transferred to %s. The old account is Transferred Out; the new one is %s."
	msgMergeDone         = "Successfully merged customer(s)"
	msgSubscriptionsDone = "Successfully transferred subscription(s)"
	titleMerge           = "Merge %s (%s) into %s (%s)"
	titleReverse         = "Reverse %s: back from %s (%s) to %s (%s)"
)

// Select two accounts.
const (
	labelStayWithSource  = "They stay with "
	labelGoTo            = "They go to "
	msgNothingSelected   = "No subscription is selected. Select one or more subscriptions of "
	labelSubscriptionsOf = "Subscriptions of "
	labelLeaveBalance    = "Leave the balance on "
	msgSettledOnMerged   = "Open documents are settled on the merged account."
	labelTarget          = "Target Customer"
	hintTarget           = "Search by number, name, email, external id or CRM ID. The target must have the same " +
		"distributor and currency."
	msgSelectTarget     = "Select the target customer."
	msgAmbiguousTarget  = "%q matches several customers. Choose one from the results."
	msgNoTargetFound    = "No customer matches %q. Search by number, name, email, external id or CRM ID."
	labelBackToAccounts = "Back to Customer Accounts"
	msgSelectTwo        = "A merge takes one source and one target, but %d customers are selected. Select two of " +
		"them: the second is the proposed target."
	labelGoBackTo   = "They go back to "
	labelLeaveOrder = "leave the order as it is"
)

// Subscriptions.
const (
	labelOnly          = "Only %s of %s (%s)"
	titleSubscriptions = "Transfer %s of %s (%s) to %s (%s)"
)

// The wizard: the distributor.
const (
	msgSelectDistributorFirst = "Select the new distributor first. The next steps depend on it."
	msgNoConversion           = "No conversion rate is needed: "
	msgSells                  = " sells in "
	msgCurrency               = ", the currency of "
	msgNoPlans                = "No service plan has to be chosen: each subscription has a matching plan at "
	labelStayAt               = "They stay with %s at %s."
	labelGoToNew              = "They go to the new account of %s with %s."
	labelGoToStep             = "Go to the step "
	sayOneBalance             = "Carried as one balance"
	sayLeft                   = "Left where it is"
	sayOpenItems              = "Each open document is carried"
	msgNoEmail                = " has no email address, so no email can be sent."
	msgNotifies               = "A mail to "
	msgNotificationSays       = " names the new contact for the contract, in the new distributor's brand."
	labelLeaveWith            = "Leave the balance with "
	msgCollects               = " collects what is open and refunds credits."
	msgSameEntity             = " are the same legal entity, "
	msgMayGoAlong             = ": terms acceptances and payment methods can be transferred."
	msgDifferentEntities      = " are different legal entities: only the subscriptions should be transferred."
	msgSelectWhatChanged      = "Select what to transfer. %s The recommended choice is now selected; check it and " +
		"continue."
	msgSelectWhat        = "Select what to transfer."
	msgSelectDistributor = "Select the new distributor."
	msgOwnDistributor    = "%s already belongs to %s. Select another distributor."
	msgNoSuchDistributor = "There is no active distributor %s that you can transfer to. Select one of the list."
	labelReason          = "Reason for this rate"
	hintReason           = "At least 10 characters. It is kept on the order with your name."
)

// The wizard: what is transferred.
const (
	labelSubscriptionsOnly = "Transfer subscriptions only"
	whySubscriptionsOnly   = "Recommended when the new distributor is a different legal entity: payment details " +
		"must not be passed to another legal body, which is illegal in most cases, and the customer must not " +
		"inherit the acceptance of the old distributor's Terms & Conditions."
	labelEverything = "Transfer subscriptions, T&C acceptance history, and payment methods"
	whyEverything   = "Recommended when both distributors are the same legal entity: the acceptance history " +
		"is remapped to the corresponding plans and resources, and payment methods are kept where both " +
		"distributors process them through the same merchant account."
	labelOpenItems = "Carry each open document"
	whyOpenItems   = "Recommended. Each open document becomes one item with the same number, issue date " +
		"and due date, so reminders and ageing continue."
	labelOneBalance = "Carry one balance"
	whyOneBalance   = "One item for the whole balance, due on the latest due date. It names the documents " +
		"only in its text."
	whyLeft       = "Nothing is carried. "
	titleTransfer = "Transfer %s from %s to %s"
)

// The wizard: the plans.
const (
	msgSellsNone    = " sells no plan that corresponds to "
	msgSellsSeveral = " plans that correspond to "
	msgChooseOne    = "; choose one for each subscription."
	labelPriceOf    = "Price of "
	hintPerUnit     = "per unit, billed "
	msgPriceLists   = "The transfer adds the plan to these price lists, at these prices. They apply only where " +
		"a plan above is delegated. "
	msgNewPrice        = "From the transfer on, the contracts above cost the price of "
	msgKeepsPrice      = "The contracts above keep their present price: "
	labelPlanFor       = "Plan for "
	promptPlan         = "Choose a plan"
	msgChoosePlan      = "Choose a plan of %s for %s."
	msgPlanNotPossible = "%s is not a plan for %s. Choose one from the list."
	msgEnterPrice      = "Enter the price in %s at which %s sells %s."
	msgPriceNegative   = "%s %s is negative; a price is 0 or more."
)

// The wizard: the conversion rate.
const (
	msgCorrectRate       = "Correct the rate to see it."
	msgNoTableRate       = "The rate table has no rate from "
	msgEnterByHand       = ". Enter the rate by hand, or add one under Finance > Exchange Rates."
	labelBalanceWith     = "Balance with "
	labelOpeningBalance  = "Opening balance with "
	msgEnterRate         = "Enter a rate to see it."
	msgBalanceUnreadable = "The balance cannot be read at the moment. Reload the page."
	msgTooManySelected   = "More than %d subscriptions fit the filter. Narrow it first."
	msgNothingCarried    = "Nothing is carried: the balance stays with "
	msgRoundedEach       = " that are rounded half-even one by one: "
	msgRounded           = ", rounded half-even"
	msgBlockedDidYouMean = " A transfer at this rate is blocked. Did you mean "
	msgBlocked           = " A transfer at this rate is blocked."
	msgAcknowledged      = " You acknowledge it on the confirmation page."
)

// The order so far.
const (
	sayOwes              = "customer owes"
	sayCredit            = "customer has credit"
	sayNothingOwed       = "nothing is owed"
	saySameEntity        = "same legal entity"
	sayDifferentEntities = "different legal entities"
	sayEverything        = "Subscriptions, T&C acceptance history, and payment methods"
	saySubscriptionsOnly = "Subscriptions only"
	sayNoEmail           = "Yes, but the customer has no email address"
	sayBrand             = "Yes, in the brand of "
)
