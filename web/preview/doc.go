// Package preview draws previews of transfers, for the dialogs, the wizard, orders and reversals.
package preview
