package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"handover/internal/engine"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/web"
)

// held starts a panel whose orders wait until the test executes them.
func held(t *testing.T) (pair, *engine.Engine) {
	t.Helper()
	p := newPair(t)
	e := &engine.Engine{Desk: order.Desk{DB: p.pool, Log: slog.New(slog.DiscardHandler), Now: time.Now}}
	server, err := web.New(web.Deps{DB: p.pool, SessionKey: sessionKey, BaseURL: "http://panel.example", Transfers: e})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	p.url = listener.URL
	return p, e
}

// mergeSubmitted confirms the merge and returns the page that follows.
func (p pair) mergeSubmitted(fill ...string) answer {
	p.Helper()
	return p.toMerge().ticked("continue").follow().in("Merge Customers", "Execute").say("execute", fill...)
}

func TestOrderUnderWay(t *testing.T) {
	p, e := held(t)
	page := p.mergeSubmitted().follow().is(http.StatusOK).says("The transfer is in progress", "Waiting for its turn",
		"Cancel order")
	number := page.doc.Find("h1").Text()[:len("TO-000001")]
	if got := page.doc.Find(`noscript`).Text(); !strings.Contains(got, `http-equiv="refresh"`) {
		t.Errorf("without scripts the page is not read again: %s", got)
	}
	for _, list := range []string{"/pcp/orders", "/pcp/"} {
		if got := p.get(list).doc.Find(`.small-progress`).AttrOr("hx-sse:connect", "none"); got != "/pcp/orders/"+
			number+"/progress?small=true" {
			t.Errorf("%s follows %s", list, got)
		}
	}
	stream := p.stream("/pcp/orders/" + number + "/progress")
	if first := stream(); !strings.Contains(first, "Waiting for its turn") {
		t.Errorf("the stream begins with %q", first)
	}
	o, err := order.GetOrder(t.Context(), p.pool, number)
	if err != nil {
		t.Fatal(err)
	}
	p.world.Exec(
		`update transfer_orders set status = 'in_progress', started_at = now() - interval '4 s' where id = $1`, o.ID)
	p.world.Exec(`update transfer_leases set holder = gen_random_uuid(), phase = 'moving', phase_kind = 'invoice',
		done = 2, total = 6 where order_id = $1`, o.ID)
	told := stream()
	for !strings.Contains(told, "Moving the invoices") {
		told = stream()
	}
	for _, part := range []string{"2 of 6 records", `value="2"`, `max="6"`, "elapsed", "s left"} {
		if !strings.Contains(told, part) {
			t.Errorf("the stream does not say %q: %s", part, told)
		}
	}
	p.world.Exec(`update transfer_leases set renewed_at = now() - interval '11 s' where order_id = $1`, o.ID)
	if err := e.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(told, "event: done") {
		if told = stream(); told == "" {
			t.Fatal("the stream ended without saying that the order has")
		}
	}
	if last := stream(); last != "" {
		t.Errorf("after the end it says %q", last)
	}
	p.get("/pcp/orders/"+number).says("Successfully merged customer(s)", "Can be reversed until")
}

// stream opens server-sent events; each call returns the next, "" at the end.
func (p panel) stream(path string) func() string {
	p.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	p.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, nil)
	if err != nil {
		p.Fatal(err)
	}
	a, err := p.client.Do(r)
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { _ = a.Body.Close() })
	if got := a.Header.Get("Content-Type"); got != "text/event-stream" {
		p.Fatalf("%s is %q", path, got)
	}
	buffer, read := make([]byte, 4096), ""
	return func() string {
		for {
			if event, rest, whole := strings.Cut(read, "\n\n"); whole {
				read = rest
				return event
			}
			n, err := a.Body.Read(buffer)
			read += string(buffer[:n])
			if err != nil && n == 0 {
				if err != io.EOF {
					p.Errorf("read the stream: %v", err)
				}
				return ""
			}
		}
	}
}

func TestCancelAnOrder(t *testing.T) {
	p, _ := held(t)
	page := p.mergeSubmitted().follow()
	address := page.doc.Find(`form[action$="/cancel"]`).AttrOr("action", "none")
	page.post(address, map[string][]string{"reason": {"Wrong customer"}}).follow().says(
		"The order was cancelled. Nothing was transferred.", "Wrong customer", "Cancelled")
	page.post(address, nil).is(http.StatusConflict).says("is cancelled and can no longer be cancelled")
	if got := p.world.Text(`select count(*) from open_transfers`); got != "0" {
		t.Errorf("%s accounts are still taken", got)
	}
}

func TestRetryAnOrder(t *testing.T) {
	p, e := held(t)
	page := p.mergeSubmitted().follow()
	number := page.doc.Find("h1").Text()[:len("TO-000001")]
	o, err := order.GetOrder(t.Context(), p.pool, number)
	if err != nil {
		t.Fatal(err)
	}
	p.world.ExecOwner(`create function refuse() returns trigger language plpgsql as
		'begin raise exception ''out of order''; end'`)
	p.world.ExecOwner(`create trigger refuse before update on subscriptions for each row execute function refuse()`)
	if err := e.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	p.world.ExecOwner(`drop trigger refuse on subscriptions`)
	failed := p.get("/pcp/orders/"+number).says("The transfer failed; nothing was changed", "Retry")
	again := failed.post(failed.doc.Find(`form[action$="/retry"]`).AttrOr("action", "none"), nil).follow()
	again.says(number+" is a draft again").in("Merge Customers",
		"Preview").ticked("continue").follow().say("execute").follow().says("in progress")
	if err := e.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	p.get("/pcp/orders/"+number).says("Successfully merged customer(s)", "Retried")
}

func TestApproveAndReject(t *testing.T) {
	p, e := held(t)
	settings := p.get("/pcp/distributors/D-000001").says("Approval by a second person")
	settings.post("/pcp/distributors/D-000001/approvals", map[string][]string{
		"approval": {"true"},
		"password": {p.staff.Password},
	}).follow().says("were saved")
	page := p.mergeSubmitted().follow().says("This order waits for approval", "Approval by a second person")
	if page.doc.Find(`form[action$="/approve"]`).Length() != 0 {
		t.Error("the requester can approve")
	}
	number := page.doc.Find("h1").Text()[:len("TO-000001")]
	page.post("/pcp/orders/"+number+"/approve",
		nil).is(http.StatusForbidden).says("needs the approval of another person")

	p.become(testdb.Staff{Name: "Second Eyes", Role: "account_manager"})
	page = p.get("/pcp/orders/" + number)
	form := page.doc.Find(`form[action$="/approve"]`)
	if form.Find("button").Length() != 2 {
		t.Fatalf("Approve and Reject are not there: %s", page.text())
	}
	page.post("/pcp/orders/"+number+"/reject",
		map[string][]string{"reason": {""}}).is(http.StatusUnprocessableEntity).says("give a reason")
	page.post("/pcp/orders/"+number+"/approve", nil).follow().says("Approved.", "in progress", "Second Eyes")
	o, err := order.GetOrder(t.Context(), p.pool, number)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Work(context.Background(), o.ID); err != nil {
		t.Fatal(err)
	}
	p.get("/pcp/orders/" + number).says("Successfully merged customer(s)")
}

func TestStartLater(t *testing.T) {
	p, _ := held(t)
	p.mergeSubmitted("start_at", "soon").is(http.StatusUnprocessableEntity).in("Merge Customers",
		"Execute").says("is not a date with a time")
	p.mergeSubmitted("start_at",
		"2020-01-01T08:00").is(http.StatusUnprocessableEntity).says("is in the past; choose a later time")
	start := time.Now().Add(48 * time.Hour)
	page := p.mergeSubmitted("start_at", start.Format("2006-01-02T15:04")).follow().says("This order is scheduled",
		"Scheduled", "Starts")
	if got := p.world.Text(`select status from transfer_orders order by id desc limit 1`); got != "scheduled" {
		t.Errorf("it is %s", got)
	}
	page.post(page.doc.Find(`form[action$="/cancel"]`).AttrOr("action", "none"),
		nil).follow().says("The order was cancelled.")
}
