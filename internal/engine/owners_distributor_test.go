package engine_test

import (
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// Each record of an account carries the account's distributor: row-level security compares it. No
// statement can give it another one.
func TestWhatAnAccountOwnsCarriesItsDistributor(t *testing.T) {
	d := newShop(t)
	d.same("as it was written", "true", `select bool_and(account_distributor_id = $1)::text from invoices`,
		d.Provider.ID)
	d.transfer(d.to(d.nordlys, transfer.ModeSubscriptions))
	d.same("the contract that moved", "true", `select (account_distributor_id = $1)::text from subscriptions
		where id = $2`, d.nordlys.ID, d.sub.ID)
	d.same("the invoice that stayed", "true", `select (account_distributor_id = $1)::text from invoices where id = $2`,
		d.Provider.ID, d.open.ID)

	other := d.Customer(testdb.Customer{Distributor: d.thames.ID, Currency: "EUR"})
	for what, statement := range map[string]string{
		"another distributor": `update invoices set account_distributor_id = $1 where id = $3
			and $2 > 0`,
		"an account of another distributor alone": `update invoices set customer_id = $2 where id = $3 and $1 > 0`,
		"no distributor": `update invoices set account_distributor_id = null where id = $3
			and $1 + $2 > 0`,
	} {
		if _, err := d.db.Exec(statement, d.thames.ID, other.ID, d.open.ID); err == nil {
			t.Errorf("an invoice could be given %s", what)
		}
	}
	d.Exec(`update customers set distributor_id = $1 where id = $2`, d.thames.ID, d.customer.ID)
	d.same("an account that changed its distributor takes all with it", "true", `
		select bool_and(account_distributor_id = $1)::text
		from (select account_distributor_id, customer_id from invoices
		      union all select account_distributor_id, customer_id from payments
		union all select account_distributor_id, customer_id from subscriptions) o
		where customer_id = $2`, d.thames.ID, d.customer.ID)
	d.verify()
}
