package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"handover/internal/db"
	"handover/internal/engine/situation"
	"handover/internal/ledger"
	"handover/internal/money"
	"handover/internal/record"
	"handover/internal/transfer"
)

// CheckBooksDiverge finds that the moving records' own ledger is not their own sub-ledger: the
// transfer then changes the difference between the two on both sides (docs/domain.md,
// BOOKS_DIVERGE). It names the amounts and the records that make the difference.
func CheckBooksDiverge(ctx context.Context, q db.Querier, s *situation.Situation) ([]Found, error) {
	b, err := s.LoadBooks(ctx, q)
	if err != nil {
		return nil, err
	}
	var sentences, roles []string
	for _, c := range b.Moving {
		if c.Difference().IsZero() {
			continue
		}
		if !slices.Contains(roles, c.Role) {
			roles = append(roles, c.Role)
		}
		sentences = append(sentences, divergence(s, b, c))
	}
	if len(sentences) == 0 {
		return nil, nil
	}
	causes, err := divergenceCauses(ctx, q, s, roles)
	if err != nil {
		return nil, err
	}
	f := Found{
		Acknowledgement: ackLedgerSubLedgerBoth,
		Remedy:          remedyNameSources,
	}
	for _, c := range causes {
		sentences = append(sentences, transfer.Plural(c.count, c.cause.one, c.cause.several))
		f.Records = append(f.Records, c.records...)
		f.Count += c.count
	}
	f.Message = strings.Join(sentences, " ")
	return One(f)
}

// divergence describes the change of a control account on both sides: "Receivable: ledger
// - balances of C-000001 changes from 12.00 to 0.00 EUR, of C-000002 from 0.00 to 12.00
// EUR."
func divergence(s *situation.Situation, b *situation.Books, moving situation.Control) string {
	of := func(a situation.Account, list []situation.Control, sign int64) string {
		before := situation.ControlOf(list, moving.Role, moving.Currency).Difference()
		after := before.Add(moving.Difference().Mul(decimal.NewFromInt(sign)))
		return fmt.Sprintf(msgDifferenceOf, a.Number, money.Format(before, moving.Currency),
			money.Format(after, moving.Currency), moving.Currency)
	}
	return fmt.Sprintf(msgDifferences, ledger.ControlLabel(moving.Role), strings.Replace(of(s.Source, b.Source, -1),
		" from ", msgChangesFrom, 1), of(s.Target, b.Target, 1))
}

// cause is a reason why moving records and moving entries do not agree: which records, by a
// condition on the rows r of their kind's view. Roles are those that it can make differ.
type cause struct {
	kind, one, several string
	roles              []string
	where              func(s *situation.Situation, role string) string
}

var (
	bothRoles      = []string{"receivable", "deferred_revenue"}
	onReceivable   = []string{"receivable"}
	onDeferredOnly = []string{"deferred_revenue"}
)

// causes lists them in the order of display.
var causes = slices.Concat(
	[]cause{
		{"journal_entry", oneEntryStays, manyEntriesStay, bothRoles, loneEntry("not coalesce(%s, false)")},
		{"journal_entry", oneEntryMoves, manyEntriesMove, bothRoles, loneEntry("%s")},
	},
	documentCauses("invoice", "invoices", "bills(r.status)", 1, bothRoles),
	documentCauses("payment", "payments", "r.status = 'succeeded'", -1, onReceivable),
	documentCauses("credit_memo", labelCreditMemos, "r.status <> 'void'", -1, onReceivable),
	documentCauses("debit_memo", labelDebitMemos, "r.status <> 'void'", 1, onReceivable),
	[]cause{
		{
			"refund", oneRefundWithoutEntry, manyRefundsWithoutEntry, onReceivable,
			func(*situation.Situation, string) string {
				return refundEffect + ` <> 0
					and not exists (select 1 from journal_entries e
					                where e.source_kind = 'refund' and e.source_id = r.id)`
			},
		},
		{
			"refund", oneRefundOtherAmount, manyRefundsOtherAmount, onReceivable,
			func(*situation.Situation, string) string {
				return `(select sum(e.on_receivable) from journal_entries e
					where e.source_kind = 'refund' and e.source_id = r.id) <> ` + refundEffect
			},
		},
	},
	exceptions("status", oneSettledByStatus, manySettledByStatus, "invoice", "debit_memo", "credit_memo"),
	exceptions("void", oneVoidWithMoney, manyVoidWithMoney, "invoice", "debit_memo"),
	exceptions("elsewhere", oneSettlesOthers, manySettleOthers, "payment", "credit_memo"),
	exceptions("elsewhere", oneSettledByOthers, manySettledByOthers, "invoice", "debit_memo"),
	scheduleCauses(oneRecognisedWithoutEntry, manyRecognisedWithoutEntry,
		"r.recognized and r.amount <> 0 and "+billedSchedule+" and not exists (select 1 "+recognising+")"),
	scheduleCauses(oneScheduleOtherAmount, manyScheduleOtherAmount,
		billedSchedule+" and (select sum(n.amount) "+recognising+
			") <> case when r.recognized then r.amount else 0 end"),
	scheduleCauses(oneRecognisedBeforeBilled, manyRecognisedBeforeBilled,
		"not "+billedSchedule+" and exists (select 1 "+recognising+
			" and exists (select 1 from journal_entries e where e.id = n.entry_id and e.on_deferred <> 0))"),
)

const (
	billedSchedule = `exists (select 1 from invoices i where i.id = r.invoice_id and bills(i.status))`
	recognising    = `from recognitions n where n.revenue_schedule_id = r.id`

	// refundEffect is what a refund does to the balance, which its entry posts to receivable.
	refundEffect = `(select d.effect from receivable_documents d where d.kind = 'refund' and d.id = r.id)`
)

// exceptions: what keeps the balance from being the sum of the documents (docs/accounting.md): of
// these kinds, records of which the view receivable_exceptions gives that reason.
func exceptions(why, one, several string, kinds ...string) []cause {
	var list []cause
	for _, name := range kinds {
		k, _ := record.KindOf(name)
		list = append(list, cause{
			name, k.Label + " " + one, k.Plural + " " + several, onReceivable,
			func(*situation.Situation, string) string {
				return fmt.Sprintf(`exists (select 1 from receivable_exceptions x
					where x.kind = '%s' and x.id = r.id and x.why = '%s')`, name, why)
			},
		})
	}
	return list
}

// scheduleCauses: revenue schedule lines and their recognition entries do not agree.
func scheduleCauses(one, several, condition string) []cause {
	return []cause{{"revenue_schedule", one, several, onDeferredOnly, func(*situation.Situation, string) string {
		return condition
	}}}
}

// loneEntry are entries that neither name a source nor recognise lines, with a condition on
// whether they move.
func loneEntry(moves string) func(*situation.Situation, string) string {
	amounts := map[string]string{"receivable": "r.on_receivable", "deferred_revenue": "r.on_deferred"}
	return func(s *situation.Situation, role string) string {
		k, _ := record.KindOf("journal_entry")
		return fmt.Sprintf(`r.source_id is null
			and not exists (select 1 from recognition_lines rl where rl.entry_id = r.id) and %s <> 0 and %s`,
			amounts[role], fmt.Sprintf(moves, record.At(s.Rule(k), "r")))
	}
}

// documentCauses: documents in a status in which they are posted have no entry, or entries of
// another amount on receivable, where nothing is due for what is void, a draft or did not
// succeed; sign is the side on which they change it.
func documentCauses(kind, plural, posted string, sign int, roles []string) []cause {
	one := strings.ReplaceAll(kind, "_", " ")
	entries := fmt.Sprintf(`from journal_entries e where e.source_kind = '%s' and e.source_id = r.id`, kind)
	return []cause{
		{kind, one + oneWithoutEntry, plural + manyWithoutEntry, roles, func(*situation.Situation, string) string {
			return fmt.Sprintf(`%s and r.amount <> 0 and not exists (select 1 %s)`, posted, entries)
		}},
		{kind, one + oneOtherAmount, plural + manyOtherAmount, onReceivable, func(*situation.Situation, string) string {
			return fmt.Sprintf(`(select sum(e.on_receivable) %s) <> case when %s then r.amount * %d else 0 end`,
				entries, posted, sign)
		}},
	}
}

// foundCause is a cause with the records that it is about.
type foundCause struct {
	cause
	records []transfer.Record
	count   int
}

// divergenceCauses looks for the causes of what differs on these roles.
func divergenceCauses(ctx context.Context, q db.Querier, s *situation.Situation, roles []string) ([]foundCause, error) {
	var asked []cause
	var list []sought
	for _, c := range causes {
		k, _ := record.KindOf(c.kind)
		var conditions []string
		for _, role := range roles {
			if slices.Contains(c.roles, role) {
				conditions = append(conditions, "("+c.where(s, role)+")")
			}
		}
		if len(conditions) == 0 {
			continue
		}
		condition := "r.customer_id = @source and (" + strings.Join(conditions, " or ") + ")"
		if c.kind != "journal_entry" {
			condition += " and " + record.At(s.Rule(k), "r")
		}
		asked = append(asked, c)
		list = append(list, sought{c.kind, fmt.Sprintf(`select %s from %s r where %s`, k.Listed(), k.View, condition)})
	}
	found, err := seek(ctx, q, s, list)
	out := make([]foundCause, len(found))
	for i, w := range found {
		out[i] = foundCause{asked[w.sought], w.records, w.count}
	}
	return out, err
}
