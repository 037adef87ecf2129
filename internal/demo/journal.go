package demo

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// The accounts of every distributor's books.
const (
	bank       = "1000 Bank"
	assets     = "1250 Contract assets"
	receivable = "1100 Accounts receivable"
	deferred   = "2400 Deferred revenue"
	revenue    = "4000 Subscription revenue"
	fees       = "4300 Fees"
	allowances = "4900 Allowances"
)

// journal posts every document of the family in its distributor's books, and the revenue that
// was recognised, so that receivable is what is owed and deferred revenue what is scheduled.
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
	scheduled := b.scheduled()
	for _, doc := range b.bills {
		if !doc.posted() || doc.total.IsZero() {
			continue
		}
		later := scheduled[doc]
		b.postParts(journalEntry{
			DistributorID: home[doc.CustomerID], PostedOn: doc.IssuedOn, Memo: "Invoice " + doc.Number,
			SourceKind: "invoice", SourceID: doc.ID,
		}, amount(doc.total, doc.Currency), part{receivable, doc.total}, part{deferred, later.Neg()},
			part{revenue, later.Sub(doc.total)})
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
		backOn, returned := b.returned[p.ID]
		if p.Status != "succeeded" && !returned {
			continue
		}
		e := journalEntry{
			DistributorID: home[p.CustomerID], PostedOn: p.ReceivedOn, Memo: "Payment received", SourceKind: "payment",
			SourceID: p.ID,
		}
		b.post(e, bank, receivable, p.Amount)
		if returned {
			e.PostedOn, e.Memo = backOn, "Payment returned"
			b.post(e, receivable, bank, p.Amount)
		}
	}
	for _, r := range b.Refunds {
		from := receivable
		if b.asLoss[r.ID] {
			from = allowances
		}
		b.post(journalEntry{
			DistributorID: home[paid[r.PaymentID].CustomerID], PostedOn: r.RefundedOn, Memo: refundTexts[r.Kind],
			SourceKind: "refund", SourceID: r.ID,
		}, from, bank, r.Amount)
	}
}

// refundTexts are what entries of refunds say, by their kind.
var refundTexts = map[string]string{"refund": "Refund", "chargeback": "Chargeback"}

// postRevenue posts what was recognised, on the last day that it covers: one entry for each
// schedule line, which is its source. What is not billed yet is a contract asset.
func (b *builder) postRevenue(home map[string]string) {
	docs, contracts := b.billedBy(), map[string]string{}
	for _, s := range b.Subscriptions {
		contracts[s.ID] = s.CustomerID
	}
	var sums []journalEntry
	totals := map[string]money.Amount{}
	for _, r := range b.RevenueSchedules {
		doc := docs[r.InvoiceLineID]
		if !r.Recognized || r.InvoiceLineID != "" && !doc.posted() {
			continue
		}
		e := journalEntry{
			PostedOn: r.PeriodEnd, Memo: "Revenue recognised to " + r.PeriodEnd.Format(time.DateOnly),
			SourceKind: "revenue_schedule", SourceID: r.ID,
		}
		switch {
		case doc == nil:
			e.DistributorID = home[contracts[r.SubscriptionID]]
			b.post(e, assets, revenue, r.Amount)
		case b.inSum[doc.CustomerID]:
			total, seen := totals[doc.CustomerID]
			if !seen {
				sums = append(sums, journalEntry{
					DistributorID: home[doc.CustomerID], CustomerID: doc.CustomerID,
					Memo: "Revenue recognised to date",
				})
			}
			totals[doc.CustomerID] = amount(total.Value.Add(r.Amount.Value), r.Amount.Currency)
		default:
			e.DistributorID = home[doc.CustomerID]
			b.post(e, deferred, revenue, r.Amount)
		}
	}
	for _, e := range sums {
		e.PostedOn = b.anchor.AddDate(0, 0, -1)
		b.post(e, deferred, revenue, totals[e.CustomerID])
	}
}

// billedBy finds the document of each invoice line.
func (b *builder) billedBy() map[string]*bill {
	owner, lines := map[string]*bill{}, map[string]*bill{}
	for _, doc := range b.bills {
		owner[doc.ID] = doc
	}
	for _, l := range b.InvoiceLines {
		lines[l.ID] = owner[l.InvoiceID]
	}
	return lines
}

// posted reports whether the document is in the books.
func (doc *bill) posted() bool { return doc != nil && doc.Status != "draft" && doc.Status != "void" }

// scheduled is what of each document is recognised by schedule; the rest is revenue at once.
func (b *builder) scheduled() map[*bill]decimal.Decimal {
	docs, sums := b.billedBy(), map[*bill]decimal.Decimal{}
	for _, r := range b.RevenueSchedules {
		if doc := docs[r.InvoiceLineID]; doc != nil {
			sums[doc] = sums[doc].Add(r.Amount.Value)
		}
	}
	return sums
}

// post writes an entry of one amount from the credited to the debited account; an amount of
// zero is none.
func (b *builder) post(e journalEntry, debit, credit string, value money.Amount) {
	b.postParts(e, value, part{debit, value.Value}, part{credit, value.Value.Neg()})
}

// part is a line of an entry: a debit, or less than zero a credit.
type part struct {
	account string
	value   decimal.Decimal
}

// postParts writes an entry with the parts that are not zero.
func (b *builder) postParts(e journalEntry, value money.Amount, parts ...part) {
	if value.Value.IsZero() {
		return
	}
	e.ID = b.next("ENTRY")
	none := money.Amount{Currency: value.Currency}
	b.JournalEntries = append(b.JournalEntries, e)
	for _, p := range parts {
		side := amount(p.value.Abs(), value.Currency)
		switch p.value.Sign() {
		case 1:
			b.JournalLines = append(b.JournalLines, journalLine{e.ID, p.account, side, none, value.Currency})
		case -1:
			b.JournalLines = append(b.JournalLines, journalLine{e.ID, p.account, none, side, value.Currency})
		}
	}
}
