package web_test

import (
	"net/http"
	"strings"
	"testing"

	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestOrderShowsTheControlAccounts: ledger less sub-ledger of both accounts, before and after,
// on the page, the paper and in the API.
func TestOrderShowsTheControlAccounts(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	fjord, group := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"}),
		p.world.Customer(testdb.Customer{Name: "Fjord Group AS"})
	unbalanced(p, p.world.Provider, fjord)
	o := p.carryOut(transfer.Request{Kind: record.Merge, SourceCustomer: fjord.Number, TargetCustomer: group.Number})
	page := p.get("/pcp/orders/" + o.Number)
	page.wants(t, http.StatusOK, "BOOKS_DIVERGE", "Ledger less sub-ledger of each account")
	page.wantsRow(t, "Receivable: ledger - balances | "+fjord.Number+" | EUR | −€ 30.00 | +€ 30.00 | € 0.00 | holds",
		"Receivable: ledger - balances | "+group.Number+" | EUR | € 0.00 | −€ 30.00 | −€ 30.00 | holds")
	if said := p.pdfText("/pcp/orders/" + o.Number + "/order.pdf"); !strings.Contains(said, "balances, "+fjord.Number) {
		t.Errorf("the PDF does not show the control accounts: %s", said)
	}
	g := p.asProgram(p.staff)
	lines := g.get("/orders/"+o.Number+"/reconciliation").is(200, "").at("items").([]any)
	last := lines[len(lines)-1].(map[string]any)
	if last["kind"] != "receivable" || last["side"] != "target" || last["holds"] != true {
		t.Errorf("the API's last line is %v", last)
	}
}
