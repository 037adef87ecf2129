package web_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"handover/internal/identity"
	"handover/internal/order"
	"handover/internal/testdb"
)

func TestAPIReads(t *testing.T) {
	p := newPair(t)
	p.world.Exec(`update customers set external_id = 'EXT-1', crm_id = 'CRM-9' where id = $1`, p.customer.ID)
	g := p.asProgram(p.staff)
	g.get("/customers?limit=1").is(200, "").has("items.0.number", p.customer.Number).has("items.0.external_id",
		"EXT-1").has("items.0.balance.currency", "EUR")
	next := g.get("/customers?limit=1").at("next").(string)
	g.get("/customers?limit=1&cursor="+next).is(200, "").has("items.0.number", p.group.Number)
	g.get("/customers?external_id=EXT-1").has("items.0.name", "Blue Fjord AS").has("next", nil)
	g.get("/customers?search=fjord%20group").has("items.0.number", p.group.Number)
	g.get("/customers?status=closed").has("items", "[]")
	one := g.get("/customers/"+p.customer.Number).is(200, "").has("status", "active").has("counts.invoice",
		2).has("counts.subscription", 2).has("successor", nil).has("crm_id", "CRM-9")
	if one.at("balance.amount") != "150.00" {
		t.Errorf("the balance is %v", one.at("balance"))
	}
	g.get("/customers/EXT-1").has("number", p.customer.Number)
	g.get("/customers/"+p.customer.Number+"/records/invoice").is(200, "").has("items.0.kind",
		"invoice").has("items.0.amount.amount", "120.00").has("items.0.status", "open")
	g.get("/customers/"+p.customer.Number+"/records/nonsense").is(404, "NOT_FOUND")
	g.get("/subscriptions?customer="+p.customer.Number).has("items.0.number",
		p.first.Number).has("items.0.price.currency", "EUR")
	g.get("/subscriptions/"+p.first.Number).is(200, "").has("customer", p.customer.Number).has("status", "active")
	g.get("/distributors").has("items.0.name", "Aurora Cloud").has("items.0.parent", nil)
	g.get("/plans?distributor="+p.thames.Number).has("items.0.name", "Pro").has("items.0.price.currency", "GBP")
	g.get("/orders").has("items", "[]")
	g.get("/audit?subject=person").is(200, "")
	g.get("/customers/C-999999").is(404, "NOT_FOUND").has("detail", "There is no customer C-999999.")
	old := p.world.Customer(testdb.Customer{Name: "Old", CRMID: "CRM-L", Successor: p.group.ID, Status: "merged"})
	g.get("/customers/CRM-L").is(200, "").has("number", old.Number).has("status", "merged").has("successor",
		p.group.Number)
	live := p.world.Customer(testdb.Customer{Name: "Live", CRMID: "CRM-L"})
	g.get("/customers/CRM-L").is(200, "").has("number", live.Number).has("status", "active")
	g.get("/nothing").is(404, "NOT_FOUND")
	g.get("/customers?limit=500").is(422, "INVALID")
	g.get("/customers?cursor=nonsense").is(422, "INVALID")
}

func TestAPITransfersOfEveryKind(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	place := func(key string, body map[string]any) reply {
		t.Helper()
		preview := g.send("POST", "/transfers/preview", body).is(200, "")
		body["fingerprint"], body["acknowledged"] = preview.at("fingerprint"), codesOf(preview)
		o := g.send("POST", "/transfers", body, "Idempotency-Key", key).is(202, "").has("type", "transfer").has("kind",
			body["kind"])
		return g.awaitOrder(o.at("number").(string)).has("status", "completed")
	}
	moved := place("a", map[string]any{
		"kind": "subscriptions", "source_customer": p.customer.Number,
		"target_customer": p.group.Number, "subscriptions": []string{p.first.Number}, "effective_on": nil,
		"plans": nil,
	})
	moved.has("source.number", p.customer.Number).has("target.number", p.group.Number).has("failure",
		nil).has("reverses", nil)
	if moved.at("progress.done") != moved.at("progress.total") || moved.at("progress.total") == 0.0 {
		t.Errorf("progress %v", moved.at("progress"))
	}
	number := moved.at("number").(string)
	g.get("/orders/"+number+"/ledger").is(200, "").has("items.0.column", "customer_id")
	g.get("/orders/"+number+"/reconciliation").is(200, "").has("items.0.holds", true)
	g.get("/orders?type=subscriptions").has("items.0.number", number)

	merged := place("b", map[string]any{
		"kind": "merge", "source_customer": p.customer.Number,
		"target_customer": p.group.Number,
	})
	g.get("/customers/"+p.customer.Number).has("status", "merged").has("successor", p.group.Number)
	reversal := g.send("POST", "/orders/"+merged.at("number").(string)+"/reverse", map[string]any{})
	if reversal.status == 422 {
		preview := reversal.is(422, "BLOCKED").at("preview").(map[string]any)
		var codes []string
		for _, f := range preview["findings"].([]any) {
			codes = append(codes, f.(map[string]any)["code"].(string))
		}
		reversal = g.send("POST", "/orders/"+merged.at("number").(string)+"/reverse",
			map[string]any{"fingerprint": preview["fingerprint"], "acknowledged": codes})
	}
	g.awaitOrder(reversal.is(202, "").has("reverses", merged.at("number")).at("number").(string)).has("status",
		"completed")
	g.get("/orders/"+merged.at("number").(string)).has("status", "reversed")
	g.get("/customers/"+p.customer.Number).has("status", "active")

	gone := place("c", map[string]any{
		"kind": "distributor", "source_customer": p.group.Number,
		"target_distributor": p.nordlys.Number, "mode": "subscriptions_only",
	})
	gone.has("target.distributor.number", p.nordlys.Number)
	g.get("/audit?order="+gone.at("number").(string)).has("items.0.action", "transfer.execute")
}

func TestAPIRefusals(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	body := map[string]any{"kind": "merge", "source_customer": p.customer.Number, "target_customer": p.group.Number}
	preview := g.send("POST", "/transfers/preview", body).is(200, "").has("executable", true)
	warnings := codesOf(preview)
	if len(warnings) == 0 {
		t.Fatal("the merge warns of nothing")
	}
	g.send("POST", "/transfers", body).is(422, "INVALID").has("errors.0.field", "Idempotency-Key")
	g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(409, "PREVIEW_STALE").has("preview.fingerprint",
		preview.at("fingerprint"))
	body["fingerprint"] = preview.at("fingerprint")
	g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(422, "BLOCKED").has("preview.executable", true)
	body["acknowledged"] = warnings
	first := g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(202, "")
	g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(202, "").has("number", first.at("number"))
	body["notify_customer"] = true
	g.send("POST", "/transfers", body, "Idempotency-Key", "k").is(422, "INVALID").has("errors.0.field",
		"Idempotency-Key")
	g.awaitOrder(first.at("number").(string))
	g.send("POST", "/transfers/preview", map[string]any{
		"kind": "merge", "source_customer": "C-999999",
		"target_customer": p.group.Number,
	}).is(404, "NOT_FOUND")
	g.send("POST", "/transfers/preview", map[string]any{"kind": "merge", "source_customer": p.group.Number}).is(422,
		"INVALID").has("errors.0.field", "target_customer")
	g.send("POST", "/transfers/preview", map[string]any{"kind": "sell", "source_customer": p.group.Number}).is(422,
		"INVALID")
	g.send("POST", "/transfers/preview", map[string]any{
		"kind": "merge", "source_customer": p.group.Number,
		"targt": 1,
	}).is(422, "INVALID").has("errors.0.field", "targt")
	g.send("POST", "/transfers/preview", `{"kind":`).is(422, "INVALID")
	number := first.at("number").(string)
	for _, act := range []string{"approve", "cancel", "retry"} {
		g.send("POST", "/orders/"+number+"/"+act, map[string]any{}).is(409, "CONFLICT")
		g.send("POST", "/orders/TO-999999/"+act, map[string]any{}).is(404, "NOT_FOUND")
	}
	g.send("POST", "/orders/"+number+"/reject", map[string]any{"reason": "no"}).is(409, "CONFLICT")
}

// A statement that the database gave up because it took too long is no mistake of the
// program that asked: it may ask again.
func TestAPIWhenTheDatabaseIsBusy(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	blocked, err := p.pool.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blocked.Rollback() }()
	if _, err := blocked.ExecContext(t.Context(), `lock table customers in access exclusive mode`); err != nil {
		t.Fatal(err)
	}
	go func() { // PostgreSQL ends the statement as it does at its limit
		for t.Context().Err() == nil {
			var ended bool
			if err := p.pool.Get(&ended, `select coalesce(bool_or(pg_cancel_backend(pid)), false) from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock'`); err != nil || ended {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	g.get("/customers").is(503, "UNAVAILABLE").has("detail",
		"Handover is busy: the request exceeded its time limit and was stopped. Try again in a moment.")
	if err := blocked.Rollback(); err != nil {
		t.Fatal(err)
	}
	g.get("/customers").is(200, "")
}

// A record out of scope is not found, whatever the privilege; a forbidden action says so.
func TestAPIScopeAndPrivileges(t *testing.T) {
	d := newDesk(t)
	reseller := d.asProgram(d.world.Staff(testdb.Staff{Distributor: d.nordlys.ID, Role: "administrator"}))
	reader := d.asProgram(d.world.Staff(testdb.Staff{Distributor: d.nordlys.ID, Role: "support"}))
	narrow := d.asProgram(d.staff, identity.Read)
	own := d.world.Customer(testdb.Customer{Distributor: d.nordlys.ID, Name: "Own"})
	too := d.world.Customer(testdb.Customer{Distributor: d.nordlys.ID, Name: "Own Too"})
	same := func(a, b reply, one, other string) {
		t.Helper()
		if a.status != b.status || strings.ReplaceAll(a.text, one, other) != b.text {
			t.Errorf("a stranger answers %d %s, nobody %d %s", a.status, a.text, b.status, b.text)
		}
	}
	same(reseller.get("/customers/"+d.customer.Number), reseller.get("/customers/C-999999"), d.customer.Number,
		"C-999999")
	merge := func(source string) map[string]any {
		return map[string]any{"kind": "merge", "source_customer": source, "target_customer": too.Number}
	}
	same(reader.send("POST", "/transfers/preview", merge(d.customer.Number)), reader.send("POST", "/transfers/preview",
		merge("C-999999")), d.customer.Number, "C-999999")
	reader.send("POST", "/transfers", merge(d.customer.Number), "Idempotency-Key", "x").is(404, "NOT_FOUND")
	reader.send("POST", "/transfers/preview", merge(own.Number)).is(403, "FORBIDDEN")
	reader.send("POST", "/transfers", merge(own.Number), "Idempotency-Key", "x").is(403, "FORBIDDEN")
	reader.get("/audit").is(403, "FORBIDDEN")
	narrow.send("POST", "/transfers/preview", map[string]any{
		"kind": "merge", "source_customer": d.customer.Number,
		"target_customer": d.customer.Number,
	}).is(403, "FORBIDDEN")
	reseller.get("/customers").has("items.0.number", own.Number)
	if n := len(reseller.get("/distributors").at("items").([]any)); n != 1 {
		t.Errorf("a reseller sees %d distributors", n)
	}
	reseller.get("/distributors").has("items.0.parent", nil)
}

func TestAPITokens(t *testing.T) {
	p := signedIn(t)
	g := p.asProgram(p.staff)
	g.get("/customers").is(200, "")
	program{t, p.url, ""}.get("/customers").is(401, "UNAUTHORIZED")
	program{t, p.url, "hov_nonsense"}.get("/customers").is(401, "UNAUTHORIZED")
	p.world.Exec(`update api_tokens set networks = '{10.0.0.0/8}'`)
	g.get("/customers").is(401, "UNAUTHORIZED")
	p.world.Exec(`update api_tokens set networks = '{127.0.0.0/8,::1/128}', per_minute = 2`)
	if a := g.get("/customers").is(200, ""); a.header.Get("RateLimit-Limit") != "2" ||
		a.header.Get("RateLimit-Remaining") != "1" {
		t.Errorf("%v", a.header)
	}
	g.get("/customers")
	if a := g.get("/customers"); a.status == 429 && a.header.Get("Retry-After") == "" || a.status != 429 &&
		a.status != 200 {
		t.Errorf("%d, %v", a.status, a.header)
	}
	p.world.Exec(`update api_tokens set per_minute = null, expires_at = now() - interval '1 s'`)
	g.get("/customers").is(401, "UNAUTHORIZED")
	p.world.Exec(`update api_tokens set expires_at = now() + interval '1 day'`)
	g.get("/customers").is(200, "")
	p.world.Exec(`update staff set status = 'disabled' where id = $1`, p.staff.ID)
	g.get("/customers").is(401, "UNAUTHORIZED")
	if got := p.world.Text(`select count(*) from api_tokens where token_hash = convert_to($1, 'UTF8')`,
		g.token); got != "0" {
		t.Error("the token is in the database")
	}
}

// The same key fifty times at once gives one order.
func TestAPIKeyInParallel(t *testing.T) {
	p := newPair(t)
	g := p.asProgram(p.staff)
	body := map[string]any{"kind": "merge", "source_customer": p.customer.Number, "target_customer": p.group.Number}
	preview := g.send("POST", "/transfers/preview", body)
	body["fingerprint"], body["acknowledged"] = preview.at("fingerprint"), codesOf(preview)
	var under sync.WaitGroup
	var mu sync.Mutex
	numbers := map[string]int{}
	for range 50 {
		under.Go(func() {
			r := g.send("POST", "/transfers", body, "Idempotency-Key", "once")
			mu.Lock()
			defer mu.Unlock()
			numbers[fmt.Sprint(r.status, " ", r.body["number"])]++
		})
	}
	under.Wait()
	if len(numbers) != 1 || numbers["202 TO-000001"] != 50 {
		t.Errorf("the answers are %v", numbers)
	}
}

func TestAPIDocument(t *testing.T) {
	p := newPanel(t)
	d := program{t, p.url, ""}.get("/openapi.json").is(200, "").has("openapi", "3.1.0").has("servers.0.url", "/api/v1")
	for _, path := range []string{
		"/customers", "/customers/{number}/records/{kind}", "/transfers",
		"/orders/{number}/reverse", "/audit",
	} {
		if _, ok := d.at("paths").(map[string]any)[path]; !ok {
			t.Errorf("%s is not in the document", path)
		}
	}
	told := d.at("webhooks").(map[string]any)
	for _, event := range order.Announcements() {
		if _, ok := told[event.Name]; !ok {
			t.Errorf("the webhook %s is not in the document", event.Name)
		}
	}
	const schema = "/components/schemas/MessageCustomerMoved"
	if at, _ := json.Marshal(told[order.CustomerMerged]); !strings.Contains(string(at), "#"+schema) ||
		d.at("components.schemas.MessageCustomerMoved.properties.data.$ref") != "#/components/schemas/CustomerMoved" {
		t.Errorf("%s is described as %s", order.CustomerMerged, at)
	}
	if older := (program{t, p.url, ""}).get("/openapi-3.0.json").is(200, "").has("openapi",
		"3.0.3"); older.body["webhooks"] != nil {
		t.Error("OpenAPI 3.0 knows no webhooks")
	}
}
