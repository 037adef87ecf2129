package accounts_test

import (
	"strconv"
	"testing"

	"handover/internal/accounts"
	"handover/internal/testdb"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// A record shows its moves, also when it is one of many in a slice of the ledger,
// and no other record shows them.
func TestMovesOfARecord(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	o := m.TransferOrder(testdb.TransferOrder{Source: m.sold.ID, Target: m.deep.ID})
	m.Ledger(o.ID, "invoice", "customer_id", id(m.sold.ID), id(m.deep.ID), 5, 7, 9)
	m.Exec(`insert into transfer_ledger (order_id, kind, column_name, record_ids, first_id, last_id, before, after)
	        values ($1, 'subscription', 'price', '{5,7}', 5, 7, '{10.00,20.00}', '{11.00,22.00}')`, o.ID)
	moves, err := accounts.Moves(t.Context(), m.pool, m.provider(), "invoice", 7)
	if err != nil || len(moves) != 1 {
		t.Fatalf("moves are %+v (%v), want 1", moves, err)
	}
	move := moves[0]
	if move.Order() != o.Number || !move.Between() || move.From == nil || move.From.Number() != m.sold.Number ||
		move.To == nil || move.To.Name != m.deep.Name {
		t.Errorf("move is %+v, want from %s to %s by %s", move, m.sold.Number, m.deep.Number, o.Number)
	}
	prices, err := accounts.Moves(t.Context(), m.pool, m.provider(), "subscription", 7)
	if err != nil || len(prices) != 1 || *prices[0].Before != "20.00" || *prices[0].After != "22.00" {
		t.Errorf("price moves are %+v (%v), want 20.00 to 22.00", prices, err)
	}
	for kind, record := range map[string]int64{"invoice": 6, "payment": 7} {
		if moves, err := accounts.Moves(t.Context(), m.pool, m.provider(), kind, record); err != nil ||
			len(moves) != 0 {
			t.Errorf("%s %d has moves %+v (%v), want none", kind, record, moves, err)
		}
	}
}

// A reader sees a transfer that touches the scope, but not who is on the other side of it.
func TestMovesAndTransfersHideTheOtherSide(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	out := m.TransferOrder(testdb.TransferOrder{
		Kind: "distributor", Source: m.sold.ID, Target: m.other.ID,
		RequestedBy: m.Staff(testdb.Staff{}).ID,
	})
	m.Exec(`update transfer_orders set requested_by_name = 'Ada' where id = $1`, out.ID)
	m.Ledger(out.ID, "subscription", "customer_id", id(m.sold.ID), id(m.other.ID), 3)
	within := m.TransferOrder(testdb.TransferOrder{Source: m.deep.ID, Target: m.sold.ID})
	m.TransferOrder(testdb.TransferOrder{Source: m.sold.ID, Status: "draft"})
	beyond := m.TransferOrder(testdb.TransferOrder{Source: m.own.ID, Target: m.other.ID})
	m.Ledger(beyond.ID, "subscription", "customer_id", id(m.own.ID), id(m.other.ID), 4)

	s := accounts.Scope{Root: m.reseller.ID}
	moves, err := accounts.Moves(t.Context(), m.pool, s, "subscription", 3)
	if err != nil || len(moves) != 1 || moves[0].From == nil || moves[0].To != nil {
		t.Errorf("moves are %+v (%v), want one with a source and no target", moves, err)
	}
	if moves, err := accounts.Moves(t.Context(), m.pool, s, "subscription", 4); err != nil || len(moves) != 0 {
		t.Errorf("moves outside the scope are %+v (%v), want none", moves, err)
	}
	transfers, err := accounts.Transfers(t.Context(), m.pool, s, m.sold.ID)
	if err != nil || len(transfers) != 2 {
		t.Fatalf("transfers are %+v (%v), want 2 and no draft", transfers, err)
	}
	if got := transfers[0]; got.Number() != within.Number || !got.Gains || got.Other == nil ||
		got.Other.Number() != m.deep.Number {
		t.Errorf("last transfer is %+v, want %s from %s", got, within.Number, m.deep.Number)
	}
	if got := transfers[1]; got.Number() != out.Number || got.Gains || got.Other != nil || got.RequestedBy != "" {
		t.Errorf("first transfer is %+v, want %s to nobody known", got, out.Number)
	}
	open, err := accounts.Transfers(t.Context(), m.pool, m.provider(), m.sold.ID)
	if err != nil || len(open) != 2 || open[1].Other == nil || open[1].RequestedBy != "Ada" {
		t.Errorf("the provider sees %+v (%v), want both sides and who asked", open, err)
	}
}
