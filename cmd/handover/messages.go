package main

// Who may import, who may have a token, and until when.
const (
	msgLacksPrivilege = "%s is %s %s and lacks the privilege %s. Name an active administrator or finance person " +
		"with --by."
	msgNotOfProvider = "%s works for %s. Name a staff member of the provider with --by: an import concerns every " +
		"distributor."
	msgNotActive = "%s is %s; only people who can sign in can have a token."
	msgNoExpiry  = "--expires %q is not a date. Write it like 2027-01-31."
)
