package engine

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"

	"handover/internal/db"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/record"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// draftOf makes a draft of the request with every warning of its preview accepted.
func (d *desk) draftOf(req transfer.Request) (order.Order, transfer.Request) {
	d.t.Helper()
	ctx := context.Background()
	draft, err := d.engine.OpenDraft(ctx, d.actor, req.Kind, req.SourceCustomer)
	if err != nil {
		d.t.Fatal(err)
	}
	draft, err = d.engine.UpdateDraft(ctx, d.actor, draft.Number, draft.Version, func(r *transfer.Request) { *r = req })
	if err != nil {
		d.t.Fatal(err)
	}
	p := d.preview(req)
	accepted := transfer.Request{Fingerprint: p.Fingerprint}
	for _, f := range p.Findings {
		accepted.Acknowledged = append(accepted.Acknowledged, string(f.Code))
	}
	return draft, accepted
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		change  func(d *desk, sub testdb.Subscription)
		changes bool
	}{
		{"nothing", func(*desk, testdb.Subscription) {}, false},
		{"usage trickles in", func(d *desk, s testdb.Subscription) {
			d.Usage(testdb.Usage{Subscription: s.ID, Amount: "7.00"})
		}, false},
		{"another customer's invoice", func(d *desk, _ testdb.Subscription) {
			d.Invoice(testdb.Invoice{Amount: "5.00", Status: "open"})
		}, false},
		{"a new invoice", func(d *desk, _ testdb.Subscription) { d.open("INV-2", "5.00", "2026-02-01") }, true},
		{"a payment of the same size as an older one", func(d *desk, _ testdb.Subscription) {
			d.Payment(testdb.Payment{Customer: d.customer.ID, Amount: "5.00"})
		}, true},
		{"a subscription's price", func(d *desk, s testdb.Subscription) {
			d.Exec(`update subscriptions set price = 41 where id = $1`, s.ID)
		}, true},
		{"the new plan's price", func(d *desk, _ testdb.Subscription) {
			d.Exec(`update plans set price = 36 where distributor_id = $1`, d.thames.ID)
		}, true},
		{"today's period is closed", func(d *desk, _ testdb.Subscription) {
			d.Period(testdb.Period{Distributor: d.thames.ID, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
		}, true},
		{"another period is closed", func(d *desk, _ testdb.Subscription) {
			d.Period(testdb.Period{Distributor: d.thames.ID, Start: "2025-03-01", End: "2025-03-31", Status: "closed"})
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			sub := d.everything()
			before := d.preview(d.toThames()).Fingerprint
			c.change(d, sub)
			if changed := d.preview(d.toThames()).Fingerprint != before; changed != c.changes {
				t.Errorf("changed: %v, want %v", changed, c.changes)
			}
		})
	}
}

func TestFingerprintCoversTheRequestButNotItsAnswer(t *testing.T) {
	d := newDesk(t)
	ask := d.toThames()
	before := d.preview(ask).Fingerprint
	ask.Acknowledged, ask.Fingerprint, ask.StartAt = []string{"PRICE_CHANGES"}, before, "2026-04-01T00:00:00Z"
	if d.preview(ask).Fingerprint != before {
		t.Error("the answer changed the fingerprint")
	}
	ask.ConversionRate = "0.8613"
	if d.preview(ask).Fingerprint == before {
		t.Error("the rate did not change the fingerprint")
	}
}

func TestStalePreviewIsRefusedAndNothingChanges(t *testing.T) {
	d := newDesk(t)
	d.everything()
	draft, accepted := d.draftOf(d.toThames())
	d.open("INV-NEW", "11.00", "2026-02-01")

	err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, accepted)
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok || !fault.Is(err, fault.PreviewStale) {
		t.Fatalf("got %v", err)
	}
	if refusal.Preview.Fingerprint == accepted.Fingerprint || refusal.Preview.Source.OpenInvoicesBefore != 2 {
		t.Errorf("the refusal carries an old preview: %+v", refusal.Preview.Source)
	}
	d.want("still a draft", "draft", `select status from transfer_orders where id = $1`, draft.ID)

	// It goes stale after it was submitted: back to draft, accounts given back.
	accepted.Fingerprint = refusal.Preview.Fingerprint
	if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, accepted); err != nil {
		t.Fatal(err)
	}
	d.open("INV-NEWER", "12.00", "2026-02-01")
	if err := d.engine.Execute(t.Context(), d.actor, draft.ID); !fault.Is(err, fault.PreviewStale) {
		t.Fatalf("executed: %v", err)
	}
	d.want("draft again", "draft 0", `select status || ' ' || (select count(*) from open_transfers)
		from transfer_orders where id = $1`, draft.ID)
	d.want("no account was created", "1", `select count(*)::text from customers`)
	d.verify()
}

func TestEachWarningMustBeAcknowledged(t *testing.T) {
	d := newDesk(t)
	d.everything()
	draft, accepted := d.draftOf(d.toThames())
	for i := range accepted.Acknowledged {
		some := accepted
		some.Acknowledged = append(append([]string{}, accepted.Acknowledged[:i]...), accepted.Acknowledged[i+1:]...)
		if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, some); !fault.Is(err, fault.Blocked) {
			t.Errorf("without %s: %v", accepted.Acknowledged[i], err)
		}
	}
}

func TestAnOrderIsExecutedOnce(t *testing.T) {
	d := newDesk(t)
	d.everything()
	draft, accepted := d.draftOf(d.toThames())
	var wait sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		wait.Go(func() {
			if results[i] = d.engine.Submit(context.Background(), d.actor, draft.ID, draft.Version,
				accepted); results[i] == nil {
				results[i] = d.engine.Execute(context.Background(), d.actor, draft.ID)
			}
		})
	}
	wait.Wait()
	done := 0
	for _, err := range results {
		switch {
		case err == nil:
			done++
		case !fault.Is(err, fault.Conflict):
			t.Errorf("got %v", err)
		}
	}
	if done != 1 {
		t.Errorf("%d of 8 clicks executed it", done)
	}
	if err := d.engine.Execute(t.Context(), d.actor, draft.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("executed again: %v", err)
	}
	d.want("one successor", "2", `select count(*)::text from customers`)
	d.verify()
}

func TestTwoOrdersForOneAccount(t *testing.T) {
	d := newDesk(t)
	d.everything()
	first, accepted := d.draftOf(d.toThames())
	if err := d.engine.Submit(t.Context(), d.actor, first.ID, first.Version, accepted); err != nil {
		t.Fatal(err)
	}
	p := d.preview(d.toNordlys())
	if f, blocked := p.Finding("TRANSFER_IN_PROGRESS"); !blocked || f.Records[0].Number != first.Number {
		t.Errorf("the second preview: %+v", p.Findings)
	}
	if err := d.engine.Work(t.Context(), first.ID); err != nil {
		t.Error(err)
	}
	d.want("completed by a worker", "completed", `select status from transfer_orders where id = $1`, first.ID)
	d.verify()
}

func TestStaleTabIsRefused(t *testing.T) {
	d := newDesk(t)
	draft, err := d.engine.OpenDraft(t.Context(), d.actor, record.Distributor, d.customer.Number)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.engine.OpenDraft(t.Context(), d.actor, record.Distributor, d.customer.Number)
	if err != nil || again.Number != draft.Number {
		t.Fatalf("a second tab got %s, want %s (%v)", again.Number, draft.Number, err)
	}
	edit := func(r *transfer.Request) { r.Mode = transfer.ModeEverything }
	if _, err := d.engine.UpdateDraft(t.Context(), d.actor, draft.Number, draft.Version, edit); err != nil {
		t.Fatal(err)
	}
	if _, err := d.engine.UpdateDraft(t.Context(), d.actor, draft.Number, draft.Version, edit); !fault.Is(err,
		fault.Conflict) {
		t.Errorf("the stale tab got %v", err)
	}
}

// TestBooksThatDoNotBalanceAreRolledBack breaks a step on purpose: the reconciliation
// must notice, and nothing may be left of the transfer.
func TestBooksThatDoNotBalanceAreRolledBack(t *testing.T) {
	d := newDesk(t)
	sub := d.everything()
	d.ExecOwner(`create function lose() returns trigger language plpgsql as $$ begin new.amount := new.amount +
		1; return new; end $$`)
	d.ExecOwner(`create trigger lose before update on usage_records for each row execute function lose()`)
	_, err := d.try(d.toThames())
	if err == nil {
		t.Fatal("the transfer went through")
	}
	d.want("failed, with the difference", "true", `select (status = 'failed' and failure = 'totals_not_reconciled'
		and failure_facts->>'kind' = 'usage_record' and failure_facts->>'currency' = 'GBP')::text from transfer_orders`)
	d.want("nothing moved", d.customer.Number,
		`select number_of('C', customer_id) from subscriptions where id = $1`, sub.ID)
	d.want("no account, no ledger, no hold", "1 0 0", `
		select (select count(*) from customers) || ' ' || (select count(*) from transfer_ledger) || ' ' ||
		    (select count(*) from open_transfers)`)
	d.verify()
}

// TestVerifyFindsWhatIsWrong changes records behind the engine's back.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]string{
		"a record's owner": `update subscriptions set customer_id = (select min(id) from customers)
			where promotion = '' and status = 'active'`,
		"a converted amount":   `update usage_records set amount = amount + 0.01`,
		"an invoice total":     `update invoices set total = total + 1`,
		"what an entry debits": `update journal_entries set debits = debits + 1 where currency is not null`,
		"an entry's currency":  `update journal_entries set currency = null`,
		"a created row":        `delete from contacts where customer_id = (select max(id) from customers)`,
		"a held account": `insert into open_transfers select min(c.id), min(o.id)
			from customers c, transfer_orders o`,
		"the proof":              `delete from transfer_reconciliation`,
		"a declared difference":  `delete from transfer_differences where kind = 'usage_record'`,
		"the source of an entry": `update journal_entries set source_id = 999999 where source_kind = 'debit_memo'`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.everything()
			d.transfer(d.toThames())
			d.verify()
			d.Exec(spoil)
			checks, err := Verify(t.Context(), d.db)
			if err != nil {
				t.Fatal(err)
			}
			broken := int64(0)
			for _, c := range checks {
				broken += c.Broken
			}
			if broken == 0 {
				t.Error("verify is clean")
			}
		})
	}
}

// TestPreviewWritesNothing runs it where writing is impossible.
func TestPreviewWritesNothing(t *testing.T) {
	d := newDesk(t)
	d.everything()
	err := db.InSnapshot(t.Context(), d.db, func(tx *sqlx.Tx) error {
		s, err := d.engine.load(t.Context(), tx, d.toThames(), 0)
		if err != nil {
			return err
		}
		_, err = preview(t.Context(), tx, s, true)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnInvoiceInFlightIsNotLeftBehind: one that is being written while the order
// starts is waited for, then noticed.
func TestAnInvoiceInFlightIsNotLeftBehind(t *testing.T) {
	d := newDesk(t)
	d.everything()
	draft, accepted := d.draftOf(d.toThames())
	if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, accepted); err != nil {
		t.Fatal(err)
	}
	other, err := d.db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.Exec(`
		insert into invoices (number, customer_id, issued_on, due_on, currency, status)
		values ('INV-FLIGHT', $1, '2026-03-10', '2026-04-10', 'EUR', 'draft')`, d.customer.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- d.engine.Execute(context.Background(), d.actor, draft.ID) }()
	for waiting := 0; waiting == 0; { // until the execution waits for the lock
		if err := d.db.Get(&waiting, `select count(*) from pg_stat_activity where datname = current_database()
			and wait_event_type = 'Lock'`); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			t.Fatalf("did not wait: %v", err)
		default:
		}
	}
	if err := other.Commit(); err != nil {
		t.Fatal(err)
	}
	err = <-done
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	if _, found := refusal.Preview.Finding("DRAFT_INVOICE"); !found {
		t.Error("the invoice in flight was not seen")
	}
}
