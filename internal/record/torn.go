package record

import (
	"fmt"
)

// torn declares a relationship that a transfer would tear: a statement that returns
// id and number of each record, and the sentence for them.
type torn struct {
	Kind, One, Many, Message, SQL string
}

// tornBy returns the relationships of a flow whose documents move by d. A failed payment
// tears nothing: it settles nothing, and stays where it cannot move.
func tornBy(d documents, own string) []torn {
	payment := At(d.PaymentLinks(), "r")
	memo := At(d.creditMemoLinks(), "r")
	const some = `(select count(*) filter (where k.moves) as moving,
		count(*) filter (where k.moves is not true) as staying
            from (%s) k where %s) k`
	return []torn{
		{
			"payment", "payment settles documents of which some move and some stay",
			"payments settle documents of which some move and some stay",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_payments r cross join lateral `+some+`
            where r.customer_id = @source and r.status <> 'failed' and k.moving > 0 and k.staying > 0`, payment, own),
		},
		{
			"payment", "payment received before the effective date settles only documents that move",
			"payments received before the effective date settle only documents that move",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_payments r cross join lateral `+some+`
            where r.customer_id = @source and r.status <> 'failed' and r.on_date < @e::date and k.moving > 0
              and k.staying = 0`, payment, own),
		},
		{
			"credit_memo", "credit memo hangs on records of which some move and some stay",
			"credit memos hang on records of which some move and some stay",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_credit_memos r cross join lateral `+some+`
            where r.customer_id = @source and r.on_date >= @e::date and k.moving > 0 and k.staying > 0`, memo, own),
		},
	}
}

// sharedInvoices are those that bill a selected subscription and another one.
var sharedInvoices = torn{
	"invoice", "invoice bills a selected subscription and another one",
	"invoices bill a selected subscription and another one",
	"%s.", `select r.id, r.number from owned_invoices r where r.customer_id = @source and r.on_date >= @e::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any(@subs::bigint[]))
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id <> all(@subs::bigint[]))`,
}
