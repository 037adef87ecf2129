package identity

import (
	"context"
	"runtime"
	"strings"
	"sync"

	"handover/internal/fault"
	"handover/internal/network"
)

// Limits of attempts at one moment. Comparing a password takes 32 MiB and one core.
const (
	maxAtOnce  = 4
	maxWaiting = 256 // attempts that wait for a place; of more, those go that others are before
)

// places are where passwords are compared, a few at once. Who waits the longest does not go first,
// but who has the fewest attempts before them: of the same address, or for the same account. So a
// hundred attempts of one attacker wait behind one of anybody else.
type places struct {
	mu      sync.Mutex
	free    int
	arrived int
	waiting []*attempt
	before  map[string]int // attempts that wait or are compared, by what they count as
}

// attempt is one that wants a place.
type attempt struct {
	counts   []string // what it counts as
	rank     int      // how many attempts were before it when it came
	familiar bool     // from a browser or address that signed in to the account before
	arrived  int
	admitted chan bool // receives one value: whether it has a place
}

// newPlaces returns as many places as there are cores, four at most.
func newPlaces() *places {
	return &places{free: min(runtime.GOMAXPROCS(0), maxAtOnce), before: map[string]int{}}
}

// newAttempt says what an attempt counts as. One that is familiar counts with its account and
// address alone: neither a colleague behind the address nor an attack on the account is before it.
func newAttempt(c Credentials, familiar bool) *attempt {
	a := &attempt{familiar: familiar, admitted: make(chan bool, 1)}
	account, address := strings.ToLower(c.Email), network.Of(c.Client.Address)
	if familiar {
		a.counts = []string{"pair " + address + " " + account + " " + c.Client.Device}
		return a
	}
	a.counts = []string{"address " + address, "account " + account}
	return a
}

// enter waits for a place; leave gives it back. It is an Invalid fault when too many wait.
func (p *places) enter(ctx context.Context, a *attempt) (leave func(), err error) {
	p.queue(a)
	select {
	case in := <-a.admitted:
		if !in {
			return nil, fault.New(fault.Invalid, msgTooManyWait)
		}
		return func() { p.leave(a) }, nil
	case <-ctx.Done():
		p.giveUp(a)
		return nil, ctx.Err()
	}
}

// queue lets the attempt wait, in the place of the last one where too many do.
func (p *places) queue(a *attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, key := range a.counts {
		a.rank = max(a.rank, p.before[key])
		p.before[key]++
	}
	p.arrived++
	a.arrived = p.arrived
	p.waiting = append(p.waiting, a)
	if len(p.waiting) > maxWaiting {
		last := p.waiting[0]
		for _, x := range p.waiting {
			if last.goesBefore(x) {
				last = x
			}
		}
		p.remove(last)
		p.forget(last)
		last.admitted <- false
	}
	p.admit()
}

// leave gives a place to the next.
func (p *places) leave(a *attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free++
	p.forget(a)
	p.admit()
}

// giveUp takes an attempt back whose person no longer waits.
func (p *places) giveUp(a *attempt) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case in := <-a.admitted: // just now
		if in {
			p.free++
			p.forget(a)
			p.admit()
		}
	default:
		p.remove(a)
		p.forget(a)
	}
}

// admit fills the free places.
func (p *places) admit() {
	for p.free > 0 && len(p.waiting) > 0 {
		first := p.waiting[0]
		for _, x := range p.waiting {
			if x.goesBefore(first) {
				first = x
			}
		}
		p.remove(first)
		p.free--
		first.admitted <- true
	}
}

func (a *attempt) goesBefore(b *attempt) bool {
	switch {
	case a.rank != b.rank:
		return a.rank < b.rank
	case a.familiar != b.familiar:
		return a.familiar
	}
	return a.arrived < b.arrived
}

func (p *places) remove(a *attempt) {
	for i, x := range p.waiting {
		if x == a {
			p.waiting = append(p.waiting[:i], p.waiting[i+1:]...)
			return
		}
	}
}

// forget ends what the attempt counts for.
func (p *places) forget(a *attempt) {
	for _, key := range a.counts {
		if p.before[key]--; p.before[key] == 0 {
			delete(p.before, key)
		}
	}
}
