package demo

import (
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// The row types have the columns of the CSV files, in their order: a field's
// name in snake case is its column, a field of world is a file.

type world struct {
	Brands                   []brand
	Distributors             []distributor
	Plans                    []plan
	PlanResources            []planResource
	Terms                    []term
	Customers                []*customer
	Contacts                 []contact
	PaymentMethods           []paymentMethod
	TermsAcceptances         []acceptance
	ServiceUsers             []serviceUser
	Subscriptions            []*subscription
	ServiceUserSubscriptions []serviceUserSubscription
	SubscriptionCharges      []charge
	Orders                   []placedOrder
	Invoices                 []*invoice
	InvoiceLines             []invoiceLine
	Payments                 []*payment
	PaymentAllocations       []paymentAllocation
	Refunds                  []*refund
	CreditMemos              []*creditMemo
	CreditAllocations        []creditAllocation
	DebitMemos               []*debitMemo
	UsageRecords             []usageRecord
	BillingSchedules         []billingSchedule
	RevenueSchedules         []revenueSchedule
	JournalEntries           []journalEntry
	JournalLines             []journalLine
	FinancialPeriods         []period
	ExchangeRates            []exchangeRate
	AccountSuccessors        []accountSuccessor
	FormerIDs                []formerID
}

type brand struct{ ID, Name, PrimaryColor string }

type distributor struct {
	ID, ParentID, Name, Currency, Country, LegalEntity, BrandID, MerchantAccount, Status string
}

type plan struct {
	ID, DistributorID, DelegatedFrom, Name, Currency, BillingPeriod string
	Price                                                           money.Amount
	Transferable                                                    bool
}

type planResource struct {
	ID, PlanID, Name    string
	Included, UnitPrice decimal.Decimal
}

type term struct{ ID, DistributorID, PlanID, ResourceID, DerivedFrom, Title, Version string }

type customer struct {
	ID, DistributorID, Name, Email, Currency, Country, Address, TaxID, CrmID string
	BillToParent                                                             bool
	ParentCustomerID, Status                                                 string
	CreatedOn                                                                time.Time
}

type contact struct{ ID, CustomerID, Name, Email, Role string }

type paymentMethod struct{ ID, CustomerID, MerchantAccount, Kind, Label, Status string }

type acceptance struct{ CustomerID, TermsID, AcceptedAt, AcceptedBy string }

type serviceUser struct {
	ID, CustomerID, Login string
	AccountWide           bool
}

type serviceUserSubscription struct{ ServiceUserID, SubscriptionID string }

type subscription struct {
	ID, CustomerID, PlanID, ParentSubscriptionID, Status string
	StartOn, EndOn                                       time.Time
	BillingPeriod                                        string
	Quantity                                             decimal.Decimal
	Price                                                money.Amount
	PriceFrozen                                          bool
	Promotion                                            string
}

type charge struct {
	ID, SubscriptionID, Kind, Description string
	Amount                                money.Amount
	PeriodStart, PeriodEnd                time.Time
}

type placedOrder struct {
	ID, CustomerID, SubscriptionID, Type, Status string
	PlacedOn                                     time.Time
	Total                                        money.Amount
}

type invoice struct {
	ID, Number, CustomerID       string
	IssuedOn, DueOn              time.Time
	Currency, Status, Restricted string
}

type invoiceLine struct {
	ID, InvoiceID, SubscriptionID, ChargeID, Description string
	Quantity                                             decimal.Decimal
	UnitPrice                                            decimal.Decimal
	Amount                                               money.Amount
	ServiceStart, ServiceEnd                             time.Time
}

type payment struct {
	ID, CustomerID, PaymentMethodID string
	ReceivedOn                      time.Time
	Amount                          money.Amount
	Currency, Status                string
}

type paymentAllocation struct {
	PaymentID, InvoiceID, DebitMemoID string
	Amount                            money.Amount
}

type refund struct {
	ID, PaymentID              string
	RefundedOn                 time.Time
	Amount                     money.Amount
	Status, Kind, CreditMemoID string
}

type creditMemo struct {
	ID, Number, CustomerID, SubscriptionID, InvoiceID string
	IssuedOn                                          time.Time
	Amount                                            money.Amount
	Currency, Reason, Status, Restricted              string
}

type creditAllocation struct {
	CreditMemoID, InvoiceID, DebitMemoID string
	Amount                               money.Amount
}

type debitMemo struct {
	ID, Number, CustomerID, SubscriptionID string
	IssuedOn                               time.Time
	Amount                                 money.Amount
	Currency, Reason, Status, Restricted   string
}

type usageRecord struct {
	ID, SubscriptionID, ResourceID string
	UsedOn                         time.Time
	Quantity                       decimal.Decimal
	Amount                         money.Amount
	InvoiceLineID                  string
}

type billingSchedule struct {
	ID, SubscriptionID string
	DueOn              time.Time
	Amount             money.Amount
	InvoiceID          string
}

type revenueSchedule struct {
	ID, SubscriptionID, InvoiceLineID string
	PeriodStart, PeriodEnd            time.Time
	Amount                            money.Amount
	Recognized                        bool
}

type journalEntry struct {
	ID, DistributorID, CustomerID    string
	PostedOn                         time.Time
	Memo                             string
	SourceKind, SourceID, Restricted string
}

type journalLine struct {
	EntryID, Account string
	Debit, Credit    money.Amount
	Currency         string
}

type period struct {
	DistributorID  string
	StartOn, EndOn time.Time
	Status         string
}

type exchangeRate struct {
	OnDate                   time.Time
	FromCurrency, ToCurrency string
	Rate                     decimal.Decimal
	Source                   string
}

type accountSuccessor struct {
	CustomerID, SuccessorCustomerID, Kind string
	OnDate                                time.Time
}

type formerID struct{ CustomerID, Kind, Value string }
