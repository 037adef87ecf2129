package reconciliation

// Faults.
const (
	msgNotCompared = "The books of this distributor were not compared in this currency. Start from Finance > " +
		"Reconciliation."
)
