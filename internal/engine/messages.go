package engine

// Why a transfer does not begin.
const (
	msgPreviewStale = "The data changed since the preview. Nothing was transferred. " +
		"Check the new preview, then confirm again."
	msgBlocked        = "The transfer is blocked: %s"
	msgUnacknowledged = "Acknowledge each warning first: %s"
)

// Submitting a transfer.
const (
	msgSubmittedAlready = "%s is already %s; it was not submitted again."
	msgNoKind           = "There is no record kind %q."
	msgIdempotencyKey   = "send a header Idempotency-Key of 1 to %d bytes: a repeated request with it returns the " +
		"same order"
	msgKeyOfAnother = "the key %q belongs to %s, which had another request body; use another key"
)

// Allowing a rate.
const (
	msgRateNeedsBothSides = "%s concerns another distributor as well; only someone who sees both sides can " +
		"allow its rate."
	msgRateNotOfDraft         = "%s is %s; only the rate of a draft can be allowed."
	msgRateNotBlocked         = "The conversion rate of %s is not blocked; there is nothing to allow."
	msgTableRate              = " is the rate of the rate table."
	msgReversalNeedsBothSides = "%s concerns another distributor as well; only someone who sees both sides can " +
		"reverse it."
	msgNoOrder = "There is no order %s."
)

// Why an account is not offered as the target.
const (
	msgSourceItself     = "This is the source account."
	msgTakesNoTransfers = "%s is %s and cannot receive a transfer."
	msgOtherDistributor = "It belongs to %s, the source to %s."
	msgOtherCurrency    = "It is billed in %s, the source in %s."
	msgAncestor         = "One is an ancestor of the other."
)
