package transfer

import (
	"context"
	"fmt"

	"handover/internal/db"
	"handover/internal/letters"
)

// customerLetters are the mails that customers get, where that was asked for.
var customerLetters = map[FlowKind]letters.Name{
	Distributor: letters.CustomerTransferred, Subscriptions: letters.ContractsMoved, Merge: letters.CustomerMerged,
}

// notifyCustomer writes the mail to the customer, in the brand of the new
// distributor, into the outbox of the same transaction.
func notifyCustomer(ctx context.Context, q db.Querier, x *execution) error {
	if !x.request.NotifyCustomer {
		return nil
	}
	if x.source.Email == "" {
		return note(ctx, q, x.orderID, x.actor, "Notification not written", x.source.Name+" has no e-mail address")
	}
	err := letters.WriteToCustomer(ctx, q, letters.ToCustomer{
		Kind: customerLetters[x.flow.Kind], OrderID: x.orderID, Order: x.number, BrandID: x.to.BrandID, Recipient: x.source.Email, Values: x.letterValues(),
	})
	if err != nil {
		return err
	}
	return note(ctx, q, x.orderID, x.actor, "Notification written", fmt.Sprintf("to %s, in the brand of %s", x.source.Email, x.to.BrandName))
}

// letterValues are what a mail to the customer may name.
func (x *execution) letterValues() map[string]string {
	moving := len(x.subscriptions)
	if x.flow.Kind != Distributor {
		subs, _, _, _ := x.fates()
		moving = len(subs)
	}
	values := map[string]string{
		"customer_name": x.source.Name, "new_account": x.result.Target, "brand_name": x.to.BrandName, "target_name": x.target.Name,
		"subscriptions": plural(moving, "subscription", "subscriptions"),
	}
	if !x.carry.Opening.IsZero() {
		owes := "You owe"
		if x.carry.Opening.IsNegative() {
			owes = "You have a credit of"
		}
		opening := amountOf(x.carry.Opening.Abs(), x.to.Currency)
		values["balance"] = fmt.Sprintf("Your balance was carried over: %s %s %s.", owes, opening.Amount, opening.Currency)
	}
	return values
}
