package engine_test

import (
	"fmt"

	"handover/internal/testdb"
)

// drawDocuments makes invoices and debit memos of the source, and some of others that name its records.
func (w *oracleWorld) drawDocuments() {
	for range w.upTo(4) {
		w.invoice(w.source, 6)
	}
	for _, c := range []testdb.Customer{w.peer, w.third} {
		if w.odds(4) {
			w.invoice(c, 2)
		}
	}
	for range w.upTo(2) {
		amount := 1 + w.upTo(pick(w, 3000, 3000, 3)) // some that round to nothing elsewhere
		m := w.DebitMemo(testdb.Memo{
			Customer: w.source.ID, Subscription: w.of(w.source, 10, 3), IssuedOn: w.day(), Amount: w.money(amount),
			Status: pick(w, "open", "open", "open", "applied", "void"), Restricted: restrictedIn(w, 15, "legal hold"),
		})
		w.entry(testdb.OfDebitMemo, m.ID)
		if w.odds(3) { // an earlier transfer carried it here
			w.Exec(`update journal_entries set by_transfer = true where source_kind = 'debit_memo' and source_id = $1`,
				m.ID)
			w.Exec(`update debit_memos set purpose = 'transfer', due_on = $2, origin_kind = 'invoice',
				origin_number = $3, origin_issued_on = '2025-11-11',
				origin_distributor_id = $4 where id = $1`, m.ID, w.day(), "OLD-"+m.Number, w.other.ID)
		}
		w.debits = append(w.debits, m)
		w.open[fmt.Sprint("debit", m.ID)] = amount
	}
	if w.odds(6) {
		w.DebitMemo(testdb.Memo{Customer: w.peer.ID, IssuedOn: w.day(), Amount: w.money(700)})
	}
	for range w.upTo(1) {
		w.Entry(testdb.Entry{
			Distributor: w.seller.ID, Customer: w.source.ID, PostedOn: w.day(),
			Restricted: restrictedIn(w, 10, "exported"), Amount: w.money(900),
		})
	}
}

// restrictedIn is a reason why a record is restricted.
func restrictedIn(w *oracleWorld, in int, reason string) string {
	if w.rare(in) {
		return reason
	}
	return ""
}

// of is a subscription of the customer; in one of so many cases of another customer, or
// none.
func (w *oracleWorld) of(c testdb.Customer, foreign, none int) int64 {
	switch {
	case w.odds(none):
		return 0
	case w.odds(foreign):
		return pick(w, append(w.theirs, w.subs...)...).ID
	case c.ID == w.source.ID:
		return pick(w, w.subs...).ID
	}
	return pick(w, w.theirs...).ID
}

func (w *oracleWorld) invoice(c testdb.Customer, foreign int) {
	i := testdb.Invoice{
		Customer: c.ID, IssuedOn: w.day(), DueOn: w.day(), Lines: []testdb.Line{},
		Restricted: restrictedIn(w, 15, "tax authority"),
		Status:     statusOf(w, pick(w, "open", "open", "open", "paid", "void"), "draft"),
	}
	one := w.of(c, foreign*4, 6)
	total := 0
	for range 1 + w.upTo(2) {
		line := testdb.Line{Subscription: one}
		if w.odds(4) {
			line.Subscription = w.of(c, foreign, 3)
		}
		amount := w.upTo(5000)
		if list := w.charges[line.Subscription]; len(list) > 0 && w.odds(2) {
			line.Charge = list[0]
			if !w.odds(6) { // else two lines have it
				w.charges[line.Subscription] = list[1:]
			}
		}
		line.Amount = w.money(amount)
		if w.odds(3) {
			line.Start = w.day()
			line.End = w.farDay(line.Start)
		}
		total += amount
		i.Lines = append(i.Lines, line)
	}
	made := w.Invoice(i)
	if made.Currency == w.seller.Currency {
		w.invoices = append(w.invoices, made)
		w.open[fmt.Sprint("invoice", made.ID)] = total
	}
	for _, l := range made.Lines {
		if l.Subscription == 0 {
			continue
		}
		if w.odds(2) {
			w.Usage(testdb.Usage{
				Subscription: l.Subscription, Line: l.ID, UsedOn: w.day(),
				Amount: w.money(w.upTo(300)),
			})
		}
		if w.odds(3) {
			w.BillingSchedule(testdb.BillingSchedule{
				Subscription: l.Subscription, Invoice: made.ID, DueOn: w.day(),
				Amount: w.money(w.upTo(300)),
			})
		}
		for range pick(w, 0, 1, 2) {
			start := w.day()
			w.RevenueSchedule(testdb.RevenueSchedule{
				Subscription: l.Subscription, Line: l.ID, Start: start,
				End: w.farDay(start), Amount: w.money(w.upTo(400) - 20), Recognized: w.odds(2),
			})
		}
	}
	w.entry(testdb.OfInvoice, made.ID)
}

// entry posts a document, mostly on some other day than the document's.
func (w *oracleWorld) entry(kind string, id int64) {
	if w.odds(2) {
		w.Entry(testdb.Entry{
			Distributor: w.seller.ID, SourceKind: kind, Source: id, PostedOn: w.day(),
			Amount: w.money(500), Currency: w.seller.Currency, Restricted: restrictedIn(w, 30, "exported"),
		})
	}
}

// settle takes a part of a credit for some documents; what counts leaves less room for the
// next. In a crowded world some ask for more than there is room for.
func (w *oracleWorld) settle(amount int, counts bool) []testdb.Allocation {
	var list []testdb.Allocation
	take := func(key string, a testdb.Allocation) {
		room := w.open[key]
		if w.crowded && w.odds(4) {
			room = 1 + w.upTo(4000)
		}
		part := min(amount, room, 1+w.upTo(3000))
		if part <= 0 || !w.odds(3) {
			return
		}
		if w.odds(3) {
			part = min(amount, room)
		}
		amount -= part
		if counts {
			w.open[key] = max(0, w.open[key]-part)
		}
		a.Amount = w.money(part)
		list = append(list, a)
	}
	for _, i := range w.invoices {
		take(fmt.Sprint("invoice", i.ID), testdb.Allocation{Invoice: i.ID})
	}
	for _, m := range w.debits {
		take(fmt.Sprint("debit", m.ID), testdb.Allocation{DebitMemo: m.ID})
	}
	return list
}

func (w *oracleWorld) drawCredits() {
	var payments []testdb.Payment
	for range w.upTo(3) {
		amount := 1 + w.upTo(6000)
		status := statusOf(w, pick(w, "succeeded", "succeeded", "succeeded", "succeeded", "failed", "requires_action"),
			"processing")
		p := w.Payment(testdb.Payment{
			Customer: pick(w, w.source, w.source, w.source, w.source, w.third).ID, ReceivedOn: w.day(),
			Amount:      w.money(amount),
			Allocations: w.settle(amount, status == "succeeded"), Status: status,
		})
		payments = append(payments, p)
		w.entry(testdb.OfPayment, p.ID)
		for range w.upTo(2) / 2 {
			w.payBack(p, 1+w.upTo(amount-1), pick(w, "refund", "refund", "chargeback"), 0)
			if w.odds(3) { // of all that was paid
				w.payBack(p, amount, pick(w, "refund", "chargeback"), 0)
			}
		}
	}
	for range w.upTo(3) {
		amount := 1 + w.upTo(3000)
		m := testdb.Memo{
			Customer: pick(w, w.source, w.source, w.source, w.source, w.third).ID, IssuedOn: w.day(),
			Amount: w.money(amount), Restricted: restrictedIn(w, 15, "legal hold"),
			Status: pick(w, "open", "open", "open", "open", "applied", "void"),
		}
		if w.odds(3) {
			m.Subscription = w.of(w.source, 6, 10)
		}
		if len(w.invoices) > 0 && w.odds(4) {
			m.Invoice = pick(w, w.invoices...).ID
		}
		if w.odds(2) {
			m.Allocations = w.settle(amount, m.Status != "void")
		}
		made := w.CreditMemo(m)
		w.entry(testdb.OfCreditMemo, made.ID)
		for _, p := range payments {
			if p.Customer == made.Customer && w.odds(6) {
				w.payBack(p, 1+w.upTo(amount-1), "refund", made.ID)
			}
		}
	}
}

// payBack refunds a part of a payment, for a credit memo if one is given.
func (w *oracleWorld) payBack(p testdb.Payment, amount int, kind string, memo int64) {
	r := w.Refund(testdb.Refund{
		Payment: p.ID, CreditMemo: memo, Kind: kind, Amount: w.money(amount), On: w.day(),
		Status: pick(w, "succeeded", "succeeded", "processing", "failed"),
	})
	w.entry(testdb.OfRefund, r.ID)
}
