package web

import (
	"cmp"
	"time"

	"handover/views/ui"

	"handover/internal/order"
)

// A click waits a little for its order to end, so that who transfers a small account sees
// the result at once; a long transfer is followed on the page of the order.
const (
	usualPatience = 2 * time.Second
	lookEvery     = 25 * time.Millisecond
)

// await returns the order when it has ended, or as it is when patience does.
func (p *page) await(number string) (order.Order, error) {
	deadline := time.Now().Add(cmp.Or(p.frame.Patience, usualPatience))
	for {
		p.reader.Release()
		o, err := order.GetOrder(p.ctx(), p.db(), number)
		if err != nil || !o.Waits() || time.Now().After(deadline) {
			return o, err
		}
		select {
		case <-p.ctx().Done():
			return o, p.ctx().Err()
		case <-time.After(lookEvery):
		}
	}
}

// handedBack leads to the preview of an order whose data changed between the click and
// its execution: it is a draft again, and its preview marks what differs.
func (p *page) handedBack(path string) error {
	return p.Tell(ui.Flash{Tone: ui.Amber, Text: "The data changed before the transfer began. Nothing was transferred. Look at the new preview, then confirm again."}, path)
}
