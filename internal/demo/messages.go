package demo

// Faults.
const (
	msgNoSize = "there is no demo data of size %q; the sizes are %s and %s"
)
