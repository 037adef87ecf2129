package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"handover/internal/db"
)

// The checks of this file look at the records that move between two customers and at
// what they hang on (domain 3.1).

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

// checkRelationships finds documents of which one part would move and another stay.
func checkRelationships(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.flow.Kind == Merge && s.effective == nil {
		return nil, nil
	}
	var list []sought
	for _, c := range s.flow.Torn {
		list = append(list, sought{c.kind, c.sql})
	}
	torn, err := s.seek(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, w := range torn {
		c := s.flow.Torn[w.sought]
		all = append(all, found{
			message: fmt.Sprintf(c.message, plural(w.count, c.one, c.many)), remedy: "Choose another effective date.", records: w.records, count: w.count,
		})
	}
	if len(all) == 0 {
		return nil, nil
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
		}
	}
	return all, nil
}

// longerSelection grows the selection by the subscriptions that stand on the same
// invoices, and on invoices that a payment or memo joins with them, until nothing
// more is added.
func (s *situation) longerSelection(ctx context.Context, q db.Querier) ([]string, error) {
	text, values := bind(`
		with recursive pairs as (
		    select distinct l.subscription_id as a, m.subscription_id as b
		    from invoices i join invoice_lines l on l.invoice_id = i.id join invoice_lines m on m.invoice_id = i.id
		    where i.customer_id = @source and i.issued_on >= @e::date and l.subscription_id is not null and m.subscription_id is not null
		    union
		    select l.subscription_id, m.subscription_id
		    from (select payment_id as credit, 'p' as kind, invoice_id from payment_allocations
		          union all select credit_memo_id, 'c', invoice_id from credit_allocations) x
		    join (select payment_id as credit, 'p' as kind, invoice_id from payment_allocations
		          union all select credit_memo_id, 'c', invoice_id from credit_allocations) y on y.credit = x.credit and y.kind = x.kind
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

// torn declares a relationship that a transfer would tear: a statement that returns
// id and number of each record, and the sentence for them.
type torn struct {
	kind, one, many, message, sql string
}

// tornBy returns the relationships of a flow whose documents move by d.
func tornBy(d documents, own string) []torn {
	payment := at(d.paymentLinks(), "r")
	memo := at(d.creditMemoLinks(), "r")
	const some = `(select count(*) filter (where k.moves) as moving, count(*) filter (where k.moves is not true) as staying
            from (%s) k where %s) k`
	return []torn{
		{
			"payment", "payment settles documents of which some move and some stay", "payments settle documents of which some move and some stay",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_payments r cross join lateral `+some+`
            where r.customer_id = @source and k.moving > 0 and k.staying > 0`, payment, own),
		},
		{
			"payment", "payment received before the effective date settles only documents that move",
			"payments received before the effective date settle only documents that move",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_payments r cross join lateral `+some+`
            where r.customer_id = @source and r.on_date < @e::date and k.moving > 0 and k.staying = 0`, payment, own),
		},
		{
			"credit_memo", "credit memo hangs on records of which some move and some stay",
			"credit memos hang on records of which some move and some stay",
			"%s.", fmt.Sprintf(`select r.id, r.number from owned_credit_memos r cross join lateral `+some+`
            where r.customer_id = @source and r.on_date >= @e::date and k.moving > 0 and k.staying > 0`, memo, own),
		},
	}
}

// sharedInvoices are those that bill a selected subscription and another one.
var sharedInvoices = torn{
	"invoice", "invoice bills a selected subscription and another one", "invoices bill a selected subscription and another one",
	"%s.", `select r.id, r.number from owned_invoices r where r.customer_id = @source and r.on_date >= @e::date
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id = any(@subs::bigint[]))
    and exists (select 1 from invoice_lines l where l.invoice_id = r.id and l.subscription_id <> all(@subs::bigint[]))`,
}

// checkMemosBefore finds memos dated before E that belong to what moves.
func checkMemosBefore(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.effective == nil {
		return nil, nil
	}
	d := s.flow.Documents
	const going = `exists (select 1 from subscriptions s where s.id = m.subscription_id and s.id = any(@moving::bigint[]))`
	memos, err := s.seek(ctx, q, []sought{
		{"credit_memo", fmt.Sprintf(`select m.id, m.number from credit_memos m where m.customer_id = @source and m.issued_on < @e::date and (
            m.invoice_id in %[1]s
            or exists (select 1 from credit_allocations a where a.credit_memo_id = m.id and (a.invoice_id in %[1]s or a.debit_memo_id in %[2]s))
            or m.status = 'open' and %[3]s)`, moved("owned_invoices", d.invoice), moved("owned_debit_memos", d.debitMemo), going)},
		{"debit_memo", fmt.Sprintf(`select m.id, m.number from debit_memos m where m.customer_id = @source and m.issued_on < @e::date
            and m.status = 'open' and %s`, going)},
	})
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
	return all, nil
}

func checkRestricted(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	var list []sought
	for _, k := range Kinds {
		if !k.Restrictable {
			continue
		}
		if w, ok := s.movingWhere(k, `r.restricted <> ''`); ok {
			list = append(list, w)
		}
	}
	restricted, err := s.seek(ctx, q, list)
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
	return all, nil
}

// checkPartial lists what stays behind because it is dated before E.
func checkPartial(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	if s.effective == nil {
		return nil, nil
	}
	var list []sought
	for _, k := range Kinds {
		staying := `not coalesce(` + at(k.Moves[s.flow.Kind], "r") + `, false)`
		if k.Name == "subscription" { // one that is cut stays too, cancelled
			staying = `(r.id = any(@split::bigint[]) or ` + staying + `)`
		}
		list = append(list, sought{k.Name, fmt.Sprintf(`
			select %s from %s r where r.customer_id = @source and r.on_date < @e::date and %s and %s`,
			k.listed(), k.View, at(s.flow.concerned(k), "r"), staying)})
	}
	staying, err := s.seek(ctx, q, list)
	if err != nil {
		return nil, err
	}
	var records []Record
	var parts []string
	total := 0
	for _, w := range staying {
		records = append(records, w.records...)
		parts = append(parts, plural(w.count, w.kind.Label, w.kind.Plural))
		total += w.count
	}
	if total == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s dated before %s with %s: %s.", plural(total, "record stays behind that is", "records stay behind that are"),
			s.effective.Format(dayForm), s.source.Name, strings.Join(parts, ", ")),
		remedy:          "Leave the effective date empty to take the full history.",
		acknowledgement: "this is a partial transfer",
		records:         records,
		count:           total,
	})
}

// earliestFree returns the earliest effective date at which nothing moves out of a
// closed period: each record that does must stay, so E lies after the last of them;
// then what still moves is looked at again.
func (s *situation) earliestFree(ctx context.Context, q db.Querier) (string, error) {
	if s.flow.Kind == Distributor {
		return "", nil
	}
	trial := *s
	for range 50 {
		last, err := trial.lastClosed(ctx, q)
		if err != nil {
			return "", err
		}
		if last == nil {
			break
		}
		next := last.AddDate(0, 0, 1)
		if trial.effective != nil && !next.After(*trial.effective) {
			next = trial.effective.AddDate(0, 0, 1)
		}
		trial.effective = &next
	}
	if trial.effective == nil || trial.effective == s.effective || trial.effective.After(s.from.today) {
		return "", nil
	}
	return trial.effective.Format(time.DateOnly), nil
}

// lastClosed returns the latest date among the moving records that lie in a closed
// period: of a record that hangs on a document, the document's date decides whether
// it moves. nil when there is none.
func (s *situation) lastClosed(ctx context.Context, q db.Querier) (*time.Time, error) {
	var last *time.Time
	for _, k := range Kinds {
		text := closedSQL(k, s.rule(k), `max(`+k.decides()+`)`)
		if text == "" {
			continue
		}
		bound, values := bind(text, s.args())
		var day *time.Time
		if err := q.GetContext(ctx, &day, bound, values...); err != nil {
			return nil, fmt.Errorf("find the last closed day of the %s: %w", k.Plural, err)
		}
		if day != nil && (last == nil || day.After(*last)) {
			last = day
		}
	}
	return last, nil
}
