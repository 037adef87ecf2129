package record

import (
	"fmt"
)

// The conditions of this file say which of the source's records belong to S, to tell what a
// partial transfer leaves behind: those that name a subscription of S, and those that hang on a
// document that does.

// The documents of S, and what hangs on them.
const (
	invoicesNamingS   = `(select l.invoice_id from invoice_lines l where l.subscription_id = any(@subs::bigint[]))`
	debitMemosNamingS = `(select m.id from debit_memos m where m.subscription_id = any(@subs::bigint[]))`
	paymentsForS      = `(select a.payment_id from payment_allocations a where a.invoice_id in ` + invoicesNamingS +
		` or a.debit_memo_id in ` + debitMemosNamingS + `)`
	creditMemosForS = `(select m.id from credit_memos m
		where m.customer_id = @source
		  and (m.subscription_id = any(@subs::bigint[]) or m.invoice_id in ` + invoicesNamingS + `
            or exists (select 1 from credit_allocations a
                       where a.credit_memo_id = m.id
                         and (a.invoice_id in ` + invoicesNamingS + `
                              or a.debit_memo_id in ` + debitMemosNamingS + `))))`
)

// namesS: the record's row names a subscription of S.
func namesS(table string) string {
	return fmt.Sprintf(`$.id in (select x.id from %s x where x.subscription_id = any(@subs::bigint[]))`, table)
}

// entriesOfS: the entry's source belongs to S.
const entriesOfS = `case $.source_kind
        when 'invoice' then $.source_id in ` + invoicesNamingS + `
        when 'debit_memo' then $.source_id in ` + debitMemosNamingS + `
        when 'payment' then $.source_id in ` + paymentsForS + `
        when 'refund' then $.source_id in (select f.id from refunds f where f.payment_id in ` + paymentsForS + `)
        when 'credit_memo' then $.source_id in ` + creditMemosForS + `
        when 'revenue_schedule' then $.source_id in (select x.id from revenue_schedules x
                                                     where x.subscription_id = any(@subs::bigint[]))
        else false end`
