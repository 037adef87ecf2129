package transfer

import "fmt"

// subscriptionsFlow declares "Transfer Subscriptions" (domain 2.2).
func subscriptionsFlow() Flow {
	return Flow{
		Kind:      Subscriptions,
		Label:     "Transfer Subscriptions",
		Load:      []loader{loadTarget, loadEffectiveDate, loadSelection, loadMethods},
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
			{"move the service users", moveUsersOfS},
			{"notify the customer", notifyCustomer},
		},
	}
}

// mergeFlow declares "Merge Customers" (domain 2.3).
func mergeFlow() Flow {
	return Flow{
		Kind:      Merge,
		Label:     "Merge Customers",
		Load:      []loader{loadTarget, loadEffectiveDate, loadAll, loadMethods, loadFields, loadRest},
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
// partial transfer leaves behind. Kinds that are not named follow those that are.
var concernedByS = map[string]string{
	"subscription":        `$.id = any(@subs::bigint[])`,
	"subscription_charge": namesS("subscription_charges"),
	"usage_record":        namesS("usage_records"),
	"billing_schedule":    namesS("billing_schedules"),
	"revenue_schedule":    namesS("revenue_schedules"),
	"invoice_line":        namesS("invoice_lines"),
	"credit_memo":         namesS("credit_memos"),
	"debit_memo":          namesS("debit_memos"),
	"invoice":             `exists (select 1 from invoice_lines l where l.invoice_id = $.id and l.subscription_id = any(@subs::bigint[]))`,
	"payment": `exists (select 1 from payment_allocations a join invoice_lines l on l.invoice_id = a.invoice_id
        where a.payment_id = $.id and l.subscription_id = any(@subs::bigint[]))`,
}

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
