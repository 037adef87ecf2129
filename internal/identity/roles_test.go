package identity_test

import (
	"strings"
	"testing"

	"handover/internal/identity"
)

func TestRoles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		role      identity.Role
		privilege identity.Privilege
		want      bool
	}{
		{identity.Administrator, identity.StaffManage, true},
		{identity.Administrator, identity.AccountsTransfer, true},
		{identity.AccountManager, identity.AccountsTransfer, true},
		{identity.AccountManager, identity.StaffManage, false},
		{identity.AccountManager, identity.PeriodsManage, false},
		{identity.Finance, identity.PeriodsManage, true},
		{identity.Finance, identity.AccountsTransfer, false},
		{identity.Administrator, identity.RatesOverride, true},
		{identity.Finance, identity.RatesOverride, true},
		{identity.AccountManager, identity.RatesOverride, false},
		{identity.Auditor, identity.RatesOverride, false},
		{identity.Administrator, identity.BooksOverride, true},
		{identity.Finance, identity.BooksOverride, true},
		{identity.AccountManager, identity.BooksOverride, false},
		{identity.Auditor, identity.BooksOverride, false},
		{identity.Support, identity.Read, true},
		{identity.Support, identity.AccountsTransfer, false},
		{identity.AccountManager, identity.OutboxResend, true},
		{identity.Support, identity.OutboxRead, true},
		{identity.Support, identity.OutboxResend, false},
		{identity.Auditor, identity.AuditRead, true},
		{identity.Administrator, identity.AuditRead, true},
		{identity.Finance, identity.AuditRead, false},
		{identity.AccountManager, identity.AuditRead, false},
		{identity.Auditor, identity.AccountsTransfer, false},
		{"boss", identity.Read, false},
		{identity.Administrator, "", false},
	}
	for _, tt := range tests {
		if got := tt.role.Can(tt.privilege); got != tt.want {
			t.Errorf("%s %s: got %v", tt.role, tt.privilege, got)
		}
	}
	for _, info := range identity.Privileges() {
		if info.Allows == "" || !identity.Administrator.Can(info.Privilege) {
			t.Errorf("privilege %s is not in the table", info.Privilege)
		}
		changes := strings.HasSuffix(string(info.Privilege), ".manage")
		if changes && identity.Auditor.Can(info.Privilege) {
			t.Errorf("an auditor may %s", info.Privilege)
		}
		if strings.HasSuffix(string(info.Privilege), "read") && !identity.Auditor.Can(info.Privilege) {
			t.Errorf("an auditor does not see %s", info.Privilege)
		}
	}
	for _, r := range identity.Roles() {
		if !r.Valid() || !r.Can(identity.Read) || r.Name() == string(r) {
			t.Errorf("role %s is not usable", r)
		}
	}
	disabled := identity.Staff{Role: identity.Administrator, Status: identity.Disabled}
	if disabled.Can(identity.Read) {
		t.Error("a disabled person may read")
	}
}
