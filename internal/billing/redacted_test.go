package billing_test

import (
	"fmt"
	"testing"

	"handover/internal/accounts"
	"handover/internal/billing"
	"handover/internal/db"
	"handover/internal/testdb"
)

// TestCarriedTextIsWordedForItsReader: a memo that a transfer wrote, and its entry in the journal,
// name the other side to who sees it and to no other reader, and a search finds what is read.
func TestCarriedTextIsWordedForItsReader(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := testdb.NewWorld(t, pool)
	above := w.Distributor(testdb.Distributor{Name: "Forest"})
	own := w.Distributor(testdb.Distributor{Name: "Birch", Parent: above.ID})
	other := w.Distributor(testdb.Distributor{Name: "Elm", Parent: above.ID})
	account, party := w.Customer(testdb.Customer{Distributor: own.ID}),
		w.Customer(testdb.Customer{Distributor: other.ID})
	order := w.TransferOrder(testdb.TransferOrder{Source: account.ID, Target: party.ID})
	const by = `carried = 'from', carried_by = %d, counterparty_distributor_id = %d,
		counterparty_name = 'Elm "by TO-9" Ltd'`
	carried := fmt.Sprintf(by, order.ID, other.ID)
	for name, c := range map[string]struct {
		memo, entry      string // how the two rows are
		whole, hidden    string // the memo to who sees both, and to who sees one side
		posted, withheld string // the entry
	}{
		"one document": {
			carried + `, carries = '{INV-1}'`, carried,
			`Balance carried from Elm "by TO-9" Ltd by ` + order.Number + `: INV-1`,
			`Balance carried from another distributor by ` + order.Number + `: INV-1`,
			`Balance carried from Elm "by TO-9" Ltd by ` + order.Number,
			`Balance carried from another distributor by ` + order.Number,
		},
		"more documents than are named, and another legal entity": {
			carried + `, carries = '{INV-1,INV-2}', carries_more = 1`,
			carried + `, counterparty_entity = 'Elm Holding'`,
			`Balance carried from Elm "by TO-9" Ltd by ` + order.Number + `: INV-1, INV-2 and 1 more document`,
			`Balance carried from another distributor by ` + order.Number + `: INV-1, INV-2 and 1 more document`,
			`Balance carried from Elm "by TO-9" Ltd by ` + order.Number + `, intercompany with Elm Holding`,
			`Balance carried from another distributor by ` + order.Number,
		},
		"what takes a memo back, between accounts": {
			carried + fmt.Sprintf(`, counterparty_customer_id = %d, takes_back = 'CM-9'`, party.ID),
			carried + fmt.Sprintf(`, counterparty_customer_id = %d`, party.ID),
			`Balance carried from Elm "by TO-9" Ltd (` + party.Number + `) by ` + order.Number + `: takes back CM-9`,
			`Balance carried from another distributor by ` + order.Number + `: takes back CM-9`,
			`Balance carried from Elm "by TO-9" Ltd (` + party.Number + `) by ` + order.Number,
			`Balance carried from another distributor by ` + order.Number,
		},
		"a text that an import put in its place": {
			carried + `, reason = 'Taken over from Elm'`, carried + `, memo = 'Taken over from Elm'`,
			`Taken over from Elm`, `Balance carried from another distributor by ` + order.Number,
			`Taken over from Elm`, `Balance carried from another distributor by ` + order.Number,
		},
		"a transfer of another installation": {
			`reason = 'Balance carried from Elm by TO-000001'`, `memo = 'Balance carried from Elm by TO-000001'`,
			`Balance carried from Elm by TO-000001`, `Balance carried by a transfer`,
			`Balance carried from Elm by TO-000001`, `Balance carried by a transfer`,
		},
		"no transfer": {
			`reason = 'Balance carried from Elm by TO-000001', purpose = ''`, `memo = 'Elm'`,
			`Balance carried from Elm by TO-000001`, `Balance carried from Elm by TO-000001`, `Elm`, `Elm`,
		},
	} {
		memo := w.DebitMemo(testdb.Memo{Customer: account.ID, Purpose: "transfer"})
		entry := w.Entry(testdb.Entry{Distributor: own.ID, SourceKind: testdb.OfDebitMemo, Source: memo.ID})
		w.Exec(`update journal_entries set memo = '' where id = $1`, entry.ID)
		w.Exec(`update debit_memos set `+c.memo+` where id = $1`, memo.ID)
		w.Exec(`update journal_entries set `+c.entry+` where id = $1`, entry.ID)
		for reader, r := range map[string]struct {
			scope        accounts.Scope
			memo, posted string
		}{
			"the provider":       {accounts.Scope{Root: w.Provider.ID, Everything: true}, c.whole, c.posted},
			"who sells to both":  {accounts.Scope{Root: above.ID}, c.whole, c.posted},
			"the one of the two": {accounts.Scope{Root: own.ID}, c.hidden, c.withheld},
		} {
			// the row does not say who the other is
			if name == "a transfer of another installation" && reader == "who sells to both" {
				r.memo, r.posted = c.hidden, c.withheld
			}
			d, err := billing.GetDocument(t.Context(), pool, r.scope, "debit_memo", memo.ID)
			if err != nil || d.Reason != r.memo {
				t.Errorf("%s, %s reads on the memo %q, want %q (%v)", name, reader, d.Reason, r.memo, err)
			}
			entries, err := billing.EntriesOf(t.Context(), pool, r.scope, "debit_memo", memo.ID)
			if err != nil || len(entries) != 1 || entries[0].Memo != r.posted {
				t.Errorf("%s, %s reads of the entry %+v, want %q (%v)", name, reader, entries, r.posted, err)
			}
			for text, found := range map[string]bool{r.posted: true, "Elm": r.posted == c.posted &&
				c.posted != c.withheld || c.posted == "Elm"} {
				part, err := billing.Journal(t.Context(), pool, r.scope, billing.JournalFilter{
					CustomerID: account.ID,
					Search:     text,
				}, db.Page{Size: 50})
				if err != nil {
					t.Fatal(err)
				}
				has := false
				for _, e := range part.Rows {
					has = has || e.ID == entry.ID && e.Memo == r.posted
				}
				if has != found {
					t.Errorf("%s, %s searches %q and finds it: %t", name, reader, text, has)
				}
			}
		}
	}
}
