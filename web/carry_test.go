package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"handover/internal/testdb"
)

// dayFrom is a day so many days from today, as a form and as a page has it.
func dayFrom(days int) (form, page string) {
	day := time.Now().UTC().AddDate(0, 0, days)
	return day.Format(time.DateOnly), day.Format("2 Jan 2006")
}

func TestWizardAsksHowTheBalanceIsCarried(t *testing.T) {
	d := newDesk(t)
	d.world.Invoice(testdb.Invoice{
		Customer: d.customer.ID, Number: "INV-7", IssuedOn: "2026-01-10",
		DueOn: "2026-01-24", Amount: "0.05",
	})
	first := d.get(d.path("")).follow().at("Distributor").says("Carry each open document", "Carry one balance",
		"Leave the balance with Aurora Cloud")
	if got := first.fields().Get("carry_as"); got != "open_items" {
		t.Errorf("%q is proposed", got)
	}
	answered := []string{"distributor", d.thames.Number, "mode", "subscriptions_only"}
	rate := first.next(append(answered, "carry_as", "leave")...).at("Currency Conversion Rate")
	rate.press("convert", "rate", "0.8612").says("Nothing is carried: the balance stays with Aurora Cloud")
	rate.next("rate", "0.8612").at("Confirm").says("Left where it is",
		"€ 120.05 stays with Aurora Cloud, which collects and refunds it")

	again := d.get(d.path("distributor")).next(append(answered, "carry_as", "open_items")...)
	again.press("convert", "rate", "0.8612").says("in 2 items that are rounded half-even one by one", "£ 103.38")
	confirm := again.next("rate", "0.8612").at("Confirm").says(
		"Aurora Cloud AS assigns its claims of € 120.05 to Thames Cloud Ltd", "Invoice INV-7 of 10 Jan 2026",
		"due 24 Jan 2026", "for € 0.05",
		"Dr 1985 Intercompany, Cr 1100 Accounts receivable", "Dr 1100 Accounts receivable, Cr 1985 Intercompany",
		"2 items are rounded one by one, together £ 103.38; the exact product is 103.38706, the rounding −0.00706",
		"Each open document is carried")
	values := confirm.fields()
	values.Set("reason", "The customer moved to London")
	for _, box := range confirm.doc.Find(`input[name="acknowledged"]`).EachIter() {
		values.Add("acknowledged", box.AttrOr("value", ""))
	}
	values.Set("go", "transfer")
	order := confirm.post(confirm.doc.Find("form#wizard").AttrOr("action", ""), values).follow().says(
		"Completed", "The customer moved to London", "INV-7", "due 24 Jan 2026",
		"Dr 1100 Accounts receivable, Cr 1985 Intercompany")
	memo := d.world.Text(`select id::text from debit_memos where origin_number = 'INV-7'`)
	page := d.get("/pcp/documents/debit_memo/"+memo).says("Balance transfer note. Not a tax invoice or credit note.",
		"Invoice INV-7", "of 10 Jan 2026, Aurora Cloud")
	if at := page.doc.Find(".fact-strip, .facts").First().Text(); !strings.Contains(at, "Carries") ||
		strings.Index(at, "Carries") > strings.Index(at, "Customer") ||
		strings.Index(at, "Due") > strings.Index(at, "Date") {
		t.Errorf("the origin and the due date do not come first: %s", at)
	}
	d.get("/pcp/documents/invoice/"+
		d.world.Text(`select id::text from invoices where number = 'INV-7'`)).says("Transferred",
		"Status changed from open to transferred").
		not("Settled status")
	d.get("/pcp/journal?account=1985").says("Counterparty: Thames Cloud (Thames Cloud Ltd)",
		"Counterparty: Aurora Cloud (Aurora Cloud AS)",
		"Original amount: € 0.05 at 0.8612", "Original amount: € 120.05")
	account := d.world.Text(`select number_of('C', successor_id) from customers where id = $1`, d.customer.ID)
	d.get("/pcp/customers/"+account+"/documents").says("INV-7 carried by DM-", "24 Jan 2026")
	if pdf := order.get(order.doc.Find(`a[href$=".pdf"]`).AttrOr("href", "")); pdf.status != http.StatusOK {
		t.Errorf("the PDF answers %d", pdf.status)
	}
}

func TestWizardPostsOnAnotherDayWhenTodayIsClosed(t *testing.T) {
	d := newDesk(t)
	start, _ := dayFrom(-40)
	end, _ := dayFrom(3)
	open, shown := dayFrom(4)
	d.world.Period(testdb.Period{Distributor: d.thames.ID, Start: start, End: end, Status: "closed"})
	a := d.preview().says("would be posted on", "Posting date")
	if button := a.doc.Find(`button[name="instead"][value="PERIOD_CLOSED"]`).Text(); !strings.Contains(button,
		"Post on "+shown) {
		t.Fatalf("the remedy reads %q", button)
	}
	a = a.press("", "instead", "PERIOD_CLOSED").follow().at("Confirm").says("posted on " + shown + " in all books")
	if got := a.fields().Get("post_on"); got != open {
		t.Errorf("the posting date is %q", got)
	}
	a.press("post", "post_on", "31.12.2026").is(http.StatusUnprocessableEntity)
	a.press("post", "post_on", end).follow().says("closed financial period of Thames Cloud")
	later, _ := dayFrom(10)
	a = d.get(d.path("confirm")).press("post", "post_on", later).follow()
	if got := a.fields().Get("post_on"); got != later {
		t.Errorf("the posting date is %q", got)
	}
	a.confirm().follow().says("Completed")
	d.want("posted then", later, `select string_agg(distinct posted_on::text, ' ') from journal_entries
		where by_transfer`)
}

func TestMergeLeavesTheBalanceAndReversalTakesADate(t *testing.T) {
	p := newPair(t)
	e, _ := dayFrom(0)
	choose := p.get(p.merge("")).in("Merge Customers", "Select").says("Open balance of earlier documents",
		"Leave the balance on "+p.customer.Number)
	left := choose.say("preview", "target", p.group.Number, "effective_on", e, "carry_as",
		"leave").follow().in("Merge Customers", "Preview")
	left.says("€ 150.00 stays on " + p.customer.Number + " and is settled there")
	one := p.get(p.merge("")).say("preview", "target", p.group.Number, "effective_on", e, "carry_as",
		"one_balance").follow().says("2 documents", "Dr 1990 Transfer clearing")
	order := one.ticked("continue").follow().say("execute", "reason",
		"One customer from now on").follow().says("Successfully merged", "One customer from now on",
		"Carried as one balance")

	reverse := order.toReverse()
	later, shown := dayFrom(5)
	page := p.get(reverse+"?post_on="+later).is(http.StatusOK).says("posted on "+shown+" in all books", "Takes back")
	past, _ := dayFrom(-1)
	p.get(reverse + "?post_on=" + past).is(http.StatusUnprocessableEntity).says("the first possible posting date")
	values := page.form(page.doc.Find("form#reverse").AttrOr("action", ""))
	for _, box := range page.doc.Find(`input[name="acknowledged"]`).EachIter() {
		values.Add("acknowledged", box.AttrOr("value", ""))
	}
	values.Set("go", "reverse")
	values.Set("reason", "Merged by mistake")
	page.post(page.doc.Find("form#reverse").AttrOr("action", ""), values).follow().says("Completed",
		"Merged by mistake")
	p.want("posted then", later, `select max(posted_on)::text from journal_entries where by_transfer`)
}

// TestAPICarriesPostsAndKeepsTheReason: the three fields in preview, order and reversal.
func TestAPICarriesPostsAndKeepsTheReason(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	past, _ := dayFrom(-1)
	far, _ := dayFrom(70)
	later, _ := dayFrom(7)
	ask := func(more map[string]any) map[string]any {
		body := map[string]any{
			"kind": "distributor", "source_customer": p.customer.Number, "target_distributor": p.nordlys.Number,
			"mode": "subscriptions_only",
			"plans": map[string]string{p.second.Number: p.world.Text(`select number_of('P', id) from plans
				where distributor_id = $1`, p.nordlys.ID)},
		}
		for name, value := range more {
			body[name] = value
		}
		return body
	}
	for field, bad := range map[string][]any{
		"carry_as": {"sum"}, "post_on": {"tomorrow", past, far},
		"reason": {strings.Repeat("é", 501)},
	} {
		for _, value := range bad {
			body := ask(map[string]any{field: value})
			g.send("POST", "/transfers/preview", body).is(422, "INVALID").has("errors.0.field", field)
			g.send("POST", "/transfers", body, "Idempotency-Key", field).is(422, "INVALID").has("errors.0.field", field)
		}
	}
	preview := g.send("POST", "/transfers/preview", ask(map[string]any{"carry_as": nil, "post_on": later})).is(200,
		"").has("posting_on", later)
	preview.has("memos.0.for", "source").has("memos.0.debit", "1990 Transfer clearing").has("memos.0.credit",
		"1100 Accounts receivable")
	preview.has("memos.2.for", "target").has("memos.2.origin.kind", "invoice").has("memos.2.carries", 1)
	g.send("POST", "/transfers/preview", ask(map[string]any{"carry_as": "one_balance"})).is(200,
		"").has("memos.1.carries", 2).has("memos.1.origin", nil).has("memos.1.amount.amount", "150.00")
	g.send("POST", "/transfers/preview", ask(map[string]any{"carry_as": "leave"})).is(200, "").has("memos",
		nil).has("source.balance_after.amount", "150.00")

	body := ask(map[string]any{
		"post_on": later, "carry_as": "open_items", "reason": "moved to Bergen",
		"fingerprint": preview.at("fingerprint"), "acknowledged": codesOf(preview),
	})
	o := g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(202, "").has("reason",
		"moved to Bergen").has("request_reason", "moved to Bergen")
	number := o.at("number").(string)
	g.awaitOrder(number).has("status", "completed")
	other := p.asProgram(p.world.Staff(testdb.Staff{Distributor: p.nordlys.ID, Name: "Nordlys Reader"}))
	other.get("/orders/"+number).is(200, "").has("reason", nil).has("request_reason", nil)

	reverse := "/orders/" + number + "/reverse"
	tooEarly, _ := dayFrom(6)
	g.send("POST", reverse, map[string]any{"post_on": tooEarly}).is(422, "INVALID").has("errors.0.field", "post_on")
	g.send("POST", reverse, map[string]any{"reason": strings.Repeat("x", 501)}).is(422,
		"INVALID").has("errors.0.field", "reason")
	latest, _ := dayFrom(9)
	back := g.send("POST", reverse, map[string]any{"post_on": latest, "reason": "wrong customer"})
	if back.status == 422 {
		shown := back.is(422, "BLOCKED").at("preview").(map[string]any)
		var codes []string
		for _, f := range shown["findings"].([]any) {
			codes = append(codes, f.(map[string]any)["code"].(string))
		}
		back = g.send("POST", reverse, map[string]any{
			"post_on": latest, "reason": "wrong customer",
			"fingerprint": shown["fingerprint"], "acknowledged": codes,
		})
	}
	g.awaitOrder(back.is(202, "").has("request_reason", "wrong customer").at("number").(string)).has("status",
		"completed")
	p.want("the counter-memos are posted then", latest, `select max(posted_on)::text from journal_entries
		where by_transfer`)
}
