package page

import (
	"cmp"
	"time"

	"handover/internal/order"
	"handover/views/ui"
)

// A click waits a little for its order to end, so that who transfers a small account sees
// the result at once; a long transfer is followed on the page of the order.
const (
	usualPatience = 2 * time.Second
	lookEvery     = 25 * time.Millisecond
)

// Await returns the order when it has ended, or as it is when patience does.
func Await(p *Page, number string) (order.Order, error) {
	deadline := time.Now().Add(cmp.Or(p.Frame.Patience, usualPatience))
	for {
		p.Reader.Release()
		o, err := order.GetOrder(p.Ctx(), p.DB(), number)
		if err != nil || !o.Waits() || time.Now().After(deadline) {
			return o, err
		}
		select {
		case <-p.Ctx().Done():
			return o, p.Ctx().Err()
		case <-time.After(lookEvery):
		}
	}
}

// HandedBack leads to the preview of an order whose data changed between the click and
// its execution: it is a draft again, and its preview marks what differs.
func HandedBack(p *Page, path string) error {
	return p.Tell(ui.Flash{Tone: ui.Amber, Text: "The data changed before the transfer began. Nothing was " +
		"transferred. Look at the new preview, then confirm again."}, path)
}
