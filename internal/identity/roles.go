package identity

import "slices"

// Role is what a staff member is in the organisation.
type Role string

// The roles.
const (
	Administrator  Role = "administrator"
	AccountManager Role = "account_manager"
	Finance        Role = "finance"
	Support        Role = "support"
	Auditor        Role = "auditor"
)

// Privilege is one thing that a role may do. Every route has one.
type Privilege string

// The privileges.
const (
	Read             Privilege = "read"              // see customers, subscriptions, orders, plans, distributors
	AccountsTransfer Privilege = "accounts.transfer" // the three transfers, their retry and reversal
	OrdersApprove    Privilege = "orders.approve"    // answer approvals and consents
	PeriodsManage    Privilege = "periods.manage"    // open and close financial periods
	RatesManage      Privilege = "rates.manage"      // enter exchange rates
	JournalRead      Privilege = "journal.read"      // the journal
	AuditRead        Privilege = "audit.read"        // the audit log
	OutboxRead       Privilege = "outbox.read"       // mails that were sent
	OutboxResend     Privilege = "outbox.resend"     // send a mail again
	StaffManage      Privilege = "staff.manage"      // add and disable staff members
	SettingsManage   Privilege = "settings.manage"   // a distributor's settings
	TokensManage     Privilege = "tokens.manage"     // API tokens of one's own
	ImportRun        Privilege = "import.run"        // load CSV files
	ExportRun        Privilege = "export.run"        // take CSV files out
)

// roles is the one table of what each role may do.
var roles = []struct {
	Role       Role
	Name       string
	Privileges []Privilege
}{
	{Administrator, "Administrator", []Privilege{
		Read, AccountsTransfer, OrdersApprove, PeriodsManage, RatesManage, JournalRead, AuditRead, OutboxRead,
		OutboxResend, StaffManage, SettingsManage, TokensManage, ImportRun, ExportRun,
	}},
	{AccountManager, "Account manager", []Privilege{
		Read, AccountsTransfer, OrdersApprove, JournalRead, OutboxRead, OutboxResend, TokensManage, ExportRun,
	}},
	{Finance, "Finance", []Privilege{
		Read, OrdersApprove, PeriodsManage, RatesManage, JournalRead, TokensManage, ExportRun,
	}},
	{Support, "Support", []Privilege{Read, OutboxRead, TokensManage}},
	{Auditor, "Auditor", []Privilege{Read, JournalRead, AuditRead, OutboxRead, TokensManage, ExportRun}},
}

// Roles returns all roles in the order they are offered.
func Roles() []Role {
	out := make([]Role, 0, len(roles))
	for _, r := range roles {
		out = append(out, r.Role)
	}
	return out
}

// Valid reports whether there is such a role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Name returns the role in words.
func (r Role) Name() string {
	for _, row := range roles {
		if row.Role == r {
			return row.Name
		}
	}
	return string(r)
}

// Can reports whether the role holds the privilege.
func (r Role) Can(p Privilege) bool {
	for _, row := range roles {
		if row.Role == r {
			return slices.Contains(row.Privileges, p)
		}
	}
	return false
}
