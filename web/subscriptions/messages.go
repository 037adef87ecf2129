package subscriptions

// A contract that a transfer split.
const (
	msgSplitAt   = "A transfer with the effective date %s split this contract. Before that day it was"
	msgSplitFrom = "A transfer split this contract. From %s it continues as"
)
