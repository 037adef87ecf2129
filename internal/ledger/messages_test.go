package ledger

import "testing"

func TestDifferenceIsWordedFromItsReasonAndFacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason Reason
		count  int64
		facts  Facts
		want   string
	}{
		{IntoCurrency, -2, Facts{Currency: "GBP"}, "into GBP"},
		{FromCurrencyNewPrices, 2, Facts{Currency: "EUR"}, "from EUR, at the new prices"},
		{NewPrices, 0, Facts{}, "new prices per month"},
		{Converted, 1, Facts{Currency: "EUR", Rate: "0.87"}, "from EUR at 0.87"},
		{Converted, 0, Facts{Price: "231.60", Before: "252.00"}, "at the new price 231.60 for 252.00"},
		{EntriesStay, 1, Facts{}, "entries that stay when their schedule lines move"},
		{CarryingMemos, 1, Facts{}, "memo that carries the balance"},
		{CarryingMemos, 2, Facts{}, "memos that carry the balance"},
		{CounterMemos, 1, Facts{Memo: "CM-1"}, "memo that takes CM-1 back"},
		{CounterMemos, 2, Facts{Memos: 2}, "memos that take 2 memos back"},
		{MemoEntries, 1, Facts{}, "entry of that memo"},
		{MemoEntries, 2, Facts{}, "entries of these memos"},
		{BalanceTakenBack, 0, Facts{Memo: "CM-1"}, "the balance that CM-1 carried"},
		{Continuations, 3, Facts{}, "continuations of the subscriptions that were split"},
		{BackIntoCurrency, -1, Facts{Currency: "EUR"}, "back into EUR"},
		{FromCurrencyOldPrices, 1, Facts{Currency: "GBP"}, "from GBP, at the former prices"},
		{OldPrices, 0, Facts{}, "former prices per month"},
		{FromCurrencyOldAmounts, 1, Facts{Currency: "GBP"}, "from GBP, the former amounts"},
		{OldAmounts, 0, Facts{}, "the former amounts"},
		{"of_a_newer_version", 0, Facts{}, "of_a_newer_version"},
	} {
		if got := (Difference{Reason: c.reason, Count: c.count, Facts: c.facts}).Words(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.reason, got, c.want)
		}
	}
}
