package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"handover/internal/testdb"
)

// words returns the text of what was found, with single spaces.
func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// card returns the words of the card with the title, "" if the page has none.
func (a answer) card(title string) string {
	return words(a.doc.Find("section").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.HasPrefix(words(s.Find("h2")), title)
	}))
}

// ago is a moment so many days ago, as the database reads it.
func ago(days int) string { return time.Now().AddDate(0, 0, -days).Format(time.RFC3339) }

// TestHomeIsAQueue: what waits for the reader is listed with its reason and the button that leads
// on, and nothing that waits for others.
func TestHomeIsAQueue(t *testing.T) {
	p := newPair(t)
	p.mergedOrder()
	away := p.world.Customer(testdb.Customer{Name: "Elm Works"})
	order := func(o testdb.TransferOrder) testdb.TransferOrder {
		o.Source, o.Target = away.ID, p.group.ID
		return p.world.TransferOrder(o)
	}
	mine, others := order(testdb.TransferOrder{Status: "awaiting_approval"}),
		order(testdb.TransferOrder{Status: "awaiting_approval"})
	p.world.Exec(`insert into transfer_approvals (order_id, kind, distributor_id, asked_at)
		values ($1, 'approval', $2, now())`,
		mine.ID, p.world.Provider.ID)
	p.world.Exec(`insert into transfer_approvals (order_id, kind, distributor_id, asked_at, answer, answered_at)
		values ($1, 'approval', $2, now(), 'approved', now())`, others.ID, p.world.Provider.ID)
	own := order(testdb.TransferOrder{Status: "awaiting_approval", RequestedBy: p.staff.ID})
	p.world.Exec(`insert into transfer_approvals (order_id, kind, distributor_id, asked_at)
		values ($1, 'approval', $2, now())`,
		own.ID, p.world.Provider.ID)
	p.world.Exec(`update transfer_orders set preview = '{
		"source":{"balance_before":{"amount":"1026.40","currency":"EUR"}},
		"impact":[{"kind":"subscription","moving":{"count":3}}]}' where id = $1`, mine.ID)
	failed := order(testdb.TransferOrder{Status: "failed"})
	stale := order(testdb.TransferOrder{Status: "failed"})
	p.world.Exec(`update transfer_orders set updated_at = $2 where id = $1`, stale.ID, ago(40))
	mail := p.world.Mail(testdb.Mail{Staff: p.staff.ID, Subject: "Perhaps arrived", State: "unconfirmed"})
	hook := p.world.Webhook(testdb.Webhook{URL: "https://gone.example/hook"})
	p.world.Webhook(testdb.Webhook{URL: "https://works.example/hook"})
	p.world.Exec(
		`update webhook_endpoints set status = 'disabled', reason = 'The receiver answered 410.' where id = $1`,
		hook.ID)

	page := p.get("/pcp/").is(http.StatusOK).says("4 things need you", "Transfers per week", "Last orders")
	queue := page.card("Needs you")
	for _, want := range []string{
		"Approve Merge Elm Works into Fjord Group", "3 contracts · € 1,026.40 owed", mine.Number,
		"Failed Merge Elm Works into Fjord Group", "It did not work.", failed.Number, "Perhaps arrived",
		"https://gone.example/hook", "The receiver answered 410.",
	} {
		if !strings.Contains(queue, want) {
			t.Errorf("no %q in %s", want, queue)
		}
	}
	for _, not := range []string{others.Number, own.Number, stale.Number, "works.example"} {
		if strings.Contains(queue, not) {
			t.Errorf("%s waits for the reader: %s", not, queue)
		}
	}
	if href := page.doc.Find(`a[aria-label="Review: `+mine.Number+`"]`).AttrOr("href",
		""); href != "/pcp/orders/"+mine.Number {
		t.Errorf("Review leads to %q", href)
	}
	resend := page.doc.Find(`form[action$="/resend"]`).AttrOr("action", "none")
	page.post(resend, nil).follow()
	if got := p.world.Text(`select state from outbox where id = $1`, mail.ID); got != "waiting" {
		t.Errorf("the mail is %s", got)
	}
}

// TestHomeFollowsTheRole: whoever may not transfer is offered no transfer, and the books are shown to
// those who keep them.
func TestHomeFollowsTheRole(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.world.Period(testdb.Period{Start: "2020-01-01", End: "2020-01-31", Status: "open"})
	p.world.Period(testdb.Period{Start: "2020-02-01", End: "2020-02-29", Status: "open"})
	p.world.Period(testdb.Period{Start: "2019-12-01", End: "2019-12-31", Status: "closed"})
	p.world.Exec(`insert into exchange_rates (on_date, from_currency, to_currency, rate, source)
		values (current_date, 'EUR', 'USD', 1.1, 'ECB'), ('2020-01-01', 'EUR', 'GBP', 0.8, 'ECB'),
		       ('2020-01-01', 'EUR', 'USD', 1.2, 'ECB')`)
	p.world.Exec(`insert into reconciliation_results (name, distributor_id, currency, checked, differing, difference,
		ok, checked_at) values ('receivable', $1, 'EUR', 3, 1, 9, false, now())`, p.world.Provider.ID)
	rows := []struct {
		role      string
		says, not []string
	}{
		{"administrator", []string{"Transfer or merge a customer", "Import your data", "Next to close"}, nil},
		{
			"finance",
			[]string{
				"Find a customer", "January 2020", "2 periods have ended", "EUR → GBP", "Differences", "€ 9.00",
			},
			[]string{"Transfer or merge", "December 2019", "EUR → USD", "Import your data"},
		},
		{
			"support",
			[]string{"Find a customer", "Nothing needs you"},
			[]string{"Transfer or merge", "Transfer a subscription", "Next to close", "Reconciliation Differences"},
		},
	}
	p.post("/sign-out", p.get("/pcp/").form("/sign-out"))
	for _, row := range rows {
		p.signIn(p.world.Staff(testdb.Staff{Role: row.role}))
		a := p.get("/pcp/")
		text := words(a.doc.Find("main"))
		for _, want := range row.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in %s", row.role, want, text)
			}
		}
		for _, not := range row.not {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q in %s", row.role, not, text)
			}
		}
		p.post("/sign-out", a.form("/sign-out"))
	}
}

// TestHomeTellsWhatComes: what starts, with a mark on what starts today where the source's
// distributor is, and what can be reversed for a few days only.
func TestHomeTellsWhatComes(t *testing.T) {
	p := newPair(t)
	away := p.world.Customer(testdb.Customer{Name: "Elm Works"})
	order := func(o testdb.TransferOrder) testdb.TransferOrder {
		o.Source, o.Target = away.ID, p.group.ID
		return p.world.TransferOrder(o)
	}
	due, later := order(testdb.TransferOrder{Status: "scheduled"}), order(testdb.TransferOrder{Status: "scheduled"})
	// The provider's day begins at 10:00 or 11:00 UTC, so that today there is not today here.
	p.world.Exec(`update distributors set time_zone = 'Pacific/Auckland' where parent_id is null`)
	p.world.Exec(`update transfer_orders
		set start_at = (((now() at time zone 'Pacific/Auckland')::date +
		  1)::timestamp at time zone 'Pacific/Auckland') - interval '1 second' where id = $1`, due.ID)
	p.world.Exec(`update transfer_orders
		set start_at = ((now() at time zone 'Pacific/Auckland')::date + 1)::timestamp at time zone 'Pacific/Auckland'
		  where id = $1`, later.ID)
	ending, fresh, over := order(testdb.TransferOrder{Completed: ago(25)}),
		order(testdb.TransferOrder{Completed: ago(5)}), order(testdb.TransferOrder{Completed: ago(31)})
	order(testdb.TransferOrder{Completed: ago(5), Reverses: over.ID})

	page := p.get("/pcp/").is(http.StatusOK)
	today := page.doc.Find(".home-lines li").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.Contains(s.Text(), "Today")
	})
	if got := words(today); !strings.Contains(got, due.Number) || strings.Contains(got, later.Number) {
		t.Errorf("today starts %q, want %s and not %s", got, due.Number, later.Number)
	}
	if got := page.card("Scheduled"); !strings.Contains(got, later.Number) {
		t.Errorf("scheduled is %q", got)
	}
	windows := page.card("Reversal windows ending")
	if !strings.Contains(windows, ending.Number) || strings.Contains(windows, fresh.Number) ||
		strings.Contains(windows, over.Number) {
		t.Errorf("windows that end: %q", windows)
	}
	if got := page.card("Transfers per week"); !strings.Contains(got, "12 weeks · 3 completed · 1 reversed") {
		t.Errorf("the chart says %s", got)
	}
	rows := page.doc.Find("caption:contains('Completed transfers per week')").Parent().Find("tbody tr")
	var merged, back []string
	for _, row := range rows.EachIter() {
		merged = append(merged, words(row.Find("td").Eq(2)))
		back = append(back, words(row.Find("td").Last()))
	}
	if len(merged) != 12 || len(merged)-len(slices.DeleteFunc(merged, func(n string) bool { return n == "0" })) > 10 ||
		strings.Join(slices.DeleteFunc(back, func(n string) bool { return n == "0" }), "") != "1" {
		t.Errorf("the table says %v completed and %v reversed", merged, back)
	}
	if n := page.doc.Find("svg.weeks .is-back").Length(); n != 1 {
		t.Errorf("%d bars of reversals", n)
	}
}

// TestHomeOfAReseller: who came and who went, without a name from beyond the scope.
func TestHomeOfAReseller(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	nordlys := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	thames := p.world.Distributor(testdb.Distributor{Name: "Thames Cloud"})
	from := p.world.Customer(testdb.Customer{Distributor: thames.ID, Name: "Old Name Ltd"})
	came := p.world.Customer(testdb.Customer{Distributor: nordlys.ID, Name: "Bergen Data AS"})
	gone := p.world.Customer(testdb.Customer{Distributor: nordlys.ID, Name: "Oslo Papir AS"})
	there := p.world.Customer(testdb.Customer{Distributor: thames.ID, Name: "Oslo Papir Abroad"})
	arrived := p.world.TransferOrder(testdb.TransferOrder{
		Kind: "distributor", Source: from.ID, Target: came.ID, Completed: ago(3),
	})
	left := p.world.TransferOrder(testdb.TransferOrder{
		Kind: "distributor", Source: gone.ID, Target: there.ID, Completed: ago(4),
	})
	due := p.world.TransferOrder(testdb.TransferOrder{
		Kind: "distributor", Source: from.ID, TargetDistributor: nordlys.ID, Status: "awaiting_approval",
	})
	p.world.Exec(`insert into transfer_approvals (order_id, kind, distributor_id, asked_at)
		values ($1, 'consent', $2, now())`, due.ID,
		nordlys.ID)
	p.signIn(p.world.Staff(testdb.Staff{Distributor: nordlys.ID, Role: "account_manager"}))
	a := p.get("/rcp/").is(http.StatusOK).says("1 thing needs you")
	for title, want := range map[string]string{
		"Needs you":             due.Number,
		"Customers who arrived": arrived.Number + " Bergen Data AS: another distributor → Nordlys Partner",
		"Customers who left":    left.Number + " Oslo Papir AS: Nordlys Partner → another distributor",
	} {
		if got := a.card(title); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in %q", title, want, got)
		}
	}
	for _, beyond := range []string{"Old Name", "Thames", "Abroad"} {
		if strings.Contains(a.text(), beyond) {
			t.Errorf("the page names %q", beyond)
		}
	}
}

// A draft leads back to where it was left, whatever kind it is; one that was handed back comes
// first and says so.
func TestHomeLeadsToDrafts(t *testing.T) {
	p := newPair(t)
	p.toMerge()
	home := p.get("/pcp/")
	link := home.doc.Find(`a[aria-label^="Continue: "]`).AttrOr("href", "none")
	if link != "/pcp/customers/"+p.customer.Number+"/merge" {
		t.Errorf("it leads to %s", link)
	}
	p.get(link).in("Merge Customers", "Select")
	p.world.Exec(`update transfer_orders set submitted_at = now()`)
	if got := p.get("/pcp/").card("Needs you"); !strings.Contains(got, "Handed back Merge Blue Fjord AS") {
		t.Errorf("handed back it says %s", got)
	}
}
