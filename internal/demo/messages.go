package demo

// Faults.
const (
	msgNoSize = "there is no demo data of size %q; the sizes are %s and %s"
)

// Loading demo data.
const (
	msgNotEmpty = "Demo data is loaded into an empty database only; this one has %d distributors already."
)
