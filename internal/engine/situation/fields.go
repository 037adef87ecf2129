package situation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"handover/internal/db"
	"handover/internal/record"
	"handover/internal/transfer"
)

// fieldChoice is one of them with both values.
type fieldChoice struct {
	Name, Source, Target string
	FromSource           bool
}

// loadFields reads the fields of both accounts and decides each.
func loadFields(ctx context.Context, q db.Querier, s *Situation) error {
	var values struct {
		Source pq.StringArray `db:"source"`
		Target pq.StringArray `db:"target"`
	}
	err := q.GetContext(ctx, &values, fmt.Sprintf(`
		select array[s.%s] as source, array[t.%s] as target from customers s cross join customers t
		where s.id = $1 and t.id = $2`,
		strings.Join(transfer.MergeFields, ", s."), strings.Join(transfer.MergeFields, ", t.")), s.Source.ID,
		s.Target.ID)
	if err != nil {
		return fmt.Errorf("read the fields of the accounts: %w", err)
	}
	for i, name := range transfer.MergeFields {
		f := fieldChoice{Name: name, Source: values.Source[i], Target: values.Target[i]}
		f.FromSource = f.Source != "" && f.Source != f.Target &&
			(f.Target == "" || slices.Contains(s.Request.KeepFromSource, name))
		s.Fields = append(s.Fields, f)
	}
	return nil
}

// LoadRest plans how a merge with an effective date carries what stays open on the
// source: by allocations and a memo pair at rate 1 (docs/domain.md 2.3).
func LoadRest(ctx context.Context, q db.Querier, s *Situation) error {
	if s.Effective == nil {
		return nil
	}
	return s.planCarry(ctx, q, `d.issued_on < @e::date`,
		fmt.Sprintf(`case u.kind when 'payment' then u.id not in %s else u.id not in %s end`,
			record.Moved("owned_payments", record.PaymentOfAll),
			record.Moved("owned_credit_memos", record.CreditMemoOfAll)))
}
