package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"handover/internal/audit"
	"handover/internal/testdb"
	"handover/web"
)

// note writes an entry by the administrator.
func (p panel) note(e audit.Entry) {
	p.Helper()
	if e.Actor == (audit.Actor{}) {
		e.Actor = audit.Actor{
			ID: p.staff.ID, Name: p.staff.Name, DistributorID: p.world.Provider.ID,
			Address: "192.0.2.7",
		}
	}
	if err := audit.Append(p.Context(), p.pool, e); err != nil {
		p.Fatal(err)
	}
}

func (p panel) seal() {
	p.Helper()
	if err := audit.Seal(p.Context(), p.pool); err != nil {
		p.Fatal(err)
	}
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	order := p.world.TransferOrder(testdb.TransferOrder{Source: c.ID})
	p.note(audit.Entry{
		Action: "customer.rename", SubjectKind: "customer", Subject: c.Number,
		Before: map[string]any{"name": "Blue Fjord", "tags": []string{"a", "b"}, "kept": 1}, After: map[string]any{
			"name": "<b>Fjord AS</b>", "kept": 1,
			"balance": map[string]any{"amount": "12.50", "currency": "EUR"}, "deep": map[string]any{"a_b": true},
			"parts": []any{
				map[string]any{"new_owner": "x", "count": 2, "none": nil},
				map[string]any{"below": []any{map[string]any{"c": 1}, nil}},
			},
		},
	})
	p.note(audit.Entry{
		Actor: audit.Actor{Name: "worker"}, Action: "transfer.execute", SubjectKind: "order",
		Subject: order.Number, OrderID: order.ID,
	})

	a := p.open("/pcp/audit").must("3 entries", "Sealed entries0", "Customer: rename", "Transfer: execute", "Sign in",
		"192.0.2.7", "Aurora Cloud")
	if a.link(c.Number) != "/pcp/customers/"+c.Number || a.link(order.Number) != "/pcp/orders/"+order.Number {
		t.Error("subject and order are not linked")
	}
	p.seal()
	p.open("/pcp/audit").must("Sealed entries3", p.world.Text(`select encode(hash, 'hex') from audit_head`))
	for query, want := range map[string]int{
		"actor=meyer": 2, "action=sign_in": 1, "action=transfer": 1, "subject=" + strings.ToLower(c.Number): 1,
		"order=" + order.Number:         1,
		"from=2020-01-01&to=2020-01-02": 0, "from=2020-01-01": 3, "q=192.0.2.7": 1, "q=worker": 1,
		"customer=" + c.Number: 2,
	} {
		if got := p.open("/pcp/audit?" + query).doc.Find("table tbody tr").Length(); got != want {
			t.Errorf("%s lists %d entries, want %d", query, got, want)
		}
	}
	p.open("/pcp/audit?q=nothing").must("No entry fits these filters")
	p.get("/pcp/audit?from=x").wants(t, http.StatusUnprocessableEntity, "is not a date")
	p.get("/pcp/audit?order=12").wants(t, http.StatusUnprocessableEntity, "is not a number like TO-000001")

	entry := p.open(a.link("Customer: rename")).must("Customer: rename", "Entry 2", "Ada Meyer Aurora Cloud",
		"Position", p.world.Text(`select encode(hash, 'hex') from audit_seals where position = 2`))
	entry.wantsRow(t, "Kept | 1 | 1", "Name changed | Blue Fjord | <b>Fjord AS</b>", "Tags | a, b | –none",
		"Balance | –none | 12.50 EUR", "Deep › A b | –none | yes",
		"Parts › 1 | –none | Count: 2; New owner: x", "Parts › 2 › Below › 1 | –none | C: 1",
		"Parts › 2 › Below › 2 | –none | –none")
	for _, path := range []string{"/pcp/audit/99", "/pcp/audit/x"} {
		p.get(path).wants(t, http.StatusNotFound)
	}
	p.open("/pcp/audit/3").must("This entry changed no value")
}

// The parts of the log on the page of an order and of a customer.
func TestAuditPartsOfPages(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{})
	order := p.world.TransferOrder(testdb.TransferOrder{Source: c.ID})
	p.note(audit.Entry{Action: "transfer.submit", SubjectKind: "order", Subject: order.Number, OrderID: order.ID})
	for _, page := range []string{"/pcp/orders/" + order.Number, "/pcp/customers/" + c.Number + "/history"} {
		a := p.open(page).must("Audit entries", "Ada Meyer")
		p.open(a.link("Transfer: submit")).must("Transfer: submit", order.Number)
		if strings.Contains(a.text(), "All in the audit log") {
			t.Errorf("%s leads to the whole log although it shows all", page)
		}
	}
	for range 100 {
		p.note(audit.Entry{Action: "transfer.test", SubjectKind: "order", Subject: order.Number, OrderID: order.ID})
	}
	for page, query := range map[string]string{
		"/pcp/orders/" + order.Number:             "?order=" + order.Number,
		"/pcp/customers/" + c.Number + "/history": "?customer=" + c.Number,
	} {
		if got := p.open(page).link("All in the audit log"); got != "/pcp/audit"+query {
			t.Errorf("%s leads to %s, want %s", page, got, query)
		}
		p.open("/pcp/audit" + query).must("101 entries")
	}
	// Who may not read the log sees what was done, and no link.
	p.become(testdb.Staff{Role: "support"})
	a := p.open("/pcp/orders/" + order.Number).must("Transfer: test")
	if a.doc.Find(`a[href^="/pcp/audit"]`).Length() != 0 {
		t.Error("a page links to the log although the reader may not open it")
	}
}

func TestWhoReadsTheAuditLog(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	paths := []string{"/pcp/audit", "/pcp/audit/1", "/pcp/audit/export", "/pcp/audit/chain.csv", "/pcp/audit/head"}
	for role, want := range map[string]int{
		"administrator": 200, "auditor": 200, "finance": 403,
		"account_manager": 403, "support": 403,
	} {
		p.signIn(p.world.Staff(testdb.Staff{Role: role}))
		for _, path := range paths {
			if got := p.get(path).status; got != want {
				t.Errorf("%s: %s answers %d, want %d", role, path, got, want)
			}
		}
		p.post("/sign-out", nil)
	}
}

func TestAuditDownloads(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.note(audit.Entry{Action: "test", Subject: "=1+1"})
	p.seal()
	read := func(path string) [][]string {
		t.Helper()
		rows, err := csv.NewReader(strings.NewReader(p.open(path).body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows[1:]
	}
	filtered := read("/pcp/audit/export?q=%3D1")
	if len(filtered) != 1 || filtered[0][0] != "2" || filtered[0][9] != "'=1+1" || len(filtered[0][14]) != 64 {
		t.Errorf("the filtered export is %q", filtered)
	}
	// The whole log has the entry of the export before it, sealed for this purpose.
	whole := read("/pcp/audit/chain.csv")
	if len(whole) != 3 || whole[2][9] != "audit-entries" || whole[2][12] != `{"filters": {"q": "=1"}}` {
		t.Errorf("the whole log is %q", whole)
	}
	if got, want := p.open("/pcp/audit/head").body, "3:"+whole[2][14]+"\n"; got != want {
		t.Errorf("the head is %q, want %q", got, want)
	}
}

// Every address that sends a file writes an entry first, with who asked and how it was
// filtered; asking for its head alone writes none.
func TestEveryExportIsAudited(t *testing.T) {
	p := newPair(t)
	order := p.world.TransferOrder(testdb.TransferOrder{Source: p.customer.ID})
	p.toMerge()
	p.toTransfer(p.first)
	p.customer = p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	p.world.Subscription(testdb.Subscription{Customer: p.customer.ID, Plan: p.pro.ID})
	p.get(p.path("")).follow().next("distributor", p.nordlys.Number, "mode", "subscriptions_only").at("Confirm")
	source := "/pcp/customers/" + p.world.Text(`select number_of('C', source_customer_id) from transfer_orders
		where kind = 'merge' and status = 'draft'`)
	addresses := map[string]string{
		"/customers/export": "", "/subscriptions/export": "", "/orders/export": "", "/rates/export": "",
		"/journal/export": "", "/plans/export": "",
		"/audit/export": "", "/audit/chain.csv": "", "/import/export.zip": "", "/reconciliation/export": "",
		"/reconciliation/:name/export": "/pcp/reconciliation/statuses/" +
			"export?distributor=D-000001&currency=EUR",
		"/orders/:number/ledger.csv":                            "/pcp/orders/" + order.Number + "/ledger.csv",
		"/customers/:number/transfer/confirm/preview.csv":       p.path("confirm/preview.csv"),
		"/customers/:number/merge/preview.csv":                  source + "/merge/preview.csv",
		"/customers/:number/transfer-subscriptions/preview.csv": source + "/transfer-subscriptions/preview.csv",
	}
	export := regexp.MustCompile(`(export|\.csv|\.zip)$`)
	found := 0
	for _, declared := range web.Addresses() {
		path, ofProvider := strings.CutPrefix(declared.Path, "/pcp")
		if declared.Method != http.MethodGet || !ofProvider || !export.MatchString(path) {
			continue
		}
		found++
		address, ok := addresses[path]
		if !ok {
			t.Errorf("this test does not open %s", path)
			continue
		}
		if address == "" {
			address = declared.Path
		}
		last := p.world.Text(`select max(id) from audit_entries`)
		if a := p.send(p.request(http.MethodHead, address, nil)); a.status != http.StatusOK {
			t.Errorf("HEAD %s answers %d", address, a.status)
		}
		if got := p.world.Text(`select count(*) from audit_entries where id > $1 and subject_kind = 'list'`,
			last); got != "0" {
			t.Errorf("HEAD %s wrote %s entries", address, got)
		}
		last = p.world.Text(`select max(id) from audit_entries`)
		join := "?"
		if strings.Contains(address, "?") {
			join = "&"
		}
		p.open(address + join + "q=x1")
		got := p.world.Text(`select string_agg(concat_ws(' ', action, actor_name, nullif(subject, ''),
			coalesce(after->'filters'->>'q', after->>'complete')), ';')
			from audit_entries where id > $1`, last)
		if !regexp.MustCompile(fmt.Sprintf(`^export %s (\S+ x1|true)$`, p.staff.Name)).MatchString(got) {
			t.Errorf("%s wrote %q", address, got)
		}
	}
	if got := p.world.Text(`select subject from audit_entries where order_id = $1 and action = 'export'`,
		order.ID); got != "ledger-"+order.Number {
		t.Errorf("the export of the ledger belongs to %q", got)
	}
	if found < len(addresses) {
		t.Errorf("%d exports are declared, want %d at least", found, len(addresses))
	}
}
