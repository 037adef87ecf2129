package ledger

// ControlRoles are the roles whose accounts are compared with a sub-ledger, in the order shown.
var ControlRoles = []string{"receivable", "deferred_revenue"}

// ControlLabel names a line of the proof: "Receivable: ledger - balances".
func ControlLabel(role string) string {
	if label, ok := controlLabels[role]; ok {
		return label
	}
	return role
}
