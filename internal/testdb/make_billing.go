package testdb

import "fmt"

// Charge is a row of subscription_charges.
type Charge struct {
	ID, Subscription                      int64
	ExternalID, Kind, Description, Amount string
	PeriodStart, PeriodEnd                string
}

// Charge makes a charge of a subscription, not billed yet.
func (w *World) Charge(c Charge) Charge {
	w.t.Helper()
	w.subscription(&c.Subscription)
	either(&c.Kind, "recurring")
	either(&c.Amount, "10.00")
	either(&c.PeriodStart, "2026-01-01")
	c.ID = w.insert("subscription_charges", col{"external_id", null(c.ExternalID)},
		col{"subscription_id", c.Subscription},
		col{"kind", c.Kind}, col{"description", c.Description}, col{"amount", c.Amount},
		col{"period_start", c.PeriodStart}, col{"period_end", null(c.PeriodEnd)})
	return c
}

// Invoice is a row of invoices with its lines. Lines nil: one line of Amount,
// else of 100.00; an empty list: none.
type Invoice struct {
	ID                                int64
	Number                            string
	Customer                          int64
	ExternalID, IssuedOn, DueOn       string
	Currency, Status, Restricted      string
	BuyerName, BuyerAddress, BuyerTax string
	Amount                            string
	Lines                             []Line
}

// Line is a row of invoice_lines. One that names a charge takes its amount and
// subscription from it.
type Line struct {
	ID, Subscription, Charge int64
	ExternalID, Description  string
	Quantity, Amount         string
	Start, End               string
}

// Invoice makes an open invoice, issued to its customer as it is now.
func (w *World) Invoice(i Invoice) Invoice {
	w.t.Helper()
	for n := range i.Lines {
		w.line(&i.Lines[n])
		w.owner(&i.Customer, "subscriptions", i.Lines[n].Subscription)
	}
	w.buyer(&i.Customer, &i.Currency, &i.BuyerName, &i.BuyerAddress, &i.BuyerTax)
	w.number(&i.Number, "INV")
	either(&i.IssuedOn, DefaultIssued)
	either(&i.DueOn, max(i.IssuedOn, DefaultDue))
	either(&i.Status, "open")
	i.ID = w.insert("invoices", col{"external_id", null(i.ExternalID)}, col{"number", i.Number},
		col{"customer_id", i.Customer},
		col{"issued_on", i.IssuedOn}, col{"due_on", i.DueOn}, col{"currency", i.Currency}, col{"status", i.Status},
		col{"restricted", i.Restricted}, col{"buyer_name", i.BuyerName}, col{"buyer_address", i.BuyerAddress},
		col{"buyer_tax_id", i.BuyerTax})
	if i.Lines == nil {
		either(&i.Amount, "100.00")
		i.Lines = []Line{{Amount: i.Amount}}
		w.line(&i.Lines[0])
	}
	for n := range i.Lines {
		l := &i.Lines[n]
		l.ID = w.insert("invoice_lines", col{"external_id", null(l.ExternalID)}, col{"invoice_id", i.ID},
			col{"subscription_id", null(l.Subscription)}, col{"charge_id", null(l.Charge)},
			col{"description", l.Description},
			col{"quantity", l.Quantity}, col{"unit_price", l.Amount}, col{"amount", l.Amount},
			col{"service_start", null(l.Start)}, col{"service_end", null(l.End)})
	}
	if len(i.Lines) > 1 { // its lines came one after the other
		w.Exec(
			`update invoices i set issued_hash = document_hash_invoice(i) where id = $1 and issued_hash is not null`,
			i.ID)
	}
	i.Amount = w.text(`select total from invoices where id = $1`, i.ID)
	return i
}

func (w *World) line(l *Line) {
	w.t.Helper()
	if l.Charge != 0 {
		var from struct {
			Amount       string
			Subscription int64
		}
		w.get(&from, `select amount::text, subscription_id as subscription from subscription_charges where id = $1`,
			l.Charge)
		either(&l.Amount, from.Amount)
		either(&l.Subscription, from.Subscription)
	}
	either(&l.Amount, "100.00")
	either(&l.Quantity, "1")
	either(&l.Description, "Service")
}

// Allocation says how much of a payment or credit memo settles an invoice or a
// debit memo. TransferOrder is the transfer that wrote it.
type Allocation struct {
	ID                                int64
	Invoice, DebitMemo, TransferOrder int64
	Amount                            string
}

// Payment is a row of payments with its allocations.
type Payment struct {
	ID                             int64
	Number                         string
	Customer, Method               int64
	ExternalID, ReceivedOn, Amount string
	Currency, Status               string
	Allocations                    []Allocation
}

// Payment makes a succeeded payment of 100.00.
func (w *World) Payment(p Payment) Payment {
	w.t.Helper()
	for _, a := range p.Allocations {
		w.owner(&p.Customer, "invoices", a.Invoice)
		w.owner(&p.Customer, "debit_memos", a.DebitMemo)
	}
	if p.Method != 0 {
		w.owner(&p.Customer, "payment_methods", p.Method)
	}
	w.customer(&p.Customer)
	either(&p.Currency, w.text(`select currency from customers where id = $1`, p.Customer))
	either(&p.ReceivedOn, DefaultIssued)
	either(&p.Amount, "100.00")
	either(&p.Status, "succeeded")
	p.ID = w.insert("payments", col{"external_id", null(p.ExternalID)}, col{"customer_id", p.Customer},
		col{"payment_method_id", null(p.Method)}, col{"received_on", p.ReceivedOn}, col{"amount", p.Amount},
		col{"currency", p.Currency}, col{"status", p.Status})
	p.Number = number("PAY", p.ID)
	p.Allocations = w.allocate("payment", p.ID, p.Amount, p.Allocations)
	return p
}

// AllocatePayment settles documents with a payment that exists.
func (w *World) AllocatePayment(payment int64, to ...Allocation) []Allocation {
	w.t.Helper()
	return w.allocate("payment", payment, w.text(`select amount from payments where id = $1`, payment), to)
}

// AllocateCredit settles documents with a credit memo that exists.
func (w *World) AllocateCredit(memo int64, to ...Allocation) []Allocation {
	w.t.Helper()
	return w.allocate("credit_memo", memo, w.text(`select amount from credit_memos where id = $1`, memo), to)
}

func (w *World) allocate(from string, id int64, amount string, to []Allocation) []Allocation {
	w.t.Helper()
	table := map[string]string{"payment": "payment_allocations", "credit_memo": "credit_allocations"}[from]
	for n := range to {
		a := &to[n]
		either(&a.Amount, amount)
		a.ID = w.insert(table, col{from + "_id", id}, col{"invoice_id", null(a.Invoice)},
			col{"debit_memo_id", null(a.DebitMemo)}, col{"amount", a.Amount}, col{"order_id", null(a.TransferOrder)})
	}
	return to
}

// Refund is a row of refunds; Kind is refund or chargeback, CreditMemo the one that it pays
// out.
type Refund struct {
	ID                                   int64
	Number                               string
	Payment, CreditMemo                  int64
	ExternalID, On, Amount, Status, Kind string
}

// Refund makes a succeeded refund of 10.00.
func (w *World) Refund(r Refund) Refund {
	w.t.Helper()
	if r.Payment == 0 {
		r.Payment = w.Payment(Payment{}).ID
	}
	either(&r.On, DefaultIssued)
	either(&r.Amount, "10.00")
	either(&r.Status, "succeeded")
	either(&r.Kind, "refund")
	r.ID = w.insert("refunds", col{"external_id", null(r.ExternalID)}, col{"payment_id", r.Payment},
		col{"refunded_on", r.On}, col{"amount", r.Amount}, col{"status", r.Status}, col{"kind", r.Kind},
		col{"credit_memo_id", null(r.CreditMemo)})
	r.Number = number("RF", r.ID)
	return r
}

// Memo is a row of credit_memos or debit_memos; Invoice and Allocations are a
// credit memo's, DueOn is a debit memo's.
type Memo struct {
	ID                                int64
	Number                            string
	Customer, Subscription, Invoice   int64
	ExternalID, IssuedOn, Amount      string
	Currency, Reason, Purpose, DueOn  string
	Status, Restricted                string
	BuyerName, BuyerAddress, BuyerTax string
	Allocations                       []Allocation
}

// CreditMemo makes an open credit memo of 50.00.
func (w *World) CreditMemo(m Memo) Memo {
	w.t.Helper()
	for _, a := range m.Allocations {
		w.owner(&m.Customer, "invoices", a.Invoice)
		w.owner(&m.Customer, "debit_memos", a.DebitMemo)
	}
	w.owner(&m.Customer, "invoices", m.Invoice)
	m.ID = w.insert("credit_memos", append(w.memo(&m, "CM"), col{"invoice_id", null(m.Invoice)})...)
	m.Allocations = w.allocate("credit_memo", m.ID, m.Amount, m.Allocations)
	return m
}

// DebitMemo makes an open debit memo of 50.00.
func (w *World) DebitMemo(m Memo) Memo {
	w.t.Helper()
	if m.Invoice != 0 || m.Allocations != nil {
		w.t.Fatal("a debit memo has neither an invoice nor allocations of its own")
	}
	m.ID = w.insert("debit_memos", append(w.memo(&m, "DM"), col{"due_on", null(m.DueOn)})...)
	return m
}

func (w *World) memo(m *Memo, prefix string) []col {
	w.t.Helper()
	w.owner(&m.Customer, "subscriptions", m.Subscription)
	w.buyer(&m.Customer, &m.Currency, &m.BuyerName, &m.BuyerAddress, &m.BuyerTax)
	w.number(&m.Number, prefix)
	either(&m.IssuedOn, DefaultIssued)
	either(&m.Amount, "50.00")
	either(&m.Status, "open")
	return []col{
		{"external_id", null(m.ExternalID)},
		{"number", m.Number},
		{"customer_id", m.Customer},
		{"subscription_id", null(m.Subscription)},
		{"issued_on", m.IssuedOn},
		{"amount", m.Amount},
		{"currency", m.Currency},
		{"reason", m.Reason},
		{"purpose", m.Purpose},
		{"status", m.Status},
		{"restricted", m.Restricted},
		{"buyer_name", m.BuyerName},
		{"buyer_address", m.BuyerAddress},
		{"buyer_tax_id", m.BuyerTax},
	}
}

// buyer is the snapshot of the customer that an issued document keeps.
func (w *World) buyer(customer *int64, currency, name, address, taxID *string) {
	w.t.Helper()
	w.customer(customer)
	var c struct{ Currency, Name, Address, Tax string }
	w.get(&c, `select currency, name, address, tax_id as tax from customers where id = $1`, *customer)
	either(currency, c.Currency)
	either(name, c.Name)
	either(address, c.Address)
	either(taxID, c.Tax)
}

// number gives a document number that no other document of this world has.
func (w *World) number(s *string, prefix string) {
	w.count++
	either(s, fmt.Sprintf("%s-%06d", prefix, w.count))
}

func (w *World) subscription(id *int64) {
	w.t.Helper()
	if *id == 0 {
		*id = w.Subscription(Subscription{}).ID
	}
}
