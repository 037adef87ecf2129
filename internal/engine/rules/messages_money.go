package rules

// The control accounts.
const (
	ackLedgerSubLedgerBoth = "ledger and sub-ledger of both accounts will differ by these amounts"
	remedyNameSources      = "Name the source of the entries, or post what is missing, with an import. Or correct " +
		"the books of both accounts after the transfer."
	msgDifferenceOf = "%s from %s to %s %s"
	msgDifferences  = "%s of %s, of %s."
	msgChangesFrom  = " changes from "
)

// Why ledger and sub-ledger differ.
const (
	oneEntryStays              = "journal entry names no source and stays."
	manyEntriesStay            = "journal entries name no source and stay."
	oneEntryMoves              = "journal entry names no source and moves because of its date alone."
	manyEntriesMove            = "journal entries name no source and move because of their date alone."
	labelCreditMemos           = "credit memos"
	labelDebitMemos            = "debit memos"
	oneRefundWithoutEntry      = "refund has no journal entry."
	manyRefundsWithoutEntry    = "refunds have no journal entry."
	oneRefundOtherAmount       = "refund has journal entries with a different amount."
	manyRefundsOtherAmount     = "refunds have journal entries with a different amount."
	oneSettledByStatus         = "is settled by its status alone."
	manySettledByStatus        = "are settled by their status alone."
	oneVoidWithMoney           = "is void and has money that counts."
	manyVoidWithMoney          = "are void and have money that counts."
	oneSettlesOthers           = "settles a document of another account."
	manySettleOthers           = "settle documents of another account."
	oneSettledByOthers         = "is settled by money of another account."
	manySettledByOthers        = "are settled by money of another account."
	oneRecognisedWithoutEntry  = "recognised revenue schedule line has no journal entry."
	manyRecognisedWithoutEntry = "recognised revenue schedule lines have no journal entry."
	oneScheduleOtherAmount     = "revenue schedule line has journal entries with a different amount."
	manyScheduleOtherAmount    = "revenue schedule lines have journal entries with a different amount."
	oneRecognisedBeforeBilled  = "revenue schedule line was recognised before it was billed."
	manyRecognisedBeforeBilled = "revenue schedule lines were recognised before they were billed."
	oneWithoutEntry            = " has no journal entry."
	manyWithoutEntry           = " have no journal entry."
	oneOtherAmount             = " has journal entries with a different amount."
	manyOtherAmount            = " have journal entries with a different amount."
)

// Balances and payments.
const (
	msgMaybePaidOut = "%s has %s (%s), and %s (%s) paid back money that settles documents without " +
		"naming a credit memo."
	oneUnappliedCreditMemo   = "unapplied credit memo"
	manyUnappliedCreditMemos = "unapplied credit memos"
	remedyIfRefundPaidOut    = "If a refund paid out a credit memo, name the memo in the refund " +
		"(credit_memo_id in refunds.csv)."
	ackMaybePaidOut               = "credit of up to %s that was paid out already may be credited again"
	msgUnapplied                  = "%s not fully allocated: %s gains the rest of %s."
	onePaymentMoves               = "payment that moves is"
	manyPaymentsMove              = "payments that move are"
	remedyAllocateRefundRestFirst = "Allocate or refund the rest first if it should stay."
	ackUnapplied                  = "%s gains unapplied payments of %s"
	ackAmountLost                 = "an amount is lost by the conversion"
	msgBalanceVanishes            = "The balance of %s becomes zero in %s at the rate %s."
	remedyCheckRateSettleBalance  = "Check the rate, or settle the balance before the transfer."
	msgChargesVanish              = "%s zero in %s at the rate %s."
	oneChargeNotBilledYet         = "charge that is not billed yet becomes"
	manyChargesNotBilledYet       = "charges that are not billed yet become"
	remedyCheckRateBillCharges    = "Check the rate, or bill the charges before the transfer."
)

// The conversion rate.
const (
	remedyEnterRate    = "Enter how many %s one %s is worth."
	remedyProposedRate = "%s The rate table proposes %s of %s."
	msgRateIs          = "%s is %s."
	msgRateNeeded      = "%s is billed in %s and %s sells in %s: the balance needs a conversion rate."
	msgRateInvalid     = "The conversion rate cannot be used: %s."
	remedyPlainDecimal = "Enter a plain decimal greater than 0 with at most %d decimals."
	remedyUseTableRate = "Use the rate %s of the rate table, or enter one that differs from it by at most " +
		"%d %%."
	remedyDidYouMean = "Did you mean %s? %s is about what one %s is worth in %s."
	remedyAllowRate  = " If the rate is right, an administrator or finance can allow it with a reason of " +
		"%d characters or more."
	msgAllowedBy               = " %s allowed it: “%s”."
	remedyAgreeRate            = "Use the rate %s of the rate table, or make sure that the one you entered is agreed."
	ackRateIs                  = "the rate is %s"
	msgNewestRate              = "The newest rate of the rate table from %s to %s is of %s: %s old."
	remedyEnterImportNewerRate = "Enter or import a newer rate under Finance > Exchange Rates."
	ackTableOld                = "the rate table is %s old"
	msgNothingToCompare        = "The rate table has no rate from %s to %s: there is nothing to compare the " +
		"conversion rate with."
	remedyCheckRate = "Check the rate with a source that you trust, or enter one under Finance > " +
		"Exchange Rates."
	ackRateNotComparedRate = "the rate is not compared with the rate table"
)

// Service that was billed before the transfer.
const (
	msgBilledForService    = "%s billed already for service from %s, on documents that stay: %s."
	oneSubscriptionIs      = "subscription is"
	manySubscriptionsAre   = "subscriptions are"
	msgAndMore             = "; and %d more."
	msgContinuesToEarn     = " %s continues to earn it."
	msgKeepsForService     = "%s keeps %s for service from %s on"
	msgOnDocumentsOfTheirs = " on documents of "
	msgNotRecognised       = ", %s not recognised"
	msgByDays              = ", %s by days (no revenue schedule)"
	msgRecognisedAhead     = ", %s recognised ahead"
	msgOnDocumentsOf       = " on documents of %s"
	remedyAgreeDelivery    = "Agree with %s who delivers the service until then, or let the transfer start after " +
		"the prepaid term."
	remedyAgreeUse = "Agree with both customers who uses the service until then, or choose an effective " +
		"date after the prepaid term."
)
