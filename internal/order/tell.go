package order

import (
	"context"
	"fmt"

	"handover/internal/audit"
	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/record"
)

// Tell writes mails about the order to the people of both distributors who want them, in
// the transaction of the change. The actor gets none.
func (d *Desk) Tell(ctx context.Context, q db.Querier, actor audit.Actor, o Order, kind emails.Name, detail string,
	asked ...Asked,
) error {
	o, err := GetOrder(ctx, q, o.Number) // as it is now
	if err != nil {
		return err
	}
	flow, _ := record.FlowOf(o.Kind)
	m := emails.ToStaff{
		Kind: kind, From: o.SourceDistributorID, Detail: detail, Hidden: Another,
		Values: map[string]string{"order": o.Number, "transfer": flow.Label},
		Source: party(o.SourceName, o.SourceNumber, o.SourceDistributor), Target: party(o.TargetName, o.TargetNumber,
			o.TargetDistributor),
		Link: func(provider bool) string {
			if d.OrderLink == nil {
				return ""
			}
			return d.OrderLink(o.Number, provider)
		},
	}
	if o.TargetDistributorID != nil {
		m.To = *o.TargetDistributorID
	}
	if o.RequestedBy != nil {
		m.RequestedBy = *o.RequestedBy
	}
	if actor.ID != m.RequestedBy { // the worker acts in the requester's name
		m.ExceptStaff = actor.ID
	}
	for _, a := range asked {
		m.Asked = append(m.Asked, a.DistributorID)
	}
	_, err = emails.WriteToStaff(ctx, q, m)
	return err
}

// party names one end of an order in a mail.
func party(name, number, distributor string) string {
	if name == "" {
		return distributor
	}
	return fmt.Sprintf("%s (%s), %s", name, number, distributor)
}
