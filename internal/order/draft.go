package order

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/record"
	"handover/internal/transfer"
)

// DraftLife is how long an untouched draft is kept.
const DraftLife = 30 * 24 * time.Hour

// OpenDraft returns the staff member's draft of this kind for the customer, a new one
// if there is none: the wizard's memory is this row, so Back, refresh, signing out and
// a crash lose nothing.
func (d *Desk) OpenDraft(ctx context.Context, actor audit.Actor, kind record.FlowKind, customer string) (Order, error) {
	var o Order
	err := db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		number, err := d.openDraft(ctx, tx, actor, kind, customer)
		if err != nil {
			return err
		}
		o, err = GetOrder(ctx, tx, number)
		return err
	})
	return o, err
}

func (d *Desk) openDraft(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, kind record.FlowKind,
	customer string,
) (string, error) {
	if err := FindParties(ctx, tx, transfer.Request{SourceCustomer: customer}); err != nil {
		return "", err
	}
	source, err := findSource(ctx, tx, customer)
	if err != nil {
		return "", err
	}
	if source.Status != "active" && source.Status != "suspended" {
		return "", fault.New(fault.Conflict, msgTakesNoTransfers, source.Name, source.Number,
			transfer.Words(source.Status))
	}
	// One draft per person and customer, also when two tabs open the wizard at once.
	if err := LockAccounts(ctx, tx, source.ID); err != nil {
		return "", err
	}
	if err := d.expireDrafts(ctx, tx, source.ID); err != nil {
		return "", err
	}
	var numbers []string
	err = tx.SelectContext(ctx, &numbers, `
		select number_of('TO', id) from transfer_orders
		where status = 'draft' and reverses_id is null and kind = $1 and source_customer_id = $2
		  and requested_by is not distinct from nullif($3::bigint, 0)
		order by id desc limit 1`, kind, source.ID, actor.ID)
	if err != nil {
		return "", fmt.Errorf("look for a draft: %w", err)
	}
	if len(numbers) > 0 {
		return numbers[0], nil
	}
	return d.NewDraft(ctx, tx, actor, source, transfer.Request{Kind: kind, SourceCustomer: source.Number})
}

// Source is the account of which a draft is written.
type Source struct {
	ID            int64  `db:"id"`
	Number        string `db:"number"`
	Name          string `db:"name"`
	Status        string `db:"status"`
	DistributorID int64  `db:"distributor_id"`
}

func findSource(ctx context.Context, q db.Querier, number string) (Source, error) {
	id, ok := record.IDOf(record.CustomerPrefix, number)
	if !ok {
		return Source{}, fault.InvalidField("source_customer", msgNotACustomerNumber, number)
	}
	var s Source
	err := q.GetContext(ctx, &s, `select id, number_of('C', id) as number, name, status, distributor_id
		from customers where id = $1`, id)
	if err != nil {
		return s, db.NotFound(fmt.Errorf("read customer %s: %w", number, err), msgNoCustomer, number)
	}
	return s, nil
}

// NewDraft writes a draft and returns its number.
func (d *Desk) NewDraft(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, source Source,
	req transfer.Request,
) (string, error) {
	request, err := JSONText(req)
	if err != nil {
		return "", err
	}
	var id int64
	err = tx.GetContext(ctx, &id, `
		insert into transfer_orders (kind, request, source_customer_id, source_distributor_id, requested_by,
		                             requested_by_name, created_at, updated_at, expires_at)
		values ($1, $2, $3, $4, nullif($5::bigint, 0), $6, $7, $7, $8) returning id`,
		req.Kind, request, source.ID, source.DistributorID, actor.ID, actor.Name, d.Now(), d.Now().Add(DraftLife))
	if err != nil {
		return "", fmt.Errorf("write the draft: %w", err)
	}
	if err := Note(ctx, tx, id, actor, EventDraftCreated, Facts{Name: source.Name, Number: source.Number},
		""); err != nil {
		return "", err
	}
	return record.OrderNumber(id), audit.Append(ctx, tx, audit.Entry{
		Actor: actor, Action: "transfer.open", SubjectKind: "order", Subject: record.OrderNumber(id), OrderID: id,
		After: map[string]any{"status": "draft", "request": req},
	})
}

// expireDrafts cancels the customer's drafts that did not change for draftLife.
func (d *Desk) expireDrafts(ctx context.Context, tx *sqlx.Tx, customerID int64) error {
	var expired []string
	err := tx.SelectContext(ctx, &expired, `
		select number_of('TO', id) from transfer_orders
		where status = 'draft' and source_customer_id = $2 and expires_at < $1 order by id for update`,
		d.Now(), customerID)
	if err != nil {
		return fmt.Errorf("look for old drafts: %w", err)
	}
	for _, number := range expired {
		o, err := GetOrder(ctx, tx, number)
		if err == nil {
			err = ApplyTransition(ctx, tx, o, transitionExpireDraft, TransitionData{
				Actor: audit.Actor{Name: workerName}, At: d.Now(), Set: map[string]any{"expires_at": nil},
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// UpdateDraft changes the draft's request when it is still the version that the
// caller saw; else it is a Conflict fault. Only its requester may.
func (d *Desk) UpdateDraft(ctx context.Context, actor audit.Actor, number string, version int,
	edit func(*transfer.Request),
) (Order, error) {
	var changed Order
	err := db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		o, err := lockDraft(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		if o.Version != version {
			return ErrMovedOn(o.Number)
		}
		req := o.Request
		edit(&req)
		transfer.KeepVouched(o.Request, &req)
		if err := MayAsk(ctx, req); err != nil {
			return err
		}
		request, err := JSONText(req)
		if err != nil {
			return err
		}
		var w db.Where
		id, text, now, expires := w.Arg(o.ID), w.Arg(request), w.Arg(d.Now()), w.Arg(d.Now().Add(DraftLife))
		to, _ := record.IDOf(record.DistributorPrefix, req.TargetDistributor)
		customer, _ := record.IDOf(record.CustomerPrefix, req.TargetCustomer)
		company := `d.id = ` + w.Arg(to) + ` and (` + accounts.ScopeOf(ctx).Condition(&w, "d.id") + `)`
		account := `c.id = ` + w.Arg(customer) + ` and (` + accounts.ScopeOf(ctx).Condition(&w,
			"c.distributor_id") + `)`
		_, err = tx.ExecContext(ctx, `
			update transfer_orders set request = `+text+`, version = version + 1, updated_at = `+now+`,
			       expires_at = `+expires+`,
			       target_customer_id = (select c.id from customers c where `+account+`),
			       target_distributor_id = coalesce((select d.id from distributors d where `+company+`),
			                                        (select c.distributor_id from customers c where `+account+`))
			where id = `+id, w.Args()...)
		if err != nil {
			return fmt.Errorf("write the draft: %w", err)
		}
		changed, err = GetOrder(ctx, tx, number)
		return err
	})
	return changed, err
}

// DiscardDraft cancels a draft of the actor's.
func (d *Desk) DiscardDraft(ctx context.Context, actor audit.Actor, number string) error {
	return db.InTx(ctx, d.DB, func(tx *sqlx.Tx) error {
		o, err := lockDraft(ctx, tx, actor, number)
		if err != nil {
			return err
		}
		return ApplyTransition(ctx, tx, o, transitionDiscard, TransitionData{
			Actor: actor, At: d.Now(), Set: map[string]any{"expires_at": nil},
			Before: map[string]any{"request": o.Request},
		})
	})
}

// lockDraft locks an order that must be a draft of the actor's.
func lockDraft(ctx context.Context, tx *sqlx.Tx, actor audit.Actor, number string) (Order, error) {
	id, ok := record.OrderID(number)
	if !ok {
		return Order{}, fault.New(fault.NotFound, msgNoOrder, number)
	}
	o, err := LockOrder(ctx, tx, id)
	if err != nil {
		return o, err
	}
	if _, _, err := GetOrderFor(ctx, tx, accounts.ScopeOf(ctx), number); err != nil {
		return Order{}, err
	}
	if requester := o.RequestedBy; requester == nil && actor.ID != 0 || requester != nil && *requester != actor.ID {
		return o, fault.New(fault.Forbidden, msgDraftOfAnother, o.Number, o.RequestedByName)
	}
	if o.Status != "draft" {
		return o, fault.New(fault.Conflict, msgNotEditable, o.Number, transfer.Words(o.Status))
	}
	return o, nil
}

// FindDraft returns the staff member's draft of this kind for the customer, and
// whether there is one.
func FindDraft(ctx context.Context, q db.Querier, actor audit.Actor, kind record.FlowKind, customerID int64) (Order,
	bool, error,
) {
	var numbers []string
	err := q.SelectContext(ctx, &numbers, `
		select number_of('TO', id) from transfer_orders
		where status = 'draft' and kind = $1 and source_customer_id = $2 and requested_by = $3
		  and (expires_at is null or expires_at > now())
		order by id desc limit 1`, kind, customerID, actor.ID)
	if err != nil {
		return Order{}, false, fmt.Errorf("look for a draft: %w", err)
	}
	if len(numbers) == 0 {
		return Order{}, false, nil
	}
	o, err := GetOrder(ctx, q, numbers[0])
	return o, err == nil, err
}
