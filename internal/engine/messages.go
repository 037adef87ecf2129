package engine

// Why a transfer does not begin.
const (
	msgPreviewStale   = "The data changed since the preview. Nothing was transferred. Check the new preview, then confirm again."
	msgBlocked        = "The transfer is blocked: %s"
	msgUnacknowledged = "Acknowledge each warning first: %s"
)
