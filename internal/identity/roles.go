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

// The privileges; the table privileges says what each allows.
const (
	Read             Privilege = "read"
	AccountsTransfer Privilege = "accounts.transfer"
	OrdersApprove    Privilege = "orders.approve"
	PeriodsManage    Privilege = "periods.manage"
	RatesManage      Privilege = "rates.manage"
	RatesOverride    Privilege = "rates.override"
	BooksOverride    Privilege = "books.override"
	JournalRead      Privilege = "journal.read"
	ExportRun        Privilege = "export.run"
	ImportRun        Privilege = "import.run"
	AuditRead        Privilege = "audit.read"
	OutboxRead       Privilege = "outbox.read"
	OutboxResend     Privilege = "outbox.resend"
	StaffRead        Privilege = "staff.read"
	StaffManage      Privilege = "staff.manage"
	SettingsManage   Privilege = "settings.manage"
	WebhooksManage   Privilege = "webhooks.manage"
)

// PrivilegeInfo is a privilege with what it allows, in words.
type PrivilegeInfo struct {
	Privilege Privilege
	Allows    string
}

// privileges is the one list of all privileges, in the order in which they are shown.
var privileges = []PrivilegeInfo{
	{Read, "See customers, subscriptions, documents, orders, plans, distributors, periods and rates; manage " +
		"one's own account"},
	{AccountsTransfer, "Transfer and merge: the three transfers, taking them back, cancelling and retrying them"},
	{OrdersApprove, "Approve or reject transfers that others asked for, and consent for one's distributor"},
	{PeriodsManage, "Add, close and open financial periods"},
	{RatesManage, "Enter and import exchange rates"},
	{RatesOverride, "Allow an implausible conversion rate in a transfer, with a reason"},
	{BooksOverride, "Import into a closed period and amend issued documents, with a reason"},
	{JournalRead, "Read the journal"},
	{ExportRun, "Take data out as CSV"},
	{ImportRun, "Load data from CSV"},
	{AuditRead, "Read the audit log"},
	{OutboxRead, "Read mails that were written; links that open something are withheld"},
	{OutboxResend, "Send a mail again"},
	{StaffRead, "See who signs in, with their roles"},
	{StaffManage, "Invite, change, disable and enable staff members; see links that were not mailed"},
	{SettingsManage, "Change the settings of a distributor"},
	{WebhooksManage, "Add, change and remove webhooks; read the messages that they get"},
}

// roles is the one table of what each role may do.
var roles = []struct {
	Role       Role
	Name       string
	For        string
	Privileges []Privilege
}{
	{
		Administrator, "Administrator", "Runs the panel of a distributor: people, settings, and everything else",
		[]Privilege{
			Read, AccountsTransfer, OrdersApprove, PeriodsManage, RatesManage, RatesOverride, BooksOverride,
			JournalRead, ExportRun, ImportRun, AuditRead, OutboxRead, OutboxResend, StaffRead, StaffManage,
			SettingsManage,
			WebhooksManage,
		},
	},
	{AccountManager, "Account manager", "Moves customers and subscriptions", []Privilege{
		Read, AccountsTransfer, OrdersApprove, JournalRead, ExportRun, OutboxRead, OutboxResend,
	}},
	{Finance, "Finance", "Keeps periods, rates and journals", []Privilege{
		Read, PeriodsManage, RatesManage, RatesOverride, BooksOverride, JournalRead, ExportRun,
	}},
	{Support, "Support", "Reads and tracks orders", []Privilege{Read, OutboxRead}},
	{Auditor, "Auditor", "Reads everything and changes nothing", []Privilege{
		Read, JournalRead, ExportRun, AuditRead, OutboxRead, StaffRead,
	}},
}

// Privileges returns all privileges in the order in which they are shown.
func Privileges() []PrivilegeInfo { return slices.Clone(privileges) }

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

// For returns what the role is for, as a sentence without its point.
func (r Role) For() string {
	for _, row := range roles {
		if row.Role == r {
			return row.For
		}
	}
	return ""
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
