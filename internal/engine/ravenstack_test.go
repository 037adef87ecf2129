package engine

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// load imports a directory or archive.
func load(t *testing.T, pool *sqlx.DB, path string) exchange.Report {
	t.Helper()
	source, err := exchange.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	report, err := exchange.Import(t.Context(), pool, source, exchange.Options{})
	if err != nil {
		t.Fatalf("import: %v %+v", err, report.Errors)
	}
	return report
}

// unload exports into a new directory.
func unload(t *testing.T, pool *sqlx.DB) string {
	t.Helper()
	dir := t.TempDir()
	if err := exchange.Export(t.Context(), pool, exchange.Dir(dir), audit.Actor{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// sameFiles compares two exports byte by byte.
func sameFiles(t *testing.T, before, after string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(before, "*.csv"))
	if err != nil || len(files) < 20 {
		t.Fatalf("only %d files: %v", len(files), err)
	}
	for _, file := range files {
		a, errA := os.ReadFile(file)
		b, errB := os.ReadFile(filepath.Join(after, filepath.Base(file)))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs (%d and %d bytes; %v, %v)", filepath.Base(file), len(a), len(b), errA, errB)
		}
	}
}

// betweenCustomers merges two customers of one reseller and transfers another one's
// subscriptions, each by the effective date that the closed periods allow.
func (d *desk) betweenCustomers() {
	d.t.Helper()
	var customers []string
	err := d.db.Select(&customers, `
		select number_of('C', c.id) from customers c join distributors x on x.id = c.distributor_id
		where x.external_id = 'D-RAVEN' and c.status = 'active' and not c.bill_to_parent and not exists (
		    select 1 from payments p where p.customer_id = c.id
		    and p.received_on < (select min(i.issued_on) from payment_allocations a
		                         join invoices i on i.id = a.invoice_id where a.payment_id = p.id))
		order by (select count(*) from invoices i where i.customer_id = c.id) desc, c.id limit 4`)
	if err != nil || len(customers) < 4 {
		d.t.Fatalf("%d customers: %v", len(customers), err)
	}
	merge := transfer.Request{Kind: record.Merge, SourceCustomer: customers[0], TargetCustomer: customers[1]}
	give := transfer.Request{Kind: record.Subscriptions, SourceCustomer: customers[2], TargetCustomer: customers[3]}
	err = d.db.Select(&give.Subscriptions, `
		select number_of('S', id) from subscriptions where number_of('C', customer_id) = $1 and status = 'active'
		order by id`, customers[2])
	if err != nil {
		d.t.Fatal(err)
	}
	for _, ask := range []transfer.Request{merge, give} {
		p := d.preview(ask)
		for tries := 0; !p.Executable && tries < 5; tries++ {
			for _, f := range p.Blocking() {
				if f.Instead == nil {
					continue
				}
				ask.EffectiveOn = max(ask.EffectiveOn, f.Instead.EffectiveOn)
				if len(f.Instead.Subscriptions) > 0 {
					ask.Subscriptions = f.Instead.Subscriptions
				}
			}
			p = d.preview(ask)
		}
		if !p.Executable {
			d.t.Fatalf("%s of %s: %+v", ask.Kind, ask.SourceCustomer, p.Blocking())
		}
		if o := d.transfer(ask); o.Status != "completed" || p.Impact[0].Moving.Count == 0 {
			d.t.Errorf("%s: %+v", o.Number, p.Impact)
		}
	}
}

func (d *desk) balance(number string) decimal.Decimal {
	d.t.Helper()
	var v decimal.Decimal
	if err := d.db.Get(&v, `select balance from customer_balances where number_of('C', customer_id) = $1`,
		number); err != nil {
		d.t.Fatal(err)
	}
	return v
}

// replacements chooses a plan of the distributor for each subscription without one.
func (d *desk) replacements(customer, distributor string) map[string]string {
	d.t.Helper()
	var rows []struct{ Subscription, Plan string }
	err := d.db.Select(&rows, `
		select number_of('S', s.id) as subscription,
		       (select number_of('P', p.id) from plans p where number_of('D', p.distributor_id) = $2
		        and p.billing_period = s.billing_period order by p.price desc limit 1) as plan
		from subscriptions s join plans sp on sp.id = s.plan_id
		where number_of('C', s.customer_id) = $1 and s.status = 'active'
		  and sp.name = 'Enterprise yearly'`, customer, distributor)
	if err != nil {
		d.t.Fatal(err)
	}
	plans := map[string]string{}
	for _, r := range rows {
		plans[r.Subscription] = r.Plan
	}
	return plans
}

// opensWith is what the account opens with at the rate: the sum of its open documents, each
// converted, or its credit in one sum.
func (d *desk) opensWith(number string, rate decimal.Decimal) decimal.Decimal {
	d.t.Helper()
	var open []decimal.Decimal
	if err := d.db.Select(&open, `select d.open_amount from open_documents d join customers c on c.id = d.customer_id
		where number_of('C', c.id) = $1 and d.open_amount <> 0`, number); err != nil {
		d.t.Fatal(err)
	}
	sum, whole := decimal.Zero, decimal.Zero
	for _, amount := range open {
		sum, whole = sum.Add(money.Convert(amount, rate, "GBP")), whole.Add(amount)
	}
	if balance := d.balance(number); !whole.Equal(balance) { // credits take the oldest items first
		return money.Convert(balance, rate, "GBP")
	}
	return sum
}
