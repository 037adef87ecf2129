package orders

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"handover/internal/fault"
	"handover/internal/order"
	views "handover/views/orders"
	pageviews "handover/views/page"
	"handover/web/page"
)

// How pages follow an order in progress.
const (
	refreshRunning = 3                      // seconds after which a page without scripts is read again
	followEvery    = 300 * time.Millisecond // between two looks at the order
	followTime     = 5 * time.Minute        // a stream ends then; the page opens a new one
	followedAtOnce = 20                     // streams of one person
)

// streams counts the open streams of each person, in this process.
type streams struct {
	mu   sync.Mutex
	open map[int64]int
}

func newStreams() *streams { return &streams{open: map[int64]int{}} }

// begin opens one more stream of the person; end must be called when it ends.
func (s *streams) begin(staffID int64) (end func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[staffID] >= followedAtOnce {
		return nil, fault.New(fault.Unavailable, msgTooManyFollowed, followedAtOnce)
	}
	s.open[staffID]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.open[staffID]--; s.open[staffID] == 0 {
			delete(s.open, staffID)
		}
	}, nil
}

// followedInLists is how many orders in progress a list follows: browsers open few
// connections at once. The page of each follows it in any case.
const followedInLists = 3

// Followed lets the list follow the row's order, unless it follows followedInLists
// already.
func Followed(row views.OrderRow, n *int) views.OrderRow {
	if *n >= followedInLists {
		return row
	}
	if row.Progress = ProgressHref(row.Href, row.Status); row.Progress != "" {
		*n++
	}
	return row
}

// ProgressHref is the address of the order's progress, "" if it is not in progress.
func ProgressHref(order, status string) string {
	if status != "queued" && status != "in_progress" {
		return ""
	}
	return order + "/progress?small=true"
}

// Following makes a page that follows n orders live, and without scripts read again.
func Following(n int) page.RenderOption {
	return func(c *pageviews.Chrome) {
		if n > 0 {
			c.Live, c.Refresh = true, refreshRunning
		}
	}
}

// fillProgress fills in the progress of an order.
func (h orderPage) fillProgress(p *page.Page, o seenOrder, v *views.Order) error {
	if !o.Waits() {
		return nil
	}
	progress, err := h.progressView(p, o)
	v.Progress, v.ProgressHref = &progress, p.URL("/orders/"+o.Number+"/progress")
	return err
}

func (h orderPage) progressView(p *page.Page, o seenOrder) (pageviews.Progress, error) {
	at, err := order.ProgressOf(p.Ctx(), p.DB(), o.Order, o.sides, h.engine.Now())
	if err != nil {
		return pageviews.Progress{}, err
	}
	v := pageviews.Progress{
		Phase: at.Phase.Words(), Done: at.Done, Total: at.Total,
		Elapsed: formatDuration(at.Elapsed) + " elapsed",
	}
	if o.Status == "queued" {
		v.Phase, v.Elapsed = msgWaiting, ""
	}
	if at.Total > 0 && o.Status != "queued" {
		v.Count = fmt.Sprintf("%s of %s", p.Count(int(at.Done)), p.Plural(int(at.Total), "record", "records"))
	}
	if left, known := at.Left(); known {
		v.Left = "about " + formatDuration(left) + " left"
	}
	return v, nil
}

// progress sends the order's progress as server-sent events, until it has ended.
func (h orderPage) progress(p *page.Page) error {
	end, err := h.streams.begin(p.Staff.ID)
	if err != nil {
		return err
	}
	defer end()
	number := strings.ToUpper(p.Param("number"))
	last := time.Now().Add(followTime)
	for told := ""; ; {
		found, sides, err := order.GetOrderFor(p.Ctx(), p.DB(), p.Scope(), number)
		if err != nil {
			return err
		}
		if told == "" {
			p.Response().Header().Set("Content-Type", "text/event-stream")
			p.Response().Header().Set("X-Accel-Buffering", "no")
			p.Response().WriteHeader(http.StatusOK)
		}
		if !found.Waits() {
			return send(p, "done", msgEnded)
		}
		text, err := h.progressText(p, seenOrder{found, sides})
		if err != nil {
			return err
		}
		if text != told {
			if err := send(p, "message", text); err != nil {
				return err
			}
			told = text
		}
		p.Reader.Release() // a follower holds no connection meanwhile
		select {
		case <-p.Ctx().Done():
			return nil
		case <-time.After(followEvery):
		}
		if time.Now().After(last) {
			return nil
		}
	}
}

func (h orderPage) progressText(p *page.Page, o seenOrder) (string, error) {
	v, err := h.progressView(p, o)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	draw := pageviews.OrderProgress(v)
	if p.QueryParam("small") != "" {
		draw = pageviews.SmallProgress(v)
	}
	if err := draw.Render(p.FrameContext(), &out); err != nil {
		return "", fmt.Errorf("draw the progress: %w", err)
	}
	return out.String(), nil
}

// send writes one server-sent event.
func send(p *page.Page, event, text string) error {
	var out strings.Builder
	if event != "message" {
		out.WriteString("event: " + event + "\n")
	}
	for line := range strings.Lines(text) {
		out.WriteString("data: " + strings.TrimRight(line, "\n") + "\n")
	}
	out.WriteString("\n")
	if _, err := p.Response().Write([]byte(out.String())); err != nil {
		return nil //nolint:nilerr // the reader has left
	}
	p.Response().Flush()
	return nil
}
