package demo

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"handover/internal/billing"
	"handover/internal/engine"
	"handover/internal/engine/rules"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// besides are the findings that a case shows apart from its own.
var besides = map[string][]transfer.Code{
	"Account Not Active":         {},
	"Brand Mismatch":             {"DISTRIBUTOR_MISMATCH", "COUNTRY_DIFFERS"},
	"Legal Entity Differs":       {"PRICE_CHANGES"},
	"Plan Not Delegated":         {"TERMS_NOT_MAPPED"},
	"Child Accounts North":       {"BILL_TO_PARENT"},
	"Child Accounts Holding":     {},
	"Unbilled On Ended KK":       {"PRICE_CHANGES"},
	"Memo Before Effective Date": {"PARTIAL_TRANSFER"},
}

// TestEveryCaseShowsItsFinding previews every case with the engine.
func TestEveryCaseShowsItsFinding(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	if _, err := Load(t.Context(), db, Small, today, nil); err != nil {
		t.Fatal(err)
	}
	engine := &engine.Engine{Desk: order.Desk{DB: db, Log: slog.New(slog.DiscardHandler), Now: func() time.Time {
		return today
	}}}
	for _, c := range Cases() {
		t.Run(c.Code+" "+c.Customer, func(t *testing.T) {
			kind := record.FlowKind(c.Flow)
			if c.Code != "" && !slices.Contains(rules.Codes(kind), transfer.Code(c.Code)) {
				t.Fatalf("the engine has no %s in %s", c.Code, c.Flow)
			}
			p, err := engine.Preview(t.Context(), request(t, db, c))
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(besides[c.Customer])
			if c.Code != "" {
				want = append(want, transfer.Code(c.Code))
			}
			var got []transfer.Code
			for _, f := range p.Findings {
				got = append(got, f.Code)
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("shows %v, want %v", got, want)
			}
		})
	}
}

// request asks for the case's transfer.
func request(t *testing.T, db *sqlx.DB, c Case) transfer.Request {
	t.Helper()
	r := transfer.Request{
		Kind: record.FlowKind(c.Flow), SourceCustomer: find(t, db, "customers", "C", c.Customer),
	}
	if on := c.EffectiveOn(today); !on.IsZero() {
		r.EffectiveOn = on.Format(time.DateOnly)
	}
	if r.Kind == record.Distributor {
		r.Mode = transfer.ModeEverything
		r.TargetDistributor = find(t, db, "distributors", "D", c.Other)
		// another legal entity and currency
		if r.TargetDistributor != find(t, db, "distributors", "D", "Nordlys Vest") {
			r.ConversionRate = proposed(t, db, r)
			if c.Code != "LEGAL_ENTITY_DIFFERS" {
				r.Mode = transfer.ModeSubscriptions
			}
		}
		return r
	}
	r.TargetCustomer = find(t, db, "customers", "C", c.Other)
	if r.Kind == record.Subscriptions {
		err := db.SelectContext(t.Context(), &r.Subscriptions, `
			select number_of('S', min(s.id)) from subscriptions s join customers c on c.id = s.customer_id
			where c.name = $1`, c.Customer)
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// proposed is the rate that the wizard fills in; "" where no other currency is meant.
func proposed(t *testing.T, db *sqlx.DB, r transfer.Request) string {
	t.Helper()
	var pair struct{ From, To string }
	err := db.GetContext(t.Context(), &pair, `select c.currency as "from", d.currency as "to"
		from customers c, distributors d
		where number_of('C', c.id) = $1 and number_of('D', d.id) = $2`, r.SourceCustomer, r.TargetDistributor)
	if err != nil {
		t.Fatal(err)
	}
	if pair.From == pair.To {
		return ""
	}
	p, err := billing.ProposeRate(t.Context(), db, pair.From, pair.To)
	if err != nil {
		t.Fatal(err)
	}
	return p.Shown().String()
}

// find returns our number of the row with the name.
func find(t *testing.T, db *sqlx.DB, table, prefix, name string) string {
	t.Helper()
	var number string
	if err := db.GetContext(t.Context(), &number, "select number_of($1, id) from "+table+" where name = $2", prefix,
		name); err != nil {
		t.Fatalf("find %s: %v", name, err)
	}
	return number
}
