package accounts_test

import (
	"slices"
	"testing"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/testdb"
)

// line is an account that went from one distributor to the next, twice: first to
// the reseller, then beside it.
func line(m market) (first, second, third testdb.Customer) {
	third = m.Customer(testdb.Customer{Name: "Third", Distributor: m.beside.ID, CRMID: "CRM-1"})
	second = m.Customer(testdb.Customer{
		Name: "Second", Distributor: m.reseller.ID, Successor: third.ID, SucceededOn: "2026-02-01", FormerCRM: "CRM-1",
	})
	first = m.Customer(testdb.Customer{
		Name: "First", Successor: second.ID, Status: "merged", SucceededOn: "2026-01-01",
		ExternalID: "A-1", FormerCRM: "CRM-1", FormerNumber: "OLD-9", FormerExtID: "X-1",
	})
	return first, second, third
}

// Every id that an account has or had finds it and what followed it.
func TestSearchByFormerIDsFindsTheSuccessorToo(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	first, second, third := line(m)
	for ref, found := range map[string][]string{
		"X-1":        {first.Name, second.Name, third.Name},
		"OLD-9":      {first.Name, second.Name, third.Name},
		"A-1":        {first.Name, second.Name, third.Name, m.sold.Name}, // part of A-100, too
		"CRM-1":      {first.Name, second.Name, third.Name},
		first.Number: {first.Name, second.Name, third.Name},
		"Second":     {second.Name},
	} {
		got := m.list(t, m.provider(), accounts.CustomerFilter{Search: ref})
		slices.Sort(got)
		slices.Sort(found)
		want(t, got, found...)
	}
	// Only what lies in the scope.
	want(t, m.list(t, accounts.Scope{Root: m.reseller.ID}, accounts.CustomerFilter{Search: "X-1"}), second.Name)
}

func TestFindCustomerByAnyID(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	first, second, third := line(m)
	// An external id that looks like our number of another account: the number wins.
	m.Customer(testdb.Customer{Name: "Trap", ExternalID: third.Number})
	for ref, id := range map[string]int64{
		first.Number: first.ID, "A-1": first.ID, "X-1": first.ID, "OLD-9": first.ID, third.Number: third.ID,
		"c-" + second.Number[2:]: second.ID,
	} {
		if got, err := accounts.FindCustomer(t.Context(), m.pool, m.provider(), ref); err != nil || got != id {
			t.Errorf("%s finds %d (%v), want %d", ref, got, err, id)
		}
	}
	for _, ref := range []string{"", "C-", "C-999999", "unknown", "C-99999999999999999999"} {
		if got, err := accounts.FindCustomer(t.Context(), m.pool, m.provider(), ref); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q finds %d (%v), want not found", ref, got, err)
		}
	}
}

func TestLineage(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	first, second, third := line(m)
	numbers := func(s accounts.Scope, of int64) []string {
		found, err := accounts.Predecessors(t.Context(), m.pool, s, of)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range found {
			out = append(out, r.Number())
		}
		return out
	}
	want(t, numbers(m.provider(), third.ID), second.Number, first.Number)
	want(t, numbers(accounts.Scope{Root: m.reseller.ID}, third.ID), second.Number)
	want(t, numbers(m.provider(), first.ID))

	c, err := accounts.GetCustomer(t.Context(), m.pool, m.provider(), second.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !c.ReadOnly() || c.Transferable() {
		t.Error("a transferred account is not read-only")
	}
	if next, err := accounts.Successor(t.Context(), m.pool, m.provider(), c); err != nil || next == nil ||
		next.Number() != third.Number {
		t.Errorf("successor is %+v (%v), want %s", next, err, third.Number)
	}
	if next, err := accounts.Successor(t.Context(), m.pool, accounts.Scope{Root: m.reseller.ID}, c); err != nil ||
		next != nil {
		t.Errorf("successor outside the scope is %+v (%v), want none", next, err)
	}
	former, err := accounts.FormerIDs(t.Context(), m.pool, first.ID)
	if err != nil || len(former) != 3 {
		t.Errorf("former ids are %+v (%v), want 3", former, err)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for typed, id := range map[string]int64{"C-000012": 12, " c-12 ": 12, "C-1234567": 1234567} {
		if got, ok := accounts.ParseNumber("C", typed); !ok || got != id {
			t.Errorf("%q is %d (%t), want %d", typed, got, ok, id)
		}
	}
	for _, typed := range []string{
		"", "C-", "12", "S-000012", "C-0", "C--5", "C-+5", "C-1x",
		"C-99999999999999999999",
	} {
		if got, ok := accounts.ParseNumber("C", typed); ok {
			t.Errorf("%q is read as %d", typed, got)
		}
	}
	if got := accounts.Number("TO", 1234567); got != "TO-1234567" {
		t.Errorf("number is %s", got)
	}
}
