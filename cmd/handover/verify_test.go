package main

import (
	"encoding/json"
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

// verified is what verify --json prints, with the keys that others rely on and no more.
type verified struct {
	Invariants []struct {
		Name   *string `json:"name"`
		Count  *int64  `json:"count"`
		OK     *bool   `json:"ok"`
		Detail *string `json:"detail"`
	} `json:"invariants"`
	Reconciliations []struct {
		Name        *string `json:"name"`
		Distributor *string `json:"distributor"`
		Currency    *string `json:"currency"`
		Difference  *string `json:"difference"`
		OK          *bool   `json:"ok"`
	} `json:"reconciliations"`
}

func TestVerifyReportsReconciliations(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	w := testdb.NewWorld(t, pool)
	verify := func(flags ...string) result {
		t.Helper()
		return handover(t, "", append([]string{"verify", "--database-url", address}, flags...)...)
	}
	if r := verify("--strict"); r.code != 0 || !strings.Contains(r.out, "There are no books to reconcile.") {
		t.Fatalf("without books: %+v", r)
	}
	c := w.Customer(testdb.Customer{})
	i := w.Invoice(testdb.Invoice{Customer: c.ID, Amount: "100.00"})
	w.Entry(testdb.Entry{SourceKind: testdb.OfInvoice, Source: i.ID})
	if r := verify("--strict"); r.code != 0 || !strings.Contains(r.out, "reconciliations agree") {
		t.Fatalf("books that reconcile: %+v", r)
	}

	w.Invoice(testdb.Invoice{Customer: c.ID, Number: "INV-9", Amount: "30.00", IssuedOn: "2026-02-03"})
	const line = "D-000001 Aurora Cloud: -30.00 EUR, 1 of 1, since 3 Feb 2026"
	if r := verify(); r.code != 0 || !strings.Contains(r.out, line) || !strings.Contains(r.out, "DIFF") {
		t.Errorf("a difference without --strict: %+v, want %q and success", r, line)
	}
	verify("--strict").oneSentence(t, exitFailed, "3 of 5 reconciliations differ")

	var v verified
	r := verify("--json")
	decoder := json.NewDecoder(strings.NewReader(r.out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil || r.code != 0 {
		t.Fatalf("--json: %v, %+v", err, r)
	}
	for _, check := range v.Invariants {
		if check.Name == nil || check.Count == nil || check.OK == nil || !*check.OK || check.Detail == nil ||
			*check.Detail != "" {
			t.Errorf("an invariant has another shape, or is broken: %s", r.out)
		}
	}
	off := map[string]string{}
	for _, r := range v.Reconciliations {
		if !*r.OK {
			off[*r.Name] = *r.Distributor + " " + *r.Difference + " " + *r.Currency
		}
	}
	if len(v.Invariants) < 10 || len(off) != 3 || off["receivable"] != "D-000001 -30.00 EUR" {
		t.Errorf("--json says %v of %d invariants: %s", off, len(v.Invariants), r.out)
	}
	if r := verify("--json", "--strict"); r.code != exitFailed || !json.Valid([]byte(r.out)) {
		t.Errorf("--json --strict: %+v", r)
	}
}

func TestVerifyFailsOnABrokenInvariant(t *testing.T) {
	t.Parallel()
	address := testdb.URL(t)
	pool, err := db.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	w := testdb.NewWorld(t, pool)
	i := w.Invoice(testdb.Invoice{Number: "INV-9", Amount: "30.00"})
	w.Exec(`update invoices set total = 31 where id = $1`, i.ID)
	handover(t, "", "verify", "--database-url", address).oneSentence(t, exitFailed, "1 of ")
	r := handover(t, "", "verify", "--database-url", address, "--json")
	if r.code != exitFailed || !strings.Contains(r.out, `"detail": "invoice INV-9 has total 31`) {
		t.Errorf("--json of a broken invariant: %+v", r)
	}
}
