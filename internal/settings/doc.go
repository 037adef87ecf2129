// Package settings changes the control settings of distributors: those that decide who
// must agree to a transfer and how its books are dated. docs/security.md, Control settings,
// has the rules.
//
// Controls is the one list of them. A Desk changes a setting at once, or, where the
// distributor requires approval by a second person, keeps the change until another
// administrator answers. The other administrators get a mail in the same transaction.
package settings
