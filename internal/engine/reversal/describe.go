package reversal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// returnedContract is a subscription that the order wrote, as it is and as it will be.
type returnedContract struct {
	Customer      int64           `db:"customer_id"`
	Status        string          `db:"status"`
	Price         decimal.Decimal `db:"price"`
	CustomerAfter int64           `db:"customer_after"`
	StatusAfter   string          `db:"status_after"`
	PriceAfter    decimal.Decimal `db:"price_after"`
	Quantity      decimal.Decimal `db:"quantity"`
	BillingPeriod string          `db:"billing_period"`
}

func returnedContracts(ctx context.Context, q db.Querier, s *situation.Situation) ([]returnedContract, error) {
	text, values := record.Bind(fmt.Sprintf(`
		select s.customer_id, s.status, s.price, s.quantity, s.billing_period,
		       coalesce(o.before::bigint, s.customer_id) as customer_after,
		       coalesce(p.before::numeric, s.price) as price_after,
		       case when s.id in %s then 'cancelled' else coalesce(t.before, s.status) end as status_after
		from (select distinct record_id from %s l) w join subscriptions s on s.id = w.record_id
		left join %s o on o.record_id = s.id left join %s p on p.record_id = s.id left join %s t on t.record_id = s.id`,
		record.Born("subscription"), record.Unfolded("subscription"), record.Given("subscription", "customer_id"),
		record.Given("subscription", "price"), record.Given("subscription", "status")), s.Args())
	var list []returnedContract
	if err := q.SelectContext(ctx, &list, text, values...); err != nil {
		return nil, fmt.Errorf("read the subscriptions that come back: %w", err)
	}
	return list, nil
}

func ended(status string) bool { return status == "cancelled" || status == "terminated" }

// reopened counts, by account, the invoices whose status the reversal gives back: those
// that are open then less those that are open now. Money that came for one meanwhile settles it, as
// far as it found no room beside what the order allocated.
func reopened(ctx context.Context, q db.Querier, s *situation.Situation) (map[int64]int64, error) {
	text, values := record.Bind(`
		select i.customer_id as id, sum((l.before = 'open' and m.sum < i.total)::int - (i.status = 'open')::int) as n
		from `+record.Given("invoice", "status")+` l join invoices i on i.id = l.record_id
		cross join lateral (
		    select coalesce(sum(c.settles), 0) as sum from (
		        select least(a.amount, a.counts + p.amount - p.allocated - p.refunded) as settles
		        from payment_allocations a join payments p on p.id = a.payment_id
		        where a.invoice_id = i.id and p.status = 'succeeded' and not a.parted
		          and a.id not in `+record.Born("payment_allocation")+`
		        union all
		        select least(a.amount, a.counts + m.amount - m.allocated - m.refunded)
		        from credit_allocations a join credit_memos m on m.id = a.credit_memo_id
		        where a.invoice_id = i.id and m.status <> 'void'
		          and a.id not in `+record.Born("credit_allocation")+`) c) m
		group by 1`, s.Args())
	var rows []struct {
		ID int64 `db:"id"`
		N  int64 `db:"n"`
	}
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, fmt.Errorf("count the invoices that open again: %w", err)
	}
	out := map[int64]int64{}
	for _, r := range rows {
		out[r.ID] = r.N
	}
	return out, nil
}

// Describe fills the preview of a reversal.
func Describe(ctx context.Context, q db.Querier, s *situation.Situation, p *transfer.Preview) error {
	now, err := situation.Standing(ctx, q, s.Source, s.Target)
	if err != nil {
		return err
	}
	contracts, err := returnedContracts(ctx, q, s)
	if err != nil {
		return err
	}
	reopened, err := reopened(ctx, q, s)
	if err != nil {
		return err
	}
	moving, err := s.Moving(ctx, q)
	if err != nil {
		return err
	}
	then := map[int64]situation.Totals{}
	for _, a := range []situation.Account{s.Source, s.Target} {
		t, sign := now[a.ID], decimal.NewFromInt(1)
		if a.ID == s.Source.ID {
			sign = sign.Neg()
		}
		t.OpenInvoices += reopened[a.ID] + sign.IntPart()*moving.OpenInvoices
		t.Balance = t.Balance.Add(moving.Balance.Mul(sign))
		for _, c := range contracts {
			if c.Customer == a.ID && !ended(c.Status) {
				t.Subscriptions--
				t.Recurring = t.Recurring.Sub(situation.Monthly(c.Price, c.Quantity, c.BillingPeriod, a.Currency))
			}
			if c.CustomerAfter == a.ID && !ended(c.StatusAfter) {
				t.Subscriptions++
				t.Recurring = t.Recurring.Add(situation.Monthly(c.PriceAfter, c.Quantity, c.BillingPeriod, a.Currency))
			}
		}
		for _, m := range s.Reversal.Memos {
			if m.Customer == a.ID {
				t.Balance = t.Balance.Add(m.Effect())
			}
		}
		then[a.ID] = t
	}
	p.Source = returning(s, s.Source, s.From, now, then)
	p.Target = returning(s, s.Target, s.To, now, then)
	for _, m := range s.Reversal.Memos {
		whose := "target"
		if m.Customer == s.Source.ID {
			whose = "source"
		}
		p.Memos = append(p.Memos, transfer.MemoPreview{
			Kind: m.Counter(), Amount: transfer.AmountOf(m.Amount, m.Currency), For: whose,
			Original:  transfer.AmountOf(m.Original, m.OriginalCurrency),
			TakesBack: m.Number, Debit: m.Credit, Credit: m.Debit,
		})
	}
	if len(s.Posters()) > 0 {
		p.PostingOn = s.PostsOn().Format(time.DateOnly)
	}
	p.Reverses = s.Reversal.Order.Number
	p.Sentence = reversalSentence(s, p)
	return nil
}

// returning describes an account before and after the reversal.
func returning(s *situation.Situation, a situation.Account, in situation.Company, now,
	then map[int64]situation.Totals,
) transfer.Side {
	n, t, status := now[a.ID], then[a.ID], a.Status
	before, written := s.Reversal.Statuses[a.ID]
	switch {
	case a.ID == s.Source.ID && s.Reversal.GoesOn:
	case a.ID == s.Source.ID && s.Reversal.Closes():
		status = "closed"
	case written:
		status = before
	}
	return transfer.Side{
		Number: a.Number, Name: a.Name, Distributor: in.Name, StatusBefore: a.Status, StatusAfter: status,
		BalanceBefore: transfer.AmountOf(n.Balance, a.Currency), BalanceAfter: transfer.AmountOf(t.Balance, a.Currency),
		RecurringBefore: transfer.AmountOf(n.Recurring, a.Currency), RecurringAfter: transfer.AmountOf(t.Recurring,
			a.Currency),
		OpenInvoicesBefore: n.OpenInvoices, OpenInvoicesAfter: t.OpenInvoices,
		SubscriptionsBefore: n.Subscriptions, SubscriptionsAfter: t.Subscriptions,
	}
}

// mostNamedMemos is how many memos the sentence of a reversal names one by one.
const mostNamedMemos = 3

// reversalSentence is the sentence at the top of the preview.
func reversalSentence(s *situation.Situation, p *transfer.Preview) string {
	var b strings.Builder
	fmt.Fprintf(&b, msgTakenBack, s.Reversal.Order.Number, p.MovingWords(),
		s.Source.Name, s.Source.Number, s.Target.Name, s.Target.Number)
	if n := len(s.Reversal.Memos); n > mostNamedMemos {
		fmt.Fprintf(&b, msgMemosSettled, transfer.Plural(n, "memo", "memos"))
	} else {
		for _, m := range s.Reversal.Memos {
			fmt.Fprintf(&b, msgMemoSettled, m.Number, money.Amount{Value: m.Amount, Currency: m.Currency})
		}
	}
	for _, side := range []transfer.Side{p.Source, p.Target} {
		if side.StatusAfter != side.StatusBefore {
			fmt.Fprintf(&b, "%s becomes %s. ", side.Number, transfer.Words(side.StatusAfter))
		}
	}
	b.WriteString(msgNoRecordDeleted)
	return b.String()
}
