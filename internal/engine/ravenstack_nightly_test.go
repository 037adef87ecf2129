//go:build nightly

package engine

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/audit"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestRavenStackCustomersGoToNorthernCloud transfers real customers into another
// currency, with chosen plans for what Northern Cloud does not sell. Afterwards the
// nightly feed changes nothing, and the export goes round.
func TestRavenStackCustomersGoToNorthernCloud(t *testing.T) {
	t.Parallel()
	pool := testdb.Lend(t)
	archive := filepath.Join("..", "..", "testdata", "ravenstack.zip")
	load(t, pool, archive)
	engine := &Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	d := &desk{World: nil, t: t, db: pool, engine: engine, actor: audit.Actor{Name: "Raven Manager"}}
	var north string
	if err := pool.Get(&north,
		`select number_of('D', id) from distributors where external_id = 'D-NORTH'`); err != nil {
		t.Fatal(err)
	}
	var customers []string
	err := pool.Select(&customers, `
		select number_of('C', c.id) from customers c join distributors d on d.id = c.distributor_id
		where d.external_id = 'D-RAVEN'
		  and exists (select 1 from subscriptions s join plans p on p.id = s.plan_id
		              where s.customer_id = c.id and s.status = 'active' and p.name = 'Enterprise yearly')
		              order by c.id limit 12`)
	if err != nil || len(customers) == 0 {
		t.Fatalf("%d customers: %v", len(customers), err)
	}
	rate := decimal.RequireFromString("0.7979")
	for _, number := range customers {
		before, opens := d.balance(number), d.opensWith(number, rate)
		ask := transfer.Request{
			Kind: record.Distributor, SourceCustomer: number, TargetDistributor: north,
			Mode: transfer.ModeEverything, ConversionRate: rate.String(),
		}
		ask.Plans = d.replacements(number, north)
		o := d.transfer(ask)
		if got, want := d.balance(o.Result.Target), opens; !got.Equal(want) {
			t.Errorf("%s opens with %s, want %s x %s, item by item = %s", o.Result.Target, got, before, rate, want)
		}
		if got := d.balance(number); !got.IsZero() {
			t.Errorf("%s keeps %s", number, got)
		}
	}
	d.betweenCustomers()
	d.verify()

	after := unload(t, pool)
	for _, f := range load(t, pool, archive).Files {
		if f.Added+f.Updated > 0 {
			t.Errorf("the feed changed %s: %+v", f.File, f)
		}
	}
	sameFiles(t, after, unload(t, pool))
	d.verify()

	elsewhere := testdb.Lend(t)
	load(t, elsewhere, after)
	sameFiles(t, after, unload(t, elsewhere))
}
