package demo

import (
	"time"

	"handover/internal/money"
)

// The accounts of every distributor's books.
const (
	bank       = "1000 Bank"
	receivable = "1100 Accounts receivable"
	deferred   = "2400 Deferred revenue"
	revenue    = "4000 Subscription revenue"
	fees       = "4300 Fees"
	allowances = "4900 Allowances"
)

// journal posts every document of the family in its distributor's books, and each line of
// revenue that was recognised.
func (b *builder) journal() {
	home := map[string]string{}
	if b.parent != nil { // the invoices of a child that came later
		home[b.parent.ID] = b.parent.DistributorID
	}
	for _, c := range b.Customers {
		home[c.ID] = c.DistributorID
	}
	b.postDocuments(home)
	b.postMoney(home)
	b.postRevenue(home)
}

func (b *builder) postDocuments(home map[string]string) {
	for _, doc := range b.bills {
		if doc.Status == "draft" || doc.Status == "void" || doc.total.IsZero() {
			continue
		}
		b.post(journalEntry{
			DistributorID: home[doc.CustomerID], PostedOn: doc.IssuedOn, Memo: "Invoice " + doc.Number,
			SourceKind: "invoice", SourceID: doc.ID,
		}, receivable, deferred, amount(doc.total, doc.Currency))
	}
	for _, m := range b.CreditMemos {
		b.post(journalEntry{
			DistributorID: home[m.CustomerID], PostedOn: m.IssuedOn, Memo: "Credit memo " + m.Number,
			SourceKind: "credit_memo", SourceID: m.ID,
		}, allowances, receivable, m.Amount)
	}
	for _, m := range b.DebitMemos {
		b.post(journalEntry{
			DistributorID: home[m.CustomerID], PostedOn: m.IssuedOn, Memo: "Debit memo " + m.Number,
			SourceKind: "debit_memo", SourceID: m.ID,
		}, receivable, fees, m.Amount)
	}
}

func (b *builder) postMoney(home map[string]string) {
	paid := map[string]*payment{}
	for _, p := range b.Payments {
		paid[p.ID] = p
		if p.Status != "succeeded" {
			continue
		}
		b.post(journalEntry{
			DistributorID: home[p.CustomerID], PostedOn: p.ReceivedOn, Memo: "Payment received",
			SourceKind: "payment", SourceID: p.ID,
		}, bank, receivable, p.Amount)
	}
	for _, r := range b.Refunds {
		b.post(journalEntry{
			DistributorID: home[paid[r.PaymentID].CustomerID], PostedOn: r.RefundedOn, Memo: "Refund",
			SourceKind: "refund", SourceID: r.ID,
		}, receivable, bank, r.Amount)
	}
}

// postRevenue posts what was recognised: an entry per schedule line, which is its source, on
// the last day that the line covers.
func (b *builder) postRevenue(home map[string]string) {
	owner := map[string]*bill{}
	for _, doc := range b.bills {
		owner[doc.ID] = doc
	}
	lines := map[string]*bill{}
	for _, l := range b.InvoiceLines {
		lines[l.ID] = owner[l.InvoiceID]
	}
	for _, r := range b.RevenueSchedules {
		doc := lines[r.InvoiceLineID]
		if !r.Recognized || doc == nil || doc.Status == "draft" || doc.Status == "void" || !r.Amount.Value.IsPositive() {
			continue
		}
		b.post(journalEntry{
			DistributorID: home[doc.CustomerID], PostedOn: r.PeriodEnd, Memo: "Revenue recognised to " + r.PeriodEnd.Format(time.DateOnly),
			SourceKind: "revenue_schedule", SourceID: r.ID,
		}, deferred, revenue, r.Amount)
	}
}

// post writes an entry of one amount from the credited to the debited account.
func (b *builder) post(e journalEntry, debit, credit string, value money.Amount) {
	e.ID = b.next("ENTRY")
	none := money.Amount{Currency: value.Currency}
	b.JournalEntries = append(b.JournalEntries, e)
	b.JournalLines = append(b.JournalLines,
		journalLine{e.ID, debit, value, none, value.Currency},
		journalLine{e.ID, credit, none, value, value.Currency})
}
