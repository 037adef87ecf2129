package exchange_test

import (
	"strings"
	"testing"

	"handover/internal/testdb"
)

// TestTextOfACarriedMemoGoesOutAndIn: an export writes the sentence of a memo that a transfer wrote;
// a file that brings it back leaves the columns to say it, and one that brings another text is heard.
func TestTextOfACarriedMemoGoesOutAndIn(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	load(t, pool, small(t))
	pool.MustExec(`insert into transfer_orders (id, kind, request, source_customer_id, source_distributor_id)
		select 7, 'merge', '{}', id, distributor_id from customers where external_id = 'c1'`)
	pool.MustExec(`update credit_memos set reason = '', purpose = 'transfer', carried = 'to', carried_by = 7,
		counterparty_name = 'Fjord, "South"',
		counterparty_distributor_id = c.distributor_id, counterparty_customer_id = c.id, carries = '{i1,i2}',
		  carries_more = 2
		from customers c where c.external_id = 'c2'`)
	pool.MustExec(`update journal_entries set memo = '', carried = 'from', carried_by = 7,
		counterparty_name = 'Fjord', counterparty_entity = 'Fjord Ltd',
		counterparty_distributor_id = distributor_id where external_id = 'j1'`)
	first := export(t, pool)
	number := value(t, pool, `select number_of('C', id) from customers where external_id = 'c2'`)
	if want := `"Balance carried to Fjord, ""South"" (` + number +
		`) by TO-000007: i1, i2 and 2 more documents"`; !strings.Contains(first["credit_memos.csv"], want) {
		t.Fatalf("no %s in %s", want, first["credit_memos.csv"])
	}
	if want := `"Balance carried from Fjord by TO-000007, intercompany with Fjord Ltd"`; !strings.Contains(
		first["journal_entries.csv"], want) {
		t.Fatalf("no %s in %s", want, first["journal_entries.csv"])
	}
	unchanged(t, load(t, pool, first))
	restricted := first.edit(t, "credit_memos.csv", "more documents\",open,", "more documents\",open,held back")
	load(t, pool, restricted)
	const own = `select restricted || '|' || reason from credit_memos`
	if got := value(t, pool, own); got != "held back|" {
		t.Errorf("another column differs: %q", got)
	}
	same(t, export(t, pool), restricted)
	elsewhere := testdb.New(t)
	load(t, elsewhere, restricted)
	same(t, export(t, elsewhere), restricted)
	load(t, pool, restricted.edit(t, "credit_memos.csv", " and 2 more documents", ""))
	if got := value(t, pool, own); got != "held back|Balance carried to Fjord, \"South\" ("+number+
		") by TO-000007: i1, i2" {
		t.Errorf("a text of one's own: %q", got)
	}
}
