package rules

// Revenue that was recognised before it was billed.
const (
	msgRecognisedBeforeBilling         = "%s recognised before billing."
	oneRevenueScheduleLineWould        = "revenue schedule line that would move is"
	manyRevenueScheduleLinesWould      = "revenue schedule lines that would move are"
	msgOtherEntityRecognised           = " %s recognised this revenue and %s is another legal entity."
	remedyBillSubscriptionsUpToday     = "Bill the subscriptions up to today first, then transfer."
	msgLinesMove                       = "The lines move"
	msgConversionRate                  = " at the conversion rate"
	msgEntriesStay                     = " %s. Their recognition entries stay in the books of %s and name %s."
	msgBillFirst                       = "Bill the subscriptions up to today first if "
	msgToInvoiceIt                     = " is to invoice this revenue."
	ackEntriesStay                     = "%s without the entries that recognised them"
	oneRecognisedRevenueScheduleLine   = "recognised revenue schedule line moves"
	manyRecognisedRevenueScheduleLines = "recognised revenue schedule lines move"
)

// Contracts and plans.
const (
	msgPlanDoesNotSupport             = "Plan %s of %s does not support transfer."
	remedyMoveSubscriptionAnotherPlan = "Move the subscription to another plan, or end it, then transfer."
	msgBetweenStates                  = "%s being changed: %s."
	oneSubscription                   = "subscription is"
	manySubscriptions                 = "subscriptions are"
	remedyWaitForOperation            = "Wait until the change has been completed, then transfer."
	msgTerminatedSelected             = "%s terminated and was selected by hand."
	remedyLeaveOut                    = "Leave it out: a terminated subscription moves only with one that shares " +
		"an invoice with it."
	remedyChooseOrDelegatePlan = "Choose a plan of %s for each on the step Service plans, or delegate the " +
		"plan."
	remedyChoosePlan               = "Choose a plan of %s for each on the step Service plans."
	msgNoCounterpartPlan           = "%s sells no plan that corresponds to %s of %s."
	msgPlanNotPossible             = "The plan chosen for %s is not possible: %s."
	msgSeveralCounterpartPlans     = "%s sells %d plans that correspond to %s of %s."
	msgWithTheTransfer             = "%s with the transfer: %s."
	onePromotionEnds               = "promotion ends"
	manyPromotionsEnd              = "promotions end"
	remedyGrantNewAccountPromotion = "Grant the new account a promotion of its distributor, if there is one."
	onePriceChanges                = "price changes"
	manyPricesChange               = "prices change"
	msgSumPerMonth                 = " In total %s %s a month."
	remedyTellCustomerNewPrices    = "Tell the customer the new prices."
)

// What links records.
const (
	remedyChooseAnotherEffectiveDate = "Choose another effective date."
	msgAlsoSelect                    = "Also select %s."
	msgDatedBefore                   = "%s dated before %s and belongs to a record that moves."
	remedyApplyVoidFirstChoose       = "Apply or void it first, or choose an effective date on or before its date."
	msgRestricted                    = "%s restricted (reported to a tax authority, exported to the ERP, or under " +
		"legal hold) and would move."
	remedyChooseEffectiveDateAfter = "Choose an effective date after these records, or have the restriction lifted."
)

// What moves along or stays behind.
const (
	msgMoreMove               = "%s with the selected ones: "
	oneMoreSubscriptionMoves  = "more subscription moves"
	manyMoreSubscriptionsMove = "more subscriptions move"
	msgAndOthers              = ", and others."
	remedyUndoLink            = "Linked subscriptions move together or not at all. To keep one, undo its link " +
		"first."
	ackAsWell                   = "%s as well"
	oneLinkedSubscriptionMoves  = "linked subscription moves"
	manyLinkedSubscriptionsMove = "linked subscriptions move"
	msgPayNowLinks              = "%s: Pay Now links and payment PDFs sent so far show %s, the payment page " +
		"shows %s."
	oneOpenInvoiceMoves           = "open invoice moves"
	manyOpenInvoicesMove          = "open invoices move"
	remedySendCustomerNewLink     = "Send the customer a new link after the transfer."
	ackLinksShow                  = "links sent so far show %s"
	remedyLeaveEffectiveDateEmpty = "Leave the effective date empty to take the full history."
	msgStayWith                   = "%s with %s: %s."
	ackPartialTransfer            = "this is a partial transfer"
)

// Documents, usage and financial periods.
const (
	msgHasDrafts                    = "%s has %s."
	msgNotFinal                     = "%s not in a final state."
	oneDraftInvoice                 = "draft invoice"
	manyDraftInvoices               = "draft invoices"
	remedyIssueVoidFirst            = "Issue or void it first."
	msgNotBilledYetStays            = "%s not billed yet and stays behind with an ended subscription."
	remedyBillWaiveThemFirst        = "Bill or waive them first."
	onePlacedOrder                  = "placed order is"
	manyPlacedOrders                = "placed orders are"
	remedyLetCompleteCancelThen     = "Let it complete, or cancel it, then transfer."
	msgPaymentsInProgress           = "%s being processed."
	onePayment                      = "payment is"
	manyPayments                    = "payments are"
	remedyWaitUntilPaymentSucceeded = "Wait until the payment has succeeded or failed."
	msgAuthenticationImpossible     = "%s for the customer's authentication, which is not possible after the " +
		"transfer."
	onePaymentWaits                      = "payment waits"
	manyPaymentsWait                     = "payments wait"
	remedyLetCustomerAuthenticatePayment = "Let the customer authenticate the payment first, or collect it anew " +
		"afterwards."
	ackNotAuthenticated           = "%s can no longer be authenticated"
	msgDatedInClosedPeriod        = "%s dated in a closed financial period of %s."
	oneWouldMoveIs                = " that would move is"
	manyWouldMoveAre              = " that would move are"
	remedyOpenPeriodUnderFinance  = "Open the period under Finance > Financial Periods, then transfer."
	msgNotBilledYetWill           = "%s not billed yet and will be billed to the new account."
	oneUsageRecord                = "usage record is"
	manyUsageRecords              = "usage records are"
	remedyBillUsageBeforeTransfer = "Bill the usage before the transfer if the old account is to pay for it."
	ackUnbilledUsageWillBilled    = "unbilled usage will be billed to the new account"
	msgMemoCarriesBalance         = "The memo that carries the balance"
	msgMemoTakesBalanceBack       = "The memo that takes the balance back"
	msgPostedInClosedPeriod       = "%s would be posted on %s, in a closed financial period of %s."
	remedyOpenPeriodFirst         = "Open the period under Finance > Financial Periods first."
	remedyPostOnOpenDay           = "Post on %s, the first day that is open. Or open the period under " +
		"Finance > Financial Periods."
)

// The effective dates that are offered instead.
const (
	remedyOtherEffectiveDate = "Transfer with the effective date %s: %s Or: %s"
	msgEarlierHistoryStays   = "earlier history stays with %s, readable from both accounts."
)
