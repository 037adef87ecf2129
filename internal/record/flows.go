package record

// Flow declares what of a transfer is data: in which words it speaks, which documents move with
// what depends on them, and what it must not tear. What moves is in Kinds; what is read, checked
// and done is in the packages above.
type Flow struct {
	Kind  FlowKind
	Label string // the act, as the panel names it
	Noun  string // an order of it, as the list of orders names it
	Event string // what its completion is to programs, beside order.completed

	// Documents are the conditions under which documents move, for the records that depend
	// on them. Torn lists the relationships that the flow must not tear.
	Documents documents
	Torn      []torn

	// Selects: it is about the records of the selected subscriptions only, not all of the
	// source's.
	Selects bool

	// SharedCRM finds the live accounts that afterwards carry the CRM id of an account
	// that takes part, beside it.
	SharedCRM string

	// KeepsMethods: the transfer can keep payment methods.
	KeepsMethods bool
}

// Flows lists the transfers that can be asked for (docs/domain.md 2).
var Flows = []Flow{
	{
		Kind: Distributor, Label: "Transfer to Another Distributor", Noun: "Distributor transfer",
		Event: "customer.transferred", KeepsMethods: true,
		SharedCRM: `
			select 'customer' as kind, number_of('C', id) as number from customers
			where crm_id <> '' and crm_id = (select crm_id from customers where id = @source) and id <> @source
			  and status in ('active', 'suspended') and ` + InScope("customers") + ` order by id`,
	},
	{
		Kind: Subscriptions, Label: "Transfer Subscriptions", Noun: "Subscription transfer",
		Event: "subscription.transferred", Selects: true,
		Documents: DocumentsOfS, Torn: append([]torn{sharedInvoices}, tornBy(DocumentsOfS, "true")...),
		SharedCRM: `
			select 'customer' as kind, number_of('C', c.id) as number from customers c
			where c.status in ('active', 'suspended') and c.crm_id <> ''
			  and c.crm_id in (select crm_id from customers where id in (@source, @target))
			  and exists (select 1 from customers o
			              where o.crm_id = c.crm_id and o.id <> c.id and o.status in ('active', 'suspended')
			              and ` + InScope("o") + `)
			  and ` + InScope("c") + ` order by c.id`,
	},
	{
		Kind: Merge, Label: "Merge Customers", Noun: "Customer merge", Event: "customer.merged",
		Documents: documentsOfAll, Torn: tornBy(documentsOfAll, "k.own"),
		SharedCRM: `
			with kept as (
			    select case when s.crm_id <> '' and (@keep_crm or t.crm_id = '') then s.crm_id
			                else t.crm_id end as crm_id
			    from customers s cross join customers t where s.id = @source and t.id = @target)
			select 'customer' as kind, number_of('C', c.id) as number from customers c
			join kept k on k.crm_id = c.crm_id
			where c.crm_id <> '' and c.status in ('active', 'suspended') and c.id not in (@source, @target)
			  and ` + InScope("c") + ` order by c.id`,
	},
}

// FlowOf returns the flow of that kind, and whether there is one.
func FlowOf(kind FlowKind) (Flow, bool) {
	for _, f := range Flows {
		if f.Kind == kind {
			return f, true
		}
	}
	return Flow{}, false
}

// FlowNames returns the kinds of transfer in the order of their declaration.
func FlowNames() []string {
	names := make([]string, len(Flows))
	for i, f := range Flows {
		names[i] = string(f.Kind)
	}
	return names
}

// Concerned returns the condition under which the source's records of a kind are what
// the flow is about.
func (f Flow) Concerned(k Kind) string {
	if f.Selects {
		return k.Concerned
	}
	return "true"
}
