package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
)

// The checks of this file look at the records that move between two customers and at the
// records they depend on (docs/domain.md 2.2).

// sought is a statement that returns id and number of the records of a kind.
type sought struct{ kind, sql string }

// seen are the first of the records that were sought, and how many there are.
type seen struct {
	sought  int // its place among the statements
	kind    Kind
	records []Record
	count   int
}

// seek lists the first records that each statement finds, and counts all, in one
// question to the database. What finds nothing is left out.
func (s *situation) seek(ctx context.Context, q db.Querier, list []sought) ([]seen, error) {
	if len(list) == 0 {
		return nil, nil
	}
	parts := make([]string, len(list))
	for i, w := range list {
		parts[i] = fmt.Sprintf(`(with found as materialized (%s) select %d as place, id, number, (select count(*) from found) as count from found order by id limit %d)`,
			w.sql, i, findingRecords)
	}
	text, values := bind("select place, id, number, count from (\n"+strings.Join(parts, "\nunion all\n")+"\n) parts order by place, id", s.args())
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
			k, _ := KindOf(list[r.Place].kind)
			all = append(all, seen{sought: r.Place, kind: k, count: r.Count})
		}
		last := &all[len(all)-1]
		last.records = append(last.records, Record{last.kind.Name, r.Number})
	}
	return all, nil
}

// movingWhere is what of a kind moves and meets a condition on r; ok is false where
// none of the kind moves.
func (s *situation) movingWhere(k Kind, condition string) (w sought, ok bool) {
	rule := s.rule(k)
	return sought{k.Name, fmt.Sprintf(`
		select %s from %s r where r.customer_id = @source and (%s) and (%s)`, k.listed(), k.View, condition, at(rule, "r"))}, rule != ""
}

// tornSought are the relationships that the transfer would tear.
func (s *situation) tornSought() []sought {
	if s.flow.Kind == Merge && s.effective == nil {
		return nil
	}
	var list []sought
	for _, c := range s.flow.Torn {
		list = append(list, sought{c.kind, c.sql})
	}
	return list
}

// checkRelationships finds documents of which one part would move and another stay.
func checkRelationships(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	torn, err := s.seek(ctx, q, s.tornSought())
	if err != nil || len(torn) == 0 {
		return nil, err
	}
	var all []found
	for _, w := range torn {
		c := s.flow.Torn[w.sought]
		all = append(all, found{
			message: fmt.Sprintf(c.message, plural(w.count, c.one, c.many)), remedy: "Choose another effective date.", records: w.records, count: w.count,
		})
	}
	if s.flow.Kind == Subscriptions {
		longer, err := s.longerSelection(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(longer) > len(s.request.Subscriptions) {
			more := slices.DeleteFunc(slices.Clone(longer), func(n string) bool { return slices.Contains(s.request.Subscriptions, n) })
			all[0].instead = &Instead{Subscriptions: longer, EffectiveOn: s.request.EffectiveOn}
			for i := range all {
				all[i].remedy = fmt.Sprintf("Also select %s.", strings.Join(more, ", "))
			}
			return all, nil
		}
	}
	return all, s.offerDate(ctx, q, all, "then what belongs together stays or moves together.")
}

// longerSelection grows the selection by the subscriptions on the same invoices, and on
// invoices that a payment or memo joins with them, until nothing more is added.
func (s *situation) longerSelection(ctx context.Context, q db.Querier) ([]string, error) {
	text, values := bind(`
		with recursive settling as (
		    select a.payment_id as credit, 'p' as kind, a.invoice_id from payments p join payment_allocations a on a.payment_id = p.id
		    where p.customer_id = @source and p.status <> 'failed'
		    union all
		    select a.credit_memo_id, 'c', a.invoice_id from credit_memos m join credit_allocations a on a.credit_memo_id = m.id where m.customer_id = @source
		), pairs as (
		    select distinct l.subscription_id as a, m.subscription_id as b
		    from invoices i join invoice_lines l on l.invoice_id = i.id join invoice_lines m on m.invoice_id = i.id
		    where i.customer_id = @source and i.issued_on >= @e::date and l.subscription_id is not null and m.subscription_id is not null
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
		select number_of('S', s.id) from grown g join subscriptions s on s.id = g.id where s.customer_id = @source order by s.id`, s.args())
	var numbers []string
	if err := q.SelectContext(ctx, &numbers, text, values...); err != nil {
		return nil, fmt.Errorf("find the longer selection: %w", err)
	}
	return numbers, nil
}

// memosSought are memos dated before E that belong to what moves.
func (s *situation) memosSought() []sought {
	if s.effective == nil {
		return nil
	}
	d := s.flow.Documents
	const going = `exists (select 1 from subscriptions s where s.id = m.subscription_id and s.id = any(@moving::bigint[]))`
	return []sought{
		{"credit_memo", fmt.Sprintf(`select m.id, m.number from credit_memos m where m.customer_id = @source and m.issued_on < @e::date and (
            m.invoice_id in %[1]s
            or exists (select 1 from credit_allocations a where a.credit_memo_id = m.id and (a.invoice_id in %[1]s or a.debit_memo_id in %[2]s))
            or m.status = 'open' and %[3]s)`, moved("owned_invoices", d.invoice), moved("owned_debit_memos", d.debitMemo), going)},
		{"debit_memo", fmt.Sprintf(`select m.id, m.number from debit_memos m where m.customer_id = @source and m.issued_on < @e::date
            and m.status = 'open' and %s`, going)},
	}
}

// checkMemosBefore finds memos dated before E that belong to what moves.
func checkMemosBefore(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	memos, err := s.seek(ctx, q, s.memosSought())
	if err != nil {
		return nil, err
	}
	var all []found
	for _, w := range memos {
		all = append(all, found{
			message: fmt.Sprintf("%s dated before %s and belongs to what moves.",
				plural(w.count, w.kind.Label+" is", w.kind.Plural+" are"), s.effective.Format(dayForm)),
			remedy:  "Apply or void it first, or choose an effective date on or before its date.",
			records: w.records, count: w.count,
		})
	}
	return all, s.offerDate(ctx, q, all, "then memos stay or move with what they belong to.")
}

// restrictedSought are the restricted records that would move.
func (s *situation) restrictedSought() []sought {
	var list []sought
	for _, k := range Kinds {
		if !k.Restrictable {
			continue
		}
		if w, ok := s.movingWhere(k, `r.restricted <> ''`); ok {
			list = append(list, w)
		}
	}
	return list
}

func checkRestricted(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	restricted, err := s.seek(ctx, q, s.restrictedSought())
	if err != nil {
		return nil, err
	}
	var all []found
	for _, w := range restricted {
		all = append(all, found{
			message: fmt.Sprintf("%s restricted (reported to a tax authority, exported to the ERP, or under legal hold) and would move.",
				plural(w.count, w.kind.Label+" is", w.kind.Plural+" are")),
			remedy:  "Choose an effective date after these records, or have the restriction lifted.",
			records: w.records, count: w.count,
		})
	}
	return all, s.offerDate(ctx, q, all, s.staysWithSource())
}
