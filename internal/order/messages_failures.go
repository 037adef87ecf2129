package order

import (
	"fmt"

	"github.com/shopspring/decimal"

	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
)

// msgFailureOfOthers is what a reader of one side learns of a failure.
const msgFailureOfOthers = "The reason concerns another distributor as well. Only readers of both sides see it."

// failureSentences are the sentences of why an execution ended without a result.
var failureSentences = map[string]func(f FailureFacts) string{
	failedStopped: func(FailureFacts) string {
		return "The transfer stopped before anything was changed. Try again. " +
			"If it fails again, report the order's number."
	},
	failedDatabase: func(f FailureFacts) string { return db.Sentence(f.State, f.Constraint) },
	failedRefused:  func(f FailureFacts) string { return f.Said },
	FailedTotals: func(f FailureFacts) string {
		n := f.counts()
		return fmt.Sprintf("The totals do not reconcile: %s in %s were %d (%s) and had to change by %d (%s), "+
			"but would be %d (%s). Nothing was changed.",
			record.Plurals(f.Kind), f.Currency, n[0], f.Before, n[1], f.Declared, n[2], f.After)
	},
	FailedBooks: func(f FailureFacts) string {
		return fmt.Sprintf("The books do not reconcile: %s of %s was %s %s and had to change by %s, "+
			"but would be %s. Nothing was changed.",
			ledger.ControlLabel(f.Role), f.Account, f.Before, f.Currency, f.Declared, f.After)
	},
	StalePreview: func(FailureFacts) string {
		return "The data changed since the preview. Nothing was transferred. Check the new preview, then confirm again."
	},
	StaleRate: func(f FailureFacts) string {
		return fmt.Sprintf("The conversion rate is now %s the rate table; it was %s when it was confirmed. "+
			"Nothing was transferred. Check the new preview, then confirm again.",
			deviation(f.Now), deviation(f.Confirmed))
	},
	StaleBlocked:     func(f FailureFacts) string { return "The transfer is blocked: " + f.found() + "." },
	StaleUnconfirmed: func(f FailureFacts) string { return "A warning must be acknowledged first: " + f.found() + "." },
}

// Words is the sentence of the failure; a code without one is shown as it is.
func (f Failure) Words() string {
	words, ok := failureSentences[f.Code]
	if !ok {
		return f.Code
	}
	return words(f.Facts)
}

// found names the finding, and how far the rate is from the rate table where it is about that.
func (f FailureFacts) found() string {
	if f.Now == "" {
		return f.Finding.Title()
	}
	return f.Finding.Title() + " (" + deviation(f.Now) + " the rate table)"
}

func (f FailureFacts) counts() [3]int64 {
	if f.Counts == nil {
		return [3]int64{}
	}
	return *f.Counts
}

func deviation(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return text
	}
	return billing.DeviationWords(d)
}

// phaseWords are what an execution does at the moment.
var phaseWords = map[string]string{
	phaseWaiting: "Waiting for the accounts", PhaseChecking: "Checking", PhaseReconciling: "Reconciling the totals",
}

// Words says what the execution does; "" before it began. A code without words is shown as it is.
func (p Phase) Words() string {
	if p.Code == PhaseMoving {
		return "Moving the " + record.Plurals(p.Kind)
	}
	if words, ok := phaseWords[p.Code]; ok {
		return words
	}
	return p.Code
}
