package demo

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/money"
)

// Seed is what Load generates from.
const Seed = 20

// stream keeps the generated numbers apart from other uses of the same seed.
const stream = 0x68616e646f766572

// batches writes the world piece by piece: so many customers at a time, or a few
// more, each piece with everything about its customers. The first piece also has
// what all pieces refer to. The pieces together are the same for any number.
func batches(e extent, seed uint64, today time.Time, customers int) iter.Seq[*world] {
	return func(yield func(*world) bool) {
		dates := newRegister()
		newBuilder(e, seed, today, dates).write(customers, func(*world) bool { return true })
		dates.open()
		newBuilder(e, seed, today, dates).write(customers, yield)
	}
}

// builder holds a family of customers while it is written, and what was written.
type builder struct {
	world
	extent extent
	rng    *rand.Rand
	seed   uint64
	today  time.Time // exchange rates are quoted until then
	anchor time.Time // the start of the month; nothing else has happened after it

	sellers  map[string]*seller
	annex    string // terms that no other distributor has
	counts   map[string]int
	accepted int // how many terms were
	names    map[string]bool
	numbers  *register
	parent   *account // who may get the invoices of the next customer
	bills    []*bill
	credits  []*credit
	debits   []*debit
	inSum    map[string]bool      // customers whose revenue is recognised in one entry without a source
	returned map[string]time.Time // payments that were posted before they failed, and the day they were taken out
	asLoss   map[string]bool      // refunds of applied money: no debt remains, so it is an allowance

	batch *world // the families that are written
}

func newBuilder(e extent, seed uint64, today time.Time, numbers *register) *builder {
	return &builder{
		extent: e, rng: rand.New(rand.NewPCG(seed, stream)), anchor: anchorOf(today), seed: seed, today: today,
		counts: map[string]int{}, names: map[string]bool{}, numbers: numbers, batch: &world{}, inSum: map[string]bool{},
		returned: map[string]time.Time{}, asLoss: map[string]bool{},
	}
}

// write hands everything over, so many customers at a time, until yield says no.
func (b *builder) write(customers int, yield func(*world) bool) {
	b.openChannel()
	b.fillCatalog()
	b.openPeriods()
	b.quoteRates()
	b.reserveNames()
	b.showcase()
	for _, c := range cases {
		c.build(b, c.Customer)
	}
	for b.counts[customerID] < b.extent.customers {
		// Nothing that is to come refers to what was written before this parent.
		if b.nextCustomer() && len(b.batch.Customers) >= customers {
			if !yield(b.batch) {
				return
			}
			b.batch = &world{}
		}
	}
	b.finish()
	yield(b.batch)
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
