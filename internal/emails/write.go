package emails

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/lib/pq"

	"handover/internal/db"
)

// approvers are the roles that answer requests; a test compares them with
// internal/identity, a layer above this package.
var approvers = []string{"administrator", "account_manager"}

// ToCustomer is a mail to a customer about their own transfer.
type ToCustomer struct {
	Kind      Name
	OrderID   int64
	Order     string // number
	BrandID   *int64
	Recipient string
	Values    map[string]string
}

// WriteToCustomer puts the mail into the outbox, in the words of its brand.
func WriteToCustomer(ctx context.Context, q db.Querier, m ToCustomer) error {
	k, _ := KindOf(m.Kind)
	words := k.usual()
	if m.BrandID != nil {
		var err error
		if words, _, err = Words(ctx, q, *m.BrandID, k); err != nil {
			return err
		}
	}
	filled := k.Fill(words, m.Values)
	_, err := q.ExecContext(ctx, `
		insert into outbox (order_id, brand_id, recipient, subject, body_text, message_id)
		values ($1, $2, $3, $4, $5, $6)`,
		m.OrderID, m.BrandID, m.Recipient, filled.Subject, filled.Body, fmt.Sprintf("<%s.%s@handover>", m.Order,
			rand.Text()))
	if err != nil {
		return fmt.Errorf("write the mail to the customer: %w", err)
	}
	return nil
}

// ToStaff is a mail to the people of both distributors about an order. A reader who does
// not see a side reads Hidden in its place.
type ToStaff struct {
	Kind           Name
	From, To       int64 // the two distributors; To 0 = the same
	Asked          []int64
	RequestedBy    int64 // 0 = none
	ExceptStaff    int64 // the actor knows already
	Values         map[string]string
	Detail         string // for readers who see both sides
	Source, Target string
	Hidden         string // "another distributor"
	Link           func(provider bool) string
}

// reader is the recipient of a mail about an order, with what they may know of it.
type reader struct {
	ID         int64  `db:"id"`
	Email      string `db:"email"`
	BrandID    *int64 `db:"brand_id"`
	Provider   bool   `db:"provider"`
	SeesSource bool   `db:"sees_source"`
	SeesTarget bool   `db:"sees_target"`
}

// WriteToStaff puts a mail into the outbox for everybody of the two distributors who wants
// mails of this kind, and who asked for the order; it returns how many.
func WriteToStaff(ctx context.Context, q db.Querier, m ToStaff) (int, error) {
	k, _ := KindOf(m.Kind)
	to := m.To
	if to == 0 {
		to = m.From
	}
	var readers []reader
	err := q.SelectContext(ctx, &readers, `
		select s.id, s.email, d.brand_id, d.parent_id is null as provider,
		       d.parent_id is null or $1 = any(handover_below(d.id)) as sees_source, d.parent_id is null
		         or $2 = any(handover_below(d.id)) as sees_target
		from staff s join distributors d on d.id = s.distributor_id
		left join mail_preferences p on p.staff_id = s.id and p.kind = $3
		where s.status = 'active' and s.id <> $4
		  and case when $5 then s.distributor_id = any($6::bigint[]) and s.role = any($9) and s.id <> $7
		           and coalesce(p.wanted, $8)
		           else s.id = $7 and coalesce(p.wanted, $8) or s.distributor_id in ($1, $2)
		           and coalesce(p.wanted, false) end
		order by s.id`, m.From, to, k.Name, m.ExceptStaff, k.Everyone, pq.Array(m.Asked), m.RequestedBy, k.Usual,
		pq.Array(approvers))
	if err != nil {
		return 0, fmt.Errorf("look who wants the mail: %w", err)
	}
	for _, r := range readers {
		if err := m.write(ctx, q, k, r); err != nil {
			return 0, err
		}
	}
	return len(readers), nil
}

// write writes the mail for one reader, with what they may know.
func (m ToStaff) write(ctx context.Context, q db.Querier, k Kind, r reader) error {
	words := k.usual()
	if r.BrandID != nil {
		var err error
		if words, _, err = Words(ctx, q, *r.BrandID, k); err != nil {
			return err
		}
	}
	values := map[string]string{"source": m.Hidden, "target": m.Hidden, "link": m.Link(r.Provider)}
	for name, v := range m.Values {
		values[name] = v
	}
	if r.SeesSource {
		values["source"] = m.Source
	}
	if r.SeesTarget {
		values["target"] = m.Target
	}
	if r.SeesSource && r.SeesTarget {
		values["detail"] = m.Detail
	}
	filled := k.Fill(words, values)
	_, err := q.ExecContext(ctx, `
		insert into outbox (staff_id, brand_id, recipient, subject, body_text, message_id)
		values ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.BrandID, r.Email, filled.Subject, filled.Body, fmt.Sprintf("<staff.%s@handover>", rand.Text()))
	if err != nil {
		return fmt.Errorf("write a mail to %s: %w", r.Email, err)
	}
	return nil
}
