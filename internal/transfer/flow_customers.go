package transfer

import "fmt"

// subscriptionsFlow declares "Transfer Subscriptions" (docs/domain.md 2.2).
func subscriptionsFlow() Flow {
	return Flow{
		Kind:      Subscriptions,
		Label:     "Transfer Subscriptions",
		Load:      []loader{loadTarget, loadEffectiveDate, loadSelection, loadMethods, loadRunningTerm},
		Describe:  describeCustomers,
		Documents: documentsOfS,
		Torn:      append([]torn{sharedInvoices}, tornBy(documentsOfS, "true")...),
		Concerned: concernedByS,
		SharedCRM: `
			select 'customer' as kind, number_of('C', c.id) as number from customers c
			where c.status in ('active', 'suspended') and c.crm_id <> ''
			  and c.crm_id in (select crm_id from customers where id in (@source, @target))
			  and exists (select 1 from customers o where o.crm_id = c.crm_id and o.id <> c.id and o.status in ('active', 'suspended')
			              and ` + inScope("o") + `)
			  and ` + inScope("c") + ` order by c.id`,
		Steps: []step{
			{"cut subscriptions at the effective date", splitContracts},
			{"move the records", moveRecords},
			{"hand over to the continuations", repoint},
			{"part failed payments from documents that went", partFailed},
			{"move the service users", moveUsersOfS},
			{"notify the customer", notifyCustomer},
		},
	}
}

// mergeFlow declares "Merge Customers" (docs/domain.md 2.3).
func mergeFlow() Flow {
	return Flow{
		Kind:      Merge,
		Label:     "Merge Customers",
		Load:      []loader{loadTarget, loadEffectiveDate, loadAll, loadMethods, loadFields, loadRest, loadCharts, loadRunningTerm},
		Describe:  describeCustomers,
		Documents: documentsOfAll,
		Torn:      tornBy(documentsOfAll, "k.own"),
		Concerned: map[string]string{},
		SharedCRM: `
			with kept as (
			    select case when s.crm_id <> '' and (@keep_crm or t.crm_id = '') then s.crm_id else t.crm_id end as crm_id
			    from customers s cross join customers t where s.id = @source and t.id = @target)
			select 'customer' as kind, number_of('C', c.id) as number from customers c join kept k on k.crm_id = c.crm_id
			where c.crm_id <> '' and c.status in ('active', 'suspended') and c.id not in (@source, @target)
			  and ` + inScope("c") + ` order by c.id`,
		Steps: []step{
			{"cut subscriptions at the effective date", splitContracts},
			{"move the records", moveRecords},
			{"hand over to the continuations", repoint},
			{"part failed payments from documents that went", partFailed},
			{"settle the fields of both accounts", settleFields}, // before the memo that names the target as its buyer
			{"carry the balance", carryBalance},
			{"copy contacts and acceptances", copyPeople},
			{"move the service users", moveAllUsers},
			{"give child accounts their new parent", adoptChildren},
			{"close the source", mergeAway},
			{"notify the customer", notifyCustomer},
		},
	}
}

// concernedByS says per kind which of the source's records belong to S, to tell what a
// partial transfer leaves behind: those that name a subscription of S, and those that hang
// on a document that does.
var concernedByS = map[string]string{
	"subscription":        `$.id = any(@subs::bigint[])`,
	"subscription_charge": namesS("subscription_charges"),
	"usage_record":        namesS("usage_records"),
	"billing_schedule":    namesS("billing_schedules"),
	"revenue_schedule":    namesS("revenue_schedules"),
	"invoice":             `$.id in ` + invoicesNamingS,
	"debit_memo":          `$.id in ` + debitMemosNamingS,
	"payment":             `$.id in ` + paymentsForS,
	"refund":              `$.payment_id in ` + paymentsForS,
	"credit_memo":         `$.id in ` + creditMemosForS,
	"journal_entry": `case $.source_kind
        when 'invoice' then $.source_id in ` + invoicesNamingS + `
        when 'debit_memo' then $.source_id in ` + debitMemosNamingS + `
        when 'payment' then $.source_id in ` + paymentsForS + `
        when 'refund' then $.source_id in (select f.id from refunds f where f.payment_id in ` + paymentsForS + `)
        when 'credit_memo' then $.source_id in ` + creditMemosForS + `
        when 'revenue_schedule' then $.source_id in (select x.id from revenue_schedules x where x.subscription_id = any(@subs::bigint[]))
        else false end`,
}

// The documents of S, and what hangs on them.
const (
	invoicesNamingS   = `(select l.invoice_id from invoice_lines l where l.subscription_id = any(@subs::bigint[]))`
	debitMemosNamingS = `(select m.id from debit_memos m where m.subscription_id = any(@subs::bigint[]))`
	paymentsForS      = `(select a.payment_id from payment_allocations a where a.invoice_id in ` + invoicesNamingS + ` or a.debit_memo_id in ` + debitMemosNamingS + `)`
	creditMemosForS   = `(select m.id from credit_memos m where m.customer_id = @source and (m.subscription_id = any(@subs::bigint[]) or m.invoice_id in ` + invoicesNamingS + `
            or exists (select 1 from credit_allocations a where a.credit_memo_id = m.id and (a.invoice_id in ` + invoicesNamingS + ` or a.debit_memo_id in ` + debitMemosNamingS + `))))`
)

// namesS: the record's row names a subscription of S.
func namesS(table string) string {
	return fmt.Sprintf(`$.id in (select x.id from %s x where x.subscription_id = any(@subs::bigint[]))`, table)
}

// concerned returns the condition under which the source's records of a kind are what
// the flow is about.
func (f Flow) concerned(k Kind) string {
	if len(f.Concerned) == 0 {
		return "true"
	}
	if condition, ok := f.Concerned[k.Name]; ok {
		return condition
	}
	return "false"
}
