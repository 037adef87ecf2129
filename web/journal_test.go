package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"handover/internal/testdb"
)

func TestJournalPage(t *testing.T) {
	t.Parallel()
	p := signedIn(t)
	p.get("/pcp/journal").wants(t, http.StatusOK, "The journal is empty")
	thames := p.world.Distributor(testdb.Distributor{Name: "Thames Cloud", Currency: "GBP"})
	fjord := p.world.Customer(testdb.Customer{Name: "Blue Fjord AS"})
	halcyon := p.world.Customer(testdb.Customer{Name: "Halcyon Foods Ltd", Distributor: thames.ID})
	memo := p.world.CreditMemo(testdb.Memo{Number: "CM-7", Customer: fjord.ID})
	carried := p.world.Entry(testdb.Entry{
		Memo: "Balance carried", SourceKind: testdb.OfCreditMemo, Source: memo.ID,
		Amount: "1050.00", PostedOn: "2026-01-20",
	})
	p.world.Entry(testdb.Entry{
		Memo: "Opening", Customer: halcyon.ID, Distributor: thames.ID, PostedOn: "2026-01-19",
		Restricted: "Legal hold",
	})
	order := p.world.TransferOrder(testdb.TransferOrder{Source: fjord.ID})
	p.world.Exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before,
		after)
		values ($1, 'journal_entry', '', array[$2::bigint], $2, $2, array[null], array['{}'])`, order.ID, carried.ID)

	number := fmt.Sprintf("JE-%06d", carried.ID)
	page := p.get("/pcp/journal")
	page.wantsRow(t, "20 Jan 2026 | "+number+" Aurora Cloud | Balance carried Written by "+order.Number+
		" | Credit memo CM-7 | Blue Fjord AS |  | ",
		" |  | 1100 Accounts receivable | € 1,050.00 | ", " |  | 4000 Revenue |  | € 1,050.00",
		"Total of this page in EUR | € 1,050.00 | € 1,050.00", "Total of this page in GBP | £ 100.00 | £ 100.00")
	page.wants(t, http.StatusOK, "Legal hold")
	for _, href := range []string{
		"/pcp/orders/" + order.Number, "/pcp/customers/" + fjord.Number,
		fmt.Sprintf("/pcp/documents/credit_memo/%d", memo.ID),
	} {
		if page.doc.Find(`td a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("no link to %s", href)
		}
	}
	for query, want := range map[string]int{
		"distributor=" + thames.Number: 1, "customer=" + fjord.Number: 1, "customer=C-999999": 0, "account=1100": 2,
		"account=9":       0,
		"from=2026-01-20": 1, "to=2026-01-19": 1, "q=carried": 1, "q=" + number: 1, "q=CM-7": 1,
	} {
		if got := p.get("/pcp/journal?" + query).doc.Find("tr.entry-row").Length(); got != want {
			t.Errorf("%s lists %d entries, want %d", query, got, want)
		}
	}
	p.get("/pcp/journal?q=nothing").wants(t, http.StatusOK, "No entry fits these filters")
	p.get("/pcp/journal?distributor=x").wants(t, http.StatusUnprocessableEntity)

	lines := strings.Split(strings.TrimSpace(p.get("/pcp/journal/export?q=carried").body), "\n")
	want := number + ",2026-01-20,Aurora Cloud," + fjord.Number + ",Blue Fjord AS,Balance carried,credit_memo,CM-7," +
		order.Number +
		",,1100 Accounts receivable,1050.00,0.00,EUR,,,,,"
	if len(lines) != 3 || lines[1] != want {
		t.Errorf("the export is %q, want a head, %q and its other line", lines, want)
	}
}

func TestWhoReadsTheJournal(t *testing.T) {
	t.Parallel()
	p := newPanel(t)
	p.signIn(p.world.Staff(testdb.Staff{Role: "support"}))
	p.get("/pcp/journal").wants(t, http.StatusForbidden)
	p.get("/pcp/journal/export").wants(t, http.StatusForbidden)
}
