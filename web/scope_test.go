package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"handover/internal/accounts"
	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/identity"
	"handover/internal/testdb"
	"handover/web/page"
)

// hidden is in every text of a stranger. Nothing that a page or a file says may have it.
const hidden = "Hidden"

// outlook is a reseller with what is theirs, and what of others must not be seen.
type outlook struct {
	*testdb.World
	t        testing.TB
	pool     *sqlx.DB
	server   *Server
	clerk    testdb.Staff
	typed    []string // searched for so far
	reseller testdb.Distributor
	own      things
	strange  []things // of a distributor beside the reseller and of one below that
}

// things are one object of every kind that a page is about.
type things struct {
	distributor          testdb.Distributor
	customer, other      testdb.Customer
	subscription         testdb.Subscription
	invoice              testdb.Invoice
	credit, debit        testdb.Memo
	payment              testdb.Payment
	order                testdb.TransferOrder
	placed, period, mail int64
	entry                string // of the audit log
	clerk, letter        int64
	hook                 testdb.Webhook
}

func newOutlook(t *testing.T) *outlook {
	t.Helper()
	t.Parallel()
	pool := testdb.New(t)
	o := &outlook{World: testdb.NewWorld(t, pool), t: t, pool: pool}
	var err error
	if o.server, err = New(Deps{
		DB: pool, SessionKey: []byte(strings.Repeat("k", page.MinSessionKey)),
		BaseURL: "http://panel.example",
	}); err != nil {
		t.Fatal(err)
	}
	o.reseller = o.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	sibling := o.Distributor(testdb.Distributor{
		Name:  hidden + " Sibling",
		Brand: o.MakeBrand(testdb.Brand{Name: hidden + " Brand"}).ID,
	})
	unrelated := o.Distributor(testdb.Distributor{Name: hidden + " Unrelated", Parent: sibling.ID})
	o.clerk = o.Staff(testdb.Staff{Distributor: o.reseller.ID, Name: "Nordlys Clerk"})
	o.own = o.things(o.reseller, "Plain")
	o.strange = []things{o.things(sibling, hidden), o.things(unrelated, hidden)}
	o.entangle(o.strange[0])
	return o
}

// things makes one object of every kind for a distributor, with the word in every text.
func (o *outlook) things(d testdb.Distributor, word string) things {
	x := things{distributor: d}
	say := func(what string) string { return fmt.Sprintf("%s %s of %s", word, what, d.Number) }
	x.customer = o.Customer(testdb.Customer{
		Distributor: d.ID, Name: say("customer"), Email: word + "@" + d.Number + ".example", CRMID: say("crm"),
		Address: say("street"),
		TaxID:   say("tax"), FormerCRM: say("former crm"),
	})
	x.other = o.Customer(testdb.Customer{Distributor: d.ID, Name: say("second customer"), Email: word + "2@" +
		d.Number + ".example"})
	plan := o.Plan(testdb.Plan{Distributor: d.ID, Name: say("plan")})
	x.subscription = o.Subscription(testdb.Subscription{
		Customer: x.customer.ID, Plan: plan.ID,
		ExternalID: say("contract"), Promo: say("promotion"),
	})
	resource := o.Resource(testdb.Resource{Plan: plan.ID, Name: say("resource")})
	charge := o.Charge(testdb.Charge{Subscription: x.subscription.ID, Description: say("charge")})
	o.Usage(testdb.Usage{Subscription: x.subscription.ID, Resource: resource.ID})
	o.BillingSchedule(testdb.BillingSchedule{Subscription: x.subscription.ID})
	o.RevenueSchedule(testdb.RevenueSchedule{Subscription: x.subscription.ID})
	o.Contact(testdb.Contact{Customer: x.customer.ID, Name: say("contact"), Email: word + ".contact@example"})
	o.PaymentMethod(testdb.PaymentMethod{Customer: x.customer.ID, Label: say("card")})
	o.Acceptance(testdb.Acceptance{
		Customer: x.customer.ID,
		Terms:    o.Terms(testdb.Terms{Distributor: d.ID, Title: say("terms")}).ID, By: say("signatory"),
	})
	o.ServiceUser(testdb.ServiceUser{
		Customer: x.customer.ID, Login: say("login"),
		Subscriptions: []int64{x.subscription.ID},
	})
	x.invoice = o.Invoice(testdb.Invoice{
		Number: say("invoice"),
		Lines:  []testdb.Line{{Charge: charge.ID, Description: say("line")}},
	})
	x.credit = o.CreditMemo(testdb.Memo{
		Customer: x.customer.ID, Number: say("credit memo"), Amount: "20.00",
		Reason: say("reason"),
	})
	x.debit = o.DebitMemo(testdb.Memo{
		Customer: x.customer.ID, Number: say("debit memo"), Amount: "20.00",
		Reason: say("reason"),
	})
	x.payment = o.Payment(testdb.Payment{Customer: x.customer.ID, Amount: "50.00"})
	o.Entry(testdb.Entry{Distributor: d.ID, Customer: x.customer.ID, Memo: say("memo")})
	x.placed = o.Order(testdb.Order{
		Customer: x.customer.ID, Subscription: x.subscription.ID, ExternalID: say("order"),
		Type: say("type"),
	}).ID
	x.period = o.Period(testdb.Period{Distributor: d.ID}).ID
	clerk := o.Staff(testdb.Staff{Distributor: d.ID, Name: say("clerk")})
	x.clerk = clerk.ID
	x.letter = o.Mail(testdb.Mail{
		Staff: clerk.ID, Recipient: word + ".clerk@example", Subject: say("letter"),
		Text: say("letter text"),
	}).ID
	o.Exec(`insert into staff_links (token_hash, staff_id, purpose, outbox_id, expires_at)
		values ($1, $2, 'reset', $3, now() + interval '1 day')`,
		fmt.Sprint(clerk.ID), clerk.ID, x.letter)
	x.hook = o.Webhook(testdb.Webhook{Distributor: d.ID, URL: "https://" + word + "." + d.Number + ".example/hook"})
	x.order = o.TransferOrder(testdb.TransferOrder{Source: x.other.ID, Target: x.customer.ID, RequestedBy: clerk.ID})
	o.Exec(`update transfer_orders set requested_by_name = $2 where id = $1`, x.order.ID, clerk.Name)
	o.Exec(`insert into transfer_events (order_id, actor_name, event, detail) values ($1, $2, 'rejected', $3)`,
		x.order.ID, clerk.Name, say("detail"))
	o.Exec(`insert into audit_entries (actor_id, actor_name, distributor_id, action, subject_kind, subject, order_id)
		values ($1, $2, $3, 'transfer.execute', 'order', $4,
		  $5)`, clerk.ID, clerk.Name, d.ID, x.order.Number, x.order.ID)
	x.entry = o.Text(`select max(id) from audit_entries`)
	o.Ledger(x.order.ID, "subscription", "customer_id", fmt.Sprint(x.other.ID), fmt.Sprint(x.customer.ID),
		x.subscription.ID)
	o.Ledger(x.order.ID, "customer", "name", say("name before"), say("name after"), x.customer.ID)
	x.mail = o.Mail(testdb.Mail{
		Order: x.order.ID, Recipient: word + ".mail@example", Subject: say("subject"),
		Text: say("text"),
	}).ID
	return x
}

// entangle ties what is the reseller's to a stranger, as transfers leave it.
func (o *outlook) entangle(s things) {
	own := o.own.customer
	o.Exec(`update customers set status = 'transferred_out', successor_id = $2, succeeded_on = '2026-01-31'
		where id = $1`, s.other.ID, own.ID)
	o.StrayParent(own.ID, s.customer.ID)
	o.StrayParent(s.customer.ID, o.own.other.ID)
	o.Exec(`update customers set bill_to_parent = true where id = $1`, s.customer.ID)
	came := o.TransferOrder(testdb.TransferOrder{Kind: "distributor", Source: s.other.ID, Target: own.ID})
	o.Exec(`update transfer_orders set requested_by_name = $2, requested_by = (select id from staff where name like $2
		limit 1) where id = $1`, came.ID, hidden+" clerk%")
	o.Ledger(came.ID, "subscription", "customer_id", fmt.Sprint(s.other.ID), fmt.Sprint(own.ID), o.own.subscription.ID)
	o.Ledger(came.ID, "subscription", "plan_id", fmt.Sprint(s.subscription.Plan), fmt.Sprint(o.own.subscription.Plan),
		o.own.subscription.ID)
	o.Exec(`insert into setting_changes (distributor_id, setting, before, after, requested_by, requested_at, expires_at)
		values ($1, 'approvals', '{"approval": true}', '{"approval": false}', $2, now(),
		  now() + interval '7 days')`, o.reseller.ID, s.clerk)
	o.Exec(`insert into staff_origins (staff_id, from_id, how) values ($1, $2, 'invited')`, o.own.clerk, s.clerk)
	// Billed before it came: what is billed stays with who billed it.
	charge := o.Charge(testdb.Charge{Subscription: o.own.subscription.ID, Description: hidden + " charge from before"})
	billed := o.Invoice(testdb.Invoice{
		Customer: s.other.ID, Number: hidden + " invoice from before",
		Lines: []testdb.Line{{Charge: charge.ID, Description: hidden + " line from before"}},
	})
	o.Usage(testdb.Usage{Subscription: o.own.subscription.ID, Line: billed.Lines[0].ID})
	o.RevenueSchedule(testdb.RevenueSchedule{Subscription: o.own.subscription.ID, Line: billed.Lines[0].ID})
	o.AllocatePayment(s.payment.ID, testdb.Allocation{Invoice: o.own.invoice.ID, Amount: "1.00"})
	o.Subscription(testdb.Subscription{Customer: s.customer.ID, Plan: s.subscription.Plan, Parent: 0})
	o.Exec(`update subscriptions set parent_subscription_id = $2 where id = $1`, s.subscription.ID,
		o.own.subscription.ID)
	o.Exec(`update plans set delegated_from = $2 where id = $1`, o.own.subscription.Plan, s.subscription.Plan)
}

// reader is a way to ask: who the pages think it is, and in which scope the database answers.
type reader struct {
	staff identity.Staff
	scope func(context.Context) context.Context
}

// staff is a person of the reseller whom the pages take for one of the distributor.
// Exports are recorded under the reseller, as its scope demands.
func (o *outlook) staff(distributor int64, name string) identity.Staff {
	s := identity.Staff{
		ID: o.clerk.ID, Name: o.clerk.Name, Email: o.clerk.Email, Role: identity.Administrator, Status: identity.Active,
		DistributorID: o.reseller.ID, DistributorName: name,
	}
	if distributor != o.Provider.ID {
		s.ParentID = &o.Provider.ID
	}
	return s
}

// within lets requests act in the scope, in the clerk's name.
func (o *outlook) within(scope accounts.Scope) func(context.Context) context.Context {
	return func(ctx context.Context) context.Context { return scope.In(ctx, o.clerk.ID) }
}

// ask opens a page of the panel as the reader and returns all it says, a refusal too.
func (o *outlook) ask(as reader, r page.Route, address string, names, values []string) string {
	o.t.Helper()
	body, err := o.open(as, r, address, names, values)
	if err == nil {
		return body
	}
	refused, ok := errors.AsType[*pq.Error](err)
	// what the role may not even read is as good as hidden
	if _, known := page.AsFault(db.Translate(err)); !known && (!ok || refused.Code != "42501") {
		o.t.Errorf("%s: %v", address, err)
	}
	return err.Error()
}

// open returns the page that its handler makes for the reader.
func (o *outlook) open(as reader, r page.Route, address string, names, values []string) (string, error) {
	o.t.Helper()
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, address, nil)
	c := o.server.echo.NewContext(request, recorder)
	c.SetParamNames(names...)
	c.SetParamValues(values...)
	p, err := o.server.PageFor(c)
	if err != nil {
		o.t.Fatal(err)
	}
	defer p.Reader.Release()
	p.Staff = as.staff
	c.SetRequest(request.WithContext(as.scope(p.Reader.Beside(o.t.Context()))))
	err = r.Handler(p)
	return recorder.Body.String(), err
}

// addresses are the requests to the route: its objects of one owner, and with a search.
func (x things) addresses(r page.Route) [][]string {
	values := func(name string) []string {
		switch {
		case name == "kind" && strings.HasPrefix(r.Path, "/documents"):
			return []string{"invoice", "credit_memo", "debit_memo", "payment"}
		case name == "kind":
			return []string{"invoice"}
		case name == "id" && strings.HasPrefix(r.Path, "/audit"):
			return []string{x.entry}
		case name == "id" && strings.HasPrefix(r.Path, "/outbox"):
			return []string{fmt.Sprint(x.mail), fmt.Sprint(x.letter)}
		case name == "id" && strings.HasPrefix(r.Path, "/webhooks"):
			return []string{fmt.Sprint(x.hook.ID)}
		case name == "message":
			return []string{fmt.Sprint(x.hook.Message)}
		case name == "id" && strings.HasPrefix(r.Path, "/staff"):
			return []string{fmt.Sprint(x.clerk)}
		case name == "id":
			return []string{fmt.Sprint(x.period), fmt.Sprint(x.customer.ID)}
		case name == "ref":
			return []string{
				x.invoice.Number, x.credit.Number, x.debit.Number, accounts.Number("PAY", x.payment.ID),
				fmt.Sprint(x.invoice.ID), fmt.Sprint(x.credit.ID), fmt.Sprint(x.debit.ID), fmt.Sprint(x.payment.ID),
			}
		case strings.HasPrefix(r.Path, "/distributors"):
			return []string{x.distributor.Number}
		case strings.HasPrefix(r.Path, "/subscriptions"):
			return []string{x.subscription.Number, x.subscription.ExternalID}
		case strings.HasPrefix(r.Path, "/orders"):
			return []string{x.order.Number, accounts.Number("O", x.placed)}
		}
		return []string{x.customer.Number, x.other.Number}
	}
	all := [][]string{{}}
	for _, part := range strings.Split(r.Path, "/") {
		if name, isParam := strings.CutPrefix(part, ":"); isParam {
			var longer [][]string
			for _, before := range all {
				for _, v := range values(name) {
					longer = append(longer, append(slices.Clone(before), v))
				}
			}
			all = longer
		}
	}
	return all
}

// sweep opens every page of the panel for objects of one owner and returns the addresses
// that said the word. The provider's own pages are not found for a reseller.
func (o *outlook) sweep(as reader, x things) (said []string, asked int) {
	o.t.Helper()
	searches := []string{
		"", "?q=" + strings.ToLower(hidden[:4]), "?q=" + x.customer.Number, "?q=" + url.QueryEscape(x.invoice.Number),
		"?q=" + url.QueryEscape(x.subscription.ExternalID), "?customer=" + x.customer.Number + "&customer=" +
			x.other.Number,
		"?subscription=" + x.subscription.Number, "?distributor=" + x.distributor.Number,
	}
	for _, r := range panelRoutes(o.server.Frame) {
		if r.Method != http.MethodGet || r.Options.ProviderOnly {
			continue
		}
		var names []string
		for _, part := range strings.Split(r.Path, "/") {
			if name, isParam := strings.CutPrefix(part, ":"); isParam {
				names = append(names, name)
			}
		}
		for _, values := range x.addresses(r) {
			address := r.Path
			for i, name := range names {
				address = strings.Replace(address, ":"+name, url.PathEscape(values[i]), 1)
			}
			for _, search := range searches {
				if len(names) > 0 && search != "" && !strings.HasSuffix(r.Path, "/targets") {
					continue
				}
				asked++
				text := o.ask(as, r, address+search, names, values)
				// One's own typed text is no secret; the audit log shows it again.
				o.typed = append(o.typed, strings.TrimPrefix(search, "?q="))
				echoes := append(slices.Clone(values), strings.TrimPrefix(search, "?q="))
				if strings.HasPrefix(r.Path, "/audit") {
					echoes = append(echoes, o.typed...)
				}
				slices.Sort(echoes)
				for _, typed := range slices.Compact(echoes) {
					unescaped, _ := url.QueryUnescape(typed)
					for _, echo := range []string{unescaped, url.PathEscape(typed), url.QueryEscape(typed), typed} {
						if len(echo) > len("credit_memo") {
							text = strings.ReplaceAll(text, echo, "")
						}
					}
				}
				if at := strings.Index(text, hidden); at >= 0 {
					said = append(said, fmt.Sprintf("%s%s: …%s…", address, search,
						text[max(0, at-60):min(len(text), at+60)]))
				}
			}
		}
	}
	return said, asked
}

// Each check holds alone: with the queries' condition switched off (the pages take the reader for the
// provider, the database knows better), and with the second switched off.
func TestEachScopeCheckHoldsAlone(t *testing.T) {
	o := newOutlook(t)
	scope := accounts.Scope{Root: o.reseller.ID}
	everything := accounts.Scope{Root: o.Provider.ID, Everything: true}
	control := 0
	for _, s := range o.strange {
		said, _ := o.sweep(reader{o.staff(o.Provider.ID, "Aurora Cloud"), o.within(everything)}, s)
		control += len(said)
	}
	if control < 100 {
		t.Errorf("without the checks only %d answers show a stranger: the test looks past them", control)
	}
	for name, as := range map[string]reader{
		"row-level security":     {o.staff(o.Provider.ID, "Aurora Cloud"), o.within(scope)},
		"the queries' condition": {o.staff(o.reseller.ID, "Nordlys Partner"), db.WithoutScope},
		"both checks":            {o.staff(o.reseller.ID, "Nordlys Partner"), o.within(scope)},
	} {
		for _, x := range append(slices.Clone(o.strange), o.own) {
			said, asked := o.sweep(as, x)
			if asked < 200 {
				t.Errorf("%s: only %d addresses asked", name, asked)
			}
			for _, s := range said {
				t.Errorf("%s alone lets through %s", name, s)
			}
		}
	}
	if _, err := accounts.GetCustomer(scope.In(t.Context(), 0), o.pool, scope, o.own.customer.ID); err == nil ||
		fault.CodeOf(err) != "" {
		t.Errorf("a query outside the scope: %v", err)
	}
}
