package engine

import (
	"testing"

	"handover/internal/testdb"
	"handover/internal/transfer"
)

// TestCarriedMemosCloseByThemselves: what a transfer carried to an account is applied once nothing
// of it is open and open again when money turns out not to have come. No feed says so: it does not
// know these memos.
func TestCarriedMemosCloseByThemselves(t *testing.T) {
	t.Parallel()
	type step struct {
		what  string
		do    func(d *desk, account, memo int64)
		after string
	}
	pay := func(amount string) func(*desk, int64, int64) {
		return func(d *desk, account, memo int64) {
			d.Payment(testdb.Payment{
				Customer: account, Amount: amount, Allocations: []testdb.Allocation{{DebitMemo: memo, Amount: amount}},
			})
		}
	}
	bill := func(amount string) func(*desk, int64, int64) {
		return func(d *desk, account, memo int64) {
			i := d.Invoice(testdb.Invoice{Customer: account, Amount: amount, Status: "paid"})
			d.AllocateCredit(memo, testdb.Allocation{Invoice: i.ID, Amount: amount})
		}
	}
	run := func(statement string) func(*desk, int64, int64) {
		return func(d *desk, _, memo int64) { d.Exec(statement, memo) }
	}
	const ofMemo = ` where id in (select payment_id from payment_allocations where debit_memo_id = $1)`
	for _, c := range []struct {
		name  string
		kind  string
		setup func(d *desk)
		steps []step
	}{
		{"owes", "debit_memo", func(d *desk) { d.open("INV-1", "30.00", "2026-02-01") }, []step{
			{"a part is paid", pay("20.00"), "open 10"},
			{"the rest is paid", pay("10.00"), "applied 0"},
			{"the payments fail", run(`update payments set status = 'failed'` + ofMemo), "open 30"},
			{"they come after all", run(`update payments set status = 'succeeded'` + ofMemo), "applied 0"},
		}},
		{"has credit", "credit_memo", func(d *desk) {
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "30.00"})
		}, []step{
			{"a part is used", bill("20.00"), "open -10"},
			{"the rest is used", bill("10.00"), "applied 0"},
			{"an allocation is taken away, and the invoice is open again", run(`delete from credit_allocations
				where credit_memo_id = $1 and amount = 20`), "open 0"},
			{"the rest is paid out", func(d *desk, account, memo int64) {
				p := d.Payment(testdb.Payment{Customer: account, Amount: "20.00"})
				i := d.Invoice(testdb.Invoice{Customer: account, Amount: "20.00", Status: "paid"})
				d.AllocatePayment(p.ID, testdb.Allocation{Invoice: i.ID, Amount: "20.00"})
				d.Refund(testdb.Refund{Payment: p.ID, CreditMemo: memo, Amount: "20.00"})
			}, "applied 20"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			c.setup(d)
			o := d.transfer(d.toNordlys())
			account := *o.TargetID
			var memo int64
			if err := d.db.Get(&memo, `select id from `+c.kind+`s where customer_id = $1`, account); err != nil {
				t.Fatal(err)
			}
			for _, s := range c.steps {
				s.do(d, account, memo)
				d.want(s.what, s.after, `select m.status || ' ' || trim_scale(b.balance) from `+c.kind+`s m
					join customer_balances b on b.customer_id = m.customer_id where m.id = $1`, memo)
				d.verify()
			}
		})
	}
}

// TestCarriedMemoIsCarriedOn: a second transfer carries a carried memo on, which takes the
// status transferred. The reversal of that transfer opens it, and a payment closes it
// again.
func TestCarriedMemoIsCarriedOn(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "30.00", "2026-02-01")
	first := d.transfer(d.toNordlys())
	next := d.toThames()
	next.SourceCustomer = first.Result.Target
	second := d.transfer(next)
	const memo = `select status || ' ' || trim_scale(settled) from debit_memos where customer_id = $1
		and purpose = 'transfer' and origin_kind is not null`
	d.want("carried on", "transferred 30", memo, first.TargetID)
	back, err := d.engine.SubmitReversal(t.Context(), d.actor, second.Number, d.accepting(second.Number))
	if err == nil {
		err = d.engine.Execute(t.Context(), d.actor, back.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.want("back again", "open 0", memo, first.TargetID)
	p := d.Payment(testdb.Payment{Customer: *first.TargetID, Amount: "30.00"})
	d.Exec(`insert into payment_allocations (payment_id, debit_memo_id, amount)
		select $1, id, 30 from debit_memos where customer_id = $2 and origin_kind is not null`, p.ID, first.TargetID)
	d.want("paid", "applied 30", memo, first.TargetID)
	d.verify()
}

// accepting answers the preview of a reversal with all its warnings.
func (d *desk) accepting(number string) transfer.Request {
	d.t.Helper()
	p, err := d.engine.PreviewReversal(d.t.Context(), number)
	if err != nil {
		d.t.Fatal(err)
	}
	req := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		if f.Severity == transfer.Warning {
			req.Acknowledged = append(req.Acknowledged, string(f.Code))
		}
	}
	return req
}
