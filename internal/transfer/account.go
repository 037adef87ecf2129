package transfer

// AccountColumn says what becomes of a column of an account.
type AccountColumn struct {
	Name string

	// Opened is what the account has that a distributor transfer opens: an expression over the
	// source's row and the values of the execution, "" = it begins without.
	Opened string

	// Choice is how the panel names the column where a merge chooses between source and target,
	// "" = the target keeps its own.
	Choice string
}

// AccountColumns lists all columns of customers but those that the database works out. A test
// compares them with the table.
var AccountColumns = []AccountColumn{
	{Name: "id", Opened: "next_id('customers', 'C')"},
	{Name: "distributor_id", Opened: "@target_distributor"},
	{Name: "name", Opened: "name", Choice: "Name"},
	{Name: "address", Opened: "address", Choice: "Address"},
	{Name: "tax_id", Opened: "tax_id", Choice: "Tax id"},
	{Name: "crm_id", Opened: "crm_id", Choice: "CRM id"},
	{Name: "email", Opened: "email", Choice: "E-mail"},
	{Name: "currency", Opened: "@currency"},
	{Name: "country", Opened: "country"},
	{Name: "status", Opened: "status"}, // a suspended customer stays suspended
	{Name: "created_on", Opened: "@today"},
	{Name: "external_id"},        // of the feed of the former distributor
	{Name: "bill_to_parent"},     // the parent stays
	{Name: "parent_customer_id"}, // the parent stays
	{Name: "successor_id"},
	{Name: "succeeded_on"},
}

// MergeFields are the columns for which a merge chooses between source and target: the target's
// value stays unless it is empty or the user picks the source's.
var MergeFields = func() []string {
	var names []string
	for _, c := range AccountColumns {
		if c.Choice != "" {
			names = append(names, c.Name)
		}
	}
	return names
}()

// FieldLabel is how the panel names a column for which a merge chooses.
func FieldLabel(name string) string {
	for _, c := range AccountColumns {
		if c.Name == name {
			return c.Choice
		}
	}
	return name
}
