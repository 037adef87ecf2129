package engine

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"handover/internal/accounts"
	"handover/internal/fault"
	"handover/internal/order"
	"handover/internal/testdb"
	"handover/internal/transfer"
)

// dates lists the dates of all memos and entries that transfers wrote.
const dates = `select coalesce(string_agg(distinct day::text, ' ' order by day::text), '') from (
	select issued_on as day from credit_memos where purpose = 'transfer' union all select issued_on from debit_memos
	where purpose = 'transfer'
	union all select posted_on from journal_entries where by_transfer) d`

// at sets the clock.
func (d *desk) at(moment string) {
	d.t.Helper()
	clock, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		d.t.Fatal(err)
	}
	d.engine.Now = func() time.Time { return clock }
}

func TestOnePostingDateInAllBooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		setup  func(d *desk)
		postOn string
		want   string
	}{
		{"the day of execution", func(*desk) {}, "", "2026-03-10"},
		{"the later day of the two zones", func(d *desk) {
			d.Exec(`update distributors set time_zone = 'Pacific/Auckland' where id = $1`, d.thames.ID)
		}, "", "2026-03-11"},
		{"the later day, whoever of the two has it", func(d *desk) {
			d.Exec(`update distributors set time_zone = 'Pacific/Auckland' where id = $1`, d.Provider.ID)
			d.Exec(`update distributors set time_zone = 'America/Los_Angeles' where id = $1`, d.thames.ID)
		}, "", "2026-03-11"},
		{"the day that was asked for", func(*desk) {}, "2026-04-01", "2026-04-01"},
		{"the last day that can be", func(*desk) {}, "2026-05-11", "2026-05-11"},
		{"the first day that can be", func(*desk) {}, "2026-03-10", "2026-03-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.open("INV-1", "10.00", "2026-02-01")
			d.open("INV-2", "10.00", "2026-02-01")
			c.setup(d)
			ask := d.toThames()
			ask.PostOn = c.postOn
			if p := d.preview(ask); p.PostingOn != c.want {
				t.Errorf("the preview says %s, want %s", p.PostingOn, c.want)
			}
			o := d.transfer(ask)
			d.want("dates", c.want, dates)
			d.want("balances count from the execution", "0 17.22", `
				select string_agg(trim_scale(balance)::text, ' ' order by customer_id) from customer_balances
				where customer_id in ($1, $2)`, d.customer.ID, *o.TargetID)
		})
	}
}

func TestBadRequestFieldsAreRefused(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	d.Period(testdb.Period{Distributor: d.thames.ID, Start: "2026-04-01", End: "2026-04-30", Status: "closed"})
	for _, c := range []struct {
		field, says string
		edit        func(r *transfer.Request)
	}{
		{"post_on", "2026-03-31", func(r *transfer.Request) { r.PostOn = "31.03.2026" }},
		{"post_on", "before 10 Mar 2026", func(r *transfer.Request) { r.PostOn = "2026-03-09" }},
		{"post_on", "more than 62 days ahead", func(r *transfer.Request) { r.PostOn = "2026-05-12" }},
		{"post_on", "closed financial period of Thames Cloud", func(r *transfer.Request) { r.PostOn = "2026-04-01" }},
		{"carry_as", "open_items, one_balance or leave", func(r *transfer.Request) { r.CarryAs = "sum" }},
		{"reason", "501 characters", func(r *transfer.Request) { r.Reason = strings.Repeat("é", 501) }},
	} {
		ask := d.toThames()
		c.edit(&ask)
		_, err := d.engine.Preview(t.Context(), ask)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field ||
			!strings.Contains(f.Fields[0].Message, c.says) {
			t.Errorf("preview with a bad %s: %v, want a sentence with %q", c.field, err, c.says)
		}
		_, err = d.engine.Place(t.Context(), d.actor, ask, Key{Key: c.says, BodyHash: "x"}, func() error { return nil })
		if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("place with a bad %s: %v", c.field, err)
		}
	}
	ask := d.toThames()
	ask.Reason, ask.CarryAs = strings.Repeat("é", 500), transfer.CarryOpenItems
	if got, want := d.preview(ask).Fingerprint, d.preview(d.toThames()).Fingerprint; got != want {
		t.Error("the reason, or the default said aloud, changes the fingerprint")
	}
}

// TestPostingDateThatPassed: an order runs after the date that was asked for.
func TestPostingDateThatPassed(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	ask := d.toThames()
	ask.PostOn = "2026-03-12"
	draft, req := d.draftOf(ask)
	if err := d.engine.Submit(t.Context(), d.actor, draft.ID, draft.Version, req); err != nil {
		t.Fatal(err)
	}
	d.at("2026-03-20T12:00:00Z")
	if err := d.engine.Execute(t.Context(), d.actor, draft.ID); err != nil {
		t.Fatal(err)
	}
	d.want("posted on the day of execution", "2026-03-20", dates)
}

// TestClosedPostingDate: today is closed; the first day that is open in all books is one click away.
func TestClosedPostingDate(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	d.Period(testdb.Period{Distributor: d.Provider.ID, Start: "2026-03-01", End: "2026-03-31", Status: "closed"})
	d.Period(testdb.Period{Distributor: d.thames.ID, Start: "2026-04-01", End: "2026-04-03", Status: "closed"})
	p := d.preview(d.toThames())
	f, ok := p.Finding("PERIOD_CLOSED")
	if !ok || f.Instead == nil || f.Instead.PostOn != "2026-04-04" || f.Count != 1 ||
		!strings.Contains(f.Remedy, "4 Apr 2026") {
		t.Fatalf("got %+v", f)
	}
	ask := d.toThames()
	ask.PostOn = f.Instead.PostOn
	if p := d.preview(ask); !p.Executable {
		t.Errorf("what is offered is blocked: %v", p.Blocking())
	}
	o := d.transfer(ask)
	d.want("posted then", "2026-04-04", dates)

	// The reversal of an entry with a future date is not posted earlier.
	back := d.reversed(o)
	d.want("the counter-memos", "2026-04-04", `
		select string_agg(distinct posted_on::text, ' ') from journal_entries e
		join transfer_ledger g on g.kind = 'journal_entry' and e.id = any(g.record_ids)
		where g.order_id = $1`, back.ID)
	d.Period(testdb.Period{Distributor: d.thames.ID, Start: "2026-04-04", End: "2026-06-30", Status: "closed"})
	p, err := d.engine.PreviewReversal(t.Context(), back.Number)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := p.Finding("PERIOD_CLOSED"); !ok || f.Instead != nil {
		t.Errorf("no day is open for two months, and yet %+v is offered", f)
	}
}

func TestReversalPostsOnTheDayThatIsAskedFor(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	o := d.transfer(d.toThames())
	asked := transfer.Request{PostOn: "2026-03-09"}
	if _, err := d.engine.PreviewReversalAs(t.Context(), o.Number, asked); !fault.Is(err, fault.Invalid) {
		t.Errorf("a day before the memos: %v", err)
	}
	if _, err := d.engine.PreviewReversalAs(t.Context(), o.Number,
		transfer.Request{Reason: strings.Repeat("x", 501)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason that is too long: %v", err)
	}
	asked = transfer.Request{PostOn: "2026-03-31", Reason: "booked on the wrong customer"}
	p, err := d.engine.PreviewReversalAs(t.Context(), o.Number, asked)
	if err != nil {
		t.Fatal(err)
	}
	if p.PostingOn != "2026-03-31" {
		t.Errorf("the preview posts on %s", p.PostingOn)
	}
	asked.Fingerprint = p.Fingerprint
	for _, f := range p.Findings {
		asked.Acknowledged = append(asked.Acknowledged, string(f.Code))
	}
	back, err := d.engine.SubmitReversal(t.Context(), d.actor, o.Number, asked)
	if err == nil {
		err = d.engine.Execute(t.Context(), d.actor, back.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.want("the counter-memos", "2026-03-31", `
		select string_agg(distinct issued_on::text, ' ')
		from (select issued_on, carried_by from credit_memos union all select issued_on, carried_by
		      from debit_memos) m where carried_by = $1`, back.ID)
	if got := d.read(back.Number).Request.Reason; got != "booked on the wrong customer" {
		t.Errorf("the order keeps the reason %q", got)
	}
	d.verify()
}

// TestReasonIsForTheOwnSide: who works for the requester's distributor, or above it, reads why.
func TestReasonIsForTheOwnSide(t *testing.T) {
	d := newDesk(t)
	d.open("INV-1", "10.00", "2026-02-01")
	ask := d.toThames()
	ask.Reason = "the customer asked for it"
	o := d.transfer(ask)
	own, _ := d.person("Provider", d.Provider.ID)
	theirs, _ := d.person("Thames", d.thames.ID)
	if seen, _ := d.seenBy(own, o.Number); seen.Request.Reason != ask.Reason {
		t.Errorf("the own side reads %q", seen.Request.Reason)
	}
	if seen, _ := d.seenBy(theirs, o.Number); seen.Request.Reason != "" ||
		strings.Contains(seen.RequestJSON, "asked for it") {
		t.Errorf("the other side reads %q", seen.Request.Reason)
	}
	lines, err := order.Sides{Target: true}.Ledger(accounts.ScopeOf(theirs), true).Lines(context.Background(), d.db,
		o.ID, "debit_memo", "", 10)
	if err != nil || len(lines) != 1 || lines[0].After == nil || strings.Contains(*lines[0].After, "Aurora") ||
		strings.Contains(*lines[0].After, "counterparty") ||
		strings.Contains(*lines[0].After, "origin_distributor_id") ||
		!strings.Contains(*lines[0].After, `"carries":["INV-1"]`) {
		t.Errorf("the other side's ledger: %v, %v", lines, err)
	}
}
