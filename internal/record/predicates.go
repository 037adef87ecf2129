package record

import (
	"fmt"
	"strings"
)

// The conditions of this file say which records of the source move (docs/domain.md 2.2 and 2.3). $ is a
// row of the kind's view, and these names describe the situation:
//
//	@source  the account that loses
//	@subs    S: the selected subscriptions after expansion; in a merge all of the source's
//	@moving  those of S that move or split
//	@whole   those that move with their row, because they begin on E or later
//	@split   those that are cut at E
//	@e       the effective date, -infinity when there is none
//
// Readers look only at records that the source owns.

// At puts the alias of the row into a condition.
func At(condition, alias string) string { return strings.ReplaceAll(condition, "$", alias) }

// The conditions under which records move.
const (
	// fromE is what moves by its date alone.
	fromE = `$.on_date >= @e::date`

	// InvoiceOfS is an invoice that has a line of S and none of another subscription; lines without a
	// subscription follow their invoice.
	InvoiceOfS = fromE + `
    and exists (select 1 from invoice_lines l where l.invoice_id = $.id and l.subscription_id = any(@subs::bigint[]))
    and not exists (select 1 from invoice_lines l
                    where l.invoice_id = $.id and l.subscription_id <> all(@subs::bigint[]))`

	// debitMemoOfS: its subscription is in S.
	debitMemoOfS = fromE + `
    and exists (select 1 from debit_memos m where m.id = $.id and m.subscription_id = any(@subs::bigint[]))`

	// UnbilledOfS and its two companions are what is owned through a subscription and goes with
	// it; of one that is cut, what is dated on or after E. A merge takes unbilled records
	// of any date along, recognised revenue only from E.
	UnbilledOfS = `($.subscription_id = any(@whole::bigint[])
    or $.subscription_id = any(@split::bigint[]) and $.on_date >= @e::date)`
	// UnbilledOfAll is the same in a merge.
	UnbilledOfAll = `$.subscription_id = any(@moving::bigint[])`
	// RevenueOfAll is the same for schedule lines in a merge.
	RevenueOfAll = `($.subscription_id = any(@whole::bigint[])
    or $.subscription_id = any(@split::bigint[]) and (not $.recognized or $.on_date >= @e::date))`
)

// Moved selects the ids of the source's records of a view that meet the condition.
func Moved(view, condition string) string {
	return fmt.Sprintf(`(select o.id from %s o where o.customer_id = @source and %s)`, view, At(condition, "o"))
}

// following: the record is owned through a document that moves, or meets the
// condition of what is owned through a subscription.
func following(invoice, unbilled string) string {
	return fmt.Sprintf(`($.invoice_id in %s or $.invoice_id is null and %s)`,
		Moved("owned_invoices", invoice), unbilled)
}

// documents are the conditions of a flow under which the documents of payments, credit
// memos and journal entries move.
type documents struct{ Invoice, DebitMemo string }

// The documents of a subscription transfer and of a merge.
var (
	DocumentsOfS   = documents{InvoiceOfS, debitMemoOfS}
	documentsOfAll = documents{fromE, fromE}
)

// PaymentLinks returns one row per link of a payment: whether it moves, and whether it
// belongs to a third account.
func (d documents) PaymentLinks() string {
	return `select ` + d.link("a") + ` from payment_allocations a where a.payment_id = $.id`
}

// link says of an allocation's document whether it moves, and whether the source owns it.
func (d documents) link(a string) string {
	return fmt.Sprintf(`case when %[1]s.invoice_id is null then %[1]s.debit_memo_id in %[3]s
		else %[1]s.invoice_id in %[2]s end as moves,
        coalesce((select i.customer_id from invoices i where i.id = %[1]s.invoice_id),
                 (select m.customer_id from debit_memos m where m.id = %[1]s.debit_memo_id)) = @source as own`,
		a, Moved("owned_invoices", d.Invoice), Moved("owned_debit_memos", d.DebitMemo))
}

// creditMemoLinks: the memo's subscription, its invoice, the documents it is allocated to.
func (d documents) creditMemoLinks() string {
	return fmt.Sprintf(`select m.subscription_id = any(@moving::bigint[]) as moves, s.customer_id = @source as own
        from credit_memos m join subscriptions s on s.id = m.subscription_id where m.id = $.id
        union all
        select m.invoice_id in %s, i.customer_id = @source
        from credit_memos m join invoices i on i.id = m.invoice_id where m.id = $.id
        union all
        select %s from credit_allocations a
        where a.credit_memo_id = $.id`, Moved("owned_invoices", d.Invoice), d.link("a"))
}

// hangingOfS: with links, it moves if every link moves; without, it stays.
func hangingOfS(links string) string {
	return fromE + fmt.Sprintf(`
    and coalesce((select bool_and(coalesce(k.moves, false)) from (%s) k), false)`, links)
}

// hangingOfAll: links to other accounts' records do not count; what has no links moves
// by its date. Without an effective date everything moves.
func hangingOfAll(links string) string {
	return fromE + fmt.Sprintf(`
    and (@e::date = '-infinity'
         or coalesce((select bool_and(coalesce(k.moves, false)) from (%s) k where k.own), true))`, links)
}

// InScope is the condition that a customer of a finding may be named to the requester.
func InScope(alias string) string {
	return strings.ReplaceAll(`(@everything or $.distributor_id = any(@visible::bigint[]))`, "$", alias)
}
