package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/record"
	"handover/internal/transfer"
)

// The checks of this file look at the records that move between two customers and at the
// records they depend on (docs/domain.md 2.2).

// sought is a statement that returns id and number of the records of a kind.
type sought struct{ kind, sql string }

// seen are the first of the records that were sought, and how many there are.
type seen struct {
	sought  int // its place among the statements
	kind    record.Kind
	records []transfer.Record
	count   int
}

// seek lists the first records that each statement finds, and counts all, in one
// question to the database. What finds nothing is left out.
func seek(ctx context.Context, q db.Querier, s *situation.Situation, list []sought) ([]seen, error) {
	if len(list) == 0 {
		return nil, nil
	}
	parts := make([]string, len(list))
	for i, w := range list {
		parts[i] = fmt.Sprintf(`(with found as materialized (%s) select %d as place, id, number,
			(select count(*) from found) as count from found order by id limit %d)`,
			w.sql, i, FindingRecords)
	}
	text, values := record.Bind("select place, id, number, count from (\n"+strings.Join(parts, "\nunion all\n")+
		"\n) parts order by place, id", s.Args())
	var rows []struct {
		Place  int    `db:"place"`
		ID     int64  `db:"id"`
		Number string `db:"number"`
		Count  int    `db:"count"`
	}
	if err := q.SelectContext(ctx, &rows, text, values...); err != nil {
		return nil, err
	}
	var all []seen
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].sought != r.Place {
			k, _ := record.KindOf(list[r.Place].kind)
			all = append(all, seen{sought: r.Place, kind: k, count: r.Count})
		}
		last := &all[len(all)-1]
		last.records = append(last.records, transfer.Record{Kind: last.kind.Name, Number: r.Number})
	}
	return all, nil
}

// movingWhere is what of a kind moves and meets a condition on r; ok is false where
// none of the kind moves.
func movingWhere(s *situation.Situation, k record.Kind, condition string) (w sought, ok bool) {
	rule := s.Rule(k)
	return sought{k.Name, fmt.Sprintf(`
		select %s from %s r where r.customer_id = @source and (%s)
		  and (%s)`, k.Listed(), k.View, condition, record.At(rule, "r"))}, rule != ""
}

// tornSought are the relationships that the transfer would tear.
func tornSought(s *situation.Situation) []sought {
	if s.Flow.Kind == record.Merge && s.Effective == nil {
		return nil
	}
	var list []sought
	for _, c := range s.Flow.Torn {
		list = append(list, sought{c.Kind, c.SQL})
	}
	return list
}

// checkRelationships finds documents of which one part would move and another stay.
func checkRelationships(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	torn, err := seek(ctx, q, s, tornSought(s))
	if err != nil || len(torn) == 0 {
		return nil, err
	}
	var all []Found
	for _, w := range torn {
		c := s.Flow.Torn[w.sought]
		all = append(all, Found{
			Message: fmt.Sprintf(c.Message, transfer.Plural(w.count, c.One, c.Many)),
			Remedy:  remedyChooseAnotherEffectiveDate, Records: w.records, Count: w.count,
		})
	}
	if s.Flow.Kind == record.Subscriptions {
		longer, err := longerSelection(ctx, q, s)
		if err != nil {
			return nil, err
		}
		if len(longer) > len(s.Request.Subscriptions) {
			more := slices.DeleteFunc(slices.Clone(longer), func(n string) bool {
				return slices.Contains(s.Request.Subscriptions, n)
			})
			all[0].instead = &transfer.Instead{Subscriptions: longer, EffectiveOn: s.Request.EffectiveOn}
			for i := range all {
				all[i].Remedy = fmt.Sprintf(msgAlsoSelect, strings.Join(more, ", "))
			}
			return all, nil
		}
	}
	return all, offerDate(ctx, q, s, all, "then what belongs together stays or moves together.")
}

// longerSelection grows the selection by the subscriptions on the same invoices, and on
// invoices that a payment or memo joins with them, until nothing more is added.
func longerSelection(ctx context.Context, q db.Querier, s *situation.Situation) ([]string, error) {
	text, values := record.Bind(`
		with recursive settling as (
		    select a.payment_id as credit, 'p' as kind, a.invoice_id from payments p
		    join payment_allocations a on a.payment_id = p.id
		    where p.customer_id = @source and p.status <> 'failed'
		    union all
		    select a.credit_memo_id, 'c', a.invoice_id from credit_memos m
		    join credit_allocations a on a.credit_memo_id = m.id where m.customer_id = @source
		), pairs as (
		    select distinct l.subscription_id as a, m.subscription_id as b
		    from invoices i join invoice_lines l on l.invoice_id = i.id join invoice_lines m on m.invoice_id = i.id
		    where i.customer_id = @source and i.issued_on >= @e::date and l.subscription_id is not null
		      and m.subscription_id is not null
		    union
		    select l.subscription_id, m.subscription_id
		    from settling x join settling y on y.credit = x.credit and y.kind = x.kind
		    join invoices i on i.id = x.invoice_id and i.customer_id = @source and i.issued_on >= @e::date
		    join invoices j on j.id = y.invoice_id and j.customer_id = @source and j.issued_on >= @e::date
		    join invoice_lines l on l.invoice_id = i.id join invoice_lines m on m.invoice_id = j.id
		    where l.subscription_id is not null and m.subscription_id is not null
		), grown as (
		    select unnest(@subs::bigint[]) as id
		    union
		    select p.b from grown g join pairs p on p.a = g.id
		)
		select number_of('S', s.id) from grown g join subscriptions s on s.id = g.id where s.customer_id = @source
		order by s.id`, s.Args())
	var numbers []string
	if err := q.SelectContext(ctx, &numbers, text, values...); err != nil {
		return nil, fmt.Errorf("find the longer selection: %w", err)
	}
	return numbers, nil
}

// memosSought are memos dated before E that belong to what moves.
func memosSought(s *situation.Situation) []sought {
	if s.Effective == nil {
		return nil
	}
	d := s.Flow.Documents
	const going = `exists (select 1 from subscriptions s
		where s.id = m.subscription_id and s.id = any(@moving::bigint[]))`
	return []sought{
		{"credit_memo", fmt.Sprintf(`select m.id, m.number from credit_memos m
			where m.customer_id = @source and m.issued_on < @e::date and (
            m.invoice_id in %[1]s
            or exists (select 1 from credit_allocations a
                       where a.credit_memo_id = m.id and (a.invoice_id in %[1]s or a.debit_memo_id in %[2]s))
            or m.status = 'open'
              and %[3]s)`, record.Moved("owned_invoices", d.Invoice),
			record.Moved("owned_debit_memos", d.DebitMemo), going)},
		{"debit_memo", fmt.Sprintf(`select m.id, m.number from debit_memos m
			where m.customer_id = @source and m.issued_on < @e::date
            and m.status = 'open' and %s`, going)},
	}
}

// checkMemosBefore finds memos dated before E that belong to what moves.
func checkMemosBefore(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	memos, err := seek(ctx, q, s, memosSought(s))
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, w := range memos {
		all = append(all, Found{
			Message: fmt.Sprintf(msgDatedBefore,
				transfer.Plural(w.count, w.kind.Label+" is", w.kind.Plural+" are"),
				s.Effective.Format(transfer.DayForm)),
			Remedy:  remedyApplyVoidFirstChoose,
			Records: w.records, Count: w.count,
		})
	}
	return all, offerDate(ctx, q, s, all, "then memos stay or move with what they belong to.")
}

// restrictedSought are the restricted records that would move.
func restrictedSought(s *situation.Situation) []sought {
	var list []sought
	for _, k := range record.Kinds {
		if !k.Restrictable {
			continue
		}
		if w, ok := movingWhere(s, k, `r.restricted <> ''`); ok {
			list = append(list, w)
		}
	}
	return list
}

func checkRestricted(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	restricted, err := seek(ctx, q, s, restrictedSought(s))
	if err != nil {
		return nil, err
	}
	var all []Found
	for _, w := range restricted {
		all = append(all, Found{
			Message: fmt.Sprintf(msgRestricted,
				transfer.Plural(w.count, w.kind.Label+" is", w.kind.Plural+" are")),
			Remedy:  remedyChooseEffectiveDateAfter,
			Records: w.records, Count: w.count,
		})
	}
	return all, offerDate(ctx, q, s, all, staysWithSource(s))
}
