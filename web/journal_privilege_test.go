package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"handover/internal/identity"
	"handover/internal/testdb"
)

// TestJournalNeedsItsPrivilegeOnEveryWay: whoever may not read the journal meets none of its entries
// on other ways, as a person and as a program.
func TestJournalNeedsItsPrivilegeOnEveryWay(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	c := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	other := p.world.Customer(testdb.Customer{Name: "Kestrel Labs GmbH"})
	memo := p.world.CreditMemo(testdb.Memo{Number: "CM-7", Customer: c.ID})
	entry := p.world.Entry(testdb.Entry{
		Memo: "Entry of the memo", SourceKind: testdb.OfCreditMemo, Source: memo.ID,
		Amount: "1050.00",
	})
	number := fmt.Sprintf("JE-%06d", entry.ID)
	order := p.world.TransferOrder(testdb.TransferOrder{Kind: "merge", Source: other.ID, Target: c.ID})
	p.world.Exec(`update transfer_orders set result = jsonb_build_object('target', $2::text, 'moved', '[]'::jsonb,
		'personal_data', '[]'::jsonb, 'memos', jsonb_build_array(
		jsonb_build_object('kind', 'credit_memo', 'number', 'CM-7', 'customer', $2::text, 'amount',
		  jsonb_build_object('amount', '1050.00', 'currency', 'EUR'),
		                   'journal_entry', $3::text, 'debit', '1100 Accounts receivable', 'credit',
		                     '2900 Clearing'))) where id = $1`, order.ID, c.Number, number)
	p.world.Ledger(order.ID, "journal_entry", "customer_id", fmt.Sprint(other.ID), fmt.Sprint(c.ID), entry.ID)
	p.world.Ledger(order.ID, "credit_memo", "customer_id", fmt.Sprint(other.ID), fmt.Sprint(c.ID), memo.ID)

	support := p.otherBrowser()
	who := p.world.Staff(testdb.Staff{Role: "support"})
	support.signIn(who)
	ways := []string{
		fmt.Sprintf("/pcp/documents/credit_memo/%d", memo.ID), "/pcp/orders/" + order.Number, "/pcp/orders/" +
			order.Number + "/ledger",
		"/pcp/orders/" + order.Number + "/ledger?kind=journal_entry",
	}
	for _, at := range ways {
		if a := p.get(at); a.status != http.StatusOK || !strings.Contains(a.text(), number) {
			t.Errorf("%s shows an administrator %d without %s", at, a.status, number)
		}
		a := support.get(at)
		if a.status != http.StatusOK || strings.Contains(a.body, number) ||
			strings.Contains(a.body, "2900 Clearing") || strings.Contains(a.body, "Entry of the memo") {
			t.Errorf("%s shows support the journal (%d)", at, a.status)
		}
	}
	if !strings.Contains(support.get("/pcp/orders/"+order.Number+"/ledger").text(), "CM-7") {
		t.Error("the ledger shows support nothing at all")
	}

	all, some := p.asProgram(p.staff), p.asProgram(p.staff, identity.Read)
	for _, at := range []string{"/customers/" + c.Number + "/records/journal_entry", "/orders/" + order.Number +
		"/ledger", "/orders/" + order.Number + "/ledger?kind=journal_entry"} {
		if a := all.send(http.MethodGet, at, nil); a.status != http.StatusOK || !strings.Contains(a.text, number) {
			t.Errorf("%s: %d %s", at, a.status, a.text)
		}
		if a := some.send(http.MethodGet, at, nil); strings.Contains(a.text, number) || a.status != http.StatusOK &&
			a.status != http.StatusForbidden {
			t.Errorf("%s without the privilege: %d %s", at, a.status, a.text)
		}
	}
}

// TestMarksOfAnExecutionAreTheProvidersAlone: the highest ids of the whole installation, which older
// audit entries of executions hold, reach no reseller.
func TestMarksOfAnExecutionAreTheProvidersAlone(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	reseller := p.world.Distributor(testdb.Distributor{Name: "Nordlys Partner"})
	theirs := p.world.Staff(testdb.Staff{Distributor: reseller.ID})
	c := p.world.Customer(testdb.Customer{Distributor: reseller.ID})
	order := p.world.TransferOrder(testdb.TransferOrder{
		Kind: "merge", Source: c.ID,
		Target: p.world.Customer(testdb.Customer{Distributor: reseller.ID}).ID,
	})
	p.world.Exec(`insert into audit_entries (actor_id, actor_name, distributor_id, action, subject_kind, subject,
		order_id, after)
		values ($1, 'Nils', $2, 'transfer.complete', 'order', $3, $4,
		  '{"status": "completed", "result": {"target": "C-1", "marks": {"invoice": 987654}}}')`,
		theirs.ID, reseller.ID, order.Number, order.ID)
	id := p.world.Text(`select max(id) from audit_entries`)
	nils := p.otherBrowser()
	nils.signIn(theirs)
	for _, at := range []string{
		"/audit/" + id, "/audit/export", "/audit", "/orders/" + order.Number,
		"/orders/" + order.Number + "/order.pdf", "/customers/" + c.Number + "/history",
	} {
		a := nils.get("/rcp" + at)
		if a.status != http.StatusOK || strings.Contains(a.body, "987654") || strings.Contains(a.body, "marks") {
			t.Errorf("%s shows a reseller the marks (%d)", at, a.status)
		}
	}
	a := p.asProgram(theirs).send(http.MethodGet, "/audit", nil)
	if a.status != http.StatusOK || !strings.Contains(a.text, `"target"`) || strings.Contains(a.text, "987654") {
		t.Errorf("the API answers a reseller %d %s", a.status, a.text)
	}
	p.get("/pcp/audit/"+id).wants(t, http.StatusOK, "987654") // the chain covers them
}
