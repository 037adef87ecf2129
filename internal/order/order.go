package order

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"handover/internal/db"
	"handover/internal/ledger"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Order is one transfer order.
type Order struct {
	ID                  int64           `db:"id"`
	Number              string          `db:"number"`
	Kind                record.FlowKind `db:"kind"`
	Status              string          `db:"status"`
	Version             int             `db:"version"` // of the draft; a stale tab is refused by it
	SourceID            int64           `db:"source_customer_id"`
	SourceNumber        string          `db:"source_number"`
	SourceName          string          `db:"source_name"`
	SourceDistributorID int64           `db:"source_distributor_id"`
	SourceDistributor   string          `db:"source_distributor"`
	TargetID            *int64          `db:"target_customer_id"`
	TargetNumber        string          `db:"target_number"`
	TargetName          string          `db:"target_name"`
	TargetDistributorID *int64          `db:"target_distributor_id"`
	TargetDistributor   string          `db:"target_distributor"`
	Fingerprint         string          `db:"fingerprint"`
	Failure             string          `db:"-"` // in words, "" = none
	FailureCode         string          `db:"failure"`
	RequestedBy         *int64          `db:"requested_by"`
	RequestedByName     string          `db:"requested_by_name"`
	CreatedAt           time.Time       `db:"created_at"`
	UpdatedAt           time.Time       `db:"updated_at"`
	SubmittedAt         *time.Time      `db:"submitted_at"`
	StartAt             *time.Time      `db:"start_at"`   // when a scheduled order is to run
	CutOn               *time.Time      `db:"cut_on"`     // T, of a submitted order that cuts something
	StartedAt           *time.Time      `db:"started_at"` // nil before the execution began
	CompletedAt         *time.Time      `db:"completed_at"`
	ExpiresAt           *time.Time      `db:"expires_at"` // of a draft, or of a request for approval
	Reason              string          `db:"reason"`     // why it was rejected or cancelled
	AuditHead           string          `db:"audit_head"` // "count:hash" of the audit log at its completion, "" before
	ReversesID          *int64          `db:"reverses_id"`
	Reverses            string          `db:"reverses"`    // number of the order that it takes back, "" = none
	ReversedBy          string          `db:"reversed_by"` // number of the order that took it back, "" = none

	Request transfer.Request  `db:"-"`
	Preview *transfer.Preview `db:"-"` // as accepted; nil before that
	Result  *transfer.Result  `db:"-"` // nil before completion
	Consent *Consent          `db:"-"` // for a new distributor that does not see the source, while it is asked

	FailureJSON string  `db:"failure_facts"`
	RequestJSON string  `db:"request"`
	PreviewJSON *string `db:"preview"`
	ResultJSON  *string `db:"result"`
}

// GetOrder reads an order by its number; an unknown one is a NotFound fault. In a
// reader's scope the names of a side that they do not see are "".
func GetOrder(ctx context.Context, q db.Querier, number string) (Order, error) {
	var o Order
	id, ok := record.OrderID(number)
	if !ok {
		id = 0
	}
	err := q.GetContext(ctx, &o, `
		select o.id, number_of('TO', o.id) as number, o.kind, o.status, o.version, o.source_customer_id,
		       coalesce(number_of('C', s.id), '') as source_number, coalesce(s.name, '') as source_name,
		       o.source_distributor_id, coalesce(sd.name, '') as source_distributor, o.target_customer_id,
		       coalesce(number_of('C', t.id), '') as target_number, coalesce(t.name, '') as target_name,
		       o.target_distributor_id, coalesce(td.name, '') as target_distributor, o.fingerprint, o.failure,
		       o.failure_facts::text, o.requested_by, o.requested_by_name, o.created_at, o.updated_at,
		       o.submitted_at, o.start_at, o.cut_on, o.started_at, o.completed_at, o.expires_at,
		       `+reasonSQL+` as reason,
		       coalesce(o.audit_head_count || ':' || encode(o.audit_head_hash, 'hex'), '') as audit_head,
		       o.reverses_id, coalesce(number_of('TO', o.reverses_id), '') as reverses,
		       coalesce((select number_of('TO', r.id) from transfer_orders r
		                 where r.reverses_id = o.id and r.status in ('completed', 'reversed')), '') as reversed_by,
		       o.request::text, o.preview::text, o.result::text
		from transfer_orders o
		left join customers s on s.id = o.source_customer_id
		left join distributors sd on sd.id = o.source_distributor_id
		left join customers t on t.id = o.target_customer_id
		left join distributors td on td.id = o.target_distributor_id
		where o.id = $1`, id)
	if err != nil {
		return o, db.NotFound(fmt.Errorf("read order %s: %w", number, err), msgNoOrder, number)
	}
	return o, o.unpack()
}

// Waits reports whether the order waits for its execution or is in progress.
func (o Order) Waits() bool { return o.Status == StateQueued || o.Status == stateInProgress }

// unpack reads the order's JSON columns.
func (o *Order) unpack() error {
	var err error
	if o.Failure, err = failureWords(o.FailureCode, o.FailureJSON); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(o.RequestJSON), &o.Request); err != nil {
		return fmt.Errorf("read the request of %s: %w", o.Number, err)
	}
	if o.PreviewJSON != nil {
		o.Preview = &transfer.Preview{}
		if err := json.Unmarshal([]byte(*o.PreviewJSON), o.Preview); err != nil {
			return fmt.Errorf("read the preview of %s: %w", o.Number, err)
		}
	}
	if o.ResultJSON != nil {
		o.Result = &transfer.Result{}
		if err := json.Unmarshal([]byte(*o.ResultJSON), o.Result); err != nil {
			return fmt.Errorf("read the result of %s: %w", o.Number, err)
		}
	}
	return nil
}

// Event is a line of an order's timeline.
type Event struct {
	At        time.Time `db:"at"`
	ActorName string    `db:"actor_name"`
	Code      string    `db:"event"` // of eventWords
	Label     string    `db:"-"`
	Detail    string    `db:"detail"` // in words, "" where the reader may not know them
	FactsJSON string    `db:"facts"`
}

// Reconciliations returns the proof of the order, in the order of Kinds.
func Reconciliations(ctx context.Context, q db.Querier, orderID int64) ([]ledger.Reconciliation, error) {
	var list []ledger.Reconciliation
	err := q.SelectContext(ctx, &list, `
		select kind, currency, count_before, amount_before, count_declared, amount_declared, count_after, amount_after
		from transfer_reconciliation where order_id = $1 order by id`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read the reconciliation: %w", err)
	}
	return list, nil
}

// Difference is a declared difference of an order.
type Difference = ledger.Difference

// Differences returns what the order declared to change.
func Differences(ctx context.Context, q db.Querier, orderID int64) ([]Difference, error) {
	var list []Difference
	err := q.SelectContext(ctx, &list, `
		select kind, currency, reason, facts::text, count, amount from transfer_differences where order_id = $1
		order by id`, orderID)
	if err != nil {
		return nil, fmt.Errorf("read the declared differences: %w", err)
	}
	for i := range list {
		if err := json.Unmarshal([]byte(list[i].FactsJSON), &list[i].Facts); err != nil {
			return nil, fmt.Errorf("read the facts of a declared difference: %w", err)
		}
	}
	return list, nil
}

// Accounts are the accounts that the order takes part with and that exist already.
func (o Order) Accounts() []int64 {
	list := []int64{o.SourceID}
	if id, ok := record.IDOf(record.CustomerPrefix, o.Request.TargetCustomer); ok && id != o.SourceID {
		list = append(list, id)
	}
	return list
}
