package demo

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// Seed is what Load generates from.
const Seed = 20

// stream keeps the generated numbers apart from other uses of the same seed.
const stream = 0x68616e646f766572

// World writes the demo data of the size as CSV files in memory. The same size,
// seed and month of today give the same bytes.
func World(size Size, seed uint64, today time.Time) (fs.FS, error) {
	w, err := build(size, seed, today)
	if err != nil {
		return nil, err
	}
	return pack(w)
}

// builder holds a world while it is written.
type builder struct {
	world
	rng    *rand.Rand
	anchor time.Time // the start of the month; nothing has happened after it

	sellers map[string]*seller
	annex   string // terms that no other distributor has
	counts  map[string]int
	names   map[string]bool
	bills   []*bill
	credits []*credit
	debits  []*debit
}

func build(size Size, seed uint64, today time.Time) (*world, error) {
	customers, err := size.customers()
	if err != nil {
		return nil, err
	}
	b := &builder{
		rng: rand.New(rand.NewPCG(seed, stream)), anchor: anchorOf(today),
		counts: map[string]int{}, names: map[string]bool{},
	}
	b.openChannel()
	b.fillCatalog()
	b.openPeriods()
	b.quoteRates()
	b.reserveNames()
	b.showcase()
	for _, c := range cases {
		c.build(b, c.Customer)
	}
	b.crowd(customers)
	b.finish()
	return &b.world, nil
}

// next returns the next outside id with the prefix.
func (b *builder) next(prefix string) string {
	b.counts[prefix]++
	return fmt.Sprintf("%s-%06d", prefix, b.counts[prefix])
}

// chance is true in about so many of a hundred calls.
func (b *builder) chance(percent int) bool { return b.rng.IntN(100) < percent }

// between returns a number from low to high, both included.
func (b *builder) between(low, high int) int { return low + b.rng.IntN(high-low+1) }

// pick returns one of the list.
func pick[T any](b *builder, list []T) T { return list[b.rng.IntN(len(list))] }

func whole(n int) decimal.Decimal { return decimal.NewFromInt(int64(n)) }

func amount(v decimal.Decimal, currency string) money.Amount {
	return money.Amount{Value: money.Round(v, currency), Currency: currency}
}
