package reversal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"handover/internal/db"
	"handover/internal/engine/rules"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/record"
	"handover/internal/transfer"
)

// Rules lists the findings of a reversal in the order they are shown. They are the
// same for all flows: the ledger says what comes back.
func Rules() []rules.Rule {
	return []rules.Rule{
		{Code: "ACCOUNT_NOT_ACTIVE", Severity: transfer.Blocking, Flows: rules.AllFlows, Check: checkReturning},
		{
			Code: "TRANSFER_IN_PROGRESS", Severity: transfer.Blocking, Flows: rules.AllFlows,
			Check: rules.CheckInProgress,
		},
		{Code: "MOVED_AGAIN", Severity: transfer.Blocking, Flows: rules.AllFlows, Check: checkMovedAgain},
		{Code: "MEMO_ALLOCATED", Severity: transfer.Blocking, Flows: rules.AllFlows, Check: checkMemoAllocated},
		{Code: "CANNOT_GO_BACK", Severity: transfer.Blocking, Flows: rules.AllFlows, Check: checkGoesBack},
		{Code: "PERIOD_CLOSED", Severity: transfer.Blocking, Flows: rules.AllFlows, Check: checkCounterMemos},
		{Code: "RECORDS_SINCE", Severity: transfer.Warning, Flows: rules.AllFlows, Check: checkSince},
		{Code: "BOOKS_DIVERGE", Severity: transfer.Warning, Flows: rules.AllFlows, Check: rules.CheckBooksDiverge},
		{Code: "CRM_CONFLICT", Severity: transfer.Warning, Flows: rules.AllFlows, Check: checkReturnedCRM},
	}
}

// checkReturning: an account must be as the order left it, or live.
func checkReturning(_ context.Context, _ db.Querier, s *situation.Situation) ([]rules.Found, error) {
	var all []rules.Found
	for _, a := range []situation.Account{s.Source, s.Target} {
		if _, written := s.Reversal.Statuses[a.ID]; !written && !a.Live() {
			all = append(all, rules.Found{
				Message: fmt.Sprintf(msgAccountTakesNoTransfers, a.Name, a.Number, transfer.Words(a.Status)),
				Remedy:  remedyReopenAccount,
				Records: []transfer.Record{{Kind: "customer", Number: a.Number}},
			})
		}
	}
	if s.From.ID != s.To.ID && s.To.Status == "inactive" {
		all = append(all, rules.Found{
			Message: fmt.Sprintf(msgDistributorInactive, s.To.Name, s.To.Number),
			Remedy:  remedyActivateDistributor,
			Records: []transfer.Record{{Kind: "distributor", Number: s.To.Number}},
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
func movedAgain(ctx context.Context, q db.Querier, s *situation.Situation) ([]touchedAgain, error) {
	text, values := record.Bind(`
		with later as (
		    select o.id, transfer_standing(o.id) as standing from transfer_orders o
		    where o.reverses_id is null and o.status in ('completed', 'reversed')
		      and transfer_standing(o.id) is not null
		      and (select max(id) from transfer_ledger where order_id = o.id) > (select max(id) from transfer_ledger
		          where order_id = @reversed)),
		again as materialized (
		    select g.kind, g.column_name, unnest(g.record_ids) as record_id, l.standing from transfer_ledger g
		    join later l on l.id = g.order_id)
		select distinct a.kind, a.record_id, number_of('TO', a.standing) as number
		from again a join transfer_ledger g on g.order_id = @reversed and g.kind = a.kind
		     and (g.column_name = a.column_name or g.column_name = '' or a.column_name = '')
		     and a.record_id between g.first_id and g.last_id and a.record_id = any(g.record_ids)
		order by 3, 1, 2`, s.Args())
	var list []touchedAgain
	if err := q.SelectContext(ctx, &list, text, values...); err != nil {
		return nil, fmt.Errorf("look for later transfers: %w", err)
	}
	return list, nil
}

func checkMovedAgain(ctx context.Context, q db.Querier, s *situation.Situation) ([]rules.Found, error) {
	list, err := movedAgain(ctx, q, s)
	if err != nil {
		return nil, err
	}
	var all []rules.Found
	for len(list) > 0 {
		order, n := list[0].Order, 0
		for n < len(list) && list[n].Order == order {
			n++
		}
		records, err := numbered(ctx, q, s, list[:n])
		if err != nil {
			return nil, err
		}
		all = append(all, rules.Found{
			Message: fmt.Sprintf(msgMovedAgain, transfer.Plural(n, oneRecordWas, manyRecordWas), order,
				firstNumbers(records)),
			Remedy:  fmt.Sprintf(remedyReverseFirst, order),
			Records: append([]transfer.Record{{Kind: "order", Number: order}}, records...), Count: n + 1,
		})
		list = list[n:]
	}
	return all, nil
}

// firstNumbers names the first few records.
func firstNumbers(records []transfer.Record) string {
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

// numbered gives the records their numbers, as far as a finding lists them.
func numbered(ctx context.Context, q db.Querier, s *situation.Situation,
	list []touchedAgain,
) ([]transfer.Record, error) {
	lines := make([]ledger.Line, 0, len(list))
	for _, r := range list[:min(len(list), rules.FindingRecords)] {
		lines = append(lines, ledger.Line{Kind: r.Kind, RecordID: r.ID})
	}
	if err := ledger.NumberLines(ctx, q, lines); err != nil {
		return nil, err
	}
	records := make([]transfer.Record, len(lines))
	for i, l := range lines {
		records[i] = transfer.Record{Kind: l.Kind, Number: l.Number}
	}
	return records, nil
}

func checkMemoAllocated(_ context.Context, _ db.Querier, s *situation.Situation) ([]rules.Found, error) {
	var list []transfer.Record
	for _, m := range s.Reversal.Memos {
		if m.Foreign {
			list = append(list, transfer.Record{Kind: m.Kind, Number: m.Number})
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return rules.One(rules.Found{
		Message: fmt.Sprintf(msgAllocatedSince,
			transfer.Plural(len(list), oneCarryingMemoWas, manyCarryingMemoWas), firstNumbers(list)),
		Remedy:  remedyDeallocate,
		Records: list,
	})
}

// checkCounterMemos: a period closed since does not block what returns, but nothing is
// posted on a closed day.
func checkCounterMemos(ctx context.Context, q db.Querier, s *situation.Situation) ([]rules.Found, error) {
	return rules.ClosedPostings(ctx, q, s)
}

// checkReturnedCRM finds live accounts that carry a CRM id which an account gets back.
func checkReturnedCRM(ctx context.Context, q db.Querier, s *situation.Situation) ([]rules.Found, error) {
	list, err := rules.Records(ctx, q, s, `
		select distinct 'customer' as kind, number_of('C', c.id) as number from `+record.Given("customer", "crm_id")+` l
		join customers c on c.crm_id = l.before and c.id not in (@source, @target)
		where l.before <> '' and c.status in ('active', 'suspended') and `+record.InScope("c")+` order by 2`)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return rules.One(rules.Found{
		Message: fmt.Sprintf(msgCRMShared,
			transfer.Plural(len(list), oneCarriesCRM, manyCarriesCRM)),
		Remedy:          remedyCorrectCRM,
		Acknowledgement: ackCRMShared,
		Records:         list,
	})
}

// checkSince lists what came to the account since; it stays where it is.
func checkSince(ctx context.Context, q db.Querier, s *situation.Situation) ([]rules.Found, error) {
	marks := map[string]int64{}
	if r := s.Reversal.Order.Result; r != nil {
		marks = r.Marks
	}
	var records []transfer.Record
	count := 0
	for _, k := range record.Kinds {
		mark, known := marks[k.Name]
		if !known && !s.Reversal.Opened {
			continue
		}
		values := s.Args()
		values["mark"] = mark
		condition := `r.customer_id = @source and r.id > @mark and ` + k.Stays()
		text, bound := record.Bind(fmt.Sprintf(`select '%s' as kind, r.number, count(*) over () as all
			from (select %s from %s r where %s) r order by r.id limit %d`,
			k.Name, k.Listed(), k.View, condition, rules.FindingRecords), values)
		var rows []struct {
			transfer.Record
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
	stay := fmt.Sprintf("%s with %s (%s)", transfer.Plural(count, oneRecordStays, manyRecordStays), s.Source.Name,
		s.Source.Number)
	message := fmt.Sprintf(msgNewSince,
		transfer.Plural(count, oneRecordCame, manyRecordCame), s.Reversal.Order.Number, firstNumbers(records))
	if s.Reversal.GoesOn {
		message += msgNotClosed
	}
	return rules.One(rules.Found{
		Message: message, Remedy: remedySettleWithCustomer, Acknowledgement: stay,
		Records: records, Count: count,
	})
}

// Codes returns the codes that apply to a reversal, in the order they are shown.
func Codes() []transfer.Code {
	var codes []transfer.Code
	for _, r := range Rules() {
		codes = append(codes, r.Code)
	}
	return codes
}
