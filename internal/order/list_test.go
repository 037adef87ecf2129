package order_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/order"
	"handover/internal/testdb"
)

// channel is a provider with two resellers and orders between them.
type channel struct {
	*testdb.World
	pool       *sqlx.DB
	north      testdb.Distributor
	south      testdb.Distributor
	old, new   testdb.Customer // north's customer that went to south
	merge      testdb.TransferOrder
	move       testdb.TransferOrder
	draft      testdb.TransferOrder
	placed     testdb.Order
	everything accounts.Scope
}

func newChannel(t *testing.T) channel {
	t.Helper()
	pool := testdb.New(t)
	c := channel{World: testdb.NewWorld(t, pool), pool: pool}
	c.everything = accounts.Scope{Root: c.Provider.ID, Everything: true}
	c.north, c.south = c.Distributor(testdb.Distributor{Name: "Nordlys Partner"}),
		c.Distributor(testdb.Distributor{Name: "Sol Cloud"})
	c.new = c.Customer(testdb.Customer{Name: "Blue Fjord South", Distributor: c.south.ID, CRMID: "CRM-77"})
	c.old = c.Customer(testdb.Customer{Name: "Blue Fjord AS", Distributor: c.north.ID, Successor: c.new.ID})
	into := c.Customer(testdb.Customer{Name: "Kestrel Labs", Distributor: c.north.ID})
	from := c.Customer(testdb.Customer{Name: "Kestrel Trading", Distributor: c.north.ID})
	ada := c.Staff(testdb.Staff{Name: "Ada Holm"})
	nils := c.Staff(testdb.Staff{Name: "Nils Berg", Distributor: c.north.ID})

	order := func(o testdb.TransferOrder, on, by string) testdb.TransferOrder {
		o = c.TransferOrder(o)
		c.Exec(`update transfer_orders set created_at = $2::timestamptz, requested_by_name = $3 where id = $1`, o.ID,
			on+"T09:00:00Z", by)
		return o
	}
	c.merge = order(testdb.TransferOrder{Source: from.ID, Target: into.ID, RequestedBy: nils.ID}, "2026-01-10",
		"Nils Berg")
	c.move = order(testdb.TransferOrder{Kind: "distributor", Source: c.old.ID, Target: c.new.ID, RequestedBy: ada.ID},
		"2026-01-12", "Ada Holm")
	c.draft = order(testdb.TransferOrder{
		Kind: "distributor", Status: "draft", Source: into.ID,
		TargetDistributor: c.south.ID, RequestedBy: ada.ID,
	}, "2026-01-14", "Ada Holm")
	c.placed = c.Order(testdb.Order{
		Customer: into.ID, Type: "new", Status: "pending", PlacedOn: "2026-01-11",
		ExternalID: "ORD-9",
	})
	return c
}

func (c channel) list(t *testing.T, s accounts.Scope, f order.Filter) []order.Row {
	t.Helper()
	part, err := order.List(t.Context(), c.pool, s, f, db.Page{Size: 50})
	if err != nil {
		t.Fatal(err)
	}
	total, err := order.Count(t.Context(), c.pool, s, f)
	if err != nil {
		t.Fatal(err)
	}
	if total.Rows != int64(len(part.Rows)) {
		t.Errorf("counted %d, listed %d", total.Rows, len(part.Rows))
	}
	return part.Rows
}

func numbers(rows []order.Row) []string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.Number)
	}
	return out
}

func day(s string) *time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return &t
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	merge, move, draft, placed := c.merge.Number, c.move.Number, c.draft.Number, fmt.Sprintf("O-%06d", c.placed.ID)
	cases := []struct {
		name   string
		filter order.Filter
		want   []string
	}{
		{"all, newest first", order.Filter{}, []string{draft, move, placed, merge}},
		{"transfers", order.Filter{Type: "transfer"}, []string{draft, move, merge}},
		{"one kind of transfer", order.Filter{Type: "merge"}, []string{merge}},
		{"placed orders", order.Filter{Type: "placed"}, []string{placed}},
		{"one type of placed order", order.Filter{Type: "new"}, []string{placed}},
		{"a type that none has", order.Filter{Type: "upgrade"}, []string{}},
		{"status", order.Filter{Status: "completed"}, []string{move, merge}},
		{"from", order.Filter{From: day("2026-01-12")}, []string{draft, move}},
		{"to", order.Filter{To: day("2026-01-11")}, []string{placed, merge}},
		{"from and to one day", order.Filter{From: day("2026-01-12"), To: day("2026-01-12")}, []string{move}},
		{"number of a transfer", order.Filter{Search: "to-" + fmt.Sprint(c.move.ID)}, []string{move}},
		{"number of a placed order", order.Filter{Search: placed}, []string{placed}},
		{"outside id of a placed order", order.Filter{Search: "ORD-9"}, []string{placed}},
		{"name of source or target", order.Filter{Search: "blue fjord"}, []string{move}},
		{
			"name of a customer with orders of both types",
			order.Filter{Search: "Kestrel Labs"},
			[]string{draft, placed, merge},
		},
		{"number of a customer", order.Filter{Search: c.new.Number}, []string{move}},
		{"CRM id", order.Filter{Search: "CRM-77"}, []string{move}},
		{"a pattern is no pattern", order.Filter{Search: "%"}, []string{}},
		{"nobody", order.Filter{Search: "Unknown"}, []string{}},
		{"one's own", order.Filter{Mine: c.move.RequestedBy}, []string{draft, move}},
		{"filters together", order.Filter{Type: "transfer", Status: "completed", Search: "kestrel"}, []string{merge}},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, numbers(c.list(t, c.everything, tc.filter))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListShowsNoMoreThanTheScope(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	north, south := accounts.Scope{Root: c.north.ID}, accounts.Scope{Root: c.south.ID}
	placed := fmt.Sprintf("O-%06d", c.placed.ID)

	// The provider's draft about north's customer is not north's to see yet.
	if diff := cmp.Diff([]string{c.move.Number, placed, c.merge.Number},
		numbers(c.list(t, north, order.Filter{}))); diff != "" {
		t.Errorf("north sees: %s", diff)
	}
	if diff := cmp.Diff([]string{c.move.Number}, numbers(c.list(t, south, order.Filter{}))); diff != "" {
		t.Errorf("south sees: %s", diff)
	}
	got := c.list(t, north, order.Filter{Type: "distributor"})[0]
	if got.SourceID != c.old.ID || got.SourceName != "Blue Fjord AS" || got.Source != "Nordlys Partner" {
		t.Errorf("north does not see its own side: %+v", got)
	}
	if got.TargetID != 0 || got.TargetName != "" || got.Target != "" || !got.HasTarget {
		t.Errorf("north sees the other side: %+v", got)
	}
	if got.RequestedBy != "" || !got.RequestedBeyond {
		t.Errorf("north sees who of the provider asked for it: %+v", got)
	}
	got = c.list(t, south, order.Filter{})[0]
	if got.SourceID != 0 || got.SourceName != "" || got.Source != "" || got.TargetID != c.new.ID ||
		got.TargetName != "Blue Fjord South" {
		t.Errorf("south sees %+v", got)
	}
	for _, typed := range []string{"Blue Fjord South", c.new.Number, "CRM-77"} {
		if rows := c.list(t, north, order.Filter{Search: typed}); len(rows) != 0 {
			t.Errorf("north finds %s by %q of the other side", rows[0].Number, typed)
		}
	}
	if rows := c.list(t, south, order.Filter{Search: placed}); len(rows) != 0 {
		t.Errorf("south finds %s of north", placed)
	}
	if rows := c.list(t, accounts.Scope{}, order.Filter{}); len(rows) != 0 {
		t.Errorf("the empty scope sees %v", numbers(rows))
	}
	all := c.list(t, c.everything, order.Filter{Type: "distributor", Status: "completed"})[0]
	if all.Source != "Nordlys Partner" || all.Target != "Sol Cloud" || all.RequestedBy != "Ada Holm" ||
		all.RequestedBeyond || all.CompletedAt == nil {
		t.Errorf("the provider sees %+v", all)
	}
}

func TestListSortsAndPages(t *testing.T) {
	t.Parallel()
	c := newChannel(t)
	for i := range 5 {
		c.TransferOrder(testdb.TransferOrder{
			Source: c.old.ID, Target: c.new.ID,
			Status: []string{"queued", "failed"}[i%2],
		})
		c.Order(testdb.Order{Customer: c.new.ID, PlacedOn: fmt.Sprintf("2026-01-%02d", 10+i)})
	}
	keys := map[string]func(order.Row) string{
		"created": func(r order.Row) string { return r.CreatedAt.UTC().Format(time.DateOnly) },
		"number":  func(r order.Row) string { return r.Number },
		"type": func(r order.Row) string {
			if r.Kind == order.Placed {
				return strings.ToLower(r.Type)
			}
			return r.Kind
		},
		"distributor": func(r order.Row) string { return strings.ToLower(r.Source) },
		"total":       func(r order.Row) string { return fmt.Sprintf("%012s", r.Total.StringFixed(2)) },
		"status":      func(r order.Row) string { return r.Status },
		"source":      func(r order.Row) string { return strings.ToLower(r.SourceName) },
		"target":      func(r order.Row) string { return strings.ToLower(r.TargetName) },
		"requested":   func(r order.Row) string { return strings.ToLower(r.RequestedBy) },
		"completed": func(r order.Row) string {
			if r.CompletedAt == nil {
				return "9999"
			}
			return r.CompletedAt.UTC().Format(time.DateOnly)
		},
	}
	for key, value := range keys {
		for _, sign := range []string{"", "-"} {
			t.Run(sign+key, func(t *testing.T) {
				var rows []order.Row
				page := db.Page{Sort: sign + key, Size: 4}
				for {
					part, err := order.List(t.Context(), c.pool, c.everything, order.Filter{}, page)
					if err != nil {
						t.Fatal(err)
					}
					rows = append(rows, part.Rows...)
					if part.After == "" {
						break
					}
					page.After = part.After
				}
				seen := numbers(rows)
				slices.Sort(seen)
				if len(slices.Compact(seen)) != 14 || len(rows) != 14 {
					t.Errorf("read %d orders, want each of 14 once: %v", len(rows), numbers(rows))
				}
				var values []string
				for _, r := range rows {
					values = append(values, value(r))
				}
				if sign == "-" {
					slices.Reverse(values)
				}
				if !slices.IsSorted(values) {
					t.Errorf("not sorted: %v", values)
				}
			})
		}
	}
}
