package exchange

import (
	"context"
	"fmt"
)

// redirect sends new rows after what they belong to: to the successor of an account
// that ended before this import, and to the continuation of a subscription that was cut
// before it.
func (im *importer) redirect(ctx context.Context) error {
	if !im.past.Gone && !im.past.Went {
		return nil
	}
	// Payments and credit memos last: they look where the documents went.
	for _, settling := range []bool{false, true} {
		for _, l := range im.loads {
			if l.id() && l.owner != "" && l.column(l.owner).to == "customers" && (l.settles != "") == settling {
				if err := im.succeed(ctx, l, "customer_id", im.stays(l)); err != nil {
					return err
				}
			}
		}
	}
	for _, l := range im.loads {
		var err error
		switch {
		case l.name == "customers":
			err = im.succeed(ctx, l, "parent_customer_id", "false")
		case l.name == "terms_acceptances":
			err = im.succeedAcceptances(ctx, l)
		case l.unbilled != nil:
			err = im.goOn(ctx, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// succeed puts the successor into a column of the new rows, except where they stay.
func (im *importer) succeed(ctx context.Context, l *load, column, stays string) error {
	_, err := im.exec(ctx, l.file, fmt.Sprintf(`update {load} l set %[1]s = g.successor_id from gone g
		where l.is_new and g.last and g.id = l.%[1]s and not (%[2]s)`, column, stays))
	return err
}

// stays is a condition on a loaded row l: it depends on a document that its account keeps.
func (im *importer) stays(l *load) string {
	condition := "false"
	if l.settles != "" && l.has("invoice_id") {
		// it may name none
		condition = "coalesce(" + im.current("invoices", "customer_id", "l.invoice_id") + " = l.customer_id, false)"
	}
	if a := im.find(l.settles); a != nil {
		condition += fmt.Sprintf(`
			or exists (select 1 from load_%s a where a.%s = l.rec_id and (%s = l.customer_id or %s = l.customer_id))`,
			a.name, a.key[0], im.current("invoices", "customer_id", "a.invoice_id"),
			im.current("debit_memos", "customer_id", "a.debit_memo_id"))
	}
	return condition
}

// succeedAcceptances is succeed for acceptances: acceptances by the successor itself stay
// unchanged.
func (im *importer) succeedAcceptances(ctx context.Context, l *load) error {
	if err := im.succeed(ctx, l, "customer_id", "false"); err != nil {
		return err
	}
	_, err := im.exec(ctx, l.file, `delete from {load} l where l.is_new and (
		exists (select 1 from {table} t where t.customer_id = l.customer_id and t.terms_id = l.terms_id)
		or exists (select 1 from {load} e where e.is_new and e.customer_id = l.customer_id and e.terms_id = l.terms_id
		           and (e.accepted_at, e.line) < (l.accepted_at, l.line)))`)
	return err
}

// goOn points new unbilled rows at the continuation, from its first day on; those of
// an account that ended go there whatever their date, since nothing may strand there,
// except revenue that was recognised before.
func (im *importer) goOn(ctx context.Context, l *load) error {
	strands := "true"
	if l.has("recognized") {
		strands = "not h.recognized"
	}
	recognized := "false"
	if l.has("recognized") {
		recognized = "l.recognized"
	}
	_, err := im.exec(ctx, l.file, fmt.Sprintf(`with recursive hop as (
			select l.line, l.subscription_id, l.%[1]s as on_date, %[2]s as recognized, 0 as depth
			from {load} l where l.is_new and not l.bad and (%[3]s)
			  and exists (select 1 from went w where w.subscription_id = l.subscription_id)
			union all
			select h.line, c.continuation_id, h.on_date, h.recognized, h.depth + 1
			from hop h join subscription_continuations c on c.subscription_id = h.subscription_id
			where h.on_date >= c.on_date or (%[4]s) and exists (
				select 1 from subscriptions s join gone g on g.id = s.customer_id where s.id = h.subscription_id)
		)
		update {load} l set subscription_id = h.subscription_id
		from (select distinct on (line) line, subscription_id from hop order by line, depth desc) h
		where h.line = l.line
		  and h.subscription_id <> l.subscription_id`, l.dated, recognized, l.unbilled(im), strands))
	return err
}

// without is the condition that a loaded row l names no billing record.
func without(column string) func(*importer) string {
	return func(*importer) string { return "l." + column + " is null" }
}

// notBilledHere is the condition that no line of an issued invoice in the files bills
// the charge l, which is new.
func notBilledHere(im *importer) string {
	if im.find("invoice_lines") == nil {
		return "true"
	}
	return fmt.Sprintf(`not exists (select 1 from load_invoice_lines i
		where i.charge_id = l.rec_id and %s in ('open', 'paid'))`,
		im.current("invoices", "status", "i.invoice_id"))
}
