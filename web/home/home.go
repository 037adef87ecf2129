package home

import (
	"cmp"
	"net/http"
	"slices"

	"handover/internal/identity"
	"handover/internal/order"
	views "handover/views/home"
	"handover/views/ui"
	"handover/web/orders"
	"handover/web/page"
)

// homePages are the first page after sign-in: what the reader's role has to do.
type homePages struct{}

// starts are what one begins with; shown where the page exists and may be read, until there is
// an order.
var starts = []struct {
	Path      string
	Label     string
	Sentence  string
	Icon      ui.IconName
	Privilege identity.Privilege // besides that of the page
}{
	{
		"/customers", "Transfer or merge a customer",
		"Transfer an account to another distributor, or merge two accounts.", ui.IconUsers, identity.AccountsTransfer,
	},
	{"/customers", "Find a customer", "Contracts, documents and balance of each customer.", ui.IconUsers, ""},
	{
		"/subscriptions", "Transfer a subscription", "Transfer contracts from one customer to another.",
		ui.IconContract, identity.AccountsTransfer,
	},
	{
		"/orders", "Follow an order", "What was transferred, what runs, what waits for approval.", ui.IconClipboard, "",
	},
	{"/rates", "Look up an exchange rate", "The rates by which balances are converted.", ui.IconTransfer, ""},
	{"/periods", "Check a financial period", "Which months are open and which are closed.", ui.IconCalendarTime, ""},
	{"/import", "Import your data", "Customers, contracts and documents as CSV files.", ui.IconUpload, ""},
}

func startsFor(p *page.Page) []views.Start {
	var out []views.Start
	for _, s := range starts {
		seen := slices.ContainsFunc(out, func(o views.Start) bool { return o.Href == p.URL(s.Path) })
		if !p.MayOpen(s.Path) || s.Privilege != "" && !p.Staff.Can(s.Privilege) || seen {
			continue
		}
		out = append(out, views.Start{Label: s.Label, Sentence: s.Sentence, Href: p.URL(s.Path), Icon: s.Icon})
	}
	return out
}

func (h homePages) show(p *page.Page) error {
	found, err := h.orders(p)
	if err != nil {
		return err
	}
	v := views.Home{Title: "Home", Reseller: !p.Staff.OfProvider()}
	if v.Tasks, v.Waits, err = h.tasks(p, found); err != nil {
		return err
	}
	v.Scheduled = homeLines(p, found[order.HomeScheduled])
	v.Ending = homeLines(p, found[order.HomeEnding])
	v.Arrived = homeLines(p, found[order.HomeArrived])
	v.Left = homeLines(p, found[order.HomeLeft])
	if v.Finance, err = h.finance(p); err != nil {
		return err
	}
	if p.Staff.Can(identity.AccountsTransfer) || p.Staff.Can(identity.AuditRead) {
		if v.Weeks, err = h.weeks(p); err != nil {
			return err
		}
	}
	followed := 0
	if v.Last, followed = lastOrders(p, found[order.HomeLast]); len(v.Last) == 0 {
		v.Starts = startsFor(p)
	}
	v.ListHref = p.URL("/orders?" + transfersOnly)
	return p.Render(http.StatusOK, v.Title, views.HomePage(v), orders.Following(followed))
}

// transfersOnly are the transfer orders in the list of orders.
const transfersOnly = "type=" + order.Transfer

// orders reads the lists that the reader's role has.
func (h homePages) orders(p *page.Page) (map[string][]order.HomeRow, error) {
	lists := []string{order.HomeLast, order.HomeScheduled}
	if p.Staff.Can(identity.OrdersApprove) {
		lists = append(lists, order.HomeApprove)
	}
	if p.Staff.Can(identity.AccountsTransfer) {
		lists = append(lists, order.HomeFailed, order.HomeEnding)
	}
	if !p.Staff.OfProvider() {
		lists = append(lists, order.HomeArrived, order.HomeLeft)
	}
	return order.HomeOrders(p.Ctx(), p.DB(), p.Scope(), p.Actor(), p.Frame.Transfers.Now(), homeListed, lists...)
}

// lastOrders makes the table of the last orders, and says how many of them are followed.
func lastOrders(p *page.Page, found []order.HomeRow) ([]views.HomeOrder, int) {
	var out []views.HomeOrder
	n := 0
	for _, o := range found {
		row := orders.Followed(orders.OrderRow(p, o.Row), &n)
		out = append(out, views.HomeOrder{
			Number: row.Number, Href: row.Href, Words: routeWords(p, o), Status: row.Status, Progress: row.Progress,
			When: row.Created,
		})
	}
	return out, n
}

// homeLines makes the short lists beside the queue.
func homeLines(p *page.Page, found []order.HomeRow) []views.HomeLine {
	out := make([]views.HomeLine, 0, len(found))
	for _, o := range found {
		line := views.HomeLine{
			Href: p.URL("/orders/" + o.Number), Number: o.Number, Words: routeWords(p, o), Today: o.StartsToday,
		}
		switch o.List {
		case order.HomeScheduled:
			line.When = p.Moment(*o.StartAt)
		case order.HomeEnding:
			line.When, line.Before = p.Moment(o.ReversibleUntil()), "until "
		default:
			line.When, line.Today = p.Moment(*o.CompletedAt), false
		}
		out = append(out, line)
	}
	return out
}

// routeWords says in few words what an order moves: the customer in bold, and from where to where.
func routeWords(p *page.Page, o order.HomeRow) []views.HomeWord {
	row := orders.OrderRow(p, o.Row)
	source, target := cmp.Or(row.Source.Name, order.Another), cmp.Or(row.Target.Name, "not chosen yet")
	var words []views.HomeWord
	if row.Reverses != "" {
		words = append(words, views.HomeWord{Text: "Reversal of " + row.Reverses + ": "})
	}
	strong := func(text string) views.HomeWord { return views.HomeWord{Text: text, Strong: true} }
	switch o.Kind {
	case "merge":
		words = append(words, views.HomeWord{Text: "Merge "}, strong(source), views.HomeWord{Text: " into "},
			strong(target))
	case "subscriptions":
		words = append(words, views.HomeWord{Text: "Contracts of "}, strong(source), views.HomeWord{Text: " → "},
			strong(target))
	default:
		name := source
		if o.SourceID == 0 && o.TargetID != 0 {
			name = target
		}
		words = append(words, strong(name), views.HomeWord{
			Text: ": " + cmp.Or(o.Source, order.Another) + " → " + cmp.Or(o.Target, order.Another),
		})
	}
	return words
}
