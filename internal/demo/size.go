package demo

import (
	"strings"

	"handover/internal/fault"
)

// Size says how much demo data there is.
type Size string

// The sizes.
const (
	Small  Size = "small"
	Medium Size = "medium"
)

// sizes are all sizes with their number of customers.
var sizes = []struct {
	size      Size
	customers int
}{
	{Small, 200},
	{Medium, 5000},
}

// Sizes returns the sizes, the smallest first.
func Sizes() []Size {
	var out []Size
	for _, s := range sizes {
		out = append(out, s.size)
	}
	return out
}

// ParseSize reads a size. The error names the sizes there are.
func ParseSize(s string) (Size, error) {
	_, err := Size(s).customers()
	return Size(s), err
}

// UnmarshalText reads a size from the command line.
func (s *Size) UnmarshalText(text []byte) error {
	var err error
	*s, err = ParseSize(string(text))
	return err
}

// customers returns how many customers the size has.
func (s Size) customers() (int, error) {
	var names []string
	for _, row := range sizes {
		if row.size == s {
			return row.customers, nil
		}
		names = append(names, string(row.size))
	}
	return 0, fault.New(fault.Invalid, "there is no demo data of size %q; the sizes are %s", string(s), strings.Join(names, " and "))
}
