package engine

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"handover/internal/audit"
	"handover/internal/exchange"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// outside is one case of testdata/cases: what another system does to a transfer. Its
// files hang under the distributor DIST-AURORA.
type outside struct {
	*desk
	dir string
}

// newOutside loads the first files of a case. The clock shows 30 November 2026.
func newOutside(t *testing.T, name string) *outside {
	t.Helper()
	t.Parallel()
	pool := testdb.Lend(t)
	d := &desk{World: testdb.NewWorld(t, pool), t: t, db: pool, actor: audit.Actor{Name: "Aurora Manager"}}
	clock := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	d.engine = &Engine{Desk: order.Desk{DB: pool, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		return clock
	}}}
	d.Exec(`update distributors set external_id = 'DIST-AURORA' where id = $1`, d.Provider.ID)
	o := &outside{desk: d, dir: filepath.Join("testdata", "cases", name)}
	o.feed("csv")
	return o
}

// feed imports a directory of the case, which must be without mistakes.
func (o *outside) feed(name string) {
	o.t.Helper()
	load(o.t, o.db, filepath.Join(o.dir, name))
}

// refused imports a directory of the case, which must be refused, and returns the errors.
func (o *outside) refused(name string) []string {
	o.t.Helper()
	source, err := exchange.Open(filepath.Join(o.dir, name))
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = source.Close() }()
	report, err := exchange.Import(o.t.Context(), o.db, source, exchange.Options{})
	if err == nil {
		o.t.Fatalf("the import of %s was not refused", name)
	}
	var lines []string
	for _, e := range report.Errors {
		lines = append(lines, e.String())
	}
	return lines
}

// number is our number of the customer, distributor or subscription with that outside id.
func (o *outside) number(prefix, external string) string {
	o.t.Helper()
	table := map[string]string{
		record.CustomerPrefix: "customers", record.DistributorPrefix: "distributors",
		"S": "subscriptions",
	}[prefix]
	return o.Text(`select number_of($2, id) from `+table+` where external_id = $1`, external, prefix)
}

// merge asks for the merge of two customers by their outside ids.
func (o *outside) merge(source, target, effectiveOn string) transfer.Request {
	o.t.Helper()
	return transfer.Request{
		Kind: record.Merge, SourceCustomer: o.number(record.CustomerPrefix, source),
		TargetCustomer: o.number(record.CustomerPrefix, target), EffectiveOn: effectiveOn,
	}
}
