package demo

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"
)

func TestJournalEntriesBalance(t *testing.T) {
	t.Parallel()
	w := small(t)
	debits, credits := map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	for _, l := range w.JournalLines {
		sum(debits, l.EntryID+l.Currency, l.Debit)
		sum(credits, l.EntryID+l.Currency, l.Credit)
	}
	if len(debits) != len(w.JournalEntries) {
		t.Errorf("%d entries have lines, there are %d", len(debits), len(w.JournalEntries))
	}
	for key, debit := range debits {
		if !debit.Equal(credits[key]) || !debit.IsPositive() {
			t.Errorf("%s: debits %s, credits %s", key, debit, credits[key])
		}
	}
}

func TestEveryDocumentIsPostedOnce(t *testing.T) {
	t.Parallel()
	w := small(t)
	posted := map[string]int{}
	for _, e := range w.JournalEntries {
		if (e.SourceID == "") == (e.CustomerID == "") {
			t.Errorf("%s needs either a source document or a customer", e.ID)
		}
		posted[e.SourceID]++
	}
	check := func(id string, want bool) {
		if posted[id] > 1 || (posted[id] == 1) != want {
			t.Errorf("%s is posted %d times", id, posted[id])
		}
	}
	for _, i := range w.Invoices {
		check(i.ID, i.Status == "open" || i.Status == "paid")
	}
	returned := 0
	for _, p := range w.Payments {
		if p.Status == "failed" && posted[p.ID] == 2 { // when it came, and when the bank took it back
			returned++
			continue
		}
		check(p.ID, p.Status == "succeeded")
	}
	if returned == 0 {
		t.Error("no payment was returned after it was posted")
	}
	for _, r := range w.Refunds {
		check(r.ID, true)
	}
	for _, m := range w.CreditMemos {
		check(m.ID, true)
	}
	for _, m := range w.DebitMemos {
		check(m.ID, true)
	}
}

// settled is what was allocated to each document and used of each payment or memo, as far as it
// counts. A chargeback takes back what its payment settled: in these files always one invoice, and all of it.
func settled(w *world) (to, of map[string]decimal.Decimal) {
	to, of = map[string]decimal.Decimal{}, map[string]decimal.Decimal{}
	gone := map[string]bool{}
	for _, p := range w.Payments {
		gone[p.ID] = p.Status == "failed"
	}
	for _, r := range w.Refunds {
		gone[r.PaymentID] = gone[r.PaymentID] || r.Kind == "chargeback"
	}
	for _, a := range w.PaymentAllocations {
		if !gone[a.PaymentID] {
			sum(to, a.InvoiceID+a.DebitMemoID, a.Amount)
			sum(of, a.PaymentID, a.Amount)
		}
	}
	for _, a := range w.CreditAllocations {
		sum(to, a.InvoiceID+a.DebitMemoID, a.Amount)
		sum(of, a.CreditMemoID, a.Amount)
	}
	for _, r := range w.Refunds {
		if r.CreditMemoID != "" {
			sum(of, r.CreditMemoID, r.Amount)
		} else if !r.paysLoss(w) {
			sum(of, r.PaymentID, r.Amount)
		}
	}
	return to, of
}

// paysLoss reports whether the refund paid back applied money, which is booked as an allowance.
func (r *refund) paysLoss(w *world) bool {
	for _, e := range w.JournalEntries {
		if e.SourceID == r.ID {
			return slices.ContainsFunc(w.JournalLines, func(l journalLine) bool {
				return l.EntryID == e.ID && l.Account == allowances
			})
		}
	}
	return false
}

// The money of the demo fails, is returned, charged back, paid out and collected again.
func TestMoneyThatDoesNotCome(t *testing.T) {
	t.Parallel()
	w := small(t)
	_, asked := settled(w)
	status, seen := map[string]string{}, map[string]int{}
	for _, p := range w.Payments {
		status[p.ID] = p.Status
	}
	for _, a := range w.PaymentAllocations {
		seen["allocation of a payment that is "+status[a.PaymentID]]++
	}
	for _, r := range w.Refunds {
		seen[r.Kind]++
		if r.CreditMemoID != "" {
			seen["refund of a memo"]++
		}
		if r.paysLoss(w) {
			seen["refund of applied money"]++
		} else if r.Kind == "refund" && r.CreditMemoID == "" && asked[r.PaymentID].IsZero() {
			t.Errorf("%s pays back what was not paid", r.ID)
		}
	}
	for _, want := range []string{
		"allocation of a payment that is failed", "allocation of a payment that is processing", "refund", "chargeback",
		"refund of a memo", "refund of applied money",
	} {
		if seen[want] == 0 {
			t.Errorf("no %s: %v", want, seen)
		}
	}
}

func TestStatusesFollowFromAllocations(t *testing.T) {
	t.Parallel()
	w := small(t)
	to, of := settled(w)
	totals := map[string]decimal.Decimal{}
	for _, l := range w.InvoiceLines {
		sum(totals, l.InvoiceID, l.Amount)
	}
	seen := map[string]int{}
	check := func(id, status, done string, settled, total decimal.Decimal) {
		if settled.GreaterThan(total) || (status == done) != settled.Equal(total) {
			t.Errorf("%s is %s with %s of %s", id, status, settled, total)
		}
		seen[done+" "+status]++
	}
	for _, i := range w.Invoices {
		if i.Status == "draft" || i.Status == "void" {
			if seen[i.Status]++; !to[i.ID].IsZero() {
				t.Errorf("%s is %s, %s is allocated to it", i.ID, i.Status, to[i.ID])
			}
			continue
		}
		check(i.ID, i.Status, "paid", to[i.ID], totals[i.ID])
	}
	for _, m := range w.CreditMemos {
		check(m.ID, m.Status, "applied", of[m.ID], m.Amount.Value)
	}
	for _, m := range w.DebitMemos {
		check(m.ID, m.Status, "applied", to[m.ID], m.Amount.Value)
	}
	for _, p := range w.Payments {
		if of[p.ID].GreaterThan(p.Amount.Value) {
			t.Errorf("%s: %s of %s used", p.ID, of[p.ID], p.Amount.Value)
		}
	}
	for _, want := range []string{"paid open", "paid paid", "draft", "void", "applied open", "applied applied"} {
		if seen[want] == 0 {
			t.Errorf("no document is %q", want)
		}
	}
}

func TestNumbersAreUniqueAndRiseWithTheDates(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	last := map[string]*invoice{}
	for _, i := range small(t).Invoices {
		if other, ok := seen[i.Number]; ok {
			t.Errorf("%s and %s are both %s", i.ID, other, i.Number)
		}
		seen[i.Number] = i.ID
		if i.Status != "draft" {
			last[i.Number] = i
		}
	}
	for number, i := range last {
		for other, j := range last {
			if number < other && i.IssuedOn.After(j.IssuedOn) {
				t.Fatalf("%s of %s stands before %s of %s", number, i.IssuedOn, other, j.IssuedOn)
			}
		}
	}
}

func TestScheduledRevenueIsWhatWasBilled(t *testing.T) {
	t.Parallel()
	w := small(t)
	planned := map[string]decimal.Decimal{}
	for _, r := range w.RevenueSchedules {
		sum(planned, r.InvoiceLineID, r.Amount)
	}
	for _, l := range w.InvoiceLines {
		if l.SubscriptionID != "" && l.ChargeID != "" && !planned[l.ID].Equal(l.Amount.Value) {
			t.Errorf("%s bills %s, scheduled are %s", l.ID, l.Amount.Value, planned[l.ID])
		}
	}
}
