package transfer

import (
	"context"
	"crypto/rand"
	"fmt"

	"handover/internal/db"
)

// notifyCustomer writes the mail to the customer, in the brand of the new
// distributor, into the outbox of the same transaction.
func notifyCustomer(ctx context.Context, q db.Querier, x *execution) error {
	if !x.request.NotifyCustomer {
		return nil
	}
	if x.source.Email == "" {
		return note(ctx, q, x.orderID, x.actor, "Notification not written", x.source.Name+" has no e-mail address")
	}
	_, err := q.ExecContext(ctx, `
		insert into outbox (order_id, brand_id, recipient, subject, body_text, message_id)
		values ($1, $2, $3, $4, $5, $6)`,
		x.orderID, x.to.BrandID, x.source.Email, fmt.Sprintf("Your account is now with %s", x.to.BrandName), x.mailText(),
		fmt.Sprintf("<%s.%s@handover>", x.number, rand.Text()))
	if err != nil {
		return fmt.Errorf("write the mail to the customer: %w", err)
	}
	return note(ctx, q, x.orderID, x.actor, "Notification written",
		fmt.Sprintf("to %s, in the brand of %s", x.source.Email, x.to.BrandName))
}

func (x *execution) mailText() string {
	text := fmt.Sprintf("Hello %s,\n\nfrom today %s looks after your contract. Your new account number is %s.\n\n"+
		"%s with you, without interruption. Invoices issued so far stay valid.\n",
		x.source.Name, x.to.BrandName, x.result.Target, plural(len(x.subscriptions), "subscription moves", "subscriptions move"))
	if !x.carry.Opening.IsZero() {
		owes := "You owe"
		if x.carry.Opening.IsNegative() {
			owes = "You have a credit of"
		}
		opening := amountOf(x.carry.Opening.Abs(), x.to.Currency)
		text += fmt.Sprintf("\nYour balance was carried over: %s %s %s.\n", owes, opening.Amount, opening.Currency)
	}
	return text + fmt.Sprintf("\n%s\n", x.to.BrandName)
}
