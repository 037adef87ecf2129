package flow

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/emails"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/transfer"
)

// customerEmails are the mails that customers get, where that was asked for.
var customerEmails = map[record.FlowKind]emails.Name{
	record.Distributor: emails.CustomerTransferred, record.Subscriptions: emails.ContractsMoved,
	record.Merge: emails.CustomerMerged,
}

// notifyCustomer writes the mail to the customer, in the brand of the new
// distributor, into the outbox of the same transaction.
func notifyCustomer(ctx context.Context, q db.Querier, x *Execution) error {
	if !x.Request.NotifyCustomer {
		return nil
	}
	if x.Source.Email == "" {
		return order.Note(ctx, q, x.OrderID, x.Actor, order.EventNotificationNotWritten,
			order.Facts{Name: x.Source.Name}, "")
	}
	err := emails.WriteToCustomer(ctx, q, emails.ToCustomer{
		Kind: customerEmails[x.Flow.Kind], OrderID: x.OrderID, Order: x.Number, BrandID: x.To.BrandID,
		Recipient: x.Source.Email, Values: x.emailValues(),
	})
	if err != nil {
		return err
	}
	return order.Note(ctx, q, x.OrderID, x.Actor, order.EventNotificationWritten,
		order.Facts{Recipient: x.Source.Email, Brand: x.To.BrandName}, "")
}

// emailValues are what a mail to the customer may name.
func (x *Execution) emailValues() map[string]string {
	moving := len(x.Subscriptions)
	if x.Flow.Kind != record.Distributor {
		subs, _, _, _ := x.Fates()
		moving = len(subs)
	}
	values := map[string]string{
		"customer_name": x.Source.Name, "new_account": x.Result.Target, "brand_name": x.To.BrandName,
		"target_name":   x.Target.Name,
		"subscriptions": transfer.Plural(moving, "subscription", "subscriptions"),
	}
	if !x.Carry.Opening.IsZero() {
		owes := msgYouOwe
		if x.Carry.Opening.IsNegative() {
			owes = msgYouHaveCredit
		}
		opening := transfer.AmountOf(x.Carry.Opening.Abs(), x.To.Currency)
		values["balance"] = fmt.Sprintf(msgBalanceCarried, owes, opening.Amount, opening.Currency)
	}
	return values
}
