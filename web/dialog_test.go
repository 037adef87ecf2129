package web_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"handover/internal/record"
	"handover/internal/testdb"
)

func TestMergeDialogFromStartToOrder(t *testing.T) {
	p := newPair(t)
	p.world.PaymentMethod(testdb.PaymentMethod{Customer: p.customer.ID, Label: "Visa ending 4411"})
	list := p.get("/pcp/customers")
	list.says("Merge Selected", "Merge")
	for _, c := range []string{p.customer.Number, p.group.Number} {
		if list.doc.Find(`form[action="/pcp/customers/merge"] input[aria-label="Select `+c+`"]`).Length() != 1 {
			t.Errorf("%s cannot be selected", c)
		}
	}
	a := p.get("/pcp/customers/merge?customer="+p.customer.Number+"&customer="+
		p.group.Number).follow().in("Merge Customers", "Select")
	if got := a.dialogFields().Get("target"); got != p.group.Number {
		t.Errorf("the proposed target is %q, want the second one", got)
	}
	p.want("no draft before the first answer", "0", `select count(*) from transfer_orders`)
	a = a.say("preview").follow().in("Merge Customers", "Preview")
	a.says("Blue Fjord AS will be merged into Fjord Group AS", "Invoices · 2 · € 150.00", "Whose value stays",
		"checks passed", "1 method stays with Blue Fjord AS")
	a = a.ticked("continue").follow().in("Merge Customers", "Execute")
	a.says("Merge Blue Fjord AS ("+p.customer.Number+") into Fjord Group AS", "What you understood")
	order := a.say("execute").follow().is(http.StatusOK)
	order.says("Successfully merged customer(s)", "Completed", "Effective date", "The books before and after")
	p.want("source", "merged "+p.group.Number, `select status || ' ' || number_of('C', successor_id) from customers
		where id = $1`, p.customer.ID)
	p.want("subscriptions", "2", `select count(*) from subscriptions where customer_id = $1`, p.group.ID)
	p.want("balance", "150.00", `select round(balance, 2) from customer_balances where customer_id = $1`, p.group.ID)

	p.get("/pcp/customers/" + p.customer.Number).is(http.StatusOK).says("Merged into Fjord Group AS")
	p.get("/pcp/search?q="+p.customer.Number).says("Fjord Group AS", p.group.Number)
	p.get(p.merge("")).is(http.StatusConflict).says("cannot be transferred")
	if _, disabled := p.get("/pcp/customers").doc.Find(`input[aria-label="Select ` + p.customer.Number +
		`"]`).Attr("disabled"); !disabled {
		t.Error("a merged account can be selected as a source")
	}
}

func TestTransferSubscriptionsDialogFromStartToOrder(t *testing.T) {
	p := newPair(t)
	list := p.get("/pcp/subscriptions")
	if group := list.doc.Find(`input[aria-label="Select `+p.first.Number+`"]`).AttrOr("data-group",
		""); group != p.customer.Number {
		t.Errorf("the row's group is %q", group)
	}
	if list.doc.Find(`a[href="/pcp/subscriptions/transfer?subscription=`+p.first.Number+`"]`).Length() != 1 {
		t.Error("the row menu has no Transfer")
	}
	a := p.toTransfer(p.first)
	a.says("1 subscription of Blue Fjord AS will be transferred to Fjord Group AS", "Invoices · 1 · € 120.00")
	for _, kind := range record.Kinds {
		p.get(p.moving("/records/" + kind.Name)).is(http.StatusOK)
		p.get(p.moving("/records/" + kind.Name + "?part=staying")).is(http.StatusOK)
	}
	p.get(p.moving("/records/subscription")).says(p.first.Number)
	order := a.ticked("continue").follow().in("Transfer Subscriptions", "Execute").say("execute").follow()
	order.says("Successfully transferred subscription(s)", "Subscription transfer", p.first.Number)
	p.want("moved", p.group.Number, `select number_of('C', customer_id) from subscriptions where id = $1`, p.first.ID)
	p.want("stayed", p.customer.Number, `select number_of('C', customer_id) from subscriptions where id = $1`,
		p.second.ID)
	p.want("order", "completed", `select string_agg(status, ',') from transfer_orders`)
	invoice := p.world.Text(`select id from invoices where customer_id = $1`, p.group.ID)
	p.get("/pcp/documents/invoice/"+invoice).says("Issued to Blue Fjord AS, now owned by Fjord Group AS", "TO-000001")
}

func TestSplitShowsOnBothSides(t *testing.T) {
	p := newPair(t)
	a := p.get(p.moving("?subscription="+p.first.Number)).say("preview", "target", p.group.Number, "effective_on",
		"2026-02-01").follow()
	a.in("Transfer Subscriptions", "Preview").says("as of 1 Feb 2026", "Cut at the effective date", "31 Jan 2026")
	order := a.ticked("continue").follow().says("as of 1 Feb 2026").say("execute").follow()
	order.says("Successfully transferred subscription(s)", "Effective date", "1 Feb 2026")
	next := p.world.Text(`select number_of('S', continuation_id) from subscription_continuations
		where subscription_id = $1`, p.first.ID)
	p.get("/pcp/subscriptions/"+p.first.Number).says("continues as "+next, "Cancelled")
	p.get("/pcp/subscriptions/" + next).says("Before that day it was " + p.first.Number)
}

func TestDialogsRefuseSelectionsThatDoNotFit(t *testing.T) {
	p := newPair(t)
	third := p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	other := p.world.Subscription(testdb.Subscription{Customer: third.ID})
	for path, sentence := range map[string]string{
		"/pcp/customers/merge": "No customer is selected",
		"/pcp/customers/merge?customer=" + p.customer.Number + "&customer=" + p.group.Number + "&customer=" +
			third.Number: "but 3 customers are selected",
		"/pcp/subscriptions/transfer": "No subscription is selected",
		"/pcp/subscriptions/transfer?subscription=" + p.first.Number + "&subscription=" +
			other.Number: "belong to 2 customers",
		p.moving(""): "No subscription is selected",
	} {
		a := p.get(path).is(http.StatusUnprocessableEntity).says(sentence)
		if a.doc.Find(`[role="dialog"]`).Length() != 1 {
			t.Errorf("%s: no dialog", path)
		}
	}
	a := p.get("/pcp/subscriptions/transfer?subscription=" + p.first.Number + "&subscription=" + other.Number)
	p.get(a.doc.Find(`a:contains("of Kestrel Labs GmbH")`).AttrOr("href", "")).in("Transfer Subscriptions",
		"Select").says(other.Number)
	p.get(p.moving("?subscription=" +
		other.Number)).is(http.StatusUnprocessableEntity).says("belongs to Kestrel Labs GmbH")
	p.get("/pcp/customers/merge?customer=C-999999").is(http.StatusNotFound)
	if item := p.get("/pcp/subscriptions").doc.Find(
		`button[formaction="/pcp/subscriptions/transfer"]`); !strings.Contains(item.AttrOr("data-same-group", ""),
		"several customers") {
		t.Error("the action does not say why it is disabled")
	}
	if item := p.get("/pcp/customers").doc.Find(`button[formaction="/pcp/customers/merge"]`); item.AttrOr("data-max",
		"") != "2" || item.AttrOr("data-reason", "") == "" {
		t.Error("the action does not say why it is disabled")
	}
	p.want("orders", "0", `select count(*) from transfer_orders`)
}

func TestTargetsThatCannotBeChosenHaveTheirReason(t *testing.T) {
	p := newPair(t)
	w := p.world
	w.Customer(testdb.Customer{Name: "Fjord Elsewhere", Distributor: p.nordlys.ID})
	w.Customer(testdb.Customer{Name: "Fjord Pounds", Currency: "GBP"})
	w.Customer(testdb.Customer{Name: "Fjord Gone", Status: "closed"})
	w.Customer(testdb.Customer{Name: "Fjord Child", Parent: p.customer.ID})
	w.Customer(testdb.Customer{Name: "Old name", Successor: p.group.ID, Status: "merged", FormerCRM: "OLD-1"})
	json := p.get(p.merge("/targets?q=fjord")).is(http.StatusOK).body
	if !strings.HasPrefix(json, `[{"value":"`+p.group.Number+`","label":"Fjord Group AS (`+p.group.Number+
		`)","note":"Aurora Cloud, EUR, office@group.example","disabled":false}`) {
		t.Errorf("what can be chosen is not first: %s", json)
	}
	for _, reason := range []string{
		"This is the source account.", "It belongs to Nordlys Partner, the source to Aurora Cloud.",
		"It is billed in GBP, the source in EUR.",
		"is closed and cannot receive a transfer.", "One is an ancestor of the other.",
	} {
		if !strings.Contains(json, reason) {
			t.Errorf("nobody has the reason %q: %s", reason, json)
		}
	}
	for _, typed := range []string{p.group.Number, "office@group", "SF-00377", "OLD-1"} {
		if body := p.get(p.merge("/targets?q=" + typed)).body; !strings.Contains(body, `"value":"`+p.group.Number+`"`) {
			t.Errorf("%s does not find the target: %s", typed, body)
		}
	}

	// Asked for all the same, the preview says why not.
	pounds := w.Text(`select number_of('C', id) from customers where name = 'Fjord Pounds'`)
	a := p.get(p.merge("")).say("preview", "target", pounds).follow().in("Merge Customers", "Preview")
	if !strings.Contains(a.codes(), "CURRENCY_MISMATCH") {
		t.Errorf("found: %s", a.codes())
	}
	if _, disabled := a.doc.Find(`button.btn[value="continue"]`).Attr("disabled"); !disabled {
		t.Error("Continue is not disabled")
	}
	a.ticked("continue").is(http.StatusUnprocessableEntity).says("Select a target with the same currency.")
	p.get(p.merge("/confirm")).is(http.StatusUnprocessableEntity).in("Merge Customers", "Preview")
	a = p.get(p.merge("")).say("preview", "target", p.customer.Number).follow()
	if !strings.Contains(a.codes(), "SAME_ACCOUNT") {
		t.Errorf("found: %s", a.codes())
	}
	p.want("customers", "0", `select count(*) from customers where id = $1 and status <> 'active'`, p.customer.ID)
}

func TestTargetIsSearchedWithoutScript(t *testing.T) {
	p := newPair(t)
	p.world.Customer(testdb.Customer{Name: "Fjord Pounds", Currency: "GBP"})
	p.world.Customer(testdb.Customer{Name: "Fjord Trading"})
	a := p.get(p.merge(""))
	a.say("preview", "target", "").is(http.StatusUnprocessableEntity).says("Select the target customer.")
	a.say("preview", "target",
		"no such name").is(http.StatusUnprocessableEntity).says(`No customer matches "no such name"`)
	a.say("preview", "target", p.group.Number, "effective_on",
		"31.01.2026").is(http.StatusUnprocessableEntity).says("is not a date")
	found := a.say("preview", "target", "fjord").is(http.StatusUnprocessableEntity).says("Choose one from the results",
		"It is billed in GBP")
	searched := a.say("search", "target", "fjord", "effective_on",
		"2026-01-15").is(http.StatusOK).says("Fjord Group AS", "Fjord Trading")
	if n := searched.doc.Find(`button[name="pick"]:not([disabled])`).Length(); n != 2 {
		t.Errorf("%d customers can be chosen, want 2", n)
	}
	if n := found.doc.Find(`button[name="pick"][disabled]`).Length(); n != 2 {
		t.Errorf("%d customers cannot be chosen, want 2", n)
	}
	chosen := searched.say("", "pick", p.group.Number).is(http.StatusOK)
	if f := chosen.dialogFields(); f.Get("target") != p.group.Number || f.Get("effective_on") != "2026-01-15" {
		t.Errorf("chosen: %v", f)
	}
	for _, typed := range []string{"fjord group as", "office@group.example", "SF-00377", "Fjord Group AS (" +
		p.group.Number + ")"} {
		p.get(p.merge("")).say("preview", "target", typed).follow().in("Merge Customers", "Preview")
		p.want("target of "+typed, p.group.Number, `select request->>'target_customer' from transfer_orders`)
	}
}

func TestMergeSwapsSourceAndTarget(t *testing.T) {
	p := newPair(t)
	a := p.get(p.merge("")).say("swap", "target", p.group.Number, "effective_on",
		"2026-01-15").follow().in("Merge Customers", "Select")
	if f := a.dialogFields(); f.Get("target") != p.customer.Number || f.Get("effective_on") != "2026-01-15" {
		t.Errorf("after the swap: %v", f)
	}
	a = a.say("preview").follow().says("Fjord Group AS will be merged into Blue Fjord AS")
	a = a.say("swap").follow().in("Merge Customers", "Preview").says("Blue Fjord AS will be merged into Fjord Group AS")
	p.want("drafts", p.customer.Number, `select string_agg(number_of('C', source_customer_id), ',')
		from transfer_orders where status = 'draft'`)
	a.say("back").follow().say("swap", "target", "").is(http.StatusUnprocessableEntity)
}

func TestMergeChoosesWhoseValueStays(t *testing.T) {
	p := newPair(t)
	a := p.toMerge()
	if got := a.dialogFields().Get("keep.name"); got != "target" {
		t.Errorf("the name of the %s stays, want the target's", got)
	}
	back := a.ticked("back", "keep.email", "source").follow().say("preview").follow()
	if got := back.dialogFields().Get("keep.email"); got != "source" {
		t.Errorf("the choice was lost: %s", got)
	}
	confirm := back.ticked("continue", "keep.name", "source").follow().in("Merge Customers", "Execute")
	confirm.says("Blue Fjord AS of the source , stays")
	confirm.say("execute").follow().says("Successfully merged customer(s)")
	p.want("fields", "Blue Fjord AS billing@fjord.example SF-00377", `select name || ' ' || email || ' ' || crm_id
		from customers where id = $1`, p.group.ID)
}

func TestRemedyOfAClosedPeriodIsOneClick(t *testing.T) {
	p := newPair(t)
	p.world.Period(testdb.Period{Start: "2026-01-01", End: "2026-01-31", Status: "closed"})
	a := p.toMerge()
	button := a.doc.Find(`button[name="instead"][value="PERIOD_CLOSED"]`)
	if !strings.Contains(button.Text(), "Use the effective date 16 Jan 2026") {
		t.Fatalf("the remedy reads %q; found: %s", button.Text(), a.codes())
	}
	a = a.say("", "instead", "PERIOD_CLOSED").follow().in("Merge Customers", "Preview").says("as of 16 Jan 2026")
	if strings.Contains(a.codes(), "PERIOD_CLOSED") {
		t.Errorf("found: %s", a.codes())
	}
	a.ticked("continue").follow().say("execute").follow().says("Successfully merged customer(s)")
}

func TestRemedyOfATornInvoiceIsOneClick(t *testing.T) {
	p := newPair(t)
	p.world.Invoice(testdb.Invoice{
		Customer: p.customer.ID,
		Lines: []testdb.Line{
			{Subscription: p.first.ID, Amount: "5.00"},
			{Subscription: p.second.ID, Amount: "6.00"},
		},
	})
	a := p.toTransfer(p.first)
	if got := strings.TrimSpace(a.doc.Find(`button[name="instead"][value="INVALID_RELATIONSHIP"]`).Text()); got !=
		"Also select "+p.second.Number {
		t.Fatalf("the remedy reads %q; found: %s", got, a.codes())
	}
	a = a.say("", "instead", "INVALID_RELATIONSHIP").follow().says("2 subscriptions of Blue Fjord AS will be " +
		"transferred")
	a.ticked("continue").follow().say("execute").follow().says("Successfully transferred subscription(s)")
	p.want("moved", "2", `select count(*) from subscriptions where customer_id = $1`, p.group.ID)
}

func TestDialogWantsEveryWarningTicked(t *testing.T) {
	p := newPair(t)
	p.world.ServiceUser(testdb.ServiceUser{AccountWide: true, Subscriptions: []int64{p.first.ID, p.second.ID}})
	a := p.toTransfer(p.first).says("I understand: 1 linked subscription moves as well", "Linked subscriptions",
		"Shares the account-wide service user")
	again := a.say("continue").is(http.StatusUnprocessableEntity).in("Transfer Subscriptions", "Preview")
	if again.doc.Find(`.error-summary a[href="#LINKED_SUBSCRIPTIONS"]`).Length() != 1 {
		t.Error("the summary does not link to the warning")
	}
	p.get(p.moving("/confirm")).is(http.StatusUnprocessableEntity)
	again.ticked("continue").follow().in("Transfer Subscriptions", "Execute")
}

func TestDialogShowsWhatChangedSinceThePreview(t *testing.T) {
	p := newPair(t)
	a := p.toMerge()
	p.world.Invoice(testdb.Invoice{Customer: p.customer.ID, Amount: "30.00"})
	a = a.ticked("continue").is(http.StatusConflict).in("Merge Customers",
		"Preview").says("The data changed since the preview", "Balance of Blue Fjord AS now 150.00 EUR 180.00 EUR")
	a = a.ticked("continue").follow().in("Merge Customers", "Execute")
	p.world.Invoice(testdb.Invoice{Customer: p.customer.ID, Amount: "20.00"})
	a = a.say("execute").is(http.StatusConflict).in("Merge Customers",
		"Preview").says("The data changed since the preview", "200.00 EUR")
	p.want("source", "active", `select status from customers where id = $1`, p.customer.ID)
	a.ticked("continue").follow().say("execute").follow().says("Successfully merged customer(s)")
}

func TestDialogRefusesAStaleTab(t *testing.T) {
	p := newPair(t)
	third := p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	first, second := p.get(p.merge("")), p.get(p.merge(""))
	preview := first.say("preview", "target", p.group.Number).follow()
	stale := second.say("preview", "target", third.Number).is(http.StatusConflict).in("Merge Customers",
		"Select").says("Another tab went on")
	if got := stale.dialogFields().Get("target"); got != third.Number {
		t.Errorf("the input was not kept: %q", got)
	}
	stale.say("preview").follow().says("into Kestrel Labs GmbH")
	preview.ticked("continue").is(http.StatusConflict).says("into Kestrel Labs GmbH")
	p.want("target", third.Number, `select request->>'target_customer' from transfer_orders`)
}

func TestExecuteTwiceGivesOneOrder(t *testing.T) {
	p := newPair(t)
	a := p.toMerge().ticked("continue").follow().in("Merge Customers", "Execute")
	var both sync.WaitGroup
	answers := make([]answer, 2)
	for i := range answers {
		both.Go(func() { answers[i] = a.say("execute") })
	}
	both.Wait()
	for _, x := range append(answers, a.say("execute")) {
		if x.status != http.StatusSeeOther || !strings.HasSuffix(x.header.Get("Location"), "/pcp/orders/TO-000001") {
			t.Errorf("answered %d %s: %s", x.status, x.header.Get("Location"), x.text())
		}
	}
	p.want("orders", "1", `select count(*) from transfer_orders`)
}

func TestDialogCancelAndDrafts(t *testing.T) {
	p := newPair(t)
	p.get(p.merge("/preview")).follow().in("Merge Customers", "Select").says("Select the target customer first")
	a := p.toMerge()
	p.get(p.merge("/records/invoice")).is(http.StatusOK).says("Invoices that move", "€ 120.00")
	if csv := p.get(p.merge("/preview.csv")).body; !strings.Contains(csv, "invoice,moving,2,0,150.00,EUR\n") {
		t.Errorf("the file says %s", csv)
	}
	p.get(p.get("/pcp/orders/TO-000001").says("This is a draft").doc.Find(
		`a:contains("Go on with the transfer")`).AttrOr("href", "")).in("Merge Customers", "Select")
	p.post(a.doc.Find("form#dialog-cancel").AttrOr("action", ""),
		nil).follow().says("was cancelled and draft TO-000001 discarded")
	p.want("order", "cancelled", `select status from transfer_orders`)
	p.post("/sign-out", nil)
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	p.get(p.merge("")).is(http.StatusForbidden)
	if p.get("/pcp/customers").doc.Find(`[data-select-row]`).Length() != 0 {
		t.Error("who may not transfer can select")
	}
}

func TestExecuteBackKeepsTheReason(t *testing.T) {
	p := newPair(t)
	a := p.toMerge().ticked("continue").follow().in("Merge Customers", "Execute")
	a = a.say("back", "reason", "The two accounts are one company.").follow().in("Merge Customers", "Preview")
	a = a.ticked("continue").follow().in("Merge Customers", "Execute")
	if got := a.dialogFields().Get("reason"); got != "The two accounts are one company." {
		t.Errorf("the reason is %q now", got)
	}
}

func TestDraftOfAClosedCustomerCanBeDiscarded(t *testing.T) {
	p := newPair(t)
	p.toMerge()
	p.world.Exec(`update customers set status = 'closed' where id = $1`, p.customer.ID)
	p.post(p.merge("/cancel"), nil).follow().says("draft TO-000001 discarded")
	p.want("order", "cancelled", `select status from transfer_orders`)
}
