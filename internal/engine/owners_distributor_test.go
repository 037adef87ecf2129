package engine_test

import (
	"slices"
	"strings"
	"testing"

	"handover/internal/engine"
	"handover/internal/transfer"
)

// Each record of an account carries the account's distributor: the walls compare it. No
// statement that writes a record can set it, and verify reports differences all the same.
func TestWhatAnAccountOwnsCarriesItsDistributor(t *testing.T) {
	d := newShop(t)
	d.same("as it was written", "true", `select bool_and(account_distributor_id = $1)::text from invoices`, d.Provider.ID)
	d.transfer(d.to(d.nordlys, transfer.ModeSubscriptions))
	d.same("the contract that moved", "true", `select (account_distributor_id = $1)::text from subscriptions where id = $2`, d.nordlys.ID, d.sub.ID)
	d.same("the invoice that stayed", "true", `select (account_distributor_id = $1)::text from invoices where id = $2`, d.Provider.ID, d.open.ID)

	d.Exec(`update invoices set account_distributor_id = $1 where id = $2`, d.thames.ID, d.open.ID)
	d.same("an invoice that a person gave another one", "true", `select (account_distributor_id = $1)::text from invoices where id = $2`, d.Provider.ID, d.open.ID)
	d.Exec(`update customers set distributor_id = $1 where id = $2`, d.thames.ID, d.customer.ID)
	d.same("an account that changed its distributor takes all with it", "true", `
		select bool_and(account_distributor_id = $1)::text from (select account_distributor_id, customer_id from invoices union all select account_distributor_id, customer_id from payments
		union all select account_distributor_id, customer_id from subscriptions) o where customer_id = $2`, d.thames.ID, d.customer.ID)
	d.verify()

	d.Exec(`alter table invoices disable trigger invoices_distributor`)
	d.Exec(`update invoices set account_distributor_id = $1 where id = $2`, d.nordlys.ID, d.open.ID)
	checks, err := engine.Verify(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	named := slices.ContainsFunc(checks, func(c engine.Check) bool {
		return c.Broken == 1 && strings.HasPrefix(c.Failures[0], "invoice INV-1 is shown to distributor "+d.nordlys.Number+", its account ")
	})
	if !named {
		t.Errorf("verify does not name the invoice: %+v", checks)
	}
}
