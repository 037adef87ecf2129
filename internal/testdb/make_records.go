package testdb

import (
	"context"
	"encoding/json"

	"github.com/alexedwards/argon2id"
	"github.com/lib/pq"
)

// Usage is a row of usage_records; Line bills it.
type Usage struct {
	ID, Subscription, Resource, Line     int64
	ExternalID, UsedOn, Quantity, Amount string
}

// Usage makes a usage record of 5.00.
func (w *World) Usage(u Usage) Usage {
	w.t.Helper()
	w.subscription(&u.Subscription)
	either(&u.UsedOn, "2026-01-10")
	either(&u.Quantity, "1")
	either(&u.Amount, "5.00")
	u.ID = w.insert("usage_records", col{"external_id", null(u.ExternalID)}, col{"subscription_id", u.Subscription},
		col{"resource_id", null(u.Resource)}, col{"used_on", u.UsedOn}, col{"quantity", u.Quantity},
		col{"amount", u.Amount}, col{"invoice_line_id", null(u.Line)})
	return u
}

// BillingSchedule is a row of billing_schedules; Invoice bills it.
type BillingSchedule struct {
	ID, Subscription, Invoice int64
	ExternalID, DueOn, Amount string
}

// BillingSchedule makes a billing schedule line of 10.00.
func (w *World) BillingSchedule(b BillingSchedule) BillingSchedule {
	w.t.Helper()
	w.subscription(&b.Subscription)
	either(&b.DueOn, "2026-02-01")
	either(&b.Amount, "10.00")
	b.ID = w.insert("billing_schedules", col{"external_id", null(b.ExternalID)}, col{"subscription_id", b.Subscription},
		col{"due_on", b.DueOn}, col{"amount", b.Amount}, col{"invoice_id", null(b.Invoice)})
	return b
}

// RevenueSchedule is a row of revenue_schedules.
type RevenueSchedule struct {
	ID, Subscription, Line         int64
	ExternalID, Start, End, Amount string
	Recognized                     bool
}

// RevenueSchedule makes a revenue schedule line of 10.00.
func (w *World) RevenueSchedule(r RevenueSchedule) RevenueSchedule {
	w.t.Helper()
	w.subscription(&r.Subscription)
	either(&r.Start, "2026-01-01")
	either(&r.Amount, "10.00")
	r.ID = w.insert("revenue_schedules", col{"external_id", null(r.ExternalID)}, col{"subscription_id", r.Subscription},
		col{"invoice_line_id", null(r.Line)}, col{"period_start", r.Start}, col{"period_end", null(r.End)},
		col{"amount", r.Amount}, col{"recognized", r.Recognized})
	return r
}

// Source kinds of journal entries.
const (
	OfInvoice         = "invoice"
	OfPayment         = "payment"
	OfRefund          = "refund"
	OfCreditMemo      = "credit_memo"
	OfDebitMemo       = "debit_memo"
	OfRevenueSchedule = "revenue_schedule"
)

// Entry is a row of journal_entries with its lines; without a source it is its
// customer's. Lines nil: Amount, else 100.00, from receivables to revenue.
type Entry struct {
	ID                           int64
	Distributor, Customer        int64
	SourceKind                   string
	Source                       int64
	ExternalID, PostedOn, Memo   string
	Restricted, Amount, Currency string
	Lines                        []EntryLine
}

// EntryLine is a row of journal_lines.
type EntryLine struct{ Account, Debit, Credit, Currency string }

// Entry makes a journal entry.
func (w *World) Entry(e Entry) Entry {
	w.t.Helper()
	if e.SourceKind == "" {
		w.customer(&e.Customer)
		either(&e.Currency, w.text(`select currency from customers where id = $1`, e.Customer))
	}
	either(&e.Distributor, w.Provider.ID)
	either(&e.Currency, w.text(`select currency from distributors where id = $1`, e.Distributor))
	either(&e.PostedOn, DefaultIssued)
	either(&e.Amount, "100.00")
	if e.Lines == nil {
		e.Lines = []EntryLine{
			{Account: "1100 Accounts receivable", Debit: e.Amount},
			{Account: "4000 Revenue", Credit: e.Amount},
		}
	}
	e.ID = w.insert("journal_entries", col{"external_id", null(e.ExternalID)}, col{"distributor_id", e.Distributor},
		col{"customer_id", null(e.Customer)}, col{"posted_on", e.PostedOn}, col{"memo", e.Memo},
		col{"source_kind", null(e.SourceKind)}, col{"source_id", null(e.Source)}, col{"restricted", e.Restricted})
	// The lines of an entry are written together: each statement must leave it balanced.
	var accounts, debits, credits, currencies []string
	for n := range e.Lines {
		l := &e.Lines[n]
		either(&l.Debit, "0")
		either(&l.Credit, "0")
		either(&l.Currency, e.Currency)
		accounts, debits = append(accounts, l.Account), append(debits, l.Debit)
		credits, currencies = append(credits, l.Credit), append(currencies, l.Currency)
	}
	w.Exec(`insert into journal_lines (entry_id, account, debit, credit, currency)
		select $1, a, d::numeric, c::numeric, y
		from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as l (a, d, c, y)`,
		e.ID, pq.Array(accounts), pq.Array(debits), pq.Array(credits), pq.Array(currencies))
	return e
}

// Password is that of every staff member who names no other.
const Password = "correct horse battery staple"

// Staff is a row of staff.
type Staff struct {
	ID, Distributor                     int64
	Email, Name, Role, Status, Password string
	Created                             string // created_at, "" = now
}

// Staff makes an administrator of the provider who can sign in.
func (w *World) Staff(s Staff) Staff {
	w.t.Helper()
	either(&s.Distributor, w.Provider.ID)
	w.name(&s.Name, "Person")
	w.count++
	either(&s.Email, number("person", int64(w.count))+"@aurora.example")
	either(&s.Role, "administrator")
	either(&s.Status, "active")
	either(&s.Password, Password)
	// Cheap on purpose: a test signs in often and keeps no secret.
	hash, err := argon2id.CreateHash(s.Password, &argon2id.Params{
		Memory: 64, Iterations: 1, Parallelism: 1,
		SaltLength: 16, KeyLength: 32,
	})
	if err != nil {
		w.t.Fatalf("hash the password: %v", err)
	}
	s.ID = w.insert("staff", col{"distributor_id", s.Distributor}, col{"email", s.Email}, col{"name", s.Name},
		col{"role", s.Role}, col{"password_hash", hash}, col{"status", s.Status})
	if s.Created != "" {
		w.Exec(`update staff set created_at = $2 where id = $1`, s.ID, s.Created)
	}
	return s
}

// TransferOrder is a row of transfer_orders as a transfer leaves it: completed,
// unless it says otherwise.
type TransferOrder struct {
	ID                               int64
	Number                           string
	Kind, Status, Failure, Completed string
	Source, Target                   int64
	TargetDistributor, RequestedBy   int64
	Reverses                         int64
	Request                          map[string]any
}

// TransferOrder makes the order of a merge, unless it says otherwise.
func (w *World) TransferOrder(o TransferOrder) TransferOrder {
	w.t.Helper()
	w.customer(&o.Source)
	either(&o.Kind, "merge")
	either(&o.Status, "completed")
	var seller int64
	w.get(&seller, `select distributor_id from customers where id = $1`, o.Source)
	if o.Target != 0 && o.TargetDistributor == 0 {
		w.get(&o.TargetDistributor, `select distributor_id from customers where id = $1`, o.Target)
	}
	if o.Status == "completed" || o.Status == "reversed" {
		either(&o.Completed, DefaultIssued+"T12:00:00Z")
	}
	if o.Status == "failed" {
		either(&o.Failure, "It did not work.")
	}
	started, starts, expires, reason := "", "", "", ""
	switch o.Status {
	case "in_progress":
		started = DefaultIssued + "T11:59:00Z"
	case "scheduled":
		starts = "2030-01-01T00:00:00Z"
	case "awaiting_approval":
		expires = "2030-01-01T00:00:00Z"
	case "rejected":
		reason = "It is not wanted."
	}
	request, err := json.Marshal(o.Request)
	if err != nil {
		w.t.Fatalf("write the request: %v", err)
	}
	o.ID = w.insert("transfer_orders", col{"kind", o.Kind}, col{"status", o.Status}, col{"failure", o.Failure},
		col{"request", string(request)}, col{"source_customer_id", o.Source}, col{"source_distributor_id", seller},
		col{"target_customer_id", null(o.Target)}, col{"target_distributor_id", null(o.TargetDistributor)},
		col{"requested_by", null(o.RequestedBy)}, col{"completed_at", null(o.Completed)},
		col{"reverses_id", null(o.Reverses)},
		col{"started_at", null(started)}, col{"start_at", null(starts)}, col{"expires_at", null(expires)},
		col{"reason", reason})
	o.Number = number("TO", o.ID)
	return o
}

// Ledger writes what an order changed: the column of the records, from one value to another.
func (w *World) Ledger(order int64, kind, column, before, after string, records ...int64) {
	w.t.Helper()
	if len(records) == 0 {
		w.t.Fatal("a ledger line names at least one record")
	}
	first, last := records[0], records[0]
	for _, id := range records {
		first, last = min(first, id), max(last, id)
	}
	_, err := w.rows.ExecContext(context.Background(), `insert into transfer_ledger (order_id, kind, column_name,
		record_ids, first_id, last_id, before, after) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		order, kind, column, pq.Array(records), first, last, pq.Array([]string{before}), pq.Array([]string{after}))
	if err != nil {
		w.t.Fatalf("write the ledger: %v", err)
	}
}

// Webhook is a row of webhook_endpoints with one message that was delivered.
type Webhook struct {
	ID, Distributor, Message int64
	URL                      string
}

// Webhook makes a webhook of the provider, unless it says otherwise.
func (w *World) Webhook(h Webhook) Webhook {
	w.t.Helper()
	either(&h.Distributor, w.Provider.ID)
	either(&h.URL, "https://billing.example/hook")
	h.ID = w.insert("webhook_endpoints", col{"distributor_id", h.Distributor}, col{"url", h.URL},
		col{"events", "{order.completed}"})
	h.Message = w.insert("webhook_deliveries", col{"endpoint_id", h.ID}, col{"message_id", number("msg", h.ID)},
		col{"event", "order.completed"},
		col{"occurred_at", DefaultIssued}, col{"next_attempt_at", DefaultIssued}, col{"status", "delivered"},
		col{"delivered_at", DefaultIssued},
		col{"payload", `{"type":"order.completed","to":"` + h.URL + `"}`}, col{"attempts", 1}, col{"answered", 204})
	return h
}
