package engine_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/shopspring/decimal"
)

// heads are the columns of the files that the feed brings.
var heads = map[string]string{
	"payments.csv":            "id,customer_id,payment_method_id,received_on,amount,currency,status",
	"payment_allocations.csv": "payment_id,invoice_id,debit_memo_id,amount",
	"refunds.csv":             "id,payment_id,refunded_on,amount,status,kind,credit_memo_id",
	"invoices.csv":            "id,number,customer_id,issued_on,due_on,currency,status,restricted",
	"debit_memos.csv": "id,number,customer_id,subscription_id,issued_on,amount,currency,reason,status," +
		"restricted",
	"credit_memos.csv": "id,number,customer_id,subscription_id,invoice_id,issued_on,amount,currency,reason,status," +
		"restricted",
	"revenue_schedules.csv": "id,subscription_id,invoice_line_id,period_start,period_end,amount,recognized",
	"journal_entries.csv":   "id,distributor_id,customer_id,posted_on,memo,source_kind,source_id,restricted",
	"journal_lines.csv":     "entry_id,account,debit,credit,currency",
}

func filesOf(files map[string][]string) fs.FS {
	out := fstest.MapFS{}
	for name, lines := range files {
		out[name] = &fstest.MapFile{Data: []byte(heads[name] + "\n" + strings.Join(lines, "\n") + "\n")}
	}
	return out
}

func (w *strictWorld) row(file string, cells ...string) {
	w.files[file] = append(w.files[file], strings.Join(cells, ","))
}

// newID is an outside id of a record that the feed brings.
func (w *strictWorld) newID(prefix string) string {
	w.made++
	return fmt.Sprintf("FEED-%s-%06d", prefix, w.made)
}

// post books an amount of a record from the credited role to the debited one, in the books of the
// distributor whose account owns it.
func (w *strictWorld) post(kind, id, customer, amount, debit, credit string) {
	w.t.Helper()
	entry, today := w.newID("JE"), w.now.Format("2006-01-02")
	account := func(role string) string {
		return w.Text(`select h.posts_to from customers c join charts h on h.distributor_id = c.distributor_id
			where number_of('C', c.id) = $1 and h.role = $2`, customer, role)
	}
	distributor := w.Text(`select number_of('D', distributor_id) from customers where number_of('C', id) = $1`,
		customer)
	currency := w.Text(`select currency from customers where number_of('C', id) = $1`, customer)
	w.row("journal_entries.csv", entry, distributor, "", today, "Posted by the feed", kind, id, "")
	w.row("journal_lines.csv", entry, account(debit), amount, "0", currency)
	w.row("journal_lines.csv", entry, account(credit), "0", amount, currency)
}

// paid is a payment or memo as the feed names it.
type paid struct {
	ID        int64           `db:"id"`
	Outside   string          `db:"outside"`
	Customer  string          `db:"customer"`
	Amount    decimal.Decimal `db:"amount"`
	Unapplied decimal.Decimal `db:"unapplied"`
	Row       string          `db:"row"`
}

// somePayment draws a payment that meets the condition, and whose account and money are not in what
// the feed brings already; false if there is none.
func (w *strictWorld) somePayment(condition string) (paid, bool) {
	w.t.Helper()
	var list []paid
	err := w.db.Select(&list, `
		select p.id, coalesce(p.external_id, number_of('PAY', p.id)) as outside,
		       number_of('C', p.customer_id) as customer, p.amount, p.amount - p.allocated - p.refunded as unapplied,
		       concat_ws(',', coalesce(p.external_id, number_of('PAY', p.id)), number_of('C', p.customer_id),
		                 coalesce(m.external_id, 'PM-' || m.id, ''), p.received_on, p.amount, p.currency) as row
		from payments p left join payment_methods m on m.id = p.payment_method_id
		where p.amount > 0 and `+condition+` order by p.id`)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(list) == 0 {
		return paid{}, false
	}
	return list[w.r.IntN(len(list))], true
}

// feedMoney lets something happen to money, as a feed brings it: of two things the one that
// happened less often so far.
func (w *strictWorld) feedMoney() {
	w.t.Helper()
	events := []struct {
		what string
		do   func()
	}{
		{"payment failed", w.fail},
		{"payment came again", w.comeAgain},
		{"payment that waited was decided", w.decide},
		{"chargeback", w.chargeBack},
		{"refund", w.refundRest},
		{"refund of a memo", w.refundMemo},
		{"refund of applied money", w.refundApplied},
		{"payment of an open document", func() { w.pay("status = 'open' and total > claimed") }},
		{"payment of a document that is transferred", func() { w.pay("status = 'transferred'") }},
		{"revenue recognised", w.recognise},
	}
	e, other := events[w.r.IntN(len(events))], events[w.r.IntN(len(events))]
	if w.did[other.what] < w.did[e.what] {
		e = other
	}
	e.do()
	if len(w.files) > 0 {
		w.did[e.what]++
		w.importFeed()
	}
}

// moved is a condition that prefers money of accounts that a transfer touched.
func (w *strictWorld) moved() string {
	touched := "p.customer_id in " + touchedAccounts
	return choose(w, "true", touched, touched)
}

// untouched: no bank took it back, nobody paid it back.
const untouched = "p.status = 'succeeded' and not exists (select 1 from refunds f where f.payment_id = p.id)"

func (w *strictWorld) fail() {
	w.t.Helper()
	p, ok := w.somePayment(untouched + " and " + w.moved())
	if !ok {
		return
	}
	w.row("payments.csv", p.Row, "failed")
	w.post("payment", p.Outside, p.Customer, p.Amount.String(), "receivable", "cash")
	w.failed = append(w.failed, p.ID)
}

// comeAgain lets a payment succeed after all.
func (w *strictWorld) comeAgain() {
	w.t.Helper()
	if len(w.failed) == 0 {
		return
	}
	at := w.r.IntN(len(w.failed))
	p, ok := w.somePayment(fmt.Sprintf("p.status = 'failed' and p.id = %d", w.failed[at]))
	if !ok {
		return
	}
	w.failed = slices.Delete(w.failed, at, at+1)
	w.row("payments.csv", p.Row, "succeeded")
	w.post("payment", p.Outside, p.Customer, p.Amount.String(), "cash", "receivable")
}

// part is a part of an amount, in whole units of the currency; often all of it.
func (w *strictWorld) part(of decimal.Decimal) decimal.Decimal {
	if of.LessThan(decimal.NewFromInt(2)) || w.r.IntN(2) == 0 {
		return of
	}
	return decimal.NewFromInt(1 + int64(w.r.IntN(int(of.IntPart()))))
}

// payBack brings a refund and its entry.
func (w *strictWorld) payBack(p paid, amount decimal.Decimal, kind, memo string) {
	w.t.Helper()
	id := w.newID("RF")
	w.row("refunds.csv", id, p.Outside, w.now.Format("2006-01-02"), amount.String(), "succeeded", kind, memo)
	w.post("refund", id, p.Customer, amount.String(), "receivable", "cash")
}

func (w *strictWorld) chargeBack() {
	w.t.Helper()
	if p, ok := w.somePayment(untouched + " and " + w.moved()); ok {
		w.payBack(p, w.part(p.Amount), "chargeback", "")
	}
}

func (w *strictWorld) refundRest() {
	w.t.Helper()
	if p, ok := w.somePayment("p.status = 'succeeded' and p.amount > p.allocated + p.refunded"); ok {
		w.payBack(p, w.part(p.Unapplied), "refund", "")
	}
}

// refundMemo pays out an open credit memo, with a payment of the same account.
func (w *strictWorld) refundMemo() {
	w.t.Helper()
	memo := w.oneOf(`select m.id::text from credit_memos m where m.status = 'open'
		and m.amount > m.allocated + m.refunded
		and exists (select 1 from payments p where p.customer_id = m.customer_id and p.status = 'succeeded')
		order by m.id`)
	if memo == "" {
		return
	}
	p, ok := w.somePayment("p.status = 'succeeded' and p.customer_id = (select customer_id from credit_memos m " +
		"where m.id = " +
		memo + ")")
	if !ok {
		return
	}
	rest := decimal.RequireFromString(w.Text(`
		select (amount - allocated - refunded)::text from credit_memos where id::text = $1`, memo))
	amount := w.part(rest)
	if amount.Equal(rest) { // the feed says that its own memo is used up
		for _, row := range w.listed(`select concat_ws(',', coalesce(m.external_id, m.number), m.number,
			number_of('C', m.customer_id), coalesce(s.external_id, number_of('S', s.id), ''),
			coalesce(i.external_id, ''), m.issued_on, m.amount, m.currency, m.reason, 'applied', m.restricted)
			from credit_memos m left join subscriptions s on s.id = m.subscription_id
			left join invoices i on i.id = m.invoice_id
			where m.id::text = $1 and m.purpose = ''`, memo) {
			w.row("credit_memos.csv", row)
		}
	}
	named := w.Text(`select coalesce(external_id, number) from credit_memos where id::text = $1`, memo)
	w.payBack(p, amount, "refund", named)
}

// refundApplied pays back money that settles documents and goes on doing so: nothing of it is owed, and
// the books take it as less revenue.
func (w *strictWorld) refundApplied() {
	w.t.Helper()
	p, ok := w.somePayment(untouched + ` and p.allocated = p.amount and not exists (
		select 1 from payment_allocations a left join invoices i on i.id = a.invoice_id
		where a.payment_id = p.id and (a.order_id is not null or i.id is null or i.claimed <> a.amount))
		  and ` + w.moved())
	if !ok {
		return
	}
	id, amount := w.newID("RF"), w.part(p.Amount).String()
	w.row("refunds.csv", id, p.Outside, w.now.Format("2006-01-02"), amount, "succeeded", "refund", "")
	w.post("refund", id, p.Customer, amount, "revenue", "cash")
}

// decide lets a payment that waited for the customer succeed or fail. Nothing was posted for it yet.
func (w *strictWorld) decide() {
	w.t.Helper()
	p, ok := w.somePayment("p.status = 'requires_action' and p.external_id like 'FEED-%'")
	if !ok {
		return
	}
	status := choose(w, "succeeded", "failed")
	w.row("payments.csv", p.Row, status)
	if status == "succeeded" {
		w.post("payment", p.Outside, p.Customer, p.Amount.String(), "cash", "receivable")
	}
	w.did["payment that waited "+status]++
}

// pay brings a payment for a document that meets the condition, whoever owns it by now. The feed
// says that an invoice is paid; it does not know the memos of transfers.
func (w *strictWorld) pay(condition string) {
	w.t.Helper()
	column, table, total := "invoice_id", "invoices", "total"
	if w.r.IntN(3) == 0 {
		column, table, total = "debit_memo_id", "debit_memos", "amount"
		condition = strings.ReplaceAll(condition, "total", total)
	}
	id := w.oneOf(fmt.Sprintf(`select id::text from %s where %s order by id`, table, condition))
	if id == "" {
		return
	}
	var doc struct {
		Outside, Customer, Currency, Status, Row string
		Open                                     decimal.Decimal
	}
	row := map[string]string{
		"invoices": `concat_ws(',', coalesce(external_id, number), number, number_of('C', customer_id), issued_on,
			due_on,
			currency, 'paid', restricted)`,
		"debit_memos": `case purpose when '' then concat_ws(',', coalesce(external_id, number), number,
			number_of('C', customer_id), coalesce((select coalesce(s.external_id, number_of('S', s.id))
			    from subscriptions s where s.id = subscription_id), ''),
			issued_on, amount, currency, reason, 'applied', restricted) else '' end`,
	}[table]
	err := w.db.Get(&doc, fmt.Sprintf(`
		select coalesce(external_id, number) as outside, number_of('C', customer_id) as customer, currency, status,
		       case status when 'open' then %[2]s - claimed else %[2]s end as open, %[3]s as row
		from %[1]s where id::text = $1`, table, total, row), id)
	if err != nil {
		w.t.Fatal(err)
	}
	amount, payment := w.part(doc.Open), w.newID("PAY")
	status := choose(w, "succeeded", "succeeded", "succeeded", "requires_action")
	w.row("payments.csv", payment, doc.Customer, "", w.now.Format("2006-01-02"), amount.String(), doc.Currency, status)
	allocation := []string{payment, doc.Outside, "", amount.String()}
	if column == "debit_memo_id" {
		allocation[1], allocation[2] = "", doc.Outside
	}
	w.row("payment_allocations.csv", allocation...)
	if doc.Row != "" && doc.Status == "open" && amount.Equal(doc.Open) {
		w.row(table+".csv", doc.Row)
	}
	if status == "succeeded" {
		w.post("payment", payment, doc.Customer, amount.String(), "cash", "receivable")
	}
	w.did["payment of "+table]++
}

// recognise recognises a schedule line that is billed.
func (w *strictWorld) recognise() {
	w.t.Helper()
	line := w.oneOf(`select id::text from deferred_lines where amount > 0 order by id`)
	if line == "" {
		return
	}
	row := w.Text(`select concat_ws(',', coalesce(r.external_id, number_of('RS', r.id)),
		coalesce(s.external_id, number_of('S', s.id)), coalesce(l.external_id, number_of('L', l.id)), r.period_start,
		coalesce(r.period_end::text, ''), r.amount, 'true')
		from revenue_schedules r join subscriptions s on s.id = r.subscription_id
		join invoice_lines l on l.id = r.invoice_line_id where r.id::text = $1`, line)
	id, _, _ := strings.Cut(row, ",")
	customer := w.Text(`select number_of('C', customer_id) from deferred_lines where id::text = $1`, line)
	amount := w.Text(`select amount::text from deferred_lines where id::text = $1`, line)
	w.row("revenue_schedules.csv", row)
	w.post("revenue_schedule", id, customer, amount, "deferred_revenue", "revenue")
}
