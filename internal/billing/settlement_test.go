package billing_test

import (
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/testdb"
)

// ledger is one account whose documents and money the tests below write in short words.
type ledger struct {
	*testdb.World
	customer testdb.Customer
	ids      map[string]int64 // of invoices, memos, payments and refunds by the name in the test
}

// step changes something in the ledger.
type step func(l *ledger)

// invoice is due on a day; "" is a day like any other.
func invoice(name, total, due, status string) step {
	return func(l *ledger) {
		l.ids[name] = l.Invoice(testdb.Invoice{
			Customer: l.customer.ID, Number: name, Amount: total, DueOn: due,
			IssuedOn: "2025-01-01", Status: status,
		}).ID
	}
}

func debitMemo(m testdb.Memo) step {
	return func(l *ledger) {
		m.Customer = l.customer.ID
		l.ids[m.Number] = l.DebitMemo(m).ID
	}
}

// creditMemo and payment name what they are allocated to: "INV-1 100.00".
func creditMemo(m testdb.Memo, to ...string) step {
	return func(l *ledger) {
		m.Customer = l.customer.ID
		l.ids[m.Number] = l.CreditMemo(m).ID
		l.AllocateCredit(l.ids[m.Number], l.allocations(to)...)
	}
}

func payment(name, amount, status, day string, to ...string) step {
	return func(l *ledger) {
		l.ids[name] = l.Payment(testdb.Payment{
			Customer: l.customer.ID, ExternalID: name, Amount: amount,
			Status: status, ReceivedOn: day,
		}).ID
		l.AllocatePayment(l.ids[name], l.allocations(to)...)
	}
}

func allocate(name string, to ...string) step {
	return func(l *ledger) { l.AllocatePayment(l.ids[name], l.allocations(to)...) }
}

func (l *ledger) allocations(to []string) []testdb.Allocation {
	var list []testdb.Allocation
	for _, text := range to {
		name, amount, _ := strings.Cut(text, " ")
		a := testdb.Allocation{Amount: amount, Invoice: l.ids[name]}
		if strings.HasPrefix(name, "DM") {
			a.Invoice, a.DebitMemo = 0, a.Invoice
		}
		list = append(list, a)
	}
	return list
}

// refund and chargeback pay back a payment, named by their amounts.
func refund(name, of, amount, status string) step { return payBack(name, of, amount, status, "refund") }

func chargeback(name, of, amount string) step {
	return payBack(name, of, amount, "succeeded", "chargeback")
}

func payBack(name, of, amount, status, kind string) step {
	return func(l *ledger) {
		l.ids[name] = l.Refund(testdb.Refund{Payment: l.ids[of], Amount: amount, Status: status, Kind: kind}).ID
	}
}

// payOut is a refund of a payment that pays out a credit memo.
func payOut(memo, of, amount string) step {
	return func(l *ledger) {
		l.Refund(testdb.Refund{Payment: l.ids[of], CreditMemo: l.ids[memo], Amount: amount})
	}
}

// set writes a column of a row.
func set(table, name, column, value string) step {
	return func(l *ledger) {
		l.Exec(`update `+table+` set `+column+` = $2 where id = $1`, l.ids[name], value)
	}
}

// state says of each document its status and what is open, of each credit what is unapplied.
func (l *ledger) state() string {
	return l.Text(`select string_agg(x, ', ' order by x collate "C") from (
		select number || ' ' || status || ' ' || trim_scale(total - settled) as x from invoices
		union all select number || ' ' || status || ' ' || trim_scale(amount - settled) from debit_memos
		union all select number || ' ' || status || ' ' || trim_scale(greatest(0, amount - allocated - refunded))
		from credit_memos
		union all select p.external_id || ' ' || trim_scale(u.unapplied) from payments p
		join unapplied_credits u on u.kind = 'payment' and u.id = p.id) s`)
}

// moment is what is done and what comes of it.
type moment struct {
	do   []step
	want string
}

// run plays each case on an account of its own.
func run(t *testing.T, currency string, cases map[string][]moment) {
	t.Helper()
	pool := testdb.New(t)
	for name, moments := range cases {
		t.Run(name, func(t *testing.T) {
			tx, err := pool.BeginTxx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback() }()
			play(t, tx, currency, moments)
		})
	}
}

func play(t *testing.T, tx *sqlx.Tx, currency string, moments []moment) {
	l := &ledger{World: testdb.NewWorld(t, tx), ids: map[string]int64{}}
	l.customer = l.Customer(testdb.Customer{Currency: currency})
	for n, m := range moments {
		for _, do := range m.do {
			do(l)
		}
		if got := l.state(); got != m.want {
			t.Errorf("moment %d:\n got %s\nwant %s", n+1, got, m.want)
		}
	}
}

// For what counts, see docs/domain.md, "What settles a document".
func TestAllocationsCountOnlyOfMoneyThatIsThere(t *testing.T) {
	t.Parallel()
	run(t, "", map[string][]moment{
		"a payment fails, succeeds, is charged back, and the money is collected again": {
			{[]step{invoice("INV-1", "100.00", "", "paid"), payment("P1", "100.00", "failed", "2026-01-10",
				"INV-1 100.00")}, "INV-1 open 100"},
			{[]step{set("payments", "P1", "status", "succeeded")}, "INV-1 paid 0, P1 0"},
			{[]step{chargeback("F1", "P1", "100.00")}, "INV-1 open 100, P1 0"},
			{[]step{payment("P2", "100.00", "succeeded", "2026-01-20", "INV-1 100.00")}, "INV-1 paid 0, P1 0, P2 0"},
			{[]step{set("refunds", "F1", "status", "failed")}, "INV-1 paid 0, P1 0, P2 100"},
		},
		"a payment under way counts nothing": {
			{
				[]step{
					invoice("INV-1", "100.00", "", "open"), payment("P1", "60.00", "processing", "", "INV-1 60.00"),
					payment("P2", "40.00", "requires_action", "", "INV-1 40.00"),
				},
				"INV-1 open 100",
			},
			{
				[]step{set("payments", "P1", "status", "succeeded"), set("payments", "P2", "status", "failed")},
				"INV-1 open 40, P1 0",
			},
		},
		"a void memo counts nothing": {
			{[]step{invoice("INV-1", "50.00", "", "paid"), creditMemo(testdb.Memo{Number: "CM-1", Status: "applied"},
				"INV-1 50.00")}, "CM-1 applied 0, INV-1 paid 0"},
			{[]step{set("credit_memos", "CM-1", "status", "void")}, "CM-1 void 50, INV-1 open 50"},
		},
		"an allocation to a void document uses its payment up": {
			{
				[]step{invoice("INV-1", "50.00", "", "void"), payment("P1", "80.00", "succeeded", "", "INV-1 50.00")},
				"INV-1 void 0, P1 30",
			},
		},
		"a document opens when its allocation goes": {
			{
				[]step{invoice("INV-1", "50.00", "", "paid"), payment("P1", "50.00", "succeeded", "", "INV-1 50.00")},
				"INV-1 paid 0, P1 0",
			},
			{[]step{func(l *ledger) { l.Exec(`delete from payment_allocations`) }}, "INV-1 open 50, P1 50"},
		},
	})
}

func TestDocumentTakesNoMoreThanItsTotal(t *testing.T) {
	t.Parallel()
	carrying := testdb.Memo{
		Number: "CM-9", Amount: "70.00", Purpose: "transfer", IssuedOn: "2026-03-01",
		Status: "applied",
	}
	run(t, "", map[string][]moment{
		"memos that carry a balance count first, then by date, then by number": {
			{[]step{
				invoice("INV-1", "100.00", "", "paid"), payment("P3", "20.00", "succeeded", "2026-01-12",
					"INV-1 20.00"),
				payment("P1", "20.00", "succeeded", "2026-01-10", "INV-1 20.00"),
				payment("P2", "20.00", "succeeded", "2026-01-10", "INV-1 20.00"),
			}, "INV-1 open 40, P1 0, P2 0, P3 0"},
			{[]step{creditMemo(carrying, "INV-1 70.00")}, "CM-9 applied 0, INV-1 paid 0, P1 0, P2 10, P3 20"},
			{[]step{set("payments", "P1", "status", "failed")}, "CM-9 applied 0, INV-1 paid 0, P2 0, P3 10"},
			{[]step{set("credit_memos", "CM-9", "purpose", "")}, "CM-9 open 10, INV-1 paid 0, P2 0, P3 0"},
			{
				[]step{
					set("credit_memos", "CM-9", "purpose", "transfer"),
					set("credit_memos", "CM-9", "status", "void"),
				},
				"CM-9 void 70, INV-1 open 60, P2 0, P3 0",
			},
		},
		"what finds no room is unapplied, and counts as soon as there is room": {
			{[]step{
				invoice("INV-1", "100.00", "", "open"), payment("P1", "100.00", "succeeded", "2026-01-10",
					"INV-1 100.00"),
				payment("P2", "100.00", "succeeded", "2026-01-20", "INV-1 100.00"),
			}, "INV-1 open 0, P1 0, P2 100"},
			{[]step{chargeback("F1", "P1", "30.00")}, "INV-1 open 0, P1 0, P2 70"},
			{[]step{chargeback("F2", "P1", "70.00")}, "INV-1 open 0, P1 0, P2 0"},
		},
		"the total changes": {
			{
				[]step{invoice("INV-1", "100.00", "", "paid"), payment("P1", "100.00", "succeeded", "",
					"INV-1 100.00")},
				"INV-1 paid 0, P1 0",
			},
			{[]step{func(l *ledger) { l.Exec(`update invoice_lines set amount = 120`) }}, "INV-1 open 20, P1 0"},
			{[]step{func(l *ledger) { l.Exec(`update invoice_lines set amount = 90`) }}, "INV-1 paid 0, P1 10"},
		},
		"a credit gives no more than it has, to what carries a balance first": {
			{[]step{
				invoice("INV-1", "80.00", "", "open"),
				debitMemo(testdb.Memo{Number: "DM-1", Amount: "60.00", Purpose: "transfer"}),
				payment("P1", "100.00", "succeeded", "", "INV-1 80.00"), allocate("P1", "DM-1 60.00"),
			}, "DM-1 open 0, INV-1 open 40, P1 0"},
		},
		"what found no room leaves the rest to others": {
			{[]step{
				invoice("INV-1", "50.00", "", "open"), payment("P0", "50.00", "succeeded", "2025-02-01", "INV-1 50.00"),
				invoice("INV-2", "60.00", "", "open"), payment("P1", "100.00", "succeeded", "2026-01-01",
					"INV-1 40.00", "INV-2 60.00"),
				debitMemo(testdb.Memo{Number: "DM-1", Amount: "40.00", Purpose: "transfer"}),
				allocate("P1", "DM-1 40.00"),
			}, "DM-1 open 0, INV-1 open 0, INV-2 open 0, P0 0, P1 0"},
		},
	})
}

func TestStatusFollowsTheSettlement(t *testing.T) {
	t.Parallel()
	transferred := testdb.Memo{Number: "CM-1", Status: "transferred"}
	run(t, "", map[string][]moment{
		"too little counts: open, whatever it was brought with; and back again": {
			{[]step{
				invoice("INV-1", "100.00", "", "transferred"),
				payment("P1", "60.00", "succeeded", "", "INV-1 60.00"),
			}, "INV-1 open 40, P1 0"},
			{[]step{payment("P2", "40.00", "succeeded", "", "INV-1 40.00")}, "INV-1 transferred 0, P1 0, P2 0"},
			{[]step{set("payments", "P2", "status", "failed")}, "INV-1 open 40, P1 0"},
			{[]step{set("invoices", "INV-1", "status", "paid")}, "INV-1 open 40, P1 0"},
			{[]step{set("payments", "P2", "status", "succeeded")}, "INV-1 paid 0, P1 0, P2 0"},
		},
		"a status that is set while it is open counts from then on": {
			{[]step{
				invoice("INV-1", "100.00", "", "paid"), payment("P1", "100.00", "failed", "", "INV-1 100.00"),
				set("invoices", "INV-1", "status", "void"),
			}, "INV-1 void 100"},
			{[]step{set("payments", "P1", "status", "succeeded")}, "INV-1 void 0, P1 0"},
		},
		"without any allocation it keeps the status it was brought with": {
			{
				[]step{
					invoice("INV-1", "100.00", "", "paid"),
					debitMemo(testdb.Memo{Number: "DM-1", Status: "applied"}),
				},
				"DM-1 applied 50, INV-1 paid 100",
			},
		},
		"open and settled stays open": {
			{
				[]step{invoice("INV-1", "100.00", "", "open"), payment("P1", "100.00", "succeeded", "",
					"INV-1 100.00")},
				"INV-1 open 0, P1 0",
			},
		},
		"drafts and void documents keep their status": {
			{
				[]step{
					invoice("INV-1", "100.00", "", "draft"), invoice("INV-2", "100.00", "", "void"),
					payment("P1", "20.00", "failed", "", "INV-1 10.00", "INV-2 10.00"),
				},
				"INV-1 draft 100, INV-2 void 100",
			},
		},
		"a document of total zero is settled": {
			{
				[]step{invoice("INV-1", "0.00", "", "paid"), payment("P1", "10.00", "succeeded", "", "INV-1 10.00")},
				"INV-1 paid 0, P1 10",
			},
		},
		"a memo that is used up opens where an allocation counts no more": {
			{
				[]step{invoice("INV-1", "50.00", "", "open"), creditMemo(transferred, "INV-1 50.00")},
				"CM-1 transferred 0, INV-1 open 0",
			},
			{[]step{func(l *ledger) { l.Exec(`update invoice_lines set amount = 20`) }}, "CM-1 open 30, INV-1 open 0"},
			{[]step{func(l *ledger) {
				l.Exec(`update invoice_lines set amount = 60`)
			}}, "CM-1 transferred 0, INV-1 open 10"},
			{[]step{func(l *ledger) { l.Exec(`delete from credit_allocations`) }}, "CM-1 open 50, INV-1 open 60"},
		},
		"a memo without allocations keeps its status": {
			{[]step{creditMemo(transferred)}, "CM-1 transferred 50"},
		},
	})
}

func TestSettlementInOtherCurrencies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ currency, total, part, want string }{
		{"JPY", "1000", "600", "INV-1 paid 0, P1 0, P2 600"},
		{"KWD", "1.005", "0.604", "INV-1 paid 0, P1 0, P2 0.604"},
	} {
		run(t, c.currency, map[string][]moment{c.currency: {{[]step{
			invoice("INV-1", c.total, "", "paid"), payment("P1", c.part, "succeeded", "2026-01-10", "INV-1 "+c.part),
			payment("P2", c.total, "succeeded", "2026-01-11", "INV-1 "+c.total),
		}, c.want}}})
	}
}
