package accounts_test

import (
	"fmt"
	"testing"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/fault"
)

func TestDistributorsAreATree(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	tree := func(s accounts.Scope) []string {
		found, err := accounts.Distributors(t.Context(), m.pool, s)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range found {
			out = append(out, fmt.Sprintf("%d %s %d", d.Depth, d.Name, d.Customers))
		}
		return out
	}
	want(t, tree(m.provider()), "0 Aurora Cloud 1", "1 Nordlys Partner 1", "2 Morava IT 1", "1 Thames Cloud 1")
	want(t, tree(accounts.Scope{Root: m.reseller.ID}), "0 Nordlys Partner 1", "1 Morava IT 1")
	d, err := accounts.GetDistributor(t.Context(), m.pool, m.provider(), m.beside.ID)
	if err != nil || d.Currency != "GBP" || d.LegalEntity != "Thames Cloud AS" || d.Brand != "Aurora Cloud" || d.Number() != m.beside.Number {
		t.Errorf("distributor is %+v (%v)", d, err)
	}
	names, err := accounts.DistributorNames(t.Context(), m.pool, accounts.Scope{Root: m.reseller.ID})
	if err != nil || len(names) != 2 || names[0].Name != "Morava IT" {
		t.Errorf("names are %+v (%v), want two by name", names, err)
	}
}

func TestTimeZoneOfADistributor(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	set := func(s accounts.Scope, id int64, zone string) error {
		return accounts.SetTimeZone(t.Context(), m.pool, audit.Actor{Name: "Ada"}, s, id, zone)
	}
	if err := set(m.provider(), m.reseller.ID, " Europe/Oslo "); err != nil {
		t.Fatal(err)
	}
	if got := m.Text(`select time_zone from distributors where id = $1`, m.reseller.ID); got != "Europe/Oslo" {
		t.Errorf("time zone is %q", got)
	}
	if got := m.Text(`select before::text || ' ' || after::text from audit_entries where action = 'distributor.time_zone' and subject = $1`, m.reseller.Number); got != `{"time_zone": "UTC"} {"time_zone": "Europe/Oslo"}` {
		t.Errorf("audit entry is %s", got)
	}
	if err := set(m.provider(), m.reseller.ID, "Europe/Oslo"); err != nil || m.Text(`select count(*) from audit_entries`) != "1" {
		t.Errorf("setting the same zone again: %v, %s entries, want 1", err, m.Text(`select count(*) from audit_entries`))
	}
	for _, zone := range []string{"", "Local", "Europe/Nowhere", "../../etc/passwd", "FOO+3", "Europe/Oslo; drop"} {
		if err := set(m.provider(), m.reseller.ID, zone); !fault.Is(err, fault.Invalid) {
			t.Errorf("zone %q: %v, want a fault at the field", zone, err)
		}
	}
	if err := set(accounts.Scope{Root: m.reseller.ID}, m.beside.ID, "UTC"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a distributor outside the scope: %v, want not found", err)
	}
}
