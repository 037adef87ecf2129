package emails

import "slices"

// Name names a kind of mail.
type Name string

// The kinds of mails.
const (
	CustomerTransferred Name = "customer_transferred"
	ContractsMoved      Name = "contracts_moved"
	CustomerMerged      Name = "customer_merged"
	OrderCompleted      Name = "order_completed"
	OrderFailed         Name = "order_failed"
	OrderHandedBack     Name = "order_handed_back"
	ApprovalAsked       Name = "approval_asked"
	ApprovalAnswered    Name = "approval_answered"
)

// Field is what a template may name in braces.
type Field struct {
	Name   string // "customer_name", written {customer_name}
	Means  string // in words
	Sample string // for the preview of a template
}

// Kind declares one kind of mail.
type Kind struct {
	Name     Name
	Label    string
	When     string // it is written
	Staff    bool   // to staff; else to the customer
	Everyone bool   // to all who may answer or see the order; else to its requester, unless others want it too
	Usual    bool   // staff get it who did not say otherwise
	Subject  string
	Body     string
	Fields   []Field
}

var (
	fieldCustomer = Field{"customer_name", "name of the customer whose account is transferred", "Blue Fjord AS"}
	fieldAccount  = Field{"new_account", "number of the account that gains", "C-000042"}
	fieldBrand    = Field{"brand_name", "name of the brand, or of the distributor where it has none", "Aurora Cloud"}
	fieldMoved    = Field{"subscriptions", "how many subscriptions move, in words", "2 subscriptions"}
	fieldBalance  = Field{
		"balance", "a sentence about the balance that is carried over, empty where there is none",
		"Your balance was carried over: You owe 86.12 GBP.",
	}
	fieldTarget = Field{"target_name", "name of the account that gains", "Fjord Group AS"}
	fieldOrder  = Field{"order", "number of the order", "TO-000412"}
	fieldType   = Field{"transfer", "kind of the transfer", "Merge Customers"}
	fieldFrom   = Field{
		"source", "whose records move: name, number and distributor",
		"Blue Fjord AS (C-000012), Nordlys Partner",
	}
	fieldTo = Field{
		"target", "who gains: name, number and distributor",
		"Fjord Group AS (C-000042), Nordlys Partner",
	}
	fieldDetail = Field{"detail", "what happened, or what is to be done", "905 records moved, books proved"}
	fieldLink   = Field{"link", "address of the order's page", "https://panel.example/pcp/orders/TO-000412"}

	ofOrder = []Field{fieldOrder, fieldType, fieldFrom, fieldTo, fieldDetail, fieldLink}
)

// orderBody is what mails to staff say.
func orderBody(first string) string {
	return first + "\n\nFrom: {source}\nTo: {target}\n\n{detail}\n\n{link}\n"
}

// kinds is the one list of them.
var kinds = []Kind{
	{
		Name: CustomerTransferred, Label: "Customer: transferred to another distributor",
		When:    "when a distributor transfer was completed that asked to notify the customer",
		Subject: "Your account is now with {brand_name}",
		Body: "Hello {customer_name},\n\nfrom today {brand_name} looks after your contract. Your new account " +
			"number is {new_account}.\n\n" +
			"What moves with you, without interruption: {subscriptions}. Invoices issued so far stay valid.\n\n" +
			"{balance}\n\n{brand_name}\n",
		Fields: []Field{fieldCustomer, fieldBrand, fieldAccount, fieldMoved, fieldBalance},
	},
	{
		Name: ContractsMoved, Label: "Customer: contracts transferred",
		When:    "when contracts were transferred between customers and the customer was to be notified",
		Subject: "Your contracts are now with {target_name}",
		Body: "Hello {customer_name},\n\nfrom today your contracts with {brand_name} are those of {target_name} " +
			"(account {new_account}): {subscriptions}.\n\n" +
			"Services go on without interruption. Documents issued so far stay valid.\n\n{brand_name}\n",
		Fields: []Field{fieldCustomer, fieldBrand, fieldTarget, fieldAccount, fieldMoved},
	},
	{
		Name: CustomerMerged, Label: "Customer: accounts merged",
		When:    "when two customers were merged and the customer was to be notified",
		Subject: "Your account with {brand_name} was merged",
		Body: "Hello {customer_name},\n\nyour account with {brand_name} is now part of the account " +
			"{new_account} of {target_name}. Contracts, documents and balances are found there.\n\n" +
			"Services go on without interruption. Documents issued so far stay valid.\n\n{brand_name}\n",
		Fields: []Field{fieldCustomer, fieldBrand, fieldTarget, fieldAccount, fieldMoved},
	},
	{
		Name: OrderCompleted, Label: "Order completed", When: "when a transfer was carried out", Staff: true,
		Subject: "{order} is completed", Body: orderBody("{order} ({transfer}) is completed."), Fields: ofOrder,
	},
	{
		Name: OrderFailed, Label: "Order failed", When: "when a transfer could not be carried out", Staff: true,
		Usual:   true,
		Subject: "{order} failed", Body: orderBody("{order} ({transfer}) failed; nothing was changed."),
		Fields: ofOrder,
	},
	{
		Name: OrderHandedBack, Label: "Order handed back", When: "when the data had changed before a transfer began",
		Staff: true, Usual: true,
		Subject: "{order} needs your confirmation again",
		Body: orderBody("{order} ({transfer}) is a draft again: the data changed before it began. Nothing " +
			"was transferred."), Fields: ofOrder,
	},
	{
		Name: ApprovalAsked, Label: "Approval or consent asked for",
		When: "when a transfer waits for an answer that you may give", Staff: true, Everyone: true, Usual: true,
		Subject: "{order} waits for your answer", Body: orderBody("{order} ({transfer}) waits for approval."),
		Fields: ofOrder,
	},
	{
		Name: ApprovalAnswered, Label: "Approval answered",
		When: "when a transfer was approved, rejected or not answered", Staff: true, Usual: true,
		Subject: "{order}: the answer", Body: orderBody("There is an answer to {order} ({transfer})."), Fields: ofOrder,
	},
}

// Kinds returns all kinds of mails in the order in which they are shown.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindOf returns the kind of that name, and whether there is one.
func KindOf(name Name) (Kind, bool) {
	for _, k := range kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
