package ledger

import "handover/internal/transfer"

// Words says why the sum changes; a reason without words is shown as its code.
func (d Difference) Words() string {
	words, ok := reasonWords[d.Reason]
	if !ok {
		return string(d.Reason)
	}
	return words(d)
}

var reasonWords = map[Reason]func(Difference) string{
	IntoCurrency:          func(d Difference) string { return "into " + d.Facts.Currency },
	FromCurrencyNewPrices: func(d Difference) string { return "from " + d.Facts.Currency + ", at the new prices" },
	NewPrices:             always("new prices per month"),
	Converted:             convertedWords,
	EntriesStay:           always("entries that stay when their schedule lines move"),
	CarryingMemos:         counted("memo that carries the balance", "memos that carry the balance"),
	CounterMemos: func(d Difference) string {
		return counted("memo", "memos")(d) + " that " + takes(d) + " " + d.Facts.taken() + " back"
	},
	MemoEntries:            counted("entry of that memo", "entries of these memos"),
	BalanceTakenBack:       func(d Difference) string { return "the balance that " + d.Facts.taken() + " carried" },
	Continuations:          always("continuations of the subscriptions that were split"),
	BackIntoCurrency:       func(d Difference) string { return "back into " + d.Facts.Currency },
	FromCurrencyOldPrices:  func(d Difference) string { return "from " + d.Facts.Currency + ", at the former prices" },
	OldPrices:              always("former prices per month"),
	FromCurrencyOldAmounts: func(d Difference) string { return "from " + d.Facts.Currency + ", the former amounts" },
	OldAmounts:             always("the former amounts"),
}

func always(words string) func(Difference) string { return func(Difference) string { return words } }

func counted(one, many string) func(Difference) string {
	return func(d Difference) string {
		if d.Count == 1 {
			return one
		}
		return many
	}
}

func takes(d Difference) string { return counted("takes", "take")(d) }

func convertedWords(d Difference) string {
	from := ""
	if d.Facts.Currency != "" {
		from = "from " + d.Facts.Currency + " "
	}
	if d.Facts.Price != "" {
		return from + "at the new price " + d.Facts.Price + " for " + d.Facts.Before
	}
	return from + "at " + d.Facts.Rate
}

// taken names the memos that are taken back.
func (f Facts) taken() string {
	if f.Memo != "" {
		return f.Memo
	}
	return transfer.Plural(f.Memos, "memo", "memos")
}

// controlLabels name what is subtracted from what in the proof of the control accounts.
var controlLabels = map[string]string{
	"receivable":       "Receivable: ledger - balances",
	"deferred_revenue": "Deferred revenue: ledger - schedules",
}
