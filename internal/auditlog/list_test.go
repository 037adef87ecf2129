package auditlog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/audit"
	"handover/internal/auditlog"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// channel is a sales channel with an entry of each: the provider, a reseller, one
// below it, one beside it, and the program.
type channel struct {
	*testdb.World
	t               *testing.T
	pool            *sqlx.DB
	reseller, below testdb.Distributor
	sold            testdb.Customer
	order           testdb.TransferOrder
}

func newChannel(t *testing.T) channel {
	t.Helper()
	c := channel{t: t, pool: testdb.New(t)}
	c.World = testdb.NewWorld(t, c.pool)
	c.reseller = c.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	c.below = c.Distributor(testdb.Distributor{Name: "Morava IT", Parent: c.reseller.ID})
	beside := c.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	c.sold = c.Customer(testdb.Customer{Distributor: c.reseller.ID})
	c.order = c.TransferOrder(testdb.TransferOrder{Source: c.sold.ID})
	for _, e := range []audit.Entry{
		{
			Actor: audit.Actor{Name: "Ada", DistributorID: c.Provider.ID, Address: "192.0.2.1"}, Action: "sign_in",
			SubjectKind: "staff", Subject: "Ada@aurora.example",
		},
		{
			Actor: audit.Actor{Name: "Nils", DistributorID: c.reseller.ID}, Action: "transfer.submit",
			SubjectKind: "order", Subject: c.order.Number, OrderID: c.order.ID,
		},
		{
			Actor: audit.Actor{Name: "Mila", DistributorID: c.below.ID}, Action: "customer.note",
			SubjectKind: "customer",
			Subject:     c.sold.Number,
		},
		{
			Actor: audit.Actor{Name: "Tom", DistributorID: beside.ID}, Action: "sign_in", SubjectKind: "staff",
			Subject: "tom@thames.example",
		},
		{
			Actor: audit.Actor{Name: "worker"}, Action: "transfer.execute", SubjectKind: "order",
			Subject: c.order.Number,
			OrderID: c.order.ID,
		},
	} {
		if err := audit.Append(t.Context(), c.pool, e); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c channel) provider() accounts.Scope {
	return accounts.Scope{Root: c.Provider.ID, Everything: true}
}

// list returns the actors of the entries, the oldest first, and checks the total.
func (c channel) list(s accounts.Scope, f auditlog.Filter) string {
	c.t.Helper()
	part, err := auditlog.List(c.t.Context(), c.pool, s, f, db.Page{Size: 100, Sort: "time"})
	if err != nil {
		c.t.Fatal(err)
	}
	if total, err := auditlog.Count(c.t.Context(), c.pool, s, f); err != nil || int(total.Rows) != len(part.Rows) {
		c.t.Errorf("the total is %+v (%v), want %d", total, err, len(part.Rows))
	}
	var names []string
	for _, r := range part.Rows {
		names = append(names, r.ActorName)
	}
	return strings.Join(names, " ")
}

func TestScope(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	for _, tt := range []struct {
		scope accounts.Scope
		want  string
	}{
		{c.provider(), "Ada Nils Mila Tom worker"},
		{accounts.Scope{Root: c.reseller.ID}, "Nils Mila"},
		{accounts.Scope{Root: c.below.ID}, "Mila"},
		{accounts.Scope{}, ""},
	} {
		if got := c.list(tt.scope, auditlog.Filter{}); got != tt.want {
			t.Errorf("%+v sees %q, want %q", tt.scope, got, tt.want)
		}
	}
	for id, want := range map[int64]bool{1: false, 2: true, 3: true, 4: false, 5: false, 6: false} {
		r, err := auditlog.Get(t.Context(), c.pool, accounts.Scope{Root: c.reseller.ID}, id)
		if (err == nil) != want || err != nil && !fault.Is(err, fault.NotFound) || err == nil && r.Record.ID != id {
			t.Errorf("entry %d is seen: %v (%v), want %v", id, err == nil, err, want)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	tomorrow, yesterday := today.AddDate(0, 0, 1), today.AddDate(0, 0, -1)
	for _, tt := range []struct {
		name   string
		filter auditlog.Filter
		want   string
	}{
		{"part of a name", auditlog.Filter{Actor: "IL"}, "Nils Mila"},
		{"a name is no pattern", auditlog.Filter{Actor: "%"}, ""},
		{"an action", auditlog.Filter{Action: "sign_in"}, "Ada Tom"},
		{"a group of actions", auditlog.Filter{Action: "transfer"}, "Nils worker"},
		{"the beginning of a subject", auditlog.Filter{Subject: "ADA@"}, "Ada"},
		{"an order", auditlog.Filter{OrderID: c.order.ID}, "Nils worker"},
		{"a customer and its orders", auditlog.Filter{Customer: c.sold.ID}, "Nils Mila worker"},
		{"a customer's order and a name", auditlog.Filter{Customer: c.sold.ID, Actor: "Nils"}, "Nils"},
		{"an address", auditlog.Filter{Search: "192.0.2"}, "Ada"},
		{"part of a subject", auditlog.Filter{Search: "thames"}, "Tom"},
		{"days", auditlog.Filter{From: &yesterday, To: &tomorrow}, "Ada Nils Mila Tom worker"},
		{"from a day to come", auditlog.Filter{From: &tomorrow}, ""},
		{"up to a day that is gone", auditlog.Filter{To: &yesterday}, ""},
	} {
		if got := c.list(c.provider(), tt.filter); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	actions, err := auditlog.Actions(t.Context(), c.pool)
	if err != nil || strings.Join(actions, " ") != "customer.note sign_in transfer.execute transfer.submit" {
		t.Errorf("the actions are %q, %v", actions, err)
	}
}

// Entries of one moment are ordered by their id, and none is shown twice.
func TestPages(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	world := testdb.NewWorld(t, pool)
	world.Exec(`insert into audit_entries (at, action, actor_name) select '2026-01-01 00:00:00.000001Z'::timestamptz +
		g / 4 * interval '1 microsecond', 'test', g::text
		from generate_series(1, 30) g`)
	all := accounts.Scope{Root: world.Provider.ID, Everything: true}
	seen := map[string]bool{}
	page := db.Page{Size: 7}
	for {
		part, err := auditlog.List(t.Context(), pool, all, auditlog.Filter{}, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range part.Rows {
			if seen[r.ActorName] {
				t.Errorf("entry %s is shown twice", r.ActorName)
			}
			seen[r.ActorName] = true
		}
		if part.After == "" {
			break
		}
		page.After = part.After
	}
	if len(seen) != 30 {
		t.Errorf("%d entries are shown, want 30", len(seen))
	}
	// the second is {"s":"-time","k":"x","i":1}
	for _, cursor := range []string{"x", "eyJzIjoiLXRpbWUiLCJrIjoieCIsImkiOjF9"} {
		if _, err := auditlog.List(t.Context(), pool, all, auditlog.Filter{},
			db.Page{Size: 7, After: cursor}); !fault.Is(err, fault.Invalid) {
			t.Errorf("cursor %q: %v, want an Invalid fault", cursor, err)
		}
	}
}
