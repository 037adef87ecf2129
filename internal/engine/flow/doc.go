// Package flow does a transfer: StepsOf lists what each of the three does, inside one transaction,
// and Execution is what it has done so far. What changes the sums over both accounts declares by
// how much; Reconcile compares.
package flow
