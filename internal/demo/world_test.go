package demo

import (
	"bytes"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/fault"
	"handover/internal/money"
)

// The day of most tests, and the anchor that follows from it.
var (
	today  = time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)
	anchor = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
)

func small(t *testing.T) *world { return build(t, Small, Seed, today) }

// build returns the whole world of the size in one piece.
func build(t *testing.T, size Size, seed uint64, today time.Time) *world {
	t.Helper()
	e, err := size.extent()
	if err != nil {
		t.Fatal(err)
	}
	var all *world
	for w := range batches(e, seed, today, e.customers) {
		all = w
	}
	return all
}

// csvFiles returns the world as the CSV files of the import format.
func csvFiles(t *testing.T, w *world) fs.FS {
	t.Helper()
	packed, err := pack(w)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestWorldIsTheSameForTheSameSeedAndMonth(t *testing.T) {
	t.Parallel()
	bytesOf := func(seed uint64, day time.Time) []byte {
		t.Helper()
		w := csvFiles(t, build(t, Small, seed, day))
		var all []byte
		names, err := fs.Glob(w, "*.csv")
		if err != nil || len(names) != reflect.TypeFor[world]().NumField() {
			t.Fatalf("%d files, %v", len(names), err)
		}
		for _, name := range names {
			if name == "exchange_rates.csv" { // they go on until the day
				continue
			}
			data, err := fs.ReadFile(w, name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		return all
	}
	first := bytesOf(7, today)
	if !bytes.Equal(first, bytesOf(7, today.AddDate(0, 0, 5))) {
		t.Error("another day of the same month gives other bytes")
	}
	if bytes.Equal(first, bytesOf(8, today)) || bytes.Equal(first, bytesOf(7, today.AddDate(0, 1, 0))) {
		t.Error("another seed or month gives the same bytes")
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, s := range []Size{Small, Medium} {
		want, err := s.extent()
		if err != nil {
			t.Fatal(err)
		}
		if w := build(t, s, Seed, today); len(w.Customers) != want.customers {
			t.Errorf("%s: %d customers, want %d", s, len(w.Customers), want.customers)
		}
	}
	_, err := ParseSize("huge")
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "small, medium and large") {
		t.Errorf("ParseSize(huge) says %v", err)
	}
}

func TestChannelHasTwoLevelsAndThreeCurrencies(t *testing.T) {
	t.Parallel()
	w := small(t)
	levels, currencies, share := map[string]int{"": 0}, map[string]bool{}, 0
	deepest := 0
	for n, d := range w.Distributors {
		levels[d.ID] = levels[d.ParentID] + 1
		deepest = max(deepest, levels[d.ID])
		currencies[d.Currency] = true
		share += channel[n].share
	}
	if len(w.Distributors) != 6 || deepest != 3 || len(currencies) != 3 || share != 100 {
		t.Errorf("%d distributors, %d levels with the provider's, %d currencies, shares of %d %%", len(w.Distributors),
			deepest, len(currencies), share)
	}
}

func TestIdsAreUniqueAndReferencesExist(t *testing.T) {
	t.Parallel()
	w := small(t)
	ids := map[string]bool{}
	each(w, func(file string, row reflect.Value) {
		if id := row.Field(0).String(); row.Type().Field(0).Name == "ID" {
			if ids[id] {
				t.Errorf("%s: %s twice", file, id)
			}
			ids[id] = true
		}
	})
	each(w, func(file string, row reflect.Value) {
		for n := range row.NumField() {
			f := row.Type().Field(n)
			refers := f.Name != "ID" && f.Name != "TaxID" && f.Name != "CrmID" &&
				(strings.HasSuffix(f.Name, "ID") || f.Name == "DelegatedFrom" || f.Name == "DerivedFrom")
			if id := row.Field(n); refers && id.String() != "" && !ids[id.String()] {
				t.Errorf("%s: %s names %s, which does not exist", file, f.Name, id)
			}
		}
	})
}

func TestAmountsHaveTheirCurrencysMinorUnits(t *testing.T) {
	t.Parallel()
	each(small(t), func(file string, row reflect.Value) {
		for n := range row.NumField() {
			a, ok := row.Field(n).Interface().(money.Amount)
			if ok && (!a.Value.Equal(money.Round(a.Value, a.Currency)) || a.Value.IsNegative()) {
				t.Errorf("%s: %s of %s is %s", file, row.Type().Field(n).Name, row.Field(0), a.Value)
			}
		}
	})
}

func TestNothingHappenedAfterTheStartOfTheMonth(t *testing.T) {
	t.Parallel()
	past := []string{"IssuedOn", "ReceivedOn", "RefundedOn", "PostedOn", "UsedOn", "PlacedOn", "CreatedOn", "StartOn"}
	each(small(t), func(file string, row reflect.Value) {
		if file == "FinancialPeriods" {
			return
		}
		for n := range row.NumField() {
			on, ok := row.Field(n).Interface().(time.Time)
			if ok && slices.Contains(past, row.Type().Field(n).Name) &&
				(on.After(anchor) || on.Before(anchor.AddDate(-2, 0, 0))) {
				t.Errorf("%s: %s of %s is %s", file, row.Type().Field(n).Name, row.Field(0), on.Format(time.DateOnly))
			}
		}
	})
}

// each calls fn with every row and the name of its field in world.
func each(w *world, fn func(file string, row reflect.Value)) {
	v := reflect.ValueOf(w).Elem()
	for n := range v.NumField() {
		for i := range v.Field(n).Len() {
			fn(v.Type().Field(n).Name, reflect.Indirect(v.Field(n).Index(i)))
		}
	}
}

// sum adds to a total by key.
func sum(m map[string]decimal.Decimal, key string, v money.Amount) { m[key] = m[key].Add(v.Value) }
