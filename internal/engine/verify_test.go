package engine

import (
	"slices"
	"strings"
	"testing"

	"handover/internal/db"
	"handover/internal/testdb"
)

// spoiled are ways to break each invariant behind the back of every guard, with the sentence
// that must name what is broken. They follow a transfer of an account into pounds, TO-000001, and
// one of another account within the legal entity, TO-000002.
var spoiled = []struct {
	check, spoil, want string
}{
	{"every account names a successor", `update customers set successor_id = 1, status = 'merged',
	    succeeded_on = created_on where id = (select successor_id from customers
	        where id = 1)`, "C-000001 has a chain of successors that does not end"},
	{"no account is its own ancestor", `update customers set parent_customer_id = 4 - id where id in (1,
	    3)`, "each has the next one as its parent: C-000001, C-000003, C-000001"},
	{
		"a parent account has the same distributor", `update customers set parent_customer_id = 2 where id = 3`,
		"C-000003 belongs to D-000001, its parent C-000002 to D-000003",
	},
	{
		"no contract that runs is left", `update subscriptions set customer_id = 1, end_on = null
			where status = 'active'`,
		"is active on C-000001, which is transferred_out",
	},
	{"every record has one owner", `update journal_entries set source_id = 999999
	    where source_kind = 'debit_memo'`, "names the debit_memo 999999, which does not exist"},
	{
		"what an account owns carries the account's distributor", `update invoices set account_distributor_id = 3
		    where number = 'INV-1'`,
		"invoice INV-1 is shown to distributor D-000003, its account C-000001 belongs to D-000001",
	},
	{"invoice totals are the sums", `update invoices set total = total + 1
	    where number = 'INV-1'`, "invoice INV-1 has total 101.00, its lines sum to 100.00"},
	{"journal entries balance", `update journal_lines set debit = debit + 1
	    where id = 1`, "JE-000001 has debits of 101.00 and credits of 100.00 EUR"},
	{"no payment or memo is allocated beyond", `update payment_allocations set counts = 1000`, "PAY-000001 of 40.00 " +
		"has effective allocations of 3000"},
	{"no document is settled beyond", `update payment_allocations set counts = 1000
	    where invoice_id is not null`, "invoice INV-1 of 100.00 is settled by"},
	{"what is settled of a document and used", `update invoices set settled = settled + 1
	    where number = 'INV-1'`, "invoice INV-1 keeps 101.00 as settled"},
	{"what a journal entry", `update journal_entries set debits = debits + 1
	    where id = 1`, "JE-000001 keeps 101.00 EUR as debits"},
	{"customer balances are what", `update payments set refunded = refunded - 1, allocated = 0, status = 'succeeded'
	    where id = 1`, "C-000001 shows"},
	{"an order holds accounts exactly", `insert into open_transfers (customer_id, order_id) values (1,
	    1)`, "TO-000001 is completed and still holds an account"},
	{"every completed order has its proof", `delete from transfer_reconciliation
	    where order_id = 1`, "TO-000001 has no reconciliation"},
	{"every completed order has its proof", `delete from transfer_differences
	    where order_id = 1 and kind = 'balance'
	      and currency = 'EUR'`, "TO-000001: the declared differences of balance in EUR do not sum up"},
	{"every record has what the ledgers", `update usage_records set amount = amount + 0.01`, "amount is not what " +
		"TO-000001 wrote"},
	{
		"a status that Handover wrote fits", `update invoices set settled = 99, claimed = 0 where number = 'INV-1'`,
		"invoice INV-1 is transferred since TO-000001, and 99 of 100.00 EUR is settled",
	},
	{
		"a status that Handover wrote fits", `update credit_allocations set counts = 0 where invoice_id is not null`,
		"invoice INV-1 is transferred since TO-000001, and 100.00 of 100.00 EUR is settled",
	},
	{"a document of which too little", `update invoices set settled = 99
	    where number = 'INV-1'`, "invoice INV-1 is transferred with 99 of 100.00 settled"},
	{
		"what counts of every allocation", `update payment_allocations set counts = counts - 1 where payment_id = 1`,
		"PAY-000001 settles 29.00 of INV-",
	},
	{
		"what is asked of a document", `update invoices set claimed = claimed + 1 where number = 'INV-1'`,
		"invoice INV-1 keeps 101.00 as asked for, its allocations sum to 100.00",
	},
	{
		"a document that opened because too little counted", `update invoices set settled_status = 'paid'
			where number = 'INV-1'`,
		"invoice INV-1 is transferred and settled, it was paid",
	},
	{"memos, allocations and entries", `update credit_memos set amount = amount + 1
	    where purpose = 'transfer'`, "amount is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update debit_memos set issued_on = issued_on - 1
	    where purpose = 'transfer'`, "issued_on is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update debit_memos set purpose = ''
	    where purpose = 'transfer'`, "purpose is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update debit_memos set buyer_name = 'Another Ltd'
	    where purpose = 'transfer'`, "buyer_name is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update credit_allocations set amount = 1
	    where order_id = 1`, "amount is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update payment_allocations set amount = 1
	    where order_id = 1`, "amount is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update journal_entries set posted_on = posted_on + 1
	    where by_transfer`, "posted_on is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update journal_lines set account = '1984 Elsewhere'
	    where order_id = 1`, "account is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update journal_lines set debit = debit * 2, credit = credit * 2
	    where order_id = 1`, "debit is not what TO-000001 wrote"},
	{"memos, allocations and entries", `update journal_lines set counterparty_entity = 'Unknown'
	    where order_id = 2`, "counterparty_entity is not what TO-000002 wrote"},
	{"each memo of a transfer has one entry", `update journal_entries set debits = 1 where by_transfer
	    and source_kind = 'credit_memo'`, "has 0 entries of its amount"},
	{
		"amounts of origin agree", `update journal_lines set original_amount = original_amount + 0.01 where order_id = 1
		    and rate = 1`,
		"TO-000001: D-000001 posted 62.01 EUR and D-000003 -62",
	},
	{
		"amounts of origin agree", `update journal_lines set original_amount = original_amount + case order_id when 1
			then 0.01 else -0.01 end where rate = 1 and debit > 0`,
		"TO-000002: D-000001 posted",
	},
	{"each line on clearing or intercompany is its amount", `update journal_lines set rate = 0.87
	    where rate = 0.8612`, "GBP for"},
}

func TestVerifyNamesWhatIsBroken(t *testing.T) {
	d := newDesk(t)
	d.everything()
	d.transfer(d.toThames())
	d.customer = d.Customer(testdb.Customer{Name: "Halcyon Foods Ltd"})
	d.subscribe(testdb.Subscription{})
	d.open("INV-2", "25.00", "2026-02-01")
	d.transfer(d.toNordlys())
	d.verify()

	mighty := testdb.Superuser(t, d.db)
	broken := func(spoil string) []Check {
		t.Helper()
		tx, err := mighty.BeginTxx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.Exec(`set local session_replication_role = replica`); err != nil {
			t.Fatal(err)
		}
		if done, err := tx.Exec(spoil); err != nil {
			t.Errorf("%s: %v", spoil, err)
			return nil
		} else if n, _ := done.RowsAffected(); n == 0 {
			t.Errorf("%s: there is nothing to spoil", spoil)
		}
		checks, err := verify(db.PlannedAnew(t.Context()), tx)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(checks, func(c Check) bool { return c.Broken == 0 })
	}
	covered := map[string]bool{}
	for _, s := range spoiled {
		checks := broken(s.spoil)
		at := slices.IndexFunc(checks, func(c Check) bool { return strings.HasPrefix(c.Name, s.check) })
		if at < 0 {
			t.Errorf("%s: %q finds nothing; broken are %v", s.spoil, s.check, checks)
			continue
		}
		covered[checks[at].Name] = true
		if !strings.Contains(strings.Join(checks[at].Failures, "\n"), s.want) {
			t.Errorf("%s: %q says %q, want %q", s.spoil, checks[at].Name, checks[at].Failures, s.want)
		}
	}
	all, err := Verify(t.Context(), d.db)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if !covered[c.Name] {
			t.Errorf("nothing breaks %q", c.Name)
		}
	}
}
