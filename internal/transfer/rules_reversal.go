package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
)

// reversalRules lists the findings of a reversal in the order they are shown. They are the
// same for all flows: the ledger says what comes back.
func reversalRules() []rule {
	return []rule{
		{"ACCOUNT_NOT_ACTIVE", Blocking, allFlows, checkReturning},
		{"TRANSFER_IN_PROGRESS", Blocking, allFlows, checkInProgress},
		{"MOVED_AGAIN", Blocking, allFlows, checkMovedAgain},
		{"MEMO_ALLOCATED", Blocking, allFlows, checkMemoAllocated},
		{"CANNOT_GO_BACK", Blocking, allFlows, checkGoesBack},
		{"PERIOD_CLOSED", Blocking, allFlows, checkCounterMemos},
		{"RECORDS_SINCE", Warning, allFlows, checkSince},
		{"BOOKS_DIVERGE", Warning, allFlows, checkBooksDiverge},
		{"CRM_CONFLICT", Warning, allFlows, checkReturnedCRM},
	}
}

// checkReturning: an account must be as the order left it, or live.
func checkReturning(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var all []found
	for _, a := range []account{s.source, s.target} {
		if _, written := s.reversal.statuses[a.ID]; !written && !a.live() {
			all = append(all, found{
				message: fmt.Sprintf("%s (%s) is %s by now and takes no transfers.", a.Name, a.Number, words(a.Status)),
				remedy:  "Reverse first what ended the account, or open it again.",
				records: []Record{{"customer", a.Number}},
			})
		}
	}
	if s.from.ID != s.to.ID && s.to.Status == "inactive" {
		all = append(all, found{
			message: fmt.Sprintf("Distributor %s (%s) is inactive by now and takes no customers.", s.to.Name, s.to.Number),
			remedy:  "Activate the distributor first.",
			records: []Record{{"distributor", s.to.Number}},
		})
	}
	return all, nil
}

// touchedAgain is a record of the order that a later order in effect wrote as well.
type touchedAgain struct {
	Kind  string `db:"kind"`
	ID    int64  `db:"record_id"`
	Order string `db:"number"`
}

// movedAgain finds what later transfers wrote of what the order wrote: the same column
// of a record, or anything of a row that one of them created.
func (s *situation) movedAgain(ctx context.Context, q db.Querier) ([]touchedAgain, error) {
	text, values := bind(`
		with later as (
		    select o.id, transfer_standing(o.id) as standing from transfer_orders o
		    where o.reverses_id is null and o.status in ('completed', 'reversed') and transfer_standing(o.id) is not null
		      and (select max(id) from transfer_ledger where order_id = o.id) > (select max(id) from transfer_ledger where order_id = @reversed)),
		again as materialized (
		    select g.kind, g.column_name, unnest(g.record_ids) as record_id, l.standing from transfer_ledger g join later l on l.id = g.order_id)
		select distinct a.kind, a.record_id, number_of('TO', a.standing) as number
		from again a join transfer_ledger g on g.order_id = @reversed and g.kind = a.kind
		     and (g.column_name = a.column_name or g.column_name = '' or a.column_name = '')
		     and a.record_id between g.first_id and g.last_id and a.record_id = any(g.record_ids)
		order by 3, 1, 2`, s.args())
	var list []touchedAgain
	if err := q.SelectContext(ctx, &list, text, values...); err != nil {
		return nil, fmt.Errorf("look for later transfers: %w", err)
	}
	return list, nil
}

func checkMovedAgain(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.movedAgain(ctx, q)
	if err != nil {
		return nil, err
	}
	var all []found
	for len(list) > 0 {
		order, n := list[0].Order, 0
		for n < len(list) && list[n].Order == order {
			n++
		}
		records, err := s.named(ctx, q, list[:n])
		if err != nil {
			return nil, err
		}
		all = append(all, found{
			message: fmt.Sprintf("%s moved again by %s: %s.", plural(n, "record was", "records were"), order, firstNumbers(records)),
			remedy:  fmt.Sprintf("Reverse %s first.", order),
			records: append([]Record{{"order", order}}, records...), count: n + 1,
		})
		list = list[n:]
	}
	return all, nil
}

// firstNumbers names the first few records.
func firstNumbers(records []Record) string {
	var numbers []string
	for _, r := range records {
		if len(numbers) < 5 && !slices.Contains(numbers, r.Number) {
			numbers = append(numbers, r.Number)
		}
	}
	text := strings.Join(numbers, ", ")
	if more := len(records) - len(numbers); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// named gives the records their numbers, as far as a finding lists them.
func (s *situation) named(ctx context.Context, q db.Querier, list []touchedAgain) ([]Record, error) {
	lines := make([]LedgerLine, 0, len(list))
	for _, r := range list[:min(len(list), findingRecords)] {
		lines = append(lines, LedgerLine{Kind: r.Kind, RecordID: r.ID})
	}
	if err := numberLines(ctx, q, lines); err != nil {
		return nil, err
	}
	records := make([]Record, len(lines))
	for i, l := range lines {
		records[i] = Record{l.Kind, l.Number}
	}
	return records, nil
}

func checkMemoAllocated(_ context.Context, _ db.Querier, s *situation) ([]found, error) {
	var list []Record
	for _, m := range s.reversal.memos {
		if m.Foreign {
			list = append(list, Record{m.Kind, m.Number})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return one(found{
		message: fmt.Sprintf("%s allocated since: %s.",
			plural(len(list), "memo that carried the balance was", "memos that carried the balance were"), firstNumbers(list)),
		remedy:  "Take these allocations back, then reverse.",
		records: list,
	})
}

// checkCounterMemos: a period closed since does not block what returns, but nothing is
// posted on a closed day.
func checkCounterMemos(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	return s.closedPostings(ctx, q)
}

// checkReturnedCRM finds live accounts that carry a CRM id which an account gets back.
func checkReturnedCRM(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	list, err := s.records(ctx, q, `
		select distinct 'customer' as kind, number_of('C', c.id) as number from `+given("customer", "crm_id")+` l
		join customers c on c.crm_id = l.before and c.id not in (@source, @target)
		where l.before <> '' and c.status in ('active', 'suspended') and `+inScope("c")+` order by 2`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return one(found{
		message: fmt.Sprintf("Afterwards several live accounts carry one CRM id: %s as well.",
			plural(len(list), "another account carries it", "other accounts carry it")),
		remedy:          "Correct the CRM id of one of the accounts in the CRM.",
		acknowledgement: "several accounts carry one CRM id",
		records:         list,
	})
}

// checkSince lists what came to the account since; it stays where it is.
func checkSince(ctx context.Context, q db.Querier, s *situation) ([]found, error) {
	marks := map[string]int64{}
	if r := s.reversal.order.Result; r != nil {
		marks = r.Marks
	}
	var records []Record
	count := 0
	for _, k := range Kinds {
		mark, known := marks[k.Name]
		if !known && !s.reversal.opened {
			continue
		}
		values := s.args()
		values["mark"] = mark
		condition := `r.customer_id = @source and r.id > @mark and ` + k.stays()
		text, bound := bind(fmt.Sprintf(`select '%s' as kind, r.number, count(*) over () as all from (select %s from %s r where %s) r order by r.id limit %d`,
			k.Name, k.listed(), k.View, condition, findingRecords), values)
		var rows []struct {
			Record
			All int `db:"all"`
		}
		if err := q.SelectContext(ctx, &rows, text, bound...); err != nil {
			return nil, fmt.Errorf("look for %s born since: %w", k.Plural, err)
		}
		for _, r := range rows {
			records = append(records, r.Record)
		}
		if len(rows) > 0 {
			count += rows[0].All
		}
	}
	if count == 0 {
		return nil, nil
	}
	stay := fmt.Sprintf("%s with %s (%s)", plural(count, "record stays", "records stay"), s.source.Name, s.source.Number)
	message := fmt.Sprintf("%s to the account since %s: %s. Nothing of that is moved.",
		plural(count, "record came", "records came"), s.reversal.order.Number, firstNumbers(records))
	if s.reversal.goesOn {
		message += " The account is not closed."
	}
	return one(found{message: message, remedy: "Settle these with the customer on that account.", acknowledgement: stay, records: records, count: count})
}

// ReversalCodes returns the codes that apply to a reversal, in the order they are shown.
func ReversalCodes() []Code {
	var codes []Code
	for _, r := range reversalRules() {
		codes = append(codes, r.Code)
	}
	return codes
}
