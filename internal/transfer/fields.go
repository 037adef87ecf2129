package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lib/pq"

	"handover/internal/db"
)

// fieldChoice is one of them with both values.
type fieldChoice struct {
	Name, Source, Target string
	fromSource           bool
}

// loadFields reads the fields of both accounts and decides each.
func loadFields(ctx context.Context, q db.Querier, s *situation) error {
	var values struct {
		Source pq.StringArray `db:"source"`
		Target pq.StringArray `db:"target"`
	}
	err := q.GetContext(ctx, &values, fmt.Sprintf(`
		select array[s.%s] as source, array[t.%s] as target from customers s cross join customers t where s.id = $1 and t.id = $2`,
		strings.Join(mergeFields, ", s."), strings.Join(mergeFields, ", t.")), s.source.ID, s.target.ID)
	if err != nil {
		return fmt.Errorf("read the fields of the accounts: %w", err)
	}
	for i, name := range mergeFields {
		f := fieldChoice{Name: name, Source: values.Source[i], Target: values.Target[i]}
		f.fromSource = f.Source != "" && f.Source != f.Target &&
			(f.Target == "" || slices.Contains(s.request.KeepFromSource, name))
		s.fields = append(s.fields, f)
	}
	return nil
}

// loadRest plans how a merge with an effective date carries what stays open on the
// source: by allocations and a memo pair at rate 1 (docs/domain.md 2.3).
func loadRest(ctx context.Context, q db.Querier, s *situation) error {
	if s.effective == nil {
		return nil
	}
	return s.planCarry(ctx, q, `d.issued_on < @e::date`,
		fmt.Sprintf(`case u.kind when 'payment' then u.id not in %s else u.id not in %s end`,
			moved("owned_payments", paymentOfAll), moved("owned_credit_memos", creditMemoOfAll)))
}
