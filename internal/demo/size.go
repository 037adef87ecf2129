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
	Large  Size = "large"
)

// extent is how much a size has.
type extent struct {
	size      Size
	customers int
	veterans  int // of a hundred customers so many have been there for more than eight months
}

// sizes are all sizes, the smallest first. Short histories keep the large one at
// about 130 records a customer.
var sizes = []extent{
	{Small, 200, 35},
	{Medium, 5_000, 35},
	{Large, 100_000, 4},
}

// ParseSize reads a size. The error names the sizes there are.
func ParseSize(s string) (Size, error) {
	_, err := Size(s).extent()
	return Size(s), err
}

// UnmarshalText reads a size from the command line.
func (s *Size) UnmarshalText(text []byte) error {
	var err error
	*s, err = ParseSize(string(text))
	return err
}

// extent returns how much the size has.
func (s Size) extent() (extent, error) {
	var names []string
	for _, row := range sizes {
		if row.size == s {
			return row, nil
		}
		names = append(names, string(row.size))
	}
	last := len(names) - 1
	return extent{}, fault.New(fault.Invalid, msgNoSize,
		string(s), strings.Join(names[:last], ", "), names[last])
}
