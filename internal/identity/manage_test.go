package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
)

func add(h fixture, n identity.NewStaff) identity.Staff {
	h.Helper()
	s, err := tryAdd(h, n)
	if err != nil {
		h.Fatal(err)
	}
	return s
}

func tryAdd(h fixture, n identity.NewStaff) (identity.Staff, error) {
	either := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	either(&n.Email, "new@aurora.example")
	either(&n.Name, "Ada Meyer")
	either(&n.Distributor, fmt.Sprintf("D-%06d", h.world.Provider.ID))
	either((*string)(&n.Role), string(identity.Support))
	either(&n.Password, "a long enough password")
	return identity.Add(h.Context(), h.pool, operator, n)
}

func TestAddStaff(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	other := h.world.Distributor(testdb.Distributor{})
	// An external id that looks like another distributor's number goes before it.
	h.world.Exec(`update distributors set external_id = $2 where id = $1`, other.ID,
		fmt.Sprintf("D-%06d", h.world.Provider.ID))
	s := add(h, identity.NewStaff{Email: "Ada@aurora.example", Role: identity.Finance})
	want := identity.Staff{
		ID: s.ID, Email: "Ada@aurora.example", Name: "Ada Meyer", Role: identity.Finance, Status: identity.Active,
		CreatedAt: s.CreatedAt, DistributorID: other.ID, DistributorName: s.DistributorName, ParentID: s.ParentID,
		BrandName: s.BrandName, BrandColor: s.BrandColor,
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	if hash := h.world.Text(`select password_hash from staff where id = $1`, s.ID); !strings.HasPrefix(hash,
		"$argon2id$") {
		t.Errorf("password kept as %s", hash)
	}
	if actions := h.world.Text(`select action || ' ' || subject from audit_entries`); actions !=
		"staff.add Ada@aurora.example" {
		t.Errorf("audit: %s", actions)
	}
}

func TestAddStaffRefused(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	tests := []struct {
		name  string
		staff identity.NewStaff
		want  string
	}{
		{"no address", identity.NewStaff{Email: "ada"}, `"ada" is not an email address`},
		{"a name before the address", identity.NewStaff{Email: "Ada <ada@aurora.example>"}, "is not an email address"},
		{"blank name", identity.NewStaff{Name: "  "}, "Enter the person's name"},
		{
			"role",
			identity.NewStaff{Role: "boss"},
			`There is no role "boss". The roles are administrator, account_manager, finance, support, auditor.`,
		},
		{
			"distributor",
			identity.NewStaff{Distributor: "D-999999"},
			`no distributor with the external id or number "D-999999"`,
		},
		{"short password", identity.NewStaff{Password: "123456789"}, "has 9 characters; it needs at least 10"},
		{"long password", identity.NewStaff{Password: strings.Repeat("ü", 201)}, "has 201 characters; at most 200"},
		{"address in use", identity.NewStaff{Email: strings.ToUpper(h.staff.Email)}, "already"},
	}
	for _, tt := range tests {
		_, err := tryAdd(h, tt.staff)
		if err == nil || !strings.Contains(err.Error(), tt.want) || fault.CodeOf(err) == "" {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	if n := h.world.Text(`select count(*) from staff`); n != "1" {
		t.Errorf("%s staff members", n)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	reseller := h.world.Distributor(testdb.Distributor{})
	// None of them could manage the installation.
	h.world.Staff(testdb.Staff{Distributor: reseller.ID})
	h.world.Staff(testdb.Staff{Status: "disabled"})
	h.world.Staff(testdb.Staff{Role: "finance"})
	err := identity.Disable(t.Context(), h.pool, operator, h.staff.Email)
	if fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "last administrator") {
		t.Fatalf("disabled the last administrator: %v", err)
	}
	second := h.world.Staff(testdb.Staff{})
	// Both at once: one must stay.
	done := make(chan error, 2)
	for _, email := range []string{h.staff.Email, second.Email} {
		go func() { done <- identity.Disable(t.Context(), h.pool, operator, email) }()
	}
	if err := errors.Join(<-done, <-done); err == nil {
		t.Error("two administrators disabled each other")
	}
	if n := h.world.Text(`select count(*) from staff where role = 'administrator' and status = 'active'
		and distributor_id = $1`, h.world.Provider.ID); n != "1" {
		t.Errorf("%s administrators left", n)
	}
}

func TestDisable(t *testing.T) {
	t.Parallel()
	h := newFixture(t)
	other := h.world.Staff(testdb.Staff{Role: "support"})
	for _, want := range []fault.Code{"", fault.Conflict} {
		if err := identity.Disable(t.Context(), h.pool, operator, other.Email); fault.CodeOf(err) != want ||
			want == "" && err != nil {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if err := identity.Disable(t.Context(), h.pool, operator, "unknown@aurora.example"); fault.CodeOf(err) !=
		fault.NotFound {
		t.Errorf("unknown: %v", err)
	}
}
